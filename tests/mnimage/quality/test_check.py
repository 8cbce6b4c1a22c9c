from dataclasses import replace

import numpy as np

from mnimage.domain.face import WHOLE, Zones
from mnimage.quality.check import CHECKS, Earlier, check_photo


def names(report):
    return [finding.check for finding in report.findings]


def compared(report):
    return [finding for finding in report.findings if finding.about == "pair"]


def test_good_portrait_passes_every_check(kit):
    report = check_photo(*kit.analyze("faces/002_neutral.jpg"))
    assert report.comparable
    assert [one.check for one in report.findings if not one.ok] == []
    assert len(report.findings) >= 13


def test_a_photo_compared_with_itself_shows_no_change(kit):
    photo, face, zones = kit.analyze("faces/002_neutral.jpg")
    report = check_photo(photo, face, zones, before=Earlier(photo, face, zones))
    same = compared(report)
    assert len(same) >= 8
    assert all(one.measured == 0 and one.ok for one in same)


def test_names_are_unique_and_failed_checks_give_advice(kit):
    before = Earlier(*kit.analyze("same_person/lisa1.jpg"))
    report = check_photo(*kit.analyze("same_person/lisa2.jpg"), before=before)
    assert len(set(names(report))) == len(names(report))
    for finding in report.findings:
        assert bool(finding.advice) != finding.ok
        if finding.advice:
            assert str(finding.advice)[0].isupper()
            assert str(finding.advice).endswith(".")


def test_checks_that_need_a_face_do_not_apply_to_a_close_up(kit):
    zones = kit.zones()
    whole = Zones((WHOLE,), (zones.labels > 0).astype(np.uint8), zones.labels > 0)
    report = check_photo(kit.photo(kit.paint()), None, whole)
    assert "picture size" in names(report)
    assert "focus" in names(report)
    assert not {"face size", "turn", "nod", "lean", "smile", "open mouth"} & set(names(report))
    assert not compared(report)


def test_without_skin_only_its_absence_is_reported(kit):
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


def test_the_checks_against_the_earlier_photo_are_about_the_pair(kit):
    photo, face, zones = kit.analyze("faces/002_neutral.jpg")
    report = check_photo(photo, face, zones, before=Earlier(photo, face, zones))
    alone = names(check_photo(photo, face, zones))
    assert [one.check for one in report.findings if one.about == "photo"] == alone
    assert all(one.check.startswith("same ") for one in compared(report))


def test_every_check_is_in_the_table_once():
    assert len(set(CHECKS)) == len(CHECKS) == 27
