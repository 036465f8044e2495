"""A picture to take in hand, in a real browser: what is dragged, drawn, painted and towed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import live
import numpy as np
import pytest
from board import violations
from easel import (
    EVERYTHING,
    Finger,
    acts,
    block,
    drag,
    easel,
    grip,
    hand,
    load,
    middle,
    near,
    no_rope,
    pen,
    place,
    post,
    rope,
    show,
    table,
    tow,
)
from playwright.sync_api import Browser, Page, expect

from divviz.web import sheet
from divviz.web.component import bundle

DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 700}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def rooms(browser: Browser) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """One page of each kind for all tests here, with the list of its errors."""
    opened: dict[str, tuple[Page, list[str]]] = {}
    with ExitStack() as stack:

        def room(kind: str, **options: Any) -> tuple[Page, list[str]]:
            if kind not in opened:
                context = browser.new_context(locale="en-US", **options)
                stack.callback(context.close)
                page = context.new_page()
                opened[kind] = page, live.watch(page)
                load(page)
            return opened[kind]

        yield room


@pytest.fixture
def page(rooms: Callable[..., tuple[Page, list[str]]]) -> Iterator[Page]:
    """A desk's screen and mouse."""
    page, problems = rooms("desk", **DESK)
    page.set_viewport_size(DESK["viewport"])
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")
    page.mouse.up()
    yield page
    assert problems == []


@pytest.fixture
def phone(rooms: Callable[..., tuple[Page, list[str]]]) -> Iterator[Page]:
    """A phone's screen and a finger."""
    page, problems = rooms("phone", **PHONE)
    yield page
    assert problems == []


# ------------------------------------------------------------------ hands


def test_a_dragged_hand_sends_where_it_is_and_stays_under_the_pointer(page: Page) -> None:
    easel(page, block(hands=[hand()]))
    assert near(middle(grip(page)), place(page, 5, 2))
    (x, y), (to_x, to_y) = place(page, 5, 2), place(page, 7, 1)
    drag(page, (x + 5, y - 4), (x + 60, y), (to_x + 5, to_y - 4), release=False)
    assert near(middle(grip(page)), (to_x, to_y))  # the pointer holds it where it took it
    page.mouse.up()
    live, (sent,) = acts(page, "live"), acts(page, "commit")
    assert len(live) == 2 and live[-1] == sent
    assert sent[:2] == ["bend", "a"] and sent[2:] == pytest.approx([7, 1], abs=0.01)


@pytest.mark.parametrize(("move", "wanted"), [("x", (7, 2)), ("y", (5, 1)), ("xy", (7, 1))])
def test_a_hand_moves_on_its_axes_only(page: Page, move: str, wanted: tuple[float, float]) -> None:
    easel(page, block(hands=[hand(move=move)]))
    drag(page, place(page, 5, 2), place(page, 7, 1))
    assert acts(page, "commit")[0][2:] == pytest.approx(wanted, abs=0.01)


def test_a_hand_stays_between_its_ends(page: Page) -> None:
    easel(page, block(hands=[hand()]))
    drag(page, place(page, 5, 2), place(page, 30, 30), place(page, -3, -9))
    assert acts(page, "live") == [["bend", "a", 9, 3], ["bend", "a", 1, 0]]
    assert acts(page, "commit") == [["bend", "a", 1, 0]]


def test_a_hand_in_the_other_row_has_that_rows_coordinates(page: Page) -> None:
    upper = hand(row="2", x=0.5, y=0, low=[0, -1], high=[1, 1])
    easel(page, block(hands=[upper]))
    x, y = middle(grip(page))
    box = page.locator(".dv-drawn").bounding_box()
    assert box is not None
    assert y - box["y"] == pytest.approx(sheet.TOP + 50, abs=0.6)
    drag(page, (x, y), (x, y - 25))
    assert acts(page, "commit")[0][2:] == pytest.approx([0.5, 0.5], abs=0.01)


