"""The privacy page tells the truth: what a visit stores and loads, and what the button clears."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import live
import pytest
from board import NewPage, visit
from lessons import visit as visit_lesson
from playwright.sync_api import Page, Request, expect

from divviz.web import lesson, prose, text

STEM = "30_privacy"
STORED = "[Object.keys(localStorage), Object.keys(sessionStorage), document.cookie]"
OTHER = "async () => [(await indexedDB.databases()).length, (await caches.keys()).length]"


def words(lang: str) -> Callable[..., str]:
    return prose.translator(STEM, lang)


def answer_a_question(page: Page) -> None:
    asked = page.locator(".dv-question").first
    asked.scroll_into_view_if_needed()
    asked.locator(".dv-option").first.click()
    expect(asked.locator(".dv-verdict")).not_to_be_empty()


def test_a_visit_leaves_no_cookie_and_only_what_the_page_names_and_loads_nothing_from_elsewhere(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    hosts: set[str] = set()

    def note(request: Request) -> None:
        hosts.add(urlsplit(request.url).hostname or "")

    page.on("request", note)
    visit(page, server)
    stem = lesson.stem_of("surprise")
    assert stem is not None
    visit_lesson(page, server, stem)
    answer_a_question(page)
    local, session, cookies = page.evaluate(STORED)
    assert (session, cookies, page.context.cookies()) == ([], "", [])
    assert sorted(key.split("-")[0] for key in local) == ["divviz.surprise", "stActiveTheme"]
    assert page.evaluate(OTHER) == [0, 0]
    assert hosts - {""} == {"127.0.0.1"}
    for lang in text.LANGUAGES:
        assert "Streamlit" in " ".join(section.text for section in prose.of(STEM, lang).sections)


@pytest.mark.parametrize(("lang", "width", "theme"), [("en", 1280, "light"), ("zh", 390, "dark")])
def test_one_button_clears_all_of_it_says_so_and_leaves_other_sites_alone(
    new_page: NewPage, server: live.Server, lang: str, width: int, theme: str
) -> None:
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
    page.goto(f"{server.url}healthz")
    kept = {"divviz.surprise": json.dumps({"ask.x": 1}), "divviz.playground": "{}", "other": "1"}
    page.evaluate(
        "(kept) => Object.entries(kept).forEach((one) => localStorage.setItem(...one))", kept
    )
    page.goto(f"{server.url}?page=privacy&lang={lang}")
    button, told = page.locator("[data-action=forget]"), page.locator(".dv-forget [role=status]")
    expect(told).to_be_empty()
    t = words(lang)
    button.focus()
    page.keyboard.press("Enter")
    expect(told).to_contain_text(t("pages").replace("{count}", "2"))
    expect(told).to_contain_text(t("theme"))
    assert page.evaluate("Object.keys(localStorage)") == ["other"]
    button.click()
    expect(told).to_have_text(t("none"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_another_tab_forgets_too_and_every_page_leads_here(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    stem = lesson.stem_of("surprise")
    assert stem is not None
    visit_lesson(page, server, stem, "lang=en")
    answer_a_question(page)
    foot = page.locator("[data-part=contents]")
    foot.locator("summary").click()
    link = foot.get_by_role("link", name=prose.title(STEM, "en"))
    expect(link).to_be_visible()
    other = page.context.new_page()
    other.goto(str(link.get_attribute("href")))
    other.locator("[data-action=forget]").click()
    expect(other.locator(".dv-forget [role=status]")).not_to_be_empty()
    other.close()
    assert "divviz.surprise" not in page.evaluate("Object.keys(localStorage)")
    page.locator("[data-task] button, .dv-question [data-again]").first.click()
    again = page.locator(".dv-question").first
    expect(again).to_have_attribute("data-answered", "false")
