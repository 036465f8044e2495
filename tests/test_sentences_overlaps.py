"""What is said of overlap is true: events, bounds and dominant places are computed another way."""

import math
import re
from itertools import pairwise

import numpy as np
import pytest
from cases import each
from claims import EN, NUMBER, PAIRS, SHARE, holds, read, stretches, words_window
from pairs import pair_of
from scipy.integrate import quad

from divviz.families import Dist, drawn
from divviz.measures import values
from divviz.web import words


def masses(p: str, q: str, event: str) -> tuple[float, float]:
    """What P and Q give to an event that a sentence names, from their CDFs or masses."""
    pair = pair_of(p, q)
    sides = (pair.P, pair.Q)
    larger = re.fullmatch(r"the places where ([PQ]) is larger", event)
    if pair.discrete:
        names = list(pair.labels or (f"{x:.12g}".replace("-", "−") for x in pair.x))
        if larger:
            chosen = pair.p > pair.q if larger[1] == "P" else pair.p < pair.q
        elif ends := re.fullmatch(r"outcomes (\S+) to (\S+)", event):
            span = range(names.index(ends[1]), names.index(ends[2]) + 1)
            chosen = np.isin(np.arange(len(names)), span)
        else:
            listed = re.split(r", | and ", re.sub(r"^outcomes? ", "", event))
            chosen = np.isin(names, listed)
        return float(pair.p[chosen].sum()), float(pair.q[chosen].sum())
    if larger:
        x = np.linspace(*words_window(pair), 400_001)
        a, b = (side.density((x[1:] + x[:-1]) / 2) * np.diff(x) for side in sides)
        chosen = a > b if larger[1] == "P" else a < b
        return float(a[chosen].sum()), float(b[chosen].sum())
    found = [
        [float(side.cdf(high) - side.cdf(low)) for low, high in stretches(event)] for side in sides
    ]
    return sum(found[0]), sum(found[1])


COMB = drawn(0, 64, [1000 if i % 2 else 100 for i in range(64)])
OVERLAPPING = [
    *((p, q) for p, q in PAIRS if not pair_of(p, q).disjoint and p != q and "2,2" not in q),
    (str(COMB), "uniform(0,64)"),
]


@each(("p", "q"), OVERLAPPING)
def test_no_event_shows_a_larger_difference_than_the_one_that_is_named(p: str, q: str) -> None:
    said = words.sentence(pair_of(p, q), "tv", "nats", EN)
    claims = re.search(rf"is {NUMBER}: P gives {NUMBER} to (.+), Q gives {NUMBER}, and no", said)
    assert claims, said
    tv, a, b = (read(claims[i]) for i in (1, 2, 4))
    assert abs(a - b) == pytest.approx(tv, abs=2e-4)
    mine, theirs = masses(p, q, claims[3])
    # Ends are rounded to three digits.
    assert (mine, theirs) == pytest.approx((a, b), abs=6e-3), said


