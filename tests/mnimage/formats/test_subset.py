"""Which shots of a light stage are read."""

import numpy as np
import pytest

from mnimage.formats.manifest import ShotLine, ShotManifest
from mnimage.formats.subset import MOST_SHOTS, SELECTED_SHOTS, select_shots
from mnimage.words.message import NOTHING


def stage(count):
    """Return a manifest with lamps evenly over a whole sphere (Fibonacci's lattice)."""
    number = np.arange(count) + 0.5
    up = 1 - 2 * number / count
    turn = np.pi * (1 + 5**0.5) * number
    out = np.sqrt(1 - up**2)
    ways = np.stack([out * np.cos(turn), out * np.sin(turn), up], axis=1)
    lines = [ShotLine(file=f"{n}.png", light=tuple(map(float, way))) for n, way in enumerate(ways)]
    return ShotManifest(
        mm_per_px=0.1, shots=tuple(lines), flat=tuple(f"f{n}.png" for n in range(count))
    )


@pytest.mark.parametrize("count", [156, 346, 1000])
def test_well_spread_lamps_in_front_of_the_face_are_selected_from_a_light_stage(count):
    manifest, note = select_shots(stage(count))
    assert len(manifest.shots) == SELECTED_SHOTS
    assert dict(note.args)["listed"] == count
    ways = np.array([shot.light for shot in manifest.shots])
    slant = np.degrees(np.arccos(ways[:, 2]))
    assert slant.min() >= 15
    assert slant.max() <= 65
    between = np.degrees(np.arccos(np.clip(ways @ ways.T - 2 * np.eye(len(ways)), -1, 1)))
    assert between.min() > 12
    for axis in (0, 1):
        assert abs(ways[:, axis].mean()) < 0.15
    assert [one.file for one in manifest.shots] == [name[1:] for name in manifest.flat]


def test_few_shots_stay_as_they_are():
    manifest = stage(MOST_SHOTS)
    assert select_shots(manifest) == (manifest, NOTHING)


def test_an_invalid_long_manifest_is_left_to_its_checker():
    manifest = stage(100)
    broken = manifest.model_copy(
        update={"shots": (*manifest.shots[:-1], ShotLine(file="x.png", light=(0.0, 0.0, 0.0)))}
    )
    assert select_shots(broken) == (broken, NOTHING)
