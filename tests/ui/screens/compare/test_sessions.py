from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from mnimage.domain.session import Patch
from ui.screens.compare.sessions import Details, KnownProfile
from ui.screens.compare.side import Side


def known(name, warnings=()):
    error = SimpleNamespace(mean=1.24, skin=0.86)
    return KnownProfile(Path(name), SimpleNamespace(error=error, warnings=warnings))


def test_words_show_the_error_and_every_warning():
    words = known("a.json", ("The chart is tilted.", "One lamp was brighter.")).words
    assert words.splitlines() == [
        "Colour error 1.2 ΔE on average, 0.9 on skin tones.",
        "The chart is tilted.",
        "One lamp was brighter.",
    ]


def test_paths_come_before_first():
    details = Details().with_profile(Side.AFTER, known("b.json"))
    assert details.paths == (Path("b.json"),)
    details = details.with_profile(Side.BEFORE, known("a.json"))
    assert details.paths == (Path("a.json"), Path("b.json"))
    assert details.with_profile(Side.BEFORE, None).paths == (Path("b.json"),)


def test_swapping_takes_profiles_along_but_not_the_days():
    details = Details({Side.BEFORE: known("a.json")}, 3.0).swapped()
    assert list(details.profiles) == [Side.AFTER]
    assert details.days is None


def test_another_photo_is_another_session():
    both = Details({Side.BEFORE: known("a.json"), Side.AFTER: known("b.json")}, 3.0)
    assert (both.without(Side.BEFORE).paths, both.without(Side.BEFORE).days) == (
        (Path("b.json"),),
        3.0,
    )
    assert (both.without(Side.AFTER).paths, both.without(Side.AFTER).days) == (
        (Path("a.json"),),
        None,
    )


A, B, C = (Path(f"{name}.jpg") for name in "abc")


def test_repeats_of_both_sessions_go_by_side():
    details = Details().with_repeats(Side.AFTER, (B, C)).with_repeats(Side.BEFORE, (A,))
    assert details.shots == ((A,), (B, C))
    assert details.swapped().shots == ((B, C), (A,))
    assert details.without(Side.AFTER).shots == ((A,), ())
    assert details.with_repeats(Side.AFTER, ()).with_repeats(Side.BEFORE, ()) == Details()


def test_control_patch_lies_on_the_photo_before():
    details = Details(control=Patch(1, 2, 30, 40))
    assert details.without(Side.AFTER).control == Patch(1, 2, 30, 40)
    assert details.without(Side.BEFORE).control is None
    assert details.swapped().control is None
