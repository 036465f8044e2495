"""Lesson 2, cross-entropy and KL: its numbers, its pictures, its programs, and a visitor's way."""

import json
import math
import re

import live
import numpy as np
import pytest
from board import NewPage, plot_box
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import (
    PHONE,
    figure,
    found,
    look,
    parts,
    question,
    ran,
    reading,
    readings,
    refused,
    said,
    settle,
    state,
    tap,
    value,
    visit,
)
from pictures import line
from playwright.sync_api import expect
from scipy import special, stats

from divviz.web import lesson, prose, text

STEM = "02_cross_entropy"
PAGE = lesson.module(STEM)
P, Q = np.array([4, 2, 1, 1]) / 8, np.array([1, 4, 2, 1]) / 8


def kl(p: object, q: object) -> float:
    """KL(P‖Q) in bits, by SciPy."""
    return float(stats.entropy(p, q, base=2))


# ------------------------------------------------------------------ what the page shows


def test_the_board_says_what_scipy_says_and_stacks_kl_on_the_entropy() -> None:
    shown = parts(STEM)["board"]
    assert readings(shown) == pytest.approx(
        {
            "entropy_p": stats.entropy(P, base=2),
            "cross_entropy_pq": stats.entropy(P, base=2) + kl(P, Q),
            "kl_pq": kl(P, Q),
        },
        rel=1e-14,
    )
    bars = figure(shown)["data"]
    ends = [line(bar)[0].max() for bar in bars]
    assert ends == pytest.approx([1.75, 1.75, 2.375], rel=1e-6)


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_the_numbers_that_the_notes_tell_are_those_of_the_start(lang: str) -> None:
    notes = prose.of(STEM, lang).notes
    told = {float(n) for n in re.findall(r"(?<![\d.])\d\.\d+", notes)}
    uniform = np.full(4, 0.25)
    wanted = {1.75, 2.375, kl(P, Q), kl(Q, P), kl(P, uniform)}
    assert {round(one, 12) for one in wanted} == told


def test_the_table_gives_each_outcome_its_share_of_kl() -> None:
    rows = next(found(parts(STEM)["letters"], "table"))["rows"]
    shares = [float(row[5].replace("−", "-")) for row in rows]
    assert shares == pytest.approx(P * np.log2(P / Q), abs=1e-12)
    assert "0.6250 bits" in said(parts(STEM)["letters"])


def test_a_word_for_what_q_holds_impossible_is_endless() -> None:
    shown = parts(STEM, "p=pmf(1,1)&q=pmf(1,0)")["letters"]
    rows = next(found(shown, "table"))["rows"]
    assert [row[4] for row in rows] == ["0", "∞"] and rows[1][5] == "∞"
    assert "∞ bits" in said(shown)


def test_the_words_of_huffman_cost_what_the_halvings_say() -> None:
    assert PAGE.codes(state(STEM).scene.p, state(STEM).scene.q) == pytest.approx((1.75, 2.375))


@pytest.mark.parametrize("n", [40, 399])
def test_the_running_mean_is_that_of_the_samples_that_came(n: int) -> None:
    shown = parts(STEM, f"n={n}")["samples"]
    seen = PAGE.sampled(state(STEM).scene.p, state(STEM).scene.q, 1)
    ratios = np.log2(P / Q)[seen.place]
    curve = line(figure(shown)["data"][-2])
    assert curve[1][-1] == pytest.approx(ratios[: n + 1].mean(), rel=1e-6)
    assert abs(ratios.mean() - kl(P, Q)) < 4 * ratios.std() / math.sqrt(len(ratios))


def test_samples_that_q_has_no_word_for_end_the_mean_at_infinity() -> None:
    shown = parts(STEM, "p=pmf(1,1)&q=pmf(1,0)&n=60")["samples"]
    assert "∞" in said(shown)
    drawn = figure(shown)
    assert any(note["text"] == "∞" for note in drawn["layout"]["annotations"])


def coin(chance: float) -> list[float]:
    return [chance, 1 - chance]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.permutations([0.02, 0.1, 0.25, 0.5, 0.72, 0.9, 0.997]))
def test_the_way_by_r_is_the_sum_of_both_parts(coins: list[float]) -> None:
    now = state(STEM, "", ["knob", "coins", coins[:3]])
    p, r, q = now["coins"]
    bars = figure(PAGE.detour(look(STEM, now)))["data"]
    straight, by_r = kl(coin(p), coin(q)), kl(coin(p), coin(r)) + kl(coin(r), coin(q))
    assert max(line(bars[0])[0]) == pytest.approx(straight, rel=1e-5, abs=1e-6)
    assert max(line(bars[-1])[0]) == pytest.approx(by_r, rel=1e-5, abs=1e-6)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(0.05, 0.95))
def test_every_coin_between_two_others_makes_a_short_cut(p: float, q: float, t: float) -> None:
    if abs(p - q) > 0.01:
        assert PAGE.way(p, (1 - t) * p + t * q, q).broken


