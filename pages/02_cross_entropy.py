"""Cross-entropy and KL: what it costs to code P's messages with the code made for Q."""

import math
from functools import lru_cache

import numpy as np

from divviz import coding, knobs, readers, snippets
from divviz.controls import names_of
from divviz.dist import Dist, SceneError
from divviz.grammar import parse
from divviz.measures import UNITS, measure, value
from divviz.pair import Pair
from divviz.running import Running, running
from divviz.scene import Scene
from divviz.state import Act, State, Topic
from divviz.triangle import Triangle, triangle
from divviz.web import bills, blocks, figures, words
from divviz.web.blocks import Blocks, Demo, Look, Task
from divviz.web.spelling import number, percent, short, trimmed

P, Q = "pmf(a:0.5,b:0.25,c:0.125,d:0.125)", "pmf(a:0.125,b:0.5,c:0.25,d:0.125)"
SAMPLES = 400
MOST_ROWS = 10
MOST_WORDS = 64


def _moved(state: State, name: str, x: float, _: float) -> State:
    """One of the three coins at another place."""
    coins = dict(zip("prq", state["coins"], strict=True))
    if name not in coins:
        raise SceneError("act", name=name)
    coins[name] = min(max(x, 0.0), 1.0)
    return state.with_knob("coins", list(coins.values()))


TOPIC = Topic(
    start=f"p={P}&q={Q}&unit=bits",
    knobs=(
        knobs.number("n", 40, 0, SAMPLES - 1, 1, whole=True),
        knobs.number("draw", 1, 1, 99, 1, whole=True),
        knobs.numbers("coins", [0.5, 0.1, 0.3], 0, 1),
        knobs.number("heads", 7, 0, 10, 1, whole=True),
        knobs.number("theta", 0.4, 0, 1, 0.01),
    ),
    acts={"coin": Act((readers.text, readers.number, readers.number), _moved)},
    kind="discrete",
)


# ---- 1: the bill ---------------------------------------------------------------------------------


def board(look: Look) -> Blocks:
    t = look.t
    return [
        blocks.row(
            [blocks.plane(look, hint=t("board.hint"))],
            [
                blocks.numbers(look, "entropy_p", "cross_entropy_pq", "kl_pq"),
                blocks.figure(bill(look), t("bill.label")),
                blocks.say(words.sentence(look.pair, "cross_entropy_pq", look.unit, t), "caption"),
            ],
        ),
    ]


def bill(look: Look) -> figures.Figure:
    """H(P,Q) as a bar, stacked of H(P) and KL."""
    own, extra = look.value("entropy_p"), look.value("kl_pq")
    return bills.stacked(
        [("H(P)", [(own, "@p")]), ("H(P,Q)", [(own, "@p"), (extra, "@m")])], look.t("bill.heading")
    )


def less(look: Look) -> Blocks:
    return [blocks.ask(look, "less", ["never", "even", "close"], "never")]


def price(look: Look) -> Blocks:
    extra = measure("kl_pq", parse(P), parse("pmf(a:1,b:1,c:1,d:1)"), unit="bits")
    assert extra is not None
    return [blocks.guess(look, "price", extra, 0.01, look.t("unit.bits"))]


def word_table(look: Look) -> Blocks:
    """Each outcome: its chance, the word that Q's code gives it, and what that costs."""
    t, pair, factor = look.t, look.pair, UNITS[look.unit]
    p, q, ratio = pair.p, pair.q, pair.ground.log_ratio
    some = np.flatnonzero((p > 0) | (q > 0))
    shown = np.sort(some[np.argsort(-p[some], kind="stable")[:MOST_ROWS]])
    names = names_of(pair.x, pair.labels)
    rows = [
        (
            names[i],
            short(float(p[i])),
            short(float(q[i])),
            length(p[i], factor),
            length(q[i], factor),
            "0" if p[i] == 0 else trimmed(number(float(p[i] * ratio[i]) * factor, 3)),
        )
        for i in shown.tolist()
    ]
    heads = [t("table.outcome"), "p", "q", "−log p", "−log q", "p·log p/q"]
    left = len(some) - len(shown)
    return [
        blocks.table(heads, rows, t("table.more", count=left) if left else t("table.caption")),
        blocks.say(t("table.sum", kl=look.spelled("kl_pq")), "result"),
        blocks.figure(
            figures.strip_alone(pair, "kl_pq", look.unit, t, look.view), t("shares.label")
        ),
        *real_words(look),
    ]


def length(mass: float, factor: float) -> str:
    """The ideal length -log of a word, infinite for what has no chance."""
    return "∞" if mass <= 0 else trimmed(number(max(-math.log(mass) * factor, 0.0), 3))


