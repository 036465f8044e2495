"""Prefix codes: Huffman's, Shannon's word lengths, what a message costs, and codes for blocks.

Lengths are in bits. Probabilities are given as weights (n,) of 0 or more; they are scaled to sum
to 1. An outcome of probability 0 has no word, which counts as a length of infinity; a certain
outcome has the empty word of length 0, since nothing need be said.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from divviz.arguments import is_whole, whole
from divviz.discrete import check_weights, numbers, refuse
from divviz.dist import QUIET, Array, SceneError

MOST_WORDS = 4096
LONGEST_BLOCK = 12  # two outcomes in blocks of twelve have 4096 words
SUM_NEAR_1 = 1e-12
POWER_NEAR = 1e-13
LEAST = 5e-324


@QUIET
def probabilities(weights: Iterable[float]) -> Array:
    """The weights (n,), n from 1 to 4096, scaled to sum to 1; what was positive stays positive.

    SceneError for a weight that is negative or no number, all zeros, and too many.
    """
    w = numbers(weights, "weight") + 0.0
    if not 1 <= len(w) <= MOST_WORDS:
        raise SceneError("weights_count", count=len(w), most=MOST_WORDS)
    check_weights(w)
    some, top = w > 0, float(w.max())
    if top > 1e290:
        w = w / top
    total = math.fsum(w)
    # What sums to 1 up to rounding is left alone: to divide would move 1/2 off its power of two.
    shares = w if abs(total - 1) <= SUM_NEAR_1 else w / total
    return np.where(some, np.maximum(shares, LEAST), 0.0)


class Node(NamedTuple):
    """A place in the tree of yes/no questions.

    `word` is the way from the root, its length the depth; x is 0, 1, 2, ... for the outcomes from
    left to right, and half way between its two answers for a question. `outcome` is None for a
    question, `children` (the places of answer 0 and answer 1 in Code.nodes) for an outcome.
    """

    word: str
    probability: float
    x: float
    outcome: int | None
    children: tuple[int, int] | None


@dataclass(frozen=True, eq=False)
class Code:
    """Huffman's code for probabilities p (n,), as the joins that made it.

    Places 0, 1, ... are the outcomes with a word, in order (`spoken`), the following ones the pairs
    that were joined, in order; each join holds the two places, answer 0 first.
    """

    p: Array
    spoken: tuple[int, ...]
    joins: tuple[tuple[int, int], ...]

    @cached_property
    def _words(self) -> list[str]:
        """The way from the root to each place."""
        words = [""] * (len(self.spoken) + len(self.joins))
        # A join comes after both of its parts, so backwards each way is known when it forks.
        for place in range(len(words) - 1, len(self.spoken) - 1, -1):
            zero, one = self.joins[place - len(self.spoken)]
            words[zero], words[one] = words[place] + "0", words[place] + "1"
        return words

    @cached_property
    def words(self) -> tuple[str | None, ...]:
        """The word of each outcome (n,), None for one of probability 0."""
        words: list[str | None] = [None] * len(self.p)
        for outcome, word in zip(self.spoken, self._words, strict=False):
            words[outcome] = word
        return tuple(words)

    @cached_property
    def lengths(self) -> Array:
        """The length of each word in bits (n,), infinite for an outcome without one."""
        return np.array([math.inf if word is None else len(word) for word in self.words], float)

    @cached_property
    def mean_length(self) -> float:
        """Bits per outcome, on average: the mean number of yes/no questions."""
        return mean_length(self.p, self.lengths)

    @cached_property
    def kraft(self) -> float:
        """The sum of 2^-length, which is 1: no word can be added."""
        return kraft(self.lengths)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The tree: the outcomes with a word in order, then the questions as joined, root last."""
        words, m = self._words, len(self.spoken)
        x = [0.0] * len(words)
        for place, leaf in enumerate(sorted(range(m), key=words.__getitem__)):
            x[leaf] = float(place)
        masses = [float(self.p[outcome]) for outcome in self.spoken]
        nodes = [Node(words[k], masses[k], x[k], self.spoken[k], None) for k in range(m)]
        for place, (zero, one) in enumerate(self.joins, m):
            x[place] = 0.5 * (x[zero] + x[one])
            masses.append(masses[zero] + masses[one])
            nodes.append(Node(words[place], masses[place], x[place], None, (zero, one)))
        return tuple(nodes)

    def below(self, word: str) -> tuple[int, ...]:
        """The outcomes whose words begin with `word`: what an answer leaves possible."""
        return tuple(i for i, w in enumerate(self.words) if w is not None and w.startswith(word))


