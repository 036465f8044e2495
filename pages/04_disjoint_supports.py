"""When supports part: each measure and its slope as Q slides away from P."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from divviz import knobs, snippets
from divviz.curves import Curves, curves, scale
from divviz.dist import Dist, SceneError
from divviz.errors import spell
from divviz.measures import MEASURES, UNITS
from divviz.readers import number as read_number
from divviz.readers import text as read_text
from divviz.state import Act, State, Topic
from divviz.sweep import KEYS, apart, sweep
from divviz.web import blocks, sliding
from divviz.web.blocks import Block, Blocks, Demo, Look, Task
from divviz.web.sheet import line
from divviz.web.sliding import INKS, Here
from divviz.web.spelling import number, percent, short, tidy

KINDS = ("uniforms", "points", "normals")
FARTHEST, NOISIEST, WIDEST = 3.0, 2.0, 2.0
FINE = 0.01  # of every slider
FOUR = ("kl_pq", "js", "tv", "w1")
GROUPS = {"main": ("kl_pq", "js", "w1"), "bounded": ("js", "tv", "hellinger"), "all": KEYS}
LOG_2 = math.log(2)
NEARLY_ALL = 0.999  # of the mass: with less in common the slope of JS is next to none


# ---- what a visitor can set ----------------------------------------------------------------------


def noise_of(values: Mapping[str, Any]) -> float:
    """The noise that P and Q carry: uniforms have none, since no family has their sum with it."""
    return 0.0 if values["kind"] == "uniforms" else float(values["noise"])


def pair_of(values: Mapping[str, Any]) -> tuple[Dist, Dist]:
    return apart(values["kind"], values["distance"], values["width"], noise_of(values))


def hold(state: State, name: str, x: float, _: float) -> State:
    """Q, or the second of two lines, taken to x by hand."""
    if name == "theta":
        return state.with_knob("theta", _tidy(x, -1.0, 1.0))
    if name != "q":
        raise SceneError("act", name=name)
    start = state.scene.p.mean() or 0.0
    return state.with_knob("distance", _tidy(x - start, 0.0, FARTHEST))


def _tidy(x: float, low: float, high: float) -> float:
    return round(min(max(x, low), high) / FINE) * FINE + 0.0


TOPIC = Topic(
    start="show=js",
    knobs=(
        knobs.choice("kind", "uniforms", KINDS),
        knobs.number("distance", 0.6, 0, FARTHEST, FINE),
        knobs.number("width", 1, FINE, WIDEST, FINE),
        knobs.number("noise", 0, 0, NOISIEST, FINE),
        knobs.choice("curves", "main", list(GROUPS)),
        knobs.number("theta", 0.5, -1, 1, FINE),
    ),
    acts={"hold": Act((read_text, read_number, read_number), hold)},
    made=pair_of,
)


# ---- numbers -------------------------------------------------------------------------------------


def here_of(state: State) -> Here:
    """The values and slopes at the state's distance, in its unit."""
    distance, width = state["distance"], state["width"]
    found = sweep(state["kind"], (distance,), KEYS, width, noise_of(state.knobs))
    return _at(found.values, found.slopes, distance, state.unit)


def _at(values: Mapping, slopes: Mapping, distance: float, unit: str) -> Here:
    def in_unit(of: Mapping) -> dict[str, float | None]:
        first = {key: numbers[0] for key, numbers in of.items()}
        return {k: None if v is None else v * factor(k, unit) for k, v in first.items()}

    return Here(distance, in_unit(values), in_unit(slopes))


def factor(key: str, unit: str) -> float:
    """What turns a measure from nats into the unit of information; 1 for any other measure."""
    return UNITS[unit] if MEASURES[key].unit == "information" else 1.0


def curves_of(state: State) -> Curves:
    """The curves of the state's kind of pair, in its unit."""
    return told(curves(state["kind"], state["width"], noise_of(state.knobs)), state.unit)


def told(found: Curves, unit: str) -> Curves:
    """Curves in a unit of information."""
    return Curves(
        found.distances,
        {key: y * factor(key, unit) for key, y in found.values.items()},
        {key: y * factor(key, unit) for key, y in found.slopes.items()},
    )


# ---- 1: P and Q ----------------------------------------------------------------------------------


