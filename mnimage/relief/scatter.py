"""Taking back how light spreads inside the skin, which makes holes look shallower.

Part of the light leaves the skin some way from where it entered, so slopes are seen blurred
(Moore and Peers 2013). The blur's transfer function is H = (1 - m) + m exp(-s^2 k^2 / 2) with the
share m and the reach s of the channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mnimage.domain.recipe import ReliefRecipe

    Plane = NDArray[np.float32]


def scatter_of(recipe: ReliefRecipe, channel: str) -> tuple[float, float]:
    """Return the share and the reach in mm for a channel; (0, 0) for one that is not listed."""
    for name, share, reach_mm in recipe.scatter:
        if name == channel:
            return share, reach_mm
    return 0.0, 0.0


def scatter_gain(share: float, reach_px: float, regularity: float) -> Callable[[Plane], Plane]:
    """Return the gain that undoes the spread, as a function of the squared angular frequency.

    Tikhonov's inverse H / (H^2 + c (1 - H)^2): 1 for wide forms, bounded for fine ones.
    """

    def gain(frequency2: Plane) -> Plane:
        kept = transfer(share, reach_px, frequency2)
        return np.asarray(kept / (kept**2 + regularity * (1 - kept) ** 2), dtype=np.float32)

    return gain


def transfer(share: float, reach_px: float, frequency2: Plane) -> Plane:
    """Return the share of each wave's height that is left after the spread."""
    blurred = np.exp(-(reach_px**2) * frequency2 / 2)
    return np.asarray((1 - share) + share * blurred, dtype=np.float32)
