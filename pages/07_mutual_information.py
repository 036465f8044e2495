"""Mutual information: what one variable says about another, in a table and through a channel."""

import math
from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np

from divviz import knobs
from divviz.capacity import (
    Bounded,
    binary_erasure,
    binary_symmetric,
    blahut_arimoto,
    capacity,
    carried,
    sent,
    z_channel,
)
from divviz.dist import Array, Names, SceneError
from divviz.joint import Joint, conditional_entropy
from divviz.joint_code import numpy_table, scipy_table, torch_table
from divviz.painted import PICTURES, TEXTBOOK, Told, edited, picture, read_table, spelled
from divviz.readers import number, numbers, text, whole
from divviz.state import Act, State, Topic
from divviz.units import unit_factor
from divviz.web import blocks, channels, joints, tables
from divviz.web.blocks import Block, Blocks, Demo, Look, Show, Task
from divviz.web.spelling import number as spoken
from divviz.web.spelling import short, with_unit

MOST_SMALL, MOST_PAINTED = 6, 16  # rows or columns
BRUSHES = ("1", "2", "4", "8")
LAST = 20  # steps of Blahut and Arimoto
BIT = math.log(2)
SHARES = np.linspace(0, 1, 101)
CHANNELS = {"symmetric": binary_symmetric, "erasure": binary_erasure, "z": z_channel}
OUTPUTS = {"symmetric": ("0", "1"), "erasure": ("0", "?", "1"), "z": ("0", "1")}

# Tables to begin with; axis 0 is Y, and Y = 1 stands at the top.
FILLS = {
    "textbook": TEXTBOOK,
    "independent": Joint(np.outer([4, 2, 1, 1], [1, 2, 2, 1])),
    "same": Joint(8 * np.eye(4)),
    "noisy": Joint(7 * np.eye(4) + 1),
}


# ---- the state ----------------------------------------------------------------------------------


def _table(most: int, link: str) -> Joint:
    found = read_table(link)
    if max(found.sizes) > most:
        raise SceneError("painted_side", side=max(found.sizes), least=2, most=most)
    return found


def _painted(name: str, state: State, weights: Array) -> State:
    """The state with a table painted over; as many weights as it has cells."""
    rows, columns = state[name].sizes
    if len(weights) != rows * columns:
        raise SceneError("painted_rows", count=len(weights), columns=columns)
    return state.with_knob(name, spelled(Joint(weights.reshape(rows, columns))))


def _typed(state: State, row: int, column: int, weight: float) -> State:
    return state.with_knob("table", spelled(edited(state["table"], row, column, weight)))


def _fill(state: State, name: str) -> State:
    if name not in FILLS:
        raise SceneError("painted_picture", name=name, known=Names(", ".join(FILLS)))
    return state.with_knob("table", spelled(FILLS[name]))


def _share(state: State, hand: str, share: float, height: float) -> State:
    return state.with_knob("share", share)


TOPIC = Topic(
    start="p=bernoulli(0.1)&q=bernoulli(0.9)&unit=bits",
    knobs=(
        knobs.custom("table", TEXTBOOK, partial(_table, MOST_SMALL), spelled),
        knobs.custom("painted", picture("circle"), partial(_table, MOST_PAINTED), spelled),
        knobs.choice("brush", "4", BRUSHES),
        knobs.choice("channel", "symmetric", tuple(CHANNELS)),
        knobs.number("noise", 0.2, 0, 1, 0.01),
        knobs.number("share", 0.2, 0, 1, 0.01),
        knobs.number("step", 0, 0, LAST, 1, whole=True),
    ),
    acts={
        "cells": Act((numbers,), partial(_painted, "table")),
        "cell": Act((whole, whole, number), _typed),
        "fill": Act((text,), _fill),
        "paint": Act((numbers,), partial(_painted, "painted")),
        "picture": Act(
            (text,), lambda state, name: state.with_knob("painted", spelled(picture(name)))
        ),
        "share": Act((text, number, number), _share),
    },
)


# ---- the table ----------------------------------------------------------------------------------


def _brush(look: Look) -> Block:
    return blocks.choice(look, "brush", look.t("brush"), {weight: weight for weight in BRUSHES})


def _fills(look: Look) -> Block:
    return blocks.buttons(*(blocks.press(look.t(f"fill.{name}"), "fill", name) for name in FILLS))


def _easel(look: Look, name: str) -> Blocks:
    """The small table with what it is painted with."""
    brush = float(look.state["brush"])
    easel = joints.painter(look, name, look.state["table"], "cells", 240, brush=brush)
    return [easel, _brush(look), _fills(look)]


def table(look: Look) -> Blocks:
    joint = look.state["table"]
    told = joints.amounts(look, joint, "h_x", "h_x_given_y", "information")
    keys = ("information", "h_x_given_y", "h_y_given_x", "h_xy", "h_x", "h_y")
    return [
        blocks.row(
            _easel(look, "table"),
            [
                blocks.say(look.t("headline", **told), "result"),
                joints.diagram(look, "table.diagram", joint),
                joints.readings(look, "table", joint, *keys),
            ],
        ),
        blocks.details("type", look.t("type"), [joints.typed(look, joint, "cell")]),
    ]


