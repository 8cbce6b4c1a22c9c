"""A report as values: pages of blocks, before anything is drawn or written."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.comparison import Verdict


class Paper(StrEnum):
    """Sizes of paper."""

    A4 = "a4"
    LETTER = "us-letter"


@dataclass(frozen=True, slots=True)
class Labels:
    """What the clinic wants printed; every part may be empty.

    `before` and `after` name the two sessions ("Session 1"); `names` of the sessions of a course
    are made from their dates. `next_session` is free text, such as "12 January, 10:30".
    """

    patient: str = ""
    clinic: str = ""
    operator: str = ""
    course: str = ""
    before: str = ""
    after: str = ""
    next_session: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A scale bar: its length in words, and as a part of its picture's width."""

    words: str
    part: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo or map, 8-bit RGB; `alt` says what it shows to those who cannot see it."""

    pixels: NDArray[np.uint8] = field(repr=False)
    alt: str
    title: str = ""
    caption: str = ""
    bar: Bar | None = None


@dataclass(frozen=True, slots=True)
class Swatch:
    """A pattern on a map, 8-bit RGB, and what it means."""

    pixels: NDArray[np.uint8] = field(repr=False)
    words: str


@dataclass(frozen=True, slots=True)
class ColorBar:
    """A legend: colours as "#rrggbb" low to high, ticks as (part of the bar, words).

    `limit` is the part of the bar above which values are left out; `key` explains patterns.
    """

    title: str
    unit: str
    colors: tuple[str, ...] = field(repr=False)
    ticks: tuple[tuple[float, str], ...]
    note: str = ""
    limit: float | None = None
    key: tuple[Swatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict to be drawn as word, shape and colour; `way` is 1 up, -1 down, 0 neither."""

    verdict: Verdict
    way: int = 0


@dataclass(frozen=True, slots=True)
class Masthead:
    """The head of a first page."""

    title: str
    clinic: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A section's title and a line below it."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Photos:
    """The pair in large: takes the room that the rest of its page leaves."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One number for the patient: name, value, unit, uncertainty, verdict, and the two values."""

    name: str
    value: str
    unit: str
    uncertainty: str
    mark: Mark
    detail: str


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards side by side."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """How alike the photos were taken."""

    letter: str
    headline: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Short texts side by side, each with its title."""

    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """Pictures of one size side by side; legends, number and verdict stand beside them."""

    pictures: tuple[Picture, ...]
    columns: int
    title: str = ""
    legends: tuple[ColorBar, ...] = ()
    number: str = ""
    mark: Mark | None = None


Cell: TypeAlias = "str | Mark"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its first column is text, the others numbers or marks."""

    title: str
    unit: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScarCard:
    """One scar before and after: small pictures of one place, lines of words, verdict."""

    title: str
    pictures: tuple[Picture, ...]
    lines: tuple[str, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Scars:
    """All scars."""

    cards: tuple[ScarCard, ...]
    legend: ColorBar | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values in two columns, beside a picture where there is one."""

    facts: tuple[tuple[str, str], ...]
    picture: Picture | None = None
    legend: ColorBar | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that must not be overlooked."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart as SVG with its text as outlines."""

    svg: str = field(repr=False)
    alt: str
    caption: str = ""


Block: TypeAlias = (
    Masthead
    | Heading
    | Photos
    | Cards
    | Grade
    | Columns
    | Strip
    | Table
    | Scars
    | Facts
    | Notice
    | Plot
)


@dataclass(frozen=True, slots=True)
class Page:
    """Blocks that begin on a new page; `single` ones are made to fit on one."""

    blocks: tuple[Block, ...]
    single: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report; `footer` is printed at the foot of each page."""

    title: str
    author: str
    footer: tuple[str, ...]
    made_at: datetime
    paper: Paper
    pages: tuple[Page, ...]
