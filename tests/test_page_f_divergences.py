"""The lesson on f-divergences: its curve, its critic, its regions, its programs, and the hand."""

import json
import math
import re
from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any
from urllib.parse import quote

import lessons
import live
import numpy as np
import pytest
from board import NewPage, address
from cases import each
from lessons import (
    PHONE,
    found,
    misfits,
    printed,
    reading,
    readings,
    refused,
    settle,
    tap,
    visit,
)
from pictures import line
from playwright.sync_api import Page, expect
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr

from divviz import generators, inequalities, pulled
from divviz.state import State, apply, read_link
from divviz.web import critique, lesson, prose, regions, tangents, text
from divviz.web.blocks import Look

STEM = "06_f_divergences"
PAGE = lesson.module(STEM)
TOPIC = PAGE.TOPIC
P, Q = np.array([0.05, 0.3, 0.3, 0.15, 0.2]), np.array([0.2, 0.4, 0.24, 0.1, 0.06])
# What SciPy, or one line of NumPy, makes of P and Q, by the key of the curve.
ORACLES: dict[str, Callable[[Any, Any], float]] = {
    "kl": lambda p, q: rel_entr(p, q).sum(),
    "reverse_kl": lambda p, q: rel_entr(q, p).sum(),
    "js": lambda p, q: jensenshannon(p, q) ** 2,
    "total_variation": lambda p, q: np.abs(p - q).sum() / 2,
    "squared_hellinger": lambda p, q: 1 - np.sqrt(p * q).sum(),
    "pearson": lambda p, q: ((p - q) ** 2 / q).sum(),
    "neyman": lambda p, q: ((p - q) ** 2 / p).sum(),
    "jeffreys": lambda p, q: ((p - q) * np.log(p / q)).sum(),
}
NAMES = dict.fromkeys(["border", *inequalities.INEQUALITIES], "a name")
BENT = ["0,0,0,0,1,1", "-inf,-3,-1,1,2,inf", "-2,-1,-0.5,0.5,0.5,3"]


state_of = partial(lessons.state, STEM)


def look(link: str = "", lang: str = "en") -> Look:
    return lessons.look(STEM, state_of(link), lang)


def after(*acts: list[Any], link: str = "") -> State:
    return state_of(link, *acts)


def board(link: str) -> dict[str, float]:
    return readings(PAGE.board(look(link)))


# ---- the curve -----------------------------------------------------------------------------------


def computed(formula: str, u: float) -> float:
    """A formula of the catalogue as a reader would compute it."""
    steps = [("−", "-"), ("½ (", "0.5 * ("), ("½ |", "0.5 * |"), ("½(", "0.5 * ("), ("²", "**2")]
    for old, new in steps:
        formula = formula.replace(old, new)
    formula = re.sub(r"\|([^|]*)\|", r"abs(\1)", formula).replace("√u", "sqrt(u)")
    formula = re.sub(r"log 0.5 \* (\([^()]*\))", r"log(0.5 * \1)", formula)
    formula = formula.replace("log u", "log(u)")
    formula = re.sub(r"(u|\)) (log|\()", r"\1 * \2", formula)
    formula = re.sub(r"(u|\)) (log|\()", r"\1 * \2", formula)
    return float(eval(formula, {"log": math.log, "sqrt": math.sqrt, "abs": abs, "u": u}))


@each("key", PAGE.CATALOGUE)
def test_a_formula_of_the_catalogue_is_its_generator(key: str) -> None:
    for u in (0.2, 0.9, 1.0, 3.5):
        truth = float(generators.GENERATORS[key].f(np.array(u)))
        assert computed(PAGE.CATALOGUE[key][1], u) == pytest.approx(truth, abs=1e-12)


@each("key", PAGE.STARTS)
def test_a_curve_to_start_from_makes_its_divergence(key: str) -> None:
    shown = board(f"f={key}")
    assert shown["d_f"] == pytest.approx(ORACLES[key](P, Q), rel=1e-12)
    assert shown["kl_pq"] == pytest.approx(ORACLES["kl"](P, Q), rel=1e-12)
    f = tangents.Tilt(generators.GENERATORS[key])
    assert tangents.shares(f, P, Q).sum() == pytest.approx(ORACLES[key](P, Q), rel=1e-12)


