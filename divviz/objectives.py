"""What a fit may minimise, its values, and its slopes in the coordinates of a family."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from divviz import carried
from divviz.coordinates import Chart as Chart
from divviz.dist import QUIET, Dist, Names, Points, SceneError
from divviz.ground import Ground
from divviz.levels import w2
from divviz.measures import value
from divviz.pair import Pair
from divviz.powers import places
from divviz.shapes import centre_width
from divviz.transport import infinite_wasserstein

Array = NDArray[np.float64]

# Derivatives by five points, this far apart in units of each coordinate. An objective is smooth,
# and its last digits are noise; a log density is exact, and may have a kink between two nodes.
STEP = 1e-3
FINE = 3e-5
MIDDLES = 64  # levels of quantiles for a metric, which may be rough


# --- the objectives ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Objective:
    """A number of P and Q that is least when Q is closest to P.

    `value(pair)` is in nats, or in units of x for a `distance`, whose square is smooth at its
    bottom. `pull(ground)` is q times the derivative of the integrand by q, up to a multiple of q,
    where the objective is an integral of p and q. `curvature` is the second derivative at P = Q
    in units of the metric (see Slope), of a distance that of half its square, so that one natural
    step goes about all the way.
    """

    key: str
    symbol: str
    value: Callable[[Pair], float]
    curvature: float
    pull: Callable[[Ground], Array] | None = None
    distance: bool = False


def _cover(g: Ground) -> Array:
    return -g.p


def _seek(g: Ground) -> Array:
    return np.where(g.q > 0, -g.q * g.log_ratio, 0.0)


def _middle(g: Ground) -> Array:
    # log m/q less log 1/2: nothing where P has nothing, so that disjoint P and Q do not pull at all
    return np.where(g.q > 0, -0.5 * g.q * np.logaddexp(0.0, g.log_ratio), 0.0)


def _square(g: Ground) -> Array:
    return np.where(g.p > 0, -np.exp(np.log(g.p) + g.log_ratio), 0.0)


def _of(key: str, **parameters: float) -> Callable[[Pair], float]:
    """The measure of that key, infinite where it is undefined."""

    def number(pair: Pair) -> float:
        found = value(pair, key, "nats", **parameters)
        return math.inf if found is None else found

    return number


def _w2(pair: Pair) -> float:
    """W2 with what it needs of P kept between calls, where that has all its digits."""
    if carried.suits(pair.P, pair.Q):
        return carried.w2(pair.P, pair.Q)
    if pair.discrete or infinite_wasserstein(pair, 2.0) is not None:
        return _of("wasserstein", p=2.0)(pair)
    quick = w2(pair.P, pair.Q)
    return _of("wasserstein", p=2.0)(pair) if quick is None else quick


def _surprise(pair: Pair) -> float:
    """The mean of -log q over the outcomes of P, in nats; Q may have a density."""
    x, logs = pair.P.atoms()
    return float(np.exp(logs) @ -pair.Q.log_density(x)) + 0.0


OBJECTIVES: dict[str, Objective] = {
    o.key: o
    for o in (
        Objective("kl_pq", "KL(P‖Q)", _of("kl_pq"), 1.0, _cover),
        Objective("kl_qp", "KL(Q‖P)", _of("kl_qp"), 1.0, _seek),
        Objective("js", "JS(P,Q)", _of("js"), 0.25, _middle),
        Objective("chi2", "χ²(P‖Q)", _of("chi2_pearson"), 2.0, _square),
        Objective("w1", "W₁(P,Q)", _of("w1"), 1.0, distance=True),
        Objective("w2", "W₂(P,Q)", _w2, 1.0, distance=True),
    )
}
# Of data there is no density and no entropy: what is left of KL(P‖Q) is the cross-entropy, the
# mean of -log q, whose least is the maximum likelihood.
LIKELIHOOD = Objective("cross_entropy_pq", "H(P,Q)", _surprise, 1.0, _cover)


def known_objective(key: str) -> Objective:
    """The objective of that key; SceneError if there is none."""
    if key not in OBJECTIVES:
        raise SceneError("objective", objective=key, known=Names(", ".join(OBJECTIVES)))
    return OBJECTIVES[key]


def refusal(objective: Objective, pair: Pair) -> SceneError:
    """Why the objective is infinite for this pair, and what to choose instead."""
    family = pair.Q.name
    if objective.distance:
        return SceneError("fit_far", objective=objective.symbol)
    if objective is LIKELIHOOD:
        return SceneError("fit_outside", family=family)
    if objective.key == "kl_qp":
        code = "fit_beyond" if pair.outside_p is not None else "fit_light"
    else:
        code = "fit_outside" if pair.outside_q is not None else "fit_tail"
    return SceneError(code, family=family)


# --- values and slopes -------------------------------------------------------------------------


def cost(objective: Objective, p: Dist, member: Dist | None) -> float:
    """The objective; infinite also where there is no member."""
    return math.inf if member is None else objective.value(Pair(p, member))


@dataclass(frozen=True)
class Slope:
    """The gradient (k,) of the objective, and the metric (k, k) in which a step has its length.

    That is the Fisher information; for a distance the mean square of how far quantiles go, in
    units of x squared.
    """

    gradient: Array
    metric: Array


@QUIET
def slope_of(
    objective: Objective, p: Dist, member: Dist, chart: Chart, pair: Pair | None = None
) -> Slope:
    """The slope of the objective at a member in the coordinates of `chart`.

    `pair`, if it is at hand, is that of P and the member, with what it has computed already.
    Of a divergence by the integral of pull times score (the derivative of log q), of a distance
    of outcomes by its dual; else, and where an end of the support moves, by differences.
    Source: the Fisher information as metric, Amari, Neural Computation 10 (1998), (2.2), (3.4);
    that of quantiles, Li & Montufar, Information Geometry 1 (2018), proposition 3.
    """
    at, units = chart.at(member), chart.units(member)
    stencil = _stencil(chart, at, FINE * units)
    # a density has no ground in common with data, and its own will do for the metric
    if pair is None or pair.mixed:
        pair = Pair(p if p.kind == member.kind else member, member)
    scores = _scores(_places(pair), stencil, FINE * units)
    moves = _moves(member, stencil)
    # an end that moves has no score, and scores may depend on each other
    metric = (scores * pair.ground.q) @ scores.T + np.diag((1e-2 if moves else 1e-9) / units**2)
    if objective.distance:
        metric = _metric_of_ways(chart, member, metric)
    return Slope(_gradient(objective, p, member, chart, pair, scores, stencil), metric)


def _metric_of_ways(chart: Chart, member: Dist, fisher: Array) -> Array:
    """The mean square of the derivatives of the quantiles; of outcomes, whose quantiles jump, the
    Fisher information times the variance, which for a location is the same."""
    units, width = chart.units(member), centre_width(member)[1] or 1.0
    if member.kind == "discrete":
        return fisher * width**2
    levels = (np.arange(MIDDLES) + 0.5) / MIDDLES
    ways = drifts(lambda one: one.quantile(levels), member, chart)
    result: Array = ways @ ways.T / MIDDLES + np.diag(1e-9 * width**2 / units**2)
    return result


def _gradient(
    objective: Objective,
    p: Dist,
    member: Dist,
    chart: Chart,
    pair: Pair,
    scores: Array,
    stencil: Stencil,
) -> Array:
    if objective is LIKELIHOOD:
        x, logs = p.atoms()
        return -_scores(Points(x), stencil, FINE * chart.units(member)) @ np.exp(logs)
    if objective.distance and p.kind == "discrete" == member.kind:
        return np.asarray(scores @ _lift(objective, pair))
    moves = not covers_only(objective) and _moves(member, stencil)
    if objective.pull is None or moves or pair.beyond("P") or pair.beyond("Q"):
        return _differences(objective, p, member, chart)
    if objective.pull is _square and not pair.discrete:
        # p^2/q may have its mass far out, where P and Q have none
        at = places(pair, 2.0, -1.0)
        far = _scores(Points(at.x), stencil, FINE * chart.units(member))
        return np.asarray(far @ -np.exp(at.power(2.0, -1.0)))
    return np.asarray(scores @ objective.pull(pair.ground))


def scores(places: Points, member: Dist, chart: Chart) -> Array:
    """The derivatives (k, n) of log q by each coordinate at n places, 0 where undefined."""
    steps = FINE * chart.units(member)
    return _scores(places, _stencil(chart, chart.at(member), steps), steps)


def drifts(landing: Callable[[Dist], Array], member: Dist, chart: Chart) -> Array:
    """The derivatives (k, n) by each coordinate of places (n,) that depend on the member."""
    steps, still = STEP * chart.units(member), landing(member)
    return np.array(
        [
            _central([still if one is None else landing(one) for one in row], float(step))
            for row, step in zip(_stencil(chart, chart.at(member), steps), steps, strict=True)
        ]
    )


def covers_only(objective: Objective) -> bool:
    """Whether it is finite only where Q covers P, and so does not feel how Q's ends move."""
    return objective.pull in (_cover, _square)


