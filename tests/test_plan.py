"""A plan made by hand: what may be moved, what is left, what it costs, and its link."""

import math
from fractions import Fraction

import numpy as np
import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st

from divviz import SceneError
from divviz.places import Places, places
from divviz.plan import (
    LONGEST,
    MOST_MOVES,
    Move,
    Plan,
    cost,
    finished,
    left,
    mean_way,
    move,
    offered,
    read,
    room,
    settled,
    spelled,
    surplus,
    undone,
)

HALVES = places([0, 1, 2], [1, 1, 0], [0, 1, 1])
weights = st.lists(st.integers(0, 9), min_size=5, max_size=5).filter(any)
X = [-1.0, 0.0, 0.5, 3.0, 7.0]


def refused(code: str, change) -> str:
    with pytest.raises(SceneError) as caught:
        change()
    assert caught.value.code == code and str(caught.value).endswith(".")
    return str(caught.value)


# --- what is left ---------------------------------------------------------------------------------


def test_what_lies_where_it_is_wanted_need_not_be_moved() -> None:
    assert finished(Plan(places(X, [1] * 5, [1] * 5)))
    empty = Plan(HALVES)
    assert left(empty).tolist() == [0.5, 0.5, 0.0] and room(empty).tolist() == [0.0, 0.5, 0.5]
    assert surplus(empty).tolist() == [0.5, 0.0, -0.5] and not finished(empty)
    assert finished(move(empty, 0, 2))


def test_it_may_be_moved_all_the_same() -> None:
    one = move(Plan(HALVES), 0, 1)
    assert surplus(one).tolist() == [0.0, 0.5, -0.5]  # what came has pushed a pile up at 1
    both = move(one, 1, 2)
    assert finished(both) and left(both).tolist() == room(both).tolist() == [0.0, 0.0, 0.0]
    assert (cost(both), cost(move(Plan(HALVES), 0, 2))) == (1.0, 1.0)
    assert (cost(both, 2), cost(move(Plan(HALVES), 0, 2), 2)) == (1.0, 2.0)


@given(weights, weights, st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=40))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_no_earth_is_lost_or_made_whatever_the_moves(p, q, gestures) -> None:
    here = places(X, p, q)
    plan = Plan(here)
    for i, j in gestures:
        if i != j and offered(plan, i, j) > 0:
            plan = move(plan, i, j)
    sent = np.bincount([m.i for m in plan.moves], [m.amount for m in plan.moves], minlength=5)
    brought = np.bincount([m.j for m in plan.moves], [m.amount for m in plan.moves], minlength=5)
    assert left(plan) + sent == pytest.approx(np.array(here.p), abs=1e-12)
    assert room(plan) + brought == pytest.approx(np.array(here.q), abs=1e-12)
    assert (left(plan) >= 0).all() and (room(plan) >= 0).all()
    assert sum(surplus(plan)) == pytest.approx(0, abs=1e-11)
    assert all(m.amount > 0 for m in plan.moves)


@given(weights, weights)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_moving_every_pile_to_every_hole_finishes(p, q) -> None:
    """By exact fractions: ninths and elevenths have no exact doubles."""
    plan = Plan(places(X, p, q))
    exact = [Fraction(a, sum(p)) - Fraction(b, sum(q)) for a, b in zip(p, q, strict=True)]
    assert surplus(plan) == pytest.approx([float(d) for d in exact], abs=1e-15)
    for i in range(5):
        for j in range(5):
            if surplus(plan)[i] > 0 and surplus(plan)[j] < 0:
                plan = move(plan, i, j)
    assert finished(plan)
    total = sum(m.amount for m in plan.moves)
    assert total == pytest.approx(float(sum(map(abs, exact)) / 2), abs=1e-13)  # total variation


def test_tenths_finish_though_they_do_not_add_up_in_binary() -> None:
    here = places([0, 1, 2], [0.1, 0.2, 0.7], [0.3, 0.0, 0.7])
    plan = move(Plan(here), 1, 0)
    assert finished(plan) and surplus(plan).tolist() == [0, 0, 0]
    assert finished(move(move(Plan(here), 1, 0, 0.1), 1, 0, 0.1))


# --- moves ----------------------------------------------------------------------------------------


