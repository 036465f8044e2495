"""Checks of single arguments that several modules make: whole numbers, and their range."""

from __future__ import annotations

from typing import Any

import numpy as np

from divviz.errors import SceneError


def is_whole(value: Any) -> bool:
    """Whether a value is an int, of Python or of NumPy; a bool is none."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def whole(name: str, value: Any, least: int, most: int) -> int:
    """`value` as an int; SceneError naming it unless it is whole and from `least` to `most`."""
    if not is_whole(value) or not least <= value <= most:
        raise SceneError("pairs_whole", name=name, value=value, least=least, most=most)
    return int(value)
