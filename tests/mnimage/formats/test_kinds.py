from __future__ import annotations

import pytest

from mnimage.formats.kinds import kind_of, other_kind_of


def _ftyp(main, *others):
    brands = main + b"\0\0\0\0" + b"".join(others)
    return (8 + len(brands)).to_bytes(4, "big") + b"ftyp" + brands + b"\0\0\1\0meta"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe1\0\x10Exif", "JPEG"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG"),
        (b"II*\0\x08\0\0\0", "TIFF"),
        (b"MM\0*\0\0\0\x08", "TIFF"),
        (b"MM\0+\0\x08\0\0", "TIFF"),
        (b"GIF89a", "GIF"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
        (b"BM\x10\0\0\0\0\0\0\0\x36\0\0\0", "BMP"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (_ftyp(b"heic", b"mif1"), "HEIF"),
        (_ftyp(b"mif1", b"heix"), "HEIF"),
        (_ftyp(b"mif1", b"avif"), "AVIF"),
        (_ftyp(b"crx ", b"isom"), "RAW"),
        (_ftyp(b"isom", b"mp42"), None),
        (b"\0\1\2\3", None),
        (b"", None),
    ],
)
def test_kinds_are_identified_by_their_first_bytes(head, kind):
    assert kind_of(head) == kind


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04\x14\0", "a ZIP archive or an office document"),
        (_ftyp(b"isom", b"mp42"), "a video"),
        (_ftyp(b"qt  "), "a video"),
        (b"RIFF\x10\0\0\0AVI LIST", "a video"),
        (bytes(128) + b"DICM", "a DICOM file, which is not supported"),
        ("Grüße an die Praxis\n".encode(), "a text file"),
        (b"a" * 4091 + "é".encode() * 3, "a text file"),
        (bytes(range(256)), None),
    ],
)
def test_other_files_are_named_in_plain_words(head, words):
    kind = other_kind_of(head[:4096])
    assert (kind and str(kind)) == words
