"""Samples of P one by one, and the mean of log p/q over them, which settles on KL(P||Q)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from divviz.arguments import whole
from divviz.dist import QUIET, Array, Dist, Names, Points, SceneError
from divviz.ground import log_ratio
from divviz.infinity import Reason
from divviz.intervals import Table, table
from divviz.ladders import points_at
from divviz.pair import Pair
from divviz.quadrature import interpolated, rule
from divviz.seeds import Seed, generator

MOST_SAMPLES = 100_000
STEPS = 60  # of a search that halves its bracket where Newton's step would leave it
CHUNK = 4096
LARGEST = 1e300


@dataclass(frozen=True, eq=False)
class Running:
    """Samples x (n,) of P with log p/q of each (n,) in nats, infinite where q = 0.

    For outcomes `place` (n,) says which of pair.x each sample is, for densities it is None.
    """

    x: Array
    log_ratio: Array
    place: NDArray[np.intp] | None = None

    @cached_property
    def _settled(self) -> tuple[Array, Array]:
        return running_mean(self.log_ratio)

    @property
    def mean(self) -> Array:
        """The mean of the first 1, 2, ..., n values (n,), infinite once one of them is."""
        return self._settled[0]

    @property
    def error(self) -> Array:
        """The standard error of each mean (n,), infinite for one value and where the mean is.

        It knows nothing of values too rare to have come yet.
        """
        return self._settled[1]


@QUIET
def running_mean(values: Array) -> tuple[Array, Array]:
    """The means of the first 1, 2, ... of `values` (n,), and their standard errors s/sqrt(k).

    One value tells nothing of the scatter, so its error is infinite; from an infinite value on
    both are. Source: Welford, Technometrics 4 (1962), whose terms cannot cancel.
    """
    mean, error = np.full(len(values), np.inf), np.full(len(values), np.inf)
    infinite = np.isinf(values)
    n = int(np.argmax(infinite)) if infinite.any() else len(values)
    if n > 0:
        count = np.arange(1.0, n + 1)
        mean[:n] = np.cumsum(values[:n]) / count + 0.0
        away = values[1:n] - mean[: n - 1]
        squares = np.cumsum(away * away * (count[:-1] / count[1:]))
        error[1:n] = np.sqrt(squares / count[:-1] / count[1:])
    return mean, error


@QUIET
def running(pair: Pair, n: int, seed: Seed) -> Running:
    """n samples of P, 1 to 10^5, by inverting its CDF, with log p/q of each.

    The same whole number as seed gives the same samples; fewer of them are the first of more. A
    density's power tail is followed to exp(100) times its scale. SceneError for another n or seed,
    and for a pair of outcomes and a density.
    Source: Cover & Thomas, Elements of Information Theory (2006), (2.26) and section 3.1; the
    inversion: Devroye, Non-Uniform Random Variate Generation (1986), section II.2.
    """
    if pair.mixed:
        atoms, density = ("P", "Q") if pair.P.kind == "discrete" else ("Q", "P")
        why = Reason("across", {"atoms": atoms, "density": density}, None)
        raise SceneError("undefined", symbol="KL(P‖Q)", reason=Names(str(why)))
    if pair.discrete:
        place = draw_places(pair.p, n, seed)
        return Running(pair.x[place], _decided(pair, pair.ground.log_ratio[place]), place)
    points = _inverse(pair.P, _uniform(n, seed))
    log_p, log_q = pair.P.log_density(points), pair.Q.log_density(points)
    ratio = log_ratio(pair.P, pair.Q, points, log_p, log_q)
    return Running(points.x, _decided(pair, ratio))


def _decided(pair: Pair, ratio: Array) -> Array:
    """The ratios (n,), infinite only where Q has nothing: one too large for a number is not."""
    if pair.outside_q is None:
        ratio = np.minimum(ratio, LARGEST)
    return ratio + 0.0


def draw_places(masses: Array, n: int, seed: Seed) -> NDArray[np.intp]:
    """n places of outcomes with `masses` (m,), those of mass 0 never; SceneError as in running."""
    some = np.flatnonzero(masses > 0)
    total = np.cumsum(masses[some])
    at = np.searchsorted(total, _uniform(n, seed) * total[-1], side="left")
    return np.asarray(some[np.minimum(at, len(some) - 1)])


def _uniform(n: int, seed: Seed) -> Array:
    """n numbers strictly between 0 and 1, of which also 1 - u is exact."""
    n = whole("n", n, 1, MOST_SAMPLES)
    return np.ldexp(generator(seed).integers(0, 2**52, n) + 0.5, -52)


# --- densities: the quantile as a place with all its digits


def _inverse(p: Dist, u: Array) -> Points:
    """Where P's CDF is u (n,), as offsets from the anchors of its panels.

    A plain number could not say how near to 1 a sample of beta(2, 0.05) is, nor tell those of
    normal(1e9, 1e-9) apart.
    """
    nodes = table((-math.inf, math.inf), p)
    u = u * nodes.up_to[-1]
    k = np.clip(np.searchsorted(nodes.up_to, u, side="left") - 1, 0, len(nodes.panels) - 1)
    s = [
        _solved(nodes, k[part], u[part] - nodes.up_to[k[part]])
        for part in (slice(first, first + CHUNK) for first in range(0, len(u), CHUNK))
    ]
    panels = nodes.panels.take(k)
    middle, half = 0.5 * (panels.stop + panels.start), 0.5 * (panels.stop - panels.start)
    return points_at(panels, middle + half * np.concatenate(s))


def _solved(nodes: Table, k: Any, mass: Array) -> Array:
    """Where in [-1, 1] panel k (m,) has `mass` (m,) on its left, by Newton's steps in a bracket."""
    order = rule(nodes.shares.shape[1])
    shares = nodes.shares[k]
    whole = shares.sum(axis=1)
    need = np.minimum(mass / whole, 1.0)
    shares = shares / whole[:, None]
    curves = np.stack([shares @ order.primitive, shares / order.weights], axis=1)
    low, high, s = np.full(len(k), -1.0), np.ones(len(k)), 2 * need - 1
    for _ in range(STEPS):
        below, slope = np.moveaxis(interpolated(curves, s[:, None])[..., 0], 1, 0)
        low, high = np.where(below < need, s, low), np.where(below < need, high, s)
        step = s + (need - below) / slope
        inside = (step >= low) & (step <= high)
        following = np.where(inside, step, 0.5 * (low + high))
        if (np.abs(following - s) <= 1e-13).all():
            break
        s = following
    return s
