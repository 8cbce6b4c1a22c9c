from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnimage.domain.comparison import Verdict
from mnimage.domain.relief import ReliefCard
from mnimage.domain.report import (
    Cards,
    Columns,
    Facts,
    Grade,
    Heading,
    Labels,
    Mark,
    Masthead,
    Notice,
    Photos,
    Scars,
    Strip,
    Table,
)
from mnimage.report.build import build_report


def build(made, pair, **options):
    return build_report(pair, program="mnimage 0.1.0", made_at=made.MADE_AT, **options)


def blocks(report, kind):
    return [block for page in report.pages for block in page.blocks if isinstance(block, kind)]


def test_both_photos_have_one_size_and_one_frame(made):
    pair = made.make_pair()
    marked = pair.before.photo.coded.copy()
    marked[100:110, 200:260] = (0, 255, 0)
    before = replace(pair.before, photo=replace(pair.before.photo, coded=marked))
    (photos,) = blocks(build(made, replace(pair, before=before, aligned=marked)), Photos)
    first, second = (picture.pixels for picture in photos.pictures)
    assert first.shape == second.shape
    # The aligned photo is the same pixels here, so the same frame gives the same picture.
    np.testing.assert_array_equal(first, second)


def test_days_between_photos_are_counted_where_one_camera_shows_no_zone(made, in_zone):
    in_zone(-8)
    pair = made.make_pair()

    def between(pair):
        masthead, *_ = blocks(build(made, pair), Masthead)
        return dict(masthead.facts)["Between"]

    facts = pair.before.photo.facts
    clock = facts.taken_at.astimezone().replace(tzinfo=None)
    bare = replace(pair.before.photo, facts=replace(facts, taken_at=clock))
    assert between(replace(pair, before=replace(pair.before, photo=bare))) == between(pair)


def test_photos_are_the_face_at_four_to_five(made):
    (photos,) = blocks(build(made, made.make_pair()), Photos)
    rows, columns = photos.pictures[0].pixels.shape[:2]
    assert columns / rows == pytest.approx(0.8, abs=0.01)
    top, bottom, _, _ = made.FACE_BOX
    assert bottom - top < rows < 2 * (bottom - top)


def test_scale_bar_is_true(made):
    (photos,) = blocks(build(made, made.make_pair()), Photos)
    picture = photos.pictures[0]
    millimetres = float(picture.bar.words.removesuffix(" mm"))
    # The astronaut's crop is not resized, so that its pixels are the photo's.
    drawn = picture.bar.part * picture.pixels.shape[1] * made.SCALE.mm_per_px
    assert drawn == pytest.approx(millimetres, rel=0.02)


def test_no_scale_no_bar_and_said_so(made):
    report = build(made, made.make_pair(scale=None))
    assert all(p.bar is None for photos in blocks(report, Photos) for p in photos.pictures)
    facts = dict(fact for block in blocks(report, Facts) for fact in block.facts)
    assert "not known" in facts["Scale"]
    assert "mm" not in facts["Registration error, median"]


def test_three_numbers_in_words(made):
    (cards,) = blocks(build(made, made.make_pair()), Cards)
    redness = cards.cards[0]
    assert (redness.name, redness.value, redness.unit) == (
        "Redness", "\N{MINUS SIGN}2.4", "HI points",
    )  # fmt: skip
    assert redness.uncertainty == "± 0.8"
    assert redness.mark == Mark(Verdict.BETTER, -1)
    assert len(cards.cards) == 3


def test_numbers_are_not_picked_for_being_good(made):
    zones = {"whole": {}}
    zones["whole"]["pigment_mi"] = made.make_change(30, 10, "points", 1.0)
    zones["whole"]["red_area"] = made.make_change(20, 5, "%", 1.0)
    zones["whole"]["texture_contrast"] = made.make_change(8, 8.1, "%", 0.3)
    zones["whole"]["redness_hi"] = made.make_change(10, 15, "HI points", 0.5)
    (cards,) = blocks(build(made, made.make_pair(zones=zones)), Cards)
    assert [card.name for card in cards.cards] == ["Redness", "Texture contrast", "Red area"]
    assert cards.cards[0].mark == Mark(Verdict.WORSE, 1)


def test_every_zone_and_score_is_in_the_tables(made):
    pair = made.make_pair()
    tables = blocks(build(made, pair), Table)
    assert [table.title for table in tables] == [
        "Redness",
        "Texture contrast",
        "Red area",
        "Pigment",
    ]
    assert all(len(table.rows) == len(pair.comparison.zones) for table in tables)
    assert tables[0].rows[0] == (
        "All measured skin", "12.3", "9.9", "\N{MINUS SIGN}2.4", "\N{MINUS SIGN}20 %", "0.8",
        "validation", "1.6",
        Mark(Verdict.BETTER, -1),
    )  # fmt: skip


