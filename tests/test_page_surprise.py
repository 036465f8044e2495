"""Lesson 1, surprise and entropy: its numbers, its pictures, its programs, and a visitor's way."""

import html
import json
import math
import re
from functools import partial
from typing import Any

import live
import numpy as np
import pytest
from board import NewPage
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from lessons import (
    PHONE,
    figure,
    found,
    look,
    misfits,
    numbers_printed,
    reading,
    readings,
    reads,
    refused,
    reply,
    said,
    settle,
    state,
    tap,
    visit,
)
from pictures import line
from playwright.sync_api import expect
from scipy import stats

from divviz import knobs
from divviz.dist import SceneError
from divviz.state import Topic, apply, read_link
from divviz.units import UNITS
from divviz.web import lesson, prose, text

STEM = "01_surprise"
LANGUAGES = list(text.LANGUAGES)
PAGE = lesson.module(STEM)
TAILS = "p=pmf(0.9,0.1)"

# ------------------------------------------------------------------ what the page shows


start = partial(state, STEM)


def shown(marker: str, link: str = "", lang: str = "en") -> Any:
    """The blocks of a demo."""
    return lesson.parts(STEM, lang)[marker].show(look(STEM, start(link), lang))


def area(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.trapezoid(y, x))


# ------------------------------------------------------------------ the numbers of the text


def test_the_final_and_its_outsider_carry_what_the_text_says() -> None:
    numbers = readings(shown("final"))
    assert numbers["final_even"] == 1
    assert numbers["final_lopsided"] == pytest.approx(
        -0.99 * math.log2(0.99) - 0.01 * math.log2(0.01), rel=1e-12
    )
    (asked,) = shown("outsider")
    assert asked["truth"] == pytest.approx(math.log2(100), rel=1e-15)
    assert abs(6 - asked["truth"]) > asked["near"] > abs(6.5 - asked["truth"])
    assert abs(7 - asked["truth"]) > asked["near"]


