"""Relief against analytic surfaces rendered here by Lambert's law."""

from dataclasses import replace

import numpy as np
import pytest

from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ReliefRecipe
from mnimage.domain.relief import Shots
from mnimage.errors import Cancelled, ShotsUnusable
from mnimage.relief.relief import normals_of, recover_relief

PITCH = 0.05
PLAIN = ReliefRecipe(correct_scatter=False, align_frames=False)


def directions(count=8, slant=45.0):
    turn = 2 * np.pi * np.arange(count) / count
    out, up = np.sin(np.radians(slant)), np.cos(np.radians(slant))
    return np.stack([out * np.cos(turn), out * np.sin(turn), np.full(count, up)], axis=1)


def axes(shape):
    row = (np.arange(shape[0]) - (shape[0] - 1) / 2)[:, None] * PITCH
    column = (np.arange(shape[1]) - (shape[1] - 1) / 2)[None, :] * PITCH
    return row + 0 * column, column + 0 * row


def bump(shape, height=0.2, radius=2.5):
    """Return a raised cosine and its slopes along x and y, in closed form."""
    y, x = axes(shape)
    away = np.minimum(np.hypot(x, y), radius)
    z = height * (1 + np.cos(np.pi * away / radius)) / 2
    fall = -height * np.pi / 2 / radius * np.sin(np.pi * away / radius)
    safe = np.maximum(np.hypot(x, y), 1e-9)
    return z, fall * x / safe, fall * y / safe


def render(slopes, lamps, *, near=False, z=0.0, albedo=0.5):
    slope_x, slope_y = slopes
    normal = np.stack([-slope_x, -slope_y, np.ones_like(slope_x)])
    normal /= np.linalg.norm(normal, axis=0)
    y, x = axes(slope_x.shape)
    frames = []
    for lamp in lamps:
        towards = np.stack([np.full_like(x, part) for part in lamp])
        if near:
            towards = towards - np.stack([x, y, z + np.zeros_like(x)])
        far = np.linalg.norm(towards, axis=0)
        light = np.maximum((normal * towards).sum(axis=0), 0) / far
        frames.append(albedo * light * ((np.linalg.norm(lamp) / far) ** 2 if near else 1))
    return np.stack(frames).astype(np.float32)


def shots(frames, lamps, *, near=False, saturated=None):
    picture = np.zeros((*frames.shape[1:], 3), dtype=np.uint8)
    return Shots(frames, lamps, near, ImageScale(PITCH, "rig", 0.001), picture, saturated=saturated)


def gap_um(found, true):
    gap = (found - true)[4:-4, 4:-4]
    return 1000 * np.sqrt(np.mean((gap - gap.mean()) ** 2))


@pytest.mark.parametrize("count", [3, 4, 8])
def test_finds_a_bump_under_patchy_colour(count):
    z, *slopes = bump((150, 170))
    y, x = axes(z.shape)
    lamps = directions(count)
    frames = render(slopes, lamps, albedo=0.4 + 0.1 * np.sin(2 * x) * np.cos(3 * y))
    relief = recover_relief(shots(frames, lamps), PLAIN)
    assert gap_um(relief.height_mm, z) < 0.5
    assert relief.trusted.all()
    assert np.allclose(relief.albedo, 0.4 + 0.1 * np.sin(2 * x) * np.cos(3 * y), atol=1e-3)


def test_paper_on_the_skin_does_not_bend_the_skin_around_it():
    """A level print on curved skin: its slopes agree with none of those about it."""
    y, x = axes((300, 300))
    z = -(x**2 + y**2) / 2 / 50
    lamps = directions()
    paper = np.maximum(np.abs(x + 3), np.abs(y + 3)) < 3
    paper[:20] = False
    slopes = [np.where(paper, 0, -axis / 50) for axis in (x, y)]
    seen = shots(render(slopes, lamps), lamps)
    laid = recover_relief(seen, PLAIN).height_mm
    reported = recover_relief(seen, PLAIN, hidden=paper)
    gap = [1000 * (one - z)[~paper] for one in (laid, reported.height_mm)]
    assert np.std(gap[0]) > 10
    assert np.std(gap[1]) < 2
    assert not reported.trusted[paper].any()
    assert reported.trusted[~paper].all()


