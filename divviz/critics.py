"""A critic T drawn by hand: one value for each outcome, or for each cell of a window on the line.

What it shows of a divergence is the matter of `showing`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from divviz.dist import QUIET, Array, Interval, SceneError, spell
from divviz.generators import Generator

MOST_VALUES = 128
LEAST, LARGEST = -1e6, 500.0  # between them f* is a double wherever it is finite
DIGITS = 4
STEP = 10.0**-DIGITS
FARTHEST = 1e9
LONGEST = 4000


@dataclass(frozen=True)
class Critic:
    """T by its values: one for each outcome, or for each equal cell of a `window` (low, high).

    Made by `critic`. Its one spelling: `0,1,-0.5*3`, or `-4,4;0,1,-0.5*3` with a window.
    """

    values: tuple[float, ...]
    window: Interval | None = None

    def __str__(self) -> str:
        runs = [(spell(value), len(list(run))) for value, run in groupby(self.values)]
        text = ",".join(one if count == 1 else f"{one}*{count}" for one, count in runs)
        return text if self.window is None else f"{','.join(map(spell, self.window))};{text}"

    @property
    def edges(self) -> Array:
        """The edges between the cells of the window (n - 1,)."""
        if self.window is None:
            raise TypeError("a critic of outcomes has no edges")
        low, high = self.window
        n = len(self.values)
        return low + (high - low) * (np.arange(1.0, n) / n)


def critic(values: Iterable[object], window: Iterable[object] | None = None) -> Critic:
    """The critic of 1 to 128 values from -1e6 to 500, rounded to 1e-4; else SceneError."""
    if not isinstance(values, Iterable):
        raise SceneError("numbers_list", value=type(values).__name__)
    given = tuple(values)
    if not 1 <= len(given) <= MOST_VALUES:
        raise SceneError("critic_values", count=len(given), most=MOST_VALUES)
    kept = tuple(_value(place, value) for place, value in enumerate(given, 1))
    return Critic(kept, None if window is None else _window(tuple(window), len(kept)))


def _value(place: int, value: object) -> float:
    number = _number(value)
    if not LEAST <= number <= LARGEST:
        raise SceneError("critic_value", position=place, value=value, least=LEAST, most=LARGEST)
    return round(number, DIGITS) + 0.0


def _number(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _window(ends: tuple[object, ...], cells: int) -> Interval:
    low, high = (_number(end) + 0.0 for end in ends) if len(ends) == 2 else (math.nan, math.nan)
    fits = abs(low) <= FARTHEST and abs(high) <= FARTHEST and high - low > 1e-9 * cells
    if not (fits and high - low > 1e-9 * max(abs(low), abs(high))):
        shown = [*ends, math.nan, math.nan]
        raise SceneError("critic_window", low=shown[0], high=shown[1])
    return low, high


def read(text: object) -> Critic:
    """The critic that `str` of one spells, else SceneError.

    >>> read("-4,4;0,1.5*3").values
    (0.0, 1.5, 1.5, 1.5)
    """
    if not isinstance(text, str) or len(text) > LONGEST or text.count(";") > 1:
        raise SceneError("critic_text")
    window, found, values = text.rpartition(";")
    return critic(_unrolled(values), window.split(",") if found else None)


def _unrolled(text: str) -> list[float]:
    values: list[float] = []
    for part in text.split(","):
        one, star, count = part.partition("*")
        times = int(count) if count.strip().isdecimal() else 0 if star else 1
        if not 1 <= times <= MOST_VALUES or math.isnan(_number(one)):
            raise SceneError("critic_text")
        values += [_number(one)] * times
        if len(values) > MOST_VALUES:
            raise SceneError("critic_values", count=len(values), most=MOST_VALUES)
    return values


@QUIET
def within(one: Generator, values: Array) -> Array:
    """The values (n,) moved inside the generator's range, and rounded as a critic is."""
    low, high = one.critic
    top = min(high, LARGEST)
    if np.isinf(one.conjugate(np.array(_floor(top)))):
        top -= STEP
    least = max(min(low, LARGEST), LEAST)
    kept = np.clip(np.where(np.isnan(values), 0.0, values), least, _floor(top))
    return np.minimum(np.round(kept, DIGITS), _floor(top)) + 0.0


def _floor(value: float) -> float:
    """The greatest multiple of the step up to value."""
    return round(math.floor(round(value / STEP, 3)) * STEP, DIGITS)
