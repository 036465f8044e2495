"""Why the best plan on the line crosses no arrows, and that plan.

Where one arrow starts to the left of another and ends to its right, exchanging their ends costs no
more, for any cost that is convex in the distance. Repeated, this ends in the plan that keeps the
order, which is therefore the best. Source: Villani, Topics in Optimal Transportation (2003),
theorem 2.18; Santambrogio, Optimal Transport for Applied Mathematicians (2015), theorem 2.9.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from divviz.dist import SceneError
from divviz.plan import Move, Plan, cost, finished

# Less than this of the earth, and of a move, is the rounding of masses such as 0.1 + 0.2.
DUST = 1e-15
EQUAL = 1e-12  # costs closer than this, of the larger, are the same cost
Two = tuple[int, int]


# --- the best plans -------------------------------------------------------------------------------


def optimal(plan: Plan) -> Plan:
    """The plan between the same two distributions that keeps the order, from left to right.

    It costs W_p^p for every p >= 1, rests included as moves (i, i), and for p > 1 no other plan
    does; for p = 1 there may be many that cost as little. Source: Villani (2003), theorem 2.18.
    """
    p, q = _exact(plan.places.p), _exact(plan.places.q)
    return replace(plan, moves=tuple(_in_order(plan, p, q)))


def resting(plan: Plan) -> Plan:
    """The plan that leaves all that P and Q share where it is, and keeps the order of the rest.

    It costs W1, while it moves as little earth as any plan: the total variation distance. For p > 1
    it may cost more than W_p^p. Source: Villani (2003), corollary 1.16.
    """
    p, q = _exact(plan.places.p), _exact(plan.places.q)
    stay = [min(a, b) for a, b in zip(p, q, strict=True)]
    rests = [Move(i, i, float(amount)) for i, amount in enumerate(stay) if amount > 0]
    piles = [a - s for a, s in zip(p, stay, strict=True)]
    holes = [b - s for b, s in zip(q, stay, strict=True)]
    return replace(plan, moves=(*rests, *_in_order(plan, piles, holes)))


def _exact(mass: tuple[float, ...]) -> list[Fraction]:
    exact = [Fraction(m) for m in mass]
    total = sum(exact)
    return [m / total for m in exact]


def _in_order(plan: Plan, piles: list[Fraction], holes: list[Fraction]) -> Iterable[Move]:
    """What is leftmost goes where leftmost is wanted, in exact numbers."""
    i = j = 0
    give, take = piles[0], holes[0]
    while i < len(piles) and j < len(holes):
        amount = min(give, take)
        if amount > 0 and not _dust(float(amount), plan.places.p[i], plan.places.q[j]):
            yield Move(i, j, float(amount))
        give, take = give - amount, take - amount
        if give == 0:
            i += 1
            give = piles[i] if i < len(piles) else give
        if take == 0:
            j += 1
            take = holes[j] if j < len(holes) else take


def _dust(amount: float, *masses: float) -> bool:
    return amount <= DUST and all(amount < 0.5 * mass for mass in masses)


def excess(plan: Plan, p: float = 1.0) -> float:
    """What a finished plan costs above the least possible, in units of x^p; 0.0 for a best plan.

    SceneError for a plan that is not finished, and for p below 1 or above 10.
    """
    if not finished(plan):
        raise SceneError("plan_unfinished")
    total = cost(plan, p)
    more = total - cost(optimal(plan), p)
    return more if more > EQUAL * total else 0.0


# --- crossings ------------------------------------------------------------------------------------


def crossings(plan: Plan) -> tuple[Two, ...]:
    """The pairs of numbers of moves that cross, the one that starts further left first.

    Only what the plan holds can cross: write the rests out by `settled` first.
    """
    moves = list(enumerate(plan.moves))
    return tuple((a, b) for a, one in moves for b, other in moves if _cross(one, other))


def _cross(one: Move, other: Move) -> bool:
    return one.i < other.i and one.j > other.j


def uncrossed(plan: Plan, pair: Two | None = None) -> Plan:
    """The plan with the ends of two crossing moves exchanged, for as much as both of them carry.

    What the larger carries beyond that goes on as before; moves between the same two places become
    one. Without `pair`, of the crossings that start leftmost the one that ends leftmost is taken,
    and a plan without crossings stays as it is. SceneError for two moves that do not cross.
    """
    if pair is None:
        pair = leftmost(plan)
        if pair is None:
            return plan
    a, b = _crossing(plan, pair)
    one, other = plan.moves[a], plan.moves[b]
    amount = min(one.amount, other.amount)
    new = {
        a: (Move(one.i, other.j, amount), *_remainder(one, amount)),
        b: (Move(other.i, one.j, amount), *_remainder(other, amount)),
    }
    return replace(
        plan, moves=_merged(m for k, old in enumerate(plan.moves) for m in new.get(k, (old,)))
    )


def _crossing(plan: Plan, pair: Two) -> Two:
    a, b = pair
    here = range(len(plan.moves))
    if a in here and b in here:
        if _cross(plan.moves[a], plan.moves[b]):
            return a, b
        if _cross(plan.moves[b], plan.moves[a]):
            return b, a
    raise SceneError("plan_uncrossed")


def leftmost(plan: Plan) -> Two | None:
    """The crossing that `uncrossed` takes when none is named, None where no moves cross."""
    moves = plan.moves
    return min(
        crossings(plan),
        key=lambda two: (moves[two[0]].i, moves[two[1]].j, moves[two[1]].i, moves[two[0]].j),
        default=None,
    )


def _remainder(whole: Move, amount: float) -> tuple[Move, ...]:
    rest = whole.amount - amount
    return () if rest <= 0 or _dust(rest, whole.amount) else (whole._replace(amount=rest),)


def _merged(moves: Iterable[Move]) -> tuple[Move, ...]:
    amounts: dict[Two, float] = {}
    for i, j, amount in moves:
        amounts[i, j] = amounts.get((i, j), 0.0) + amount
    return tuple(Move(i, j, amount) for (i, j), amount in amounts.items())


def uncrossings(plan: Plan) -> tuple[Plan, ...]:
    """The plan, and after each exchange the next one, until no two moves cross.

    The last one of a finished and `settled` plan is the `optimal` one.
    """
    path = [plan]
    while (pair := leftmost(path[-1])) is not None:
        path.append(uncrossed(path[-1], pair))
    return tuple(path)
