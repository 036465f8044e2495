"""f-divergences against their definition, their conjugates, and what critics reach."""

import math
from collections.abc import Callable

import mpmath as mp
import numpy as np
import pytest
from cases import each
from scipy.optimize import minimize_scalar

import divviz
from divviz import SceneError, parse, pmf
from divviz.dist import Dist
from divviz.generators import GENERATORS, f_divergence, optimal_critic, variational_bound

P, Q = [0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]
F: dict[str, Callable[[mp.mpf], mp.mpf]] = {
    "kl": lambda u: u * mp.log(u),
    "reverse_kl": lambda u: -mp.log(u),
    "js": lambda u: (u * mp.log(u) - (u + 1) * mp.log((u + 1) / 2)) / 2,
    "gan": lambda u: u * mp.log(u) - (u + 1) * mp.log(u + 1),
    "squared_hellinger": lambda u: (mp.sqrt(u) - 1) ** 2 / 2,
    "pearson": lambda u: (u - 1) ** 2,
    "neyman": lambda u: (u - 1) ** 2 / u,
    "total_variation": lambda u: abs(u - 1) / 2,
    "jeffreys": lambda u: (u - 1) * mp.log(u),
}
U = np.array([1e-3, 0.2, 0.5, 0.99, 1.0, 1.3, 4.0, 50.0])
DENSITIES = [
    (parse("normal(0,1)"), parse("normal(1,1.2)")),
    (parse("laplace(0,1)"), parse("laplace(0.5,1.3)")),
]


def test_every_generator_has_an_oracle() -> None:
    assert F.keys() == GENERATORS.keys()


@each("key", GENERATORS)
def test_f_is_the_formula_of_its_name(key: str) -> None:
    truth = [float(F[key](mp.mpf(u))) for u in U]
    assert GENERATORS[key].f(U).tolist() == pytest.approx(truth, rel=1e-11, abs=1e-15)


@each("key", GENERATORS)
def test_the_slope_is_the_derivative_of_f(key: str) -> None:
    smooth = U[U != 1] if key == "total_variation" else U
    truth = [float(mp.diff(F[key], mp.mpf(u))) for u in smooth]
    assert GENERATORS[key].slope(smooth).tolist() == pytest.approx(truth, rel=1e-11, abs=1e-13)


@each("key", GENERATORS)
def test_the_conjugate_is_the_supremum_of_its_definition(key: str) -> None:
    one = GENERATORS[key]
    low, high = one.critic
    for share in (0.02, 0.3, 0.6, 0.9):
        t = max(low, -3.0) + share * (min(high, 2.0) - max(low, -3.0))
        best = minimize_scalar(
            lambda s, t=t: -(t * math.exp(s) - float(one.f(np.array(math.exp(s))))),
            bounds=(-30, 30),
            method="bounded",
            options={"xatol": 1e-12},
        )
        at_zero = -float(F[key](mp.mpf("1e-30")))
        assert float(one.conjugate(np.array(t))) == pytest.approx(
            max(-best.fun, at_zero), rel=1e-7, abs=1e-7
        )


@each("key", GENERATORS)
def test_the_conjugate_is_infinite_past_the_end_of_its_range(key: str) -> None:
    high = GENERATORS[key].critic[1]
    if math.isfinite(high):
        assert float(GENERATORS[key].conjugate(np.array(high + 1e-9))) == math.inf
    else:
        assert math.isfinite(float(GENERATORS[key].conjugate(np.array(20.0))))


@each("key", GENERATORS)
def test_the_divergence_is_the_sum_of_q_f_of_p_over_q(key: str) -> None:
    truth = mp.fsum(mp.mpf(q) * F[key](mp.mpf(p) / mp.mpf(q)) for p, q in zip(P, Q, strict=True))
    assert f_divergence(key, pmf(P), pmf(Q)) == pytest.approx(float(truth), rel=1e-12)


