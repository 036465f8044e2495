"""Pictures of the CDFs, of what they are apart, and of the mass on its way from P to Q."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from divviz.dist import Dist
from divviz.pair import Pair
from divviz.web import spelling
from divviz.web.setting import STRIP, Setting, beyond, curve
from divviz.web.sheet import Array, Axis, Row, Trace, axis, filled, hover, line, note, y_axis
from divviz.web.whereabouts import furthest

FLOW = 110  # the height of a row in pixels
PARCELS = 32  # a density travels in this many equal masses
THIN = 2e-3  # streams of less mass than this are no wider than their own edge
BLURRED = 201  # places at which blurred densities are drawn
CELLS = 400  # the view in cells, each with its mass, before it is blurred
REACH = 6.0  # the blur reaches so many of its widths


class Steps(NamedTuple):
    """The two CDFs where they are drawn: places on the axis (n,), F and G (n,)."""

    x: Array
    f: Array
    g: Array


# ---- CDFs ----


def cdfs(setting: Setting, *, distance: bool = True) -> tuple[Axis, Steps]:
    """The two CDFs and their axis; outcomes stay in their slots where no distance counts."""
    if not setting.discrete:
        x = setting.x
        return setting.axis, Steps(x, setting.pair.P.cdf(x), setting.pair.Q.cdf(x))
    at, across = positions(setting) if distance else (setting.x, setting.axis)
    return across, _stairs(setting, at, across["range"])


def positions(setting: Setting) -> tuple[Array, Axis]:
    """Where outcomes stand when distance counts: in their slots if these are evenly apart."""
    x = setting.ground.x
    steps = np.diff(x)
    if not steps.size or np.ptp(steps) <= 1e-9 * steps.max():
        return setting.x, setting.axis
    pad = 0.5 * float(steps.min()) + 0.02 * float(x[-1] - x[0])
    return x, axis(range=[float(x[0]) - pad, float(x[-1]) + pad], nticks=8, showgrid=False)


def _stairs(setting: Setting, at: Array, view: Sequence[float]) -> Steps:
    """The two CDFs as stairs over the view."""
    pair = setting.pair
    place = np.searchsorted(pair.x, setting.ground.x)
    x = np.concatenate([view[:1], np.repeat(at, 2), view[1:]])
    totals = [np.concatenate([[0.0], np.cumsum(mass)]) for mass in (pair.p, pair.q)]
    # Outcomes that are not shown step up with the next one that is.
    f, g = (np.repeat(total[np.concatenate([place[:1], place + 1])], 2) for total in totals)
    return Steps(x, f, g)


def _gap_row(setting: Setting, across: Axis, steps: Steps, height: int, *, last: bool) -> Row:
    """The two CDFs with the area between them shaded."""
    x, f, g = steps
    lines = [line(x, g, "@q", 2, "dash"), filled(line(x, f, "@p"), "@m/0.22", "tonexty")]
    return Row(
        height,
        [*lines, hover(x, f, "F"), hover(x, g, "G")],
        across if last else across | {"showticklabels": False},
        axis(range=[-0.02, 1.06], nticks=5, zeroline=True),
        key=(("— F", "@p"), ("╌ G", "@q")),
        notes=beyond(setting, 1.04),
    )


def steps(setting: Setting) -> list[Row]:
    """The two CDFs alone."""
    across, found = cdfs(setting)
    return [_gap_row(setting, across, found, STRIP, last=True)]


def way(setting: Setting) -> list[Row]:
    """The CDFs, and the mass on its way from P to Q."""
    across, found = cdfs(setting)
    path = (
        _streams(setting, positions(setting)[0])
        if setting.discrete
        else _parcels(setting.pair, found)
    )
    ends = axis(range=[0, 1], showgrid=False, tickvals=[0, 1], ticktext=["Q ╌", "P —"])
    gap = _gap_row(setting, across, found, STRIP - 20, last=False)
    return [gap, Row(FLOW, [path], across, ends)]


def energy(setting: Setting) -> list[Row]:
    """The CDFs, and twice the square of their gap, whose area is the square of the distance."""
    across, found = cdfs(setting)
    square = 2 * (found.f - found.g) ** 2
    notes = beyond(setting, float(y_axis(square)["range"][1]))
    data = [filled(line(found.x, square, "@m"), "@m/0.3"), hover(found.x, square, "2(F − G)²")]
    below = Row(STRIP - 50, data, across, y_axis(square), "2(F − G)²", notes=notes)
    return [_gap_row(setting, across, found, STRIP - 40, last=False), below]


def cramer(setting: Setting) -> list[Row]:
    """The CDFs, and what each place adds: the square of their gap times the mean of p and q."""
    across, found = cdfs(setting, distance=False)
    gap = found.f[2::2] - found.g[2::2] if setting.discrete else found.f - found.g
    ground = setting.ground
    term = gap**2 * 0.5 * (ground.p + ground.q)
    name = "(F − G)² ½(p + q)"
    data = [filled(curve(setting, term, "@m"), "@m/0.3"), hover(setting.x, term, name)]
    above = _gap_row(setting, across, found, STRIP - 40, last=False)
    return [above, Row(STRIP - 50, data, setting.axis, y_axis(term), name)]


def largest(setting: Setting) -> list[Row]:
    """The CDFs, and a bar where they are furthest apart."""
    across, found = cdfs(setting, distance=False)
    row = _gap_row(setting, across, found, STRIP, last=True)
    apart = furthest(setting.pair)
    low, high = across["range"]
    x = _on_axis(setting, apart.x)
    size = abs(apart.f - apart.g)
    bar = line(np.array([x, x]), np.array([apart.f, apart.g]), "@ink", 4)
    left = x > (low + high) / 2
    side: dict[str, Any] = {"xanchor": "right" if left else "left", "xshift": -8 if left else 8}
    text = note(x, (apart.f + apart.g) / 2, spelling.number(size), bgcolor="@paper/0.8", **side)
    inside = low <= x <= high
    data = [*row.data, bar] if inside else row.data
    notes = [*row.notes, text] if inside else row.notes
    return [replace(row, data=data, notes=notes)]


def _on_axis(setting: Setting, x: float) -> float:
    """Where a place stands on the board's axis."""
    if not setting.discrete:
        return x
    after = int(np.searchsorted(setting.ground.x, x, side="right"))
    # Outcomes that are not shown step up with the next one that is.
    return float(setting.x[max(after - 1, 0)])


