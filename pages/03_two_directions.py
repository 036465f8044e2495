"""Two directions: one normal for a target of two humps, by KL(P‖Q), KL(Q‖P), JS and W₂."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from divviz import families, humps, knobs, shapes
from divviz.descent import Step
from divviz.dist import Dist, SceneError
from divviz.fit import closest
from divviz.grammar import parse
from divviz.objectives import OBJECTIVES
from divviz.pair import Pair
from divviz.pull import pull
from divviz.race import LAST, Run, known, run, start_of
from divviz.race import OBJECTIVES as RACERS
from divviz.readers import number, numbers, side_of, text
from divviz.snippets import numpy_code, scipy_code, torch_code
from divviz.state import Act, State, Topic
from divviz.switches import neat
from divviz.units import UNITS
from divviz.web import blocks, words
from divviz.web.blocks import Blocks, Demo, Look, Task
from divviz.web.setting import eased, places
from divviz.web.sheet import (
    Array,
    Axis,
    Figure,
    Row,
    Trace,
    axis,
    filled,
    hatched,
    line,
    note,
    sheet,
    y_axis,
)
from divviz.web.spelling import short

WAYS = ("mu", "sigma")  # the order of the coordinates of a normal
PACE = 5.0  # steps a second
NARROW = 0.3  # of P's width: a start that sees one hump at a time
Z = np.linspace(-4.5, 4.5, 73)


# ---- what a hand does ----------------------------------------------------------------------------


def _drawn(state: State, side: str, a: float, b: float, levels: Array) -> State:
    """A stroke with tails: P a normal for each hump, Q the normal of its mean and width."""
    shape = families.drawn(*neat(a, b), shapes.levels_of(levels))
    dist = humps.normals_of(shape) if side == "p" else humps.normal_of(shape)
    return _with(state, **{side: dist})


def _with(state: State, **sides: Dist) -> State:
    return replace(state, scene=replace(state.scene, **sides))


def _begun(state: State, where: str) -> State:
    """Q at one of the three starts, with the descents at their first step."""
    if where not in STARTS:
        raise SceneError("act", name=where)
    return _with(state, q=starts(state.scene.p)[where]).with_knob("step", 0)


TOPIC = Topic(
    start="p=mixture(0.6*normal(-2,0.7)+0.4*normal(2.5,0.8))&q=normal(-0.5,0.7)&unit=nats",
    knobs=(
        knobs.number("step", 0, 0, LAST, 1, whole=True),
        knobs.choice("force", "kl_qp", RACERS),
        knobs.choice("along", "mu", WAYS),
    ),
    acts={
        "draw": Act((side_of, number, number, numbers), _drawn),
        "begin": Act((text,), _begun),
    },
    kind="continuous",
)
P, Q = TOPIC.first.scene.p, TOPIC.first.scene.q
STARTS = ("left", "wide", "right")


def starts(p: Dist) -> dict[str, Dist]:
    """Three places to start from: a narrow Q at either end of P, and one as wide as P."""
    centre, width = shapes.centre_width(p)
    ends = {"left": float(p.quantile(0.05)), "right": float(p.quantile(0.95))}
    at = {"left": (ends["left"], NARROW), "wide": (centre, 1.0), "right": (ends["right"], NARROW)}
    return {
        where: families.make("normal", short_of(at[where][0], width), three(at[where][1] * width))
        for where in STARTS
    }


def three(value: float) -> float:
    return float(f"{value:.3g}")


def short_of(place: float, width: float) -> float:
    """A place without the digits that are too fine to see beside the width."""
    return round(place, 2 - math.floor(math.log10(width))) + 0.0


# ---- the runs ------------------------------------------------------------------------------------


def runs(look: Look, objectives: Sequence[str] = RACERS) -> list[Run] | None:
    """The descents from Q; None while a hand moves what they start from."""
    start = start_of(look.q)
    if look.live and not known(look.p, start, objectives):
        return None
    return [run(look.p, start, objective) for objective in objectives]


def spelled(member: Dist) -> tuple[str, str]:
    """Mean and standard deviation of a normal; a mean of rounding errors is 0."""
    mu, sigma = member.args
    return short(short_of(mu, 0.1 * sigma)), short(sigma)


def value_of(look: Look, objective: str, value: float) -> float:
    return value if OBJECTIVES[objective].distance else value * UNITS[look.unit]


def symbol(objective: str) -> str:
    return OBJECTIVES[objective].symbol


# ---- pictures ------------------------------------------------------------------------------------


View = tuple[float, float]


def view_of(look: Look, found: Sequence[Run]) -> View:
    """The stretch that shows P, the start and where the descents end."""
    low, high = look.view
    for each in found:
        if each.path:
            mu, sigma = each.end.member.args
            low, high = min(low, mu - 2.6 * sigma), max(high, mu + 2.6 * sigma)
    wide, (least, most) = look.view[1] - look.view[0], look.view
    return max(low, least - wide / 2), min(high, most + wide / 2)


@lru_cache(maxsize=64)
def target(p: Dist, view: View) -> tuple[Trace, float]:
    """P as a filled line, and its highest point."""
    pair = Pair(p, p)
    x = places(pair, view)
    y = p.density(eased(pair, x, view))
    return filled(line(x, y, "@p", 1.5), "@p/0.18"), float(y.max())


def normal_line(member: Dist, view: View) -> Trace:
    """Q as a dashed, hatched line."""
    mu, sigma = member.args
    x = mu + sigma * Z
    x = np.concatenate([[view[0]], x[(x > view[0]) & (x < view[1])], [view[1]]])
    return hatched(filled(line(x, member.density(x), "@q", 1.8, "dash"), "@q/0.1"), "@q", 0.35)


def top_of(p_top: float, members: Sequence[Dist]) -> float:
    """A height that shows all, but of a needle only its lower part."""
    peaks = [float(one.density(one.args[0])) for one in members]
    return 1.08 * max([p_top, *(min(peak, 2.2 * p_top) for peak in peaks)])


def along(view: View, **more: object) -> Axis:
    return axis(range=list(view), showgrid=False, **more)


def panel_figure(p: Dist, member: Dist, view: View, top: float) -> Figure:
    """A small picture of P and the running Q, without heights."""
    trace, _ = target(p, view)
    x = along(view, nticks=4)
    y = axis(range=[0, top], showticklabels=False, showgrid=False, zeroline=True)
    drawn = sheet(Row(84, [trace, normal_line(member, view)], x, y))
    drawn["layout"]["margin"] |= {"l": 6, "r": 6, "t": 4}
    drawn["layout"]["height"] -= 20
    return drawn


# ---- the first screen ----------------------------------------------------------------------------


def board(look: Look) -> Blocks:
    """P, the start Q, and four numbers that say how far it is."""
    rest = blocks.numbers(look, "js")
    far = blocks.readings(("start_w2", symbol("w2"), OBJECTIVES["w2"].value(look.pair)))
    rest["rows"] += far["rows"]
    four = [blocks.numbers(look, "kl_pq", "kl_qp"), rest]
    question = blocks.ask(look, "seeks", RACERS, seeker())
    return [blocks.row([blocks.plane(look, hint=look.t("draw_hint"))], [*four, question])]


@lru_cache(maxsize=1)
def seeker() -> str:
    """Which descent from the page's start ends on one hump: the narrowest."""
    return min(RACERS, key=lambda objective: run(P, Q, objective).end.member.args[1])


