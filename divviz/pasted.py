"""Numbers out of text that a person typed, pasted from a spreadsheet, or kept as CSV."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence

import numpy as np

from divviz.dist import Array, Names, SceneError

MOST_NUMBERS = 10**5
LONGEST_PASTE = 5_000_000

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+(?:[eE][+-]?[0-9]+)?")
# 1,000 may be a thousand, one, or 1 and 0.
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")
_ZEROS = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2},0[0-9]{2}(?![0-9.])")
_NARROW_BLANK = re.compile("(?<=[0-9])[\u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")
_BREAKS = re.compile(r",\s*|\s+")
# A byte order mark means nothing, an ideographic comma is no decimal comma, and spreadsheets
# print a real minus sign.
_PLAIN = str.maketrans(
    {"\ufeff": "", "\u2212": "-", "，": ", ", "、": ", ", "；": ";", "\u00a0": " ", "\u3000": " "}
)

# A cell with the line that it stands in, counted from 1.
Cell = tuple[int, str]
Row = tuple[int, list[str]]


def read_numbers(text: str, column: str | None = None) -> Array:
    """The numbers (n,) that `text` holds, in its order: typed, pasted, or a CSV file; n <= 10^5.

    Numbers stand apart by new lines, commas, semicolons, tabs or blanks. A comma between digits is
    a decimal comma where semicolons, tabs or new lines separate the numbers (1,5;2,5). A first line
    of words is a heading. A table (columns with a heading, or with one of words) gives
    the column called `column`; if none is named, the first that holds numbers throughout and does
    not just count the rows. Blank cells are left out. Columns of numbers without a heading are one
    list, row by row. SceneError names the line of what is no number.

    >>> read_numbers("1,5; 2,5; 4").tolist()
    [1.5, 2.5, 4.0]
    """
    rows = rows_of(text)
    cells = _column(rows, column) if _is_table(rows, column) else _listed(rows)
    if len(cells) > MOST_NUMBERS:
        raise SceneError("numbers_many", count=len(cells), most=MOST_NUMBERS)
    if not cells:
        raise SceneError("numbers_none")
    refuse_thousands(cells)
    return np.array([value_of(line, cell) for line, cell in cells]) + 0.0


def rows_of(text: object) -> list[Row]:
    """The lines of `text` that are not blank, each with its number and cut into its cells.

    SceneError for what is no text or is longer than 5 million characters.
    """
    if not isinstance(text, str):
        raise SceneError("numbers_text")
    if len(text) > LONGEST_PASTE:
        raise SceneError("numbers_long", length=len(text), most=LONGEST_PASTE)
    plain = _NARROW_BLANK.sub("", text).translate(_PLAIN)
    lines = [(i, line.strip(" ")) for i, line in enumerate(plain.splitlines(), 1) if line.strip()]
    if lines and lines[0][1][0] == "[" and lines[-1][1][-1] == "]":
        lines[0] = lines[0][0], lines[0][1][1:]
        lines[-1] = lines[-1][0], lines[-1][1][:-1]
    mark = _mark([line for _, line in lines])
    return [(number, [_bare(cell) for cell in _cut(line, mark)]) for number, line in lines]


def _mark(lines: Sequence[str]) -> str | None:
    """What separates cells: ";", a tab or ","; None for blanks."""
    for mark in (";", "\t"):
        if any(mark in line for line in lines):
            return mark
    if not any("," in line for line in lines):
        return None
    headed = len(lines) > 1 and not any(map(_are_numbers, lines[0].split(",")))
    body = [line.split() for line in lines[headed:]]
    decimal = all(is_number(word) for words in body for word in words)
    if not decimal or (headed and "," in lines[0]):
        return ","
    if any(len(words) > 1 for words in body):
        # "1,5 2,5" is two numbers or four.
        raise SceneError("numbers_comma", found=lines[headed])
    return None if len(body) > 1 else ","


def _are_numbers(cell: str) -> bool:
    """Whether a cell holds numbers and nothing else."""
    parts = [_bare(part) for part in _BREAKS.split(cell) if part]
    return bool(parts) and all(map(is_number, parts))


def is_number(cell: str) -> bool:
    """Whether a cell is one number, with a decimal point or comma."""
    return bool(_NUMBER.fullmatch(cell) or _DECIMAL_COMMA.fullmatch(cell))


def _cut(line: str, mark: str | None) -> list[str]:
    if mark is None:
        return line.split()
    if '"' not in line:
        if mark == "," and _ZEROS.search(line):
            raise SceneError("numbers_comma", found=line)
        return line.split(mark)
    try:
        return next(csv.reader([line], delimiter=mark, skipinitialspace=True))
    except csv.Error:
        return line.split(mark)


def _bare(cell: str) -> str:
    """A cell without blanks and quotes around it."""
    return cell.strip().strip("'\"").strip()


def headed(rows: Sequence[Row]) -> bool:
    """Whether the first row is a heading: rows follow, and none of its cells is a number."""
    return len(rows) > 1 and not any(map(_are_numbers, rows[0][1]))


def _is_table(rows: Sequence[Row], column: str | None) -> bool:
    if column is not None:
        return True
    body = rows[1:] if headed(rows) else rows
    width = {len(cells) for _, cells in body}
    if max(width, default=0) < 2:
        return False
    if headed(rows):
        return len(rows[0][1]) > 1
    words = (not any(map(is_number, column)) for column in zip(*(c for _, c in body), strict=False))
    return len(body) > 1 and len(width) == 1 and any(words)


def _column(rows: Sequence[Row], name: str | None) -> list[Cell]:
    """The cells of one column of a table that are not blank."""
    body = rows[1:] if headed(rows) else rows
    width = max((len(cells) for _, cells in body), default=0)
    columns = [[(n, c[i]) for n, c in body if i < len(c) and c[i]] for i in range(width)]
    if name is not None:
        heading = rows[0][1] if headed(rows) else []
        folded = [head.casefold() for head in heading]
        place = folded.index(_bare(name).casefold()) if _bare(name).casefold() in folded else -1
        if not 0 <= place < width:
            known = Names(", ".join(heading) or "-")
            raise SceneError("numbers_column", column=name, known=known)
        return columns[place]
    numeric = [c for c in columns if c and all(is_number(cell) for _, cell in c)]
    told = [c for c in numeric if not counts_rows(c)]
    if numeric:
        return (told or numeric)[0]
    # Reading the nearest one names the line that spoils it.
    return max(columns, key=lambda c: sum(is_number(cell) for _, cell in c), default=[])


def counts_rows(cells: Sequence[Cell]) -> bool:
    """Whether a column only numbers the rows, from 0 or 1."""
    first = cells[0][1]
    if first not in ("0", "1") or len(cells) < 2:
        return False
    return all(cell == str(i) for i, (_, cell) in enumerate(cells, int(first)))


def _listed(rows: Sequence[Row]) -> list[Cell]:
    """All cells as one list, those that hold several numbers cut again."""
    body = rows[1:] if headed(rows) else rows
    return [
        (number, part)
        for number, cells in body
        for cell in cells
        for part in ([cell] if is_number(cell) else _BREAKS.split(cell))
        if part
    ]


def refuse_thousands(cells: Sequence[Cell]) -> None:
    """SceneError if commas are there that may all be meant to group thousands."""
    commas = [cell for _, cell in cells if "," in cell]
    if commas and all(_GROUPED.fullmatch(cell) for cell in commas):
        raise SceneError("numbers_comma", found=commas[0])


def value_of(line: int, cell: str) -> float:
    """The number in a cell; SceneError names the line of what is none."""
    if not is_number(cell):
        raise SceneError("numbers_word", line=line, found=cell)
    value = float(cell.replace(",", "."))
    if not math.isfinite(value):
        raise SceneError("numbers_large", line=line, found=cell)
    return value
