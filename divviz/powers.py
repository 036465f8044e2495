"""The sum or integral of p^a q^b in logs: Hellinger affinities, moments of p/q, Renyi's sums.

Such an integrand may live where neither P nor Q has mass worth mentioning (p^2/q of two normals
lies beyond P), so it gets nodes of its own. Source of the quantities: van Erven & Harremoes, IEEE
Trans. Inf. Theory 60 (2014), (1) and (2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from divviz.bregman import PLAIN, power_excess
from divviz.dist import QUIET, SPAN, Array, Dist, Points
from divviz.ground import Ground, log_ratio, sharpened
from divviz.infinity import hull
from divviz.pair import Pair
from divviz.quadrature import Panels, joined, rule

TOLERANCE = 1e-10
ROUNDS = 60
MOST_PANELS = 6000
MOST_OUTCOMES = 500_000
SLOPE = 4000  # outcomes over which a slope of 1e-6 keeps its digits
FARTHEST = 1e250


@dataclass(frozen=True)
class Places:
    """P and Q at nodes x (n,): logs of density, log p/q, and the log of each node's weight."""

    x: Array
    log_p: Array
    log_q: Array
    log_ratio: Array
    log_weights: Array

    @property
    def ground(self) -> Ground:
        """The same as masses."""
        p, q = (np.exp(log + self.log_weights) for log in (self.log_p, self.log_q))
        return Ground(self.x, p, q, self.log_p, self.log_q, self.log_ratio)

    def power(self, a: float, b: float) -> Array:
        """The log of weight p^a q^b (n,), -inf where a density that it needs is 0."""
        logs = self.log_weights + _times(a, self.log_p) + _times(b, self.log_q)
        return np.where(np.isfinite(self.log_p + self.log_q), logs, self._alone(a, b))

    def _alone(self, a: float, b: float) -> Array:
        """The same where one density is 0: only a power of the other may remain."""
        none = np.full_like(self.log_p, -np.inf)
        if a and b:
            return none
        log, power = (self.log_p, a) if a else (self.log_q, b)
        return np.where(np.isfinite(log), self.log_weights + power * log, none)


def _times(power: float, logs: Array) -> Array:
    return power * logs if power else np.zeros_like(logs)


def log_sum(logs: Array) -> float:
    """log of the sum of exp(logs) (n,), -inf for no mass."""
    if not len(logs):
        return -math.inf
    at = int(logs.argmax())
    top = float(logs[at])
    if math.isinf(top):
        return top
    shares = np.exp(logs - top)
    # A sum that is next to its largest term has its digits in what is added to that.
    return top + math.log1p(float(shares[:at].sum()) + float(shares[at + 1 :].sum()))


@QUIET
def log_power(pair: Pair, a: float, b: float) -> float:
    """log of the sum (integral) of p^a q^b over the common support, where it converges."""
    closed = pair.P.family.log_affinity
    if closed is not None and pair.P.family is pair.Q.family and a + b == 1:
        return closed(a, pair.P.args, pair.Q.args)
    logs = places(pair, a, b).power(a, b)
    total = log_sum(logs)
    if pair.discrete and len(logs) > MOST_OUTCOMES:
        # What is left falls like a geometric series, or it would have died out before.
        step = float(logs[-1] - logs[-1 - SLOPE]) / SLOPE
        rest = float(logs[-1]) + step - math.log(-math.expm1(step)) if step < 0 else -math.inf
        return float(np.logaddexp(total, rest))
    return total


@QUIET
def affinity_excess(pair: Pair, a: float) -> float:
    """The sum of p^a q^(1-a) - a p - (1-a) q: small where P and Q are nearly the same."""
    at = places(pair, a, 1 - a)
    p, q = np.exp(at.log_p + at.log_weights), np.exp(at.log_q + at.log_weights)
    both = np.isfinite(at.log_ratio) & np.isfinite(at.log_p)
    mean = np.exp(at.power(a, 1 - a)[both])
    shared = power_excess(p[both], q[both], at.log_ratio[both], a, mean)
    return float(shared.sum() - a * p[~both].sum() - (1 - a) * q[~both].sum())


@QUIET
def log_affinity(pair: Pair, a: float) -> float:
    """log of the sum of p^a q^(1-a) where it converges, with its digits near 0."""
    plain = log_power(pair, a, 1 - a)
    return plain if abs(plain) > PLAIN else math.log1p(affinity_excess(pair, a))