def race(look: Look) -> Blocks | None:
    """The four descents, side by side, at one step."""
    found = runs(look)
    if found is None:
        return None
    view = view_of(look, found)
    ends = [each.end.member for each in found if each.path]
    start = start_of(look.q)
    top = top_of(target(look.p, view)[1], [start, *ends])
    columns = [panel(look, each, start, view, top) for each in found]
    player = blocks.player(look, "step", look.t("play_title"), LAST, rate=PACE)
    said = [] if start == look.q else [blocks.say(look.t("no_normal"), "caption")]
    return [player, blocks.row(*columns), *said]


def panel(look: Look, each: Run, start: Dist, view: View, top: float) -> Blocks:
    """One racer: its number, its picture, its mean and width."""
    key, t = each.objective, look.t
    here = each.at(look.state["step"]) if each.path else None
    member = here.member if here else start
    value = value_of(look, key, here.value) if here else math.inf
    mean, width = spelled(member)
    label = t("panel_label", symbol=symbol(key), step=look.state["step"], mean=mean, sd=width)
    said = t("mean_sd", mean=mean, sd=width)
    if each.refused is not None:
        said = words.error(each.refused, t)
    return [
        blocks.readings((f"race_{key}", t(f"racer.{key}"), value)),
        blocks.figure(panel_figure(look.p, member, view, top), label),
        blocks.say(said, "caption"),
    ]


