"""Surprise and entropy: what one outcome says, and what a distribution says on average."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from divviz import coding, controls, entropy_code, families, knobs
from divviz.dist import Dist, SceneError
from divviz.grammar import parse
from divviz.measures import UNITS, measure
from divviz.pair import Pair
from divviz.state import State, Topic
from divviz.web import blocks, codes, surprises, words
from divviz.web.blocks import Block, Blocks, Demo, Look, Task
from divviz.web.sheet import Array, Figure
from divviz.web.spelling import number, percent, short, tidy, trimmed, with_unit

WEATHER = "pmf(☀:0.55,☁:0.25,☂:0.15,❄:0.05)"
QUARTERS = "pmf(a:0.5,b:0.25,c:0.125,d:0.125)"
HORSES = "pmf(1:0.5,2:0.25,3:0.125,4:0.0625,5:0.015625,6:0.015625,7:0.015625,8:0.015625)"
EVEN, LOPSIDED = "pmf(A:0.5,B:0.5)", "pmf(A:0.99,B:0.01)"
OUTSIDER = 0.01  # the chance of B in the lopsided final
TAILS = "pmf(0.9,0.1)"

TOPIC = Topic(
    start=f"p={WEATHER}&unit=bits&show=entropy_p",
    knobs=(
        knobs.number("k", 3, 1, 6, 1, whole=True),
        knobs.choice("shape", "uniform", ["uniform", "normal"]),
        knobs.number("w", 0.5, 0.125, 4, 0.125),
        knobs.number("halvings", 2, 0, 6, 1, whole=True),
    ),
    kind="discrete",
    alone=True,
)

MOST_LEAVES = 32
MOST_ROWS = 8
MOST_WORDS = 512  # in a code for blocks: Huffman's takes 2 ms for so many
LOG_2 = math.log(2)


# ---- the drawn P ---------------------------------------------------------------------------------


class Outcomes(NamedTuple):
    """What can happen under P: places x and probabilities p (n,), all positive, and any names."""

    x: Array
    p: Array
    labels: tuple[str, ...] | None

    def name(self, i: int) -> str:
        """What outcome i is called."""
        return self.labels[i] if self.labels else f"{self.x[i]:.12g}"


def outcomes(pair: Pair) -> Outcomes:
    """All outcomes of P that can happen."""
    some = pair.p > 0
    labels = pair.labels
    if labels is not None:
        labels = tuple(name for name, there in zip(labels, some, strict=True) if there)
    return Outcomes(pair.x[some], pair.p[some], labels)


@lru_cache(maxsize=64)
def entropy(p: Dist) -> float:
    """H(P) in bits."""
    return measure("entropy_p", p, unit="bits")


def in_unit(bits: float, look: Look) -> float:
    """Bits in the unit that the visitor chose."""
    return bits * LOG_2 * UNITS[look.unit]


def measured(symbol: str, look: Look) -> str:
    """A symbol with the unit of information."""
    return look.t("read.unit", symbol=symbol, unit=look.t(f"unit.{look.unit}"))


def exactly(gap: float) -> float:
    """A difference of two numbers of this page, 0 where only their roundings differ."""
    return gap if abs(gap) > 1e-12 else 0.0


@lru_cache(maxsize=64)
def code_of(p: Dist) -> coding.Code | None:
    """Huffman's code for P; None for more outcomes than it takes."""
    found = outcomes(Pair(p, p))
    return coding.huffman(found.p) if len(found.p) <= coding.MOST_WORDS else None


@lru_cache(maxsize=64)
def per_outcome(p: Dist, most: int) -> tuple[float, ...]:
    """Bits per outcome in blocks of 1, 2, ..., `most`, as far as there are words for."""
    shares = outcomes(Pair(p, p)).p
    can = [k for k in range(1, most + 1) if len(shares) ** k <= MOST_WORDS]
    return tuple(coding.block_length(shares, k) for k in can)


# ---- 1: surprise and its mean --------------------------------------------------------------------


