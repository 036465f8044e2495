"""Comparisons between numbers, and what one comes to at present.

Infinity compares exactly. A comparison with an undefined number (inf - inf, a measure without
common ground, a parameter that the present family does not have) does not hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from divviz.quantities import Name, Now, Term, Word, names_in

SHOWN = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "="}


@dataclass(frozen=True)
class Part:
    """One comparison at present: its spelling, whether it holds, and the names in it with values.

    Each name is (key, symbol, value): a float, NaN where undefined, or a word.
    """

    text: str
    holds: bool
    names: tuple[tuple[str, str, float | str], ...]


COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b and not math.isnan(a) and not math.isnan(b),
}


@dataclass(frozen=True)
class Comparison:
    """One comparison: how a reader sees it, when it holds, and the names in it."""

    text: str
    holds: Callable[[Now], bool]
    names: tuple[Name, ...]

    def at(self, now: Now) -> Part:
        """What it comes to at present."""
        return Part(
            self.text,
            self.holds(now),
            tuple((name.key, name.symbol, name.value(now)) for name in self.names),
        )


def compared(left: Term, sign: str, right: Term) -> Comparison:
    """Two numbers by a sign of COMPARED."""
    compare = COMPARED[sign]
    return Comparison(
        f"{left.text} {SHOWN.get(sign, sign)} {right.text}",
        lambda now: compare(left.value(now), right.value(now)),
        names_in(left, right),
    )


def between(low: Term, middle: Term, high: Term) -> Comparison:
    """A number from one to another, both ends included."""
    return Comparison(
        f"{low.text} ≤ {middle.text} ≤ {high.text}",
        lambda now: low.value(now) <= middle.value(now) <= high.value(now),
        names_in(low, middle, high),
    )


def worded(word: Word, sign: str, given: str) -> Comparison:
    """A word that is, or is not, the given one."""
    return Comparison(
        f"{word.name.symbol} {SHOWN[sign]} {given}",
        lambda now: (word.name.value(now) == given) == (sign == "=="),
        (word.name,),
    )
