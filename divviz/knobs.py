"""What a lesson lets a visitor set beside P and Q: each has a name, a range and one spelling.

A knob reads the text of a link (`read`), checks a value that a browser sends (`check`), and spells
a value for the link (`spell`); the first two raise SceneError for what does not fit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from divviz.dist import Names, SceneError
from divviz.families import spell as spelled

# What an address says beside a lesson's own knobs.
RESERVED = {"p", "q", "unit", "show", "page", "lang", "embed", "embed_options", "theme"}
RESERVED |= {"notes", "hide", "lock", "predict", "task", "activity"}
LONGEST = 8000  # characters of one knob in a link
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


@dataclass(frozen=True)
class Knob:
    """One thing to set: its name in the link, its default, and how values are read and spelled.

    `low`, `high` and `step` are those of a slider, `options` those of a choice.
    """

    name: str
    default: Any
    read: Callable[[str], Any]
    spell: Callable[[Any], str]
    check: Callable[[Any], Any]
    low: float = math.nan
    high: float = math.nan
    step: float = math.nan
    options: tuple[str, ...] = ()


def number(
    name: str, default: float, low: float, high: float, step: float, *, whole: bool = False
) -> Knob:
    """A number from `low` to `high`; a whole one is an int."""

    def check(value: Any) -> float:
        if type(value) not in (int, float) or not low <= value <= high or (whole and value % 1):
            raise SceneError("knob_number", knob=name, value=value, low=low, high=high)
        return int(value) if whole else float(value)

    def read(text: str) -> float:
        if not _NUMBER.fullmatch(text.strip()):
            raise SceneError("knob_number", knob=name, value=text, low=low, high=high)
        return check(float(text))

    return Knob(name, check(default), read, lambda v: spelled(float(v)), check, low, high, step)


def choice(name: str, default: str, options: Sequence[str]) -> Knob:
    """One of several words."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in options:
            raise SceneError("knob_choice", knob=name, value=value, known=Names(", ".join(options)))
        return value

    return Knob(
        name, check(default), lambda text: check(text.strip()), str, check, options=tuple(options)
    )


def numbers(name: str, default: Sequence[float], low: float, high: float) -> Knob:
    """As many numbers as the default has, each from `low` to `high`; in the link "0.1,0.5,-2"."""
    count = len(default)

    def check(value: Any) -> tuple[float, ...]:
        if not isinstance(value, list | tuple) or len(value) != count:
            found = len(value) if isinstance(value, list | tuple) else 0
            raise SceneError("knob_count", knob=name, count=count, found=found)
        for each in value:
            if type(each) not in (int, float) or not low <= each <= high:
                raise SceneError("knob_number", knob=name, value=each, low=low, high=high)
        return tuple(float(f"{each:.4g}") + 0.0 for each in value)

    def read(text: str) -> tuple[float, ...]:
        words = text.split(",")
        for word in words:
            if not _NUMBER.fullmatch(word.strip()):
                raise SceneError("knob_number", knob=name, value=word, low=low, high=high)
        return check([float(word) for word in words])

    def spell(values: Sequence[float]) -> str:
        return ",".join(map(spelled, values))

    return Knob(name, check(list(default)), read, spell, check, low, high)


def custom(
    name: str, default: Any, read: Callable[[str], Any], spell: Callable[[Any], str] = str
) -> Knob:
    """A value with a spelling of its own; a browser sends that spelling too."""

    def check(value: Any) -> Any:
        if not isinstance(value, str):
            raise SceneError("knob_text", knob=name, value=type(value).__name__)
        return read(value)

    return Knob(name, default, read, spell, check)