@lru_cache(maxsize=64)
def codes(p: Dist, q: Dist) -> tuple[float, float] | None:
    """Bits per message of P with Huffman's code for P and with that for Q; None for too many."""
    pair = Pair(p, q)
    if len(pair.p) > MOST_WORDS:
        return None
    own, other = coding.huffman(pair.p), coding.huffman(pair.q)
    return (coding.mean_length(pair.p, own.lengths), coding.mean_length(pair.p, other.lengths))


def real_words(look: Look) -> Blocks:
    found = codes(look.p, look.q)
    if found is None:
        return []
    own, other = map(number, found)
    return [blocks.say(look.t("words.real", own=own, other=other), "caption")]


# ---- 2: sample by sample -------------------------------------------------------------------------


@lru_cache(maxsize=16)
def sampled(p: Dist, q: Dist, seed: int) -> Running:
    return running(Pair(p, q), SAMPLES, seed)


def samples(look: Look) -> Blocks:
    t, upto = look.t, look.state["n"] + 1
    seen = sampled(look.p, look.q, look.state["draw"])
    factor = UNITS[look.unit]
    drawn = bills.settling(seen, upto, look.value("kl_pq"), factor, t("samples.heading"))
    last = seen.log_ratio[upto - 1] * factor
    assert seen.place is not None
    names = names_of(look.pair.x, look.pair.labels)
    told = t(
        "samples.told",
        n=upto,
        name=names[int(seen.place[upto - 1])],
        ratio=number(float(last)),
        mean=number(float(seen.mean[upto - 1] * factor)),
    )
    return [
        blocks.figure(drawn, t("samples.label")),
        blocks.player(look, "n", t("samples.player"), SAMPLES - 1, 24),
        blocks.say(told, "result"),
        blocks.buttons(
            blocks.press(t("samples.again"), "knob", "draw", look.state["draw"] % 99 + 1)
        ),
    ]


# ---- 3: no distance ------------------------------------------------------------------------------


def larger(look: Look) -> Blocks:
    p, q = parse("pmf(0.98,0.01,0.01)"), parse("pmf(1,1,1)")
    pq, qp = (measure("kl_pq", *pair, unit=look.unit) for pair in ((p, q), (q, p)))
    assert pq is not None and qp is not None
    revealed = [
        blocks.readings(("ask_pq", "KL(P‖Q)", pq), ("ask_qp", "KL(Q‖P)", qp)),
        blocks.buttons(blocks.go(look.t("larger.open"), "p=pmf(0.98,0.01,0.01)&q=pmf(1,1,1)")),
    ]
    chances = zip(*shares(p, q), strict=True)
    rows = [(str(i), *map(short, pair)) for i, pair in enumerate(chances)]
    shown = blocks.table([look.t("table.outcome"), "p", "q"], rows)
    truth = "pq" if pq > qp else "qp"
    return [
        blocks.ask(
            look,
            "larger",
            ["pq", "qp", "same"],
            truth,
            shown=[shown],
            revealed=revealed,
        )
    ]


def shares(*some: Dist) -> list[list[float]]:
    """The chances of all outcomes of each distribution."""
    return [np.exp(one.atoms()[1]).tolist() for one in some]


def both(look: Look) -> Blocks:
    return [blocks.numbers(look, "kl_pq", "kl_qp", gate="larger")]


def coin(chance: float) -> tuple[float, float]:
    return chance, 1 - chance


@lru_cache(maxsize=256)
def way(p: float, r: float, q: float) -> Triangle:
    return triangle(coin(p), coin(r), coin(q))


def detour(look: Look) -> Blocks:
    t, factor = look.t, UNITS[look.unit]
    p, r, q = look.state["coins"]
    found = way(p, r, q)
    direct, first, second = (v * factor for v in (found.pq, found.pr, found.rq))
    places = [("P", p, "@p"), ("R", r, "@m"), ("Q", q, "@q")]
    hands = [
        {
            "id": name.lower(),
            "x": x,
            "y": 0.55,
            "row": "",
            "move": "x",
            "low": [0, 0],
            "high": [1, 1],
            "step": [0.01, 0.01],
            "label": t("coins.hand", name=name),
            "text": short(x),
            "colour": colour,
        }
        for name, x, colour in places
    ]
    bars = [
        (t("coins.direct"), [(direct, "@m")]),
        (t("coins.detour"), [(first, "@m"), (second, "@q")]),
    ]
    verdict = "coins.broken" if found.broken else "coins.kept"
    return [
        blocks.drawing(
            "coins", bills.on_a_line(places), t("coins.label"), hands=hands, act=["coin"]
        ),
        blocks.figure(bills.stacked(bars, t("coins.heading")), t("coins.bars")),
        blocks.say(t(verdict, direct=number(direct), detour=number(first + second)), "result"),
    ]


# ---- 4: one zero ---------------------------------------------------------------------------------


