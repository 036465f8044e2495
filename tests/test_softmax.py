"""Softmax, its gradients, Gumbel noise and the Concrete density: mpmath, SciPy, quadrature."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from scipy import integrate, special, stats

from divviz.concrete import (
    binary_concrete,
    binary_concrete_log_density,
    concrete_log_density,
    exp_concrete_log_density,
    gumbel_max,
    gumbel_noise,
    gumbel_softmax,
    gumbel_softmax_vjp,
)
from divviz.errors import SceneError
from divviz.softmax import (
    log_softmax,
    log_softmax_jacobian,
    log_softmax_vjp,
    log_sum_exp,
    log_sum_exp_gradient,
    softmax,
    softmax_jacobian,
    softmax_vjp,
)

INF = math.inf
ORDINARY = [
    [0.0, 1.0, 2.0],
    [-3.0, 0.5, 0.5, 4.0],
    [10.0, -20.0, 0.25],
    [7.0],
    [1e4, 0.0, 1e4 - 3],
    [-1e4, -1e4, -1e4 + 1],
]
TEMPERATURES = [0.1, 0.5, 1.0, 3.0, 1e3]


def exact(logits: list[float], t: float) -> tuple[list[Any], Any]:
    """softmax and T log sum exp(x/T) in 60 digits."""
    with mp.workdps(60):
        top = max(logits)
        parts = [mp.exp((mp.mpf(x) - top) / t) if x > -INF else mp.mpf(0) for x in logits]
        total = sum(parts)
        return [part / total for part in parts], top + t * mp.log(total)


def close(found: Any, true: Any, tolerance: float) -> None:
    """Relative closeness to mpmath numbers, exact where they are 0."""
    for a, b in zip(np.ravel(found).tolist(), np.ravel(np.array(true, object)), strict=True):
        assert abs(a - b) <= tolerance * abs(b), (a, b)


# values


@each("t", TEMPERATURES)
@each("logits", ORDINARY)
def test_softmax_and_log_sum_exp_have_the_digits_of_mpmath(logits: list[float], t: float) -> None:
    p, total = exact(logits, t)
    seen = [v if v > 1e-300 else 0 for v in p]
    found = softmax(logits, t)
    close(np.where(found > 1e-300, found, 0), seen, 3e-13)
    close(log_sum_exp(logits, t), [total], 1e-15)
    with mp.workdps(60):
        close(log_softmax(logits, t), [mp.log(v) for v in p], 1e-12)


def test_ordinary_logits_give_what_scipy_gives() -> None:
    x = np.random.default_rng(3).normal(0, 3, (4, 5, 6))
    for axis in (0, 1, 2, -1, -3):
        np.testing.assert_allclose(softmax(x, axis=axis), special.softmax(x, axis), rtol=1e-13)
        np.testing.assert_allclose(
            log_softmax(x, axis=axis), special.log_softmax(x, axis), rtol=1e-13, atol=1e-15
        )
        np.testing.assert_allclose(
            log_sum_exp(x, axis=axis), special.logsumexp(x, axis), rtol=1e-13
        )


def test_the_logarithm_of_a_nearly_sure_outcome_keeps_its_digits() -> None:
    """SciPy returns exactly 0 here."""
    with mp.workdps(60):
        close(log_softmax([0, -50, -52])[0], [-mp.log1p(mp.exp(-50) + mp.exp(-52))], 1e-15)


def test_logits_of_1e308_do_not_overflow() -> None:
    assert softmax([1e308, -1e308]).tolist() == [1, 0]
    assert softmax([1e308, 1e308, -1e308]).tolist() == [0.5, 0.5, 0]
    np.testing.assert_allclose(log_softmax([1.7e308, -1.7e308], 1e300), [0, -3.4e8], rtol=1e-15)
    assert log_sum_exp([1.7e308, 1.7e308], 1e300) == pytest.approx(1.7e308, rel=1e-7)
    assert np.isfinite(log_sum_exp([1.79e308] * 99, 1e300))


def test_minus_infinity_has_probability_exactly_0() -> None:
    assert softmax([-INF, 0, 0]).tolist() == [0, 0.5, 0.5]
    assert log_softmax([-INF, 0]).tolist() == [-INF, 0]
    assert log_sum_exp([-INF, 3]) == 3


def test_underflow_is_not_told_as_probability_0() -> None:
    assert softmax([0, -1e5])[1] == 0
    assert log_softmax([0, -1e5])[1] == -1e5
    assert log_softmax([1e308, -1e308])[1] > -INF


def test_one_infinite_logit_takes_all() -> None:
    for t in (0, 0.5, 1, INF):
        assert softmax([3, INF, -INF], t).tolist() == [0, 1, 0]
        assert log_softmax([3, INF], t).tolist() == [-INF, 0]
        assert log_sum_exp([3, INF], t) == INF
    assert not softmax_jacobian([3, INF]).any()


def test_softmax_does_not_change_when_all_logits_shift() -> None:
    """Shifts by which no logit is rounded: equality is exact."""
    x = np.array([0.5, -3.25, 7.0, 2.125])
    for shift in (1024.0, -4096.5, 2.0**40):
        assert softmax(x + shift).tolist() == softmax(x).tolist()
        assert log_softmax(x + shift).tolist() == log_softmax(x).tolist()
        assert log_sum_exp(x + shift) == pytest.approx(float(log_sum_exp(x)) + shift, rel=1e-15)


def test_softmax_of_a_probability_vector_is_another_distribution() -> None:
    """The double softmax: (0.9, 0.1) becomes (0.69, 0.31); only the uniform stays."""
    p = softmax([math.log(9), 0])
    np.testing.assert_allclose(p, [0.9, 0.1], rtol=1e-15)
    np.testing.assert_allclose(softmax(p), [1 / (1 + math.exp(-0.8)), 1 / (1 + math.exp(0.8))])
    assert softmax([0.25] * 4).tolist() == [0.25] * 4


def test_softmax_of_the_logs_of_a_distribution_is_the_distribution() -> None:
    p = np.array([0.5, 0.2, 0.3])
    np.testing.assert_allclose(softmax(np.log(p)), p, rtol=1e-15)


def test_at_temperature_0_the_largest_logits_share_all() -> None:
    assert softmax([1, 3, 2], 0).tolist() == [0, 1, 0]
    assert softmax([3, 1, 3, -INF], 0).tolist() == [0.5, 0, 0.5, 0]
    assert log_softmax([3, 1, 3], 0).tolist() == [-math.log(2), -INF, -math.log(2)]
    assert log_sum_exp([3, 1, 3], 0) == 3
    assert softmax([3, 1, 3], 1e-300).tolist() == softmax([3, 1, 3], 0).tolist()


def test_at_temperature_infinity_all_possible_outcomes_share_equally() -> None:
    assert softmax([1e308, -5, 0, -INF], INF).tolist() == [1 / 3, 1 / 3, 1 / 3, 0]
    assert log_sum_exp([1, 2], INF) == INF
    assert log_sum_exp([5, -INF], INF) == 5
    assert softmax([1, -5, 0], 1e300).tolist() == softmax([1, -5, 0], INF).tolist()


def test_softmax_of_two_is_the_sigmoid() -> None:
    x = np.linspace(-700, 700, 57)
    found = softmax(np.stack([x, np.zeros_like(x)], 1))[:, 0]
    np.testing.assert_allclose(found, special.expit(x), rtol=3e-13)


def test_no_result_is_a_negative_zero() -> None:
    found = [log_softmax([0, INF]), log_softmax([5.0]), softmax_jacobian([0, -INF]),
             softmax_vjp([0, -INF], [-1, -1]), log_softmax_vjp([0, -800], [0, 0]),
             log_sum_exp([-0.0])]  # fmt: skip
    assert not any(np.signbit(a[a == 0]).any() for a in map(np.asarray, found))


# gradients


def slopes(function: Callable[[list[Any]], Any], x: list[float]) -> list[Any]:
    """Derivatives by central differences in 300 digits: relative errors of 1e-120."""
    with mp.workdps(300):
        h, found = mp.mpf(10) ** -60, []
        for i in range(len(x)):
            up, down = [mp.mpf(v) for v in x], [mp.mpf(v) for v in x]
            up[i] += h
            down[i] -= h
            found.append((function(up) - function(down)) / (2 * h))
        return found


def share(i: int, t: float) -> Callable[[list[Any]], Any]:
    def of(x: list[Any]) -> Any:
        return 1 / mp.fsum([mp.exp((v - x[i]) / t) for v in x])

    return of


GRADED = [[0.0, 1.0, 2.0], [-3.0, 0.5, 0.5], [40.0, 0.0, -1.0], [2.0, 2.0]]


@each("t", [0.25, 1.0, 4.0])
@each("x", GRADED)
def test_gradients_are_the_differences_of_mpmath(x: list[float], t: float) -> None:
    n = len(x)
    g = [1.5, -2.0, 0.25][:n]
    with mp.workdps(300):
        jacobian = [slopes(share(i, t), x) for i in range(n)]
        logs = [slopes(lambda v, i=i: mp.log(share(i, t)(v)), x) for i in range(n)]
        close(softmax_jacobian(x, t), jacobian, 2e-13)
        close(log_softmax_jacobian(x, t), logs, 2e-13)
        close(softmax_vjp(x, g, t),
              [mp.fsum([g[i] * jacobian[i][j] for i in range(n)]) for j in range(n)],
              2e-13)  # fmt: skip
        weighted = [mp.fsum([g[i] * logs[i][j] for i in range(n)]) for j in range(n)]
        largest = float(max(map(abs, weighted)))
        assert [float(v) for v in weighted] == pytest.approx(
            log_softmax_vjp(x, g, t).tolist(), rel=1e-12, abs=1e-14 * largest
        )
        total = slopes(lambda v: t * mp.log(mp.fsum([mp.exp(a / t) for a in v])), x)
        close(log_sum_exp_gradient(x, t), total, 2e-13)


def test_the_slope_of_cross_entropy_is_p_minus_y() -> None:
    x, y = [0.3, -1.0, 2.0], np.array([0.0, 0.0, 1.0])
    np.testing.assert_allclose(log_softmax_vjp(x, -y), special.softmax(x) - y, rtol=1e-14)


def test_the_slope_of_a_sure_and_right_answer_is_small_and_not_0() -> None:
    with mp.workdps(60):
        close(log_softmax_vjp([60, 0], [-1, 0]), [-1 / (1 + mp.exp(60)), 1 / (1 + mp.exp(60))],
              1e-14)  # fmt: skip


def test_products_with_the_jacobian_follow_any_axis() -> None:
    rng = np.random.default_rng(8)
    x, g = rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 4, 2))
    for product, jacobian in (
        (softmax_vjp, softmax_jacobian),
        (log_softmax_vjp, log_softmax_jacobian),
    ):
        for axis in (0, 1, -1):
            j = jacobian(x, 0.7, axis)
            expected = np.einsum("...i,...ij->...j", np.moveaxis(g, axis, -1), j)
            found = np.moveaxis(product(x, g, 0.7, axis), axis, -1)
            np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-14)


def test_rows_of_the_jacobian_sum_to_0_and_it_is_symmetric() -> None:
    j = softmax_jacobian(np.random.default_rng(1).normal(size=(20, 7)))
    assert (j == np.swapaxes(j, -1, -2)).all()
    assert np.abs(j.sum(-1)).max() < 1e-16


def test_at_temperature_infinity_all_slopes_are_0() -> None:
    assert not softmax_jacobian([1, 2, 3], INF).any()
    assert not softmax_vjp([1, 2, 3], [4, 5, 6], INF).any()


# Gumbel noise


def test_gumbel_max_draws_with_the_probabilities_of_softmax() -> None:
    """Chi-square with 4 degrees of freedom; an outcome without mass never comes."""
    logits = [0.0, 1.0, -1.0, 2.0, 0.5, -INF]
    drawn = gumbel_max(logits, gumbel_noise((200_000, 6), 12))
    counts = np.bincount(drawn, minlength=6)
    expected = 200_000 * special.softmax(logits)
    assert counts[5] == 0
    assert stats.chisquare(counts[:5], expected[:5]).pvalue > 0.01


def test_gumbel_noise_is_standard_gumbel() -> None:
    noise = gumbel_noise(50_000, 4)
    assert stats.kstest(noise, stats.gumbel_r.cdf).pvalue > 0.01


def test_a_seed_gives_the_same_noise_again_and_a_generator_goes_on() -> None:
    assert gumbel_noise((2, 3), 5).tolist() == gumbel_noise((2, 3), 5).tolist()
    rng = np.random.default_rng(5)
    assert gumbel_noise(3, rng).tolist() != gumbel_noise(3, rng).tolist()


def test_gumbel_max_is_the_argmax_of_the_sum() -> None:
    assert gumbel_max([0, 1, 2], [3.5, 0, 1]) == 0
    assert gumbel_max([[0, 1], [1, 0]], np.zeros((3, 2, 2))).tolist() == [[1, 0]] * 3
    assert gumbel_max([5, INF], [9, -9]) == 1


def test_gumbel_softmax_is_softmax_of_the_sum() -> None:
    x, g = np.array([0.2, -1.0, 0.7]), gumbel_noise((50, 3), 6)
    np.testing.assert_allclose(
        gumbel_softmax(x, g, 0.5), special.softmax((x + g) / 0.5, axis=-1), rtol=1e-13
    )


def test_the_cooled_gumbel_softmax_is_the_one_hot_of_gumbel_max() -> None:
    x, g = [0.2, -1.0, 0.7], gumbel_noise((100, 3), 7)
    one_hot = np.eye(3)[gumbel_max(x, g)]
    assert gumbel_softmax(x, g, 0).tolist() == one_hot.tolist()
    assert gumbel_softmax(x, g, 2.0, hard=True).tolist() == one_hot.tolist()
    np.testing.assert_allclose(gumbel_softmax(x, g, 1e-6), one_hot, atol=1e-9)


def test_a_hard_sample_of_equals_is_one_hot_and_takes_the_first() -> None:
    assert gumbel_softmax([1, 1], [0, 0], hard=True).tolist() == [1, 0]


@pytest.mark.parametrize("t", [0.3, 1.0])
def test_the_slope_of_gumbel_softmax_is_the_difference_of_mpmath(t: float) -> None:
    x, noise, g = [0.5, -0.25, 1.0], [0.75, 1.5, -0.5], [1.0, -2.0, 0.5]

    def value(v: list[Any]) -> Any:
        y = [a + b for a, b in zip(v, noise, strict=True)]
        return mp.fsum([g[i] * share(i, t)(y) for i in range(3)])

    close(gumbel_softmax_vjp(x, noise, g, t), slopes(value, x), 1e-13)


# the Concrete density


def exact_density(x: list[Any], logits: list[float], t: Any) -> Any:
    """Definition 1 of Maddison, Mnih & Teh (2017), factor by factor."""
    n = len(x)
    a = [mp.exp(v) for v in logits]
    bottom = mp.fsum([u * v**-t for u, v in zip(a, x, strict=True)])
    top = mp.fprod([u * v ** (-t - 1) / bottom for u, v in zip(a, x, strict=True)])
    return mp.factorial(n - 1) * t ** (n - 1) * top


@pytest.mark.parametrize("t", [0.1, 0.5, 1.0, 2.5])
def test_the_density_of_two_classes_integrates_to_1(t: float) -> None:
    """In the logit of x, by tanh-sinh: dx = x (1 - x) dy."""

    def integrand(y: float) -> float:
        log_x = [-float(np.logaddexp(0, -y)), -float(np.logaddexp(0, y))]
        log_p = exp_concrete_log_density(log_x, [0.4, -1.2], t) - sum(log_x)
        return math.exp(float(log_p) + sum(log_x))

    reach = 60 / t
    mass = integrate.quad(integrand, -reach, reach, points=[0.0, -1.6 / t], limit=400)[0]
    assert mass == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("t", [0.5, 1.0, 2.0])
def test_the_density_of_three_classes_integrates_to_1(t: float) -> None:
    """By the trapezoidal rule in the two log ratios, which converges geometrically."""
    u = np.arange(-45.0, 45.0, 0.25) / t
    a, b = np.meshgrid(u, u)
    y = np.stack([a, b, np.zeros_like(a)], -1)
    log_x = y - np.logaddexp(np.logaddexp(a, b), 0)[..., None]
    density = np.exp(exp_concrete_log_density(log_x, [0.5, -0.5, 1.0], t))
    # dx1 dx2 = x1 x2 x3 da db, and that product turns the density of x into that of log x.
    assert density.sum() * (0.25 / t) ** 2 == pytest.approx(1, abs=1e-9)


def test_the_density_is_that_of_a_change_of_variables() -> None:
    """p(x) times the volume that a step of the Gumbel differences makes, by finite differences."""
    logits, t = np.array([0.3, -0.8, 0.1]), 0.7

    def at(u: np.ndarray) -> np.ndarray:
        return special.softmax(np.append(u, 0.0) / t)

    u, h = np.array([0.9, -0.4]), 1e-5
    columns = [(at(u + h * e) - at(u - h * e))[:2] / (2 * h) for e in np.eye(2)]
    volume = abs(np.linalg.det(np.array(columns)))

    def of_difference(g: float) -> float:
        """u_k = logit_k + G_k - logit_3 - G_3: the joint density of two, given G_3 = g."""
        noise = u - logits[:2] + logits[2] + g
        return float(stats.gumbel_r.pdf(noise).prod() * stats.gumbel_r.pdf(g))

    density = integrate.quad(of_difference, -10, 60, epsabs=1e-13, limit=400)[0]
    found = float(concrete_log_density(at(u), logits, t))
    assert found == pytest.approx(math.log(density / volume), abs=1e-8)


@each("t", [0.01, 0.5, 1.0, 30.0])
@each("x", [[0.2, 0.3, 0.5], [1e-5, 0.5, 0.49999], [1e-300, 1e-200, 1.0], [5e-324, 0.25, 0.75]])
def test_the_density_keeps_its_digits_at_the_edges(x: list[float], t: float) -> None:
    logits = [0.5, -2.0, 1.0]
    with mp.workdps(60):
        log = mp.log(exact_density([mp.mpf(v) for v in x], logits, mp.mpf(t)))
    assert float(concrete_log_density(x, logits, t)) == pytest.approx(float(log), rel=1e-13)


def test_a_density_beyond_the_smallest_double_is_reached_in_logs() -> None:
    t, logits = 0.25, [0.0, 1.0]
    with mp.workdps(60):
        tiny = mp.exp(-(10**4))
        log = mp.log(exact_density([1 - tiny, tiny], logits, mp.mpf(t))) + mp.log(tiny)
    assert float(exp_concrete_log_density([0, -1e4], logits, t)) == pytest.approx(float(log))


def test_the_density_of_two_equal_classes_at_temperature_1_is_uniform() -> None:
    x = np.array([[0.25, 0.75], [0.5, 0.5], [0.125, 0.875]])
    np.testing.assert_allclose(concrete_log_density(x, [0, 0], 1), 0, atol=1e-15)


def test_the_density_does_not_change_when_all_logits_shift() -> None:
    x = [0.25, 0.25, 0.5]
    found = concrete_log_density(x, [1024.5, 1025, 1023], 0.5)
    assert found == concrete_log_density(x, [0.5, 1, -1], 0.5)


def test_samples_follow_the_density() -> None:
    """The share of x1 below 0.2 of 100,000 samples against quadrature, within 4 deviations."""
    logits, t = [0.5, -0.5], 0.6
    drawn = gumbel_softmax(logits, gumbel_noise((100_000, 2), 9), t)[:, 0]

    def density(x: float) -> float:
        return math.exp(float(concrete_log_density([x, 1 - x], logits, t)))

    mass = integrate.quad(density, 1e-12, 0.2, limit=200)[0]
    spread = math.sqrt(mass * (1 - mass) / 100_000)
    assert (drawn < 0.2).mean() == pytest.approx(mass, abs=4 * spread)


# the binary Concrete


def test_binary_concrete_is_the_sigmoid_of_the_sum() -> None:
    noise = stats.logistic.rvs(size=100, random_state=3)
    found = binary_concrete(0.4, noise, 0.5)
    np.testing.assert_allclose(found, special.expit((0.4 + noise) / 0.5), rtol=1e-13)
    assert binary_concrete(0.4, [1.0, -1.0], 0).tolist() == [1, 0]


def test_the_binary_density_is_that_of_two_classes() -> None:
    x = np.array([1e-12, 0.1, 0.5, 0.75])
    two = concrete_log_density(np.stack([x, 1 - x], -1), [0.7, 0.0], 0.4)
    np.testing.assert_allclose(binary_concrete_log_density(x, 0.7, 0.4), two, rtol=1e-12)


def test_the_binary_density_is_that_of_mpmath() -> None:
    for x in (1e-300, 1e-9, 0.3, 1 - 2**-50):
        for a in (-5.0, 0.0, 30.0):
            with mp.workdps(60):
                v = mp.mpf(x)
                log = mp.log(exact_density([v, 1 - v], [a, 0.0], mp.mpf(0.4)))
            found = float(binary_concrete_log_density(x, a, 0.4))
            assert found == pytest.approx(float(log), rel=1e-13), (x, a)


# what is refused


@each(
    ("code", "call"),
    [
        ("softmax_type", lambda: softmax(["a", "b"])),
        ("softmax_type", lambda: softmax([[1, 2], [3]])),
        ("softmax_type", lambda: softmax([True, False])),
        ("softmax_type", lambda: softmax(None)),
        ("softmax_type", lambda: softmax([1j])),
        ("softmax_type", lambda: softmax([10**400, 1])),
        ("softmax_logit", lambda: softmax([0, math.nan])),
        ("softmax_none", lambda: softmax([-INF, -INF])),
        ("softmax_none", lambda: log_softmax([[0, 1], [-INF, -INF]])),
        ("softmax_none", lambda: log_sum_exp([-INF])),
        ("softmax_infinite", lambda: softmax([INF, 1, INF])),
        ("softmax_axis", lambda: softmax([1, 2], axis=1)),
        ("softmax_axis", lambda: softmax([1, 2], axis=0.5)),
        ("softmax_axis", lambda: softmax(3.0)),
        ("softmax_empty", lambda: softmax([])),
        ("softmax_temperature", lambda: softmax([1, 2], -1)),
        ("softmax_temperature", lambda: softmax([1, 2], math.nan)),
        ("softmax_temperature", lambda: softmax([1, 2], 1e-310)),
        ("softmax_temperature", lambda: softmax([1, 2], "hot")),
        ("softmax_slope", lambda: softmax_jacobian([1, 2], 0)),
        ("softmax_slope", lambda: log_softmax_jacobian([1, 2], 0)),
        ("softmax_slope", lambda: log_sum_exp_gradient([1, 2], 0)),
        ("softmax_slope", lambda: gumbel_softmax_vjp([1, 2], [0, 0], [1, 1], 0)),
        ("softmax_shape", lambda: softmax_vjp([1, 2], [1, 2, 3])),
        ("softmax_number", lambda: softmax_vjp([1, 2], [1, INF])),
        ("softmax_jacobian", lambda: softmax_jacobian(np.zeros(4000))),
        ("softmax_shape", lambda: gumbel_max([1, 2], [1, 2, 3])),
        ("softmax_shape", lambda: gumbel_max([[1, 2]], [1, 2])),
        ("softmax_shape", lambda: binary_concrete([1, 2], 1.0)),
        ("softmax_number", lambda: gumbel_max([1, 2], [INF, 0])),
        ("noise_seed", lambda: gumbel_noise(3, -1)),
        ("noise_seed", lambda: gumbel_noise(3, True)),
        ("noise_seed", lambda: gumbel_noise(3, 0.5)),
        ("noise_shape", lambda: gumbel_noise((-1, 2), 0)),
        ("concrete_temperature", lambda: concrete_log_density([0.5, 0.5], [0, 0], 0)),
        ("concrete_temperature", lambda: concrete_log_density([0.5, 0.5], [0, 0], INF)),
        ("concrete_temperature", lambda: binary_concrete_log_density(0.5, 0, "x")),
        ("concrete_classes", lambda: concrete_log_density([1.0], [0], 1)),
        ("concrete_classes", lambda: concrete_log_density(0.5, [0, 0], 1)),
        ("concrete_point", lambda: concrete_log_density([0, 1], [0, 0], 1)),
        ("concrete_point", lambda: concrete_log_density([math.nan, 1], [0, 0], 1)),
        ("concrete_point", lambda: exp_concrete_log_density([-INF, 0], [0, 0], 1)),
        ("concrete_point", lambda: binary_concrete_log_density(1.0, 0, 1)),
        ("concrete_sum", lambda: concrete_log_density([0.5, 0.6], [0, 0], 1)),
        ("concrete_sum", lambda: exp_concrete_log_density([-1, -1], [0, 0], 1)),
        ("softmax_number", lambda: concrete_log_density([0.5, 0.5], [-INF, 0], 1)),
        ("softmax_shape", lambda: concrete_log_density([0.5, 0.5], [0, 0, 0], 1)),
        ("softmax_shape", lambda: binary_concrete_log_density([0.5], [0, 0], 1)),
    ],
)
def test_bad_input_is_refused_with_a_sentence(code: str, call: Callable[[], Any]) -> None:
    with pytest.raises(SceneError) as caught:
        call()
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_no_warning_is_printed_and_the_error_state_of_numpy_stays(recwarn: Any) -> None:
    with np.errstate(all="raise"):
        softmax([0, -1e4, -INF, 1e308])
        log_softmax([1e308, -1e308, -INF])
        log_sum_exp([0, -1e5], 1e-300)
        softmax_vjp([0, -1e5], [1e300, -1e300], 1e-300)
        gumbel_softmax([0, -INF], [1e300, -1e300], 0.1)
        concrete_log_density([1e-300, 1.0], [0, 1], 30)
        assert np.geterr()["over"] == "raise"
    assert not recwarn
