"""Lesson 3: what it claims and shows, held against SciPy, and how it is used by hand."""

import base64
import io
import json
import math
import re
from contextlib import redirect_stdout
from itertools import cycle, pairwise
from typing import Any

import live
import numpy as np
import pytest
from board import NewPage, plot_box
from cases import each
from lessons import settle, tap
from playwright.sync_api import Locator, Page, expect
from scipy import integrate, optimize, stats

from divviz import race
from divviz.starts import wanderers
from divviz.state import State, apply, read_link
from divviz.web import lesson, prose, text
from divviz.web.blocks import Look

STEM = "03_two_directions"
PAGE = lesson.module(STEM)
TOPIC = PAGE.TOPIC
FIRST = TOPIC.first
LANGS = list(text.LANGUAGES)
LOG_W = (math.log(0.6), math.log(0.4))


def answer(base: str = "", lang: str = "en", acts: tuple = (), **more: Any) -> dict[str, Any]:
    every = list(lesson.parts(STEM, lang))
    message = {"seq": 3, "base": base, "acts": list(acts), "parts": every, "lang": lang, **more}
    return lesson.answer(STEM, message, {}, lang)


def look(link: str = "", lang: str = "en", live: bool = False) -> Look:
    state, errors = read_link(TOPIC, link)
    assert not errors
    return Look(state, prose.translator(STEM, lang), lang, live)


def acted(*acts: list, link: str = "") -> State:
    state, _ = read_link(TOPIC, link)
    for act in acts:
        state, _ = apply(state, act)
    return state


def log_p(x: Any) -> Any:
    parts = (LOG_W[0] + stats.norm.logpdf(x, -2, 0.7), LOG_W[1] + stats.norm.logpdf(x, 2.5, 0.8))
    return np.logaddexp(*parts)


def integral(f: Any, a: float = -14, b: float = 14) -> float:
    return float(integrate.quad(f, a, b, limit=400, points=[-2, 0.25, 2.5])[0])


def by_scipy(objective: str, mu: float, sigma: float) -> tuple[float, float, float]:
    """Where Nelder and Mead come from that start, on a grid."""
    x = np.linspace(-16, 16, 4001)
    logs = log_p(x)

    def loss(at: Any) -> float:
        log_q = stats.norm.logpdf(x, at[0], math.exp(at[1]))
        p, q, log_m = np.exp(logs), np.exp(log_q), np.logaddexp(logs, log_q) - math.log(2)
        term = {
            "kl_pq": p * (logs - log_q),
            "kl_qp": q * (log_q - logs),
            "js": 0.5 * (p * (logs - log_m) + q * (log_q - log_m)),
        }[objective]
        return float(np.trapezoid(term, x))

    options = {"xatol": 1e-6, "fatol": 1e-11}
    found = optimize.minimize(loss, [mu, math.log(sigma)], method="Nelder-Mead", options=options)
    return found.x[0], math.exp(found.x[1]), found.fun


# ---- the numbers ---------------------------------------------------------------------------------


def test_the_four_numbers_of_the_start_are_those_of_quadrature() -> None:
    q = stats.norm(-0.5, 0.7)
    pq = integral(lambda x: np.exp(log_p(x)) * (log_p(x) - q.logpdf(x)))
    qp = integral(lambda x: q.pdf(x) * (q.logpdf(x) - log_p(x)))
    shown = {row[0]: row[2] for row in rows_of(PAGE.board(look()), "numbers")}
    assert shown["kl_pq"] == pytest.approx(pq, abs=1e-6)
    assert shown["kl_qp"] == pytest.approx(qp, abs=1e-6)
    assert list(shown) == ["kl_pq", "kl_qp", "js", "start_w2"]


def rows_of(tree: Any, kind: str) -> list:
    """The rows of every block of a kind, however deep."""
    if isinstance(tree, dict):
        own = list(tree["rows"]) if tree.get("kind") == kind else []
        return own + [row for part in tree.values() for row in rows_of(part, kind)]
    if isinstance(tree, list | tuple):
        return [row for part in tree for row in rows_of(part, kind)]
    return []


def test_only_reverse_kl_leaves_a_hump_alone_from_the_start() -> None:
    assert PAGE.seeker() == "kl_qp"
    mu, sigma, _ = by_scipy("kl_qp", -0.5, 0.7)
    assert (mu, sigma) == pytest.approx((-2, 0.7), abs=0.05)
    for objective in ("kl_pq", "js"):
        assert by_scipy(objective, -0.5, 0.7)[1] > 2


