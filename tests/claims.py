"""A sentence as its tests read it: the pairs, and the numbers, shares and places that it claims."""

import math
import re

from hypothesis import strategies as st

from divviz.pair import Pair
from divviz.presets import PRESETS
from divviz.web import text

EN, ZH = text.of("en"), text.of("zh")
PAIRS = [
    *((preset.p, preset.q) for preset in PRESETS.values()),
    ("normal(0,1)", "normal(2,1)"),
    ("normal(0,0.05)", "normal(0.05,0.1)"),
    ("normal(0,1)", "normal(40,1)"),
    ("normal(1000000,0.5)", "normal(1000001,1)"),
    ("laplace(0,1)", "normal(0.5,2)"),
    ("uniform(-1,1)", "normal(0,1)"),
    ("uniform(0,1)", "uniform(0,1.5)"),
    ("beta(0.5,0.5)", "beta(2,3)"),
    ("cauchy(0,1)", "cauchy(2,1)"),
    ("cauchy(0,1)", "cauchy(0,2)"),
    ("exponential(1)", "gamma(2,1)"),
    ("student_t(5,0,1)", "cauchy(0,1)"),
    ("poisson(12)", "poisson(9)"),
    ("binomial(20,0.3)", "discrete_uniform(0,20)"),
    ("one_hot(2,5)", "pmf(1,2,3,4,5)"),
    ("pmf(cat:1,dog:3)", "pmf(dog:1,cat:1,newt:2)"),
    ("pmf(-1.5:1,0:1,7:2)", "pmf(-1.5:2,0:1,7:1)"),
    ("pmf(1,1)", "pmf(2,2)"),
]
NEARBY = [  # outcomes against a density
    ("samples(1,2,2,3,5)", "normal(2,1)"),
    ("exponential(1)", "samples(0.1,0.5,4)"),
    ("samples(2)", "cauchy(0,1)"),
]
NUMBER = r"(−?(?:[\d.]*\d(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|∞))"
SHARE = r"(all|more than 99 %|less than 1 %|\d+ %)"
weights = st.lists(st.sampled_from([0, 1, 2, 3, 5, 50, 1000, 1e-4]), min_size=9, max_size=9).filter(
    any
)


def read(spelled: str) -> float:
    """The number that a visitor reads."""
    plain = spelled.replace("−", "-").replace("∞", "inf")
    found = re.fullmatch(r"(-?[\d.]+|-?inf)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", plain)
    assert found, spelled
    power = (found[2] or "0").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(found[1]) * 10.0 ** int(power)


def holds(share: str, true: float) -> bool:
    """Whether a spelled share of 1 is what the true one may be called."""
    named = {"all": (1 - 1e-6, 1 + 1e-9), "more than 99 %": (0.99, 1), "less than 1 %": (0, 0.01)}
    percent = int(share[:-2]) / 100 if share not in named else 0.0
    low, high = named.get(share, (percent - 0.0051, percent + 0.0051))
    return low - 1e-9 <= true <= high + 1e-9


def stretches(where: str) -> list[tuple[float, float]]:
    """The intervals that "x below 1 and x between 2 and 3" names."""
    found = re.findall(rf"x (?:below {NUMBER}|above {NUMBER}|between {NUMBER} and {NUMBER})", where)
    assert found or where == "all of x", where
    return [
        (
            read(above or low) if above or low else -math.inf,
            read(below or high) if below or high else math.inf,
        )
        for below, above, low, high in found
    ]


def words_window(pair: Pair) -> tuple[float, float]:
    (a, b), (c, d) = pair.P.window(), pair.Q.window()
    return min(a, c), max(b, d)