def ends_move(member: Dist, chart: Chart) -> bool:
    """Whether the support depends on the parameters."""
    return _moves(member, _stencil(chart, chart.at(member), FINE * chart.units(member)))


Stencil = list[list[Dist | None]]


def _stencil(chart: Chart, at: Array, steps: Array) -> Stencil:
    """The members at -2, -1, 1 and 2 steps from `at` along each coordinate."""
    return [[chart.member(at + k * step) for k in (-2, -1, 1, 2)] for step in np.diag(steps)]


def _moves(member: Dist, stencil: Stencil) -> bool:
    """Whether the support depends on the parameters."""
    support = member.support()
    return any(one is None or one.support() != support for row in stencil for one in row)


def _central(values: list[Array], step: float) -> Array:
    result: Array = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step)
    return result


def _places(pair: Pair) -> Points:
    """The outcomes, or the nodes of the pair's integrals."""
    return Points(pair.x) if pair.discrete else pair.mesh.panels.nodes(pair.mesh.order)[0]


def _scores(places: Points, stencil: Stencil, steps: Array) -> Array:
    """The derivatives (k, n) of log q by each coordinate at n places, 0 where undefined."""
    outside = np.full(places.x.shape, -np.inf)
    rows = [
        _central([outside if one is None else one.log_density(places) for one in row], step).ravel()
        for row, step in zip(stencil, steps, strict=True)
    ]
    scores = np.array(rows).reshape(len(rows), -1)
    return np.where(np.isfinite(scores), scores, 0.0)


