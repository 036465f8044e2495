"""The space worms and the slide of KL down to the best binomial: mpmath in 30 digits and SciPy."""

from __future__ import annotations

import math
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from scipy import stats
from scipy.optimize import minimize_scalar

from divviz.errors import SceneError
from divviz.grammar import parse
from divviz.worms import MOST_COUNTS, TEETH, slide, tally, worms

SHARES = (0.02, 0.03, 0.05, 0.14, 0.16, 0.15, 0.12, 0.08, 0.10, 0.08, 0.07)


def exact_kl(counts: Any, p: Any, n: int | None = None) -> Any:
    """KL in nats of the shares of counts of 0, 1, ... to Binomial(n, p), in 30 digits."""
    with mp.workdps(30):
        n, p = len(counts) - 1 if n is None else n, mp.mpf(p)
        total = mp.fsum(map(mp.mpf, counts))
        return mp.fsum(
            mp.mpf(c)
            / total
            * mp.log(mp.mpf(c) / total / (mp.binomial(n, k) * p**k * (1 - p) ** (n - k)))
            for k, c in enumerate(counts)
            if c
        )


def exact_uniform(counts: Any) -> Any:
    with mp.workdps(30):
        total = mp.fsum(map(mp.mpf, counts))
        shares = [mp.mpf(c) / total for c in counts]
        return mp.fsum(s * mp.log(s * len(counts)) for s in shares if s)


# the worms


def test_the_worms_are_a_hundred_with_5_44_teeth_on_average() -> None:
    assert sum(TEETH) == 100
    assert [count / 100 for count in TEETH] == list(SHARES)
    assert worms().mean() == pytest.approx(5.44, rel=1e-15)
    assert slide().mean == 5.44
    np.testing.assert_allclose(worms().density(np.arange(11)), SHARES, rtol=1e-14)


def test_the_divergences_that_the_module_quotes_are_those_of_30_digits() -> None:
    with mp.workdps(30):
        assert mp.nstr(exact_uniform(TEETH), 18) == "0.136679710949669391"
        assert mp.nstr(exact_kl(TEETH, mp.mpf("0.544")), 18) == "0.427349724856193118"
    assert slide().uniform == pytest.approx(float(exact_uniform(TEETH)), rel=1e-14)
    assert slide().least == pytest.approx(float(exact_kl(TEETH, mp.mpf("0.544"))), rel=2e-14)


def test_the_values_that_circulate_are_no_divergences_of_this_table() -> None:
    with mp.workdps(30):
        shares = [mp.mpf(c) / 100 for c in TEETH]
        models = {"uniform": [mp.mpf(1) / 11] * 11}
        for p in ("0.5", "0.544", "0.57"):
            t = mp.mpf(p)
            models[p] = [mp.binomial(10, k) * t**k * (1 - t) ** (10 - k) for k in range(11)]
        found = [
            mp.fsum(a * mp.log(a / b) for a, b in zip(one, other, strict=True)) / unit
            for q in models.values()
            for one, other in ((shares, q), (q, shares))
            for unit in (1, mp.log(2), mp.log(10))
        ]
    assert len(found) == 24
    for quoted in (0.338, 0.477):
        assert min(abs(value - quoted) for value in found) > 0.002
    # Of 10 teeth 11 counts are made: n = 11 and p = mean/11 is the other slip in circulation.
    with mp.workdps(30):
        assert mp.nstr(exact_kl(TEETH, mp.mpf("5.44") / 11, 11), 3) == "0.328"


# the slide


def tallies() -> list[list[float]]:
    rng = np.random.default_rng(8)
    some = [list(TEETH), list(SHARES), [1, 1], [0, 3, 1], [1, 0, 0, 0, 5], [1e-300, 2e-300, 1e-300]]
    return some + [[*rng.integers(0, 9, n).tolist(), 1] for n in (1, 4, 20, 60)]


@each("counts", tallies())
def test_kl_to_every_binomial_is_that_of_30_digits(counts: list[float]) -> None:
    found = slide(counts)
    for p in (1e-300, 1e-9, 0.01, 0.3, found.best, found.best * (1 + 1e-9), 0.9, 1 - 1e-9):
        assert float(found.kl(p)) == pytest.approx(float(exact_kl(counts, p)), rel=1e-12, abs=1e-14)
    assert found.uniform == pytest.approx(float(exact_uniform(counts)), rel=1e-12, abs=1e-14)


def test_the_divergence_of_a_binomial_to_its_neighbours_keeps_its_digits() -> None:
    found = slide([1, 2, 1])  # Binomial(2, 1/2)
    assert found.least == 0
    for step in (1e-3, 1e-6, 1e-8):
        expected = float(exact_kl([1, 2, 1], 0.5 + step))
        # In 30 digits the sum itself has lost those of the step's square.
        assert float(found.kl(0.5 + step)) == pytest.approx(expected, rel=1e-9)


