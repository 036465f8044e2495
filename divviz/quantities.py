"""Numbers made of the names of a page: what a target compares. NaN stands for the undefined."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from divviz.controls import OWN, parameters
from divviz.dist import Dist
from divviz.families import FAMILIES
from divviz.measures import MEASURES, value
from divviz.pair import Pair
from divviz.selection import asked, spelled


@dataclass(frozen=True)
class Now:
    """What the names of a target stand for: a pair, a unit of UNITS, a lesson's knobs by name."""

    pair: Pair
    unit: str
    knobs: Mapping[str, Any] = field(default_factory=dict)

    def side(self, name: str) -> Dist:
        """P or Q, by "p" or "q"."""
        return self.pair.P if name == "p" else self.pair.Q


@dataclass(frozen=True)
class Name:
    """A name in a target: its key, how a reader sees it, and its present value (NaN: undefined)."""

    key: str
    symbol: str
    value: Callable[[Now], float | str]


# ---- numbers -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """Something that is a number (NaN: undefined): its spelling, its value, the names in it."""

    text: str
    value: Callable[[Now], float]
    names: tuple[Name, ...] = ()


@dataclass(frozen=True)
class Word:
    """A name that stands for one of several words."""

    name: Name
    known: tuple[str, ...]


def raised(base: float, exponent: float) -> float:
    """A power, inf where it is too large for a float, NaN where it is no real number."""
    if math.isnan(base) or math.isnan(exponent):
        return math.nan  # or 1**NaN and NaN**0 would be 1
    try:
        found = base**exponent
    except OverflowError:
        return math.inf if base > 0 or exponent % 2 == 0 else -math.inf
    except ZeroDivisionError:
        return math.nan
    return found if isinstance(found, float) else math.nan  # a root of less than 0 is complex


def _over(a: float, b: float) -> float:
    return a / b if b else math.nan


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


def _exp(x: float) -> float:
    return math.exp(x) if x < 709 else math.nan if math.isnan(x) else raised(math.e, x)


def _least(*given: float) -> float:
    return math.nan if any(map(math.isnan, given)) else min(given)


def _most(*given: float) -> float:
    return math.nan if any(map(math.isnan, given)) else max(given)


ONE_NUMBER: dict[str, Callable[[float], float]] = {
    "log": _log,
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan,
    "exp": _exp,
    "abs": abs,
}
SOME_NUMBERS: dict[str, Callable[..., float]] = {"min": _least, "max": _most}
FIXED = {"inf": ("∞", math.inf), "pi": ("π", math.pi)}


def _joined(sign: str, a: float, b: float) -> float:
    match sign:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
    return _over(a, b)


def chained(first: Term, rest: Sequence[tuple[str, Term]]) -> Term:
    """``a - b + c``, one after the other; flat, so that a long one is not deep."""
    if not rest:
        return first
    shown = {"*": "·", "/": "/", "+": " + ", "-": " − "}
    text = first.text + "".join(shown[sign] + term.text for sign, term in rest)

    def total(now: Now) -> float:
        found = first.value(now)
        for sign, term in rest:
            found = _joined(sign, found, term.value(now))
        return found

    return Term(text, total, names_in(first, *(term for _, term in rest)))


def names_in(*terms: Term) -> tuple[Name, ...]:
    """The names in some terms, each once."""
    return tuple({name.key: name for term in terms for name in term.names}.values())


# ---- what a name stands for ----------------------------------------------------------------------


def measured(text: str) -> Name:
    """A measure as links spell it, ``renyi(0.5)``; SceneError as `selection.asked`."""
    key, given = asked(text)
    symbol, own = MEASURES[key].symbol, spelled(key, given)
    order = own.partition("(")[2].rstrip(")")

    def present(now: Now) -> float:
        number = value(now.pair, key, now.unit, **given)
        return math.nan if number is None else number

    return Name(own, f"{symbol.removesuffix(')')}; {order})" if order else symbol, present)


def of_side(side: str, path: str) -> Name:
    """A parameter of P or Q, its mean or its standard deviation."""

    def parameter(now: Now) -> float:
        rows = parameters(now.side(side))
        return next((float(v) for name, _, v in rows if name == path), math.nan)

    def moment(now: Now) -> float:
        found = getattr(now.side(side), path)()
        return math.nan if found is None else found

    name = f"{side}.{path}"
    return Name(name, name, moment if path in MOMENTS else parameter)


MOMENTS = ("mean", "sd")
PARAMETERS = {p.name for one in FAMILIES.values() for p in one.params}
PARAMETERS |= {"weight", *(name for own in OWN.values() for name in own)}


def plausible(path: str) -> bool:
    """Whether some family has such a parameter: ``sigma``, ``1.weight``, ``2.1.mu``."""
    *parts, last = path.split(".")
    return (last in PARAMETERS and all(map(str.isdecimal, parts))) or path in MOMENTS


def shown(name: Name) -> Term:
    """A name as a number; NaN where it stands for something else."""

    def present(now: Now) -> float:
        found = name.value(now)
        return found if isinstance(found, float | int) else math.nan

    return Term(name.symbol, present, (name,))