@pytest.mark.parametrize(("key", "scale"), [("kl", math.log(2)), ("total_variation", 1.0)])
def test_only_what_is_information_is_shown_in_bits(key: str, scale: float) -> None:
    assert board(f"f={key}&unit=bits")["d_f"] * scale == pytest.approx(ORACLES[key](P, Q))


@each("key", PAGE.CATALOGUE)
def test_the_catalogue_says_the_value_the_most_and_where_it_is_infinite(key: str) -> None:
    block = PAGE.catalogue(look())[0]
    row = dict(zip(PAGE.CATALOGUE, block["rows"], strict=True))[key]
    assert float(row[2]) == pytest.approx(ORACLES[key](P, Q), rel=1e-3)
    # Disjoint pairs, and pairs of which one side alone has mass: what is said must be so.
    d = generators.f_divergence
    apart, p_alone, q_alone = (
        d(key, state_of(link).scene.p, state_of(link).scene.q)
        for link in (
            "p=pmf(1,0)&q=pmf(0,1)",
            "p=pmf(1,1)&q=pmf(1,0)",
            "p=pmf(1,0)&q=pmf(1,1)",
        )
    )
    assert float(row[3].replace("∞", "inf")) == pytest.approx(apart, rel=1e-3)
    infinite = {
        (False, False): "never",
        (True, False): "q",
        (False, True): "p",
        (True, True): "both",
    }[math.isinf(p_alone), math.isinf(q_alone)]
    assert row[4] == look().t(f"infinite.{infinite}")


def test_a_dragged_knot_stays_where_the_hand_left_it_and_f_stays_convex() -> None:
    found = after(["bend", "2", 2, 0.4], ["bend", "0", 0, 1.25])["f"]
    heights = found.own.heights
    assert heights[0] == pytest.approx(1.25, abs=1e-5) and heights[3] == 0
    assert np.all(np.diff(found.own.straight) >= -1e-6)


def test_the_buttons_are_the_curves_that_a_link_can_name() -> None:
    assert tuple(PAGE.STARTS) == pulled.KEYS


def test_a_knot_near_zero_snaps_to_it() -> None:
    assert after(["bend", "2", 2, 0.03])["f"].own.heights[4] == 0


def test_the_top_of_the_picture_opens_an_end_and_a_hand_below_it_closes_it() -> None:
    tv = "f=total_variation"
    tall = state_of(tv)["f"].tall
    opened = after(["bend", "0", 0, tall], ["bend", "end", 4.75, tall], link=tv)
    assert opened["f"].own.open_left and opened["f"].own.open_right
    closed = apply(apply(opened, ["bend", "0", 0, 1.0])[0], ["bend", "end", 4.75, 1.95])[0]["f"]
    assert not closed.own.open_left and not closed.own.open_right
    end = float(closed.generator.f(np.array(pulled.RIGHT)))
    assert end == pytest.approx(1.95, abs=1e-4)


def test_the_hand_beyond_the_last_knot_turns_the_end_upward_only() -> None:
    pulled = after(["bend", "end", 4.75, 0.0], link="f=total_variation")["f"]
    assert pulled.own == after(["knob", "f", "-0.5,-0.5,-0.5,0.5,0.5,0.5"])["f"].own


def test_the_picture_keeps_its_height_under_the_hand_and_is_fitted_on_request() -> None:
    pulled = after(["bend", "4", 4, 0.9])
    assert pulled["f"].tall == state_of()["f"].tall
    fitted, _ = apply(pulled, ["fit"])
    assert fitted["f"].tall < pulled["f"].tall and fitted["f"].own == pulled["f"].own
    assert read_link(TOPIC, pulled.link)[0]["f"] == pulled["f"]