def zero(look: Look) -> Blocks:
    return [blocks.ask(look, "zero", ["big", "infinite", "nothing"], "infinite")]


# ---- 5: likelihood -------------------------------------------------------------------------------


def likelihood(look: Look) -> Blocks:
    t, factor = look.t, UNITS[look.unit]
    heads, theta = look.state["heads"], look.state["theta"]
    share = heads / 10
    grid = np.linspace(0.0, 1.0, 201)
    curve = cost(share, grid) * factor
    floor, now = (float(cost(share, np.array([at]))[0]) * factor for at in (share, theta))
    told = t(
        "fit.told",
        share=short(share),
        cross=number(now),
        whole=number(10 * now),
        best=t("fit.best") if theta == share else "",
    )
    return [
        blocks.knob(look, "heads", t("fit.heads")),
        blocks.knob(look, "theta", t("fit.theta")),
        blocks.figure(
            bills.over_a_coin(grid, curve, floor, theta, now, t("fit.heading")), t("fit.label")
        ),
        blocks.say(told, "result"),
    ]


def cost(share: float, theta: np.ndarray) -> np.ndarray:
    """The cross-entropy in nats of a coin theta (n,) with data of which `share` are heads."""
    from scipy.special import xlogy

    found: np.ndarray = -(xlogy(share, theta) + xlogy(1 - share, 1 - theta)) + 0.0
    return found


# ---- 6: said wrongly -----------------------------------------------------------------------------


def misread(look: Look) -> Blocks:
    return [blocks.ask(look, "misread", ["worse", "better", "sum"], "worse")]


# ---- tasks, sentences, code ----------------------------------------------------------------------


def bits(state: State, key: str) -> float:
    found = value(state.pair, key, "bits")
    assert found is not None
    return found


def one_way_endless(state: State) -> bool:
    return math.isinf(bits(state, "kl_pq")) and bits(state, "kl_qp") < 1


def one_bit(state: State) -> bool:
    return abs(bits(state, "kl_pq") - 1) <= 0.02


def alike(state: State) -> bool:
    one, other = bits(state, "kl_pq"), bits(state, "kl_qp")
    return 0.2 < one < math.inf and abs(one - other) <= 0.01 * one


def short_cut(state: State) -> bool:
    return way(*state["coins"]).broken


TASKS = {
    "bit": Task(one_bit, "p=pmf(a:1,b:1,c:0,d:0)&q=pmf(a:1,b:1,c:1,d:1)"),
    "endless": Task(one_way_endless, "p=pmf(a:1,b:1,c:1,d:1)&q=pmf(a:1,b:1,c:1,d:0)"),
    "alike": Task(alike, "p=pmf(a:4,b:1,c:1,d:1)&q=pmf(a:1,b:4,c:1,d:1)"),
    "short": Task(short_cut, f"p={P}&q={Q}&coins=0.1,0.3,0.5"),
}


def todo(look: Look) -> Blocks:
    some = {name: task for name, task in TASKS.items() if name != "short"}
    return [
        blocks.row(
            [blocks.plane(look, hint=look.t("board.hint"), families=False)],
            [
                blocks.numbers(look, "kl_pq", "kl_qp"),
                blocks.tasks(look, some),
            ],
        )
    ]


def find(look: Look) -> Blocks:
    return [blocks.tasks(look, {"short": TASKS["short"]})]


def code(look: Look) -> Blocks:
    keys = ["entropy_p", "cross_entropy_pq", "kl_pq", "kl_qp"]
    scene: Scene = look.state.scene
    try:
        return [
            blocks.code(
                NumPy=snippets.numpy_code(scene, keys),
                SciPy=snippets.scipy_code(scene, keys),
                PyTorch=snippets.torch_code(scene, keys),
            )
        ]
    except SceneError as error:
        return [blocks.say(words.error(error, look.t))]


def dearest(look: Look) -> str:
    """The outcome that adds most to KL, and how much of P's messages it is."""
    pair = look.pair
    with np.errstate(invalid="ignore"):
        share = np.where(pair.p > 0, pair.p * pair.ground.log_ratio, 0.0)
    i = int(np.argmax(share))
    names = names_of(pair.x, pair.labels)
    amount = number(float(share[i]) * UNITS[look.unit])
    return look.t("dearest", name=names[i], share=percent(float(pair.p[i]), look.t), amount=amount)


DEMOS = {
    "board": board,
    "price": price,
    "less": less,
    "letters": word_table,
    "misread": misread,
    "samples": samples,
    "larger": larger,
    "both": both,
    "detour": detour,
    "find": find,
    "zero": zero,
    "todo": todo,
    "likelihood": likelihood,
    "code": Demo(code, live=False),
}
SAYS = {"dearest": dearest}
