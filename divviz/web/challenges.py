"""Challenges on a page: the board of a level, and what is told once a try is committed.

The numbers of a level wait on the server: the browser gets them with the wish "judge".
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from divviz.challenge import NAMES, ORDERS, Task
from divviz.dist import Dist, SceneError
from divviz.goals import WHOLE, Goal
from divviz.grammar import parse
from divviz.measures import MEASURES, UNITS
from divviz.pair import Pair
from divviz.readers import text, whole
from divviz.rounds import HIGHEST_SEED, LEVELS, task
from divviz.scene import check_pair, check_size
from divviz.web import blocks, words
from divviz.web.blocks import Block, Blocks, Look
from divviz.web.figures import picture
from divviz.web.spelling import short, tidy
from divviz.web.spots import room, small, spot_of, spotted, where
from divviz.web.text import Translate
from divviz.web.whereabouts import Subject, outcomes
from divviz.web.wishes import WISHES, Asked, Wish

TRIES = 3  # at a drawing; an order is told once
BOUNDS = {"below": "≤", "above": "≥"}
DIVERGENCES = ("kl_pq", "kl_qp")
# Words of the page that the browser fills.
STRIP = ("levels", "open", "points", "none", "total")
TRY = (
    "left", "left_one", "over", "fresh", "same", "choose", "choices", "next", "solve", "clock",
    "points", "best",
)  # fmt: skip
ROUND = (
    "seed", "play", "new", "timed", "result", "copy", "clear", "head", "sum", "none", "seed_wrong",
)  # fmt: skip


def here(look: Look) -> Task:
    """The level that is open."""
    return task(look.state["seed"], look.state["level"])


def given(values: Mapping[str, Any]) -> tuple[Dist, Dist]:
    """P of a level and the Q to start from."""
    now = task(values["seed"], values["level"])
    return now.p, now.q


# ---- a level -------------------------------------------------------------------------------------


def board(look: Look) -> Blocks:
    """The levels, what to do in the one that is open, and its drawing or its three pairs."""
    now, t = here(look), look.t
    head = [levels(look), blocks.say(todo(now, look.unit, t), "result")]
    tip = blocks.say(t(f"tip.{now.name}"), "caption")
    if now.pairs:
        return [*head, pairs(now, look), tip, attempt(look, now), verdict(look)]
    drawn = blocks.plane(look, draws="q", panels="q", hint=t("hint.draw"))
    return [*head, blocks.row([drawn], [tip, attempt(look, now)]), verdict(look)]


def levels(look: Look) -> Block:
    """Ten buttons, one a level; the browser writes its points on each."""
    return {
        "kind": "levels",
        **_place(look),
        "titles": _titles(look),
        "words": _said(look.t, STRIP),
    }


def attempt(look: Look, now: Task) -> Block:
    """What commits to a try, how many are left, and what came of the last."""
    orders = [[order, " < ".join(order)] for order in ORDERS] if now.pairs else []
    block: Block = {"kind": "attempt", **_place(look), "orders": orders}
    block |= {"tries": 1 if now.pairs else TRIES, "last": len(LEVELS)}
    commit = look.t("game.commit_order" if now.pairs else "game.commit")
    block["words"] = _said(look.t, TRY) | {"commit": commit}
    if not look.live:
        block |= {"answer": "" if now.pairs else str(look.q), "fresh": look.q == now.q}
    return block


def verdict(look: Look) -> Block:
    """The pictures of the last try."""
    return {"kind": "verdict", **_place(look)}


def round_of(look: Look) -> Block:
    """The number of the round, the clock's switch, and the result as text."""
    block = {"kind": "round", **_place(look), "highest": HIGHEST_SEED, "titles": _titles(look)}
    return block | {"words": _said(look.t, ROUND)}


def _place(look: Look) -> Block:
    return {"seed": look.state["seed"], "level": look.state["level"], "unit": look.unit}


def _titles(look: Look) -> list[str]:
    """What each level of the round asks, in short."""
    seed = look.state["seed"]
    each = [task(seed, level) for level in range(1, len(LEVELS) + 1)]
    return [title(one, look.unit, look.t) for one in each]


def _said(t: Translate, names: Sequence[str]) -> dict[str, str]:
    return {name: t(f"game.{name}") for name in names}


