"""W1 against closed forms and SciPy's quadrature."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from oracles import N01, SMOOTH, close
from quadrature import DIGITS
from scipy import integrate

from divviz.families import Dist, drawn, make, mixture
from divviz.measures import evaluate


@mp.workdps(DIGITS)
def folded(mean: float, sd: float) -> Any:
    """E|X| for X normal(mean, sd): the W1 of two normals. Leone et al., Technometrics 3 (1961)."""
    m, s = mp.mpf(mean), mp.mpf(sd)
    if s == 0:
        return abs(m)
    z = m / s
    return s * mp.sqrt(2 / mp.pi) * mp.exp(-z * z / 2) + m * mp.erf(z / mp.sqrt(2))


@each(
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


@each("nu", [1.01, 1.1, 1.5, 3, 12])
def test_w1_of_a_scaled_student_is_its_mean_absolute_value(nu: float) -> None:
    with mp.workdps(DIGITS):
        n = mp.mpf(nu)
        truth = 2 * mp.gamma((n + 1) / 2) * mp.sqrt(n / mp.pi) / (n - 1) / mp.gamma(n / 2)
    close(evaluate(make("student_t", nu, 0, 1), make("student_t", nu, 0, 2))["w1"], truth)


@each(
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
