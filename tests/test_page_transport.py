"""The page about moving earth: its numbers, its pictures over many states, its hands."""

import json
import math
import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import lessons
import live
import numpy as np
import pytest
from cases import each
from lessons import (
    PHONE,
    found,
    misfits,
    numbers_printed,
    reading,
    readings,
    refused,
    reply,
    said,
    settle,
    tap,
)
from pictures import line
from playwright.sync_api import Locator, Page, expect
from scipy.optimize import linprog
from scipy.stats import wasserstein_distance

from divviz import plan_code
from divviz.dist import SceneError
from divviz.pair import Pair
from divviz.places import Places, places, places_of
from divviz.plan import Plan, cost, finished, read, spelled
from divviz.potential import steepest
from divviz.state import State, apply
from divviz.uncrossing import excess, optimal
from divviz.web import bending, earth, lesson, moving, prose, text

STEM = "05_transport"
PAGE = lesson.module(STEM)
X = np.arange(9.0)
P, Q = np.array([0, 3, 0, 0, 3, 2, 0, 2, 0]) / 10, np.array([1, 0, 0, 3, 0, 2, 0, 0, 4]) / 10


state = partial(lessons.state, STEM)


def shown(marker: str, now: State, lang: str = "en", hand: bool = False) -> Any:
    return lesson.parts(STEM, lang)[marker].show(lessons.look(STEM, now, lang, hand))


def linear(here: Places, p: float) -> float:
    """The least cost of all plans, by linear programming."""
    n, x = len(here.x), np.array(here.x)
    sums = np.vstack([np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))])
    costs = np.abs(x[:, None] - x).ravel() ** p
    return float(linprog(costs, A_eq=sums, b_eq=[*here.p, *here.q]).fun)


# ------------------------------------------------------------------ what is asked


def question(marker: str) -> dict[str, Any]:
    (asked,) = found(shown(marker, state()), "question")
    return asked


def test_the_cheapest_bill_of_the_start_is_scipys() -> None:
    asked = question("least")
    assert asked["truth"] == pytest.approx(wasserstein_distance(X, X, P, Q), rel=1e-12)
    assert asked["truth"] == pytest.approx(1.6, rel=1e-12)
    assert " 2," in asked["whys"]["high"]  # nearest first, on paper: .1 + .3 + .2 + .2 * 7


def test_shifting_three_books_costs_as_much_as_one_jump_unless_it_is_squared() -> None:
    asked = question("books")
    assert asked["truth"] == "same"
    here = PAGE.BOOKS
    assert linear(here, 1) == pytest.approx(1.0) and linear(here, 2) == pytest.approx(1.0)
    jump = read(here, "0>3")
    assert cost(jump) == pytest.approx(1.0) and cost(jump, 2) == pytest.approx(3.0)
    assert "1 against 3" in asked["whys"]["right"]


def test_an_exchange_saves_the_stretch_that_is_travelled_both_ways() -> None:
    asked = question("uncross")
    assert asked["truth"] == "never"
    # Halves: 3 + 1 = 2 + 2 both to the right; face to face 2 + 2 become 1 + 1.
    assert "stays 2" in asked["whys"]["right"] and "from 2 to 1" in asked["whys"]["right"]


def test_ten_times_the_best_critic_scores_ten_times_w1() -> None:
    asked = question("free")
    assert asked["truth"] == "none" and "is 16." in asked["whys"]["right"]


def test_a_shuffle_changes_w1_and_not_kl() -> None:
    asked = question("shuffle")
    assert asked["truth"] == "w"
    order = list(PAGE.ORDERS[5])
    p, q = np.array([4, 3, 2, 1])[order], np.array([1, 2, 3, 4])[order]
    after = wasserstein_distance(range(4), range(4), p, q)
    assert f"1 before and {after:.1f} after" in asked["whys"]["right"]


def test_a_question_about_the_start_shows_it_once_it_is_gone() -> None:
    assert question("least")["shown"] == []
    moved = state("p=pmf(1,1)&q=pmf(1,2)")
    (asked,) = found(shown("least", moved), "question")
    assert len(asked["shown"]) == 1 and asked["truth"] == pytest.approx(1.6)


# ------------------------------------------------------------------ by hand


