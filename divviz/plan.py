"""A plan made by hand that carries P's earth into Q's holes, move by move, and what it costs.

All of P's earth may be moved, at most as much as lies at a place and as Q wants where it goes. What
lies where Q wants it and is not moved stays, for nothing: a plan is finished when the earth left at
each place is what is wanted there. Source: Villani, Topics in Optimal Transportation (2003), (1.2).
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from divviz.coupling import norm
from divviz.dist import QUIET, Array, Param, SceneError, spell
from divviz.places import Places

MOST_MOVES = 64
LONGEST = 48 * MOST_MOVES  # characters: two places of four digits, and an amount of 24
FINISHED = 1e-12  # of all the earth: what rounding may leave
ORDER = Param("p", 1.0, 1.0, 4.0, 1.0, 10.0)
ROOT = replace(ORDER, maximum=1e3, infinite=True)
MOVE = re.compile(r"([0-9]{1,6})>([0-9]{1,6})(?::([0-9.]{1,24}(?:e-?[0-9]{1,3})?))?")


class Move(NamedTuple):
    """So much of the earth, as a share of all, from place number i to place number j."""

    i: int
    j: int
    amount: float


@dataclass(frozen=True)
class Plan:
    """The moves made so far between two distributions on the same places; moves (i, i) are rests.

    >>> from divviz.places import places
    >>> plan = move(Plan(places([0, 1, 4], [1, 1, 0], [0, 1, 1])), 0, 2)
    >>> plan.moves, finished(plan), cost(plan), cost(plan, 2)
    ((Move(i=0, j=2, amount=0.5),), True, 2.0, 8.0)
    """

    places: Places
    moves: tuple[Move, ...] = ()


# --- what is left ---------------------------------------------------------------------------------


def left(plan: Plan) -> Array:
    """P's earth that has not been moved, at each place (n,)."""
    return _rest(plan.places.p, ((m.i, m.amount) for m in plan.moves))


def room(plan: Plan) -> Array:
    """What Q wants at each place (n,), less what has been brought."""
    return _rest(plan.places.q, ((m.j, m.amount) for m in plan.moves))


def surplus(plan: Plan) -> Array:
    """The piles still to be moved, and as negative numbers the holes still to be filled (n,)."""
    difference = left(plan) - room(plan)
    return np.where(np.abs(difference) <= FINISHED, 0.0, difference)


def finished(plan: Plan) -> bool:
    """Whether at each place what is left is what is wanted."""
    return not surplus(plan).any()


def _rest(mass: tuple[float, ...], taken: Iterable[tuple[int, float]]) -> Array:
    terms = [[m] for m in mass]
    for k, amount in taken:
        terms[k].append(-amount)
    rest = [math.fsum(row) for row in terms]
    dust = [len(row) > 1 and r <= FINISHED for row, r in zip(terms, rest, strict=True)]
    return np.where(dust, 0.0, rest)


# --- moves ----------------------------------------------------------------------------------------


def offered(plan: Plan, i: int, j: int) -> float:
    """How much a move from place i to place j takes when nothing else is said.

    At i its pile, or without one all that is left; at j its hole, or without one all the room; the
    smaller of the two. 0 where nothing is left or nothing fits.
    """
    excess = surplus(plan)
    give = excess[i] if excess[i] > 0 else left(plan)[i]
    take = -excess[j] if excess[j] < 0 else room(plan)[j]
    return float(min(give, take))


def move(plan: Plan, i: int, j: int, amount: float | None = None) -> Plan:
    """The plan with one more move from place number i to place number j, as much as `offered`.

    A given `amount` is a share of all the earth. SceneError for numbers that are no places, i = j,
    an amount that is not above 0 or more than is left at i or fits at j, and above 64 moves.
    """
    i, j = _place(plan, i), _place(plan, j)
    if i == j:
        raise SceneError("plan_rest")
    if len(plan.moves) >= MOST_MOVES:
        raise SceneError("plan_many", most=MOST_MOVES)
    give, take = float(left(plan)[i]), float(room(plan)[j])
    if give == 0:
        raise SceneError("plan_empty", place=plan.places.x[i])
    if take == 0:
        raise SceneError("plan_full", place=plan.places.x[j])
    carried = offered(plan, i, j) if amount is None else _amount(amount)
    if carried > give + FINISHED:
        raise SceneError("plan_left", place=plan.places.x[i], amount=give)
    if carried > take + FINISHED:
        raise SceneError("plan_room", place=plan.places.x[j], amount=take)
    return replace(plan, moves=(*plan.moves, Move(i, j, min(carried, give, take))))


