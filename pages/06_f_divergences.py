"""One family of divergences: f bent by hand, its conjugate, a critic, and what bounds what."""

import math
from functools import lru_cache

import numpy as np

from divviz import (
    bent,
    critics,
    generators,
    inequalities,
    knobs,
    pulled,
    readers,
    showing,
    variational_code,
)
from divviz.bent import Bent
from divviz.critics import Critic
from divviz.dist import SceneError
from divviz.generators import GENERATORS, Generator
from divviz.grammar import parse
from divviz.measures import MEASURES, UNITS, value
from divviz.pair import Pair
from divviz.pulled import HANDS, Curve
from divviz.state import Act, State, Topic
from divviz.web import blocks, critique, regions, tangents, words
from divviz.web.blocks import Block, Blocks, Demo, Look, Task
from divviz.web.spelling import number, short, with_unit

START_P = "pmf(A:0.05,B:0.3,C:0.3,D:0.15,E:0.2)"
START_Q = "pmf(A:0.2,B:0.4,C:0.24,D:0.1,E:0.06)"
# The generators to start from: the measure that each one makes, and how it is written.
STARTS: dict[str, tuple[str, str]] = {
    "kl": ("kl_pq", "u log u"),
    "reverse_kl": ("kl_qp", "−log u"),
    "js": ("js", "½ (u log u − (u + 1) log ½(u + 1))"),
    "total_variation": ("tv", "½ |u − 1|"),
    "squared_hellinger": ("hellinger_squared", "½ (√u − 1)²"),
    "pearson": ("chi2_pearson", "(u − 1)²"),
}
MORE: dict[str, tuple[str, str]] = {
    "neyman": ("chi2_neyman", "(u − 1)² / u"),
    "jeffreys": ("jeffreys", "(u − 1) log u"),
}
CATALOGUE = STARTS | MORE
MOST_DRAWN = 24  # outcomes that a hand can draw a critic over


# ---- what a hand does ----------------------------------------------------------------------------


def bend(state: State, hand: str, _: float, to: float) -> State:
    """The state with a knot of f dragged to a height."""
    return state.with_knob("f", str(pulled.dragged(state["f"], hand, to)))


def fit(state: State) -> State:
    """The state with the picture as tall as its curve."""
    return state.with_knob("f", str(pulled.fitted(state["f"])))


def draw(state: State, given: Critic) -> State:
    """The state with T drawn."""
    return state.with_knob("T", str(given))


def best(state: State) -> State:
    """The state with the critic that shows most."""
    one = state["f"].generator
    return draw(state, showing.best(one, state.pair, showing.blank(one, state.pair)))


TOPIC = Topic(
    start=f"p={START_P}&q={START_Q}&unit=nats&show=kl_pq",
    knobs=(
        knobs.custom("f", pulled.read("kl"), pulled.read),
        knobs.number("c", 1, -2, 2, 0.1),
        knobs.number("u", 1.5, 0.05, 4.5, 0.05),
        knobs.custom("T", None, critics.read),
        knobs.choice("plane", "kl", ["kl", "hellinger", "js", "chi2", "log", "affinity"]),
    ),
    acts={
        "bend": Act((readers.text, readers.number, readers.number), bend),
        "fit": Act((), fit),
        "critic": Act((critics.critic,), draw),
        "blank": Act((), lambda state: state.with_knob("T", str(blank_of(state)))),
        "best": Act((), best),
        "touch": Act(
            (readers.text, readers.number, readers.number),
            lambda state, _, u, __: state.with_knob("u", round(min(max(u, 0.05), 4.5), 3)),
        ),
    },
    kind="discrete",
)
PLANES = dict(zip(TOPIC.knobs[-1].options, inequalities.PLANES, strict=True))


def divergence(one: Generator, pair: Pair) -> float:
    """D_f in nats or as a bare number."""
    return math.inf if one.reason(pair) is not None else one.value(pair)


def factor(now: Curve, unit: str) -> float:
    """The units that one of D_f has: a bent curve and what has no logarithm stay as they are."""
    return per(now.key, unit) if now.own is None else 1.0


