"""Divergences between families: quantile integrals, closed forms, Fisher information, verdicts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cases import each
from scipy import integrate, special

from divviz.dist import Tail
from divviz.families import Dist, make, mixture
from divviz.infinity import endures
from divviz.measures import evaluate
from divviz.pair import Pair

INF = math.inf

# E_p[h] as the integral of h over the quantiles of p: another path than that of the panels

NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
STEPS = math.log(2) + np.concatenate([np.arange(0, 8, 0.25), np.geomspace(8, 690, 48)])
OUT = 36.0  # exp(-36) = 2e-16; by then infinities are those of the doubles
ISF: dict[str, Callable[..., Any]] = {
    "normal": lambda u, mu, sigma: mu - sigma * special.ndtri(u),
    "exponential": lambda u, rate: -np.log(u) / rate,
    "gamma": lambda u, shape, rate: special.gammainccinv(shape, u) / rate,
}


def isf(dist: Dist, u: Any) -> Any:
    """From SciPy where the family has none of its own and 1 - u would lose the tail."""
    return ISF[dist.name](u, *dist.args) if dist.name in ISF else dist.isf(u)


def expected(p: Dist, marks: list[float], *terms: Callable[[Any], Any]) -> list[float]:
    """E_p of each term with x = isf(exp(-s)) and x = quantile(exp(-s)), s from log 2 on.

    The pieces end where p's mass below or above one of `marks` does.
    """
    totals = [0.0] * len(terms)
    for mass, place in ((p.cdf, p.quantile), (p.sf, lambda u: isf(p, u))):
        cuts = [-math.log(u) for u in map(float, map(mass, marks)) if 1e-300 < u <= 0.5]
        edges = np.unique([*STEPS, *cuts])
        half = 0.5 * np.diff(edges)[:, None]
        s = edges[:-1, None] + half * (NODES + 1)
        x = place(np.exp(-s))
        for i, term in enumerate(terms):
            with np.errstate(all="ignore"):
                values = term(x) * np.exp(-s)
            values = np.where((s < OUT) | np.isfinite(values), values, 0.0)
            totals[i] += float((half * WEIGHTS * values).sum())
    return totals


def marks_of(*dists: Dist) -> list[float]:
    """Ends of supports, the peak of a triangle, and places across the bodies of the densities."""
    ends = [x for d in dists for interval in d.support() for x in interval if math.isfinite(x)]
    peaks = [d.args[1] for d in dists if d.name == "triangular"]
    shares = [*np.geomspace(1e-12, 0.03, 20), *np.linspace(0.1, 0.9, 9)]
    body = [x for d in dists for u in shares for x in (float(d.quantile(u)), float(isf(d, u)))]
    even = [x for d in dists for x in np.linspace(*d.window(), 49).tolist()]
    return ends + peaks + body + even


def log_gap(p: Dist, q: Dist) -> Callable[[Any], Any]:
    return lambda x: p.log_density(x) - q.log_density(x)


def to_middle(p: Dist, q: Dist) -> Callable[[Any], Any]:
    """log(p/m) for m = (p + q)/2."""
    return lambda x: math.log(2) - np.logaddexp(0.0, q.log_density(x) - p.log_density(x))


N01 = make("normal", 0, 1)
PAIRS = [
    (make("logistic", 0, 1), N01),
    (make("logistic", 2, 0.3), make("student_t", 1.5, 0, 1)),
    (make("lognormal", 0, 1), make("lognormal", 1, 0.3)),
    (make("lognormal", 1, 5), N01),
    (make("lognormal", 0, 10), make("exponential", 1)),
    (make("lognormal", 2, 0.01), make("gamma", 0.5, 1)),
    (make("weibull", 0.05, 1), make("exponential", 1)),
    (make("weibull", 0.3, 1), make("weibull", 5, 2)),
    (make("weibull", 2, 1), make("exponential", 1)),
    (make("pareto", 0.5, 1), make("lognormal", 0, 1)),
    (make("pareto", 2.5, 1), make("pareto", 8, 1)),
    (make("pareto", 1.5, 0.5), make("cauchy", 1, 1)),
    (make("chi2", 0.5), make("chi2", 30)),
    (make("chi2", 3), make("cauchy", 0, 1)),
    (make("halfnormal", 1), make("gamma", 0.5, 1)),
    (make("rayleigh", 0.2), make("halfnormal", 3)),
    (make("gumbel", 0, 1), make("gumbel", -1, 5)),
    (make("gumbel", 2, 0.3), make("normal", 1, 0.5)),
    (make("triangular", -0.5, 1, 1), make("uniform", -1, 2)),
    (make("triangular", 0, 0, 2), make("triangular", 0, 0.3, 1)),
    (make("skewnormal", 1, 1, 50), N01),
    (make("skewnormal", 0, 2, -5), make("skewnormal", 0, 1, 2)),
    (make("vonmises", 3, 0.5), make("vonmises", -2.5, 20)),
    (make("vonmises", 1, 1e4), make("normal", 0, 2)),
]
NAMES = [f"{p}-{q}" for p, q in PAIRS]


@pytest.mark.parametrize(("p", "q"), PAIRS, ids=NAMES)
def test_entropy_kl_and_js_are_integrals_over_the_quantiles(p: Dist, q: Dist) -> None:
    pair, marks, found = Pair(p, q), marks_of(p, q), evaluate(p, q)
    both = 0.0
    for one, other, way in ((p, q, "pq"), (q, p, "qp")):
        own, gap, to_m = expected(
            one,
            marks,
            lambda x, d=one: -d.log_density(x),
            log_gap(one, other),
            to_middle(one, other),
        )
        assert found[f"entropy_{way[0]}"] == pytest.approx(own, rel=1e-9)
        reasons = (pair.outside_q, pair.heavy_q) if way == "pq" else (pair.outside_p, pair.heavy_p)
        finite = reasons == (None, None)
        assert found[f"kl_{way}"] == pytest.approx(gap if finite else INF, rel=1e-9)
        both += to_m
    assert found["js"] == pytest.approx(both / 2, rel=1e-9)


# W1: between distributions in stochastic order it is the difference of the means

EULER = 0.5772156649015329
W1 = [
    (make("logistic", 0, 1), make("logistic", 3, 1), 3.0),
    # The same centre: the quantiles differ by the standard one times the gap of the scales.
    (make("logistic", 0, 1), make("logistic", 0, 3), 4 * math.log(2)),
    (make("gumbel", 0, 1), make("gumbel", 0, 1.5), 0.5 * (EULER + 2 * float(special.exp1(1)))),
    (make("lognormal", 0, 1), make("lognormal", 2, 1), math.exp(0.5) * math.expm1(2)),
    (make("lognormal", 0, 10), make("uniform", -2, 0), math.exp(50) + 1),
    (make("weibull", 0.05, 1), make("weibull", 0.05, 3), 2 * math.factorial(20)),
    (make("weibull", 3, 2), make("uniform", -1, 0), 2 * math.gamma(4 / 3) + 0.5),
    (make("pareto", 1.5, 1), make("pareto", 4, 1), 3 - 4 / 3),
    (make("pareto", 1.01, 1), make("halfnormal", 0.01), 101 - 0.01 * math.sqrt(2 / math.pi)),
    (make("chi2", 3), make("chi2", 9), 6.0),
    (make("halfnormal", 1), make("halfnormal", 4), 3 * math.sqrt(2 / math.pi)),
    (make("rayleigh", 1), make("rayleigh", 4), 3 * math.sqrt(math.pi / 2)),
    (make("triangular", 0, 0, 3), make("triangular", 0, 3, 3), 1.0),
    (make("skewnormal", 0, 1, 3), make("skewnormal", 0, 1, -3), math.sqrt(7.2 / math.pi)),
    (make("vonmises", 0, 4), make("uniform", 4, 5), 4.5),
]  # fmt: skip


@each(("p", "q", "truth"), W1)
def test_w1_has_its_closed_form(p: Dist, q: Dist, truth: float) -> None:
    assert evaluate(p, q)["w1"] == pytest.approx(truth, rel=1e-9)


def test_tails_without_a_mean_cancel_in_w1_only_where_they_are_equal() -> None:
    heavy = make("pareto", 0.5, 1)
    left, right = (mixture([1, 1], [heavy, make("uniform", a, a + 1)]) for a in (0, 1))
    assert evaluate(left, right)["w1"] == pytest.approx(0.5, rel=1e-9)
    for other in (make("pareto", 0.5, 1.1), make("pareto", 0.6, 1), make("lognormal", 0, 10)):
        assert evaluate(heavy, other)["w1"] == INF


# Nearly the same: KL is half the Fisher information times the square of the step


def bessel_ratio(kappa: float) -> float:
    return float(special.i1e(kappa) / special.i0e(kappa))


NEAR = 1e-10
FISHER = [
    ("logistic", (0, 1), 0, 1 / 3),
    ("logistic", (0, 1), 1, (3 + math.pi**2) / 9),
    ("lognormal", (0.5, 5), 0, 1 / 25),
    ("lognormal", (2, 0.5), 1, 8.0),
    ("weibull", (1.5, 1), 0, ((1 - EULER) ** 2 + math.pi**2 / 6) / 1.5**2),
    ("weibull", (0.3, 1), 1, 0.09),
    ("weibull", (50, 1), 1, 2500.0),
    ("pareto", (2.5, 1), 0, 1 / 2.5**2),
    ("pareto", (0.5, 1), 0, 4.0),
    ("chi2", (3,), 0, float(special.polygamma(1, 1.5)) / 4),
    ("chi2", (0.5,), 0, float(special.polygamma(1, 0.25)) / 4),
    ("halfnormal", (1,), 0, 2.0),
    ("rayleigh", (1,), 0, 4.0),
    ("gumbel", (0, 1), 0, 1.0),
    ("gumbel", (0, 1), 1, (1 - EULER) ** 2 + math.pi**2 / 6),
    ("triangular", (-1, 0.25, 1), 1, 1 / (1.25 * 0.75)),
    ("vonmises", (3, 5), 0, 5 * bessel_ratio(5)),
    ("vonmises", (1, 5), 1, 1 - bessel_ratio(5) ** 2 - bessel_ratio(5) / 5),
]


@each(("name", "args", "at", "information"), FISHER)
def test_kl_of_members_1e_10_apart_is_half_the_fisher_information(
    name: str, args: tuple[float, ...], at: int, information: float
) -> None:
    """Lehmann & Casella, Theory of Point Estimation (1998), section 2.5."""
    moved = [*args[:at], args[at] + NEAR, *args[at + 1 :]]
    step = moved[at] - args[at]
    found = evaluate(make(name, *args), make(name, *moved))
    for key in ("kl_pq", "kl_qp"):
        assert found[key] == pytest.approx(information * step**2 / 2, rel=1e-8)
    assert found["js"] == pytest.approx(information * step**2 / 8, rel=1e-8)


@pytest.mark.parametrize("at", range(3))
def test_kl_of_skew_normals_1e_10_apart_is_half_the_fisher_information(at: int) -> None:
    """The score is differentiated by hand: Azzalini (1985), section 4."""
    alpha = 2.0

    def density(z: float) -> float:
        return 2 * math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * special.ndtr(alpha * z)

    def score(z: float) -> float:
        hazard = math.exp(-0.5 * (alpha * z) ** 2 - special.log_ndtr(alpha * z))
        lean = hazard / math.sqrt(2 * math.pi)
        return (z - alpha * lean, z * z - 1 - alpha * z * lean, z * lean)[at]

    information = integrate.quad(lambda z: density(z) * score(z) ** 2, -8, 12, epsrel=1e-12)[0]
    moved = [0.0, 1.0, alpha]
    moved[at] += NEAR
    step = moved[at] - (0.0, 1.0, alpha)[at]
    found = evaluate(make("skewnormal", 0, 1, alpha), make("skewnormal", *moved))["kl_pq"]
    assert found == pytest.approx(information * step**2 / 2, rel=1e-8)


def test_families_that_meet_are_the_same_there() -> None:
    for one, other in (
        (make("weibull", 1, 2), make("exponential", 0.5)),
        (make("weibull", 2, 2), make("rayleigh", math.sqrt(2))),
        (make("chi2", 5), make("gamma", 2.5, 0.5)),
        (make("chi2", 2), make("exponential", 0.5)),
        (make("skewnormal", 1, 2, 0), make("normal", 1, 2)),
        (make("vonmises", 1, 0), make("uniform", -math.pi, math.pi)),
    ):
        found = evaluate(one, other)
        assert max(found[key] for key in ("kl_pq", "kl_qp", "js")) <= 1e-24


# Infinity: each verdict by hand, from how fast -log q grows in the tail and how fast p falls

# (p, q, KL(P||Q) is infinite, KL(Q||P) is infinite)
VERDICTS = [
    # E|x|^k is finite for a power tail up to k < alpha only.
    (make("pareto", 2, 1), make("halfnormal", 1), True, True),
    (make("pareto", 2.1, 1), make("halfnormal", 1), False, True),
    (make("pareto", 2.1, 1), make("rayleigh", 1), False, True),
    (make("pareto", 2.1, 1), make("weibull", 2.2, 1), True, True),
    (make("pareto", 1, 1), make("exponential", 1), True, True),
    (make("pareto", 1.1, 1), make("chi2", 3), False, True),
    (make("pareto", 0.3, 1), make("weibull", 0.3, 1), True, True),
    (make("pareto", 0.3, 1), make("weibull", 0.29, 1), False, True),
    # E log(x)^2 and E log x are always finite.
    (make("pareto", 0.3, 1), make("lognormal", 0, 1), False, True),
    (make("pareto", 0.3, 1), make("cauchy", 0, 1), False, True),
    (make("lognormal", 0, 1), make("pareto", 0.3, 1e-9), True, False),
    # All moments of a lognormal are finite, and so is E log(x)^2 under a density at 0.
    (make("lognormal", 0, 3), make("weibull", 5, 1), False, False),
    (make("lognormal", 0, 3), make("normal", 0, 1), False, True),
    (make("exponential", 1), make("lognormal", 0, 1), False, False),
    (make("weibull", 0.05, 1), make("lognormal", 0, 1), False, False),
    (make("weibull", 2, 1), make("exponential", 1), False, False),
    (make("weibull", 0.1, 1), make("rayleigh", 1), False, False),
    # exp(|x|/beta) to the left of a Gumbel: finite under what falls faster than that.
    (make("normal", 0, 3), make("gumbel", 0, 1), False, False),
    (make("skewnormal", 0, 3, -5), make("gumbel", 0, 1), False, False),
    (make("student_t", 1.5, 0, 1), make("gumbel", 0, 1), True, False),
    (make("student_t", 100, 0, 1), make("gumbel", 0, 1), True, False),
    (make("logistic", 0, 1), make("gumbel", 0, 1), True, False),
    (make("logistic", 0, 1), make("gumbel", 0, 1.1), False, False),
    (make("logistic", 0, 1), make("gumbel", 0, 0.99), True, False),
    (make("laplace", 0, 0.5), make("gumbel", 0, 1), False, False),
    (make("gumbel", 0, 10), make("gumbel", 0, 1), False, False),
    # To the right a Gumbel is exponential.
    (make("exponential", 0.01), make("gumbel", 0, 1), False, True),
    (make("pareto", 1.1, 1), make("gumbel", 0, 1), False, True),
    (make("pareto", 0.9, 1), make("gumbel", 0, 1), True, True),
    (make("student_t", 1.5, 0, 1), make("logistic", 0, 1), False, False),
    (make("cauchy", 0, 1), make("logistic", 0, 1), True, False),
    (make("student_t", 1.5, 0, 1), make("skewnormal", 0, 1, 3), True, False),
    # Ends of supports.
    (make("triangular", 0, 1, 2), make("triangular", 0, 0.5, 2), False, False),
    (make("triangular", 0, 1, 2), make("uniform", 0, 2), False, False),
    (make("triangular", 0, 1, 2), make("triangular", 0, 1, 1.5), True, False),
    (make("vonmises", 1, 1e6), make("vonmises", -2, 3), False, False),
    (make("vonmises", 1, 3), make("normal", 0, 1), False, True),
]


@each(("p", "q", "pq", "qp"), VERDICTS)
def test_infinity_is_decided_as_the_tails_say(p: Dist, q: Dist, pq: bool, qp: bool) -> None:
    found = evaluate(p, q)
    assert [math.isinf(found["kl_pq"]), math.isinf(found["kl_qp"])] == [pq, qp]
    assert 0 <= found["js"] <= math.log(2)


TAIL = {
    "power 1": Tail("power", terms=((1.0, 1.0),)),
    "power 3": Tail("power", terms=((3.0, 1.0),)),
    "log_square": Tail("log_square", rate=1.0),
    "root": Tail("order", 0.5, 1.0),
    "exponential": Tail("order", 1.0, 1.0),
    # x^-1.5 exp(-x): at the same rate what is left of p exp(x) has a finite integral.
    "thinned": Tail("order", 1.0, 1.0, more=((0.0, 1.5),)),
    "thickened": Tail("order", 1.0, 1.0, more=((0.5, -1.0), (0.0, 1.5))),
    "poisson": Tail("factorial", more=((1.0, -1.0),)),
    "square": Tail("order", 2.0, 1.0),
    "double": Tail("exp", rate=1.0),
}
ENDURED = {
    "exponential": {"power 3", "log_square", "root", "exponential", "thinned", "thickened",
                    "poisson", "square", "double"},
    "square": {"power 3", "log_square", "root", "exponential", "thinned", "thickened",
               "poisson", "square", "double"},
    "poisson": {"power 3", "log_square", "root", "exponential", "thinned", "thickened",
                "poisson", "square", "double"},
    "double": {"thinned", "poisson", "square", "double"},
    "log_square": set(TAIL),
    "power 1": set(TAIL),
}  # fmt: skip


@each("q", ENDURED)
def test_a_tail_endures_the_growth_that_its_moments_allow(q: str) -> None:
    assert {name for name, tail in TAIL.items() if endures(tail, TAIL[q])} == ENDURED[q]


# Large but finite: moments that live far outside the body of p


@pytest.mark.parametrize(
    ("p", "q", "truth"),
    [
        # E x^100 = 100! under exp(-x); what is added to it is of order 1.
        (make("exponential", 1), make("weibull", 100, 1), math.factorial(100)),
        # E exp(-x) = exp(sigma^2 / 2).
        (make("normal", 0, 18), make("gumbel", 0, 1), math.exp(162)),
        # E x^2 / 2 = exp(2 sigma^2) / 2.
        (make("lognormal", 0, 10), make("normal", 0, 1), math.exp(200) / 2),
        (make("weibull", 0.05, 1), make("halfnormal", 1), math.factorial(40) / 2),
    ],
    ids=str,
)
def test_kl_finds_moments_far_outside_the_body(p: Dist, q: Dist, truth: float) -> None:
    assert evaluate(p, q)["kl_pq"] == pytest.approx(truth, rel=1e-9)