# ---- where the pull comes from -------------------------------------------------------------------


def ask_pull(look: Look) -> Blocks:
    """What the far hump does to a Q that sits on the near one."""
    pulls = far_pulls()
    rows = [
        (f"far_{key}", symbol(key), value_of(look, key, pulls[key])) for key in ("kl_pq", "kl_qp")
    ]
    truth = "hardly" if abs(pulls["kl_qp"]) < 0.01 * pulls["kl_pq"] else "strongly"
    told = [blocks.readings(*rows), blocks.say(look.t("far_told"), "caption")]
    return [blocks.ask(look, "pull", ["strongly", "hardly", "away"], truth, revealed=told)]


@lru_cache(maxsize=1)
def far_pulls() -> dict[str, float]:
    """How strongly the right half of the page's P pulls at the mean of a Q on its left hump."""
    near, far = P.parts
    x = np.linspace(0.5 * (near.args[0] + far.args[0]), far.args[0] + 8 * far.args[1], 4001)
    found = {key: pull(P, near, key, x).share[0] for key in ("kl_pq", "kl_qp")}
    return {key: float(np.trapezoid(share, x)) for key, share in found.items()}


def force(look: Look) -> Blocks | None:
    """The running Q of one objective over P, and below it what each place pulls."""
    t, found = look.t, running(look, look.state["force"])
    if found is None:
        return None
    ways = {"mu": t("along.mu"), "sigma": t("along.sigma")}
    return [
        blocks.choice(look, "force", t("force_title"), {key: symbol(key) for key in RACERS}),
        blocks.choice(look, "along", t("along_title"), ways),
        *pulled(look, found),
    ]


def running(look: Look, key: str) -> Run | None:
    """A descent, or under a hand that moves its start that start alone: it costs no walk."""
    start = start_of(look.q)
    if not look.live or known(look.p, start, [key]):
        return run(look.p, start, key)
    return Run(key, (Step(start, math.nan, (), 0.0),)) if look.state["step"] == 0 else None


def pulled(look: Look, found: Run) -> Blocks:
    """The picture of the pull and its sum, or why there is none."""
    t, key = look.t, found.objective
    try:
        if found.refused is not None:
            raise found.refused
        member, view = found.at(look.state["step"]).member, view_of(look, [found])
        x = pull_places(look.p, member, view)
        one = pull(look.p, member, key, x)
    except SceneError as error:
        return [blocks.say(words.error(error, t))]
    k, factor = WAYS.index(look.state["along"]), value_of(look, key, 1.0)
    mean, sd = spelled(member)
    label = t("force_label", symbol=symbol(key), mean=mean, sd=sd)
    drawn = force_figure(look, key, member, factor * one.share[k], x, view)
    total = ("pull_total", t(f"total.{look.state['along']}"), still(factor * one.total[k]))
    player = blocks.player(look, "step", t("play_title"), LAST, rate=PACE)
    told = blocks.say(t("sum_told"), "caption")
    beside = blocks.row([blocks.figure(drawn, label), player], [blocks.readings(total), told])
    return [beside | {"gate": "pull"}, blocks.say(t("pull_factor")) | {"gate": "pull"}]


def still(total: float) -> float:
    """A pull too weak to move a digit that is shown is none."""
    return 0.0 if abs(total) < 1e-5 else total


