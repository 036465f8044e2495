"""From samples to a model: counts against two models, and what a sample does to the numbers."""

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from divviz import binned, families, knobs, resampled, tally_code, tally_models, worms
from divviz.dist import Dist, SceneError
from divviz.readers import number as read_number
from divviz.readers import text as read_text
from divviz.resampled import Replay, Track, replay
from divviz.state import Act, State, Topic
from divviz.units import unit_factor
from divviz.web import blocks, tallies, valleys, words
from divviz.web.blocks import Block, Blocks, Demo, Look, Show, Task
from divviz.web.spelling import number, short, with_unit
from divviz.widths import LEAST, MOST
from divviz.worms import TEETH

P = f"pmf({','.join(map(str, TEETH))})"
START = f"p={P}&q=binomial(10,0.3)"
TABLES = {
    "worms": P,
    # Weldon's dice: how many of 12 show 5 or 6, in 26306 throws (Pearson, 1900).
    "dice": "pmf(185,1149,3265,5475,6114,5194,3067,1331,403,105,14,4,0)",
    # Deaths by horse kicks, a corps and year, in 200 of them (von Bortkiewicz, 1898).
    "kicks": "pmf(109,65,22,3,1)",
}
RESAMPLES = resampled.RESAMPLES
MOST_VALUES, MOST_SEEDS = 1000, 99
MOST_PLACES = 200  # outcomes of a P that is replayed while a hand moves
ESTIMATES = {
    "entropy": "plug_in_entropy",
    "corrected": "miller_madow_entropy",
    "kl": "plug_in_kl",
}
FINE, COARSE = 60, 8  # bins that the question compares


# ---- what a visitor can set ----------------------------------------------------------------------


def slid(state: State, _: str, p: float, __: float) -> State:
    """Q as the binomial whose p a hand took along the curve."""
    counts = valleys.tally_of(state.scene.p)
    if counts is None:
        raise SceneError("act", name="slide")
    p = round(min(max(p, 0.0), 1.0), 4)
    q = families.make("binomial", len(counts) - 1, p)
    return replace(state, scene=replace(state.scene, q=q))


TOPIC = Topic(
    start=START,
    knobs=(
        knobs.number("n", 100, 5, MOST_VALUES, 1, whole=True),
        knobs.choice("estimate", "entropy", tuple(ESTIMATES)),
        knobs.number("upto", RESAMPLES, 0, RESAMPLES, 1, whole=True),
        knobs.number("draw", 1, 1, MOST_SEEDS, 1, whole=True),
        knobs.number("bins", COARSE, LEAST, MOST, 1, whole=True),
    ),
    acts={"slide": Act((read_text, read_number, read_number), slid)},
)


# ---- counts --------------------------------------------------------------------------------------


def of_worms() -> tallies.Curve:
    """What the page's own counts say of every p."""
    return valleys.curve_of(tuple(map(float, TEETH)))


def no_table(look: Look) -> Blocks:
    """What stands in place of a demo that needs counts."""
    told = "no_table" if binned.values_of(look.p) is None else "measured"
    said = blocks.say(look.t(told, most=valleys.MOST_PLACES))
    return [said, blocks.buttons(_to("worms", look))]


def _to(name: str, look: Look) -> tuple[str, Block, bool]:
    start = f"p={TABLES[name]}&q=binomial({TABLES[name].count(',')},0.3)"
    return blocks.go(look.t(f"table.{name}"), start)


def in_unit(look: Look, nats: float) -> float:
    return nats * unit_factor(look.unit)


def spoken(look: Look, nats: float) -> str:
    """An amount of nats in the unit that the visitor chose."""
    return with_unit(in_unit(look, nats), look.unit, look.t)


# ---- 1: counts and a model -----------------------------------------------------------------------


def board(look: Look) -> Blocks:
    plane = blocks.plane(look, draws="q", hint=look.t("board.hint"))
    return [blocks.row([plane], [blocks.numbers(look, "kl_pq"), *descent(look)])]