def per(key: str, unit: str) -> float:
    return UNITS[unit] if MEASURES[CATALOGUE[key][0]].unit == "information" else 1.0


def amount(now: Curve, nats: float, look: Look) -> str:
    """A value of D_f, or what is shown of it, with its unit if it has one."""
    informed = now.own is None and MEASURES[STARTS[now.key][0]].unit == "information"
    found = nats * factor(now, look.unit)
    return with_unit(found, look.unit, look.t) if informed else number(found)


# ---- 1: the curve --------------------------------------------------------------------------------


def board(look: Look) -> Blocks:
    t, now = look.t, look.state["f"]
    one = now.generator
    found = divergence(one, look.pair)
    fitting = str(now) == str(fit(look.state)["f"])
    figure = tangents.board(one, look.pair, found, now.tall, look.unit, t)
    hands = blocks.drawing("curve", figure, t("board.label"), hands=grips(look), act=["bend"])
    left = [
        hands,
        blocks.readings(
            ("d_f", t("read.d_f"), found * factor(now, look.unit)),
            *((key, MEASURES[key].symbol, look.value(key)) for key in ("kl_pq", "tv")),
        ),
        starts(look),
    ]
    if now.own is not None:
        left.append(blocks.buttons(blocks.press(t("fit"), "fit", enabled=not fitting)))
    right = [blocks.plane(look, hint=t("board.hint")), blocks.say(told(look, found), "result")]
    return [blocks.row(left, right)]


def starts(look: Look) -> Block:
    t = look.t
    return blocks.choice(look, "f", t("starts"), {key: t(f"start.{key}") for key in STARTS}) | {
        "value": str(look.state["f"])
    }


def grips(look: Look) -> list[dict[str, object]]:
    """A hand on each knot but the fixed one; an open end has its hand at the top."""
    t, now = look.t, look.state["f"]
    f, low = now.generator.f, -pulled.DEPTH * now.tall
    found = []
    for name, knot in HANDS.items():
        ended = knot == bent.RISE
        u = pulled.RIGHT if ended else bent.KNOTS[knot]
        height = float(f(np.array(u)))
        opened = not math.isfinite(height) or (ended and math.isinf(now.generator.critic[1]))
        y = now.tall if opened else height
        label = t("hand.end") if ended else t("hand.knot", u=short(u))
        said = t("hand.open") if opened else short(height)
        found.append(
            {
                "id": name,
                "x": max(u, 0.0),
                "y": y,
                "row": "2",
                "move": "y",
                "low": [u, low],
                "high": [u, now.tall],
                "step": [0.1, float(f"{now.tall / 40:.2g}")],
                "label": label,
                "text": said,
                "colour": "@m",
            }
        )
    return found


def told(look: Look, found: float) -> str:
    """What the curve is, and where its divergence comes from."""
    t, now = look.t, look.state["f"]
    if math.isinf(found):
        return t("told.infinite", why=words.reason(now.generator.reason(look.pair), t))
    if now.own is None:
        measure, formula = STARTS[now.key]
        symbol = MEASURES[measure].symbol
        return t("told.known", f=formula, symbol=symbol, value=amount(now, found, look))
    if found == 0:
        return t("told.nothing")
    parts = bent.parts(now.own, look.pair)
    where = max(parts, key=lambda knot: parts[knot])
    share = parts[where] / found
    if where in (0.0, math.inf):
        return t(
            "told.end", value=number(found), u="0" if where == 0 else "4", share=f"{share:.0%}"
        )
    return t("told.kink", value=number(found), u=short(where), share=f"{share:.0%}")


# ---- 2: what of f does not count -----------------------------------------------------------------


@lru_cache(maxsize=1)
def tilt_changes() -> str:
    """Whether c (u - 1) changes D_f: on fixed pairs, one of them with mass where Q has none."""
    pairs = [(START_P, START_Q), (START_Q, START_P), ("pmf(1,0,1)", "pmf(0,1,1)")]
    gaps = []
    for texts in pairs:
        pair = Pair(*map(parse, texts))
        for key in ("total_variation", "js", "squared_hellinger"):
            plain, tilted = (summed(tangents.Tilt(GENERATORS[key], c), pair) for c in (0.0, 1.5))
            gaps.append(abs(tilted - plain) > 1e-12)
    return "always" if all(gaps) else "sometimes" if any(gaps) else "never"


