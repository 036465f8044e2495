"""Prefix codes against Cover & Thomas's tables, brute force over all lengths, SciPy and mpmath."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from cases import each
from hypothesis import given, settings
from hypothesis import strategies as st
from quiet import quiet as quiet
from scipy import stats

from divviz.coding import (
    block_length,
    blocks,
    decode,
    encode,
    huffman,
    ideal_lengths,
    kraft,
    mean_length,
    probabilities,
    shannon_lengths,
)
from divviz.errors import SceneError

INF = math.inf
RACE = [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64, 1 / 64, 1 / 64, 1 / 64]
WEIGHTS = st.lists(st.one_of(st.just(0.0), st.floats(1e-300, 1e300)), min_size=1, max_size=40)
SOME = WEIGHTS.filter(any)


def bits_of_entropy(p: Any) -> float:
    return float(stats.entropy(p, base=2))


# --- Huffman


@each(
    ("p", "words", "mean"),
    [
        # Cover & Thomas (2006): example 5.1.1, and the race of eight horses in chapter 1.
        ([1 / 2, 1 / 4, 1 / 8, 1 / 8], ("0", "10", "110", "111"), 1.75),
        (RACE, ("0", "10", "110", "1110", "111100", "111101", "111110", "111111"), 2.0),
        ([0.9, 0.1], ("0", "1"), 1.0),
        ([0, 3], (None, ""), 0.0),
        ([0.5, 0, 0.5], ("0", None, "1"), 1.0),
    ],
)
def test_huffman_words(p: list[float], words: tuple[str | None, ...], mean: float) -> None:
    code = huffman(p)
    assert code.words == words
    assert code.mean_length == mean
    assert code.kraft == 1.0


def test_huffman_of_cover_and_thomas_five_outcomes() -> None:
    # Example 5.6.1: 2.3 bits.
    code = huffman([0.25, 0.25, 0.2, 0.15, 0.15])
    assert code.lengths.tolist() == [2, 2, 2, 3, 3]
    assert code.mean_length == pytest.approx(2.3, abs=1e-15)


def feasible(n: int) -> np.ndarray:
    """All lengths 1..n-1 of n words that satisfy Kraft's inequality."""
    every = np.array(list(product(range(1, max(n, 2)), repeat=n)), float)
    return every[(2.0**-every).sum(axis=1) <= 1]


@each("n", range(2, 7))
def test_huffman_is_the_shortest_of_all_codes(n: int) -> None:
    rng = np.random.default_rng(n)
    every = feasible(n)
    for p in (*rng.dirichlet(np.ones(n), 30), *rng.dirichlet(np.full(n, 0.2), 30), np.full(n, 1)):
        code = huffman(p)
        best = float((every @ (p / p.sum())).min())
        assert code.mean_length == pytest.approx(best, abs=1e-14)


@pytest.mark.parametrize(
    ("p", "lengths"),
    [([2, 1, 1, 1, 1], [2, 2, 2, 3, 3]), ([4, 2, 2, 1, 1], [2, 2, 2, 3, 3]), ([1] * 8, [3] * 8)],
)
def test_among_shortest_codes_the_longest_word_is_short(p: list[int], lengths: list[int]) -> None:
    code = huffman(p)
    assert code.lengths.max() == max(lengths)
    assert sorted(code.lengths) == sorted(lengths)
    if len(p) < 7:
        every = feasible(len(p))
        cost = every @ np.array(p)
        assert every[cost == cost.min()].max(axis=1).min() == max(lengths)


@settings(max_examples=150, deadline=None)
@given(SOME)
def test_huffman_words_begin_none_of_the_others(weights: list[float]) -> None:
    code = huffman(weights)
    words = sorted(word for word in code.words if word is not None)
    # In the order of a dictionary, what begins another stands right before one that it begins.
    assert not any(after.startswith(word) for word, after in pairwise(words))
    assert [word is None for word in code.words] == [w == 0 for w in weights]
    assert sum(Fraction(1, 2 ** len(word)) for word in words) == 1
    h = bits_of_entropy(code.p)
    # Below h + 1, which may round to the mean itself: (1, 1e-300) needs 1 bit.
    assert h - 1e-12 <= code.mean_length <= h + 1


@settings(max_examples=60, deadline=None)
@given(SOME)
def test_huffman_lengths_fall_as_probabilities_rise(weights: list[float]) -> None:
    code = huffman(weights)
    order = np.argsort(code.p, kind="stable")
    for less, more in pairwise(order):
        assert code.p[less] == code.p[more] or code.lengths[less] >= code.lengths[more]