@pytest.mark.parametrize("own", BENT)
def test_a_bent_curve_makes_the_mean_of_its_heights(own: str) -> None:
    slopes = [float(s) for s in own.split(",")]
    knots = [0, 0.25, 0.5, 1, 2, 4]

    def f(u: float) -> float:
        """The broken line from 1 outward; an open end goes on as -log u, or as u log u, do."""
        grid = np.linspace(1, u, 200_001)
        inner = np.clip(np.searchsorted(knots, grid, side="right") - 1, 0, 5)
        slope = np.array(slopes)[inner]
        slope = np.where(np.isneginf(slope), slopes[1] + 4 - 1 / np.maximum(grid, 1e-9), slope)
        slope = np.where(np.isposinf(slope), slopes[-2] + np.log(grid / 4), slope)
        return float(np.trapezoid(slope, grid))

    p, q = np.array([0.02, 0.38, 0.6]), np.array([0.2, 0.7, 0.1])
    shown = board(f"f={own}&p=pmf(0.02,0.38,0.6)&q=pmf(0.2,0.7,0.1)")
    assert shown["d_f"] == pytest.approx(sum(q * [f(u) for u in p / q]), rel=2e-4)


def test_a_bent_curve_says_which_kink_makes_how_much() -> None:
    # (u - 2)+ alone: half of it is the kink at 2, the rest the one at 4.
    told = PAGE.told(look("f=0,0,0,0,1,1"), 0.08)
    assert "u = 2" in told and "100%" in told


@each("key", ["kl", "js", "total_variation", "squared_hellinger"])
@each("c", [-2, 0.3])
def test_a_line_added_to_f_changes_no_divergence(key: str, c: float) -> None:
    for link in ("", "&p=pmf(1,0,1)&q=pmf(1,1,1)", "&p=pmf(1,1,1)&q=pmf(0,1,1)"):
        found = readings(PAGE.tilt(look(f"f={key}&c={c}{link}")))
        assert found["d_tilted"] == pytest.approx(found["d_plain"], abs=1e-12)


def test_the_curves_number_is_on_the_picture_above_one() -> None:
    drawn = next(found(PAGE.board(look("f=total_variation")), "drawing"))["figure"]
    marks = [n for n in drawn["layout"]["annotations"] if n["text"] == "▲"]
    assert [(n["x"], n["y"]) for n in marks] == [(1, pytest.approx(0.25))]


# ---- tangents and the critic ---------------------------------------------------------------------


@each("key", PAGE.STARTS)
@each("u", [0.3, 1.5, 4.0])
def test_the_line_touches_f_and_stays_below_it(key: str, u: float) -> None:
    *_, touching, _ = tangents.tangents(generators.GENERATORS[key], u, 5.0)["data"]
    x, y = line(touching)
    at = np.linspace(0.01, 4.7, 300)
    height = np.interp(at, x, y)
    f = generators.GENERATORS[key].f(at)
    assert np.all(height <= f + 1e-5)
    assert np.interp(u, x, y) == pytest.approx(
        float(generators.GENERATORS[key].f(np.array(u))), abs=1e-5
    )


@pytest.mark.parametrize("key", PAGE.STARTS)
def test_no_drawn_critic_shows_more_than_there_is_and_the_best_shows_all(key: str) -> None:
    truth = ORACLES[key](P, Q)
    chance = np.random.default_rng(5)
    for _ in range(20):
        drawn = [round(v, 3) for v in chance.normal(0, 2, 5).tolist()]
        shown = readings(PAGE.critic(Look(after(["critic", drawn], link=f"f={key}"), look().t)))
        assert shown["bound"] <= truth + 1e-12
        assert shown["gap"] == pytest.approx(truth - shown["bound"], abs=1e-12)
    best = readings(PAGE.critic(Look(after(["best"], link=f"f={key}"), look().t)))
    assert best["bound"] == pytest.approx(truth, rel=2e-3)


def test_a_critic_for_kl_shows_what_its_formula_says() -> None:
    t = np.array([-1, 0.5, 1, 1.5, 2])
    shown = readings(PAGE.critic(look("T=-1,0.5,1,1.5,2")))
    assert shown["bound"] == pytest.approx(float(P @ t - Q @ np.exp(t - 1)), rel=1e-12)


