"""density: a piecewise constant density on cells of your own, from arrays of edges and heights."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from divviz.discrete import FARTHEST, numbers, refuse
from divviz.dist import QUIET, Array, Breaks, Dist, Family, Interval, Points, SceneError, Vector
from divviz.dist import spell as spelled

MOST_CELLS = 100_000


def density(edges: Iterable[float], heights: Iterable[float]) -> Dist:
    """The density proportional to `heights` (n,) on the cells between ascending `edges` (n + 1,).

    Cells of height 0 are outside the support. SceneError for heights that are negative, not finite
    or all 0, for edges that do not ascend or are beyond 1e300, and for lengths that do not fit.

    >>> round(float(density([0, 1, 3], [1, 2]).density(2.0)), 12)
    0.4
    """
    h, x = numbers(heights, "weight"), numbers(edges, "support")
    if not 1 <= len(h) <= MOST_CELLS:
        raise SceneError("density_count", count=len(h), most=MOST_CELLS)
    refuse("weight", h, ~(np.isfinite(h) & (h >= 0)))
    refuse("support", x, ~(np.abs(x) <= FARTHEST))
    if len(x) != len(h) + 1:
        raise SceneError("density_edges", edges=len(x), cells=len(h))
    if not h.any():
        raise SceneError("weights_zero")
    back = np.flatnonzero(~(x[1:] > x[:-1]))
    if back.size:
        raise SceneError("density_order", position=int(back[0]) + 2, value=float(x[back[0] + 1]))
    return Dist(DENSITY, (Vector.of(x), Vector.of(h)))


def _two_to(size: float) -> float:
    """The power of two next below: scaling by it does not round."""
    return math.ldexp(1.0, math.frexp(size)[1] - 1)


def _reach(edges: Array) -> float:
    return _two_to(max(abs(float(edges[0])), abs(float(edges[-1]))))


@lru_cache(maxsize=32)
@QUIET
def _cells(edges: Vector, heights: Vector) -> tuple[Array, Array, Array, Array]:
    """Edges (n + 1,), log density framed by -inf (n + 2,), mass up to and from each edge (n + 1,).

    Widths and heights are scaled down first, so that no product overflows.
    """
    x, top = edges.array, _two_to(float(heights.array.max()))
    h, reach = heights.array / top, _reach(x)
    width = np.diff(x / reach)
    mass = h * width
    total = float(mass.sum())
    logs = np.log(heights.array) - math.log(top) - math.log(total)
    framed = np.concatenate([[-np.inf], logs - math.log(reach), [-np.inf]])
    big = int(mass.argmax())
    if mass[big] > 0.5 * total and width[big] * reach < math.inf:
        # Next to 1 a mass has lost what its log still shows: the mass of the others.
        rest = (float(mass[:big].sum()) + float(mass[big + 1 :].sum())) / total
        framed[big + 1] = math.log1p(-rest) - math.log(width[big] * reach)
    up = np.append(0.0, np.cumsum(mass))
    down = np.append(np.cumsum(mass[::-1])[::-1], 0.0)
    return x, framed, up / up[-1], down / down[0]


def _log_density(x: Points, edges: Vector, heights: Vector) -> Array:
    places, logs, *_ = _cells(edges, heights)
    cell = x.passed(places)
    # The last edge belongs to the last cell, for a plot's sake.
    result: Array = logs[cell - ((x.x == places[-1]) & (cell == len(places)))]
    return result


def _support(edges: Vector, heights: Vector) -> tuple[Interval, ...]:
    some = np.concatenate([[False], heights.array > 0, [False]])
    turns = edges.array[some[1:] != some[:-1]].tolist()
    return tuple(zip(turns[::2], turns[1::2], strict=True))


def _breaks(edges: Vector, heights: Vector) -> Breaks:
    h = np.concatenate([[0.0], heights.array, [0.0]])
    return Breaks(hard=tuple(edges.array[h[1:] != h[:-1]].tolist()))


def _quantile(u: Array, edges: Vector, heights: Vector) -> Array:
    return _inverse(u, edges, heights, *_cells(edges, heights)[2:])


def _inverse(u: Array, edges: Vector, heights: Vector, up: Array, down: Array) -> Array:
    """From the tail that keeps its digits, within the cell where the mass is reached."""
    some = np.flatnonzero(heights.array > 0)
    x = edges.array
    cell = np.clip(np.searchsorted(up, u, side="left") - 1, some[0], some[-1])
    mass = np.where(up[cell] < 0.5, up[cell + 1] - up[cell], down[cell] - down[cell + 1])
    gone = np.where(up[cell] < 0.5, u - up[cell], down[cell] - (1 - u))
    share = np.clip(gone / np.where(mass > 0, mass, 1.0), 0.0, 1.0)
    result: Array = x[cell] * (1 - share) + x[cell + 1] * share
    return result


def _moments(edges: Vector, heights: Vector) -> tuple[float, float]:
    x, logs, *_ = _cells(edges, heights)
    reach = _reach(x)
    y = x / reach
    mass = np.exp(logs[1:-1] + math.log(reach)) * np.diff(y)
    middle = 0.5 * (y[1:] + y[:-1])
    mean = float((mass * middle).sum())
    variance = float((mass * ((middle - mean) ** 2 + np.diff(y) ** 2 / 12)).sum())
    return mean * reach + 0.0, math.sqrt(variance) * reach


def _spell(edges: Vector, heights: Vector) -> str:
    cells = (f"{spelled(x)}:{spelled(h)}" for x, h in zip(edges.array, heights.array, strict=False))
    return f"density({','.join(cells)},{spelled(edges.array[-1])})"


DENSITY = Family(
    "density",
    "continuous",
    (),
    log_density=_log_density,
    support=_support,
    mean=lambda *args: _moments(*args)[0],
    sd=lambda *args: _moments(*args)[1],
    cdf=lambda x, *args: np.interp(x, _cells(*args)[0], _cells(*args)[2]),
    sf=lambda x, *args: np.interp(x, _cells(*args)[0], _cells(*args)[3]),
    quantile=_quantile,
    breaks=_breaks,
    window=lambda edges, heights: (float(edges.array[0]), float(edges.array[-1])),
    flat=lambda *_: True,
    spell=_spell,
)
