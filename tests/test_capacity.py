"""Capacities against closed forms, published values, and the conditions of the best input in 40
digits."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from scipy.linalg import block_diag

from divviz.capacity import (
    CHANNELS,
    ENOUGH,
    binary_erasure,
    binary_symmetric,
    blahut_arimoto,
    capacity,
    channel,
    noisy_typewriter,
    sent,
    useless,
    z_channel,
)
from divviz.errors import SceneError
from divviz.joint import mutual_information

NOISES = (0.0, 1e-12, 1e-3, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1 - 1e-9, 1.0)
BITS = math.log(2)


def binary_entropy(e: float) -> float:
    with mp.workdps(40):
        e = mp.mpf(e)
        return float(-sum(s * mp.log(s) for s in (e, 1 - e) if s))


def says(rows: Any, p: Any) -> list[Any]:
    """KL of each row to the output, by the definition in 40 digits."""
    with mp.workdps(40):
        out = [mp.fsum(mp.mpf(a) * mp.mpf(w) for a, w in zip(p, c, strict=True)) for c in rows.T]
        return [
            mp.fsum(mp.mpf(w) * mp.log(mp.mpf(w) / r) for w, r in zip(row, out, strict=True) if w)
            for row in rows
        ]


def random_channels() -> list[np.ndarray]:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(120):
        m, k = rng.integers(1, 9, 2)
        weights = np.exp(rng.choice([0.1, 1, 3, 30]) * rng.normal(size=(m, k)))
        weights *= rng.random((m, k)) < rng.choice([0.4, 0.8, 1.0])
        weights[:, 0] += weights.sum(axis=1) == 0
        if m > 2:
            # Letters that repeat another one, or mix two: the best input is not the only one.
            weights[2] = weights[0] if rng.random() < 0.5 else weights[0] + weights[1]
        found.append(weights)
    return found


# the capacity


@each("e", NOISES)
@each(
    ("name", "closed"),
    [
        ("binary_symmetric", lambda e: math.log(2) - binary_entropy(e)),
        ("binary_erasure", lambda e: (1 - e) * math.log(2)),
        ("z", lambda e: math.log1p((1 - e) * e ** (e / (1 - e))) if e < 1 else 0.0),
        ("typewriter", lambda e: math.log(26) - binary_entropy(e)),
        ("useless", lambda e: 0.0),
    ],
)
def test_named_channels_have_the_capacity_of_their_formula(
    name: str, closed: Any, e: float
) -> None:
    found = capacity(CHANNELS[name](e))
    assert found.lower == pytest.approx(closed(e), abs=2e-12)
    assert 0 <= found.gap <= ENOUGH
    assert found.input.sum() == pytest.approx(1, abs=1e-15)


def test_the_values_of_the_textbook() -> None:
    # Cover & Thomas (2006): problem 7.8, section 7.1.3, section 7.1.2.
    z = capacity(z_channel(0.5))
    assert z.lower / BITS == pytest.approx(math.log2(5 / 4), abs=2e-12)
    np.testing.assert_allclose(z.input, [3 / 5, 2 / 5], atol=1e-6)
    assert capacity(noisy_typewriter(0.5)).lower / BITS == pytest.approx(math.log2(13), abs=2e-12)
    assert capacity(np.eye(2)).lower / BITS == pytest.approx(1, abs=1e-15)
    apart = [[0.5, 0.5, 0, 0], [0, 0, 1 / 3, 2 / 3]]
    assert capacity(apart).lower / BITS == pytest.approx(1, abs=1e-15)


def test_equal_weights_are_the_best_input_of_symmetric_channels() -> None:
    for rows in (binary_symmetric(0.1), binary_erasure(0.3), noisy_typewriter(0.5, 6), np.eye(5)):
        assert np.ptp(capacity(rows).input) == 0


def test_a_letter_without_a_use_gets_no_weight() -> None:
    found = capacity([[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]])
    np.testing.assert_allclose(found.input, [0.5, 0, 0.5], atol=1e-6)
    assert found.input[1] == 0
    assert found.lower == pytest.approx(math.log(2) - binary_entropy(0.1), abs=2e-12)


def test_the_bounds_hold_in_40_digits_for_any_channel() -> None:
    for weights in random_channels():
        found = capacity(weights)
        rows = channel(weights)
        told = says(rows, found.input)
        mean = mp.fsum(mp.mpf(p) * d for p, d in zip(found.input, told, strict=True))
        assert max(told) - mean <= 1.01 * ENOUGH
        assert abs(mean - found.lower) <= 1e-14
        assert abs(max(told) - found.upper) <= 1e-14
        assert 0 <= found.gap <= ENOUGH


def test_square_channels_have_the_capacity_of_murogas_formula() -> None:
    # Muroga, J. Phys. Soc. Japan 8 (1953): log sum exp(-W^-1 H) where the input is positive.
    rng = np.random.default_rng(3)
    met = 0
    for _ in range(60):
        m = int(rng.integers(2, 5))
        rows = rng.dirichlet(np.ones(m), m) + 1.5 * np.eye(m)
        rows /= rows.sum(axis=1, keepdims=True)
        noise = -(rows * np.log(rows)).sum(axis=1)
        each = np.exp(-np.linalg.solve(rows, noise))
        if (np.linalg.solve(rows.T, each) > 0).all():
            met += 1
            assert capacity(rows).lower == pytest.approx(math.log(each.sum()), abs=5e-12)
    assert met > 20


def test_a_choice_between_two_channels_adds_their_effective_letters() -> None:
    # Cover & Thomas (2006), problem 7.28: exp C = exp C1 + exp C2.
    some = random_channels()[:40]
    for one, other in zip(some[::2], some[1::2], strict=True):
        parts = [capacity(weights).lower for weights in (one, other)]
        both = capacity(block_diag(channel(one), channel(other))).lower
        assert both == pytest.approx(math.log(sum(map(math.exp, parts))), abs=5e-12)


def test_chances_from_1e_300_to_1_do_no_harm() -> None:
    faint = capacity([[1, 1e-300, 0], [1e-320, 1, 0]])
    assert faint.lower == pytest.approx(math.log(2), abs=1e-12)
    assert capacity([[1e308, 1e308], [5e-324, 0]]).lower == pytest.approx(
        capacity([[1, 1], [1, 0]]).lower, abs=2e-12
    )
    for size in (1e-3, 1e-5, 1e-7):
        rows = [[1, 0, 0], [0, 1, 0], [0.5 - size, 0.5 - size, 2 * size]]
        assert capacity(rows).gap <= ENOUGH


def test_one_input_or_one_output_says_nothing() -> None:
    assert capacity([[0.2, 0.8]]).lower == 0
    assert capacity([[1.0], [2.0], [3.0]]).upper == 0


def test_the_largest_channel_is_settled_too() -> None:
    weights = np.random.default_rng(1).random((64, 64))
    assert capacity(weights).gap <= ENOUGH


# the steps


def test_one_step_of_blahut_and_arimoto_by_hand() -> None:
    # Z with noise 1/2: D(0) = log 4/3, D(1) = (log 2/3 + log 2) / 2, the weights 4/3 and 2/sqrt 3.
    first, second = blahut_arimoto(z_channel(0.5), steps=1)
    np.testing.assert_allclose(first.says, [math.log(4 / 3), 0.5 * math.log(4 / 3)], rtol=1e-14)
    one, other = 4 / 3, 2 / math.sqrt(3)
    np.testing.assert_allclose(second.input, np.array([one, other]) / (one + other), rtol=1e-14)


def test_each_step_climbs_and_its_bounds_hold_the_capacity() -> None:
    true = math.log(5 / 4)
    path = blahut_arimoto(z_channel(0.5), steps=200)
    lower = [step.lower for step in path]
    assert all(b >= a - 1e-15 for a, b in pairwise(lower))
    assert all(step.lower <= true + 1e-15 and step.upper >= true - 1e-15 for step in path)
    assert path[-1].gap <= ENOUGH
    for weights in random_channels()[:30]:
        best = capacity(weights)
        for step in blahut_arimoto(weights, steps=20):
            assert step.lower <= best.upper + 1e-14
            assert step.upper >= best.lower - 1e-14


def test_a_letter_that_starts_without_weight_never_gets_any() -> None:
    path = blahut_arimoto(np.eye(3), [0, 1, 3])
    assert all(step.input[0] == 0 for step in path)
    assert path[-1].lower == pytest.approx(math.log(2), abs=1e-12)
    assert path[-1].upper == math.inf


def test_a_letter_that_fades_away_leaves_the_bounds_finite() -> None:
    rows = [[1, 0, 0], [0, 1, 0], [0.499999, 0.499999, 2e-6]]
    path = blahut_arimoto(rows, steps=10_000)
    assert all(math.isfinite(step.upper) for step in path)


# the joint table


def test_the_bound_below_is_the_information_of_the_joint_table() -> None:
    for weights in random_channels()[:30]:
        found = capacity(weights)
        joint = sent(weights, found.input)
        assert mutual_information(joint) == pytest.approx(found.lower, abs=1e-13)


def test_the_joint_table_is_the_input_times_the_rows() -> None:
    assert sent([[1, 1], [0, 4]], [3, 1]).table.tolist() == [[0.375, 0.375], [0, 0.25]]
    assert sent(binary_symmetric(0.25)).table.tolist() == [[0.375, 0.125], [0.125, 0.375]]


@each("build", CHANNELS.values())
def test_rows_of_named_channels_sum_to_1(build: Any) -> None:
    for e in NOISES:
        np.testing.assert_allclose(build(e).sum(axis=1), 1, rtol=1e-15)


@each(
    ("call", "code"),
    [
        (lambda: capacity([[1, -1]]), "weight"),
        (lambda: capacity([[1, math.nan]]), "weight"),
        (lambda: capacity([[0, 0]]), "weights_zero"),
        (lambda: capacity([[1, 0], [0, 0]]), "channel_row"),
        (lambda: capacity([[1, 0], [0]]), "joint_table"),
        (lambda: capacity("ab"), "joint_table"),
        (lambda: capacity([1, 2]), "joint_dimensions"),
        (lambda: capacity(np.ones((65, 2))), "channel_size"),
        (lambda: capacity(np.ones((2, 2, 2))), "channel_size"),
        (lambda: sent(np.eye(2), [1]), "channel_input"),
        (lambda: sent(np.eye(2), [1, -1]), "weight"),
        (lambda: sent(np.eye(2), [0, 0]), "weights_zero"),
        (lambda: blahut_arimoto(np.eye(2), steps=-1), "pairs_whole"),
        (lambda: blahut_arimoto(np.eye(2), steps=True), "pairs_whole"),
        (lambda: binary_symmetric(1.5), "act_share"),
        (lambda: z_channel(math.nan), "act_share"),
        (lambda: useless("half"), "act_share"),
    ],
)
def test_what_is_no_channel_is_refused(call: Any, code: str) -> None:
    with pytest.raises(SceneError) as refused:
        call()
    assert refused.value.code == code
    assert str(refused.value)
