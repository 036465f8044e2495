"""Every page in every language, run as Streamlit runs it."""

import re
from collections.abc import Callable

import live
import pytest
from cases import each
from lessons import LESSONS
from playwright.sync_api import Page
from streamlit.testing.v1 import AppTest

from divviz.web import lesson, prose, text
from divviz.web.server import SCRIPT


@pytest.mark.parametrize("lang", text.LANGUAGES)
@pytest.mark.parametrize("stem", prose.stems())
def test_a_page_runs_and_says_its_title_in_its_language(stem: str, lang: str) -> None:
    app = AppTest.from_file(str(SCRIPT))
    app.query_params.update({"lang": lang, "page": prose.name(stem)})
    app.run(timeout=30)
    assert not app.exception
    said = "\n".join(block.value for block in app.markdown)
    assert prose.title(stem, lang) in said
    assert (re.search("[\u4e00-\u9fff]{4}", said) is not None) == (lang == "zh")


@each("lang", text.LANGUAGES)
@each("stem", prose.stems())
def test_every_demo_of_a_page_stands_once_in_each_of_its_texts(stem: str, lang: str) -> None:
    assert sorted(prose.of(stem, lang).markers) == sorted(lesson.demos(stem))


def test_an_unknown_page_in_the_address_shows_the_first() -> None:
    app = AppTest.from_file(str(SCRIPT))
    app.query_params.update({"lang": "en", "page": "nowhere"})
    app.run(timeout=30)
    assert not app.exception
    assert prose.title(prose.stems()[0], "en") in app.markdown[0].value


# Those with lessons are opened so in test_lesson_page.
@pytest.mark.parametrize("stem", [stem for stem in prose.stems() if stem not in LESSONS])
def test_a_page_named_in_the_query_opens_without_a_word_about_it(
    new_page: Callable[..., Page], server: live.Server, stem: str
) -> None:
    page = new_page()
    page.goto(f"{server.url}?page={prose.name(stem)}")
    page.locator("[data-measure][data-seq], .stMain iframe, .dv-forget").first.wait_for()
    assert page.get_by_role("dialog").count() == 0