# ---- the way ----


def _streams(setting: Setting, at: Array) -> Trace:
    """The best plan of discrete P onto Q: a stream as wide as the mass that goes each way."""
    pair, shown_at = setting.pair, setting.ground.x
    ends = [np.cumsum(mass) for mass in (pair.p, pair.q)]
    cuts = np.unique(np.concatenate([[0.0], *ends]))
    mass = np.diff(cuts)
    wide = mass > THIN
    lower, mass = cuts[:-1][wide], mass[wide]
    gauge = 0.9 * np.diff(at).min(initial=1.0) / max(pair.p.max(), pair.q.max())
    sides = []
    for total, each in zip(ends, (pair.p, pair.q), strict=True):
        i = np.minimum(np.searchsorted(total, lower + mass / 2), len(total) - 1)
        centre = np.interp(pair.x[i], shown_at, at, left=at[0] - 1, right=at[-1] + 1)
        sides.append(centre + gauge * (lower - total[i] + each[i] / 2))
    above, below = sides
    width, gap = gauge * mass, np.full_like(mass, np.nan)
    x = np.column_stack([above, above + width, below + width, below, above, gap]).ravel()
    y = np.tile([1.0, 1.0, 0.0, 0.0, 1.0, np.nan], len(mass))
    return filled(line(x, y, "@m/0.8", 1), "@m/0.28", "toself")


def _parcels(pair: Pair, found: Steps) -> Trace:
    """The best plan of density P onto Q: each line carries the same mass, from F to the same G."""
    ends = _quantiles(pair.P, found.x, found.f), _quantiles(pair.Q, found.x, found.g)
    places = np.column_stack([*ends, np.full(PARCELS, np.nan)]).ravel()
    return line(places, np.tile([1.0, 0.0, np.nan], PARCELS), "@m", 1.5)


