"""Plans made without looking ahead, against linear programming and a plan made on paper."""

import numpy as np
import pytest
from cases import each
from scipy.optimize import linprog

from divviz.hasty import backward, crossed, nearest_first, unravelled
from divviz.places import Places, places
from divviz.plan import Move, Plan, cost, finished, read
from divviz.uncrossing import crossings, excess, optimal

DRAWN = [np.random.default_rng(seed) for seed in range(12)]


def drawn(rng: np.random.Generator) -> Places:
    n = int(rng.integers(1, 7))
    x = np.sort(rng.uniform(-5, 5, n))
    return places(x, rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n)))


def extreme(here: Places, p: float, sign: int) -> float:
    """The least (sign 1) or the largest (sign -1) cost of all plans."""
    n, x = len(here.x), np.array(here.x)
    sums = np.vstack([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))])
    costs = sign * np.abs(x[:, None] - x).ravel() ** p
    return float(sign * linprog(costs, A_eq=sums, b_eq=[*here.p, *here.q]).fun)


@each("p", [1, 2, 3])
@each("rng", DRAWN)
def test_backward_costs_as_much_as_any_plan(rng: np.random.Generator, p: float) -> None:
    here = drawn(rng)
    assert cost(backward(here), p) == pytest.approx(extreme(here, p, -1), rel=1e-7, abs=1e-9)


def test_nearest_first_is_what_the_greedy_make_and_not_the_best() -> None:
    here = places(range(9), [0, 3, 0, 0, 3, 2, 0, 2, 0], [1, 0, 0, 3, 0, 2, 0, 0, 4])
    found = nearest_first(here)
    # On paper: 1 to 0, then 4 to 3, then 7 to 8, and the rest of 1 has to go on to 8.
    assert [(m.i, m.j) for m in found.moves] == [(1, 0), (4, 3), (7, 8), (1, 8)]
    assert cost(found) == pytest.approx(2.0, abs=1e-12)
    assert extreme(here, 1, 1) == pytest.approx(1.6, abs=1e-9)


@each("rng", DRAWN)
def test_nearest_first_finishes_and_never_beats_the_best(rng: np.random.Generator) -> None:
    here = drawn(rng)
    found = nearest_first(here)
    assert finished(found) and excess(found) >= 0


def test_nearest_first_moves_nothing_between_equals() -> None:
    assert nearest_first(places([0, 1], [1, 2], [1, 2])).moves == ()


@each("rng", DRAWN)
def test_what_is_unravelled_ends_in_the_best_plan_and_never_costs_more(
    rng: np.random.Generator,
) -> None:
    here = drawn(rng)
    path = unravelled(Plan(here))
    costs = np.array([cost(plan, 2) for plan in path])
    assert (np.diff(costs) <= 1e-12).all() and not crossings(path[-1])
    assert costs[-1] == pytest.approx(cost(optimal(Plan(here)), 2), rel=1e-9, abs=1e-12)


def test_a_finished_plan_with_crossings_is_unravelled_itself() -> None:
    here = places(range(4), [1, 1, 0, 0], [0, 0, 1, 1])
    own = Plan(here, (Move(0, 3, 0.5), Move(1, 2, 0.5)))
    assert crossed(own) and unravelled(own)[0] == own
    assert not crossed(Plan(here)) and not crossed(read(here, "0>2;1>3"))


def test_a_way_over_what_stays_is_a_crossing_too() -> None:
    here = places(range(3), [1, 1, 0], [0, 1, 1])
    assert not crossed(read(here, "0>1;1>2"))
    jump = read(here, "0>2")
    assert crossed(jump) and len(unravelled(jump)) == 2
