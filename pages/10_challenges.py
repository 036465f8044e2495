"""Challenges: ten levels of drawing to a number that is told only after a commit."""

from dataclasses import replace

from divviz import families, humps, knobs, shapes
from divviz.dist import Array, Dist, SceneError
from divviz.readers import number, numbers, side_of, whole
from divviz.rounds import HIGHEST_SEED, LEVELS, answer
from divviz.state import Act, State, Topic
from divviz.switches import neat
from divviz.web import challenges
from divviz.web.blocks import Blocks, Demo, Look

LESSON = False  # a game: it asks and has tasks in its own way


def _drawn(state: State, side: str, a: float, b: float, levels: Array) -> State:
    """A stroke with tails: a normal for each hump, so that no number ends with the stroke."""
    if side == "p":
        raise SceneError("lesson_given", part="act")
    if state.scene.p.kind != "continuous":
        raise SceneError("act_continuous")
    shape = families.drawn(*neat(a, b), shapes.levels_of(levels))
    return _with(state, humps.normals_of(shape))


def _with(state: State, q: Dist) -> State:
    return replace(state, scene=replace(state.scene, q=q))


def _opened(state: State, seed: int) -> State:
    """Another round, from its first level."""
    return state.with_knob("level", 1).with_knob("seed", seed)


def _solved(state: State) -> State:
    """A Q that is worth all points; of pairs to order there is none to draw."""
    found = answer(state["seed"], state["level"])
    if isinstance(found, str):
        raise SceneError("act", name="solve")
    return _with(state, found)


TOPIC = Topic(
    start="unit=nats",
    knobs=(
        knobs.number("seed", 1, 0, HIGHEST_SEED, 1, whole=True),
        knobs.number("level", 1, 1, len(LEVELS), 1, whole=True),
    ),
    acts={
        "draw": Act((side_of, number, number, numbers), _drawn),
        "round": Act((whole,), _opened),
        "solve": Act((), _solved),
    },
    give=challenges.given,
)


def board(look: Look) -> Blocks:
    return challenges.board(look)


def play(look: Look) -> Blocks:
    return [challenges.round_of(look)]


DEMOS = {"board": board, "play": Demo(play, live=False)}