@each("counts", tallies())
def test_the_best_p_is_the_mean_over_n_and_what_a_search_finds(counts: list[float]) -> None:
    found = slide(counts)
    k = np.arange(len(counts))
    assert found.best == pytest.approx(np.average(k, weights=counts) / (len(counts) - 1), rel=1e-14)
    searched = minimize_scalar(
        lambda p: -np.average(stats.binom.logpmf(k, len(k) - 1, p), weights=counts),
        bounds=(1e-9, 1 - 1e-9),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert found.best == pytest.approx(searched.x, abs=1e-6)
    assert float(found.kl(found.best)) == found.least
    assert (found.kl(np.linspace(0, 1, 101)) >= found.least).all()
    assert float(found.slope(found.best)) == 0


def test_the_slope_is_the_derivative() -> None:
    for p in (0.01, 0.2, 0.544 + 1e-6, 0.9):
        with mp.workdps(30):
            step = mp.mpf("1e-10")
            rise = exact_kl(TEETH, mp.mpf(p) + step) - exact_kl(TEETH, mp.mpf(p) - step)
            expected = float(rise / (2 * step))
        assert float(slide().slope(p)) == pytest.approx(expected, rel=1e-9)


@each("counts", tallies())
def test_the_log_likelihood_is_minus_the_total_times_entropy_plus_kl(counts: list[float]) -> None:
    p = np.array([0.05, 0.3, 0.544, 0.8])
    k, weights = np.arange(len(counts)), np.array(counts)
    logs = [(weights * stats.binom.logpmf(k, len(k) - 1, one)).sum() for one in p]
    found = slide(counts)
    np.testing.assert_allclose(-sum(counts) * (found.entropy + found.kl(p)), logs, rtol=1e-12)


def test_kl_is_infinite_at_0_and_1_unless_all_values_lie_there() -> None:
    assert slide().kl([0, 1]).tolist() == [math.inf, math.inf]
    assert slide().slope([0, 1]).tolist() == [-math.inf, math.inf]
    none, all_of = slide([7, 0, 0]), slide([0, 0, 7])
    np.testing.assert_allclose(none.kl([0, 0.5, 1]), [0, 2 * math.log(2), math.inf])
    np.testing.assert_allclose(all_of.kl([0, 0.5, 1]), [math.inf, 2 * math.log(2), 0])
    assert none.slope([0, 0.5, 1]).tolist() == [2, 4, math.inf]
    assert all_of.slope([0, 0.5, 1]).tolist() == [-math.inf, -4, -2]
    assert (none.best, all_of.best, none.least, all_of.least) == (0, 1, 0, 0)


def test_p_may_have_any_shape() -> None:
    assert slide().kl(0.5).shape == ()
    assert slide().kl(np.full((2, 3), 0.5)).shape == (2, 3)


@each(
    ("call", "code"),
    [
        (lambda: slide([3]), "tally_count"),
        (lambda: slide([1] * (MOST_COUNTS + 1)), "tally_count"),
        (lambda: slide([1, -1]), "weight"),
        (lambda: slide([1, math.nan]), "weight"),
        (lambda: slide([1, "2"]), "weight"),
        (lambda: slide([0, 0]), "weights_zero"),
        (lambda: slide("12"), "numbers_list"),
        (lambda: slide().kl(1.01), "act_share"),
        (lambda: slide().kl(math.nan), "act_share"),
        (lambda: slide().slope([0.5, -1]), "act_share"),
        (lambda: slide().kl("half"), "act_share"),
    ],
)
def test_what_cannot_slide_is_refused(call: Any, code: str) -> None:
    with pytest.raises(SceneError) as refused:
        call()
    assert refused.value.code == code
    assert str(refused.value)


@each(
    ("text", "counts"),
    [
        ("pmf(2,3,5)", (2, 3, 5)),
        ("pmf(4:2,1:3)", (0, 3, 0, 0, 2)),
        ("samples(1,4,4,0)", (1, 1, 0, 0, 2)),
        ("pmf(3)", (3, 0)),
        ("binomial(2,0.5)", (0.25, 0.5, 0.25)),
        ("truncated(poisson(1),0,1)", (0.5, 0.5)),
    ],
)
def test_a_tally_counts_whole_numbers_from_zero(text: str, counts: tuple[float, ...]) -> None:
    assert tally(parse(text)) == pytest.approx(counts, abs=1e-15)


@each(
    "text",
    [
        "normal(0,1)",
        "poisson(2)",
        "pmf(a:1,b:2)",
        "pmf(-1:1,2:1)",
        "pmf(0.5:1,2:1)",
        "samples(1.5,2)",
        "samples(1,1e9)",
        "fitted(normal,1,2)",
    ],
)
def test_what_does_not_count_from_zero_is_no_tally(text: str) -> None:
    assert tally(parse(text)) is None


def test_a_tally_has_no_outcome_above_the_last_that_is_wanted() -> None:
    assert tally(parse("pmf(64:1)"), 64) is not None and tally(parse("pmf(65:1)"), 64) is None
