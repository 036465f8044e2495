"""What an author is told about an activity: what is wrong with it, how it begins, its link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from divviz import activity, packed
from divviz.dist import Names, SceneError
from divviz.web import activities, lesson, prose, stage
from divviz.web.text import Translate

LONG = 2000  # characters of an address, which every browser, course and chat passes on
_HELD = re.compile(r"(?:^|[?&]activity=)~([A-Za-z0-9_-]+)")


@dataclass(frozen=True)
class Judged:
    """A text as an activity: what is wrong, what to think about, and what ``activity=`` says.

    `link` is "" where something is wrong.
    """

    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    link: str = ""


def judged(source: str, lang: str, t: Translate) -> Judged:
    """Try a text out on its page; `t` has the words of the page Activities."""
    found, errors = activity.read(source)
    if found is not None and found.page not in pages():
        known = Names(", ".join(pages()))
        errors = [activity.about("page", SceneError("activity_page", page=found.page, known=known))]
    if found is None or errors:
        return Judged(tuple(activities.explained(error, t) for error in errors))
    link = activities.link(source)
    reply = first_reply(found.page, link, lang)
    if reply["notices"]:
        return Judged(tuple(reply["notices"]))
    return Judged((), tuple(_warnings(reply, link, t)), link)


def pages() -> list[str]:
    """The names of the pages that an activity can be for."""
    return [
        prose.name(stem)
        for stem in prose.stems()
        if stem == lesson.PLAYGROUND or lesson.topic(stem) is not None
    ]


def first_reply(page: str, link: str, lang: str) -> dict[str, Any]:
    """What a page answers to the address of an activity."""
    stem = lesson.stem_of(page)
    query = {"activity": link}
    if stem is None or stem == lesson.PLAYGROUND:
        return stage.answer(None, query, lang)
    return lesson.answer(stem, None, query, lang)


def _warnings(reply: dict[str, Any], link: str, t: Translate) -> list[str]:
    said = [t("reached_at_start")] if reply.get("reached", [False])[0] else []
    if len(link) > LONG:
        said.append(t("long_link", length=len(link), most=LONG))
    return said


def source_in(text: str) -> str:
    """The activity that an address holds, where the text is one; any other text as it stands."""
    line = text.strip()
    held = None if "\n" in line else _HELD.search(unquote(line))
    found = packed.unpack(held[1], activity.LONGEST) if held else None
    return text if found is None else found