def board(look: Look) -> Blocks:
    t, state = look.t, look.state
    here = here_of(state)
    return [
        blocks.row(
            [_picture(look), blocks.knob(look, "distance", t("distance"))],
            [
                blocks.numbers(look, *FOUR[:2]),
                blocks.numbers(look, *FOUR[2:]),
                _slopes(look, here),
            ],
        ),
        blocks.say(tidy(t(f"now.{_stage(here)}", shared=_shared(look, here))), "result"),
        blocks.choice(look, "kind", t("kind"), {kind: t(f"kind.{kind}") for kind in KINDS}),
        *_more(look),
    ]


def _picture(look: Look) -> Block:
    t = look.t
    heading = t("pair.mass") if look.p.kind == "discrete" else t("pair.density")
    drawn, (x, y) = sliding.pair_picture(look.p, look.q, FARTHEST, heading)
    start = look.p.mean() or 0.0
    hand = {
        "id": "q",
        "x": x,
        "y": y,
        "row": "",
        "move": "x",
        "low": [start, 0.0],
        "high": [start + FARTHEST, 0.0],
        "step": [0.05, 0.0],
        "label": t("hand"),
        "text": f"d = {short(look.state['distance'])}",
        "colour": "@q",
    }
    return blocks.drawing("pair", drawn, t("pair.label"), act=["hold"], hands=[hand])


def _slopes(look: Look, here: Here) -> Block:
    t = look.t
    rows = [
        [MEASURES[key].symbol, slope_text(look, key, here.values[key], here.slopes[key])]
        for key in FOUR
    ]
    return blocks.table([t("slopes.measure"), t("slopes.slope")], rows)


def slope_text(look: Look, key: str, value: float | None, slope: float | None) -> str:
    """A slope, or why there is none; one that is only too small for a double is not called 0."""
    t, state = look.t, look.state
    if slope is None:
        if value is not None and math.isinf(value):
            return t("slopes.infinite")
        bare = state["kind"] == "points" and noise_of(state.knobs) == 0
        return t("slopes.jump" if bare else "slopes.kink")
    if slope == 0 and key != "w1" and state["distance"] > 0 and look.p.name == "normal":
        return t("slopes.tiny")
    return number(tidied(slope))


def tidied(slope: float) -> float:
    """A slope without the last digits of a difference of values."""
    return float(f"{slope:.8g}")


def _stage(here: Here) -> str:
    """Which of its sentences the pair is in: same, apart, part of it shared, or all smooth."""
    if here.distance == 0:
        return "same"
    if math.isfinite(here.values["kl_pq"] or 0.0):
        return "smooth" if (here.values["tv"] or 0.0) < NEARLY_ALL else "nearly"
    return "apart" if here.values["tv"] == 1 else "part"


def _shared(look: Look, here: Here) -> str:
    return percent(1 - (here.values["tv"] or 0.0), look.t)


def _more(look: Look) -> Blocks:
    t, kind = look.t, look.state["kind"]
    width = blocks.knob(look, "width", t("width" if kind == "uniforms" else "sigma"))
    noise = blocks.knob(look, "noise", t("noise"))
    match kind:
        case "uniforms":
            return [width, blocks.say(t("noise.none"), "caption")]
        case "points":
            return [noise]
    return [blocks.row([width], [noise])]


# ---- 2: predictions ------------------------------------------------------------------------------

CELLS, AS_FAR = 32, 2.0


@lru_cache(maxsize=1)
def growth_truth() -> tuple[float, ...]:
    """JS of two uniforms 1 wide over its greatest value, in the middles of the cells."""
    middles = (np.arange(CELLS) + 0.5) / CELLS * AS_FAR
    found = sweep("uniforms", middles.tolist(), ["js"]).values["js"]
    return tuple((value or 0.0) / LOG_2 for value in found)


def growth(look: Look) -> Blocks:
    t = look.t
    of_one = curves("uniforms")
    truth = line(of_one.distances, of_one.values["js"] / LOG_2, "@ink", 2.5, "dot")

    def axes(laid: Any) -> Any:
        return sliding.drawn_axes(AS_FAR, "½ log 2", "log 2", t("growth.heading"), laid)

    pen: Block = {"row": "", "a": 0.0, "b": AS_FAR, "values": [0.0] * CELLS, "low": 0.0}
    pen |= {"high": 1.4, "label_place": t("pen.place"), "label_height": t("pen.height")}
    label = t("growth.label")
    return [blocks.sketch(look, "growth", pen, growth_truth(), 0.1, axes(None), axes(truth), label)]