def descent(look: Look) -> Blocks:
    """KL against p, with a hand on it, and which way is down."""
    t, counts = look.t, valleys.tally_of(look.p)
    if counts is None:
        return no_table(look)
    found, factor = valleys.curve_of(counts), unit_factor(look.unit)
    at = tally_models.share_of(look.q, counts)
    place = valleys.place(look.q, len(counts) - 1) if at is None else at
    heading = t("down.heading", unit=t(f"unit.{look.unit}"))
    drawn = tallies.down(found, place, factor, heading)
    hands = [valleys.hand(look, found, place)]
    return [
        blocks.drawing("down", drawn, t("down.label"), hands=hands, act=["slide"]),
        blocks.say(valleys.where(look, found.slide, at), "result"),
    ]


# ---- 2: which is closer? -------------------------------------------------------------------------


def better(look: Look) -> Blocks:
    t, found = look.t, of_worms()
    slide, heading = found.slide, t("down.heading", unit=t(f"unit.{look.unit}"))
    drawn = tallies.beside_uniform(found, unit_factor(look.unit), heading, t("uniform"))
    truth = "uniform" if slide.uniform < slide.least else "binomial"
    both = (("uniform", slide.uniform), ("binomial", slide.least))
    revealed = [
        blocks.readings(*((f"to_{k}", t(f"to.{k}"), in_unit(look, v)) for k, v in both)),
        blocks.figure(drawn, t("better.label")),
        blocks.say(t("better.articles")),
        blocks.buttons(
            blocks.go(t("better.uniform"), f"p={P}&q=discrete_uniform(0,10)"),
            blocks.go(t("better.binomial"), f"p={P}&q=binomial(10,{slide.best:.12g})"),
        ),
    ]
    return [blocks.ask(look, "better", ["uniform", "binomial", "same"], truth, revealed=revealed)]


# ---- 3: likelihood -------------------------------------------------------------------------------


def likelihood(look: Look) -> Blocks:
    t, counts = look.t, valleys.tally_of(look.p)
    if counts is None:
        return no_table(look)
    found, at = valleys.curve_of(counts), tally_models.share_of(look.q, counts)
    slide, unit = found.slide, t(f"unit.{look.unit}")
    place = valleys.place(look.q, slide.n) if at is None else at
    heads = (t("mirror.kl", unit=unit), t("mirror.likely", unit=unit))
    drawn = tallies.mirrored(found, place, unit_factor(look.unit), heads)
    hands = [valleys.hand(look, found, place, tallies.UPPER)]
    kl = float(slide.kl(place))
    rows = (
        ("p", "p", place),
        ("kl_at", t("mirror.divergence"), in_unit(look, kl)),
        ("likely", t("mirror.mean"), in_unit(look, -slide.entropy - kl)),
        ("slope", t("mirror.slope"), in_unit(look, _slope(slide, place))),
    )
    return [
        blocks.row(
            [blocks.drawing("mirror", drawn, t("mirror.label"), hands=hands, act=["slide"])],
            [blocks.readings(*rows), *_together(look, slide, counts, kl)],
        )
    ]


def _slope(slide: worms.Slide, p: float) -> float:
    slope = float(slide.slope(p))
    return slope if abs(slope) > 1e-12 else 0.0


def _together(look: Look, slide: worms.Slide, counts: tuple[float, ...], kl: float) -> Blocks:
    """The likelihood of all values, where it is known how many there are."""
    count = tally_models.whole_of(counts)
    if count is None:
        return []
    whole = in_unit(look, -count * (slide.entropy + kl))
    told = look.t("mirror.together", n=count, whole=number(whole), unit=look.t(f"unit.{look.unit}"))
    return [blocks.say(told)]


# ---- 4: own data ---------------------------------------------------------------------------------