def test_huffman_does_not_depend_on_the_scale_of_weights() -> None:
    p = np.random.default_rng(1).integers(1, 50, 20)
    for factor in (2.0**-900, 1.0, 2.0**900):
        assert huffman(p * factor).words == huffman(p).words
    assert huffman([1e308, 1e308]).words == ("0", "1")


def test_unlikely_outcomes_keep_their_words() -> None:
    code = huffman([1e308, 1e-320, 0.0])
    assert code.words == ("0", "1", None)
    assert code.p[1] > 0
    # 2^-1, ..., 2^-1074: one question each, and the last two share theirs.
    deep = huffman([math.ldexp(1.0, -k) for k in range(1, 1075)] + [5e-324])
    assert deep.lengths.tolist() == [*range(1, 1075), 1074]
    assert len(deep.nodes) == 2 * 1075 - 1


@settings(max_examples=60, deadline=None)
@given(SOME)
def test_the_tree_says_what_the_words_say(weights: list[float]) -> None:
    code = huffman(weights)
    spoken = [i for i, w in enumerate(weights) if w > 0]
    leaves, questions = code.nodes[: len(spoken)], code.nodes[len(spoken) :]
    assert [leaf.outcome for leaf in leaves] == spoken
    assert sorted(leaf.x for leaf in leaves) == list(range(len(spoken)))
    assert sorted(leaves, key=lambda leaf: leaf.x) == sorted(leaves, key=lambda leaf: leaf.word)
    assert code.nodes[-1].word == ""
    for node in questions:
        assert node.children is not None
        assert node.outcome is None
        zero, one = (code.nodes[k] for k in node.children)
        assert (zero.word, one.word) == (node.word + "0", node.word + "1")
        assert zero.x < node.x < one.x
        assert node.probability == zero.probability + one.probability
        assert min(code.below(zero.word)) < min(code.below(one.word))
    # The mean number of questions is the sum of the probabilities that each is asked.
    asked = math.fsum(node.probability for node in questions)
    assert code.mean_length == pytest.approx(asked, rel=1e-12)


def test_below_names_what_an_answer_leaves() -> None:
    code = huffman(RACE)
    assert code.below("1") == (1, 2, 3, 4, 5, 6, 7)
    assert code.below("11111") == (6, 7)
    assert code.below("") == tuple(range(8))
    assert code.below("1111111") == ()


# --- lengths


@each("k", [0, 1, 2, 10, 52, 60, 1022, 1074])
def test_shannon_length_of_a_power_of_two_is_its_exponent(k: int) -> None:
    q = [math.ldexp(1.0, -k)]
    if k > 0:
        q += [math.ldexp(1.0, -j) for j in range(1, k + 1)]
    assert shannon_lengths(q)[0] == k
    assert ideal_lengths(q)[0] == k


@each(
    ("q", "lengths"),
    [
        ([0.5, 0.1, 0.1, 0.1, 0.1, 0.1], [1, 4, 4, 4, 4, 4]),
        ([3, 3, 3, 3], [2, 2, 2, 2]),
        ([0.25 * (1 - 1e-15), 0.25, 0.25, 0.25], [2, 2, 2, 2]),
        ([0.25 - 1e-9, 0.25 + 1e-9, 0.25, 0.25], [3, 2, 2, 2]),
        ([1, 0], [0, INF]),
        ([0.6, 0.4], [1, 2]),
        (np.exp(stats.binom.logpmf(np.arange(11), 10, 0.5)), [10, 7, 5, 4, 3, 3, 3, 4, 5, 7, 10]),
    ],
)
def test_shannon_lengths(q: Any, lengths: list[float]) -> None:
    assert shannon_lengths(q).tolist() == lengths


@pytest.mark.parametrize("n", [2, 5, 30, 500])
def test_shannon_lengths_are_the_logarithm_rounded_up(n: int) -> None:
    q = np.random.default_rng(n).dirichlet(np.full(n, 0.3)) + 1e-30
    q /= q.sum()
    with mp.workdps(30):
        exact = [-mp.log(mp.mpf(float(v)), 2) for v in q]
        assert shannon_lengths(q).tolist() == [float(mp.ceil(v)) for v in exact]
    assert ideal_lengths(q) == pytest.approx([float(v) for v in exact], rel=1e-14)


@pytest.mark.parametrize(
    "q", [[0.5, 0.5 - 4e-14, 4e-14], [0.5 + 5e-13, 0.5, 4e-13], [0.25] * 3 + [0.25 - 1e-14, 1e-14]]
)
def test_there_is_room_for_shannon_lengths_of_near_powers_of_two(q: list[float]) -> None:
    lengths = shannon_lengths(q)
    assert sum(Fraction(1, 2 ** int(length)) for length in lengths) <= 1
    assert (lengths <= ideal_lengths(q) + 1 + 1e-9).all()


