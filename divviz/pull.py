"""How strongly P pulls at a member of a family, place by place: the integrand of the gradient."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from divviz.dist import QUIET, Array, Dist, SceneError, as_points
from divviz.fit import fitting
from divviz.objectives import (
    Chart,
    Objective,
    covers_only,
    drifts,
    ends_move,
    refusal,
    scores,
    slope_of,
)
from divviz.pair import Pair

PLACES = 512
STILL = 1e-12  # of Q's width: a shorter distance is rounding, and has no direction


@dataclass(frozen=True)
class Pull:
    """What each place x (n,) adds to the downhill slope of an objective, by coordinate.

    `share` (k, n) is per unit of x; its integral over the line is `total` (k,), minus the
    gradient. `coordinates` name what moves: "mu", "log sigma".
    """

    objective: str
    coordinates: tuple[str, ...]
    x: Array
    share: Array
    total: tuple[float, ...]


@QUIET
def pull(p: Dist, member: Dist, objective: str = "kl_pq", x: Any = None) -> Pull:
    """The pull of P at a member of a family of densities, at places x (n,) or over the window.

    Of KL(P||Q) it is p times the score, the derivative of log q; of KL(Q||P) it is q log p/q times
    the score, of JS half of q log(1 + p/q) times it: a multiple of q in place of the logarithm
    would change the picture and not the integral, as the mean score is 0. Of W1 and W2 the mass of
    P at x pulls along its way to Q. SceneError as `closest` has it, for outcomes, where the
    objective is infinite, and for an end of Q's support that moves, which no density shows.
    Source: the derivative under the integral, Amari, Neural Computation 10 (1998); of a distance,
    Santambrogio, Optimal Transport for Applied Mathematicians (2015), section 7.2.2.
    """
    p, family, goal = fitting(p, member.name, objective)
    if p.kind == "discrete" or member.kind == "discrete":
        raise SceneError("pull_outcomes")
    pair, chart = Pair(p, member), Chart(member)
    value = goal.value(pair)
    if not math.isfinite(value):
        raise refusal(goal, pair)
    if not goal.distance and not covers_only(goal) and ends_move(member, chart):
        raise SceneError("pull_ends", family=family.name, objective=goal.symbol)
    places = _window(p, member) if x is None else np.asarray(x, float)
    if goal.distance and value <= STILL * float(chart.units(member).max()):
        share, total = np.zeros((len(chart.names), len(places))), np.zeros(len(chart.names))
    else:
        share = (_along if goal.distance else _beside)(goal, pair, chart, value, places)
        total = -slope_of(goal, p, member, chart, pair).gradient
    return Pull(goal.key, chart.names, places, share + 0.0, tuple((total + 0.0).tolist()))


def _window(p: Dist, member: Dist) -> Array:
    ends = [end for dist in (p, member) for end in dist.window()]
    return np.linspace(min(ends), max(ends), PLACES)


def _beside(goal: Objective, pair: Pair, chart: Chart, _: float, x: Array) -> Array:
    """Of an integral of p and q: its derivative by q, times how q changes."""
    assert goal.pull is not None
    return np.asarray(-goal.pull(pair.on(x)) * scores(as_points(x), pair.Q, chart))


def _along(goal: Objective, pair: Pair, chart: Chart, value: float, x: Array) -> Array:
    """Of a distance: the way of the mass at x, times how its end moves."""
    p, q = pair.P, pair.Q
    mass, goes = p.density(x), partial(_landing, p.cdf(x), p.sf(x))
    way = goes(q) - x
    force = np.sign(way) if goal.key == "w1" else way / value
    share = -mass * force * drifts(goes, q, chart)
    return np.where((mass > 0) & np.isfinite(share), share, 0.0)


def _landing(below: Array, above: Array, q: Dist) -> Array:
    """The quantile of Q of the same share, counted from the nearer end."""
    left = below <= above
    return np.where(left, q.quantile(np.where(left, below, 0.5)), q.isf(np.where(left, 0.5, above)))