def test_a_plan_made_by_hand_and_what_it_costs() -> None:
    now = state("", ["clear"])
    assert now["plan"] == "" and readings(shown("by_hand", now)) == pytest.approx(
        {"bill": 0.0, "unmoved": 0.8}
    )
    for i, j in ("10", "13", "43", "45", "58", "78"):
        now, _ = apply(now, ["bring", i, j])
    assert readings(shown("by_hand", now)) == pytest.approx({"bill": 1.6, "unmoved": 0.0})
    assert excess(moving.plan_of(now)) == 0.0 and "1.6" in said(shown("by_hand", now))
    assert now.link == state(now.link).link
    back, _ = apply(now, ["take_back"])
    assert not finished(moving.plan_of(back))


def test_the_cheapest_plan_on_request_is_the_one_of_linear_programming() -> None:
    for link in ("", "p=pmf(1,0,2,5)&q=pmf(0,3,1,1)", "p=pmf(0:1,2:5,7:2)&q=pmf(1:3,2:1,6:4)"):
        now = state(link, ["lay"])
        plan = moving.plan_of(now)
        assert cost(plan) == pytest.approx(linear(plan.places, 1), abs=1e-9)
        assert cost(plan, 2) == pytest.approx(linear(plan.places, 2), abs=1e-9)


@pytest.mark.parametrize(
    "act",
    [
        ["bring", "3", "1"],  # nothing lies at 3
        ["bring", "1", "2"],  # nothing is wanted at 2
        ["bring", "1", "1"],
        ["bring", "1", "99"],
        ["bring", "１", "3"],
        ["bring", 1, 3],
        ["bring", "1"],
        ["bend", "9", 0, 1],
        ["bend", "-1", 0, 1],
        ["bend", "0", 0, "high"],
        ["knob", "plan", "everything"],
        ["knob", "plan", "0>1;" * 999],
        ["knob", "f", "nan"],
        ["knob", "f", "1e31"],
        ["knob", "f", ",".join("0" * 13)],
        ["knob", "step", -1],
        ["knob", "slide", 6],
    ],
)
def test_what_no_hand_does_is_one_sentence_and_changes_nothing(act: list[Any]) -> None:
    refused(STEM, act)


def test_a_plan_that_p_no_longer_allows_starts_anew_and_says_so() -> None:
    now = state("", ["bars", "p", [0, 3, 0, 0, 3, 2, 0, 0, 0]])
    assert now["plan"] == "7>8" and moving.plan_of(now).moves == ()
    assert prose.of(STEM, "en").words["overdrawn"] in said(shown("by_hand", now))
    after, _ = apply(now, ["bring", "1", "0"])
    assert after["plan"] == "1>0"
    assert prose.of(STEM, "en").words["overdrawn"] not in said(shown("by_hand", after))


def test_a_plan_without_amounts_follows_p_as_long_as_it_fits() -> None:
    now = state("", ["bars", "p", [0, 3, 0, 0, 3, 2, 0, 1, 0]])
    assert [move.amount for move in moving.plan_of(now).moves] == pytest.approx([1 / 9])


@each("written", ["", "1>0;1>3", "1>0:0.05;1>0", "4>8:0.125;5>8", "5>3;4>5"])
def test_a_plan_is_written_without_the_amounts_that_a_hand_takes(written: str) -> None:
    here = places_of(state().pair)
    plan = read(here, written)
    assert moving.briefly(plan) == written
    assert moving.briefly(read(here, spelled(plan))) == written
    assert moving.plan_of(state(f"plan={written}")).moves == plan.moves


def test_acts_of_piles_are_refused_where_there_are_none() -> None:
    for act in (["bring", "0", "1"], ["take_back"], ["lay"]):
        with pytest.raises(SceneError):
            apply(state("p=normal(0,1)&q=normal(2,1)"), act)


def test_a_hand_takes_up_to_twelve_places_that_are_not_too_close() -> None:
    def pair(x: list[float]) -> Pair:
        pmf = ",".join(f"{v}:1" for v in x)
        return state(f"p=pmf({pmf})&q=pmf({pmf})").pair

    assert earth.by_hand(pair(list(range(12)))) is not None
    assert earth.by_hand(pair(list(range(13)))) is None
    assert earth.by_hand(pair([0, 1, 39])) is not None
    assert earth.by_hand(pair([0, 1, 41])) is None
    assert earth.by_hand(pair([5])) is not None
    assert earth.by_hand(state("p=poisson(4)&q=poisson(5)").pair) is None


