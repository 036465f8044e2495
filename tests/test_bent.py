"""Generators bent by hand: convex whatever is dragged, with their conjugates and divergences."""

import itertools
import math
from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import scipy.stats as st
from cases import each
from scipy.optimize import brentq

import divviz
from divviz import SceneError, parse, pmf
from divviz.bent import (
    KNOTS,
    ONE,
    RISE,
    Bent,
    bent,
    convex,
    divergence,
    dragged,
    hockey_stick,
    infinite,
    made,
    parts,
    read,
    start,
    tangent,
)
from divviz.dist import Dist
from divviz.generators import GENERATORS
from divviz.pair import Pair

INF = math.inf
TV = bent([-0.5, -0.5, -0.5, 0.5, 0.5, 0.5])
STEEP = bent([-3, -1.25, -0.5, 0.25, 0.75, 2])
OPEN_LEFT = bent([-INF, -2, -1, 0, 0, 0])
OPEN_RIGHT = bent([-1, -1, -0.5, 0, 1, INF])
CURVES = [TV, STEEP, OPEN_LEFT, OPEN_RIGHT]
U = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 4001), KNOTS])


def random_slopes(seed: int) -> list[float]:
    return sorted(np.random.default_rng(seed).normal(size=RISE).round(3).tolist())


# --- the curve


@pytest.mark.parametrize("one", CURVES, ids=str)
def test_f_goes_through_its_heights_and_is_0_at_1(one: Bent) -> None:
    f = made(one).f
    assert f(np.array(KNOTS)).tolist() == pytest.approx(one.heights.tolist(), abs=1e-15)
    assert float(f(np.array(1.0))) == 0


@pytest.mark.parametrize("one", CURVES, ids=str)
def test_f_is_convex_with_the_slope_that_it_says(one: Bent) -> None:
    g = made(one)
    for u in (0.07, 0.2, 0.3, 0.7, 1.4, 3.0, 5.0, 80.0):
        step = 1e-6 * u
        f = g.f(np.array([u - step, u, u + step]))
        assert (f[2] - f[0]) / (2 * step) == pytest.approx(float(g.slope(np.array(u))), abs=1e-7)
    slopes = g.slope(np.sort(U))
    assert (slopes[1:] >= slopes[:-1]).all()


@pytest.mark.parametrize("one", CURVES, ids=str)
def test_the_conjugate_is_the_supremum_of_its_definition(one: Bent) -> None:
    g = made(one)
    low, high = max(one.slopes[0], -30.0), min(one.slopes[-1], 5.0)
    wide = np.concatenate([U, np.geomspace(1e-9, 1e9, 200_001)])
    f = g.f(wide)
    for t in (low - 2, low, 0.7 * low, 0.1 * high, high):
        best = float(np.where(np.isfinite(f), t * wide - f, -INF).max())
        assert float(g.conjugate(np.array(t))) == pytest.approx(best, rel=1e-6, abs=1e-6)


def test_the_conjugate_is_infinite_just_where_no_tangent_is_as_steep() -> None:
    for one in CURVES:
        beyond = float(made(one).conjugate(np.array(one.straight[-1] + 1e-9)))
        assert (beyond == INF) is not one.open_right
    assert float(made(STEEP).conjugate(np.array(-INF))) == -STEEP.heights[0]
    assert float(made(OPEN_LEFT).conjugate(np.array(-INF))) == -INF


@each("key", GENERATORS)
@each("u", [0.1, 1.0, 2.7])
def test_a_tangent_touches_the_curve_and_stays_below_it(key: str, u: float) -> None:
    one = GENERATORS[key]
    t, intercept = tangent(one, u)
    assert t * u + intercept == pytest.approx(float(one.f(np.array(u))), rel=1e-12, abs=1e-12)
    assert (one.f(U) - t * U - intercept >= -1e-9 * (1 + np.abs(t * U))).all()


def test_the_tangent_of_kl_at_0_is_upright_and_starts_at_f_of_0() -> None:
    assert tangent(GENERATORS["kl"], 0.0) == (-INF, 0.0)
    assert tangent(GENERATORS["reverse_kl"], 0.0) == (-INF, INF)


@each("key", GENERATORS)
def test_a_catalogue_entry_starts_the_curve_at_its_own_heights(key: str) -> None:
    one = GENERATORS[key]
    heights = one.f(np.array(KNOTS)) - one.f(np.array(1.0))
    assert start(key).heights.tolist() == pytest.approx(heights.tolist(), abs=1e-5)
    assert start(key).open_right == math.isinf(one.critic[1])


