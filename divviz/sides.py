"""One side of a scene: what stands there, what stands beside it, and the scene with another."""

from __future__ import annotations

from dataclasses import replace

from divviz import shapes
from divviz.controls import Shown, shown
from divviz.dist import Dist, SceneError
from divviz.notices import Notice
from divviz.pair import Pair
from divviz.scene import SAMPLES, Scene

NOTICED = 5e-4  # mass that may be lost without a word: it does not show in three digits

Done = tuple[Scene, list[Notice]]


def put(scene: Scene, side: str, dist: Dist) -> Scene:
    """The scene with ``dist`` as P or Q; SceneError if the two cannot be compared."""
    return replace(scene, p=dist) if side == "p" else replace(scene, q=dist)


def of(scene: Scene, side: str) -> Dist:
    """P or Q."""
    return scene.p if side == "p" else scene.q


def other(scene: Scene, side: str) -> Dist:
    """The distribution that stands on the other side."""
    return scene.q if side == "p" else scene.p


def became(scene: Scene, side: str, dist: Dist, *said: Notice) -> Done:
    """``side`` becomes ``dist``; names of outcomes go where ``dist`` cannot have them."""
    try:
        return put(scene, side, dist), [*said]
    except SceneError:
        beside = shapes.unnamed(other(scene, side))
        p, q = (dist, beside) if side == "p" else (beside, dist)
        return replace(scene, p=p, q=q), [*said, Notice("names_lost", {})]


def need_outcomes(scene: Scene) -> None:
    """SceneError unless both sides are outcomes."""
    if scene.kind != "discrete":
        raise SceneError("act_discrete")


def need_density(scene: Scene, side: str) -> None:
    """SceneError unless ``side`` is a density; a sample beside one is told apart."""
    if of(scene, side).kind != "continuous":
        if scene.kind == "mixed":
            raise SceneError("act_sample", side=side.upper())
        raise SceneError("act_continuous")


def offers(scene: Scene, side: str) -> str:
    """The kind of what may stand on ``side``: that of the other, "any" beside a sample."""
    beside = other(scene, side)
    return "any" if beside.name == SAMPLES else beside.kind


def outcomes(scene: Scene) -> Shown:
    """The outcomes that the board shows; SceneError for densities."""
    return shown(Pair(scene.p, scene.q))


def seen(now: Shown, side: str) -> float:
    """The mass of ``side`` on the outcomes shown."""
    return float((now.p if side == "p" else now.q).sum())


def cut(side: str, lost: float) -> list[Notice]:
    """What to say of lost mass: nothing where it does not show."""
    if lost <= NOTICED:
        return []
    return [Notice("cut", {"side": side.upper(), "share": f"{100 * min(lost, 0.999):.2g}"})]
