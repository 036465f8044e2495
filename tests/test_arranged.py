"""Hidden, locked, and asked first: what a teacher's link makes of a page, in a browser."""

import re
from urllib.parse import parse_qs

import live
from board import NewPage, address, plot_box, settle
from lessons import misfits
from playwright.sync_api import Locator, Page, expect
from test_lesson_page import AXE, violations

from divviz.web import flags, lesson, prose, text

PAIR = "p=normal(0,1)&q=normal(2,1)"
ARRANGED = "hide=q.controls,js,tools,text.0&lock=p,q.mu"
PHONE = {"width": 390, "height": 844}


def axe(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return violations(page)


def press(page: Page, locator: Locator, key: str = "Enter") -> None:
    """Press a key where the focus of the keyboard is brought first."""
    locator.focus()
    expect(locator).to_be_focused()
    page.keyboard.press(key)


def box(page: Page, key: str) -> Locator:
    return page.locator(f"[data-measure={key}][data-seq]")


def notice(page: Page) -> Locator:
    return page.locator(".dv-notices p")


def test_a_link_hides_locks_and_asks_before_the_numbers(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(color_scheme="light")
    page.goto(f"{server.url}?{PAIR}&{ARRANGED}&predict=kl_pq,kl_qp")
    question = page.locator(".dv-question")
    question.wait_for()
    expect(question).to_contain_text("Which is larger: KL(P‖Q) or KL(Q‖P)?")
    box(page, "kl_pq").wait_for(state="attached")
    settle(page)
    for told in ("[data-measure]", ".dv-sentence", ".dv-picture", "[data-action=save]"):
        assert page.locator(f"{told}:visible").count() == 0, told
    expect(page.locator(".dv-surface")).to_be_visible()
    assert axe(page) == []
    # equal widths: both are (2 - 0)^2 / 2
    press(page, question.locator("[data-option=equal]"))
    expect(question.locator(".dv-verdict")).to_have_text("As you predicted.")
    expect(box(page, "kl_pq")).to_have_attribute("data-value", re.compile(r"^2(\.0|$)|^1\.99"))
    hidden_and_kept(page)
    page.get_by_text(text.LANGUAGES["zh"]).click()
    expect(page.locator("h1")).to_have_text(prose.title(flags.PLAYGROUND, "zh"))
    expect(question.locator(".dv-ask")).to_contain_text("哪个更大")
    hidden_and_kept(page)
    page.reload()
    box(page, "kl_pq").wait_for()
    hidden_and_kept(page)
    forged(page)
    undone(page)


def hidden_and_kept(page: Page) -> None:
    for hidden in (".dv-side-q", "[data-measure=js]", "[data-action=undo]"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("[class*=_playground-text-0-]")).to_be_hidden()
    expect(page.locator("[data-param='p.mu']")).to_be_disabled()
    for control in ("[data-family=p]", "[data-hand=p]", "[data-choose=preset]"):
        expect(page.locator(control)).to_be_disabled()
    for handle, kept in (("p.centre", "true"), ("q.centre", "true"), ("q.width", "false")):
        grip = page.locator(f"[data-handle='{handle}']")
        expect(grip).to_have_attribute("aria-disabled", kept)
    expect(page.locator("[data-unit=bits]")).to_be_enabled()


def forged(page: Page) -> None:
    """A message that no control would send: the browser's script is made to send it."""
    before = address(page)
    page.locator("[data-param='p.mu']").evaluate(
        "(one) => { one.value = 3; one.onchange(new Event('change')); }"
    )
    expect(notice(page)).to_have_text("这个链接锁定了 p，请改动别的部分。")
    press(page, page.locator("[data-handle='q.centre']"), "ArrowRight")
    expect(notice(page)).to_contain_text("锁定了 Q")
    plot = plot_box(page)
    page.mouse.click(plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2)
    settle(page)
    assert address(page) == before


def undone(page: Page) -> None:
    """What is free still moves, and going back keeps what is arranged."""
    press(page, page.locator("[data-handle='q.width']"), "ArrowRight")
    expect(page).to_have_url(re.compile(r"q=normal\(2,1\.\d+\)"))
    page.keyboard.press("Control+z")
    expect(page).to_have_url(re.compile(r"q=normal\(2,1\)"))
    settle(page)
    hidden_and_kept(page)
    assert parse_qs(address(page))["lock"] == ["p,q.mu"]


def test_a_lesson_on_a_phone_hides_its_text_and_takes_infinity_for_an_answer(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(viewport=PHONE, color_scheme="dark")
    endless = "p=uniform(-1,1)&q=normal(0,1)"
    page.goto(
        f"{server.url}?page=two_directions&{endless}&lang=zh"
        "&hide=race,text.1,kl_pq,contents&lock=q&predict=kl_qp"
    )
    asked = page.locator(".dv-predict .dv-question")
    asked.wait_for()
    expect(asked.locator(".dv-ask")).to_have_text("KL(Q‖P) 有多大？")
    gate = page.locator("[data-slot=board] [data-gate=predicted]")
    gate.wait_for()
    assert page.locator("[data-measure]:visible").count() == 0
    for hidden in ("h2:has-text('覆盖，还是选一个')", ".dv-foot", "[data-slot=race]"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("[data-handle='q.centre']")).to_have_attribute("aria-disabled", "true")
    field = asked.locator("input")
    press(page, field, "7")
    page.keyboard.type(" nats")
    page.keyboard.press("Enter")
    expect(notice(page)).to_contain_text("7 nats")
    field.fill("")
    press(page, asked.locator("button.dv-endless"))
    expect(field).to_have_value("∞")
    page.keyboard.press("Enter")
    expect(asked.locator(".dv-verdict")).to_contain_text("∞")
    expect(asked).to_have_attribute("data-answered", "true")
    expect(gate).to_have_count(0)
    expect(box(page, "kl_qp").first).to_have_attribute("data-value", "Infinity")
    expect(page.locator("[data-measure=kl_pq]").first).to_be_hidden()
    assert misfits(page) == []
    assert axe(page) == []
    press(page, asked.locator("[data-again]"))
    expect(gate).to_be_visible()


def toggle(page: Page, kind: str, name: str) -> None:
    """Walk to a toggle by Tab alone and press it."""
    wanted = page.locator(f".dv-chip[data-{kind}='{name}']")
    for _ in range(40):
        if wanted.evaluate("(one) => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    before = wanted.get_attribute("aria-pressed")
    page.keyboard.press("Enter")
    expect(wanted).not_to_have_attribute("aria-pressed", before or "")


def test_a_teacher_hides_and_locks_by_keyboard_and_the_address_says_so(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    page.goto(f"{server.url}?{PAIR}&hide=w1")
    box(page, "kl_pq").wait_for()
    shown = set(page.evaluate(HIDES)) | {"text.0"}
    assert set(lesson.hideable(flags.PLAYGROUND)) <= shown
    share = page.locator("[data-action=share]")
    press(page, share)
    press(page, page.locator("[data-action=arrange]"))
    layer = page.locator(".dv-arranging")
    expect(layer.locator("[data-action=arranged]")).to_be_focused()
    expect(box(page, "w1")).to_be_visible()  # a ghost, to be brought back
    assert axe(page) == []
    toggle(page, "hide", "numbers")
    press(page, layer.locator("[data-hide='q.controls']"))
    press(page, layer.locator("[data-lock='p.mu']"))
    expect(layer.locator("[data-lock='p.mu']")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+Tab")
    expect(layer.locator(":focus")).to_have_count(1)
    said = parse_qs(address(page))
    assert said["hide"] == ["w1,numbers,q.controls"] and said["lock"] == ["p.mu"]
    page.keyboard.press("Escape")
    expect(layer).to_have_count(0)
    expect(share).to_be_focused()
    expect(page.locator("[data-param='p.mu']")).to_be_disabled()
    for hidden in (".dv-side-q", ".dv-sentence", ".dv-numbers"):
        expect(page.locator(hidden)).to_be_hidden()
    wide = plot_box(page)["width"]
    assert wide > 1000  # where all numbers stood there is no hole
    starts_over(page)


HIDES = """() => [...document.querySelectorAll('[data-hides]')]
             .flatMap((one) => one.dataset.hides.split(' '))"""


def starts_over(page: Page) -> None:
    """An arranged link has a start of its own, after a reload too."""
    expect(page.locator("[data-handle='p.width']")).to_have_attribute("aria-disabled", "false")
    press(page, page.locator("[data-handle='p.width']"), "ArrowRight")
    expect(page).to_have_url(re.compile(r"p=normal\(0,1\.\d+\)"))
    settle(page)
    page.get_by_text(text.LANGUAGES["zh"]).click()
    expect(page).to_have_url(re.compile(r"p=normal\(0,1\.\d+\).*lang=zh.*hide=w1,numbers"))
    page.reload()
    page.locator("[data-param='p.mu']:disabled").wait_for()
    settle(page)
    press(page, page.locator("[data-action=reset]"))
    expect(page).to_have_url(re.compile(r"p=normal\(0,1\)&q=normal\(2,1\)"))
    said = parse_qs(address(page))
    assert said["hide"] == ["w1,numbers,q.controls"] and said["lock"] == ["p.mu"]
