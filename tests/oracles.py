"""Pairs and their truths, from quadrature and from exact rationals.

They stand in oracles.json, written by record_oracles.py.
"""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
from quadrature import DIGITS, INF, INFORMATION, add, exact_of, integrate_all

from divviz.families import Dist, make, mixture, pmf

FILE = Path(__file__).with_name("oracles.json")


def close(value: float, truth: Any, tolerance: float = 1e-9) -> None:
    if truth == INF:
        assert value == INF, value
    else:
        assert abs(value - truth) <= tolerance * abs(truth) + 1e-300, (value, mp.nstr(truth, 20))


@mp.workdps(DIGITS)
def recorded(group: str, name: str) -> dict[str, Any]:
    """The truths of one pair as they were written, to 25 digits."""
    return {key: mp.mpf(text) for key, text in json.loads(FILE.read_text())[group][name].items()}


N01 = make("normal", 0, 1)
SMOOTH = {
    "shifted": (N01, make("normal", 2, 1)),
    "50 sigma apart": (N01, make("normal", 50, 1)),
    "1e-3 against 1e3": (make("normal", 0, 1e-3), make("normal", 0, 1e3)),
    "narrow inside wide, off centre": (make("normal", 30, 0.01), make("normal", 0, 20)),
    "nearly the same": (N01, make("normal", 1e-10, 1)),
    "nearly the same width": (N01, make("normal", 0, 1 + 1e-9)),
    "far from 0": (make("normal", 1e6, 1e-3), make("normal", 1e6, 2e-3)),
    "laplace against normal": (make("laplace", 0, 1), N01),
    "laplace against laplace": (make("laplace", -1, 0.5), make("laplace", 2, 3)),
    "cauchy against cauchy": (make("cauchy", 0, 1), make("cauchy", 3, 1)),
    "cauchy against wider cauchy": (make("cauchy", 0, 1), make("cauchy", 3, 20)),
    "cauchy far away": (make("cauchy", 0, 0.01), make("cauchy", 1000, 1)),
    "student 1.5 against normal": (make("student_t", 1.5, 0, 1), N01),
    "student 5 against normal": (make("student_t", 5, 1, 0.5), N01),
    "student 2.5 against normal": (make("student_t", 2.5, 0, 1), N01),
    "student 0.5 against cauchy": (make("student_t", 0.5, 0, 1), make("cauchy", 0, 1)),
    "student 30 against 1": (make("student_t", 30, 0, 1), make("student_t", 1, 0, 1)),
    "student against laplace": (make("student_t", 3, 0, 1), make("laplace", 1, 1)),
    "student nearly the same": (make("student_t", 3, 0, 1), make("student_t", 3, 1e-9, 1)),
    "exponential against exponential": (make("exponential", 1), make("exponential", 5)),
    "exponential against gamma": (make("exponential", 1), make("gamma", 3, 1)),
    "gamma 0.1 against 0.5": (make("gamma", 0.1, 1), make("gamma", 0.5, 2)),
    "gamma 0.05 against exponential": (make("gamma", 0.05, 1), make("exponential", 1)),
    "gamma 0.5 against 4": (make("gamma", 0.5, 0.1), make("gamma", 4, 2)),
    "gamma 100 against 80": (make("gamma", 100, 10), make("gamma", 80, 10)),
    "gamma 3 against wide normal": (make("gamma", 3, 1), make("normal", 3, 5)),
    "gamma 0.5 against normal": (make("gamma", 0.5, 1), make("normal", 0, 1)),
    "gamma near 0 under exponential": (make("gamma", 0.5, 1e3), make("exponential", 1e-3)),
    "uniform against normal": (make("uniform", -1, 2), N01),
    "uniform against exponential": (make("uniform", 0, 2), make("exponential", 1)),
    "uniform against gamma": (make("uniform", 0, 2), make("gamma", 2.5, 1)),
    "uniform against cauchy": (make("uniform", 0, 2), make("cauchy", 0, 0.1)),
    "overlapping uniforms": (make("uniform", 0, 2), make("uniform", 1, 3)),
    "two modes against one": (
        mixture([0.3, 0.7], [make("normal", -2, 1), make("normal", 2, 0.5)]),
        make("normal", 0, 2),
    ),
    "a weight of 1e-12": (
        mixture([1, 1e-12], [N01, make("normal", 30, 0.1)]),
        make("normal", 0, 1),
    ),
    "a heavy part of 1e-12": (
        mixture([1, 1e-12], [N01, make("cauchy", 0, 1)]),
        make("laplace", 0, 1),
    ),
    "normal and cauchy mixed": (
        mixture([0.9, 0.1], [N01, make("cauchy", 2, 1)]),
        make("student_t", 2, 0, 1),
    ),
}


def integrals(name: str) -> dict[str, Any]:
    return integrate_all(*map(exact_of, SMOOTH[name]))


def outcomes_of(dist: Dist) -> Any:
    """The outcomes that move 30 digits."""
    if dist.name == "pmf":
        return dist.args[1].array.tolist() if dist.args[1] is not None else range(len(dist.weights))
    a, b = (int(v) for v in (*dist.args, 0)[:2])
    if dist.name == "geometric":
        return range(1, math.ceil(75 / -math.log1p(-dist.args[0])))
    if dist.name == "poisson":
        reach = 20 * math.sqrt(dist.args[0]) + 60
        return range(max(0, int(a - reach)), int(a + reach))
    return {"binomial": range(a + 1), "discrete_uniform": range(a, b + 1)}.get(dist.name, range(2))