# ------------------------------------------------------------------ the plans, the crossings


def test_both_plans_cost_the_same_by_distance_and_not_by_its_square() -> None:
    first, second = (readings(shown("orders", state(f"order={p}"))) for p in "12")
    assert first == pytest.approx({"in_order": 1.6, "stays": 1.6, "wasserstein": 1.6})
    assert second["in_order"] == pytest.approx(linear(places_of(state().pair), 2), rel=1e-9)
    assert second["stays"] == pytest.approx(4.4) and second["in_order"] == pytest.approx(3.2)
    assert second["wasserstein"] == pytest.approx(math.sqrt(3.2))


def test_the_exchanges_end_at_the_least_cost() -> None:
    (player,) = found(shown("untangle", state()), "player")
    last = state(f"step={player['high']}")
    assert "Crossings left: **0**" in said(shown("untangle", last))
    assert "= **1.6**" in said(shown("untangle", last))
    (beyond,) = found(shown("untangle", state("step=400")), "player")
    assert beyond["value"] == player["high"]


def test_the_visitors_own_crossings_take_the_place_of_the_reversed_plan() -> None:
    words = prose.of(STEM, "en").words
    assert words["reversed"] in said(shown("untangle", state()))
    own = state("plan=1>8:0.3;4>0:0.1;4>3:0.2;7>3:0.1;7>8:0.1")
    assert words["own_plan"] in said(shown("untangle", own))


def test_streams_leave_a_pile_side_by_side_and_fill_its_width() -> None:
    here = places([0, 1, 2], [1, 2, 1], [2, 0, 2])
    plan = optimal(Plan(here))
    drawn = earth.ground(here)
    across = [line(trace)[0] for trace in earth.streams(plan, drawn)]
    ends = sorted((x[0], x[-2]) for x in across)
    at_one = [(a, b) for a, b in ends if 1 - drawn.half - 1e-6 <= a and b <= 1 + drawn.half + 1e-6]
    assert at_one[0][0] == pytest.approx(1 - drawn.half, abs=1e-6)
    assert at_one[-1][1] == pytest.approx(1 + drawn.half, abs=1e-6)
    assert all(a[1] == pytest.approx(b[0], abs=1e-6) for a, b in pairwise(at_one))


# ------------------------------------------------------------------ the critic


def test_the_first_critic_is_the_difference_of_means_times_its_slope() -> None:
    numbers = readings(shown("dual", state()))
    assert numbers["score"] == pytest.approx(-0.5 * float(X @ (P - Q)), rel=1e-12)
    assert numbers["slope"] == 0.5 and numbers["w1_bound"] == pytest.approx(1.6)


def test_a_bent_critic_scores_the_difference_of_its_means() -> None:
    now = state("", ["bend", "4", 4, 2.5], ["bend", "8", 8, -3])
    f = np.array([2, 1.5, 1, 0.5, 2.5, -0.5, -1, -1.5, -3])
    assert readings(shown("dual", now))["score"] == pytest.approx(float(f @ (P - Q)), rel=1e-12)
    assert readings(shown("dual", now))["slope"] == pytest.approx(3.0)
    assert "slope 3" in said(shown("dual", now))


def test_the_steepest_critic_on_request_scores_w1() -> None:
    now = state("", ["climb"])
    numbers = readings(shown("dual", now))
    assert numbers["score"] == pytest.approx(1.6) and numbers["slope"] == 1.0
    assert prose.of(STEM, "en").words["reached"] in said(shown("dual", now))
    assert state(now.link).link == now.link


@pytest.mark.parametrize("link", ["p=pmf(0:1,1:1,7:2)&q=pmf(0:3,1:1,7:1)", "p=pmf(1,2)&q=pmf(2,1)"])
def test_the_steepest_critic_stays_fair_at_any_places(link: str) -> None:
    now = state(link, ["climb"])
    numbers = readings(shown("dual", now))
    assert numbers["slope"] <= 1 + 1e-9
    assert numbers["score"] == pytest.approx(numbers["w1_bound"])


