"""The order-keeping map between two densities, x to G^-1(F(x)), and what it costs.

Source: Villani, Topics in Optimal Transportation (2003), (2.47). It is followed half by half, along
the distribution that reaches further out there.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.convergence import local
from divviz.coupling import norm
from divviz.dist import Array, Breaks, Dist
from divviz.gap import zeros
from divviz.infinity import hull
from divviz.pair import Pair
from divviz.powers import counting, doubling
from divviz.quadrature import Panels, interpolated, joined, partition, rule

ORDER = 16
TOLERANCE = 1e-11
ROUNDS = 45
MOST_PANELS = 3000
MOST_CROSSINGS = 1000
SMALL = 1e-6  # CDFs closer than this are compared through their gap, not through quantiles


def distance(pair: Pair, p: float) -> float:
    """W_p of two densities, p > 1 or infinity, in units of x, where it is finite."""
    if _hardly_differ(pair):
        if math.isinf(p):
            return norm(_small_steps(pair, 1e-12), pair.mesh.ground.p, p)
        return norm(*_cut_where_still(pair, _small_steps(pair, 1e-17)), p)
    return _farthest(pair) if math.isinf(p) else _smooth_cost(pair, p)


def _hardly_differ(pair: Pair) -> bool:
    return float(np.abs(pair.gap.values).max()) < SMALL


def _small_steps(pair: Pair, least: float) -> Array:
    """G^-1(F(x)) - x at the nodes where P and Q hardly differ: the gap over the density."""
    x, gap = pair.x, pair.gap.values
    # In a tail that falls fast, panels keep no digits of what is below the rounding of the rest.
    share, ends = np.minimum(pair.P.cdf(x), pair.P.sf(x)), pair.P.tail()
    power = np.where(x < float(pair.P.quantile(0.5)), ends[0].kind, ends[1].kind) == "power"
    gap = np.where((share > least) | power, gap, 0.0)
    first = gap / np.where(pair.q > 0, pair.q, np.inf)
    q = pair.Q.density(x + 0.5 * first)
    return gap / np.where(q > 0, q, np.inf)


def _cut_where_still(pair: Pair, way: Array) -> tuple[Array, Array]:
    """Ways and masses at the nodes, and at ever finer ones around a place that does not move.

    |way|^p has a kink there, and way itself none: it is interpolated.
    """
    n = pair.mesh.order
    rows, mass = way.reshape(-1, n), pair.mesh.ground.p.reshape(-1, n)
    turned = ((rows[:, 1:] > 0) != (rows[:, :-1] > 0)).sum(axis=1) == 1
    if not turned.any() or n == 1:
        return way, mass.ravel()
    r = rule(n)
    both = np.stack([rows[turned], mass[turned] / r.weights], axis=1)
    slot = 1 + np.argmax((rows[turned, 1:] > 0) != (rows[turned, :-1] > 0), axis=1)
    root = zeros(rows[turned], slot)[:, None]
    shares = 4.0 ** -np.arange(0.0, 16.0)
    found = [(way.reshape(-1, n)[~turned].ravel(), mass[~turned].ravel())]
    for end in (-1.0, 1.0):
        edges = np.append(root + (end - root) * shares, root, axis=1)
        half = 0.5 * np.abs(np.diff(edges, axis=1))[..., None]
        middle = 0.5 * (edges[:, 1:] + edges[:, :-1])[..., None]
        at = (middle + half * r.nodes).reshape(len(root), -1)
        values = interpolated(both, at)
        weights = (half * r.weights).reshape(len(root), -1)
        found.append((values[:, 0].ravel(), (values[:, 1] * weights).ravel()))
    ways, masses = zip(*found, strict=True)
    return np.concatenate(ways), np.concatenate(masses)


def _heavier(pair: Pair, side: int) -> bool:
    """Whether P is the better one to go along on a side: it reaches further, or ends thinner.

    From the one with less near its end the map to the other is smooth; the other way it is not.
    """
    k = 0 if side < 0 else -1
    one, other = pair.P.tail()[k], pair.Q.tail()[k]
    if one.kind == other.kind == "end":
        ends = [local(dist, hull(dist)[k], -side) for dist in (pair.P, pair.Q)]
        mine, theirs = (end[0] if end is not None else 1.0 for end in ends)
        return mine >= theirs
    if "end" in (one.kind, other.kind):
        return other.kind == "end"
    if "power" in (one.kind, other.kind):
        return one.alpha <= other.alpha
    return (pair.P.sd() or 0.0) >= (pair.Q.sd() or 0.0)


def _smooth_cost(pair: Pair, p: float) -> float:
    """W_p of two densities: each half along the one that reaches further out there."""
    halves = []
    for side in (-1, 1):
        base, other = (pair.P, pair.Q) if _heavier(pair, side) else (pair.Q, pair.P)
        halves.append(_half_cost(base, other, side, p))
    top = max(scale for scale, _ in halves)
    if top == 0:
        return 0.0
    return top * sum(total * (scale / top) ** p for scale, total in halves) ** (1 / p)


def _half_cost(base: Dist, other: Dist, side: int, p: float) -> tuple[float, float]:
    """(scale, sum of (way / scale)^p over one half of the mass of `base`)."""
    panels = _cut_at_crossings(base, other, side, _half_panels(base, other, side))
    panels = _reaching(base, other, side, p, panels)
    way, mass = _ways(base, other, side, panels)
    scale = float(np.where(mass > 0, np.abs(way), 0.0).max(initial=0.0))
    if scale == 0 or not math.isfinite(scale):
        return 0.0, 0.0
    for _ in range(ROUNDS):
        cost = mass * (np.abs(way) / scale) ** p
        wide = _unresolved(cost.reshape(len(panels), -1))
        if not wide.any() or len(panels) > MOST_PANELS:
            break
        panels, new = panels.split(wide)
        again = np.repeat(np.arange(len(wide)), 1 + wide)
        fresh = _ways(base, other, side, panels.take(new))
        way, mass = (
            _merged(old, values, again, new) for old, values in zip((way, mass), fresh, strict=True)
        )
    return scale, float(cost.sum()) + cost_beyond(base, side, p, panels, scale)


def _merged(old: Array, fresh: Array, again: Any, new: Any) -> Array:
    result = old.reshape(-1, ORDER)[again]
    result[new] = fresh.reshape(-1, ORDER)
    flat: Array = result.ravel()
    return flat


def _unresolved(cost: Array) -> Any:
    rest = np.abs(cost @ rule(cost.shape[1]).tail).max(axis=1)
    total = float(cost.sum())
    return np.asarray(rest > np.maximum(TOLERANCE * cost.sum(axis=1), 1e-12 * total))


def _half_panels(base: Dist, other: Dist, side: int) -> Panels:
    """Panels of `base` from its median outward, cut also where `other` has a kink at that share."""
    middle = float(base.quantile(0.5))
    kinks = np.array(other.breaks.hard)
    kinks = kinks[np.isfinite(kinks)]
    images = base.quantile(other.cdf(kinks)) if side < 0 else base.isf(other.sf(kinks))
    # Where the map is steep, though smooth: the other's own soft cuts, seen from here.
    soft = [anchor + grid for anchor, grid, _ in other.breaks.soft]
    places = np.concatenate(soft) if soft else kinks[:0]
    seen = base.quantile(other.cdf(places)) if side < 0 else base.isf(other.sf(places))
    seen = seen[np.isfinite(seen)]
    low, high = base.support()[0][0], base.support()[-1][1]
    images = images[(images > low) & (images < high)]
    cuts = Breaks((middle, *images.tolist()), ((0.0, seen, np.full(len(seen), 1e-300)),))
    panels = partition(base.breaks, cuts)
    points, _ = panels.nodes(1)
    return panels.take(np.flatnonzero(side * (points.x.ravel() - middle) > 0))


def _cut_at_crossings(base: Dist, other: Dist, side: int, panels: Panels) -> Panels:
    """The panels cut also where mass stays where it is: |way|^p has a kink there."""
    way, _ = _ways(base, other, side, panels)
    rows = way.reshape(len(panels), -1) > 0
    turned = (rows[:, 1:] != rows[:, :-1]).sum(axis=1) == 1
    turned &= panels.side == 0
    if not turned.any() or turned.sum() > MOST_CROSSINGS:
        return panels
    low, high = panels.start[turned], panels.stop[turned]
    anchor = panels.anchor[turned]
    rising = rows[turned, -1]
    for _ in range(50):
        middle = 0.5 * (low + high)
        positive = _way(base, other, side, anchor + middle) > 0
        after = positive == rising
        low, high = np.where(after, low, middle), np.where(after, middle, high)
    return _cut(panels, turned, 0.5 * (low + high))


def _cut(panels: Panels, where: Array, at: Array) -> Panels:
    """The panels with those of `where` cut at the offsets `at` of their own."""
    cut, new = panels.split(where)
    first = np.flatnonzero(new)[::2]
    start, stop = cut.start.copy(), cut.stop.copy()
    stop[first], start[first + 1] = at, at
    return Panels(cut.anchor, cut.side, start, stop)


def _way(base: Dist, other: Dist, side: int, x: Array) -> Array:
    """How far the mass of `base` at x goes, signed."""
    share = base.cdf(x) if side < 0 else base.sf(x)
    # Where no double holds the share, the other is nearer by far.
    share = np.maximum(share, 1e-300)
    there = other.quantile(share) if side < 0 else other.isf(share)
    return _polished(other, there, share, left=side < 0) - x


def _ways(base: Dist, other: Dist, side: int, panels: Panels) -> tuple[Array, Array]:
    """At the nodes (n,): how far the mass of `base` there goes to `other`, and how much it is."""
    points, log_slope = panels.nodes(ORDER)
    logs = base.family.log_density(points, *base.args) + log_slope + np.log(rule(ORDER).weights)
    mass = np.exp(logs).ravel()
    x = points.x.ravel()
    way = _way(base, other, side, x)
    return np.where(np.isfinite(way), way, 0.0), mass


def _polished(dist: Dist, y: Array, share: Array, *, left: bool) -> Array:
    """One step of Newton on log cdf (or log sf): library quantiles may lack the last digits."""
    density = dist.density(y)
    now = dist.cdf(y) if left else dist.sf(y)
    usable = (density > 0) & np.isfinite(density) & (now > 0) & (share > 0)
    step = np.where(usable, now / density * np.log(np.where(usable, share / now, 1.0)), 0.0)
    step = step if left else -step
    small = np.isfinite(step) & (np.abs(step) < 1e-3 * np.maximum(np.abs(y), now / density))
    low, high = dist.support()[0][0], dist.support()[-1][1]
    result: Array = np.clip(y + np.where(small, step, 0.0), low, high)
    return result


def _reaching(base: Dist, other: Dist, side: int, p: float, panels: Panels) -> Panels:
    """The panels and as many more outward as |way|^p needs, in tails that fall faster than it."""
    k = 0 if side < 0 else -1
    if base.tail()[k].kind in ("end", "power") or panels.side[k]:
        return panels
    more = doubling(panels, side)
    inner, outer = (_log_costs(base, other, side, p, one).max(axis=1) for one in (panels, more))
    added = counting(more, outer, side, float(inner.max()))
    return joined(panels, added) if side > 0 else joined(added, panels)


def _log_costs(base: Dist, other: Dist, side: int, p: float, panels: Panels) -> Array:
    """The logs of mass |way|^p at four nodes of each panel (k, 4)."""
    points, log_slope = panels.nodes(4)
    logs = base.family.log_density(points, *base.args) + log_slope + np.log(rule(4).weights)
    way = np.abs(_way(base, other, side, points.x.ravel())).reshape(logs.shape)
    return np.where(way > 0, logs + p * np.log(way), -np.inf)


def cost_beyond(base: Dist, side: int, p: float, panels: Panels, scale: float) -> float:
    """The integral of (x / scale)^p past the last node of a power tail, as the other is nearer."""
    total = 0.0
    for alpha, c in base.tail()[0 if side < 0 else 1].terms:
        k = 0 if side < 0 else -1
        if not panels.side[k] or alpha <= p:
            continue
        log_x = float(panels.start[0] if side < 0 else panels.stop[-1])
        total += c / (alpha - p) * math.exp((p - alpha) * log_x - p * math.log(scale))
    return total


def _farthest(pair: Pair) -> float:
    """W_inf of two densities: the largest |F^-1 - G^-1|, and the distance of their ends."""
    best = 0.0
    for side in (-1, 1):
        ends = [d.support()[0][0] if side < 0 else d.support()[-1][1] for d in (pair.P, pair.Q)]
        if all(math.isfinite(end) for end in ends):
            best = max(best, abs(ends[0] - ends[1]))
        base, other = (pair.P, pair.Q) if _heavier(pair, side) else (pair.Q, pair.P)
        x, way = _way_at(base, other, side, _half_panels(base, other, side))
        for _ in range(40):
            top = int(np.argmax(way))
            best = max(best, float(way[top]))
            low, high = x[max(top - 1, 0)], x[min(top + 1, len(x) - 1)]
            if high - low <= 1e-9 * max(abs(low), abs(high)):
                break
            x = np.linspace(low, high, 17)
            way = _way_from(base, other, side, x)
    return best


def _way_at(base: Dist, other: Dist, side: int, panels: Panels) -> tuple[Array, Array]:
    points, _ = panels.nodes(ORDER)
    x = np.unique(points.x.ravel())
    return x, _way_from(base, other, side, x)


def _way_from(base: Dist, other: Dist, side: int, x: Array) -> Array:
    share = base.cdf(x) if side < 0 else base.sf(x)
    way = _way(base, other, side, x)
    # Far out a quantile has no digits left: there the tails' own rule has spoken.
    seen = np.isfinite(way) & (share > 1e-18)
    return np.where(seen, np.abs(way), 0.0)
