"""W2 to many distributions in turn: the quantiles of P at fixed levels, kept between calls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from divviz.dist import QUIET, Array, Dist
from divviz.quadrature import rule

NODES = 16
FINE = 1e-12  # of the width of P: what a quantile may still bend within a panel, times its length
MOST_ATOMS = 400  # with more of them the panels are narrow, and need fewer nodes
# Levels below 2^-48 carry nothing of a light tail. A heavy one carries less than a digit shows
# below 2^-300, if its moments up to order 2.4 are finite.
LIGHT, HEAVY = 48, 300
LEAST_ALPHA = 2.4


@dataclass(frozen=True)
class Half:
    """The half of the levels counted from one end: `side` 1 from 0 up, -1 from 1 down.

    Panels between `edges` (k + 1,), with levels, weights, and the quantiles of P (k, m).
    """

    side: int
    edges: Array
    levels: Array
    weights: Array
    places: Array


@QUIET
def w2(p: Dist, q: Dist) -> float | None:
    """W2 of P and a density Q where it is finite, in units of x; None for tails too heavy for it.

    The integral over u of the squared difference of the quantiles (Villani, Topics in Optimal
    Transportation, 2003, (2.47)). A search asks for it hundreds of times with one P.
    """
    bits = _bits(p, q)
    if bits is None:
        return None
    total = sum(_square(p, q, half) for half in kept(p, bits))
    return math.sqrt(total) if math.isfinite(total) else None


def _bits(p: Dist, q: Dist) -> int | None:
    """How many halvings of the levels reach far enough into the tails, None if none do."""
    tails = [tail for dist in (p, q) if dist.kind == "continuous" for tail in dist.tail()]
    if all(tail.kind not in ("power", "log_square") for tail in tails):
        return LIGHT
    return HEAVY if min(tail.alpha for tail in tails) > LEAST_ALPHA else None


def _square(p: Dist, q: Dist, half: Half) -> float:
    """The integral of the squared difference over a half, cut also where q has a bend."""
    way = half.places - _quantiles(q, half.levels, half.side)
    panels = (half.weights * way**2).sum(axis=1)
    total = float(panels.sum())
    for bend in _bends(q, half.side):
        at = int(np.searchsorted(half.edges, bend)) - 1
        if 0 <= at < len(panels) and half.edges[at] < bend < half.edges[at + 1]:
            levels, weights = _nodes(np.array([half.edges[at], bend, half.edges[at + 1]]), NODES)
            way = _quantiles(p, levels, half.side) - _quantiles(q, levels, half.side)
            total += float((weights * way**2).sum()) - float(panels[at])
    return total


def _quantiles(dist: Dist, levels: Array, side: int) -> Array:
    """The places at `levels` counted from one end; of a light right tail no further than 2^-50."""
    if side > 0:
        return dist.quantile(levels)
    if dist.family.isf is None:
        levels = np.maximum(levels, 2.0**-50)
    return dist.isf(levels)


def _bends(dist: Dist, side: int) -> Array:
    """The levels at which the quantile function of a density has a kink or a jump."""
    places = np.array(dist.breaks.hard)
    levels = dist.cdf(places) if side > 0 else dist.sf(places)
    return np.unique(levels[(levels > 0) & (levels < 0.5)])


@lru_cache(maxsize=16)
@QUIET
def kept(p: Dist, bits: int) -> tuple[Half, Half]:
    """Both halves, down to levels of 2^-bits."""
    graded = np.sort(0.5 * 4.0 ** -np.arange(0.0, bits / 2))
    half = _of_atoms if p.kind == "discrete" else _of_density
    return half(p, graded, 1), half(p, graded, -1)


def _of_atoms(p: Dist, graded: Array, side: int) -> Half:
    x, logs = p.atoms()
    x = x[::side]
    reached = np.cumsum(np.exp(logs[::side]))
    edges = np.union1d(graded, reached[(reached > graded[0]) & (reached < 0.5)])
    levels, weights = _nodes(edges, NODES if len(x) < MOST_ATOMS else 5)
    at = np.searchsorted(reached, levels.mean(axis=1))
    places = np.broadcast_to(x[np.minimum(at, len(x) - 1)][:, None], levels.shape)
    return Half(side, edges, levels, weights, places)


def _of_density(p: Dist, graded: Array, side: int) -> Half:
    bends = _bends(p, side)
    edges = np.union1d(graded, bends[bends > graded[0]])
    limit = FINE * float(p.quantile(0.75) - p.quantile(0.25))
    while True:
        levels, weights = _nodes(edges, NODES)
        places = _quantiles(p, levels, side)
        bent = np.abs((places * weights) @ rule(NODES).tail).max(axis=1) > limit
        # a jump is followed down to where no level tells its sides apart
        bent &= np.diff(edges) > 1e-14 * edges[1:]
        if not bent.any():
            return Half(side, edges, levels, weights, places)
        edges = np.union1d(edges, 0.5 * (edges[1:] + edges[:-1])[bent])


def _nodes(edges: Array, count: int) -> tuple[Array, Array]:
    """Gauss-Legendre nodes and weights (k, count) of the k panels between the edges."""
    half = 0.5 * np.diff(edges)[:, None]
    middle = 0.5 * (edges[1:] + edges[:-1])[:, None]
    return middle + half * rule(count).nodes, half * rule(count).weights
