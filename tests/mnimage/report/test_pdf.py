from __future__ import annotations

import base64
import io
import re
import time

import cv2
import numpy as np
import pytest
from pypdf import PdfReader

from mnimage import assets
from mnimage.domain.report import Labels, Paper
from mnimage.errors import AssetMissing
from mnimage.report.build import build_report
from mnimage.report.course import build_course_report
from mnimage.report.pdf import _compiled, _jpeg_svg, render_pdf

INJECTION = "$ _ #let x = 1 *b* \\ #panic() [#] @a <b> // `"


def report(made, pair=None, **options):
    pair = made.make_pair() if pair is None else pair
    return build_report(pair, program="mnimage 0.1.0", made_at=made.MADE_AT, **options)


def read_pdf(pdf):
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf):
    """Return the text as it lies on the pages, which are parted by form feeds."""
    return "\f".join(page.extract_text(extraction_mode="layout") for page in read_pdf(pdf).pages)


def pages_of(pdf):
    return len(read_pdf(pdf).pages)


def sheet_mm(pdf):
    box = read_pdf(pdf).pages[0].mediabox
    return round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)


def fonts_of(pdf):
    """Return the descriptor of every font that the pages use."""
    fonts = [
        font.get_object()
        for page in read_pdf(pdf).pages
        for font in page["/Resources"]["/Font"].values()
    ]
    assert all(font["/Subtype"] == "/Type0" for font in fonts)
    return [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]


def cases(made):
    depth = {
        "depth": (made.make_layer("depth", "mm", 0.2, 1), made.make_layer("depth", "mm", 0.1, 2))
    }
    long = Labels(patient="Wolfeschlegelsteinhausenbergerdorff " * 5, clinic="Clinic " * 30)
    nothing = {"zones": {}, "layers": {}, "findings": (), "reasons": (), "not_measured": {}}
    return {
        "plain": (made.make_pair(), {}),
        "letter": (made.make_pair(), {"paper": Paper.LETTER}),
        "refused": (made.make_refused(), {}),
        "scars": (made.make_pair(scars=made.make_scars(30), layers=depth), {}),
        "close-up": (
            made.make_pair(face=False, shape=(300, 512), zones=made.make_zones(("whole",))),
            {},
        ),
        "nothing": (made.make_pair(face=False, scale=None, taken=False, **nothing), {}),
        "long": (
            made.make_pair(reasons=("a long reason of many words, " * 4,) * 12),
            {"words": long},
        ),
        "other letters": (made.make_pair(), {"words": Labels(patient="王小明 Żółć محمد 😀")}),
        "injection": (made.make_pair(reasons=(INJECTION,)), {"words": Labels(*(INJECTION,) * 7)}),
    }


NAMES = (
    "plain", "letter", "refused", "scars", "close-up", "nothing", "long", "other letters",
    "injection",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_case_is_set_without_a_warning(made, name):
    pair, options = cases(made)[name]
    pdf, warnings = _compiled(report(made, pair, **options))
    assert pdf.startswith(b"%PDF-")
    assert warnings == []


@pytest.mark.parametrize(
    "name", ["plain", "letter", "long", "other letters", "injection", "nothing"]
)
def test_the_patients_page_is_always_one(made, name):
    pair, options = cases(made)[name]
    built = report(made, pair, **options)
    alone = type(built)(
        built.title, built.author, built.footer, built.made_at, built.paper, built.pages[:1]
    )
    assert pages_of(render_pdf(alone)) == 1


def test_refused_is_one_page_that_says_why(made):
    pdf = render_pdf(report(made, made.make_refused()))
    assert pages_of(pdf) == 1
    text = text_of(pdf)
    assert "These photos cannot be compared" in text
    assert "The photos show different people." in text
    assert "Hold still and focus anew." in text
    assert "HI points" not in text


def test_words_of_the_patients_page(made):
    labels = Labels(patient="Åse Nørgård, 0042", before="Session 1", after="Session 4")
    text = text_of(render_pdf(report(made, words=labels)))
    first = text.split("\f", 1)[0]
    for words in (
        "Åse Nørgård, 0042", "Session 1", "25 May 2026", "\N{MINUS SIGN}2.4", "± 0.8", "better",
        "within error", "Comparability B", "Page 1 of", "For documentation, not for diagnosis",
        "recipe 1-3fa9c2d1", "mnimage 0.1.0", "20 mm",
    ):  # fmt: skip
        assert words in first, words


def test_all_four_verdicts_are_words_in_the_tables(made):
    text = text_of(render_pdf(report(made)))
    rows = [
        line
        for line in text.splitlines()
        if re.match(r"\s*(Forehead|Nose|Left cheek|Around)", line)
    ]
    assert len(rows) >= 16
    for verdict in ("better", "worse", "within error", "not comparable"):
        assert any(row.rstrip().endswith(verdict) for row in rows), verdict


def test_every_page_is_numbered(made):
    pdf = render_pdf(report(made, made.make_pair(scars=made.make_scars(30))))
    count, text = pages_of(pdf), text_of(pdf)
    assert all(f"Page {page} of {count}" in text for page in range(1, count + 1))


def test_typst_code_in_names_stays_text(made):
    pair, options = cases(made)["injection"]
    text = text_of(render_pdf(report(made, pair, **options)))
    assert "#let x = 1 *b*" in text
    assert "#panic()" in text


@pytest.mark.parametrize(("paper", "size"), [(Paper.A4, (210, 297)), (Paper.LETTER, (216, 279))])
def test_paper(made, paper, size):
    assert sheet_mm(render_pdf(report(made, paper=paper))) == size


def test_archive_and_screen_reader_marks(made):
    pdf = render_pdf(report(made))
    assert b"/StructTreeRoot" in pdf
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    fonts = fonts_of(pdf)
    assert fonts
    assert all({"/FontFile2", "/FontFile3"} & font.keys() for font in fonts)


def test_nothing_is_left_on_disk(made, tmp_path, monkeypatch):
    for name in ("TMPDIR", "TEMP", "TMP", "HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert isinstance(render_pdf(report(made)), bytes)
    assert list(tmp_path.rglob("*")) == []


def test_same_report_same_bytes(made):
    assert render_pdf(report(made)) == render_pdf(report(made))


def test_photos_keep_their_colours_as_jpeg(made):
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[...] = (200, 120, 90)
    coded = re.search(rb"base64,([^\"]+)", _jpeg_svg(pixels)).group(1)
    back = cv2.imdecode(np.frombuffer(base64.b64decode(coded), np.uint8), cv2.IMREAD_COLOR)
    assert back.shape == pixels.shape
    np.testing.assert_allclose(back[..., ::-1].astype(int), pixels, atol=4)


def test_course_is_set(made):
    pairs = [made.make_pair(day=28), made.make_pair(day=56)]
    built = build_course_report(pairs, program="mnimage 0.1.0", made_at=made.MADE_AT)
    pdf, warnings = _compiled(built)
    assert warnings == []
    assert "Every session against the first" in text_of(pdf)


def test_it_is_quick(made):
    render_pdf(report(made))
    started = time.perf_counter()
    render_pdf(report(made))
    assert time.perf_counter() - started < 3.0


def test_a_missing_template_is_reported_plainly(made, monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "asset_roots", lambda: [tmp_path])
    with pytest.raises(AssetMissing, match="missing") as caught:
        render_pdf(report(made))
    assert caught.value.hint