def test_corners_stand_at_the_places_or_evenly_over_a_density() -> None:
    assert moving.corners_of(state()) == tuple(X)
    at = moving.corners_of(state("p=normal(0,1)&q=normal(2,1)"))
    assert len(at) == bending.EVEN and np.diff(at) == pytest.approx(np.full(8, at[1] - at[0]), 1e-4)
    kept = state("p=normal(0,1)&q=normal(2,1)&f=1,2")
    assert moving.critic_of(kept).values == bending.leaning(at)


# ------------------------------------------------------------------ what each notices


def noticed(link: str) -> dict[str, tuple[str, str, str]]:
    (table,) = found(shown("notice", state(link)), "table")
    return {row[0]: tuple(row[1:]) for row in table["rows"]}


def test_sliding_makes_kl_infinite_and_w1_longer_by_the_way() -> None:
    assert noticed("change=slide&slide=0.25")["KL(P‖Q)"] == ("0.4564", "∞", "yes")
    assert noticed("change=slide&slide=5")["W₁(P,Q)"] == ("1.000", "6.000", "yes")
    assert {row[2] for row in noticed("change=slide&slide=0").values()} == {"no"}


def test_splitting_both_alike_is_seen_by_w1_alone_or_by_none() -> None:
    split = noticed("change=split&split=0.6")
    assert [split[key][2] for key in ("KL(P‖Q)", "KL(Q‖P)", "JS(P,Q)")] == ["no"] * 3
    x = [1, 1.7, 2.3, 3, 4]
    p, q = [4, 1.5, 1.5, 2, 1], [1, 1, 1, 3, 4]
    assert float(split["W₁(P,Q)"][1]) == pytest.approx(wasserstein_distance(x, x, p, q), abs=5e-4)


def test_an_outlier_moves_w1_with_its_place_and_kl_not() -> None:
    far = noticed("change=outlier&outlier=14")
    assert [far[key][2] for key in ("KL(P‖Q)", "KL(Q‖P)", "JS(P,Q)")] == ["no"] * 3
    small = [0.4, 0.3, 0.2, 0.1]
    kl = sum(p * math.log(p / (0.9 * q)) for p, q in zip(small, small[::-1], strict=True))
    assert float(far["KL(P‖Q)"][1]) == pytest.approx(kl, abs=5e-5) and far["KL(Q‖P)"][1] == "∞"
    assert float(far["W₁(P,Q)"][1]) - float(far["W₁(P,Q)"][0]) == pytest.approx(0.9, abs=2e-3)


def test_every_order_leaves_kl_and_is_one_of_its_own() -> None:
    assert len(set(PAGE.ORDERS)) == len(PAGE.ORDERS) == 21
    for k in range(21):
        row = noticed(f"change=shuffle&shuffle={k}")
        order = list(PAGE.ORDERS[k])
        p, q = np.array([4, 3, 2, 1])[order], np.array([1, 2, 3, 4])[order]
        after = wasserstein_distance(range(4), range(4), p, q)
        assert row["KL(P‖Q)"][2] == "no"
        assert float(row["W₁(P,Q)"][1]) == pytest.approx(after, abs=5e-4)


# ------------------------------------------------------------------ every state


SCENES = [
    "",
    "plan=",
    "order=2&step=3&plan=1>0;1>3;4>3;4>5;5>8;7>8",
    "p=pmf(1)&q=pmf(1)",
    "p=pmf(0,0,1)&q=pmf(1,0,0)",
    "p=pmf(1,1)&q=pmf(1,1)",
    "p=pmf(cat:1,dog:2,%3Cb%3E:3)&q=pmf(cat:3,dog:2,%3Cb%3E:1)",
    "p=pmf(0:1,1:1,1000:2)&q=pmf(0:3,1:1,1000:1)",
    "p=pmf(-1e30:1,1e30:1)&q=pmf(-1e30:2,1e30:1)",
    "p=pmf(1e-300:1,1:1)&q=pmf(1e-300:1,1:3)",
    "p=pmf(0:1,1e-9:1)&q=pmf(0:1,1e-9:3)",
    "p=pmf(0:1e-300,1:1)&q=pmf(0:1,1:1e-300)",
    "p=poisson(5)&q=geometric(0.3)",
    "p=binomial(10,0.5)&q=discrete_uniform(0,10)",
    "p=zipf(1.5,40)&q=zipf(2,40)",
    "p=normal(0,1)&q=normal(2,1.5)",
    "p=normal(0,1)&q=normal(0,1)",
    "p=cauchy(0,1)&q=normal(0,1)",
    "p=cauchy(0,1)&q=cauchy(1,1)",
    "p=cauchy(0,1)&q=cauchy(1,2)",
    "p=uniform(0,1)&q=uniform(5,6)",
    "p=uniform(-1e9,1e9)&q=normal(0,1e-6)",
    "p=normal(2,1)&q=samples(1e12,2)",
    "p=beta(0.5,0.5)&q=exponential(2)",
    "p=samples(1,2,2,3.5)&q=normal(2,1)",
    "p=normal(2,1)&q=samples(0.5,7,7.25)",
    "p=samples(1,2,3)&q=samples(1.5,2,9)",
    "f=9,9,9,9,9,9,9,9,-9&change=outlier",
    "f=1,2&change=split&split=0",
]


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("link", SCENES)
def test_every_demo_shows_every_scene(link: str, lang: str) -> None:
    for hand in (False, True):
        for marker in lesson.parts(STEM, lang):
            blocks = shown(marker, state(link), lang, hand)
            assert blocks or (blocks is None and hand)
            json.dumps(blocks, allow_nan=False)
            assert not re.search(r"{\w+}|nan", said(blocks or []))


