"""A scene in LaTeX: its numbers as a table of booktabs, P and Q as a picture of pgfplots."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

import numpy as np

from divviz.controls import shown
from divviz.dist import Array
from divviz.export import Number, numbers
from divviz.measures import FIRST
from divviz.pair import Pair
from divviz.scene import MOST_OUTCOMES, SAMPLES, Scene

DIGITS = 4  # of a number as it is set; the whole of it stands in a comment behind
LONGEST = 160  # characters of a distribution's spelling in the caption
MOST_NAMES = 16  # names below the bars
LONGEST_NAME = 12
STEPS = 401
LOW_PLACES = 1e-30  # a smaller height is none: TeX's own numbers end soon after
SPECIAL = {
    **{mark: f"\\{mark}" for mark in "{}$&#_%"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
}
LETTERS = {"alpha": r"\alpha", "p": "p", "sigma": r"\sigma", "weight": "w"}
UNITS = {"x": "units of $x$", "sqrt(x)": r"$\sqrt{\text{units of }x}$", "": ""}
COLOURS = r"""\definecolor{divvizP}{HTML}{0B5CAD}
\definecolor{divvizQ}{HTML}{B8450B}"""


def latex_code(scene: Scene, x: Array, source: str = "", hidden: Collection[str] = ()) -> str:
    """A LaTeX document, whole, with the table and the picture of a scene, to be cut in pieces.

    Densities are drawn at the places x (n,). The table has the numbers that a page shows first and
    the selected one, without the hidden; `source` is an address for the comment on top.
    """
    rows = [n for n in numbers(scene, hidden) if n.one.key in (*FIRST, scene.key)]
    body = "\n\n".join([_table(rows), _figure(scene, x)])
    return "\n".join([*_preamble(body, source), r"\begin{document}", body, r"\end{document}", ""])


def _preamble(body: str, source: str) -> list[str]:
    """Packages and colours; letters beyond Latin need a newer engine, Chinese ones a font too."""
    chinese = any(unicodedata.east_asian_width(letter) in "WF" for letter in body)
    lines = [f"% DivViz: {line}" for line in source.splitlines()[:1] if line]
    if not body.isascii():
        lines.append("% !TEX program = xelatex")
    lines += [r"\documentclass{article}", r"\usepackage{amsmath}"]
    lines += [r"\usepackage{ctex}"] if chinese else []
    packages = [r"\usepackage{booktabs}", r"\usepackage{pgfplots}", r"\pgfplotsset{compat=1.16}"]
    return [*lines, *packages, *COLOURS.splitlines()]


def escaped(text: str) -> str:
    r"""A text as LaTeX sets it, whatever is in it; Chinese and other letters pass through.

    >>> print(escaped("50% of {a_b}\\input"))
    50\% of \{a\_b\}\textbackslash{}input
    """
    return "".join(SPECIAL.get(mark, mark if mark.isprintable() else " ") for mark in text)


# ---- the table -----------------------------------------------------------------------------------


def _table(rows: Iterable[Number]) -> str:
    return "\n".join(
        [
            r"\begin{table}[ht]",
            r"\centering",
            r"\begin{tabular}{lrl}",
            r"\toprule",
            r"Measure & Value & Unit \\",
            r"\midrule",
            *map(_row, rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
        ]
    )


def _row(number: Number) -> str:
    """A symbol, the number, its unit, and in a comment its key and the number with all digits."""
    symbol = f"${number.one.latex}{_order(number)}$"
    exact = "undefined" if number.value is None else repr(number.value)
    return f"{symbol} & {_set(number.value)} & {_unit(number.unit)} \\\\ % {number.one.key} {exact}"


def _order(number: Number) -> str:
    """Parameters behind a symbol, where it has no usual ones."""
    one, given = number.one, number.given
    shown = one.required or given != one.checked({}, defaults=True)
    terms = [f"{LETTERS[name]}={_short(value)}" for name, value in given.items() if shown]
    return rf"\ ({', '.join(terms)})" if terms else ""


def _set(value: float | None) -> str:
    r"""A number as it is set, with the digits that the page shows.

    >>> print(_set(1.30042), _set(-2.5e-7), _set(math.inf), _set(None), _set(0.0))
    $1.300$ $-2.500\times 10^{-7}$ $\infty$ -- $0$
    """
    if value is None:
        return "--"
    if math.isinf(value):
        return r"$\infty$" if value > 0 else r"$-\infty$"
    mantissa, _, power = f"{value:.{DIGITS - 1}e}".partition("e")
    if value == 0:
        return "$0$"
    if -4 <= int(power) < 6:
        return f"${value:.{max(0, DIGITS - 1 - int(power))}f}$"
    return f"${mantissa}\\times 10^{{{int(power)}}}$"


def _short(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else r"\infty"


def _unit(unit: str) -> str:
    if unit.startswith("sqrt(") and unit not in UNITS:
        return f"$\\sqrt{{\\text{{{unit[5:-1]}}}}}$"
    return UNITS.get(unit, unit)


# ---- the picture ---------------------------------------------------------------------------------


def _figure(scene: Scene, x: Array) -> str:
    pair = Pair(scene.p, scene.q)
    if scattered(pair):
        x = np.linspace(*_reach(pair), STEPS)
    axis = _bars(pair) if pair.discrete and not scattered(pair) else _curves(pair, x)
    sides = {"P": scene.p, "Q": scene.q}
    caption = r"\\".join(_spelled(side, str(dist)) for side, dist in sides.items())
    return "\n".join(
        [
            r"\begin{figure}[ht]",
            r"\centering",
            r"\begin{tikzpicture}",
            *axis,
            r"\end{tikzpicture}",
            r"\par\smallskip",
            caption,
            r"\end{figure}",
        ]
    )


def _spelled(side: str, text: str) -> str:
    short = escaped(text[:LONGEST]) + (r"\dots{}" if len(text) > LONGEST else "")
    short = re.sub(r"(?<=[,+)])", r"\\allowbreak{}", short)  # typewriter letters break nowhere
    return f"${side}$: \\texttt{{{short}}}"


def _axis(options: Sequence[str], plots: Iterable[str]) -> list[str]:
    base = ["width=11cm", "height=6cm", "axis lines=left", "legend pos=north east"]
    base.append("enlarge y limits={value=0.12, upper}")  # room for the legend
    lines = [f"  {option}," for option in (*base, *options)]
    return [r"\begin{axis}[", *lines, "]", *plots, r"\end{axis}"]


def _bars(pair: Pair) -> list[str]:
    """Masses side by side, over the names of the outcomes or every so many of them."""
    board = shown(pair)
    n = len(board.values)
    every = max(1, math.ceil(n / MOST_NAMES))
    names = ",".join(f"{{{_name(name)}}}" for name in board.names[::every])
    options = [
        "ybar=0pt",
        f"bar width={9 / (n + 1) * 0.38:.3g}cm",
        "ymin=0",
        "xmin=0",
        f"xmax={n + 1}",
        f"xtick={{{','.join(str(k) for k in range(1, n + 1, every))}}}",
        f"xticklabels={{{names}}}",
        "ylabel={probability}",
    ]
    at = np.arange(1.0, n + 1)
    plots = [
        _plot(f"draw=divviz{side}, fill=divviz{side}!{ink}", at, y, side)
        for side, y, ink in (("P", board.p, 60), ("Q", board.q, 15))
    ]
    return _axis(options, plots)


def _name(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        # To a list of TikZ a member "..." means all that lie between, and it never ends.
        return escaped(name).replace("..", ".{}.")
    return escaped(name[: LONGEST_NAME - 1]) + r"\dots{}"


def scattered(pair: Pair) -> bool:
    """Whether these are samples of more values than there is room for bars."""
    samples = SAMPLES in (pair.P.name, pair.Q.name)
    return pair.discrete and samples and len(pair.x) > MOST_OUTCOMES


def _reach(pair: Pair) -> tuple[float, float]:
    """The stretch that shows both."""
    (a, b), (c, d) = pair.P.window(), pair.Q.window()
    return min(a, c), max(b, d)


def _curves(pair: Pair, x: Array) -> list[str]:
    """Densities, or where outcomes meet a density, or are many values of a sample, the CDFs."""
    steps = pair.mixed or pair.discrete
    ground = None if steps else pair.on(x)
    ys = [pair.P.cdf(x), pair.Q.cdf(x)] if ground is None else [ground.p, ground.q]
    label = "probability up to $x$" if steps else "density"
    options = ["ymin=0", "xlabel={$x$}", f"ylabel={{{label}}}", "no markers"]
    looks = ("divvizP, thick", "divvizQ, thick, dashed")
    plots = [_plot(*one) for one in zip(looks, (x, x), ys, "PQ", strict=True)]
    return _axis(options, plots)


def _plot(look: str, x: Array, y: Array, side: str) -> str:
    """One curve with its data; the last backslashes of a row end it, not the end of the line."""
    heights = np.where(np.abs(y) < LOW_PLACES, 0.0, y)
    places = zip(x.tolist(), heights.tolist(), strict=True)
    rows = [f"{_place(a)} {_place(b)}\\\\" for a, b in places]
    head = f"\\addplot[{look}] table[row sep=\\\\] {{"
    return "\n".join([head, *rows, "};", f"\\addlegendentry{{${side}$}}"])


def _place(value: float) -> str:
    return f"{value:.8g}"
