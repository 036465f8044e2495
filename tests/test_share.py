"""The Share dialog: what it asks of the server, and a teacher's way through it by keyboard."""

import html
import math
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import board
import live
import pytest
from board import NewPage
from lessons import visit
from playwright.sync_api import Locator, Page, expect
from qr_reader import decoded, symbol
from test_lesson_page import AXE, violations

from divviz.web import lesson, stage, text

PAIR = "p=normal(0,1)&q=normal(2,1)"
SOON = 30_000  # ms: a server that has just started warms its lessons


# ---- without a browser ---------------------------------------------------------------------------


def asked(wish: list[Any], base: str = PAIR, lang: str = "en") -> dict[str, Any]:
    number, answer = stage.answer({"seq": 5, "base": base, "wish": [1, *wish]}, {}, lang)["wish"]
    assert number == 1
    return answer


def test_a_short_link_is_given_as_it_is_with_what_the_dialog_needs() -> None:
    given = asked(["short", 1900])["given"]
    assert given["link"] == PAIR and given["cuts"] == [] and given["change"] == ""
    assert given["predict"] == ("kl_pq", "kl_qp")
    assert asked(["short", 1900], f"{PAIR}&show=renyi(0.5)")["given"]["predict"] == ("renyi",)
    stem = lesson.stem_of("surprise")
    assert stem is not None
    message = {"seq": 1, "base": "p=pmf(1,3)", "wish": [1, "short", 1900]}
    told = lesson.answer(stem, message, {}, "zh")["wish"][1]["given"]
    assert told["titles"] == {"en": "DivViz: Surprise and entropy", "zh": "DivViz：信息量与熵"}


@pytest.mark.parametrize(
    ("lang", "cut", "change"),
    [
        ("en", "Numbers have 4 significant digits.", r"KL\(.‖.\): ([\d.]+) here, ([\d.]+) in"),
        ("zh", "数值只保留 4 位有效数字。", r"KL\(.‖.\)：此处为 ([\d.]+)，链接中为 ([\d.]+)"),
    ],
)
def test_a_cut_is_told_with_what_it_changes(lang: str, cut: str, change: str) -> None:
    weights = [1.0123456, 2.3456789, 3.1415926]
    base = f"p=pmf({','.join(map(str, weights))})&q=pmf(1,1,1)"
    given = asked(["short", len(base) - 12], base, lang)["given"]
    assert given["cuts"] == [cut]
    found = re.search(change, given["change"])
    assert found is not None and found[1] != found[2]
    spelled = [[float(f"{w:.4g}") for w in weights], weights]
    after, before = (
        math.fsum(w / sum(ws) * math.log(3 * w / sum(ws)) for w in ws) for ws in spelled
    )
    if "KL(P‖Q)" in given["change"]:
        assert [float(found[1]), float(found[2])] == pytest.approx([before, after], rel=1e-6)


@pytest.mark.parametrize(
    "wish",
    [
        ["short", "many"],
        ["short", 1.5],
        ["short", math.inf],
        ["qr", 7],
        ["qr", "x" * 10**6],
        ["qr", "javascript:alert(1)"],
    ],
)
def test_a_forged_wish_gets_one_sentence(wish: list[Any]) -> None:
    answer = asked(wish)
    assert answer.keys() == {"error"} and len(answer["error"]) < 200
    assert asked(["short", -(10**300)])["given"]["link"] == PAIR


# ---- in a browser --------------------------------------------------------------------------------


def pressed(page: Page, name: str, key: str = "Enter") -> None:
    """Bring the focus to a control, as Tab would, and press a key there."""
    control = page.locator(name)
    control.focus()
    expect(control).to_be_focused()
    page.keyboard.press(key)


def field(page: Page, name: str) -> Locator:
    return page.locator(f"[data-field={name}]")


def opened(page: Page) -> str:
    """Open the dialog by keyboard and read its link once all of it is known."""
    pressed(page, "[data-action=share]")
    expect(field(page, "predict")).to_be_enabled(timeout=SOON)
    return field(page, "link").input_value()


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def spoken(page: Page, words: Callable[..., str], copy: str) -> None:
    """What was copied is said in a live region, at the button."""
    box = page.locator(".dv-linkbox, .dv-iframes, .dv-qrbox").filter(
        has=page.locator(f"[data-copy={copy}]")
    )
    expect(box.locator(".dv-copied[role=status]")).to_have_text(words("stage.share_copied"))