def pull_places(p: Dist, member: Dist, view: View) -> Array:
    """Where the pull is drawn: even steps, and the core of Q, which may be narrow."""
    mu, sigma = member.args
    x = np.unique(np.concatenate([places(Pair(p, p), view), mu + sigma * Z]))
    x = x[(x >= view[0]) & (x <= view[1])]
    return eased(Pair(p, p), x, view)


def force_figure(look: Look, key: str, member: Dist, share: Array, x: Array, view: View) -> Figure:
    """P and the running Q, and the pull of each place: plain up, hatched down."""
    t, way = look.t, look.state["along"]
    trace, peak = target(look.p, view)
    top = top_of(peak, [member])
    keys = [("— P", "@p"), ("╌ Q", "@q")]
    curves = [trace, normal_line(member, view)]
    upper = Row(120, curves, along(view, showticklabels=False), axis(range=[0, top], nticks=4))
    share = np.where(np.isfinite(share), share, 0.0)
    up, down = np.maximum(share, 0.0), np.minimum(share, 0.0)
    strip = [
        filled(line(x, up, "@m", 1.5), "@m/0.35"),
        hatched(filled(line(x, down, "@m", 1.5), "@m/0.1"), "@m"),
    ]
    y = y_axis(share)
    reach = 1.3 * max(-y["range"][0], y["range"][1])  # with room for what up and down mean
    y = y | {"range": [-reach, reach]}
    at = {"xanchor": "left", "xshift": 6, "bgcolor": "@paper/0.8"}
    notes = [
        note(view[0], reach, t(f"up.{way}"), yanchor="top", **at),
        note(view[0], -reach, t(f"down.{way}"), yanchor="bottom", **at),
    ]
    heading = t(f"formula.{key}", way="μ" if way == "mu" else "log σ")
    lower = Row(130, strip, along(view, nticks=8), y, heading, notes=notes)
    return sheet(replace(upper, heading=t("force_head", symbol=symbol(key)), key=keys), lower)


# ---- where a descent starts ----------------------------------------------------------------------


def ask_starts(look: Look) -> Blocks:
    """Which descents come to rest at another place if they start at another."""
    truth = {
        frozenset(): "none",
        frozenset(["kl_qp"]): "reverse",
        frozenset(["kl_qp", "js"]): "both",
        frozenset(RACERS): "all",
    }[wanderers()]
    return [blocks.ask(look, "starts", ["none", "reverse", "both", "all"], truth)]


@lru_cache(maxsize=1)
def wanderers() -> frozenset[str]:
    """The descents that from the page's P and its three starts end at more than one place."""
    ends = {key: [run(P, q, key).end.member.args for q in starts(P).values()] for key in RACERS}
    return frozenset(key for key, some in ends.items() if np.ptp(some, axis=0).max() > 0.1)


def two_starts(look: Look) -> Blocks | None:
    """Buttons that set the start, and both directions from there, one above the other."""
    t = look.t
    found = runs(look, ("kl_pq", "kl_qp"))
    if found is None:
        return None
    view, start = view_of(look, found), start_of(look.q)
    trace, peak = target(look.p, view)
    ends = [each.end.member for each in found if each.path]
    top = top_of(peak, [start, *ends])
    rows = []
    for each in found:
        member = each.at(look.state["step"]).member if each.path else start
        mean, sd = spelled(member)
        head = t("ends_head", symbol=symbol(each.objective), said=t("mean_sd", mean=mean, sd=sd))
        if each.refused is not None:
            head = f"{symbol(each.objective)} = ∞"
        x = along(view, nticks=8, showticklabels=each is found[-1])
        y = axis(range=[0, top], nticks=3)
        rows.append(Row(84, [trace, normal_line(member, view)], x, y, head))
    return [
        blocks.buttons(*(blocks.press(t(f"start.{where}"), "begin", where) for where in STARTS)),
        blocks.player(look, "step", t("play_title"), LAST, rate=PACE),
        blocks.figure(sheet(*rows), t("starts_label")),
    ]