def test_the_far_hump_pulls_hard_in_one_direction_and_not_in_the_other() -> None:
    def score(x: float) -> float:
        return (x + 2) / 0.49

    q = stats.norm(-2, 0.7)
    forward = integrate.quad(lambda x: math.exp(log_p(x)) * score(x), 0.25, 9)[0]
    reverse = integrate.quad(
        lambda x: q.pdf(x) * (log_p(x) - q.logpdf(x)) * score(x), 0.25, 9, epsabs=1e-12
    )[0]
    found = PAGE.far_pulls()
    assert found["kl_pq"] == pytest.approx(forward, rel=1e-4)
    assert found["kl_qp"] == pytest.approx(reverse, rel=1e-3)
    assert abs(reverse) < 0.01 * forward
    assert PAGE.ask_pull(look())[0]["truth"] == "hardly"


def test_reverse_kl_and_js_alone_end_elsewhere_from_other_starts() -> None:
    starts = [dist.args for dist in PAGE.starts(PAGE.P).values()]
    spread = {
        key: np.ptp([by_scipy(key, *start)[0] for start in starts])
        for key in ("kl_pq", "kl_qp", "js")
    }
    assert spread["kl_pq"] < 1e-3 < 1 < min(spread["kl_qp"], spread["js"])
    assert wanderers(PAGE.P) == {"kl_qp", "js"}
    assert PAGE.ask_starts(look())[0]["truth"] == "both"


def test_the_table_of_ends_says_where_a_search_from_each_start_ends() -> None:
    for where, start in PAGE.starts(PAGE.P).items():
        for objective in ("kl_pq", "kl_qp", "js"):
            mu, sigma, least = by_scipy(objective, *start.args)
            end = race.run(PAGE.P, start, objective).end
            assert end.member.args == pytest.approx((mu, sigma), abs=3e-3), (where, objective)
            assert end.value == pytest.approx(least, abs=1e-5)


def test_the_width_that_is_asked_for_is_the_root_of_what_the_answer_adds_up() -> None:
    block = PAGE.ask_width(look())[0]
    assert block["truth"] == pytest.approx(math.sqrt(0.6**2 + 2**2), abs=1e-9)
    assert block["near"] < block["truth"] - 2  # who forgets the humps' own width is told


def test_forward_kl_has_the_mean_and_the_width_of_p_whatever_was_drawn() -> None:
    link = "p=mixture(0.2*normal(-1,0.5)%2B0.8*normal(4,1.5))"
    mean = 0.2 * -1 + 0.8 * 4
    sd = math.sqrt(0.2 * 0.25 + 0.8 * 2.25 + 0.2 * 0.8 * 25)
    said = {name: tell(look(link)) for name, tell in PAGE.SAYS.items()}
    assert said["p_mean"] == said["fit_mean"] == f"{mean:.0f}"
    assert said["p_sd"] == said["fit_sd"] == f"{sd:.3g}"


def test_w2_never_ends_wider_than_p() -> None:
    for p in (str(PAGE.P), PAGE.EVEN, "normal(1,2)", "exponential(1)"):
        state = look(f"p={p.replace('+', '%2B')}").state.scene.p
        end = race.run(state, race.families.make("normal", 0, 1), "w2").end.member
        assert end.args[1] <= state.sd() * (1 + 1e-6)


# ---- what a hand does ----------------------------------------------------------------------------


def test_a_stroke_on_p_becomes_a_normal_for_each_hump_and_on_q_one_normal() -> None:
    edges = np.linspace(-6, 6, 257)
    bells = [np.diff(stats.norm.cdf(edges, m, 0.5)) for m in (-3, 0, 3)]
    levels = np.rint(4000 * sum(bells) / max(bells[0])).astype(int).tolist()
    state = acted(["draw", "p", -6, 6, levels], ["draw", "q", -6, 6, levels])
    assert [part.args for part in state.scene.p.parts] == [
        pytest.approx((m, 0.5), abs=0.02) for m in (-3, 0, 3)
    ]
    assert state.scene.q.name == "normal"
    assert state.scene.q.args == pytest.approx((0, math.sqrt(6.25)), abs=0.02)


def test_a_button_sets_the_start_and_the_descents_to_their_first_step() -> None:
    state = acted(["knob", "step", 12], ["begin", "right"])
    assert state["step"] == 0
    assert state.scene.q == PAGE.starts(PAGE.P)["right"] and state.scene.q.args[0] > 2


