"""The board in a real browser: presets, links, languages, widths, embedding, restarts."""

import functools
import http.server
import math
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import lessons
import live
import pytest
from board import (
    EVEN,
    NewPage,
    address,
    computed,
    first,
    number,
    plot_box,
    scene_text,
    settle,
    stroke,
    too_small,
    value,
    values,
    violations,
    visit,
)
from playwright.sync_api import Page, expect

import divviz
from divviz.measures import FIRST
from divviz.presets import PRESETS
from divviz.scene import DEFAULT

# ---- around it ----------------------------------------------------------------------------------


def test_undo_and_redo_walk_through_what_was_done(page: Page, server: live.Server) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    page.locator("[data-action=swap]").click()
    settle(page)
    page.locator("[data-action=copy]").click()
    settle(page)
    assert scene_text(page, "q") == scene_text(page, "p") == "normal(1,1)"
    assert value(page, "kl_pq") == 0
    page.locator("[data-action=undo]").click()
    settle(page)
    assert scene_text(page, "q") == "normal(0,1)"
    page.locator(".dv-sentence").click()
    page.keyboard.press("Control+z")
    settle(page)
    assert (scene_text(page, "p"), scene_text(page, "q")) == ("normal(0,1)", "normal(1,1)")
    expect(page.locator("[data-action=undo]")).to_be_disabled()
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+y")
    settle(page)
    assert scene_text(page, "q") == "normal(1,1)"
    page.locator("[data-action=reset]").click()
    settle(page)
    assert values(page) == pytest.approx(first(divviz.evaluate(DEFAULT.p, DEFAULT.q)), rel=1e-12)


def test_every_preset_shows_its_numbers_and_its_picture(page: Page, server: live.Server) -> None:
    visit(page, server)
    for name, preset in PRESETS.items():
        page.locator("[data-choose=preset]").select_option(name)
        settle(page)
        scene = preset.scene("nats")
        wanted = computed(
            f"p={preset.p}&q={preset.q}&unit={preset.unit or 'nats'}".replace("+", "%2B")
        )
        shown = values(page) if preset.unit else None
        assert scene_text(page, "p") == str(scene.p), name
        if shown:
            assert shown == pytest.approx(wanted, rel=1e-12), name
        expect(page.locator(".dv-figure .main-svg").first).to_be_visible()
        assert len(page.locator(".dv-sentence").inner_text()) > 10
        page.locator("[data-unit=nats]").click()


def test_a_random_pair_can_be_shared_like_any_other(page: Page, server: live.Server) -> None:
    visit(page, server)
    before = address(page)
    page.locator("[data-action=random]").click()
    settle(page)
    assert address(page) != before
    assert values(page) == pytest.approx(computed(address(page)), rel=1e-12)


def test_switching_the_kind_keeps_the_shape_and_says_what_was_lost(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    kl = value(page, "kl_pq")
    page.locator("[data-kind=discrete]").click()
    settle(page)
    assert divviz.parse(scene_text(page, "p")).kind == "discrete"
    assert value(page, "kl_pq") == pytest.approx(kl, rel=0.05)
    expect(page.locator(".dv-notices")).to_contain_text("outcomes")
    page.locator("[data-kind=continuous]").click()
    settle(page)
    assert divviz.parse(scene_text(page, "p")).name == "drawn"
    assert value(page, "kl_pq") == pytest.approx(kl, rel=0.05)
    page.locator("[data-fit=p]").select_option("normal")
    settle(page)
    mu, sigma = divviz.parse(scene_text(page, "p")).args
    assert mu == pytest.approx(0, abs=0.05) and sigma == pytest.approx(1, abs=0.1)


def test_a_click_on_a_number_shows_its_own_picture(page: Page, server: live.Server) -> None:
    visit(page, server)
    seen = set()
    for key in (key for key in FIRST if key != "js_distance"):
        page.locator(f"[data-show={key}]").click()
        expect(page.locator(f"[data-show={key}]")).to_have_attribute("aria-pressed", "true")
        settle(page)
        page.locator(".dv-figure:not(.dv-sketched)").wait_for()
        seen.add(page.locator(".dv-figure .main-svg").first.inner_html())
    assert len(seen) == 8
    assert "show=w1" in address(page)


def test_the_picture_is_repainted_while_the_hand_draws(page: Page, server: live.Server) -> None:
    visit(page, server, EVEN)
    page.locator(".dv-figure .main-svg").first.wait_for()
    page.wait_for_timeout(500)
    box, before = plot_box(page), page.locator(".dv-figure").get_attribute("data-repaints")
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 150, steps=20)
    page.wait_for_function(
        "(n) => +document.querySelector('.dv-figure').dataset.repaints > n", arg=int(before)
    )
    page.mouse.up()