PARTS = ["by_hand", "least", "dual"]


@each("link", SCENES)
def test_every_act_has_an_answer_in_every_scene(link: str) -> None:
    acts: list[list[Any]] = [
        ["bring", "0", "1"],
        ["lay"],
        ["take_back"],
        ["climb"],
        ["bend", "0", 0, 1e30],
        ["bars", "q", [1, 0, 2]],
        ["reset"],
    ]
    for act in acts:
        told = reply(STEM, state(link).link, acts=[act], parts=PARTS)
        json.dumps(told, allow_nan=False)
        assert len(told["notices"]) <= 2


def test_random_bars_never_break_a_demo() -> None:
    rng = np.random.default_rng(5)
    now = state()
    for _ in range(15):
        side = "pq"[int(rng.integers(2))]
        weights = np.where(rng.random(9) < 0.4, 0.0, rng.random(9))
        weights[int(rng.integers(9))] = 1.0
        now, _ = apply(now, ["bars", side, weights.tolist()])
        if rng.random() < 0.5:
            now, _ = apply(now, ["lay"])
        for marker in ("by_hand", "least", "orders", "untangle", "dual", "todo", "say0"):
            json.dumps(shown(marker, now, hand=True), allow_nan=False)


# ------------------------------------------------------------------ in code


PLACES = [
    places(X, P, Q),
    places([0], [1], [1]),
    places([-3, 0.1, 7], [1, 1, 1], [0, 0, 1]),
    places(range(7), [1, 2, 3, 4, 5, 6, 7], [7, 1, 6, 2, 5, 3, 4]),
]


@pytest.mark.parametrize("here", PLACES)
def test_the_programs_print_the_numbers_of_the_page(here: Places) -> None:
    w1, w2 = cost(optimal(Plan(here))), math.sqrt(cost(optimal(Plan(here)), 2))
    wanted = pytest.approx({"W1": w1, "W2": w2}, rel=1e-9, abs=1e-9)
    assert numbers_printed(plan_code.numpy_program(here)) == wanted
    by_scipy = numbers_printed(plan_code.scipy_program(here))
    assert by_scipy == pytest.approx({"W1": w1, "W2": w2}, rel=1e-6, abs=1e-6)


def test_programs_say_0_1_where_that_is_meant() -> None:
    assert "q = np.array([0.1, 0.0, 0.0, 0.3," in plan_code.numpy_program(places_of(state().pair))


def test_the_gradient_that_torch_prints_is_the_steepest_critic() -> None:
    """What the program differentiates, by differences of SciPy's own number along p."""
    base, step = 0.5 * (P + 0.1), 1e-6
    q = np.roll(base, 2)

    def w1(p: np.ndarray) -> float:
        return float(np.sum(np.abs(np.cumsum(p - q)[:-1])))

    grad = np.array([w1(base + step * one) - w1(base - step * one) for one in np.eye(9)]) / (
        2 * step
    )
    assert w1(base) == pytest.approx(wasserstein_distance(X, X, base, q) * base.sum())
    best = steepest(places(X, base, q).pair).at(X)
    assert grad - grad[0] == pytest.approx(best - best[0], abs=1e-6)
    assert "torch.cumsum(p - q, 0)[:-1]" in plan_code.torch_program(PLACES[0])


