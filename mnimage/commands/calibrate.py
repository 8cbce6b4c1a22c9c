"""`mnimage calibrate PHOTO --out PROFILE.json`: a colour profile from a photo of the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option
from mnimage.commands.output import print_json, progress

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.domain.color import ColorProfile

    Corners = tuple[tuple[float, float], ...]


def _corners(ctx: click.Context, parameter: click.Parameter, value: str | None) -> Corners | None:
    """Read "row,col row,col row,col row,col"."""
    del ctx
    if value is None:
        return None
    try:
        places = tuple(tuple(float(part) for part in place.split(",")) for place in value.split())
    except ValueError:
        places = ()
    if [len(place) for place in places] != [2, 2, 2, 2]:
        raise click.BadParameter("four places are needed, each as row,col", param=parameter)
    return tuple((place[0], place[1]) for place in places)


@click.command("calibrate")
@click.argument("photo", type=FILE)
@click.option(
    "--out", type=FILE, required=True, metavar="PROFILE.json", help="File for the profile."
)
@click.option(
    "--flat",
    type=FILE,
    default=None,
    metavar="PHOTO",
    help="Photo of an even grey card, same light.",
)
@click.option(
    "--corners",
    callback=_corners,
    default=None,
    metavar="'ROW,COL ROW,COL ROW,COL ROW,COL'",
    help="Outer corners of the corner patches, where the chart is not found by itself.",
)
@json_option
def command(
    photo: Path, out: Path, *, flat: Path | None, corners: Corners | None, as_json: bool
) -> int:
    """Make a colour profile from a PHOTO of the 24-patch chart.

    Use it with `--profile` for photos taken with the same camera, settings and light.
    """
    from mnimage.report.answers import profile_answer

    with progress("calibrate") as tick:
        profile = workflow.calibrate_file(photo, out, flat=flat, corners=corners, tick=tick)
    if as_json:
        print_json(profile_answer(profile))
    else:
        _print(profile, out)
    for line in profile.warnings:
        click.echo(f"warning: {line}", err=True)
    return 0


def _print(profile: ColorProfile, out: Path) -> None:
    error = profile.error
    red, green, blue = error.linearity
    click.echo(
        f"colour error {error.mean:.1f} dE2000 on average, {error.p95:.1f} at the 95th percentile, "
        f"{error.skin:.1f} on skin patches (each patch left out in turn)"
    )
    click.echo(f"greys: slope {red:.2f} / {green:.2f} / {blue:.2f} (1 is linear)")
    click.echo(f"light across the chart: {100 * error.falloff:.0f} %; written to {out}")
