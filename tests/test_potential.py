"""Critics: the steepest scores W1, no feasible one scores more; against linear programs."""

import math

import numpy as np
import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from pairs import pair_of
from scipy.integrate import quad
from scipy.optimize import linprog
from scipy.stats import norm, wasserstein_distance

from divviz import SceneError, density, measure, parse, pmf, samples
from divviz.pair import Pair
from divviz.potential import Critic, best_on, critic, score, steepest


def program(x, p, q) -> float:
    """max of sum f (p - q) with |f(x[k + 1]) - f(x[k])| <= x[k + 1] - x[k], by HiGHS."""
    n, step = len(x), np.diff(x)
    rows = np.eye(n)[1:] - np.eye(n)[:-1]
    found = linprog(
        -(np.asarray(p) - np.asarray(q)),
        A_ub=np.concatenate([rows, -rows]),
        b_ub=np.concatenate([step, step]),
        A_eq=np.eye(n)[:1],
        b_eq=[0.0],
        bounds=(None, None),
    )
    assert found.success
    return -float(found.fun)


# --- outcomes -------------------------------------------------------------------------------------


@each("seed", range(12))
def test_the_steepest_critic_scores_what_the_linear_program_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 30))
    x = np.sort(rng.normal(size=n) * 5)
    p, q = rng.dirichlet(np.full(n, 0.4)), rng.dirichlet(np.full(n, 0.4))
    pair = Pair(pmf(p, x), pmf(q, x))
    for f in (steepest(pair), best_on(pair, x)):
        assert f.feasible and f.lipschitz == pytest.approx(1, abs=1e-9)
        assert score(pair, f) == pytest.approx(program(x, p, q), rel=1e-9)
        assert float(f.at(x) @ (p - q)) == pytest.approx(program(x, p, q), rel=1e-9)


def test_a_point_against_a_point() -> None:
    pair = pair_of("pmf(0:1)", "pmf(3:1)")
    f = steepest(pair)
    assert f == Critic((0.0, 3.0), (0.0, -3.0))  # high where P is, level where no mass goes
    assert score(pair, f) == 3 and score(pair.swapped, f) == -3
    assert f.at([-5, 0, 1, 9]).tolist() == [0, 0, -1, -3]


def test_the_slope_is_the_sign_of_g_minus_f_and_0_where_they_are_equal() -> None:
    # F - G is 0.2 on (0, 1), 0 on (1, 2), -0.1 on (2, 4)
    pair = Pair(pmf([0.4, 0.1, 0.1, 0.4], [0, 1, 2, 4]), pmf([0.2, 0.3, 0.2, 0.3], [0, 1, 2, 4]))
    f = steepest(pair)
    assert f.x == (0.0, 1.0, 2.0, 4.0) and f.slopes.tolist() == [0, -1, 0, 1, 0]
    assert score(pair, f) == pytest.approx(0.2 + 0.1 * 2)
    assert f.at(float(pair.P.quantile(0.5))) == 0


def test_rounding_is_no_difference() -> None:
    tenths = Pair(pmf([0.1, 0.2, 0.7]), pmf([0.3, 0, 0.7]))
    assert steepest(tenths).slopes.tolist() == [0, 1, 0]
    for text in ("pmf(0.1,0.2,0.7)", "normal(0,1)", "density(0:1,1:2,2)"):
        same = pair_of(text, text)
        assert not steepest(same).slopes.any() and score(same, steepest(same)) == 0


def test_named_outcomes_stand_at_whole_numbers() -> None:
    pair = pair_of("pmf(a:1,b:0,c:0)", "pmf(a:0,b:0,c:1)")
    assert steepest(pair).x == (0.0, 2.0) and score(pair, steepest(pair)) == 2


weights = st.lists(st.integers(0, 9), min_size=5, max_size=5).filter(any)
heights = st.lists(st.floats(-5, 5), min_size=5, max_size=5)
X = [-2.0, -1.0, 0.5, 1.0, 6.0]


@given(weights, weights, heights)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_no_critic_scores_above_its_lipschitz_constant_times_w1(p, q, values) -> None:
    pair, f = Pair(pmf(p, X), pmf(q, X)), critic(X, values)
    w1 = wasserstein_distance(X, X, p, q)
    found = score(pair, f)
    assert found is not None and abs(found) <= f.lipschitz * w1 + 1e-12
    plain = np.asarray(values) @ (np.array(p) / sum(p) - np.array(q) / sum(q))
    assert found == pytest.approx(plain, abs=1e-13)
    assert f.lipschitz == pytest.approx(np.abs(np.diff(values) / np.diff(X)).max())
    assert f.feasible == (f.lipschitz <= 1 + 1e-9)