@QUIET
def places(pair: Pair, a: float, b: float) -> Places:
    """Nodes that resolve p^a q^b, and P and Q themselves; kept, as many measures ask for them."""
    if ("places", a, b) not in pair.kept:
        pair.kept["places", a, b] = _places(pair, a, b)
    found: Places = pair.kept["places", a, b]
    return found


def _places(pair: Pair, a: float, b: float) -> Places:
    if pair.discrete:
        return _outcomes(pair, a, b)
    panels = _widened(pair, pair.mesh.panels, a, b)
    order = pair.mesh.order
    if order == 1:
        return sampled(pair, panels, order)
    for _ in range(ROUNDS):
        at = sampled(pair, panels, order)
        wide = _unresolved(at.power(a, b), order)
        if not wide.any() or len(panels) > MOST_PANELS:
            break
        panels, _ = panels.split(wide)
    return at


def sampled(pair: Pair, panels: Panels, order: int) -> Places:
    """P and Q at the nodes of panels."""
    points, log_slope = panels.nodes(order)
    log_p = pair.P.family.log_density(points, *pair.P.args)
    log_q = pair.Q.family.log_density(points, *pair.Q.args)
    ratio = log_ratio(pair.P, pair.Q, points, log_p, log_q)
    weights = log_slope + np.log(rule(order).weights)
    every = (points.x, log_p, log_q, ratio, weights)
    return Places(*(column.ravel() for column in every))


def _unresolved(logs: Array, order: int) -> Array:
    """Panels whose integrand still has weight in its highest Legendre coefficients."""
    rows = logs.reshape(-1, order)
    values = np.exp(rows - rows.max())
    rest = np.abs(values @ rule(order).tail).max(axis=1)
    # Each panel adds its own error; what is below 1e-14 of the sum is noise of rounding.
    total = float(values.sum())
    return np.asarray(rest > np.maximum(TOLERANCE * values.sum(axis=1), 1e-13 * total))


# --- outward and inward, where p^a q^b outlives both ------------------------------------------


def _widened(pair: Pair, panels: Panels, a: float, b: float) -> Panels:
    """The panels and as many more at each open end as p^a q^b needs to die out."""
    at = sampled(pair, panels, 1).power(a, b)
    top = float(at.max())
    found = [panels]
    for side in (-1, 1):
        tails = zip((pair.P, pair.Q), (a, b), strict=True)
        if all(d.tail()[0 if side < 0 else 1].kind != "end" for d, power in tails if power):
            found.append(_outward(pair, panels, a, b, side, top))
    found += [_inward(pair, panels, a, b, k, top) for k in _ladders_in(pair, panels)]
    return _sorted([one for one in found if len(one)])


def _outward(pair: Pair, panels: Panels, a: float, b: float, side: int, top: float) -> Panels:
    """Panels of doubling width past the last one, until p^a q^b has died out."""
    k = 0 if side < 0 else -1
    if panels.side[k]:
        u = float(panels.start[0] if side < 0 else panels.stop[-1])
        steps = u + 7.0 * np.arange(1.0, 60.0)
        edges = np.concatenate([[u], steps[steps < math.log(FARTHEST)]])
        more = _ladder(float(panels.anchor[k]), side, edges)
    else:
        more = doubling(panels, side)
    logs = sampled(pair, more, 4).power(a, b).reshape(-1, 4).max(axis=1)
    return counting(more, logs, side, top)


def doubling(panels: Panels, side: int) -> Panels:
    """Linear panels past the last one on a side, each twice as wide as the one before."""
    k = 0 if side < 0 else -1
    edge = float(panels.start[0] if side < 0 else panels.stop[-1])
    reach = float(panels.stop[k] - panels.start[k]) * (2.0 ** np.arange(0.0, 900.0) - 1)
    edges = np.sort(edge + side * reach[reach < FARTHEST])
    n = len(edges) - 1
    return Panels(np.full(n, panels.anchor[k]), np.zeros(n), edges[:-1], edges[1:])


def counting(more: Panels, logs: Array, side: int, top: float) -> Panels:
    """Those of the panels `more` (k,), which lead away to a side, up to the last that counts.

    `logs` (k,) is what each adds; it may rise above `top`, what the others add, before it falls.
    """
    level = max(top, float(logs.max(initial=-math.inf)))
    counts = np.flatnonzero((logs if side > 0 else logs[::-1]) > level - SPAN)
    keep = int(counts[-1]) + 1 if counts.size else 0
    return more.take(slice(0, keep) if side > 0 else slice(len(more) - keep, len(more)))