# --- bending


def nearest(wanted: Any, held: int | None) -> Any:
    """The least squares over convex curves, by trying which of the five bends are 0 (7 numbers)."""
    u = np.array(KNOTS)
    bends = np.zeros((RISE - 1, RISE + 1))
    for k in range(1, RISE):
        # the slope right of knot k less the one left of it, from heights and the last slope
        right = {k: -1 / (u[k + 1] - u[k]), k + 1: 1 / (u[k + 1] - u[k])} if k < RISE - 1 else {}
        left = {k: 1 / (u[k] - u[k - 1]), k - 1: -1 / (u[k] - u[k - 1])}
        for at, share in (right or {RISE: 1.0}).items():
            bends[k - 1, at] += share
        for at, share in left.items():
            bends[k - 1, at] -= share
    fixed = [ONE] if held is None else [ONE, held]
    best, least = wanted, math.inf
    for straight in itertools.product([False, True], repeat=RISE - 1):
        rows = np.vstack([np.eye(RISE + 1)[fixed], bends[np.array(straight)]])
        goal = np.append(wanted[fixed], np.zeros(sum(straight)))
        x = wanted - np.linalg.pinv(rows) @ (rows @ wanted - goal)
        solved = np.abs(rows @ x - goal).max() < 1e-9 and (bends @ x).min() > -1e-9
        if solved and ((x - wanted) ** 2).sum() < least:
            best, least = x, float(((x - wanted) ** 2).sum())
    return best


@each("held", [None, 0, 1, 2, 4, 5, RISE])
@each("seed", range(4))
def test_what_gives_way_is_the_least_that_can(held: int | None, seed: int) -> None:
    target = np.random.default_rng(seed).normal(size=RISE + 1)
    target[ONE] = 0.0
    found = convex(target[:RISE], float(target[RISE]), held)
    heights = np.append(found.heights, found.slopes[-1])
    assert heights.tolist() == pytest.approx(nearest(target, held).tolist(), abs=2e-5)
    if held is not None:
        assert heights[held] == pytest.approx(target[held], abs=5e-6)


@each("one", [*CURVES, *map(start, GENERATORS)])
def test_what_is_convex_already_stays(one: Bent) -> None:
    again = convex(one.heights, one.slopes[-1])
    assert again.slopes == pytest.approx(one.slopes, abs=2e-5)


def test_a_drag_is_undone_by_going_back() -> None:
    assert dragged(STEEP, 4, float(STEEP.heights[4])).slopes == pytest.approx(STEEP.slopes)
    up = dragged(STEEP, 4, 3.0)
    assert up.heights[4] == pytest.approx(3.0, abs=5e-6)


def test_an_end_opens_and_closes() -> None:
    opened = dragged(TV, 0, INF)
    assert opened.open_left and opened.heights[1:].tolist() == pytest.approx(TV.heights[1:])
    assert not dragged(opened, 0, 0.5).open_left
    assert dragged(TV, RISE, INF).open_right


@each(
    ("call", "words"),
    [
        (lambda: bent([1, 2, 3]), "3 numbers were given for the curve; give 6"),
        (lambda: bent([0, 0, 0, 0, -1, 0]), "Slope number 5 is -1, less than the 0 before"),
        (lambda: bent([0, 0, 0, 0, 0, math.nan]), "Slope number 6 is nan"),
        (lambda: bent([0, 0, 0, 0, INF, INF]), "Slope number 5 is inf"),
        (lambda: bent([INF] * 6), "Slope number 1 is inf"),
        (lambda: bent(3), "A int is no list"),  # type: ignore[arg-type]
        (lambda: read("a,b,c,d,e,f"), "Slope number 1 is a"),
        (lambda: read(None), "six slopes"),
        (lambda: read("1," * 500), "six slopes"),
        (lambda: convex([0] * 6, -INF), "-inf is no height"),
        (lambda: convex([0, INF, 0, 0, 0, 0], 0), "inf is no height"),
        (lambda: convex([0] * 6, 0, ONE), "There is no knot 3 to drag"),
        (lambda: dragged(TV, 9, 0), "There is no knot 9 to drag"),
        (lambda: start("f"), "is not a generator"),
    ],
)
def test_a_curve_that_is_none_is_refused(call: Any, words: str) -> None:
    with pytest.raises(SceneError, match=words):
        call()


@each("one", [*CURVES, *map(start, GENERATORS)])
def test_a_curve_reads_back_as_it_is_spelled(one: Bent) -> None:
    assert read(str(one)) == one
    assert len(str(one)) < 80


