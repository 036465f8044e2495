"""W2 from a mixture to many densities in turn, along the places of the mixture itself.

The quantiles of a mixture are found by bisection, which takes half a second for all the levels of
one; its CDF is at hand. So the mass is followed from where it lies, x to G^-1(F(x)).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from divviz import families
from divviz.dist import QUIET, Array, Dist
from divviz.pair import Pair
from divviz.quadrature import Panels, rule

ORDER = 16
FINE = 1e-12  # of the standard deviation: what a map may still bend within a panel, times its mass
ROUNDS = 30
LEAST = 2.0**-50  # 1 - level keeps no digits of a smaller share of the right
SLOW = ("power", "log_square")  # tails too heavy for places that end


@dataclass(frozen=True)
class Load:
    """The mass of P at places x (n,), and the share of P from the nearer end of the line to x.

    The first `left` places have the smaller share on their left.
    """

    x: Array
    mass: Array
    share: Array
    left: int


def suits(p: Dist, q: Dist) -> bool:
    """Whether P is a mixture over the whole line, Q a density without bends, all tails light."""
    if p.name != "mixture" or p.kind != "continuous" or q.kind != "continuous":
        return False
    whole = p.support() == ((-math.inf, math.inf),) and not p.ends() and not q.breaks.hard
    return whole and all(t.kind not in SLOW for d in (p, q) for t in d.tail())


@QUIET
def w2(p: Dist, q: Dist) -> float:
    """W2 of a pair that `suits`, in units of x: the root of the mean of (G^-1(F(x)) - x)^2 under P.

    Source: Villani, Topics in Optimal Transportation (2003), (2.47).
    """
    load = kept(p)
    way = load.x - _landing(q, load)
    return math.sqrt(float(load.mass @ way**2))


def _landing(q: Dist, load: Load) -> Array:
    """Where the mass at each place (n,) goes: to the quantile of Q of the same share."""
    left, right = load.share[: load.left], load.share[load.left :]
    if q.family.isf is None:
        right = np.maximum(right, LEAST)
    return np.concatenate([q.quantile(left), q.isf(right)])


@lru_cache(maxsize=16)
@QUIET
def kept(p: Dist) -> Load:
    """The places of P, close enough for its map to a normal: to others it bends no more."""
    panels = Pair(p, p).mesh.panels
    for _ in range(ROUNDS):
        load = _loaded(p, panels)
        bent = _bent(p, load)
        if not bent.any():
            break
        panels, _ = panels.split(bent)
    return load


def _loaded(p: Dist, panels: Panels) -> Load:
    points, log_slope = panels.nodes(ORDER)
    weights = np.exp(log_slope + np.log(rule(ORDER).weights))
    x, mass = points.x.ravel(), (p.density(points) * weights).ravel()
    below, above = p.cdf(x), p.sf(x)
    left = int(np.count_nonzero(below <= above))
    share = np.concatenate([below[:left], above[left:]])
    some = (mass > 0) & (share > 0)  # what underflows goes nowhere
    return Load(x, np.where(some, mass, 0.0), np.where(some, share, 0.5), left)


def _bent(p: Dist, load: Load) -> Array:
    """The panels (k,) whose map to the standard normal, times the mass, is not yet resolved."""
    rows = np.array([load.mass * way for way in _ways(p, load, families.make("normal", 0, 1))])
    ends = np.abs(rows.reshape(len(rows), -1, ORDER) @ rule(ORDER).tail).max(axis=(0, 2))
    return ends > FINE


def _ways(p: Dist, load: Load, normal: Dist) -> tuple[Array, Array, Array]:
    """The squares and the product of the place and of where it goes, in standard deviations."""
    mean, sd = p.mean(), p.sd()
    z, t = (load.x - (mean or 0.0)) / (sd or 1.0), _landing(normal, load)
    return z * z, z * t, t * t