# ---- the link -----------------------------------------------------------------------------------


def test_the_unit_and_the_chosen_number_are_in_the_link(page: Page, server: live.Server) -> None:
    visit(page, server, "p=bernoulli(0.5)&q=bernoulli(0.99)&unit=bits&show=entropy_q")
    assert value(page, "entropy_p") == 1
    assert value(page, "entropy_q") == pytest.approx(0.0808, abs=5e-5)
    expect(page.locator("[data-show=entropy_q]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-unit=bits]")).to_have_attribute("aria-pressed", "true")


def test_back_and_forward_return_to_the_pairs_between(page: Page, server: live.Server) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    first = values(page)
    page.locator("[data-choose=preset]").select_option("disjoint")
    settle(page)
    second = values(page)
    page.go_back()
    settle(page)
    assert values(page) == first and scene_text(page, "p") == "normal(0,1)"
    page.go_forward()
    settle(page)
    assert values(page) == second and second["kl_pq"] == math.inf


@pytest.mark.parametrize(
    ("query", "part", "kept"),
    [
        ("p=normal(0,-1)&q=normal(5,1)", "sigma", {"q": "normal(5,1)"}),
        ("p=normal(0,1)&q=nonsense(3)", "nonsense", {"p": "normal(0,1)"}),
        ("p=normal(0,1)&q=normal(1,1)&unit=furlongs", "furlongs", {"p": "normal(0,1)"}),
        ("p=pmf(1,2)&q=normal(0,1)", "discrete", {"p": "pmf(1,2)"}),
    ],
)
def test_a_wrong_link_says_what_is_wrong_and_keeps_the_rest(
    page: Page, server: live.Server, query: str, part: str, kept: dict[str, str]
) -> None:
    visit(page, server, query)
    expect(page.locator(".dv-notices p")).to_have_count(1)
    expect(page.locator(".dv-notices")).to_contain_text(part)
    for side, text in kept.items():
        assert page.locator(f"[data-formula={side}]").input_value() == text
    assert not [one for one in values(page).values() if math.isnan(one)]


def test_reloading_shows_the_same_scene(page: Page, server: live.Server) -> None:
    visit(page, server, EVEN)
    stroke(page, (0.05, 0.3), (0.5, 0.9), (0.95, 0.1), steps=6)
    before = values(page)
    page.reload()
    number(page, "kl_pq").wait_for()
    assert values(page) == before


# ---- languages, themes, widths ------------------------------------------------------------------