def huffman(p: Iterable[float]) -> Code:
    """The code with the least mean length for probabilities p (n,), n from 1 to 4096.

    The two least likely are joined until one is left. Of equally likely ones outcomes go before
    joined ones, each in their order, which keeps the longest word short; answer 0 leads to the
    outcome that comes first. SceneError as in probabilities.
    Source: Cover & Thomas, Elements of Information Theory (2006), sections 5.6 and 5.8; ties:
    Schwartz, Information and Control 7 (1964).

    >>> huffman([1/2, 1/4, 1/8, 1/8]).words
    ('0', '10', '110', '111')
    """
    shares = probabilities(p)
    spoken = tuple(np.flatnonzero(shares).tolist())
    first = list(spoken)
    heap = [(float(shares[outcome]), place) for place, outcome in enumerate(spoken)]
    heapq.heapify(heap)
    joins: list[tuple[int, int]] = []
    while len(heap) > 1:
        (mass, a), (other, b) = heapq.heappop(heap), heapq.heappop(heap)
        joins.append((a, b) if first[a] < first[b] else (b, a))
        heapq.heappush(heap, (mass + other, len(first)))
        first.append(min(first[a], first[b]))
    return Code(shares, spoken, tuple(joins))


# --- lengths


def ideal_lengths(q: Iterable[float]) -> Array:
    """-log2 q (n,) in bits, infinite where q = 0: the surprise that words are measured against.

    SceneError as in probabilities. Source: Cover & Thomas (2006), section 5.3.
    """
    return _surprise(probabilities(q))


@QUIET
def _surprise(q: Array) -> Array:
    return np.maximum(-np.log2(q), 0.0) + 0.0


@QUIET
def shannon_lengths(q: Iterable[float]) -> Array:
    """-log2 q rounded up to whole bits (n,), infinite where q = 0; their Kraft sum is at most 1.

    What is a power of two up to rounding counts as one. SceneError as in probabilities.
    Source: Shannon, Bell System Technical Journal 27 (1948), section 9; Cover & Thomas (2006),
    section 5.4.
    """
    shares = probabilities(q)
    # Counting 1/2 - 1e-14 as 1/2 may leave no room for the others; then it has to be strict.
    tried = (_rounded_up(shares, near) for near in (POWER_NEAR, 0.0))
    fallback = _rounded_up(shares, -2 * SUM_NEAR_1)
    return next((lengths for lengths in tried if _has_room(lengths)), fallback)


def _rounded_up(q: Array, near: float) -> Array:
    """The least whole lengths with 2^-length <= q (1 + near)."""
    # q = m 2^e with 1/2 <= m < 1, so that -log2 q rounded up is 1 - e, without a logarithm.
    exponent = np.frexp(q * (1 + near))[1].astype(float)
    return np.where(q > 0, np.maximum(1 - exponent, 0.0), np.inf)


def _has_room(lengths: Array) -> bool:
    """Whether the Kraft sum of whole lengths is at most 1, in whole numbers."""
    whole = [int(length) for length in lengths if length < math.inf]
    longest = max(whole)
    return sum(1 << (longest - length) for length in whole) <= 1 << longest


@QUIET
def kraft(lengths: Iterable[float]) -> float:
    """The sum of 2^-length over lengths (n,); a prefix code has them if it is at most 1.

    SceneError for a negative length. Source: Cover & Thomas (2006), theorem 5.2.1.
    """
    return math.fsum(np.exp2(-_checked_lengths(lengths)))


