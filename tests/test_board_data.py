"""Families, fits and a visitor's own numbers on the board in a real browser."""

import math
from pathlib import Path

import live
import pytest
from board import (
    NewPage,
    address,
    number,
    scene_text,
    settle,
    stroke,
    too_small,
    value,
    violations,
    visit,
)
from playwright.sync_api import Page, expect

import divviz
from divviz.families import FAMILIES

NORMALS = "p=normal(0,1)&q=normal(1,2)"


def give(page: Page, side: str, text: str, how: str = "samples", choice: str = "") -> None:
    """Type numbers for a side and say what they are to become."""
    panel = page.locator(f'[data-part="data.{side}"]')
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    page.locator(f"[data-numbers={side}]").fill(text)
    page.locator(f"[data-how={side}]").select_option(how)
    if choice:
        chooser = "rule" if how == "histogram" else "member"
        page.locator(f"[data-{chooser}={side}]").select_option(choice)
    page.locator(f"[data-use={side}]").click()
    settle(page)


# ---- families -----------------------------------------------------------------------------------


def test_the_families_stand_in_groups_in_the_readers_language(
    page: Page, server: live.Server
) -> None:
    visit(page, server, NORMALS)
    groups = page.locator("[data-family=p] optgroup")
    assert groups.count() == 7
    offered = page.locator("[data-family=p] option").evaluate_all("all => all.map((o) => o.value)")
    assert set(offered) == {
        n for n, f in FAMILIES.items() if f.kind in ("continuous", "either")
    } | {"samples"}
    visit(page, server, f"{NORMALS}&lang=zh")
    assert groups.first.get_attribute("label") == "手绘"


@pytest.mark.parametrize("query", [NORMALS, "p=pmf(1,2,3)&q=binomial(4,0.3)"])
def test_every_family_is_chosen_and_has_its_sliders(
    page: Page, server: live.Server, query: str
) -> None:
    visit(page, server, query)
    names = page.locator("[data-family=q] option").evaluate_all("all => all.map((o) => o.value)")
    for name in names:
        if name in ("samples", "histogram", "fitted"):
            continue
        page.locator("[data-family=q]").select_option(name)
        settle(page)
        assert scene_text(page, "q").startswith(f"{name}("), name
        rows = page.locator('.dv-side-q input[type="range"]').count()
        assert rows >= len(FAMILIES[name].params)
        expect(page.locator(".dv-notices")).not_to_contain_text("reload")


def test_a_wrapper_wraps_what_is_there_and_another_family_unwraps_it(
    page: Page, server: live.Server
) -> None:
    visit(page, server, "p=normal(0,1)&q=laplace(1,2)")
    for name in ("truncated", "shifted", "scaled"):
        page.locator("[data-family=q]").select_option(name)
        settle(page)
        assert scene_text(page, "q").startswith(f"{name}(laplace(1,2),")
    page.locator('[data-param="q.by"]').fill("3")
    settle(page)
    assert scene_text(page, "q") == "scaled(laplace(1,2),3)"
    page.locator('[data-param="q.1.b"]').fill("1")
    settle(page)
    assert scene_text(page, "q") == "scaled(laplace(1,1),3)"
    page.locator("[data-family=q]").select_option("laplace")
    settle(page)
    assert scene_text(page, "q") == "laplace(1,1)"


def test_the_ends_of_a_truncation_are_dragged_on_the_plot(page: Page, server: live.Server) -> None:
    visit(page, server, "p=normal(0,1)&q=truncated(normal(0,1),-1,1)")
    page.get_by_role("slider", name="Q: right end").focus()
    page.keyboard.press("PageUp")
    settle(page)
    _, right = divviz.parse(scene_text(page, "q")).args[0]
    assert right > 1.2 and value(page, "kl_pq") == math.inf