def test_a_coin_is_moved_along_the_line_and_stops_at_its_ends() -> None:
    assert state(STEM, "", ["coin", "r", 1.7, 0.5])["coins"] == (0.5, 1.0, 0.3)
    for act in (["coin", "s", 0.5, 0], ["coin", "r", None, 0], ["coin", 7, 0.5, 0], ["coin"]):
        refused(STEM, act)


@each(("heads", "theta"), [(7, 0.4), (7, 0.7), (0, 0.0), (10, 0.3), (5, 1.0)])
def test_the_cost_of_a_coin_is_the_negative_log_likelihood_a_toss(heads: int, theta: float) -> None:
    with np.errstate(divide="ignore"):
        chance = special.xlogy(heads, theta) + special.xlogy(10 - heads, 1 - theta)
    found_cost = float(PAGE.cost(heads / 10, np.array([theta]))[0])
    assert found_cost == pytest.approx(-chance / 10, rel=1e-12)
    shown = parts(STEM, f"heads={heads}&theta={theta}")["likelihood"]
    assert ("KL = 0" in said(shown)) == (theta == heads / 10)


def test_the_truths_of_the_questions_are_computed() -> None:
    shown = parts(STEM)
    assert question(shown, "price")["truth"] == pytest.approx(kl(P, np.full(4, 0.25)), rel=1e-12)
    p, q = [0.98, 0.01, 0.01], [1 / 3] * 3
    larger = question(shown, "larger")
    assert larger["truth"] == ("pq" if kl(p, q) > kl(q, p) else "qp")
    revealed = readings(larger["revealed"])
    assert revealed == pytest.approx({"ask_pq": kl(p, q), "ask_qp": kl(q, p)}, rel=1e-12)


@pytest.mark.parametrize("link", ["", "p=pmf(1,1,0)&q=pmf(1,0,1)", "unit=nats"])
def test_the_programs_give_the_numbers_of_the_page(link: str) -> None:
    programs = dict(next(found(parts(STEM, link), "code"))["programs"])
    wanted = look(STEM, state(STEM, link))
    for name in ("NumPy", "SciPy"):
        names = ran(programs[name])
        for key in ("entropy_p", "cross_entropy_pq", "kl_pq", "kl_qp"):
            assert names[key] == pytest.approx(wanted.value(key), rel=1e-12, abs=1e-15)
    compile(programs["PyTorch"], "torch", "exec")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12),
    st.integers(0, 399),
)
def test_no_pair_that_a_hand_can_draw_breaks_a_demo(rows: list, n: int) -> None:
    p, q = (",".join(str(row[side]) for row in rows) for side in (0, 1))
    if any(row[0] for row in rows) and any(row[1] for row in rows):
        json.dumps(parts(STEM, f"p=pmf({p})&q=pmf({q})&n={n}"), allow_nan=False)


# ------------------------------------------------------------------ a visitor's way


def test_a_learner_draws_q_moves_a_coin_and_fits_a_model_with_the_mouse(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    visit(page, server, STEM)
    page.locator("[data-slot=board] [data-hand=q]").click()
    box = plot_box(page)
    page.mouse.move(box["x"] + 0.05 * box["width"], box["y"] + 0.9 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.02 * box["height"], steps=6)
    expect(reading(page, "kl_pq", "board")).not_to_have_attribute("data-value", "0.625")
    page.mouse.up()
    settle(page)
    grip = page.locator("[data-slot=detour] [role=slider]").nth(1)
    grip.scroll_into_view_if_needed()
    said_first = page.locator("[data-slot=detour] .dv-say").inner_text()
    grip.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    settle(page)
    expect(page.locator("[data-slot=detour] .dv-say")).not_to_have_text(said_first)
    page.locator("[data-task=short][data-done=true]").wait_for()
    slider = page.locator("[data-slot=likelihood] input[type=range]").last
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    expect(page.locator("[data-slot=likelihood] .dv-say").last).to_contain_text("KL = 0")


def test_on_a_phone_a_guess_is_typed_and_its_gap_told(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(**PHONE)
    visit(page, server, STEM, "lang=zh")
    asked = page.locator("[data-question=price]")
    asked.locator("input").fill("0,5")
    tap(asked.locator("[data-commit]"))
    expect(asked.locator(".dv-verdict")).to_contain_text("0.25")
    tap(page.locator("[data-slot=samples] [data-play=step]"))
    expect(page.locator("[data-slot=samples] .dv-where")).to_have_text("41 / 399")
    assert value(page, "kl_pq", "board") == pytest.approx(kl(P, Q))


def test_quick_steps_of_an_animation_all_count(new_page: NewPage, server: live.Server) -> None:
    page = new_page()
    visit(page, server, STEM)
    step = page.locator("[data-slot=samples] [data-play=step]")
    step.scroll_into_view_if_needed()
    for _ in range(8):
        step.click()
    settle(page)
    expect(page.locator("[data-slot=samples] .dv-where")).to_have_text("48 / 399")
    page.wait_for_url(re.compile("n=48"))
