"""W2 from a mixture along its own places is the one between quantiles, to all digits."""

import math

import numpy as np
import pytest
from cases import each
from scipy import integrate, stats

from divviz import carried
from divviz.families import make
from divviz.grammar import parse
from divviz.measures import measure

MIXTURES = [
    "mixture(0.3*normal(-3,0.6)+0.4*normal(0.5,0.5)+0.3*normal(4,0.8))",
    "mixture(0.3*normal(-13,0.1)+0.4*normal(0.5,0.5)+0.3*normal(14,0.18))",
    "mixture(0.5*normal(-1,0.01)+0.5*laplace(2,1))",
    "mixture(0.5*uniform(-1,1)+0.5*normal(3,2))",
    "mixture(0.001*normal(50,0.01)+0.999*normal(0,1))",
    "mixture(0.5*gumbel(1,2)+0.5*logistic(1e6,1))",
]
MEMBERS = [("normal", 1, 2), ("normal", 5, 0.01), ("logistic", 1, 2), ("gumbel", 0, 3)]


@pytest.mark.parametrize("text", MIXTURES)
@pytest.mark.parametrize("member", MEMBERS, ids=str)
def test_it_is_the_measure(text, member):
    p, q = parse(text), make(*member)
    assert carried.suits(p, q)
    assert carried.w2(p, q) == pytest.approx(measure("wasserstein", p, q, p=2), rel=1e-11)


def test_it_is_the_integral_of_the_squared_gap_of_the_quantiles():
    p = parse("mixture(0.3*normal(-2,1)+0.7*normal(2,0.5))")

    def square(x):
        share = 0.3 * stats.norm.cdf(x, -2, 1) + 0.7 * stats.norm.cdf(x, 2, 0.5)
        rest = 0.3 * stats.norm.sf(x, -2, 1) + 0.7 * stats.norm.sf(x, 2, 0.5)
        density = 0.3 * stats.norm.pdf(x, -2, 1) + 0.7 * stats.norm.pdf(x, 2, 0.5)
        goes = stats.norm.ppf(share, 1, 2) if share < rest else stats.norm.isf(rest, 1, 2)
        return density * (x - goes) ** 2

    pieces = [(-9, -2), (-2, 0.5), (0.5, 2), (2, 6)]
    total = sum(integrate.quad(square, *ends, epsabs=1e-13, epsrel=1e-12)[0] for ends in pieces)
    assert carried.w2(p, make("normal", 1, 2)) == pytest.approx(math.sqrt(total), rel=1e-10)


def test_a_mixture_of_one_shape_is_as_far_as_that_shape():
    p = parse("mixture(0.5*normal(1,2)+0.5*normal(1,2))")
    assert carried.w2(p, make("normal", 4, 6)) == pytest.approx(5, rel=1e-13)
    assert carried.w2(p, make("normal", 1, 2)) == pytest.approx(0, abs=1e-14)


def test_places_and_shares_are_those_of_the_mixture():
    load = carried.kept(parse(MIXTURES[0]))
    assert float(load.mass.sum()) == pytest.approx(1, abs=1e-13)
    assert (np.diff(load.x) > 0).all() and (load.share <= 0.5 + 1e-12).all()


@each(
    ("p", "q"),
    [
        ("normal(0,1)", "normal(1,1)"),
        ("mixture(0.5*uniform(0,1)+0.5*uniform(2,3))", "normal(0,1)"),
        ("mixture(0.5*normal(0,1)+0.5*cauchy(2,1))", "normal(0,1)"),
        ("mixture(0.5*normal(0,1)+0.5*normal(2,1))", "student_t(5,0,1)"),
        ("mixture(0.5*normal(0,1)+0.5*normal(2,1))", "laplace(0,1)"),
        ("mixture(0.5*normal(0,1)+0.5*normal(2,1))", "uniform(0,1)"),
        ("mixture(0.5*poisson(1)+0.5*poisson(9))", "poisson(3)"),
    ],
)
def test_where_places_would_lose_digits_it_does_not_suit(p, q):
    assert not carried.suits(parse(p), parse(q))