def test_what_the_hand_holds_stays_until_the_answer_to_it(page: Page) -> None:
    easel(page, block(hands=[hand(move="x")]))
    drag(page, place(page, 5, 2), place(page, 7, 2), release=False)
    show(page, block(hands=[hand(move="x", x=6, y=3)]), seq=5, live=True)
    assert near(middle(grip(page)), place(page, 7, 3))  # y is the server's
    page.mouse.up()
    show(page, block(hands=[hand(move="x", x=6)]), seq=0, live=True)
    assert near(middle(grip(page)), place(page, 7, 2))
    show(page, block(hands=[hand(move="x", x=6.5)]), seq=1)
    assert near(middle(grip(page)), place(page, 6.5, 2))


def test_a_press_that_does_not_move_sends_nothing(page: Page) -> None:
    easel(page, block(hands=[hand()]))
    drag(page, place(page, 5, 2))
    assert page.evaluate("sent") == []
    expect(grip(page)).to_be_focused()


def test_escape_calls_a_drag_off(page: Page) -> None:
    easel(page, block(hands=[hand()]))
    drag(page, place(page, 5, 2), place(page, 7, 1), release=False)
    page.keyboard.press("Escape")
    assert near(middle(grip(page)), place(page, 5, 2))
    page.mouse.move(*place(page, 2, 1))
    page.mouse.up()
    assert acts(page, "cancel") == [None] and acts(page, "commit") == []
    assert len(acts(page, "live")) == 1


def test_a_hand_that_goes_away_under_the_pointer_is_called_off(page: Page) -> None:
    easel(page, block(hands=[hand("a"), hand("b", x=2)]))
    drag(page, place(page, 5, 2), place(page, 7, 1), release=False)
    show(page, block(hands=[hand("b", x=2)]), live=True)
    page.mouse.move(*place(page, 8, 1))
    page.mouse.up()
    assert acts(page, "cancel") == [None] and acts(page, "commit") == []


KEYS = {
    "x": {"ArrowRight": (5.5, 2), "ArrowUp": (6, 2), "PageDown": (1, 2), "End": (9, 2)},
    "y": {"ArrowUp": (5, 2.25), "ArrowLeft": (5, 2), "PageUp": (5, 3), "Home": (5, 0)},
    "xy": {"ArrowLeft": (4.5, 2), "ArrowDown": (4.5, 1.75), "PageDown": (4.5, 0), "End": (9, 0)},
}


@pytest.mark.parametrize("move", KEYS)
def test_a_hand_is_a_slider_for_the_keyboard(page: Page, move: str) -> None:
    easel(page, block(hands=[hand(move=move)]))
    slider = page.get_by_role("slider", name="Point a")
    expect(slider).to_have_attribute("aria-valuetext", "a at (5, 2)")
    low, high = ("0", "3") if move == "y" else ("1", "9")
    expect(slider).to_have_attribute("aria-valuemin", low)
    expect(slider).to_have_attribute("aria-valuemax", high)
    page.keyboard.press("Tab")
    expect(slider).to_be_focused()
    for key in KEYS[move]:  # without an answer between: each goes on from where the last one was
        page.keyboard.press(key)
    assert [tuple(act[2:]) for act in acts(page, "commit")] == list(KEYS[move].values())
    x, y = list(KEYS[move].values())[-1]
    assert near(middle(slider), place(page, x, y))
    expect(slider).to_have_attribute("aria-valuenow", f"{y if move == 'y' else x:g}")


def test_focus_stays_while_points_come_and_go(page: Page) -> None:
    easel(page, block(hands=[hand("a", x=2), hand("b")]))
    grip(page, "b").focus()
    show(page, block(hands=[hand("c", x=1), hand("b", x=6), hand("d", x=7)]), seq=1)
    expect(grip(page, "b")).to_be_focused()
    expect(grip(page, "a")).to_have_count(0)
    names = page.locator(".dv-grip").evaluate_all("(all) => all.map((one) => one.dataset.grip)")
    assert names == ["c", "b", "d"]


