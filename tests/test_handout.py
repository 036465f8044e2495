"""Pages on paper, as Chromium prints them: read back from the PDF, and the screen afterwards."""

import re
import unicodedata

import live
import pytest
from board import NewPage, settle, visit
from lessons import reading
from lessons import visit as visit_lesson
from pdfs import Sheet, sheets
from playwright.sync_api import Page, expect

from divviz.web import lesson, prose, text

PAPER = {"A4": (595, 842), "Letter": (612, 792)}
STUB = "() => { window.print = () => document.documentElement.setAttribute('data-printed', '') }"


def plain(words: str) -> str:
    """Words as a PDF has them: no blanks, no marks."""
    bare = re.sub(r"\*\*|[*`]", "", words)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", bare))


def handout(page: Page) -> None:
    """Press Print in the Save dialog and wait until every part is there."""
    page.evaluate(STUB)
    page.locator("[data-action=save]").click()
    page.locator("[data-action=print]").click()
    page.locator("html[data-printed]").wait_for(state="attached")
    expect(page.locator("dialog[open]")).to_have_count(0)


def printed(page: Page, size: str) -> tuple[list[Sheet], str]:
    found = sheets(page.pdf(format=size))
    for sheet in found:
        assert (sheet.width, sheet.height) == pytest.approx(PAPER[size], abs=1.5)
    return found, "".join(sheet.text for sheet in found)


@pytest.mark.parametrize(
    ("name", "lang", "theme", "width", "size"),
    [
        ("surprise", "en", "light", 1280, "A4"),
        ("two_directions", "zh", "dark", 390, "Letter"),
    ],
)
def test_a_lesson_on_paper_has_all_its_words_and_questions_and_no_controls(
    new_page: NewPage, server: live.Server, name: str, lang: str, theme: str, width: int, size: str
) -> None:
    page = new_page(color_scheme=theme, viewport={"width": width, "height": 800})
    stem = lesson.stem_of(name)
    assert stem is not None
    visit_lesson(page, server, stem, f"lang={lang}")
    handout(page)
    found, said = printed(page, size)
    assert 3 <= len(found) <= 14 and all(len(sheet.text) > 20 for sheet in found)
    own = prose.of(stem, lang)
    assert said.startswith(plain(own.title))
    for heading in re.findall(r"^#+ (.+)$", "\n".join(s.text for s in own.sections), re.MULTILINE):
        assert plain(heading) in said
    for key, words in own.words.items():
        if re.fullmatch(r"(ask|task)\.\w+", key) and "{" not in words and "$" not in words:
            assert plain(words) in said, key
    t = text.of(lang)
    for key in ("lesson_commit", "lesson_reset", "lesson_next", "undo", "desk_save", "lesson_show"):
        assert plain(t(f"stage.{key}").split("{")[0]) not in said, key
    assert plain(f"?page={name}") in said


def test_paper_is_light_and_open_and_the_screen_is_as_before(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(color_scheme="dark")
    stem = lesson.stem_of("surprise")
    assert stem is not None
    visit_lesson(page, server, stem)
    asked = page.locator(".dv-question").first
    asked.scroll_into_view_if_needed()
    asked.locator(".dv-option").first.click()
    expect(asked.locator(".dv-verdict")).not_to_be_empty()
    kept = page.evaluate("JSON.stringify(localStorage)")
    shares = page.evaluate(
        """() => {
             dispatchEvent(new Event('beforeprint'));
             return [...document.querySelectorAll('.dv-part canvas')]
               .filter((one) => one.clientWidth).map((one) => one.width / one.clientWidth); }"""
    )
    assert shares and min(shares) > 2.9  # pixels of a picture to one of the page
    expect(asked).to_have_attribute("data-answered", "false")
    expect(asked.locator(".dv-option").first).to_be_enabled()
    expect(page.locator(".dv-part[data-theme=dark]")).to_have_count(0)
    assert page.evaluate("document.querySelector('.stMainBlockContainer').clientWidth") == 680
    wide = page.evaluate(
        """() => {
             const edge = document.querySelector('.stMainBlockContainer').getBoundingClientRect();
             return [...document.querySelectorAll('.dv-part canvas, .dv-part svg')]
               .filter((one) => !one.closest('.dv-plotly')) // not seen before it is redrawn
               .map((one) => one.getBoundingClientRect())
               .filter((box) => box.width && box.right > edge.right + 1).length; }"""
    )
    assert wide == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(asked).to_have_attribute("data-answered", "true")
    expect(asked.locator(".dv-verdict")).not_to_be_empty()
    expect(page.locator(".dv-part[data-theme=light], .dv-printed")).to_have_count(0)
    assert page.evaluate("JSON.stringify(localStorage)") == kept
    assert page.evaluate("document.querySelector('.stMainBlockContainer').clientWidth") > 1000


def test_the_playground_on_paper_shows_the_numbers_and_the_link(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    visit(page, server, "p=normal(0,1)&q=normal(2,1)&lang=en")
    expect(reading(page, "kl_pq")).to_have_text("2.000")
    _, said = printed(page, "Letter")
    assert "KL(P‖Q)2.000" in said and "KL(P‖Q)is2.000nats" in said
    assert plain(f"{server.url}?p=normal(0,1)&q=normal(2,1)") in said
    for word in ("Swap P and Q", "Choose an example", "Draw P", "Share"):
        assert plain(word) not in said
    settle(page)
    numbers = ",".join(map(str, range(300)))
    page.goto(f"{server.url}?p=samples({numbers})&q=normal(2,1)&lang=en")
    page.locator("[data-measure=w1][data-seq]").wait_for()
    assert "toolongtoprint" in printed(page, "A4")[1]


def test_where_printing_is_refused_the_page_says_so(new_page: NewPage, server: live.Server) -> None:
    page = new_page()
    visit(page, server)
    handout(page)  # the stub prints nothing, as in a frame without the right to
    told = text.of("en")("stage.print_refused")
    expect(page.locator(".dv-notices")).to_have_text(told)
