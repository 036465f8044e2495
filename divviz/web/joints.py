"""Blocks of a joint table of X and Y: to paint it, to type it, its diagram and its numbers."""

import math
from functools import lru_cache

import numpy as np

from divviz.dist import QUIET
from divviz.joint import Joint, conditional, entropy, independent_table, mutual_information_term
from divviz.painted import FULL, Told, told
from divviz.units import unit_factor
from divviz.web import blocks, tables
from divviz.web.blocks import Block, Look
from divviz.web.spelling import number, short, with_unit

SYMBOLS = {
    "h_x": "H(X)",
    "h_y": "H(Y)",
    "h_xy": "H(X,Y)",
    "h_x_given_y": "H(X|Y)",
    "h_y_given_x": "H(Y|X)",
    "information": "I(X;Y)",
}
NOTHING = 1e-12  # of any unit: what is left of 0 by rounding


@lru_cache(maxsize=64)
def known(joint: Joint, unit: str) -> Told:
    """All numbers of the diagram of a table, kept for the parts of a page that share them."""
    return told(joint, unit)


def amounts(look: Look, joint: Joint, *keys: str) -> dict[str, str]:
    """Entropies and the information of a table by name, each with its unit."""
    now = known(joint, look.unit)
    return {key: with_unit(getattr(now, key), look.unit, look.t) for key in keys}


# ---- to paint and to type -----------------------------------------------------------------------


def painter(
    look: Look,
    name: str,
    joint: Joint,
    act: str,
    height: int,
    *,
    brush: float | None = None,
    upward: bool = False,
) -> Block:
    """A table to paint: the browser sends the act with all weights.

    With a brush of its own a cell shows its weight; without one it is full or empty.
    """
    rows, columns = joint.sizes
    paint: dict[str, object] = {
        "row": "",
        "rows": rows,
        "columns": columns,
        "x": [0, columns],
        "y": [0, rows],
        "values": joint.weights.ravel().tolist(),
        "most": max(FULL, float(joint.weights.max())),
        "act": [act],
        "label": look.t("joint.table"),
        "cell": look.t("joint.cell"),
        "row_names": [f"Y={r + 1}" for r in range(rows)],
        "column_names": [f"X={c + 1}" for c in range(columns)],
    }
    if brush is not None:
        paint |= {"brush": brush, "written": True}
    easel = tables.easel(joint.table, height, upward=upward)
    return blocks.drawing(name, easel, look.t("joint.table"), paint=paint)


@QUIET
def typed(look: Look, joint: Joint, act: str) -> Block:
    """The table with cells to type in, and its marginals: the act has row, column and weight."""
    rows, columns = joint.sizes
    p = joint.table
    body: list[list[str | Block]] = [
        [
            f"Y={r + 1}",
            *(_field(look, joint, act, r, c) for c in range(columns)),
            short(float(p[r].sum())),
        ]
        for r in range(rows)
    ]
    body.append(["p(x)", *(short(float(p[:, c].sum())) for c in range(columns)), "1"])
    heads = ["Y \\ X", *(f"X={c + 1}" for c in range(columns)), "p(y)"]
    total = float(joint.weights.sum())
    caption = look.t("joint.typed", sum=short(total)) if math.isfinite(total) else ""
    return blocks.table(heads, body, caption)


def _field(look: Look, joint: Joint, act: str, row: int, column: int) -> Block:
    label = look.t("joint.field", row=f"Y={row + 1}", column=f"X={column + 1}")
    return blocks.cell(float(joint.weights[row, column]), label, act, row, column)


# ---- its numbers --------------------------------------------------------------------------------


def readings(look: Look, name: str, joint: Joint, *keys: str, gate: str = "") -> Block:
    """Fields of Told with their symbols."""
    now = known(joint, look.unit)
    rows = ((f"{name}.{key}", symbol(look, key), value(now, key)) for key in keys)
    return blocks.readings(*rows, gate=gate)


def symbol(look: Look, key: str) -> str:
    """What a field of Told is called."""
    return SYMBOLS.get(key) or look.t("joint.correlation")


def value(now: Told, key: str) -> float:
    """A field of Told, NaN for a correlation that is not defined."""
    found = getattr(now, key)
    return math.nan if found is None else float(found)


def diagram(look: Look, name: str, joint: Joint, gate: str = "") -> Block:
    """The information diagram, to the scale of the entropy of a table of equal cells."""
    now = known(joint, look.unit)
    most = math.log(joint.weights.size) * unit_factor(look.unit)
    unit = look.t(f"unit.{look.unit}")
    fields = {key: number(getattr(now, key)) for key in ("h_x", "h_y", "information")}
    label = look.t("joint.diagram", unit=unit, **fields)
    return blocks.drawing(name, tables.diagram(now, most, unit), label) | {"gate": gate}


def one_by_one(look: Look, joint: Joint, caption: str) -> Block:
    """What each single y leaves of X, and the mean of that."""
    now = known(joint, look.unit)
    shares, given = joint.table.sum(axis=1), conditional(joint, 1, 0)
    body = []
    for r, share in enumerate(shares.tolist()):
        left = entropy(Joint(given[r][None]), unit=look.unit) if share > 0 else math.nan
        body.append([f"Y={r + 1}", short(share), number(left), signed(now.h_x - left)])
    body.append(
        [look.t("joint.mean"), "1", number(now.h_x_given_y), f"I = {number(now.information)}"]
    )
    return blocks.table(["Y", "p(y)", "H(X|Y=y)", "H(X) − H(X|Y=y)"], body, caption)


def signed(value: float) -> str:
    """A number with its sign also where it is above 0; what is next to 0 is 0."""
    near = 0.0 if abs(value) < NOTHING else value
    return ("+" if near > 0 else "") + number(near)


# ---- the divergence from the product ------------------------------------------------------------


def against_product(look: Look, joint: Joint) -> tuple[Block, float, float]:
    """The table, its independent twin and the shares of I side by side.

    With them what the shares above 0 and those below add up to.
    """
    p, q = joint.table, independent_table(joint)
    terms = mutual_information_term(joint, unit=look.unit)
    top, high = float(max(p.max(), q.max())), float(np.abs(terms).max())
    shown = {
        "itself": tables.cells(p, top, ("@p", "@p")),
        "product": tables.cells(q, top, ("@q", "@q")),
        "terms": tables.cells(terms, high, ("@more", "@less")),
    }
    columns = []
    for name, drawn in shown.items():
        caption = look.t(f"joint.{name}", unit=look.t(f"unit.{look.unit}"))
        columns.append([blocks.say(caption), blocks.drawing(f"product.{name}", drawn, caption)])
    return blocks.row(*columns), float(terms[terms > 0].sum()), float(terms[terms < 0].sum())
