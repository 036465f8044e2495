"""What a visitor makes of P and Q as earth: a plan move by move, a critic corner by corner."""

import math
from functools import lru_cache

from divviz.dist import SceneError
from divviz.errors import spell
from divviz.hasty import backward
from divviz.measures import MEASURES
from divviz.places import Places
from divviz.plan import (
    FINISHED,
    LONGEST,
    MOVE,
    Plan,
    cost,
    finished,
    move,
    offered,
    spelled,
    undone,
)
from divviz.plan import read as read_plan
from divviz.potential import FARTHEST, Critic, best_on, critic, score
from divviz.readers import number, text
from divviz.state import Act, State
from divviz.uncrossing import excess, optimal
from divviz.web import bending, earth
from divviz.web.plot import view_of

MOST_CORNERS = 12
ENOUGH = 0.99  # of -W1: a hand need not be exact


# ---- a plan --------------------------------------------------------------------------------------


def moves(written: str) -> str:
    """The text of a plan for places that are not known yet."""
    if len(written) > LONGEST:
        raise SceneError("text_long", length=len(written), longest=LONGEST)
    for part in written.split(";") if written else ():
        if MOVE.fullmatch(part.strip()) is None:
            raise SceneError("plan_text", found=part)
    return written


def heights(written: str) -> tuple[float, ...]:
    """The heights of a critic's corners, none where it has not been bent yet."""
    parts = written.split(",") if written else []
    if len(parts) > MOST_CORNERS:
        raise SceneError("knob_count", knob="f", count=MOST_CORNERS, found=len(parts))
    return tuple(_height(part) for part in parts)


def _height(part: str) -> float:
    try:
        found = float(part)
    except ValueError:
        found = math.nan
    if not abs(found) <= FARTHEST:
        raise SceneError("knob_number", knob="f", value=part, low=-1e30, high=1e30)
    return found + 0.0


def joined(values: tuple[float, ...]) -> str:
    """The text of heights that `heights` reads."""
    return ",".join(map(spell, values))


@lru_cache(maxsize=64)
def kept(here: Places, written: str) -> Plan | None:
    """The plan that a text says for some places, None where they do not allow it."""
    try:
        return read_plan(here, written)
    except SceneError:
        return None


def here_of(state: State) -> Places | None:
    """P and Q as piles and holes, None where a hand cannot move them."""
    return earth.by_hand(state.pair)


def plan_of(state: State) -> Plan:
    """The visitor's plan, empty where P and Q no longer allow it; SceneError where no piles are."""
    here = here_of(state)
    if here is None:
        raise SceneError("act_discrete")
    return kept(here, state["plan"]) or Plan(here)


def with_plan(state: State, plan: Plan) -> State:
    """The state with another plan."""
    return state.with_knob("plan", briefly(plan))


def briefly(plan: Plan) -> str:
    """The text of a plan, with amounts only where they are not those that a hand takes by itself.

    So it is short, and says the same of other masses as long as they allow it.
    """
    parts, so_far = [], Plan(plan.places)
    for m in plan.moves:
        if m.i == m.j:
            continue
        alike = abs(offered(so_far, m.i, m.j) - m.amount) <= FINISHED
        so_far = move(so_far, m.i, m.j, None if alike else m.amount)
        parts.append(f"{m.i}>{m.j}" if alike else spelled(Plan(plan.places, (m,))))
    return ";".join(parts)


def bring(state: State, i: str, j: str) -> State:
    """The state after a move from place i to place j; SceneError as for `move`."""
    return with_plan(state, move(plan_of(state), _place(i), _place(j)))


def _place(name: str) -> int:
    if not name.isascii() or not name.isdigit() or len(name) > 6:
        raise SceneError("act_whole", value=name[:20])
    return int(name)


def take_back(state: State) -> State:
    """The state without the last move."""
    return with_plan(state, undone(plan_of(state)))


def clear(state: State) -> State:
    """The state without a move."""
    return state.with_knob("plan", "")


def lay(state: State) -> State:
    """The state with the plan that keeps the order."""
    return with_plan(state, optimal(Plan(plan_of(state).places)))


# ---- the critic ----------------------------------------------------------------------------------


def corners_of(state: State) -> tuple[float, ...]:
    """Where the critic bends: at the places that a hand can move, or evenly over the view."""
    here = here_of(state)
    return bending.corners(view_of(state.scene), None if here is None else here.x)


def critic_of(state: State) -> Critic:
    """The visitor's critic; leaning where its corners have gone."""
    at = corners_of(state)
    values = state["f"] if len(state["f"]) == len(at) else bending.leaning(at)
    high = bending.reach(at)
    return critic(at, [min(max(v, -high), high) for v in values])


def bend(state: State, which: str, _: float, height: float) -> State:
    """The state with one corner of the critic at another height."""
    now, k = critic_of(state), _place(which)
    if k >= len(now.x):
        raise SceneError("act_index", index=k, last=len(now.x) - 1)
    values = (*now.values[:k], height, *now.values[k + 1 :])
    return state.with_knob("f", joined(values))


def climb(state: State) -> State:
    """The state with the best critic that has these corners."""
    best = best_on(state.pair, corners_of(state))
    return state.with_knob("f", joined(bending.centred(best.values)))


ACTS = {
    "bring": Act((text, text), bring),
    "take_back": Act((), take_back),
    "clear": Act((), clear),
    "lay": Act((), lay),
    "bend": Act((text, number, number), bend),
    "climb": Act((), climb),
}


# ---- what may be reached -------------------------------------------------------------------------


def _finished(state: State) -> Plan | None:
    here = here_of(state)
    plan = None if here is None else kept(here, state["plan"])
    return plan if plan is not None and plan.moves and finished(plan) else None


def dearest(state: State) -> bool:
    """Whether the visitor's plan is finished and no plan costs more."""
    plan = _finished(state)
    if plan is None or excess(plan) == 0:
        return False
    return cost(plan) >= cost(backward(plan.places)) * (1 - 1e-9)


def only_first(state: State) -> bool:
    """Whether the visitor's plan is a best one for the distance and none for its square."""
    plan = _finished(state)
    return plan is not None and excess(plan) == 0 and excess(plan, 2) > 0


def opposed(state: State) -> bool:
    """Whether the critic is fair and scores nearly -W1."""
    found, w1 = critic_of(state), MEASURES["w1"].number(state.pair)
    points = score(state.pair, found)
    if points is None or w1 is None or not 0 < w1 < math.inf:
        return False
    return found.feasible and points <= -ENOUGH * w1


def near_yet_endless(state: State) -> bool:
    """Whether KL(P‖Q) is infinite and W1 below 0.1."""
    w1, kl = (MEASURES[key].number(state.pair) for key in ("w1", "kl_pq"))
    return w1 is not None and kl == math.inf and w1 < 0.1