def flat(look: Look) -> Blocks:
    slope = sweep("uniforms", (2.0,), ["js"]).slopes["js"][0]
    truth = "zero" if slope == 0 else "little"
    return [blocks.ask(look, "flat", ["half", "little", "zero", "none"], truth)]


# ---- 3: every measure and its slope --------------------------------------------------------------


def chart(look: Look) -> Blocks:
    t, state = look.t, look.state
    keys, found, here = GROUPS[state["curves"]], curves_of(state), here_of(state)
    headings = (t("chart.values", unit=t(f"unit.{look.unit}")), t("chart.slopes"))
    drawn = sliding.chart(found, here, keys, _tops(found, keys), FARTHEST, headings)
    groups = {group: t(f"curves.{group}") for group in GROUPS}
    return [
        blocks.choice(look, "curves", t("curves"), groups),
        blocks.player(look, "distance", t("chart.play"), 60, 12, FARTHEST / 60),
        blocks.figure(drawn, t("chart.label"), gate="growth"),
        blocks.say(t("law")) | {"gate": "growth"},
    ]


def _tops(found: Curves, keys: tuple[str, ...]) -> tuple[float, float]:
    """The upper ends of both rows: what is bounded fits, what grows runs out of the picture."""
    bounded = [key for key in keys if key in GROUPS["bounded"]]
    value = max(float(found.values[key].max()) for key in bounded)
    seen = (found.distances >= 0.02) & (found.distances <= FARTHEST)
    slopes = np.concatenate([found.slopes[key][seen] for key in bounded])
    steepest = float(np.nanmax(slopes, initial=0.5))
    return 1.05 * FARTHEST if "w1" in keys else 1.15 * value, min(max(1.25, 1.2 * steepest), 4.0)


# ---- 4: two parallel lines -----------------------------------------------------------------------


def lines(look: Look) -> Blocks:
    t, theta = look.t, look.state["theta"]
    found = sweep("points", (theta,), FOUR)
    here = _at(found.values, found.slopes, theta, look.unit)
    hand = {
        "id": "theta",
        "x": theta,
        "y": 0.5,
        "row": "",
        "move": "x",
        "low": [-1.0, 0.0],
        "high": [1.0, 0.0],
        "step": [0.05, 0.0],
        "label": t("lines.hand"),
        "text": f"θ = {short(theta)}",
        "colour": "@q",
    }
    left = sliding.parallel(theta, 1.1, t("lines.plane"))
    sides = told(curves("points"), look.unit)
    level = LOG_2 * UNITS[look.unit]
    right = sliding.against_theta(sides, here, level, 1.1, t("lines.against"))
    truth = min(FOUR, key=_small)
    return [
        blocks.ask(look, "lines", list(FOUR), truth),
        blocks.row(
            [
                blocks.drawing("lines", left, t("lines.label"), act=["hold"], hands=[hand]),
                blocks.knob(look, "theta", "θ"),
            ],
            [
                blocks.figure(right, t("lines.curves"), gate="lines"),
            ],
        ),
        blocks.readings(
            *((f"lines_{k}", INKS[k].symbol, float(here.values[k] or 0.0)) for k in FOUR),
            gate="lines",
        ),
        blocks.say(t("lines.told")) | {"gate": "lines"},
    ]


@lru_cache(maxsize=4)
def _small(key: str) -> float:
    """A measure of the two lines of the question, 0.001 apart, over its greatest value if any."""
    return float(sweep("points", (0.001,), [key]).values[key][0] or 0.0)


# ---- 5: always all or nothing? -------------------------------------------------------------------

WIDTHS = (0.01, 0.1, 0.3, 1.0, 3.0)
ROUNDED = 1e-12  # nearer to log 2 than this a double of JS tells nothing


