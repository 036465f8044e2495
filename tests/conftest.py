"""Fixtures: the program as it is served, and a browser that lets no error pass."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import live
import pytest
from playwright.sync_api import Browser, Page, sync_playwright


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


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page in a context of its own: new_page(allow=None, **what browser.new_context takes).

    The test fails if one logs an error or lets one through, unless `allow` (a regular expression)
    matches it: a page whose server is restarted does complain about its lost connection.
    """
    problems: list[list[str]] = []
    with ExitStack() as stack:

        def open_page(allow: str | None = None, **options: Any) -> Page:
            options.setdefault("viewport", {"width": 1280, "height": 800})
            options.setdefault("locale", "en-US")
            context = browser.new_context(**options)
            stack.callback(context.close)
            page = context.new_page()
            problems.append(live.watch(page, allow))
            return page

        yield open_page
    seen = [problem for page in problems for problem in page]
    assert not seen, "Errors in the browser:\n" + "\n".join(seen)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page 1280 pixels wide, in English."""
    return new_page()