def _ladder(anchor: float, side: int, u: Array) -> Panels:
    u = np.sort(u)[:: (1 if side > 0 else -1)]
    k = len(u) - 1
    return Panels(np.full(k, anchor), np.full(k, float(side)), u[:-1], u[1:])


def _ladders_in(pair: Pair, panels: Panels) -> list[int]:
    """The innermost rung of each ladder that leads into a singular end."""
    u = np.minimum(panels.start, panels.stop)
    zones = (*pair.P.breaks.zones, *pair.Q.breaks.zones)
    ends = {(zone.anchor, zone.side) for zone in zones if zone.exponent is not None}
    found = []
    for anchor, side in sorted(ends):
        mine = np.flatnonzero((panels.anchor == anchor) & (panels.side == side))
        if mine.size:
            found.append(int(mine[np.argmin(u[mine])]))
    return found


def _inward(pair: Pair, panels: Panels, a: float, b: float, k: int, top: float) -> Panels:
    """More rungs into a singular end, until p^a q^b has died out."""
    anchor, side = float(panels.anchor[k]), int(panels.side[k])
    u = float(min(panels.start[k], panels.stop[k]))
    edges = u - 12.0 * np.arange(0.0, 400.0) ** 1.3
    more = _ladder(anchor, side, edges)
    return counting(more, sampled(pair, more, 1).power(a, b), -side, top)


def _sorted(every: list[Panels]) -> Panels:
    whole = joined(*every)
    points, _ = whole.nodes(1)
    middle = points.x.ravel()
    logs = (
        np.where(np.isnan(points.log_offset.ravel()), 0.0, points.log_offset.ravel())
        if (points.log_offset is not None)
        else np.zeros(len(middle))
    )
    # Rungs deep in a singular end share one x; their logs tell them apart.
    return whole.take(np.lexsort((whole.side * logs, middle)))


# --- outcomes


def _outcomes(pair: Pair, a: float, b: float) -> Places:
    g = pair.ground
    x = _filled(pair)
    if len(x) > len(g.x):
        g = at_outcomes(pair, x)
    at = Places(g.x, g.log_p, g.log_q, g.log_ratio, np.zeros(len(g.x)))
    if not _endless(pair.P) or not _endless(pair.Q):
        return at
    return _lengthened(pair, at, a, b)


def _filled(pair: Pair) -> Array:
    """The outcomes of the pair (n,) and those between and below that were too unlikely to sum.

    Where both supports are ranges with one step, p^a q^b may peak at what neither thinks likely.
    """
    x = pair.x
    listed = pair.labels is not None or {pair.P.name, pair.Q.name} & {"pmf", "samples"}
    if listed or len(x) < 2:
        return x
    step = float(np.diff(x).min())
    ends = [end for dist in (pair.P, pair.Q) for end in hull(dist) if math.isfinite(end)]
    low, high = min([x[0], *ends]), max([x[-1], *ends])
    count = (high - low) / step + 1
    if count > MOST_OUTCOMES or count <= len(x) or not float(count).is_integer():
        return x
    every = low + step * np.arange(count)
    return every if np.isin(x, every).all() else x


def _endless(dist: Dist) -> bool:
    return dist.tail()[1].kind != "end" or dist.tail()[0].kind != "end"


def _lengthened(pair: Pair, at: Places, a: float, b: float) -> Places:
    """The same with more outcomes past the last, until p^a q^b has died out."""
    x = pair.ground.x
    side = 1 if pair.P.tail()[1].kind != "end" else -1
    step = 1.0 if len(x) < 2 else float(x[-1] - x[-2] if side > 0 else x[1] - x[0])
    while len(x) < MOST_OUTCOMES:
        logs = at.power(a, b)
        if logs[-1 if side > 0 else 0] < logs.max() - SPAN:
            break
        count = max(64, len(x))
        new = (x[-1] if side > 0 else x[0]) + side * step * np.arange(1.0, count + 1)
        x = np.concatenate([x, new]) if side > 0 else np.concatenate([new[::-1], x])
        g = at_outcomes(pair, x)
        at = Places(x, g.log_p, g.log_q, g.log_ratio, np.zeros(len(x)))
    return at


def at_outcomes(pair: Pair, x: Array) -> Ground:
    """P and Q at outcomes of your own (n,)."""
    points = Points(x)
    log_p, log_q = (sharpened(dist.log_density(points)) for dist in (pair.P, pair.Q))
    ratio = log_ratio(pair.P, pair.Q, points, log_p, log_q)
    return Ground(x, np.exp(log_p), np.exp(log_q), log_p, log_q, ratio)
