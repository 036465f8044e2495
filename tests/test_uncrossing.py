"""The best plan against POT, SciPy and the measures; uncrossing never costs more and ends in it."""

import math
from itertools import pairwise

import numpy as np
import ot
import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from divviz import SceneError, measure
from divviz.places import places
from divviz.plan import Move, Plan, cost, finished, left, mean_way, move, room, settled
from divviz.uncrossing import crossings, excess, optimal, resting, uncrossed, uncrossings

X = [-3.0, -1.0, 0.0, 0.5, 4.0, 11.0]
N = len(X)
weights = st.lists(st.integers(0, 9), min_size=N, max_size=N).filter(any)
gestures = st.permutations([(i, j) for i in range(N) for j in range(N) if i != j])
LAW = settings(max_examples=120, deadline=None, derandomize=True)


def by_pot(plan: Plan, price: np.ndarray) -> float:
    return float(ot.emd2(np.array(plan.places.p), np.array(plan.places.q), price))


def table(plan: Plan) -> np.ndarray:
    """The amounts of a plan as a matrix (n, n)."""
    n = len(plan.places.x)
    found = np.zeros((n, n))
    for i, j, amount in plan.moves:
        found[i, j] += amount
    return found


def handmade(p, q, order) -> Plan:
    """A finished plan by a visitor who moves in some order, all that fits, and lets the rest be."""
    plan = Plan(places(X, p, q))
    for i, j in order:
        give, take = float(left(plan)[i]), float(room(plan)[j])
        if give > 0 and take > 0:
            plan = move(plan, i, j, min(give, take))
    return settled(plan)


def in_doubles(seed: int, n: int) -> Plan:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.normal(size=n) * 10)
    return Plan(places(x, rng.dirichlet(np.full(n, 0.5)), rng.dirichlet(np.full(n, 0.5))))


# --- the best plan --------------------------------------------------------------------------------


@each("n", [1, 2, 5, 17, 64])
@each("seed", range(4))
@each("p", [1.0, 1.5, 2.0, 3.0])
def test_the_optimal_plan_costs_what_the_network_simplex_finds(seed: int, n: int, p: float) -> None:
    plan = optimal(in_doubles(seed, n))
    here = plan.places
    x = np.array(here.x)
    least = by_pot(plan, np.abs(x[:, None] - x) ** p)
    assert cost(plan, p) == pytest.approx(least, rel=1e-9, abs=1e-12)
    assert table(plan).sum(axis=1) == pytest.approx(np.array(here.p), abs=1e-14)
    assert table(plan).sum(axis=0) == pytest.approx(np.array(here.q), abs=1e-14)
    assert finished(plan) and crossings(plan) == () and len(plan.moves) <= max(2 * n - 1, 1)


@each("seed", range(5))
def test_its_plan_for_squares_is_the_only_one_and_that_of_pot(seed: int) -> None:
    plan = optimal(in_doubles(seed, 12))
    p, q, x = (np.array(v) for v in (plan.places.p, plan.places.q, plan.places.x))
    assert table(plan) == pytest.approx(ot.emd(p, q, (x[:, None] - x) ** 2), abs=1e-12)


@each("seed", range(5))
@each("p", [1.0, 1.7, 2.0, 5.0, math.inf])
def test_its_mean_way_is_the_wasserstein_distance_of_the_measures(seed: int, p: float) -> None:
    plan = optimal(in_doubles(seed, 20))
    pair = plan.places.pair
    assert mean_way(plan, p) == pytest.approx(
        measure("wasserstein", pair.P, pair.Q, p=p), rel=1e-12
    )


@given(weights, weights)
@LAW
def test_the_optimal_and_the_resting_plan_cost_w1(p, q) -> None:
    plan = Plan(places(X, p, q))
    w1 = wasserstein_distance(X, X, p, q)
    assert cost(optimal(plan)) == pytest.approx(w1, rel=1e-12, abs=1e-13)
    assert cost(resting(plan)) == pytest.approx(w1, rel=1e-12, abs=1e-13)
    moved = sum(m.amount for m in resting(plan).moves if m.i != m.j)
    tv = 0.5 * sum(abs(a - b) for a, b in zip(plan.places.p, plan.places.q, strict=True))
    assert moved == pytest.approx(tv, abs=1e-14)
    assert finished(resting(plan)) and excess(resting(plan)) == excess(optimal(plan), 2) == 0


