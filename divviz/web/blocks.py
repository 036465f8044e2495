"""What a part of a lesson is made of: each function returns a block that the browser knows.

A demo is a function from a Look (the state, the words, whether a hand is moving) to a list of
blocks, or to None where it has nothing new to show while a hand moves.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from divviz.dist import Dist
from divviz.knobs import Knob
from divviz.measures import MEASURES, reason, value, values
from divviz.pair import Pair
from divviz.state import State
from divviz.web import stage
from divviz.web.plot import SIDES, canvas, finite, handles, plot, view_of
from divviz.web.prose import LIVE
from divviz.web.sheet import Figure
from divviz.web.spelling import amount, number, short, tidy
from divviz.web.text import Translate

Block = dict[str, Any]
Blocks = list[Block]
Row = tuple[str, str, float | str, str, str]


@dataclass(frozen=True)
class Look:
    """What a demo shows: a state, in words `t`, at rest or while a hand moves, in a view of x."""

    state: State
    t: Translate
    lang: str = "en"
    live: bool = False
    held: tuple[float, float] | None = None

    @property
    def pair(self) -> Pair:
        """P and Q on common ground."""
        return self.state.pair

    @property
    def p(self) -> Dist:
        """P itself."""
        return self.state.scene.p

    @property
    def q(self) -> Dist:
        """Q itself."""
        return self.state.scene.q

    @property
    def unit(self) -> str:
        """The unit of information, a key of UNITS."""
        return self.state.unit

    @cached_property
    def view(self) -> tuple[float, float]:
        """The stretch of the line that is shown; under a moving hand it stays still."""
        return self.held or view_of(self.state.scene)

    def value(self, key: str, **parameters: float) -> float:
        """A measure of the pair in the state's unit; NaN where it is undefined."""
        if parameters:
            found = value(self.pair, key, self.unit, **parameters)
        else:
            found = values(self.pair, self.unit, keys=[key])[key]
        return math.nan if found is None else found

    def spelled(self, key: str) -> str:
        """A measure of the pair as a reader sees it, with its unit."""
        return amount(self.value(key), key, self.unit, self.t)


Show = Callable[[Look], Blocks | None]


class Demo(NamedTuple):
    """A demo, and whether it follows a moving hand; one that does not is shown at rest."""

    show: Show
    live: bool = True


class Task(NamedTuple):
    """A task: when it is reached, a link that reaches it, and one to start from, if any."""

    reached: Callable[[State], bool]
    solution: str
    start: str | None = None


# ---- text and numbers ---------------------------------------------------------------------------


def say(text: str, style: str = "") -> Block:
    """A sentence; `style` "result" is read aloud where the hand rests, "caption" is small."""
    return {"kind": "say", "text": text, "style": style}


def numbers(look: Look, *keys: str, gate: str = "") -> Block:
    """Measures of the pair, each with its symbol and, if it is infinite or undefined, why."""
    found = values(look.pair, look.unit, keys=list(keys))
    rows = []
    for key in keys:
        value = found[key]
        exact = math.nan if value is None else value
        why = "" if math.isfinite(exact) else stage.shortly(reason(look.pair, key), look.t)
        rows.append((key, MEASURES[key].symbol, finite(exact), number(exact), why))
    return {"kind": "numbers", "rows": rows, "gate": gate, "measures": True}


def readings(*rows: tuple[str, str, float], gate: str = "") -> Block:
    """Numbers of a demo's own: (name, symbol or short title, value)."""
    shown = [(name, symbol, finite(v), number(v), "") for name, symbol, v in rows]
    return {"kind": "numbers", "rows": shown, "gate": gate}


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str | Block]], caption: str = "", gate: str = ""
) -> Block:
    """A table; the first cell of a row is its heading, a cell may be one to type in (`cell`)."""
    return {
        "kind": "table",
        "heads": list(heads),
        "rows": [list(row) for row in rows],
        "caption": caption,
        "gate": gate,
    }


def cell(value: float, label: str, *act: object) -> Block:
    """A cell to type a number in: the browser sends the act with the number at its end."""
    return {"value": short(value), "label": label, "act": list(act)}


def code(**programs: str) -> Block:
    """Programs to copy, by the names of their tabs."""
    return {"kind": "code", "programs": list(programs.items())}


