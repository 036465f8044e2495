"""Every number against 30-digit quadrature, exact rationals, closed forms and SciPy.

What quadrature and rationals give stands in oracles.json, written by record_oracles.py; some of it
is taken again here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from scipy import integrate, stats
from scipy.spatial.distance import jensenshannon

from divviz.families import Dist, drawn, make, mixture, pmf
from divviz.measures import evaluate

mp.mp.dps = 30
ENTROPIES = ("entropy_p", "entropy_q", "cross_entropy_pq", "cross_entropy_qp")
INFORMATION = (*ENTROPIES, "kl_pq", "kl_qp", "js")
INF = math.inf
FILE = Path(__file__).with_name("oracles.json")
AGAIN = 6  # every so many recorded pairs one is computed anew


# An independent 30-digit quadrature: tanh-sinh on pieces that each family cuts for itself.


@dataclass(frozen=True)
class Exact:
    """log_pdf in mpmath, cuts of the line, (end, exponent) of singular ends, tail indices."""

    log_pdf: Callable[[Any], Any]
    cuts: tuple[float, ...]
    support: tuple[float, float] = (-INF, INF)
    exponents: tuple[tuple[float, float], ...] = ()
    alpha: float = 1.0


def normal(mu: float, sigma: float) -> Exact:
    m, s = mp.mpf(mu), mp.mpf(sigma)
    cuts = tuple(mu + sigma * k for k in (-9, -6, -3.5, -2, -1, 0, 1, 2, 3.5, 6, 9))
    constant = mp.log(s) + mp.log(2 * mp.pi) / 2
    return Exact(lambda x: -(((x - m) / s) ** 2) / 2 - constant, cuts)


def laplace(mu: float, b: float) -> Exact:
    m, s = mp.mpf(mu), mp.mpf(b)
    cuts = tuple(mu + b * k for k in (-40, -12, -5, -2, 0, 2, 5, 12, 40))
    return Exact(lambda x: -abs(x - m) / s - mp.log(2 * s), cuts)


def student_t(nu: float, mu: float, sigma: float) -> Exact:
    n, m, s = mp.mpf(nu), mp.mpf(mu), mp.mpf(sigma)
    constant = mp.log(mp.gamma((n + 1) / 2) / mp.gamma(n / 2) / mp.sqrt(mp.pi * n) / s)
    cuts = tuple(mu + sigma * k for k in (-12, -4, -1.5, 0, 1.5, 4, 12))
    return Exact(
        lambda x: constant - (n + 1) / 2 * mp.log(1 + ((x - m) / s) ** 2 / n), cuts, alpha=nu
    )


def cauchy(x0: float, gamma: float) -> Exact:
    return student_t(1.0, x0, gamma)


def uniform(a: float, b: float) -> Exact:
    return Exact(lambda x: -mp.log(mp.mpf(b) - mp.mpf(a)), (a, b), (a, b))


def exponential(rate: float) -> Exact:
    r = mp.mpf(rate)
    cuts = tuple(k / rate for k in (0, 1, 3, 8, 20, 60))
    return Exact(lambda x: mp.log(r) - r * x, cuts, (0.0, INF))


def gamma(shape: float, rate: float) -> Exact:
    k, r = mp.mpf(shape), mp.mpf(rate)
    constant = k * mp.log(r) - mp.loggamma(k)
    mean, sd = shape / rate, math.sqrt(shape) / rate
    cuts = {0.0} | {mean + j * sd for j in (-6, -3, -1, 0, 1, 3, 6, 12, 40) if mean + j * sd > 0}
    return Exact(
        lambda x: constant + (k - 1) * mp.log(x) - r * x,
        tuple(sorted(cuts)),
        (0.0, INF),
        ((0.0, min(shape, 1.0)),),
    )


def mixed(*parts: tuple[float, Exact]) -> Exact:
    total = mp.fsum(w for w, _ in parts)

    def log_pdf(x: Any) -> Any:
        inside = [(w, e) for w, e in parts if e.support[0] <= x <= e.support[1]]
        return mp.log(mp.fsum(w / total * mp.exp(e.log_pdf(x)) for w, e in inside))

    low = min(e.support[0] for _, e in parts)
    high = max(e.support[1] for _, e in parts)
    cuts = tuple(sorted({c for _, e in parts for c in e.cuts}))
    return Exact(log_pdf, cuts, (low, high), alpha=min(e.alpha for _, e in parts))


EXACT = {f.__name__: f for f in (normal, laplace, student_t, cauchy, uniform, exponential, gamma)}


def exact_of(dist: Dist) -> Exact:
    if dist.name == "mixture":
        weights = dist.weights.tolist()
        return mixed(*zip(weights, map(exact_of, dist.parts), strict=True))
    return EXACT[dist.name](*dist.args)


@lru_cache(maxsize=4)
def tanh_sinh(level: int) -> list[tuple[Any, Any]]:
    """(distance from the nearer end of [0, 1], weight, at the left end?) of the rule."""
    step = mp.mpf(1) / 2**level
    nodes = []
    for k in range(int(4.6 / step) + 1):
        s = mp.pi / 2 * mp.sinh(k * step)
        distance = 1 / (1 + mp.exp(2 * s))
        weight = step * mp.pi / 2 * mp.cosh(k * step) / mp.cosh(s) ** 2 / 2
        nodes.append((distance, weight))
    return nodes


def integrate_all(p: Exact, q: Exact, level: int = 4) -> dict[str, Any]:
    """The seven information measures of two densities."""
    cuts = sorted({mp.mpf(c) for e in (p, q) for c in e.cuts})
    totals: dict[str, Any] = dict.fromkeys(INFORMATION, mp.mpf(0))
    for x, w in places(p, q, cuts, level):
        log_p = p.log_pdf(x) if p.support[0] <= x <= p.support[1] else None
        log_q = q.log_pdf(x) if q.support[0] <= x <= q.support[1] else None
        add(totals, w, log_p, log_q)
    return totals


def add(totals: dict[str, Any], w: Any, log_p: Any, log_q: Any) -> None:
    a = mp.exp(log_p) * w if log_p is not None else mp.mpf(0)
    b = mp.exp(log_q) * w if log_q is not None else mp.mpf(0)
    if log_p is not None:
        totals["entropy_p"] -= a * log_p
    if log_q is not None:
        totals["entropy_q"] -= b * log_q
    if log_p is None or log_q is None:
        totals["js"] += (a + b) * mp.log(2) / 2
        return
    d = log_p - log_q
    totals["cross_entropy_pq"] -= a * log_q
    totals["cross_entropy_qp"] -= b * log_p
    totals["kl_pq"] += a * d
    totals["kl_qp"] -= b * d
    ratio = mp.exp(-abs(d))
    to_m = mp.log((1 + ratio) / 2)
    up, down = (a, b) if d > 0 else (b, a)
    totals["js"] += (-up * to_m + down * (-abs(d) - to_m)) / 2


def places(p: Exact, q: Exact, cuts: list[Any], level: int) -> Any:
    ends = {e: min(x for s, x in (*p.exponents, *q.exponents) if s == e)
            for e, _ in (*p.exponents, *q.exponents)}  # fmt: skip
    for a, b in pairwise(cuts):
        yield from piece(a, b, ends.get(float(a), 1.0), level)
    alpha = min(p.alpha, q.alpha)
    if min(p.support[0], q.support[0]) == -INF:
        yield from ((-x, w) for x, w in tail(-cuts[0], alpha, level))
    if max(p.support[1], q.support[1]) == INF:
        yield from tail(cuts[-1], alpha, level)


def piece(a: Any, b: Any, exponent: float, level: int) -> Any:
    """[a, b] with x = a + (b - a) u^(1/exponent), which flattens the singular end a."""
    power = 1 / mp.mpf(exponent)
    for distance, weight in tanh_sinh(level):
        for u in {distance, 1 - distance}:
            x = a + (b - a) * u**power
            if a < x < b:
                yield x, weight * (b - a) * power * u ** (power - 1)


def tail(c: Any, alpha: float, level: int) -> Any:
    """[c, inf) with x = c + s (u^(-1/alpha) - 1)."""
    scale, power = max(abs(c), mp.mpf(1)), 1 / mp.mpf(alpha)
    for distance, weight in tanh_sinh(level):
        for u in {distance, 1 - distance}:
            x = c + scale * (u**-power - 1)
            if x > c:
                yield x, weight * scale * power * u ** (-power - 1)


def close(value: float, truth: Any, tolerance: float = 1e-9) -> None:
    if truth == INF:
        assert value == INF
    else:
        assert abs(value - truth) <= tolerance * abs(truth) + 1e-300, (value, mp.nstr(truth, 20))


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
TAIL_TOO_HEAVY = {
    ("student 1.5 against normal", "pq"),
    ("cauchy against laplace", "pq"),
    ("a heavy part of 1e-12", "pq"),
}


def recorded(group: str, name: str) -> dict[str, Any]:
    """The truths of one pair as they were written, to 25 digits."""
    return {key: mp.mpf(text) for key, text in json.loads(FILE.read_text())[group][name].items()}


def integrals(name: str) -> dict[str, Any]:
    return integrate_all(*map(exact_of, SMOOTH[name]))


def infinite_in(name: str, p: Exact, q: Exact, way: str) -> bool:
    one, other = (p, q) if way == "pq" else (q, p)
    outside = one.support[0] < other.support[0] or one.support[1] > other.support[1]
    return outside or (name, way) in TAIL_TOO_HEAVY


@pytest.mark.parametrize("name", SMOOTH)
def test_densities_agree_with_30_digit_quadrature(name: str) -> None:
    p, q = SMOOTH[name]
    one, other = exact_of(p), exact_of(q)
    truth = recorded("integrals", name)
    found = evaluate(p, q)
    for key in INFORMATION:
        way = key[-2:]
        infinite = way in ("pq", "qp") and infinite_in(name, one, other, way)
        close(found[key], INF if infinite else truth[key])
    close(found["js_distance"], mp.sqrt(truth["js"]))


def beta(a: float, b: float) -> Exact:
    constant = mp.log(mp.beta(a, b))
    c, d = mp.mpf(a) - 1, mp.mpf(b) - 1
    return Exact(
        lambda x: c * mp.log(x) + d * mp.log(1 - x) - constant,
        (0.0, 0.05, 0.3, 0.7, 0.95, 1.0),
        (0.0, 1.0),
        ((0.0, min(a, 1.0)),),
    )


EXACT["beta"] = beta
BETAS = [((0.5, 2), (0.3, 3)), ((2, 5), (3, 1)), ((0.05, 1), (1, 1)), ((20, 30), (2, 2))]


@pytest.mark.parametrize(("one", "other"), BETAS)
def test_betas_agree_with_30_digit_quadrature_at_either_end(one: Any, other: Any) -> None:
    p, q = make("beta", *one), make("beta", *other)
    truth = integrate_all(exact_of(p), exact_of(q))
    mirrored = evaluate(make("beta", *one[::-1]), make("beta", *other[::-1]))
    for key, value in evaluate(p, q).items():
        if key in INFORMATION:
            close(value, truth[key])
        # x -> 1 - x changes nothing; the singular end is now the far one.
        close(mirrored[key], value, 1e-10)


def kl_of_betas(a: float, b: float, c: float, d: float) -> Any:
    """Rauber et al., Probabilistic divergence measures for the Beta density (2008), (10)."""
    gap = mp.log(mp.beta(c, d) / mp.beta(a, b))
    psi = mp.digamma(a + b)
    return gap + (a - c) * (mp.digamma(a) - psi) + (b - d) * (mp.digamma(b) - psi)


@pytest.mark.parametrize(
    ("one", "other"),
    [((0.5, 0.5), (2, 0.3)), ((0.1, 0.1), (5, 5)), ((0.02, 0.7), (3, 0.5)), ((300, 2), (1, 1))],
)
def test_kl_of_betas_with_two_singular_ends_has_its_closed_form(one: Any, other: Any) -> None:
    found = evaluate(make("beta", *one), make("beta", *other))
    close(found["kl_pq"], kl_of_betas(*map(mp.mpf, (*one, *other))))
    close(found["kl_qp"], kl_of_betas(*map(mp.mpf, (*other, *one))))


# W1 against closed forms and SciPy


def folded(mean: float, sd: float) -> Any:
    """E|X| for X normal(mean, sd): the W1 of two normals. Leone et al., Technometrics 3 (1961)."""
    m, s = mp.mpf(mean), mp.mpf(sd)
    if s == 0:
        return abs(m)
    z = m / s
    return s * mp.sqrt(2 / mp.pi) * mp.exp(-z * z / 2) + m * mp.erf(z / mp.sqrt(2))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((0, 1), (2, 1)),
        ((0, 1), (0, 3)),
        ((0, 1), (0.5, 1.25)),
        ((0, 1), (50, 1)),
        ((0, 1e-3), (0, 1e3)),
        ((0, 1e-3), (7, 1e3)),
        ((0, 1), (1e-10, 1)),
        ((5, 1), (5, 1.0000001)),
        ((1e6, 1e-3), (1e6, 2e-3)),
    ],
)
def test_w1_of_normals_is_the_mean_of_a_folded_normal(a: Any, b: Any) -> None:
    found = evaluate(make("normal", *a), make("normal", *b))["w1"]
    close(found, folded(mp.mpf(a[0]) - mp.mpf(b[0]), abs(mp.mpf(a[1]) - mp.mpf(b[1]))))


@pytest.mark.parametrize("nu", [1.01, 1.1, 1.5, 3, 12])
def test_w1_of_a_scaled_student_is_its_mean_absolute_value(nu: float) -> None:
    n = mp.mpf(nu)
    truth = 2 * mp.gamma((n + 1) / 2) * mp.sqrt(n / mp.pi) / (n - 1) / mp.gamma(n / 2)
    close(evaluate(make("student_t", nu, 0, 1), make("student_t", nu, 0, 2))["w1"], truth)


@pytest.mark.parametrize(
    ("p", "q", "shift"),
    [
        (make("cauchy", 0, 1), make("cauchy", 3, 1), 3),
        (make("cauchy", 0, 1), make("cauchy", 1e6, 1), 1e6),
        (make("cauchy", 0, 1), make("cauchy", 1e-3, 1), 1e-3),
        (make("student_t", 0.5, 0, 1), make("student_t", 0.5, 2, 1), 2),
        (make("student_t", 0.2, 0, 1), make("student_t", 0.2, 2, 1), 2),
        (make("student_t", 1, 0, 1), make("cauchy", 2, 1), 2),
        (make("laplace", -1, 2), make("laplace", 4, 2), 5),
        (make("uniform", 0, 1), make("uniform", 0.25, 1.25), 0.25),
        (make("beta", 2, 3), make("beta", 3, 2), 0.2),
        (make("gamma", 3, 1), make("gamma", 0.5, 1), 2.5),
        (make("gamma", 0.01, 1), make("gamma", 20, 1), 19.99),
        (make("exponential", 1), make("exponential", 4), 0.75),
        (make("geometric", 0.001), make("geometric", 0.002), 500),
        (make("poisson", 1e4), make("poisson", 3), 9997),
        (make("binomial", 50, 0.2), make("binomial", 50, 0.7), 25),
    ],
    ids=str,
)
def test_w1_of_ordered_distributions_is_the_difference_of_their_means(
    p: Dist, q: Dist, shift: float
) -> None:
    close(evaluate(p, q)["w1"], shift)


MOVED = [
    (SMOOTH["two modes against one"], 1e-9),
    ((make("student_t", 1.5, 0, 1), N01), 1e-9),
    ((make("laplace", 0.3, 1), N01), 1e-9),
    ((make("gamma", 2.5, 1), make("normal", 2, 1.5)), 1e-9),
    ((make("beta", 0.5, 0.5), make("uniform", 0, 1)), 1e-9),
    ((drawn(-4, 4, [0, 9, 1, 0, 30, 5, 5, 0]), N01), 1e-9),
    ((mixture([1, 3], [N01, make("cauchy", 5, 1)]), mixture([1, 3], [N01, make("cauchy", 1, 1)])),
     1e-9),
]  # fmt: skip


@pytest.mark.parametrize(("pair", "tolerance"), MOVED, ids=str)
def test_w1_agrees_with_quadrature_of_the_cdfs(pair: tuple[Dist, Dist], tolerance: float) -> None:
    p, q = pair
    cuts = np.concatenate([-(10.0 ** np.arange(14, -4, -1)), [0], 10.0 ** np.arange(-3, 15)])
    cuts = np.union1d(np.union1d(cuts, np.linspace(-8, 8, 65)), 0.5 + np.linspace(-1, 1, 41) / 2)

    def gap(x: float) -> float:
        low = abs(float(p.cdf(x) - q.cdf(x)))
        return low if x < 0 else abs(float(p.sf(x) - q.sf(x)))

    truth = math.fsum(
        integrate.quad(gap, a, b, epsabs=1e-15, epsrel=1e-12, limit=60)[0]
        for a, b in pairwise(cuts.tolist())
    )
    close(evaluate(p, q)["w1"], truth, tolerance + 2e-7 * (p.tail()[0].alpha < 2))


# Outcomes, against exact rationals


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


@pytest.mark.parametrize("name", OUTCOMES)
def test_outcomes_agree_with_exact_rationals_to_12_digits(name: str) -> None:
    p, q = OUTCOMES[name]
    truth = recorded("rationals", name)
    if name == "binomial against poisson":
        truth["kl_qp"] = truth["cross_entropy_qp"] = INF
    for key, value in evaluate(p, q).items():
        if key in truth:
            close(value, truth[key], 1e-12)


ORACLES = {"integrals": (integrals, SMOOTH), "rationals": (rationals, OUTCOMES)}


def test_every_pair_has_its_truths_on_record() -> None:
    written = json.loads(FILE.read_text())
    assert {group: list(truths) for group, truths in written.items()} == {
        group: list(pairs) for group, (_, pairs) in ORACLES.items()
    }


@pytest.mark.parametrize(
    ("group", "name"),
    [(group, name) for group, (_, pairs) in ORACLES.items() for name in list(pairs)[1::AGAIN]],
)
def test_what_is_on_record_is_what_the_oracle_finds(group: str, name: str) -> None:
    truth, fresh = recorded(group, name), ORACLES[group][0](name)
    assert fresh.keys() == truth.keys()
    for key, value in fresh.items():
        assert value == truth[key] or abs(value - truth[key]) <= 1e-20 * abs(value), key


def test_a_million_outcomes_agree_with_scipy() -> None:
    w, v = RANDOM.random(10**6), RANDOM.random(10**6)
    p, q = w / w.sum(), v / v.sum()
    found = evaluate(pmf(w), pmf(v))
    close(found["entropy_p"], stats.entropy(p), 1e-12)
    close(found["kl_pq"], stats.entropy(p, q), 1e-12)
    close(found["js_distance"], jensenshannon(p, q), 1e-10)
    x = np.arange(10.0**6)
    close(found["w1"], stats.wasserstein_distance(x, x, p, q), 1e-9)


# Published and textbook values


def test_a_final_at_99_to_1_carries_0_0808_bits() -> None:
    """The subject's football final; its outsider carries 6.64 bits (an article prints 6.6493)."""
    bits = evaluate(pmf([99, 1]), pmf([1, 1]), "bits")
    assert round(bits["entropy_p"], 4) == 0.0808
    assert bits["entropy_q"] == 1.0