def test_a_critic_that_sees_nothing_shows_nothing() -> None:
    assert readings(PAGE.critic(look()))["bound"] == 0


@pytest.mark.parametrize("link", ["f=kl", "f=reverse_kl", "f=0,0,0,0,1,1", "p=pmf(1)&q=pmf(1)"])
def test_the_pen_stays_where_f_star_is_finite(link: str) -> None:
    found = state_of(link)
    one = found["f"].generator
    low, high = critique.span(one, found.pair)
    assert low < high <= one.critic[1]
    assert math.isfinite(float(one.conjugate(np.array(high))))


# ---- questions, tasks, numbers in prose ----------------------------------------------------------


def test_the_answers_are_what_the_numbers_say() -> None:
    assert PAGE.tilt_changes() == "never"
    assert PAGE.half_the_gap() == "total_variation"
    assert PAGE.where_high() == "ratio"
    assert PAGE.reachable() == "no"


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_the_numbers_in_the_text_are_right(lang: str) -> None:
    words = prose.of(STEM, lang).words
    p, q = np.array([0.5, 0.5, 0]), np.array([0, 0.5, 0.5])
    assert "P = (½, ½, 0)" in words["why.corner.no"] and "Q = (0, ½, ½)" in words["why.corner.no"]
    assert np.abs(p - q).sum() / 2 == 0.5
    assert jensenshannon(p, q, base=2) ** 2 == pytest.approx(0.5)
    assert "TV = 0.25" in prose.of(STEM, lang).notes
    assert np.abs(P - Q).sum() / 2 == pytest.approx(0.25)
    assert look().state.scene.p.atoms()[1].tolist() == pytest.approx(np.log(P).tolist())


def test_the_original_gan_bounds_twice_js_less_log_4() -> None:
    d = generators.f_divergence("gan", look().p, look().q)
    assert d == pytest.approx(2 * jensenshannon(P, Q) ** 2 - math.log(4))


def test_pinsker_in_the_sentence_is_twice_tv_squared() -> None:
    assert "0.1250 nats" in PAGE.pinsker(look())
    assert "0.1803 bits" in PAGE.pinsker(look("unit=bits"))


def test_the_first_task_is_reached_by_dragging_as_its_hint_says() -> None:
    reached = PAGE.TASKS["twice"].reached
    found = after(["bend", "2", 2, 0.0], ["bend", "0", 0, 0.02])
    assert reached(found)
    assert reached(apply(found, ["bend", "4", 4, 1.5])[0])
    assert not reached(after(["bend", "2", 2, 0.0], ["bend", "0", 0, 0.5]))


@each(
    ("name", "link"),
    [
        ("pinsker", "p=pmf(0.71,0.29)&q=pmf(0.51,0.49)"),
        ("pinsker", "p=pmf(0.55,0.45)&q=pmf(0.5,0.5)"),
        ("heavy", "p=pmf(1,1)&q=pmf(1,0)"),
        ("twice", "f=0,0,0,0,0,0"),
        ("twice", "f=-1,-1,-1,0,0,1"),
    ],
)
def test_a_near_miss_does_not_reach_a_task(name: str, link: str) -> None:
    assert not PAGE.TASKS[name].reached(state_of(link))


@each("plane", PAGE.PLANES)
def test_the_dot_is_the_pair_in_every_plane_and_unit(plane: str) -> None:
    x, y = PAGE.PLANES[plane]
    for unit, scale in (("nats", 1.0), ("bits", math.log(2))):
        shown = look(f"plane={plane}&unit={unit}")
        drawn = regions.region(shown.pair, x, y, unit, NAMES)
        ((dot),) = [n for n in drawn["layout"]["annotations"] if n["text"] == "●"]
        keys = {"tv": "total_variation", "kl_pq": "kl", "js": "js", "chi2_pearson": "pearson"}
        truth = [ORACLES[keys.get(k, "squared_hellinger")](P, Q) for k in (x, y)]
        per = [scale if k in ("kl_pq", "js") else 1.0 for k in (x, y)]
        assert [dot["x"] * per[0], dot["y"] * per[1]] == pytest.approx(truth, rel=1e-9)


