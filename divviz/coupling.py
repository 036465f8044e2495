"""The best plan of two distributions of outcomes: which mass goes how far.

Source: Villani, Topics in Optimal Transportation (2003), theorem 2.18: on the line the plan that
keeps the order is the best for every cost that is convex in the distance.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from divviz.columns import Running
from divviz.dist import Array
from divviz.gap import step_gap
from divviz.ground import Ground
from divviz.pair import Pair
from divviz.powers import at_outcomes

ROUNDED = 1e-30
MANY = 200_000


def norm(way: Array, mass: Array, p: float) -> float:
    """(sum of mass way^p)^(1/p), without overflow; the largest way that mass takes for p = inf."""
    far = np.where(mass > 0, np.abs(way), 0.0)
    top = float(far.max(initial=0.0))
    if top == 0 or math.isinf(p):
        return top
    return top * float((mass * (far / top) ** p).sum()) ** (1 / p)


def lengthened(pair: Pair) -> Ground:
    """The outcomes that matter, and past them those that matter to |x|^p (infinite supports)."""
    x, tails = pair.x, (pair.P.tail(), pair.Q.tail())
    if len(x) < 2 or pair.labels is not None:
        return pair.ground
    reach = 1.0 + np.arange(len(x) + 40.0)
    left = x[0] - (x[1] - x[0]) * reach[::-1] if any(t[0].kind != "end" for t in tails) else x[:0]
    right = x[-1] + (x[-1] - x[-2]) * reach if any(t[1].kind != "end" for t in tails) else x[:0]
    if not len(left) + len(right):
        return pair.ground
    return at_outcomes(pair, np.concatenate([left, x, right]))


def coupling(g: Ground) -> tuple[Array, Array]:
    """The best plan of two distributions of outcomes: how far (m,), and the mass that goes (m,).

    The levels of both CDFs are told by P's and the gap, which has all its digits, in twice the
    working precision: from the left up to the middle, from the right beyond it.
    """
    n, gap = len(g.x), step_gap(g).values
    up, down = _running(g.p), _running(np.append(0.0, g.p[:0:-1]))[:, ::-1]
    left = np.concatenate([up, _sum_of(up, -gap)], axis=1)
    right = np.concatenate([down, _sum_of(down, gap)], axis=1)
    low = np.flatnonzero(left[0] <= 0.5)
    high = np.flatnonzero(left[0] > 0.5)
    low = low[np.lexsort((left[1, low], left[0, low]))]
    high = high[np.lexsort((-right[1, high], -right[0, high]))]
    order = np.concatenate([low, high])
    below, above = left[:, order], right[:, order]
    first = np.concatenate([[[0.0], [0.0]], below[:, :-1]], axis=1)
    last = np.concatenate([[[1.0], [0.0]], above[:, :-1]], axis=1)
    mass = np.where(
        np.arange(2 * n) < len(low),
        (below[0] - first[0]) + (below[1] - first[1]),
        (last[0] - above[0]) + (last[1] - above[1]),
    )
    # The two levels of one outcome are as far apart as the gap says, be it 1e-300.
    index = order % n
    same = np.concatenate([[False], index[1:] == index[:-1]])
    mass[same] = np.abs(gap[index[same]])
    # What rounding of the masses leaves between levels that are equal is no mass.
    tail = np.minimum(np.abs(below[0]), np.abs(above[0]) + mass)
    mass = np.where(~same & (mass <= ROUNDED * tail), 0.0, mass)
    owner = order >= n
    places = [g.x[np.minimum(_passed(owner == who), n - 1)] for who in (False, True)]
    return places[0] - places[1], mass


def _passed(mine: Any) -> Any:
    """How many levels of one's own lie before each level (m,)."""
    return np.cumsum(mine) - mine


def _running(mass: Array) -> Array:
    """Running sums (2, n) in twice the working precision, for lists of up to MANY terms."""
    if len(mass) > MANY:
        return np.stack([np.cumsum(mass), np.zeros(len(mass))])
    sums, running = np.empty((2, len(mass))), Running()
    for k, term in enumerate(mass.tolist()):
        running.add(term)
        sums[:, k] = running.read()
    return sums


def _sum_of(level: Array, change: Array) -> Array:
    """(high, low) + change as (high, low). Source: Knuth, TAOCP 2, section 4.2.2."""
    total = level[0] + change
    back = total - level[0]
    rest = (level[0] - (total - back)) + (change - back) + level[1]
    high = total + rest
    return np.stack([high, rest - (high - total)])
