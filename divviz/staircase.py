"""Outcomes against a density: the distances that compare a staircase with a curve."""

from __future__ import annotations

import numpy as np

from divviz.dist import Array, Breaks, Dist
from divviz.gap import squares_beyond
from divviz.monotone import cost_beyond
from divviz.pair import Pair
from divviz.quadrature import Panels, partition, rule

FEW = 1000  # more panels than this are narrow, and need fewer nodes
MANY_CUTS = 10_000  # from here on cuts are close to one another


def _parts(pair: Pair) -> tuple[Array, Array, Array, Dist]:
    """Outcomes (n,), F before and after each (n,), and the density."""
    atoms, density = (pair.P, pair.Q) if pair.P.kind == "discrete" else (pair.Q, pair.P)
    x, logs = atoms.atoms()
    x, mass = x[np.isfinite(logs)], np.exp(logs[np.isfinite(logs)])
    after = np.minimum(np.cumsum(mass), 1.0)
    after[-1] = 1.0
    return x, np.concatenate([[0.0], after[:-1]]), after, density


def largest_gap(pair: Pair) -> float:
    """The largest |F - G|, just before an outcome or at it."""
    x, before, after, density = _parts(pair)
    g = density.cdf(x)
    return float(max(np.abs(before - g).max(), np.abs(after - g).max()))


def _panels(x: Array, after: Array, density: Dist) -> tuple[Panels, int]:
    """Panels of the density, cut at the outcomes and where the density has caught up with them."""
    cuts = np.concatenate([x, density.quantile(after[:-1])])
    cuts = np.unique(cuts[np.isfinite(cuts)])
    panels = partition(density.breaks, Breaks(tuple(cuts.tolist())))
    order = 16 if len(panels) < FEW else 8
    if density.flat or len(panels) > MANY_CUTS:
        return panels, order
    for _ in range(2 if order == 8 else 1):
        panels, _ = panels.split(np.ones(len(panels), bool))
    return panels, order


def _nodes(x: Array, after: Array, density: Dist) -> tuple[Panels, Array, Array]:
    """The panels, their nodes (n,) and the weight of each (n,)."""
    panels, order = _panels(x, after, density)
    points, log_slope = panels.nodes(order)
    return panels, points.x.ravel(), np.exp(log_slope + np.log(rule(order).weights)).ravel()


def cost(pair: Pair, p: float) -> float:
    """The integral of |x(u) - y(u)|^p du, along the density."""
    x, _, after, density = _parts(pair)
    panels, y, weights = _nodes(x, after, density)
    mass = density.density(y) * weights
    place = np.searchsorted(after, density.cdf(y), side="left")
    far = np.abs(x[np.minimum(place, len(x) - 1)] - y)
    total = float(np.where(mass > 0, mass * far**p, 0.0).sum())
    return total + sum(cost_beyond(density, side, p, panels, 1.0) for side in (-1, 1))


def farthest(pair: Pair) -> float:
    """The largest |x(u) - y(u)|."""
    x, _, after, density = _parts(pair)
    low, high = density.support()[0][0], density.support()[-1][1]
    ends = np.concatenate([[low], density.quantile(after[:-1]), [high]])
    return float(max(np.abs(x - ends[:-1]).max(), np.abs(x - ends[1:]).max()))


def squared_gap(pair: Pair) -> float:
    """The integral of (F - G)^2 where one of them is a staircase."""
    x, _, after, density = _parts(pair)
    panels, y, weights = _nodes(x, after, density)
    f = np.concatenate([[0.0], after])[np.searchsorted(x, y, side="right")]
    gap = np.where(f == 1, density.sf(y), f - density.cdf(y))
    total = float((weights * gap**2).sum())
    for k, side in enumerate((-1, 1)):
        if panels.side[0 if side < 0 else -1]:
            log_x = float(panels.start[0] if side < 0 else panels.stop[-1])
            terms = [(alpha, c / alpha) for alpha, c in density.tail()[k].terms]
            total += squares_beyond(terms, log_x)
    return total


def criterion(pair: Pair) -> float:
    """Half the sum over the outcomes and half the integral over the density, both exact."""
    x, before, after, density = _parts(pair)
    g = density.cdf(x)
    at_atoms = float(((after - before) * (after - g) ** 2).sum())
    ends = np.concatenate([[0.0], g, [1.0]])
    level = np.concatenate([[0.0], after])
    # Between outcomes F is a constant c, and the integral of (c - G)^2 dG a difference of cubes.
    cubes = (ends[1:] - level) ** 3 - (ends[:-1] - level) ** 3
    return 0.5 * (at_atoms + float(cubes.sum()) / 3)
