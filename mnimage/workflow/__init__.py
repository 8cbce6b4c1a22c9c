"""Every job the program can do, one function each: read, compute, keep.

Jobs are loaded when they are first asked for: help comes without the heavy libraries, and the
window is there before they are.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnimage.domain.session import PairInputs
    from mnimage.pipeline import compare_again
    from mnimage.workflow.color import (
        calibrate_file,
        is_profile,
        known_profile,
        picture_of,
        preview_of,
    )
    from mnimage.workflow.control import check_control
    from mnimage.workflow.demo import run_demo
    from mnimage.workflow.files import (
        compare_into,
        register_files,
        relief_file,
        score_file,
        taken_at,
        write_report,
    )
    from mnimage.workflow.follow import Followed, follow_files
    from mnimage.workflow.pairfiles import write_pair
    from mnimage.workflow.read import analyze_file, compare_files
    from mnimage.workflow.relief import profile_along, surfaces_of, write_profile
    from mnimage.workflow.rescore import rescore_folders
    from mnimage.workflow.rig import measure_rig, write_markers

_HOMES = {
    "PairInputs": "mnimage.domain.session",
    "compare_again": "mnimage.pipeline",
    "calibrate_file": "mnimage.workflow.color",
    "is_profile": "mnimage.workflow.color",
    "known_profile": "mnimage.workflow.color",
    "picture_of": "mnimage.workflow.color",
    "preview_of": "mnimage.workflow.color",
    "check_control": "mnimage.workflow.control",
    "run_demo": "mnimage.workflow.demo",
    "compare_into": "mnimage.workflow.files",
    "register_files": "mnimage.workflow.files",
    "relief_file": "mnimage.workflow.files",
    "score_file": "mnimage.workflow.files",
    "taken_at": "mnimage.workflow.files",
    "write_pair": "mnimage.workflow.pairfiles",
    "write_report": "mnimage.workflow.files",
    "Followed": "mnimage.workflow.follow",
    "follow_files": "mnimage.workflow.follow",
    "analyze_file": "mnimage.workflow.read",
    "compare_files": "mnimage.workflow.read",
    "profile_along": "mnimage.workflow.relief",
    "surfaces_of": "mnimage.workflow.relief",
    "write_profile": "mnimage.workflow.relief",
    "rescore_folders": "mnimage.workflow.rescore",
    "measure_rig": "mnimage.workflow.rig",
    "write_markers": "mnimage.workflow.rig",
}
"""The module that each job lives in."""


def __getattr__(name: str) -> Any:
    """Load a job when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


__all__ = [
    "Followed",
    "PairInputs",
    "analyze_file",
    "calibrate_file",
    "check_control",
    "compare_again",
    "compare_files",
    "compare_into",
    "follow_files",
    "is_profile",
    "known_profile",
    "measure_rig",
    "picture_of",
    "preview_of",
    "profile_along",
    "register_files",
    "relief_file",
    "rescore_folders",
    "run_demo",
    "score_file",
    "surfaces_of",
    "taken_at",
    "write_markers",
    "write_pair",
    "write_profile",
    "write_report",
]
