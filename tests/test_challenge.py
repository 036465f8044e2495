"""Challenges: what a level asks, that every seed gives one that can be solved, and the points."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import trapezoid
from scipy.optimize import minimize
from scipy.stats import norm

from divviz.challenge import ORDERS
from divviz.dist import Dist
from divviz.flattest import flattest
from divviz.goals import Goal
from divviz.rounds import HIGHEST_SEED, LEVELS, STREAMS, answer, task

SEEDS = [0, 1, 2, 3, 5, 8, 77, 4711, HIGHEST_SEED]
EVERY = range(1, len(LEVELS) + 1)

# ---- oracles -------------------------------------------------------------------------------------


def kl(p: np.ndarray, q: np.ndarray) -> float:
    there = p > 0
    if (q[there] == 0).any():
        return math.inf
    return float(sum(p[there] * (np.log(p[there]) - np.log(q[there]))))


def of_bars(p: Dist, q: Dist) -> dict[str, float]:
    """The numbers of two distributions on 1, 2, ..., from the weights that their text says."""
    a, b = (np.array(one.weights, float) / sum(one.weights) for one in (p, q))
    m = (a + b) / 2
    return {
        "kl_pq": kl(a, b),
        "kl_qp": kl(b, a),
        "js": (kl(a, m) + kl(b, m)) / 2,
        "w1": float(np.abs(np.cumsum(a - b)).sum()),
        "entropy_q": float(-sum(b[b > 0] * np.log(b[b > 0]))),
    }


def logs(dist: Dist, x: np.ndarray) -> np.ndarray:
    """The log-density of a normal or of a mixture of normals, by SciPy."""
    if dist.name == "normal":
        return norm(*dist.args).logpdf(x)
    shares = np.array(dist.weights) / sum(dist.weights)
    rows = [np.log(w) + logs(part, x) for w, part in zip(shares, dist.parts, strict=True)]
    return np.logaddexp.reduce(rows)


def of_lines(p: Dist, q: Dist) -> dict[str, float]:
    """The numbers of two densities on a fine grid."""
    x = np.linspace(-40, 40, 8001)
    a, b = logs(p, x), logs(q, x)
    gaps = np.cumsum(np.exp(a) - np.exp(b)) * (x[1] - x[0])
    return {
        "kl_pq": float(trapezoid(np.exp(a) * (a - b), x)),
        "kl_qp": float(trapezoid(np.exp(b) * (b - a), x)),
        "w1": float(trapezoid(np.abs(gaps), x)),
    }


def numbers(p: Dist, q: Dist) -> dict[str, float]:
    return of_bars(p, q) if p.kind == "discrete" else of_lines(p, q)


# ---- points --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "value", "points"),
    [
        (Goal("kl_pq", "hit", 0.1), 0.05, 50),
        (Goal("kl_pq", "hit", 0.1), 0.2, 50),
        (Goal("kl_pq", "hit", 0.1), 0.0951, 100),
        (Goal("kl_pq", "hit", 0.1), 0.0949, 95),
        (Goal("kl_pq", "hit", 10), 0.0, 0),
        (Goal("kl_pq", "hit", 10), math.inf, 0),
        (Goal("w1", "below", 0.1), 0.0, 100),
        (Goal("w1", "below", 0.1), 0.4, 25),
        (Goal("w1", "below", 0.1), math.inf, 0),
        (Goal("js", "above", 0.4), 0.1, 25),
        (Goal("js", "above", 0.4), 0.69, 100),
        (Goal("kl_pq", "infinite"), math.inf, 100),
        (Goal("kl_pq", "infinite"), 1e300, 0),
        (Goal("entropy_q", "flattest", 1.6, 1.2), 1.4, 50),
        (Goal("entropy_q", "flattest", 1.6, 1.2), 1.0, 0),
        (Goal("entropy_q", "flattest", 1.6, 1.2), 1.7, 100),
    ],
)
def test_points_are_the_share_of_the_way(goal: Goal, value: float, points: int) -> None:
    assert goal.points(value) == points


# ---- every round ---------------------------------------------------------------------------------


@pytest.mark.parametrize("level", EVERY)
def test_every_seed_gives_a_level_that_a_script_solves_and_that_is_not_solved_at_the_start(
    level: int,
) -> None:
    for seed in SEEDS:
        now, found = task(seed, level), answer(seed, level)
        if now.pairs:
            assert now.order_points(found) == 100 and not now.goals
            continue
        assert now.points(found) == 100, seed
        assert now.points(now.q) <= 50, seed


@pytest.mark.parametrize("level", [k for k in EVERY if k != 7])
def test_the_solution_does_what_the_level_asks_by_an_independent_computation(level: int) -> None:
    for seed in SEEDS[:5]:
        now, found = task(seed, level), answer(seed, level)
        exact = numbers(now.p, found)
        for goal in now.goals:
            value = exact[goal.key]
            if goal.kind == "hit":
                assert goal.target / 1.06 <= value <= goal.target * 1.06
            elif goal.kind == "below":
                assert value <= 1.06 * goal.target
            elif goal.kind == "above":
                assert value >= goal.target / 1.06
            elif goal.kind == "infinite":
                assert value == math.inf
            else:
                assert value == pytest.approx(goal.target, rel=1e-3)


def test_the_first_five_levels_ask_for_both_directions_in_round_numbers() -> None:
    asked = [(goal.key, goal.target) for level in EVERY[:5] for goal in task(9, level).goals]
    assert asked == [("kl_pq", 0.1), ("kl_pq", 1), ("kl_pq", 10), ("kl_qp", 1), ("kl_qp", 10)]


def test_a_round_is_the_same_on_every_machine() -> None:
    assert str(task(1, 1).p) == "pmf(1:6,2:9,3:1,4:1,5:3,6:4)"
    assert str(task(1, 6).p) == "mixture(0.6*normal(-1.5,0.7)+0.4*normal(1.7,1.1))"
    assert [goal.target for goal in task(1, 6).goals] == [0.4, 1.2]
    assert str(task(HIGHEST_SEED, 10).p) == str(task.__wrapped__(HIGHEST_SEED, 10).p)


def test_two_rounds_differ_and_no_two_levels_share_their_dice() -> None:
    assert len(LEVELS) < STREAMS
    rounds = {tuple(str(task(seed, level).p) for level in EVERY) for seed in SEEDS}
    assert len(rounds) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_order_is_worth_a_third_for_each_right_comparison(seed: int) -> None:
    now = task(seed, 7)
    js = dict(zip("ABC", (of_bars(pair.P, pair.Q)["js"] for pair in now.pairs), strict=True))
    for order in ORDERS:
        right = sum(js[a] < js[b] for a, b in itertools.combinations(order, 2))
        assert now.order_points(order) == round(100 * right / 3)
        assert all(js[a] > js[b] for a, b in now.misplaced(order))
    low, middle, high = sorted(js.values())
    assert middle >= 1.3 * low and high >= 1.3 * middle


# ---- the flattest Q ------------------------------------------------------------------------------


@pytest.mark.parametrize("bound", [0.01, 0.1, 0.4])
@pytest.mark.parametrize("weights", [(9, 1, 2, 14, 1, 3), (1, 1000), (5, 4, 3), (1e-6, 1, 1e-3)])
def test_the_flattest_q_is_what_a_general_optimiser_finds(
    weights: tuple[float, ...], bound: float
) -> None:
    p = np.array(weights) / sum(weights)
    q = flattest(p, bound)
    found = minimize(
        lambda v: float(np.sum(v * np.log(v))),
        p,
        jac=lambda v: np.log(v) + 1,
        bounds=[(1e-9, 1)] * len(p),
        constraints=[
            {"type": "eq", "fun": lambda v: v.sum() - 1},
            {"type": "ineq", "fun": lambda v: bound - kl(p, v)},
        ],
        tol=1e-12,
    )
    assert kl(p, q) <= bound * (1 + 1e-9) and q.sum() == pytest.approx(1, abs=1e-14)
    assert float(np.sum(q * np.log(q))) == pytest.approx(found.fun, abs=1e-6)


def test_within_a_wide_bound_the_flattest_q_is_even() -> None:
    assert flattest(np.array([0.4, 0.3, 0.3]), 1.0).tolist() == [1 / 3] * 3