def summed(f: tangents.Tilt, pair: Pair) -> float:
    return math.fsum(tangents.shares(f, pair.p, pair.q).tolist()) + 0.0


def tilt(look: Look) -> Blocks:
    t, state = look.t, look.state
    now, c = state["f"], state["c"]
    figure = tangents.tilted(now.generator, c, look.pair, look.unit, t)
    f = factor(now, look.unit)
    before, after = (summed(tangents.Tilt(now.generator, k), look.pair) * f for k in (0.0, c))
    shown = [
        blocks.knob(look, "c", t("tilt.knob")),
        blocks.figure(figure, t("tilt.label")),
        blocks.readings(
            ("d_plain", t("tilt.before"), before), ("d_tilted", t("tilt.after"), after)
        ),
    ]
    choices = ["always", "sometimes", "never"]
    return [blocks.ask(look, "tilt", choices, tilt_changes(), revealed=shown)]


# ---- 3: the catalogue ----------------------------------------------------------------------------

HALVES = ("pearson", "reverse_kl", "squared_hellinger", "total_variation")


@lru_cache(maxsize=1)
def half_the_gap() -> str:
    """Which of the generators makes half the sum of |p - q|."""
    p, q = parse(START_P), parse(START_Q)
    truth = 0.5 * float(np.abs(Pair(p, q).p - Pair(p, q).q).sum())
    return next(k for k in HALVES if abs(generators.f_divergence(k, p, q) - truth) < 1e-12)


def half(look: Look) -> Blocks:
    return [blocks.ask(look, "half", HALVES, half_the_gap())]


def catalogue(look: Look) -> Blocks:
    t = look.t
    heads = [t("table.name"), "f(u)", t("table.here"), t("table.most"), t("table.infinite")]
    rows = []
    for key, (measure, formula) in CATALOGUE.items():
        one = GENERATORS[key]
        found, k = divergence(one, look.pair), per(key, look.unit)
        ends = float(one.f(np.array(0.0))), one.critic[1]
        where = {(True, False): "p", (False, True): "q", (True, True): "both"}
        infinite = where.get((math.isinf(ends[0]), math.isinf(ends[1])), "never")
        rows.append(
            (
                MEASURES[measure].symbol,
                formula,
                number(found * k),
                number(sum(ends) * k),
                t(f"infinite.{infinite}"),
            )
        )
    return [blocks.table(heads, rows, t("table.caption", unit=t(f"unit.{look.unit}")), gate="half")]


# ---- 4: tangents ---------------------------------------------------------------------------------


def conjugate(look: Look) -> Blocks:
    t, now, u = look.t, look.state["f"], look.state["u"]
    one = now.generator
    slope, cut = bent.tangent(one, u)
    hand = {
        "id": "u",
        "x": u,
        "y": float(one.f(np.array(u))),
        "row": "",
        "move": "x",
        "low": [0.05, 0.0],
        "high": [4.5, 0.0],
        "step": [0.05, 0.05],
        "label": t("touch.hand"),
        "text": t("touch.at", u=short(u), t=short(slope)),
        "colour": "@p",
    }
    figure = tangents.tangents(one, u, now.tall)
    drawn = blocks.drawing("tangent", figure, t("touch.label"), hands=[hand], act=["touch"])
    kinked = now.own is not None or now.key == "total_variation"
    said = t("touch.told", u=short(u), t=short(slope), star=short(0.0 - cut))
    return [
        starts(look),
        blocks.row([drawn], [blocks.figure(tangents.conjugate(one, u), t("star.label"))]),
        blocks.say(said, "result"),
        *([blocks.say(t("touch.kink"), "caption")] if kinked else []),
    ]


# ---- 5: a critic ---------------------------------------------------------------------------------


def blank_of(state: State) -> Critic:
    return showing.blank(state["f"].generator, state.pair)