@each(("p", "q"), OVERLAPPING)
def test_total_variation_lies_within_the_bounds_that_are_said(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key, pattern in (
        ("hellinger", rf"TV, here {NUMBER}, .* Hel² = {NUMBER} and .* = {NUMBER}\.$"),
        (
            "triangular_discrimination",
            rf"TV, here {NUMBER}, .* that, {NUMBER}, .* half, {NUMBER}\.",
        ),
    ):
        found = re.search(pattern, words.sentence(pair, key, "nats", EN))
        assert found
        tv, low, high = map(read, found.groups())
        assert low * (1 - 1e-3) <= tv <= high * (1 + 1e-3)
        assert tv == pytest.approx(values(pair)["tv"], rel=0.06)
    if pair.discrete:
        assert tv == pytest.approx(0.5 * np.abs(pair.p - pair.q).sum(), rel=1e-3)


def test_what_overlap_leaves_is_said_in_numbers_that_fit() -> None:
    pair = pair_of("normal(0,1)", "normal(2,1)")
    bc = math.exp(-0.5)
    assert f"BC = {words.number(bc)}" in words.sentence(pair, "hellinger_squared", "nats", EN)
    assert f"Hel² = {words.number(1 - bc)}" in words.sentence(pair, "squared_chord", "nats", EN)
    said = words.sentence(pair, "bhattacharyya_coefficient", "nats", EN)
    assert f"is {words.number(bc)}" in said and f"Hel² = {words.number(1 - bc)} is what" in said


def test_an_overlap_below_every_number_is_not_called_none() -> None:
    far, apart = pair_of("normal(0,1)", "normal(90,1)"), pair_of("uniform(0,1)", "uniform(2,3)")
    key = "bhattacharyya_coefficient"
    assert "too small for a number, yet not 0" in words.sentence(far, key, "nats", EN)
    assert "is 0: P and Q do not overlap" in words.sentence(apart, key, "nats", EN)
    assert "is 1012 nats" in words.sentence(far, "bhattacharyya_distance", "nats", EN)


FAR = np.geomspace(0.03, 1e4, 60)
MARKS = np.sort(np.concatenate([-FAR, FAR, [-0.5, 0.0, 1.0, 1.5]]))


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ("normal(0,1)", "normal(2,1)"),
        ("normal(0,1)", "normal(0.3,2)"),
        ("laplace(0,1)", "cauchy(0,1)"),
        ("uniform(0,1)", "uniform(-0.5,1.5)"),
    ],
)
def test_chi_square_comes_from_where_the_sentence_says(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for key, one, other in (("chi2_pearson", pair.P, pair.Q), ("chi2_neyman", pair.Q, pair.P)):
        said = words.sentence(pair, key, "nats", EN)
        if "infinite" in said:
            continue
        pattern = (
            rf"; {SHARE} of it comes from (.+), where . has {SHARE} of its mass and . {SHARE}\."
        )
        found = re.search(pattern, said)
        assert found, said
        ((low, high),) = stretches(found[2])

        def term(x: float, one: Dist = one, other: Dist = other) -> float:
            a, b = float(one.density(x)), float(other.density(x))
            return (a - b) ** 2 / b if b > 0 else 0.0

        def area(low: float, high: float) -> float:
            marks = np.unique([low, high, *np.clip(MARKS, low, high)])
            return sum(quad(term, a, b, limit=60)[0] for a, b in pairwise(marks))

        assert found[1] == "80 %"
        assert area(low, high) / area(-1e4, 1e4) == pytest.approx(0.8, abs=6e-3), said
        assert holds(found[3], float(one.cdf(high) - one.cdf(low)))
        assert holds(found[4], float(other.cdf(high) - other.cdf(low)))


def test_chi_square_of_outcomes_names_those_that_dominate() -> None:
    pair = pair_of("pmf(1:0.1,2:0.1,3:0.1,4:0.1,5:0.1,6:0.5)", "discrete_uniform(1,6)")
    said = words.sentence(pair, "chi2_pearson", "nats", EN)
    # (1/2 - 1/6)^2 / (1/6) = 2/3 of 4/5 in all
    assert said == (
        "χ²(P‖Q) is 0.8000; 83 % of it comes from outcome 6, "
        "where P has 50 % of its mass and Q 17 %."
    )
    # beyond P's outcomes, where both have next to nothing
    far = words.sentence(pair_of("poisson(20)", "poisson(3)"), "chi2_pearson", "nats", EN)
    chosen = re.search(r"comes from outcomes (\d+) to (\d+), where P has less than 1 %", far)
    # p^2/q of two Poissons is a Poisson again, with the rate 400/3
    assert chosen and int(chosen[1]) < 400 / 3 < int(chosen[2])


def test_a_mean_over_endless_outcomes_is_undefined_and_another_number_is_offered() -> None:
    said = words.sentence(pair_of("poisson(3)", "geometric(0.3)"), "mse", "nats", EN)
    assert "P has infinitely many" in said and "TV and Hel" in said
    said = words.sentence(pair_of("pmf(1,3)", "pmf(3,1)"), "mse", "nats", EN)
    assert said.startswith("MSE(P,Q) is 0.2500, the mean over 2 outcomes")
