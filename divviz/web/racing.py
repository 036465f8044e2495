"""Pictures of P and a normal Q on its way to it: in small, one above another, and what pulls."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from divviz.dist import Dist
from divviz.pair import Pair
from divviz.race import Run
from divviz.web.setting import View, eased, places
from divviz.web.sheet import (
    Array,
    Axis,
    Figure,
    Row,
    Trace,
    axis,
    filled,
    hatched,
    line,
    note,
    sheet,
    y_axis,
)

Z = np.linspace(-4.5, 4.5, 73)  # standard deviations at which a normal is drawn
REACH = 2.6  # standard deviations of a Q that comes to rest that should be in the picture


def view_of(view: View, found: Sequence[Run]) -> View:
    """The stretch that shows a view of P and the start, and where the descents end."""
    low, high = view
    for each in found:
        if each.path:
            mu, sigma = each.end.member.args
            low, high = min(low, mu - REACH * sigma), max(high, mu + REACH * sigma)
    half = (view[1] - view[0]) / 2
    return max(low, view[0] - half), min(high, view[1] + half)


def height(p: Dist, view: View, members: Sequence[Dist]) -> float:
    """A height that shows P and all members, but of a needle only its lower part."""
    highest = _target(p, view)[1]
    peaks = [float(one.density(one.args[0])) for one in members]
    return 1.08 * max([highest, *(min(peak, 2.2 * highest) for peak in peaks)])


# ---- P and Q -------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _steps(p: Dist, view: View) -> Array:
    """Where P is drawn."""
    return places(Pair(p, p), view)


@lru_cache(maxsize=64)
def _target(p: Dist, view: View) -> tuple[Trace, float]:
    """P as a filled line, and its highest point."""
    x = _steps(p, view)
    y = p.density(eased(Pair(p, p), x, view))
    return filled(line(x, y, "@p", 1.5), "@p/0.18"), float(y.max())


def _normal(member: Dist, view: View) -> Trace:
    """Q as a dashed, hatched line."""
    mu, sigma = member.args
    x = mu + sigma * Z
    x = np.concatenate([[view[0]], x[(x > view[0]) & (x < view[1])], [view[1]]])
    return hatched(filled(line(x, member.density(x), "@q", 1.8, "dash"), "@q/0.1"), "@q", 0.35)


def _across(view: View, **more: object) -> Axis:
    return axis(range=list(view), showgrid=False, **more)


def small(p: Dist, member: Dist, view: View, top: float) -> Figure:
    """P and a running Q, without heights."""
    y = axis(range=[0, top], showticklabels=False, showgrid=False, zeroline=True)
    drawn = sheet(Row(84, [_target(p, view)[0], _normal(member, view)], _across(view, nticks=4), y))
    drawn["layout"]["margin"] |= {"l": 6, "r": 6, "t": 4}
    drawn["layout"]["height"] -= 20
    return drawn


def stacked(p: Dist, members: Sequence[tuple[str, Dist]], view: View, top: float) -> Figure:
    """P with each of several Q, one above another, each under its heading."""
    rows = []
    for i, (heading, member) in enumerate(members, start=1):
        x = _across(view, nticks=8, showticklabels=i == len(members))
        data = [_target(p, view)[0], _normal(member, view)]
        rows.append(Row(84, data, x, axis(range=[0, top], nticks=3), heading))
    return sheet(*rows)


def alone(p: Dist, members: Sequence[Dist], view: View, top: float) -> Figure:
    """P with some Q, or none, in one row."""
    data = [_target(p, view)[0], *(_normal(one, view) for one in members)]
    return sheet(Row(110, data, _across(view), axis(range=[0, top], nticks=3)))


# ---- the pull ------------------------------------------------------------------------------------


class Heads(NamedTuple):
    """The headings of the two rows of `pulling`, and what up and down mean in the lower one."""

    upper: str
    lower: str
    up: str
    down: str


def pull_places(p: Dist, member: Dist, view: View) -> Array:
    """Where the pull is drawn: even steps, and the core of Q, which may be narrow."""
    mu, sigma = member.args
    x = np.unique(np.concatenate([_steps(p, view), mu + sigma * Z]))
    return eased(Pair(p, p), x[(x >= view[0]) & (x <= view[1])], view)


def pulling(p: Dist, member: Dist, pull: tuple[Array, Array], view: View, heads: Heads) -> Figure:
    """P and the running Q, and below them what each place pulls: plain up, hatched down.

    `pull` are places (n,) and shares (n,); one that is not finite is left out.
    """
    x, share = pull[0], np.where(np.isfinite(pull[1]), pull[1], 0.0)
    upper = Row(
        120,
        [_target(p, view)[0], _normal(member, view)],
        _across(view, showticklabels=False),
        axis(range=[0, height(p, view, [member])], nticks=4),
        heads.upper,
        key=[("— P", "@p"), ("╌ Q", "@q")],
    )
    strip = [
        filled(line(x, np.maximum(share, 0.0), "@m", 1.5), "@m/0.35"),
        hatched(filled(line(x, np.minimum(share, 0.0), "@m", 1.5), "@m/0.1"), "@m"),
    ]
    y = y_axis(share)
    reach = 1.3 * max(-y["range"][0], y["range"][1])  # with room for what up and down mean
    at: dict[str, Any] = {"xanchor": "left", "xshift": 6, "bgcolor": "@paper/0.8"}
    notes = [
        note(view[0], reach, heads.up, yanchor="top", **at),
        note(view[0], -reach, heads.down, yanchor="bottom", **at),
    ]
    y = y | {"range": [-reach, reach]}
    return sheet(upper, Row(130, strip, _across(view, nticks=8), y, heads.lower, notes=notes))
