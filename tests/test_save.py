"""The Save dialog in a browser, by keyboard: what it saves is read by readers that are not ours."""

import csv
import io
import json
import re
import struct
import zlib
from pathlib import Path
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import board
import lessons
import live
import pytest
from board import NewPage
from playwright.sync_api import Download, Page, expect

from divviz.scene import read_link

SVG = "{http://www.w3.org/2000/svg}"
AXE = Path(__import__("axe_playwright_python").__file__).with_name("axe.min.js")
NAMES = ["=1/0", "猫<b>", "plain"]
PAIR = f"p=pmf({NAMES[0]}:1,{NAMES[1]}:2,plain:3)&q=pmf({NAMES[0]}:3,{NAMES[1]}:2,plain:1)"
SCENE = f"{PAIR}&unit=bits&show=js"


def opened(page: Page) -> None:
    """Open the dialog by keyboard and wait for what it holds."""
    page.locator("[data-action=save]").focus()
    page.keyboard.press("Enter")
    page.locator(".dv-dialog[data-dialog=save] img").first.wait_for()


def saved(page: Page, key: str, ending: str) -> bytes:
    """The file that a button gives; its name is plain, and said."""
    page.locator(f".dv-savekeys [data-save='{key}']").focus()
    with page.expect_download() as started:
        page.keyboard.press("Enter")
    given: Download = started.value
    name = given.suggested_filename
    assert re.fullmatch(rf"divviz(-[a-z0-9_]+)+-\d{{4}}-\d\d-\d\d\.{ending}", name), name
    expect(page.locator(".dv-savetold")).to_contain_text(name)
    return Path(given.path()).read_bytes()


def drawing(content: bytes) -> tuple[ElementTree.Element, str]:
    """An SVG file and all of its text; it asks for nothing from elsewhere and runs nothing."""
    root = ElementTree.fromstring(content)
    assert root.tag == f"{SVG}svg"
    names = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert names <= {"svg", "title", "desc", "defs", "g", "path", "rect", "text", "pattern", "line",
                     "clipPath"}  # fmt: skip
    values = [value for node in root.iter() for value in node.attrib.values()]
    assert not [value for value in values if "//" in value or "var(" in value]
    assert not [node for node in root.iter() if {"style", "class", "href"} & node.attrib.keys()]
    ids = {node.get("id") for node in root.iter()}
    used = {name for value in values for name in re.findall(r"url\(#(.+?)\)", value)}
    assert used <= ids
    return root, "".join(node.text or "" for node in root.iter(f"{SVG}text"))