def test_an_answer_with_the_same_structure_builds_nothing(page: Page) -> None:
    easel(page, block(hands=[hand()], pen=pen([1, 2]), paint=table(2, 2), tow=tow()))
    page.evaluate(
        """() => { window.built = 0;
             const watch = new MutationObserver((all) => { window.built += all.length; });
             watch.observe(easel.element, { childList: true, subtree: true }); }"""
    )
    for k in range(3):
        moved = block(hands=[hand(x=k)], pen=pen([k, 2]), paint=table(2, 2, [k] * 4), tow=tow())
        show(page, moved, seq=k, live=True)
    assert page.evaluate("Promise.resolve().then(() => window.built)") == 0


# ------------------------------------------------------------------ the finger


def test_a_finger_drags_a_hand_and_scrolls_the_page_beside_it(phone: Page) -> None:
    page = easel(phone, block(hands=[hand()]))
    finger = Finger(page)
    finger.drag(place(page, 5, 2), place(page, 5, 1))
    assert acts(page, "commit")[0][2:] == pytest.approx([5, 1], abs=0.02)
    assert page.evaluate("scrollY") == 0
    finger.drag(place(page, 8, 0.5), place(page, 8, 3.5))
    page.wait_for_function("scrollY > 20")
    assert len(acts(page, "commit")) == 1


def test_a_touch_that_the_system_takes_away_restores(phone: Page) -> None:
    page = easel(phone, block(hands=[hand()], pen=pen([1.0, 1.0])))
    Finger(page).drag(place(page, 5, 2), place(page, 7, 1), last="Cancel")
    assert near(middle(grip(page)), place(page, 5, 2))
    Finger(page).drag(place(page, 3, 2), place(page, 7, 3), last="Cancel")
    expect(page.locator(".dv-echo")).to_have_attribute("d", "")
    assert acts(page, "cancel") == [None, None] and acts(page, "commit") == []


@pytest.mark.parametrize("part", ["pen", "paint"])
def test_a_finger_draws_without_scrolling(phone: Page, part: str) -> None:
    tool = pen([0.0] * 8) if part == "pen" else table(4, 8)
    page = easel(phone, block(**{part: tool}))
    Finger(page).drag(place(page, 3, 3.5), place(page, 9, 0.5))
    drawn = acts(page, "commit")[0][1]
    assert sum(value > 0 for value in drawn) >= 5
    assert page.evaluate("scrollY") == 0


# ------------------------------------------------------------------ the pen


def test_every_cell_between_two_places_of_the_pen_gets_its_share(page: Page) -> None:
    easel(page, block(pen=pen([0.0] * 16)))
    drag(page, place(page, 2.25, 1), place(page, 9.75, 3.5), release=False)  # first, last middle
    expect(page.locator(".dv-echo")).to_have_attribute("d", r := page.evaluate(ECHO))
    assert r.count("V") == 16
    page.mouse.up()
    ((name, values),) = acts(page, "commit")
    assert name == "critic"
    assert values == pytest.approx(np.linspace(1, 3.5, 16), abs=0.02)
    assert values == [float(f"{value:.4g}") for value in values]
    assert acts(page, "live")[-1] == ["critic", values]


ECHO = "document.querySelector('.dv-echo').getAttribute('d')"


def test_the_pen_stops_at_its_ends_and_clings_to_the_low_one(page: Page) -> None:
    easel(page, block(pen=pen([2.0] * 8, low=1)))
    drag(page, place(page, 2.5, 3.9), place(page, 2.5, 4.3), place(page, -9, -9))
    assert acts(page, "live")[1][1][0] == 4
    assert acts(page, "commit")[0][1] == [1, *[2.0] * 7]
    drag(page, place(page, 9.5, 1.02), place(page, 9.6, 1.02))
    assert acts(page, "commit")[1][1][7] == 1


def test_the_stroke_is_seen_until_its_answer_is_there(page: Page) -> None:
    easel(page, block(pen=pen([1.0, 1.0])))
    drag(page, place(page, 3, 3), place(page, 5, 3))
    assert page.evaluate(ECHO) != ""
    show(page, block(pen=pen([2.0, 1.0])), seq=0, live=True)
    assert page.evaluate(ECHO) != ""
    show(page, block(pen=pen([3.0, 1.0])), seq=1)
    assert page.evaluate(ECHO) == ""


