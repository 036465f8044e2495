"""Pictures of a code: the tree of its yes/no questions, and what blocks of outcomes cost."""

from collections.abc import Sequence

import numpy as np

from divviz.coding import Code, Node
from divviz.web.sheet import (
    LETTER,
    PHONE,
    Axis,
    Figure,
    Note,
    Row,
    Trace,
    axis,
    bare_axis,
    box,
    boxes,
    filled,
    hatched,
    line,
    named_axis,
    note,
    plain,
    sheet,
    upright_line,
)
from divviz.web.spelling import number

MOST_SIGNED = 10  # with more ends the answers 0 and 1 would stand on one another
BAR, AROUND = 26, 12  # the height of a bar with its gap, and of the rest of a row, in pixels


# ---- the tree ----


def tree(code: Code, names: Sequence[str], heading: str) -> Figure:
    """A question at each fork, an outcome at each end; `names` are those of code.p (n,)."""
    nodes = code.nodes
    ends = [node for node in nodes if node.outcome is not None]
    depth = max(len(node.word) for node in nodes)
    forks = [(node, nodes[k]) for node in nodes for k in node.children or ()]
    x = np.array([[a.x, b.x, np.nan] for a, b in forks], float).ravel()
    y = np.array([[-len(a.word), -len(b.word), np.nan] for a, b in forks], float).ravel()
    signs = [_sign(a, b) for a, b in forks] if len(ends) <= MOST_SIGNED else []
    row = Row(
        220,
        [line(x, y, "@ink/0.7", 1.5), _squares(ends, depth)],
        bare_axis([-0.6, len(ends) - 0.4]),
        _levels(depth),
        heading=heading,
        notes=[*signs, *_names(ends, names)],
    )
    return sheet(row)


def _sign(above: Node, below: Node) -> Note:
    """The answer that leads from a question to what is below it."""
    side = -1 if below.x < above.x else 1
    middle = -(len(above.word) + len(below.word)) / 2
    return note((above.x + below.x) / 2, middle, below.word[-1], xshift=9 * side, yshift=7)


def _levels(depth: int) -> Axis:
    """The number of questions, downwards."""
    shown = range(0, depth + 1, 1 + depth // 8)
    return axis(
        range=[-depth - 0.13 * (depth + 1) - 0.1, 0.25],
        tickvals=[-level for level in shown],
        ticktext=[str(level) for level in shown],
    )


def _squares(ends: Sequence[Node], depth: int) -> Trace:
    """A square at each outcome."""
    wide, high = 0.01 * len(ends), 0.022 * (depth + 1)
    middles = [(end.x, -len(end.word)) for end in ends]
    outlines = boxes((x - wide, y - high, x + wide, y + high) for x, y in middles)
    return filled(line(*outlines, "@p", 1.5), "@p", "toself")


def _names(ends: Sequence[Node], names: Sequence[str]) -> list[Note]:
    """The names of the outcomes that have room for them."""
    room = PHONE / len(ends)
    named = [(end, names[end.outcome]) for end in ends if end.outcome is not None]
    return [
        note(end.x, -len(end.word), plain(name), yanchor="top", yshift=-8)
        for end, name in named
        if LETTER * len(name) < room
    ]


# ---- blocks ----


def lengths(found: Sequence[float], entropy: float, heading: str) -> Figure:
    """Bits per outcome in blocks of 1, 2, ...: the entropy, and hatched what is paid above it."""
    count = max(len(found), 1)
    floor, roof = -count - 0.6, -0.4
    blocks = range(1, len(found) + 1)
    data: list[Trace] = []
    for k, bits in enumerate(found, 1):
        data.append(filled(_bar(k, 0.0, entropy, "@p", 1.5), "@p/0.22", "toself"))
        if bits > entropy:
            over = filled(_bar(k, entropy, bits, "@ink", 1), "@ink/0.1", "toself")
            data.append(hatched(over, "@ink", 0.5))
    data.append(upright_line(entropy, [floor, roof], "@p", 2))
    row = Row(
        AROUND + BAR * count,
        data,
        axis(range=[0.0, 1.18 * max(1.0, entropy, *found, 0.0)], nticks=6),
        named_axis([floor, roof], [-k for k in blocks], [str(k) for k in blocks]),
        heading=heading,
        key=((f"┄ H(P) = {number(entropy)}", "@p"),),
        notes=[
            note(max(bits, entropy), -k, number(bits), xanchor="left", xshift=6)
            for k, bits in enumerate(found, 1)
        ],
    )
    return sheet(row)


def _bar(k: int, start: float, end: float, colour: str, width: float) -> Trace:
    """The outline of a bar for blocks of k."""
    return line(*box(start, -k - 0.34, end, -k + 0.34), colour, width)
