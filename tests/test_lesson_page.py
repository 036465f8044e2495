"""The lessons in a browser: every page in both languages and themes, and the engine by hand."""

from collections.abc import Iterator

import live
import pytest
from board import AXE as AXE
from board import NewPage, address, plot_box, violations
from lessons import LESSONS, PHONE, misfits, settle, tap, visit
from playwright.sync_api import Locator, Page, Request, WebSocket, expect

from divviz.web import lesson, prose, text


def number(page: Page) -> Locator:
    return page.locator("[data-measure][data-seq]").first


def every_part(page: Page) -> None:
    """Bring each part into sight and wait until it shows something."""
    for part in page.locator("[data-slot]").all():
        part.scroll_into_view_if_needed()
        expect(part.locator(":scope > *").first).to_be_attached()
        expect(part).not_to_be_empty()
    settle(page)


def open_folds(page: Page) -> None:
    for fold in page.locator(".dv-details:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()
    settle(page)


@pytest.mark.parametrize("stem", LESSONS)
def test_a_page_is_clean_on_a_desk_and_its_words_fit_a_phone(
    new_page: NewPage, server: live.Server, stem: str
) -> None:
    page = new_page(color_scheme="light")
    visit(page, server, stem)
    every_part(page)
    open_folds(page)
    assert page.get_by_role("dialog").count() == 0  # of Streamlit, about a page it does not know
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("document.querySelector('.dv-part').clientWidth < 390")
    assert misfits(page) == []


@pytest.mark.parametrize("stem", LESSONS)
def test_on_a_phone_a_page_answers_and_plays_by_touch_and_is_clean_in_the_dark(
    new_page: NewPage, server: live.Server, stem: str
) -> None:
    page = new_page(**PHONE, color_scheme="dark")
    visit(page, server, stem, "lang=zh")
    every_part(page)
    answer_all(page)
    for player in page.locator(".dv-player").all():
        where = player.locator(".dv-where")
        before = where.inner_text()
        tap(player.locator("[data-play=step]:enabled, [data-play=back]:enabled").last)
        expect(where).not_to_have_text(before)
        settle(page)
    for row in page.locator(".dv-choice").all():
        tap(row.locator("button").last)
        settle(page)
    open_folds(page)
    assert misfits(page) == []
    page.locator(".dv-part[data-theme=dark]").first.wait_for(state="attached")
    assert violations(page) == []


def answer_all(page: Page) -> None:
    """Tap the first answer of every question that has some, and its explanation."""
    for question in page.locator(".dv-question:has(.dv-option)").all():
        tap(question.locator(".dv-option").first)
        expect(question.locator(".dv-verdict")).not_to_be_empty()
        tap(question.locator("details > summary").last)
        expect(question.locator(".dv-why")).not_to_be_empty()


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


def test_a_link_opened_on_a_phone_shows_the_same(opened: Page, new_page: NewPage) -> None:
    drag_over_the_plot(opened)
    opened.mouse.up()
    settle(opened)
    other = new_page(**PHONE)
    other.goto(opened.url)
    expect(number(other)).to_have_attribute(
        "data-value", number(opened).get_attribute("data-value") or ""
    )


def test_a_prediction_survives_a_reload_is_sent_nowhere_and_can_be_taken_back(
    opened: Page,
) -> None:
    sent: list[str] = []

    def note_request(request: Request) -> None:
        sent.append(f"{request.url} {request.post_data}")

    def note_frames(socket: WebSocket) -> None:
        socket.on("framesent", lambda data: sent.append(str(data)))

    with live.heard(opened, request=note_request, websocket=note_frames):
        opened.reload()  # so that the sockets are opened under watch
        question = opened.locator(".dv-question:has(.dv-option)").first
        question.locator(".dv-option").last.click()
        verdict = question.locator(".dv-verdict")
        expect(verdict).not_to_be_empty()
        pressed = question.locator(".dv-option[aria-pressed=true]")
        chosen = pressed.get_attribute("data-option") or ""
        name = question.get_attribute("data-question") or ""
        said = verdict.inner_text()
        opened.reload()
        expect(verdict).to_have_text(said)
        remembered = question.locator(f"[data-option={chosen}]")
        expect(remembered).to_have_attribute("aria-pressed", "true")
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