def test_the_pen_is_two_sliders_for_the_keyboard(page: Page) -> None:
    easel(page, block(pen=pen([1.0, 2.0, 3.0, 4.0])))
    where = page.get_by_role("slider", name="Where the pen is")
    high = page.get_by_role("slider", name="Height under the pen")
    page.keyboard.press("Tab")
    expect(where).to_be_focused()
    expect(where).to_have_css("opacity", "1")
    for key, x, y in (("ArrowRight", 9, 4), ("Home", 3, 1), ("ArrowUp", 5, 2), ("End", 9, 4)):
        page.keyboard.press(key)
        expect(where).to_have_attribute("aria-valuenow", f"{x}")
        expect(high).to_have_attribute("aria-valuetext", f"x = {x}: {y}")
        assert near(middle(high), place(page, x, y))
    assert page.evaluate("sent") == []
    page.keyboard.press("Tab")
    for key in ("ArrowDown", "PageDown", "Home", "ArrowUp", "End"):
        page.keyboard.press(key)
    sent = [act[1][3] for act in acts(page, "commit")]
    assert sent == [3.92, 3.12, 0, 0.08, 4]
    assert [act[1][:3] for act in acts(page, "commit")] == [[1, 2, 3]] * 5


# ------------------------------------------------------------------ the painted table


def levels(page: Page) -> list[int]:
    """The values in the order of the picture: from the top row to the bottom, left to right."""
    found = page.locator(".dv-square").evaluate_all("(all) => all.map((n) => +n.dataset.level)")
    return list(found)


def test_painting_misses_no_cell_and_a_painted_start_erases(page: Page) -> None:
    easel(page, block(paint=table(4, 8)))
    drag(page, place(page, 0.5, 0.5), place(page, 9.5, 0.5))
    assert acts(page, "commit") == [["paint", [4] * 8 + [0] * 24]]  # the first row is at the bottom
    assert levels(page) == [0] * 24 + [4] * 8
    drag(page, place(page, 4.5, 0.5), place(page, 4.5, 3.5))
    assert acts(page, "commit")[1] == ["paint", [4] * 3 + [0] + [4] * 4 + [0] * 24]
    show(page, block(paint=table(4, 8, [1] * 32)), seq=2)
    assert levels(page) == [1] * 32


def test_a_press_paints_one_cell_and_escape_takes_it_back(page: Page) -> None:
    easel(page, block(paint=table(2, 2)))
    drag(page, place(page, 7, 3))
    assert acts(page, "live") == acts(page, "commit") == [["paint", [0, 0, 0, 4]]]
    show(page, block(paint=table(2, 2, [0, 0, 0, 4])), seq=1)
    drag(page, place(page, 2, 3), place(page, 2, 1), release=False)
    assert levels(page) == [4, 4, 4, 0]
    page.keyboard.press("Escape")
    assert levels(page) == [0, 4, 0, 0]
    page.mouse.up()
    assert len(acts(page, "commit")) == 1 and acts(page, "cancel") == [None]


def test_the_first_row_stands_where_its_y_is(page: Page) -> None:
    easel(page, block(paint=table(2, 2, [1, 2, 3, 4], y=[4, 0])))
    assert levels(page) == [1, 2, 3, 4]
    show(page, block(paint=table(2, 2, [1, 2, 3, 4], y=[0, 4], x=[10, 0])))
    assert levels(page) == [4, 3, 2, 1]
    first = page.get_by_role("gridcell", name="1, 1: 1", exact=True)
    x, y = middle(first)
    assert near((x, y), place(page, 7.5, 1))