def test_a_fit_minimises_what_the_visitor_chooses(page: Page, server: live.Server) -> None:
    visit(page, server, "p=mixture(0.5*normal(-3,0.5)+0.5*normal(3,1))&q=normal(0,1)")
    page.locator("[data-fit=p]").select_option("normal")
    settle(page)
    assert divviz.parse(scene_text(page, "p")).args[0] == pytest.approx(0, abs=1e-5)
    page.locator("[data-action=undo]").click()
    settle(page)
    page.locator("[data-objective=p]").select_option("kl_qp")
    page.locator("[data-fit=p]").select_option("normal")
    settle(page)
    assert divviz.parse(scene_text(page, "p")).args[0] > 2.9
    expect(page.locator(".dv-notices")).to_contain_text("KL(Q‖P)")


# ---- numbers of the visitor's own ---------------------------------------------------------------


def test_pasted_numbers_become_a_sample_a_histogram_or_a_fit(
    page: Page, server: live.Server
) -> None:
    visit(page, server, NORMALS)
    give(page, "q", "1.5; 2.5\n2.5 4", "histogram", "sturges")
    assert scene_text(page, "q") == "histogram(sturges,1.5,2.5,2.5,4)"
    expect(page.locator(".dv-side-q .dv-made")).to_have_text(
        "Histogram of 4 numbers, 3 bins by Sturges"
    )
    give(page, "q", "1 3", "fitted", "normal")
    assert scene_text(page, "q") == "fitted(normal,1,3)"
    assert value(page, "kl_pq") == pytest.approx(2.0)  # normal(2,1)
    page.locator('[data-param="q.mu"]').fill("3")
    settle(page)
    assert scene_text(page, "q") == "normal(3,1)"
    page.locator("[data-action=undo]").click()
    settle(page)
    expect(page.locator(".dv-side-q .dv-made")).to_have_text(
        "Fitted Normal by maximum likelihood to 2 numbers"
    )


def test_a_family_made_of_numbers_opens_the_place_for_them(page: Page, server: live.Server) -> None:
    visit(page, server, NORMALS)
    page.locator("[data-family=q]").select_option("fitted")
    field = page.locator("[data-numbers=q]")
    expect(field).to_be_focused()
    assert page.locator("[data-how=q]").input_value() == "fitted"
    assert page.locator("[data-family=q]").input_value() == "normal"  # nothing changed yet
    page.keyboard.type("2 4")
    page.locator("[data-use=q]").press("Enter")
    settle(page)
    assert scene_text(page, "q") == "fitted(normal,2,4)"
    page.locator("[data-family=q]").select_option("histogram")  # of the numbers that are there
    settle(page)
    assert scene_text(page, "q").startswith("histogram(fd,2,4")


def test_wrong_numbers_are_told_and_nothing_is_lost(page: Page, server: live.Server) -> None:
    visit(page, server, NORMALS)
    notice, before = page.locator(".dv-notices p"), ""
    for text in ("", "one two", "1,000", "1 1 1"):
        give(page, "p", text, "histogram")
        expect(notice).to_have_count(1)
        expect(notice).not_to_have_text(before)
        before = notice.inner_text()
        assert address(page) == NORMALS
        assert page.locator("[data-numbers=p]").input_value() == text


def test_a_file_is_read_in_the_browser_and_one_too_large_is_told(
    page: Page, server: live.Server, tmp_path: Path
) -> None:
    visit(page, server, NORMALS)
    page.locator('[data-part="data.p"] summary').click()
    table = tmp_path / "heights.csv"
    table.write_text("name,height\nAda,1.5\nBob,2.5\nCy,2.5\n")
    page.locator("[data-file=p]").set_input_files(table)
    page.wait_for_url("**p=samples(1.5,2.5,2.5)**")
    large = tmp_path / "large.csv"
    large.write_text("1\n" * 2_600_000)
    page.locator("[data-file=p]").set_input_files(large)
    expect(page.locator(".dv-notices")).to_contain_text("5 MB")
    assert scene_text(page, "p") == "samples(1.5,2.5,2.5)"