def own(look: Look) -> Blocks:
    t = look.t
    plane = blocks.plane(look, draws="p", hint=t("own.hint"))
    told = [blocks.numbers(look, "kl_pq", gate="better"), *models(look)]
    tables = blocks.buttons(*(_to(name, look) for name in TABLES))
    return [tables, blocks.row([plane], [*told])]


def models(look: Look) -> Blocks:
    """The closest model of each kind, with what it costs to send and what it misses."""
    t, counts = look.t, valleys.tally_of(look.p)
    if counts is None:
        return no_table(look) if look.p.name != "samples" else densities(look)
    slide = valleys.curve_of(counts).slide
    offered = tally_models.candidates(look.p, slide)
    rows = [
        [t(f"model.{name}", text=_args(dist)), str(parts), number(in_unit(look, kl), 3)]
        for name, (dist, parts, kl) in offered.items()
    ]
    rows.append([t("model.itself"), str(slide.n), "0"])
    heads = [t("model"), t("model.parts"), t("model.kl", unit=t(f"unit.{look.unit}"))]
    takes = (
        blocks.press(t(f"take.{name}"), "set", "q", str(dist))
        for name, (dist, _, _) in offered.items()
    )
    return [blocks.table(heads, rows, gate="better"), blocks.buttons(*takes)]


def _args(dist: Dist) -> str:
    return ", ".join(short(float(arg)) for arg in dist.args)


def densities(look: Look) -> Blocks:
    """For measurements: the densities under which they are most likely."""
    t = look.t
    offered = tally_models.likeliest(look.p)
    if not offered:
        return no_table(look)
    rows = [
        [t(f"model.{name}", text=_args(dist)), "2", number(in_unit(look, mean), 4)]
        for name, (dist, mean) in offered.items()
    ]
    heads = [t("model"), t("model.parts"), t("model.likely", unit=t(f"unit.{look.unit}"))]
    takes = (blocks.press(t(f"take.{name}"), "set", "q", str(offered[name][0])) for name in offered)
    return [blocks.say(t("densities")), blocks.table(heads, rows), blocks.buttons(*takes)]


# ---- 5: two hundred samples ----------------------------------------------------------------------


@lru_cache(maxsize=32)
def replayed(p: Dist, n: int, seed: int, q: Dist | None = None) -> Replay:
    return replay(p, n, q, RESAMPLES, seed)


def small(look: Look) -> Blocks:
    bias = replayed(worms.worms(), 100, 1).tracks["plug_in_entropy"].bias
    assert bias is not None
    truth = "small" if bias < -0.01 else "large" if bias > 0.01 else "right"
    return [blocks.ask(look, "small", ["small", "right", "large"], truth)]


def scatter(look: Look) -> Blocks | None:
    t, state = look.t, look.state
    needed = (look.p, look.q) if state["estimate"] == "kl" else (look.p,)
    if any(dist.kind != "discrete" for dist in needed):
        return [blocks.say(t("scatter.outcomes")), blocks.buttons(_to("worms", look))]
    if look.live and len(look.p.atoms()[0]) > MOST_PLACES:
        return None
    q = look.q if state["estimate"] == "kl" else None
    try:
        found = replayed(look.p, state["n"], state["draw"], q)
    except SceneError as error:
        return [blocks.say(words.error(error, t))]
    kinds = {one: t(f"estimate.{one}") for one in ESTIMATES}
    following = state["draw"] % MOST_SEEDS + 1
    same = "p=discrete_uniform(0,10)&q=discrete_uniform(0,10)&estimate=kl"
    return gated(
        "small",
        blocks.choice(look, "estimate", t("estimate"), kinds),
        blocks.knob(look, "n", t("scatter.n")),
        *_seen(look, found, found.tracks[ESTIMATES[state["estimate"]]]),
        blocks.player(look, "upto", t("scatter.player"), RESAMPLES, 16),
        blocks.buttons(
            blocks.press(t("scatter.again"), "knob", "draw", following),
            blocks.go(t("scatter.same"), same),
        ),
    )


