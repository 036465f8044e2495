"""Common ground: outcomes matched, supports compared, tails weighed, gaps accumulated."""

from __future__ import annotations

import math

import numpy as np
import pytest
from cases import each

from divviz.families import Dist, SceneError, Tail, drawn, make, mixture, pmf
from divviz.measures import evaluate
from divviz.pair import REASONS, Pair, endures

N01 = make("normal", 0, 1)
INF = math.inf


def test_a_density_and_outcomes_have_no_common_ground() -> None:
    pair = Pair(N01, make("poisson", 3))
    assert pair.mixed and not pair.discrete and pair.kind == "mixed"
    with pytest.raises(TypeError):
        _ = pair.ground


def test_a_density_and_named_outcomes_are_not_compared() -> None:
    with pytest.raises(SceneError) as caught:
        Pair(N01, pmf([1, 1], labels=["cat", "dog"]))
    assert str(caught.value).startswith(
        "P is continuous and Q is discrete; compare two of one kind"
    )


def test_outcomes_are_the_union_of_both_supports() -> None:
    pair = Pair(pmf([1, 1], [0, 2.5]), pmf([1, 3], [-1, 2.5]))
    np.testing.assert_array_equal(pair.x, [-1, 0, 2.5])
    np.testing.assert_array_equal(pair.p, [0, 0.5, 0.5])
    np.testing.assert_array_equal(pair.q, [0.25, 0, 0.75])
    assert pair.log_p[0] == -INF and pair.log_q[1] == -INF


def test_labels_are_joined_in_the_order_of_p_then_of_q() -> None:
    pair = Pair(pmf([1, 3], labels=["cat", "dog"]), pmf([1, 1, 2], labels=["eel", "cat", "ant"]))
    assert pair.labels == ("cat", "dog", "eel", "ant")
    np.testing.assert_array_equal(pair.p, [0.25, 0.75, 0, 0])
    np.testing.assert_array_equal(pair.q, [0.25, 0, 0.25, 0.5])
    np.testing.assert_array_equal(pair.x, [0, 1, 2, 3])


def test_a_named_and_a_nameless_distribution_of_one_length_are_matched_by_place() -> None:
    pair = Pair(pmf([1, 3], labels=["cat", "dog"]), make("bernoulli", 0.25))
    assert pair.labels == ("cat", "dog")
    np.testing.assert_allclose(pair.q, [0.75, 0.25])


def test_names_against_numbers_of_another_length_are_refused() -> None:
    with pytest.raises(SceneError) as caught:
        Pair(pmf([1, 3, 2]), pmf([1, 1], labels=["a", "b"]))
    assert caught.value.code == "labels" and caught.value.fields == {"p": 3, "q": 2}


def test_a_plot_gets_densities_at_its_own_places() -> None:
    ground = Pair(N01, make("normal", 2, 1)).on(np.array([0.0, 1.0]))
    np.testing.assert_allclose(ground.p, N01.density(np.array([0.0, 1.0])))
    np.testing.assert_allclose(ground.log_ratio, [2, 0], atol=1e-15)


OUTSIDE = [
    (pmf([1, 2, 2]), pmf([1, 1, 0]), "Q gives 0 to outcome 2, where P has 0.4."),
    (make("poisson", 1), pmf([1, 1, 1]), "Q gives 0 to outcome 3"),
    (make("poisson", 1), pmf([1] * 1000), "Q gives 0 to outcome 1000"),
    (make("geometric", 0.5), make("binomial", 5, 0.5), "Q gives 0 to outcome 6"),
    (make("binomial", 10_000, 0.001), pmf([1] * 900), "Q gives 0 to outcome 900"),
    (pmf([1, 3], labels=["a", "b"]), pmf([1], labels=["a"]), "Q gives 0 to outcome b, where P"),
    (make("uniform", 0, 2), make("uniform", 1, 3), "Q gives 0 to [0, 1], where P has 0.5."),
    (N01, make("exponential", 1), "Q gives 0 to (−∞, 0], where P has 0.5."),
    (make("normal", 50, 1), make("exponential", 1), "Q gives 0 to (−∞, 0], where P has < 10⁻³⁰⁰."),
    (N01, drawn(-1, 1, [1, 0, 0, 1]), "Q gives 0 to [−0.5, 0.5]"),
    (drawn(0, 4, [1, 1, 2, 1]), drawn(0, 4, [1, 0, 0, 1]), "Q gives 0 to [1, 3], where P has 0.6"),
]


@each(("p", "q", "words"), OUTSIDE)
def test_mass_outside_the_other_support_is_named(p: Dist, q: Dist, words: str) -> None:
    pair = Pair(p, q)
    assert str(pair.outside_q).startswith(words)
    assert pair.outside_q is not None and pair.outside_q.code in REASONS
    mirrored = Pair(q, p)
    assert mirrored.outside_p is not None
    assert (mirrored.outside_p.fields["who"], mirrored.outside_p.fields["other"]) == ("Q", "P")


WITHIN = [
    (make("exponential", 1), N01),
    (make("binomial", 10, 0.3), make("poisson", 3)),
    (make("beta", 0.5, 0.5), make("uniform", 0, 1)),
    (drawn(0, 4, [1, 0, 0, 1]), drawn(0, 4, [1, 1, 2, 1])),
    (pmf([1, 5e-324]), pmf([5e-324, 1])),
    (make("normal", 50, 1), make("normal", 0, 0.01)),
    (make("gamma", 0.01, 1), make("gamma", 100, 1)),
]