FIXED = {
    "6.64": math.log2(100),
    "6.6439": math.log2(100),
    "0.0808": stats.entropy([0.99, 0.01], base=2),
    "0.0145": -math.log2(0.99),
    "1.75": stats.entropy([4, 2, 1, 1], base=2),
    "0.469": stats.entropy([9, 1], base=2),
    "0.645": (0.81 + 2 * 0.09 + 3 * (0.09 + 0.01)) / 2,
    # 000 has the word 0, three blocks with one tail have 3 bits each, the rest have 5.
    "0.533": (0.729 + 3 * 3 * 0.081 + 5 * (3 * 0.009 + 0.001)) / 3,
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_decimal_in_the_teachers_notes_is_recomputed(lang: str) -> None:
    notes = prose.of(STEM, lang).notes
    given = {"0.5", "0.99", "0.01", "0.9", "0.1", "6.6493"}  # probabilities, and the slip
    told = set(re.findall(r"\d+\.\d+", notes))
    assert told - given == FIXED.keys()
    for spelled, number in FIXED.items():
        digits = len(spelled.partition(".")[2])
        assert f"{number:.{digits}f}" == spelled


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_notes_warn_of_the_circulating_number_which_is_no_rounding_of_the_truth(
    lang: str,
) -> None:
    assert "6.6493" in prose.of(STEM, lang).notes
    (asked,) = shown("outsider", lang=lang)
    assert abs(6.6493 - asked["truth"]) > 0.005


@pytest.mark.parametrize("lang", LANGUAGES)
def test_explanations_say_logarithms_that_hold(lang: str) -> None:
    told = "\n".join(prose.of(STEM, lang).words.values())
    claims = re.findall(r"(−?)log₂ (\d+(?:/\d+)?) = (−?\d+)", told)
    assert len(claims) >= 5
    for sign, number, power in claims:
        top, _, below = number.partition("/")
        wanted = math.log2(int(top) / int(below or 1)) * (-1 if sign else 1)
        assert wanted == float(power.replace("−", "-"))


# ------------------------------------------------------------------ surprise and its mean

SCENES = [
    "",
    "p=pmf(1,0,0)",
    "p=pmf(1)",
    "p=pmf(1,1e-300)",
    "p=pmf(0,0.2,0,0.8)",
    "p=discrete_uniform(1,64)",
    "p=poisson(3)",
    "p=samples(1,2,2,3)",
    "p=pmf(a:0.2,b:0.5,c:0.3)&unit=nats",
    "p=binomial(12,0.3)&unit=hartleys",
]


@each("link", SCENES)
def test_the_blocks_of_the_picture_have_the_entropy_as_their_area(link: str) -> None:
    blocks = shown("board", link)
    p = start(link).pair.p
    wanted = stats.entropy(p) * UNITS[start(link).unit]
    x, y = line(figure(blocks)["data"][0])
    assert x[-1] == pytest.approx(1, abs=1e-4)
    assert area(x, y) == pytest.approx(wanted, abs=1e-4)
    _, mean = line(figure(blocks)["data"][1])
    assert mean == pytest.approx([wanted] * 2, abs=1e-6)
    assert readings(blocks)["entropy_p"] == pytest.approx(wanted, abs=1e-12)


def test_the_rarest_and_the_likeliest_outcome_are_named_with_their_surprise() -> None:
    told = said(shown("say0"))
    assert "❄ (p = 0.05), which carries 4.322 bits" in told
    assert "☀ (p = 0.55), which carries 0.8625 bits" in told
    told = said(shown("say0", "p=pmf(1,0)"))
    assert told.count("0 (p = 1), which carries 0 bits") == 2
    assert "3.03" in said(shown("say1"))


def test_a_picture_that_cannot_show_every_outcome_says_so() -> None:
    assert "probability" in said(shown("board", "p=discrete_uniform(1,200)"))
    assert "probability" not in said(shown("board"))


# ------------------------------------------------------------------ codes

QUARTERS, HORSES = (
    f"p={PAGE.QUARTERS}",
    f"p={PAGE.HORSES}",
)


@pytest.mark.parametrize(("link", "bits"), [(QUARTERS, 1.75), (HORSES, 2.0)])
def test_the_examples_of_cover_and_thomas_need_as_many_questions_as_they_have_bits(
    link: str, bits: float
) -> None:
    numbers = readings(shown("questions", link))
    assert numbers["h_bits"] == pytest.approx(bits, abs=1e-12)
    assert numbers["questions"] == pytest.approx(bits, abs=1e-12)
    assert numbers["waste"] == 0


def test_the_words_of_the_horse_race_are_those_of_cover_and_thomas() -> None:
    table = next(found(shown("questions", HORSES), "table"))
    words = [row[3] for row in table["rows"]]
    assert words[:4] == ["0", "10", "110", "1110"]
    assert words[4:] == ["111100", "111101", "111110", "111111"]


def test_the_tree_has_an_edge_to_every_place_but_its_root_and_a_name_at_every_end() -> None:
    drawn = figure(shown("questions"))
    x, _ = line(drawn["data"][0])
    assert np.isfinite(x).sum() == 2 * (2 * 4 - 2)
    notes = [note["text"] for note in drawn["layout"]["annotations"]]
    assert {"☀", "☁", "☂", "❄"} <= set(notes)
    assert notes.count("0") == notes.count("1") == 3


def test_the_first_question_names_what_a_yes_means() -> None:
    assert "is it ☀?" in said(shown("questions"))
    assert "is it 0 or 1?" in said(shown("questions", "p=pmf(1,1,1,1)"))
    assert "结果是 0 或 1 吗？" in said(shown("questions", "p=pmf(1,1,1,1)", "zh"))
    assert "always 1" in said(shown("questions", "p=pmf(0,1)"))


def test_blocks_close_the_gap_as_the_notes_say() -> None:
    blocks = shown("blocks", TAILS)
    notes = [note["text"] for note in figure(blocks)["layout"]["annotations"]]
    assert notes[:3] == ["1.000", "0.6450", "0.5327"]
    assert "0.5327" in said(blocks) and "0.4690" in said(blocks)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6).filter(any), st.integers(1, 6))