def test_a_move_takes_the_pile_before_what_could_stay() -> None:
    plan = Plan(places([0, 1, 2], [0.4, 0.4, 0.2], [0.2, 0.5, 0.3]))
    assert offered(plan, 0, 1) == pytest.approx(0.1)  # the hole at 1
    plan = move(plan, 0, 1)
    assert offered(plan, 0, 1) == pytest.approx(0.1)  # the rest of the pile at 0
    plan = move(move(plan, 0, 1), 1, 2)
    assert finished(plan)
    assert offered(plan, 0, 1) == pytest.approx(0.2)  # no pile, no hole: all that is left
    assert offered(plan, 0, 2) == pytest.approx(0.2)


def test_a_given_amount_is_moved_and_no_more() -> None:
    plan = move(Plan(HALVES), 0, 2, 0.125)
    assert plan.moves == (Move(0, 2, 0.125),)
    assert surplus(plan).tolist() == [0.375, 0.0, -0.375]
    assert move(plan, 0, 2).moves[-1].amount == 0.375


def test_an_amount_over_by_rounding_is_what_is_left() -> None:
    assert move(Plan(HALVES), 0, 2, 0.5 + 1e-13).moves == (Move(0, 2, 0.5),)


def test_moves_that_overdraw_are_refused_with_a_sentence() -> None:
    plan = Plan(places([0, 1, 4], [2, 2, 0], [0, 1, 3]))
    assert "0.5" in refused("plan_left", lambda: move(plan, 0, 2, 0.51))
    assert "0.25" in refused("plan_room", lambda: move(plan, 0, 1, 0.26))
    refused("plan_empty", lambda: move(plan, 2, 1))
    refused("plan_full", lambda: move(plan, 1, 0))
    refused("plan_empty", lambda: move(move(plan, 0, 2), 0, 2))
    refused("plan_full", lambda: move(move(plan, 0, 1), 0, 1))
    refused("plan_rest", lambda: move(plan, 1, 1))


@each("amount", [0, -0.1, math.nan, math.inf, "much", [1], 10**400])
def test_what_is_no_amount_is_refused(amount: object) -> None:
    refused("plan_amount", lambda: move(Plan(HALVES), 0, 2, amount))  # type: ignore[arg-type]


@each(("i", "j"), [(3, 0), (0, 3), (-1, 0), (0, 1.5), (None, 0), ("0", 1)])
def test_what_is_no_place_is_refused(i: object, j: object) -> None:
    refused("act_index", lambda: move(Plan(HALVES), i, j))  # type: ignore[arg-type]


def test_a_plan_stops_at_64_moves() -> None:
    plan = Plan(HALVES)
    for _ in range(MOST_MOVES):
        plan = move(plan, 0, 2, 0.001)
    assert refused("plan_many", lambda: move(plan, 0, 2, 0.001)).count("64") == 1


def test_a_move_can_be_taken_back() -> None:
    first = move(Plan(HALVES), 0, 1)
    plan = move(first, 1, 2)
    assert undone(plan) == first and undone(undone(plan)) == Plan(HALVES)
    assert undone(plan, 0).moves == (Move(1, 2, 0.5),)
    refused("plan_undo", lambda: undone(Plan(HALVES)))
    refused("plan_undo", lambda: undone(plan, 2))


def test_plans_are_values() -> None:
    assert move(Plan(HALVES), 0, 2) == move(Plan(HALVES), 0, 2)
    assert len({move(Plan(HALVES), 0, 2), move(Plan(HALVES), 0, 2), Plan(HALVES)}) == 2


def test_settled_writes_out_what_stays() -> None:
    plan = settled(move(Plan(HALVES), 0, 2))
    assert plan.moves == (Move(0, 2, 0.5), Move(1, 1, 0.5))
    assert finished(plan) and settled(plan) == plan
    assert not left(plan).any() and not room(plan).any()
    assert cost(plan, 2) == cost(move(Plan(HALVES), 0, 2), 2)


# --- costs ----------------------------------------------------------------------------------------