@each(
    "act",
    [
        ["draw", "p", 1, 0, [1, 2]],
        ["draw", "p", 0, 1, [0, 0]],
        ["draw", "r", 0, 1, [1, 1]],
        ["draw", "q", 0, 1, "many"],
        ["draw", "p", 0, 1],
        ["begin", "nowhere"],
        ["begin", 3],
        ["knob", "step", 31],
        ["knob", "force", "mse"],
    ],
)
def test_a_nonsense_act_is_a_sentence_and_changes_nothing(act: list) -> None:
    found = answer(acts=(act,))
    assert len(found["notices"]) == 1 and found["notices"][0]
    assert found["scene"] == FIRST.link


# ---- while something moves -----------------------------------------------------------------------


def test_a_hand_on_p_or_q_leaves_the_descents_as_they_are_and_a_played_step_moves_them() -> None:
    answer()
    dragged = answer(acts=(["handle", "q", "centre", 0.7123],), live=True)["parts"]
    assert "board" in dragged and "force" in dragged
    assert not {"race", "two_starts", "moments"} & dragged.keys()
    played = answer(acts=(["knob", "step", 7],), live=True)["parts"]
    assert {"board", "race", "force", "two_starts", "moments"} <= played.keys()


def test_at_a_later_step_the_pull_waits_for_the_descent_that_a_hand_changes() -> None:
    dragged = answer("step=4", acts=(["handle", "q", "centre", 0.6543],), live=True)["parts"]
    assert "force" not in dragged


def test_each_step_is_lower_than_the_one_before() -> None:
    seen = []
    for step in (0, 3, 10, 30):
        shown = rows_of(PAGE.race(look(f"step={step}")), "numbers")
        seen.append({row[0]: row[2] for row in shown})
    for key in seen[0]:
        values = [one[key] for one in seen]
        assert all(b < a for a, b in pairwise(values[:3])) and values[3] <= values[2]


@each("along", ["mu", "sigma"])
@each("key", race.OBJECTIVES)
def test_at_the_end_of_a_descent_the_pulls_cancel(key: str, along: str) -> None:
    def total(step: int) -> float:
        blocks = PAGE.force(look(f"force={key}&along={along}&step={step}"))
        return next(row[2] for row in rows_of(blocks, "numbers") if row[0] == "pull_total")

    assert abs(total(30)) < 1e-3 < abs(total(0))


# ---- whatever comes ------------------------------------------------------------------------------

HOSTILE = [
    "p=uniform(-1,1)&q=normal(0,1)",
    "p=cauchy(0,1)&q=normal(0,1)",
    "p=exponential(1)&q=normal(-3,0.1)",
    "p=beta(0.5,0.5)&q=normal(0.5,0.2)",
    "p=drawn(0,1,__AAAA__)&q=uniform(3,4)",
    "p=normal(0,0.001)&q=normal(1000,1)",
    "p=normal(1000,0.01)&q=normal(-1000,0.01)",
    "p=normal(0,1)&q=normal(0,1)",
    "p=student_t(1.5,0,1)&q=cauchy(3,2)",
    "p=pareto(1,0.5)&q=lognormal(0,3)",
    "p=mixture(0.999999*normal(0,1)%2B0.000001*normal(50,0.01))&q=laplace(0,1)",
    "p=mixture(0.5*uniform(0,1)%2B0.5*uniform(5,6))&q=normal(2,9)",
    "p=truncated(normal(0,1),0,)&q=normal(40,1)",
    "p=gumbel(0,1)&q=uniform(0,1)",
    "p=vonmises(0,4)&q=normal(0,1)",
    "p=chi2(1)&q=normal(0,1)",
    "p=histogram(3,1,2,2,5,9)&q=normal(0,1)",
    "p=halfnormal(1)&q=halfnormal(2)",
]


def words_in(tree: Any) -> set[str]:
    """Every text of a reply."""
    if isinstance(tree, str):
        return {tree}
    inside = tree.values() if isinstance(tree, dict) else tree
    several = isinstance(tree, dict | list | tuple)
    return {word for one in inside for word in words_in(one)} if several else set()


def arrays_in(tree: Any) -> list[np.ndarray]:
    """Every packed array of a reply."""
    if isinstance(tree, dict) and "bdata" in tree:
        return [np.frombuffer(base64.b64decode(tree["bdata"]), np.dtype(tree["dtype"]))]
    inside = tree.values() if isinstance(tree, dict) else tree
    several = isinstance(tree, dict | list | tuple)
    return [one for part in inside for one in arrays_in(part)] if several else []