def _place(plan: Plan, index: Any) -> int:
    last = len(plan.places.x) - 1
    try:
        number = operator.index(index)
    except TypeError:
        raise SceneError("act_index", index=index, last=last) from None
    if not 0 <= number <= last:
        raise SceneError("act_index", index=number, last=last)
    return number


def _amount(amount: Any) -> float:
    try:
        value = float(amount)
    except (TypeError, ValueError, OverflowError):
        raise SceneError("plan_amount", value=amount) from None
    if not 0 < value < math.inf:
        raise SceneError("plan_amount", value=value)
    return value


def undone(plan: Plan, at: int = -1) -> Plan:
    """The plan without its last move, or without move number `at`; SceneError if there is none."""
    count = len(plan.moves)
    if at not in range(-count, count):
        raise SceneError("plan_undo")
    at %= count
    return replace(plan, moves=plan.moves[:at] + plan.moves[at + 1 :])


def settled(plan: Plan) -> Plan:
    """The plan with what stays where it is wanted written out as moves (i, i)."""
    stay = np.minimum(left(plan), room(plan))
    rests = tuple(Move(i, i, float(stay[i])) for i in np.flatnonzero(stay > 0).tolist())
    return replace(plan, moves=plan.moves + rests)


# --- costs ----------------------------------------------------------------------------------------


@QUIET
def cost(plan: Plan, p: float = 1.0) -> float:
    """The sum of amount times distance^p over the moves, in units of x^p, for p from 1 to 10.

    SceneError for another p. Source: Villani (2003), (1.2).
    """
    p = ORDER.check("cost", p)
    amounts, ways = _carried(plan)
    return float((amounts * ways**p).sum())


def mean_way(plan: Plan, p: float = 1.0) -> float:
    """The p-th root of the cost, in units of x: what W_p is for the best plan; p = inf: the longest
    way. SceneError for p below 1 or above 1000.
    """
    p = ROOT.check("cost", p)
    amounts, ways = _carried(plan)
    return norm(ways, amounts, p)


def _carried(plan: Plan) -> tuple[Array, Array]:
    """The amount of each move (m,) and how far it goes (m,)."""
    x = plan.places.x
    ways = [abs(x[m.j] - x[m.i]) for m in plan.moves]
    return np.array([m.amount for m in plan.moves], float), np.array(ways, float)


# --- text -----------------------------------------------------------------------------------------


def spelled(plan: Plan) -> str:
    """The moves as text for a link; rests go without saying.

    >>> from divviz.places import places
    >>> spelled(move(Plan(places([0, 1], [1, 0], [0, 1])), 0, 1, 0.25))
    '0>1:0.25'
    """
    return ";".join(f"{m.i}>{m.j}:{spell(m.amount)}" for m in plan.moves if m.i != m.j)


def read(here: Places, text: str) -> Plan:
    """The plan that `spelled` wrote; a move without an amount takes what is `offered`.

    SceneError for what is no such text, above 64 moves, and what `move` refuses.
    """
    if not isinstance(text, str):
        raise SceneError("act_text", value=text)
    if len(text) > LONGEST:
        raise SceneError("text_long", length=len(text), longest=LONGEST)
    plan = Plan(here)
    for part in text.split(";") if text else ():
        found = MOVE.fullmatch(part.strip())
        if found is None:
            raise SceneError("plan_text", found=part)
        i, j, amount = found.groups()
        plan = move(plan, int(i), int(j), None if amount is None else _amount(amount))
    return plan
