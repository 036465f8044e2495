"""Opening a file in the browser: picked, dropped, pasted; looked at first, undone after."""

import json
from pathlib import Path

import live
import pytest
from board import NewPage, address, scene_text, settle, value, values, visit
from playwright.sync_api import Locator, Page, expect

from divviz import evaluate, parse
from divviz.web import text

AXE = Path(__import__("axe_playwright_python").__file__).with_name("axe.min.js")
PAIR = "p=normal(0,1)&q=normal(2,1)"
DROP = """([zone, name, content]) => {
  const data = new DataTransfer();
  data.items.add(new File([content], name));
  document.querySelector(zone).dispatchEvent(
    new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


def opened(page: Page) -> Locator:
    page.locator("[data-action=open]").click()
    return page.locator("dialog[open]")


def pick(page: Page, name: str, content: bytes) -> None:
    page.locator("[data-field=file]").set_input_files(
        files=[{"name": name, "mimeType": "text/csv", "buffer": content}]
    )


def seen(page: Page) -> Locator:
    found = page.locator(".dv-opened")
    expect(found).to_be_visible()
    return found


def test_a_table_is_looked_at_used_and_undone(new_page: NewPage, server: live.Server) -> None:
    page = new_page()
    visit(page, server, f"{PAIR}&lang=en")
    before = values(page)
    dialog = opened(page)
    # what a spreadsheet of a decimal comma saves as Unicode text
    pick(page, "counts.csv", "wert\tanzahl\r\n1,5\t3\r\n2,5\t1\r\n\r\n4\t4\r\n".encode("utf-16"))
    found = seen(page)
    expect(found.locator("h3")).to_have_text("counts.csv: 3 rows, 2 columns")
    assert [row.split("\t") for row in found.locator("table").inner_text().split("\n")] == [
        ["Line", "wert", "anzahl"],
        ["2", "1,5", "3"],
        ["3", "2,5", "1"],
        ["5", "4", "4"],
    ]
    expect(found.locator("svg path")).to_have_count(1)
    assert address(page) == f"{PAIR}&lang=en" and values(page) == before
    page.evaluate(AXE.read_text(encoding="utf-8"))
    broken = page.evaluate(
        "async () => (await axe.run('dialog[open]')).violations.map((v) => v.id)"
    )
    assert broken == []
    found.locator("[data-target=p]").click()  # outcomes beside a density: one sentence
    expect(dialog.locator("[role=alert]")).to_contain_text("P is discrete and Q is continuous")
    found.locator("input[value=two_samples]").check()
    expect(found.locator("svg path")).to_have_count(2)
    found.locator("input[value=counted]").check()
    found.locator("[data-target=both]").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("[data-action=open]")).to_be_focused()
    page.locator("[data-kind=discrete][aria-pressed=true]").wait_for()
    settle(page)
    assert scene_text(page, "p") == scene_text(page, "q") == "pmf(1.5:3,2.5:1,4:4)"
    want = evaluate(parse("pmf(1.5:3,2.5:1,4:4)"), parse("pmf(1.5:3,2.5:1,4:4)"))
    assert value(page, "entropy_p") == pytest.approx(want["entropy_p"], rel=1e-12)
    page.locator("[data-action=undo]").click()
    page.locator("[data-kind=continuous][aria-pressed=true]").wait_for()
    settle(page)
    assert values(page) == before and scene_text(page, "q") == "normal(2,1)"


def test_text_is_pasted_by_keyboard_on_a_phone(new_page: NewPage, server: live.Server) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    visit(page, server, f"{PAIR}&lang=zh")
    page.locator("[data-action=open]").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("[data-action=choose]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.insert_text("名称;P;Q\n甲<b>;0,5;0,25\n乙;0,5;0,75")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    found = seen(page)
    expect(found.locator("h3")).to_be_focused()
    expect(found.locator("td").first).to_have_text("甲<b>")
    expect(found.locator("b")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate(
        "[...document.querySelectorAll('dialog button, dialog input:not([hidden])')]"
        ".filter((one) => one.getClientRects().length).map((one) => one.getBoundingClientRect())"
        ".filter((box) => box.width < 24 || box.height < 24).length"
    )
    assert small == 0
    use = found.locator("[data-target=pair]")
    for _ in range(6):
        page.keyboard.press("Tab")
        if use.evaluate("(one) => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    page.locator("[data-kind=discrete][aria-pressed=true]").wait_for()
    settle(page)
    assert scene_text(page, "p") == "pmf(甲<b>:0.5,乙:0.5)"


def test_a_saved_scene_reopens_and_what_is_hostile_changes_nothing(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    visit(page, server, f"{PAIR}&lang=en")
    dialog = opened(page)
    told = dialog.locator("[role=alert]")
    t = text.of("en")
    hostile = [
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", t("stage.open_undecoded")),
        ("nul.csv", b"1\x002\n3", "This is no text"),
        ("empty.csv", b"", "This file is empty"),
        ("mark.csv", b"\xef\xbb\xbf", "This file is empty"),
        ("deep.json", b'{"a":' * 3000, "This JSON is damaged"),
        (
            "evil.csv",
            b"a,1\n<img src=x onerror=alert(1)>,2",
            "Line 2: <img src=x onerror=alert(1)>",
        ),
        ("long.csv", b"1" * 5_000_001, "larger than 5 MB"),
    ]
    for name, content, sentence in hostile:
        pick(page, name, content)
        expect(told).to_contain_text(sentence)
        expect(page.locator(".dv-opened")).to_be_hidden()
    assert address(page) == f"{PAIR}&lang=en" and page.locator("dialog img").count() == 0
    saved = {"divviz": 1, "page": "playground", "link": "p=cauchy(0,1)&q=normal(0,1)&unit=bits"}
    page.evaluate(DROP, [".dv-drop", "scene.json", json.dumps(saved)])
    found = seen(page)
    expect(found).to_contain_text("cauchy(0,1)")
    found.locator("[data-action=cancel]").click()
    expect(found).to_be_hidden()
    page.evaluate(DROP, [".dv-drop", "scene.json", json.dumps(saved)])
    seen(page).locator("[data-target=saved]").click()
    page.locator(
        "[data-measure=kl_pq][data-value=inf], [data-measure=kl_pq][data-value=Infinity]"
    ).wait_for()
    settle(page)
    assert address(page).startswith(saved["link"])
    lesson = {"divviz": 1, "page": "surprise", "link": "p=pmf(0.25,0.75)"}
    opened(page)
    page.evaluate(DROP, [".dv-drop", "scene.json", json.dumps(lesson)])
    seen(page).locator("[data-target=saved]").click()
    page.wait_for_url("**page=surprise&p=pmf(0.25,0.75)*")
    page.locator(".dv-lesson").wait_for(state="attached")
    expect(page.locator("[data-measure][data-seq]").first).to_be_visible()
