"""Tabs are handed on empty, and not at all once something lasting was done to them."""

from collections.abc import Callable

import live
import pytest
from cases import each
from playwright.sync_api import Browser

STORED = "[localStorage.length, sessionStorage.length, document.cookie, history.length]"


@pytest.fixture
def tabs(browser: Browser):
    with live.Tabs(browser) as kept:
        yield kept


def test_a_tab_is_handed_on_without_what_it_stored_or_where_it_was(
    tabs: live.Tabs, server: live.Server
) -> None:
    first = tabs.take(color_scheme="dark", viewport={"width": 390, "height": 800})
    first.page.goto(f"{server.url}healthz")
    first.page.evaluate("localStorage.a = sessionStorage.b = document.cookie = 'c=1'")
    first.page.evaluate("setTimeout(() => { throw new Error('late') })")
    first.page.wait_for_event("pageerror")
    assert first.seen(None) == ["Error: late"] and first.seen("late") == []
    tabs.give_back(first)
    again = tabs.take()
    assert again is first and again.seen(None) == []
    assert again.page.url == "about:blank"
    again.page.goto(f"{server.url}healthz")
    assert again.page.evaluate(STORED) == [0, 0, "", 2]
    assert again.page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")
    assert again.page.viewport_size == {"width": 1280, "height": 800}


def test_two_tabs_at_once_know_nothing_of_each_other(tabs: live.Tabs, server: live.Server) -> None:
    one, other = tabs.take(), tabs.take()
    for tab in (one, other):
        tab.page.goto(f"{server.url}healthz")
    one.page.evaluate("localStorage.a = 1")
    assert other.page.evaluate("localStorage.length") == 0


@each(
    "lasting",
    [
        lambda page: page.add_init_script("Storage.prototype.getItem = null"),
        lambda page: page.context.add_init_script("Storage.prototype.getItem = null"),
        lambda page: page.on("request", lambda request: None),
        lambda page: page.route("**/*", lambda route: route.abort()),
        lambda page: page.expose_function("f", lambda: None),
        lambda page: page.clock.install(),
        lambda page: page.close(),
    ],
)
def test_a_tab_that_was_changed_for_good_is_not_handed_on(
    tabs: live.Tabs, lasting: Callable
) -> None:
    first = tabs.take()
    lasting(first.page)
    tabs.give_back(first)
    assert first not in tabs.free


def test_what_was_heard_for_a_while_and_a_finger_leave_no_trace(
    tabs: live.Tabs, server: live.Server
) -> None:
    first = tabs.take(has_touch=True)
    asked: list[str] = []
    with live.heard(first.page, request=lambda request: asked.append(request.url)):
        first.page.goto(f"{server.url}healthz")
    first.page.evaluate("addEventListener('touchend', () => { self.touched = true; })")
    with live.finger(first.page) as touch:
        touch("touchStart", 5, 5)
        touch("touchEnd")
    first.page.wait_for_function("() => self.touched")
    tabs.give_back(first)
    assert tabs.take(has_touch=True) is first
    first.page.goto(f"{server.url}healthz")
    assert asked == [f"{server.url}healthz"]
