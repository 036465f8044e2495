"""Critics drawn by hand: their spelling, the ranges they stay in, what they show and where not."""

import math
from typing import Any

import mpmath as mp
import numpy as np
import pytest
import scipy.stats as st
from cases import each
from pairs import pair_of

from divviz import SceneError, parse, pmf
from divviz.bent import bent, made
from divviz.critics import LARGEST, MOST_VALUES, Critic, critic, read, within
from divviz.generators import GENERATORS, Generator, f_divergence, variational_bound
from divviz.pair import Pair
from divviz.showing import best, blank, shown, window_of

INF = math.inf
BENT = made(bent([-3, -1.25, -0.5, 0.25, 0.75, 2]))
OPEN = made(bent([-INF, -2, -1, 0, 1, INF]))
ALL = [*GENERATORS.values(), BENT, OPEN]
P, Q = [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]
NORMALS = "normal(0,1)", "normal(1,1.2)"


# --- the spelling


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (critic([0]), "0"),
        (critic([1, 1, 1, -0.5, 2]), "1*3,-0.5,2"),
        (critic([0.12345678, -0.0], (-4, 4.5)), "-4,4.5;0.1235,0"),
        (critic([2] * 32, (0, 1)), "0,1;2*32"),
    ],
)
def test_a_critic_reads_back_as_it_is_spelled(one: Critic, text: str) -> None:
    assert str(one) == text
    assert read(text) == one


def test_any_critic_is_spelled_within_a_link() -> None:
    values = np.random.default_rng(1).uniform(-1e6, 500, MOST_VALUES)
    one = critic(values, (-123456.789, 987654.321))
    assert read(str(one)) == one and len(str(one)) < 2000


@each(
    ("call", "words"),
    [
        (lambda: critic([]), "0 values were given; use 1 to 128"),
        (lambda: critic([0] * 129), "129 values"),
        (lambda: critic(3), "no list"),  # type: ignore[arg-type]
        (lambda: critic([0, math.nan]), "Value number 2 of the critic is nan"),
        (lambda: critic([501]), "Value number 1 of the critic is 501"),
        (lambda: critic([0], (1, 1)), "The window from 1 to 1"),
        (lambda: critic([0], (2, 1)), "The window from 2 to 1"),
        (lambda: critic([0], (0, INF)), "The window from 0 to inf"),
        (lambda: critic([0], (0, 1, 2)), "The window"),
        (lambda: critic([0], (1e8, 1e8 + 1e-3)), "The window"),
        (lambda: read(None), "The critic is written as values"),
        (lambda: read("1;2;3"), "The critic is written as values"),
        (lambda: read("a"), "The critic is written as values"),
        (lambda: read("1*x"), "The critic is written as values"),
        (lambda: read("1*0"), "The critic is written as values"),
        (lambda: read("1*99999999999"), "The critic is written as values"),
        (lambda: read("1*100,2*100"), "200 values were given"),
        (lambda: read("0,b;1"), "The window from 0 to b"),
        (lambda: read("," * 5000), "The critic is written as values"),
    ],
)
def test_a_critic_that_is_none_is_refused(call: Any, words: str) -> None:
    with pytest.raises(SceneError, match=words):
        call()


@each("one", ALL)
def test_values_are_moved_to_where_the_conjugate_is_finite(one: Generator) -> None:
    wild = np.array([-INF, -1e300, -7.123456, 0, 0.3, 0.34657359, 0.5, 1, 600.0, INF, math.nan])
    kept = within(one, wild)
    assert np.isfinite(one.conjugate(kept)).all() and (kept <= LARGEST).all()
    assert critic(kept.tolist()).values == tuple(kept.tolist())
    assert float(kept[9]) >= min(one.critic[1], LARGEST) - 2e-4


# --- outcomes


