"""Detours between three distributions against SciPy, mpmath and what convexity proves."""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath as mp
import numpy as np
import pytest
from cases import each
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from quiet import quiet as quiet
from scipy import special

from divviz.errors import SceneError
from divviz.triangle import Triangle, triangle

INF = math.inf
WEIGHTS = st.lists(st.integers(0, 50), min_size=4, max_size=4).filter(any)


def detour(found: Triangle) -> float:
    return found.pr + found.rq


def exact_saving(p: list[float], r: list[float], q: list[float]) -> float:
    """KL(P||Q) - KL(P||R) - KL(R||Q) of positive weights, at 60 digits."""
    with mp.workdps(60):
        shares = [[mp.mpf(float(v)) for v in w] for w in (p, r, q)]
        P, R, Q = ([v / sum(w) for v in w] for w in shares)

        def kl(a: list[mp.mpf], b: list[mp.mpf]) -> mp.mpf:
            return sum(x * mp.log(x / y) for x, y in zip(a, b, strict=True))

        return float(kl(P, Q) - kl(P, R) - kl(R, Q))


def test_three_coins_break_the_triangle_inequality() -> None:
    # 0.5 log 5 + 0.5 log 5/9; 0.5 log 2 + 0.5 log 2/3; 0.25 log 5/2 + 0.75 log 5/6.
    found = triangle([0.5, 0.5], [0.25, 0.75], [0.1, 0.9])
    assert found.pq == pytest.approx(0.5 * math.log(25 / 9), rel=1e-14)
    assert found.pr == pytest.approx(0.5 * math.log(4 / 3), rel=1e-14)
    assert found.rq == pytest.approx(0.25 * math.log(2.5) + 0.75 * math.log(5 / 6), rel=1e-14)
    assert found.saved == pytest.approx(found.pq - detour(found), rel=1e-13)
    assert found.broken


def test_a_detour_past_q_is_longer() -> None:
    found = triangle([0.5, 0.5], [0.05, 0.95], [0.1, 0.9])
    assert not found.broken
    assert found.saved is not None
    assert found.saved < 0


@settings(max_examples=100, deadline=None)
@given(WEIGHTS, WEIGHTS, WEIGHTS)
def test_the_three_divergences_are_scipys(p: list[int], r: list[int], q: list[int]) -> None:
    found = triangle(p, r, q)
    P, R, Q = (np.array(w) / sum(w) for w in (p, r, q))
    exact = [float(special.rel_entr(a, b).sum()) for a, b in ((P, Q), (P, R), (R, Q))]
    assert [found.pq, found.pr, found.rq] == pytest.approx(exact, rel=1e-12, abs=1e-15)
    if math.isinf(exact[0]):
        assert found.saved is None
    elif math.isinf(exact[1] + exact[2]):
        assert found.saved == -INF
    else:
        assert found.saved == pytest.approx(exact[0] - exact[1] - exact[2], abs=1e-12)
    assert found.broken == (found.saved is not None and found.saved > 0)


@settings(max_examples=100, deadline=None)
@given(WEIGHTS, WEIGHTS, st.floats(1e-6, 1 - 1e-6))
def test_every_mixture_between_breaks_it(p: list[int], q: list[int], t: float) -> None:
    P, Q = np.array(p) / sum(p), np.array(q) / sum(q)
    assume(np.abs(P - Q).max() > 1e-3)
    found = triangle(p, (1 - t) * P + t * Q, q)
    # sum (p - r) log r/q = t sum (p - q) log r/q, where both factors have the same sign.
    assert found.broken == (not math.isinf(found.pq))


@each("t", [1e-12, 1e-6, 0.3, 1 - 1e-6, 1 - 1e-12])
def test_what_is_saved_keeps_its_digits_next_to_p_and_q(t: float) -> None:
    p, q = [0.5, 0.3, 0.2], [0.1, 0.6, 0.3]
    r = (1 - t) * np.array(p) + t * np.array(q)
    found = triangle(p, r, q)
    exact = exact_saving(p, r.tolist(), q)
    assert found.saved == pytest.approx(exact, rel=1e-12, abs=1e-17)
    assert found.broken


def test_the_way_by_p_or_q_itself_saves_nothing() -> None:
    rng = np.random.default_rng(0)
    for p, q in zip(rng.dirichlet(np.ones(6), 30), rng.dirichlet(np.ones(6), 30), strict=True):
        for r in (p, q):
            found = triangle(p, r, q)
            assert found.saved == 0
            assert detour(found) == found.pq
            assert not found.broken


def test_a_projection_saves_nothing() -> None:
    # R is the product of P's marginals, Q another product: KL(P||Q) = KL(P||R) + KL(R||Q) exactly.
    rng = np.random.default_rng(2)
    for _ in range(20):
        p = rng.dirichlet(np.ones(6)).reshape(2, 3)
        r = np.outer(p.sum(axis=1), p.sum(axis=0))
        q = np.outer(rng.dirichlet(np.ones(2)), rng.dirichlet(np.ones(3)))
        found = triangle(p.ravel(), r.ravel(), q.ravel())
        assert found.pq == pytest.approx(detour(found), rel=1e-12)
        assert found.saved == pytest.approx(0, abs=1e-15)


def test_infinite_ways() -> None:
    both = triangle([1, 1], [1, 1], [1, 0])
    assert (both.pq, both.pr, both.rq, both.saved) == (INF, 0, INF, None)
    assert not both.broken
    by_r = triangle([1, 1], [1, 0], [1, 1])
    assert (by_r.pr, detour(by_r), by_r.saved) == (INF, INF, -INF)
    assert not by_r.broken
    # Outcomes that none of them has, or only Q, make nothing infinite.
    assert triangle([1, 1, 0], [2, 1, 0], [3, 1, 0]).saved == triangle([1, 1], [2, 1], [3, 1]).saved
    assert triangle([1, 0], [1, 0], [1, 1]).saved == 0


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("weight", lambda: triangle([1, -1], [1, 1], [1, 1])),
        ("weights_zero", lambda: triangle([1, 1], [0, 0], [1, 1])),
        ("support_length", lambda: triangle([1, 1], [1, 1, 1], [1, 1])),
        ("support_length", lambda: triangle([1, 1], [1, 1], [1])),
    ],
)
def test_mistakes_are_said(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(SceneError) as caught:
        call()
    assert caught.value.code == code