def board(look: Look) -> Blocks:
    t = look.t
    told = words.sentence(look.pair, "entropy_p", look.unit, t)
    drawn = float(controls.shown(look.pair).p.sum())
    rest = [blocks.say(t("board.rest", share=percent(drawn, t)), "caption")]
    return [
        blocks.row(
            [blocks.plane(look, sides="p", hint=t("board.hint"))],
            [
                blocks.numbers(look, "entropy_p", "perplexity"),
                blocks.figure(picture(look), t("surprises.label")),
                *(rest if drawn < 0.995 else []),
            ],
        ),
        blocks.say(told, "result"),
        blocks.buttons(
            blocks.press(t("preset.coin"), "set", "p", "pmf(1,1)"),
            blocks.press(t("preset.die"), "set", "p", "discrete_uniform(1,6)"),
            blocks.press(t("preset.loaded"), "set", "p", "pmf(1:1,2:1,3:1,4:1,5:1,6:5)"),
            blocks.press(t("preset.weather"), "set", "p", WEATHER),
        ),
    ]


def again(look: Look) -> Block:
    """The same plane where P is drawn further down."""
    return blocks.plane(look, sides="p", hint=look.t("board.hint"), families=False)


def picture(look: Look) -> Figure:
    """What the board shows of P: each outcome's surprise."""
    shown = controls.shown(look.pair)
    heading = measured("−log p", look)
    mean = look.value("entropy_p")
    return surprises.outcomes(shown.names, shown.p, UNITS[look.unit], mean, heading)


def _extreme(look: Look, pick: int) -> str:
    found = outcomes(look.pair)
    i = int(np.argsort(found.p, kind="stable")[pick])
    p = float(found.p[i])
    told = with_unit(max(-math.log(p) * UNITS[look.unit], 0.0), look.unit, look.t)
    return look.t("extreme", name=found.name(i), p=short(p), surprise=told)


# ---- 2: a football final -------------------------------------------------------------------------


def final(look: Look) -> Blocks:
    t = look.t
    even, lopsided = (in_unit(entropy(parse(text)), look) for text in (EVEN, LOPSIDED))
    revealed = [
        blocks.readings(
            ("final_even", measured("H(50/50)", look), even),
            ("final_lopsided", measured("H(99/1)", look), lopsided),
        ),
        blocks.buttons(
            blocks.press(t("final.even"), "set", "p", EVEN),
            blocks.press(t("final.lopsided"), "set", "p", LOPSIDED),
        ),
    ]
    truth = "even" if even > lopsided else "lopsided"
    return [blocks.ask(look, "final", ["even", "lopsided", "same"], truth, revealed=revealed)]


def outsider(look: Look) -> Blocks:
    bits = -math.log2(OUTSIDER)
    return [blocks.guess(look, "outsider", bits, 0.35, look.t("unit.bits"))]


def coins(look: Look) -> Blocks:
    return [blocks.ask(look, "coins", ["three", "eight", "eighth"], "three")]


# ---- 3: yes/no questions -------------------------------------------------------------------------


def questions(look: Look) -> Blocks:
    t, found, code = look.t, outcomes(look.pair), code_of(look.p)
    h = entropy(look.p)
    examples = blocks.buttons(
        blocks.press(t("preset.quarters"), "set", "p", QUARTERS),
        blocks.press(t("preset.horses"), "set", "p", HORSES),
    )
    if code is None:
        return [again(look), blocks.say(t("questions.many", most=coding.MOST_WORDS)), examples]
    told = [
        blocks.readings(
            ("h_bits", t("read.entropy"), h),
            ("questions", t("read.questions"), code.mean_length),
            ("waste", t("read.waste"), exactly(code.mean_length - h)),
        ),
        word_table(look, found, code),
    ]
    if len(found.p) > MOST_LEAVES:
        drawn: Blocks = [blocks.say(t("questions.leaves", most=MOST_LEAVES))]
    else:
        names = [found.name(i) for i in range(len(found.p))]
        drawn = [
            blocks.figure(codes.tree(code, names, t("tree.heading")), t("tree.label")),
            blocks.say(first_question(look, found, code), "caption"),
        ]
    told.append(blocks.tasks(look, {name: TASKS[name] for name in OF_THE_CODE}))
    return [blocks.row([again(look), *drawn], told), examples]