def todo(now: Task, unit: str, t: Translate) -> str:
    """What to do in a level, as a sentence."""
    key = now.name if now.name in ("order", "flat") else "draw"
    return t(f"do.{key}", goals=wanted_of(now.goals[:1] if key == "flat" else now.goals, unit, t))


def title(now: Task, unit: str, t: Translate) -> str:
    """What a level asks, as formulas."""
    return wanted_of(now.goals, unit, t) if now.goals else t("title.order")


def wanted_of(goals: tuple[Goal, ...], unit: str, t: Translate) -> str:
    """Goals as formulas: "KL(P‖Q) = 0.4 nats, W₁ = 1.2"."""
    return t("words.comma").join(wanted(goal, unit, t) for goal in goals)


def wanted(goal: Goal, unit: str, t: Translate) -> str:
    """A goal as a formula."""
    if goal.kind == "flattest":
        return t("title.flattest")
    sign = "" if goal.kind in BOUNDS else "= "
    return f"{MEASURES[goal.key].symbol} {sign}{target(goal, unit, t)}"


def target(goal: Goal, unit: str, t: Translate) -> str:
    """What a number is to be: "0.1 nats", "≤ 0.75", "∞"."""
    if goal.kind == "infinite":
        return "∞"
    if goal.kind == "flattest":
        return t("game.largest")
    size = short(goal.target * factor(goal.key, unit))
    if MEASURES[goal.key].unit == "information":
        size = t("unit.with", value=size, unit=t(f"unit.{unit}"))
    return f"{BOUNDS[goal.kind]} {size}" if goal.kind in BOUNDS else size


def factor(key: str, unit: str) -> float:
    """What turns a measure from nats into the unit of information; 1 for any other measure."""
    return UNITS[unit] if MEASURES[key].unit == "information" else 1.0


def pairs(now: Task, look: Look) -> Block:
    """The three pairs to order, side by side."""
    drawn = [
        [blocks.figure(small(pair, name, look.t), look.t("pair_label", name=name))]
        for name, pair in zip(NAMES, now.pairs, strict=True)
    ]
    return blocks.row(*drawn)


# ---- what a try is worth -------------------------------------------------------------------------


def judged(asked: Asked, seed: int, level: int, answer: str) -> dict[str, Any]:
    """What a try is worth and why; the answer "" is the Q that stands on the page.

    SceneError for a level that there is none of, a Q that cannot be compared with its P, an order
    that is none, and where the page has gone on to another level.
    """
    if asked.state is None or "level" not in asked.state.knobs:
        raise SceneError("wish", name="judge")
    for name, high in (("seed", HIGHEST_SEED), ("level", len(LEVELS))):
        number = {"seed": seed, "level": level}[name]
        if not (name == "level") <= number <= high:
            raise SceneError("knob_number", knob=name, value=number, low=0, high=high)
    now, unit, t = task(seed, level), asked.state.unit, asked.t
    if now.pairs:
        return _told(
            seed, level, answer, now.order_points(_order(answer)), ranking(now, answer, unit, t)
        )
    if not answer and (asked.state["seed"], asked.state["level"]) != (seed, level):
        raise SceneError("challenge_level", level=level)
    q = _drawn(now, answer) if answer else asked.scene.q
    return _told(seed, level, str(q), now.points(q), reached(now, q, unit, t))


def _told(seed: int, level: int, answer: str, points: int, shown: tuple[Blocks, Blocks]) -> dict:
    given = {"seed": seed, "level": level, "answer": answer, "points": points}
    return given | {"said": shown[0], "shown": shown[1]}


def _order(answer: str) -> str:
    if answer not in ORDERS:
        raise SceneError("challenge_order", value=answer)
    return answer


def _drawn(now: Task, answer: str) -> Dist:
    q = parse(answer)
    check_size(q)
    check_pair(now.p, q)
    if q.kind != now.p.kind:
        raise SceneError("lesson_kind", kind=now.p.kind, given=q.kind)
    return q


WISHES["judge"] = Wish((whole, whole, text), judged)


# ---- why: a drawing ------------------------------------------------------------------------------


