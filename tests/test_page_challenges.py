"""The page of challenges: its words and what it tells after a try; and two visitors' rounds."""

import json
import math
import re
from string import Formatter
from typing import Any

import live
import numpy as np
import pytest
from board import NewPage
from lessons import PHONE, figure, found, misfits, parts, refused, reply, said, settle
from playwright.sync_api import Page, expect
from test_challenge import kl
from test_lesson_page import AXE, violations

from divviz import parse
from divviz.challenge import ORDERS
from divviz.rounds import HIGHEST_SEED, LEVELS, answer, task
from divviz.state import apply, read_link
from divviz.units import UNITS
from divviz.web import lesson, prose, text

STEM = "10_challenges"
TOPIC = lesson.topic(STEM)
assert TOPIC is not None
EVERY = range(1, len(LEVELS) + 1)
DRAWN = [level for level in EVERY if level != 7]


def judged(seed: int, level: int, given: str, lang: str = "en", base: str = "") -> dict[str, Any]:
    """What the page says of a try: {"given"} or {"error"}."""
    wish = [1, "judge", seed, level, given]
    message = {"seq": 1, "base": base, "wish": wish}
    told: dict[str, Any] = lesson.answer(STEM, message, {}, lang)["wish"][1]
    json.dumps(told, allow_nan=False)
    return told


# ---- the state -----------------------------------------------------------------------------------


@pytest.mark.parametrize("level", EVERY)
def test_a_link_opens_a_level_of_a_round_with_a_drawing_of_its_own(level: int) -> None:
    now, errors = read_link(TOPIC, f"seed=77&level={level}")
    assert not errors and now.scene.p == task(77, level).p and now.scene.q == task(77, level).q
    q = "normal(1,2)" if now.scene.kind == "continuous" else "pmf(1:0.5,2:0.5)"
    drawn, errors = read_link(TOPIC, f"seed=77&level={level}&q={q}")
    assert not errors and drawn.scene.p == now.scene.p and str(drawn.scene.q) == q
    assert read_link(TOPIC, drawn.link) == (drawn, [])


@pytest.mark.parametrize(
    "link",
    ["q=normal(0,1)", "q=pmf(a:1,b:2)", "p=pmf(1,2)", "seed=-1", "seed=1e9", "seed=x", "level=11"],
)
def test_a_link_that_does_not_fit_gets_one_sentence_and_the_level_as_it_was(link: str) -> None:
    now, errors = read_link(TOPIC, link)
    assert len(errors) == 1 and now == TOPIC.first


@pytest.mark.parametrize(
    "act",
    [
        ["set", "p", "pmf(1,2)"],
        ["bar", "p", 0, 0.5],
        ["swap"],
        ["kind", "continuous"],
        ["random", 3],
        ["draw", "q", 0, 1, [1, 2]],
        ["round", HIGHEST_SEED + 1],
        ["round", 0.5],
        ["solve", 1],
    ],
)
def test_what_would_change_the_task_is_refused_in_a_sentence(act: list[Any]) -> None:
    refused(STEM, act)


def test_another_round_begins_at_its_first_level_and_starting_over_keeps_the_round() -> None:
    here, _ = read_link(TOPIC, "seed=5&level=4")
    drawn, _ = apply(here, ["bar", "q", 2, 0.5])
    assert drawn.scene.q != here.scene.q and drawn.scene.p == here.scene.p
    assert apply(drawn, ["reset"])[0] == here
    other, _ = apply(drawn, ["round", 6])
    assert other == read_link(TOPIC, "seed=6")[0]


def test_a_stroke_over_a_density_becomes_normals_so_that_nothing_is_infinite() -> None:
    here, _ = read_link(TOPIC, "level=3")
    drawn, _ = apply(here, ["draw", "q", -8, 8, [0, 0, 5, 9, 5, 0, 0, 4, 8, 4, 0, 0]])
    assert drawn.scene.q.name == "mixture" and math.isfinite(task(1, 3).values(drawn.scene.q)[0])


