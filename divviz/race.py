"""Descents of one normal Q to a target P, an objective each, kept so that they can be replayed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from divviz import families
from divviz.descent import Step, descend
from divviz.dist import Dist, SceneError
from divviz.objectives import cost, known_objective, refusal
from divviz.pair import Pair
from divviz.shapes import centre_width

OBJECTIVES = ("kl_pq", "kl_qp", "js", "w2")
LAST = 30  # steps: by then nearly every descent has come to rest
RATE = 0.35  # of a natural step: a whole one is there in three, too fast to watch
KEPT = 512
_LEAST = 1e-6  # the width of a start for a Q that has none


@dataclass(frozen=True)
class Run:
    """The descent of one objective: its `path`, or why there is none."""

    objective: str
    path: tuple[Step, ...] = ()
    refused: SceneError | None = None

    def at(self, step: int) -> Step:
        """Where it stands after so many steps; the last place once it has come to rest."""
        return self.path[min(step, len(self.path) - 1)]

    @property
    def end(self) -> Step:
        """Where it stands after LAST steps."""
        return self.at(LAST)


_runs: dict[tuple[Dist, Dist, str], Run] = {}
_lock = Lock()


def start_of(q: Dist) -> Dist:
    """Q if it is a normal, else the normal of its centre and its width."""
    if q.name == "normal":
        return q
    centre, width = centre_width(q)
    return families.make("normal", centre, max(width, _LEAST))


def run(p: Dist, start: Dist, objective: str) -> Run:
    """The descent of an objective of P and a normal from `start`, from memory where it is known.

    Where the objective is infinite, the Run has no path and says why.
    """
    key = (p, start, objective)
    with _lock:
        found = _runs.get(key)
    if found is not None:
        return found
    found = _walked(p, start, objective)
    with _lock:
        _runs[key] = found
        while len(_runs) > KEPT:
            del _runs[next(iter(_runs))]
    return found


def _walked(p: Dist, start: Dist, objective: str) -> Run:
    goal = known_objective(objective)
    if not math.isfinite(cost(goal, p, start)):
        return Run(objective, refused=refusal(goal, Pair(p, start)))
    try:
        return Run(objective, descend(p, "normal", objective, start, RATE, LAST).path)
    except SceneError as error:
        return Run(objective, refused=error)


def known(p: Dist, start: Dist, objectives: Iterable[str] = OBJECTIVES) -> bool:
    """Whether `run` has all these descents in memory, and so answers at once."""
    with _lock:
        return all((p, start, objective) in _runs for objective in objectives)
