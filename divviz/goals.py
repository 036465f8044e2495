"""What a level of a challenge asks of one number, and how many of 100 points a value is worth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

WHOLE = 100  # points of a level
HIT = 0.95  # of the way: as near as a hand comes without a number to look at


@dataclass(frozen=True)
class Goal:
    """What the measure `key` of MEASURES is to do: a row of KINDS, with its `target`.

    In nats or in units of x. A flattest Q starts to be worth something at `floor`, its target is
    the largest entropy that there is.
    """

    key: str
    kind: str
    target: float = math.inf
    floor: float = 0.0

    def points(self, value: float) -> int:
        """How many of 100 points a value is worth; 95 % of the way is as good as all of it.

        >>> [Goal("kl_pq", "hit", 1).points(v) for v in (0.0, 0.5, 0.97, 2.0, float("inf"))]
        [0, 50, 100, 50, 0]
        """
        share = KINDS[self.kind](self, value)
        return WHOLE if share >= HIT else math.floor(WHOLE * share + 0.5)


def _hit(goal: Goal, value: float) -> float:
    """The smaller of value and target over the larger."""
    low, high = sorted((value, goal.target))
    return max(low, 0.0) / high if high < math.inf else 0.0


def _below(goal: Goal, value: float) -> float:
    return 1.0 if value <= goal.target else goal.target / value


def _above(goal: Goal, value: float) -> float:
    return 1.0 if value >= goal.target else max(value, 0.0) / goal.target


def _infinite(goal: Goal, value: float) -> float:
    return 1.0 if value == math.inf else 0.0


def _flattest(goal: Goal, value: float) -> float:
    """The share of the way from the floor to the target."""
    share = (value - goal.floor) / (goal.target - goal.floor)
    return min(max(share, 0.0), 1.0)


KINDS: Mapping[str, Callable[[Goal, float], float]] = MappingProxyType(
    {"hit": _hit, "below": _below, "above": _above, "infinite": _infinite, "flattest": _flattest}
)