# ---- before a try --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("level", EVERY)
def test_the_numbers_wait_for_the_try(level: int, lang: str) -> None:
    told = reply(STEM, f"level={level}", lang)
    assert told["numbers"] == {} and not told["notices"]
    assert not list(found(told["parts"], "numbers"))
    assert len(list(found(told["parts"], "figure"))) == (3 if level == 7 else 0)
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("unit", UNITS)
def test_a_goal_is_said_in_the_unit_of_the_page(unit: str) -> None:
    asked = said(parts(STEM, f"level=3&unit={unit}"))
    (number,) = re.findall(r"= ([\d.]+) (?:nats|bits|hartleys)\*\*", asked)
    assert float(number) == pytest.approx(10 * UNITS[unit], rel=5e-3) and f" {unit}**" in asked


# ---- after a try ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("level", DRAWN)
def test_a_solution_gets_all_points_and_the_start_does_not(level: int, lang: str) -> None:
    given = judged(3, level, str(answer(3, level)), lang)["given"]
    assert given["points"] == 100 and given["said"] and figure(given["shown"])["data"]
    start = judged(3, level, "", lang, f"seed=3&level={level}")["given"]
    assert start["points"] <= 50 and start["answer"] == str(task(3, level).q)
    assert "{" not in said(start["said"])


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("order", ORDERS)
def test_an_order_is_told_with_each_pair_that_stands_wrong(order: str, lang: str) -> None:
    given = judged(2, 7, order, lang)["given"]
    wrong = task(2, 7).misplaced(order)
    assert given["points"] == task(2, 7).order_points(order)
    sentences = said(given["said"]).splitlines()
    assert len(sentences) == 1 + len(wrong)
    table = next(found(given["said"], "table"))
    sizes = [float(row[1]) for row in table["rows"]]
    assert sizes == sorted(sizes)


def masses(spelled: str) -> np.ndarray:
    return np.exp(parse(spelled).atoms()[1])


@pytest.mark.parametrize("seed", [1, 4, 9])
@pytest.mark.parametrize(("level", "key"), [(1, "kl_pq"), (2, "kl_pq"), (4, "kl_qp")])
def test_the_outcome_that_is_named_gives_the_largest_part_and_the_advice_helps(
    level: int, key: str, seed: int
) -> None:
    p = masses(str(task(seed, level).p))
    for shares in ([1, 1, 1, 1, 1, 1], [30, 1, 1, 1, 1, 30], [1, 9, 9, 4, 30, 2]):
        q = np.array(shares) / sum(shares)
        spelled = ",".join(f"{k}:{share}" for k, share in enumerate(shares, 1))
        sentence = said(judged(seed, level, f"pmf({spelled})")["given"]["said"])
        a, b = (p, q) if key == "kl_pq" else (q, p)
        part, named = re.search(r"part, ([−\d.]+) nats, comes from outcome (\d)", sentence).groups()
        terms = a * np.log(a / b)
        assert int(named) == 1 + int(np.argmax(terms))
        assert float(part) == pytest.approx(terms.max(), rel=1e-3)
        advice = re.search(r"outcome (\d)\. (Lower|Bring)", sentence)
        if advice is None:  # it is too much already
            assert "too much" in sentence or "There you are" in sentence
            continue
        place = int(advice[1]) - 1
        if key == "kl_pq":  # to take a percent of Q away there costs more than anywhere else
            gains = [kl(p, _scaled(q, k, 0.99)) for k in range(6)]
        else:  # nowhere else can it get as large
            gains = [kl(np.eye(6)[k], p) for k in range(6)]
        assert gains[place] == pytest.approx(max(gains), rel=1e-12)


def _scaled(q: np.ndarray, k: int, factor: float) -> np.ndarray:
    q = q.copy()
    q[k] *= factor
    return q / q.sum()


def test_the_stretch_that_is_named_gives_the_largest_part() -> None:
    p = task(1, 3).p
    sentence = said(judged(1, 3, "normal(8,1.8)")["given"]["said"])
    part, end = re.search(r"part, ([\d.]+) nats, comes from x below (\d+\.\d+)", sentence).groups()
    x = np.linspace(-20, float(end), 200_001)
    log_q = -0.5 * ((x - 8) / 1.8) ** 2 - math.log(1.8 * math.sqrt(2 * math.pi))
    inside = p.density(x) * (p.log_density(x) - log_q)
    assert float(np.trapezoid(inside, x)) == pytest.approx(float(part), rel=1e-3)
    assert p.log_density(np.array([float(end)]))[0] == pytest.approx(log_q[-1], abs=0.02)


