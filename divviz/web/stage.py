"""The live board: a message from the browser in, a reply with numbers, curves and words out.

`answer` is a pure function of the message, the page's address and the language; `board` is the one
place where it meets Streamlit.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import streamlit as st

from divviz import arrangement, controls, embedding, sides
from divviz.dataset import count_of
from divviz.families import Dist, SceneError
from divviz.measures import FIRST, MEASURES, reason, value, values
from divviz.pair import Pair, Reason
from divviz.presets import PRESETS
from divviz.scene import SAMPLES, Scene, read, read_link
from divviz.web import (
    activities,
    assets,
    component,
    estimated,
    exports,
    flags,
    importing,
    locks,
    predict,
    sharing,
    text,
    wishes,
    words,
)
from divviz.web.choices import slider, vocabulary
from divviz.web.figures import PALETTES, picture, resolve
from divviz.web.plot import SIDES, canvas, finite, handles, plot, told, view_of
from divviz.web.spelling import LETTERS
from divviz.web.spelling import order as spell_order
from divviz.web.whereabouts import Subject

KEY = "stage"
NAME = "playground"
STYLES = (
    *("stage.css", "question.css", "print.css", "save.css"),
    *("share.css", "arranged.css", "activity.css"),
)
FLAGS = flags.of(flags.PLAYGROUND)  # what a link can hide
MOST_KEYS = 64
SHORT = 4096
LONG_SAMPLE = 2500  # values: transport to a density takes 25 ms
LONGEST_FIELD = 400
Reply = dict[str, Any]
wishes.WISHES.update(exports.WISHES | sharing.WISHES | flags.WISHES | importing.WISHES)


# ---- from a message to a scene -----------------------------------------------------------------


def scene_of(message: object, query: Mapping[str, str]) -> tuple[Scene, list[SceneError], list]:
    """Return the scene that a message (or else the address) describes, with errors and notices."""
    if not isinstance(message, dict) or not isinstance(message.get("base"), str):
        return *read(query), []
    base = message["base"]
    scene, found = (_read_once if len(base) < SHORT else _read_long)(base)
    scene, errors, notices = locks.walked(scene, message, locks.after, arrangement.lockable)
    return scene, [*found, *errors], notices


# A drag sends the same base with every move: 64 bars cost 0.8 ms to parse.
_read_once = lru_cache(maxsize=256)(read_link)
_read_long = lru_cache(maxsize=8)(read_link)


def seq_of(message: object) -> int:
    """Return the number of a message, 0 where it has none."""
    seq = message.get("seq") if isinstance(message, dict) else None
    return seq if type(seq) is int and 0 <= seq < 2**53 else 0


def _frozen(message: object) -> tuple[float, float] | None:
    """Return the view that the hand holds still, where the message names a usable one."""
    view = message.get("view") if isinstance(message, dict) else None
    if (
        not isinstance(view, list)
        or len(view) != 2
        or any(type(v) not in (int, float) for v in view)
    ):
        return None
    low, high = (
        (float(v) for v in view if abs(v) < 1e300) if all(abs(v) < 1e300 for v in view) else (0, 0)
    )
    return (low, high) if high - low > 1e-12 * max(abs(low), abs(high), 1e-300) else None


# ---- from a scene to a reply --------------------------------------------------------------------


def answer(message: object, query: Mapping[str, str], lang: str) -> Reply:
    """Return what the browser shows for a message: plain JSON values and packed arrays.

    While the hand moves, the browser asks for curves only as often as it can draw them ("draw"),
    and gets the numbers alone for the moves between: those of FIRST, and of the others ("more")
    the few that it names.
    """
    t = text.of(lang)
    task = activities.asked(message, query, NAME, None)
    query = activities.opened(task, query)
    scene, errors, notices = scene_of(message, query)
    live = flag(message, "live")
    drawn = not live or not isinstance(message, dict) or message.get("draw") is not False
    pair = Pair(scene.p, scene.q)
    late = slow(pair) if live else frozenset()
    reply: Reply = {
        "seq": seq_of(message),
        "live": live,
        **numbers(pair, scene, asked_more(message, scene), late, drawn, t),
    }
    if not drawn:
        return reply
    view = held_view(message, scene) if live else view_of(scene)
    reply |= {
        "whole": True,
        "kind": scene.kind,
        "unit": scene.unit,
        "show": scene.key,
        "plot": plot(pair, view),
        "handles": {side: handles(side, getattr(scene, side), view, t) for side in SIDES},
        "sides": {side: panel(scene, side, t) for side in SIDES},
    }
    locks.hold(reply["handles"], scene, arrangement.locks_of(message))
    reply |= activities.reached(task, pair, scene.unit, {}, live, t)
    if scene.key not in late:
        given = scene.parameters
        reply |= {
            "sentence": words.sentence(pair, scene.key, scene.unit, t, **given),
            "figure": picture(pair, scene.key, scene.unit, t, view, **given),
        }
    if live:
        return reply
    lines = reply["plot"]["kind"] == "continuous"
    reply |= {
        "scene": scene.link,
        "picked": t(f"measure.{scene.key}.name"),
        "says": t(f"measure.{scene.key}.says"),
        "caption": words.caption(pair, scene.key, t, **scene.parameters),
        "hint": told(pair, t),
        "canvas": {side: canvas(getattr(scene, side), view, lines) for side in SIDES},
        "estimates": estimated.rows(scene, t) if flag(message, "estimates") else None,
        "notices": [
            *(words.error(error, t) for error in errors),
            *(words.notice(notice, t) for notice in notices),
            *question(message, t),
        ],
    }
    if not isinstance(message, dict) or message.get("lang") != lang:
        reply |= vocabulary(lang) | activities.told(task, lang)
    if not isinstance(message, dict):
        reply["notices"] += activities.troubles(task, t)
        reply |= arranged(query, FLAGS, arrangement.lockable(scene), reply["notices"], t)
        locks.hold(reply["handles"], scene, reply["arranged"]["lock"])
    reply |= predict.question(pair, scene.unit, predicted(message, reply), t)
    return reply | wishes.granted(message, wishes.Asked(NAME, scene, t, lang))


def arranged(
    query: Mapping[str, str],
    flags: Collection[str],
    locks: Collection[str],
    notices: list[str],
    t: text.Translate,
) -> Reply:
    """Return what the address arranges; a notice is added for each part that it gets wrong."""
    found, errors = arrangement.read(query, flags, locks)
    errors += embedding.read(query)[1]
    notices += [words.error(error, t) for error in errors]
    return {"arranged": {name: list(getattr(found, name)) for name in arrangement.NAMES}}


def predicted(message: object, reply: Reply) -> list[str]:
    """Return the measures that a visitor is to predict: the message's, at first the address's."""
    if "arranged" in reply:
        return list(reply["arranged"]["predict"])
    asked = named(message, "predict", arrangement.MOST_PREDICTED)
    return [key for key in asked if key in MEASURES]


def named(message: object, name: str, most: int) -> list[str]:
    """Return the words that a message lists under a name, each once, at most so many."""
    given = message.get(name) if isinstance(message, dict) else None
    found = [word for word in given if isinstance(word, str)] if isinstance(given, list) else []
    return list(dict.fromkeys(found[:most]))


def flag(message: object, name: str) -> bool:
    """Whether a message says yes to a name."""
    return isinstance(message, dict) and message.get(name) is True


def question(message: object, t: text.Translate) -> list[str]:
    """Return what to ask about a preset that was just chosen: one sentence, or none."""
    acts = message.get("acts") if isinstance(message, dict) else None
    match acts[-1] if isinstance(acts, list) and acts else None:
        case ["preset", str(name)] if name in PRESETS:
            return [t(f"preset.{name}.note")]
    return []


# ---- the numbers --------------------------------------------------------------------------------


def asked_more(message: object, scene: Scene) -> list[str]:
    """Return the keys beyond FIRST that a message names, each once.

    W of any order between densities takes 20 to 100 ms: a moving hand waits for it only where it
    is the chosen one.
    """
    rested = {"wasserstein"} if flag(message, "live") and scene.kind != "discrete" else set()
    known = MEASURES.keys() - set(FIRST) - rested
    return [key for key in named(message, "more", MOST_KEYS) if key in known]


def slow(pair: Pair) -> frozenset[str]:
    """Return the keys that a moving hand does not wait for: transport of a long sample."""
    if not pair.mixed or max(map(count_of, (pair.P, pair.Q))) <= LONG_SAMPLE:
        return frozenset()
    return frozenset(key for key, one in MEASURES.items() if one.across)


def numbers_of(pair: Pair, unit: str, keys: list[str], t: text.Translate) -> Reply:
    """Return measures as (value, spelling), and the reasons of those that are no number."""
    found = values(pair, unit, keys=keys)
    endless = [key for key, v in found.items() if v is None or math.isinf(v)]
    reasons = {key: shortly(reason(pair, key), t) for key in endless}
    return {"numbers": {key: _spelled(v) for key, v in found.items()}, "reasons": reasons}


def numbers(
    pair: Pair, scene: Scene, more: list[str], late: frozenset[str], drawn: bool, t: text.Translate
) -> Reply:
    """Return the numbers as (value, spelling) and the reasons of those that are no number.

    The chosen one has its own parameters; it comes with the curves where it is not among FIRST.
    """
    own = scene.show != scene.key or scene.key not in FIRST  # what values() would not compute
    keys = [key for key in (*FIRST, *more) if key not in late and not (own and key == scene.key)]
    found = values(pair, scene.unit, keys=keys)
    given: dict[str, dict[str, float]] = {}
    if own and scene.key not in late and (drawn or scene.key in FIRST):
        given[scene.key] = scene.parameters
        found[scene.key] = value(pair, scene.key, scene.unit, **scene.parameters)
    reasons = {
        key: shortly(reason(pair, key, **given.get(key, {})), t)
        for key, number in found.items()
        if number is None or math.isinf(number)
    }
    reply: Reply = {"numbers": {k: _spelled(v) for k, v in found.items()}, "reasons": reasons}
    if drawn:
        symbol = Subject(pair, scene.key, scene.unit, t, math.nan, scene.parameters).symbol
        order = ", ".join(f"{LETTERS[k]} = {spell_order(v)}" for k, v in scene.parameters.items())
        reply["chosen"] = {"symbol": symbol, "order": order, "orders": orders(scene, t)}
    return reply


def shortly(given: Reason | None, t: text.Translate) -> str:
    """Say a reason in the space below a number; the sentence about it says all."""
    if given is not None and given.code == "across":
        return t("data.across", side=given.fields["atoms"])
    return words.reason(given, t)


def orders(scene: Scene, t: text.Translate) -> list[list]:
    """Return a slider row for each parameter of the chosen number, and whether it reaches inf."""
    rows = []
    for param in MEASURES[scene.key].params:
        now = scene.parameters[param.name]
        row = slider(param.name, t(f"order.{param.name}"), param, now)
        row[2] = finite(now)
        rows.append([*row, param.infinite])
    return rows


def _spelled(number: float | None) -> tuple[float | str, str]:
    exact = math.nan if number is None else number
    return finite(exact), words.number(exact)


# ---- the view and the panels --------------------------------------------------------------------


def held_view(message: object, scene: Scene) -> tuple[float, float]:
    """Return the view while a hand moves: still under a hand on the plot, wider for a slider.

    A slider may take a curve out of sight, and a view that followed every move would make the
    other curve wander: it grows in strides, and shrinks when the hand lets go.
    """
    held, needed = _frozen(message), view_of(scene)
    acts = message.get("acts") if isinstance(message, dict) else None
    last = acts[-1] if isinstance(acts, list) and acts else None
    if held is None or not isinstance(last, list) or last[:1] != ["param"]:
        return held or needed
    low, high = min(held[0], needed[0]), max(held[1], needed[1])
    stride = 0.3 * (high - low)
    return low - stride * (low < held[0]), high + stride * (high > held[1])


def panel(scene: Scene, side: str, t: text.Translate) -> Reply:
    """Return what one side's controls show: the family, its sliders and its spelling."""
    dist: Dist = getattr(scene, side)
    offered = sides.offers(scene, side)
    shown: Reply = {
        "family": dist.name,
        "offers": offered,
        "fits": offered if dist.name == SAMPLES else dist.kind,
        "text": spelled(dist),
        "params": sliders(dist, t),
        "made": estimated.described(dist, t),
    }
    if dist.name == "drawn":
        shown["interval"] = [dist.args[0], dist.args[1]]
    return shown