def misfits(page: Page) -> list[str]:
    """What reaches out of the window, or is too small for a finger, in an open dialog."""
    wide = page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('.dv-dialog *')]
                 .filter((one) => one.getClientRects().length && !one.closest('iframe, svg'))
                 .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
                 .map((one) => one.outerHTML.slice(0, 200))"""
    )
    return wide + board.too_small(page, ".dv-dialog")


def test_a_teacher_shares_the_board_by_keyboard(new_page: NewPage, server: live.Server) -> None:
    page, words = new_page(), text.of("en")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    board.visit(page, server, f"{PAIR}&unit=bits&lang=en")
    link = opened(page)
    assert link == f"{server.url}?{PAIR}&unit=bits"
    expect(field(page, "link")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    spoken(page, words, "link")
    assert clipboard(page) == link

    other = new_page()
    other.goto(link)
    board.number(other, "kl_pq").wait_for()
    assert board.values(other) == pytest.approx(board.values(page), rel=1e-12)

    pressed(page, "[data-field=predict]", "Space")
    expect(field(page, "link")).to_have_value(f"{link}&predict=kl_pq,kl_qp")
    pressed(page, "[data-field=predict]", "Space")
    expect(field(page, "link")).to_have_value(link)

    pressed(page, "[data-part=code] summary")
    code = page.locator(".dv-qrbox svg")
    expect(code).to_be_visible(timeout=SOON)
    size = int((code.get_attribute("viewBox") or "").split()[-1])
    path = code.locator("path").get_attribute("d") or ""
    assert decoded(symbol(path, size)) == link

    pressed(page, "[data-field=theme]", "ArrowDown")
    expect(field(page, "link")).to_have_value(f"{link}&embed_options=light_theme")
    pressed(page, "[data-part=frame] summary")
    field(page, "height").fill("5")
    page.keyboard.press("Enter")
    expect(page.locator(".dv-iframes > [role=status]")).to_contain_text("200")
    field(page, "height").fill("640")
    pressed(page, "[data-copy=html]")
    spoken(page, words, "html")
    snippet = clipboard(page)
    assert 'width="800" height="640"' in snippet and 'loading="lazy"' in snippet
    src = re.search(r'src="([^"<>]+)" title="DivViz', snippet)
    assert src is not None
    assert html.unescape(src[1]) == f"{link}&embed=true&embed_options=light_theme"

    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page) == []
    pressed(page, "[data-action=look]")
    seen = page.frame_locator(".dv-preview iframe")
    expect(seen.locator("[data-measure=kl_pq][data-seq]")).to_be_visible(timeout=SOON)
    shown = seen.locator("[data-measure=kl_pq]").get_attribute("data-value") or ""
    assert float(shown) == pytest.approx(board.value(page, "kl_pq"), rel=1e-12)
    expect(seen.locator("h1")).to_have_count(0)
    assert misfits(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".dv-dialog")).to_have_count(0)
    expect(page.locator("[data-action=share]")).to_be_focused()


def test_a_lesson_is_shared_on_a_dark_phone_whose_clipboard_is_closed(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    words = text.of("zh")
    visit(page, server, "01_surprise", "k=4&lang=zh&hide=notes")
    link = opened(page)
    assert link.startswith(f"{server.url}?page=surprise&") and link.endswith("&k=4&hide=notes")
    pressed(page, "[data-field=lang]", "ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(field(page, "link")).to_have_value(f"{link}&lang=zh")
    page.evaluate(
        """() => { Object.defineProperty(navigator, 'clipboard', { value: undefined });
                   document.execCommand = () => false; }"""
    )
    pressed(page, "[data-copy=link]")
    expect(page.locator(".dv-linkbox [role=status]")).to_have_text(words("stage.share_press"))
    assert page.evaluate("getSelection().toString()") == f"{link}&lang=zh"
    pressed(page, "[data-part=code] summary")
    expect(page.locator(".dv-qrbox svg")).to_be_visible(timeout=SOON)
    with page.expect_download() as saved:
        pressed(page, "[data-action=svg]")
    assert saved.value.suggested_filename == "divviz-surprise.svg"
    assert saved.value.path().read_text().startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    pressed(page, "[data-copy=code]")
    expect(page.locator(".dv-qrbox [role=status]")).to_have_text(words("stage.share_no_picture"))
    pressed(page, "[data-part=frame] summary")
    assert misfits(page) == []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page, "color-contrast") == []
    pressed(page, "[data-action=large]")
    box = page.locator(".dv-qrscreen svg").bounding_box()
    assert box is not None and box["width"] == box["height"] == 390
    page.keyboard.press("Escape")
    expect(page.locator(".dv-qrscreen")).to_have_count(0)
    expect(page.locator("[data-action=large]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-action=share]")).to_be_focused()


def test_a_long_link_says_what_it_leaves_out_and_can_be_had_whole(
    new_page: NewPage, server: live.Server
) -> None:
    page, words = new_page(), text.of("en")
    names = [f"结果{i}" for i in range(60)]
    rows = [",".join(f"{name}:{1 + len(name)}" for name in names[::way]) for way in (1, -1)]
    whole = "&".join(f"{side}={quote(f'pmf({row})')}" for side, row in zip("pq", rows, strict=True))
    board.visit(page, server, whole)
    link = opened(page)
    assert len(link) < 2000 and "%" not in link.split("&")[-1]
    cuts = page.locator(".dv-cuts li")
    expect(cuts).to_have_text([words("share.cut_names"), words("share.same")])
    pressed(page, "[data-part=code] summary")
    expect(page.locator(".dv-qrbox svg")).to_be_visible(timeout=SOON)
    pressed(page, "[data-field=whole]", "Space")
    expect(page.locator(".dv-qrplace")).to_contain_text("too dense", timeout=SOON)
    expect(page.locator("[data-action=large]")).to_be_disabled()
    assert len(field(page, "link").input_value()) > 2000
    expect(page.locator(".dv-cuts")).to_contain_text("Save")
