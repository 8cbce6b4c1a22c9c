import json
from itertools import pairwise

import cv2
import numpy as np
import pytest

from mnimage.domain.progress import no_tick
from mnimage.errors import Cancelled
from mnimage.phantom.course import course_truth, make_course, write_course
from mnimage.phantom.face import shoot_face


@pytest.fixture(scope="module")
def course():
    return make_course(seed=3, face_shape=(500, 400))


@pytest.fixture(scope="module")
def files(course, tmp_path_factory):
    return write_course(course, tmp_path_factory.mktemp("course"), no_tick)


def test_healing_goes_one_way_and_ends_as_given(course):
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


def test_the_face_is_as_sharp_as_a_portrait_camera_makes_it():
    """Detail of 1.4 to 2.7 mm over that of 5.4 to 10.8 mm on a cheek, by the spectrum.

    The small portrait that the face is enlarged from has 0.38: it looks as if out of focus.
    """
    course = make_course(seed=2026, sessions=2)
    photo = shoot_face(course.face_at(0), course.sessions[0].face_shot)
    rows, columns = photo.shape
    cheek = photo.coded[
        int(0.5 * rows) : int(0.6 * rows), int(0.36 * columns) : int(0.46 * columns)
    ]
    grey = cheek.astype(np.float64).mean(axis=2)
    window = np.outer(np.hanning(grey.shape[0]), np.hanning(grey.shape[1]))
    power = np.abs(np.fft.fft2((grey - grey.mean()) * window)) ** 2
    away = (
        np.hypot(np.fft.fftfreq(grey.shape[0])[:, None], np.fft.fftfreq(grey.shape[1]))
        / course.face.skin.mm_per_px
    )
    fine = power[(away > 1 / 2.7) & (away < 1 / 1.35)].sum()
    coarse = power[(away > 1 / 10.8) & (away < 1 / 5.4)].sum()
    assert 0.5 < np.sqrt(fine / coarse) < 1.2