def spelled(dist: Dist) -> str:
    """Return the spelling of a distribution, "" where it is too long for a field."""
    if count_of(dist) > LONGEST_FIELD:
        return ""
    spelling = str(dist)
    return spelling if len(spelling) <= LONGEST_FIELD else ""


def sliders(dist: Dist, t: text.Translate) -> list[list]:
    """Return a row a parameter: name, title, value, low, high, step; the range holds the value."""
    return [
        slider(name, titled(dist, name, t), param, now)
        for name, param, now in controls.parameters(dist)
    ]


def titled(dist: Dist, name: str, t: text.Translate) -> str:
    """Return what a slider is called; the parts of a mixture are told apart by their number."""
    if dist.name == "truncated" and name in ("a", "b"):
        return t("stage.from" if name == "a" else "stage.to")
    part, _, param = name.rpartition(".")
    if dist.name in controls.OWN:
        part = part.partition(".")[2]  # there is only one inside
    return " ".join([t(f"param.{param}"), *([part] if part else [])])


# ---- where it meets Streamlit -------------------------------------------------------------------


_css, _js = component.stub("stage.js", STYLES)
_component = st.components.v2.component("divviz_stage", css=_css, js=_js, isolate_styles=False)


@st.fragment
def board(lang: str) -> None:
    """Show the live board; each message from the browser runs this function alone."""
    state = st.session_state.get(KEY)
    message = state.get("message") if isinstance(state, Mapping) else None
    reply = answer(message, st.query_params, lang)
    reply |= {"plotly": assets.url("plotly.min.js"), "channel": assets.live()}
    reply["embedding"] = asdict(embedding.read(st.query_params)[0])
    _component(key=KEY, data=reply, on_message_change=_heard)
    if reply["plotly"] is None:  # no server of ours to load the script from: Streamlit's own copy
        theme = "dark" if st.context.theme.type == "dark" else "light"
        st.plotly_chart(resolve(reply["figure"], PALETTES[theme]), key=f"{KEY}_picture", theme=None)


def _heard() -> None:
    """Streamlit keeps a component's state only for a name with a callback."""
