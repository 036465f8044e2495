"""The numbers of a scene for other programs: tables as CSV, and JSON that reopens as the scene."""

from __future__ import annotations

import csv
import io
import json
import math
import platform
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from divviz import __version__
from divviz.controls import names_of
from divviz.dist import Array, SceneError
from divviz.errors import spell
from divviz.measures import MEASURES, Measure, in_unit, reason
from divviz.pair import Pair, Reason
from divviz.scene import Scene

FORMAT = 1  # what the key "divviz" of a JSON file says: a reader of another format is told apart
MOST_ROWS = 50_000
LONGEST_CELL = 2000
# Excel takes a file without it for one in the computer's old 8-bit alphabet, and ‖ and 分布 become
# other letters; pandas, R (UTF-8-BOM) and LibreOffice pass over it.
BOM = "\ufeff"
# A cell that begins with one of these is a formula to a spreadsheet, also in its full-width form,
# and a name of an outcome comes from whoever wrote the link.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

HEADS = ("measure", "symbol", "name", "parameters", "value", "unit", "reason")

Cell = str | float


@dataclass(frozen=True)
class Number:
    """One measure of a scene: its value in `unit`, or None and why it is undefined."""

    one: Measure
    given: Mapping[str, float]
    value: float | None
    unit: str
    why: Reason | None


class Reading(NamedTuple):
    """A number of a lesson's own: its name there, its symbol or short title, None if undefined."""

    name: str
    symbol: str
    value: float | None


@dataclass(frozen=True)
class Source:
    """Where numbers come from: the page's name, its link, the scene, and the address of them all.

    `address` is "" where nobody knows it; `name` and `say` are the words for a measure and for why
    it is no number; `readings` are what a lesson shows beside the measures.
    """

    page: str
    link: str
    scene: Scene
    address: str
    name: Callable[[str], str]
    say: Callable[[Reason], str]
    readings: Sequence[Reading] = ()


@dataclass(frozen=True)
class Table:
    """Columns of one length (n,), each with its head: names or numbers."""

    heads: tuple[str, ...]
    columns: tuple[Sequence[Cell], ...]

    @classmethod
    def of(cls, heads: tuple[str, ...], rows: Sequence[Sequence[Cell]]) -> Table:
        """The table of these rows, each as long as the heads."""
        return cls(heads, tuple([row[k] for row in rows] for k in range(len(heads))))

    @property
    def rows(self) -> Iterable[tuple[Cell, ...]]:
        """The rows, one after the other."""
        return zip(*self.columns, strict=True)


# ---- the numbers ---------------------------------------------------------------------------------


def shown_as(scene: Scene, hidden: Collection[str] = ()) -> list[tuple[Measure, dict[str, float]]]:
    """Every measure but the hidden ones with its parameters: the selected one has the scene's."""
    return [
        (one, scene.parameters if key == scene.key else one.checked({}, defaults=True))
        for key, one in MEASURES.items()
        if key not in hidden
    ]


def numbers(scene: Scene, hidden: Collection[str] = ()) -> list[Number]:
    """Every measure of the scene but the hidden ones, with its parameters and in the scene's unit.

    >>> from divviz.grammar import parse
    >>> found = numbers(Scene(parse("pmf(1,1)"), parse("pmf(1,0)"), "bits"))
    >>> [(n.value, n.unit, str(n.why)) for n in found if n.one.key == "kl_pq"]
    [(inf, 'bits', 'Q gives 0 to outcome 1, where P has 0.5.')]
    """
    pair = Pair(scene.p, scene.q)
    return [_number(pair, scene.unit, one, given) for one, given in shown_as(scene, hidden)]


def _number(pair: Pair, unit: str, one: Measure, given: dict[str, float]) -> Number:
    nats = one.number(pair, **given)
    value = None if nats is None else in_unit(one, nats, unit)
    why = reason(pair, one.key, **given) if value is None or math.isinf(value) else None
    return Number(one, given, value, unit_of(one, unit), why)


def unit_of(one: Measure, unit: str) -> str:
    """The unit of a measure where that of information is `unit`; "" for a bare number.

    >>> [unit_of(MEASURES[key], "bits") for key in ("js", "js_distance", "energy_distance", "tv")]
    ['bits', 'sqrt(bits)', 'sqrt(x)', '']
    """
    own = {"information": unit, "root": f"sqrt({unit})", "x": "x", "root_x": "sqrt(x)"}
    return own.get(one.unit, "")


def plain(value: float | None) -> float | str | None:
    """A number as strict JSON has it: infinity by its name in JavaScript."""
    if value is None or math.isfinite(value):
        return value
    return "Infinity" if value > 0 else "-Infinity"


# ---- P and Q -------------------------------------------------------------------------------------


