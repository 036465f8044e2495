"""The target of an activity: a small language of comparisons between the numbers of a page.

    kl_pq between 0.45 and 0.55
    js > 0.9*log(2) and w1 < 0.1
    q.family == normal and not (renyi(0.5) >= 1 or q.sigma == 2)

Infinity compares exactly: ``kl_pq == inf`` holds where KL is infinite and nowhere else. A
comparison with an undefined number (inf - inf, a measure without common ground, a parameter that
the present family does not have) does not hold, whichever way it is written.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from divviz.comparisons import Comparison, Part, between, compared, worded
from divviz.dist import Names, SceneError
from divviz.families import FAMILIES
from divviz.grammar import Cursor
from divviz.measures import FIRST, MEASURES
from divviz.quantities import (
    FIXED,
    MOMENTS,
    ONE_NUMBER,
    PARAMETERS,
    SOME_NUMBERS,
    Name,
    Now,
    Term,
    Word,
    chained,
    measured,
    names_in,
    of_side,
    plausible,
    raised,
    shown,
)  # fmt: skip

LONGEST = 1000
DEEPEST = 24
MOST_COMPARISONS = 32
JOINING = ("and", "or", "not", "between")
SIGNS = Names("< <= > >= == != between")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*")
_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SIGN = re.compile(r"==|!=|<=|>=|=|<|>|≤|≥|≠")
_INSIDE = re.compile(r"[^()]*")
_ENDS = {"≤": "<=", "≥": ">=", "≠": "!=", "=": "=="}


@dataclass(frozen=True)
class Found:
    """Whether a target is reached, and what each of its comparisons comes to."""

    reached: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Target:
    """A target that was read: its text, its comparisons, and when they make it reached."""

    text: str
    comparisons: tuple[Comparison, ...]
    truth: Callable[[Sequence[bool]], bool]

    @cached_property
    def quick(self) -> bool:
        """Whether a page has all its numbers at hand while something moves."""
        keys = {name.key.partition("(")[0] for one in self.comparisons for name in one.names}
        return not keys & MEASURES.keys() - set(FIRST)

    def at(self, now: Now) -> Found:
        """What the target comes to at present."""
        parts = tuple(one.at(now) for one in self.comparisons)
        return Found(self.truth([part.holds for part in parts]), parts)


def read(text: object, knobs: Mapping[str, Sequence[str]] | None = None) -> Target:
    """The target that a text spells; `knobs` are those of the page, with the words of a choice.

    A name is a key of MEASURES with its parameters as in links, ``renyi(0.5)``, a parameter
    (``q.sigma``, ``p.1.mu``), ``p.mean``, ``q.sd``, ``q.family``, or a knob. Numbers, ``inf``,
    ``pi``, + - * / ^, log sqrt exp abs min max and brackets make numbers; < <= > >= == != and
    ``between a and b``, which includes both ends, compare them; ``and``, ``or``, ``not`` join.
    Raises SceneError with the place and what is expected there.

    >>> from divviz.families import make
    >>> from divviz.pair import Pair
    >>> far = Now(Pair(make("normal", 0, 1), make("normal", 2, 1)), "nats")
    >>> read("kl_pq between 1.9 and 2.1 and not q.mu == 0").at(far).reached
    True
    """
    if not isinstance(text, str) or not text.strip():
        raise SceneError("target_empty")
    if len(text) > LONGEST:
        raise SceneError("target_long", length=len(text), most=LONGEST)
    reader = _Reader(text, knobs or {})
    truth = reader.truth(reader.either())
    if reader.cursor.next():
        raise reader.cursor.error("and / or")
    return Target(text.strip(), tuple(reader.comparisons), truth)


# ---- reading -------------------------------------------------------------------------------------

Truth = Callable[[Sequence[bool]], bool]


@dataclass(frozen=True)
class Claim:
    """Something that is true or false, and where its text begins and ends."""

    truth: Truth
    start: int
    end: int


class _Reader:
    """One descent through a text; comparisons are numbered as they are met."""

    def __init__(self, text: str, knobs: Mapping[str, Sequence[str]]) -> None:
        self.cursor = Cursor(text)
        self.knobs = knobs
        self.comparisons: list[Comparison] = []
        self.depth = 0

    # what is true or false

    def either(self) -> Claim | Term | Word:
        return self._several("or", self.both, any)

    def both(self) -> Claim | Term | Word:
        return self._several("and", self.negation, all)

    def _several(
        self, word: str, read: Callable[[], Claim | Term | Word], joins: Callable[..., bool]
    ) -> Claim | Term | Word:
        self.cursor.blank()
        start, first = self.cursor.at, read()
        if not self.take_word(word):
            return first
        truths = [self.truth(first), self.truth(read())]
        while self.take_word(word):
            truths.append(self.truth(read()))
        return Claim(lambda held: joins(truth(held) for truth in truths), start, self.cursor.at)

    def negation(self) -> Claim | Term | Word:
        self.cursor.blank()
        start = self.cursor.at
        if not self.take_word("not"):
            return self.comparison()
        with self:
            inner = self.truth(self.negation())
        return Claim(lambda held: not inner(held), start, self.cursor.at)

    def comparison(self) -> Claim | Term | Word:
        self.cursor.blank()
        start, left = self.cursor.at, self.sum()
        if isinstance(left, Word):
            return self._claim(start, [self._word(left)])
        if isinstance(left, Claim):
            return left
        if self.take_word("between"):
            low = self.number(self.sum())
            if not self.take_word("and"):
                raise self.cursor.error("and")
            return self._claim(start, [between(low, left, self.number(self.sum()))])
        found = []
        while sign := self._sign():  # 0.1 < js < 0.2 are two comparisons
            right = self.number(self.sum())
            found.append(compared(left, sign, right))
            left = right
        return self._claim(start, found) if found else left

    def _claim(self, start: int, found: Iterable[Comparison]) -> Claim:
        places = []
        for one in found:
            places.append(len(self.comparisons))
            self.comparisons.append(one)
        if len(self.comparisons) > MOST_COMPARISONS:
            raise SceneError("target_many", most=MOST_COMPARISONS)
        return Claim(lambda held: all(held[place] for place in places), start, self.cursor.at)

    def _sign(self) -> str:
        sign = self.cursor.word(_SIGN)
        return _ENDS.get(sign, sign)

    def _word(self, word: Word) -> Comparison:
        """``q.family == normal``."""
        sign = self._sign()
        given = self.cursor.word(_NAME) if sign in ("==", "!=") else ""
        if given not in word.known:
            known = Names(", ".join(word.known))
            raise SceneError("target_word", name=word.name.symbol, found=given, known=known)
        return worded(word, sign, given)

    # what is a number

    def sum(self) -> Claim | Term | Word:
        return self._chained("+-", self.product)

    def product(self) -> Claim | Term | Word:
        return self._chained("*/", self.sign)

    def _chained(self, signs: str, read: Callable[[], Claim | Term | Word]) -> Claim | Term | Word:
        first, rest = read(), []
        while (sign := self.cursor.next()) and sign in signs:
            self.cursor.take(sign)
            rest.append((sign, self.number(read())))
        return chained(self.number(first), rest) if rest else first

    def sign(self) -> Claim | Term | Word:
        if not self.cursor.take("-"):
            return self.power()
        with self:
            inner = self.number(self.sign())
        return Term(f"−{inner.text}", lambda now: -inner.value(now), inner.names)

    def power(self) -> Claim | Term | Word:
        base = self.atom()
        if not self.cursor.take("^"):
            return base
        with self:
            a, b = self.number(base), self.number(self.sign())
        return Term(
            f"{a.text}^{b.text}", lambda now: raised(a.value(now), b.value(now)), names_in(a, b)
        )

    def atom(self) -> Claim | Term | Word:
        cursor = self.cursor
        if cursor.take("("):
            return self._bracket(cursor.at - 1)
        if cursor.take("∞"):
            return Term("∞", lambda now: math.inf)
        if number := cursor.word(_NUMBER):
            return self._literal(number)
        start = cursor.at
        name = cursor.word(_NAME)
        if not name or name in JOINING:
            cursor.at = start
            raise self._operand()
        return self._named(name)

    def _bracket(self, start: int) -> Claim | Term | Word:
        with self:
            inner = self.either()
        self.cursor.expect(")")
        if isinstance(inner, Term):
            return Term(f"({inner.text})", inner.value, inner.names)
        return Claim(inner.truth, start, self.cursor.at) if isinstance(inner, Claim) else inner

    def _literal(self, text: str) -> Term:
        number = float(text)
        if math.isinf(number):
            raise SceneError("text_finite", found=text)
        return Term(text, lambda now: number)

    def _named(self, name: str) -> Term | Word:
        low = name.lower()
        if low in FIXED:
            symbol, fixed = FIXED[low]
            return Term(symbol, lambda now: fixed)
        if low in ONE_NUMBER or low in SOME_NUMBERS:
            return self._called(low)
        if low in MEASURES:
            return shown(measured(low + self._order()))
        if name in self.knobs:
            return self._knob(name)
        side, _, path = low.partition(".")
        if side in ("p", "q") and path == "family":
            family = Name(low, low, lambda now: now.side(side).name)
            return Word(family, tuple(FAMILIES))
        if side in ("p", "q") and plausible(path):
            return shown(of_side(side, path))
        raise self._unknown(name)

    def _order(self) -> str:
        """The parameters of a measure with their brackets, as links spell them; "" for none."""
        if not self.cursor.take("("):
            return ""
        inside = self.cursor.run(_INSIDE)
        self.cursor.expect(")")
        return f"({inside})"

    def _knob(self, name: str) -> Term | Word:
        own = Name(name, name, lambda now: now.knobs.get(name, math.nan))
        words = tuple(self.knobs[name])
        return Word(own, words) if words else shown(own)

    def _called(self, name: str) -> Term:
        self.cursor.expect("(")
        with self:
            given = [self.number(self.sum())]
            if name in SOME_NUMBERS:
                self.cursor.expect(",")
                given.append(self.number(self.sum()))
                while self.cursor.take(","):
                    given.append(self.number(self.sum()))
        self.cursor.expect(")")
        does = ONE_NUMBER.get(name) or SOME_NUMBERS[name]
        return Term(
            f"{name}({', '.join(one.text for one in given)})",
            lambda now: does(*(one.value(now) for one in given)),
            names_in(*given),
        )

    # words, kinds and errors

    def take_word(self, word: str) -> bool:
        """Step over a word of the language if it comes next."""
        self.cursor.blank()
        start = self.cursor.at
        if self.cursor.run(_NAME).lower() == word:
            return True
        self.cursor.at = start
        return False

    def number(self, given: Claim | Term | Word) -> Term:
        """What must be a number, else SceneError."""
        if isinstance(given, Word):
            raise SceneError(
                "target_word", name=given.name.symbol, found="", known=Names(", ".join(given.known))
            )
        if isinstance(given, Claim):
            found = self.cursor.text[given.start : given.end].strip()
            raise SceneError("target_number", found=found)
        return given

    def truth(self, given: Claim | Term | Word) -> Truth:
        """What must be true or false, else SceneError."""
        if isinstance(given, Claim):
            return given.truth
        if self.cursor.next() and isinstance(given, Term):
            raise self.cursor.error(SIGNS)
        raise SceneError("target_truth", found=self.number(given).text)

    def _operand(self) -> SceneError:
        found = self.cursor.text[self.cursor.at : self.cursor.at + 12].strip()
        if not found:
            return SceneError("target_ends", before=self.cursor.before())
        return SceneError("target_operand", at=self.cursor.at + 1, found=found)

    def _unknown(self, name: str) -> SceneError:
        known = [*MEASURES, *self.knobs, *ONE_NUMBER, *SOME_NUMBERS, *FIXED]
        known += [f"{side}.{path}" for side in "pq" for path in ("family", *MOMENTS)]
        known += [f"{side}.{path}" for side in "pq" for path in sorted(PARAMETERS)]
        close = difflib.get_close_matches(name[:40].lower(), known, 1)
        at = self.cursor.at - len(name) + 1
        if close:
            return SceneError("target_close", at=at, name=name, close=close[0])
        return SceneError("target_name", at=at, name=name)

    def __enter__(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise SceneError("target_deep", most=DEEPEST)

    def __exit__(self, *_: object) -> None:
        self.depth -= 1
