"""Moving earth: what it costs to carry P to where Q wants it, by hand, by order, by a critic."""

import itertools
import math
from collections.abc import Callable

import numpy as np

from divviz import knobs, plan_code, snippets
from divviz.dist import SceneError
from divviz.hasty import crossed, nearest_first, unravelled
from divviz.measures import MEASURES
from divviz.pair import Pair
from divviz.places import Places, permuted, places, slid, split, with_outlier
from divviz.plan import Move, Plan, cost, finished, left, room, surplus
from divviz.potential import Critic, best_on, score
from divviz.state import State, Topic
from divviz.uncrossing import crossings, excess, leftmost, optimal, resting
from divviz.web import bending, blocks, earth, figures, words
from divviz.web.blocks import Block, Blocks, Demo, Look, Task
from divviz.web.moving import (
    ACTS,
    critic_of,
    dearest,
    heights,
    here_of,
    joined,
    kept,
    moves,
    near_yet_endless,
    only_first,
    opposed,
    plan_of,
)
from divviz.web.sheet import sheet
from divviz.web.spelling import number as spelled_number
from divviz.web.spelling import short

START = "p=pmf(0,3,0,0,3,2,0,2,0)&q=pmf(1,0,0,3,0,2,0,0,4)"
MOST_STEPS = 400
BOOKS = places(range(4), [1, 1, 1, 0], [0, 1, 1, 1])
CHANGED = places(range(1, 5), [4, 3, 2, 1], [1, 2, 3, 4])
ORDERS = tuple(itertools.permutations(range(4)))[:21]
OUTLIER, OUTLIER_FROM = 0.1, 5  # its mass, and where it stands at first
REACHES = {"slide": 9.2, "split": 4.6, "outlier": 14.2, "shuffle": 4.6}  # of the picture
NOTICED = ("kl_pq", "kl_qp", "js", "w1")


TOPIC = Topic(
    start=f"{START}&show=w1",
    knobs=(
        knobs.custom("plan", "7>8", moves),
        knobs.choice("order", "1", ("1", "2")),
        knobs.number("step", 0, 0, MOST_STEPS, 1, whole=True),
        knobs.custom("f", (), heights, joined),
        knobs.choice("change", "slide", tuple(REACHES)),
        knobs.number("slide", 1, 0, 5, 0.25),
        knobs.number("split", 0.6, 0, 0.9, 0.1),
        knobs.number("outlier", 9, OUTLIER_FROM, 14, 0.5),
        knobs.number("shuffle", 5, 0, len(ORDERS) - 1, 1, whole=True),
    ),
    acts=ACTS,
)
FIRST = TOPIC.first


def still(show: Callable[[Look], Blocks]) -> Callable[[Look], Blocks | None]:
    """A demo about fixed pairs, which a moving hand does not change."""
    return lambda look: None if look.live else show(look)


# ---- 1: by hand ----------------------------------------------------------------------------------


def by_hand(look: Look) -> Blocks:
    here, t = here_of(look.state), look.t
    if here is None:
        return [
            blocks.figure(
                figures.picture(look.pair, "w1", look.unit, t, look.view), t("picture.w1")
            ),
            blocks.say(t("too_fine", most=earth.MOST_PLACES)),
            blocks.buttons(blocks.go(t("to_start"), START)),
        ]
    found = kept(here, look.state["plan"])
    plan = found or Plan(here)
    undo = bool(plan.moves)
    return [
        _towed(look, plan),
        blocks.readings(
            ("bill", t("bill"), cost(plan)),
            ("unmoved", t("unmoved"), float(np.maximum(surplus(plan), 0.0).sum())),
        ),
        blocks.buttons(
            blocks.press(t("take_back"), "take_back", enabled=undo),
            blocks.press(t("clear"), "clear", enabled=undo),
        ),
        blocks.say(t("overdrawn") if found is None else _so_far(look, plan), "result"),
    ]


def _towed(look: Look, plan: Plan) -> Block:
    t, here = look.t, plan.places
    names = look.pair.labels or [short(x) for x in here.x]
    rest, space = left(plan), room(plan)
    sources = [
        {"id": f"{i}", "x": x, "y": 1.0, "label": t("pile", place=names[i], amount=short(rest[i]))}
        for i, x in enumerate(here.x)
        if rest[i] > 0
    ]
    targets = [
        {"id": f"{j}", "x": x, "y": 0.0, "label": t("hole", place=names[j], amount=short(space[j]))}
        for j, x in enumerate(here.x)
        if space[j] > 0
    ]
    tow = {"from": sources, "to": targets, "row": "", "act": ["bring"], "hint": t("tow")}
    row = earth.moved(plan, look.pair.labels, 232)
    return blocks.drawing("earth", sheet(row), t("earth"), act=["bring"], tow=tow)