# ---- pictures -----------------------------------------------------------------------------------


def figure(drawn: Figure, label: str, gate: str = "") -> Block:
    """A picture of sheet.sheet; `label` says in words what it shows."""
    return {"kind": "figure", "figure": drawn, "label": label, "gate": gate}


def drawing(name: str, drawn: Figure, label: str, **hands: Any) -> Block:
    """A picture to drag, bend, paint or draw in; drawing.js says what `hands` hold."""
    return {"kind": "drawing", "id": name, "name": name, "figure": drawn, "label": label, **hands}


def plane(
    look: Look,
    *,
    sides: str = "pq",
    draws: str | None = None,
    hint: str = "",
    called: Mapping[str, str] | None = None,
    families: bool = True,
    panels: str | None = None,
) -> Block:
    """The plot of P and Q (or of P alone) with its hands, and the families with their sliders.

    `draws` are the sides that a hand may draw and `panels` those with a family and sliders, all
    that are shown unless said; `called` are names for P and Q.
    """
    scene, t = look.state.scene, look.t
    draws = sides if draws is None else draws
    pair = look.pair if "q" in sides else Pair(scene.p, scene.p)
    shown = plot(pair, look.view) | {"alone": len(sides) == 1}
    block: Block = {
        "kind": "plane",
        "sides": sides,
        "draws": draws,
        "called": dict(called or {}),
        "families": families,
        "hint": hint or t("stage.hint"),
        "plot": shown,
        "handles": {
            side: handles(side, getattr(scene, side), look.view, t) if side in draws else []
            for side in SIDES
        },
    }
    if families:
        block["sides_of"] = {side: stage.panel(scene, side, t) for side in panels or sides}
    if not look.live:
        lines = shown["kind"] == "continuous"
        block["canvas"] = {
            side: canvas(getattr(scene, side), look.view, lines) if side in draws else None
            for side in SIDES
        }
    return block


# ---- controls -----------------------------------------------------------------------------------


def _knob(look: Look, name: str) -> Knob:
    return next(knob for knob in look.state.topic.knobs if knob.name == name)


def knob(look: Look, name: str, title: str) -> Block:
    """A slider for a number of the lesson's own."""
    one = _knob(look, name)
    ends = {"low": one.low, "high": one.high, "step": one.step}
    return {"kind": "knob", "name": name, "title": title, "value": look.state[name], **ends}


def choice(look: Look, name: str, title: str, options: Mapping[str, str]) -> Block:
    """Buttons for a choice of the lesson's own: {option: text}."""
    value = look.state[name]
    rows = list(options.items())
    return {"kind": "choice", "name": name, "title": title, "value": value, "options": rows}


def press(text: str, *act: object, enabled: bool = True) -> tuple[str, Block, bool]:
    """A button of `buttons` that does an act."""
    return text, {"act": list(act)}, enabled


def go(text: str, link: str) -> tuple[str, Block, bool]:
    """A button of `buttons` that opens a state of this page, a link such as ``p=pmf(1,1)``."""
    return text, {"open": link}, True


def visit(text: str, page: str, link: str) -> tuple[str, Block, bool]:
    """A button of `buttons` that leads to another page, in a state such as ``p=pmf(1,1)``."""
    return text, {"page": page, "open": link}, True


def buttons(*rows: tuple[str, Block, bool]) -> Block:
    """Buttons in a row: see `press`, `go` and `visit`."""
    return {"kind": "buttons", "rows": list(rows)}


def player(
    look: Look, name: str, title: str, last: int, rate: float = 8.0, size: float = 1
) -> Block:
    """An animation of a knob in `last` steps of a `size` from 0, at `rate` steps a second."""
    return {
        "kind": "player",
        "name": name,
        "title": title,
        "value": min(round(look.state[name] / size), last),
        "high": last,
        "rate": rate,
        "size": size,
    }


def details(name: str, title: str, blocks: Blocks, *, opened: bool = False) -> Block:
    """Blocks that open on request."""
    return {"kind": "details", "name": name, "title": title, "blocks": blocks, "open": opened}


