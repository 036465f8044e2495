"""The mass that a distribution has in an interval, also where its CDF has no digits of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from divviz.dist import SPAN, Array, Breaks, Dist, Interval, Points, Zone
from divviz.grids import DECAY
from divviz.lattice import atoms_within
from divviz.quadrature import Panels, partition, rule

Soft = tuple[float, Array, Array]

# An interval with this share of the mass is cut from the CDF; a smaller one is integrated, as the
# difference of two CDFs would keep too few digits of it.
PLAIN = 0.01
NODES = 16
ROUNDS = 40
MOST_PANELS = 2000


# --- densities: the mass of the interval ----------------------------------------------------------


@lru_cache(maxsize=64)
def log_mass(bounds: Interval, inner: Dist) -> float:
    """The log of the inner mass from a to b, -inf where none is left that a number can hold."""
    with np.errstate(all="ignore"):
        if inner.kind == "discrete":
            return _log_sum(atoms_within(bounds, inner)[1])
        below, above = outside(bounds, inner)
        return (
            math.log1p(-(below + above))
            if below + above < 1 - PLAIN
            else table(bounds, inner).log_mass
        )


def outside(bounds: Interval, inner: Dist) -> tuple[float, float]:
    a, b = bounds
    below = float(inner.cdf(a)) if a > -math.inf else 0.0
    return below, float(inner.sf(b)) if b < math.inf else 0.0


def is_plain(bounds: Interval, inner: Dist) -> bool:
    return sum(outside(bounds, inner)) < 1 - PLAIN


def _log_sum(logs: Array) -> float:
    top = float(logs.max(initial=-math.inf))
    return top + math.log(float(np.exp(logs - top).sum())) if math.isfinite(top) else -math.inf


@dataclass(frozen=True)
class Table:
    """The density on panels from left to right, with the share of the mass of each node (k, n)."""

    inner: Dist
    panels: Panels
    log_mass: float
    shares: Array

    @cached_property
    def points(self) -> Points:
        """The nodes (k, n)."""
        return self.panels.nodes(NODES)[0]

    @cached_property
    def edges(self) -> Array:
        """Where the panels begin and the last one ends, (k + 1,)."""
        p = self.panels
        return np.append(_place(p, p.start), _place(p, p.stop)[-1])

    @cached_property
    def up_to(self) -> Array:
        """The mass left of each edge (k + 1,)."""
        return np.append(0.0, np.cumsum(self.shares.sum(axis=1)))

    @cached_property
    def beyond(self) -> Array:
        """The mass right of each edge (k + 1,), summed from the right."""
        return np.append(np.cumsum(self.shares.sum(axis=1)[::-1])[::-1], 0.0)

    def at(self, x: Array) -> tuple[Any, Array]:
        """The panel of each x (m,), and the panel coordinate of x there."""
        k = np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, len(self.panels) - 1)
        p = self.panels.take(k)
        offset = (x - p.anchor) * np.where(p.side == 0, 1.0, p.side)
        u = np.where(p.side == 0, offset, np.log(np.maximum(offset, 1e-320)))
        low, high = np.minimum(p.start, p.stop), np.maximum(p.start, p.stop)
        return k, np.clip(u, low, high)

    def mass(self, k: Any, start: Array, stop: Array) -> Array:
        """The mass between two coordinates (m,) of panels k (m,)."""
        p = self.panels.take(k)
        points, slope = Panels(p.anchor, p.side, start, stop).nodes(NODES)
        logs = self.inner.family.log_density(points, *self.inner.args) + slope - self.log_mass
        return np.where(start == stop, 0.0, np.exp(logs) @ rule(NODES).weights)

    def density(self, k: Any, u: Array) -> Array:
        """The mass per unit of u at coordinates u (m,) of panels k (m,)."""
        p = self.panels.take(k)
        ladder = p.side != 0
        offset = np.where(ladder, p.side * np.exp(np.where(ladder, u, 0.0)), u)
        points = Points(p.anchor, offset, np.where(ladder, u, np.nan))
        logs = self.inner.family.log_density(points, *self.inner.args) - self.log_mass
        result: Array = np.exp(logs + np.where(ladder, u, 0.0))
        return result

    def cdf(self, x: Array) -> Array:
        """The mass left of each x (m,)."""
        k, u = self.at(x)
        inside = self.up_to[k] + self.mass(k, self.panels.start[k], u)
        return np.where(x <= self.edges[0], 0.0, np.where(x >= self.edges[-1], 1.0, inside))

    def sf(self, x: Array) -> Array:
        """The mass right of each x (m,)."""
        k, u = self.at(x)
        inside = self.beyond[k + 1] + self.mass(k, u, self.panels.stop[k])
        return np.where(x <= self.edges[0], 1.0, np.where(x >= self.edges[-1], 0.0, inside))

    def quantile(self, share: Array, *, right: bool) -> Array:
        """Where `share` (m,) of the mass lies to the left, or to the right."""
        if right:
            k = np.searchsorted(-self.beyond, -share, side="right") - 1
            whole = self.beyond[1:]
        else:
            k = np.searchsorted(self.up_to, share, side="left") - 1
            whole = self.up_to[:-1]
        k = np.clip(k, 0, len(self.panels) - 1)
        p = self.panels.take(k)
        fixed, far = (p.stop, p.start) if right else (p.start, p.stop)
        u = self._solved(k, fixed, far, share - whole[k])
        return _place(p, u)

    def _solved(self, k: Any, fixed: Array, far: Array, need: Array) -> Array:
        """The coordinate (m,) of panel k with mass `need` (m,) between itself and `fixed`."""
        near, u = fixed, 0.5 * (fixed + far)
        for _ in range(64):
            mass = self.mass(k, np.minimum(fixed, u), np.maximum(fixed, u))
            near, far = np.where(mass < need, u, near), np.where(mass < need, far, u)
            # Newton's step, or half the way where it would leave the bracket.
            slope = self.density(k, u) * np.sign(far - fixed)
            step = u + np.where(
                slope != 0, (need - mass) / np.where(slope != 0, slope, 1.0), np.inf
            )
            inside = (step > np.minimum(near, far)) & (step < np.maximum(near, far))
            following = np.where(inside, step, 0.5 * (near + far))
            if (np.abs(following - u) <= 1e-15 * np.abs(u)).all():
                break
            u = following
        return u


def _place(p: Panels, u: Array) -> Array:
    with np.errstate(over="ignore"):
        return p.anchor + np.where(p.side == 0, u, p.side * np.exp(np.where(p.side == 0, 0.0, u)))


@lru_cache(maxsize=32)
def table(bounds: Interval, inner: Dist) -> Table:
    """The mass of `inner` between the bounds on panels fine enough to resolve it."""
    panels = partition(breaks_within(bounds, inner), Breaks())
    panels = panels.take(_within(panels, bounds))
    masses, top = _sampled(inner, panels)
    for _ in range(ROUNDS):
        # Far in a tail the logs are large, and their rounding must not pass for structure.
        wide = _unresolved(masses, 1e-12 + 1e-15 * abs(top))
        if not wide.any() or len(panels) > MOST_PANELS:
            break
        panels, _ = panels.split(wide)
        masses, top = _sampled(inner, panels)
    total = float(masses.sum())
    if not total > 0:
        return Table(inner, panels, -math.inf, masses)
    return Table(inner, panels, top + math.log(total), masses / total)


@lru_cache(maxsize=32)
def mass_change(bounds: Interval, p: Dist, q: Dist) -> float:
    """log of Q's mass over P's between the bounds, for a family with a log_ratio.

    Where they nearly agree it is the mean of q/p - 1 under P, so that no two logs cancel.
    """
    apart = log_mass(bounds, q) - log_mass(bounds, p)
    if abs(apart) > 0.1:
        return apart
    if p.kind == "discrete":
        x, logs = atoms_within(bounds, p)
        return _by_mean(_changes(bounds, p, q, Points(x), logs), apart)
    panels = partition(breaks_within(bounds, p), breaks_within(bounds, q))
    panels = panels.take(_within(panels, bounds))
    for _ in range(ROUNDS):
        points, slope = panels.nodes(NODES)
        logs = p.family.log_density(points, *p.args) + slope + np.log(rule(NODES).weights)
        changes = _changes(bounds, p, q, points, logs)
        rest = np.abs(changes @ rule(NODES).tail).max(axis=1)
        wide = rest > 1e-14 * np.abs(changes).sum()
        if not wide.any() or len(panels) > MOST_PANELS:
            break
        panels, _ = panels.split(wide)
    return _by_mean(changes, apart)


def _changes(bounds: Interval, p: Dist, q: Dist, points: Points, logs: Array) -> Array:
    """What each node or outcome, of log mass `logs` under P, adds to the mean of q/p - 1."""
    assert p.family.log_ratio is not None
    ratio = p.family.log_ratio(points, p.args, q.args)
    share = np.exp(logs - log_mass(bounds, p))
    return np.where(share > 0, share * np.expm1(-ratio if ratio is not None else np.nan), 0.0)


def _by_mean(changes: Array, apart: float) -> float:
    mean = float(changes.sum())
    return math.log1p(mean) if abs(mean) < 0.5 else apart


def _sampled(inner: Dist, panels: Panels) -> tuple[Array, float]:
    """The mass of each node (k, n) in units of exp(top), and top, the largest log found."""
    points, slope = panels.nodes(NODES)
    logs = inner.family.log_density(points, *inner.args) + slope
    top = float(logs.max(initial=-math.inf))
    return np.exp(logs - max(top, -1e300)) * rule(NODES).weights, top


def _unresolved(masses: Array, tolerance: float) -> Any:
    """The panels (k,) whose masses (k, n) still have weight in their highest coefficients."""
    rest = np.abs(masses @ rule(NODES).tail).max(axis=1)
    return rest > np.maximum(tolerance * masses.sum(axis=1), 1e-17 * masses.sum())


def _within(panels: Panels, bounds: Interval) -> Any:
    """The panels between the bounds."""
    middle = panels.nodes(1)[0]
    return ~(middle.is_left_of(bounds[0]) | middle.is_right_of(bounds[1]))[:, 0]


# --- densities: breaks, ends, tails ---------------------------------------------------------------


def breaks_within(bounds: Interval, inner: Dist) -> Breaks:
    """Where to cut the interval before `inner` is integrated over it."""
    a, b = bounds
    old = inner.breaks
    hard = tuple(x for x in old.hard if a <= x <= b)
    soft = [_kept(s, bounds) for s in old.soft]
    zones = []
    for zone in old.zones:
        if zone.exponent is None:
            if math.isinf(b if zone.side > 0 else a):
                zones.append(_pushed(zone, a if zone.side > 0 else b))
        elif a <= zone.anchor <= b and zone.anchor != (b if zone.side > 0 else a):
            zones.append(zone)
        else:
            soft.append(_ladder_cuts(zone, bounds))
    for end, side in ((a, 1), (b, -1)):
        if math.isfinite(end) and not inner.flat:
            soft.append(_falling(end, side, bounds, inner))
    ends = tuple(x for x in bounds if math.isfinite(x))
    return Breaks((*hard, *ends), tuple(s for s in soft if len(s[1])), tuple(zones))


def _pushed(zone: Zone, end: float) -> Zone:
    """A power tail that begins past a bound, where that is farther out than its own beginning."""
    away = zone.side * (end - zone.anchor)
    return replace(zone, scale=max(zone.scale, away)) if math.isfinite(away) else zone


def _kept(soft: Soft, bounds: Interval) -> Soft:
    anchor, grid, size = soft
    keep = (grid > bounds[0] - anchor) & (grid < bounds[1] - anchor)
    return anchor, grid[keep], size[keep]


def _ladder_cuts(zone: Zone, bounds: Interval) -> Soft:
    """Geometric cuts of a singular end that was cut away: the density still bends with its log."""
    near, far = sorted(zone.side * (end - zone.anchor) for end in bounds)
    # Nearer than that no mass is left (Zone.exponent).
    near = max(near, zone.scale * math.exp(max(-SPAN / (zone.exponent or 1.0), -690.0)))
    far = min(far, zone.scale)
    steps = math.ceil(math.log(far / near, 4)) if 0 < near < far else 0
    grid = near * np.power(4.0, np.arange(1.0, steps))
    return zone.anchor, zone.side * grid, 0.5 * grid


def _falling(end: float, side: int, bounds: Interval, inner: Dist) -> Soft:
    """Cuts where log f has fallen by the steps of DECAY from an end inward.

    Far in a tail the mass hugs the end, on a scale that the inner cuts know nothing of.
    """
    none = end, np.empty(0), np.empty(0)
    if math.isinf(bounds[1] - bounds[0]) and inner.tail()[0 if side < 0 else 1].kind == "power":
        return none
    reach = min(bounds[1] - bounds[0], 1e12 * max(1.0, abs(end)))
    distance = reach * np.exp(np.linspace(-80.0, 0.0, 500))[:-1]
    points = Points(np.full(1, end), side * np.append(0.0, distance))
    logs = inner.family.log_density(points, *inner.args)
    fallen = logs[0] - logs[1:]
    if not math.isfinite(logs[0]):
        return none
    below = fallen[:, None] >= DECAY
    first = np.argmax(below, axis=0)[below.any(axis=0)]
    grid = np.unique(distance[first])
    widths = np.diff(grid, prepend=0.0)
    return end, side * grid, 0.9 * widths