@settings(max_examples=150, deadline=None)
@given(SOME)
def test_shannon_lengths_satisfy_kraft(weights: list[float]) -> None:
    lengths = shannon_lengths(weights)
    finite = [int(length) for length in lengths if length < INF]
    assert sum(Fraction(1, 2**length) for length in finite) <= 1
    assert [length == INF for length in lengths] == [w == 0 for w in weights]
    ideal = ideal_lengths(weights)
    some = np.isfinite(ideal)
    assert (lengths[some] >= ideal[some] - 1e-12).all()
    assert (lengths[some] < ideal[some] + 1 + 1e-9).all()


def test_no_length_is_minus_zero() -> None:
    for lengths in (ideal_lengths([1]), shannon_lengths([1]), huffman([1]).lengths):
        assert math.copysign(1.0, lengths[0]) == 1.0
    assert ideal_lengths([1.0 + 1e-13])[0] == 0


def test_kraft_sums() -> None:
    assert kraft([1, 2, 3, 3]) == 1
    assert kraft([1, 1, 1]) == 1.5
    assert kraft([0]) == 1
    assert kraft([INF, 2]) == 0.25
    assert kraft(ideal_lengths([0.3, 0.3, 0.4])) == pytest.approx(1, abs=1e-15)


def test_mean_ideal_length_is_the_cross_entropy() -> None:
    rng = np.random.default_rng(5)
    for n in (2, 7, 64):
        p, q = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
        exact = bits_of_entropy(p) + float(stats.entropy(p, q, base=2))
        assert mean_length(p, ideal_lengths(q)) == pytest.approx(exact, rel=1e-13)
        assert mean_length(p, ideal_lengths(p)) == pytest.approx(bits_of_entropy(p), rel=1e-13)


def test_words_for_the_wrong_distribution_cost_kl_and_less_than_a_bit() -> None:
    # Cover & Thomas (2006), theorem 5.4.3.
    rng = np.random.default_rng(6)
    for p, q in zip(rng.dirichlet(np.ones(9), 50), rng.dirichlet(np.ones(9), 50), strict=True):
        least = bits_of_entropy(p) + float(stats.entropy(p, q, base=2))
        assert least - 1e-12 <= mean_length(p, shannon_lengths(q)) < least + 1


def test_race_in_words_of_equal_length() -> None:
    # Cover & Thomas (2006), chapter 1: three bits instead of two.
    assert mean_length(RACE, ideal_lengths([1] * 8)) == 3
    assert mean_length([1] * 8, huffman(RACE).lengths) == 34 / 8


def test_mean_length_is_infinite_exactly_without_a_word() -> None:
    for lengths in (ideal_lengths([1, 0]), shannon_lengths([1, 0]), huffman([1, 0]).lengths):
        assert mean_length([0.999, 0.001], lengths) == INF
        assert mean_length([1, 1e-300], lengths) == INF
        assert mean_length([1, 0], lengths) == 0
    assert mean_length([1, 1], ideal_lengths([1, 1e-300])) == pytest.approx(
        0.5 * 300 * math.log2(10), rel=1e-14
    )


# --- blocks


def test_blocks_are_products_in_the_order_of_their_labels() -> None:
    found = blocks([1, 2, 0], 3)
    assert found.labels == tuple(product(range(3), repeat=3))
    exact = [
        math.prod((Fraction(1, 3), Fraction(2, 3), Fraction(0))[i] for i in label)
        for label in found.labels
    ]
    assert found.p == pytest.approx([float(v) for v in exact], rel=1e-15)
    assert [m == 0 for m in found.p] == [v == 0 for v in exact]


@each(
    ("p", "k", "mean"),
    [
        # By hand: 1, (0.81 + 2 0.09 + 3 0.1)/2, and
        # (0.729 + 3 (3 0.081) + 5 (3 0.009 + 0.001))/3.
        ([0.9, 0.1], 1, 1.0),
        ([0.9, 0.1], 2, 0.645),
        ([0.9, 0.1], 3, 1.598 / 3),
        ([1 / 2, 1 / 4, 1 / 8, 1 / 8], 3, 1.75),
        ([1, 1, 1], 1, 5 / 3),
        ([1, 1, 1], 2, (7 * 3 + 2 * 4) / 18),
        ([1, 0], 3, 0.0),
    ],
)
def test_bits_per_outcome_of_blocks(p: list[float], k: int, mean: float) -> None:
    assert block_length(p, k) == pytest.approx(mean, rel=1e-14)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(1e-3, 1), min_size=2, max_size=5), st.integers(1, 4))