@pytest.mark.parametrize(("link", "lang"), [*zip(HOSTILE, cycle(LANGS), strict=False)])
def test_whatever_p_and_q_every_part_shows_something(link: str, lang: str) -> None:
    for step, force, along in ((0, "kl_qp", "mu"), (30, "w2", "sigma"), (9, "js", "mu")):
        full = f"{link}&step={step}&force={force}&along={along}"
        found = answer(full, lang)
        assert set(found["parts"]) == set(lesson.parts(STEM, lang))
        assert all(found["parts"].values())
        json.dumps(found, allow_nan=False)
        assert "NaN" not in words_in(found["parts"])
        assert all(np.isfinite(one).all() for one in arrays_in(found["parts"]))
    moved = answer(full, lang, acts=(["handle", "p", "centre", 0.3],), live=True)
    json.dumps(moved, allow_nan=False)


def test_a_target_that_ends_says_that_reverse_kl_is_infinite() -> None:
    found = PAGE.race(look("p=uniform(-1,1)&q=normal(0,1)"))
    values = {row[0]: row[2] for row in rows_of(found, "numbers")}
    assert values["race_kl_qp"] == "Infinity" and math.isfinite(values["race_kl_pq"])
    assert "infinite" in json.dumps(found)
    assert "∞" in json.dumps(PAGE.ends(look("p=uniform(-1,1)")), ensure_ascii=False)


def test_a_lesson_about_densities_refuses_bars() -> None:
    found = answer("p=pmf(1,2)&q=pmf(1,1)")
    assert found["notices"] and found["scene"] == FIRST.link


# ---- the words -----------------------------------------------------------------------------------


def test_formulas_and_sources_are_the_same_in_both_languages() -> None:
    pages = [(prose.PAGES / f"{STEM}.{lang}.md").read_text() for lang in LANGS]
    maths = [sorted(re.findall(r"\$+[^$]+\$+", page)) for page in pages]
    assert maths[0] == maths[1] and len(maths[0]) > 8
    sources = [set(re.findall(r"\*([A-Z][^*]+)\*", page)) for page in pages]
    assert len(sources[0] & sources[1]) >= 4


@pytest.mark.parametrize("lang", LANGS)
def test_the_numbers_in_the_words_are_those_of_the_page(lang: str) -> None:
    page = (prose.PAGES / f"{STEM}.{lang}.md").read_text()
    near, far = PAGE.P.weights / PAGE.P.weights.sum()
    assert (near, far) == pytest.approx((0.6, 0.4))
    assert " 0.6 " in page and f"{far:.0%}".replace("%", " %") in page
    assert "0.6² + 2² = 4.36" in page and abs(0.6**2 + 2**2 - 4.36) < 1e-12
    assert f" {race.LAST} " in page and f" {race.RATE} " in page
    assert "2 %" in page and "0.3" in page


@pytest.mark.parametrize("lang", LANGS)
def test_the_rule_of_thumb_is_the_log_of_the_share_and_near_the_end(lang: str) -> None:
    said = PAGE.share_cost(look(lang=lang))
    assert float(re.findall(r"[\d.]+", said)[0]) == pytest.approx(-math.log(0.6), abs=1e-4)
    end = float(re.findall(r"[\d.]+", PAGE.SAYS["seek_end"](look(lang=lang)))[0])
    assert end == pytest.approx(by_scipy("kl_qp", -2, 0.7)[2], abs=1e-4)
    bits = PAGE.share_cost(look("unit=bits", lang))
    assert float(re.findall(r"[\d.]+", bits)[0]) == pytest.approx(-math.log2(0.6), abs=1e-4)


def test_humps_that_are_pushed_together_are_covered_by_reverse_kl_too() -> None:
    p = look("p=mixture(0.6*normal(-0.8,0.7)%2B0.4*normal(0.8,0.8))").state.scene.p
    ends = [race.run(p, start, "kl_qp").end.member.args for start in PAGE.starts(p).values()]
    assert np.ptp(ends, axis=0).max() < 0.05 and ends[0][1] > 0.85


# ---- in your code --------------------------------------------------------------------------------


def printed(program: str) -> dict[str, list[float]]:
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(program, "snippet", "exec"), {})
    found = {}
    for line in out.getvalue().splitlines():
        name, _, rest = line.partition(" ends at ")
        found[name] = [float(word) for word in rest.replace("with", "").split()]
    return found


