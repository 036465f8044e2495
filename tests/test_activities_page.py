"""Activities in a browser: what a visitor does with one, and an author with the page Activities."""

from urllib.parse import parse_qs, urlsplit

import live
from board import NewPage, address, settle, too_small
from course import Course
from playwright.sync_api import Page, expect
from test_lesson_page import AXE, violations

from divviz.web import activities


def opened(page: Page, server: live.Server, query: str) -> None:
    page.goto(f"{server.url}?{query}")
    page.locator(".dv-activity:visible, .dv-lesson .dv-activity:visible").wait_for()
    page.locator("[data-measure][data-seq]").first.wait_for()


def kept(page: Page, name: str) -> object:
    """What the browser remembers of an activity on the Playground."""
    return page.evaluate(
        """(name) => JSON.parse(localStorage.getItem('divviz.playground') || '{}')[
             `activity.${name}`] ?? null""",
        name,
    )


def test_an_activity_is_followed_while_the_hand_moves_and_counts_when_it_rests(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    opened(page, server, "activity=apart&lang=en")
    task, status = page.locator(".dv-activity"), page.locator(".dv-activity [role=status].dv-state")
    expect(task.get_by_role("heading")).to_have_text("Just so far apart")
    expect(status).to_contain_text("Not reached yet")
    checks = task.locator("[data-part='activity.checks']")
    checks.locator("summary").press("Enter")
    expect(checks).to_contain_text("0.45 ≤ KL(P‖Q) ≤ 0.55  KL(P‖Q) = 4.500")
    expect(task.locator("[data-part='activity.explanation']")).to_be_hidden()
    expect(page.locator(".dv-chooser select")).to_be_hidden()
    expect(page.locator("[data-param='p.mu']")).to_be_disabled()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page) == []

    slider = page.locator("[data-param='q.mu']")
    move = "(one, x) => { one.value = x; one.dispatchEvent(new Event('input')); }"
    slider.evaluate(move, 1)
    expect(task).to_have_attribute("data-reached", "true")
    expect(checks).to_contain_text("KL(P‖Q) = 0.5000")
    assert kept(page, "apart") is None
    slider.evaluate(move, 2)
    expect(task).to_have_attribute("data-reached", "false")
    slider.evaluate("(one) => one.dispatchEvent(new Event('change'))")
    settle(page)
    assert kept(page, "apart") is None
    field = page.locator(".dv-side-q .dv-param input[type=text]").first
    field.fill("-1")
    field.press("Enter")
    expect(status).to_contain_text("Reached")
    expect(task.get_by_text("square")).to_be_visible()  # the explanation
    settle(page)
    assert kept(page, "apart") == {"reached": True}
    assert "q=normal(-1,1)" in address(page) and "activity=apart" in address(page)

    page.reload()
    expect(status).to_contain_text("Reached")
    task.get_by_role("button", name="Back to its start").press("Enter")
    expect(status).to_contain_text("Reached before, not now")
    settle(page)
    assert "q=normal(3,1)" in address(page)


def test_a_choice_on_a_phone_is_committed_by_keyboard_explained_and_told_to_the_course(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme="dark", locale="zh-CN")
    with Course() as course:
        query = f"activity=which_is_larger&lang=zh&embed=true&answers=1&parent={course.site}"
        course.embed(f"{server.url}?{query}", 390, 844)
        page.goto(course.site)
        task = page.frame_locator("iframe").locator(".dv-activity")
        task.get_by_role("heading").wait_for()
        expect(task.get_by_role("heading")).to_have_text("哪个方向的代价更大？")
        options = task.locator("[data-option]")
        expect(options).to_have_text(["KL(P‖Q)", "KL(Q‖P)", "两者相等"])
        options.nth(2).press("Enter")
        expect(task.locator(".dv-verdict")).to_have_text("其实是： KL(P‖Q)")
        expect(task.locator(".dv-why")).to_contain_text("互为镜像")
        expect(options.nth(0)).to_be_disabled()
        expect(options.nth(0)).to_have_attribute("data-truth", "true")
        page.wait_for_function("got.some((one) => one.type === 'answer')")
        told = page.evaluate("got.filter((one) => one.type === 'answer')")
        assert [(one["question"], one["answer"], one["correct"]) for one in told] == [
            ("activity.which_is_larger", "两者相等", False)
        ]
        frame = page.frames[1]
        frame.evaluate(AXE.read_text(encoding="utf-8"))
        assert violations(frame, "color-contrast", "button-name", "aria-valid-attr") == []
        assert frame.evaluate("document.querySelector('.stMain').scrollWidth") <= 390
        assert too_small(frame, ".dv-activity") == []
        task.get_by_role("button", name="再问我一次").press("Enter")
        expect(options.nth(0)).to_be_enabled()
        expect(task.locator(".dv-verdict")).to_be_empty()


def test_an_activity_of_a_lesson_stays_in_sight_at_the_edge_of_the_window(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    opened(page, server, "activity=parting&lang=en")
    pin = page.locator(".dv-pin")
    expect(pin).to_be_hidden()
    field = page.locator("[data-slot=board] .dv-knob input[type=text]").first
    field.fill("1.2")
    field.press("Enter")
    expect(page.locator(".dv-activity")).to_have_attribute("data-reached", "true")
    page.locator("[data-slot=foot]").scroll_into_view_if_needed()
    expect(pin).to_be_visible()
    expect(pin).to_have_text("✓ Reached")
    pin.press("Enter")
    expect(page.locator(".dv-activity h2")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Back to its start")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".dv-activity")).to_have_attribute("data-reached", "false")


def test_an_author_sees_what_is_wrong_and_then_the_activity_and_its_link(
    new_page: NewPage, server: live.Server
) -> None:
    page = new_page()
    page.goto(f"{server.url}?page=activities&lang=zh")
    shown = page.frame_locator(".stMain iframe").locator(".dv-activity")
    shown.get_by_role("heading", name="宽一倍").wait_for()
    links = page.locator(".stMain li a")
    expect(links).to_have_count(len(activities.files()))
    assert "activity=apart&lang=zh" in (links.first.get_attribute("href") or "")
    text = page.locator("textarea")
    source = text.input_value()
    text.fill(source.replace("target", "tarjet"))
    text.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("也许应写 target")
    expect(page.locator(".stMain iframe")).to_have_count(0)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page) == []
    text.fill(source.replace("宽一倍", "<b>宽"))
    text.press("Control+Enter")
    shown.get_by_role("heading", name="<b>宽").wait_for()
    link = page.locator(".stCode").first.inner_text().strip()
    held = activities.read(parse_qs(urlsplit(link).query)["activity"][0])[0]
    assert held is not None and held.title == {"zh": "<b>宽"}
    assert (page.locator(".stMain iframe").get_attribute("src") or "").startswith(link)
    assert f'src="{link}&amp;embed=true"' in page.locator(".stCode").nth(1).inner_text()