def ends(look: Look) -> Blocks:
    """Where three descents end from each of three starts."""
    t = look.t
    heads = [t("start_head"), *(symbol(key) for key in ("kl_pq", "kl_qp", "js"))]
    rows = []
    for where, start in starts(look.p).items():
        cells = [end_cell(look, run(look.p, start, key)) for key in ("kl_pq", "kl_qp", "js")]
        rows.append([t(f"start.{where}"), *cells])
    return [
        blocks.table(heads, rows, t("ends_caption"), gate="starts"),
        blocks.say(t("bottoms")) | {"gate": "starts"},
    ]


def end_cell(look: Look, found: Run) -> str:
    if found.refused is not None:
        return "∞"
    value = short(value_of(look, found.objective, found.end.value))
    return look.t("end_cell", mean=spelled(found.end.member)[0], value=value)


# ---- moments -------------------------------------------------------------------------------------

EVEN = "mixture(0.5*normal(-2,0.6)+0.5*normal(2,0.6))"


def ask_width(look: Look) -> Blocks:
    """How wide the best Q of KL(P‖Q) is for two even humps."""
    p = parse(EVEN)
    best = closest(p, "normal", "kl_pq")
    view = (-6.0, 6.0)
    top = top_of(target(p, view)[1], [best])
    trace, _ = target(p, view)

    def drawn(*more: Trace) -> Figure:
        return sheet(Row(110, [trace, *more], along(view), axis(range=[0, top], nticks=3)))

    shown = [blocks.figure(drawn(), look.t("even_label"))]
    told = [blocks.figure(drawn(normal_line(best, view)), look.t("even_told"))]
    return [blocks.guess(look, "width", best.args[1], 0.05, shown=shown, revealed=told)]


def moments(look: Look) -> Blocks | None:
    """Mean and width of P beside those of each Q at the end of its descent."""
    found = runs(look)
    if found is None:
        return None
    t = look.t
    rows = [[t("moments_p"), *own_moments(look.p)]]
    for each in found:
        cells = spelled(each.end.member) if each.path else ("–", "–")
        rows.append([t("moments_q", symbol=symbol(each.objective)), *cells])
    heads = [t("moments_who"), t("moments_mean"), t("moments_sd")]
    return [blocks.table(heads, rows, t("moments_caption"), gate="seeks")]


def own_moments(p: Dist) -> tuple[str, str]:
    """Mean and standard deviation as a reader sees them, "–" where there is none."""
    mean, sd = p.mean(), p.sd()
    if mean is not None and sd:
        mean = short_of(mean, 0.1 * sd) if math.isfinite(sd) else mean
    return tuple("–" if v is None else short(v) for v in (mean, sd))  # type: ignore[return-value]


def fitted(look: Look, i: int) -> str:
    """Mean (0) or width (1) of the closest normal by KL(P‖Q), in closed form."""
    try:
        return spelled(closest(look.p, "normal", "kl_pq"))[i]
    except SceneError:
        return "–"


# ---- tasks ---------------------------------------------------------------------------------------


def end_of(state: State, objective: str) -> Dist | None:
    found = run(state.scene.p, start_of(state.scene.q), objective)
    return found.end.member if found.path else None


def on_the_right(state: State) -> bool:
    """Whether KL(Q‖P) ends narrow, on the right of the mean of P."""
    found, (centre, width) = end_of(state, "kl_qp"), shapes.centre_width(state.scene.p)
    if found is None:
        return False
    mu, sigma = found.args
    return mu > centre + 0.3 * width and sigma < 0.6 * width


def agreed(state: State) -> bool:
    """Whether both directions end at nearly the same Q."""
    forward, reverse = end_of(state, "kl_pq"), end_of(state, "kl_qp")
    if forward is None or reverse is None:
        return False
    (mu, sigma), (nu, tau) = forward.args, reverse.args
    return abs(mu - nu) < 0.05 * sigma and abs(math.log(sigma / tau)) < 0.05