def test_corners_between_the_outcomes_count_too() -> None:
    pair = pair_of("pmf(0:1)", "pmf(3:1)")
    hill = critic([-1, 1, 2], [0, 2, -1])
    assert hill.at([0, 3]).tolist() == [1, -1]
    assert score(pair, hill) == pytest.approx(2) and hill.lipschitz == 3 and not hill.feasible
    assert score(pair, critic([1], [7])) == 0


# --- densities ------------------------------------------------------------------------------------

CLOSED = [
    ("normal(0,1)", "normal(1,1)", 1.0),
    ("normal(0,1)", "normal(0,2)", math.sqrt(2 / math.pi)),
    ("normal(1000000000,1)", "normal(999999999,1)", 1.0),
    ("normal(0,1)", "normal(1e-12,1)", 1e-12),
    ("uniform(0,1)", "uniform(2,5)", 3.0),
    ("uniform(0,1)", "uniform(0.5,1)", 0.25),
    ("exponential(1)", "exponential(2)", 0.5),
    ("cauchy(0,1)", "cauchy(2,1)", 2.0),
    ("gamma(0.3,1)", "gamma(0.5,1)", 0.2),
    ("pareto(1.5,1)", "pareto(3,1)", 1.5),
    ("laplace(0,1)", "laplace(0,3)", 2.0),
    ("poisson(4)", "poisson(7)", 3.0),
]


@each(("p", "q", "truth"), CLOSED)
def test_the_score_of_the_steepest_critic_is_w1_in_closed_form(p, q, truth) -> None:
    pair = pair_of(p, q)
    f = steepest(pair)
    assert f.feasible and set(np.abs(f.slopes).round(9)) <= {0, 1}
    assert score(pair, f) == pytest.approx(truth, rel=1e-10)


PAIRS = [
    ("normal(0,1)", "mixture(0.5*normal(-3,1)+0.5*normal(3,0.5))"),
    ("student_t(3,0,1)", "normal(0,1)"),
    ("student_t(1.5,0,1)", "student_t(1.2,1,2)"),
    ("beta(0.5,0.5)", "uniform(0,1)"),
    ("lognormal(0,2)", "lognormal(0.5,1)"),
    ("drawn(-3,5,AAABAgBA__gA)", "normal(0,1)"),
    ("drawn(-3,5,AAABAgBA__gA)", "drawn(-2,6,AAABAgBA__gA)"),
    ("binomial(10,0.5)", "poisson(5)"),
    ("poisson(4)", "normal(4,2)"),
    ("uniform(0,3)", "binomial(3,0.5)"),
    ("student_t(1.5,0,1)", "binomial(3,0.5)"),
]


@each(("p", "q"), PAIRS)
def test_the_steepest_critic_reaches_w1_of_any_kind_of_pair(p, q) -> None:
    for pair in (pair_of(p, q), pair_of(q, p)):
        f = steepest(pair)
        assert f.feasible
        assert score(pair, f) == pytest.approx(measure("w1", pair.P, pair.Q), rel=1e-9)


def test_a_sample_against_a_density() -> None:
    rng = np.random.default_rng(3)
    pair = Pair(samples(rng.normal(size=200)), parse("normal(0,1)"))
    f = steepest(pair)
    assert score(pair, f) == pytest.approx(measure("w1", pair.P, pair.Q), rel=1e-9)


def test_it_turns_where_the_cdfs_cross() -> None:
    f = steepest(pair_of("normal(0,1)", "normal(1,2)"))  # x = (x - 1)/2 at -1
    assert f.x == pytest.approx((-1.0,), abs=1e-12) and (f.left, f.right) == (1, -1)
    wide = steepest(pair_of("normal(0,1)", "normal(0,2)"))
    assert wide.at([-2.0, 0.0, 3.0]) == pytest.approx([-2, 0, -3], abs=1e-12)  # -|x|


def test_it_is_level_where_steps_agree() -> None:
    pair = Pair(
        density([0, 1, 2, 3, 4], [2, 1, 1, 2]), density([0, 0.5, 1, 3, 3.5, 4], [4, 0, 1, 0, 4])
    )
    f = steepest(pair)
    assert f.x == pytest.approx((0, 1, 3, 4)) and f.slopes.tolist() == [0, 1, 0, -1, 0]