def outcomes(pair: Pair, x: Array) -> Table:
    """P and Q themselves: masses by outcome, densities at the places x (n,) or there the CDFs.

    The CDFs stand where outcomes meet a density. SceneError for more than MOST_ROWS outcomes.
    """
    if pair.discrete:
        if len(pair.x) > MOST_ROWS:
            raise SceneError("export_rows", count=len(pair.x), most=MOST_ROWS)
        names = pair.labels or [float(value) for value in pair.x]
        return Table(("outcome", "p", "q"), (list(names), pair.p.tolist(), pair.q.tolist()))
    if pair.mixed:
        cdfs = [dist.cdf(x).tolist() for dist in (pair.P, pair.Q)]
        return Table(("x", "cdf_p", "cdf_q"), (x.tolist(), *cdfs))
    ground = pair.on(x)
    return Table(("x", "p", "q"), (x.tolist(), ground.p.tolist(), ground.q.tolist()))


def named(pair: Pair) -> list[str]:
    """What the outcomes of a discrete pair are called."""
    return list(names_of(pair.x, pair.labels))


# ---- CSV -----------------------------------------------------------------------------------------


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe stands before what it might.

    >>> harmless("=HYPERLINK(1)"), harmless(" @sum"), harmless("cat")
    ("'=HYPERLINK(1)", "' @sum", 'cat')
    """
    return f"'{text}" if text.startswith(FORMULAS) or text.lstrip().startswith(FORMULAS) else text


def csv_text(table: Table) -> str:
    """A table as CSV (RFC 4180): numbers with a decimal point and all their digits, UTF-8 with BOM.

    Text is made harmless; of infinity stands the name.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.heads)
    writer.writerows([_cell(one) for one in row] for row in table.rows)
    return BOM + out.getvalue()


def _cell(one: Cell) -> str:
    if isinstance(one, str):
        return harmless(one)
    return spell(one) if math.isfinite(one) else str(plain(one))


def numbers_csv(found: Sequence[Number], source: Source) -> str:
    """The numbers as CSV, a row each, which carries the scene, the link and the versions along.

    So rows of many scenes may be put together. A value is empty where it is undefined.
    """
    scene, versions = source.scene, all_versions()
    same = [scene.p, scene.q, source.page, source.address or source.link, *versions.values()]
    rows = [_cells(number, source) for number in found]
    rows += [
        [one.name, one.symbol, "", "", _or_empty(one.value), "", ""] for one in source.readings
    ]
    texts = [_shortened(str(text)) for text in same]
    table = Table.of(
        (*HEADS, "p", "q", "page", "link", *versions), [[*row, *texts] for row in rows]
    )
    return csv_text(table)


def _cells(number: Number, source: Source) -> list[Cell]:
    one, why = number.one, number.why
    named = [one.key, one.symbol, source.name(one.key), _parameters(number.given)]
    return [*named, _or_empty(number.value), number.unit, source.say(why) if why else ""]


def _or_empty(value: float | None) -> Cell:
    return "" if value is None else value


def _parameters(given: Mapping[str, float]) -> str:
    return "; ".join(f"{name} = {spell(value)}" for name, value in given.items())


def _shortened(text: str) -> str:
    """A text that is repeated in each row, unless it is pasted data: JSON has that once."""
    return text if len(text) <= LONGEST_CELL else f"({len(text)} characters: saved as JSON)"


# ---- JSON ----------------------------------------------------------------------------------------


def json_text(found: Sequence[Number], table: Table | None, source: Source) -> str:
    """All of it as strict JSON: "divviz" is the format, "page" and "link" reopen it as the scene.

    Infinity is the string "Infinity", what is undefined is null, each with its reason.
    """
    scene = source.scene
    told: dict[str, Any] = {
        "divviz": FORMAT,
        "page": source.page,
        "link": source.link,
        "address": source.address or None,
        "scene": {"p": str(scene.p), "q": str(scene.q), "unit": scene.unit, "show": scene.show},
        "numbers": {n.one.key: _told(n, source) for n in found},
        "readings": [{**one._asdict(), "value": plain(one.value)} for one in source.readings],
        "outcomes": None if table is None else _columns(table),
        "versions": all_versions(),
    }
    return json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _told(number: Number, source: Source) -> dict[str, Any]:
    told: dict[str, Any] = {"value": plain(number.value), "unit": number.unit or None}
    if number.given:
        told["parameters"] = {name: plain(value) for name, value in number.given.items()}
    if number.why:
        told["reason"] = source.say(number.why)
    return told | {"symbol": number.one.symbol, "name": source.name(number.one.key)}


def _columns(table: Table) -> dict[str, list[Any]]:
    return {
        head: [one if isinstance(one, str) else plain(one) for one in column]
        for head, column in zip(table.heads, table.columns, strict=True)
    }


def all_versions() -> dict[str, str]:
    """The versions of what computed the numbers, by name."""
    import numpy
    import scipy

    return {
        "divviz": __version__,
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "python": platform.python_version(),
    }
