"""The grammar of distributions: `parse` reads what `str` spells, in one pass through the text."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple

from divviz import families
from divviz.dist import Dist, Family, Names, SceneError
from divviz.families import FAMILIES

LONGEST_TEXT = 20_000
LONGEST_DATA = 2_500_000  # of what is made of numbers: 10^5 of them, with all their digits
DEEPEST = 3

# One class of characters each, so that a match is one step forward through the text.
_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"[0-9.+\-eE]*")
_ENDLESS = re.compile(r"[+-]?inf(?![A-Za-z0-9_])", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_]*")
_CODE = re.compile(r"[A-Za-z0-9_\-]*")
_OF_DATA = re.compile(r"\s{0,9}(?:samples|histogram|fitted)\s{0,9}\(", re.IGNORECASE)
_VALUES = re.compile(r"[0-9.+\-eE, \t\r\n]*")
_TO_STOP = re.compile(r"[^,:()]*")


class Rule(NamedTuple):
    """One row of the grammar: how a distribution is spelled, its kind, what the spelling means."""

    spelling: str
    kind: str
    meaning: str


def _family_rule(family: Family) -> Rule:
    names = ", ".join(param.name for param in family.params)
    ranges = "; ".join(
        param.allowed + (", whole" if param.integer else "") for param in family.params
    )
    return Rule(f"{family.name}({names})", family.kind, ranges)


GRAMMAR: tuple[Rule, ...] = (
    *(_family_rule(family) for family in FAMILIES.values() if family.params),
    Rule("pmf(w, w, ...)", "discrete", "weights of the outcomes 0, 1, 2, ...; they are normalised"),
    Rule("pmf(x:w, x:w, ...)", "discrete", "weights of the outcomes x, any real numbers"),
    Rule("pmf(cat:w, dog:w, ...)", "discrete", "weights of named outcomes"),
    Rule(
        "drawn(a, b, CODE)",
        "continuous",
        "a density on equal cells of [a, b]; two base64url characters give each level, 0 to 4095",
    ),
    Rule(
        "density(x:h, x:h, ..., x)",
        "continuous",
        "heights h between the edges x, in ascending order",
    ),
    Rule("mixture(w*D + w*D ...)", "as D", "2 to 8 distributions of one kind, nested up to 3 deep"),
    Rule("truncated(D, a, b)", "as D", "D given that a ≤ x ≤ b; a may be -inf, b may be inf"),
    Rule("shifted(D, by)", "as D", "D moved to the right by a number"),
    Rule(
        "scaled(D, by)", "as D", "D stretched by a number that is not 0; a negative one mirrors it"
    ),
    Rule("samples(x, x, ...)", "discrete", "the sample itself: equal mass on each of the values"),
    Rule(
        "histogram(RULE, x, x, ...)",
        "continuous",
        "the values in equal bins; RULE is fd, scott, sturges, rice, sqrt or a number of bins",
    ),
    Rule(
        "fitted(FAMILY, x, x, ...)", "as FAMILY", "the member under which the values are likeliest"
    ),
)


class Cursor:
    """A place in a text; every reading moves it forward, so that reading is linear in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def blank(self) -> None:
        self.run(_BLANK)

    def next(self) -> str:
        """The next character that is not blank, or the empty string at the end."""
        self.blank()
        return self.text[self.at : self.at + 1]

    def take(self, char: str) -> bool:
        """Step over ``char`` if it comes next."""
        found = self.next() == char
        self.at += found
        return found

    def expect(self, char: str) -> None:
        if not self.take(char):
            raise self.error(char)

    def run(self, chars: re.Pattern[str]) -> str:
        """Step over the longest run of ``chars`` from here on, and return it."""
        found = chars.match(self.text, self.at)
        run = found.group() if found else ""
        self.at += len(run)
        return run

    def word(self, chars: re.Pattern[str]) -> str:
        """The same from the next character that is not blank."""
        self.blank()
        return self.run(chars)

    def before(self) -> str:
        """The end of what was read, for an error."""
        return self.text[max(0, self.at - 12) : self.at].strip()

    def error(self, expected: str) -> SceneError:
        before = self.before()
        found = self.text[self.at : self.at + 12].strip()
        if not found:
            return SceneError("text_ends", expected=expected, before=before)
        return SceneError("text_expected", expected=expected, before=before, found=found)


def _to_number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise SceneError("text_number", found=text.strip()) from None
    if not math.isfinite(value):
        raise SceneError("text_finite", found=text.strip())
    return value + 0.0  # -0 becomes 0, which has one spelling