def critic_of(state: State) -> Critic:
    """The critic that was drawn, kept where f* is finite; before one was, what sees nothing."""
    drawn: Critic | None = state["T"]
    one = state["f"].generator
    if drawn is None or drawn.window is not None or len(drawn.values) != len(state.pair.x):
        return blank_of(state)
    return critics.critic(critics.within(one, np.array(drawn.values)).tolist())


def drawable(pair: Pair) -> bool:
    return len(pair.x) <= MOST_DRAWN


def where(look: Look) -> Blocks:
    return [blocks.ask(look, "where", ["p", "gap", "ratio"], where_high())]


@lru_cache(maxsize=1)
def where_high() -> str:
    """What the best critic for KL rises with, outcome by outcome, on the pair of the start."""
    pair = Pair(parse(START_P), parse(START_Q))
    one = GENERATORS["kl"]
    heights = showing.best(one, pair, showing.blank(one, pair)).values
    p, q = pair.p, pair.q
    rising = {"p": p, "gap": np.abs(p - q), "ratio": p / q}
    order = np.argsort(heights).tolist()
    return next(name for name, by in rising.items() if np.argsort(by).tolist() == order)


def critic(look: Look) -> Blocks:
    t, state, pair = look.t, look.state, look.pair
    now = state["f"]
    if not drawable(pair):
        return [blocks.say(t("critic.many", most=MOST_DRAWN))]
    one, drawn = now.generator, critic_of(state)
    found = showing.shown(one, pair, drawn)
    low, high = critique.span(one, pair)
    pen = {
        "row": "2",
        "a": -0.5,
        "b": len(drawn.values) - 0.5,
        "values": [min(max(v, low), high) for v in drawn.values],
        "low": low,
        "high": high,
        "act": ["critic"],
        "label_place": t("critic.place"),
        "label_height": t("critic.height"),
    }
    figure = critique.critic(one, pair, drawn, found, t("lost"), t)
    f = factor(now, look.unit)
    part = t("critic.part", part=f"{found.bound / found.divergence:.0%}") if _shares(found) else ""
    told = t("critic.told", bound=amount(now, found.bound, look), part=part)
    return [
        starts(look),
        blocks.row(
            [blocks.drawing("critic", figure, t("critic.label"), pen=pen)],
            [
                blocks.figure(critique.gauge(found, f, t("gauge.heading")), t("gauge.label")),
                blocks.readings(
                    ("bound", t("read.bound"), found.bound * f),
                    ("whole", t("read.d_f"), found.divergence * f),
                    ("gap", t("read.gap"), found.gap * f),
                ),
                blocks.say(told, "result"),
                blocks.buttons(blocks.press(t("critic.blank"), "blank")),
            ],
        ),
    ]


def _shares(found: showing.Showing) -> bool:
    return 0 < found.divergence < math.inf and found.bound > 0


def unveil(look: Look) -> Blocks:
    if not drawable(look.pair):
        return [blocks.say(look.t("critic.many", most=MOST_DRAWN), "caption")]
    return [blocks.buttons(blocks.press(look.t("critic.best"), "best")) | {"gate": "where"}]


# ---- 6: regions ----------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def reachable() -> str:
    """Whether JS can be 0.6 bits where TV is 1/2."""
    _, high = inequalities.border("tv", "js", np.array([0.5]))
    return "yes" if float(high[0]) * UNITS["bits"] >= 0.6 else "no"


def corner(look: Look) -> Blocks:
    return [blocks.ask(look, "corner", ["yes", "apart", "no"], reachable())]


def region(look: Look) -> Blocks:
    t = look.t
    x, y = PLANES[look.state["plane"]]
    options = {
        name: f"{MEASURES[b].symbol.partition('(')[0]} / {MEASURES[a].symbol.partition('(')[0]}"
        for name, (a, b) in PLANES.items()
    }
    names = {one.key: t(f"region.{one.key}") for one in regions.loose(x, y)}
    names["border"] = t("region.border")
    figure = regions.region(look.pair, x, y, look.unit, names)
    rows = [(key, MEASURES[key].symbol, look.value(key)) for key in (x, y)]
    return [
        blocks.choice(look, "plane", t("region.plane"), options),
        blocks.row(
            [
                blocks.figure(figure, t("region.label")),
                blocks.readings(*rows, *_bounds(look, x, y)),
            ],
            [blocks.plane(look, hint=t("region.hint"), families=False)],
        ),
        blocks.say(t("region.loose"), "caption"),
    ]


