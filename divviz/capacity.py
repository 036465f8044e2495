"""The capacity of a noisy channel: the most that its output can say about its input.

A channel is a table W (m, k) of rows P(y | x), one for each input x. With an input p and the output
r = p W, what x says is D(x) = KL(W_x || r). No input carries more than max D(x), and this one
carries the mean of D(x) under p, so the two are a proof of how near the capacity is. Source: Cover
& Thomas, Elements of Information Theory (2006), sections 7.1 and 10.8; the bounds: Blahut, IEEE
Trans. Inf. Theory 18 (1972).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.arguments import whole
from divviz.bregman import excess
from divviz.discrete import check_weights, numbers
from divviz.dist import QUIET, Array, SceneError
from divviz.joint import Joint, conditional

ENOUGH = 1e-12  # nats between the two bounds
MOST_LETTERS = 64
MOST_STEPS = 10_000
MOST_NEWTON = 200
SHRINK = 0.03  # of the distance from the ends of the path, each step
INSIDE = 0.99  # of the way to where an input weight would be 0
# Below these a chance or an input weight is as good as 0, and a product of two is still a number.
FAINT_CHANCE = 1e-100
FAINT_INPUT = 1e-200
DUST = 1e-7  # of an input letter that may be one that the best input leaves out


# --- channels -------------------------------------------------------------------------------------


@QUIET
def channel(weights: Any) -> Array:
    """The channel with rows proportional to `weights` (m, k), each row summing to 1.

    SceneError for what is no table of weights of 0 or more, more than 64 rows or columns, and a row
    without any weight.
    """
    table = Joint(weights)
    if len(table.sizes) != 2 or max(table.sizes) > MOST_LETTERS:
        raise SceneError("channel_size", size=" × ".join(map(str, table.sizes)), most=MOST_LETTERS)
    empty = ~table.weights.any(axis=1)
    if empty.any():
        raise SceneError("channel_row", row=int(np.argmax(empty)) + 1)
    rows = conditional(table, 1, 0)
    return np.where(rows < FAINT_CHANCE, 0.0, rows)


def binary_symmetric(noise: float) -> Array:
    """0 and 1, each turned round with probability `noise`; capacity 1 - h(noise) bits."""
    e = _share(noise)
    return np.array([[1 - e, e], [e, 1 - e]])


def binary_erasure(noise: float) -> Array:
    """0 and 1, each lost with probability `noise`; the outputs are 0, lost, 1; 1 - noise bits."""
    e = _share(noise)
    return np.array([[1 - e, e, 0.0], [0.0, e, 1 - e]])


def z_channel(noise: float) -> Array:
    """0 arrives, 1 becomes 0 with probability `noise`; problem 7.8 of Cover & Thomas."""
    e = _share(noise)
    return np.array([[1.0, 0.0], [e, 1 - e]])


def noisy_typewriter(noise: float, letters: int = 26) -> Array:
    """Each of `letters` becomes the next one round a circle with probability `noise`.

    With noise 1/2 and 26 letters: log2 13 bits. Source: Cover & Thomas, section 7.1.3.
    """
    e = _share(noise)
    same = np.eye(letters)
    return (1 - e) * same + e * np.roll(same, 1, axis=1)


def useless(noise: float) -> Array:
    """Whatever is sent, 1 arrives with probability `noise`: capacity 0."""
    e = _share(noise)
    return np.array([[1 - e, e], [1 - e, e]])


CHANNELS: dict[str, Callable[[float], Array]] = {
    "binary_symmetric": binary_symmetric,
    "binary_erasure": binary_erasure,
    "z": z_channel,
    "typewriter": noisy_typewriter,
    "useless": useless,
}


def _share(noise: Any) -> float:
    number = isinstance(noise, (int, float, np.integer, np.floating))
    if not number or isinstance(noise, bool) or not 0 <= noise <= 1:
        raise SceneError("act_share", value=noise)
    return float(noise)


@QUIET
def sent(weights: Any, input_weights: Iterable[float] | None = None) -> Joint:
    """The joint table of an input X (axis 0) and what a channel makes of it, Y (axis 1).

    `input_weights` (m,) of any sum; equal ones for None. SceneError as `channel` has it, for bad
    weights, and where they are not one for each row.
    """
    rows = channel(weights)
    return Joint(_input(rows, input_weights)[:, None] * rows)


@QUIET
def _input(rows: Array, weights: Iterable[float] | None) -> Array:
    if weights is None:
        return np.full(len(rows), 1 / len(rows))
    p = numbers(weights, "weight")
    check_weights(p)
    if len(p) != len(rows):
        raise SceneError("channel_input", count=len(p), rows=len(rows))
    p = p / p.max()
    return p / p.sum()


@QUIET
def carried(weights: Any, inputs: Any) -> Array:
    """I(X; Y) in nats of each of n inputs (n, m) of a channel, rows of weights of any sum.

    The mean of D(x) = KL(W_x || r) under the input. SceneError as `sent` has it.
    """
    rows, several = channel(weights), Joint(inputs)
    if several.sizes[1:] != rows.shape[:1]:
        raise SceneError("channel_input", count=several.sizes[-1], rows=len(rows))
    if not several.weights.any(axis=1).all():
        raise SceneError("weights_zero")
    p = conditional(several, 1, 0)
    outputs = (p @ rows)[:, None, :]
    ratio = np.log(np.where(rows > 0, outputs / rows, 1.0))
    says = np.where(rows > 0, excess(rows[None], outputs, ratio), outputs).sum(axis=2)
    return np.asarray((p * np.where(p > 0, says, 0.0)).sum(axis=1) + 0.0)


# --- bounds ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Bounded:
    """An input (m,) of a channel, and what it tells of the capacity, all in nats.

    `says` (m,) is D(x), what each input letter says; `lower`, their mean, is the mutual information
    that this input reaches, and `upper`, the greatest, is above the capacity.
    """

    input: Array
    says: Array
    lower: float
    upper: float

    @property
    def gap(self) -> float:
        """The upper bound less the lower one: how far this input may be from the best."""
        return self.upper - self.lower


def _bounded(rows: Array, p: Array) -> Bounded:
    output = p @ rows
    # Terms that are positive even where a row is nearly the output.
    each = np.where(rows > 0, excess(rows, output, np.log(output / rows)), output)
    says = each.sum(axis=1) + 0.0
    lower = float((p * np.where(p > 0, says, 0.0)).sum())
    upper = float(says.max())
    # Of a channel without noise the two are the same number, summed in two ways.
    return Bounded(p, says, min(lower, upper), upper)


# --- Blahut and Arimoto ---------------------------------------------------------------------------


@QUIET
def blahut_arimoto(
    weights: Any, start: Iterable[float] | None = None, steps: int = 100
) -> tuple[Bounded, ...]:
    """The inputs that the algorithm of Blahut and Arimoto goes through, the first its start.

    Each step weighs every input letter with exp D(x); it ends after `steps` or with a gap of 1e-12
    nats. The lower bound never falls. A letter without weight in `start` (m,), equal weights for
    None, never gets any. SceneError as `sent` has it, and unless steps is from 0 to 10^4. Source:
    Cover & Thomas (2006), section 10.8.
    """
    steps = whole("steps", steps, 0, MOST_STEPS)
    rows = channel(weights)
    return tuple(_climbed(rows, _input(rows, start), steps))


def _climbed(rows: Array, p: Array, steps: int) -> Iterator[Bounded]:
    here = _bounded(rows, p)
    yield here
    for _ in range(steps):
        if here.gap <= ENOUGH:
            return
        used = here.input > 0
        says = np.where(used, here.says, 0.0)
        p = np.where(used, here.input * np.exp(says - says.max()), 0.0)
        # What vanishes would make the upper bound infinite, by an output that no other letter has.
        p = np.where(used, np.maximum(p / p.sum(), FAINT_INPUT), 0.0)
        here = _bounded(rows, p)
        yield here


# --- the capacity ---------------------------------------------------------------------------------


@QUIET
def capacity(weights: Any) -> Bounded:
    """An input that reaches the capacity of a channel (m, k), proved to within 1e-12 nats.

    The capacity lies from `lower` to `upper`. Equal weights are tried first, and they are the best
    for symmetric channels. The steps of Blahut and Arimoto creep where the best input leaves
    letters out or is not the only one, so from there it is Newton's method along the central path,
    p(x) (C - D(x)) = t with t falling to 0. SceneError as `channel` has it. Source: Gallager,
    Information Theory and Reliable Communication (1968), theorem 4.5.1, for the condition; Boyd &
    Vandenberghe, Convex Optimization (2004), section 11.7, for the path.

    >>> round(capacity(binary_erasure(0.25)).lower / math.log(2), 6)
    0.75
    """
    rows = channel(weights)
    best = _bounded(rows, _input(rows, None))
    for here in _central(rows[:, rows.any(axis=0)], best):
        if best.gap <= ENOUGH:
            break
        best = min(best, here, key=lambda bounded: bounded.gap)
    return _without_dust(rows, best)


def _central(rows: Array, start: Bounded) -> Iterator[Bounded]:
    """Inputs along the central path, about one digit of the gap a step."""
    count = len(rows)
    here, level = start, start.upper + 1.0
    # Any multiplier above 0 will do, and of the size of the slack it is near the path.
    slack = np.maximum(level - here.says, 0.1)
    for _ in range(MOST_NEWTON):
        p = here.input
        goal = SHRINK * float(p @ slack) / count
        move, turn, raised = _newton(rows, p, slack, here.says + slack - level, goal)
        length = min(1.0, INSIDE * _room(p, move), INSIDE * _room(slack, turn))
        p, slack, level = p + length * move, slack + length * turn, level + length * raised
        p = np.maximum(p, FAINT_INPUT)
        here = _bounded(rows, p / p.sum())
        yield here


def _newton(
    rows: Array, p: Array, slack: Array, off: Array, goal: float
) -> tuple[Array, Array, float]:
    """The step of p (m,), slack (m,) and level to says + slack = level and p slack = goal.

    In the unit sqrt(p) of each p, in which no number of the table is above 1 and the slack.
    """
    root = np.sqrt(p)
    inner = root[:, None] * rows / np.sqrt(p @ rows)
    right = root * (off + goal / p - slack)
    count = len(p)
    table = np.zeros((count + 1, count + 1))
    table[:count, :count] = inner @ inner.T + np.diag(slack)
    table[count, :count] = table[:count, count] = root
    solved = np.linalg.solve(table, np.append(right, 0.0))
    move = root * solved[:count]
    return move, (goal - slack * move) / p - slack, float(solved[count])


def _room(values: Array, move: Array) -> float:
    """How much of a move (m,) leaves values (m,) at 0 or above."""
    falls = move < 0
    return float((values[falls] / -move[falls]).min(initial=math.inf))


def _without_dust(rows: Array, best: Bounded) -> Bounded:
    """The same without the letters that are there only as the path came from inside."""
    p = np.where(best.input > DUST, best.input, 0.0)
    cleaned = _bounded(rows, p / p.sum())
    return cleaned if cleaned.gap <= max(best.gap, ENOUGH) else best