def _lift(objective: Objective, pair: Pair) -> Array:
    """What the distance gains by each outcome per share of Q (n,), so that sum lift dq = dW.

    These are the dual potentials of the transport, times q.
    Source: Santambrogio, Optimal Transport for Applied Mathematicians (2015), section 7.2.2.
    """
    g = pair.ground
    if len(g.x) < 2:
        return np.zeros(len(g.x))
    below = np.cumsum(g.q)[:-1]
    if objective.key == "w1":
        gain = -np.sign(pair.gap.values[:-1]) * np.diff(g.x)
    else:
        # mass that passes from one outcome to the next meets the outcome of P of its quantile
        share = np.cumsum(g.p)
        meets = g.x[np.minimum(np.searchsorted(share, below), len(g.x) - 1)]
        gain = (meets - g.x[:-1]) ** 2 - (meets - g.x[1:]) ** 2
        gain = gain / (2 * max(objective.value(pair), 1e-300))
    # the gain of moving an outcome's mass below every later threshold
    potential = np.append(np.cumsum(gain[::-1])[::-1], 0.0)
    return g.q * potential


def _differences(objective: Objective, p: Dist, member: Dist, chart: Chart) -> Array:
    """The gradient by differences; of a distance through its square, which has no kink at 0."""
    power = 2 if objective.distance else 1
    at, steps = chart.at(member), STEP * chart.units(member)
    gradient = np.zeros(len(steps))
    for j, row in enumerate(_stencil(chart, at, steps)):
        values = [np.asarray(cost(objective, p, one)) ** power for one in row]
        slope = float(_central(values, float(steps[j])))
        beside = 1e-4 * np.eye(len(steps))[j] * steps
        gradient[j] = slope if math.isfinite(slope) else _one_sided(objective, p, chart, at, beside)
    here = cost(objective, p, member) if objective.distance else 0.5
    return gradient / (2 * here) if here > 0 else np.zeros(len(steps))


def _one_sided(objective: Objective, p: Dist, chart: Chart, at: Array, step: Array) -> float:
    """The derivative beside a wall, from the side on which the objective is finite."""
    power = 2 if objective.distance else 1
    places = (at - step, at, at + step)
    before, here, after = (cost(objective, p, chart.member(one)) ** power for one in places)
    size = float(step.sum())
    slopes = ((here - before) / size, (after - here) / size)
    finite = [slope for slope in slopes if math.isfinite(slope)]
    return sum(finite) / len(finite) if finite else 0.0