def _bounds(look: Look, x: str, y: str) -> list[tuple[str, str, float]]:
    """What the first measure lets the second be, on both sides where there is a bound."""
    across = value(look.pair, x)
    if across is None:
        return []
    low, high = (float(ends[0]) for ends in inequalities.border(x, y, np.array([across])))
    k, symbol = regions.unit_of(y, look.unit), MEASURES[y].symbol.partition("(")[0]
    rows = [("least", look.t("read.least", symbol=symbol), low * k)] if low > 0 else []
    if math.isfinite(high):
        rows.append(("most", look.t("read.most", symbol=symbol), high * k))
    return rows


# ---- tasks ---------------------------------------------------------------------------------------


def near_pinsker(state: State) -> bool:
    tv, kl = value(state.pair, "tv"), value(state.pair, "kl_pq")
    return tv is not None and kl is not None and tv > 0.2 and kl < 1.05 * 2 * tv * tv


def heavy(state: State) -> bool:
    chi2, kl = value(state.pair, "chi2_pearson"), value(state.pair, "kl_pq")
    return chi2 is not None and kl is not None and math.isfinite(chi2) and chi2 > 10 * kl


def twice(state: State) -> bool:
    """Whether only places with p > 2 q count: all bends of f are at 2 or beyond."""
    own: Bent | None = state["f"].own
    if own is None or own.open_left:
        return False
    before, beyond = own.kinks[:3], own.kinks[3:]
    return (beyond.sum() > 1e-3 or own.open_right) and before.max() <= 1e-4


def shown_most(state: State) -> bool:
    if state["T"] is None or not drawable(state.pair):
        return False
    found = showing.shown(state["f"].generator, state.pair, critic_of(state))
    return _shares(found) and found.bound >= 0.9 * found.divergence


TASKS = {
    "twice": Task(twice, "f=0,0,0,0,1,1"),
    "show": Task(shown_most, "T=-0.4,0.7,1.2,1.4,2.2"),
    "pinsker": Task(near_pinsker, "p=pmf(0.72,0.28)&q=pmf(0.5,0.5)"),
    "heavy": Task(heavy, "p=pmf(0.7,0.3)&q=pmf(0.999,0.001)"),
}


def todo(*names: str) -> Demo:
    return Demo(lambda look: [blocks.tasks(look, {name: TASKS[name] for name in names})])


# ---- in your code --------------------------------------------------------------------------------


def code(look: Look) -> Blocks:
    try:
        return [blocks.code(**programs(look))]
    except SceneError as error:
        return [blocks.say(words.error(error, look.t))]


def programs(look: Look) -> dict[str, str]:
    """Programs that print D_f and what the critic shows of it; SceneError for too many outcomes."""
    now = look.state["f"]
    if not drawable(look.pair):
        raise SceneError("snippet_long", count=len(look.pair.x), most=MOST_DRAWN)
    return variational_code.programs(now.key, now.own, look.pair, critic_of(look.state))


# ---- live sentences ------------------------------------------------------------------------------


def pinsker(look: Look) -> str:
    tv = value(look.pair, "tv")
    assert tv is not None
    low = float(inequalities.pinsker(np.array(tv)))
    return with_unit(low * UNITS[look.unit], look.unit, look.t)


SAYS = {"pinsker": pinsker}
DEMOS = {
    "board": board,
    "tilt": tilt,
    "todo_twice": todo("twice"),
    "half": half,
    "catalogue": catalogue,
    "conjugate": conjugate,
    "critic": critic,
    "where": where,
    "unveil": unveil,
    "todo_show": todo("show"),
    "corner": corner,
    "region": region,
    "todo_region": todo("pinsker", "heavy"),
    "code": Demo(code, live=False),
}