def _so_far(look: Look, plan: Plan) -> str:
    """The last move as a sum, and whether all is done."""
    if not plan.moves:
        return look.t("nothing_yet") if surplus(plan).any() else look.t("all_rests")
    m, x = plan.moves[-1], plan.places.x
    way = abs(x[m.j] - x[m.i])
    last = {"amount": short(m.amount), "way": short(way), "cost": short(m.amount * way)}
    return look.t("done" if finished(plan) else "last_move", **last, bill=short(cost(plan)))


def least(look: Look) -> Blocks:
    t, start = look.t, here_of(FIRST)
    assert start is not None
    truth = cost(optimal(Plan(start)))
    moved = (look.p, look.q) != (FIRST.scene.p, FIRST.scene.q)
    shown = [blocks.figure(sheet(earth.moved(Plan(start), None, 150)), t("earth"))] if moved else []
    pays = short(cost(nearest_first(start)))
    return [
        blocks.guess(look, "least", truth, 0.1, t("in_x"), shown, near_first=pays),
        blocks.row([blocks.numbers(look, "w1")], _offered(look)) | {"gate": "least"},
    ]


def _offered(look: Look) -> Blocks:
    """How the visitor's plan compares, and the best one on request."""
    here = here_of(look.state)
    if here is None:
        return []
    plan = plan_of(look.state)
    if not finished(plan):
        told = look.t("unfinished")
    else:
        more = excess(plan)
        told = look.t("as_cheap") if more == 0 else look.t("dearer", more=short(more))
    return [blocks.say(told), blocks.buttons(blocks.press(look.t("lay"), "lay"))]


# ---- 2: on the line ------------------------------------------------------------------------------


def line(look: Look) -> Blocks:
    t = look.t
    return [
        blocks.plane(look),
        blocks.figure(figures.picture(look.pair, "w1", look.unit, t, look.view), t("picture.w1")),
        blocks.numbers(look, "w1", "tv", "kl_pq", gate="least"),
    ]


# ---- 3: W1 and W2 --------------------------------------------------------------------------------


def books(look: Look) -> Blocks:
    plan = Plan(BOOKS)
    one, other = cost(optimal(plan)), cost(resting(plan))
    same = math.isclose(one, other)
    truth = "same" if same else "each" if one < other else "jump"
    squares = {"each": short(cost(optimal(plan), 2)), "jump": short(cost(resting(plan), 2))}
    figure = sheet(earth.moved(plan, None, 130, rests=False))
    return [
        blocks.ask(
            look,
            "books",
            ["each", "jump", "same"],
            truth,
            [blocks.figure(figure, look.t("books"))],
            [_two_plans(look, BOOKS, 2)],
            **squares,
        )
    ]


def orders(look: Look) -> Blocks | None:
    t, here, p = look.t, here_of(look.state), int(look.state["order"])
    titles = {"1": t("order_1"), "2": t("order_2")}
    shown = [blocks.choice(look, "order", t("order"), titles)]
    if here is None and p == 2 and look.live:
        return None  # W2 of densities takes 40 ms and more
    w = ("wasserstein", f"W{'₁₂'[p - 1]}(P,Q)", look.value("wasserstein", p=p))
    if here is None:
        return [*shown, blocks.readings(w), blocks.say(t("too_fine", most=earth.MOST_PLACES))]
    plan = Plan(here)
    costs = cost(optimal(plan), p), cost(resting(plan), p)
    return [
        *shown,
        _two_plans(look, here, p) | {"gate": "least"},
        blocks.readings(
            ("in_order", t("in_order"), costs[0]), ("stays", t("stays"), costs[1]), w, gate="least"
        ),
    ]


def _two_plans(look: Look, here: Places, p: int) -> Block:
    t, labels = look.t, look.pair.labels
    rows = [
        earth.moved(
            found,
            labels if labels is not None and len(labels) == len(here.x) else None,
            128,
            heading=t("plan_cost", plan=t(name), sum=_sum(p), cost=spelled_number(cost(found, p))),
            amounts=False,
            named=name == "stays",
        )
        for name, found in (("in_order", optimal(Plan(here))), ("stays", resting(Plan(here))))
    ]
    return blocks.figure(sheet(*rows), t("two_plans"))