def symmetry(look: Look) -> Blocks:
    one = joints.known(TEXTBOOK, "bits")
    assert math.isclose(one.h_x - one.h_x_given_y, one.h_y - one.h_y_given_x)
    return [blocks.ask(look, "symmetry", ["x", "y", "same"], "same")]


def rows(look: Look) -> Blocks:
    joint = look.state["table"]
    return [joints.one_by_one(look, joint, look.t("rows.caption"))]


# ---- what correlation does not see --------------------------------------------------------------


def parabola(look: Look) -> Blocks:
    joint = picture("x_squared")
    one = joints.known(joint, look.unit)
    assert one.correlation == 0 and one.h_y_given_x == 0
    revealed = look.t("parabola.revealed", **joints.amounts(look, joint, "information", "h_y"))
    drawn = tables.easel(joint.table, 210, upward=True, inked=True)
    shown = blocks.row([blocks.drawing("parabola", drawn, look.t("parabola.label"))], [])
    choices = ["neither", "blind", "both"]
    told = [blocks.say(revealed)]
    return [blocks.ask(look, "parabola", choices, "blind", shown=[shown], revealed=told)]


def painting(look: Look) -> Blocks:
    joint, t = look.state["painted"], look.t
    named = (blocks.press(t(f"picture.{name}"), "picture", name) for name in PICTURES)
    easel = joints.painter(look, "painting", joint, "paint", 330, upward=True)
    return [
        blocks.row(
            [easel, blocks.buttons(*named)],
            [
                joints.readings(
                    look, "painted", joint, "correlation", "information", gate="parabola"
                ),
                joints.diagram(look, "painted.diagram", joint, gate="parabola"),
            ],
        )
    ]


def pictures(look: Look) -> Blocks:
    """All pictures side by side, as numbers."""
    keys = ("correlation", "information", "h_y_given_x", "h_x_given_y")
    body = []
    for name in PICTURES:
        one = joints.known(picture(name), look.unit)
        body.append([look.t(f"picture.{name}"), *(spoken(joints.value(one, k)) for k in keys)])
    heads = [look.t("picture"), *(joints.symbol(look, key) for key in keys)]
    compared = blocks.table(heads, body, gate="parabola")
    return [blocks.details("pictures", look.t("pictures"), [compared])]


# ---- a divergence -------------------------------------------------------------------------------


def product(look: Look) -> Blocks:
    joint = look.state["table"]
    shown, gains, losses = joints.against_product(look, joint)
    information = joints.amounts(look, joint, "information")
    added = look.t("product.sum", gains=spoken(gains), losses=spoken(-losses), **information)
    return [shown, blocks.say(added, "result")]


# ---- tasks --------------------------------------------------------------------------------------


def _told(state: State) -> Told:
    """The numbers of the small table, in the unit that the page shows."""
    return joints.known(state["table"], state.unit)


def _independent(state: State) -> bool:
    one, was = _told(state), joints.known(TEXTBOOK, state.unit)
    as_before = math.isclose(one.h_x, was.h_x, rel_tol=joints.NOTHING)
    bit = BIT * unit_factor(state.unit)
    return as_before and one.information < joints.NOTHING and one.h_y >= bit - joints.NOTHING


def _uncorrelated(state: State) -> bool:
    one = _told(state)
    near = one.correlation is not None and abs(one.correlation) < joints.NOTHING
    return near and one.information > BIT * unit_factor(state.unit) + joints.NOTHING


def _function(state: State) -> bool:
    one = _told(state)
    return one.h_y_given_x < joints.NOTHING < min(one.h_x_given_y, one.information)


def _summit(state: State) -> bool:
    asymmetric = state["channel"] == "z" and 0.3 <= state["noise"] <= 0.7
    return asymmetric and _most(state) - _now(state) < 1e-4


TASKS = {
    "independent": Task(_independent, "table=k4:4211421100000000"),
    "uncorrelated": Task(_uncorrelated, "table=k4:0010100000010100"),
    "function": Task(_function, "table=k4:4400002000010000"),
    "summit": Task(_summit, "channel=z&noise=0.5&share=0.4"),
}
AT_TABLE = ("independent", "uncorrelated", "function")


def independence(look: Look) -> Blocks:
    keys = ("information", "correlation", "h_x", "h_y", "h_x_given_y", "h_y_given_x")
    joint = look.state["table"]
    return [
        blocks.row(
            _easel(look, "again"),
            [
                joints.readings(look, "table", joint, *keys),
                blocks.tasks(look, {name: TASKS[name] for name in AT_TABLE}),
            ],
        )
    ]


# ---- a noisy channel ----------------------------------------------------------------------------


def _noisy(state: State) -> Array:
    return CHANNELS[state["channel"]](state["noise"])


@lru_cache(maxsize=64)
def _best(kind: str, noise: float) -> Bounded:
    return capacity(CHANNELS[kind](noise))