# --- the divergence


def test_a_kink_at_1_alone_is_total_variation() -> None:
    for p, q in [("normal(0,1)", "normal(1,2)"), ("poisson(3)", "binomial(8,0.5)")]:
        pair = Pair(parse(p), parse(q))
        assert divergence(TV, pair) == divviz.measure("tv", pair.P, pair.Q)
    t = np.linspace(-1, 0.5, 40)
    assert (made(TV).conjugate(t) == GENERATORS["total_variation"].conjugate(t)).all()


@each("seed", range(6))
def test_the_divergence_of_outcomes_is_the_sum_of_q_f_of_p_over_q(seed: int) -> None:
    one = bent(random_slopes(seed))
    w = np.random.default_rng(seed + 50).integers(0, 9, size=(2, 7))
    w[:, 0] = 1  # some mass that they share
    p, q = ([Fraction(int(x), int(side.sum())) for x in side] for side in w)
    knots, slopes = [Fraction(u) for u in KNOTS], [Fraction(str(s)) for s in one.slopes]

    def f(u: Fraction) -> Fraction:
        total = Fraction(0)
        for k, (left, slope) in enumerate(zip(knots, slopes, strict=True)):
            right = knots[k + 1] if k + 1 < len(knots) else max(u, Fraction(4))
            for sign, end in ((1, u), (-1, Fraction(1))):
                total += sign * slope * max(Fraction(0), min(end, right) - left)
        return total

    truth = sum(b * f(a / b) if b else a * slopes[-1] for a, b in zip(p, q, strict=True))
    found = divergence(one, Pair(pmf(w[0]), pmf(w[1])))
    assert found == pytest.approx(float(truth), rel=1e-12, abs=1e-15)


ORACLES: list[tuple[str, str, Any, Any, tuple[float, float]]] = [
    ("normal(0,1)", "normal(1,1)", st.norm(0, 1), st.norm(1, 1), (-15, 15)),
    ("normal(0,1)", "normal(0.3,2)", st.norm(0, 1), st.norm(0.3, 2), (-30, 30)),
    ("normal(0,1)", "cauchy(0,1)", st.norm(0, 1), st.cauchy(0, 1), (-30, 30)),
    ("cauchy(0,1)", "normal(0,1)", st.cauchy(0, 1), st.norm(0, 1), (-30, 30)),
    ("laplace(0,1)", "normal(0.5,1)", st.laplace(0, 1), st.norm(0.5, 1), (-30, 30)),
    ("beta(0.5,0.7)", "beta(2,1)", st.beta(0.5, 0.7), st.beta(2, 1), (0, 1)),
    ("gamma(0.6,1)", "exponential(1)", st.gamma(0.6), st.expon(), (0, 60)),
]