def _sum(p: int) -> str:
    return "Σ m·d" if p == 1 else "Σ m·d²"


# ---- 4: crossings --------------------------------------------------------------------------------


def untangle(look: Look) -> Blocks:
    t, here = look.t, here_of(look.state)
    if here is None:
        return [blocks.say(t("too_fine", most=earth.MOST_PLACES))]
    plan = plan_of(look.state)
    path = unravelled(plan)
    at, p = min(look.state["step"], len(path) - 1), int(look.state["order"])
    costs = np.array([cost(step, p) for step in path])
    left_over = len(crossings(path[at]))
    above = earth.moved(
        path[at], look.pair.labels, 190, marked=leftmost(path[at]) or (), amounts=False
    )
    heading = t("bill_by_step", sum=_sum(p))

    return [
        blocks.say(t("own_plan" if crossed(plan) else "reversed"), "caption"),
        blocks.figure(sheet(above, earth.bill(costs, at, 64, heading)), t("crossing")),
        blocks.player(look, "step", t("step"), len(path) - 1, 1.5),
        blocks.say(t("left", crossings=left_over, sum=_sum(p), cost=short(costs[at])), "result"),
        blocks.say(t("never_dearer")) | {"gate": "uncross"},
    ]


def uncross(look: Look) -> Blocks:
    """Whether an exchange ever costs more, decided on two pairs of arrows that cross."""
    apart = Plan(
        places([0, 1, 2, 3], [1, 1, 0, 0], [0, 0, 1, 1]), (Move(0, 3, 0.5), Move(1, 2, 0.5))
    )
    facing = Plan(
        places([0, 1, 2, 3], [1, 0, 0, 1], [0, 1, 1, 0]), (Move(0, 2, 0.5), Move(3, 1, 0.5))
    )
    saved = [cost(plan) - cost(optimal(plan)) for plan in (apart, facing)]
    truth = "never" if min(saved) == 0 < max(saved) else "always" if min(saved) > 0 else "varies"
    figure = sheet(
        earth.moved(apart, None, 120, amounts=False, named=False),
        earth.moved(facing, None, 120, amounts=False),
    )
    fields = {
        "same": short(cost(apart)),
        "more": short(cost(facing)),
        "less": short(cost(optimal(facing))),
    }
    return [
        blocks.ask(
            look,
            "uncross",
            ["always", "never", "varies"],
            truth,
            [blocks.figure(figure, look.t("two_crossings"))],
            **fields,
        )
    ]


# ---- 5: the critic -------------------------------------------------------------------------------


def free(look: Look) -> Blocks:
    pair = FIRST.pair
    best = best_on(pair, pair.x)
    tenfold = Critic(best.x, tuple(10 * v for v in best.values))
    w1 = Pair(pair.P, pair.Q)
    bound = MEASURES["w1"].number(w1)
    truth = "none" if (score(pair, tenfold) or 0) > 9 * (bound or 0) > 0 else "w1"
    return [
        blocks.ask(
            look, "free", ["w1", "two", "none"], truth, tenfold=short(score(pair, tenfold) or 0)
        )
    ]


def dual(look: Look) -> Blocks:
    t, found = look.t, critic_of(look.state)
    told = score(look.pair, found)
    points = math.nan if told is None else told
    steepest = found.lipschitz
    here = here_of(look.state)
    view = look.view if here is None else tuple(earth.ground(here).axis["range"])
    figure = bending.bending(look.pair, found, view, t("steep"))
    return [
        blocks.drawing(
            "critic", figure, t("critic"), act=["bend"], hands=bending.hands(found, t("corner"))
        ),
        blocks.row(
            [blocks.readings(("score", t("score"), points), ("slope", t("slope"), steepest))],
            [
                blocks.buttons(
                    blocks.press(t("climb_corners" if here is None else "climb"), "climb")
                )
            ],
        ),
        blocks.row(
            [blocks.readings(("w1_bound", "W₁(P,Q)", look.value("w1")))],
            [blocks.say(_judged(look, found, points), "result")],
        )
        | {"gate": "least"},
    ]


def _judged(look: Look, found: Critic, points: float) -> str:
    if not math.isfinite(points):
        return look.t("score_endless")
    if not found.feasible:
        fair = points / found.lipschitz
        return look.t("too_steep", slope=short(found.lipschitz), fair=spelled_number(fair))
    bound = look.value("w1")
    if bound == 0:
        return look.t("no_gap")
    if points >= bound * (1 - 1e-9):
        return look.t("reached")
    return look.t("below", missing=spelled_number(bound - points))