@lru_cache(maxsize=16)
def _curve(kind: str, noise: float) -> Array:
    return carried(CHANNELS[kind](noise), np.column_stack([1 - SHARES, SHARES]))


@lru_cache(maxsize=16)
def _climb(kind: str, noise: float, share: float) -> tuple[Bounded, ...]:
    return blahut_arimoto(CHANNELS[kind](noise), [1 - share, share], LAST)


def _now(state: State) -> float:
    """I(X;Y) in nats through the channel with the present share of 1."""
    return float(carried(_noisy(state), [[1 - state["share"], state["share"]]])[0])


def _most(state: State) -> float:
    """The capacity in nats."""
    return _best(state["channel"], state["noise"]).lower


def tenth(look: Look) -> Blocks:
    truth = capacity(binary_symmetric(0.1)).lower * unit_factor("bits")
    unit = look.t("unit.bits")
    return [blocks.guess(look, "tenth", truth, 0.04, unit, capacity=spoken(truth))]


def _hill(look: Look, now: float, most: float) -> Block:
    """The information over the share of 1, with a hand on it."""
    state, t, factor = look.state, look.t, unit_factor(look.unit)
    share = state["share"]
    heights = _curve(state["channel"], state["noise"]) * factor
    drawn = channels.through((SHARES, heights), (share, now), most, BIT * factor)
    hand = {
        "id": "share",
        "x": share,
        "y": now,
        "row": "",
        "move": "x",
        "low": [0, 0],
        "high": [1, 0],
        "step": [0.01, 0],
        "label": t("share"),
        "text": t("channel.hand", share=short(share), information=spoken(now)),
    }
    label = t("channel.label", capacity=spoken(most), unit=t(f"unit.{look.unit}"))
    return blocks.drawing("hill", drawn, label, hands=[hand], act=["share"])


def channel(look: Look) -> Blocks:
    state, t, factor = look.state, look.t, unit_factor(look.unit)
    kind, share = state["channel"], np.array([1 - state["share"], state["share"]])
    now, most = _now(state) * factor, _most(state) * factor
    left = conditional_entropy(sent(_noisy(state), share), 0, 1, look.unit)
    ways = channels.ways(_noisy(state), share, (("0", "1"), OUTPUTS[kind]))
    numbers = (("now", "I(X;Y)", now), ("capacity", "C", most), ("left", "H(X|Y)", left))
    kinds = {one: t(f"channel.{one}") for one in CHANNELS}
    return [
        blocks.choice(look, "channel", t("channel"), kinds),
        blocks.row(
            [
                blocks.knob(look, "noise", t("noise")),
                blocks.knob(look, "share", t("share")),
                _hill(look, now, most),
            ],
            [
                blocks.drawing("ways", ways, t("ways.label")),
                blocks.readings(*((f"channel.{name}", *rest) for name, *rest in numbers)),
                blocks.tasks(look, {"summit": TASKS["summit"]}),
            ],
        ),
    ]


def climb(look: Look) -> Blocks:
    state, t = look.state, look.t
    path = _climb(state["channel"], state["noise"], state["share"])
    step = min(state["step"], len(path) - 1)
    here, factor = path[step], unit_factor(look.unit)
    lower = factor * np.array([one.lower for one in path])
    upper = factor * np.array([one.upper for one in path])
    names = (t("climb.lower"), t("climb.upper"))
    drawn = channels.bounds(lower, upper, step, LAST, _most(state) * factor, names)
    told = (
        ("share", t("climb.share"), float(here.input[1])),
        ("lower", names[0], here.lower * factor),
        ("upper", names[1], here.upper * factor),
    )
    return [
        blocks.player(look, "step", t("climb.step"), LAST, rate=3.0),
        blocks.row(
            [blocks.drawing("climb", drawn, t("climb.label"))],
            [blocks.readings(*((f"climb.{name}", *rest) for name, *rest in told))],
        ),
    ]


# ---- in your code -------------------------------------------------------------------------------


def code(look: Look) -> Blocks:
    joint, unit = look.state["table"], look.unit
    programs = {
        "NumPy": numpy_table(joint, unit),
        "SciPy": scipy_table(joint, unit),
        "PyTorch": torch_table(joint, unit),
    }
    return [blocks.code(**programs)]


def _still(show: Show) -> Show:
    """A demo that no hand changes: it stays as it stands while one moves."""
    return lambda look: None if look.live else show(look)


DEMOS = {
    "table": table,
    "symmetry": _still(symmetry),
    "rows": rows,
    "parabola": _still(parabola),
    "painting": painting,
    "pictures": _still(pictures),
    "product": product,
    "independence": independence,
    "tenth": _still(tenth),
    "channel": channel,
    "climb": climb,
    "code": Demo(code, live=False),
}


def _said(key: str) -> Callable[[Look], str]:
    return lambda look: joints.amounts(look, look.state["table"], key)[key]


SAYS = {key: _said(key) for key in ("h_x", "h_x_given_y")}
SAYS["capacity"] = lambda look: with_unit(
    _most(look.state) * unit_factor(look.unit), look.unit, look.t
)
