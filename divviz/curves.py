"""The curves of a sweep: measures and slopes over every distance, scaled from one sweep a shape."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from divviz.dist import Array
from divviz.measures import MEASURES
from divviz.sweep import KEYS, KINDS, Number, sweep

FARTHEST = 300.0  # widths: 3 of x, 0.01 wide

# In widths: close where a curve bends, both sides of where it has a kink or a jump.
GRIDS: dict[str, Array] = {
    "uniforms": np.r_[0, np.geomspace(1e-3, 0.999, 32), 0.9999, 1, 1.0001, 2, 30, FARTHEST],
    "points": np.r_[0, 1e-6, 1, 3, FARTHEST],
    "normals": np.r_[
        np.linspace(0, 0.3, 7),
        np.linspace(0.4, 6, 57),
        np.linspace(6.5, 10, 8),
        [12, 16, 30, 100, FARTHEST],
    ],
}
# What a stretch of x by s makes of a measure in each of its units; of any other it makes nothing.
STRETCHED = {"x": 1.0, "root_x": 0.5}


@dataclass(frozen=True)
class Curves:
    """Measures in nats or units of x at distances (n,), rising from 0, and their slopes.

    A value may be infinite; NaN stands for a slope or a value that does not exist.
    """

    distances: Array
    values: dict[str, Array]
    slopes: dict[str, Array]


def curves(kind: str, width: float = 1.0, noise: float = 0.0, keys: Iterable[str] = KEYS) -> Curves:
    """The measures ``keys`` of sweep.apart along the whole way of Q.

    Stretching x by s leaves a divergence as it was and makes a distance in units of x s times as
    large, so that one sweep a shape serves every width and noise. SceneError as sweep.sweep.
    """
    keys = tuple(keys)
    sweep(kind, (), keys, width, noise)  # refuses what cannot be swept
    shape = "normals" if noise > 0 else kind
    size = scale(kind, width, noise)
    of_one = _of_width_one(shape, keys)
    powers = {key: STRETCHED.get(MEASURES[key].unit, 0.0) for key in keys}
    return Curves(
        of_one.distances * size,
        {key: of_one.values[key] * size ** powers[key] for key in keys},
        {key: of_one.slopes[key] * size ** (powers[key] - 1) for key in keys},
    )


def scale(kind: str, width: float, noise: float = 0.0) -> float:
    """What a shape's distances are measured by: its width and the noise, 1 for bare points."""
    own = width if kind != "points" else 0.0
    return math.hypot(own, noise) or 1.0


@lru_cache(maxsize=8)
def _of_width_one(shape: str, keys: tuple[str, ...]) -> Curves:
    assert shape in KINDS
    found = sweep(shape, GRIDS[shape].tolist(), keys)
    return Curves(
        GRIDS[shape],
        {key: _array(found.values[key]) for key in keys},
        {key: _array(found.slopes[key]) for key in keys},
    )


def _array(numbers: Iterable[Number]) -> Array:
    return np.array([math.nan if one is None else one for one in numbers], dtype=float)