def test_a_pair_out_of_the_plane_is_an_arrow_at_its_edge() -> None:
    shown = look("p=pmf(1,1)&q=pmf(1,0)")
    drawn = regions.region(shown.pair, "tv", "kl_pq", "nats", NAMES)
    assert [n["text"] for n in drawn["layout"]["annotations"] if n["text"] in "●▲▶"] == ["▲"]


# ---- programs ------------------------------------------------------------------------------------


@each("f", [*PAGE.STARTS, *BENT])
@each(
    "pair",
    ["", "p=pmf(1,2,0,1)&q=pmf(0,1,1,2)", "p=pmf(1,0,0)&q=pmf(1,1,0)", "p=pmf(1,0)&q=pmf(0,1)"],
)
def test_the_programs_print_the_numbers_of_the_page(f: str, pair: str) -> None:
    for drawn in ("", "&T=-1,0.2,1,1.5,2"):
        shown = look(f"{pair}&f={f}{drawn}")
        page = readings(PAGE.critic(shown))
        wanted = [page[name] for name in ("whole", "bound")]
        for library, near in (("NumPy", 1e-9), ("SciPy", 1e-6)):
            told = printed(PAGE.programs(shown)[library])
            numbers = [float(one.rpartition("=")[2]) for one in told]
            assert numbers == pytest.approx(wanted, rel=near, abs=near), (library, f, pair)


@each("f", [*PAGE.STARTS, *BENT])
def test_the_program_for_pytorch_can_be_read_as_python(f: str) -> None:
    source = PAGE.programs(look(f"f={f}"))["PyTorch"]
    compile(source, "torch", "exec")
    assert "torch.clip(" not in source and "{" not in source


# ---- whatever comes ------------------------------------------------------------------------------

PAIRS = [
    "",
    "p=pmf(1)&q=pmf(1)",
    "p=pmf(1,0,0,0,0)&q=pmf(0,0,0,0,1)",
    "p=pmf(1,0,1)&q=pmf(0,1,1)",
    "p=poisson(3)&q=geometric(0.3)",
    "p=binomial(100,0.3)&q=binomial(100,0.5)",
    "p=discrete_uniform(1,24)&q=discrete_uniform(1,20)",
    "p=pmf(1,1e-300)&q=pmf(1e-300,1)",
    "p=pmf(<b>:1,@p:2,x_y_:3)&q=pmf(<b>:3,@p:0,x_y_:1)",
]
CURVES = ["kl", "reverse_kl", "-inf,-3,-1,1,2,inf", "0,0,0,0,0,0", "-30,-20,0,0,50,60;0.5"]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("pair", "f"), list(product(PAIRS, CURVES)))
def test_every_state_shows_every_part_in_both_languages(pair: str, f: str) -> None:
    rest = "&plane=log&u=0.05&c=-2&unit=bits&T=" + quote("500,0,-1e6,0,0")
    for lang, more, moving in (("en", "", False), ("zh", rest, False), ("zh", rest, True)):
        told = lessons.reply(STEM, f"{pair}&f={f}{more}", lang, live=moving)
        demos = lesson.parts(STEM, lang)
        assert set(told["parts"]) == {
            name for name, demo in demos.items() if demo.live or not moving
        }
        assert not told.get("notices")
        json.dumps(told, allow_nan=False)


@each(
    "act",
    [
        ["bend", "1", 1, 0.5],
        ["bend", "nonsense", 0, 0],
        ["bend", "2", 2, "high"],
        ["bend", "2"],
        ["critic", [1, "two"]],
        ["critic", 7],
        ["critic", [1e9] * 5],
        ["knob", "f", "cubic"],
        ["knob", "f", "3,2,1,0,0,0"],
        ["knob", "f", "0,0,0,0,1,1;-3"],
        ["knob", "f", "-1000,-1000,0,0,0,0"],
        ["knob", "u", 99],
        ["knob", "T", "1;2;3"],
        ["touch", "u", math.nan, 0],
    ],
)
def test_a_wrong_act_is_one_sentence_and_changes_nothing(act: list[Any]) -> None:
    refused(STEM, act)