@pytest.mark.parametrize("unit", UNITS)
def test_what_came_of_a_try_is_said_in_the_unit_of_the_page(unit: str) -> None:
    given = judged(1, 2, "pmf(1:1,2:1,3:1,4:1,5:1,6:1)", base=f"level=2&unit={unit}")["given"]
    (number,) = re.findall(rf"KL\(P‖Q\) = ([\d.]+) {unit}", said(given["said"]))
    value = kl(masses(str(task(1, 2).p)), np.full(6, 1 / 6)) * UNITS[unit]
    assert float(number) == pytest.approx(value, rel=1e-3)


HARD = {
    "discrete": [
        "pmf(1:1)",
        "pmf(7:1)",
        "poisson(3)",
        "samples(1,1,5)",
        "pmf(1:0,2:1)",
        "zipf(2,20)",
    ],
    "continuous": [
        "uniform(0,1)",
        "cauchy(0,1)",
        "normal(900,0.001)",
        "pareto(1,0.5)",
        "beta(0.3,0.3)",
    ],
}


@pytest.mark.parametrize("level", DRAWN)
def test_no_q_that_a_link_can_name_makes_the_page_fail(level: int) -> None:
    p = task(1, level).p
    for q in (*HARD[p.kind], str(p)):
        given = judged(1, level, q)["given"]
        assert 0 <= given["points"] <= 100 and "nan" not in said(given["said"])
        reply(STEM, f"level={level}&q={q}")


@pytest.mark.parametrize(
    "wish",
    [
        [1, 0, "pmf(1,1)"],
        [1, 11, "pmf(1,1)"],
        [-1, 1, "pmf(1,1)"],
        [HIGHEST_SEED + 1, 1, ""],
        [1.5, 1, ""],
        [1, 1, 7],
        [1, 1, "normal(0,1)"],
        [1, 1, "pmf(a:1,b:1)"],
        [1, 1, "nonsense("],
        [1, 3, "pmf(1,1)"],
        [1, 2, ""],
        [1, 7, ""],
        [1, 7, "AAB"],
        [1, 7, "x" * 10_000],
    ],
)
def test_a_forged_try_gets_one_sentence(wish: list[Any]) -> None:
    for lang in text.LANGUAGES:
        error = judged(*wish, lang=lang)["error"]
        assert error.endswith((".", "。")) and "{" not in error and len(error) < 300


def test_another_page_has_no_tries_to_judge() -> None:
    message = {"seq": 1, "base": "", "wish": [1, "judge", 1, 1, ""]}
    assert "error" in lesson.answer("01_surprise", message, {}, "en")["wish"][1]


# ---- words ---------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things_with_the_same_names() -> None:
    first, second = (prose.of(STEM, lang) for lang in text.LANGUAGES)
    assert first.markers == second.markers and list(first.words) == list(second.words)
    assert first.notes and second.notes
    for key in first.words:
        fields = [
            {name for _, name, _, _ in Formatter().parse(page.words[key]) if name}
            for page in (first, second)
        ]
        assert fields[0] == fields[1], key
    for line in (*second.words.values(), second.notes, *(s.text for s in second.sections)):
        assert not re.search(r"[一-鿿][,;:?!](?!\d)|[一-鿿]\.(?:\s|$)", line), line


# ---- in a browser --------------------------------------------------------------------------------


def visit(page: Page, server: live.Server, query: str) -> None:
    page.goto(f"{server.url}?page=challenges&{query}")
    page.locator("[data-measure=points][data-seq]").wait_for()
    settle(page)


def points(page: Page, level: int) -> str:
    return page.locator(f"[data-level='{level}'] .dv-points").inner_text()


