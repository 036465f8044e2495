"""The closest member of a family: the one that minimises a divergence from a distribution."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz import families
from divviz.dist import Dist, Family, Points, SceneError
from divviz.families import FAMILIES
from divviz.likelihood import most_likely
from divviz.objectives import LIKELIHOOD, Objective, known_objective, refusal
from divviz.pair import Pair
from divviz.search import searched
from divviz.shapes import BUILT, known, like, unnamed

Array = NDArray[np.float64]
Args = tuple[float, ...]


# --- in closed form: maximum likelihood --------------------------------------------------------


class _Sample(NamedTuple):
    """Places and the mass at each, same shape, so that E[f] is a plain sum over them."""

    places: Points
    mass: Array

    def mean(self, values: Array) -> float:
        """The expectation of ``values``; where no mass is, infinities do not count."""
        with np.errstate(all="ignore"):
            return float(np.where(self.mass > 0, self.mass * values, 0.0).sum())


def _sample(dist: Dist, member: Dist) -> _Sample:
    """``dist`` at places that suit functions with the kinks of ``member`` as well."""
    if dist.kind == "discrete":
        x, log_mass = dist.atoms()
        return _Sample(Points(x), np.exp(log_mass))
    pair = Pair(dist, member)
    places, _ = pair.mesh.panels.nodes(pair.mesh.order)
    return _Sample(places, pair.ground.p.reshape(places.x.shape))


def _mean_of(dist: Dist, family: Family) -> float:
    return _finite(dist.mean(), family)


def _finite(moment: float | None, family: Family) -> float:
    if moment is None or not math.isfinite(moment):
        raise SceneError("fit_tail", family=family.name)
    return moment


def _hull(dist: Dist, family: Family) -> tuple[float, float]:
    """The ends of the support."""
    if dist.kind == "discrete":
        x, log_mass = dist.atoms()
        x = x[np.isfinite(log_mass)]
        return float(x[0]), float(x[-1])
    support = dist.support()
    low, high = support[0][0], support[-1][1]
    if not (math.isfinite(low) and math.isfinite(high)):
        raise SceneError("fit_outside", family=family.name)
    return low, high


def _normal(dist: Dist, family: Family) -> Args:
    return _mean_of(dist, family), _finite(dist.sd(), family)


def _laplace(dist: Dist, family: Family) -> Args:
    _mean_of(dist, family)
    median = float(dist.quantile(0.5))
    sample = _sample(dist, families.make("laplace", median, 1.0))
    return median, sample.mean(np.abs(sample.places.minus(median)))


def _uniform(dist: Dist, family: Family) -> Args:
    return _hull(dist, family)


def _exponential(dist: Dist, family: Family) -> Args:
    return (_inverse(_mean_of(dist, family), family),)


def _gamma(dist: Dist, family: Family) -> Args:
    """log k - digamma(k) = log E x - E log x: Minka, Estimating a Gamma distribution (2002)."""
    from scipy.optimize import brentq
    from scipy.special import digamma

    mean = _mean_of(dist, family)
    if dist.support()[0][0] < 0:
        raise SceneError("fit_outside", family=family.name)
    # beside itself a flat density would be seen at one place a cell
    sample = _sample(dist, like(dist, family.name))
    gap = math.log(mean) - sample.mean(sample.places.log_minus(0.0))
    low, high = family.params[0].minimum or 1e-6, min(family.params[0].maximum, 1e9)
    if not _slope_of_gamma(low, gap) > 0 > _slope_of_gamma(high, gap):
        raise SceneError("fit_none", family=family.name)
    shape = float(brentq(lambda k: math.log(k) - digamma(k) - gap, low, high, xtol=1e-14))
    return shape, shape / mean


def _slope_of_gamma(shape: float, gap: float) -> float:
    from scipy.special import digamma

    return math.log(shape) - float(digamma(shape)) - gap


def _mean(dist: Dist, family: Family) -> Args:
    return (_mean_of(dist, family),)


def _geometric(dist: Dist, family: Family) -> Args:
    return (_inverse(_mean_of(dist, family), family),)


def _inverse(mean: float, family: Family) -> float:
    if mean <= 0:
        raise SceneError("fit_outside", family=family.name)
    return 1 / mean


def _binomial(dist: Dist, family: Family) -> Args:
    """The best n of a search, with the p of its mean: the likelihood has no closed form in n."""
    mean = _mean_of(dist, family)
    first, last = _hull(dist, family)
    low, most = max(1, math.ceil(last)), int(family.params[0].maximum)
    if first < 0 or low > most:
        raise SceneError("fit_outside", family=family.name)
    high = min(max(2 * low, int(family.params[0].high)), most)
    x, log_mass = dist.atoms()
    mass = np.exp(log_mass)
    x, mass = x[mass > 0], mass[mass > 0]
    while True:
        # 33 at a time, around the best so far: all at once would take a gigabyte at n = 10,000
        n = np.unique(np.rint(np.linspace(low, high, 33)))
        best = int(
            np.argmax([_binomial_likelihood(x, mass, one, min(mean / one, 1.0)) for one in n])
        )
        if high - low <= 32:
            return float(n[best]), min(mean / float(n[best]), 1.0)
        low, high = int(n[max(best - 1, 0)]), int(n[min(best + 1, len(n) - 1)])


def _binomial_likelihood(x: Array, mass: Array, n: float, p: float) -> float:
    from scipy.special import gammaln, xlog1py, xlogy

    choose = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return float((mass * (choose + xlogy(x, p) + xlog1py(n - x, -p))).sum())


def _one_hot(dist: Dist, family: Family) -> Args:
    first, last = _hull(dist, family)
    if first != last:
        raise SceneError("fit_outside", family=family.name)
    return first, max(float(dist.atoms()[0][-1]) + 1, family.params[1].minimum)


CLOSED: dict[str, Callable[[Dist, Family], Args]] = {
    "normal": _normal,
    "laplace": _laplace,
    "uniform": _uniform,
    "exponential": _exponential,
    "gamma": _gamma,
    "bernoulli": _mean,
    "poisson": _mean,
    "geometric": _geometric,
    "binomial": _binomial,
    "discrete_uniform": _uniform,
    "one_hot": _one_hot,
}


# Of these the least chi^2 is the least KL as well: the smallest that covers P.
FLAT = ("uniform", "discrete_uniform", "one_hot")


# --- the closest member ------------------------------------------------------------------------


def closest(p: Dist, name: str, objective: str = "kl_pq") -> Dist:
    """The member Q of family ``name`` that minimises an objective of P and Q.

    ``objective`` is a key of OBJECTIVES. KL(P||Q), the usual one, is maximum likelihood. Among
    several minima it is the lowest that searches from each hill of P find. Raises SceneError if
    the family or the objective is unknown, the family is of the other kind, or no member has a
    finite objective: mass outside a support, or tails too heavy.
    Source: Cover & Thomas, Elements of Information Theory, 2nd ed., sec. 11.1 and 2.3.
    """
    p, family, goal = fitting(p, name, objective)
    if goal is LIKELIHOOD:
        values, logs = p.atoms()
        return families.make(name, *most_likely(family, values, np.exp(logs)))
    covering = objective == "kl_pq" or (objective == "chi2" and name in FLAT)
    if not (covering and name in CLOSED):
        return searched(p, family, goal)
    member = _in_closed_form(p, family)
    pair = Pair(p, member)
    if pair.outside_q is not None or pair.heavy_q is not None:
        raise refusal(goal, pair)
    return member


def fitting(p: Dist, name: str, objective: str) -> tuple[Dist, Family, Objective]:
    """``p`` without names of outcomes, the family and the objective, if they fit together.

    Data may also be fitted by a density: by likelihood, or by a distance, which needs no density
    of P. SceneError as `closest` has it.
    """
    goal, family = known_objective(objective), known(name)
    if name in BUILT:
        raise SceneError("fit_built", family=name)
    if family.kind == p.kind:
        return unnamed(p), family, goal
    if p.name == "samples" and objective == "kl_pq":
        return p, family, LIKELIHOOD
    if not (p.name == "samples" and goal.distance):
        raise SceneError("fit_kind", family=name, kind=p.kind)
    return p, family, goal


def _in_closed_form(p: Dist, family: Family) -> Dist:
    try:
        return families.make(family.name, *_whole(CLOSED[family.name](p, family), family))
    except SceneError as error:
        if error.code.startswith("fit_"):
            raise
        # the closed forms of outcomes leave the legal range only where the support does not fit
        code = "fit_outside" if family.kind == "discrete" else "fit_none"
        raise SceneError(code, family=family.name) from error


def _whole(args: Sequence[float], family: Family) -> Args:
    return tuple(
        round(value) if param.integer else float(value)
        for value, param in zip(args, family.params, strict=True)
    )


FITTED: tuple[str, ...] = tuple(name for name in FAMILIES if name not in BUILT)
