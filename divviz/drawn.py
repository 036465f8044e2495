"""drawn: a piecewise constant density, held as its interval and whole levels per cell."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from divviz.dist import Array, Breaks, Dist, Family, Interval, Points, SceneError, ordered, spell
from divviz.grids import A_UNIFORM, B_UNIFORM

LEVELS = 4095


def drawn(a: float, b: float, levels: Iterable[int]) -> Dist:
    """The density proportional to whole `levels` 0..4095 on 2 to 512 equal cells of [a, b].

    Cells of level 0 are outside the support. SceneError for a wrong level, count or interval.
    """
    if not isinstance(levels, Iterable):
        raise SceneError("numbers_list", value=type(levels).__name__)
    heights = tuple(levels)
    if not 2 <= len(heights) <= 512:
        raise SceneError("levels_count", count=len(heights))
    heights = tuple(_level(position, level) for position, level in enumerate(heights, 1))
    if not any(heights):
        raise SceneError("levels_zero")
    low, high = A_UNIFORM.check("drawn", a), B_UNIFORM.check("drawn", b)
    ordered("drawn", "a", "b")(low, high)
    if not (np.diff(_edges(low, high, len(heights))) > 0).all():
        raise SceneError("order", family="drawn", low="a", high="b")
    return Dist(DRAWN, (low, high, heights))


def _level(position: int, level: object) -> int:
    if type(level) is int and 0 <= level <= LEVELS:
        return level
    number = isinstance(level, (int, float, np.number)) and not isinstance(level, bool)
    if not number or not 0 <= level <= LEVELS or int(level) != level:  # type: ignore
        raise SceneError("level", position=position, value=level)
    return int(level)  # type: ignore


def levels_text(levels: Iterable[int]) -> str:
    """Levels as base64url text, two characters per level, the higher six bits first."""
    sextets = [part for level in levels for part in (level >> 6, level & 63)]
    padded = sextets + [0] * (-len(sextets) % 4)
    data = bytearray()
    for i in range(0, len(padded), 4):
        a, b, c, d = padded[i : i + 4]
        data += bytes([a << 2 | b >> 4, (b & 15) << 4 | c >> 2, (c & 3) << 6 | d])
    return base64.urlsafe_b64encode(bytes(data)).decode()[: len(sextets)]


def _edges(a: float, b: float, n: int) -> Array:
    return a + (b - a) * (np.arange(n + 1.0) / n)


@lru_cache(maxsize=64)
def _cells(a: float, b: float, levels: tuple[int, ...]) -> tuple[Array, Array]:
    """Edges (n + 1,) and levels framed by 0 for the outside on either hand (n + 2,)."""
    return _edges(a, b, len(levels)), np.array([0, *levels, 0], float)


def _log_drawn(x: Points, a: float, b: float, levels: tuple[int, ...]) -> Array:
    edges, heights = _cells(a, b, levels)
    cell = x.passed(edges)
    # The last edge belongs to the last cell, for a plot's sake.
    cell = cell - ((x.x == b) & (cell == len(edges)))
    logs: Array = np.log(heights) - math.log(heights.sum() * ((b - a) / len(levels)))
    return logs[cell]


def _drawn_breaks(a: float, b: float, levels: tuple[int, ...]) -> Breaks:
    edges, heights = _cells(a, b, levels)
    return Breaks(hard=tuple(edges[heights[1:] != heights[:-1]].tolist()))


def _drawn_support(a: float, b: float, levels: tuple[int, ...]) -> tuple[Interval, ...]:
    edges, heights = _cells(a, b, levels)
    some = heights > 0
    turns = edges[some[1:] != some[:-1]].tolist()
    return tuple(zip(turns[::2], turns[1::2], strict=True))


def _cumulative(a: float, b: float, levels: tuple[int, ...]) -> tuple[Array, Array]:
    """Edges (n + 1,) and the CDF there (n + 1,)."""
    edges, heights = _cells(a, b, levels)
    total = heights[:-1].cumsum()
    return edges, total / total[-1]


def _drawn_cdf(x: Array, a: float, b: float, levels: tuple[int, ...]) -> Array:
    result: Array = np.interp(x, *_cumulative(a, b, levels))
    return result


def _drawn_sf(x: Array, a: float, b: float, levels: tuple[int, ...]) -> Array:
    edges, heights = _cells(a, b, levels)
    total = heights[:0:-1].cumsum()[::-1]
    result: Array = np.interp(x, edges, total / total[0])
    return result


def _drawn_quantile(u: Array, a: float, b: float, levels: tuple[int, ...]) -> Array:
    edges, total = _cumulative(a, b, levels)
    first = int(np.flatnonzero(levels)[0])
    cell = np.clip(np.searchsorted(total, u, side="left") - 1, first, len(levels) - 1)
    mass = total[cell + 1] - total[cell]
    share = np.clip((u - total[cell]) / np.where(mass > 0, mass, 1.0), 0.0, 1.0)
    result: Array = edges[cell] + share * (edges[cell + 1] - edges[cell])
    return result


def _drawn_moments(a: float, b: float, levels: tuple[int, ...]) -> tuple[float, float]:
    n = len(levels)
    p = np.array(levels, float) / sum(levels)
    middle = np.arange(n) + 0.5
    mean = float((p * middle).sum())
    variance = float((p * (middle - mean) ** 2).sum()) + 1 / 12
    cell = (b - a) / n
    return a + cell * mean, cell * math.sqrt(variance)


def _drawn_spell(a: float, b: float, levels: tuple[int, ...]) -> str:
    return f"drawn({spell(a)},{spell(b)},{levels_text(levels)})"


DRAWN = Family(
    "drawn",
    "continuous",
    (),
    log_density=_log_drawn,
    support=_drawn_support,
    mean=lambda *args: _drawn_moments(*args)[0],
    sd=lambda *args: _drawn_moments(*args)[1],
    cdf=_drawn_cdf,
    quantile=_drawn_quantile,
    sf=_drawn_sf,
    breaks=_drawn_breaks,
    window=lambda a, b, levels: (a, b),
    flat=lambda *_: True,
    spell=_drawn_spell,
)
