"""What is said of ways from P to Q and of CDFs is true: it is computed another way."""

import math
import re

import numpy as np
import pytest
from cases import each
from claims import EN, NEARBY, NUMBER, PAIRS, SHARE, holds, read, weights, words_window
from hypothesis import given, settings
from pairs import pair_of
from scipy.integrate import quad
from scipy.stats import energy_distance, norm, wasserstein_distance

from divviz.families import pmf
from divviz.measures import value as measured
from divviz.pair import Pair
from divviz.web import words

# ---- W1 ----


@each(
    ("p", "q", "right"),
    [
        ("normal(0,1)", "normal(2,1)", 1.0),
        ("normal(2,1)", "normal(0,1)", 0.0),
        ("normal(0,1)", "normal(0,2)", 0.5),
        ("uniform(0,1)", "uniform(-1,4)", 0.9),
        ("pmf(0,1,0,0)", "pmf(1,0,0,1)", 2 / 3),
        ("pmf(a:1,b:0)", "pmf(a:0,b:1)", 1.0),
    ],
)
def test_w1_says_how_much_of_the_way_goes_right(p: str, q: str, right: float) -> None:
    said = words.sentence(pair_of(p, q), "w1", "nats", EN)
    if 0 < right < 1:
        share = re.search(rf"{SHARE} of that to the right and the rest to the left", said)
        assert share and holds(share[1], right), said
    else:
        assert f"all of it to the {'right' if right else 'left'}" in said
    assert ("steps along the list" in said) == ("a:" in p)


def test_w1_without_means_claims_no_direction() -> None:
    said = words.sentence(pair_of("cauchy(0,1)", "cauchy(2,1)"), "w1", "nats", EN)
    assert said == "W₁(P,Q) is 2.000: moving P onto Q takes on average 2.000 units of x."


@settings(max_examples=100, deadline=None)
@given(weights, weights)
def test_w1_of_any_outcomes_is_said_as_it_is(p: list[float], q: list[float]) -> None:
    said = words.sentence(Pair(pmf(p), pmf(q)), "w1", "nats", EN)
    x = np.arange(9)
    value = wasserstein_distance(x, x, p, q)
    found = re.search(rf"on average {NUMBER} units", said)
    if found:
        assert read(found[1]) == pytest.approx(value, rel=6e-4 if value > 1e-4 else 0.06)
    else:
        assert value < 1e-12 and "same distribution" in said


# ---- CDFs ----


@each(
    ("p", "q", "place"),
    [
        ("normal(0,1)", "normal(2,1)", "at x = 1"),
        ("normal(1e6,1)", "normal(1000002,1)", "at x = 1000001"),
        ("laplace(0,1)", "laplace(0,2)", None),
        ("uniform(0,1)", "uniform(2,3)", None),
        ("pmf(0.1,0.4,0.5)", "pmf(0.5,0.2,0.3)", "at outcome 0"),
        ("pmf(cat:1,dog:3)", "pmf(cat:3,dog:1)", "at outcome cat"),
        ("samples(1,2,2,3,5)", "normal(2,1)", "just below x = 2"),
        ("normal(2,1)", "samples(1,2,2,3,5)", "just below x = 2"),
        ("samples(2)", "normal(2.1,1)", "at x = 2"),
    ],
)
def test_the_cdfs_are_furthest_apart_where_the_sentence_says(
    p: str, q: str, place: str | None
) -> None:
    pair = pair_of(p, q)
    said = words.sentence(pair, "kolmogorov_smirnov", "nats", EN)
    found = re.search(rf"is {NUMBER}: .* apart (.+), where F = {NUMBER} and G = {NUMBER}\.$", said)
    assert found and place in (None, found[2]), said
    ks, f, g = (read(found[i]) for i in (1, 3, 4))
    assert abs(f - g) == pytest.approx(ks, abs=2e-4)
    x = np.union1d(np.linspace(*words_window(pair), 20_001), [1.0, 2.0, 3.0, 5.0])
    largest = max(np.abs(pair.P.cdf(y) - pair.Q.cdf(y)).max() for y in (x, x - 1e-9))
    assert ks == pytest.approx(largest, abs=2e-4)
    at = re.search(rf"x = {NUMBER}$", found[2])
    if at and not found[2].startswith("just"):
        assert (f, g) == pytest.approx(
            (float(pair.P.cdf(read(at[1]))), float(pair.Q.cdf(read(at[1])))), abs=3e-3
        )


def test_the_root_mean_square_gap_is_said_and_never_above_the_largest() -> None:
    said = words.sentence(pair_of("normal(0,1)", "normal(2,1)"), "cramer_von_mises", "nats", EN)
    found = re.search(rf"are {NUMBER} apart .* KS = {NUMBER}\.$", said)
    assert found

    def term(x: float) -> float:
        return float((norm.cdf(x) - norm.cdf(x, 2)) ** 2 * 0.5 * (norm.pdf(x) + norm.pdf(x, 2)))

    assert read(found[1]) == pytest.approx(math.sqrt(quad(term, -10, 12)[0]), rel=1e-3)
    assert read(found[1]) < read(found[2])


@each(("p", "q"), [*PAIRS, *NEARBY])
def test_a_larger_order_is_no_shorter_way_than_w1(p: str, q: str) -> None:
    pair = pair_of(p, q)
    for order in (1.0, 2.0, math.inf):
        said = words.sentence(pair, "wasserstein", "nats", EN, p=order)
        if " is infinite" in said or " is 0:" in said:
            continue
        value, w1 = (
            measured(pair, key, **given)
            for key, given in (("wasserstein", {"p": order}), ("w1", {}))
        )
        assert value is not None and w1 is not None
        if order == 1:
            assert "it is W₁" in said
        elif "as much as W₁" in said:
            assert value == pytest.approx(w1, rel=1e-8)
        else:
            assert value > w1 and f"{words.number(w1)}" in said
    shifted = words.sentence(
        pair_of("uniform(0,1)", "uniform(2,3)"), "wasserstein", "nats", EN, p=2.0
    )
    assert "all mass goes equally far" in shifted


def test_the_energy_distance_is_said_with_its_square_and_with_w1() -> None:
    p, q = [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]
    said = words.sentence(Pair(pmf(p), pmf(q)), "energy_distance", "nats", EN)
    x = np.arange(4)
    value = energy_distance(x, x, p, q)
    assert f"is {words.number(value)} √(units of x): its square, {words.number(value**2)}," in said
    assert f"W₁ = {words.number(wasserstein_distance(x, x, p, q))} is the area" in said
    far = words.sentence(pair_of("cauchy(0,1)", "normal(0,1)"), "energy_distance", "nats", EN)
    assert "finite although W₁" in far
