"""The member of a family under which weighted data are most likely."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from divviz import equations
from divviz.dist import QUIET, Array, Family, Points, SceneError
from divviz.summit import searched
from divviz.weighted import Data, deviation, merged, quantiles

Args = tuple[float, ...]


@QUIET
def most_likely(family: Family, x: Array, weights: Array) -> Args:
    """The parameters of `family` that maximise the sum of `weights` (n,) times log density at x.

    x (n,) in any order; weights are 0 or greater, of any sum; counts are weights. By a closed form
    or an equation of one unknown where there is one, else by a search (summit.searched). Where the
    likelihood only rises toward an end of a parameter's range (student_t and nu), it is that end.
    SceneError: fit_outside for data that the family does not reach, fit_spike and fit_end where the
    likelihood grows without bound, fit_none where its top lies beyond the range of a parameter.
    Source: Johnson, Kotz & Balakrishnan, Continuous Univariate Distributions 1 (1994) and 2 (1995),
    Johnson, Kemp & Kotz, Univariate Discrete Distributions (2005), in each family's chapter.
    """
    if not family.params:
        raise SceneError("fit_built", family=family.name)
    data = merged(family, np.asarray(x, float), np.asarray(weights, float))
    if family.kind == "discrete" and not (data.x == np.floor(data.x)).all():
        raise data.refused("fit_outside")
    found = EQUATIONS.get(family.name)
    return _accepted(data, found(data) if found else searched(family, data.x, data.share))


def _accepted(data: Data, args: Args) -> Args:
    """`args`, whole where they must be, once the family takes them and they cover the data."""
    params = data.family.params
    values = tuple(
        float(round(value)) if param.integer else float(value) + 0.0
        for value, param in zip(args, params, strict=True)
    )
    if not all(p.accepts(v) for p, v in zip(params, values, strict=True)):
        raise data.refused("fit_none")
    try:
        data.family.check(*values)
    except SceneError as error:
        raise data.refused("fit_none") from error
    if np.isneginf(data.family.log_density(Points(data.x), *values)).any():
        raise data.refused("fit_outside")
    return values


# closed forms


def _normal(data: Data) -> Args:
    data.differing()
    return deviation(data.x, data)


def _laplace(data: Data) -> Args:
    """The median, half way between two where any value between them is as good."""
    data.differing()
    low = float(quantiles(data.x, data.share, np.array([0.5]))[0])
    high = -float(quantiles(-data.x[::-1], data.share[::-1], np.array([0.5]))[0])
    middle = low + 0.5 * (high - low)
    return middle, data.mean(np.abs(data.x - middle))


def _uniform(data: Data) -> Args:
    data.differing()
    return data.low, data.high


def _exponential(data: Data) -> Args:
    data.within(0.0)
    if data.high == 0:
        raise data.refused("fit_spike")
    return (1 / data.mean(data.x),)


def _root_mean_square(data: Data) -> float:
    if data.high == 0:
        raise data.refused("fit_spike")
    return data.high * math.sqrt(data.mean((data.x / data.high) ** 2))


def _halfnormal(data: Data) -> Args:
    data.within(0.0)
    return (_root_mean_square(data),)


def _rayleigh(data: Data) -> Args:
    data.within(0.0, open_low=True)
    return (_root_mean_square(data) / math.sqrt(2),)


def _lognormal(data: Data) -> Args:
    data.within(0.0, open_low=True)
    data.differing()
    return deviation(np.log(data.x), data)


def _pareto(data: Data) -> Args:
    data.within(0.0, open_low=True)
    data.differing()
    return 1 / data.mean(np.log1p((data.x - data.low) / data.low)), data.low


def _bernoulli(data: Data) -> Args:
    data.within(0.0, 1.0)
    return (data.mean(data.x),)


def _poisson(data: Data) -> Args:
    data.within(0.0)
    return (data.mean(data.x),)


def _geometric(data: Data) -> Args:
    data.within(1.0)
    return (1 / data.mean(data.x),)


def _discrete_uniform(data: Data) -> Args:
    return data.low, data.high


def _one_hot(data: Data) -> Args:
    """The outcome, and the least number of places that has room for all that were given."""
    data.within(0.0)
    if len(data.x) > 1:
        raise data.refused("fit_outside")
    return data.low, max(data.reach + 1, data.family.params[1].minimum)


EQUATIONS: dict[str, Callable[[Data], Args]] = {
    "bernoulli": _bernoulli,
    "beta": equations.beta_likeliest,
    "binomial": equations.binomial_likeliest,
    "chi2": equations.chi2_likeliest,
    "discrete_uniform": _discrete_uniform,
    "exponential": _exponential,
    "gamma": equations.gamma_likeliest,
    "geometric": _geometric,
    "gumbel": equations.gumbel_likeliest,
    "halfnormal": _halfnormal,
    "laplace": _laplace,
    "logistic": equations.logistic_likeliest,
    "lognormal": _lognormal,
    "negative_binomial": equations.negative_binomial_likeliest,
    "normal": _normal,
    "one_hot": _one_hot,
    "pareto": _pareto,
    "poisson": _poisson,
    "rayleigh": _rayleigh,
    "triangular": equations.triangular_likeliest,
    "uniform": _uniform,
    "vonmises": equations.vonmises_likeliest,
    "weibull": equations.weibull_likeliest,
    "zipf": equations.zipf_likeliest,
}
