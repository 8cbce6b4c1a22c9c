"""What the registration cannot vouch for stays out of the scores: a pair that is spoilt in part."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from benchmarks import heads
from mnimage.calibrate.calibrate import make_profile
from mnimage.calibrate.use import with_profile
from mnimage.domain.face import WHOLE, Zones
from mnimage.domain.marker import number_of
from mnimage.domain.pair import AnalyzedPhoto
from mnimage.domain.photo import SCALE_ENTERED, CaptureFacts, ImageScale, Photo
from mnimage.domain.quality import QualityReport
from mnimage.domain.recipe import Recipe, RegisterRecipe
from mnimage.domain.relief import Shots
from mnimage.errors import Cancelled, ModelsMissing
from mnimage.formats.shots import read_shots
from mnimage.kernels.color import to_coded8
from mnimage.phantom.camera import Rig
from mnimage.phantom.chart import Laid, lay_chart, skin_scene, take
from mnimage.phantom.face import face_light, make_face
from mnimage.phantom.light import ring
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, picture, shoot
from mnimage.phantom.sensor import Sensor, code, expose
from mnimage.phantom.session import Fault, scarred_skin, shoot_session
from mnimage.phantom.session import Rig as Lamps
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.targets import Print, Stage, print_light
from mnimage.pipeline import (
    _without_chart,
    align,
    analyze_photo,
    analyze_shots,
    check_analyzed,
    compare_photos,
    compare_registered,
    compare_shots,
    register_photos,
    score_analyzed,
)
from mnimage.report.registration import LeftOut, error_map
from mnimage.words.message import message
from tests.mnimage.phantom.shown import REAL, shots_value

SCALE = ImageScale(0.05, "rig", 0.01)
SPOILT = np.s_[230:420, 230:420]


def analyzed(photo: Photo, scale: ImageScale | None = SCALE) -> AnalyzedPhoto:
    shape = photo.shape
    zones = Zones((WHOLE,), np.ones(shape, np.uint8), np.ones(shape, bool))
    return AnalyzedPhoto("a.jpg", photo, None, zones, QualityReport(()), scale)


@pytest.fixture(scope="module")
def shots() -> tuple[Photo, Photo]:
    skin = make_skin(seed=3, size_mm=(24, 24), mm_per_px=0.05, look=SkinAppearance(tone="II"))
    pose = Pose(yaw_deg=1, roll_deg=1, shift_mm=(0.3, -0.4))
    second = Shot(sensor=replace(REAL, jpeg=90), pose=pose, seed=1)
    return shoot(skin, Shot(sensor=replace(REAL, jpeg=90))), shoot(skin, second)


def test_no_fault_of_a_photo_counts_twice(shots):
    soft = replace(shots[1], coded=cv2.GaussianBlur(shots[1].coded, (0, 0), 4.0))
    first, later = (analyze_photo(photo, name="", scale=SCALE) for photo in (shots[0], soft))
    checks = [one.check for one in compare_photos(first, later).after.quality.findings]
    assert "focus" in checks
    assert len(checks) == len(set(checks))


def test_a_photo_checked_later_is_checked_alike(shots):
    at_once, later = (
        analyze_photo(shots[0], name="", scale=SCALE, check=check) for check in (True, False)
    )
    assert at_once.quality.findings
    assert check_analyzed(later).quality == at_once.quality


def test_the_picture_that_is_kept_is_given_away_as_soon_as_it_is_drawn(shots):
    ready = register_photos(analyzed(shots[0]), analyzed(shots[1]))
    given = []
    pair = compare_registered(ready, drawn=lambda *drawn: given.append(drawn))
    ((picture, seen),) = given
    assert pair.aligned is picture
    assert pair.seen is seen
    whole = compare_photos(analyzed(shots[0]), analyzed(shots[1]))
    assert whole.aligned is not None
    assert whole.aligned.any()
    assert pair.comparison.zones == whole.comparison.zones


@pytest.fixture(scope="module")
def spoilt(shots) -> Photo:
    """The photo after with other, much redder skin in one corner, such as a plaster."""
    look = SkinAppearance(tone="II")
    other = shoot(make_skin(seed=99, size_mm=(24, 24), mm_per_px=0.05, look=look), Shot())
    coded = shots[1].coded.copy()
    patch = other.coded[SPOILT].astype(np.float32) / np.iinfo(other.coded.dtype).max
    coded[SPOILT] = patch * (255, 140, 150)
    return replace(shots[1], coded=coded)


def test_spoilt_skin_is_left_out_of_maps_and_scores(shots, spoilt):
    clean = compare_photos(analyzed(shots[0]), analyzed(shots[1]))
    pair = compare_photos(analyzed(shots[0]), analyzed(spoilt))
    errors = error_map(pair.comparison.alignment, pair.before.zones, SCALE)
    left_out = errors.left_out[LeftOut.NOT_FOUND] | errors.left_out[LeftOut.ABOVE_LIMIT]
    step = errors.layer.step
    core = left_out[256 // step : 396 // step, 256 // step : 396 // step]
    assert core.mean() > 0.95
    later = pair.layers["redness"][1]
    inside = np.s_[270 // later.step : 380 // later.step, 270 // later.step : 380 // later.step]
    assert np.isnan(later.values[inside]).mean() > 0.95
    # A seventh of the picture turned deep red: counted, it would have moved the mean.
    red, clean_red = (photo.coded[SPOILT].mean(axis=(0, 1)) for photo in (spoilt, shots[1]))
    assert red[0] / red[1] > 1.3 * clean_red[0] / clean_red[1]
    redness = [each.comparison.zones[WHOLE]["redness_hi"] for each in (clean, pair)]
    assert abs(redness[1].change - redness[0].change) < redness[0].uncertainty


def test_skin_above_the_recipes_limit_is_left_out_of_the_maps(shots):
    loose = compare_photos(analyzed(shots[0]), analyzed(shots[1]))
    error = loose.comparison.alignment.error_px[loose.comparison.alignment.valid]
    strict_px = float(np.percentile(error, 60))  # photo and working pixels are the same here
    recipe = replace(Recipe(), register=RegisterRecipe(max_error_px=strict_px))
    pair = compare_photos(analyzed(shots[0]), analyzed(shots[1]), recipe=recipe)
    alignment = pair.comparison.alignment
    assert alignment.limit_px == pytest.approx(strict_px)
    assert not (alignment.valid & (alignment.error_px > strict_px)).any()
    shares = error_map(alignment, pair.before.zones, SCALE).shares
    assert shares[LeftOut.ABOVE_LIMIT] == pytest.approx(0.4, abs=0.1)
    layer = pair.layers["redness"][0]
    row, column = np.nonzero(np.isfinite(layer.values))
    nodes = [((place + 0.5) * layer.step // alignment.step).astype(int) for place in (row, column)]
    assert row.size > 100
    assert alignment.valid[nodes[0], nodes[1]].all()


def test_limit_is_reported_in_pixels_of_the_photo_before(shots):
    """Twice the pixels on the same skin, matched at the same working size: twice the limit."""
    large = [
        replace(shot, coded=shot.coded[:320, :320].repeat(2, axis=0).repeat(2, axis=1))
        for shot in shots
    ]
    recipe = replace(Recipe(), register=RegisterRecipe(working_px=320))
    small = align(*(analyzed(replace(s, coded=s.coded[:320, :320])) for s in shots), recipe)
    double = align(*map(analyzed, large), recipe)
    assert small.limit_px == pytest.approx(recipe.register.max_error_px)
    assert double.limit_px == pytest.approx(2 * small.limit_px)


def test_a_chart_beside_the_skin_is_no_skin():
    rig, laid = Rig(), Laid((130.0, 200.0), pitch_px=40.0)
    skin = make_skin(seed=2, size_mm=(30.0, 40.0), mm_per_px=0.06, look=SkinAppearance(tone="II"))
    scene = lay_chart(skin_scene(skin, rig, Shot()), rig, laid)
    photo = take(scene, rig, Sensor(exposure=0.9, electrons=12000.0))
    photo = replace(photo, sha256="of this photo")
    photo = with_profile(photo, make_profile(photo))
    # A skin finder that takes everything for skin, as patches of the colour of skin are.
    zones = analyzed(photo).zones
    found = _without_chart(zones, photo)
    on_chart = np.zeros(photo.shape, np.uint8)
    cv2.fillConvexPoly(on_chart, np.rint(laid.corners()[:, ::-1]).astype(np.int32), 1)
    assert not (found.labels[on_chart > 0] > 0).any()
    assert not found.reference[on_chart > 0].any()
    assert (found.labels[300:, 400:] > 0).all()
    # A profile made on another photo says nothing of where the chart lies in this one.
    other = replace(photo, sha256="of another photo")
    assert _without_chart(zones, other) is zones
    assert _without_chart(zones, replace(photo, profile=None)) is zones
    card = score_analyzed(analyze_photo(photo, name=""), Recipe())
    assert card.calibrated
    assert card.zones[WHOLE].scores["redness_hi"].uncertainty > 0


def test_the_reference_is_that_of_before_carried_by_the_registration():
    skin = make_skin(
        seed=5, size_mm=(30, 30), mm_per_px=0.06, look=SkinAppearance(tone="II", marks=(0, 0))
    )
    colours = skin.chromophores
    red = np.arange(skin.shape[1]) < skin.shape[1] // 2
    blood = np.where(red[None], colours.blood_skin * 2, colours.blood_skin)
    skin = replace(skin, chromophores=replace(colours, blood_skin=blood))
    sensor = replace(REAL, jpeg=90)
    before = shoot(skin, Shot(sensor=sensor))
    # The skin moves 4 mm to the right: where the reference lay, redder skin lies now.
    after = shoot(skin, Shot(sensor=sensor, pose=Pose(shift_mm=(0.0, 4.0)), seed=1))
    first, second = analyzed(before), analyzed(after)
    strip = np.zeros(before.shape, bool)
    strip[:, 260:310] = True
    other = np.zeros(before.shape, bool)
    other[:, :100] = True
    first = replace(first, zones=replace(first.zones, reference=strip))
    second = replace(second, zones=replace(second.zones, reference=other))
    change = compare_photos(first, second).comparison.zones[WHOLE]["redness_hi"]
    assert change.before > 2
    assert abs(change.change) < 0.4
    # Held against the skin that now lies at the same pixels, it would seem to have paled.
    left = score_analyzed(replace(second, zones=first.zones), Recipe())
    assert left.zones[WHOLE].scores["redness_hi"].value < change.before - 1


@pytest.fixture(scope="module")
def marked_face() -> tuple[Photo, float]:
    """Return a rendered face with a printed marker beside it, and the true mm per pixel."""
    scene = make_face(seed=4, shape=(1000, 800))
    pitch = scene.skin.mm_per_px
    light = picture(scene.skin, Shot(), face_light(scene))
    marker = Print(number_of(30, 0), 30.0, (-90.0, 110.0, 0.0), roll_deg=8.0)
    light = print_light(marker, light, Stage(light.shape[:2], pitch, samples=1))
    sensor = replace(REAL, jpeg=92)
    coded = code(expose(light, sensor, np.random.default_rng(2)), sensor)
    return Photo(coded, CaptureFacts("JPEG", 8)), pitch


def test_a_marker_in_a_photo_of_a_face_gives_its_scale_and_its_error(marked_face):
    photo, true = marked_face
    try:
        found = analyze_photo(photo, name="")
    except ModelsMissing:
        pytest.skip("the face models are not here")
    assert found.face is not None
    assert found.scale.source == "marker"
    # The skin may lie 10 mm before or behind the marker: that is most of the error.
    assert 0.01 < found.scale.relative_error < 0.06
    assert abs(found.scale.mm_per_px / true - 1) < 2 * found.scale.relative_error
    cheek = score_analyzed(found, Recipe()).zones["cheek_left"]
    assert cheek.area_uncertainty_mm2 == pytest.approx(
        2 * found.scale.relative_error * cheek.area_mm2
    )
    rough = score_analyzed(replace(found, scale=ImageScale(true, "face", 0.06)), Recipe())
    assert rough.zones["cheek_left"].area_uncertainty_mm2 > cheek.area_uncertainty_mm2
    assert not [
        one for one in found.quality.findings if one.check == "scale of the face" and not one.ok
    ]


def test_a_reported_scale_that_the_face_cannot_have_is_a_failed_check(marked_face):
    photo, true = marked_face
    try:
        found = analyze_photo(photo, name="", scale=ImageScale(1.4 * true, "rig", 0.01))
    except ModelsMissing:
        pytest.skip("the face models are not here")
    failed = {one.check for one in found.quality.findings if not one.ok}
    assert {"scale", "scale of the face"} <= failed


def test_a_marker_beside_the_skin_is_no_part_of_the_relief():
    skin = make_skin(
        seed=6, size_mm=(24, 24), mm_per_px=0.05, look=SkinAppearance(scars=(0, 1, 0), marks=(0, 0))
    )
    shots = shots_value(skin, ring(4))
    stage = Stage(shots.shape, 0.05, samples=1)
    marker = Print(number_of(8, 1), 8.0, (-6.0, -6.0, 0.0), white=0.5)
    blank = np.zeros((*shots.shape, 3), np.float32)
    printed = print_light(marker, blank, stage)
    around = print_light(marker, blank + 1, stage) - printed
    frames = shots.frames * around[..., 2] + printed[..., 2]
    coded = np.rint(shots.picture * around + 255 * printed ** (1 / 2.2)).astype(np.uint8)
    notes = replace(shots.scale, relative_error=0.01, shared_error=0.05)
    said = message(SCALE_ENTERED, length=0.06, area=0.12, volume=0.18)
    with_paper = replace(shots, frames=frames, picture=coded, scale=notes, notes=(said,))
    found = analyze_shots(with_paper, name="")
    # The marker checks the scale, so that it is no longer only entered.
    assert found.analyzed.scale.shared_error < 0.03
    assert said not in found.analyzed.relief.warnings
    assert found.analyzed.scale.mm_per_px == notes.mm_per_px
    on_paper = around[..., 0] < 0.5
    assert not found.relief.trusted[on_paper].any()
    assert not (found.analyzed.relief.scar_labels[on_paper] > 0).any()
    # The skin beside the paper keeps its shape.
    plain = analyze_shots(replace(shots, scale=notes, notes=(said,)), name="")
    assert said in plain.analyzed.relief.warnings
    assert plain.analyzed.scale == notes
    bare = plain.relief.height_mm
    skin = found.relief.trusted & (
        cv2.dilate(on_paper.astype(np.uint8), np.ones((41, 41), np.uint8)) == 0
    )
    assert 1000 * np.std((found.relief.height_mm - bare)[skin]) < 5


def test_examining_shots_can_be_stopped_at_every_stage():
    shots = shoot_session(scarred_skin(2, 12.0), 3, Fault(), Lamps(4)).shots
    calls = 0

    def stop_at(last: int) -> None:
        nonlocal calls
        calls = 0

        def tick(done: int, total: int) -> None:
            nonlocal calls
            calls += 1
            if calls == last:
                raise Cancelled("stopped")

        analyze_shots(shots, name="", tick=tick)

    stop_at(-1)
    whole = calls
    for last in (1, whole // 2, whole):
        with pytest.raises(Cancelled):
            stop_at(last)
        assert calls == last


def test_comparing_shots_can_be_stopped_while_their_scars_are_measured_again():
    skin = scarred_skin(2, 12.0)
    first, after = (
        analyze_shots(shoot_session(skin, seed, Fault(), Lamps(4)).shots, name="")
        for seed in (3, 4)
    )
    notes: list[tuple[int, int]] = []

    def stop_at(last: int) -> None:
        notes.clear()

        def tick(done: int, total: int) -> None:
            notes.append((done, total))
            if len(notes) >= last:
                raise Cancelled("stopped")

        compare_shots(first, after, tick=tick)

    stop_at(10**6)
    # Progress never goes back, whoever calls.
    assert notes == sorted(notes)
    assert {total for _, total in notes} == {4}
    between = [number for number, one in enumerate(notes, 1) if one == (1, 4)]
    assert len(between) > 3
    with pytest.raises(Cancelled):
        stop_at(between[2])
    assert notes[-1] == (1, 4)


def test_texture_is_compared_on_the_skin_that_both_sessions_show():
    """A deep line at the rim, out of the picture after: nothing has changed on the skin itself."""
    skin = make_skin(
        seed=7,
        size_mm=(14, 14),
        mm_per_px=0.05,
        look=SkinAppearance(scars=(0, 0, 0), marks=(0, 0), lines=0),
    )
    rows = np.arange(skin.shape[0])[:, None]
    groove = 0.15 * np.exp(-(((rows - 12) / 4.0) ** 2)) * np.ones(skin.shape)
    skin = replace(skin, mark_mm=skin.mark_mm - groove.astype(np.float32))
    whole, cut = (shots_value(skin, ring(4)) for _ in range(2))
    cut = replace(cut, frames=cut.frames[:, 30:], picture=cut.picture[30:])
    first, after = (analyze_shots(one, name="") for one in (whole, cut))
    change = compare_shots(first, after).comparison.zones[WHOLE]["texture_sq_um"]
    assert first.analyzed.relief.texture_sq_um > 1.2 * after.analyzed.relief.texture_sq_um
    assert change.after == pytest.approx(change.before, rel=0.02)


def test_repeat_sets_of_directional_shots_are_averaged_scar_by_scar():
    skin = scarred_skin(2, 18.0)
    sets = [
        analyze_shots(shoot_session(skin, seed, Fault(), Lamps(4)).shots, name=f"set {seed}")
        for seed in (1, 2, 3)
    ]
    first, repeat, after = sets
    alone = compare_shots(first, after).comparison
    pair = compare_shots(first, after, again=([repeat, first], []))
    found = pair.comparison
    assert [(one.name, bool(one.left_out)) for one in found.replicates] == [
        ("set 2", False),
        ("set 1", True),
    ]
    # The repeat by itself, registered onto the same first set.
    own = compare_shots(first, repeat).comparison.zones[WHOLE]["scar_volume_mm3"]
    volume, single = (one.zones[WHOLE]["scar_volume_mm3"] for one in (found, alone))
    assert volume.before == pytest.approx(single.before * np.sqrt(own.after / own.before))
    assert volume.after == pytest.approx(single.after)
    assert volume.session < single.session
    # Nothing has changed, and of no scar is it said.
    assert len(found.scars) >= 3
    assert {one.verdict.value for one in found.scars} <= {"within error", "not comparable"}
    assert {one.verdict.value for one in found.zones[WHOLE].values()} == {"within error"}


def test_relief_of_a_whole_face_is_measured_on_its_skin_only():
    """Eyes, brows, lips and hair under four lamps are lit as well as skin, but are none."""
    scene = make_face(seed=4, shape=(860, 688))
    down, right = np.gradient(scene.skin.base_mm, scene.skin.mm_per_px)
    facing = 1 / np.sqrt(1 + down**2 + right**2)
    lamps = np.array([lamp.direction for lamp in ring(4)])
    light = [np.maximum(z - x * right - y * down, 0) * facing for x, y, z in lamps]
    colors = [0.8 * scene.portrait * one[..., None] for one in light]
    noise = 0.003 * np.random.default_rng(4).standard_normal((4, *scene.share.shape))
    shots = Shots(
        frames=(np.stack([frame[..., 2] for frame in colors]) + noise).astype(np.float32),
        lights=lamps,
        near=False,
        scale=ImageScale(scene.skin.mm_per_px, "rig", 0.001),
        picture=to_coded8(np.mean(colors, axis=0)),
    )
    trusted = analyze_shots(shots, name="face").relief.trusted
    assert trusted[scene.share > 0.95].mean() > 0.6
    assert trusted[scene.share < 0.05].mean() < 0.02


@pytest.fixture(scope="module")
def lit_head(tmp_path_factory):
    """A whole head under six single lamps, a pixel 0.4 mm wide."""
    head, lamps, taking = heads.make_head(0.4), heads.ring(6, 40.0), heads.Taking()
    frames = heads.shoot(head, lamps, taking)
    return read_shots(heads.write(tmp_path_factory.mktemp("head"), frames, lamps, taking, 0.4))


@pytest.mark.parametrize(("times", "sound"), [(1.0, True), (1.4, False), (0.1, False)])
def test_a_scale_that_no_face_can_have_is_a_failed_check_of_single_lamps_too(
    lit_head, times, sound
):
    notes = replace(lit_head.scale, mm_per_px=times * lit_head.scale.mm_per_px)
    found = analyze_shots(replace(lit_head, scale=notes), name="")
    (check,) = (one for one in found.analyzed.quality.findings if one.check == "scale of the face")
    assert check.ok is sound
