"""Every sentence of the library in English, by the code of its message; one table a room."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mnimage.words.english.assets import ASSETS
from mnimage.words.english.calibrate import CALIBRATE
from mnimage.words.english.cameras import CAMERAS
from mnimage.words.english.commands import COMMANDS
from mnimage.words.english.common import COMMON
from mnimage.words.english.compare import COMPARE
from mnimage.words.english.face import FACE
from mnimage.words.english.formats import FORMATS
from mnimage.words.english.library import LIBRARY
from mnimage.words.english.pipeline import PIPELINE
from mnimage.words.english.quality import QUALITY
from mnimage.words.english.register import REGISTER
from mnimage.words.english.relief import RELIEF
from mnimage.words.english.report import REPORT
from mnimage.words.english.score import SCORE
from mnimage.words.english.ui_library import UI_LIBRARY
from mnimage.words.english.ui_records import UI_RECORDS
from mnimage.words.english.ui_window import UI_WINDOW
from mnimage.words.english.workflow import WORKFLOW

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        **ASSETS,
        **CALIBRATE,
        **CAMERAS,
        **COMMANDS,
        **COMMON,
        **COMPARE,
        **FACE,
        **FORMATS,
        **LIBRARY,
        **PIPELINE,
        **QUALITY,
        **REGISTER,
        **RELIEF,
        **REPORT,
        **SCORE,
        **UI_LIBRARY,
        **UI_RECORDS,
        **UI_WINDOW,
        **WORKFLOW,
    }
)