def nowhere(state: State) -> bool:
    """Whether the closest Q by KL(P‖Q) has its mean where P is below 2 % of its height."""
    try:
        mu = closest(state.scene.p, "normal", "kl_pq").args[0]
    except SceneError:
        return False
    low, high = state.scene.p.window()
    peak = float(np.max(state.scene.p.density(np.linspace(low, high, 1001))))
    return float(state.scene.p.density(np.array([mu]))[0]) < 0.02 * peak


def torn(state: State) -> bool:
    """Whether Q is almost free by KL(Q‖P) and dear by KL(P‖Q)."""
    pair = state.pair
    return OBJECTIVES["kl_qp"].value(pair) < 0.3 and OBJECTIVES["kl_pq"].value(pair) > 3.0


TASKS = {
    "right": Task(on_the_right, f"p={P}&q=normal(3.5,0.7)"),
    "torn": Task(torn, "p=mixture(0.9*normal(-2,0.7)+0.1*normal(6,0.8))&q=normal(-2,0.7)"),
    "empty": Task(nowhere, "p=mixture(0.5*normal(-3,0.6)+0.5*normal(3,0.6))&q=normal(0,1)"),
    "same": Task(agreed, "p=mixture(0.5*normal(-0.3,0.9)+0.5*normal(0.3,0.9))&q=normal(1,1)"),
}


def todo(look: Look) -> Blocks:
    return [blocks.tasks(look, TASKS)]


# ---- in your code --------------------------------------------------------------------------------


def code(look: Look) -> Blocks:
    """Both descents from the present Q; the numbers alone where P is not made of normals."""
    parts = normals(look.p)
    if parts is None or look.q.name != "normal":
        return numbers_alone(look)
    given = HEAD.format(
        weights=listed(parts, 0),
        means=listed(parts, 1),
        sds=listed(parts, 2),
        mu=repr(look.q.args[0]),
        sigma=repr(look.q.args[1]),
        low=repr(three(min(m - 9 * s for _, m, s in [*parts, (1.0, *look.q.args)]))),
        high=repr(three(max(m + 9 * s for _, m, s in [*parts, (1.0, *look.q.args)]))),
    )
    return [
        blocks.code(
            NumPy="import numpy as np\n\n" + given + NUMPY,
            SciPy=SCIPY_IMPORTS + given + SCIPY,
            PyTorch=TORCH_IMPORTS + given + TORCH,
        )
    ]


def numbers_alone(look: Look) -> Blocks:
    """Programs for the numbers of P and Q themselves, in each library that has them."""
    programs, refused = {}, None
    writers = {"NumPy": numpy_code, "SciPy": scipy_code, "PyTorch": torch_code}
    for library, write in writers.items():
        try:
            programs[library] = write(look.state.scene, ["kl_pq", "kl_qp", "js"])
        except SceneError as error:
            refused = error
    if refused is not None and not programs:
        return [blocks.say(words.error(refused, look.t))]
    return [blocks.code(**programs)]


def normals(p: Dist) -> list[tuple[float, float, float]] | None:
    """The weights, means and widths of a mixture of normals; None for any other P."""
    if p.name == "normal":
        return [(1.0, *p.args)]
    if p.name != "mixture" or any(part.name != "normal" for part in p.parts):
        return None
    total = float(p.weights.sum())
    rows = [(float(w) / total, *part.args) for w, part in zip(p.weights, p.parts, strict=True)]
    return [row for row in rows if row[0] > 0]


def listed(parts: Sequence[tuple[float, float, float]], k: int) -> str:
    return ", ".join(repr(part[k]) for part in parts)


HEAD = """\
# P: weights, means and standard deviations of its humps. Q starts at normal(mu, sigma).
w = np.array([{weights}])
m = np.array([{means}])
s = np.array([{sds}])
mu, sigma = {mu}, {sigma}
x = np.linspace({low}, {high}, 4001)
"""

