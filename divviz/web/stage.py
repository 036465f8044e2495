"""The live board: a message from the browser in, a reply with numbers, curves and words out.

`answer` is a pure function of the message, the page's address and the language; `board` is the one
place where it meets Streamlit.
"""

import math
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
import streamlit as st

from divviz import controls, fit, gestures
from divviz.families import FAMILIES, Dist, SceneError
from divviz.measures import MEASURES, UNITS, reason, values
from divviz.pair import Pair
from divviz.presets import PRESETS
from divviz.scene import Scene, read, read_link
from divviz.web import assets, text, words
from divviz.web.figures import PALETTES, eased, pack, picture, places, resolve

KEY = "stage"
MOST_ACTS = 64
SHORT = 4096
CELLS = 256
SIDES = ("p", "q")
UNDER = {"js_distance": "js"}  # shown small, in the box of the other
MODULES = ("dom.js", "channel.js", "surface.js", "sketch.js", "picture.js", "panel.js", "stage.js")

Reply = dict[str, Any]


# ---- from a message to a scene -----------------------------------------------------------------


def scene_of(message: object, query: Mapping[str, str]) -> tuple[Scene, list[SceneError], list]:
    """Return the scene that a message (or else the address) describes, with errors and notices."""
    if not isinstance(message, dict) or not isinstance(message.get("base"), str):
        return *read(query), []
    base = message["base"]
    scene, found = (_read_once if len(base) < SHORT else read_link)(base)
    errors, notices = list(found), []
    acts = message.get("acts")
    for act in acts[:MOST_ACTS] if isinstance(acts, list) else ():
        try:
            scene, said = gestures.apply(scene, act)
            notices += said
        except SceneError as error:
            errors.append(error)
    return scene, errors, notices


# A drag sends the same base with every move: 64 bars cost 0.8 ms to parse.
_read_once = lru_cache(maxsize=256)(read_link)


def _seq(message: object) -> int:
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
    and gets the numbers alone for the moves between.
    """
    t = text.of(lang)
    scene, errors, notices = scene_of(message, query)
    live = isinstance(message, dict) and message.get("live") is True
    pair = Pair(scene.p, scene.q)
    found = values(pair, scene.unit)
    reply: Reply = {
        "seq": _seq(message),
        "live": live,
        "numbers": {key: _spelled(value) for key, value in found.items()},
        "reasons": {
            key: words.reason(reason(pair, key), t)
            for key, value in found.items()
            if math.isinf(value)
        },
    }
    if live and isinstance(message, dict) and message.get("draw") is False:
        return reply
    view = held_view(message, scene) if live else view_of(scene)
    reply |= {
        "kind": scene.p.kind,
        "unit": scene.unit,
        "show": scene.show,
        "sentence": words.sentence(pair, scene.show, scene.unit, t),
        "plot": plot(pair, view),
        "handles": {side: handles(side, getattr(scene, side), view, t) for side in SIDES},
        "sides": {side: panel(getattr(scene, side), t) for side in SIDES},
        "figure": picture(pair, scene.show, scene.unit, t, view),
    }
    if live:
        return reply
    reply |= {
        "scene": scene.link,
        "picked": t(f"measure.{scene.show}.name"),
        "says": t(f"measure.{scene.show}.says"),
        "caption": t(f"picture.{scene.show}"),
        "canvas": {side: canvas(getattr(scene, side), view) for side in SIDES},
        "notices": [
            *(words.error(error, t) for error in errors),
            *(words.notice(notice, t) for notice in notices),
            *question(message, t),
        ],
    }
    if not isinstance(message, dict) or message.get("lang") != lang:
        reply |= vocabulary(lang)
    return reply


def question(message: object, t: text.Translate) -> list[str]:
    """Return what to ask about a preset that was just chosen: one sentence, or none."""
    acts = message.get("acts") if isinstance(message, dict) else None
    match acts[-1] if isinstance(acts, list) and acts else None:
        case ["preset", str(name)] if name in PRESETS:
            return [t(f"preset.{name}.note")]
    return []


def _spelled(value: float) -> tuple[float | str, str]:
    """JSON has no infinity: it travels by the name that JavaScript gives it."""
    exact = value if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"
    return exact, words.number(value)


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


def view_of(scene: Scene) -> tuple[float, float]:
    """Return the stretch of the line that shows both distributions."""
    (a, b), (c, d) = scene.p.window(), scene.q.window()
    low, high = min(a, c), max(b, d)
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room


def plot(pair: Pair, view: tuple[float, float]) -> Reply:
    """Return the curves or bars of both distributions as packed arrays."""
    if pair.discrete:
        shown = controls.shown(pair)
        return {
            "kind": "discrete",
            "names": list(shown.names),
            "values": pack(shown.values, "f8"),
            "p": pack(shown.p, "f8"),
            "q": pack(shown.q, "f8"),
        }
    x = places(pair, view)
    ground = pair.on(eased(pair, x, view))
    return {
        "kind": "continuous",
        "view": view,
        "x": pack(x, "f4"),
        "p": pack(ground.p, "f4"),
        "q": pack(ground.q, "f4"),
        "peak": {"p": float(ground.p.max()), "q": float(ground.q.max())},
    }


def handles(side: str, dist: Dist, view: tuple[float, float], t: text.Translate) -> list[Reply]:
    """Return the handles of one side: where each sits, how far it goes, and what it says."""
    low, high = view
    step = float(f"{(high - low) / 100:.0e}")
    found = []
    for name, x in controls.grips(dist).items():
        *part, kind = name.split(".")
        label = " ".join([t(f"stage.handle_{kind}", side=side.upper()), *part])
        reach = {"low": low, "high": high, "step": step}
        found.append({"name": name, "x": x, "label": label, "text": words.short(x), **reach})
    return found


def panel(dist: Dist, t: text.Translate) -> Reply:
    """Return what one side's controls show: the family, its sliders and its spelling."""
    spelling = str(dist)
    side: Reply = {
        "family": dist.name,
        "text": spelling if len(spelling) <= 400 else "",
        "params": sliders(dist, t),
    }
    if dist.name == "drawn":
        side["interval"] = [dist.args[0], dist.args[1]]
    return side