def test_a_sample_against_a_density_shows_what_can_be_compared(
    page: Page, server: live.Server
) -> None:
    visit(page, server, NORMALS)
    give(page, "q", "0 1 1 2 4")
    expect(page.locator(".dv-top")).to_contain_text("Q is a sample")
    assert number(page, "kl_pq").inner_text() == "–"
    expect(page.locator("[data-show=kl_pq] .dv-reason")).to_have_text("Q has no density")
    p, q = divviz.parse("normal(0,1)"), divviz.parse("samples(0,1,1,2,4)")
    assert value(page, "w1") == divviz.measure("w1", p, q)
    assert len(page.locator(".dv-marks.dv-q").get_attribute("d") or "") > 20
    expect(page.locator("[data-hand=q]")).to_be_disabled()
    page.locator("[data-hand=p]").scroll_into_view_if_needed()
    stroke(page, (0.2, 0.2), (0.8, 0.8), steps=6)
    assert scene_text(page, "p").startswith("drawn(") and scene_text(page, "q").startswith(
        "samples("
    )
    page.locator("[data-kind=continuous]").click()
    settle(page)
    assert scene_text(page, "q").startswith("histogram(fd,")
    expect(page.locator("[data-hand=q]")).to_be_enabled()


def test_estimates_are_made_when_their_list_is_opened(page: Page, server: live.Server) -> None:
    visit(page, server, "p=samples(1,2,2,3,5,8)&q=samples(1,2,3,3,5,9,9)")
    expect(page.locator(".dv-estimates")).to_have_count(0)
    page.get_by_text("Estimates from the samples").click()
    rows = page.locator(".dv-estimates tbody tr")
    expect(rows).to_have_count(10)
    expect(rows.first).to_contain_text("Plug-in")
    expect(rows.first).to_contain_text(f"{value(page, 'entropy_p'):.3f} nats")
    visit(page, server, NORMALS)
    expect(page.get_by_text("Estimates from the samples")).to_be_hidden()


def test_numbers_too_long_for_a_link_keep_the_page_working_and_travel_once(
    page: Page, server: live.Server
) -> None:
    sizes: list[int] = []

    def watch(socket: object) -> None:
        if socket.url.endswith("/divviz/live"):  # type: ignore[attr-defined]
            socket.on("framesent", lambda frame: sizes.append(len(frame)))  # type: ignore[attr-defined]

    with live.heard(page, websocket=watch):
        visit(page, server, NORMALS)
        give(page, "p", " ".join(str((i * 37 % 1009) / 100) for i in range(2000)))
        expect(page.locator(".dv-notices")).to_contain_text("too long for a link")
        assert address(page) == NORMALS
        expect(page.locator(".dv-side-p .dv-made")).to_have_text("Sample of 2000 numbers")
        track = page.locator('[data-param="q.mu"]').bounding_box()
        assert track is not None
        y = track["y"] + track["height"] / 2
        page.mouse.move(track["x"] + 0.5 * track["width"], y)
        page.mouse.down()
        page.mouse.move(track["x"] + 0.8 * track["width"], y, steps=30)
        page.mouse.up()
        settle(page)
    assert len(sizes) > 3 and sum(size > 2000 for size in sizes) == 1
    mu = float(page.locator('[data-param="q.mu"]').input_value())
    assert math.isnan(value(page, "cross_entropy_pq"))
    assert value(page, "entropy_q") == pytest.approx(0.5 * math.log(2 * math.pi * math.e * 4))
    assert mu > 3
    page.locator("[data-how=p]").select_option("fitted")
    page.locator("[data-use=p]").click()
    settle(page)
    assert scene_text(page, "p").startswith("normal(")
    expect(page.locator(".dv-notices")).to_contain_text("2000 numbers")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_no_violation_with_everything_open(
    new_page: NewPage, server: live.Server, width: int, theme: str
) -> None:
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
    visit(page, server, "p=samples(1,2,2,3,5,8)&q=normal(2,2)&show=wasserstein(3)")
    for summary in page.locator(".dv-board summary:visible").all():
        summary.click()
    settle(page)
    page.locator(".dv-estimates").wait_for()
    page.locator(".dv-figure .main-svg").first.wait_for()
    assert violations(page) == []
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    assert too_small(page) == []
