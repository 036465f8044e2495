"""Every measure over 585 pairs of all families, against an oracle that shares no code with divviz.

Densities are compared to 1e-9, outcomes to 1e-12, and what is infinite is infinite on both sides.
The oracle: 31-digit tanh-sinh quadrature (exact_integrals), sums over exact masses (exact_sums),
CDFs, quantile and characteristic functions in mpmath (exact_transport). The truths stand in
battery.json, written by record_battery.py; a few are taken again here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from battery import PAIRS, dist_of
from cases import each
from double_double import DD, exp, expm1, log
from exact import DIGITS
from exact_measures import rows
from record_battery import computed, every_truth, recorded

from divviz.families import FAMILIES, pmf
from divviz.measures import MEASURES, measure, value
from divviz.pair import Pair

DENSITY, OUTCOME = 1e-9, 1e-12
# Where the truth is exactly 0 (equal distributions) a few roundings are allowed: of the first order
# in p - q for distances, of the second for divergences.
FIRST_ORDER = ("tv", "hellinger", "js_distance", "kolmogorov_smirnov", "renyi", "w1",
               "wasserstein", "mmd", "energy_distance")  # fmt: skip
FLOOR = dict.fromkeys(FIRST_ORDER, 1e-14)
SIGNED = {"entropy_p", "entropy_q", "cross_entropy_pq", "cross_entropy_qp", "renyi_entropy",
          "tsallis_entropy"}  # fmt: skip
AGAIN = 80  # every so many recorded pairs one is computed anew


TRUTHS = recorded()
WANTED = every_truth()


def parsed(word: str) -> tuple[str, dict[str, float]]:
    """The key and the parameters of "renyi alpha=0.5"."""
    key, *given = word.split()
    return key, {k: float(v) for k, v in (part.split("=") for part in given)}


def complaints(p: Any, q: Any, truths: dict[str, Any], tolerance: float) -> Iterator[str]:
    pair = Pair(dist_of(p), dist_of(q))
    for word, entry in truths.items():
        truth, scale = entry if isinstance(entry, list) else (entry, 0.0)
        key, parameters = parsed(word)
        found = value(pair, key, **parameters)
        if found is None:
            yield f"{word}: undefined, truth {truth}"
        elif wrong := fault(key, found, float(truth), float(scale), tolerance):
            yield f"{word}: found {found!r}, truth {truth}: {wrong}"


def fault(key: str, found: float, truth: float, scale: float, tolerance: float) -> str | None:
    if math.isnan(found):
        return "NaN"
    if found < 0 and key not in SIGNED:
        return "negative"
    if found == 0 and math.copysign(1, found) < 0:
        return "minus zero"
    if math.isinf(found) or math.isinf(truth):
        return None if found == truth else "infinite on one side"
    # Entropies of densities cross 0: their scale is the integral of |p log p|.
    size = max(abs(truth), scale)
    error = abs(found - truth)
    floor = 1e-300 if truth else FLOOR.get(key, 1e-28)
    return None if error <= max(tolerance * size, floor) else f"off by {error / (size or 1):.2g}"


def test_the_battery_has_500_pairs_over_all_families() -> None:
    used: set[str] = set()

    def visit(spec: Any) -> None:
        if isinstance(spec, tuple):
            used.update(part for part in spec if isinstance(part, str))
            for part in spec:
                visit(part)

    for pair in PAIRS.values():
        visit(pair)
    assert len(PAIRS) >= 500
    assert FAMILIES.keys() <= {"pmf" if name == "places" else name for name in used}


def test_every_measure_is_in_the_battery() -> None:
    truths = [word for group in TRUTHS.values() for pair in group.values() for word in pair]
    assert MEASURES.keys() == {word.split()[0] for word in truths}


@each("name", WANTED["pairs"])
def test_densities_agree_with_the_oracle_to_9_digits(name: str) -> None:
    assert list(complaints(*PAIRS[name], TRUTHS["pairs"][name], DENSITY)) == []


@each("name", WANTED["outcomes"])
def test_outcomes_agree_with_exact_masses_to_12_digits(name: str) -> None:
    assert list(complaints(*PAIRS[name], TRUTHS["outcomes"][name], OUTCOME)) == []


@pytest.mark.parametrize("name", list(PAIRS)[3::30])
def test_a_measure_asked_for_alone_is_the_one_among_others(name: str) -> None:
    """What a pair has worked out for one measure changes no other."""
    p, q = map(dist_of, PAIRS[name])
    pair = Pair(p, q)
    group = "pairs" if name in TRUTHS["pairs"] else "outcomes"
    for key, parameters in map(parsed, TRUTHS[group][name]):
        assert value(pair, key, **parameters) == measure(key, p, q, **parameters), key


@pytest.mark.parametrize("group", ["gaps", "quantiles", "blurred"])
def test_distances_of_distribution_functions_agree_with_the_oracle(group: str) -> None:
    wrong = [f"{name}: {complaint}"
             for name, (_, pair) in WANTED[group].items()
             for complaint in complaints(*pair, TRUTHS[group][name], DENSITY)]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize(
    ("group", "name"),
    [(group, name) for group, items in WANTED.items() for name in list(items)[7::AGAIN]],
)
def test_the_recorded_truths_are_what_the_oracle_finds(group: str, name: str) -> None:
    fresh, old = computed(group, name), TRUTHS[group][name]
    assert fresh.keys() == old.keys()
    digits = 1e-12 if group == "outcomes" else 1e-10
    for word, entry in fresh.items():
        new, was = (e[0] if isinstance(e, list) else e for e in (entry, old[word]))
        assert float(new) == pytest.approx(float(was), rel=digits, abs=1e-30), word


# A million outcomes, with few distinct weights so that exact sums stay short


def test_a_million_outcomes_agree_with_exact_sums() -> None:
    p, q = np.resize([1.0, 2.0, 0.0, 5.0], 10**6), np.resize([3.0, 1.0, 7.0, 0.5, 1e-9], 10**6)
    few = {(float(a), float(b)): 0 for a, b in zip(p[:20], q[:20], strict=True)}
    for a, b in zip(p[:20], q[:20], strict=True):
        few[float(a), float(b)] += 10**6 // 20
    # Equal outcomes together: each of the n of a kind has mass w / total, so logs gain log n.
    with mp.workdps(40):
        total_p = mp.fsum(n * mp.mpf(a) for (a, _), n in few.items())
        total_q = mp.fsum(n * mp.mpf(b) for (_, b), n in few.items())
        kinds = [(mp.mpf(a) / total_p, mp.mpf(b) / total_q, n) for (a, b), n in few.items()]
        live = [(a, b, n) for a, b, n in kinds if a]
        truths = {
            "entropy_p": -mp.fsum(n * a * mp.log(a) for a, _, n in live),
            "cross_entropy_pq": -mp.fsum(n * a * mp.log(b) for a, b, n in live),
            "kl_pq": mp.fsum(n * a * mp.log(a / b) for a, b, n in live),
            "kl_qp": mp.inf,
            "tv": mp.fsum(n * abs(a - b) for a, b, n in kinds) / 2,
            "bhattacharyya_coefficient": mp.fsum(n * mp.sqrt(a * b) for a, b, n in kinds),
            "hellinger_squared": mp.fsum(n * (mp.sqrt(a) - mp.sqrt(b)) ** 2
                                         for a, b, n in kinds) / 2,
            "chi2_pearson": mp.fsum(n * (a - b) ** 2 / b for a, b, n in kinds),
            "triangular_discrimination": mp.fsum(n * (a - b) ** 2 / (a + b) for a, b, n in kinds),
            "js": mp.fsum(n * (a * mp.log(2 * a / (a + b)) if a else 0)
                          + n * b * mp.log(2 * b / (a + b)) for a, b, n in kinds) / 2,
            "mse": mp.fsum(n * (a - b) ** 2 for a, b, n in kinds) / 10**6,
        }  # fmt: skip
    one, other = pmf(p), pmf(q)
    wrong = {key: fault(key, measure(key, one, other), float(truth), 0.0, OUTCOME)
             for key, truth in truths.items()}  # fmt: skip
    assert [item for item in wrong.items() if item[1]] == []


# The oracle itself


def test_the_31_digit_arithmetic_agrees_with_mpmath() -> None:
    with mp.workdps(45):
        x = DD(np.linspace(-40, 40, 161)) / 3.0
        exact = [mp.mpf(a) + mp.mpf(b) for a, b in zip(x.high, x.low, strict=True)]
        tiny = mp.mpf(1e-12)
        for ours, theirs, floor in (
            (exp(x), mp.exp, 0),
            (log(exp(x)), lambda v: v, 1e-32),
            (expm1(x * 1e-12), lambda v: mp.expm1(v * tiny), 0),
        ):
            for a, b, v in zip(ours.high, ours.low, exact, strict=True):
                truth = theirs(v)
                assert abs(mp.mpf(a) + mp.mpf(b) - truth) <= 1e-29 * abs(truth) + floor


def closed_forms() -> Iterator[tuple[str, Any, Any, str, Any]]:
    n = mp.mpf
    yield "normals", ("normal", 0, 1), ("normal", 40, 1), "kl_pq", n(800)
    yield "normals", ("normal", 0, 1), ("normal", 3, 1), "hellinger_squared", 1 - mp.exp(-n(9) / 8)
    yield "normals", ("normal", 0, 1), ("normal", 1, 1), "chi2_pearson", mp.e - 1
    yield "exponentials", ("exponential", 1), ("exponential", 4), "kl_pq", 3 - mp.log(4)
    # Chyzak & Nielsen, arXiv:1905.10965 (2019), theorem 1.
    yield "cauchys", ("cauchy", 0, 1), ("cauchy", 3, 20), "kl_pq", mp.log(n(21**2 + 9) / 80)
    yield (
        "von Mises",
        ("vonmises", 3, 5),
        ("vonmises", -3, 5),
        "kl_pq",
        (5 * mp.besseli(1, 5) / mp.besseli(0, 5) * (1 - mp.cos(6))),
    )
    yield (
        "triangular",
        ("triangular", 0, 1, 3),
        ("triangular", -1, 0, 1),
        "entropy_p",
        (n(1) / 2 + mp.log(n(3) / 2)),
    )
    yield (
        "paretos",
        ("pareto", 2.5, 1),
        ("pareto", 1.5, 1),
        "kl_pq",
        (mp.log(n(5) / 3) + n(3) / 5 - 1),
    )
    yield (
        "weibull",
        ("weibull", 2, 3),
        ("weibull", 2, 3),
        "entropy_p",
        (mp.euler / 2 + mp.log(n(3) / 2) + 1),
    )
    yield "gumbel", ("gumbel", 0, 2), ("gumbel", 0, 2), "entropy_p", mp.log(2) + mp.euler + 1
    yield "logistic", ("logistic", 1, 3), ("logistic", 1, 3), "entropy_p", mp.log(3) + 2
    yield (
        "lognormals",
        ("lognormal", 0, 1),
        ("lognormal", 1, 2),
        "kl_pq",
        (mp.log(2) + n(2) / 8 - n(1) / 2),
    )


with mp.workdps(DIGITS):
    CLOSED = [row[1:] for row in closed_forms()]


@pytest.mark.parametrize(("p", "q", "key", "truth"), CLOSED)
def test_the_oracle_agrees_with_closed_forms_to_14_digits(
    p: Any, q: Any, key: str, truth: Any
) -> None:
    found = next(value for name, _, value, _ in rows(p, q) if name == key)
    assert abs(found - truth) <= 1e-14 * abs(truth)
