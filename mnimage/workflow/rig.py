"""The jobs on a rig: its lamps measured from a ball or a card, and the sheet of markers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mnimage.calibrate.card import rig_of_card
from mnimage.calibrate.lamps import rig_of_ball
from mnimage.domain.progress import Tick, no_tick
from mnimage.formats.manifest import target_files
from mnimage.formats.output import prepare_folder, refuse_overwrite, write_whole
from mnimage.formats.rig import rig_text
from mnimage.formats.targets import read_target
from mnimage.report.marker import marker_pdf, marker_png

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mnimage.domain.rig import LightRig


def measure_rig(
    manifests: Sequence[Path],
    out: Path,
    *,
    ball: str | None,
    diameter_mm: float,
    near: bool,
    tick: Tick = no_tick,
) -> LightRig:
    """Measure the lamps from shots of a ball ("chrome" or "matte") or, without one, of a card.

    Each sheet is one place of the ball, or one height of the card. The rig is kept in `out`.
    """
    refuse_overwrite([name for path in manifests for name in (path, *target_files(path))], (out,))
    places = []
    for done, path in enumerate(manifests):
        tick(done, len(manifests) + 1)
        places.append(read_target(path))
    tick(len(manifests), len(manifests) + 1)
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    if ball is None:
        rig = rig_of_card(places, made_at=made_at)
    else:
        rig = rig_of_ball(places, diameter_mm, chrome=ball == "chrome", near=near, made_at=made_at)
    prepare_folder(out.parent)
    write_whole(out, rig_text(rig).encode())
    tick(len(manifests) + 1, len(manifests) + 1)
    return rig


def write_markers(out: Path, paper: str) -> None:
    """Write the printable sheet of markers: a PDF, or a PNG by the name's ending."""
    content = marker_png(paper) if out.suffix.lower() == ".png" else marker_pdf(paper)
    prepare_folder(out.parent)
    write_whole(out, content)