def test_a_block_of_k_costs_from_the_entropy_to_less_than_one_kth_of_a_bit_more(
    weights: list[float], k: int
) -> None:
    p = start("p=pmf(" + ",".join(f"{w + 0.0:.6f}" for w in [*weights, 1]) + ")").scene.p
    h = PAGE.entropy(p)
    for i, bits in enumerate(PAGE.per_outcome(p, k), 1):
        assert h - 1e-9 <= bits < h + 1 / i


def test_too_many_outcomes_for_a_tree_or_a_code_are_one_sentence() -> None:
    assert "32" in said(shown("questions", "p=discrete_uniform(1,40)"))
    assert "4096" in said(shown("questions", "p=discrete_uniform(1,5000)"))
    assert "512" in said(shown("blocks", "p=discrete_uniform(1,5000)"))


# ------------------------------------------------------------------ densities

WIDTHS = [0.125, 0.5, 1, 2.375, 4]


def closed(shape: str, width: float) -> float:
    if shape == "uniform":
        return math.log2(width)
    return math.log2(width / 4 * math.sqrt(2 * math.pi * math.e))


@each("shape", ["uniform", "normal"])
@each("width", WIDTHS)
def test_h_is_the_closed_form_and_the_area_of_its_picture(shape: str, width: float) -> None:
    blocks = shown("density", f"shape={shape}&w={width}")
    assert readings(blocks)["h"] == pytest.approx(closed(shape, width), abs=1e-9)
    assert readings(blocks)["inside"] == pytest.approx(
        1 if shape == "uniform" else 0.954499736, abs=1e-9
    )
    plus, minus, above, _ = figure(blocks)["data"]  # the lower row comes first
    if shape == "uniform" or width < 2:  # wider, some of the normal is out of the picture
        assert area(*line(above)) == pytest.approx(1, abs=1e-3)
        both = area(*line(plus)) + area(*line(minus))
        assert both == pytest.approx(closed(shape, width), abs=2e-3)


def test_the_numbers_of_the_density_wait_for_the_prediction() -> None:
    gated = found(shown("density"), "numbers")
    assert [one["gate"] for one in gated] == ["half"]
    (asked,) = shown("half")
    assert asked["truth"] == "minus"


@each("width", [0.5, 1, 2])
@each("halvings", [2, 3, 6])
def test_bins_that_fit_a_uniform_have_h_less_the_log_of_their_width_exactly(
    width: float, halvings: int
) -> None:
    numbers = readings(shown("bins", f"w={width}&halvings={halvings}"))
    assert numbers["h_bins"] == pytest.approx(math.log2(width) + halvings, abs=1e-12)
    assert numbers["bins_gap"] == 0


def test_finer_bins_of_a_normal_bring_the_gap_to_zero() -> None:
    gaps = []
    for halvings in range(7):
        numbers = readings(shown("bins", f"shape=normal&w=1&halvings={halvings}"))
        edges = np.arange(-4, 8 + 1e-9, 0.5**halvings)
        mass = np.diff(stats.norm(2, 0.25).cdf(edges))
        assert numbers["h_bins"] == pytest.approx(stats.entropy(mass, base=2), abs=1e-9)
        gaps.append(numbers["bins_gap"])
    assert gaps[0] > gaps[1] > gaps[2] > 0 and abs(gaps[-1]) < 1e-3


# ------------------------------------------------------------------ programs