def _number(cursor: Cursor) -> float:
    run = cursor.word(_NUMBER)
    if run[-1:] in ("e", "E") and cursor.text[cursor.at : cursor.at + 1] == " ":
        # a query string turns the + of 1e+20 into a space
        run += cursor.word(_NUMBER)
    if not run:
        word = cursor.word(_NAME)
        if word:
            raise SceneError("text_number", found=word)
        raise SceneError("text_need_number", before=cursor.before())
    return _to_number(run)


def bound(cursor: Cursor) -> float:
    """A number, ``-inf`` or ``inf``."""
    endless = cursor.word(_ENDLESS)
    return float(endless) if endless else _number(cursor)


def argument(
    cursor: Cursor, number: Callable[[Cursor], float] = _number
) -> tuple[str | None, float]:
    """``0.5`` or ``sigma=0.5``."""
    start = cursor.at
    name = cursor.word(_NAME)
    if name and cursor.take("="):
        return name.lower(), number(cursor)
    cursor.at = start
    return None, number(cursor)


def _named(
    family: str, params: list[str], given: list[tuple[str | None, float]], inside: str = ""
) -> tuple[float, ...]:
    """Arguments in the order of the parameters, whether they came by place or by name.

    ``inside`` names the distribution that stands before them, if one does.
    """
    by_name: dict[str, float] = {}
    if len(given) != len(params):
        raise SceneError(
            "arity",
            family=family,
            count=len(params) + bool(inside),
            params=Names(", ".join([inside, *params] if inside else params)),
            given=len(given) + bool(inside),
        )
    for place, (name, value) in zip(params, given, strict=True):
        key = place if name is None else next((p for p in params if p.lower() == name), None)
        if key is None:
            raise SceneError(
                "text_param", family=family, name=name, params=Names(", ".join(params))
            )
        if key in by_name:
            raise SceneError("text_twice", family=family, name=key)
        by_name[key] = value
    return tuple(by_name[param] for param in params)


def _read_family(cursor: Cursor, name: str, depth: int) -> Dist:
    given = []
    if cursor.next() != ")":
        given.append(argument(cursor))
        while cursor.take(","):
            given.append(argument(cursor))
    if cursor.next() != ")":
        raise cursor.error(")")  # before the count: a missing bracket is the nearer cause
    params = [param.name for param in FAMILIES[name].params]
    return families.make(name, *_named(name, params, given))


def _outcome(cursor: Cursor) -> tuple[float | str | None, float]:
    """``0.1``, ``2.5:0.1`` or ``cat:0.1``: an outcome, if it is given, and its weight."""
    start = cursor.at
    head = cursor.run(_TO_STOP).strip()
    if not cursor.take(":"):
        cursor.at = start
        return None, _number(cursor)
    return _place(head), _number(cursor)


def _place(head: str) -> float | str:
    """An outcome: a number, or else a name."""
    # float() alone would also take 1_000 and digits of other scripts
    if not _NUMBER.fullmatch(head):
        return head
    try:
        value = float(head)
    except ValueError:
        return head
    if not math.isfinite(value):
        raise SceneError("text_finite", found=head)
    return value + 0.0


def _read_pmf(cursor: Cursor, name: str, depth: int) -> Dist:
    rows = [_outcome(cursor)]
    while cursor.take(","):
        rows.append(_outcome(cursor))
    weights = [weight for _, weight in rows]
    places = [x for x, _ in rows if isinstance(x, float)]
    labels = [x for x, _ in rows if isinstance(x, str)]
    if len(places) == len(rows):
        return families.pmf(weights, support=places)
    if len(labels) == len(rows):
        return families.pmf(weights, labels=labels)
    if places or labels:
        raise SceneError("text_mixed")
    return families.pmf(weights)


def _read_density(cursor: Cursor, name: str, depth: int) -> Dist:
    edges, heights = [_number(cursor)], []
    while cursor.take(":"):
        heights.append(_number(cursor))
        cursor.expect(",")
        edges.append(_number(cursor))
    return families.density(edges, heights)


_DIGITS = {
    char: value for value, char in enumerate(ascii_uppercase + ascii_lowercase + digits + "-_")
}


def decode(code: str) -> list[int]:
    """The levels that `families.levels_text` spells: two base64url characters each, high one first.

    Raises SceneError for another character or an odd number of them.
    """
    values = [_DIGITS.get(char, -1) for char in code]
    if -1 in values or len(values) % 2 or not values:
        raise SceneError("text_code")
    return [64 * high + low for high, low in zip(values[::2], values[1::2], strict=True)]