def test_the_score_of_any_critic_is_its_expectation_by_quadrature() -> None:
    x = np.linspace(-4, 5, 19)
    f = critic(x, np.sin(x))

    def term(t: float) -> float:
        return float(f.at(t)) * float(norm.pdf(t) - norm.pdf(t, 1, 2))

    truth = sum(quad(term, a, b)[0] for a, b in zip([-30, *x], [*x, 40], strict=True))
    assert score(pair_of("normal(0,1)", "normal(1,2)"), f) == pytest.approx(truth, abs=1e-10)


def test_the_best_critic_on_a_grid_is_below_w1_and_reaches_it_as_the_grid_gets_finer() -> None:
    pair = pair_of("normal(0,1)", "normal(1,2)")
    w1 = measure("w1", pair.P, pair.Q)
    gaps = []
    for n in (4, 8, 16, 64, 256):
        f = best_on(pair, np.linspace(-12.3, 14.1, n))
        found = score(pair, f)
        assert f.feasible and found is not None and w1 is not None
        gaps.append(w1 - found)
    assert all(gap > 0 for gap in gaps) and gaps[-1] < 1e-3 < gaps[0]


def test_the_best_on_a_grid_beats_random_feasible_critics_on_it() -> None:
    rng = np.random.default_rng(5)
    pair, x = pair_of("gamma(2,1)", "normal(2,1)"), np.linspace(-2, 9, 12)
    top = score(pair, best_on(pair, x))
    assert top is not None
    for _ in range(50):
        values = np.append(0.0, np.cumsum(rng.uniform(-1, 1, 11)))
        found = score(pair, critic(x, values))
        assert found is not None and found < top


# --- tails ----------------------------------------------------------------------------------------


def test_an_infinite_w1_is_an_infinite_score() -> None:
    for p, q in [("cauchy(0,1)", "normal(0,1)"), ("cauchy(0,1)", "cauchy(0,2)")]:
        pair = pair_of(p, q)
        assert score(pair, steepest(pair)) == math.inf
        assert score(pair.swapped, steepest(pair)) == -math.inf
    mixed = pair_of("binomial(3,0.5)", "cauchy(0,1)")
    assert score(mixed, steepest(mixed)) == math.inf


def test_a_level_critic_scores_a_finite_number_whatever_the_tails() -> None:
    hat = critic([-1, 0, 1], [0, 1, 0])

    def term(t: float) -> float:
        return (1 - abs(t)) * float(norm.pdf(t) - 1 / (math.pi * (1 + t * t)))

    truth = quad(term, -1, 0)[0] + quad(term, 0, 1)[0]
    assert score(pair_of("normal(0,1)", "cauchy(0,1)"), hat) == pytest.approx(truth, rel=1e-9)


def test_two_tails_that_contradict_leave_the_score_undefined() -> None:
    line = Critic((0.0,), (0.0,), 1.0, 1.0)  # E[x] under Cauchy
    assert score(pair_of("cauchy(0,1)", "normal(0,1)"), line) is None
    assert score(pair_of("pareto(1,1)", "normal(0,1)"), line) == math.inf


# --- what a visitor can get wrong -----------------------------------------------------------------


@each(
    ("x", "values", "code"),
    [
        ([0, 1], [0], "critic"),
        ([0, 1], [0, math.nan], "potential_value"),
        ([0, 1], [0, math.inf], "potential_value"),
        ([1, 1], [0, 1], "places_order"),
        ([0, math.nan], [0, 1], "place"),
        ([], [], "places_none"),
        (1, [0], "numbers_list"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(x, values, code) -> None:
    with pytest.raises(SceneError) as caught:
        critic(x, values)
    assert caught.value.code == code and str(caught.value).endswith(".")


def test_places_far_out_and_close_together_do_no_harm() -> None:
    for pair in (
        pair_of("normal(0,1)", "normal(1,1)"),
        pair_of("poisson(4)", "normal(4,2)"),
        pair_of("cauchy(0,1)", "cauchy(1,1)"),
        pair_of("beta(0.5,2)", "uniform(0,1)"),
        pair_of("poisson(4)", "poisson(7)"),
    ):
        x = [-1e30, -1e8, 0.0, 5e-324, 1e-9, 1.0, 1e30]
        found = score(pair, critic(x, [0, 0, 0, 1e-300, 1, 2, 3]))
        assert found is not None and math.isfinite(found)
        assert all(math.isfinite(v) for v in best_on(pair, x).values)
