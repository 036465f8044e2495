"""README says what the code says: its tables come from the code, its examples run, its files exist.

`python -m tests.test_readme` writes the tables anew.
"""

import doctest
import re
from pathlib import Path

import pytest

from divviz.activity import KEYS
from divviz.grammar import GRAMMAR
from divviz.measures import MEASURES
from divviz.web import flags, lesson, prose, text

README = Path(__file__).resolve().parents[1] / "README.md"


def grammar() -> str:
    """The grammar as a table."""
    rows = [f"| `{rule.spelling}` | {rule.kind} | {rule.meaning} |" for rule in GRAMMAR]
    return "\n".join(["| spelling | kind | meaning |", "| --- | --- | --- |", *rows])


def measures() -> str:
    """The measures as a table."""
    t = text.of("en")
    units = {
        "information": "nats, bits or hartleys",
        "root": "square root of that",
        "x": "units of x",
        "root_x": "square root of units of x",
        "number": "none",
    }
    rows = [
        f"| `{key}` | {m.symbol} | {t(f'measure.{key}.name')} | {units[m.unit]} | {m.source} |"
        for key, m in MEASURES.items()
    ]
    head = ["| key | symbol | name | unit | source |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def hidden() -> str:
    """What a link can hide beside the numbers, page by page."""
    t = text.of("en")
    board = [name for name in lesson.hideable(flags.PLAYGROUND) if name not in MEASURES]
    rows = [
        f"| the Playground | `{name}` | {flags.title(name, flags.PLAYGROUND, 'en', t)} |"
        for name in board
    ]
    for stem in lesson.lessons():
        page = prose.of(stem, "en")
        own = ", ".join(f"`{name}`" for name in page.markers)
        texts = f"`text.0` to `text.{len(page.headings) - 1}`"
        rows.append(f"| `?page={prose.name(stem)}` | {own}, {texts} | what stands there |")
    return "\n".join(["| page | name | what it hides |", "| --- | --- | --- |", *rows])


def lessons() -> str:
    """The lessons as a table."""
    rows = []
    for stem in lesson.lessons():
        about = lesson.topic(stem)
        assert about is not None
        own = ", ".join(f"`{knob.name}`" for knob in about.knobs)
        rows.append(
            f"| `?page={prose.name(stem)}` | {prose.title(stem, 'en')} "
            f"| {prose.title(stem, 'zh')} | {own} |"
        )
    head = ["| address | lesson | 课程 | beside p, q and unit |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def activity_keys() -> str:
    """The keys of an activity as a table."""
    rows = [f"| `{name}` | `{key.example}` | {key.meaning} |" for name, key in KEYS.items()]
    return "\n".join(["| key | written | meaning |", "| --- | --- | --- |", *rows])


TABLES = {
    "grammar": grammar,
    "measures": measures,
    "flags": hidden,
    "lessons": lessons,
    "activity": activity_keys,
}


def between(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: .*? -->\n)(.*?)(<!-- /{name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_in_the_readme_is_what_the_code_makes(name: str) -> None:
    found = between(name).search(README.read_text(encoding="utf-8"))
    assert found is not None and found[2].strip() == TABLES[name]()


def test_the_examples_in_the_readme_run() -> None:
    parser = doctest.DocTestParser()
    examples = parser.get_doctest(README.read_text(encoding="utf-8"), {}, "README", None, 0)
    assert len(examples.examples) >= 5
    said: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples, out=said.append)
    assert not said, "".join(said)


def test_every_file_that_the_readme_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert links and all((README.parent / link).exists() for link in links)


if __name__ == "__main__":
    words = README.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        written = between(name).sub(lambda m, t=table: f"{m[1]}{t()}\n{m[3]}", words)
        words = written
    README.write_text(words, encoding="utf-8")