def test_a_dark_mole_with_brighter_speckles_is_not_trusted_and_makes_no_hill():
    z, *slopes = bump((260, 280))
    y, x = axes(z.shape)
    mole = np.hypot(x - 4, y - 3) < 1.5
    # A fifth of its pixels is just bright enough to be distinguished from black.
    speckled = np.random.default_rng(5).random(z.shape) < 0.2
    albedo = np.where(mole, np.where(speckled, 0.08, 0.02), 0.5)
    lamps = directions()
    seen = render(slopes, lamps, albedo=albedo)
    noise = np.random.default_rng(6).normal(0, 0.004, seen.shape)
    relief = recover_relief(shots((seen + noise).astype(np.float32), lamps), PLAIN)
    inner = np.hypot(x - 4, y - 3) < 1.2
    assert not relief.trusted[inner].any()
    assert relief.trusted[~mole].mean() > 0.95
    assert np.abs(relief.height_mm - relief.height_mm[~mole].mean())[inner].max() < 0.2


def test_normals_point_as_the_surface_does():
    _, slope_x, slope_y = bump((150, 170))
    lamps = directions()
    relief = recover_relief(shots(render((slope_x, slope_y), lamps), lamps), PLAIN)
    wanted = np.stack([-slope_x, -slope_y, np.ones_like(slope_x)], axis=-1)
    wanted /= np.linalg.norm(wanted, axis=-1, keepdims=True)
    assert np.abs(normals_of(relief) - wanted)[4:-4, 4:-4].max() < 5e-3


def test_near_lamps_are_allowed_for():
    z, *slopes = bump((300, 420))
    lamps = directions() * 120.0
    seen = render(slopes, lamps, near=True, z=z)
    near = recover_relief(shots(seen, lamps, near=True), PLAIN)
    far = recover_relief(shots(seen, lamps / 120.0), PLAIN)
    assert gap_um(near.height_mm, z) < 2
    assert gap_um(far.height_mm, z) > 5 * gap_um(near.height_mm, z)


def test_curved_body_is_found_under_near_lamps():
    """A ball cap lifts the skin's rim towards or from the lamps: the second pass must see it."""
    y, x = axes((300, 300))
    radius = 20.0
    z = np.sqrt(radius**2 - x**2 - y**2) - radius
    depth = np.sqrt(radius**2 - x**2 - y**2)
    lamps = directions() * 80.0
    frames = render((-x / depth, -y / depth), lamps, near=True, z=z)
    relief = recover_relief(shots(frames, lamps, near=True), PLAIN)
    assert gap_um(relief.height_mm, z) < 0.01 * 1000 * np.ptp(z)


def test_shadow_and_glare_in_single_shots_are_set_aside():
    z, *slopes = bump((150, 170))
    lamps = directions()
    frames = render(slopes, lamps)
    frames[2, 60:80, 60:90] *= 0.01
    frames[5, 40:55, 100:120] = 0.9
    frames[6, 90:100, 70:90] *= 0.3
    saturated = np.zeros(frames.shape, dtype=bool)
    saturated[5, 40:55, 100:120] = True
    relief = recover_relief(shots(frames, lamps, saturated=saturated), PLAIN)
    assert gap_um(relief.height_mm, z) < 2
    assert relief.shadowed is not None
    assert relief.shadowed[92:98, 72:88].all()
    assert not relief.shadowed[:30].any()


def test_fewer_than_three_shots_are_not_trusted():
    z, *slopes = bump((150, 170))
    lamps = directions(4)
    frames = render(slopes, lamps)
    frames[:2, 30:50, 30:50] = 0
    relief = recover_relief(shots(frames, lamps), PLAIN)
    assert not relief.trusted[30:50, 30:50].any()
    assert relief.trusted[60:, 60:].all()
    assert gap_um(relief.height_mm[60:, 60:], z[60:, 60:]) < 5


def test_darkness_gives_no_relief():
    with pytest.raises(ShotsUnusable) as reported:
        recover_relief(shots(np.zeros((4, 40, 50), np.float32), directions(4)), PLAIN)
    assert reported.value.hint


def test_can_be_stopped():
    def stop(done, total):
        raise Cancelled("stopped")

    _, *slopes = bump((60, 60))
    with pytest.raises(Cancelled):
        recover_relief(shots(render(slopes, directions(4)), directions(4)), PLAIN, stop)


def test_what_was_noted_in_reading_is_reported():
    _, *slopes = bump((60, 60))
    seen = replace(shots(render(slopes, directions()), directions()), notes=("No dark frame.",))
    assert "No dark frame." in recover_relief(seen, PLAIN).warnings


def test_hardly_any_skin_by_its_scale_is_refused():
    _, *slopes = bump((100, 120))
    lamps = 300 * directions()
    seen = replace(
        shots(render(slopes, lamps), lamps, near=True), scale=ImageScale(0.001, "rig", 0.01)
    )
    with pytest.raises(ShotsUnusable, match=r"show only 0\.1 mm of skin"):
        recover_relief(seen, PLAIN)