@each("unit", ["nats", "bits", "hartleys"])
@each("link", ["", "p=pmf(0,0.2,0.8)&shape=normal&w=0.125", "p=poisson(3)&w=4"])
def test_the_programs_print_the_numbers_of_the_page(link: str, unit: str) -> None:
    here = f"{link}&unit={unit}"
    (block,) = shown("code", here)
    programs = dict(block["programs"])
    assert list(programs) == ["NumPy", "SciPy", "PyTorch"]
    wanted = {
        "H(P)": readings(shown("board", here))["entropy_p"],
        "perplexity": readings(shown("board", here))["perplexity"],
        "questions": readings(shown("questions", here))["questions"],
        "h": readings(shown("density", here))["h"],
    }
    assert numbers_printed(programs["NumPy"]) == pytest.approx(wanted, abs=1e-9)
    del wanted["questions"]
    assert numbers_printed(programs["SciPy"]) == pytest.approx(wanted, abs=1e-9)
    compile(programs["PyTorch"], "torch", "exec")


def test_a_program_for_very_many_outcomes_is_one_sentence() -> None:
    (block,) = shown("code", "p=discrete_uniform(1,5000)")
    assert block["kind"] == "say" and "1000" in block["text"]


# ------------------------------------------------------------------ whatever a visitor does

LINKS = st.sampled_from(
    [*SCENES, "p=zipf(1.1,100000)", "p=geometric(0.001)", "p=binomial(900,0.5)"]
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    LINKS,
    st.sampled_from(["nats", "bits", "hartleys"]),
    st.integers(1, 6),
    st.sampled_from(["uniform", "normal"]),
    st.integers(1, 32),
    st.integers(0, 6),
    st.sampled_from(LANGUAGES),
    st.booleans(),
)
def test_no_state_makes_a_demo_fail_or_grow_without_bound(
    link: str, unit: str, k: int, shape: str, eighths: int, halvings: int, lang: str, live: bool
) -> None:
    base = start(f"{link}&unit={unit}&k={k}&shape={shape}&w={eighths / 8}&halvings={halvings}").link
    spelled = json.dumps(reply(STEM, base, lang, live=live), allow_nan=False)
    assert len(spelled) < 150_000
    assert not re.search(r'"-0(\.0+)?"|nan', spelled)


LONG = "好" * 40


@each("lang", LANGUAGES)
@each("name", ["<b>x</b>", "`code`", "{rarest}", "@ink", "&amp;", LONG])
def test_a_visitors_name_of_an_outcome_stays_a_name(name: str, lang: str) -> None:
    link = state(STEM, "", ["labels", [name, "b", "c", "d"]]).link
    ticks = figure(shown("board", link, lang))["layout"]["xaxis"]["ticktext"]
    assert list(map(html.unescape, ticks)) == [name, "b", "c", "d"][name == LONG :]
    assert name in said(shown("say0", link, lang)) and name in said(shown("questions", link, lang))
    for marker in ("board", "questions"):
        drawn = json.dumps(figure(shown(marker, link, lang)), ensure_ascii=False)
        assert "<b>" not in drawn and '"text": "@' not in drawn


def test_a_name_that_would_be_set_in_bold_is_refused() -> None:
    refused(STEM, ["labels", ["**bold**", "b", "c", "d"]])


# ------------------------------------------------------------------ a lesson about P alone

ALONE = Topic(
    start="p=pmf(a:1,b:3)&unit=bits",
    knobs=(knobs.number("k", 2, 1, 3, 1),),
    kind="discrete",
    alone=True,
)


@each(
    "act",
    [
        ["set", "p", "pmf(1,1,1)"],
        ["set", "p", "pmf(u:1,v:1,w:1)"],
        ["set", "q", "pmf(c:1,d:1)"],
        ["bars", "p", [1, 0]],
        ["outcomes", 5],
        ["family", "p", "poisson"],
        ["preset", "loaded_die"],
        ["swap"],
    ],
)
def test_in_a_lesson_about_p_alone_q_is_p_after_every_act(act: list[object]) -> None:
    found, _ = apply(ALONE.first, act)
    assert found.scene.q == found.scene.p
    assert "q=" not in found.link and read_link(ALONE, found.link) == (found, [])