@QUIET
def mean_length(p: Iterable[float], lengths: Iterable[float]) -> float:
    """Bits per outcome when P's messages (n,) are written in words of these lengths (n,).

    Infinite exactly when an outcome of P has no word. With ideal_lengths(q) it is the cross-entropy
    H(P,Q), with shannon_lengths(q) less than one bit more. SceneError as in probabilities, for a
    negative length, and for unequal numbers of both.
    Source: Cover & Thomas (2006), section 5.1 and theorem 5.4.3.

    >>> mean_length([1/2, 1/2], ideal_lengths([1/4, 3/4])) == 0.5 * (2 + math.log2(4 / 3))
    True
    """
    shares, bits = probabilities(p), _checked_lengths(lengths)
    if len(shares) != len(bits):
        raise SceneError("support_length", weights=len(shares), support=len(bits))
    some = shares > 0
    return math.fsum(shares[some] * bits[some])


def _checked_lengths(lengths: Iterable[float]) -> Array:
    bits = numbers(lengths, "length")
    refuse("length", bits, ~(bits >= 0))
    return bits


# --- blocks


@dataclass(frozen=True, eq=False)
class Blocks:
    """The probabilities p (n^k,) of k independent outcomes, and the outcomes of each block."""

    p: Array
    labels: tuple[tuple[int, ...], ...]


@QUIET
def blocks(p: Iterable[float], k: int) -> Blocks:
    """All blocks of k independent outcomes with probabilities p (n,), the last one varying first.

    SceneError as in probabilities, for k other than 1 to 12, and for more than 4096 blocks.
    Source: Cover & Thomas (2006), section 5.4.
    """
    shares = probabilities(p)
    k = whole("k", k, 1, LONGEST_BLOCK)
    count = len(shares) ** k
    if count > MOST_WORDS:
        raise SceneError("blocks_many", length=k, count=count, most=MOST_WORDS)
    masses = np.ones(1)
    for _ in range(k):
        # A block that may come keeps a word, however unlikely: 1e-200 cubed is no zero.
        each = np.outer(masses, shares).ravel()
        masses = np.where(np.outer(masses > 0, shares > 0).ravel(), np.maximum(each, LEAST), 0.0)
    return Blocks(masses, tuple(product(range(len(shares)), repeat=k)))


def block_length(p: Iterable[float], k: int) -> float:
    """Bits per outcome of Huffman's code for blocks of k, from H(P) to below H(P) + 1/k.

    SceneError as in blocks. Source: Cover & Thomas (2006), section 5.4, theorem 5.4.2.

    >>> round(block_length([0.9, 0.1], 1), 12), round(block_length([0.9, 0.1], 2), 12)
    (1.0, 0.645)
    """
    return huffman(blocks(p, k).p).mean_length / int(k)


# --- messages


def encode(code: Code, outcomes: Iterable[int]) -> str:
    """The words of `outcomes` (counted from 0) in a row, as a text of 0 and 1.

    SceneError for an outcome without a word.
    """
    return "".join(_word(code, outcome) for outcome in outcomes)


def _word(code: Code, outcome: Any) -> str:
    place = int(outcome) if is_whole(outcome) else -1
    word = code.words[place] if 0 <= place < len(code.words) else None
    if word is None:
        raise SceneError("word_none", value=outcome)
    return word


def decode(code: Code, bits: str) -> tuple[int, ...]:
    """The outcomes that `bits`, a text of 0 and 1, stand for.

    A certain outcome takes no bits, so that nothing is read of how often it came. SceneError for
    other characters, and for bits that end within a word.
    """
    if not isinstance(bits, str):
        raise SceneError("act_text", value=bits)
    wrong = next((place for place, bit in enumerate(bits, 1) if bit not in "01"), None)
    if wrong is not None:
        raise SceneError("bits_sign", position=wrong, value=bits[wrong - 1])
    said = {word: outcome for outcome, word in enumerate(code.words) if word}
    found, start = [], 0
    for stop in range(1, len(bits) + 1):
        if (outcome := said.get(bits[start:stop])) is not None:
            found.append(outcome)
            start = stop
    if start < len(bits):
        raise SceneError("bits_end", count=len(bits) - start)
    return tuple(found)