@each(("p", "q", "one", "other", "ends"), ORACLES)
@each("knot", KNOTS[1:])
def test_a_hockey_stick_is_what_the_distribution_functions_say(
    p: str, q: str, one: Any, other: Any, ends: tuple[float, float], knot: float
) -> None:
    def gap(x: Any) -> Any:
        return one.logpdf(x) - other.logpdf(x) - math.log(knot)

    low, high = ends
    grid = low + (high - low) * (1 - np.cos(np.linspace(0, math.pi, 4001)[1:-1])) / 2
    signs = gap(grid)
    turns = [
        brentq(gap, grid[k], grid[k + 1], xtol=1e-15)
        for k in range(len(grid) - 1)
        if signs[k] * signs[k + 1] < 0
    ]
    edges = np.array([-INF, *turns, INF])
    masses = np.diff(one.cdf(edges)) - knot * np.diff(other.cdf(edges))
    truth = float(np.maximum(masses if knot >= 1 else -masses, 0).sum())
    assert hockey_stick(Pair(parse(p), parse(q)), knot) == pytest.approx(truth, rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("sigma", [2.0, 2.0002, 2.02])
def test_a_ratio_that_hardly_passes_a_knot_is_not_missed(sigma: float) -> None:
    # p/q of N(0,1) and N(0,s) is largest at 0, where it is s.
    found = hockey_stick(Pair(parse("normal(0,1)"), parse(f"normal(0,{sigma})")), 2.0)
    x = mp.sqrt(2 * mp.log(mp.mpf(sigma) / 2) / (1 - mp.mpf(sigma) ** -2))
    truth = 2 * (mp.ncdf(x) - 2 * mp.ncdf(x / sigma)) + 1
    assert found == pytest.approx(float(truth), rel=1e-6, abs=1e-17)


def test_the_far_tails_of_normals_keep_their_digits() -> None:
    found = hockey_stick(Pair(parse("normal(0,1)"), parse("normal(0.1,1)")), 4.0)
    x = mp.mpf("0.05") - 10 * mp.log(4)
    truth = mp.ncdf(x) - 4 * mp.ncdf(x - mp.mpf("0.1"))
    assert found == pytest.approx(float(truth), rel=1e-9)


@pytest.mark.parametrize("one", [OPEN_LEFT, OPEN_RIGHT], ids=str)
def test_an_open_end_adds_what_its_integral_says(one: Bent) -> None:
    p, q = mp.mpf(1), mp.mpf("1.5")  # N(0,1) against N(1,1.5), and f on the pieces

    def integrand(x: Any) -> Any:
        a, b = mp.npdf(x, 0, p), mp.npdf(x, 1, q)
        u, s, h = a / b, one.straight, one.heights
        f = mp.mpf(float(h[1])) + mp.mpf(float(s[0])) * (u - 0.25)
        for k in range(1, RISE):
            if u > KNOTS[k]:
                f = mp.mpf(float(h[k])) + mp.mpf(float(s[k])) * (u - KNOTS[k])
        if u < 0.25 and one.open_left:
            f += 4 * u - 1 - mp.log(4 * u)
        if u > 4 and one.open_right:
            f += u * mp.log(u / 4) - u + 4
        return b * f

    # log p/q = c at the roots of a x^2 + b x + (log 1.5 - c) = 0
    cuts = {mp.mpf(-14), mp.mpf(16)}
    for knot in KNOTS[1:]:
        a, b = -mp.mpf(1) / 2 + 1 / (2 * q**2), -1 / q**2
        c = 1 / (2 * q**2) + mp.log(q) - mp.log(knot)
        root = b * b - 4 * a * c
        cuts |= {(-b + sign * mp.sqrt(root)) / (2 * a) for sign in (1, -1)} if root > 0 else set()
    truth = mp.quad(integrand, sorted(cuts))
    pair = Pair(parse("normal(0,1)"), parse("normal(1,1.5)"))
    assert divergence(one, pair) == pytest.approx(float(truth), rel=1e-9)


SUPPORTS = [
    ("uniform(0,2)", "uniform(1,3)"),
    ("pmf(1:1,2:1)", "pmf(2:1,3:1)"),
    ("cauchy(0,1)", "normal(0,1)"),
    ("poisson(2)", "pmf(0:1,1:1)"),
]


@pytest.mark.parametrize(("p", "q"), SUPPORTS)
def test_only_an_open_end_makes_the_divergence_infinite(p: str, q: str) -> None:
    pair = Pair(parse(p), parse(q))
    assert infinite(TV, pair) is None and infinite(STEEP, pair) is None
    assert math.isfinite(divergence(STEEP, pair))
    assert infinite(OPEN_RIGHT, pair) is not None
    assert (infinite(OPEN_LEFT, pair) is not None) == (divviz.measure("kl_qp", *ends(p, q)) == INF)


def ends(p: str, q: str) -> tuple[Dist, Dist]:
    return parse(p), parse(q)


def test_disjoint_supports_give_f_of_0_and_the_last_slope() -> None:
    pair = Pair(parse("uniform(0,1)"), parse("uniform(2,3)"))
    assert divergence(STEEP, pair) == pytest.approx(float(STEEP.heights[0] + STEEP.slopes[-1]))


@pytest.mark.parametrize("seed", range(3))
def test_the_parts_are_not_negative_and_turn_round_with_the_pair(seed: int) -> None:
    # u f(1/u) has its kinks at 1/c, and the mirrored pair swaps each hockey stick with c's.
    pair = Pair(parse("normal(0,1)"), parse("laplace(0.5,1)"))
    one = bent(random_slopes(seed))
    assert min(parts(one, pair).values()) >= 0
    assert sum(parts(one, pair).values()) == pytest.approx(divergence(one, pair), rel=1e-15)
    for knot in (0.25, 0.5, 2.0, 4.0):
        turned = hockey_stick(Pair(pair.Q, pair.P), 1 / knot)
        assert knot * turned == pytest.approx(hockey_stick(pair, knot), rel=1e-9)


@pytest.mark.parametrize("one", CURVES, ids=str)
def test_a_distribution_does_not_differ_from_itself(one: Bent) -> None:
    for p in (parse("normal(0,1)"), parse("beta(0.5,0.5)"), pmf([1, 2, 3])):
        assert divergence(one, Pair(p, p)) == 0