def _read_drawn(cursor: Cursor, name: str, depth: int) -> Dist:
    a = _number(cursor)
    cursor.expect(",")
    b = _number(cursor)
    cursor.expect(",")
    return families.drawn(a, b, decode(cursor.word(_CODE)))


def _read_mixture(cursor: Cursor, name: str, depth: int) -> Dist:
    if depth >= DEEPEST:
        raise SceneError("depth", most=DEEPEST)
    weights: list[float] = []
    parts: list[Dist] = []
    while cursor.next() not in (")", ""):
        if parts:
            cursor.take("+")  # optional: a query string turns + into a space
        if not _NUMBER.fullmatch(cursor.next()):
            raise SceneError("text_weight")
        weights.append(_number(cursor))
        cursor.expect("*")
        parts.append(_dist(cursor, depth + 1))
    return families.mixture(weights, parts)


def _values(cursor: Cursor) -> list[float]:
    """``1,2,3.5``: one number or more."""
    start = cursor.at
    try:
        # 10^5 numbers one by one take a second; what is wrong is found and named below
        values = list(map(float, cursor.run(_VALUES).split(",")))
        if all(map(math.isfinite, values)):
            return values
    except ValueError:
        pass
    cursor.at = start
    values = [_number(cursor)]
    while cursor.take(","):
        values.append(_number(cursor))
    return values


def _read_samples(cursor: Cursor, name: str, depth: int) -> Dist:
    return families.samples(_values(cursor))


def _read_histogram(cursor: Cursor, name: str, depth: int) -> Dist:
    rule = cursor.word(_NAME).lower()
    cursor.expect(",")
    return families.histogram(_values(cursor), rule)


def _read_fitted(cursor: Cursor, name: str, depth: int) -> Dist:
    family = cursor.word(_NAME).lower()
    if family not in FAMILIES:
        raise _unknown(family) if family else SceneError("text_need_name", before=cursor.before())
    cursor.expect(",")
    return families.fitted(_values(cursor), family)


# The numbers that follow the distribution inside.
_AFTER: dict[str, list[str]] = {"truncated": ["a", "b"], "shifted": ["by"], "scaled": ["by"]}


def _read_transformed(cursor: Cursor, name: str, depth: int) -> Dist:
    if depth >= DEEPEST:
        raise SceneError("depth", most=DEEPEST)
    inner = _dist(cursor, depth + 1)
    given = []
    while cursor.take(","):
        given.append(argument(cursor, bound if name == "truncated" else _number))
    if cursor.next() != ")":
        raise cursor.error("," if len(given) < len(_AFTER[name]) else ")")
    return families.make(name, inner, *_named(name, _AFTER[name], given, inside="D"))


_READERS: dict[str, Callable[[Cursor, str, int], Dist]] = {
    "pmf": _read_pmf,
    "density": _read_density,
    "drawn": _read_drawn,
    "mixture": _read_mixture,
    **dict.fromkeys(_AFTER, _read_transformed),
    "samples": _read_samples,
    "histogram": _read_histogram,
    "fitted": _read_fitted,
}


def _unknown(name: str) -> SceneError:
    close = difflib.get_close_matches(name[:40], list(FAMILIES), 1)
    if close:
        return SceneError("text_close", name=name, close=close[0])
    return SceneError("family", family=name, known=Names(", ".join(FAMILIES)))


def _dist(cursor: Cursor, depth: int) -> Dist:
    name = cursor.word(_NAME)
    if not name:
        before = cursor.before()
        raise SceneError("text_need_name", before=before) if before else SceneError("text_start")
    reader = _READERS.get(name.lower())
    if reader is None:
        if name.lower() not in FAMILIES:
            raise _unknown(name)
        reader = _read_family
    cursor.expect("(")
    dist = reader(cursor, name.lower(), depth)
    cursor.expect(")")
    return dist


def parse(text: object) -> Dist:
    """The distribution that ``text`` spells; ``parse(str(dist)) == dist``.

    The spellings are the rows of GRAMMAR. Raises SceneError with a sentence for the visitor.

    >>> str(parse(" Normal( mu=0, sigma=1 ) "))
    'normal(0,1)'
    """
    if not isinstance(text, str):
        raise SceneError("text_type")
    longest = LONGEST_DATA if _OF_DATA.match(text) else LONGEST_TEXT
    if len(text) > longest:
        raise SceneError("text_long", length=len(text), longest=longest)
    if not text.strip():
        raise SceneError("text_empty")
    cursor = Cursor(text)
    dist = _dist(cursor, 0)
    if cursor.next():
        raise SceneError("text_extra", found=text[cursor.at : cursor.at + 12])
    return dist
