"""Plans that are made without looking ahead, to be compared with the best one."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from divviz.places import Places
from divviz.plan import Move, Plan, finished, move, settled, surplus
from divviz.uncrossing import crossings, optimal, uncrossings


def nearest_first(here: Places) -> Plan:
    """The plan of who always makes the shortest move that is left, the leftmost of several.

    >>> from divviz.places import places
    >>> nearest_first(places([0, 3, 4, 9], [1, 1, 0, 0], [0, 0, 1, 1])).moves
    (Move(i=1, j=2, amount=0.5), Move(i=0, j=3, amount=0.5))
    """
    plan = Plan(here)
    while not finished(plan):
        more = surplus(plan)
        _, i, j = min(
            (abs(here.x[j] - here.x[i]), i, j)
            for i in np.flatnonzero(more > 0).tolist()
            for j in np.flatnonzero(more < 0).tolist()
        )
        plan = move(plan, i, j)
    return plan


def backward(here: Places) -> Plan:
    """The plan that turns the order round: the leftmost earth goes where the rightmost is wanted.

    It is the dearest of all plans for every cost that is convex in the distance: each exchange of
    two arrows that do not cross, which is that of `uncrossing` backwards, costs no less.
    """
    last = len(here.x) - 1
    mirrored = optimal(Plan(replace(here, q=here.q[::-1])))
    return Plan(here, tuple(Move(m.i, last - m.j, m.amount) for m in mirrored.moves))


def crossed(plan: Plan) -> bool:
    """Whether a plan is finished and has crossings, its rests included."""
    return finished(plan) and bool(crossings(settled(plan)))


@lru_cache(maxsize=32)
def unravelled(plan: Plan) -> tuple[Plan, ...]:
    """The way from a plan to one without crossings: its own if it is `crossed`, else `backward`."""
    return uncrossings(settled(plan) if crossed(plan) else backward(plan.places))