def test_the_table_is_a_grid_for_the_keyboard(page: Page) -> None:
    words = {"cell": "{row} and {column}: {value} of {most}", "row_names": ["low", "high"]}
    easel(page, block(paint=table(2, 3, **words, column_names=["A", "B", "C"])))
    cell = page.get_by_role("grid", name="Joint table").get_by_role("gridcell")
    assert cell.evaluate_all("(all) => all.map((one) => one.tabIndex)").count(0) == 1
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    steps = ["ArrowUp", "ArrowUp", "ArrowRight", " ", "-", "Enter", "Enter", "+", "End", "="]
    for key in steps:
        page.keyboard.press(key)
    expect(focused).to_have_attribute("aria-label", "high and C: 1 of 4")
    sent = [act[1] for act in acts(page, "commit")]
    assert sent == [[0] * 4 + [b, c] for b, c in [(4, 0), (3, 0), (0, 0), (4, 0), (4, 1)]]
    page.keyboard.press("Control+Home")
    expect(focused).to_have_attribute("aria-label", "high and A: 0 of 4")
    page.keyboard.press("-")  # nothing is less than nothing
    assert len(acts(page, "commit")) == 5
    show(page, block(paint=table(2, 4)), seq=9)  # another table: focus stays in it
    expect(focused).to_have_attribute("role", "gridcell")


# ------------------------------------------------------------------ towing


def test_a_tow_snaps_to_the_nearest_target_and_sends_the_two(page: Page) -> None:
    easel(page, block(tow=tow()))
    x, y = place(page, 7, 3)
    drag(page, place(page, 2, 1), place(page, 4, 2), release=False)
    assert rope(page, "s2", 4, 2)  # nothing near: it follows the pointer
    page.mouse.move(x + 20, y + 30)
    assert rope(page, "s2", 7, 3)
    page.mouse.up()
    assert page.evaluate("sent") == [["commit", ["move", "s2", "t7"]]]
    show(page, block(tow=tow()), seq=0)
    assert rope(page, "s2", 7, 3)
    show(page, block(tow=tow()), seq=1)
    assert no_rope(page)
    expect(post(page, "s2")).to_have_attribute("aria-pressed", "false")


def test_a_tow_that_ends_nowhere_is_let_go(page: Page) -> None:
    easel(page, block(tow=tow()))
    drag(page, place(page, 2, 1), place(page, 5, 3), place(page, 2, 0.2))
    drag(page, place(page, 2, 1), place(page, 5, 3), release=False)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.evaluate("sent") == [] and no_rope(page)
    expect(post(page, "t5")).to_be_disabled()


def test_two_taps_do_what_a_drag_does(phone: Page) -> None:
    page = easel(phone, block(tow=tow()))
    page.touchscreen.tap(*place(page, 4, 1))
    expect(post(page, "s4")).to_have_attribute("aria-pressed", "true")
    page.touchscreen.tap(*place(page, 9, 3))
    Finger(page).drag(place(page, 2, 1), place(page, 5, 3))
    sent = acts(page, "commit")
    assert sent == [["move", "s4", "t9"], ["move", "s2", "t5"]]
    page.touchscreen.tap(*place(page, 4, 1))
    page.touchscreen.tap(*place(page, 4, 1))
    assert len(acts(page, "commit")) == 2 and no_rope(page)
    assert page.evaluate("scrollY") == 0


