"""The words of a lesson: Markdown with markers, and the lines that its demos say.

A page's file in one language is: its title, the text with `{{demo}}` on lines of their own, after
`{{notes}}` what a teacher reads, and after `{{words}}` the demos' own strings, `key: text` a line.
A paragraph with a number in it, `{kl_pq}`, is live.
"""

import itertools
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from divviz.web import text

PAGES = Path(__file__).resolve().parents[2] / "pages"
MARKER = re.compile(r"^\{\{(\w+)\}\}$", re.MULTILINE)
LIVE = re.compile(r"(?<![{\\^_])\{([a-z]\w*)\}(?!\})")
HEADING = re.compile(r"^#{2,} +(.+)$", re.MULTILINE)
NOTES, WORDS = "{{notes}}", "{{words}}"
_MATHS = re.compile(r"\$\$.*?\$\$|\$[^$\n]*\$", re.DOTALL)
_LINE = re.compile(r"^([a-z]\w*(?:\.\w+)*): (.+)$")


@dataclass(frozen=True)
class Section:
    """A stretch of a page: "text" of Markdown, a "live" paragraph, or a "demo" by its marker."""

    kind: str
    text: str


@dataclass(frozen=True)
class Prose:
    """A page's words in one language."""

    title: str
    sections: tuple[Section, ...]
    notes: str
    words: MappingProxyType[str, str]

    @property
    def markers(self) -> list[str]:
        """The demos in their order."""
        return [section.text for section in self.sections if section.kind == "demo"]

    @property
    def headings(self) -> list[str]:
        """The headings in their order, after "" for what stands before the first."""
        texts = (section.text for section in self.sections if section.kind == "text")
        return ["", *(found.strip() for text in texts for found in HEADING.findall(text))]

    @property
    def grouped(self) -> list[tuple[int, Section]]:
        """The sections, each by the number of the heading that it stands under."""
        found: list[tuple[int, Section]] = []
        group = 0
        for section in self.sections:
            for piece in _headed(section.text) if section.kind == "text" else [section.text]:
                group += section.kind == "text" and HEADING.match(piece) is not None
                found.append((group, Section(section.kind, piece)))
        return found

    @property
    def live(self) -> list[str]:
        """The live paragraphs in their order."""
        return [section.text for section in self.sections if section.kind == "live"]


def stems() -> list[str]:
    """Return the stems of all lessons in order: `00_playground`, ..."""
    return sorted(path.stem for path in PAGES.glob("[0-9][0-9]_*.py"))


def name(stem: str) -> str:
    """Return what the address calls a lesson: its stem without the number."""
    return stem.split("_", 1)[1]


def title(stem: str, lang: str) -> str:
    """Return a lesson's title: the first heading of its Markdown."""
    return of(stem, lang).title


@cache
def of(stem: str, lang: str) -> Prose:
    """Return a lesson's words in one language."""
    return read((PAGES / f"{stem}.{lang}.md").read_text(encoding="utf-8"))


def read(source: str) -> Prose:
    """Return the words that a Markdown file holds; ValueError for a line of words that is none."""
    heading, _, rest = source.partition("\n")
    rest, _, words = rest.partition(f"\n{WORDS}\n")
    body, _, notes = rest.partition(f"\n{NOTES}\n")
    parts = MARKER.split(body)
    sections: list[Section] = []
    for prose, marker in zip(parts[::2], [*parts[1::2], None], strict=True):
        sections += _paragraphs(prose)
        if marker:
            sections.append(Section("demo", marker))
    title = heading.removeprefix("#").strip()
    return Prose(title, tuple(sections), notes.strip(), MappingProxyType(_words(words)))


def _paragraphs(prose: str) -> list[Section]:
    """Paragraphs with numbers in them by themselves, the others as they stand."""
    found: list[Section] = []
    for paragraph in re.split(r"\n{2,}", prose.strip()):
        live = LIVE.search(_MATHS.sub("", paragraph)) is not None
        if live:
            found.append(Section("live", " ".join(paragraph.split("\n"))))
        elif found and found[-1].kind == "text":
            found[-1] = Section("text", f"{found[-1].text}\n\n{paragraph}")
        elif paragraph:
            found.append(Section("text", paragraph))
    return found


def _headed(text: str) -> list[str]:
    """A stretch of text, cut before each heading."""
    starts = [found.start() for found in HEADING.finditer(text)]
    cuts = [0, *(start for start in starts if start > 0), len(text)]
    return [text[a:b].strip() for a, b in itertools.pairwise(cuts)]


def _words(lines: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines.splitlines():
        if not line.strip():
            continue
        match = _LINE.match(line)
        if match is None or match[1] in found:
            raise ValueError(f"no line of words, or one that is there twice: {line!r}")
        found[match[1]] = match[2].strip()
    return found


def translator(stem: str, lang: str) -> text.Translate:
    """Return `t(key, **fields)`: the page's own words first, then everyone's."""
    own, everyone = of(stem, lang).words, text.of(lang)

    def t(key: str, **fields: Any) -> str:
        template = own.get(key)
        if template is None:
            return everyone(key, **fields)
        return template.format(**fields) if fields else template

    return t