def word_table(look: Look, found: Outcomes, code: coding.Code) -> Block:
    """The likeliest outcomes with their surprise in bits and their words."""
    t = look.t
    likeliest = np.sort(np.argsort(-found.p, kind="stable")[:MOST_ROWS]).tolist()
    rows = [
        (
            found.name(i),
            short(float(found.p[i])),
            trimmed(number(max(-math.log2(found.p[i]), 0.0), 3)),
            code.words[i] or t("word.empty"),
        )
        for i in likeliest
    ]
    heads = [t("word.outcome"), "p", "−log₂ p", t("word.word")]
    left = len(found.p) - len(rows)
    return blocks.table(heads, rows, t("word.more", count=left) if left else "")


def first_question(look: Look, found: Outcomes, code: coding.Code) -> str:
    """The first of the yes/no questions, in words."""
    if len(found.p) == 1:
        return look.t("questions.none", name=found.name(0))
    yes = [found.name(i) for i in code.below("0")]
    either = f" {look.t('list.or')} ".join(yes[:4]) + ("…" if len(yes) > 4 else "")
    return tidy(look.t("questions.first", names=either))


def in_blocks(look: Look) -> Blocks:
    t, h, most = look.t, entropy(look.p), look.state["k"]
    found = per_outcome(look.p, most)
    count = int(np.count_nonzero(look.pair.p))
    told = []
    if found:
        k, bits = len(found), found[-1]
        told.append(blocks.say(t("blocks.told", k=k, bits=number(bits), h=number(h)), "result"))
    if len(found) < most:
        told.append(blocks.say(t("blocks.many", count=count, most=MOST_WORDS), "caption"))
    return [
        blocks.knob(look, "k", t("blocks.knob")),
        blocks.figure(codes.lengths(found, h, t("blocks.heading")), t("blocks.label")),
        *told,
        blocks.buttons(blocks.press(t("preset.tails"), "set", "p", TAILS)),
    ]


# ---- 4: densities --------------------------------------------------------------------------------

CENTRE, VIEW = 2.0, (-0.2, 4.2)


@lru_cache(maxsize=64)
def density_of(shape: str, width: float) -> Dist:
    """The uniform density of that width, or the normal whose middle four deviations are as wide."""
    if shape == "uniform":
        return families.make("uniform", CENTRE - width / 2, CENTRE + width / 2)
    return families.make("normal", CENTRE, width / 4)


@lru_cache(maxsize=512)
def binned(shape: str, width: float, halvings: int) -> tuple[Array, Array]:
    """Edges (n + 1,) of bins of width 2^-halvings and the probability (n,) of each."""
    dist, size = density_of(shape, width), 0.5**halvings
    reach = width / 2 if shape == "uniform" else 2.5 * width
    first = math.floor((CENTRE - reach) / size)
    last = math.ceil((CENTRE + reach) / size)
    edges = size * np.arange(first, last + 1)
    return edges, np.maximum(np.diff(dist.cdf(edges)), 0.0)


def half(look: Look) -> Blocks:
    h = entropy(density_of("uniform", 0.5))
    truth = "minus" if h < 0 else "half"
    return [blocks.ask(look, "half", ["half", "minus", "impossible"], truth)]


def density(look: Look) -> Blocks:
    t, shape, width = look.t, look.state["shape"], look.state["w"]
    dist = density_of(shape, width)
    ends = dist.cdf(np.array([CENTRE - width / 2, CENTRE + width / 2]))
    heads = t("density.heading"), t("density.term")
    weighed = surprises.density(*drawn(dist), UNITS[look.unit], VIEW, heads)
    return [
        blocks.choice(look, "shape", t("density.shape"), {k: t(f"shape.{k}") for k in SHAPES}),
        blocks.knob(look, "w", t(f"density.{shape}")),
        blocks.row(
            [blocks.figure(weighed, t("density.label"))],
            [
                blocks.readings(
                    ("h", measured("h", look), in_unit(entropy(dist), look)),
                    ("peak", t("density.peak"), float(dist.density(CENTRE))),
                    ("inside", t("density.inside"), float(ends[1] - ends[0])),
                    gate="half",
                )
            ],
        ),
    ]