def test_the_browsers_language_is_taken_and_the_switch_keeps_the_scene(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(locale="zh-CN")
    visit(page, server, "p=normal(0,1)&q=normal(3,1)")
    expect(page.get_by_role("button", name="撤销")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    before = values(page)
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert "lang=en" in address(page) and values(page) == before
    page.locator("[data-action=swap]").click()
    settle(page)
    assert "lang=en" in address(page) and scene_text(page, "p") == "normal(3,1)"
    page.reload()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


# Every two of width, language and theme meet.
LOOKS = [(1280, "en", "light"), (1280, "zh", "dark"), (390, "en", "dark"), (390, "zh", "light")]


@pytest.mark.parametrize(("width", "lang", "theme"), LOOKS)
def test_axe_finds_no_violation_and_nothing_scrolls_sideways(
    new_page: NewPage, server: live.Server, width: int, lang: str, theme: str
) -> None:
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
    visit(page, server, f"p=pmf(0.5,0.3,0.2,0)&q=binomial(3,0.4)&lang={lang}")
    page.locator("summary:visible").first.click()
    page.locator(".dv-figure .main-svg").first.wait_for()
    page.wait_for_timeout(300)
    assert violations(page) == []
    wide = page.evaluate(
        """() => [...document.querySelectorAll('html, body, .stMain, .dv-board')]
                 .filter((one) => one.scrollWidth > one.clientWidth + 1)
                 .map((one) => one.className)"""
    )
    assert wide == []
    assert too_small(page) == []


def test_reduced_motion_is_respected(new_page: NewPage, server: live.Server) -> None:
    page = new_page(reduced_motion="reduce")
    visit(page, server)
    moving = page.evaluate(
        """() => [...document.querySelectorAll('.dv-board *')].filter((one) => {
             const { transitionDuration, animationName } = getComputedStyle(one);
             return transitionDuration !== '0s' || animationName !== 'none'; }).length"""
    )
    assert moving == 0


# ---- embedded, interrupted, without app.py ------------------------------------------------------


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """A course site on another origin: course(html) is the address of a page with that content."""
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()

        def publish(html: str) -> str:
            (tmp_path / "index.html").write_text(f"<!doctype html><title>Course</title>{html}")
            return f"http://localhost:{site.server_port}/index.html"

        yield publish
        site.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_course_page_on_another_origin_embeds_the_live_board_without_chrome(
    new_page: NewPage, server: live.Server, course: Callable[[str], str]
) -> None:
    page = new_page(allow="favicon")
    src = f"{server.url}?p=normal(0,1)&q=normal(1,1)&embed=true"
    page.goto(course(f'<iframe src="{src}" width="800" height="760"></iframe>'))
    frame = page.frame_locator("iframe")
    frame.locator("[data-measure=kl_pq][data-seq]").wait_for()
    assert frame.locator("h1").count() == 0
    frame.locator('[data-param="q.mu"]').fill("4")
    frame.locator(".dv-board:not([data-busy])").wait_for()
    kl = frame.locator("[data-measure=kl_pq]").get_attribute("data-value")
    assert float(kl or "nan") == pytest.approx(8, rel=1e-12)


def test_a_restarted_server_finds_the_visitors_scene_again(
    serve: Callable[..., live.Server], new_page: NewPage
) -> None:
    own = serve()
    page = new_page(
        allow="WebSocket|ERR_CONNECTION|Failed to load resource|Failed to fetch|[Cc]onnect"
    )
    visit(page, own, EVEN)
    stroke(page, (0.05, 0.3), (0.5, 0.9), (0.95, 0.1), steps=6)
    before, seq = values(page), int(number(page, "kl_pq").get_attribute("data-seq"))
    own.restart()
    page.locator("[data-action=swap]").click()
    page.wait_for_function(
        "(seq) => +document.querySelector('[data-measure=kl_pq]').dataset.seq > seq",
        arg=seq,
        timeout=30000,
    )
    settle(page)
    after = values(page)
    assert after["kl_pq"] == pytest.approx(before["kl_qp"]) and after["kl_qp"] == pytest.approx(
        before["kl_pq"]
    )


def test_the_script_works_without_app_py(
    serve: Callable[..., live.Server], new_page: NewPage
) -> None:
    own = serve(script="divviz/web/frame.py")
    page = new_page()
    visit(page, own, "p=normal(0,1)&q=normal(1,1)")
    page.locator('[data-param="q.mu"]').fill("4")
    settle(page)
    assert value(page, "kl_pq") == pytest.approx(8, rel=1e-12)
    page.locator(".js-plotly-plot").first.wait_for()
    lessons.visit(page, own, lessons.LESSONS[0])
    box = page.locator("[data-slot=board] .dv-ground").bounding_box()
    assert box is not None
    x, y = box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"]
    shown = lessons.reading(page, "entropy_p")
    before = shown.get_attribute("data-value") or ""
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, box["y"] + 0.2 * box["height"], steps=12)
    expect(shown).not_to_have_attribute("data-value", before)
    page.mouse.up()
    lessons.settle(page)
    assert "p=pmf" in address(page)
