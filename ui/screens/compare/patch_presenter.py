"""The control patch: drawn, checked at once, and only then used for a comparison.

Plain Python like a presenter: the compare screen's presenter hands this part of its work over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mnimage.errors import PatchUnusable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.session import Patch
    from ui.screens.compare.view import CompareView


class PatchWork(Protocol):
    """The job on control patches; `mnimage.workflow` has it."""

    def check_control(self, before: AnalyzedPhoto, patch: Patch) -> None:
        """Raise `PatchUnusable` where a patch cannot serve as control."""


class PatchPresenter:
    """Keeps the patch that is drawn until it is used; `use` gets it, or None to do without."""

    def __init__(
        self, view: CompareView, workflow: PatchWork, use: Callable[[Patch | None], None]
    ) -> None:
        self._view, self._workflow, self._use = view, workflow, use
        self._before: AnalyzedPhoto | None = None
        self._drawn: Patch | None = None
        self._used: Patch | None = None
        view.control_drawn.connect(self.check)
        view.control_confirmed.connect(self.confirm)

    def show(self, pair: Pair, used: Patch | None) -> None:
        """Begin with the patch that a pair was compared with."""
        self._before, self._used = pair.before, used
        self._view.show_control(used)
        self._report(used, fits=used is not None)

    def check(self, patch: Patch | None) -> None:
        """Say at once whether the patch that was drawn will do."""
        self._drawn = patch
        if patch is None or self._before is None:
            self._report(patch, fits=patch is None)
            return
        try:
            self._workflow.check_control(self._before, patch)
        except PatchUnusable as error:
            self._report(patch, fits=False)
            self._view.show_patch_trouble(str(error), error.hint)
        else:
            self._report(patch, fits=True)

    def confirm(self) -> None:
        """Compare with the patch that was drawn, or without one."""
        self._use(self._drawn)

    def _report(self, patch: Patch | None, *, fits: bool) -> None:
        self._drawn = patch
        self._view.show_patch_state(fits=fits, news=fits and patch != self._used)