@each(("p", "q"), WITHIN)
def test_underflow_is_not_taken_for_empty_support(p: Dist, q: Dist) -> None:
    assert Pair(p, q).outside_q is None
    assert math.isfinite(evaluate(p, q)["kl_pq"])


def t(nu: float) -> Dist:
    return make("student_t", nu, 0, 1)


HEAVY = [
    (make("cauchy", 0, 1), N01, True),
    (make("cauchy", 0, 1), make("laplace", 0, 1), True),
    (make("cauchy", 0, 1), t(30), False),
    (t(1.5), N01, True),
    (t(2), N01, True),
    (t(2.01), N01, False),
    (t(1.5), make("laplace", 0, 1), False),
    (N01, make("cauchy", 0, 1), False),
    (make("laplace", 0, 1), make("normal", 0, 0.001), False),
    (mixture([1, 1e-300], [N01, make("cauchy", 0, 1)]), N01, True),
    (N01, mixture([1, 1e-12], [N01, make("cauchy", 0, 1)]), False),
    (make("cauchy", 0, 1), mixture([1, 1e-12], [N01, make("cauchy", 0, 1)]), False),
]


@each(("p", "q", "heavy"), HEAVY)
def test_a_tail_is_too_heavy_exactly_when_the_moment_diverges(
    p: Dist, q: Dist, heavy: bool
) -> None:
    pair = Pair(p, q)
    assert (pair.heavy_q is not None) is heavy
    assert math.isinf(evaluate(p, q)["kl_pq"]) is heavy
    if heavy:
        assert str(pair.heavy_q) == "P's tail is too heavy for Q."


POWER, LOGNORMAL = Tail("power", terms=((3.0, 1.0),)), Tail("log_square")
EXPONENTIAL, NORMAL, GUMBEL = Tail("order", 1, 2.0), Tail("order", 2, 0.5), Tail("exp", rate=1.0)
GROWTHS = [
    (Tail(), GUMBEL, True),
    (POWER, LOGNORMAL, True),
    (POWER, NORMAL, True),
    (POWER, Tail("order", 3, 1.0), False),
    (POWER, GUMBEL, False),
    (LOGNORMAL, NORMAL, True),
    (LOGNORMAL, GUMBEL, False),
    (EXPONENTIAL, GUMBEL, True),
    (Tail("order", 1, 0.5), GUMBEL, False),
    (NORMAL, GUMBEL, True),
    (GUMBEL, GUMBEL, True),
]


@each(("p", "q", "finite"), GROWTHS)
def test_the_growth_of_minus_log_q_meets_the_tail_of_p(p: Tail, q: Tail, finite: bool) -> None:
    assert endures(p, q) is finite


def c(x0: float, gamma: float) -> Dist:
    return make("cauchy", x0, gamma)


W1 = [
    (c(0, 1), c(5, 1), None),
    (c(0, 1), c(0, 2), "Q"),
    (c(0, 1), N01, "P"),
    (N01, t(1), "Q"),
    (N01, t(1.01), None),
    (t(0.5), t(0.7), "P"),
    (t(0.5), make("student_t", 0.5, 3, 1), None),
    (c(2, 1), t(1), None),
    (mixture([1, 1], [c(0, 1), c(4, 3)]), c(0, 2), None),
    (mixture([1, 1], [c(0, 1), N01]), c(0, 0.5), None),
    (mixture([1, 1], [c(0, 1), t(0.5)]), mixture([1, 1], [c(0, 2), t(0.5)]), "Q"),
    (make("poisson", 3), make("geometric", 0.5), None),
]


@each(("p", "q", "who"), W1)
def test_w1_is_infinite_exactly_when_tails_without_mean_differ(
    p: Dist, q: Dist, who: str | None
) -> None:
    far = Pair(p, q).far
    assert math.isinf(evaluate(p, q)["w1"]) is (who is not None)
    assert (far.fields["who"] if far is not None else None) == who


def test_nodes_follow_one_another_and_carry_all_mass() -> None:
    for p, q in [(N01, c(3, 0.01)), (make("gamma", 0.05, 1), make("beta", 0.1, 0.1))]:
        pair = Pair(p, q)
        assert (np.diff(pair.x) >= 0).all()
        assert pair.ground.p.sum() == pytest.approx(1, abs=1e-12)
        assert pair.ground.q.sum() == pytest.approx(1, abs=1e-12)


def test_the_gap_is_the_difference_of_the_cdfs() -> None:
    for p, q in [
        (N01, make("laplace", 0.3, 1)),
        (make("beta", 0.5, 0.5), make("uniform", 0, 1)),
        (make("poisson", 3), make("geometric", 0.4)),
    ]:
        gap = Pair(p, q).gap
        # Next to 1 the places themselves are rounded, and beta's CDF is steep there.
        clear = (gap.x < 0.99) | (gap.x > 1.01)
        x, values = gap.x[clear], gap.values[clear]
        np.testing.assert_allclose(values, p.cdf(x) - q.cdf(x), atol=1e-11)


def test_two_drawn_densities_need_one_node_per_cell() -> None:
    levels = np.random.default_rng(5).integers(0, 4096, (2, 256))
    pair = Pair(drawn(-4, 4, levels[0]), drawn(-4, 4, levels[1]))
    assert len(pair.x) <= 256


def test_a_smooth_pair_stays_small() -> None:
    assert len(Pair(N01, make("normal", 2, 1)).x) < 500