def pixels(content: bytes) -> tuple[int, int, int]:
    """The size of a PNG, and how many different bytes its picture holds."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n" and content[12:16] == b"IHDR"
    at, data = 8, b""
    while at < len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        if content[at + 4 : at + 8] == b"IDAT":
            data += content[at + 8 : at + 8 + size]
        at += 12 + size
    width, height = struct.unpack(">II", content[16:24])
    return width, height, len(set(zlib.decompress(data)))


def rows(content: bytes) -> dict[str, dict[str, str]]:
    table = io.StringIO(content.decode("utf-8-sig"), newline="")
    return {row["measure"]: row for row in csv.DictReader(table)}


def same_size(svg: ElementTree.Element, png: bytes) -> None:
    width, height, kinds = pixels(png)
    assert (width, height) == (2 * float(svg.get("width", 0)), 2 * float(svg.get("height", 0)))
    assert kinds > 20, "an empty picture"


def unfit(page: Page, width: int) -> list[str]:
    wide: list[str] = page.evaluate(
        """(width) => [...document.querySelectorAll('.dv-dialog *')]
             .filter((one) => one.getBoundingClientRect().right > width + 1)
             .map((one) => one.outerHTML.slice(0, 200))""",
        width,
    )
    return wide + board.too_small(page, ".dv-dialog")


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run('.dv-dialog')).violations")
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


def test_the_board_is_saved_as_pictures_numbers_and_programs(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    board.visit(page, server, SCENE)
    shown = board.values(page)
    opened(page)
    assert violations(page) == [] and unfit(page, 1280) == []
    link = f"{server.url}?page=playground&{quote(PAIR, safe='&=(),:/')}&unit=bits&show=js"

    svg, said = drawing(saved(page, "svg.2", "svg"))
    assert svg.find(f"{SVG}title").text in said and "P = pmf(=1/0:1,猫<b>:2,plain:3)" in said
    address = said[said.index(server.url) :]
    assert read_link(urlsplit(address).query) == read_link(SCENE)
    assert f"Unit: bits{address}" in said and address in (svg.find(f"{SVG}desc").text or "")
    assert urlsplit(address).query.startswith("page=playground&p=pmf(%3D1") and link[:40] in address
    plot, names = drawing(saved(page, "svg.1", "svg"))
    assert all(name in names for name in NAMES) and plot.find(f".//{SVG}pattern") is not None
    same_size(plot, saved(page, "png.1", "png"))

    table = rows(saved(page, "numbers", "csv"))
    for key, value in shown.items():
        assert float(table[key]["value"]) == pytest.approx(value, rel=1e-12), key
    told = json.loads(saved(page, "json", "json"))
    assert read_link(told["link"]) == read_link(SCENE) and told["divviz"] == 1
    assert told["outcomes"]["outcome"] == NAMES
    assert told["numbers"]["js"]["value"] == pytest.approx(shown["js"], rel=1e-12)
    assert b"'=1/0," in saved(page, "outcomes", "csv")

    page.locator("[data-copy=divviz]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".dv-savetold")).to_have_text("Copied: Python with DivViz, all digits")
    program = page.evaluate("navigator.clipboard.readText()")
    assert program.encode() == saved(page, "divviz", "py")
    page.keyboard.press("Escape")
    expect(page.locator(".dv-dialog")).to_have_count(0)
    expect(page.locator("[data-action=save]")).to_be_focused()


def refuse_clipboard(page: Page) -> None:
    page.evaluate(
        """() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
                   document.execCommand = () => false; }"""
    )


def test_a_lesson_on_a_phone_saves_light_pictures_of_its_own(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    lessons.visit(page, server, "07_mutual_information", "lang=zh")
    refuse_clipboard(page)
    opened(page)
    assert violations(page) == [] and unfit(page, 390) == []
    svg, said = drawing(saved(page, "svg.1", "svg"))
    ground = svg.find(f"{SVG}rect")
    assert ground is not None and ground.get("fill") == "#ffffff"
    assert "互信息" in said and "X=1" in said and "单位：比特" in said
    assert said.endswith(f"{server.url}?page=mutual_information&p=bernoulli(0.1)&q=bernoulli(0.9)")
    cells = [node for node in svg.iter(f"{SVG}text") if node.get("font-size") == "16"]
    assert [node.text for node in cells] == [*"4211", *"2411", *"2222", *"8000"]
    same_size(svg, saved(page, "png.1", "png"))

    readings = json.loads(saved(page, "json", "json"))["readings"]
    own = {row["name"]: row["value"] for row in readings}
    assert len(own) == len(readings) >= 6
    for name in ("table.information", "table.h_xy", "channel.capacity"):
        shown = page.locator(f"[data-measure='{name}'][data-seq]").first
        assert own[name] == pytest.approx(float(shown.get_attribute("data-value") or ""), rel=1e-12)

    page.locator("[data-copy=latex]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".dv-savetold")).to_contain_text("Ctrl+C")
    field = page.locator(".dv-copyfield")
    expect(field).to_be_focused()
    assert r"\begin{document}" in page.evaluate("getSelection().toString()")
    page.locator("[data-save=scipy]").focus()
    with page.expect_download():
        page.keyboard.press("Enter")
    expect(field).to_be_hidden()


def test_what_cannot_be_saved_is_said_and_the_rest_can(page: Page, server: live.Server) -> None:
    board.visit(page, server, "p=samples(1,2,2.5,7)&q=normal(2,1)&show=w1")
    opened(page)
    page.locator("[data-save=torch]").click()
    expect(page.locator(".dv-savetold")).to_contain_text("choose another library")
    table = rows(saved(page, "numbers", "csv"))
    assert table["kl_pq"]["value"] == "" and table["kl_pq"]["reason"]
    assert float(table["w1"]["value"]) == pytest.approx(board.value(page, "w1"), rel=1e-12)
    drawing(saved(page, "svg.1", "svg"))