def test_the_cost_is_amount_times_distance_to_the_p() -> None:
    plan = move(move(Plan(places([-1, 2, 7], [2, 2, 0], [0, 1, 3])), 0, 2), 1, 2, 0.25)
    assert plan.moves == (Move(0, 2, 0.5), Move(1, 2, 0.25))
    assert cost(plan) == 0.5 * 8 + 0.25 * 5
    assert cost(plan, 2) == 0.5 * 64 + 0.25 * 25
    assert cost(plan, 3) == 0.5 * 512 + 0.25 * 125
    assert mean_way(plan) == pytest.approx(5.25)
    assert mean_way(plan, 2) == pytest.approx(math.sqrt(38.25), rel=1e-15)
    assert mean_way(plan, math.inf) == 8


def test_no_moves_cost_nothing() -> None:
    assert [cost(Plan(HALVES), 2), mean_way(Plan(HALVES), 2), mean_way(Plan(HALVES), math.inf)] == [
        0,
        0,
        0,
    ]


def test_very_long_ways_have_costs_all_the_same() -> None:
    plan = move(Plan(places([-1e30, 1e30], [1, 0], [0, 1])), 0, 1)
    assert cost(plan, 10) == pytest.approx(1024e300) and mean_way(plan, 2) == pytest.approx(2e30)
    assert mean_way(plan, 900) == pytest.approx(2e30)


@each("p", [0.5, 0, -1, math.nan, "two", 1001])
def test_an_order_below_one_or_beyond_a_double_is_refused(p: object) -> None:
    for price in (cost, mean_way):
        with pytest.raises(SceneError):
            price(Plan(HALVES), p)  # type: ignore[operator]
    for order in (math.inf, 10.5):
        with pytest.raises(SceneError):
            cost(Plan(HALVES), order)


# --- text -----------------------------------------------------------------------------------------


def test_a_plan_is_spelled_for_a_link() -> None:
    plan = move(move(Plan(HALVES), 0, 2, 0.25), 1, 2, 0.1)
    assert spelled(plan) == "0>2:0.25;1>2:0.1"
    assert spelled(Plan(HALVES)) == "" and read(HALVES, "") == Plan(HALVES)


@given(weights, weights, st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=30))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_what_is_spelled_reads_back(p, q, gestures) -> None:
    here = places(X, p, q)
    plan = Plan(here)
    for k, (i, j) in enumerate(gestures):
        if i != j and (most := offered(plan, i, j)) > 0:
            plan = move(plan, i, j, most / 3 if k % 3 else None)
    assert read(here, spelled(plan)) == plan
    assert read(here, spelled(settled(plan))) == plan
    assert len(spelled(plan)) <= LONGEST


def test_the_amount_may_be_left_out_and_blanks_are_fine() -> None:
    assert read(HALVES, "0>1; 1>2") == move(move(Plan(HALVES), 0, 1), 1, 2)
    assert read(HALVES, "0>2:1e-3").moves == (Move(0, 2, 0.001),)


@each(
    ("text", "code"),
    [
        ("0-2", "plan_text"),
        ("0>2:", "plan_text"),
        ("0>2:0.1;", "plan_text"),
        (";", "plan_text"),
        ("0>2:-0.1", "plan_text"),
        ("0>2:nan", "plan_text"),
        ("0>2:1_0", "plan_text"),
        ("²>2:0.1", "plan_text"),
        ("٠>2:0.1", "plan_text"),
        ("0>2:1.2.3", "plan_amount"),
        ("0>2:.", "plan_amount"),
        ("0>2:0", "plan_amount"),
        ("0>2:1e999", "plan_amount"),
        ("0>9:0.1", "act_index"),
        ("0>2:0.6", "plan_left"),
        ("0>2;0>2", "plan_empty"),
        ("0>2:0.001;" * 64 + "0>2:0.001", "plan_many"),
        ("0" * 4000, "text_long"),
        (None, "act_text"),
        (b"0>2", "act_text"),
    ],
)
def test_a_damaged_link_is_refused_with_a_sentence(text: object, code: str) -> None:
    refused(code, lambda: read(HALVES, text))  # type: ignore[arg-type]


@given(st.text(alphabet="0123456789>:;.e- \u0660", max_size=40))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_no_text_does_harm(text: str) -> None:
    try:
        plan = read(HALVES, text)
    except SceneError as error:
        assert str(error).endswith(".")
    else:
        assert isinstance(plan.places, Places) and read(HALVES, spelled(plan)) == plan