@each("height", [1e6, -1e6, 0.0])
@each("hand", pulled.HANDS)
@each("f", CURVES)
def test_a_hand_may_go_anywhere(f: str, hand: str, height: float) -> None:
    found = after(["bend", hand, 0, height], link=f"f={f}")
    assert read_link(TOPIC, found.link)[0] == found


def test_a_wrong_curve_in_the_link_keeps_the_start() -> None:
    found, errors = read_link(TOPIC, "f=1,2,3&T=x&u=-1")
    assert len(errors) == 3 and found == TOPIC.first


# ---- by hand -------------------------------------------------------------------------------------


def changed(page: Page, name: str, before: str) -> str:
    expect(reading(page, name)).not_to_have_attribute("data-value", before)
    settle(page)
    return reading(page, name).get_attribute("data-value") or ""


def test_the_curve_the_touching_line_and_the_critic_follow_the_hand_and_the_keys(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    visit(page, server, STEM)
    first = reading(page, "d_f").get_attribute("data-value") or ""
    grip = page.locator("[data-grip='2']")
    box = grip.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 30, steps=6)
    held = changed(page, "d_f", first)
    assert "f=" not in address(page)
    page.mouse.up()
    settle(page)
    assert "f=" in address(page)
    grip.press("ArrowDown")
    changed(page, "d_f", held)
    page.locator("[data-choice='f.total_variation']").first.click()
    expect(reading(page, "d_f")).to_have_text("0.2500")
    page.locator("[data-option=never]").click()
    page.locator("[data-question=tilt] [data-param=c]").wait_for()
    page.locator("[data-grip=u]").scroll_into_view_if_needed()
    expect(page.locator("[data-slot=conjugate] .dv-caption")).to_be_visible()
    page.locator("[data-grip=u]").press("Home")
    expect(page.locator("[data-slot=conjugate] .dv-say").first).to_contain_text("u = 0.05")
    page.locator(".dv-penheight").scroll_into_view_if_needed()
    expect(reading(page, "whole")).to_have_text("0.2500")  # what was out of sight is asked for
    nothing = reading(page, "bound").get_attribute("data-value") or ""
    page.locator(".dv-penplace").press("End")
    page.locator(".dv-penheight").press("End")
    assert 0 < float(changed(page, "bound", nothing)) < 0.25
    expect(page.get_by_text("Show the best critic")).to_have_count(0)
    page.locator("[data-option=ratio]").click()
    page.get_by_text("Show the best critic").click()
    expect(reading(page, "bound")).to_have_text("0.2500")
    expect(page.locator("[data-task=show]")).to_have_attribute("data-done", "true")


def test_on_a_phone_the_finger_bends_the_curve_and_draws_the_critic(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(**PHONE)
    visit(page, server, STEM, "lang=zh&f=total_variation")

    def swipe(x: float, y: float, to_x: float, to_y: float) -> None:
        with live.finger(page) as touch:
            touch("touchStart", x, y)
            touch("touchMove", (x + to_x) / 2, (y + to_y) / 2)
            touch("touchMove", to_x, to_y)
            touch("touchEnd")
        settle(page)

    box = page.locator("[data-grip='4']").bounding_box()
    assert box is not None
    first = reading(page, "d_f").get_attribute("data-value") or ""
    x, y = box["x"] + 16, box["y"] + 16
    swipe(x, y, x, y + 40)
    changed(page, "d_f", first)
    for name in ("never", "total_variation", "ratio", "apart"):
        tap(page.locator(f"[data-option={name}]").first)
    page.locator(".dv-pad").scroll_into_view_if_needed()
    expect(reading(page, "whole")).to_have_text(reading(page, "d_f").inner_text())
    pad = page.locator(".dv-pad").bounding_box()
    assert pad is not None
    nothing = reading(page, "bound").get_attribute("data-value") or ""
    middle = pad["y"] + pad["height"] / 2
    swipe(pad["x"] + 20, middle + 40, pad["x"] + pad["width"] - 20, middle - 40)
    changed(page, "bound", nothing)
    assert misfits(page) == []
