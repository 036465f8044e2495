"""A lesson: its words, with each demo where its marker stands, as one page.

`answer` is a pure function of the page, the message and the address; `show` meets Streamlit.
"""

import importlib.util
import itertools
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

import streamlit as st

from divviz import arrangement, embedding
from divviz.dist import SceneError
from divviz.measures import MEASURES
from divviz.state import State, Topic, read, read_link
from divviz.web import (
    activities,
    assets,
    blocks,
    component,
    flags,
    locks,
    predict,
    prose,
    stage,
    text,
    wishes,
    words,
)
from divviz.web.blocks import Blocks, Demo, Look, Task
from divviz.web.choices import vocabulary

PLAYGROUND = "00_playground"
STYLES = (*stage.STYLES, "lesson.css", "drawing.css", "challenge.css")
MOST_PARTS = 64

Reply = dict[str, Any]


# ---- what a page file defines --------------------------------------------------------------------


@cache
def module(stem: str) -> ModuleType:
    """Return a page file as a module: TOPIC, DEMOS, and where it has them TASKS and SAYS."""
    spec = importlib.util.spec_from_file_location(f"divviz_page_{stem}", prose.PAGES / f"{stem}.py")
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def demos(stem: str) -> Mapping[str, Any]:
    """Return the demos that a page file defines, by marker; a page may have none."""
    return dict(getattr(module(stem), "DEMOS", {}))


def topic(stem: str) -> Topic | None:
    """Return what a page starts from that has a state; None for one that the engine has not."""
    return getattr(module(stem), "TOPIC", None)


@cache
def lessons() -> list[str]:
    """Return the stems of the lessons: a page with a state that does not say `LESSON = False`."""
    return [stem for stem in prose.stems() if topic(stem) and getattr(module(stem), "LESSON", True)]


def tasks(stem: str) -> Mapping[str, Task]:
    """Return a lesson's tasks by name."""
    return dict(getattr(module(stem), "TASKS", {}))


@cache
def stem_of(name: str) -> str | None:
    """Return the stem of the lesson that the address calls `name`, None for any other word."""
    return next((stem for stem in prose.stems() if prose.name(stem) == name), None)


def _demo(stem: str, marker: str) -> Demo:
    found = module(stem).DEMOS[marker]
    return found if isinstance(found, Demo) else Demo(found)


@cache
def parts(stem: str, lang: str) -> Mapping[str, Demo]:
    """Return every part of a page by its id: demos by marker, live paragraphs as say0, say1, ..."""
    page = prose.of(stem, lang)
    own = getattr(module(stem), "SAYS", {})

    def saying(template: str) -> Callable[[Look], Blocks]:
        return lambda look: blocks.paragraph(look, template, own)

    spoken = {f"say{i}": Demo(saying(template)) for i, template in enumerate(page.live)}
    return {marker: _demo(stem, marker) for marker in page.markers} | spoken


def marks(stem: str, lang: str) -> list[str]:
    """Return what a visitor can do on a page that is remembered: `ask.NAME` and `task.NAME`."""
    keys = prose.of(stem, lang).words
    return [key for key in keys if key.count(".") == 1 and key.split(".")[0] in ("ask", "task")]


# ---- the conversation ----------------------------------------------------------------------------


def state_of(
    about: Topic, message: object, query: Mapping[str, str]
) -> tuple[State, list[SceneError], list]:
    """Return the state that a message (or else the address) describes, with errors and notices."""
    if not isinstance(message, dict) or not isinstance(message.get("base"), str):
        return *read(about, query), []
    base = message["base"]
    state, found = (_read_once if len(base) < stage.SHORT else read_link)(about, base)
    state, errors, notices = locks.walked(state, message, locks.turned, locks.names)
    return state, [*found, *errors], notices


# A drag sends the same base with every move.
_read_once = lru_cache(maxsize=256)(read_link)


def answer(stem: str, message: object, query: Mapping[str, str], lang: str) -> Reply:
    """Return what the browser shows for a message: plain JSON values and packed arrays.

    While the hand moves, the browser asks for parts only as often as it can draw them ("draw"),
    and gets the numbers that are in sight alone for the moves between.
    """
    about = topic(stem)
    assert about is not None
    t = prose.translator(stem, lang)
    task = activities.asked(message, query, prose.name(stem), about)
    query = activities.opened(task, query)
    state, errors, notices = state_of(about, message, query)
    live = stage.flag(message, "live")
    given = message if isinstance(message, dict) else {}
    wished = [key for key in stage.named(message, "more", stage.MOST_KEYS) if key in MEASURES]
    reply: Reply = {
        "seq": stage.seq_of(message),
        "live": live,
        **stage.numbers_of(state.pair, state.unit, wished, t),
    }
    if live and given.get("draw") is False:
        return reply
    held = stage.held_view(message, state.scene) if live else None
    look = Look(state, t, lang, live, held)
    reply |= {"whole": True, "unit": state.unit, "parts": shown(stem, look, given)}
    reply["parts"] = locks.guarded(reply["parts"], state, arrangement.locks_of(message))
    reply |= activities.reached(task, state.pair, state.unit, state.knobs, live, t)
    if live:
        return reply
    reply |= {
        "scene": state.link,
        "notices": [
            *(words.error(error, t) for error in errors),
            *(words.notice(notice, t) for notice in notices),
        ],
    }
    if given.get("lang") != lang:
        reply |= vocabulary(lang) | {"contents": contents(lang)} | activities.told(task, lang)
    if not isinstance(message, dict):
        reply["notices"] += activities.troubles(task, t)
        reply |= stage.arranged(query, hideable(stem), locks.names(state), reply["notices"], t)
        reply["parts"] = locks.guarded(reply["parts"], state, reply["arranged"]["lock"])
    reply |= predict.question(state.pair, state.unit, stage.predicted(message, reply), t)
    asked = wishes.Asked(prose.name(stem), state.scene, t, lang, state)
    return reply | wishes.granted(message, asked)


