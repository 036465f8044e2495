"""The outcomes of a discrete distribution in an interval, also where it has next to no mass."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from divviz.dist import SPAN, Array, Dist, Interval
from divviz.transformed import Line, line_of

BLOCK = 64


def reach(dist: Dist, low: float, high: float) -> Interval | None:
    """The first and the last outcome with mass from low to high, however little it is."""
    if dist.name == "truncated":
        (a, b), (inner,) = dist.args
        return reach(inner, max(low, a), min(high, b))
    if dist.name in ("shifted", "scaled"):
        line = line_of(dist)
        return _reach_moved(line, dist.parts[0], low, high)
    if dist.name == "mixture":
        every = [reach(part, low, high) for part in _live(dist)]
        ends = [end for one in every if one is not None for end in one]
        return (min(ends), max(ends)) if ends else None
    if dist.family.span is None:
        x, logs = dist.atoms()
        x = x[(x >= low) & (x <= high) & np.isfinite(logs)]
        return (float(x[0]), float(x[-1])) if len(x) else None
    first, last = dist.support()[0]
    first, last = max(first, float(np.ceil(low))), min(last, float(np.floor(high)))
    return (first, last) if first <= last else None


def _live(dist: Dist) -> list[Dist]:
    return [part for w, part in zip(dist.weights, dist.parts, strict=True) if w > 0]


def _reach_moved(line: Line, inner: Dist, low: float, high: float) -> Interval | None:
    start, stop = sorted((line.back(low), line.back(high)))
    # Going back rounds: an outcome belongs to [low, high] if its image does.
    start, stop = start - 1e-12 * abs(start), stop + 1e-12 * abs(stop)
    found = reach(inner, start, stop)
    while found is not None:
        first, last = found
        if not low <= line.out(first) <= high:
            start = math.nextafter(first, math.inf)
        elif not low <= line.out(last) <= high:
            stop = math.nextafter(last, -math.inf)
        else:
            return line.interval(found)
        found = reach(inner, start, stop)
    return None


def outcomes(dist: Dist, low: float, high: float) -> Array:
    """The sorted outcomes (n,) from low to high that matter to the mass there.

    Unlike atoms() they may lie where `dist` has next to no mass.
    """
    if dist.name == "truncated":
        (a, b), (inner,) = dist.args
        return outcomes(inner, max(low, a), min(high, b))
    if dist.name in ("shifted", "scaled"):
        return _outcomes_moved(dist, low, high)
    if dist.name == "mixture":
        return np.unique(np.concatenate([outcomes(part, low, high) for part in _live(dist)]))
    if dist.family.span is None:
        x = dist.atoms()[0]
        return x[(x >= low) & (x <= high)]
    return _counts(dist, low, high)


def _outcomes_moved(dist: Dist, low: float, high: float) -> Array:
    line = line_of(dist)
    inner = dist.parts[0]
    ends = sorted((line.back(low), line.back(high)))
    # A little more on either hand, as going back and forth rounds.
    x = np.sort(line.out(outcomes(inner, ends[0] - 1.0, ends[1] + 1.0)))
    return np.asarray(x[(x >= low) & (x <= high)])


def _counts(dist: Dist, low: float, high: float) -> Array:
    """Of a family with one peak: the whole numbers from where the mass in [low, high] is."""
    least, most = dist.support()[0]
    least, most = max(least, float(np.ceil(low))), min(most, float(np.floor(high)))
    if least > most:
        return np.empty(0)
    assert dist.family.span is not None
    first, last = dist.family.span(*dist.args)
    first, last = min(max(first, least), most), max(min(last, most), least)
    top = float(dist.log_density(np.arange(first, last + 1)).max())
    first = _stretched(dist, first, least, -1, top)
    last = _stretched(dist, last, most, 1, top)
    return np.arange(first, last + 1)


def _stretched(dist: Dist, edge: float, limit: float, side: int, top: float) -> float:
    """From `edge` on to where what remains no longer moves a sum whose largest log is `top`."""
    step = BLOCK
    while side * edge < side * limit:
        log, following = dist.log_density(np.array([edge, edge + side])).tolist()
        # The masses fall at least as fast as a geometric series from here on.
        fall = min(following - log, 0.0) if log > -math.inf else -1.0
        rest = log - math.log(max(-math.expm1(fall), 1e-9))
        if rest < top - SPAN:
            break
        edge = float(min(edge + step, limit) if side > 0 else max(edge - step, limit))
        step *= 2
    return edge


@lru_cache(maxsize=8)  # up to a million outcomes each
def atoms_within(bounds: Interval, inner: Dist) -> tuple[Array, Array]:
    x = outcomes(inner, *bounds)
    return x, inner.log_density(x)
