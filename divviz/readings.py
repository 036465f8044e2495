"""Which distributions a table may be read as, and a small picture of them.

A table often has more than one sensible reading (two samples, or values with their counts): all
are offered, the likeliest first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from divviz import families
from divviz.discrete import checked_labels
from divviz.dist import Array, Dist, SceneError
from divviz.imported import MOST_COLUMNS, Table, all_numbers
from divviz.pair import Pair
from divviz.pasted import MOST_NUMBERS, Cell, is_number
from divviz.scene import MOST_OUTCOMES, check_size

BINS = 48
MOST_BARS = 64
_COUNTED = re.compile(
    r"n|counts?|number|freq\w*|frequency|weights?|w|prob\w*|share|mass|p|"
    r"频数|次数|个数|计数|数量|权重|概率|比例",
    re.IGNORECASE,
)
_TWO = re.compile(r"[+-]?[0-9]+,[0-9]+")
_SUMS = (1.0, 100.0)  # of probabilities, of per cents


@dataclass(frozen=True)
class Reading:
    """One way to read a table: a key of READINGS, and one distribution or two, P and Q."""

    name: str
    dists: tuple[Dist, ...]


class How(NamedTuple):
    """Which tables a reading suits by their form, and what it makes of one."""

    suits: Callable[[Table], bool]
    makes: Callable[[Table], tuple[Dist, ...]]


def _columns(width: int) -> Callable[[Table], bool]:
    # Several numbers in a single row are a list, not columns of one number each.
    return lambda table: table.width == width and not (width > 1 and _is_list(table, most_rows=1))


def _is_list(table: Table, most_rows: int = MOST_NUMBERS) -> bool:
    few = len(table.rows) <= most_rows and not table.heading
    return few and table.width > 1 and all_numbers(table.rows)


def _sample(table: Table) -> tuple[Dist, ...]:
    return (_sample_of(table.numbers(0)),)


def _two_samples(table: Table) -> tuple[Dist, ...]:
    return _sample_of(table.numbers(0)), _sample_of(table.numbers(1))


def _list(table: Table) -> tuple[Dist, ...]:
    """All numbers as one sample, row by row."""
    return (_sample_of(np.column_stack([*map(table.numbers, range(table.width))]).ravel()),)


def _sample_of(values: Array) -> Dist:
    return families.samples(values[~np.isnan(values)])


def _weights(table: Table) -> tuple[Dist, ...]:
    return (_sized(families.pmf(_masses(table, 0))),)


def _two_weights(table: Table) -> tuple[Dist, ...]:
    return tuple(_sized(families.pmf(_masses(table, i))) for i in (0, 1))


def _named(table: Table) -> tuple[Dist, ...]:
    labels = _labels(table.column(0))
    return tuple(
        _sized(families.pmf(_masses(table, i), labels=labels)) for i in range(1, table.width)
    )


def _counted(table: Table) -> tuple[Dist, ...]:
    places = _full(table, 0)
    return tuple(_at(places, _masses(table, i)) for i in range(1, table.width))


def _at(places: Array, masses: Array) -> Dist:
    """Masses (n,) at places (n,); counts of more places than bars can show are a sample."""
    whole = bool((masses == np.floor(masses)).all()) and masses.sum() <= MOST_NUMBERS
    if len(np.unique(places)) > MOST_OUTCOMES and whole:
        return families.samples(np.repeat(places, masses.astype(int)))
    return _sized(families.pmf(masses, support=places))


def _sized(dist: Dist) -> Dist:
    check_size(dist)
    return dist


READINGS: dict[str, How] = {
    "sample": How(_columns(1), _sample),
    "weights": How(_columns(1), _weights),
    "named": How(_columns(2), _named),
    "counted": How(_columns(2), _counted),
    "two_samples": How(_columns(2), _two_samples),
    "two_weights": How(_columns(2), _two_weights),
    "named_pair": How(_columns(3), _named),
    "counted_pair": How(_columns(3), _counted),
    "list": How(_is_list, _list),
}


def readings(table: Table) -> list[Reading]:
    """The readings of a table that make sense, the likeliest first.

    SceneError, with the line that is not understood, where none does.
    """
    found: dict[str, Reading] = {}
    errors: list[SceneError] = []
    for part in _parts(table):
        for name, how in READINGS.items():
            if name in found or not how.suits(part):
                continue
            try:
                found[name] = Reading(name, how.makes(part))
            except SceneError as error:
                errors.append(error)
    if not found:
        raise _nearest(table, errors)
    first = likeliest(table)
    return sorted(found.values(), key=lambda one: one.name != first)


def _parts(table: Table) -> list[Table]:
    """The table, and what else it may be; the likelier first.

    Its first column may only number the rows, and 1,5 on every line may be two numbers or one.
    """
    if table.width == 1 and _is_ambiguous(table):
        cut = tuple((line, cells[0].split(",")) for line, cells in table.rows)
        return [table, Table((), cut, 2)]
    if not table.counted:
        return [table]
    parts = [table, table.without_first()]
    return parts[::-1] if table.heading and not table.heading[0] else parts


def _is_ambiguous(table: Table) -> bool:
    try:
        table.numbers(0)  # 1,000 on every line is a thousand or one, and so refused
    except SceneError:
        return False
    return not table.heading and all(_TWO.fullmatch(cell) for _, cell in table.column(0))


def likeliest(table: Table) -> str:
    """The reading to offer first, by the headings, the sums and the order of the numbers."""
    table = _parts(table)[0]
    try:
        columns = [_full(table, i) for i in range(table.width)]
    except SceneError:
        return "two_samples"  # names are offered by themselves, gaps leave only samples
    if table.width == 1:
        return "weights" if len(columns[0]) > 1 and _is_shares(columns[0]) else "sample"
    if table.width != 2:
        return "counted_pair" if table.width == MOST_COLUMNS else "list"
    if all(map(_is_shares, columns)):
        return "two_weights"
    called = table.heading and _COUNTED.fullmatch(table.heading[1])
    if called and not _COUNTED.fullmatch(table.heading[0]):
        return "counted"
    places, masses = columns
    rising = bool((np.diff(places) > 0).all()) and len(places) > 1
    counts = bool((masses == np.floor(masses)).all() and (masses >= 0).all())
    return "counted" if rising and (counts or _is_shares(masses)) else "two_samples"


def _is_shares(values: Array) -> bool:
    total = float(values.sum())
    return bool((values >= 0).all()) and any(math.isclose(total, s, rel_tol=2e-3) for s in _SUMS)


def _nearest(table: Table, errors: list[SceneError]) -> SceneError:
    """The error to tell: that about a number where the first column is mostly numbers."""
    if not errors:
        return SceneError("file_columns", count=table.width, most=MOST_COLUMNS)
    first = [cell for _, cell in table.column(0)]
    names = sum(map(is_number, first)) * 2 < len(first)
    about_names = [error for error in errors if error.code != "numbers_word"]
    about_numbers = [error for error in errors if error.code in ("numbers_word", "numbers_comma")]
    if table.width == 1 or not names:
        return (about_numbers or errors)[0]
    return (about_names or [errors[0]])[0]


# ---- cells ---------------------------------------------------------------------------------------


def _full(table: Table, index: int) -> Array:
    """The numbers (n,) of a column; SceneError for a blank cell."""
    values = table.numbers(index)
    if np.isnan(values).any():
        raise SceneError("file_blank", line=table.rows[int(np.isnan(values).argmax())][0])
    return values


def _masses(table: Table, index: int) -> Array:
    values = _full(table, index)
    if (values < 0).any():
        line, cell = table.column(index)[int((values < 0).argmax())]
        raise SceneError("file_weight", line=line, found=cell)
    return values


def _labels(cells: list[Cell]) -> tuple[str, ...]:
    seen: set[str] = set()
    for line, cell in cells:
        if not cell:
            raise SceneError("file_blank", line=line)
        try:
            checked_labels([cell])
        except SceneError:
            raise SceneError("file_label", line=line, label=cell) from None
        if cell in seen:
            raise SceneError("file_twice", line=line, label=cell)
        seen.add(cell)
    return checked_labels(cell for _, cell in cells)


# ---- a small picture -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Bars:
    """Masses of one distribution or two (n,) each, and what stands below the first and the last."""

    ends: tuple[float | str, float | str]
    masses: tuple[Array, ...]


def bars(dists: Sequence[Dist]) -> Bars:
    """A small picture of one distribution or of P and Q: their outcomes, or 48 equal bins."""
    pair = Pair(dists[0], dists[-1])
    if pair.discrete and len(pair.x) <= MOST_BARS and "samples" not in {d.name for d in dists}:
        masses = (pair.p, pair.q)[: len(dists)]
        names = pair.labels or tuple(pair.x.tolist())
        return Bars((names[0], names[-1]), masses)
    windows = [dist.window() for dist in dists]
    low, high = min(low for low, _ in windows), max(high for _, high in windows)
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = low + (high - low) * np.arange(BINS + 1.0) / BINS
    passed = [np.concatenate([[0.0], dist.cdf(edges[1:-1]), [1.0]]) for dist in dists]
    return Bars((low, high), tuple(np.diff(cdf) for cdf in passed))