def test_in_a_lesson_about_p_alone_a_link_may_name_a_q_to_no_effect() -> None:
    found, errors = read_link(ALONE, "p=pmf(0.5,0.5)&q=normal(0,1)")
    assert not errors and str(found.scene.q) == "pmf(0.5,0.5)"


@pytest.mark.parametrize("text", ["normal(0,1)", "pmf(0,0)", "nonsense", "pmf(" + "1," * 70 + "1)"])
def test_in_a_lesson_about_p_alone_a_wrong_p_is_one_sentence(text: str) -> None:
    with pytest.raises(SceneError):
        apply(ALONE.first, ["set", "p", text])


# ------------------------------------------------------------------ in a browser


def test_with_keys_alone_a_visitor_predicts_draws_solves_and_turns_the_knobs(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    visit(page, server, STEM)
    reads(page, "entropy_p", stats.entropy([0.55, 0.25, 0.15, 0.05], base=2))
    # a prediction, and one that is typed
    page.locator("[data-option=lopsided]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-question=final] .dv-verdict")).to_contain_text("50/50")
    reads(page, "final_even", 1)
    page.locator("[data-question=outsider] input").fill("6.5")
    page.keyboard.press("Enter")
    expect(page.locator("[data-question=outsider] .dv-verdict")).to_contain_text("6.64")
    # the bars by keys: no snow, then only sun
    for name in "❄☂☁":
        bar = page.locator(f'[data-slot=todo] [aria-label="P, outcome {name}"]')
        bar.focus()
        page.keyboard.press("Home")
        settle(page)
    reads(page, "entropy_p", 0, "todo")
    expect(page.locator("[data-task=least]")).to_have_attribute("data-done", "true")
    page.locator("[data-slot=questions]").scroll_into_view_if_needed()
    expect(page.locator("[data-slot=questions]")).to_contain_text("Nothing to ask")
    # the numbers of the density wait
    expect(reading(page, "h")).to_have_count(0)
    page.locator("[data-option=minus]").focus()
    page.keyboard.press("Enter")
    page.locator("[data-choice='shape.uniform']").scroll_into_view_if_needed()
    reads(page, "h", -1)
    slider = page.locator('input[type=range][data-param="w"]')
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(reading(page, "h")).to_have_text("−1.415")
    reads(page, "h", math.log2(0.375))
    # what was predicted is still there after a reload
    page.reload()
    expect(page.locator("[data-question=final] .dv-verdict")).to_contain_text("50/50")
    reads(page, "entropy_p", 0)
    assert "w=0.375" in page.url


def test_on_a_phone_the_first_screen_teaches_and_fingers_reach_everything(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(**PHONE)
    visit(page, server, STEM, "lang=zh")
    box = reading(page, "entropy_p").bounding_box()
    assert box is not None and box["y"] + box["height"] <= 844
    ground = page.locator("[data-slot=board] .dv-ground").bounding_box()
    assert ground is not None
    page.touchscreen.tap(ground["x"] + 0.88 * ground["width"], ground["y"] + 0.3 * ground["height"])
    page.wait_for_function(
        "() => +document.querySelector('[data-measure=entropy_p]').dataset.value > 1.7"
    )
    tap(page.get_by_role("button", name="硬币", exact=True))
    reads(page, "entropy_p", 1)
    tap(page.get_by_role("button", name="八匹马"))
    reads(page, "questions", 2)
    tap(page.locator("[data-option=impossible]"))
    tap(page.locator("[data-choice='shape.normal']"))
    reads(page, "h", closed("normal", 0.5))
    page.locator("[data-slot=code]").scroll_into_view_if_needed()
    tap(page.locator("[data-slot=code] [data-code=SciPy]"))
    expect(page.locator("[data-slot=code] pre")).to_contain_text("stats.norm(2.0, 0.125)")
    assert misfits(page) == []