@pytest.mark.parametrize("link", ["", "p=normal(0,1)&q=normal(2,1.5)", "p=poisson(5)&q=poisson(7)"])
def test_the_page_shows_programs_for_each_kind(link: str) -> None:
    (block,) = found(shown("in_code", state(link)), "code")
    assert [name for name, _ in block["programs"]][:2] == ["NumPy", "SciPy"]


# ------------------------------------------------------------------ in a browser


def visit(page: Page, server: live.Server, query: str = "") -> None:
    lessons.visit(page, server, STEM, query)
    page.locator("[data-slot=by_hand] .dv-drawn[data-repaints]").wait_for()


def middle(node: Locator) -> tuple[float, float]:
    node.scroll_into_view_if_needed()
    box = node.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def touch(page: Page, *points: tuple[float, float]) -> None:
    """A finger that goes down at the first point, through the others, and lets go."""
    with live.finger(page) as send:
        send("touchStart", *points[0])
        for point in points[1:]:
            send("touchMove", *point)
        send("touchEnd")


def test_a_finger_moves_earth_and_bends_the_critic(
    new_page: Callable[..., Page], server: live.Server
) -> None:
    page = new_page(**PHONE)
    visit(page, server)
    earth_drawn = page.locator("[data-slot=by_hand]")
    start = middle(earth_drawn.locator("[data-from='4']"))
    end = middle(earth_drawn.locator("[data-to='3']"))
    touch(page, start, ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), end)
    expect(reading(page, "bill", "by_hand")).to_have_attribute("data-value", "0.5")
    page.wait_for_url(re.compile(r"plan=7(>|%3E)8;4(>|%3E)3(&|$)"))
    # Two taps do what a drag does.
    settle(page)
    pile = earth_drawn.locator("[data-from='1']")
    tap(pile)
    expect(pile).to_have_attribute("aria-pressed", "true")
    tap(earth_drawn.locator("[data-to='0']"))
    expect(reading(page, "bill", "by_hand")).to_have_attribute("data-value", "0.6")
    grip = page.locator("[data-slot=dual] [data-grip='0']")
    at = middle(grip)
    touch(page, at, (at[0], at[1] - 10), (at[0], at[1] - 30))
    expect(grip).not_to_have_attribute("aria-valuenow", "2")
    page.wait_for_url(re.compile("&f="))
    assert misfits(page) == []


def test_all_of_it_works_by_keyboard(page: Page, server: live.Server) -> None:
    visit(page, server, "plan=1>0;1>3;4>3;4>5;5>8")
    page.locator("[data-slot=by_hand] [data-from='7']").focus()
    for key in ("Enter", "Enter"):  # one hole is left
        page.keyboard.press(key)
    expect(reading(page, "unmoved", "by_hand")).to_have_attribute("data-value", "0")
    gate = page.locator("[data-slot=least] .dv-gate")
    expect(gate).to_be_visible()
    field = page.locator("[data-question=least] input")
    field.fill("1.55")
    field.press("Enter")
    expect(gate).to_have_count(0)
    expect(reading(page, "w1", "least")).to_have_attribute("data-value", re.compile(r"^1\.[56]"))
    step = page.locator("[data-slot=untangle] [data-play=step]")
    step.focus()
    page.keyboard.press("ArrowRight")
    where = page.locator("[data-slot=untangle] .dv-where")
    expect(where).to_have_text("1 / 4")
    page.keyboard.press("End")
    expect(page.locator("[data-slot=untangle] .dv-result")).to_contain_text("Crossings left: 0")
    grip = page.locator("[data-slot=dual] [data-grip='4']")
    grip.focus()
    page.keyboard.press("ArrowUp")
    expect(grip).to_have_attribute("aria-valuenow", "0.25")
    page.locator("[data-slot=dual] [data-does=climb]").press("Enter")
    expect(reading(page, "slope", "dual")).to_have_attribute("data-value", "1")
    page.locator("[data-choice='change.shuffle']").press("Enter")
    slider = page.locator("[data-slot=notice] input[type=range][data-param=shuffle]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(re.compile("shuffle=6"))
    assert "change=shuffle" in page.url and "step=4" in page.url