def narrow(look: Look) -> Blocks:
    t = look.t
    value = sweep("normals", (1.0,), ["kl_pq"], WIDTHS[0]).values["kl_pq"][0]
    truth = "infinite" if value is None or math.isinf(value) else "huge"
    return [
        blocks.ask(look, "narrow", ["one", "log2", "huge", "infinite"], truth),
        blocks.table(
            ["σ", "KL", t("narrow.gap"), t("narrow.kl"), t("narrow.js")],
            [_row(look, width) for width in WIDTHS],
            caption=t("narrow.caption", unit=t(f"unit.{look.unit}")),
            gate="narrow",
        ),
    ]


def _row(look: Look, width: float) -> list[str]:
    found, k = sweep("normals", (1.0,), ("kl_pq", "js"), width), UNITS[look.unit]
    kl, js = (float(found.values[key][0] or 0.0) for key in ("kl_pq", "js"))
    kl_slope, js_slope = (float(found.slopes[key][0] or 0.0) for key in ("kl_pq", "js"))
    gap = LOG_2 - js
    return [
        short(width),
        short(kl * k) if kl >= 1 else number(kl * k, 3),
        number(gap * k, 3) if gap > ROUNDED else "< 10⁻¹²",
        number(kl_slope * k, 3),
        number(js_slope * k, 3) if js_slope > 0 else "< 10⁻³⁰⁰",
    ]


def claim(look: Look) -> Blocks:
    return [
        blocks.ask(look, "claim", ["always", "narrow", "disjoint", "never"], "disjoint"),
        blocks.buttons(
            blocks.go(look.t("claim.narrow"), "kind=normals&distance=1&width=0.1"),
            blocks.go(look.t("claim.wide"), "kind=normals&distance=1&width=1"),
        ),
    ]


# ---- 6: noise ------------------------------------------------------------------------------------


def noise(look: Look) -> Blocks:
    t, state = look.t, look.state
    kind = "points" if state["kind"] == "uniforms" else state["kind"]
    distance, level = state["distance"], state["noise"]
    own = state["width"] if kind == "normals" else 0.0
    at = sweep(kind, (distance,), KEYS, state["width"], level)
    now = _at(at.values, at.slopes, distance, look.unit)._replace(distance=level)
    found = sliding.noisy(told(curves("normals"), look.unit), distance, own, NOISIEST)
    unit = t(f"unit.{look.unit}")
    headings = (t("noise.values", d=short(distance), unit=unit), t("noise.slope"))
    drawn = sliding.noise_chart(found, now, NOISIEST, _noise_tops(found, now), headings)
    shape = t("noise.points") if kind == "points" else t("noise.normals", sigma=short(own))
    result = t(
        "noise.now",
        shape=shape,
        noise=short(level),
        kl=number(now.values["kl_pq"] or 0.0),
        slope=_js_slope(look, now, own + level),
    )
    link = f"kind={kind}&distance={spell(distance)}&noise={spell(level)}"
    link += f"&width={spell(state['width'])}" if kind == "normals" else ""
    return [
        blocks.figure(drawn, t("noise.label")),
        blocks.row(
            [blocks.knob(look, "noise", t("noise"))], [blocks.knob(look, "distance", t("distance"))]
        ),
        blocks.say(result, "result"),
        *([blocks.buttons(blocks.go(t("noise.above"), link))] if kind != state["kind"] else []),
    ]


def _js_slope(look: Look, now: Here, width: float) -> str:
    slope = tidied(now.slopes["js"] or 0.0)
    too_small = slope == 0 and width > 0 and look.state["distance"] > 0
    return look.t("slopes.tiny") if too_small else number(slope)


def _noise_tops(found: sliding.Noisy, now: Here) -> tuple[float, float]:
    """Room for JS and for small values of KL; for all of the slope."""
    highest = float(found.slope.max(initial=now.slopes["js"] or 0.0))
    return 2.0, 1.2 * highest or 1.0


# ---- 7: tasks and code ---------------------------------------------------------------------------


@lru_cache(maxsize=1)
def steepest() -> float:
    """The greatest slope of JS of two normals of standard deviation 1."""
    distances = np.linspace(1.5, 1.8, 31)
    slopes = sweep("normals", distances.tolist(), ["js"]).slopes["js"]
    return max(slope for slope in slopes if slope is not None)


