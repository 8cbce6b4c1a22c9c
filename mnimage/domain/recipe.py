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
    """Options of laying one photo onto the other."""

    max_error_px: float = 1.5


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