NUMPY = """\
dx = x[1] - x[0]


def log_normal(x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi))


log_p = np.logaddexp.reduce([np.log(a) + log_normal(x, b, c) for a, b, c in zip(w, m, s)])

# KL(P||Q): the bottom is the mean and the standard deviation of P, wherever Q starts.
mean = w @ m
sd = np.sqrt(w @ (s**2 + (m - mean) ** 2))
print("KL(P||Q) ends at", mean, sd)

# KL(Q||P): small steps of natural gradient, from the start.
for _ in range(400):
    log_q = log_normal(x, mu, sigma)
    z = (x - mu) / sigma
    pull = np.exp(log_q) * (log_p - log_q)  # q log p/q: only where Q is
    mu += 0.2 * sigma * np.sum(pull * z) * dx
    sigma *= np.exp(0.1 * np.sum(pull * (z**2 - 1)) * dx)
log_q = log_normal(x, mu, sigma)
print("KL(Q||P) ends at", mu, sigma, "with", np.sum(np.exp(log_q) * (log_q - log_p)) * dx)
"""

SCIPY_IMPORTS = """\
import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import norm

"""

SCIPY = """\
log_p = logsumexp([np.log(a) + norm.logpdf(x, b, c) for a, b, c in zip(w, m, s)], axis=0)


def forward(at):  # KL(P||Q)
    log_q = norm.logpdf(x, at[0], np.exp(at[1]))
    return np.trapezoid(np.exp(log_p) * (log_p - log_q), x)


def reverse(at):  # KL(Q||P)
    log_q = norm.logpdf(x, at[0], np.exp(at[1]))
    return np.trapezoid(np.exp(log_q) * (log_q - log_p), x)


for name, loss in (("KL(P||Q)", forward), ("KL(Q||P)", reverse)):
    found = minimize(loss, [mu, np.log(sigma)], method="Nelder-Mead")
    print(name, "ends at", found.x[0], np.exp(found.x[1]), "with", found.fun)
"""

TORCH_IMPORTS = """\
import numpy as np
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

"""

TORCH = """\
P = MixtureSameFamily(Categorical(torch.tensor(w)), Normal(torch.tensor(m), torch.tensor(s)))
data = P.sample((10_000,))

for name in ("forward", "reverse"):
    at = torch.tensor([mu, np.log(sigma)], requires_grad=True)
    optimizer = torch.optim.Adam([at], lr=0.02)
    for _ in range(2000):
        Q = Normal(at[0], at[1].exp())
        if name == "forward":  # KL(P||Q) up to H(P): samples of P, that is maximum likelihood
            loss = -Q.log_prob(data).mean()
        else:  # KL(Q||P): samples of Q that carry the gradient
            z = Q.rsample((1000,))
            loss = (Q.log_prob(z) - P.log_prob(z)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(name, "ends at", at[0].item(), at[1].exp().item())
"""


# ---- the page ------------------------------------------------------------------------------------


def spelled_end(objective: str, look: Look) -> str:
    """The number at the end of a descent from the page's own start."""
    value = value_of(look, objective, run(P, Q, objective).end.value)
    return words.with_unit(value, "x" if OBJECTIVES[objective].distance else look.unit, look.t)


def share_cost(look: Look) -> str:
    """log 1/w for the share of the page's left hump."""
    share = float(P.weights[0] / P.weights.sum())
    return words.with_unit(-math.log(share) * UNITS[look.unit], look.unit, look.t)


DEMOS = {
    "board": board,
    "race": race,
    "ask_pull": Demo(ask_pull, live=False),
    "force": force,
    "ask_starts": Demo(ask_starts, live=False),
    "two_starts": two_starts,
    "ends": Demo(ends, live=False),
    "ask_width": Demo(ask_width, live=False),
    "moments": moments,
    "todo": Demo(todo, live=False),
    "code": Demo(code, live=False),
}
SAYS = {
    "seek_end": partial(spelled_end, "kl_qp"),
    "share_cost": share_cost,
    "p_mean": lambda look: own_moments(look.p)[0],
    "p_sd": lambda look: own_moments(look.p)[1],
    "fit_mean": partial(fitted, i=0),
    "fit_sd": partial(fitted, i=1),
}