SHAPES = ("uniform", "normal")


def drawn(dist: Dist) -> tuple[Array, Array]:
    """Places and heights of the density's line."""
    low, high = VIEW
    if dist.name == "uniform":
        a, b = dist.args
        top = 1 / (b - a)
        return np.array([low, a, a, b, b, high]), np.array([0.0, 0, top, top, 0, 0])
    x = np.linspace(*np.clip(CENTRE + dist.args[1] * np.array([-5, 5]), low, high), 161)
    return x, dist.density(x)


def bins(look: Look) -> Blocks:
    t, state = look.t, look.state
    shape, width, halvings = state["shape"], state["w"], state["halvings"]
    edges, mass = binned(shape, width, halvings)
    some = mass[mass > 0]
    own = float(np.sum(some * -np.log2(some))) + 0.0
    wanted = entropy(density_of(shape, width)) + halvings
    size = 0.5**halvings
    heading = t("bins.heading", size=short(size) if size >= 0.25 else f"1/{2**halvings}")
    return [
        blocks.knob(look, "halvings", t("bins.knob")),
        blocks.figure(surprises.bins(edges, mass, VIEW, heading), t("bins.label")),
        blocks.readings(
            ("h_bins", measured(t("bins.entropy"), look), in_unit(own, look)),
            ("h_less", measured("h − log Δ", look), in_unit(wanted, look)),
            ("bins_gap", measured(t("bins.gap"), look), in_unit(exactly(own - wanted), look)),
        ),
    ]


# ---- 5: in your code -----------------------------------------------------------------------------


def code(look: Look) -> Blocks:
    dist = density_of(look.state["shape"], look.state["w"])
    try:
        programs = entropy_code.programs(outcomes(look.pair).p.tolist(), dist, look.unit)
        return [blocks.code(**programs)]
    except SceneError as error:
        return [blocks.say(words.error(error, look.t))]


# ---- tasks and live sentences --------------------------------------------------------------------


def even(state: State) -> bool:
    count = len(controls.shown(state.pair).values)
    return count > 1 and entropy(state.scene.p) >= math.log2(count) - 0.01


def one_bit(state: State) -> bool:
    return np.count_nonzero(state.pair.p) > 2 and abs(entropy(state.scene.p) - 1) <= 0.005


def waste(state: State) -> float:
    """How many questions more than H(P) the code asks on average."""
    code = code_of(state.scene.p)
    return math.nan if code is None else exactly(code.mean_length - entropy(state.scene.p))


def thrifty(state: State) -> bool:
    return np.count_nonzero(state.pair.p) == 3 and waste(state) <= 0.005


TASKS = {
    "most": Task(even, "p=pmf(☀:1,☁:1,☂:1,❄:1)"),
    "least": Task(lambda state: entropy(state.scene.p) == 0, "p=pmf(☀:0,☁:1,☂:0,❄:0)"),
    "bit": Task(one_bit, "p=pmf(☀:0.773,☁:0.1135,☂:0.1135,❄:0)"),
    "waste": Task(lambda state: waste(state) > 0.5, "p=pmf(☀:0.95,☁:0.05,☂:0,❄:0)"),
    "thrifty": Task(thrifty, "p=pmf(☀:0.5,☁:0.25,☂:0.25,❄:0)"),
}
OF_THE_CODE = ("waste", "thrifty")


def todo(look: Look) -> Blocks:
    some = {name: task for name, task in TASKS.items() if name not in OF_THE_CODE}
    return [
        blocks.row([again(look)], [blocks.numbers(look, "entropy_p"), blocks.tasks(look, some)])
    ]


DEMOS = {
    "board": board,
    "final": final,
    "outsider": outsider,
    "coins": coins,
    "todo": todo,
    "questions": questions,
    "blocks": in_blocks,
    "half": half,
    "density": density,
    "bins": bins,
    "code": Demo(code, live=False),
}
SAYS = {
    "rarest": lambda look: _extreme(look, 0),
    "likeliest": lambda look: _extreme(look, -1),
    "fair": lambda look: number(look.value("perplexity"), 3),
}