@each(("p", "q"), DENSITIES)
@each("key", GENERATORS)
def test_the_optimal_critic_reaches_the_divergence(key: str, p: Dist, q: Dist) -> None:
    value = f_divergence(key, p, q)
    assert math.isfinite(value)
    assert variational_bound(key, p, q, optimal_critic(key, p, q)) == pytest.approx(
        value, rel=1e-7, abs=1e-9
    )


@each("key", GENERATORS)
def test_no_critic_shows_more_than_the_divergence(key: str) -> None:
    p, q = pmf(P), pmf(Q)
    value, critic = f_divergence(key, p, q), optimal_critic(key, p, q)
    x = np.arange(4.0)
    best = critic(x)
    assert variational_bound(key, p, q, lambda _: best) == pytest.approx(value, rel=1e-12)
    noise = np.random.default_rng(3)
    for size in (1e-3, 0.1, 1.0):
        worse = best + size * noise.normal(size=4)
        assert variational_bound(key, p, q, lambda _, t=worse: t) <= value + 1e-15


def test_f_gan_s_names_are_twice_ours() -> None:
    p, q = pmf(P), pmf(Q)
    js = divviz.measure("js", p, q)
    assert f_divergence("js", p, q) == js
    assert f_divergence("gan", p, q) == pytest.approx(2 * js - math.log(4), rel=1e-15)
    assert 2 * f_divergence("squared_hellinger", p, q) == divviz.measure("squared_chord", p, q)


def test_a_critic_out_of_range_shows_nothing() -> None:
    assert variational_bound("reverse_kl", pmf(P), pmf(Q), lambda x: 1.0) == -math.inf


@each("key", [key for key in GENERATORS if GENERATORS[key].critic[1] < math.inf])
def test_a_critic_out_of_range_where_q_is_zero_shows_nothing(key: str) -> None:
    p, q = pmf([1, 0, 1]), pmf([0, 1, 1])
    high = GENERATORS[key].critic[1]
    at_the_end = variational_bound(key, p, q, lambda x: np.array([high, -0.5, -0.5]))
    # By hand: places of masses (1/2, 0), (0, 1/2) and (1/2, 1/2).
    truth = 0.5 * high - 0.5 * CONJUGATES[key] + 0.5 * (-0.5 - CONJUGATES[key])
    assert at_the_end == pytest.approx(truth, rel=1e-12, abs=1e-15)
    assert at_the_end <= f_divergence(key, p, q)
    beyond = np.array([math.nextafter(high, math.inf), -0.5, -0.5])
    assert variational_bound(key, p, q, lambda x: beyond) == -math.inf
    assert variational_bound(key, p, q, lambda x: np.array([100.0, 0.0, 0.0])) == -math.inf


# f*(-1/2) from table 6 of Nowozin, Cseke & Tomioka; its JS and squared Hellinger are twice ours,
# and the conjugate of f/2 at t is half that of f at 2t.
CONJUGATES = {
    "reverse_kl": -1 - math.log(0.5),
    "js": -0.5 * math.log(2 - math.exp(-1)),
    "gan": -math.log(1 - math.exp(-0.5)),
    "squared_hellinger": 0.5 * (-1 / 2),
    "neyman": 2 - 2 * math.sqrt(1.5),
    "total_variation": -0.5,
}


def test_disjoint_supports_give_the_largest_values() -> None:
    p, q = parse("uniform(0,1)"), parse("uniform(2,3)")
    found = {key: f_divergence(key, p, q) for key in GENERATORS}
    assert found["js"] == math.log(2) and found["gan"] == 0
    assert found["squared_hellinger"] == found["total_variation"] == 1
    assert {found[k] for k in ("kl", "reverse_kl", "pearson", "neyman", "jeffreys")} == {math.inf}


@pytest.mark.parametrize("critic", [lambda x: x[:2], lambda x: np.full(len(x), math.nan)])
def test_a_critic_that_is_no_function_of_x_is_refused(critic: Callable[..., object]) -> None:
    with pytest.raises(SceneError, match="one number for each of the 4 places"):
        variational_bound("kl", pmf(P), pmf(Q), critic)


def test_an_unknown_generator_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SceneError, match="choose one of: kl, reverse_kl"):
        f_divergence("f", pmf(P), pmf(Q))
