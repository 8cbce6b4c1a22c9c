"""The one page of a pair that could not be compared: why, and what to do; no numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.report import Columns, Notice, Page, Photos, Picture
from mnimage.report.frames import cut_photo
from mnimage.report.parts import PHOTO_PX, face_frame, scale_bar, session_words
from mnimage.report.patient import masthead
from mnimage.report.relief import pair_warnings
from mnimage.report.words import plain

if TYPE_CHECKING:
    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.report import Labels

_NO_NUMBERS = (
    "No numbers are given, because they would say more about the photos than about the skin. "
    "Each photo is shown in its own frame, not registered onto the other."
)


_FIRST = "Make sure that both show the same patient, the same place and the same view."
_USUAL = "Next time photograph from the same distance, in the same light and pose."


def refused_page(pair: Pair, labels: Labels) -> Page:
    """Return the page."""
    pictures = (
        _picture(pair.before, session_words(pair.before, labels.before, "Before")),
        _picture(pair.after, session_words(pair.after, labels.after, "After")),
    )
    texts = [("What this means", _NO_NUMBERS), ("What to do", refused_advice(pair))]
    if labels.next_session:
        texts.append(("Next session", labels.next_session))
    blocks = (
        masthead(pair, labels, "These photos cannot be compared"),
        Notice("Not comparable", _reasons(pair)),
        Photos(pictures),
        Columns(tuple(texts)),
    )
    return Page(blocks, single=True)


def _picture(analyzed: AnalyzedPhoto, title: str) -> Picture:
    frame = face_frame(analyzed)
    pixels = cut_photo(analyzed.photo.coded, frame, frame.size(PHOTO_PX))
    return Picture(pixels, "Photo: " + title, title, bar=scale_bar(analyzed.scale, frame))


def _reasons(pair: Pair) -> tuple[str, ...]:
    comparison = pair.comparison
    warnings = (f"{whose}: {uncertainty}" for whose, uncertainty in pair_warnings(pair))
    reasons = (comparison.alignment.reason, *comparison.comparability.reasons, *warnings)
    stated = dict.fromkeys(plain(str(reason)).rstrip(".") + "." for reason in reasons if reason)
    return tuple(stated)[:6] or ("The photo after could not be registered onto the photo before.",)


def refused_advice(pair: Pair) -> str:
    """Return what to do about a pair that could not be compared."""
    findings = (*pair.before.quality.findings, *pair.after.quality.findings)
    advice = dict.fromkeys(
        str(finding.advice) for finding in findings if not finding.ok and finding.advice
    )
    return " ".join((_FIRST, *list(advice)[:4], _USUAL))