def _quantiles(dist: Dist, x: Array, cumulated: Array) -> Array:
    """The middles of PARCELS equal masses; read off the drawn CDF, which costs a mixture 3 ms less.

    Only what lies outside of the picture is asked of the distribution.
    """
    share = (np.arange(PARCELS) + 0.5) / PARCELS
    if dist.kind == "discrete":
        return dist.quantile(share)
    inside = (share >= cumulated[0]) & (share <= cumulated[-1])
    places = np.interp(share, cumulated, x)
    if not inside.all():
        places[~inside] = dist.quantile(share[~inside])
    return places


# ---- blurred ----


def blurred(setting: Setting) -> list[Row]:
    """P and Q blurred by the kernel's root, and their difference squared, whose area is MMD².

    exp(-(x - y)^2 / (2 s^2)) is s √(2π) times the overlap of two normals of variance s^2 / 2.
    """
    sigma = setting.parameters["sigma"]
    at, across = positions(setting) if setting.discrete else (setting.x, setting.axis)
    low, high = across["range"]
    on_axis = np.linspace(low, high, BLURRED)
    first, scale = _scale(setting, at)
    places = first + (on_axis - low) * scale
    p, q = (_blur(dist, places, sigma) for dist in (setting.pair.P, setting.pair.Q))
    term = sigma * math.sqrt(2 * math.pi) * (p - q) ** 2 * scale
    above = Row(
        STRIP - 40,
        [
            filled(line(on_axis, p, "@p", 1.5), "@p/0.22"),
            line(on_axis, q, "@q", 1.5, "dash"),
            hover(on_axis, p, "P"),
            hover(on_axis, q, "Q"),
        ],
        across | {"showticklabels": False},
        y_axis(p, q),
        key=(("— P", "@p"), ("╌ Q", "@q")),
    )
    name = f"σ√(2π) (P − Q)², σ = {spelling.order(sigma)}"
    data = [filled(line(on_axis, term, "@m", 1.5), "@m/0.3"), hover(on_axis, term, "MMD²")]
    return [above, Row(STRIP - 50, data, across, y_axis(term), name)]


def _scale(setting: Setting, at: Array) -> tuple[float, float]:
    """The place at the left end of the axis, and how many units of x are in one of the axis."""
    if not setting.discrete:
        return setting.view[0], 1.0
    x = setting.ground.x
    if at is x:
        return float(positions(setting)[1]["range"][0]), 1.0
    step = float(x[1] - x[0]) if len(x) > 1 else 1.0
    return float(x[0]) - 0.5 * step, step


def _blur(dist: Dist, places: Array, sigma: float) -> Array:
    """The density of a distribution blurred by a normal of variance sigma^2 / 2.

    Nothing finer than a cell is seen, as the picture has no finer pixels.
    """
    width = float(places[-1] - places[0])
    cell = max(width / CELLS, sigma / 16)
    spread = max(sigma / math.sqrt(2), cell)
    at, mass = _lumps(dist, (float(places[0]) + float(places[-1])) / 2, width / 2, spread, cell)
    away = (places[:, None] - at[mass > 0]) / spread
    result: Array = np.exp(-0.5 * away**2) @ mass[mass > 0] / (spread * math.sqrt(2 * math.pi))
    return result


def _lumps(
    dist: Dist, middle: float, half: float, spread: float, cell: float
) -> tuple[Array, Array]:
    """Places (n,) and the mass at each: outcomes, or cells as far out as the blur reaches."""
    if dist.kind == "discrete" and len(dist.atoms()[0]) <= CELLS:
        x, logs = dist.atoms()
        return x, np.exp(logs)
    count = math.ceil((half + REACH * spread) / cell)
    edges = middle + cell * np.arange(-count, count + 1.0)
    return 0.5 * (edges[:-1] + edges[1:]), np.diff(dist.cdf(edges))
