"""What densities share: grids of break points, the test for being inside, common parameters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.dist import Array, Param, Points

LINE = ((-math.inf, math.inf),)
HALF_LINE = ((0.0, math.inf),)

# Panels of 1.5 standard deviations leave 16-point Gauss rules an error near 1e-13 also for
# log(1 + q/p), whose singularities stand pi/slope off the line. exp(-13^2/2) = 2e-37.
_HALF = np.array([0.75, 2.25, 3.5, 4.75, 6.0, 7.5, 9.5, 13.0])
BELL = np.concatenate([-_HALF[::-1], _HALF])
CORE = BELL[5:11]
DECAY = np.array([0.5, 1.5, 3.0, 5.0, 8.0, 12.0, 18.0, 27.0, 44.0, 70.0])


def soft(anchor: float, grid: Array, scale: float) -> tuple[float, Array, Array]:
    """One component of Breaks: `grid` scaled, with the panel width that fits each break."""
    size = np.maximum(1.5, 0.25 * np.abs(grid)) * scale
    return anchor, grid * scale, size


A_UNIFORM = Param("a", -1.0, -10.0, 10.0, -1e9, 1e9)
B_UNIFORM = Param("b", 1.0, -10.0, 10.0, -1e9, 1e9)
RATE = Param("rate", 1.0, 0.05, 10.0, 1e-9, 1e9, scale="log")


def inside(x: Points, low: float, high: float, logs: Any) -> Array:
    """`logs` where low <= x <= high, else -inf."""
    return np.where(x.is_left_of(low) | x.is_right_of(high), -np.inf, logs)