def reached(now: Task, q: Dist, unit: str, t: Translate) -> tuple[Blocks, Blocks]:
    """For each goal what came of it and why, and the picture of the one that is furthest off."""
    pair, found = Pair(now.p, q), now.values(q)
    points = now.each(found)
    came = "game.came_one" if len(found) > 1 else "game.came"
    said: Blocks = []
    for goal, nats, worth in zip(now.goals, found, points, strict=True):
        about = subject(pair, goal.key, nats, unit, t)
        fields = {"value": f"{about.symbol} = {sized(about)}", "wanted": target(goal, unit, t)}
        said.append(blocks.say(tidy(t(came, **fields, points=worth))))
        if worth < WHOLE or goal.kind not in BOUNDS:  # a bound that is kept needs no words
            said.append(blocks.say(tidy(why(goal, about, worth))))
    worst = points.index(min(points))
    return said, [_picture(subject(pair, now.goals[worst].key, found[worst], unit, t))]


def subject(pair: Pair, key: str, nats: float, unit: str, t: Translate) -> Subject:
    """What a sentence about a number of the pair, given in nats, is about."""
    parameters = MEASURES[key].checked({}, defaults=True)
    return Subject(pair, key, unit, t, nats * factor(key, unit), parameters)


def sized(about: Subject) -> str:
    """A number as it stands after "=": with a unit only where a visitor can choose one."""
    own = MEASURES[about.key].unit == "information" and math.isfinite(about.value)
    return about.own(about.value) if own else words.number(about.value)


def why(goal: Goal, about: Subject, points: int) -> str:
    """Where the number comes from, and where what is missing or too much of it sits."""
    if goal.kind == "flattest":
        return flatness(goal, about, points)
    if goal.key not in DIVERGENCES or not math.isfinite(about.value) or goal.kind == "infinite":
        return words.sentence(about.pair, goal.key, about.unit, about.t)
    spot = spot_of(about)
    gap = about.value - goal.target * factor(goal.key, about.unit)
    off = "right" if points == WHOLE else "more" if gap > 0 else "less"
    fields = {"gap": about.own(abs(gap)), "part": about.own(spot.amount)}
    return about.t(f"{off}.{goal.key}", **fields, where=where(about, spot), room=room(about))


def flatness(goal: Goal, about: Subject, points: int) -> str:
    """How flat Q could be, and where it is steepest."""
    best = about.own(goal.target * factor(goal.key, about.unit))
    if points == WHOLE:
        return about.t("right.flat", best=best)
    q, x = about.pair.q, about.pair.x
    high, low = (outcomes(about, [float(x[k])]) for k in (q.argmax(), q.argmin()))
    return about.t("less.flat", best=best, high=high, low=low)


def _picture(about: Subject) -> Block:
    pair, key, t = about.pair, about.key, about.t
    if key in DIVERGENCES and math.isfinite(about.value):
        spot = spot_of(about)
        label = t("spot_label", symbol=about.symbol, where=where(about, spot))
        return blocks.figure(spotted(about, spot), label)
    return blocks.figure(picture(pair, key, about.unit, t), words.caption(pair, key, t))


# ---- why: an order -------------------------------------------------------------------------------


def ranking(now: Task, order: str, unit: str, t: Translate) -> tuple[Blocks, Blocks]:
    """The JS of the three pairs, and for each two the wrong way round what was overlooked."""
    by_name = dict(zip(NAMES, now.pairs, strict=True))
    size = dict(zip(NAMES, now.sizes, strict=True))
    about = {k: subject(by_name[k], "js", size[k], unit, t) for k in NAMES}
    right = now.ordered
    key = "game.order_right" if order == right else "game.order_wrong"
    said = [blocks.say(t(key, order=" < ".join(right)))]
    wrong = now.misplaced(order)
    for a, b in wrong:
        spot = spot_of(about[a])
        fields = {"a": a, "b": b, "js_a": about[a].own(about[a].value)}
        fields |= {"js_b": about[b].own(about[b].value), "where": where(about[a], spot)}
        told = t("game.misplaced", **fields, part=about[a].own(spot.amount))
        said.append(blocks.say(tidy(told)))
    shown = wrong[0][0] if wrong else right[-1]
    rows = [[name, short(about[name].value)] for name in right]
    sizes = blocks.table([t("game.pair"), f"JS ({t(f'unit.{unit}')})"], rows)
    spot = spot_of(about[shown])
    label = t("spot_label", symbol=f"JS, {shown}", where=where(about[shown], spot))
    return [*said, sizes], [blocks.figure(spotted(about[shown], spot, shown), label)]