def test_the_horse_race_of_cover_and_thomas_carries_2_bits() -> None:
    """Cover & Thomas (2006), example 1.1.2: eight horses."""
    race = pmf([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1 / 64, 1 / 64, 1 / 64])
    close(evaluate(race, pmf([1] * 8), "bits")["entropy_p"], 2, 1e-15)


def test_kl_of_a_fair_and_a_biased_coin_is_that_of_cover_and_thomas() -> None:
    """Cover & Thomas (2006), example 2.3.1: r = 1/2, s = 1/4 gives 0.2075 and 0.1887 bits."""
    found = evaluate(pmf([1, 1]), pmf([3, 1]), "bits")
    assert (round(found["kl_pq"], 4), round(found["kl_qp"], 4)) == (0.2075, 0.1887)


def test_normals_40_sigma_apart_have_kl_800_not_infinity() -> None:
    close(evaluate(N01, make("normal", 40, 1))["kl_pq"], 800, 1e-13)


def test_cauchys_have_the_closed_form_of_chyzak_and_nielsen() -> None:
    """Chyzak & Nielsen, arXiv:1905.10965 (2019), theorem 1."""
    found = evaluate(make("cauchy", 0, 1), make("cauchy", 3, 20))["kl_pq"]
    close(found, mp.log(mp.mpf((1 + 20) ** 2 + 3**2) / (4 * 1 * 20)))