@each("one", ALL)
def test_the_bound_is_the_mean_under_p_less_the_mean_of_the_conjugate_under_q(
    one: Generator,
) -> None:
    t = within(one, np.array([-1.5, 0.125, 0.25, 1.0]))
    found = shown(one, Pair(pmf(P), pmf(Q)), critic(t.tolist()))
    truth = math.fsum(P * t) - math.fsum(Q * one.conjugate(t))
    assert found.bound == pytest.approx(truth, rel=1e-12, abs=1e-15)
    assert found.gap == pytest.approx(found.divergence - truth, rel=1e-12)
    assert found.lost.sum() == pytest.approx(found.gap, rel=1e-9)
    assert found.share.sum() == pytest.approx(found.divergence, rel=1e-12)


@each("one", ALL)
@each("seed", range(4))
def test_no_critic_shows_more_than_there_is(one: Generator, seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, q = rng.integers(0, 5, size=(2, 6)) + np.eye(6)[:1] + np.eye(6)[1:2]
    pair = Pair(pmf(p), pmf(q))
    found = shown(one, pair, critic(within(one, rng.normal(size=6)).tolist()))
    assert found.bound <= found.divergence + 1e-12
    assert (found.lost >= 0).all() and (found.coarse == 0).all()
    top = shown(one, pair, best(one, pair, critic([0] * 6)))
    assert top.bound >= found.bound - 1e-9


@each("key", GENERATORS)
def test_the_best_critic_shows_the_divergence_up_to_its_rounding(key: str) -> None:
    one, pair = GENERATORS[key], Pair(pmf(P), pmf(Q))
    found = shown(one, pair, best(one, pair, critic([0] * 4)))
    assert found.most == found.divergence == f_divergence(key, pair.P, pair.Q)
    assert found.gap == pytest.approx(0, abs=1e-8)


@each("one", ALL)
@each("p", [pmf(P), parse("normal(0,1)"), parse("poisson(300)")])
def test_a_critic_that_sees_no_difference_shows_none(one: Generator, p: Any) -> None:
    q = {"pmf": pmf(Q), "normal": parse("normal(1,2)"), "poisson": parse("poisson(310)")}[p.name]
    pair = Pair(p, q)
    found = shown(one, pair, blank(one, pair))
    at_1 = float(one.f(np.array(1.0)))
    assert found.bound == pytest.approx(at_1, abs=3e-9)  # T itself is rounded to 1e-4
    if float(one.slope(np.array(1.0))) in (0.0, 1.0):
        assert found.bound == 0


def test_a_critic_out_of_range_shows_nothing_and_says_where() -> None:
    pair = Pair(pmf(P), pmf(Q))
    found = shown(GENERATORS["reverse_kl"], pair, critic([-1, -2, 0.5, -1]))
    assert found.bound == -INF and found.gap == INF
    assert np.isinf(found.lost).tolist() == [False, False, True, False]


def test_where_q_has_nothing_a_critic_still_keeps_to_its_range() -> None:
    pair = Pair(pmf([1, 0, 1]), pmf([0, 1, 1]))
    one = GENERATORS["total_variation"]
    assert shown(one, pair, critic([100, 0, 0])).bound == -INF
    assert shown(one, pair, critic([0.5, -0.5, 0])).bound == 0.5
    # The end of the range is no value for JS, but where q = 0 nothing has to be paid for it.
    assert shown(GENERATORS["js"], pair, critic([0.3465, 0, 0])).bound < math.log(2) / 2


def test_a_place_that_neither_has_may_carry_any_value() -> None:
    pair = Pair(pmf([1, 0, 1]), pmf([1, 0, 3]))
    found = shown(GENERATORS["total_variation"], pair, critic([0, 400, 0]))
    assert found.bound == 0 and found.lost[1] == 0


@pytest.mark.parametrize(
    ("key", "where"), [("kl", [0]), ("reverse_kl", [1]), ("jeffreys", [0, 1]), ("js", [])]
)
def test_an_infinite_divergence_says_which_outcomes_are_lost(key: str, where: list[int]) -> None:
    pair = Pair(pmf([1, 0, 1]), pmf([0, 1, 1]))
    one = GENERATORS[key]
    found = shown(one, pair, best(one, pair, critic([0] * 3)))
    assert np.flatnonzero(np.isinf(found.lost)).tolist() == where
    assert math.isinf(found.gap) is bool(where) and math.isfinite(found.bound)


# --- cells of the line

EDGES = [-INF, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, INF]
CELLS = critic([0] * 8, (-2, 2))


def masses(edges: list[float] = EDGES) -> tuple[Any, Any]:
    return np.diff(st.norm(0, 1).cdf(edges)), np.diff(st.norm(1, 1.2).cdf(edges))


def test_cells_hold_the_masses_that_scipy_gives() -> None:
    found = shown(GENERATORS["kl"], pair_of(*NORMALS), CELLS)
    p, q = masses()
    assert found.p.tolist() == pytest.approx(p.tolist(), rel=1e-11)
    assert found.q.tolist() == pytest.approx(q.tolist(), rel=1e-11)
    assert found.most == pytest.approx(float(st.entropy(p, q)), rel=1e-11)
    assert found.coarse.sum() == pytest.approx(found.divergence - found.most, rel=1e-9)


@each("one", ALL)
def test_the_best_critic_of_cells_shows_the_divergence_of_their_masses(one: Generator) -> None:
    pair = pair_of(*NORMALS)
    p, q = masses()
    truth = float((q * one.f(p / q)).sum())
    found = shown(one, pair, best(one, pair, CELLS))
    assert found.most == pytest.approx(truth, rel=1e-11)
    # A bent f is not smooth: the rounding of T costs in the first order there.
    assert found.bound == pytest.approx(truth, abs=1e-4 if one.key == "bent" else 2e-8)
    assert found.bound <= found.most + 1e-15 < found.divergence


DEFINITIONS: dict[str, Any] = {
    "kl": lambda p, q: p * mp.log(p / q),
    "reverse_kl": lambda p, q: q * mp.log(q / p),
    "js": lambda p, q: (p * mp.log(2 * p / (p + q)) + q * mp.log(2 * q / (p + q))) / 2,
    "gan": lambda p, q: p * mp.log(p / (p + q)) + q * mp.log(q / (p + q)),
    "squared_hellinger": lambda p, q: (mp.sqrt(p) - mp.sqrt(q)) ** 2 / 2,
    "pearson": lambda p, q: (p - q) ** 2 / q,
    "neyman": lambda p, q: (p - q) ** 2 / p,
    "total_variation": lambda p, q: abs(p - q) / 2,
    "jeffreys": lambda p, q: (p - q) * mp.log(p / q),
}


@pytest.mark.parametrize("key", GENERATORS)
def test_each_cell_has_its_share_of_the_integral(key: str) -> None:
    def integrand(x: Any) -> Any:
        return DEFINITIONS[key](mp.npdf(x, 0, 1), mp.npdf(x, 1, mp.mpf("1.2")))

    found = shown(GENERATORS[key], pair_of(*NORMALS), CELLS)
    truth = [float(mp.quad(integrand, [a, b])) for a, b in ((-0.5, 0), (1.5, 6))]
    # p^2/q and q^2/p live far beyond what p and q need.
    far = [float(mp.quad(integrand, [1.5, 4, 8, 16, 40, 80])), *truth[:1]]
    assert found.share[3] == pytest.approx(far[1], rel=1e-10)
    assert found.share[-1] == pytest.approx(far[0], rel=1e-9)
    assert found.share.sum() == pytest.approx(found.divergence, rel=1e-9)


PAIRS = [
    ("normal(0,1)", "normal(0,0.75)"),
    ("cauchy(0,1)", "cauchy(1,2)"),
    ("laplace(0,1)", "normal(0.5,1)"),
    ("drawn(0,4,AABBCCAA)", "uniform(0,4)"),
    ("beta(0.6,1)", "beta(1.1,1)"),
    ("uniform(0,2)", "uniform(1,3)"),
    ("normal(0,1)", "normal(40,1)"),
    ("poisson(3)", "poisson(4)"),
]


@each(("p", "q"), PAIRS)
@each("one", ALL)
def test_what_is_shown_and_what_is_lost_make_the_divergence(one: Generator, p: str, q: str) -> None:
    pair = pair_of(p, q)
    like = critic([0] * 24, window_of(pair))
    found = shown(one, pair, best(one, pair, like))
    every = (found.p, found.q, found.gain, found.share, found.lost, found.coarse)
    assert not any(np.isnan(part).any() for part in every)
    assert (found.lost >= 0).all() and (found.coarse >= 0).all()
    assert (found.lost >= found.coarse).all()
    if math.isfinite(found.divergence):
        size = max(abs(found.divergence), 1e-12)
        assert found.share.sum() == pytest.approx(found.divergence, rel=1e-9, abs=1e-15)
        assert found.bound + found.lost.sum() == pytest.approx(found.divergence, abs=1e-9 * size)
        assert found.bound <= found.divergence + 1e-12 * size
    else:
        assert np.isinf(found.lost).any() and found.gap == INF


@pytest.mark.parametrize("key", ["kl", "js", "squared_hellinger"])
def test_the_bound_is_that_of_the_same_critic_as_a_function(key: str) -> None:
    one, t = GENERATORS[key], critic([-0.5, 0.2, 0.1, -1, 0.3], (-1, 2))

    def step(x: Any) -> Any:
        return np.array(t.values)[np.searchsorted(t.edges, x, side="right")]

    p, q = parse("normal(0,1)"), parse("laplace(0.5,1)")
    # Over a step the general quadrature only creeps; here the cells are summed.
    found = shown(one, Pair(p, q), t).bound
    assert found == pytest.approx(variational_bound(key, p, q, step), abs=1e-6)


@each(
    ("p", "q", "key", "where"),
    [
        ("cauchy(0,1)", "normal(0,1)", "kl", [0, 7]),
        ("cauchy(0,1)", "normal(0,1)", "pearson", [0]),  # the first end found says it
        ("normal(0,1)", "cauchy(0,1)", "reverse_kl", [0, 7]),
        ("uniform(0,2)", "uniform(1,3)", "kl", [4, 5]),
        ("exponential(1)", "normal(0,1)", "pearson", [7]),
        ("beta(0.4,1)", "beta(1.1,1)", "pearson", [4]),
        ("poisson(2)", "pmf(0:1,1:1)", "kl", [7]),
    ],
)
def test_an_infinite_divergence_says_which_cells_are_lost(
    p: str, q: str, key: str, where: list[int]
) -> None:
    one = GENERATORS[key]
    found = shown(one, pair_of(p, q), critic(within(one, np.full(8, -0.1)).tolist(), (-2, 2)))
    lost = np.flatnonzero(np.isinf(found.lost)).tolist()
    assert found.gap == INF and math.isfinite(found.bound)
    assert set(where) <= set(lost) and len(lost) <= len(where) + 1


@pytest.mark.parametrize(
    ("p", "q", "t", "words"),
    [
        ("pmf(1,1)", "pmf(1,2)", critic([0] * 3), "one number for each of the 2 places"),
        ("normal(0,1)", "normal(1,1)", critic([0] * 3), "the critic has no window"),
        ("samples(0,1)", "normal(1,1)", critic([0] * 3), "compare two of one kind"),
    ],
)
def test_a_critic_of_other_places_is_refused(p: str, q: str, t: Critic, words: str) -> None:
    with pytest.raises(SceneError, match=words):
        shown(GENERATORS["kl"], pair_of(p, q), t)


def test_many_outcomes_get_cells_and_few_a_value_each() -> None:
    assert blank(GENERATORS["kl"], Pair(pmf(P), pmf(Q))).window is None
    many = pair_of("poisson(3000)", "poisson(3100)")
    assert blank(GENERATORS["kl"], many).window == window_of(many)
    with pytest.raises(SceneError, match="compare two of one kind"):
        blank(GENERATORS["kl"], pair_of("samples(0,1)", "normal(1,1)"))
