"""The board in a real browser: what a visitor sees, draws, drags and types."""

import itertools
import math

import live
import pytest
from board import (
    EVEN,
    NewPage,
    address,
    computed,
    first,
    masses,
    number,
    plot_box,
    scene_text,
    settle,
    stroke,
    value,
    values,
    visit,
)
from lessons import PHONE
from playwright.sync_api import Page, expect

import divviz
from divviz.measures import FIRST
from divviz.scene import DEFAULT

# ---- first paint ---------------------------------------------------------------------------------


def test_the_first_screen_teaches_without_a_click(page: Page, server: live.Server) -> None:
    visit(page, server)
    assert values(page) == pytest.approx(first(divviz.evaluate(DEFAULT.p, DEFAULT.q)), rel=1e-12)
    for part in (".dv-plot", ".dv-sentence", *(f"[data-measure={key}]" for key in FIRST)):
        box = page.locator(part).bounding_box()
        assert box is not None and box["y"] + box["height"] <= 800, part
    assert "KL(P‖Q)" in page.locator(".dv-sentence").inner_text()
    shapes = [page.locator(f"path.dv-shape.dv-{side}").get_attribute("d") for side in "pq"]
    assert all(len(shape or "") > 1000 for shape in shapes)


def test_the_first_screen_of_a_phone_has_the_plot_and_all_numbers(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    visit(page, server)
    for part in (".dv-plot", *(f"[data-measure={key}]" for key in FIRST)):
        box = page.locator(part).bounding_box()
        assert box is not None and box["y"] + box["height"] <= 844, part


# ---- drawing and dragging -----------------------------------------------------------------------


def test_a_stroke_paints_every_bar_that_it_crosses_however_fast(
    page: Page, server: live.Server
) -> None:
    visit(page, server, EVEN)
    stroke(page, (0.05, 0.1), (0.95, 0.9))  # one event from the first bar to the last
    drawn = masses(page, "p")
    assert len(drawn) == 10 and sum(drawn) == pytest.approx(1)
    steps = [b - a for a, b in itertools.pairwise(drawn)]
    assert min(steps) > 0 and max(steps) == pytest.approx(min(steps), rel=0.05)
    assert scene_text(page, "q") == "pmf(1,1,1,1,1,1,1,1,1,1)"


def test_what_is_drawn_stays_under_the_hand_while_the_shape_is_normalised(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,2)")
    box = plot_box(page)
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    seen = []
    for x, y in ((0.4, 0.3), (0.6, 0.1), (0.8, 0.5)):
        at = box["x"] + x * box["width"], box["y"] + y * box["height"]
        page.mouse.move(*at, steps=8)
        page.wait_for_timeout(120)  # the answers come in while the hand holds still
        top = page.evaluate(
            """([x, y]) => {
                 const path = document.querySelector('path.dv-shape.dv-p');
                 const svg = path.ownerSVGElement, point = svg.createSVGPoint();
                 const frame = svg.getBoundingClientRect();
                 point.x = x - frame.left;
                 for (point.y = 0; point.y < frame.height; point.y += 0.5)
                   if (path.isPointInFill(point)) return point.y + frame.top;
                 return -1;
               }""",
            list(at),
        )
        seen.append(top - at[1])
    page.mouse.up()
    assert max(map(abs, seen)) <= 2, seen
    settle(page)
    drawn = divviz.parse(scene_text(page, "p"))
    assert drawn.name == "drawn" and float(drawn.cdf(drawn.support()[-1][1])) == pytest.approx(1)


def test_a_bar_pulled_to_the_ground_is_exactly_zero_and_makes_kl_infinite(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=pmf(1,1,1,1)&q=pmf(1,1,1,1)")
    page.locator("[data-hand=q]").click()
    stroke(page, (0.625, 0.5), (0.625, -0.02), steps=5)
    assert masses(page, "q")[2] == 0.0
    assert value(page, "kl_pq") == math.inf and math.isfinite(value(page, "kl_qp"))
    assert number(page, "kl_pq").inner_text() == "∞"
    reason = page.locator("[data-show=kl_pq] .dv-reason").inner_text()
    assert "outcome 2" in reason and "0.25" in reason


def test_erasing_everything_is_told_and_gives_the_shape_back(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=pmf(1,1)&q=pmf(1,3)")
    stroke(page, (0.1, 0), (0.9, 0), steps=4)
    expect(page.locator(".dv-notices")).to_contain_text("zero")
    assert values(page) == pytest.approx(computed("p=pmf(1,1)&q=pmf(1,3)"))


def test_a_freehand_density_fits_its_link_and_gives_the_same_numbers_elsewhere(
    page: Page, new_page: NewPage, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,2)")
    stroke(page, (0.1, 0.1), (0.3, 0.8), (0.5, 0.3), (0.7, 0.9), (0.9, 0), steps=12)
    assert len(divviz.parse(scene_text(page, "p")).weights) == 256
    assert len(address(page)) < 1500
    here = values(page)
    other = new_page(**PHONE)
    other.goto(page.url)
    number(other, "kl_pq").wait_for()
    assert values(other) == pytest.approx(here, rel=1e-12, abs=1e-300)


def test_dragging_a_slider_moves_the_numbers_and_the_last_value_is_right(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    track = page.locator('[data-param="q.mu"]').bounding_box()
    assert track is not None
    y = track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + 0.55 * track["width"], y)
    page.mouse.down()
    seen = set()
    for i in range(40):
        page.mouse.move(track["x"] + (0.55 + i * 0.01) * track["width"], y)
        page.wait_for_timeout(15)
        seen.add(value(page, "kl_pq"))
    assert len(seen) > 10  # while the button is still down
    page.mouse.up()
    settle(page)
    mu = float(scene_text(page, "q").removeprefix("normal(").split(",")[0])
    assert mu > 5 and value(page, "kl_pq") == pytest.approx(mu**2 / 2, rel=1e-12)
    assert page.locator('[data-param="q.mu"]').input_value() == str(mu).removesuffix(".0")


def test_a_slider_beyond_its_usual_range_follows_the_hand_to_the_end(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(0,50)")
    slider = page.locator('[data-param="q.sigma"]')
    slider.scroll_into_view_if_needed()
    track = slider.bounding_box()
    assert track is not None
    y = track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + track["width"] - 8, y)
    page.mouse.down()
    for i in range(1, 21):
        page.mouse.move(track["x"] + track["width"] * (1 - i * 0.025), y)
        page.wait_for_timeout(20)
    page.mouse.up()
    settle(page)
    assert divviz.parse(scene_text(page, "q")).args[1] == pytest.approx(25, abs=1.5)


def test_a_slider_that_fires_no_change_is_committed_when_it_is_let_go(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    page.locator('[data-param="q.mu"]').evaluate(
        """(range) => {
             range.value = 3;
             range.dispatchEvent(new Event('input', { bubbles: true }));
             range.dispatchEvent(new PointerEvent('pointerup', { bubbles: true })); }"""
    )
    page.wait_for_url("**q=normal(3,1)**")
    assert value(page, "kl_pq") == pytest.approx(4.5, rel=1e-12)


def test_the_centre_and_the_width_can_be_dragged_on_the_plot(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    for name, shares in (("centre", 0.15), ("width", 0.1)):
        grip = page.locator(f'[data-handle="q.{name}"]')
        box = grip.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + shares * plot_box(page)["width"], y, steps=10)
        page.mouse.up()
        settle(page)
    mu, sigma = divviz.parse(scene_text(page, "q")).args
    assert 1.5 < mu < 4 and 1.3 < sigma < 4
    assert value(page, "w1") == pytest.approx(computed(address(page))["w1"], rel=1e-12)


@pytest.mark.parametrize("query", [EVEN, "p=normal(0,1)&q=normal(1,2)"])
def test_the_drawing_surface_is_where_the_axes_end_and_names_whose_shape_is_drawn(
    page: Page, server: live.Server, query: str
) -> None:
    visit(page, server, query)
    for side in "pq":
        page.locator(f"[data-hand={side}]").click()
        assert page.locator(f"[data-draw={side}]").bounding_box() == plot_box(page)
        page.locator(f"[data-draw={side}]").hover()


def test_a_finger_draws_on_a_phone_without_scrolling_the_page(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(**PHONE)
    visit(page, server, EVEN)
    box = plot_box(page)

    def place(x: float, y: float) -> tuple[float, float]:
        return box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"]

    with live.finger(page) as touch:
        touch("touchStart", *place(0.05, 0.9))
        for i in range(1, 10):
            touch("touchMove", *place(0.05 + i * 0.1, 0.9 - i * 0.09))
        touch("touchEnd")
    settle(page)
    drawn = masses(page, "p")
    assert all(a > b for a, b in itertools.pairwise(drawn))
    assert page.evaluate("document.querySelector('.stMain').scrollTop") == 0


# ---- the keyboard -------------------------------------------------------------------------------


def test_bars_are_sliders_for_the_keyboard(page: Page, server: live.Server) -> None:
    visit(page, server, "p=pmf(1,1,1,1)&q=pmf(1,1,1,1)")
    bar = page.get_by_role("slider", name="P, outcome 2")
    bar.focus()
    assert bar.get_attribute("aria-valuenow") == "0.25"
    for key, wanted in (
        ("ArrowUp", 0.26),
        ("PageUp", 0.36),
        ("ArrowLeft", 0.35),
        ("PageDown", 0.25),
    ):
        page.keyboard.press(key)
        expect(bar).to_have_attribute("aria-valuenow", f"{wanted:g}")
        settle(page)
        assert masses(page, "p")[2] == pytest.approx(wanted)
    page.keyboard.press("Home")
    settle(page)
    assert masses(page, "p")[2] == 0.0
    page.keyboard.press("End")
    settle(page)
    assert masses(page, "p") == [0, 0, 1, 0]
    assert bar.get_attribute("aria-valuetext") == "2: 1"


def test_handles_and_parameters_move_by_keys(page: Page, server: live.Server) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    page.get_by_role("slider", name="Q: centre").focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    moved = divviz.parse(scene_text(page, "q")).args[0]
    assert 1 < moved < 1.5
    page.locator('[data-param="p.sigma"]').focus()
    page.keyboard.press("ArrowUp")
    settle(page)
    page.keyboard.press("End")
    settle(page)
    assert scene_text(page, "p") == "normal(0,10)"


def test_a_density_is_drawn_by_keys_with_a_pen(page: Page, server: live.Server) -> None:
    visit(page, server, "p=uniform(0,1)&q=uniform(0,1)")
    page.get_by_role("slider", name="P: where the pen is").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.get_by_role("slider", name="P: height under the pen").focus()
    page.keyboard.press("Home")
    settle(page)
    drawn = divviz.parse(scene_text(page, "p"))
    assert drawn.name == "drawn" and 0 in drawn.weights
    assert value(page, "kl_qp") == math.inf


def test_every_control_is_reached_by_tab_and_shows_where_it_is(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                """() => { const at = document.activeElement, style = getComputedStyle(at);
                   if (!at.closest('.dv-board') || at.matches('.dv-penslider')) return '';
                   const names = 'action param show handle family unit kind choose hand'.split(' ');
                   const name = names.map((one) => at.dataset[one]).find(Boolean) || '';
                   return style.outlineStyle === 'none' ? 'no outline: ' + name : name; }"""
            )
        )
    assert not [name for name in reached if name.startswith("no outline")]
    wanted = {
        "p.mu",
        "q.sigma",
        "swap",
        "kl_qp",
        "w1",
        "q.width",
        "bits",
        "discrete",
        "preset",
        "q",
        "p",
    }
    assert wanted <= reached


# ---- typing -------------------------------------------------------------------------------------


def test_the_table_of_numbers_does_what_drawing_does(page: Page, server: live.Server) -> None:
    visit(page, server, "p=pmf(1,1,1,1)&q=pmf(1,1,1,1)")
    page.get_by_text("Table of numbers").click()
    page.locator('[data-cell="p.0"]').fill("0,7")  # a comma as half the world types it
    page.keyboard.press("Tab")
    settle(page)
    assert masses(page, "p") == pytest.approx([0.7, 0.1, 0.1, 0.1])
    page.locator('[data-cell="label.1"]').fill("dog")
    page.keyboard.press("Tab")
    settle(page)
    assert "dog:0.1" in scene_text(page, "p")
    page.locator('[data-cell="count"]').fill("6")
    page.keyboard.press("Tab")
    settle(page)
    assert len(masses(page, "p")) == 6
    before = values(page)
    page.locator('[data-cell="p.0"]').fill("lots")
    page.keyboard.press("Tab")
    expect(page.locator(".dv-notices")).to_contain_text("0 to 1")
    assert values(page) == before


def test_the_mass_of_an_interval_of_a_density_can_be_typed(page: Page, server: live.Server) -> None:
    visit(page, server, "p=uniform(0,1)&q=uniform(0,1)")
    page.get_by_text("Table of numbers").click()
    page.locator('[data-cell="p.7"]').fill("0.5")
    page.keyboard.press("Tab")
    settle(page)
    drawn = divviz.parse(scene_text(page, "p"))
    a, b = drawn.args[0], drawn.args[1]
    edges = [a + (b - a) * k / 16 for k in (7, 8)]
    assert float(drawn.cdf(edges[1]) - drawn.cdf(edges[0])) == pytest.approx(0.5, abs=1e-3)


def test_a_typed_formula_is_taken_and_a_wrong_one_loses_nothing(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    field = page.locator("[data-formula=q]")
    field.fill("laplace(2, 0.5)")
    field.press("Enter")
    settle(page)
    assert scene_text(page, "q") == "laplace(2,0.5)"
    before = values(page)
    for wrong in ("normal(0,-1)", "<script>alert(1)</script>", "normal(", "normal(1e999,1)"):
        field.fill(wrong)
        field.press("Enter")
        expect(page.locator(".dv-notices p")).to_have_count(1)
        settle(page)
        assert values(page) == before and scene_text(page, "q") == "laplace(2,0.5)"
