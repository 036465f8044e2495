"""Gradient descent of Q within its family to P, recorded step by step so that it can be watched."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from divviz import families
from divviz.dist import Dist, SceneError
from divviz.fit import fitting
from divviz.objectives import Chart, Objective, cost, refusal, slope_of
from divviz.pair import Pair
from divviz.search import starts
from divviz.shapes import centre_width

Array = NDArray[np.float64]

ENOUGH = 1e-4  # of the decrease that the slope promises (Nocedal & Wright, 2006, section 3.1)
HALVINGS = 45
LONGEST = 1.0  # of a step, in standard deviations or so: further off, the slope says nothing
SETTLED = 1e-15  # what another step would gain, in nats or relative to the square of a distance


@dataclass(frozen=True)
class Step:
    """One place of a descent: the member, the objective there, and its gradient.

    The gradient (k,) is by the coordinates of the Descent. `share` is how much of a natural step
    led here, after halving; 0 at the start.
    """

    member: Dist
    value: float
    gradient: tuple[float, ...]
    share: float


@dataclass(frozen=True)
class Descent:
    """The path of a descent from its start to where it came, each step lower than the last.

    `coordinates` name what moves: "mu", "log sigma", "logit p". `converged`: no step leads lower.
    """

    objective: str
    coordinates: tuple[str, ...]
    path: tuple[Step, ...]
    converged: bool

    @property
    def optimum(self) -> Dist:
        """The last and lowest member."""
        return self.path[-1].member

    @property
    def value(self) -> float:
        """The objective of the last member, in nats or in units of x."""
        return self.path[-1].value


def descend(
    p: Dist,
    name: str,
    objective: str = "kl_pq",
    start: Dist | None = None,
    rate: float = 1.0,
    steps: int = 100,
) -> Descent:
    """The descent of an objective of P and Q from a member of family ``name``, ``steps`` at most.

    Each step follows the natural gradient: the slope, with lengths measured by the Fisher
    information, for a distance by how far quantiles go, so that neither the unit of x nor the
    choice of parameters matters. ``rate``, above
    0 and at most 1, is the share of the step that reaches the bottom of the local parabola; it is
    halved until the objective falls. Whole-number parameters stay as in ``start``. Without a start
    it is the member of P's centre and width. A minimum is local: another start may find another.
    Raises SceneError as `closest` does, for a rate out of range, a family of whole-number
    parameters, and a start of another family or of infinite objective.
    Source: Amari, Natural Gradient Works Efficiently in Learning, Neural Computation 10 (1998);
    lengths of steps by Barzilai & Borwein, IMA Journal of Numerical Analysis 8 (1988), (5).
    """
    if not 0 < rate <= 1:
        raise SceneError("fit_rate", value=rate)
    p, family, goal = fitting(p, name, objective)
    first = _first(goal, p, starts(p, family)) if start is None else _given(goal, p, name, start)
    chart = Chart(first)
    if not chart.free:
        raise SceneError("fit_whole", family=name)
    path, converged = _walked(goal, p, chart, rate, steps)
    return Descent(goal.key, chart.names, tuple(path), converged)


def _first(goal: Objective, p: Dist, members: list[Dist]) -> Dist:
    for member in members:
        if math.isfinite(cost(goal, p, member)):
            return member
    raise refusal(goal, Pair(p, members[0]))


def _given(goal: Objective, p: Dist, name: str, start: Dist) -> Dist:
    if start.name != name:
        raise SceneError("fit_other", family=name, start=str(start))
    if not math.isfinite(cost(goal, p, start)):
        raise SceneError("fit_start", objective=goal.symbol, start=str(start))
    return families.make(name, *start.args)


# --- the walk ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Ground:
    """Where a walk stands: coordinates, and the slope and height of what it lowers.

    That is the objective, or half the square of a distance: the latter has a smooth bottom.
    `longest` is how long a step may be in the metric.
    """

    at: Array
    member: Dist
    value: float
    height: float
    slope: Array
    gradient: Array
    metric: Array
    longest: float


def _stand(goal: Objective, pair: Pair, chart: Chart, member: Dist, at: Array) -> _Ground:
    value = goal.value(pair)
    slope = slope_of(goal, pair.P, member, chart, pair)
    metric, longest = goal.curvature * slope.metric, math.sqrt(goal.curvature) * LONGEST
    if not goal.distance:
        return _Ground(at, member, value, value, slope.gradient, slope.gradient, metric, longest)
    pull, width = value * slope.gradient, centre_width(member)[1] or 1.0
    return _Ground(at, member, value, 0.5 * value**2, pull, slope.gradient, metric, longest * width)


def _walked(
    goal: Objective, p: Dist, chart: Chart, rate: float, steps: int
) -> tuple[list[Step], bool]:
    here = _stand(goal, Pair(p, chart.start), chart, chart.start, chart.at(chart.start))
    path = [Step(here.member, here.value, tuple(here.gradient.tolist()), 0.0)]
    pace = 1.0
    for _ in range(steps):
        natural = -np.asarray(np.linalg.solve(here.metric, here.slope), float)
        promise = -float(here.slope @ natural)
        if promise <= _least(goal, here):
            return path, True
        found = _lower(goal, p, chart, here, natural, rate * pace)
        if found is None:
            return path, True
        there, share = found
        path.append(Step(there.member, there.value, tuple(there.gradient.tolist()), share))
        pace, here = _pace(here, there, pace), there
    return path, False


def _least(goal: Objective, here: _Ground) -> float:
    return SETTLED * (here.height if goal.distance else 1.0)


def _lower(
    goal: Objective, p: Dist, chart: Chart, here: _Ground, natural: Array, share: float
) -> tuple[_Ground, float] | None:
    """The first lower ground along the natural step, or with some coordinates held at a wall."""
    for direction in _directions(here, natural):
        size = math.sqrt(float(direction @ here.metric @ direction))
        slope = float(here.slope @ direction)
        if not (size > 0 and slope < 0):
            continue
        part = min(share, here.longest / size)
        for _ in range(HALVINGS):
            at = here.at + part * direction
            member = chart.member(at)
            if member is not None:
                pair = Pair(p, member)
                value = goal.value(pair)
                height = 0.5 * value**2 if goal.distance else value
                if height < here.height + ENOUGH * part * slope:
                    return _stand(goal, pair, chart, member, chart.at(member)), part
            part *= 0.5
    return None


def _directions(here: _Ground, natural: Array) -> Iterator[Array]:
    """The natural step, and where that meets a wall those that hold one coordinate, then two."""
    yield natural
    every = range(len(natural))
    for count in range(len(natural) - 1, 0, -1):
        for moving in combinations(every, count):
            some = list(moving)
            step = np.zeros(len(natural))
            step[some] = -np.linalg.solve(here.metric[np.ix_(some, some)], here.slope[some])
            yield step


def _pace(here: _Ground, there: _Ground, pace: float) -> float:
    """How long the next natural step is, by the curvature that the last one met."""
    step = there.at - here.at
    bend = float(step @ (there.slope - here.slope))
    length = float(step @ there.metric @ step)
    if not bend > 0:
        return min(2 * pace, 1e3)
    return min(max(length / bend, 1e-3), 1e3)
