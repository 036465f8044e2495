"""truncated: a distribution given that its value lies in an interval."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from divviz.dist import (
    END,
    Array,
    Dist,
    End,
    Family,
    Handle,
    Interval,
    Param,
    Points,
    SceneError,
    Tail,
    checked_dist,
    quantile_of_atoms,
    spell,
    window_of_atoms,
)
from divviz.intervals import (
    breaks_within,
    is_plain,
    log_mass,
    mass_change,
    outside,
    table,
)
from divviz.lattice import atoms_within, reach
from divviz.mixtures import DEPTH, depth
from divviz.transformed import Inner

LOW = Param("a", -1.0, -10.0, 10.0, -math.inf, math.inf)
HIGH = Param("b", 1.0, -10.0, 10.0, -math.inf, math.inf)
FARTHEST_BOUND = 1e9
MOST_LOG = 1e6


def truncated(inner: Dist, a: float = -math.inf, b: float = math.inf) -> Dist:
    """`inner` given that a <= X <= b; a may be -inf and b inf.

    SceneError for outcomes with names, bounds that are no numbers or in the wrong order, an
    interval without mass, and nesting deeper than 3.
    """
    checked_dist(inner, "D")
    if inner.labels is not None:
        raise SceneError("transform_names", family="truncated")
    low, high = _bound(LOW, a), _bound(HIGH, b)
    if low > high or (low == high and inner.kind == "continuous"):
        code = "order" if inner.kind == "continuous" else "order_equal"
        raise SceneError(code, family="truncated", low="a", high="b")
    if depth(inner) >= DEPTH:
        raise SceneError("depth", most=DEPTH)
    dist = Dist(TRUNCATED, ((low, high), (inner,)))
    # The rounding of larger logs would be seen in every number.
    if not dist.support() or log_mass((low, high), inner) < -MOST_LOG:
        raise SceneError("truncated_empty", a=low, b=high)
    return dist


def _bound(param: Param, value: float) -> float:
    number = param.check("truncated", value)
    if math.isfinite(number) and abs(number) > FARTHEST_BOUND:
        raise SceneError("bound", param=param.name, value=number)
    return number


# --- ends and tails ---


def _ends(bounds: Interval, inner: Dist) -> tuple[End, ...]:
    a, b = bounds
    return tuple(e for e in inner.ends() if (a <= e.at < b if e.side > 0 else a < e.at <= b))


def _tail(bounds: Interval, inner: Dist) -> tuple[Tail, Tail]:
    left, right = inner.tail()
    return (
        _risen(left, log_mass(bounds, inner)) if math.isinf(bounds[0]) else END,
        _risen(right, log_mass(bounds, inner)) if math.isinf(bounds[1]) else END,
    )


def _risen(tail: Tail, log: float) -> Tail:
    if tail.kind != "power":
        return tail
    mass = math.exp(log) if log > -700 else 1e-304
    return replace(tail, terms=tuple((alpha, min(c / mass, 1e304)) for alpha, c in tail.terms))


# --- the hooks ------------------------------------------------------------------------------------


def _log_density(x: Points, bounds: Interval, parts: Inner) -> Array:
    inner = parts[0]
    logs = inner.family.log_density(x, *inner.args) - log_mass(bounds, inner)
    apart = x.is_left_of(bounds[0]) | x.is_right_of(bounds[1])
    return np.where(apart, -np.inf, logs)


def _log_ratio(x: Points, p: Any, q: Any) -> Array | None:
    (bounds, (one,)), (others, (other,)) = p, q
    if bounds != others or one.family is not other.family or one.family.log_ratio is None:
        return None
    change = mass_change(bounds, one, other)
    inner = one.family.log_ratio(x, one.args, other.args)
    return None if change is None or inner is None else inner + change


def _support(bounds: Interval, parts: Inner) -> tuple[Interval, ...]:
    a, b = bounds
    inner = parts[0]
    if inner.kind == "discrete":
        found = reach(inner, a, b)
        return () if found is None else (found,)
    cut = ((max(low, a), min(high, b)) for low, high in inner.support())
    return tuple((low, high) for low, high in cut if low < high)


def _atoms(bounds: Interval, parts: Inner) -> tuple[Array, Array]:
    x, logs = atoms_within(bounds, parts[0])
    return x, logs - log_mass(bounds, parts[0])


def _cdf(x: Array, bounds: Interval, parts: Inner) -> Array:
    return _cumulative(x, bounds, parts[0], right=False)


def _sf(x: Array, bounds: Interval, parts: Inner) -> Array:
    return _cumulative(x, bounds, parts[0], right=True)


def _cumulative(x: Array, bounds: Interval, inner: Dist, *, right: bool) -> Array:
    if inner.kind == "discrete":
        values, logs = atoms_within(bounds, inner)
        masses = np.exp(logs - log_mass(bounds, inner))
        at = np.searchsorted(values, x, side="right")
        sums = np.cumsum(masses[::-1])[::-1] if right else np.cumsum(masses)
        total: Array = np.append(sums, 0.0) if right else np.append(0.0, sums)
        total[0 if right else -1] = 1.0
        return total[at]
    if not is_plain(bounds, inner):
        nodes = table(bounds, inner)
        flat = np.ravel(np.clip(x, *bounds))
        return np.reshape(nodes.sf(flat) if right else nodes.cdf(flat), np.shape(x))
    below, above = outside(bounds, inner)
    inside = np.clip(x, *bounds)
    left = inner.cdf(inside) - below
    rest = inner.sf(inside) - above
    mass = 1 - below - above
    return np.where(
        x < bounds[0],
        float(right),
        np.where(x > bounds[1], float(not right), (rest if right else left) / mass),
    )


def _quantile(u: Array, bounds: Interval, parts: Inner) -> Array:
    return _inverse(u, bounds, parts[0], right=False)


def _isf(u: Array, bounds: Interval, parts: Inner) -> Array:
    return _inverse(u, bounds, parts[0], right=True)


def _inverse(u: Array, bounds: Interval, inner: Dist, *, right: bool) -> Array:
    if inner.kind == "discrete":
        return quantile_of_atoms(Dist(TRUNCATED, (bounds, (inner,))), 1 - u if right else u)
    low, high = _support(bounds, (inner,))[0][0], _support(bounds, (inner,))[-1][1]
    if is_plain(bounds, inner):
        below, above = outside(bounds, inner)
        mass = 1 - below - above
        found = inner.isf(above + u * mass) if right else inner.quantile(below + u * mass)
    else:
        found = np.reshape(table(bounds, inner).quantile(np.ravel(u), right=right), np.shape(u))
    found = np.where(
        u <= 0, high if right else low, np.where(u >= 1, low if right else high, found)
    )
    return np.clip(found, low, high)


def _mean(bounds: Interval, parts: Inner) -> float | None:
    return _moments(bounds, parts[0])[0]


def _sd(bounds: Interval, parts: Inner) -> float | None:
    return _moments(bounds, parts[0])[1]


@lru_cache(maxsize=64)
def _moments(bounds: Interval, inner: Dist) -> tuple[float | None, float | None]:
    if inner.kind == "discrete":
        x, logs = atoms_within(bounds, inner)
        points, shares = Points(x), np.exp(logs - log_mass(bounds, inner))
        tails = (END, END)
    else:
        tails = _tail(bounds, inner)
        endless = [side for side, tail in zip((-1, 1), tails, strict=True) if tail.alpha <= 1]
        if endless:
            return (endless[0] * math.inf, math.inf) if len(endless) == 1 else (None, None)
        nodes = table(bounds, inner)
        points, shares = nodes.points, nodes.shares
    # From a place in the middle of the mass the offsets keep their digits.
    centre = float(points.x.ravel()[int(np.argmax(shares))])
    away = points.minus(centre)
    mean = float((shares * away).sum()) + _past(bounds, inner, tails, 1)
    if min(tail.alpha for tail in tails) <= 2:
        return centre + mean, math.inf
    # Places may be 1e-250 apart, whose square is no double.
    size = max(float(np.abs(np.where(shares > 0, away - mean, 0.0)).max()), 1e-300)
    variance = float((shares * ((away - mean) / size) ** 2).sum())
    return centre + mean, size * math.sqrt(variance + _past(bounds, inner, tails, 2) / size / size)


def _past(bounds: Interval, inner: Dist, tails: tuple[Tail, Tail], power: int) -> float:
    """What power tails add to a moment past the last node, where they equal their first terms."""
    total = 0.0
    for side, tail in zip((-1, 1), tails, strict=True):
        if tail.kind != "power":
            continue
        panels = table(bounds, inner).panels
        log_x = float(panels.start[0] if side < 0 else panels.stop[-1])
        for alpha, c in tail.terms:
            if power < alpha < 10:
                total += side**power * c / (alpha - power) * math.exp((power - alpha) * log_x)
    return total


def _window(bounds: Interval, parts: Inner) -> Interval:
    dist = Dist(TRUNCATED, (bounds, parts))
    if dist.kind == "discrete":
        return window_of_atoms(dist)
    edge = 0.02 if min(tail.alpha for tail in dist.tail()) < 3 else 0.001
    left, right = float(dist.quantile(edge)), float(dist.isf(edge))
    low, high = dist.support()[0][0], dist.support()[-1][1]
    room = 0.25 * (right - left)
    # An end that is far from the mass would make a needle of it.
    return low if low > left - room else left, high if high < right + room else right


def _pulled(side: int) -> Any:
    """The end of an interval under a hand; where no mass would be left it stays where it was."""

    def drag(x: float, bounds: Interval, parts: Inner) -> tuple[Dist, float, float]:
        inner = parts[0]
        x = min(max(x, -FARTHEST_BOUND), FARTHEST_BOUND)
        if inner.kind == "discrete":
            values = inner.atoms()[0]
            x = float(values[int(np.argmin(np.abs(values - x)))])
        moved = (x, bounds[1]) if side < 0 else (bounds[0], x)
        try:
            truncated(inner, *moved)
        except SceneError:
            moved = bounds
        return inner, *moved

    return drag


def _sits(side: int) -> Any:
    def at(bounds: Interval, parts: Inner) -> float:
        end = bounds[0 if side < 0 else 1]
        if math.isfinite(end):
            return end
        return _window(bounds, parts)[0 if side < 0 else 1]

    return at


def _spell(bounds: Interval, parts: Inner) -> str:
    return f"truncated({parts[0]},{spell(bounds[0])},{spell(bounds[1])})"


TRUNCATED = Family(
    "truncated",
    "either",
    (),
    log_density=_log_density,
    support=_support,
    mean=_mean,
    sd=_sd,
    handles=(
        Handle("left", _sits(-1), _pulled(-1)),
        Handle("right", _sits(1), _pulled(1)),
    ),
    cdf=_cdf,
    sf=_sf,
    quantile=_quantile,
    isf=_isf,
    breaks=lambda bounds, parts: breaks_within(bounds, parts[0]),
    tail=lambda bounds, parts: _tail(bounds, parts[0]),
    ends=lambda bounds, parts: _ends(bounds, parts[0]),
    atoms=_atoms,
    window=_window,
    log_ratio=_log_ratio,
    flat=lambda bounds, parts: parts[0].flat,
    spell=_spell,
)
