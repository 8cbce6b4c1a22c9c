import json
from itertools import pairwise

import cv2
import numpy as np
import pytest

from mnimage.domain.progress import no_tick
from mnimage.errors import Cancelled
from mnimage.phantom.course import course_truth, make_course, write_course


@pytest.fixture(scope="module")
def course():
    return make_course(seed=3, face_shape=(500, 400))


@pytest.fixture(scope="module")
def files(course, tmp_path_factory):
    return write_course(course, tmp_path_factory.mktemp("course"), no_tick)


def test_healing_goes_one_way_and_ends_as_told(course):
    healed = [session.healed["scar_fraction"] for session in course.sessions]
    assert healed[0] == 0
    assert healed[-1] == pytest.approx(0.30)
    assert np.all(np.diff(healed) > 0)
    assert np.all(np.diff(healed, 2) < 0)
    assert course.sessions[-1].healed["redness_fraction"] == pytest.approx(0.25)
    assert course.sessions[-1].healed["texture_fraction"] == pytest.approx(0.20)
    times = [session.taken_at for session in course.sessions]
    assert all((later - sooner).days >= 40 for sooner, later in pairwise(times))


def test_truth_per_session(course):
    truth = course_truth(course)["sessions"]
    volumes = [session["cheek"]["scar_volume_mm3"] for session in truth]
    assert volumes[-1] / volumes[0] == pytest.approx(0.70, abs=0.001)
    assert truth[-1]["cheek"]["texture_rms_um"] / truth[0]["cheek"][
        "texture_rms_um"
    ] == pytest.approx(0.80, abs=0.02)
    for session in truth:
        for scar in session["cheek"]["scars"]:
            assert 20 < scar["row"] < 480
            assert 20 < scar["col"] < 480


def test_files_are_all_there(course, files):
    assert len(files.sessions) == 4
    for session in files.sessions:
        assert cv2.imread(str(session.photo)).shape == (500, 400, 3)
        listed = json.loads(session.shots.read_text())
        assert len(listed["shots"]) == 8
        assert (session.shots.parent / listed["dark"]).exists()
        assert all((session.shots.parent / entry["file"]).exists() for entry in listed["shots"])
    assert json.loads((files.folder / "TRUTH.json").read_text()) == files.truth


def test_stopping_stops(course, tmp_path):
    def stop(done, total):
        assert total == 8
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        write_course(course, tmp_path, stop)
    assert not list(tmp_path.iterdir())
