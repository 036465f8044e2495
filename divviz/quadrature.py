"""Panels for integrals over the line: where to cut it, and the Gauss nodes of each piece.

A panel is linear (x = anchor + u) or a ladder (x = anchor + side exp(u)), u over [start, stop].
Ladders lead into singular ends and out along power tails; there the integrands are smooth in u.
Source of the rule: Gauss-Legendre, DLMF 3.5(v); mapping by exp: Davis & Rabinowitz, Methods of
Numerical Integration (1984), section 2.12.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.polynomial import legendre

from divviz.dist import SPAN, Array, Breaks, Points, Zone

# Steps of log distance: short where the ladder starts, where f is no pure power yet.
RUNGS = np.array([0.0, 1.0, 2.0, 3.5, 5.5, 8.0, 11.0, 15.0, 20.0, 27.0, 35.0, SPAN])
FAR = 100.0  # power tails are followed to exp(100) scales; beyond, they equal their first term


@dataclass(frozen=True)
class Rule:
    """Gauss-Legendre on [-1, 1] with what integrates its interpolant.

    nodes, weights (n,); `tail` (n, 2) takes weighted values to the two highest Legendre
    coefficients; `primitive` (n, n) takes weighted values to the integral from -1 to each node;
    `barycentric` (n,) weights of the interpolant.
    """

    nodes: Array
    weights: Array
    tail: Array
    primitive: Array
    barycentric: Array


@lru_cache(maxsize=8)
def rule(n: int) -> Rule:
    """The n-point rule."""
    nodes, weights = legendre.leggauss(n)
    values = legendre.legvander(nodes, n)
    degrees = np.arange(n)
    coefficients = (degrees + 0.5) * values[:, :n]
    tail = coefficients[:, max(0, n - 2) :]
    primitive = coefficients @ _integrals(nodes, n).T
    signs = (-1.0) ** degrees
    barycentric = np.asarray(signs * np.sqrt((1 - nodes**2) * weights), float)
    return Rule(nodes, weights, tail, primitive, barycentric)


def _integrals(s: Array, n: int) -> Array:
    """The integrals of the Legendre polynomials 0..n-1 from -1 to s (k,), as (k, n)."""
    values = legendre.legvander(s, n)
    result = np.empty((len(s), n))
    result[:, 0] = s + 1
    for d in range(1, n):
        result[:, d] = (values[:, d + 1] - values[:, d - 1]) / (2 * d + 1)
    return result


def interpolated(values: Array, s: Array) -> Array:
    """The interpolants of node values (r, v, n) at s (r, k) of [-1, 1], as (r, v, k).

    Source: the barycentric formula, Berrut & Trefethen, SIAM Review 46 (2004), (4.2).
    """
    r = rule(values.shape[-1])
    share = s[..., None] - r.nodes
    if not share.all():
        share[share == 0] = 1e-30  # far below the rounding of s: only this node counts
    np.divide(r.barycentric, share, out=share)
    result: Array = values @ np.swapaxes(share, 1, 2)
    result /= share.sum(axis=-1)[:, None]
    return result


@dataclass(frozen=True)
class Panels:
    """k panels from left to right: anchor, side (0 for linear), start and stop of u, each (k,)."""

    anchor: Array
    side: Array
    start: Array
    stop: Array

    def __len__(self) -> int:
        return len(self.anchor)

    def take(self, index: Any) -> Panels:
        """The panels at `index`."""
        return Panels(self.anchor[index], self.side[index], self.start[index], self.stop[index])

    def nodes(self, n: int) -> tuple[Points, Array]:
        """Points (k, n) and the logs of dx/ds (k, n), s in [-1, 1] running left to right."""
        half = 0.5 * (self.stop - self.start)[:, None]
        u = 0.5 * (self.stop + self.start)[:, None] + half * rule(n).nodes
        log_half = np.log(np.abs(half))
        anchor = self.anchor[:, None]
        if not self.side.any():
            return Points(anchor, u), np.broadcast_to(log_half, u.shape)
        side = self.side[:, None]
        ladder = side != 0
        offset = np.where(ladder, side * np.exp(np.where(ladder, u, 0.0)), u)
        logs = np.where(ladder, u, np.nan)
        return Points(anchor, offset, logs), np.where(ladder, log_half + u, log_half)

    def split(self, wide: Any) -> tuple[Panels, Any]:
        """The panels with those marked `wide` halved, and the mask of the new halves."""
        again = np.repeat(np.arange(len(self)), 1 + wide)
        new = wide[again]
        second = np.concatenate([[False], again[1:] == again[:-1]])
        old = self.take(again)
        middle = 0.5 * (old.start + old.stop)
        start = np.where(new & second, middle, old.start)
        stop = np.where(new & ~second, middle, old.stop)
        return replace(old, start=start, stop=stop), new


@dataclass(frozen=True)
class Cuts:
    """Sorted break points as anchor + offset; `size` is 0 where a break must stay."""

    anchor: Array
    offset: Array
    size: Array

    @property
    def x(self) -> Array:
        """The break points as plain numbers."""
        return self.anchor + self.offset

    def take(self, index: Any) -> Cuts:
        """The cuts at `index`."""
        return Cuts(self.anchor[index], self.offset[index], self.size[index])


def joined(*every: Panels) -> Panels:
    """The panels of several, from left to right."""
    return Panels(
        np.concatenate([p.anchor for p in every]),
        np.concatenate([p.side for p in every]),
        np.concatenate([p.start for p in every]),
        np.concatenate([p.stop for p in every]),
    )


def partition(one: Breaks, other: Breaks) -> Panels:
    """Panels fit for both distributions, from the first to the last place that matters."""
    zones = one.zones + other.zones
    cuts = _thinned(_sorted(_with_zones(_cuts(one, other), zones)))
    return _panels(_parted(cuts, zones), zones)


def _cuts(one: Breaks, other: Breaks) -> Cuts:
    hard = np.array(one.hard + other.hard)
    soft = one.soft + other.soft
    anchors = [hard, *(np.full(len(grid), anchor) for anchor, grid, _ in soft)]
    offsets = [np.zeros(len(hard)), *(grid for _, grid, _ in soft)]
    sizes = [np.zeros(len(hard)), *(size for _, _, size in soft)]
    return Cuts(np.concatenate(anchors), np.concatenate(offsets), np.concatenate(sizes))


def _with_zones(cuts: Cuts, zones: tuple[Zone, ...]) -> Cuts:
    """Cuts at geometric distances wherever a zone reaches over the other distribution's cuts."""
    if not zones:
        return cuts
    x = cuts.x
    ends = {-1: float(x.min()) - _apart(zones, -1), 1: float(x.max()) + _apart(zones, 1)}
    anchors, offsets = [cuts.anchor], [cuts.offset]
    for zone in zones:
        grid = _geometric(zone, x, zone.side * (ends[zone.side] - zone.anchor))
        if len(grid):
            anchors.append(np.full(len(grid), zone.anchor))
            offsets.append(zone.side * grid)
    anchor, offset = np.concatenate(anchors), np.concatenate(offsets)
    # A geometric cut is as fine as its distance: 0 here would make it a cut that must stay.
    size = np.concatenate([cuts.size, 0.5 * np.abs(offset[len(cuts.size) :])])
    return Cuts(anchor, offset, size)