def _value(state: State, key: str) -> float:
    value = sweep_at(state).values[key][0]
    return math.nan if value is None else value


def _slope(state: State, key: str) -> float:
    slope = sweep_at(state).slopes[key][0]
    return math.nan if slope is None else slope


def sweep_at(state: State) -> Any:
    noise_here = noise_of(state.knobs)
    return sweep(state["kind"], (state["distance"],), KEYS, state["width"], noise_here)


def is_close_and_full(state: State) -> bool:
    full = math.isinf(_value(state, "kl_pq")) and _value(state, "js") >= LOG_2 * (1 - 1e-14)
    return full and 0 < _value(state, "w1") < 0.1


def is_finite_and_huge(state: State) -> bool:
    return 1000 <= _value(state, "kl_pq") < math.inf and _value(state, "w1") <= 1 + 1e-9


def is_steepest(state: State) -> bool:
    if state.scene.p.name != "normal":
        return False
    size = scale(state["kind"], state["width"], noise_of(state.knobs))
    return _slope(state, "js") * size >= 0.995 * steepest()


def is_heard(state: State) -> bool:
    return state["kind"] == "points" and state["distance"] == 3 and _slope(state, "js") > 0.15


TASKS = {
    "full": Task(is_close_and_full, "kind=points&distance=0.05"),
    "huge": Task(is_finite_and_huge, "kind=normals&distance=1&width=0.02"),
    "steep": Task(is_steepest, "kind=normals&distance=1.65"),
    "heard": Task(is_heard, "kind=points&distance=3&noise=1.2", start="kind=points&distance=3"),
}


def tasks(look: Look) -> Blocks:
    return [blocks.tasks(look, TASKS)]


def in_code(look: Look) -> Blocks:
    scene = look.state.scene
    programs = {
        "NumPy": snippets.numpy_code(scene, FOUR),
        "SciPy": snippets.scipy_code(scene, FOUR),
        "PyTorch": torch_program(look.state),
    }
    link = f"p={scene.p}&q={scene.q}&unit={scene.unit}"
    return [
        blocks.code(**programs),
        blocks.buttons(blocks.visit(look.t("code.playground"), "playground", link)),
    ]


def torch_program(state: State) -> str:
    """JS and its slope against the distance by automatic differentiation, in nats."""
    distance, width = spell(state["distance"]), spell(state["width"])
    size = spell(scale(state["kind"], state["width"], noise_of(state.knobs)))
    shape = "normal" if state.scene.p.name == "normal" else state["kind"]
    start = f"d = torch.tensor({distance}, dtype=torch.float64, requires_grad=True)\n"
    return _HEAD + start + _BODIES[shape].format(width=width, size=size) + _TAIL


_HEAD = "import math\nimport torch\n\n"
_BODIES = {
    "uniforms": """w = {width}
js = torch.clamp(d / w, max=1) * math.log(2)  # d / w is the share that is not common
w1 = d
""",
    "points": """js = math.log(2) * (d.item() > 0) + 0 * d
w1 = d
""",
    "normal": """s = {size}
x = torch.linspace(-10 * s, d.item() + 10 * s, 20001, dtype=torch.float64)
log_p = -0.5 * (x / s) ** 2 - math.log(s * math.sqrt(2 * math.pi))
log_q = -0.5 * ((x - d) / s) ** 2 - math.log(s * math.sqrt(2 * math.pi))
log_m = torch.logaddexp(log_p, log_q) - math.log(2)
js = torch.trapezoid(log_p.exp() * (log_p - log_m) + log_q.exp() * (log_q - log_m), x) / 2
w1 = d
""",
}
_TAIL = """
for name, value in {"JS": js, "W1": w1}.items():
    (slope,) = torch.autograd.grad(value, d, retain_graph=True)
    print(name, value.item(), "slope", slope.item())
"""


def way(look: Look) -> str:
    """W1 without its unit, which is that of the distance beside it."""
    return number(look.value("w1"))


SAYS = {"way": way}
DEMOS = {
    "board": board,
    "growth": growth,
    "flat": flat,
    "chart": chart,
    "lines": lines,
    "narrow": narrow,
    "claim": claim,
    "noise": noise,
    "tasks": tasks,
    "in_code": Demo(in_code, live=False),
}