def test_a_tow_by_keyboard(page: Page) -> None:
    easel(page, block(tow=tow()))
    hint = page.locator(".dv-towhint")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(post(page, "s4")).to_be_focused()
    assert hint.bounding_box()["height"] > 10  # type: ignore[index]
    page.keyboard.press("Enter")
    expect(post(page, "t5")).to_be_focused()  # the nearest
    for key, target in (
        ("ArrowRight", "t7"),
        ("Tab", "t9"),
        ("ArrowDown", "t5"),
        ("ArrowUp", "t9"),
    ):
        page.keyboard.press(key)
        expect(post(page, target)).to_be_focused()
        assert rope(page, "s4", int(target[1:]), 3)
    page.keyboard.press("Escape")
    expect(post(page, "s4")).to_be_focused()
    assert page.evaluate("sent") == [] and no_rope(page)
    for key in ("Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("sent") == [["commit", ["move", "s4", "t7"]]]
    expect(post(page, "s4")).to_be_focused()
    rest = tow()
    rest["from"] = rest["from"][:1]
    show(page, block(tow=rest), seq=1)  # the heap is used up: on to the next
    expect(post(page, "s2")).to_be_focused()


# ------------------------------------------------------------------ the whole


def test_marks_follow_the_width(page: Page) -> None:
    easel(page, EVERYTHING)
    for width in (390, 900):
        page.set_viewport_size({"width": width, "height": 700})
        page.wait_for_function(
            f"easel.element.querySelector('canvas').clientWidth === {width - 20}"
        )
        assert near(middle(post(page, "t7")), place(page, 7, 3))
        pad = page.locator(".dv-pad").bounding_box()
        assert pad is not None
        assert pad["x"] + 6 == pytest.approx(place(page, 2, 0)[0], abs=0.6)
        assert pad["x"] + pad["width"] - 6 == pytest.approx(place(page, 10, 0)[0], abs=0.6)


def test_tools_come_and_go_with_the_block(page: Page) -> None:
    easel(page, EVERYTHING)
    group = page.get_by_role("group", name="A line that can be bent")
    expect(group).to_be_visible()
    show(page, block())
    expect(page.get_by_role("img", name="A line that can be bent")).to_be_visible()
    assert page.locator(".dv-drawn [tabindex], .dv-drawn button, .dv-lines path").count() == 0
    show(page, block(tow=tow()))
    expect(group.get_by_role("button")).to_have_count(5)


def test_colours_are_the_palettes(page: Page) -> None:
    easel(page, EVERYTHING)
    dot = grip(page).locator("circle")
    expect(dot).to_have_css("fill", "rgb(184, 69, 11)")
    page.evaluate("(palette) => easel.colours(palette)", sheet.PALETTES["dark"])
    expect(dot).to_have_css("fill", "rgb(255, 160, 92)")
    ink = """() => { const c = document.querySelector('.dv-drawn canvas');
             return c.getContext('2d').getImageData(0, 0, c.width, c.height).data
               .filter((v, i, all) => i % 4 === 2 && v === 255 && all[i - 2] === 0x6c).length }"""
    assert page.evaluate(ink) > 50  # the line in the dark theme's @p, #6cb2ff


def test_texts_are_never_markup(page: Page) -> None:
    bad = "<img src=x onerror=alert(1)>"
    shown = block(
        label=bad,
        hands=[hand(label=bad, text=bad)],
        paint=table(1, 1, label=bad, cell=bad + "{row}", row_names=[bad]),
        tow=tow(hint=bad),
    )
    easel(page, shown)
    assert page.locator("img[src]").count() == 0
    expect(page.locator(".dv-towhint")).to_have_text(bad)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_violation_and_nothing_is_too_small(
    page: Page, width: int, theme: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    easel(page, EVERYTHING, theme)
    page.evaluate(
        "([back, ink]) => Object.assign(document.body.style, { background: back, color: ink })",
        [sheet.PALETTES[theme]["paper"], sheet.PALETTES[theme]["ink"]],
    )
    post(page, "s2").focus()
    page.keyboard.press("Enter")
    assert violations(page) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('.dv-drawn :is(button, [role=slider])')]
             .map((one) => [one.outerHTML, one.getBoundingClientRect()])
             .filter(([, box]) => box.width < 24 || box.height < 24)"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_forced_colours_and_reduced_motion(page: Page) -> None:
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    easel(page, EVERYTHING)
    expect(page.locator(".dv-drawn > canvas")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(grip(page).locator("circle")).to_have_css("fill", "rgb(184, 69, 11)")
    moving = page.evaluate(
        """() => [...document.querySelectorAll('.dv-drawn *')].filter((one) => {
             const { transitionDuration, animationName } = getComputedStyle(one);
             return transitionDuration !== '0s' || animationName !== 'none'; }).length"""
    )
    assert moving == 0


def test_the_modules_work_as_one_text_too(page: Page) -> None:
    load(page, bundle("drawing.js") + "const { drawing } = _drawing;")
    easel(page, EVERYTHING)
    drag(page, middle(grip(page)), place(page, 5, 3))
    assert acts(page, "commit")[0][:2] == ["bend", "a"]