def _apart(zones: tuple[Zone, ...], side: int) -> float:
    """How far to go past the last cut before the ladders of power tails may share one anchor."""
    anchors = [z.anchor for z in zones if z.exponent is None and z.side == side]
    return 64.0 * (max(anchors) - min(anchors)) if anchors else 0.0


def _geometric(zone: Zone, x: Array, reach: float) -> Array:
    """Distances from the zone's anchor, each 4 times the last, out to `reach`."""
    outward: Array = np.ldexp(zone.scale, 2 * np.arange(1, _fours(zone.scale, reach)))
    if zone.exponent is None:
        return outward
    distance = zone.side * (x - zone.anchor)
    near = distance[distance > 0].min(initial=zone.scale)
    inward = np.ldexp(zone.scale, -2 * np.arange(1, _fours(float(near), zone.scale)))
    return np.concatenate([inward, outward])


def _fours(near: float, far: float) -> int:
    """How many times 4 it takes from one distance to another, 1 at least."""
    # far / near may be larger than any double: triangular(-5e-324,0,1) against normal(0,1).
    return max(1, math.ceil(math.log(far, 4.0) - math.log(near, 4.0))) if far > near else 1


def _sorted(cuts: Cuts) -> Cuts:
    # Of equal places the one that must stay comes first; offsets tell apart what x cannot.
    cuts = cuts.take(np.lexsort((cuts.offset, cuts.size > 0, cuts.x)))
    width = (cuts.anchor[1:] - cuts.anchor[:-1]) + (cuts.offset[1:] - cuts.offset[:-1])
    return cuts.take(np.concatenate([[True], width > 0]))


def _thinned(cuts: Cuts) -> Cuts:
    """Without soft cuts that stand closer than the panels need."""
    for parity in (0, 1, 0, 1):
        x, size = cuts.x, cuts.size
        if len(x) < 5:
            return cuts
        big = np.where(size > 0, size, np.inf)
        need = np.minimum(np.minimum(big[:-2], big[2:]), big[1:-1])
        crowded = (x[2:] - x[:-2] <= 1.01 * need) & (size[1:-1] > 0)
        crowded[parity::2] = False
        if not crowded.any():
            continue
        cuts = cuts.take(np.concatenate([[True], ~crowded, [True]]))
    return cuts


