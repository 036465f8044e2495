"""A lesson: Markdown with {{demo}} markers and the demos of its page file, as one page."""

import importlib.util
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import streamlit as st

PAGES = Path(__file__).resolve().parents[2] / "pages"
MARKER = re.compile(r"^\{\{(\w+)\}\}$", re.MULTILINE)

Demo = Callable[[str], None]


def stems() -> list[str]:
    """Return the stems of all lessons in order: `00_playground`, ..."""
    return sorted(path.stem for path in PAGES.glob("[0-9][0-9]_*.py"))


def name(stem: str) -> str:
    """Return what the address calls a lesson: its stem without the number."""
    return stem.split("_", 1)[1]


@cache
def prose(stem: str, lang: str) -> str:
    """Return a lesson's Markdown in one language."""
    return (PAGES / f"{stem}.{lang}.md").read_text(encoding="utf-8")


def title(stem: str, lang: str) -> str:
    """Return a lesson's title: the first heading of its Markdown."""
    return prose(stem, lang).split("\n", 1)[0].removeprefix("#").strip()


@cache
def demos(stem: str) -> Mapping[str, Demo]:
    """Return the demos that a page file defines: `DEMOS`, by marker name."""
    spec = importlib.util.spec_from_file_location(f"divviz_page_{stem}", PAGES / f"{stem}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(module.DEMOS)


def show(stem: str, lang: str) -> None:
    """Show a lesson: its words, with each demo where its marker stands."""
    parts = MARKER.split(prose(stem, lang).split("\n", 1)[1])
    for words, marker in zip(parts[::2], [*parts[1::2], None], strict=True):
        if words.strip():
            st.markdown(words)
        if marker:
            demos(stem)[marker](lang)