def gated(name: str, *some: Block) -> Blocks:
    """Blocks that wait for the answer to a question."""
    return [block | {"gate": name} for block in some]


def _seen(look: Look, found: Replay, track: Track) -> Blocks:
    """What the replays so far show."""
    t, upto, factor = look.t, look.state["upto"], unit_factor(look.unit)
    mean = track.after(upto).mean if upto else math.nan
    sign = "KL" if track.name == "plug_in_kl" else "H"
    heading = t("scatter.heading", unit=t(f"unit.{look.unit}"))
    drawn = tallies.scattered(track, upto, factor, heading, (t("scatter.true"), t("scatter.mean")))
    rows = [
        ("true", t("scatter.truth", symbol=sign), track.true * factor),
        ("mean", t("scatter.average", k=upto), mean * factor),
        ("bias", t("scatter.bias"), math.nan if track.bias is None else track.bias * factor),
    ]
    if track.leading is not None:
        rule = "(K − 1)/2n" if track.leading > 0 else "−(K − 1)/2n"
        rows.append(("rule", rule, track.leading * factor))
    return [
        blocks.row(
            [blocks.drawing("scatter", drawn, t("scatter.label"))],
            [blocks.readings(*rows), blocks.say(_verdict(look, found, track, upto), "result")],
        )
    ]


def _verdict(look: Look, found: Replay, track: Track, upto: int) -> str:
    t = look.t
    if not upto:
        return t("scatter.none")
    now = track.after(upto)
    fields = {"k": upto, "n": found.n, "outcomes": len(found.x)}
    if math.isinf(track.true):
        finite = int(np.isfinite(track.values[:upto]).sum())
        return t("scatter.infinite", finite=finite, **fields)
    assert now.bias is not None
    gap = abs(now.bias)
    if gap < 5e-4:
        return t("scatter.right", **fields)
    return t("scatter.low" if now.bias < 0 else "scatter.high", gap=spoken(look, gap), **fields)


# ---- 6: bins -------------------------------------------------------------------------------------


def source_of(look: Look) -> Dist | None:
    """P where it is made of numbers, None for the page's own."""
    return None if binned.values_of(look.p) is None else look.p


def width(look: Look) -> Blocks:
    found = binned.widths_of(None)
    few, many = (float(found.kl[found.bins == count][0]) for count in (COARSE, FINE))
    truth = "more" if many > 1.5 * few else "less" if many < few / 1.5 else "same"
    return [blocks.ask(look, "width", ["less", "same", "more"], truth, few=COARSE, many=FINE)]


def in_bins(look: Look) -> Blocks:
    t, count, source = look.t, look.state["bins"], source_of(look)
    try:
        found, (edges, heights) = binned.widths_of(source), binned.heights_of(source, count)
        rules = binned.ruled(source)
    except SceneError as error:
        return [blocks.say(words.error(error, t))]
    factor, unit = unit_factor(look.unit), t(f"unit.{look.unit}")
    mean, sd = found.normal.args
    x = np.linspace(mean - 3.2 * sd, mean + 3.2 * sd, 121)
    shape = tallies.against_normal(
        (edges, heights), (x, found.normal.density(x)), (t("bins.density"), t("bins.normal"))
    )
    i = int(np.argmin(np.abs(found.bins - count)))
    heads = (t("bins.entropy", unit=unit), t("bins.kl", unit=unit))
    drawn = tallies.by_width(found, count, factor, heads, t("bins.normal"))
    size = len(binned.data_of(source))
    said = t("bins.own" if source else "bins.given", n=size, mean=short(mean), sd=short(sd))
    presses = (
        blocks.press(f"{t(f'rule.{rule}')}: {bins}", "knob", "bins", bins)
        for rule, bins in rules.items()
    )
    return [
        blocks.say(said, "caption"),
        blocks.knob(look, "bins", t("bins.knob")),
        blocks.row(
            [blocks.drawing("histogram", shape, t("bins.label"))],
            [
                blocks.drawing("widths", drawn, t("widths.label")) | {"gate": "width"},
                blocks.readings(
                    ("h_bins", t("bins.h"), float(found.entropy[i]) * factor),
                    ("h_normal", t("bins.h_normal"), found.normal_entropy * factor),
                    ("kl_bins", "KL", float(found.kl[i]) * factor),
                    gate="width",
                ),
            ],
        ),
        blocks.buttons(*presses),
    ]


