"""Pairs worth looking at, each as the text that a visitor could have typed."""

import random
from collections.abc import Callable
from typing import NamedTuple

from divviz.dist import Dist
from divviz.grammar import parse
from divviz.scene import DEFAULT, DEFAULT_SHOW, DEFAULTS, Scene


class Preset(NamedTuple):
    """The spellings of P and Q, the number to look at, and a unit where the pair asks for one."""

    p: str
    q: str
    show: str = DEFAULT_SHOW
    unit: str | None = None

    def scene(self, unit: str) -> Scene:
        """The scene of this preset, in ``unit`` unless the preset names its own."""
        return Scene(parse(self.p), parse(self.q), self.unit or unit, self.show)


# Share of the probes that found a worm with 0, 1, ... 10 teeth; the mean is 5.44.
_TEETH = "pmf(0.02,0.03,0.05,0.14,0.16,0.15,0.12,0.08,0.1,0.08,0.07)"
_EVEN = "pmf(A:0.5,B:0.5)"
_LOPSIDED = "pmf(A:0.99,B:0.01)"
_OUTSIDER_WON = "pmf(A:0,B:1)"

PRESETS: dict[str, Preset] = {
    "identical": Preset("normal(0,1)", "normal(0,1)"),
    "shifted": Preset("normal(-1,1)", "normal(1,1)", "w1"),
    "narrow_wide": Preset("normal(0,0.5)", "normal(0,2)"),
    "two_modes_one": Preset(str(DEFAULT.p), str(DEFAULT.q)),
    "one_zero": Preset("pmf(0.1,0.3,0.4,0.2)", "pmf(0.2,0.4,0,0.4)"),
    "disjoint": Preset("uniform(-3,-1)", "uniform(1,3)", "js"),
    "heavy_tail": Preset("cauchy(0,1)", "normal(0,1.5)"),
    "loaded_die": Preset(str(DEFAULTS["discrete"].p), str(DEFAULTS["discrete"].q)),
    "one_hot_softmax": Preset(
        "pmf(cat:0,dog:1,bird:0,fish:0)",
        "pmf(cat:0.2,dog:0.7,bird:0.06,fish:0.04)",
        "cross_entropy_pq",
    ),
    # H(P) is 1 bit beside H(Q) = 0.0808 bits
    "final_even": Preset(_EVEN, _LOPSIDED, "entropy_p", "bits"),
    # H(P) is 0.0808 bits; H(Q,P) is what the outsider's victory tells: 6.64 bits
    "final_lopsided": Preset(_LOPSIDED, _OUTSIDER_WON, "entropy_p", "bits"),
    "worms_binomial": Preset(_TEETH, "binomial(10,0.544)"),
    "worms_uniform": Preset(_TEETH, "discrete_uniform(0,10)"),
}


# --- a pair by chance -----------------------------------------------------------------------------


def by_chance(kind: str, seed: int) -> tuple[Dist, Dist]:
    """A readable pair of the kind; the same seed gives the same pair."""
    p, q = _random_pair[kind](random.Random(seed))
    return parse(p), parse(q)


def _random_densities(dice: random.Random) -> tuple[str, str]:
    return _random_density(dice), _random_density(dice)


def _random_density(dice: random.Random) -> str:
    def normal() -> str:
        return f"normal({dice.uniform(-4, 4):.1f},{dice.uniform(0.4, 2):.1f})"

    share = dice.randint(2, 8)
    return dice.choice(
        (
            normal(),
            f"mixture({share / 10}*{normal()}+{(10 - share) / 10}*{normal()})",
            f"laplace({dice.uniform(-3, 3):.1f},{dice.uniform(0.4, 2):.1f})",
            f"student_t({dice.randint(2, 9)},{dice.uniform(-3, 3):.1f},{dice.uniform(0.5, 2):.1f})",
        )
    )


def _random_masses(dice: random.Random) -> tuple[str, str]:
    n = dice.randint(3, 10)
    return _random_mass(dice, n), _random_mass(dice, n)


def _random_mass(dice: random.Random, n: int) -> str:
    weights = ",".join(f"{0.01 + dice.expovariate(1):.2f}" for _ in range(n))
    return dice.choice(
        (f"pmf({weights})", f"binomial({n - 1},{dice.uniform(0.1, 0.9):.2f})", f"pmf({weights})")
    )


_random_pair: dict[str, Callable[[random.Random], tuple[str, str]]] = {
    "continuous": _random_densities,
    "discrete": _random_masses,
}
