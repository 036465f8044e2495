"""A change of shape keeps the centre and the width, or the mass."""

import math

import numpy as np
import pytest
from cases import each

from divviz import shapes
from divviz.families import FAMILIES, SceneError, make, pmf
from divviz.grammar import parse
from divviz.measures import evaluate
from divviz.shapes import BUILT, levels_of, like, rebin, spread

PARAMETRIC = [name for name in FAMILIES if name not in BUILT]

SHAPES = [
    "mixture(0.3*normal(-2,1)+0.7*normal(2,0.5))",
    "student_t(5,1,2)",
    "uniform(0.1,0.9)",
    "drawn(0,1,ABCDEFGH)",
    "beta(0.5,0.7)",
    "gamma(0.3,2)",
    "pmf(0.02,0.03,0.05,0.14,0.16,0.15,0.12,0.08,0.1,0.08,0.07)",
]


def default(name):
    return make(name, *(p.default for p in FAMILIES[name].params))


def kl(p, q):
    return evaluate(p, q)["kl_pq"]


@each("name", PARAMETRIC)
@each("text", [*SHAPES, "cauchy(3,2)", "poisson(4)", "one_hot(2,5)"])
def test_another_family_keeps_centre_and_width_or_takes_its_default(text, name):
    dist = parse(text)
    if dist.kind != FAMILIES[name].kind:
        return
    member = like(dist, name)
    assert member.name == name
    (centre, width), (at, _) = shapes.centre_width(dist), shapes.centre_width(member)
    if member != default(name) and name not in shapes._REACH:
        assert abs(at - centre) <= max(0.5 * width, 0.5 if dist.kind == "discrete" else 0)


def test_a_normal_becomes_a_laplace_of_the_same_mean_and_deviation():
    member = like(parse("normal(3,2)"), "laplace")
    assert member.mean() == 3 and member.sd() == pytest.approx(2, rel=1e-3)
    assert like(parse("laplace(3,2)"), "uniform").sd() == pytest.approx(2 * math.sqrt(2), rel=1e-3)
    assert like(parse("poisson(4)"), "geometric").mean() == pytest.approx(4)


# --- bins and cells -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["normal(1,2)", "cauchy(0,1)", "gamma(0.3,1)", "uniform(-1,1.5)"])
def test_bins_hold_the_mass_between_their_edges(text):
    dist = parse(text)
    bins = rebin(dist, 12, (-3, 3))
    edges = np.linspace(-3, 3, 13)
    inside = np.diff(dist.cdf(edges))
    x, log_mass = bins.atoms()
    assert x == pytest.approx(edges[:-1] + 0.25)
    assert np.exp(log_mass) == pytest.approx(inside / inside.sum(), rel=1e-5, abs=1e-290)


def test_bins_far_in_a_tail_are_small_but_not_empty():
    far = rebin(parse("normal(0,1)"), 50, (-50, 50))
    assert (far.weights > 0).all()
    assert math.isfinite(kl(rebin(parse("normal(40,1)"), 50, (-50, 50)), far))
    tail = rebin(parse("normal(0,1)"), 2, (9, 11)).weights
    assert tail[1] / tail[0] == pytest.approx(7.619853e-24 / 1.128588e-19, rel=1e-4)


def test_bins_outside_the_support_are_exactly_empty():
    weights = rebin(parse("uniform(0,1)"), 4, (-1, 3)).weights
    assert (weights == [0, 1, 0, 0]).all()


def test_a_window_without_mass_is_refused():
    with pytest.raises(SceneError) as caught:
        rebin(parse("uniform(0,1)"), 4, (2, 3))
    assert caught.value.code == "nothing_left"
    with pytest.raises(SceneError):
        spread(parse("uniform(0,1)"), 4, (2, 3))


def test_a_spread_density_is_close_to_the_one_that_it_holds():
    dist = parse("mixture(0.3*normal(-2,1)+0.7*normal(2,0.5))")
    held = spread(dist, 256)
    assert held.name == "drawn" and len(held.weights) == 256
    assert held.args[:2] == dist.window()
    assert evaluate(held, dist)["kl_pq"] < 1e-3
    assert spread(dist).weights.size == 128


def test_spreading_a_drawn_density_on_its_own_cells_changes_nothing():
    dist = parse("drawn(-4,4,AAABAgBA__gA)")
    again = spread(dist, 6, (-4, 4))
    assert again.weights == pytest.approx(dist.weights, abs=1)


def test_levels_keep_zeros_and_keep_what_is_positive():
    assert levels_of(np.array([0, 1e-9, 0.5, 1.0])) == (0, 1, 2048, 4095)
    assert levels_of(np.array([5e-324, 0.0])) == (4095, 0)
    with pytest.raises(SceneError):
        levels_of(np.zeros(3))


def test_names_of_outcomes_become_their_places():
    assert shapes.unnamed(parse("pmf(a:1,b:3)")) == pmf([1, 3])
    assert shapes.unnamed(parse("poisson(3)")) == parse("poisson(3)")