def test_a_round_by_keyboard_commits_explains_and_gives_a_result_to_paste(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(page, server, "seed=77&level=2")
    commit = page.locator("[data-action=commit]")
    commit.press("Enter")
    expect(page.locator(".dv-attempt .dv-told")).not_to_be_empty()
    assert points(page, 2) == "–" and not page.locator(".dv-attempt .dv-verdict").inner_text()
    bar = page.locator("[role=slider][aria-label*=Q]").first
    for tried in (1, 2, 3):
        bar.press("PageUp")
        settle(page)
        commit.press("Enter")
        expect(page.locator("[data-level='2'] .dv-points")).not_to_have_text("–")
        expect(page.locator(".dv-attempt .dv-caption")).to_contain_text(
            {1: "2 tries", 2: "one try", 3: "no tries"}[tried]
        )
    kept = json.loads(page.evaluate("localStorage.getItem('divviz.challenges')"))["round.77"]["2"]
    worth = [task(77, 2).points(parse(one["answer"])) for one in kept]
    assert [one["points"] for one in kept] == worth and len(set(map(str, kept))) == 3
    assert points(page, 2) == str(max(worth))
    expect(page.locator("[data-slot=board] .dv-figure")).to_be_visible()
    expect(commit).to_be_hidden()
    page.reload()
    expect(page.locator(".dv-attempt .dv-say").last).to_be_visible()
    page.locator("[data-action=solve]").press("Enter")
    settle(page)
    assert task(77, 2).points(parse(re.search(r"q=([^&]+)", page.url)[1])) == 100
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page) == []
    page.locator("[data-action=copy-result]").press("Enter")
    expect(page.locator(".dv-copied").last).not_to_be_empty()
    result = page.evaluate("navigator.clipboard.readText()")
    lines = result.splitlines()
    assert (
        len(lines) == 13 and lines[2].endswith(f": {max(worth)}") and f"{max(worth)} of" in result
    )
    page.locator("[data-action=next]").press("Enter")
    expect(page.locator("[data-level='3'][aria-current=step]")).to_be_focused()
    page.goto(lines[-1])
    page.locator("[data-level='1'][aria-current=step]").wait_for()
    assert "seed=77" in page.url and points(page, 2) == str(max(worth))


def test_a_round_on_a_phone_by_touch_in_chinese_orders_keeps_time_and_changes_the_round(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(color_scheme="dark", **PHONE)
    visit(page, server, "lang=zh&level=7")
    page.locator("[data-action=timed]").tap()
    expect(page.locator(".dv-clock")).to_be_visible()
    right = answer(1, 7)
    commit = page.locator("[data-action=commit]")
    commit.tap()
    expect(page.locator(".dv-attempt .dv-told")).not_to_be_empty()
    page.locator(f"[data-order={right[::-1]}]").tap()
    commit.tap()
    expect(page.locator(".dv-attempt table")).to_be_visible()
    assert points(page, 7) == "0"
    assert re.search(r"7\. .*: 0 \(0:\d\d\)", page.locator("[data-part=result]").input_value())
    page.locator("[data-level='6']").tap()
    expect(page.locator("[data-level='6'][aria-current=step]")).to_be_visible()
    settle(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page, "color-contrast", "target-size") == [] and misfits(page) == []
    seed = page.locator("[data-action=seed]")
    seed.fill("many")
    page.locator("[data-action=play]").tap()
    expect(page.locator("[data-slot=play] .dv-told")).not_to_be_empty()
    seed.fill("4711")
    page.locator("[data-action=play]").tap()
    expect(page.locator("[data-level='1'][aria-current=step]")).to_be_visible()
    settle(page)
    assert "seed=4711" in page.url and points(page, 7) == "–"
    page.locator("[data-action=new]").tap()
    expect(page.locator("[data-measure=points]")).not_to_contain_text("4711")
    settle(page)
    page.evaluate("history.back()")
    expect(page.locator("[data-measure=points]")).to_contain_text("4711")
    page.locator("[data-action=seed]").fill("1")
    page.locator("[data-action=play]").tap()
    expect(page.locator("[data-level='7'] .dv-points")).to_have_text("0")
    page.locator("[data-action=clear]").tap()
    expect(page.locator("[data-level='7'] .dv-points")).to_have_text("–")
