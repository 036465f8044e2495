"""Fixtures: the program as it is served, and a browser that lets no error pass."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import live
import pytest
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

# make test PYTEST_FLAGS=--hypothesis-profile=thorough draws ten times as many examples.
settings.register_profile("thorough", max_examples=1000)


@pytest.fixture(scope="session")
def server() -> Iterator[live.Server]:
    """The program, one for all tests; a test that stops or restarts it takes its own from serve."""
    with live.Server() as running:
        yield running


@pytest.fixture
def serve() -> Iterator[Callable[..., live.Server]]:
    """Start a server of the test's own: serve(*options, **environment)."""
    with ExitStack() as stack:
        yield lambda *options, **env: stack.enter_context(live.Server(*options, **env))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        browser = live.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Iterator[live.Tabs]:
    """The tabs that tests hand on to each other."""
    with live.Tabs(browser) as kept:
        yield kept


@pytest.fixture
def new_page(tabs: live.Tabs) -> Iterator[Callable[..., Page]]:
    """Open a page that knows nothing: new_page(allow=None, **browser.new_context's options).

    The test fails if one logs an error or lets one through, unless `allow` (a regular expression)
    matches it: a page whose server is restarted does complain about its lost connection.
    """
    taken: list[tuple[live.Tab, str | None]] = []

    def open_page(allow: str | None = None, **options: Any) -> Page:
        tab = tabs.take(**options)
        taken.append((tab, allow))
        return tab.page

    yield open_page
    seen = [problem for tab, allow in taken for problem in tab.seen(allow)]
    for tab, _ in taken:
        tabs.give_back(tab)
    assert not seen, "Errors in the browser:\n" + "\n".join(seen)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page 1280 pixels wide, in English."""
    return new_page()