def row(*columns: Blocks) -> Block:
    """Blocks side by side, one below the other on a phone."""
    return {"kind": "row", "columns": list(columns)}


# ---- questions and tasks ------------------------------------------------------------------------


def ask(
    look: Look,
    name: str,
    choices: Sequence[str],
    truth: str,
    shown: Blocks = (),  # type: ignore[assignment]
    revealed: Blocks = (),  # type: ignore[assignment]
    **fields: object,
) -> Block:
    """A question with a choice of answers.

    Its words are `ask.NAME`, for each choice `ask.NAME.CHOICE` and the explanation
    `why.NAME.CHOICE`; `fields` fill their placeholders.
    """
    t = look.t
    assert truth in choices
    return {
        "kind": "question",
        "form": "choice",
        "name": name,
        "ask": t(f"ask.{name}", **fields),
        "choices": [
            (key, t(f"ask.{name}.{key}", **fields), t(f"why.{name}.{key}", **fields))
            for key in choices
        ],
        "truth": truth,
        "whys": {"right": t(f"why.{name}.{truth}", **fields)},
        "shown": list(shown),
        "revealed": list(revealed),
    }


def guess(
    look: Look,
    name: str,
    truth: float,
    near: float,
    unit: str = "",
    shown: Blocks = (),  # type: ignore[assignment]
    revealed: Blocks = (),  # type: ignore[assignment]
    **fields: object,
) -> Block:
    """A question for a number: right within `near` of the truth.

    Its words are `ask.NAME` and `why.NAME.right`, `why.NAME.low`, `why.NAME.high`.
    """
    t = look.t
    return {
        "kind": "question",
        "form": "number",
        "name": name,
        "ask": t(f"ask.{name}", **fields),
        "unit": unit,
        "truth": truth,
        "spelled": short(truth),
        "near": near,
        "whys": {key: t(f"why.{name}.{key}", **fields) for key in ("right", "low", "high")},
        "shown": list(shown),
        "revealed": list(revealed),
    }


def sketch(
    look: Look,
    name: str,
    pen: Block,
    truth: Sequence[float],
    near: float,
    before: Figure,
    after: Figure,
    label: str,
    revealed: Blocks = (),  # type: ignore[assignment]
    **fields: object,
) -> Block:
    """A question that is answered by a line drawn in `before`; `after` shows the truth as well.

    `pen` is {"row", "a", "b", "values", "low", "high", "label_place", "label_height"}; `truth` has
    a value for each of its cells, and a mean gap of `near` counts as right. Its words are
    `ask.NAME`, `why.NAME.right` and `why.NAME.wrong`.
    """
    t = look.t
    return {
        "kind": "question",
        "form": "drawn",
        "name": name,
        "id": f"ask.{name}",
        "ask": t(f"ask.{name}", **fields),
        "figure": before,
        "after": after,
        "label": label,
        "pen": pen,
        "truth": [float(v) for v in np.asarray(truth)],
        "near": near,
        "whys": {key: t(f"why.{name}.{key}", **fields) for key in ("right", "wrong")},
        "revealed": list(revealed),
    }


def tasks(look: Look, some: Mapping[str, Task]) -> Block:
    """Tasks that check themselves; their words are `task.NAME` and `hint.NAME`."""
    rows = [
        {
            "name": name,
            "text": look.t(f"task.{name}"),
            "hint": look.t(f"hint.{name}"),
            "done": bool(task.reached(look.state)),
            "open": task.start,
        }
        for name, task in some.items()
    ]
    return {"kind": "tasks", "rows": rows}


# ---- live paragraphs ----------------------------------------------------------------------------


def paragraph(look: Look, template: str, own: Mapping[str, Callable[[Look], str]]) -> Blocks:
    """A live paragraph: `{kl_pq}` is a measure with its unit, `{unit}` the unit, others the page's.

    Raises KeyError for a name that is none of these.
    """
    filled = LIVE.sub(lambda found: _said(look, found[1], own), template)
    return [say(tidy(filled)) | {"names": LIVE.findall(template)}]


def _said(look: Look, name: str, own: Mapping[str, Callable[[Look], str]]) -> str:
    if name in own:
        return own[name](look)
    if name == "unit":
        return look.t(f"unit.{look.unit}")
    return look.spelled(name)