def _parted(cuts: Cuts, zones: tuple[Zone, ...]) -> Cuts:
    """The cuts and one more between two singular ends that face each other: a ladder for each."""
    x = cuts.x
    left, right = (
        np.isin(x, [z.anchor for z in zones if z.exponent is not None and z.side == side])
        for side in (1, -1)
    )
    facing = np.flatnonzero(left[:-1] & right[1:])
    if not facing.size:
        return cuts
    half = 0.5 * (x[facing + 1] - x[facing])
    return Cuts(
        np.insert(cuts.anchor, facing + 1, x[facing]),
        np.insert(cuts.offset, facing + 1, half),
        np.insert(cuts.size, facing + 1, 0.0),
    )


def _panels(cuts: Cuts, zones: tuple[Zone, ...]) -> Panels:
    a, o = cuts.anchor, cuts.offset
    width = (a[1:] - a[:-1]) + (o[1:] - o[:-1])
    left = np.abs(o[:-1]) <= np.abs(o[1:])
    anchor = np.where(left, a[:-1], a[1:])
    start = np.where(left, o[:-1], o[1:] - width)
    stop = np.where(left, o[:-1] + width, o[1:])
    panels = Panels(anchor, np.zeros(len(width)), start, stop)
    return _with_ladders(panels, cuts, zones) if zones else panels


def _with_ladders(panels: Panels, cuts: Cuts, zones: tuple[Zone, ...]) -> Panels:
    x = cuts.x
    ends: dict[tuple[float, int], float] = {}
    for zone in zones:
        if zone.exponent is not None:
            key = (zone.anchor, zone.side)
            ends[key] = min(ends.get(key, 1.0), zone.exponent)
    pieces: list[tuple[int, Panels]] = []
    replaced: set[int] = set()
    for (anchor, side), exponent in ends.items():
        at = int(np.searchsorted(x, anchor))
        k = at if side > 0 else at - 1
        if 0 <= k < len(panels):
            replaced.add(k)
            # From anchor and offset, as next to 1e9 a difference of places has few digits.
            a, o = cuts.anchor, cuts.offset
            width = float((a[k + 1] - a[k]) + (o[k + 1] - o[k]))
            pieces.append((k, _inward(anchor, side, width, exponent)))
    for side, k in ((-1, -1), (1, len(panels))):
        tails = [z for z in zones if z.exponent is None and z.side == side]
        if tails:
            i = 0 if side < 0 else -1
            anchor = tails[0].anchor
            edge = float((cuts.anchor[i] - anchor) + cuts.offset[i])
            pieces.append((k, _outward(tails, side, abs(edge))))
    return _joined(panels, replaced, pieces)


def _inward(anchor: float, side: int, width: float, exponent: float) -> Panels:
    """From distance `width` of a singular end down to where no mass is left."""
    depth = SPAN / exponent
    # Far down the integrand is exp(exponent u) times a line: steps of 12/exponent are short.
    count = math.ceil((depth - SPAN) * exponent / 12.0)
    deep = SPAN + (depth - SPAN) * np.arange(1, count + 1) / max(count, 1)
    return _ladder(anchor, side, math.log(width) - np.concatenate([RUNGS, deep]))


def _outward(tails: list[Zone], side: int, edge: float) -> Panels:
    """From distance `edge` of the first tail's anchor to where a tail equals its first term."""
    anchor = tails[0].anchor
    first = math.log(edge)
    alpha = min(z.alpha for z in tails)
    last = max(FAR, SPAN / alpha) + math.log(max(z.scale for z in tails))
    most = max(last - first, 20.0)
    # The CDFs' gap falls by exp((1 + alpha) step) on a rung, and its small end keeps its digits
    # only while that is below 1e8 or so; for light tails nothing is left out there anyway.
    widest = 7.0 if alpha < 3 else 15.0
    start = [r for r in RUNGS if r < min(most, 27.0)]
    count = max(1, math.ceil((most - start[-1]) / widest))
    return _ladder(
        anchor, side, first + np.append(start, np.linspace(start[-1], most, count + 1)[1:])
    )


def _ladder(anchor: float, side: int, u: Array) -> Panels:
    u = np.sort(u)[:: (1 if side > 0 else -1)]
    k = len(u) - 1
    return Panels(np.full(k, anchor), np.full(k, float(side)), u[:-1], u[1:])


def _joined(panels: Panels, replaced: set[int], pieces: list[tuple[int, Panels]]) -> Panels:
    slots: list[tuple[float, Panels]] = [(float(k), piece) for k, piece in pieces]
    stay = [k for k in range(len(panels)) if k not in replaced]
    marks = [-1, *sorted(replaced), len(panels)]
    for low, high in pairwise(marks):
        run = [k for k in stay if low < k < high]
        if run:
            slots.append((run[0] - 0.0, panels.take(np.array(run))))
    slots.sort(key=lambda slot: slot[0])
    return joined(*(piece for _, piece in slots))