def test_rounding_makes_no_moves_of_its_own() -> None:
    tenths = Plan(places([0, 1, 2], [0.1, 0.2, 0.7], [0.3, 0.0, 0.7]))
    assert [(m.i, m.j) for m in optimal(tenths).moves] == [(0, 0), (1, 0), (2, 2)]
    assert [(m.i, m.j) for m in resting(tenths).moves] == [(0, 0), (2, 2), (1, 0)]
    thirds = Plan(places(range(9), [1] * 9, [1, 1, 1, 3, 0, 0, 1, 1, 1]))
    assert len(optimal(thirds).moves) == 9


def test_tiny_masses_are_moved_all_the_same() -> None:
    plan = optimal(Plan(places([0, 1], [1, 0], [1, 1e-20])))
    assert plan.moves[-1] == Move(0, 1, pytest.approx(1e-20))


def test_a_point_onto_a_point_and_halves_onto_a_point() -> None:
    point = optimal(Plan(places([0, 3], [1, 0], [0, 1])))
    assert point.moves == (Move(0, 1, 1.0),) and (cost(point), cost(point, 2)) == (3, 9)
    halves = optimal(Plan(places([-1, 0, 1], [1, 0, 1], [0, 1, 0])))
    assert halves.moves == (Move(0, 1, 0.5), Move(2, 1, 0.5)) and mean_way(halves, 2) == 1


# --- costs above the least ------------------------------------------------------------------------


def test_many_plans_cost_w1_and_only_one_w2_squared() -> None:
    """P = halves at 0, 1 and Q = halves at 1, 2: two steps of 1, or one of 2 over the other."""
    empty = Plan(places([0, 1, 2], [1, 1, 0], [0, 1, 1]))
    nested, stepped = move(empty, 0, 2), move(move(empty, 0, 1), 1, 2)
    assert excess(nested) == excess(stepped) == 0
    assert excess(stepped, 2) == 0 and excess(nested, 2) == pytest.approx(1)


def test_a_detour_costs_more_by_what_it_wastes() -> None:
    empty = Plan(places([0, 1, 2, 3], [1, 1, 0, 0], [0, 0, 1, 1]))
    crossed = move(move(empty, 0, 3), 1, 2)
    assert excess(crossed) == 0 and excess(crossed, 2) == pytest.approx(1)
    back = Plan(places([0, 1], [1, 1], [1, 1]))
    swapped = move(move(back, 0, 1, 0.5), 1, 0, 0.5)
    assert excess(swapped) == 1 and excess(swapped, 2) == 1


def test_an_unfinished_plan_has_no_excess() -> None:
    with pytest.raises(SceneError, match="finish the plan"):
        excess(Plan(places([0, 1], [1, 0], [0, 1])))


@given(weights, weights, gestures, st.sampled_from([1.0, 1.5, 2.0, 4.0]))
@LAW
def test_no_plan_made_by_hand_costs_less_than_the_optimal_one(p, q, order, power) -> None:
    plan = handmade(p, q, order)
    assert finished(plan)
    least = cost(optimal(plan), power)
    assert cost(plan, power) >= least * (1 - 1e-12) - 1e-12
    assert excess(plan, power) == pytest.approx(cost(plan, power) - least, abs=1e-9 * (1 + least))


# --- crossings ------------------------------------------------------------------------------------


def test_arrows_cross_where_starts_and_ends_are_in_opposite_order() -> None:
    empty = Plan(places([0, 1, 2, 3], [1, 1, 0, 0], [0, 0, 1, 1]))
    crossed = move(move(empty, 0, 3), 1, 2)
    assert crossings(crossed) == ((0, 1),)
    assert crossings(move(move(empty, 1, 2), 0, 3)) == ((1, 0),)
    assert crossings(move(move(empty, 0, 2), 1, 3)) == ()
    shared = Plan(places([0, 1, 2], [1, 1, 0], [0, 0, 1]))
    assert crossings(move(move(shared, 0, 2), 1, 2)) == ()


def test_uncrossing_exchanges_the_ends() -> None:
    empty = Plan(places([0, 1, 2, 3], [2, 2, 0, 0], [0, 0, 1, 3]))
    crossed = move(move(empty, 0, 3), 1, 2)
    after = uncrossed(crossed, (0, 1))
    assert after.moves == (Move(0, 2, 0.25), Move(0, 3, 0.25), Move(1, 3, 0.25))
    assert uncrossed(crossed) == uncrossed(crossed, (1, 0)) == after
    assert cost(after) == cost(crossed) and cost(crossed, 2) - cost(after, 2) == 2 * 0.25
    assert uncrossed(after) == after


