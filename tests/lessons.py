"""A lesson as its tests read it: its state, its blocks and their numbers; and in a browser."""

import contextlib
import io
from collections.abc import Iterator
from typing import Any

import board
import live
import pytest
from playwright.sync_api import Locator, Page, TimeoutError

from divviz.dist import SceneError
from divviz.state import State, apply, read_link
from divviz.web import lesson, prose, text
from divviz.web.blocks import Look

LESSONS = lesson.lessons()
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

# ------------------------------------------------------------------ without a browser


def state(stem: str, link: str = "", *acts: list[Any]) -> State:
    """The state of a link that has no fault, after some acts."""
    about = lesson.topic(stem)
    assert about is not None
    found, errors = read_link(about, link)
    assert not errors, errors
    for act in acts:
        found, _ = apply(found, act)
    return found


def look(stem: str, now: State | None = None, lang: str = "en", live: bool = False) -> Look:
    """What a demo is shown of a state, the start unless one is given."""
    return Look(now or state(stem), prose.translator(stem, lang), lang, live)


def reply(stem: str, link: str = "", lang: str = "en", **more: Any) -> dict[str, Any]:
    """The answer to a message about the state that a link says, with every part of the page."""
    every = list(lesson.parts(stem, lang))
    message = {"seq": 3, "base": link, "acts": [], "parts": every, **more}
    return lesson.answer(stem, message, {}, lang)


def parts(stem: str, link: str = "", lang: str = "en", **more: Any) -> dict[str, Any]:
    """The blocks of every part of the page, by the part's name."""
    found: dict[str, Any] = reply(stem, link, lang, **more)["parts"]
    return found


def refused(stem: str, act: list[Any]) -> None:
    """Make sure that an act at the start changes nothing and is told in one whole sentence."""
    about = lesson.topic(stem)
    assert about is not None
    with pytest.raises(SceneError) as caught:
        apply(about.first, act)
    assert str(caught.value).endswith(".")
    for lang in text.LANGUAGES:
        told = reply(stem, lang=lang, acts=[act])
        assert told["scene"] == about.first.link
        (notice,) = told["notices"]
        assert notice and "{" not in notice, caught.value.code


def found(tree: Any, kind: str) -> Iterator[dict[str, Any]]:
    """Every block of a kind, however deep it stands in rows, questions and folds."""
    if isinstance(tree, dict):
        if tree.get("kind") == kind:
            yield tree
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        for each in tree:
            yield from found(each, kind)


def readings(tree: Any) -> dict[str, float]:
    """The numbers that stand in boxes, by name."""
    rows = [row for block in found(tree, "numbers") for row in block["rows"]]
    return {row[0]: float(row[2]) for row in rows}


def figure(tree: Any) -> dict[str, Any]:
    """The first picture of curves and bars."""
    drawn: dict[str, Any] = next(found(tree, "figure"))["figure"]
    return drawn


def said(tree: Any) -> str:
    """The sentences, a line each."""
    return "\n".join(block["text"] for block in found(tree, "say"))


def question(tree: Any, name: str) -> dict[str, Any]:
    """The one question of that name."""
    return next(block for block in found(tree, "question") if block["name"] == name)


def ran(program: str) -> dict[str, Any]:
    """What a program of "In your code" leaves in its names; it must print something."""
    return _run(program)[0]


def printed(program: str) -> list[str]:
    """The lines that a program prints, one at least."""
    return _run(program)[1].splitlines()


def numbers_printed(program: str) -> dict[str, float]:
    """The numbers that a program prints, each at the end of a line that begins with its name."""
    rows = (line.rsplit(" ", 1) for line in printed(program))
    return {name.removesuffix(" ="): float(number) for name, number in rows}


def _run(program: str) -> tuple[dict[str, Any], str]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(program, "program", "exec"), names)
    assert out.getvalue().strip()
    return names, out.getvalue()


# ------------------------------------------------------------------ in a browser


def visit(page: Page, server: live.Server, stem: str, query: str = "") -> None:
    """Open a lesson and wait until its first numbers are there."""
    page.goto(f"{server.url}?page={prose.name(stem)}&{query}")
    page.locator("[data-measure][data-seq]").first.wait_for()
    settle(page)


def settle(page: Page) -> None:
    """Wait until every message has its answer."""
    page.locator(".dv-lesson:not([data-busy])").wait_for(state="attached")


def tap(what: Locator) -> None:
    """Tap it, and wait until the page has heard it: a browser makes the click some time after.

    Soon after a finger was drawn across the page Chromium makes none.
    """
    what.page.evaluate(
        """() => { self.heard = false;
             const hear = (wait) => () => setTimeout(() => { self.heard = true; }, wait);
             addEventListener('click', hear(0), { capture: true, once: true });
             addEventListener('pointerup', hear(400), { capture: true, once: true }); }"""
    )
    what.tap()
    what.page.wait_for_function("() => self.heard")


def reading(page: Page, name: str, part: str = "") -> Locator:
    """The box of a number, in a part of the page where it stands in several."""
    inside = f"[data-slot={part}] " if part else ""
    return page.locator(f"{inside}[data-measure={name}][data-seq]").first


def value(page: Page, name: str, part: str = "") -> float:
    """The number in a box, with all its digits."""
    return float(reading(page, name, part).get_attribute("data-value") or "nan")


def reads(page: Page, name: str, wanted: float, part: str = "", within: float = 1e-9) -> None:
    """Wait until one of the boxes of a number has this value.

    A part that comes into sight asks for its numbers a moment later, when the page had settled.
    """
    inside = f"[data-slot={part}] " if part else ""
    boxes = f'{inside}[data-measure="{name}"]'
    try:
        page.wait_for_function(
            """([boxes, wanted, within]) => [...document.querySelectorAll(boxes)]
                 .some((one) => Math.abs(+one.dataset.value - wanted) <= within)""",
            arg=[boxes, wanted, within],
        )
    except TimeoutError:
        shown = [one.get_attribute("data-value") for one in page.locator(boxes).all()]
        raise AssertionError(f"{name} reads {shown}, not {wanted}") from None


def misfits(page: Page) -> list[str]:
    """What is too wide for the window or too small for a finger."""
    assert page.viewport_size is not None
    wide: list[str] = page.evaluate(
        """(width) => [
             ...['html', '.stMain'].map((one) => document.querySelector(one))
               .filter((one) => one.scrollWidth > width),
             ...[...document.querySelectorAll('.dv-part, .dv-part *')]
               .filter((one) => one.getClientRects().length)
               .filter((one) => !one.closest('svg, canvas, .dv-plotly, .dv-tablewrap, .dv-code'))
               .filter((one) => one.getBoundingClientRect().right > width + 1),
           ].map((one) => one.outerHTML.slice(0, 200))""",
        page.viewport_size["width"],
    )
    return wide + board.too_small(page, ".dv-part, .dv-lesson")
