"""Numbers and units as a program writes them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from divviz.dist import Array, SceneError
from divviz.errors import spell
from divviz.units import unit_factor

MOST_NUMBERS = 1000
EPS = float(np.finfo(float).eps)


def number(value: float, library: str = "np") -> str:
    """The shortest text of a number that reads back as the same double."""
    if math.isinf(value):
        return f"{'-' if value < 0 else ''}{library}.inf"
    return spell(value)


def minus(place: str, value: float) -> str:
    """`place` less a number, as one would write it."""
    if value == 0:
        return place
    return f"{place} - {spell(value)}" if value > 0 else f"{place} + {spell(-value)}"


def values_text(values: Iterable[float]) -> str:
    """A list of floats; SceneError("snippet_long") for more than MOST_NUMBERS."""
    texts = [repr(float(value) + 0.0) for value in values]
    if len(texts) > MOST_NUMBERS:
        raise SceneError("snippet_long", count=len(texts), most=MOST_NUMBERS)
    return f"[{', '.join(texts)}]"


def plain_masses(masses: Array) -> Array:
    """Masses (n,) with 0.1 for 0.10000000000000002 and 1/6 for what is a rounding away from it."""
    return np.array([_plain_mass(mass) for mass in masses.tolist()])


def _plain_mass(mass: float) -> float:
    short = float(f"{mass:.15g}")
    part = 1 / round(1 / mass) if mass > 1e-9 else mass
    return _if_near(short if len(repr(short)) + 3 < len(repr(mass)) else part, mass)


def plain_number(value: float) -> float:
    """0.1 in place of 0.10000000000000002, where that is but a rounding."""
    return _if_near(float(f"{value:.15g}"), value)


def _if_near(nicer: float, value: float) -> float:
    return nicer if abs(nicer - value) <= 4 * EPS * abs(value) else value


class UnitText(NamedTuple):
    """A unit of information: its logarithm in NumPy, the nats that one has, and the base."""

    log: str
    nats: str
    base: str


_UNITS: dict[str, UnitText] = {
    "nats": UnitText("log", "1.0", "np.e"),
    "bits": UnitText("log2", "np.log(2)", "2.0"),
    "hartleys": UnitText("log10", "np.log(10)", "10.0"),
}


def unit_text(unit: str) -> UnitText:
    """How a program says a unit; SceneError for an unknown one."""
    unit_factor(unit)
    return _UNITS[unit]
