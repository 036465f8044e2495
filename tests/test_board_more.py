"""The numbers beyond the first nine in a real browser: a list that opens, orders, links."""

import math

import live
import pytest
from board import NewPage, address, number, scene_text, settle, value, visit
from playwright.sync_api import Page, expect

import divviz
from divviz.measures import FIRST, MEASURES

REST = [key for key in MEASURES if key not in FIRST]
NORMALS = "p=normal(0,1)&q=normal(1,2)"


def open_list(page: Page) -> None:
    page.get_by_role("button", name="More numbers").click()
    settle(page)


def test_the_list_is_closed_at_first_and_lists_all_the_others(
    page: Page, server: live.Server
) -> None:
    visit(page, server, NORMALS)
    button = page.get_by_role("button", name="More numbers")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator("[data-show=tv]")).to_be_hidden()
    open_list(page)
    expect(button).to_have_attribute("aria-expanded", "true")
    p, q = divviz.parse("normal(0,1)"), divviz.parse("normal(1,2)")
    wanted = divviz.evaluate(p, q)
    for key in REST:
        expect(page.locator(f"[data-show={key}]")).to_be_visible()
        if key in wanted:
            assert value(page, key) == wanted[key], key
    assert "show=" not in address(page)  # what is open belongs to the browser
    button.click()
    expect(page.locator("[data-show=tv]")).to_be_hidden()


def test_an_open_list_follows_the_hand_and_ends_at_the_last_value(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=normal(1,1)")
    open_list(page)
    page.set_viewport_size({"width": 1280, "height": 1600})
    track = page.locator('[data-param="q.mu"]').bounding_box()
    assert track is not None
    y = track["y"] + track["height"] / 2
    page.mouse.move(track["x"] + 0.55 * track["width"], y)
    page.mouse.down()
    seen: dict[str, set[float]] = {"tv": set(), "bhattacharyya_distance": set()}
    for i in range(60):
        page.mouse.move(track["x"] + (0.55 + i * 0.005) * track["width"], y)
        page.wait_for_timeout(20)
        for key, found in seen.items():
            found.add(value(page, key))
    assert all(len(found) > 2 for found in seen.values())  # while the button is still down
    page.mouse.up()
    settle(page)
    mu = float(scene_text(page, "q").removeprefix("normal(").split(",")[0])
    # two normals of width 1, mu apart: -log BC = mu^2 / 8, Renyi of order 2 = mu^2
    assert value(page, "bhattacharyya_distance") == pytest.approx(mu**2 / 8, rel=1e-9)
    assert value(page, "renyi") == pytest.approx(mu**2, rel=1e-9)
    expect(page.locator(".dv-late")).to_have_count(0)


def test_a_number_of_the_list_is_shown_with_its_picture_its_sentence_and_its_slider(
    page: Page, server: live.Server
) -> None:
    visit(page, server, NORMALS)
    open_list(page)
    page.locator("[data-show=renyi]").click()
    settle(page)
    assert "show=renyi(2)" in address(page)
    expect(page.locator("[data-show=renyi]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".dv-picked")).to_have_text("Rényi divergence of P from Q")
    expect(page.locator(".dv-sentence")).to_contain_text("Dα(P‖Q)")
    page.locator(".dv-figure:not(.dv-sketched) .main-svg").first.wait_for()
    slider = page.get_by_role("slider", name="α, order")
    slider.focus()
    page.keyboard.press("Home")
    settle(page)
    assert "show=renyi(0)" in address(page) and value(page, "renyi") == 0
    page.keyboard.press("End")
    settle(page)
    assert "show=renyi(5)" in address(page)
    expect(slider).to_be_focused()
    page.get_by_role("button", name="Infinity").click()
    settle(page)
    assert "show=renyi(inf)" in address(page)
    p, q = divviz.parse("normal(0,1)"), divviz.parse("normal(1,2)")
    assert value(page, "renyi") == divviz.measure("renyi", p, q, alpha=math.inf)
    field = page.locator(".dv-chosen input[type=text]")
    assert field.input_value() == "∞"
    for typed, wanted in (("0,5", "renyi(0.5)"), ("inf", "renyi(inf)")):
        field.fill(typed)
        field.press("Enter")
        settle(page)
        assert f"show={wanted}" in address(page)


def test_a_link_to_a_number_of_the_list_opens_it(page: Page, server: live.Server) -> None:
    visit(page, server, f"{NORMALS}&show=wasserstein(inf)")
    expect(page.locator("[data-show=wasserstein]")).to_be_visible()
    settle(page)
    assert value(page, "wasserstein") == math.inf
    expect(page.locator("[data-show=wasserstein] .dv-reason")).not_to_be_empty()
    expect(page.locator("[data-part=chosen-value]")).to_have_text("∞")
    page.locator("[data-show=kl_pq]").click()
    settle(page)
    expect(page.locator(".dv-chosen")).to_be_hidden()


def test_the_chosen_number_stays_in_sight_with_the_list_closed(
    page: Page, server: live.Server
) -> None:
    visit(page, server, f"{NORMALS}&show=tv")
    page.get_by_role("button", name="More numbers").click()
    page.locator('[data-param="q.mu"]').fill("3")
    settle(page)
    p, q = divviz.parse("normal(0,1)"), divviz.parse("normal(3,2)")
    shown = page.locator("[data-part=chosen-value]").get_attribute("data-value")
    assert float(shown or "nan") == divviz.measure("tv", p, q)


def test_the_weight_of_js_has_a_slider(page: Page, server: live.Server) -> None:
    visit(page, server, "p=pmf(1,0)&q=pmf(0,1)&show=js")
    page.get_by_role("slider", name="w, weight of P").fill("0.25")
    settle(page)
    assert "show=js(0.25)" in address(page)
    assert value(page, "js") == pytest.approx(-0.25 * math.log(0.25) - 0.75 * math.log(0.75))


def test_an_undefined_number_is_a_dash_with_its_reason(page: Page, server: live.Server) -> None:
    visit(page, server, "p=poisson(3)&q=poisson(4)&show=mse")
    settle(page)
    assert number(page, "mse").inner_text() == "–"
    expect(page.locator("[data-show=mse] .dv-reason")).not_to_be_empty()
    assert math.isnan(value(page, "mse"))


def test_on_a_phone_the_list_is_one_column_without_sideways_scrolling(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    visit(page, server, f"{NORMALS}&show=mmd(2)&lang=zh")
    settle(page)
    boxes = [page.locator(f"[data-show={key}]").bounding_box() for key in REST]
    assert {round(box["x"]) for box in boxes if box} == {round(boxes[0]["x"])}  # type: ignore[index]
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
