"""Lesson 4: measures and their slopes as Q slides away from P."""

import json
import math
import re
import sys
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

import board
import lessons
import live
import mpmath
import numpy as np
import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import (
    PHONE,
    found,
    printed,
    ran,
    reading,
    readings,
    refused,
    settle,
    tap,
    value,
    visit,
)
from playwright.sync_api import Page, expect

from divviz import state
from divviz.dist import SceneError
from divviz.sweep import sweep
from divviz.web import lesson, prose, text

STEM = "04_disjoint_supports"
parts, reached = partial(lessons.parts, STEM), partial(lessons.state, STEM)
MODULE = lesson.module(STEM)
TOPIC = MODULE.TOPIC
START = TOPIC.first
LOG_2 = math.log(2)


def slopes(link: str) -> list[str]:
    """The slopes of KL, JS, TV and W1 as the first picture's table tells them."""
    (table,) = found(parts(link)["board"], "table")
    return [row[1] for row in table["rows"]]


def question(name: str) -> dict[str, Any]:
    return lessons.question(parts(), name)


# ------------------------------------------------------------------ the state


def test_the_page_opens_on_uniforms_that_overlap_with_kl_infinite() -> None:
    assert (str(START.scene.p), str(START.scene.q)) == ("uniform(0,1)", "uniform(0.6,1.6)")
    numbers = readings(parts()["board"])
    assert numbers.pop("kl_pq") == math.inf
    assert numbers == pytest.approx({"js": 0.6 * LOG_2, "tv": 0.6, "w1": 0.6})
    assert slopes("") == ["none: it is infinite", "0.6931", "1.000", "1.000"]


def test_p_and_q_follow_from_the_knobs_and_the_link_says_these_alone() -> None:
    assert START.link == ""
    now = reached("kind=points&noise=0.5&distance=2")
    assert (str(now.scene.p), str(now.scene.q)) == ("normal(0,0.5)", "normal(2,0.5)")
    assert reached(now.link) == now and "p=" not in now.link
    now, _ = state.apply(now, ["knob", "kind", "uniforms"])
    assert str(now.scene.q) == "uniform(2,3)" and now["noise"] == 0.5
    now, _ = state.apply(now, ["knob", "kind", "points"])
    assert now.scene.q.name == "normal"


def test_a_pair_that_is_set_from_outside_is_refused_in_a_sentence() -> None:
    now, errors = state.read_link(TOPIC, "p=normal(0,1)&q=normal(5,1)&distance=2")
    assert [error.code for error in errors] == ["lesson_made"] and now["distance"] == 2
    with pytest.raises(SceneError, match="its own controls"):
        state.apply(START, ["set", "q", "normal(0,1)"])
    assert state.apply(START, ["unit", "bits"])[0].unit == "bits"


@each(
    ("link", "x", "distance"),
    [("", 1.5, 1), ("", 99, 3), ("", -7, 0), ("kind=normals", 1.234, 1.23), ("kind=points", 2, 2)],
)
def test_q_goes_where_the_hand_takes_its_middle(link: str, x: float, distance: float) -> None:
    now, _ = state.apply(reached(link), ["hold", "q", x, 0.3])
    assert now["distance"] == pytest.approx(distance, abs=1e-12)
    (hand,) = found(parts(now.link)["board"], "drawing")
    assert hand["hands"][0]["x"] == pytest.approx(now.scene.q.mean())


def test_the_second_line_goes_to_either_side_and_nothing_else_can_be_held() -> None:
    assert state.apply(START, ["hold", "theta", -0.257, 0])[0]["theta"] == pytest.approx(-0.26)
    refused(STEM, ["hold", "moon", 0, 0])


# ------------------------------------------------------------------ numbers


def test_the_drawn_truth_is_a_line_up_to_the_width_and_flat_beyond() -> None:
    truth = np.array(question("growth")["truth"])
    middles = (np.arange(len(truth)) + 0.5) / len(truth) * 2
    assert truth == pytest.approx(np.minimum(middles, 1), abs=1e-12)


def test_the_answers_are_those_of_the_core() -> None:
    answers = {name: question(name)["truth"] for name in ("flat", "lines", "narrow", "claim")}
    assert answers == {"flat": "zero", "lines": "w1", "narrow": "huge", "claim": "disjoint"}


@each("theta", [-1, -0.3, 0, 0.01, 0.5])
def test_two_lines_have_the_numbers_of_the_paper(theta: float) -> None:
    numbers = readings(parts(f"theta={theta}")["lines"])
    apart = theta != 0
    wanted = {"kl_pq": math.inf if apart else 0, "js": LOG_2 * apart, "tv": apart}
    wanted |= {"w1": abs(theta)}
    assert numbers == pytest.approx({f"lines_{key}": float(v) for key, v in wanted.items()})


