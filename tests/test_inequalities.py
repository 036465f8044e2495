"""Inequalities between measures: they hold for every pair, and a stated pair reaches each."""

import math
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each

from divviz import parse, pmf
from divviz.inequalities import (
    INEQUALITIES,
    PLANES,
    Inequality,
    border,
    least_kl,
    most_of,
    on_plane,
    reading,
)
from divviz.pair import Pair

ALL = list(INEQUALITIES.values())
INF = math.inf


def x_log(p: Any, u: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.where(p > 0, p * np.log(u), 0.0)


# The measures by their definitions, for rows of probabilities p and q (n, k).
with np.errstate(all="ignore"):
    DEFINITIONS: dict[str, Callable[[Any, Any], Any]] = {
        "tv": lambda p, q: 0.5 * np.abs(p - q).sum(axis=1),
        "kl_pq": lambda p, q: x_log(p, p / q).sum(axis=1),
        "hellinger_squared": lambda p, q: 0.5 * ((np.sqrt(p) - np.sqrt(q)) ** 2).sum(axis=1),
        "js": lambda p, q: (
            0.5 * (x_log(p, 2 * p / (p + q)) + x_log(q, 2 * q / (p + q))).sum(axis=1)
        ),
        "chi2_pearson": lambda p, q: np.where(p == q, 0.0, (p - q) ** 2 / q).sum(axis=1),
    }


def many_pairs(outcomes: int, seed: int) -> tuple[Any, Any]:
    """4000 pairs of all sorts: even and lopsided ones, near and far, with zeros."""
    rng = np.random.default_rng(seed)
    n = 4000
    shape = 10.0 ** rng.uniform(-1.5, 1, size=(2, n, 1))
    p, q = rng.gamma(shape, size=(2, n, outcomes)) + 1e-300
    near = np.arange(n) % 4 == 1
    q[near] = p[near] * np.exp(rng.normal(size=(near.sum(), outcomes)) * 0.05)
    holes = rng.random((2, n, outcomes)) < 0.3
    holes[:, np.arange(n) % 4 != 2] = False
    holes[:, :, 0] = False
    p[holes[0]], q[holes[1]] = 0.0, 0.0
    return p / p.sum(axis=1, keepdims=True), q / q.sum(axis=1, keepdims=True)


@each("outcomes", [2, 3, 10])
@each("one", ALL)
def test_thousands_of_pairs_obey(one: Inequality, outcomes: int) -> None:
    p, q = many_pairs(outcomes, seed=outcomes)
    with np.errstate(all="ignore"):
        x, y = (DEFINITIONS[key](p, q) for key in (one.x, one.y))
    x = np.minimum(x, one.range[1])
    assert np.isfinite(x).sum() > 3000 and not np.isnan(y).any()
    if one.low is not None:
        # Next to 1 a rounding of x moves a curve that rises to infinity.
        assert (y >= one.low(np.maximum(x - 1e-12, 0)) * (1 - 1e-9) - 1e-13).all()
    if one.high is not None:
        assert (y <= one.high(x) * (1 + 1e-9) + 1e-13).all()


@each("x", [0.0, 1e-6, 9.99e-4, 1.001e-3, 0.1, 0.37, 0.5, 0.8, 0.999, 1.0])
@each("one", [one for one in ALL if one.attained])
def test_a_stated_pair_lies_on_the_curve(one: Inequality, x: float) -> None:
    p, q = (np.array([weights]) for weights in one.pair(x))
    with np.errstate(all="ignore"):
        at, y = (float(DEFINITIONS[key](p, q)[0]) for key in (one.x, one.y))
    assert at == pytest.approx(x, rel=1e-9, abs=1e-12)
    curve = one.low or one.high
    assert curve is not None
    assert y == pytest.approx(float(curve(np.array(x))), rel=1e-7, abs=1e-13)


@pytest.mark.parametrize(("key", "x", "near"), [("pinsker", 1e-3, 1e-5), ("pinsker", 0.1, 0.01)])
def test_pinsker_is_reached_in_the_limit_of_equal_coins(key: str, x: float, near: float) -> None:
    found = on(INEQUALITIES[key], x)
    assert 1 < found.y / found.low < 1 + near


def test_bretagnolle_huber_is_within_log_2_and_reached_in_the_limit_of_no_overlap() -> None:
    one = INEQUALITIES["bretagnolle_huber"]
    ratios = []
    for t in (0.9, 0.999, 1 - 1e-9):
        found = on(one, t)
        assert 0 < found.y - found.low < math.log(2)
        ratios.append(found.y / found.low)
    assert ratios == sorted(ratios, reverse=True) and ratios[-1] < 1.04
    # Where Pinsker says at least 2, there it says infinite.
    assert on(one, 1.0).low == INF and on(INEQUALITIES["pinsker"], 1.0).low == 2


def on(one: Inequality, x: float) -> Any:
    w, v = one.pair(x)
    found = reading(one, Pair(pmf(w), pmf(v)))
    assert found is not None
    return found


@each("one", ALL)
def test_a_reading_has_the_measures_by_their_definitions(one: Inequality) -> None:
    p, q = np.array([[0.1, 0.2, 0.7]]), np.array([[0.3, 0.3, 0.4]])
    found = reading(one, Pair(pmf(p[0]), pmf(q[0])))
    assert found is not None
    assert found.x == pytest.approx(float(DEFINITIONS[one.x](p, q)[0]), rel=1e-12)
    assert found.y == pytest.approx(float(DEFINITIONS[one.y](p, q)[0]), rel=1e-12)
    assert found.low <= found.y <= found.high


PAIRS = [
    ("normal(0,1)", "normal(2,1)"),
    ("uniform(0,2)", "uniform(1,3)"),
    ("uniform(0,1)", "uniform(2,3)"),
    ("cauchy(0,1)", "normal(0,1)"),
    ("beta(0.5,0.5)", "uniform(0,1)"),
    ("poisson(3)", "poisson(4)"),
    ("normal(0,1)", "normal(40,1)"),
    ("normal(0,1)", "normal(0,1)"),
    ("normal(0,1)", "normal(0.0001,1)"),
]


@each(("p", "q"), PAIRS)
@each("one", ALL)
def test_densities_obey_too_and_no_bound_is_nan(one: Inequality, p: str, q: str) -> None:
    found = reading(one, Pair(parse(p), parse(q)))
    assert found is not None and not any(map(math.isnan, found))
    slack = 1e-9 * (1 if math.isinf(found.y) else found.y)
    assert found.low - slack <= found.y <= found.high + slack


def test_outcomes_against_a_density_have_no_reading() -> None:
    pair = Pair(parse("samples(0,1,2)"), parse("normal(0,1)"))
    assert reading(INEQUALITIES["pinsker"], pair) is None


# --- the exact region


@each("t", ["0.0005", "0.002", "0.1", "0.5", "0.9", "0.99999"])
def test_the_least_kl_is_the_minimum_over_two_outcomes(t: str) -> None:
    with mp.workdps(30):
        v = mp.mpf(t)

        def kl(q: Any) -> Any:
            rest = 1 - q - v
            return (q + v) * mp.log((q + v) / q) + (rest and rest * mp.log(rest / (1 - q)))

        low, high = mp.mpf(0), 1 - v
        for _ in range(200):  # golden section, as KL is convex in q
            a, b = low + (high - low) * 0.382, low + (high - low) * 0.618
            low, high = (low, b) if kl(a) < kl(b) else (a, high)
        truth = float(kl((low + high) / 2))
    assert float(least_kl(np.array(float(t)))) == pytest.approx(truth, rel=1e-9)


def test_the_least_kl_has_the_published_series() -> None:
    # Topsoe 2001: V^2/2 + V^4/36 + V^6/270 + 221 V^8/340200 bounds it from below, V = 2 TV.
    v = np.linspace(0.02, 1.6, 40)
    series = v**2 / 2 + v**4 / 36 + v**6 / 270 + 221 * v**8 / 340200
    exact = least_kl(v / 2)
    assert (exact >= series).all()
    assert exact[:5].tolist() == pytest.approx(series[:5].tolist(), rel=1e-9)


@pytest.mark.parametrize("plane", PLANES, ids=str)
def test_no_two_outcomes_leave_the_border_and_some_come_near_it(plane: tuple[str, str]) -> None:
    # Harremoes & Vajda: all pairs lie in the convex hull of the pairs of two outcomes.
    x, y = plane
    a = (1 - np.cos(np.linspace(0, math.pi, 401))) / 2
    p, q = (np.stack([s.ravel(), 1 - s.ravel()], axis=1) for s in np.meshgrid(a, a))
    with np.errstate(all="ignore"):
        at, up = (DEFINITIONS[key](p, q) for key in plane)
    some = np.isfinite(at)
    at, up = at[some], up[some]
    low, high = border(x, y, at)
    assert (up >= low * (1 - 1e-9) - 1e-12).all() and (up <= high * (1 + 1e-9) + 1e-12).all()
    if low.any():
        band = (at > 0.2) & (at < 0.8) & (low > 0)
        assert (up[band] / low[band]).min() < 1.001


@each("plane", PLANES)
def test_the_border_is_convex_below_and_concave_above(plane: tuple[str, str]) -> None:
    low, high = border(*plane, np.linspace(0, 0.999, 500))
    assert (np.diff(low, 2) >= -1e-9).all()
    if np.isfinite(high).all():
        assert (np.diff(high, 2) <= 1e-9).all()


def test_the_borders_end_where_the_measures_do() -> None:
    ends = np.array([0.0, 1.0])
    assert [b.tolist() for b in border("tv", "hellinger_squared", ends)] == [[0, 1], [0, 1]]
    assert [b.tolist() for b in border("tv", "js", ends)] == [[0, math.log(2)]] * 2
    assert [b.tolist() for b in border("tv", "kl_pq", ends)] == [[0, INF], [0, INF]]
    assert most_of("tv") == 1 and most_of("js") == math.log(2) and most_of("kl_pq") == INF


def test_bretagnolle_huber_overtakes_pinsker_and_neither_passes_the_least() -> None:
    t = np.linspace(0, 1, 1001)
    pinsker, huber, least = (one.low(t) for one in on_plane("tv", "kl_pq") if one.low is not None)
    ahead = huber > pinsker
    assert not ahead[t < 0.89].any() and ahead[t > 0.9].all()
    assert (np.maximum(pinsker, huber) <= least * (1 + 1e-12)).all()


@each("one", ALL)
def test_every_entry_says_what_it_bounds_and_where_it_stands(one: Inequality) -> None:
    assert (one.low is None) != (one.high is None)
    assert one.source and (r"\le" in one.latex or r"\ge" in one.latex)
    assert {one.x, one.y} <= DEFINITIONS.keys()
