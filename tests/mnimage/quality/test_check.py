from dataclasses import replace

import numpy as np

from mnimage.domain.face import WHOLE, Zones
from mnimage.quality.check import CHECKS, Earlier, check_photo

SAME = "same "


def names(report):
    return [finding.check for finding in report.findings]


def test_good_portrait_passes_every_check(kit):
    report = check_photo(*kit.analyze("faces/002_neutral.jpg"))
    assert report.comparable
    assert [one.check for one in report.findings if not one.ok] == []
    assert len(report.findings) >= 13


def test_compared_with_itself_nothing_has_changed(kit):
    photo, face, zones = kit.analyze("faces/002_neutral.jpg")
    report = check_photo(photo, face, zones, before=Earlier(photo, face, zones))
    same = [one for one in report.findings if one.check.startswith(SAME)]
    assert len(same) >= 8
    assert all(one.measured == 0 and one.ok for one in same)


def test_names_are_unique_and_checks_that_fail_advise(kit):
    before = Earlier(*kit.analyze("same_person/lisa1.jpg"))
    report = check_photo(*kit.analyze("same_person/lisa2.jpg"), before=before)
    assert len(set(names(report))) == len(names(report))
    for finding in report.findings:
        assert bool(finding.advice) != finding.ok
        if finding.advice:
            assert finding.advice[0].isupper()
            assert finding.advice.endswith(".")


def test_close_up_is_spared_what_needs_a_face(kit):
    zones = kit.zones()
    whole = Zones((WHOLE,), (zones.labels > 0).astype(np.uint8), zones.labels > 0)
    report = check_photo(kit.photo(kit.paint()), None, whole)
    assert "picture size" in names(report)
    assert "focus" in names(report)
    assert not {"face size", "turn", "nod", "lean", "smile", "open mouth"} & set(names(report))
    assert not any(name.startswith(SAME) for name in names(report))


def test_no_skin_is_said_and_nothing_is_made_up(kit):
    zones = kit.zones()
    none = Zones((WHOLE,), np.zeros_like(zones.labels), np.zeros_like(zones.reference))
    report = check_photo(kit.photo(kit.paint()), None, none)
    assert names(report) == ["picture size", "skin"]
    assert not report.comparable


def test_limits_come_from_the_recipe(kit, recipe):
    strict = replace(recipe, min_face_px=5000.0)
    report = check_photo(*kit.analyze("faces/002_neutral.jpg"), strict)
    assert [one.check for one in report.findings if not one.ok] == ["face size"]
    assert not report.comparable


def test_every_check_is_in_the_table_once():
    assert len(set(CHECKS)) == len(CHECKS) == 27