def js_and_slope(s: float) -> tuple[Any, Any]:
    """log 2 - JS of two normals 1 apart and the slope of JS, by integrals at 20 digits."""
    with mpmath.workdps(20):
        s = mpmath.mpf(repr(s))

        def density(x: Any, mu: Any) -> Any:
            return mpmath.npdf(x, mu, s)

        def lost(x: Any) -> Any:
            p, q = density(x, 0), density(x, 1)
            return (p * mpmath.log1p(q / p) + q * mpmath.log1p(p / q)) / 2

        def pull(x: Any) -> Any:
            p, q = density(x, 0), density(x, 1)
            return -q * (x - 1) / s**2 * mpmath.log1p(p / q) / 2

        near = [k * s**2 for k in (0, 1, 4, 16, 64)]  # p/q turns from large to small this fast
        middle = [mpmath.mpf("0.5") + way * k for k in near for way in (-1, 1)]
        ends = {-8 * s, -2 * s, *middle, 1 + 2 * s, 1 + 8 * s}
        ends = {x for x in ends if -8 * s <= x <= 1 + 8 * s}
        return mpmath.quad(lost, sorted(ends)), mpmath.quad(pull, sorted(ends))


def read(spelled: str) -> float:
    """A number as it is shown, 2.2×10⁻⁵ as well."""
    mantissa, _, power = spelled.partition("×10")
    digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(mantissa) * 10.0 ** int(digits or 0)


def test_the_table_of_narrow_normals_is_the_closed_form_and_the_integral() -> None:
    (table,) = found(parts()["narrow"], "table")
    assert [float(row[0]) for row in table["rows"]] == list(MODULE.WIDTHS)
    for s, row in zip(MODULE.WIDTHS, table["rows"], strict=True):
        assert read(row[1]) == pytest.approx(1 / (2 * s * s), rel=6e-3)
        assert read(row[3]) == pytest.approx(1 / s**2, rel=6e-3)
        gap, slope = js_and_slope(s)
        if s == 0.01:
            assert row[2] == "< 10⁻¹²" and 0 < gap < 1e-12
            assert row[4] == "< 10⁻³⁰⁰" and 0 < slope < mpmath.mpf("1e-300")
            continue
        assert read(row[2]) == pytest.approx(float(gap), rel=2.5e-2)
        assert read(row[4]) == pytest.approx(float(slope), rel=2.5e-2)


def test_what_is_only_too_small_for_a_double_is_not_called_0() -> None:
    assert slopes("kind=normals&width=0.01&distance=1")[1:3] == ["above 0, below 10⁻³⁰⁰"] * 2
    assert slopes("kind=points&distance=1")[1:3] == ["0", "0"]
    noisy = next(found(parts("kind=points&distance=3&noise=0.01")["noise"], "say"))
    assert "above 0" in noisy["text"]


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("distance=1", ["none: it is infinite", "none: a kink", "none: a kink", "1.000"]),
        ("distance=2", ["none: it is infinite", "0", "0", "1.000"]),
        ("kind=points&distance=0", ["none: a jump"] * 3 + ["1.000"]),
        ("kind=normals&distance=1", ["1.000", "0.1990", "0.3521", "1.000"]),
    ],
)
def test_a_slope_or_why_there_is_none_is_told(link: str, told: list[str]) -> None:
    assert slopes(link) == told


@each(
    ("link", "says"),
    [
        ("distance=0", "are the same"),
        ("distance=0.5", "share 50 %"),
        ("distance=1", "share nothing"),
        ("kind=points&distance=0.01", "share nothing"),
        ("kind=normals&distance=1", "share 62 %"),
        ("kind=normals&distance=3&width=0.1", "next to none"),
        ("kind=points&distance=1&noise=0.5", "whole line"),
    ],
)
def test_the_sentence_tells_what_p_and_q_share(link: str, says: str) -> None:
    assert any(says in one["text"] for one in found(parts(link)["board"], "say"))


def test_the_curve_of_noise_is_the_sweep_at_each_noise() -> None:
    of_one = MODULE.told(MODULE.curves("normals"), "nats")
    drawn = MODULE.sliding.noisy(of_one, 1.5, 0.3, 2.0)
    assert drawn.noise[0] < 0.2 and drawn.noise[-1] > 2 and (np.diff(drawn.noise) > 0).all()
    for i in (0, 20, 40):
        own = sweep("normals", (1.5,), ("kl_pq", "js"), 0.3, float(drawn.noise[i]))
        assert drawn.values["kl_pq"][i] == pytest.approx(own.values["kl_pq"][0], rel=1e-9)
        assert drawn.slope[i] == pytest.approx(own.slopes["js"][0], rel=1e-6)


