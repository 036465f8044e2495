"""The Markdown of a lesson: markers, live paragraphs, notes, words; and that of every page."""

import re
from string import Formatter

import pytest
from cases import each
from lessons import LESSONS

from divviz.web import lesson, prose, text

PAGE = r"""# A title

Before, with $x_{kl}$ and $\frac{a}{b}$.

{{board}}

Here KL is {kl_pq}
and so on.

$$H = \sum_{x} p$$

{{more}}

{{notes}}
For **teachers**.

{{words}}
ask.one: Which {side}?

why.one.right: Because: it is.
"""


def test_a_page_is_its_title_its_sections_its_notes_and_its_words() -> None:
    page = prose.read(PAGE)
    assert page.title == "A title"
    assert [section.kind for section in page.sections] == ["text", "demo", "live", "text", "demo"]
    assert page.markers == ["board", "more"]
    assert page.live == ["Here KL is {kl_pq} and so on."]
    assert page.notes == "For **teachers**."
    assert dict(page.words) == {"ask.one": "Which {side}?", "why.one.right": "Because: it is."}


@pytest.mark.parametrize("line", ["no colon", "Ask: x", "ask.one: twice\nask.one: twice"])
def test_a_line_of_words_that_is_none_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="line of words"):
        prose.read(f"# T\n\nx\n\n{{{{words}}}}\n{line}\n")


def test_the_braces_of_formulas_are_no_numbers() -> None:
    page = prose.read("# T\n\n$\\sum_{kl_pq} {kl_pq}$ and $$\\frac{kl_pq}{js}$$\n")
    assert page.live == []


@each("stem", LESSONS)
def test_both_languages_of_a_page_have_the_same_markers_numbers_and_words(stem: str) -> None:
    pages = [prose.of(stem, lang) for lang in text.LANGUAGES]
    first, second = pages
    assert first.markers == second.markers
    assert [prose.LIVE.findall(p) for p in first.live] == [
        prose.LIVE.findall(p) for p in second.live
    ]
    assert list(first.words) == list(second.words)
    for key in first.words:
        assert _fields(first.words[key]) == _fields(second.words[key]), key
    assert bool(first.notes) and bool(second.notes)


def _fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@each("stem", LESSONS)
def test_both_languages_of_a_page_have_the_same_formulas(stem: str) -> None:
    pages = [
        (prose.PAGES / f"{stem}.{lang}.md").read_text(encoding="utf-8") for lang in text.LANGUAGES
    ]
    found = [re.findall(r"\$\$.*?\$\$|\$[^$\n]+\$", page, re.DOTALL) for page in pages]
    assert found[0] and sorted(map(_bare, found[0])) == sorted(map(_bare, found[1]))


def _bare(formula: str) -> str:
    """A formula without the words in it, which are translated."""
    return re.sub(r"\\text\{[^}]*\}|\s", "", formula)


def _body(stem: str, lang: str) -> list[str]:
    return [s.text for s in prose.of(stem, lang).sections if s.kind != "demo"]


@each("stem", LESSONS)
def test_every_marker_of_a_page_is_a_demo_and_every_demo_has_its_marker(stem: str) -> None:
    assert sorted(prose.of(stem, "en").markers) == sorted(lesson.demos(stem))


@each("stem", LESSONS)
def test_no_demo_takes_a_name_that_the_engine_uses(stem: str) -> None:
    markers = prose.of(stem, "en").markers
    assert not {"head", "foot", "notes", "words"} & set(markers)
    assert not [marker for marker in markers if re.fullmatch(r"say\d+", marker)]


@each("stem", LESSONS)
def test_a_page_has_four_to_nine_hundred_words_in_each_language(stem: str) -> None:
    english = len(re.findall(r"[A-Za-z][\w'’-]*", _plain(stem, "en")))
    chinese = len(re.findall(r"[一-鿿]", _plain(stem, "zh")))
    assert 400 <= english <= 900
    assert 600 <= chinese <= 1800


def _plain(stem: str, lang: str) -> str:
    """The words of the page without formulas and sources."""
    body = "\n\n".join(_body(stem, lang))
    body = re.split(r"^## (?:Sources|来源|出处|参考)", body, flags=re.MULTILINE)[0]
    return re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$|`[^`]*`|\{\w+\}", " ", body, flags=re.DOTALL)


@each("stem", LESSONS)
def test_the_chinese_of_a_page_sets_its_own_marks(stem: str) -> None:
    said = [*_body(stem, "zh"), *prose.of(stem, "zh").words.values(), prose.of(stem, "zh").notes]
    for line in said:
        wrong = re.search(r"[一-鿿][,;:?!](?!\d)|[一-鿿]\.(?:\s|$)", line)
        assert wrong is None, line[max(0, wrong.start() - 20) : wrong.end() + 20]


@each("stem", LESSONS)
def test_every_word_of_a_page_is_said_somewhere(stem: str) -> None:
    source = _sources(stem)
    families = re.compile(r"^(ask|why|task|hint)\.(\w+)")
    for key in prose.of(stem, "en").words:
        made = families.match(key)
        name = made[2] if made else key
        assert re.search(rf"[\"'.{{]{re.escape(name)}[\"'.}}]", source) or _pieced(key, source), key


def _sources(stem: str) -> str:
    """The page's own file and the modules of the web half that it imports."""
    page = (prose.PAGES / f"{stem}.py").read_text(encoding="utf-8")
    named = {
        name
        for line in re.findall(r"from divviz\.web import (.+)", page)
        for name in line.split(", ")
    }
    files = [prose.PAGES.parent / "divviz" / "web" / f"{name}.py" for name in sorted(named)]
    return "\n".join([page, *(file.read_text(encoding="utf-8") for file in files)])


def _pieced(key: str, source: str) -> bool:
    """Whether a key is put together from a fixed start and a name: f"coin.{one}"."""
    start = key.rpartition(".")[0]
    return bool(start) and f"{start}.{{" in source
