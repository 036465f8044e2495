"""Units of information: how many of each are in one nat."""

from __future__ import annotations

import math

from divviz.errors import Names, SceneError

UNITS: dict[str, float] = {
    "nats": 1.0,
    "bits": 1.0 / math.log(2.0),
    "hartleys": 1.0 / math.log(10.0),
}


def unit_factor(unit: str) -> float:
    """How many of `unit` are in one nat; SceneError for an unknown unit."""
    if not isinstance(unit, str) or unit not in UNITS:
        raise SceneError("unit", unit=unit, known=Names(", ".join(UNITS)))
    return UNITS[unit]