def test_the_steepest_place_is_that_of_the_integral() -> None:
    around = [sweep("normals", (u,), ["js"]).slopes["js"][0] for u in (1.4, 1.55, 1.75, 1.9)]
    assert max(around) < MODULE.steepest() and MODULE.steepest() == pytest.approx(0.23365, abs=1e-5)
    _, slope = js_and_slope(1 / 1.65)  # of normals 1 apart; times their width that of width 1
    assert MODULE.steepest() == pytest.approx(float(slope) / 1.65, rel=1e-4)


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_the_numbers_in_the_words_are_computed(lang: str) -> None:
    words = prose.of(STEM, lang).words
    narrow = sweep("normals", (1.0,), ["kl_pq"], 0.01).values["kl_pq"][0]
    assert narrow == pytest.approx(100**2 / 2) and "5000" in words["ask.narrow.huge"]
    assert "0.01" in words["ask.narrow"] and "100²" in words["why.narrow.huge"]
    assert "0.001" in words["ask.lines"] and "0.001" in words["why.lines.w1"]
    assert "0.15" in words["task.heard"] and "1000" in words["task.huge"]
    levels = np.arange(0.5, 2, 0.05)
    heard = [sweep("points", (3,), ["js"], 1, float(s)).slopes["js"][0] for s in levels]
    best = levels[np.argmax(heard)]
    assert 1 < best < 1.5 and re.search(r"1\D+1\.5", words["hint.heard"])


# ------------------------------------------------------------------ tasks and programs


@each(
    ("name", "link", "is_done"),
    [
        ("full", "distance=0.06&width=0.05", True),
        ("full", "distance=0.04&width=0.05", False),
        ("full", "kind=normals&distance=0.09&width=0.01", False),
        ("full", "kind=points&distance=0", False),
        ("huge", "kind=points&distance=1", False),
        ("huge", "kind=points&distance=1&noise=0.02", True),
        ("steep", "kind=normals&distance=0.33&width=0.2", True),
        ("steep", "kind=normals&distance=1", False),
        ("steep", "distance=0.5", False),
        ("heard", "kind=points&distance=3&noise=2", False),
    ],
)
def test_a_task_is_reached_by_what_it_says(name: str, link: str, is_done: bool) -> None:
    assert MODULE.TASKS[name].reached(reached(link)) is is_done


class Dual(np.ndarray):
    """A number whose imaginary part carries a small step: its share is the derivative."""

    def item(self) -> float:
        return float(np.asarray(self).reshape(()).item().real)

    def exp(self) -> np.ndarray:
        return np.exp(self)


STEP = 1e-20


def dual(values: Any) -> Dual:
    return np.asarray(values, complex).view(Dual)


def stand_in() -> ModuleType:
    """What the page's PyTorch program uses of torch, by complex steps (Squire & Trapp 1998)."""
    torch = ModuleType("torch")

    def grad(value: Dual, _: Dual, retain_graph: bool) -> tuple[Dual]:
        return (dual(np.asarray(value).imag / STEP),)

    def clamp(value: Dual, max: float) -> Dual:
        return value if value.item() < max else dual(max)

    def logaddexp(a: Dual, b: Dual) -> Dual:
        high, low = np.where(a.real >= b.real, a, b), np.where(a.real >= b.real, b, a)
        return dual(high + np.log1p(np.exp(low - high)))

    torch.__dict__.update(
        float64=complex,
        tensor=lambda value, dtype, requires_grad: dual(value + 1j * STEP),
        linspace=lambda a, b, n, dtype: dual(np.linspace(a, b, n)),
        trapezoid=lambda y, x: dual(np.trapezoid(y, x)),
        clamp=clamp,
        logaddexp=logaddexp,
        autograd=SimpleNamespace(grad=grad),
    )
    return torch


STATES = ["", "distance=2", "kind=points&distance=0.5", "kind=normals&distance=1.2&width=0.4"]