def test_blocks_close_on_the_entropy(p: list[float], k: int) -> None:
    h = bits_of_entropy(p)
    assert h - 1e-12 <= block_length(p, k) < h + 1 / k


def test_longer_blocks_of_a_bent_coin_come_closer() -> None:
    h = bits_of_entropy([0.9, 0.1])
    gaps = [block_length([0.9, 0.1], k) - h for k in (1, 2, 3, 12)]
    assert gaps == sorted(gaps, reverse=True)
    assert 0 < gaps[-1] < 0.01


def test_a_block_that_may_come_keeps_a_word() -> None:
    found = blocks([1.0, 1e-200, 0.0], 2)
    assert [m > 0 for m in found.p] == [0 not in (i != 2, j != 2) for i, j in found.labels]
    assert huffman(found.p).words[4] is not None


# --- messages


@settings(max_examples=100, deadline=None)
@given(SOME.filter(lambda w: sum(v > 0 for v in w) > 1), st.data())
def test_decode_reads_what_encode_wrote(weights: list[float], data: Any) -> None:
    code = huffman(weights)
    spoken = [i for i, w in enumerate(weights) if w > 0]
    message = tuple(data.draw(st.lists(st.sampled_from(spoken), max_size=50)))
    bits = encode(code, message)
    assert decode(code, bits) == message
    assert len(bits) == sum(code.lengths[i] for i in message)


def test_a_message_by_hand() -> None:
    code = huffman([1 / 2, 1 / 4, 1 / 8, 1 / 8])
    assert encode(code, [0, 1, 0, 3, 2]) == "0100111110"
    assert decode(code, "0100111110") == (0, 1, 0, 3, 2)
    assert encode(code, np.array([1, 1])) == "1010"
    assert decode(code, "") == ()


def test_a_certain_outcome_takes_no_bits() -> None:
    code = huffman([0, 1, 0])
    assert encode(code, [1, 1, 1]) == ""
    assert decode(code, "") == ()


FOUR = huffman([1 / 2, 1 / 4, 1 / 8, 1 / 8])


@each(
    ("code", "call"),
    [
        ("weight", lambda: huffman([0.5, -0.1])),
        ("weight", lambda: huffman([0.5, math.nan])),
        ("weight", lambda: ideal_lengths([True, 1])),
        ("weights_zero", lambda: huffman([0, 0])),
        ("weights_zero", lambda: shannon_lengths([-0.0])),
        ("weights_count", lambda: huffman([])),
        ("weights_count", lambda: probabilities([1] * 4097)),
        ("numbers_list", lambda: huffman(3)),  # type: ignore[arg-type]
        ("length", lambda: kraft([1, -1])),
        ("length", lambda: kraft([math.nan])),
        ("support_length", lambda: mean_length([1, 1], [1])),
        ("pairs_whole", lambda: blocks([1, 1], 0)),
        ("pairs_whole", lambda: blocks([1, 1], 13)),
        ("pairs_whole", lambda: block_length([1, 1], 1.5)),  # type: ignore[arg-type]
        ("pairs_whole", lambda: block_length([1, 1], True)),
        ("blocks_many", lambda: blocks([1] * 17, 3)),
        ("word_none", lambda: encode(FOUR, [4])),
        ("word_none", lambda: encode(FOUR, [-1])),
        ("word_none", lambda: encode(FOUR, "01")),  # type: ignore[arg-type]
        ("word_none", lambda: encode(huffman([1, 0]), [1])),
        ("bits_sign", lambda: decode(FOUR, "0120")),
        ("bits_end", lambda: decode(FOUR, "0011")),
        ("bits_end", lambda: decode(huffman([1]), "0")),
        ("act_text", lambda: decode(FOUR, [0, 1])),  # type: ignore[arg-type]
    ],
)
def test_mistakes_are_said(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(SceneError) as caught:
        call()
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_mistakes_name_the_place() -> None:
    with pytest.raises(SceneError, match="Bit number 3 is 2"):
        decode(FOUR, "0120")
    with pytest.raises(SceneError, match="The last 2 bits"):
        decode(FOUR, "0011")
    with pytest.raises(SceneError, match="4913 blocks of length 3, more than 4096"):
        blocks([1] * 17, 3)


def test_most_cells_are_as_many_as_there_may_be() -> None:
    assert len(blocks([1] * 16, 3).p) == 4096
    assert block_length([1] * 16, 3) == 4
    assert block_length([1, 1], 12) == 1


def test_huffman_obeys_who_has_numpy_raise() -> None:
    with np.errstate(all="raise"):
        assert mean_length([1e-300, 1], shannon_lengths([5e-324, 1.0])) >= 0
        assert block_length([1.0, 1e-200], 2) >= 0
        assert kraft([5000.0, 1.0]) == 0.5
