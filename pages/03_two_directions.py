"""Two directions: one normal for a target of two humps, by KL(P‖Q), KL(Q‖P), JS and W₂."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from divviz import descents_code, families, humps, knobs, shapes
from divviz.descent import Step
from divviz.dist import Array, Dist, SceneError
from divviz.fit import closest
from divviz.grammar import parse
from divviz.objectives import OBJECTIVES
from divviz.pull import pull
from divviz.race import LAST, Run, known, run, start_of
from divviz.race import OBJECTIVES as RACERS
from divviz.readers import number, numbers, side_of, text
from divviz.snippets import numpy_code, scipy_code, torch_code
from divviz.starts import STARTS, short_of, starts, wanderers
from divviz.state import Act, State, Topic
from divviz.switches import neat
from divviz.units import UNITS
from divviz.web import blocks, racing, words
from divviz.web.blocks import Blocks, Demo, Look, Task
from divviz.web.setting import View
from divviz.web.spelling import short

WAYS = ("mu", "sigma")  # the order of the coordinates of a normal
PACE = 5.0  # steps a second


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
    start = start_of(look.q)
    field = field_of(look, found, start)
    columns = [panel(look, each, start, *field) for each in found]
    player = blocks.player(look, "step", look.t("play_title"), LAST, rate=PACE)
    said = [] if start == look.q else [blocks.say(look.t("no_normal"), "caption")]
    return [player, blocks.row(*columns), *said]


def field_of(look: Look, found: Sequence[Run], start: Dist) -> tuple[View, float]:
    """What a picture of descents shows: a stretch of the line, and up to which height."""
    view = racing.view_of(look.view, found)
    ends = [each.end.member for each in found if each.path]
    return view, racing.height(look.p, view, [start, *ends])


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
        blocks.figure(racing.small(look.p, member, view, top), label),
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
        member = found.at(look.state["step"]).member
        view = racing.view_of(look.view, [found])
        x = racing.pull_places(look.p, member, view)
        one = pull(look.p, member, key, x)
    except SceneError as error:
        return [blocks.say(words.error(error, t))]
    way, factor = look.state["along"], value_of(look, key, 1.0)
    k = WAYS.index(way)
    mean, sd = spelled(member)
    label = t("force_label", symbol=symbol(key), mean=mean, sd=sd)
    drawn = racing.pulling(look.p, member, (x, factor * one.share[k]), view, heads(look, key, way))
    total = ("pull_total", t(f"total.{way}"), still(factor * one.total[k]))
    player = blocks.player(look, "step", t("play_title"), LAST, rate=PACE)
    told = blocks.say(t("sum_told"), "caption")
    beside = blocks.row([blocks.figure(drawn, label), player], [blocks.readings(total), told])
    return [beside | {"gate": "pull"}, blocks.say(t("pull_factor")) | {"gate": "pull"}]


def still(total: float) -> float:
    """A pull too weak to move a digit that is shown is none."""
    return 0.0 if abs(total) < 1e-5 else total


def heads(look: Look, key: str, way: str) -> racing.Heads:
    """What stands in the picture of the pull."""
    t = look.t
    lower = t(f"formula.{key}", way="μ" if way == "mu" else "log σ")
    return racing.Heads(
        t("force_head", symbol=symbol(key)), lower, t(f"up.{way}"), t(f"down.{way}")
    )


# ---- where a descent starts ----------------------------------------------------------------------


def ask_starts(look: Look) -> Blocks:
    """Which descents come to rest at another place if they start at another."""
    truth = {
        frozenset(): "none",
        frozenset(["kl_qp"]): "reverse",
        frozenset(["kl_qp", "js"]): "both",
        frozenset(RACERS): "all",
    }[wanderers(P)]
    return [blocks.ask(look, "starts", ["none", "reverse", "both", "all"], truth)]


def two_starts(look: Look) -> Blocks | None:
    """Buttons that set the start, and both directions from there, one above the other."""
    t = look.t
    found = runs(look, ("kl_pq", "kl_qp"))
    if found is None:
        return None
    start = start_of(look.q)
    shown = []
    for each in found:
        member = each.at(look.state["step"]).member if each.path else start
        mean, sd = spelled(member)
        head = t("ends_head", symbol=symbol(each.objective), said=t("mean_sd", mean=mean, sd=sd))
        if each.refused is not None:
            head = f"{symbol(each.objective)} = ∞"
        shown.append((head, member))
    drawn = racing.stacked(look.p, shown, *field_of(look, found, start))
    return [
        blocks.buttons(*(blocks.press(t(f"start.{where}"), "begin", where) for where in STARTS)),
        blocks.player(look, "step", t("play_title"), LAST, rate=PACE),
        blocks.figure(drawn, t("starts_label")),
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
    top = racing.height(p, view, [best])
    shown = [blocks.figure(racing.alone(p, [], view, top), look.t("even_label"))]
    told = [blocks.figure(racing.alone(p, [best], view, top), look.t("even_told"))]
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


@lru_cache(maxsize=64)
def own_moments(p: Dist) -> tuple[str, str]:
    """Mean and standard deviation as a reader sees them, "–" where there is none."""
    mean, sd = p.mean(), p.sd()
    if mean is not None and sd and math.isfinite(sd):
        mean = short_of(mean, 0.1 * sd)
    return "–" if mean is None else short(mean), "–" if sd is None else short(sd)


@lru_cache(maxsize=64)
def fitted_moments(p: Dist) -> tuple[str, str]:
    """Mean and standard deviation of the closest normal by KL(P‖Q), in closed form."""
    try:
        return spelled(closest(p, "normal", "kl_pq"))
    except SceneError:
        return "–", "–"


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
    parts = descents_code.normals(look.p)
    if parts is None or look.q.name != "normal":
        return numbers_alone(look)
    return [blocks.code(**descents_code.programs(parts, look.q))]


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


# ---- the page ------------------------------------------------------------------------------------


def seek_end(look: Look) -> str:
    """The number at the end of the descent of KL(Q‖P) from the page's own start."""
    return words.with_unit(least_reverse() * UNITS[look.unit], look.unit, look.t)


@lru_cache(maxsize=1)
def least_reverse() -> float:
    return run(P, Q, "kl_qp").end.value


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
    "seek_end": seek_end,
    "share_cost": share_cost,
    "p_mean": lambda look: own_moments(look.p)[0],
    "p_sd": lambda look: own_moments(look.p)[1],
    "fit_mean": lambda look: fitted_moments(look.p)[0],
    "fit_sd": lambda look: fitted_moments(look.p)[1],
}
