"""DivViz in a page of another site: what its parent is told, in which sandboxes it works."""

import gzip
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import live
import pytest
from board import NewPage, computed
from course import LISTEN, Course
from playwright.sync_api import Frame, FrameLocator, Page, expect
from test_lesson_page import AXE, violations
from test_readme import README
from test_server import ask, policy_of
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from divviz import embedding
from divviz.embedding import Embedding
from divviz.web import assets, iframes, lesson, stage
from divviz.web import server as serving

LMS = "https://lms.example.org"
HEIGHT, ANSWER = {"divviz", "type", "height"}, {"divviz", "type", "page", "question", "answer"}

# ------------------------------------------------------------------ the link


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, Embedding("*", False)),
        ({"answers": "0"}, Embedding("*", False)),
        ({"parent": LMS}, Embedding(LMS, False)),
        ({"parent": LMS, "answers": "1"}, Embedding(LMS, True)),
        ({"parent": "HTTP://LocalHost:8080"}, Embedding("http://localhost:8080", False)),
    ],
)
def test_a_link_says_whom_to_tell_what(query: dict[str, str], found: Embedding) -> None:
    assert embedding.read(query) == (found, [])


@pytest.mark.parametrize(
    ("query", "found", "code"),
    [
        ({"parent": "lms.example.org", "answers": "1"}, Embedding(None), "embed_parent"),
        ({"parent": "", "answers": "maybe"}, Embedding(None), "embed_parent"),
        ({"parent": ["https://a.org"]}, Embedding(None), "embed_parent"),
        ({"answers": "1"}, Embedding("*"), "embed_whom"),
        ({"parent": LMS, "answers": "yes"}, Embedding(LMS), "embed_answers"),
        ({"parent": LMS, "answers": 1}, Embedding(LMS), "embed_answers"),
    ],
)
def test_a_wrong_link_is_one_error_and_nobody_is_told_too_much(
    query: dict[str, object], found: Embedding, code: str
) -> None:
    told, (error,) = embedding.read(query)
    assert (told, error.code) == (found, code)


NO_ORIGINS = [
    *("*", "null", "https://", "//a.org", "a.org", "ftp://a.org", "javascript:alert(1)"),
    *("https://a.org/", "https://a.org/x", "https://a.org?x", "https://a.org#x", "https://u@a.org"),
    *("https://a.org:", "https://a.org:0", "https://a.org:65536", "https://a.org:1e3"),
    *("https://a..org", "https://.org", "https://-a.org", "https://a org", "https://a.org\n"),
    *("https://a.org,https://b.org", "https://*.a.org", "https://1.2.3", "https://1.2.3.256"),
    *("https://[::1", "https://[:::]", "https://[1.2.3.4]", "https://例子.org", "https://a%2eorg"),
    "https://" + "a" * 300,
]
ORIGINS = [
    *("https://a.org", "http://localhost:8501", "https://x-y.a_b.example:8443", "http://[::1]:80"),
    *("http://127.0.0.1:65535", "https://xn--fsqu00a.org"),
]


@pytest.mark.parametrize("text", NO_ORIGINS)
def test_what_is_no_origin_is_told_in_one_sentence_in_both_languages(text: str) -> None:
    assert embedding.origin(text) is None
    for lang in ("en", "zh"):
        (notice,) = stage.answer(None, {"parent": text}, lang)["notices"]
        assert "parent=" in notice and notice.endswith((".", "。"))
        assert len(notice) < 200
    assert lesson.answer("01_surprise", None, {"parent": text}, "en")["notices"]


def test_a_browser_takes_each_origin_for_one(page: Page) -> None:
    default = {"http://[::1]:80": "http://[::1]"}  # which a browser leaves out
    for text in ORIGINS:
        assert embedding.origin(text) == text
        assert page.evaluate("(text) => new URL(text).origin", text) == default.get(text, text)


# ------------------------------------------------------------------ what the server lets in


@pytest.mark.parametrize("path", ["_stcore/stream", "divviz/live"])
def test_a_page_without_an_origin_may_talk_and_another_site_may_not(
    server: live.Server, path: str
) -> None:
    address = server.url.replace("http", "ws", 1) + path
    with connect(address, origin="null"):
        pass
    for origin in ("https://elsewhere.example", "https://null", "null://x"):
        with pytest.raises(InvalidStatus), connect(address, origin=origin):
            pass


