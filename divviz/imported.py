"""What a file that a visitor opens is: a scene that was saved as JSON, or a table of numbers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from divviz.dist import Array, SceneError
from divviz.grammar import LONGEST_DATA
from divviz.pasted import (
    LONGEST_PASTE,
    MOST_NUMBERS,
    Cell,
    Row,
    counts_rows,
    headed,
    is_number,
    refuse_thousands,
    rows_of,
    value_of,
)

FORMAT = 1
MOST_COLUMNS = 3
MOST_PARTS = 10_000  # lists and objects in a JSON file: ours have a few hundred
LONGEST_LINK = 2 * LONGEST_DATA
LONGEST_PAGE = 40
# Where text cannot hold them, a file is no text: NUL and its kin, or what did not decode.
_SOMETHING = re.compile(r"[\w{]")
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")


# ---- what a file is ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saved:
    """A scene that was saved: the name of its page and its link, neither of them checked yet."""

    page: str
    link: str


@dataclass(frozen=True)
class Table:
    """The rows of a table with their line numbers, each filled up to the width of the widest."""

    heading: tuple[str, ...]
    rows: tuple[Row, ...]
    width: int

    def column(self, index: int) -> list[Cell]:
        """The cells of one column with their lines, blank ones too."""
        return [(line, cells[index]) for line, cells in self.rows]

    def numbers(self, index: int) -> Array:
        """The numbers (n,) of one column, NaN for a blank cell; SceneError for one of words."""
        found = self._columns[index]
        if isinstance(found, SceneError):
            raise found
        return found

    @cached_property
    def _columns(self) -> list[Array | SceneError]:
        return [_numbers(self.column(index)) for index in range(self.width)]

    @cached_property
    def counted(self) -> bool:
        """Whether the first of several columns only numbers the rows."""
        return self.width > 1 and counts_rows(self.column(0))

    def without_first(self) -> Table:
        """The table without its first column."""
        rows = tuple((line, cells[1:]) for line, cells in self.rows)
        return Table(self.heading[1:], rows, self.width - 1)


def read_file(text: object) -> Saved | Table:
    """What a file is; SceneError where it is empty, no text, too long, foreign or damaged."""
    if not isinstance(text, str):
        raise SceneError("numbers_text")
    if len(text) > LONGEST_PASTE:
        raise SceneError("numbers_long", length=len(text), most=LONGEST_PASTE)
    if _NO_TEXT.search(text):
        raise SceneError("file_binary")
    if not _SOMETHING.search(text):
        raise SceneError("file_empty")
    start = text.lstrip("\ufeff \t\r\n")[:1]
    return _saved(text) if start == "{" else _table(text)


def _saved(text: str) -> Saved:
    if text.count("{") + text.count("[") > MOST_PARTS:
        raise SceneError("file_foreign")
    try:
        found = json.loads(
            text.lstrip("\ufeff"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except (ValueError, RecursionError):
        raise SceneError("file_damaged") from None
    form, link, page = (found.get(key) for key in ("divviz", "link", "page"))
    if type(form) is not int or not isinstance(link, str) or not isinstance(page, str):
        raise SceneError("file_foreign")
    if form != FORMAT:
        raise SceneError("file_format", found=str(form)[:9])
    if len(link) > LONGEST_LINK:
        raise SceneError("link_long", longest=LONGEST_LINK, part="link")
    return Saved(page[:LONGEST_PAGE], link)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _table(text: str) -> Table:
    # To cut 10^6 of them would take seconds.
    for marks, most in (("\n\r", 2), (",;\t", 2 * MOST_COLUMNS)):
        count = max(map(text.count, marks))
        if count > most * MOST_NUMBERS:
            raise SceneError("numbers_many", count=count, most=MOST_NUMBERS)
    rows = rows_of(text)
    cells = sum(len(cells) for _, cells in rows)
    if cells > MOST_COLUMNS * (MOST_NUMBERS + 1) and any(any(cells) for _, cells in rows):
        raise SceneError("numbers_many", count=cells, most=MOST_NUMBERS)
    head = headed(rows)
    width = max((len(cells) for _, cells in rows), default=0)
    if not rows:
        raise SceneError("file_empty")
    if width > MOST_COLUMNS + 1 and not all_numbers(rows):
        raise SceneError("file_columns", count=width, most=MOST_COLUMNS)
    filled = [(line, [*cells, *[""] * (width - len(cells))]) for line, cells in rows]
    keep = [i for i in range(width) if any(cells[i] for _, cells in filled)]
    if not keep:
        raise SceneError("file_empty")
    rows = [(line, [cells[i] for i in keep]) for line, cells in filled]
    heading = tuple(rows[0][1]) if head else ()
    return Table(heading, tuple(rows[head:]), len(keep))


def all_numbers(rows: Sequence[Row]) -> bool:
    """Whether all cells but blank ones are numbers."""
    return all(is_number(cell) for _, cells in rows for cell in cells if cell)


def _numbers(cells: list[Cell]) -> Array | SceneError:
    """The numbers (n,) of cells, NaN for a blank one, or what is wrong with the first."""
    try:
        if len(cells) > MOST_NUMBERS:
            raise SceneError("numbers_many", count=len(cells), most=MOST_NUMBERS)
        refuse_thousands(cells)
        values = [value_of(line, cell) if cell else math.nan for line, cell in cells]
        return np.array(values) + 0.0
    except SceneError as error:
        return error
