"""The lessons in a browser: every page in both languages and themes, and the engine by hand."""

from collections.abc import Iterator
from pathlib import Path

import live
import pytest
from board import NewPage, address, plot_box
from lessons import LESSONS, PHONE, misfits, settle, visit
from playwright.sync_api import Locator, Page, expect

from divviz.web import lesson, prose, text

EACH = [(stem, lang) for stem in LESSONS for lang in text.LANGUAGES]
AXE = Path(__import__("axe_playwright_python").__file__).with_name("axe.min.js")


def number(page: Page) -> Locator:
    return page.locator("[data-measure][data-seq]").first


def every_part(page: Page) -> None:
    """Bring each part into sight and wait until it shows something."""
    for part in page.locator("[data-slot]").all():
        part.scroll_into_view_if_needed()
        expect(part.locator(":scope > *").first).to_be_attached()
        expect(part).not_to_be_empty()
    settle(page)


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds, by all its rules or by those named."""
    found = page.evaluate(
        """async (rules) => (await axe.run({exclude: [['.stAppHeader'], ['.stAppToolbar']]},
                                           rules.length ? {runOnly: rules} : {})).violations""",
        rules,
    )
    return [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("stem", "lang"), EACH)
def test_a_page_is_clean_in_both_themes_and_on_a_phone(
    new_page: NewPage, server: live.Server, stem: str, lang: str
) -> None:
    page = new_page(color_scheme="light")
    visit(page, server, stem, f"lang={lang}")
    every_part(page)
    for fold in page.locator(".dv-details:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()
    settle(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    page.locator(".dv-part[data-theme=dark]").first.wait_for(state="attached")
    assert violations(page, "color-contrast") == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.querySelector('.dv-part').clientWidth < 390")
    assert misfits(page) == []


@pytest.mark.parametrize("stem", LESSONS)
def test_a_page_on_a_phone_answers_its_questions_and_plays_its_animations_by_touch(
    new_page: NewPage, server: live.Server, stem: str
) -> None:
    page = new_page(**PHONE)
    visit(page, server, stem)
    every_part(page)
    asked = page.locator(".dv-question")
    for k in range(asked.count()):
        question = asked.nth(k)
        option = question.locator(".dv-option").first
        if option.count():
            option.tap()
            expect(question.locator(".dv-verdict")).not_to_be_empty()
            question.locator("details > summary").last.tap()
            expect(question.locator(".dv-why")).not_to_be_empty()
    for player in page.locator(".dv-player").all():
        where = player.locator(".dv-where")
        before = where.inner_text()
        player.locator("[data-play=step]:enabled, [data-play=back]:enabled").last.tap()
        expect(where).not_to_have_text(before)
        settle(page)
    for row in page.locator(".dv-choice").all():
        row.locator("button").last.tap()
        settle(page)
    assert misfits(page) == []


# ---- the engine, on the first lesson -------------------------------------------------------------

FIRST = LESSONS[0]


@pytest.fixture
def opened(new_page: NewPage, server: live.Server) -> Iterator[Page]:
    page = new_page()
    visit(page, server, FIRST)
    yield page


def drag_over_the_plot(page: Page) -> None:
    box = plot_box(page)
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.2 * box["height"], steps=12)


def test_numbers_and_sentences_follow_the_hand_and_the_link_its_release(opened: Page) -> None:
    first = number(opened).get_attribute("data-value")
    saying = opened.locator("[data-slot^=say] .dv-say").first
    said = saying.inner_text()
    drag_over_the_plot(opened)
    expect(number(opened)).not_to_have_attribute("data-value", first or "")
    expect(saying).not_to_have_text(said)
    assert "p=" not in address(opened)
    opened.mouse.up()
    settle(opened)
    assert "p=pmf" in address(opened) and f"page={prose.name(FIRST)}" in address(opened)


def test_undo_redo_start_over_and_back_walk_through_the_states(opened: Page) -> None:
    first = number(opened).get_attribute("data-value") or ""
    drag_over_the_plot(opened)
    opened.mouse.up()
    settle(opened)
    drawn = number(opened).get_attribute("data-value") or ""
    opened.locator("[data-action=undo]").click()
    expect(number(opened)).to_have_attribute("data-value", first)
    opened.locator("[data-action=redo]").click()
    expect(number(opened)).to_have_attribute("data-value", drawn)
    settle(opened)
    opened.locator("[data-action=reset]").click()
    expect(number(opened)).to_have_attribute("data-value", first)
    settle(opened)
    opened.evaluate("history.back()")
    expect(number(opened)).to_have_attribute("data-value", drawn)


def test_a_link_opened_in_a_second_window_shows_the_same(
    opened: Page, new_page: NewPage, server: live.Server
) -> None:
    drag_over_the_plot(opened)
    opened.mouse.up()
    settle(opened)
    other = new_page()
    other.goto(opened.url)
    expect(number(other)).to_have_attribute(
        "data-value", number(opened).get_attribute("data-value") or ""
    )


def test_a_prediction_survives_a_reload_is_sent_nowhere_and_can_be_taken_back(
    opened: Page,
) -> None:
    sent: list[str] = []
    opened.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    opened.on("websocket", lambda ws: ws.on("framesent", lambda data: sent.append(str(data))))
    opened.reload()  # so that the sockets are opened under watch
    question = opened.locator(".dv-question:has(.dv-option)").first
    question.locator(".dv-option").last.click()
    verdict = question.locator(".dv-verdict")
    expect(verdict).not_to_be_empty()
    chosen = question.locator(".dv-option[aria-pressed=true]").get_attribute("data-option") or ""
    name = question.get_attribute("data-question") or ""
    said = verdict.inner_text()
    opened.reload()
    expect(verdict).to_have_text(said)
    expect(question.locator(f"[data-option={chosen}]")).to_have_attribute("aria-pressed", "true")
    assert sent and not any(f"ask.{name}" in one or f'"{chosen}"' in one for one in sent)
    question.locator("[data-again]").click()
    expect(question.locator(".dv-result").first).to_be_hidden()


def test_progress_is_told_in_the_contents_of_every_page(opened: Page, server: live.Server) -> None:
    question = opened.locator(".dv-question:has(.dv-option)").first
    question.locator(".dv-option").first.click()
    told = opened.locator(f"[data-progress={prose.name(FIRST)}]")
    expect(told).to_contain_text("1 of")
    opened.locator("[data-part=contents] > summary").click()
    opened.locator(".dv-next").click()
    opened.locator(f".dv-foot a[aria-current=page][href*={prose.name(LESSONS[1])}]").wait_for(
        state="attached"
    )
    expect(told).to_contain_text("1 of")


def test_a_task_is_ticked_when_it_is_reached_and_stays_so(
    opened: Page, server: live.Server
) -> None:
    name, task = next(iter(lesson.tasks(FIRST).items()))
    row = opened.locator(f"[data-task={name}]")
    row.scroll_into_view_if_needed()
    expect(row).to_have_attribute("data-done", "false")
    visit(opened, server, FIRST, task.solution)
    row.scroll_into_view_if_needed()
    expect(row).to_have_attribute("data-done", "true")
    visit(opened, server, FIRST)
    row.scroll_into_view_if_needed()
    expect(row).to_have_attribute("data-done", "true")


def test_nonsense_in_the_link_is_a_notice_and_the_page_is_there(
    page: Page, server: live.Server
) -> None:
    visit(page, server, FIRST, "p=pmf(-1,2)&unit=furlongs")
    expect(page.locator(".dv-notices p")).to_have_count(2)
    code = page.locator("[data-slot=code]")
    code.scroll_into_view_if_needed()  # what comes into sight is asked for
    expect(code.locator("pre")).not_to_be_empty()
    expect(page.locator(".dv-notices p")).to_have_count(2)


def test_the_language_changes_in_place_and_keeps_the_state(opened: Page) -> None:
    drag_over_the_plot(opened)
    opened.mouse.up()
    settle(opened)
    drawn = number(opened).get_attribute("data-value") or ""
    opened.get_by_text(text.LANGUAGES["zh"]).click()
    expect(opened.locator("h1")).to_have_text(prose.title(FIRST, "zh"))
    expect(number(opened)).to_have_attribute("data-value", drawn)
    expect(opened.locator("[data-action=reset]")).to_have_text(text.of("zh")("stage.lesson_reset"))


def test_an_embedded_page_has_no_chrome_and_notes_open_by_the_link(
    page: Page, server: live.Server
) -> None:
    visit(page, server, FIRST, "embed=true&notes=1")
    expect(page.locator("h1")).to_have_count(0)
    expect(page.get_by_test_id("stExpanderDetails")).to_be_visible()


def test_where_storage_is_blocked_a_prediction_lasts_as_long_as_the_page(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    page.add_init_script(
        "Storage.prototype.getItem = Storage.prototype.setItem = () => { throw new Error('no') }"
    )
    visit(page, server, FIRST)
    question = page.locator(".dv-question:has(.dv-option)").first
    question.locator(".dv-option").first.click()
    expect(question.locator(".dv-verdict")).not_to_be_empty()


def test_without_a_server_of_ours_a_lesson_still_follows_the_hand(
    new_page: NewPage, serve: type[live.Server]
) -> None:
    page, plain = new_page(), serve(script="divviz/web/frame.py")
    visit(page, plain, FIRST)
    first = number(page).get_attribute("data-value") or ""
    drag_over_the_plot(page)
    expect(number(page)).not_to_have_attribute("data-value", first)
    page.mouse.up()
    settle(page)
    assert "p=pmf" in address(page)