# ---- tasks, sentences, code ----------------------------------------------------------------------


def at_the_foot(state: State) -> bool:
    counts = valleys.tally_of(state.scene.p)
    at = None if counts is None else tally_models.share_of(state.scene.q, counts)
    return (
        counts is not None
        and at is not None
        and valleys.at_foot(valleys.curve_of(counts).slide, at)
    )


def has_worms(state: State) -> bool:
    return state.scene.p == worms.worms()


def beaten(state: State) -> bool:
    """Whether Q, no copy of the counts, comes closer to the worms than the uniform model."""
    q = state.scene.q
    repeats = any(f"{name}(" in str(q) for name in ("pmf", "samples"))
    return (
        has_worms(state)
        and not repeats
        and tally_models.closeness(state.scene.p, q) < of_worms().slide.uniform - 1e-9
    )


def enough(state: State) -> bool:
    """Whether n is the least number of worms, to 5 %, whose entropy is biased by less than 0.01."""
    n = state["n"]
    return has_worms(state) and _bias(n) > -0.01 > _bias(math.floor(0.95 * n))


@lru_cache(maxsize=256)
def _bias(n: int) -> float:
    mass = np.array(TEETH) / sum(TEETH)
    return resampled.expected_entropy(mass, n) - of_worms().slide.entropy


def manifold(state: State) -> bool:
    """Whether the bins make KL of the page's own values five times its least."""
    found = binned.widths_of(None)
    own = binned.values_of(state.scene.p) is None
    return own and float(found.kl[found.bins == state["bins"]][0]) >= 5 * float(found.kl.min())


TASKS = {
    "foot": Task(at_the_foot, f"p={P}&q=binomial(10,0.54)"),
    "beat": Task(beaten, f"p={P}&q=poisson(5.44)"),
    "enough": Task(enough, "n=510"),
    "manifold": Task(manifold, "bins=60"),
}


def doing(*names: str) -> Show:
    """A demo that shows some of the tasks."""
    return lambda look: [blocks.tasks(look, {name: TASKS[name] for name in names})]


def still(show: Callable[[Look], Blocks]) -> Show:
    """A demo that no hand changes: it stays as it stands while one moves."""
    return lambda look: None if look.live else show(look)


def code(look: Look) -> Blocks:
    counts = valleys.tally_of(look.p)
    if counts is None:
        return no_table(look)
    try:
        made = tally_code.programs(counts, look.state["n"], look.state["draw"], look.unit)
    except SceneError as error:
        return [blocks.say(words.error(error, look.t))]
    return [blocks.code(**made)]


def price(look: Look) -> str:
    """KL with its unit, or that there is none."""
    value = look.value("kl_pq")
    return look.t("price.none") if math.isnan(value) else look.spelled("kl_pq")


def chance(look: Look) -> str:
    """What KL of 100 values to the uniform model they come from shows on average."""
    even = families.make("discrete_uniform", 0, 10)
    return spoken(look, replayed(even, 100, 1, even).tracks["plug_in_kl"].expected)


DEMOS = {
    "board": board,
    "better": still(better),
    "likelihood": likelihood,
    "valley": doing("foot"),
    "own": own,
    "beat": doing("beat"),
    "small": still(small),
    "scatter": scatter,
    "enough": doing("enough"),
    "width": still(width),
    "bins": in_bins,
    "manifold": doing("manifold"),
    "code": Demo(code, live=False),
}
SAYS = {"price": price, "chance": chance}