@pytest.mark.parametrize("link", STATES)
def test_the_programs_print_the_numbers_and_the_slopes_of_the_page(
    link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = found(parts(link)["in_code"], "code")
    programs, numbers, now = dict(block["programs"]), readings(parts(link)["board"]), reached(link)
    for library in ("NumPy", "SciPy"):
        names = ran(programs[library])
        assert {key: names[key] for key in numbers} == pytest.approx(numbers, rel=1e-6), library
    monkeypatch.setitem(sys.modules, "torch", stand_in())
    told = [line.split() for line in printed(programs["PyTorch"])]
    here = MODULE.here_of(now)
    for key, line in zip(("js", "w1"), told, strict=True):
        assert float(line[1]) == pytest.approx(here.values[key], rel=1e-7)
        assert float(line[3]) == pytest.approx(here.slopes[key], rel=1e-6, abs=1e-12)


def test_the_button_to_the_board_carries_the_pair() -> None:
    *_, buttons = found(parts("kind=normals&distance=1")["in_code"], "buttons")
    assert buttons["rows"][0][1]["open"] == "p=normal(0,1)&q=normal(1,1)&unit=nats"


# ------------------------------------------------------------------ whatever a visitor does

KNOBS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(MODULE.KINDS),
        "distance": st.sampled_from([0, 0.01, 0.3, 1, 1.0000001, 2.99, 3]),
        "width": st.sampled_from([0.01, 0.3, 1, 2]),
        "noise": st.sampled_from([0, 0.01, 0.7, 2]),
        "curves": st.sampled_from(list(MODULE.GROUPS)),
        "theta": st.sampled_from([-1, -0.01, 0, 0.37, 1]),
        "unit": st.sampled_from(["nats", "bits", "hartleys"]),
    }
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(KNOBS, st.sampled_from(list(text.LANGUAGES)))
def test_every_state_is_shown_without_a_hole(knobs: dict[str, Any], lang: str) -> None:
    link = "&".join(f"{name}={value}" for name, value in knobs.items())
    assert state.read_link(TOPIC, link)[1] == []
    made = parts(link, lang)
    json.dumps(made, allow_nan=False)
    told = [one["text"] for one in found(made, "say")]
    cells = [cell for table in found(made, "table") for row in table["rows"] for cell in row]
    assert all(made.values()) and not any("nan" in one or "{" in one for one in told + cells)


@each("link", ["kind=circles", "distance=-1", "width=0", "noise=x", "theta=2", "curves=none"])
def test_nonsense_in_the_link_is_one_sentence_and_the_rest_stays(link: str) -> None:
    now, errors = state.read_link(TOPIC, f"{link}&unit=bits")
    assert len(errors) == 1 and now.unit == "bits"
    assert all(now[name] == START[name] for name in START.knobs)


# ------------------------------------------------------------------ in a browser


def opened(page: Page, server: live.Server, query: str = "") -> Page:
    visit(page, server, STEM, query)
    return page


def test_q_is_dragged_the_sweep_is_stepped_and_the_curves_wait_for_the_prediction(
    new_page: board.NewPage, server: live.Server
) -> None:
    page = opened(new_page(), server)
    grip = page.locator("[data-grip=q]")
    box = grip.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y, steps=6)
    way = reading(page, "w1", "board")
    expect(way).not_to_have_attribute("data-value", re.compile(r"^0\.[0-9]+$"))
    page.mouse.up()
    expect(page.locator("[data-slot=board] .dv-result")).to_contain_text("share nothing")
    settle(page)
    assert "distance=" in board.address(page) and not re.search("(^|&)[pq]=", board.address(page))
    assert value(page, "js", "board") == pytest.approx(LOG_2)
    assert value(page, "w1", "board") > 1
    grip.focus()
    page.keyboard.press("Home")
    expect(page.locator("[data-slot=board] .dv-result")).to_contain_text("are the same")
    settle(page)
    chart = page.locator("[data-slot=chart]")
    chart.scroll_into_view_if_needed()
    expect(chart.locator(".dv-figure")).to_have_count(0)
    chart.locator("[data-gate=growth]").click()
    expect(chart.locator(".dv-figure")).to_have_count(1)
    expect(chart.locator(".dv-where")).to_have_text("0 / 3")
    chart.locator("[data-play=step]").click()
    expect(chart.locator(".dv-where")).to_have_text("0.05 / 3")
    settle(page)
    assert "distance=0.05" in board.address(page)
    chart.locator("[data-play=step]").focus()
    page.keyboard.press("End")
    settle(page)
    assert "distance=3" in board.address(page)


def test_on_a_phone_the_answer_is_drawn_and_the_line_is_moved(
    new_page: board.NewPage, server: live.Server
) -> None:
    page = opened(new_page(**PHONE), server, "lang=zh")
    for key in ("kl_pq", "js"):
        expect(reading(page, key, "board")).to_be_in_viewport()
    asked = page.locator("[data-question=growth]")
    asked.scroll_into_view_if_needed()
    place, height = asked.locator("[data-pen=place]"), asked.locator("[data-pen=height]")
    place.focus()
    page.keyboard.press("Home")
    height.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    tap(asked.locator("[data-commit=growth]"))
    expect(asked.locator(".dv-verdict")).not_to_be_empty()
    page.locator("[data-slot=board]").scroll_into_view_if_needed()
    tap(page.locator("[data-choice='kind.points']"))
    expect(page.locator("[data-slot=board] .dv-param")).to_have_count(2)
    settle(page)
    line = page.locator("[data-grip=theta]")
    line.scroll_into_view_if_needed()
    line.focus()
    page.keyboard.press("ArrowLeft")
    expect(line).to_have_attribute("aria-valuenow", "0.45")
    settle(page)
    assert "theta=0.45" in board.address(page) and "kind=points" in board.address(page)
