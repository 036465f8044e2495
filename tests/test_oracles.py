"""Information against 30-digit quadrature, exact rationals, closed forms, SciPy and the books.

What quadrature and rationals give is on record; some of it is taken again here.
"""

from __future__ import annotations

import json
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from oracles import FILE, N01, ORACLES, OUTCOMES, RANDOM, SMOOTH, close, recorded
from quadrature import DIGITS, INF, INFORMATION, Exact, exact_of, integrate_all
from scipy import stats
from scipy.spatial.distance import jensenshannon

from divviz.families import make, pmf
from divviz.measures import evaluate

AGAIN = 12  # every so many recorded pairs one is computed anew
TAIL_TOO_HEAVY = {
    ("student 1.5 against normal", "pq"),
    ("cauchy against laplace", "pq"),
    ("a heavy part of 1e-12", "pq"),
}


def infinite_in(name: str, p: Exact, q: Exact, way: str) -> bool:
    one, other = (p, q) if way == "pq" else (q, p)
    outside = one.support[0] < other.support[0] or one.support[1] > other.support[1]
    return outside or (name, way) in TAIL_TOO_HEAVY


@each("name", SMOOTH)
def test_densities_agree_with_30_digit_quadrature(name: str) -> None:
    p, q = SMOOTH[name]
    one, other = exact_of(p), exact_of(q)
    truth = recorded("integrals", name)
    found = evaluate(p, q)
    for key in INFORMATION:
        way = key[-2:]
        infinite = way in ("pq", "qp") and infinite_in(name, one, other, way)
        close(found[key], INF if infinite else truth[key])
    close(found["js_distance"], mp.sqrt(truth["js"]))


BETAS = [((0.5, 2), (0.3, 3)), ((2, 5), (3, 1)), ((0.05, 1), (1, 1)), ((20, 30), (2, 2))]


@pytest.mark.parametrize(("one", "other"), BETAS)
def test_betas_agree_with_30_digit_quadrature_at_either_end(one: Any, other: Any) -> None:
    p, q = make("beta", *one), make("beta", *other)
    truth = integrate_all(exact_of(p), exact_of(q))
    mirrored = evaluate(make("beta", *one[::-1]), make("beta", *other[::-1]))
    for key, value in evaluate(p, q).items():
        if key in INFORMATION:
            close(value, truth[key])
        # x -> 1 - x changes nothing; the singular end is now the far one.
        close(mirrored[key], value, 1e-10)


@mp.workdps(DIGITS)
def kl_of_betas(a: float, b: float, c: float, d: float) -> Any:
    """Rauber et al., Probabilistic divergence measures for the Beta density (2008), (10)."""
    gap = mp.log(mp.beta(c, d) / mp.beta(a, b))
    psi = mp.digamma(a + b)
    return gap + (a - c) * (mp.digamma(a) - psi) + (b - d) * (mp.digamma(b) - psi)


@pytest.mark.parametrize(
    ("one", "other"),
    [((0.5, 0.5), (2, 0.3)), ((0.1, 0.1), (5, 5)), ((0.02, 0.7), (3, 0.5)), ((300, 2), (1, 1))],
)
def test_kl_of_betas_with_two_singular_ends_has_its_closed_form(one: Any, other: Any) -> None:
    found = evaluate(make("beta", *one), make("beta", *other))
    close(found["kl_pq"], kl_of_betas(*map(mp.mpf, (*one, *other))))
    close(found["kl_qp"], kl_of_betas(*map(mp.mpf, (*other, *one))))


@each("name", OUTCOMES)
def test_outcomes_agree_with_exact_rationals_to_12_digits(name: str) -> None:
    p, q = OUTCOMES[name]
    truth = recorded("rationals", name)
    if name == "binomial against poisson":
        truth["kl_qp"] = truth["cross_entropy_qp"] = INF
    for key, value in evaluate(p, q).items():
        if key in truth:
            close(value, truth[key], 1e-12)


def test_every_pair_has_its_truths_on_record() -> None:
    written = json.loads(FILE.read_text())
    assert {group: list(truths) for group, truths in written.items()} == {
        group: list(pairs) for group, (_, pairs) in ORACLES.items()
    }


@pytest.mark.parametrize(
    ("group", "name"),
    [(group, name) for group, (_, pairs) in ORACLES.items() for name in list(pairs)[1::AGAIN]],
)
def test_what_is_on_record_is_what_the_oracle_finds(group: str, name: str) -> None:
    truth, fresh = recorded(group, name), ORACLES[group][0](name)
    assert fresh.keys() == truth.keys()
    for key, value in fresh.items():
        assert value == truth[key] or abs(value - truth[key]) <= 1e-20 * abs(value), key


def test_a_million_outcomes_agree_with_scipy() -> None:
    w, v = RANDOM.random(10**6), RANDOM.random(10**6)
    p, q = w / w.sum(), v / v.sum()
    found = evaluate(pmf(w), pmf(v))
    close(found["entropy_p"], stats.entropy(p), 1e-12)
    close(found["kl_pq"], stats.entropy(p, q), 1e-12)
    close(found["js_distance"], jensenshannon(p, q), 1e-10)
    x = np.arange(10.0**6)
    close(found["w1"], stats.wasserstein_distance(x, x, p, q), 1e-9)


# Published and textbook values


def test_a_final_at_99_to_1_carries_0_0808_bits() -> None:
    """The subject's football final; its outsider carries 6.64 bits (an article prints 6.6493)."""
    bits = evaluate(pmf([99, 1]), pmf([1, 1]), "bits")
    assert round(bits["entropy_p"], 4) == 0.0808
    assert bits["entropy_q"] == 1.0


def test_the_horse_race_of_cover_and_thomas_carries_2_bits() -> None:
    """Cover & Thomas (2006), example 1.1.2: eight horses."""
    race = pmf([1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1 / 64, 1 / 64, 1 / 64])
    close(evaluate(race, pmf([1] * 8), "bits")["entropy_p"], 2, 1e-15)


def test_kl_of_a_fair_and_a_biased_coin_is_that_of_cover_and_thomas() -> None:
    """Cover & Thomas (2006), example 2.3.1: r = 1/2, s = 1/4 gives 0.2075 and 0.1887 bits."""
    found = evaluate(pmf([1, 1]), pmf([3, 1]), "bits")
    assert (round(found["kl_pq"], 4), round(found["kl_qp"], 4)) == (0.2075, 0.1887)


def test_normals_40_sigma_apart_have_kl_800_not_infinity() -> None:
    close(evaluate(N01, make("normal", 40, 1))["kl_pq"], 800, 1e-13)


def test_cauchys_have_the_closed_form_of_chyzak_and_nielsen() -> None:
    """Chyzak & Nielsen, arXiv:1905.10965 (2019), theorem 1."""
    found = evaluate(make("cauchy", 0, 1), make("cauchy", 3, 20))["kl_pq"]
    close(found, mp.log(mp.mpf((1 + 20) ** 2 + 3**2) / (4 * 1 * 20)))