def test_a_rest_can_be_crossed_too() -> None:
    nested = settled(move(Plan(places([0, 1, 2], [1, 1, 0], [0, 1, 1])), 0, 2))
    assert crossings(nested) == ((0, 1),)
    assert uncrossed(nested) == optimal(nested)
    assert [cost(nested, p) - cost(uncrossed(nested), p) for p in (1, 2)] == [0, 1]


@pytest.mark.parametrize("pair", [(0, 0), (0, 1), (0, 9), (-2, -1)])
def test_two_moves_that_do_not_cross_are_refused(pair: tuple[int, int]) -> None:
    empty = Plan(places([0, 1, 2, 3], [1, 1, 0, 0], [0, 0, 1, 1]))
    plan = move(move(empty, 0, 2), 1, 3)
    with pytest.raises(SceneError, match="do not cross"):
        uncrossed(plan, pair)


two = st.lists(st.integers(-500, 500), min_size=2, max_size=2, unique=True).map(sorted)


@given(two, two, st.floats(1, 6))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_exchanging_the_ends_of_a_crossing_pair_never_costs_more(starts, ends, power) -> None:
    x = sorted({*starts, *ends})
    here = places(
        [v / 10 for v in x], [float(v in starts) for v in x], [float(v in ends) for v in x]
    )
    i, k, low, high = (x.index(v) for v in (*starts, *ends))
    crossed = Plan(here, (Move(i, high, 0.5), Move(k, low, 0.5)))
    straight = uncrossed(crossed)
    assert straight.moves == (Move(i, low, 0.5), Move(k, high, 0.5))
    start, stop, first, last = (here.x[v] for v in (i, k, low, high))
    # What lies both between the starts and between the ends is walked twice less; of the squares
    # the mixed terms are left.
    closed = {
        1.0: max(0.0, min(stop, last) - max(start, first)),
        2.0: (stop - start) * (last - first),
    }
    for p in (1.0, 2.0, power):
        gain, rounding = cost(crossed, p) - cost(straight, p), 1e-12 * cost(crossed, p) + 1e-15
        assert gain >= -rounding
        if p in closed:
            assert gain == pytest.approx(closed[p], rel=1e-9, abs=rounding)


@given(weights, weights, gestures)
@LAW
def test_repeated_uncrossing_only_saves_and_ends_in_the_optimal_plan(p, q, order) -> None:
    plan = handmade(p, q, order)
    path = uncrossings(plan)
    for power in (1.0, 2.0, 3.0):
        costs = [cost(step, power) for step in path]
        assert all(b <= a * (1 + 1e-12) + 1e-12 for a, b in pairwise(costs))
    assert table(path[-1]) == pytest.approx(table(optimal(plan)), abs=1e-13)
    assert finished(path[-1]) and len(path) <= 1 + len(plan.moves) ** 2


@pytest.mark.parametrize("seed", range(4))
def test_the_worst_plan_of_random_masses_is_untangled_with_all_its_digits(seed: int) -> None:
    """The plan in the opposite order costs the most."""
    empty = in_doubles(seed, 16)
    here = empty.places
    back = optimal(Plan(places(here.x, here.p, here.q[::-1])))
    plan = Plan(here, tuple(Move(m.i, len(here.x) - 1 - m.j, m.amount) for m in back.moves))
    path = uncrossings(plan)
    assert table(path[-1]) == pytest.approx(table(optimal(plan)), abs=1e-13)
    assert crossings(path[-1]) == ()
    x = np.array(here.x)
    worst = -by_pot(plan, -((x[:, None] - x) ** 2))
    assert cost(plan, 2) == pytest.approx(worst, rel=1e-9)


def test_a_plan_of_64_moves_is_untangled_in_a_few_steps() -> None:
    x = range(64)
    plan = Plan(places(x, [1] * 64, [1] * 64), tuple(Move(i, 63 - i, 1 / 64) for i in x))
    path = uncrossings(plan)
    assert [(m.i, m.j) for m in sorted(path[-1].moves)] == [(i, i) for i in x]
    assert len(path) <= 64