def test_a_page_without_an_origin_may_read_what_the_program_starts_with(
    server: live.Server,
) -> None:
    page = ask(server.url)[2].decode()
    fonts = re.findall(r"\./(static/media/[^\"]+)", page)
    kept = [*re.findall(r"\./(static/js/[^\"]+)", page)[:3], *fonts]
    kept.append(f"divviz/{assets.address('stage.js')}")
    for path in kept:  # a browser may give a sandboxed page what another one has loaded
        for headers in ({}, {"Origin": "null"}):
            assert ask(server.url + path, **headers)[1]["Access-Control-Allow-Origin"] == "*"
    for path in ("_stcore/host-config", "_stcore/health"):
        assert ask(server.url + path, Origin="null")[1]["Access-Control-Allow-Origin"] == "*"
        for origin in ("https://elsewhere.example", "https://null"):
            answered = ask(server.url + path, Origin=origin)[1]
            assert answered["Access-Control-Allow-Origin"] is None


def test_where_nobody_may_embed_no_page_lacks_an_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "BASE", None)
    for ancestors, there in (("'none'", False), ("'self'", True), (LMS, True)):
        monkeypatch.setenv(serving.FRAME_ANCESTORS, ancestors)
        rows = [row for row in serving.middleware() if row.cls is iframes.Sandboxed]
        assert bool(rows) is there


@pytest.mark.parametrize("path", ["", "surprise", "nowhere"])
@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_every_page_is_quiet_before_streamlit_starts(
    server: live.Server, path: str, coding: str
) -> None:
    _, headers, body = ask(server.url + path, **{"Accept-Encoding": coding})
    page = gzip.decompress(body) if headers["Content-Encoding"] == "gzip" else body
    first, *others = serving.inline_scripts(page.decode())
    assert first == iframes.QUIET and others
    assert page.index(b"<script") == page.index(b"<head>") + len(b"<head>")
    assert headers["ETag"] is None
    allowed = serving.content_security_policy([first], "*")
    (digest,) = re.findall(r"'sha256-[^']+'", allowed)
    assert digest in policy_of(headers)["script-src"]


# ------------------------------------------------------------------ in a browser


@pytest.fixture
def course() -> Iterator[Course]:
    with Course() as running:
        yield running


def inside(page: Page) -> Frame:
    """The frame with DivViz, when its numbers are there."""
    page.frame_locator("iframe").locator("[data-measure][data-seq]").first.wait_for()
    return page.frames[1]


def heard(page: Page, kind: str) -> list[dict]:
    return [one for one in page.evaluate("got") if one.get("type") == kind]


def only_what_is_documented(page: Page) -> None:
    for one in page.evaluate("got"):
        kinds = {"height": HEIGHT, "answer": ANSWER | {"correct", "link"}}
        assert one["divviz"] == 1 and set(one) == kinds[one["type"]], one


def answer_a_question(inner: FrameLocator | Frame) -> tuple[str, str]:
    """Commit to the first choice; return its question and itself."""
    question = inner.locator(".dv-question:has(.dv-option)").first
    option = question.locator(".dv-option").first
    option.click()
    expect(question.locator(".dv-verdict")).not_to_be_empty()
    return (
        question.get_attribute("data-question") or "",
        option.get_attribute("data-option") or "",
    )