@pytest.mark.parametrize("link", ["", "p=normal(1,2)&q=normal(0,1)", "q=normal(3,0.7)"])
@pytest.mark.parametrize("language", ["NumPy", "SciPy"])
def test_the_programs_end_where_the_page_does(language: str, link: str) -> None:
    seen = look(link)
    program = dict(PAGE.code(seen)[0]["programs"])[language]
    found = printed(program)
    for name, objective in (("KL(P||Q)", "kl_pq"), ("KL(Q||P)", "kl_qp")):
        end = race.run(seen.p, seen.q, objective).end
        assert found[name][:2] == pytest.approx(end.member.args, abs=2e-3)
        if len(found[name]) > 2:
            assert found[name][2] == pytest.approx(end.value, abs=1e-4)


def test_the_program_for_pytorch_is_one() -> None:
    program = dict(PAGE.code(look())[0]["programs"])["PyTorch"]
    compile(program, "snippet", "exec")
    assert "-Q.log_prob(data).mean()" in program and "rsample" in program


def test_where_p_is_no_mixture_the_program_computes_the_numbers() -> None:
    programs = dict(PAGE.code(look("p=laplace(0,1)&q=normal(0,1)"))[0]["programs"])
    assert {"NumPy", "SciPy"} <= programs.keys() and "kl_qp" in programs["NumPy"]


# ---- by hand -------------------------------------------------------------------------------------

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def visit(page: Page, server: live.Server, query: str = "") -> None:
    page.goto(f"{server.url}?page=two_directions&{query}")
    reading(page, "race_kl_qp").wait_for()
    settle(page)


def reading(page: Page, name: str) -> Locator:
    return page.locator(f"[data-measure={name}][data-seq]")


def value(page: Page, name: str) -> float:
    return float(reading(page, name).get_attribute("data-value") or "nan")


def test_on_a_phone_the_race_is_predicted_played_and_started_elsewhere_by_touch(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(**PHONE)
    visit(page, server)
    assert reading(page, "kl_pq").is_visible()
    box = reading(page, "start_w2").bounding_box()
    assert box is not None and box["y"] + box["height"] < 844
    tap(page.locator("[data-question=seeks] [data-option=kl_pq]"))
    expect(page.locator("[data-question=seeks] [data-option=kl_qp]")).to_have_attribute(
        "data-truth", "true"
    )
    first = value(page, "race_kl_qp")
    player = page.locator("[data-slot=race] .dv-player")
    player.locator("select").select_option("4")
    tap(player.locator("[data-play=play]"))
    expect(player.locator(".dv-where")).to_have_text("30 / 30")
    settle(page)
    assert value(page, "race_kl_qp") < first
    page.locator("[data-slot=two_starts]").scroll_into_view_if_needed()
    tap(page.locator("[data-does='begin.right']"))
    expect(page.locator("[data-slot=two_starts] .dv-where")).to_have_text("0 / 30")
    settle(page)
    assert "q=normal(3" in page.url
    force = page.locator("[data-slot=force]")
    force.scroll_into_view_if_needed()
    tap(force.locator("[data-gate=pull]"))
    tap(force.locator("[data-choice='force.kl_pq']"))
    expect(reading(page, "pull_total")).to_be_visible()
    settle(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390


def test_a_stroke_gives_a_smooth_target_and_keys_do_all_the_rest(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    visit(page, server)
    box = plot_box(page)
    page.mouse.move(box["x"] + 0.42 * box["width"], box["y"] + 0.95 * box["height"])
    page.mouse.down()
    for share, height in ((0.45, 0.4), (0.5, 0.3), (0.55, 0.95)):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + height * box["height"], steps=4)
    page.mouse.up()
    settle(page)
    assert page.url.count("normal(") == 4 and "drawn" not in page.url
    before = value(page, "race_kl_pq")
    page.locator("[data-handle='q.centre']").focus()
    page.keyboard.press("PageUp")
    settle(page)
    expect(reading(page, "race_kl_pq")).not_to_have_attribute("data-value", f"{before}")
    player = page.locator("[data-slot=race] .dv-player")
    player.locator("[data-play=play]").focus()
    page.keyboard.press("End")
    expect(player.locator(".dv-where")).to_have_text("30 / 30")
    settle(page)
    page.locator("[data-question=seeks] [data-option=js]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-question=seeks] .dv-verdict")).not_to_be_empty()
    page.locator("[data-slot=ask_width]").scroll_into_view_if_needed()
    field = page.locator("[data-question=width] input")
    field.fill("2")
    field.press("Enter")
    expect(page.locator("[data-question=width] .dv-verdict")).to_contain_text("2.09")