# ---- 6: what each notices ------------------------------------------------------------------------


def changed(kind: str, much: float) -> Places:
    """The small pair after a change."""
    if kind == "slide":
        return slid(CHANGED, q_by=much)
    if kind == "split":
        return split(CHANGED, 1, much) if much > 0 else CHANGED
    if kind == "outlier":
        return with_outlier(CHANGED, OUTLIER, much)
    return permuted(CHANGED, ORDERS[int(much)])


def shuffle(look: Look) -> Blocks:
    before, after = (_values(look, here.pair) for here in (CHANGED, permuted(CHANGED, ORDERS[5])))
    same = {key: _same(before[key], after[key]) for key in ("kl_pq", "w1")}
    truth = {(True, False): "w", (False, True): "kl", (True, True): "neither"}.get(
        (same["kl_pq"], same["w1"]), "both"
    )
    fields = {"before": short(before["w1"]), "after": short(after["w1"])}
    return [blocks.ask(look, "shuffle", ["kl", "w", "both", "neither"], truth, **fields)]


def notice(look: Look) -> Blocks:
    t, kind = look.t, look.state["change"]
    now = changed(kind, look.state[kind])
    outlying = kind == "outlier"
    first = changed(kind, OUTLIER_FROM) if outlying else CHANGED
    found = [_values(look, here.pair) for here in (first, now)]
    rows = [
        [
            MEASURES[key].symbol,
            *(spelled_number(values[key]) for values in found),
            t("unnoticed" if _same(*(values[key] for values in found)) else "noticed"),
        ]
        for key in NOTICED
    ]
    before = t("at", place=OUTLIER_FROM) if outlying else t("before")
    heads = [t("number"), before, t("after"), t("notices")]
    caption = t("units", unit=t(f"unit.{look.unit}"))
    return [
        blocks.choice(look, "change", t("change"), {one: t(f"change.{one}") for one in REACHES}),
        blocks.knob(look, kind, t(f"much.{kind}")),
        blocks.figure(sheet(earth.sides(now, 120, REACHES[kind])), t("changed")),
        blocks.table(heads, rows, caption, gate="shuffle"),
        blocks.say(t("place_by_place")) | {"gate": "shuffle"},
    ]


def _values(look: Look, pair: Pair) -> dict[str, float]:
    return blocks.values(pair, look.unit, keys=list(NOTICED))


def _same(before: float, after: float) -> bool:
    return math.isclose(before, after, rel_tol=1e-12)


# ---- 7: tasks and code ---------------------------------------------------------------------------


def todo(look: Look) -> Blocks:
    return [blocks.tasks(look, TASKS)]


def in_code(look: Look) -> Blocks:
    try:
        return [blocks.code(**_programs(look.state))]
    except SceneError as error:
        return [blocks.say(words.error(error, look.t))]


def _programs(state: State) -> dict[str, str]:
    here = here_of(state)
    if here is None:
        keys = ["w1", "wasserstein(2)"]
        return {
            "NumPy": snippets.numpy_code(state.scene, keys),
            "SciPy": snippets.scipy_code(state.scene, keys),
        }
    return {
        "NumPy": plan_code.numpy_program(here),
        "SciPy": plan_code.scipy_program(here),
        "PyTorch": plan_code.torch_program(here),
    }


def mean_way(look: Look) -> str:
    """How far earth goes on average where all that P and Q share stays."""
    moved = look.value("tv")
    return spelled_number(0.0 if moved == 0 else look.value("w1") / moved)


TASKS = {
    "dearest": Task(dearest, f"{START}&plan=7>0;7>3;5>3;4>5;4>8;1>8"),
    "rests": Task(only_first, f"{START}&plan=1>0;1>3;4>3;4>8;7>8"),
    "opposed": Task(opposed, f"{START}&f=-2,-3,-2,-1,-2,-1,0,1,2"),
    "near": Task(near_yet_endless, "p=pmf(0,3,0,0,3,2,0,2,0.01)&q=pmf(0,3,0,0,3,2,0,2.01,0)"),
}
DEMOS = {
    "by_hand": by_hand,
    "least": least,
    "line": line,
    "books": still(books),
    "orders": orders,
    "uncross": still(uncross),
    "untangle": untangle,
    "free": still(free),
    "dual": dual,
    "shuffle": still(shuffle),
    "notice": notice,
    "todo": todo,
    "in_code": Demo(in_code, live=False),
}
SAYS = {"mean_way": mean_way}