def snippet() -> str:
    """The page that README gives to a course author."""
    (found,) = re.findall(r"```html\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


SEEN = """() => innerWidth === 600 && [...document.querySelectorAll(".dv-numberbox")]
                .every((box) => box.getBoundingClientRect().bottom <= innerHeight)"""
FITS = """() => { const main = document.querySelector(".stMain");
                  return main.scrollHeight <= main.clientHeight; }"""


def test_the_listener_of_the_readme_gets_height_and_answers_of_a_sandboxed_page(
    page: Page, server: live.Server, course: Course
) -> None:
    given = snippet().replace("https://divviz.example.org/", server.url)
    given = given.replace("https://lms.example.org", course.site)
    course.body = LISTEN + given.replace("<iframe ", '<iframe sandbox="allow-scripts" ')
    logged: list[str] = []
    page.on("console", lambda message: logged.append(message.text))
    page.goto(course.site)
    inner = inside(page)
    storage = "(() => { try { return localStorage.length } catch (e) { return e.name } })()"
    assert inner.evaluate(storage) == "SecurityError"
    expect(inner.locator(".dv-reports")).to_contain_text(course.site.removeprefix("http://"))
    name, chosen = answer_a_question(inner)
    page.wait_for_function("got.some((one) => one.type === 'answer')")
    (told,) = heard(page, "answer")
    assert told["page"] == "surprise" and told["question"] == name and told["answer"] == chosen
    right = inner.locator(f"[data-question={name}] [data-truth=true]")
    assert told["correct"] is (right.get_attribute("data-option") == chosen)
    assert told["link"] == lesson.answer("01_surprise", None, {}, "en")["scene"]
    assert any(name in text and chosen in text for text in logged)
    # The frame becomes as high as what it holds, whether that grows or shrinks.
    inner.wait_for_function(FITS)
    fold = inner.locator("[data-part=contents] > summary")
    fold.click()
    page.wait_for_function("got.filter((one) => one.height).length > 1")
    inner.wait_for_function(FITS)
    high = heard(page, "height")[-1]["height"]
    fold.click()
    page.wait_for_function("(high) => frame.clientHeight < high", arg=high)
    inner.wait_for_function(FITS)
    page.wait_for_function("frame.clientHeight === got.filter((one) => one.height).at(-1).height")
    only_what_is_documented(page)


def test_an_embedded_board_follows_the_hand_fits_a_phone_and_opens_in_a_window_of_its_own(
    new_page: NewPage, server: live.Server, course: Course
) -> None:
    query = "embed=true&lang=zh&embed_options=dark_theme&p=normal(0,1)&q=normal(2,1)"
    course.embed(f"{server.url}?{query}", 390, 700, "allow-scripts allow-same-origin allow-popups")
    page = new_page(viewport={"width": 390, "height": 740})
    page.goto(course.site)
    inner = inside(page)
    inner.locator(".dv-board[data-theme=dark]").wait_for()
    number = "document.querySelector('[data-measure=kl_pq]').dataset.value"
    slider = inner.locator('input[data-param="q.mu"]').first
    slider.focus()
    slider.press("ArrowLeft")
    inner.wait_for_function(f"() => {number} !== '2'")  # of normals 2 apart
    inner.locator("[data-unit=bits]").click()
    inner.locator("[data-unit=bits][aria-pressed=true]").wait_for()
    inner.locator(".dv-board:not([data-busy])").wait_for()
    expect(inner.locator(".dv-desk, .dv-reports")).to_have_count(2)
    for element in inner.locator(".dv-desk, .dv-reports").all():
        expect(element).to_be_hidden()
    assert inner.evaluate("document.querySelector('.stMain').scrollWidth") == 390
    inner.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(inner) == []
    page.set_viewport_size({"width": 640, "height": 560})
    page.locator("iframe").evaluate("(f) => { f.style.width = '600px'; f.style.height = '500px'; }")
    inner.wait_for_function(SEEN)
    shown = inner.evaluate(number)
    with page.expect_popup() as opened:
        inner.locator(".dv-own").click()
    window = opened.value
    query = urlsplit(window.url).query
    assert computed(query)["kl_pq"] == pytest.approx(float(shown), rel=1e-12)
    assert "lang=zh" in query and "embed" not in query
    window.close()
    assert heard(page, "height")
    only_what_is_documented(page)


# What Streamlit and its frame resizer would obey or answer.
ORDERS = [
    {"stCommVersion": 1, "type": "SET_QUERY_PARAMS", "queryParams": "?p=normal(9,9)"},
    {"stCommVersion": 1, "type": "STOP_SCRIPT"},
    "[iFrameSizer]divviz:8:false:true:32:true:true:null:bodyOffset:null:null:0:false:parent:scroll",
]
# Who said what, by the title of the frame.
WHO = """<script>window.heard = []; addEventListener("message", ({ source, data }) => {
  const frame = [...document.querySelectorAll("iframe")].find((f) => f.contentWindow === source);
  heard.push(`${frame.title} ${data.type}`); });</script>"""


def test_answers_go_nowhere_unasked_to_another_site_or_to_what_is_no_site(
    new_page: NewPage, server: live.Server, course: Course
) -> None:
    page = new_page(allow="target origin provided")
    says = {"unasked": f"parent={course.site}"}
    says["other"] = "answers=1&parent=https://elsewhere.example"
    says["wrong"] = f"answers=1&parent={course.site}/x"
    frames = [
        f'<iframe title="{name}" src="{server.url}?page=surprise&embed=true&{query}"></iframe>'
        for name, query in says.items()
    ]
    course.body = LISTEN + WHO + "".join(frames)
    page.goto(course.site)
    for name in says:
        page.frame_locator(f"[title={name}]").locator(".dv-question").first.wait_for()
    page.evaluate("(orders) => orders.forEach((o) => frames[0].postMessage(o, '*'))", ORDERS)
    for name in says:
        answer_a_question(page.frame_locator(f"[title={name}]"))
    for name in says:
        notices = page.frame_locator(f"[title={name}]").locator(".dv-notices p")
        expect(notices).to_have_count(1 if name == "wrong" else 0)
    page.wait_for_function("got.length > 0")
    assert page.evaluate("[...new Set(heard)]") == ["unasked height"]