def sliders(dist: Dist, t: text.Translate) -> list[list]:
    """Return a row a parameter: name, title, value, low, high, step; the range holds the value."""
    rows = []
    for name, param, value in controls.parameters(dist):
        low, high = min(param.low, value), max(param.high, value)
        step = 1 if param.integer else 10 ** math.floor(math.log10((param.high - param.low) / 150))
        title = (
            t(f"param.{param.name}")
            if name == param.name
            else f"{t(f'param.{param.name}')} {name.split('.')[0]}"
        )
        rows.append([name, title, value, low, high, step])
    return rows


def canvas(dist: Dist, view: tuple[float, float]) -> Reply | None:
    """Return the cells that a hand starts to draw from: the drawn ones, or the density in cells."""
    if dist.kind == "discrete":
        return {"a": 0, "b": 1, "levels": []}
    shape = dist if dist.name == "drawn" else fit.spread(dist, CELLS, view)
    a, b, levels = shape.args
    return {"a": a, "b": b, "levels": pack(np.asarray(levels), "u2")}


@cache
def vocabulary(lang: str) -> Reply:
    """Return every word and choice that the browser keeps for a language."""
    t = text.of(lang)
    kinds = {
        kind: [
            (name, t(f"family.{name}"))
            for name, family in FAMILIES.items()
            if family.kind in (kind, "either")
        ]
        for kind in ("discrete", "continuous")
    }
    return {
        "lang": lang,
        "words": text.static(lang),
        "measures": [
            {
                "key": key,
                "symbol": one.symbol,
                "name": t(f"measure.{key}.name"),
                "under": UNDER.get(key),
            }
            for key, one in MEASURES.items()
        ],
        "choices": {
            "presets": [(name, t(f"preset.{name}.name")) for name in PRESETS],
            "units": [(unit, t(f"unit.{unit}")) for unit in UNITS],
            "families": kinds,
            "fits": {
                kind: [row for row in rows if row[0] in fit.FITTED] for kind, rows in kinds.items()
            },
        },
    }


# ---- where it meets Streamlit -------------------------------------------------------------------


def _stub() -> tuple[str | None, str]:
    """Return (css, js) of the component: an import of the served files, or all of them inline."""
    script, style = assets.url("stage.js"), assets.url("stage.css")
    if script is None or style is None:
        return assets.text("stage.css"), _bundle()
    return None, (
        "const at = (path) => new URL(path, document.baseURI).href;\n"
        "const style = document.createElement('link');\n"
        f"style.rel = 'stylesheet'; style.href = at('{style}');\n"
        "if (!document.querySelector(`link[href='${style.href}']`)) document.head.append(style);\n"
        f"const stage = import(at('{script}'));\n"
        "export default (component) => { stage.then((s) => s.default(component)); };\n"
    )


def _bundle() -> str:
    """Return the modules as one: without a server of ours there is no address to import from."""
    lines = (line for name in MODULES for line in assets.text(name).splitlines())
    kept = [line for line in lines if not line.startswith("import ")]
    return "\n".join(
        line.removeprefix("export ") if "default" not in line else line for line in kept
    )


_css, _js = _stub()
_component = st.components.v2.component("divviz_stage", css=_css, js=_js, isolate_styles=False)


@st.fragment
def board(lang: str) -> None:
    """Show the live board; each message from the browser runs this function alone."""
    state = st.session_state.get(KEY)
    message = state.get("message") if isinstance(state, Mapping) else None
    reply = answer(message, st.query_params, lang)
    reply |= {"plotly": assets.url("plotly.min.js"), "channel": assets.live()}
    _component(key=KEY, data=reply, on_message_change=_heard)
    if reply["plotly"] is None:  # no server of ours to load the script from: Streamlit's own copy
        theme = "dark" if st.context.theme.type == "dark" else "light"
        st.plotly_chart(resolve(reply["figure"], PALETTES[theme]), key=f"{KEY}_picture", theme=None)


def _heard() -> None:
    """Streamlit keeps a component's state only for a name with a callback."""
