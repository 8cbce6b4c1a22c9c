"""Every job the program can do, one function each: read, compute, keep."""

from mnimage.domain.session import PairInputs
from mnimage.pipeline import compare_again
from mnimage.workflow.color import (
    calibrate_file,
    is_profile,
    known_profile,
    picture_of,
)
from mnimage.workflow.control import check_control
from mnimage.workflow.demo import run_demo
from mnimage.workflow.files import (
    compare_into,
    register_files,
    relief_file,
    score_file,
    taken_at,
    write_pair,
    write_report,
)
from mnimage.workflow.follow import Followed, follow_files
from mnimage.workflow.read import analyze_file, compare_files
from mnimage.workflow.relief import profile_along, surfaces_of, write_profile
from mnimage.workflow.rescore import rescore_folders
from mnimage.workflow.rig import measure_rig, write_markers

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