def test_not_comparable_has_no_change_but_a_reason(made):
    table = blocks(build(made, made.make_pair()), Table)[-1]
    assert table.rows[-1][3:7] == ("\N{EN DASH}",) * 4
    assert table.rows[-1][-1] == Mark(Verdict.NOT_COMPARABLE, 0)
    assert "too little skin" in table.note.lower()


def test_no_percentage_of_almost_nothing(made):
    zones = {"whole": {"scar_visibility": made.make_change(0.0002, 0.36, "points", 0.13)}}
    (table,) = blocks(build(made, made.make_pair(zones=zones)), Table)
    assert table.rows[0][4] == "\N{EN DASH}"


def test_legend_of_change_has_both_ends_and_zero(made):
    for strip in blocks(build(made, made.make_pair()), Strip):
        places = [place for place, _ in strip.legends[1].ticks]
        assert places == [0.0, 0.5, 1.0]


def test_maps_share_their_range_and_show_the_change(made):
    strips = blocks(build(made, made.make_pair()), Strip)
    assert strips[0].title.startswith("Redness")
    for strip in strips:
        assert len(strip.pictures) == 3
        assert len({picture.pixels.shape for picture in strip.pictures}) == 1
        assert len(strip.legends) == 2
        middle = strip.legends[1].colors[len(strip.legends[1].colors) // 2]
        assert len({middle[1:3], middle[3:5], middle[5:7]}) == 1


def test_equal_maps_give_equal_pictures_and_plain_change(made):
    pair = made.make_pair()
    before, _ = pair.layers["redness"]
    twin = replace(
        pair, aligned=pair.before.photo.coded, layers={"redness": (before, before)}, seen=None
    )
    (strip,) = blocks(build(made, twin), Strip)
    np.testing.assert_array_equal(strip.pictures[0].pixels, strip.pictures[1].pixels)
    assert (np.ptp(strip.pictures[2].pixels.astype(int), axis=-1) == 0).all()


def test_refused_pair_has_one_page_without_numbers(made):
    report = build(made, made.make_refused())
    assert len(report.pages) == 1
    assert not blocks(report, Cards)
    assert not blocks(report, Table)
    (notice,) = blocks(report, Notice)
    assert notice.title == "Not comparable"
    assert notice.lines == ("The photos show different people.", "Another view.")
    assert len(blocks(report, Photos)[0].pictures) == 2


def test_scars_are_shown_one_by_one(made):
    scars = made.make_scars(30)
    depth = {
        "depth": (made.make_layer("depth", "mm", 0.2, 1), made.make_layer("depth", "mm", 0.1, 2))
    }
    report = build(made, made.make_pair(scars=scars, layers=depth))
    (block,) = blocks(report, Scars)
    assert len(block.cards) == 30
    assert [card.mark.verdict for card in block.cards] == [scar.verdict for scar in scars]
    assert all(len(card.pictures) == 4 for card in block.cards)
    lost = block.cards[6]
    assert lost.lines[-1] == "Could not be measured again"


def test_failed_checks_and_what_was_not_measured_are_reported(made):
    pair = made.make_pair()
    report = build(made, pair)
    facts = dict(fact for block in blocks(report, Facts) for fact in block.facts)
    assert facts["Sharpness, after"].startswith("38 points, at least 50 needed.")
    assert "directional shots" in facts["Scar depth"]
    assert facts["Recipe"] == "1-3fa9c2d1"
    median = typical_error(pair)
    assert facts["Registration error, median"] == f"{0.8 * median:.2f} mm ({median:.2f} px)"
    assert facts["Limit of the error, from the recipe"].startswith("0.80 mm (1.0 px)")
    assert facts["Left out: error above the limit"] != facts["Left out: moved by expression"]


def typical_error(pair):
    alignment = pair.comparison.alignment
    return np.median(alignment.error_px[alignment.valid])


def test_error_is_reported_in_pixels_where_the_scale_is_not_known(made):
    pair = made.make_pair(scale=None)
    block = next(block for block in blocks(build(made, pair), Facts) if block.picture)
    facts = dict(block.facts)
    assert facts["Registration error, median"] == f"{typical_error(pair):.2f} px"
    assert block.legend.unit == "px"
    assert len(block.legend.key) == 3
    assert 0 < block.legend.limit < 1


def test_limit_beyond_the_legend_stands_at_its_end(made):
    block = next(b for b in blocks(build(made, made.make_pair()), Facts) if b.picture)
    assert block.legend.unit == "mm"
    assert block.legend.limit == 1.0  # 0.8 mm, where the colours end at 0.4
    assert block.legend.ticks[-1][1].startswith("\N{GREATER-THAN OR EQUAL TO}")


def test_all_reasons_are_on_the_record_and_few_on_the_first_page(made):
    reasons = tuple(f"reason {i}" for i in range(9))
    first, second = blocks(build(made, made.make_pair(reasons=reasons)), Grade)
    assert len(first.reasons) == 5
    assert first.reasons[-1].startswith("and 6 more")
    assert second.reasons == ("Lips moved: left out.", *reasons)


def test_warnings_of_the_registration_are_on_the_first_page(made):
    pair = made.make_pair(reasons=tuple(f"reason {i}" for i in range(9)))
    warned = replace(pair.comparison.alignment, warnings=("The expression differs.",))
    pair = replace(pair, comparison=replace(pair.comparison, alignment=warned))
    first = blocks(build(made, pair), Grade)[0]
    assert first.reasons[0] == "The expression differs."


def test_nothing_measured_is_still_a_report(made):
    pair = made.make_pair(
        face=False, scale=None, zones={}, layers={}, findings=(), reasons=(), not_measured={}
    )
    report = build(made, pair)
    assert blocks(report, Notice)[0].title == "No score could be compared"
    assert not blocks(report, Table)
    assert "Maps" not in [heading.text for heading in blocks(report, Heading)]


def test_long_labels_are_cut_in_the_footer_only(made):
    report = build(made, made.make_pair(), words=Labels(patient="x" * 300))
    assert max(len(part) for part in report.footer) <= 48


def test_inputs_are_left_alone(made):
    pair = made.make_pair()
    aligned, values = pair.aligned.copy(), pair.layers["redness"][0].values.copy()
    build(made, pair)
    np.testing.assert_array_equal(pair.aligned, aligned)
    np.testing.assert_array_equal(pair.layers["redness"][0].values, values)


def with_warnings(pair, before=(), after=()):
    """Return a pair of reliefs with these warnings; nothing else of the cards is looked at."""
    nothing = np.zeros((0, 0), np.float32)
    cards = [
        ReliefCard(14.0, 0.5, 20.0, 1.0, (), nothing, nothing.astype(np.int32), nothing, 400.0,
                   0.9, "1", warnings=tuple(warnings))
        for warnings in (before, after)
    ]  # fmt: skip
    return replace(
        pair,
        before=replace(pair.before, relief=cards[0]),
        after=replace(pair.after, relief=cards[1]),
    )


ROOM, MOVED, GLOSS = "Room light was on.", "The skin moved between the shots.", "The skin shone."


def test_warnings_of_the_relief_are_printed_for_the_patient_and_in_the_record(made):
    pair = with_warnings(made.make_pair(), (ROOM, MOVED), (ROOM, GLOSS))
    report = build(made, pair)
    lines = (f"Both reliefs: {ROOM}", f"Relief before: {MOVED}", f"Relief after: {GLOSS}")
    (notice,) = blocks(report, Notice)
    assert notice.lines == lines
    printed = [f"{name}: {words}" for facts in blocks(report, Facts) for name, words in facts.facts]
    assert set(lines) <= set(printed)


def test_warnings_beyond_the_first_are_counted_for_the_patient(made):
    many = tuple(f"Lamp {number} was moved." for number in range(5))
    report = build(made, with_warnings(made.make_pair(), many))
    (notice,) = blocks(report, Notice)
    assert len(notice.lines) == 4
    assert "2 more warnings" in notice.lines[-1]
    printed = [words for facts in blocks(report, Facts) for _, words in facts.facts]
    assert set(many) <= set(printed)


def test_reliefs_without_uncertainty_say_nothing_of_it(made):
    report = build(made, with_warnings(made.make_pair()))
    assert not blocks(report, Notice)
    assert "questionable" not in " ".join(heading.text for heading in blocks(report, Heading))


def test_refused_pair_is_reported_what_to_do(made):
    report = build(made, with_warnings(made.make_refused(), (), (MOVED,)))
    (columns,) = blocks(report, Columns)
    notes = dict(columns.texts)["What to do"]
    assert "same patient" in notes  # what the refusal itself asks for
    assert "Hold still and focus anew." in notes  # the advice of the check that failed
    (notice,) = blocks(report, Notice)
    assert f"Relief after: {MOVED}" in notice.lines
