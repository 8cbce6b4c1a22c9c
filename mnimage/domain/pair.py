"""Two registered sessions, with all that a screen or a report shows of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.comparison import Comparison
    from mnimage.domain.face import Face, Zones
    from mnimage.domain.photo import ImageScale, Photo
    from mnimage.domain.quality import QualityReport
    from mnimage.domain.relief import ReliefCard
    from mnimage.domain.scorecard import Layer, PairScores
    from mnimage.domain.session import Replicate


@dataclass(frozen=True, slots=True)
class AnalyzedPhoto:
    """One photo with all that was found in it; `name` is the file's name, for labels only.

    `relief` is there when the photo is the mean of a set of directional shots.
    """

    name: str
    photo: Photo
    face: Face | None
    zones: Zones
    quality: QualityReport
    scale: ImageScale | None
    relief: ReliefCard | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """Two photos and how they lie on each other, before the clinic's notes have had a say.

    `before` has no control patch, `after` is not checked against the photo before, and `alignment`
    still holds the skin that expression moved.
    """

    before: AnalyzedPhoto
    after: AnalyzedPhoto
    alignment: Alignment


@dataclass(frozen=True, slots=True)
class Measured:
    """What a pair's verdicts rest on: the scores of both photos and what repeats measured."""

    scores: PairScores | None
    replicates: tuple[Replicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """The main job's whole answer.

    `aligned` is the photo after in the frame of the photo before (8-bit sRGB, the shape of the
    photo before) and `seen` where it shows anything; both are None when the pair was refused.
    `layers` are the maps by name, before and after, both in the frame of the photo before.
    `measured` and, for ordinary photos, `registered` are kept so that other notes need no new
    measurement (`pipeline.compare_again`).
    """

    before: AnalyzedPhoto
    after: AnalyzedPhoto
    comparison: Comparison
    aligned: NDArray[np.uint8] | None = field(repr=False)
    seen: NDArray[np.bool_] | None = field(repr=False)
    layers: Mapping[str, tuple[Layer, Layer]] = field(repr=False)
    measured: Measured | None = field(default=None, repr=False)
    registered: Registered | None = field(default=None, repr=False)