@cache
def hideable(stem: str) -> tuple[str, ...]:
    """Return the names of all that a link can hide on a page."""
    about = topic(stem)
    return flags.of(stem, about is None or bool(about.sides))


def shown(stem: str, look: Look, given: Mapping[str, Any]) -> dict[str, Blocks]:
    """Return the parts that a message names, or at first all that are quick."""
    every = parts(stem, look.lang)
    wanted = (
        stage.named(given, "parts", MOST_PARTS)
        if isinstance(given.get("parts"), list)
        else [part for part, demo in every.items() if demo.live]
    )
    found = {
        part: every[part].show(look)
        for part in wanted
        if part in every and (every[part].live or not look.live)
    }
    return {part: made for part, made in found.items() if made is not None}


@cache
def contents(lang: str) -> list[tuple[str, str, list[str]]]:
    """Return (name, title, marks) of each lesson in order."""
    return [
        (prose.name(stem), prose.title(stem, lang), marks(stem, lang)) for stem in prose.stems()
    ]


# ---- where it meets Streamlit --------------------------------------------------------------------

_css, _js = component.stub("lesson.js", STYLES)
_component = st.components.v2.component("divviz_lesson", css=_css, js=_js, isolate_styles=False)


def show(stem: str, lang: str) -> None:
    """Show a lesson: its words, with each demo where its marker stands."""
    if topic(stem) is None:
        own = demos(stem)
        _written(stem, lang, lambda marker: own[marker](lang))
        return
    head(stem, lang)
    _written(stem, lang, lambda part: _slot(stem, part))
    notes = prose.of(stem, lang).notes
    if notes:
        opened = "1" in st.query_params.get("notes", "")
        with (
            st.container(key=flags.place(stem, flags.NOTES)),
            st.expander(text.of(lang)("lesson.notes"), expanded=opened),
        ):
            st.markdown(notes)
    _slot(stem, "foot")


def _written(stem: str, lang: str, place: Callable[[str], None]) -> None:
    """Write the sections of a page, and let `place` put each part where it belongs.

    What stands under one heading is in containers of its number, by which a link can hide it.
    """
    hidden = arrangement.read(st.query_params, hideable(stem), ())[0].hide
    if style := flags.veil(stem, hidden):
        st.html(f"<style>{style}</style>")
    spoken = itertools.count()
    runs = itertools.groupby(prose.of(stem, lang).grouped, key=_run)
    for piece, ((is_demo, group), sections) in enumerate(runs):
        if is_demo:
            for _, section in sections:
                place(section.text)
            continue
        with st.container(key=flags.place(stem, f"text.{group}", piece)):
            for _, section in sections:
                if section.kind == "text":
                    st.markdown(section.text)
                else:
                    place(f"say{next(spoken)}")


def _run(section: tuple[int, prose.Section]) -> tuple[bool, int]:
    group, one = section
    return one.kind == "demo", group


def _slot(stem: str, part: str) -> None:
    _component(key=f"{stem}.{part}", data={"page": prose.name(stem), "slot": part})


@st.fragment
def head(stem: str, lang: str) -> None:
    """The part that talks: each message from the browser runs this function alone."""
    key = f"{stem}.head"
    state = st.session_state.get(key)
    message = state.get("message") if isinstance(state, Mapping) else None
    reply = answer(stem, message, st.query_params, lang)
    about = topic(stem)
    assert about is not None
    reply |= {
        "page": prose.name(stem),
        "names": about.names,
        "main": prose.of(stem, lang).markers[0],
        "slow": [part for part, demo in parts(stem, lang).items() if not demo.live],
        "plotly": assets.url("plotly.min.js"),
        "channel": assets.live(),
        "embedding": asdict(embedding.read(st.query_params)[0]),
    }
    _component(key=key, data=reply, on_message_change=_heard)


def _heard() -> None:
    """Streamlit keeps a component's state only for a name with a callback."""