def exact_pmf(dist: Dist, places: Any) -> dict[Any, Any]:
    """Outcome -> probability as a Fraction or an mpf."""
    args = [Fraction(a) for a in dist.args] if dist.family.params else []
    if dist.name == "pmf":
        weights = [Fraction(w) for w in dist.weights.tolist()]
        total: dict[Any, Any] = {}
        for x, w in zip(outcomes_of(dist), weights, strict=True):
            total[x] = total.get(x, 0) + w / sum(weights)
        return total
    if dist.name == "binomial":
        n, p = int(args[0]), args[1]
        return {k: math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)}
    if dist.name == "geometric":
        p = as_mpf(args[0])
        return {k: p * (1 - p) ** (k - 1) for k in places if k >= 1}
    if dist.name == "poisson":
        rate = as_mpf(args[0])
        return {k: mp.exp(k * mp.log(rate) - rate - mp.loggamma(k + 1)) for k in places if k >= 0}
    if dist.name == "discrete_uniform":
        a, b = map(int, args)
        return {k: Fraction(1, b - a + 1) for k in range(a, b + 1)}
    return {0: 1 - args[0], 1: args[0]}


def as_mpf(value: Any) -> Any:
    if isinstance(value, Fraction):
        return mp.mpf(value.numerator) / mp.mpf(value.denominator)
    return mp.mpf(value)


def exact_measures(p: Dist, q: Dist) -> dict[str, Any]:
    places = sorted({*outcomes_of(p), *outcomes_of(q)})
    one, other = exact_pmf(p, places), exact_pmf(q, places)
    totals: dict[str, Any] = dict.fromkeys(INFORMATION, mp.mpf(0))
    gap, w1, last = mp.mpf(0), mp.mpf(0), places[0]
    for x in places:
        w1 += abs(gap) * (as_mpf(x) - as_mpf(last))
        a, b = one.get(x, 0), other.get(x, 0)
        gap, last = gap + as_mpf(a - b if isinstance(a, type(b)) else as_mpf(a) - as_mpf(b)), x
        add(totals, mp.mpf(1), *(mp.log(as_mpf(v)) if v else None for v in (a, b)))
        if a and not b:
            totals["kl_pq"] = totals["cross_entropy_pq"] = INF
        if b and not a:
            totals["kl_qp"] = totals["cross_entropy_qp"] = INF
    return {**totals, "w1": w1}


RANDOM = np.random.default_rng(20240607)
OUTCOMES = {
    "three": (pmf([0.1, 0.2, 0.7]), pmf([0.2, 0.3, 0.5])),
    "64 random": (pmf(RANDOM.random(64)), pmf(RANDOM.random(64))),
    "64 over many decades": (pmf(np.exp(-50 * RANDOM.random(64))), pmf(RANDOM.random(64))),
    "a zero in Q": (pmf([1, 2, 3]), pmf([1, 0, 3])),
    "zeros in both": (pmf([0, 2, 3]), pmf([1, 0, 3])),
    "1e-300": (pmf([1, 1e-300]), pmf([1, 2e-300])),
    "the smallest double": (pmf([1, 5e-324, 1]), pmf([3, 1, 5e-324])),
    "1e308 beside the smallest double": (pmf([1e308, 1e308, 5e-324]), pmf([1e308, 5e-324, 1])),
    "nearly the same": (pmf([1, 2, 3]), pmf([1, 2, 3.0000000003])),
    "nearly the same, other scale": (pmf([0.1, 0.2, 0.3]), pmf([1, 2, 3])),
    "nearly the same, thirds": (pmf([1, 1, 1 + 2**-40]), pmf([0.7, 0.7, 0.7])),
    "places unequally spaced": (pmf([1, 2, 3], [0, 2.5, 7]), pmf([3, 1, 1], [-1, 2.5, 8])),
    "places repeated and unsorted": (pmf([1, 2, 3], [5, 1, 5]), pmf([4, 1], [1, 5])),
    "binomials": (make("binomial", 10, 0.3), make("binomial", 10, 0.6)),
    "binomials of 120": (make("binomial", 120, 0.3), make("binomial", 120, 0.31)),
    "binomials nearly the same": (make("binomial", 40, 0.3), make("binomial", 40, 0.3 + 1e-10)),
    "poisson against poisson": (make("poisson", 3), make("poisson", 5.5)),
    "poisson 1000 against 1100": (make("poisson", 1000), make("poisson", 1100)),
    "poissons nearly the same": (make("poisson", 4), make("poisson", 4 + 1e-9)),
    "binomial against poisson": (make("binomial", 10, 0.3), make("poisson", 3)),
    "geometric against geometric": (make("geometric", 0.2), make("geometric", 0.5)),
    "geometric with a long tail": (make("geometric", 0.02), make("geometric", 0.9)),
    "geometrics nearly the same": (make("geometric", 0.3), make("geometric", 0.3 - 1e-11)),
    "uniform against binomial": (make("discrete_uniform", 0, 10), make("binomial", 10, 0.57)),
    "bernoulli against bernoulli": (make("bernoulli", 0.5), make("bernoulli", 0.99)),
}


def rationals(name: str) -> dict[str, Any]:
    with mp.workdps(320):
        return exact_measures(*OUTCOMES[name])


ORACLES = {"integrals": (integrals, SMOOTH), "rationals": (rationals, OUTCOMES)}
