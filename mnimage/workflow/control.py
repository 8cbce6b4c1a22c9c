"""The job on a control patch: whether it will do, before a whole comparison is spent on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.compare.control import mark_control
from mnimage.domain.recipe import Recipe

if TYPE_CHECKING:
    from mnimage.domain.pair import AnalyzedPhoto
    from mnimage.domain.session import Patch


def check_control(before: AnalyzedPhoto, patch: Patch) -> None:
    """Check that a patch of the photo before can serve as control.

    Raises
    ------
    PatchUnusable
        If it is not inside the photo, is mostly no skin, or holds too little of it.
    """
    mark_control(before, patch, Recipe().compare)
