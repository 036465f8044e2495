"""What comes from a browser: each part of an act is read here, and nothing in it is trusted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from divviz.dist import SceneError

Array = NDArray[np.float64]

MOST_CELLS = 512


def number(value: object) -> float:
    if type(value) not in (int, float):
        raise SceneError("act_number", value=short(value))
    try:
        found = float(value)  # type: ignore[arg-type]
    except OverflowError:
        raise SceneError("act_number", value="1…") from None
    if not math.isfinite(found):
        raise SceneError("act_number", value=found)
    return found


def short(value: object) -> str:
    """A few characters of anything; never the repr of a whole message."""
    if isinstance(value, str):
        return value[:40]
    return {list: "[…]", dict: "{…}", bool: "true/false"}.get(type(value), "…")


def whole(value: object) -> int:
    found = number(value)
    if not found.is_integer():
        raise SceneError("act_whole", value=found)
    return int(found)


def numbers(value: object) -> Array:
    """A list of at most 512 finite numbers that are 0 or more, not all of them 0."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_CELLS:
        raise SceneError("act_list", most=MOST_CELLS)
    if not set(map(type, value)) <= {int, float}:
        raise SceneError("act_list", most=MOST_CELLS)
    try:
        array = np.array(value, dtype=float)
    except OverflowError:
        raise SceneError("act_list", most=MOST_CELLS) from None
    # min and max are NaN as soon as one number is
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high < math.inf):
        raise SceneError("act_list", most=MOST_CELLS)
    if high == 0:
        raise SceneError("weights_zero")
    return array


def text(value: object) -> str:
    if not isinstance(value, str):
        raise SceneError("act_text", value=short(value))
    return value


def texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SceneError("act_text", value=short(value))
    return value


def side_of(value: object) -> str:
    if value not in ("p", "q"):
        raise SceneError("act_side", value=short(value))
    return str(value)
