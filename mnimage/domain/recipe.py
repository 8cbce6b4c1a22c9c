"""Every option that alters a result, in one versioned value that is stored with the result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field

ALGORITHM = 1
"""Raised whenever the same recipe would give other numbers on the same photo."""


@dataclass(frozen=True, slots=True)
class QualityRecipe:
    """Limits of the quality checks; each is explained beside its check."""

    min_face_px: float = 300.0


@dataclass(frozen=True, slots=True)
class RegisterRecipe:
    """Options of laying one photo onto the other; px are those of the working picture.

    `working_px` is the longest side of the skin at which matching is done; `halvings` how often
    that is halved for the coarsest level; `steps` and `final_steps` the rounds per level;
    `bending_px` how far a node may stray from a straight line between its neighbours (standard
    deviation, at the finest level); skin whose expected error is above `max_error_px`, or whose
    agreement is below `min_agreement`, is not trusted; a pair whose typical agreement does not
    exceed chance by `min_evidence` is refused.
    """

    working_px: int = 1600
    halvings: int = 3
    steps: int = 4
    final_steps: int = 3
    bending_px: float = 0.04
    longest_step_px: float = 3.0
    max_error_px: float = 1.0
    min_agreement: float = 0.15
    min_evidence: float = 0.08
    min_covered: float = 0.3
    max_turn_deg: float = 25.0


@dataclass(frozen=True, slots=True)
class ScoreRecipe:
    """Options of the flat scores; lengths in mm on the skin."""

    grid_mm: float = 0.25


@dataclass(frozen=True, slots=True)
class ReliefRecipe:
    """Options of relief, texture in um and scars; lengths in mm on the skin."""

    band_low_mm: float = 0.1
    band_high_mm: float = 2.5


@dataclass(frozen=True, slots=True)
class Recipe:
    """All options together."""

    quality: QualityRecipe = field(default_factory=QualityRecipe)
    register: RegisterRecipe = field(default_factory=RegisterRecipe)
    score: ScoreRecipe = field(default_factory=ScoreRecipe)
    relief: ReliefRecipe = field(default_factory=ReliefRecipe)

    @property
    def version(self) -> str:
        """Algorithm number and a fingerprint of every option, such as "1-3fa9c2d1"."""
        options = json.dumps(asdict(self), sort_keys=True).encode()
        return f"{ALGORITHM}-{hashlib.sha256(options).hexdigest()[:8]}"
