"""The Scene, its one text spelling, and the grammar that reads it back.

A Scene holds all that a page depends on: P, Q, the unit, the selected number. Its spelling is the
link, so whatever is shown can be shared, reloaded and edited by hand.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase, digits
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

from divviz import families
from divviz.dist import Dist, Family, Names, SceneError
from divviz.families import FAMILIES
from divviz.measures import MEASURES, UNITS, Measure

LONGEST_TEXT = 20_000
LONGEST_DATA = 2_500_000  # of what is made of numbers: 10^5 of them, with all their digits
LONGEST_LINK = 200_000
LONGEST_DATA_LINK = 2 * LONGEST_DATA + 1000
MOST_OUTCOMES = 64
DEEPEST = 3

# One class of characters each, so that a match is one step forward through the text.
_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"[0-9.+\-eE]*")
_ENDLESS = re.compile(r"[+-]?inf(?![A-Za-z0-9_])", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9_]*")
_KEY = re.compile(r"[^ \t\r\n(]*")
_CODE = re.compile(r"[A-Za-z0-9_\-]*")
_HOLDS_DATA = re.compile(r"(samples|histogram|fitted)(\(|%28)", re.IGNORECASE)
_OF_DATA = re.compile(r"\s{0,9}(?:samples|histogram|fitted)\s{0,9}\(", re.IGNORECASE)
_VALUES = re.compile(r"[0-9.+\-eE, \t\r\n]*")
_TO_STOP = re.compile(r"[^,:()]*")
_LINK_SAFE = "(),*:;-._~"


# --- the grammar -------------------------------------------------------------------------------


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


class _Cursor:
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


def _number(cursor: _Cursor) -> float:
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


def _bound(cursor: _Cursor) -> float:
    """A number, ``-inf`` or ``inf``."""
    endless = cursor.word(_ENDLESS)
    return float(endless) if endless else _number(cursor)


def _argument(
    cursor: _Cursor, number: Callable[[_Cursor], float] = _number
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


def _read_family(cursor: _Cursor, name: str, depth: int) -> Dist:
    given = []
    if cursor.next() != ")":
        given.append(_argument(cursor))
        while cursor.take(","):
            given.append(_argument(cursor))
    if cursor.next() != ")":
        raise cursor.error(")")  # before the count: a missing bracket is the nearer cause
    params = [param.name for param in FAMILIES[name].params]
    return families.make(name, *_named(name, params, given))


def _outcome(cursor: _Cursor) -> tuple[float | str | None, float]:
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


def _read_pmf(cursor: _Cursor, name: str, depth: int) -> Dist:
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


def _read_density(cursor: _Cursor, name: str, depth: int) -> Dist:
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


def _read_drawn(cursor: _Cursor, name: str, depth: int) -> Dist:
    a = _number(cursor)
    cursor.expect(",")
    b = _number(cursor)
    cursor.expect(",")
    return families.drawn(a, b, decode(cursor.word(_CODE)))


def _read_mixture(cursor: _Cursor, name: str, depth: int) -> Dist:
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


def _values(cursor: _Cursor) -> list[float]:
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


def _read_samples(cursor: _Cursor, name: str, depth: int) -> Dist:
    return families.samples(_values(cursor))


def _read_histogram(cursor: _Cursor, name: str, depth: int) -> Dist:
    rule = cursor.word(_NAME).lower()
    cursor.expect(",")
    return families.histogram(_values(cursor), rule)


def _read_fitted(cursor: _Cursor, name: str, depth: int) -> Dist:
    family = cursor.word(_NAME).lower()
    if family not in FAMILIES:
        raise _unknown(family) if family else SceneError("text_need_name", before=cursor.before())
    cursor.expect(",")
    return families.fitted(_values(cursor), family)


# The numbers that follow the distribution inside.
_AFTER: dict[str, list[str]] = {"truncated": ["a", "b"], "shifted": ["by"], "scaled": ["by"]}


def _read_transformed(cursor: _Cursor, name: str, depth: int) -> Dist:
    if depth >= DEEPEST:
        raise SceneError("depth", most=DEEPEST)
    inner = _dist(cursor, depth + 1)
    given = []
    while cursor.take(","):
        given.append(_argument(cursor, _bound if name == "truncated" else _number))
    if cursor.next() != ")":
        raise cursor.error("," if len(given) < len(_AFTER[name]) else ")")
    return families.make(name, inner, *_named(name, _AFTER[name], given, inside="D"))


_READERS: dict[str, Callable[[_Cursor, str, int], Dist]] = {
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


def _dist(cursor: _Cursor, depth: int) -> Dist:
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
    cursor = _Cursor(text)
    dist = _dist(cursor, 0)
    if cursor.next():
        raise SceneError("text_extra", found=text[cursor.at : cursor.at + 12])
    return dist


# --- the scene ---------------------------------------------------------------------------------

DEFAULT_UNIT = "nats"
DEFAULT_SHOW = "kl_pq"
SAMPLES = "samples"
LONGEST_SHOW = 200


def _orders(cursor: _Cursor, one: Measure) -> dict[str, float]:
    """The parameters in the brackets after a measure's key, by name."""
    given: dict[str, float] = {}
    if not cursor.take("("):
        return given
    free = [param.name for param in one.params]
    if not free:
        raise SceneError("show_plain", measure=one.key)
    while cursor.next() != ")":
        name, number = _argument(cursor, _bound)
        name = name or next((each for each in free if each not in given), free[-1])
        if name in given:
            raise SceneError("text_twice", family=one.key, name=name)
        given[name] = number
        if not cursor.take(","):
            break
    cursor.expect(")")
    return given


@lru_cache(maxsize=256)
def _asked(show: str) -> tuple[str, dict[str, float]]:
    """The key of MEASURES and all its parameters that ``show`` spells."""
    if len(show) > LONGEST_SHOW:
        raise SceneError("text_long", length=len(show), longest=LONGEST_SHOW)
    cursor = _Cursor(show)
    key = cursor.word(_KEY).lower()
    if key not in MEASURES:
        raise SceneError("show", show=key or "“”", known=Names(", ".join(MEASURES)))
    one = MEASURES[key]
    given = _orders(cursor, one)
    if cursor.next():
        raise SceneError("show_extra", found=show[cursor.at :], measure=key)
    return key, one.checked(given) if given else one.checked({}, defaults=True)


def asked(show: str) -> tuple[str, dict[str, float]]:
    """The key of MEASURES and the parameters, all of them by name, that ``show`` spells.

    Raises SceneError for an unknown key and for a parameter that is unknown or out of range.

    >>> asked("Renyi( alpha = 0.5 )"), asked("wasserstein(inf)"), asked("js")
    (('renyi', {'alpha': 0.5}), ('wasserstein', {'p': inf}), ('js', {'weight': 0.5}))
    """
    key, parameters = _asked(show)
    return key, dict(parameters)


def spelled(key: str, parameters: Mapping[str, float]) -> str:
    """The one spelling of a measure with its parameters: ``asked`` reads it back.

    >>> spelled("renyi", {"alpha": 0.5}), spelled("renyi", {}), spelled("js", {"weight": 0.5})
    ('renyi(0.5)', 'renyi(2)', 'js')
    """
    one = MEASURES[key]
    values = [parameters.get(param.name, param.default) for param in one.params]
    plain = values == [param.default for param in one.params] and not one.required
    return key if plain else f"{key}({','.join(map(families.spell, values))})"


def check_size(dist: Dist) -> None:
    """SceneError if ``dist`` has more outcomes than a link may carry and a plot can show."""
    if dist.name == "pmf" and len(dist.weights) > MOST_OUTCOMES:
        raise SceneError("text_outcomes", count=len(dist.weights), most=MOST_OUTCOMES)
    if dist.family.kind == "either":
        for part in dist.parts:
            check_size(part)


def check_pair(p: Dist, q: Dist) -> None:
    """SceneError if P and Q cannot be compared: two kinds, or names against numbers.

    A sample, which is outcomes, may stand against a density.
    """
    if p.kind != q.kind:
        if SAMPLES not in (p.name, q.name):
            raise SceneError("kinds", p=p.kind, q=q.kind)
        return
    if (p.labels is None) != (q.labels is None):
        counts = len(p.atoms()[0]), len(q.atoms()[0])
        if counts[0] != counts[1]:
            raise SceneError("labels", p=counts[0], q=counts[1])


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a page depends on: P and Q, a key of UNITS, and the measure that is selected.

    ``show`` is a key of MEASURES with its parameters, in its one spelling: ``js``, ``renyi(0.5)``.
    Raises SceneError if P and Q cannot be compared, or if the unit or the measure is unknown.
    """

    p: Dist
    q: Dist
    unit: str = "nats"
    show: str = "kl_pq"

    def __post_init__(self) -> None:
        check_pair(self.p, self.q)
        if self.unit not in UNITS:
            raise SceneError("unit", unit=self.unit, known=Names(", ".join(UNITS)))
        object.__setattr__(self, "show", spelled(*asked(self.show)))

    @property
    def kind(self) -> str:
        """ "discrete" or "continuous", the kind of both P and Q, or else "mixed"."""
        return self.p.kind if self.p.kind == self.q.kind else "mixed"

    @property
    def key(self) -> str:
        """The key of MEASURES that is selected."""
        return asked(self.show)[0]

    @property
    def parameters(self) -> dict[str, float]:
        """All parameters of the measure that is selected, by name."""
        return asked(self.show)[1]

    @property
    def query(self) -> dict[str, str]:
        """The scene as the parameters of a query string; what is at its default is left out."""
        parts = {"p": str(self.p), "q": str(self.q)}
        if self.unit != DEFAULT_UNIT:
            parts["unit"] = self.unit
        if self.show != DEFAULT_SHOW:
            parts["show"] = self.show
        return parts

    @property
    def link(self) -> str:
        """The scene as a query string that a teacher can edit: ``p=normal(0,1)&q=normal(2,1)``."""
        return "&".join(f"{key}={quote(text, safe=_LINK_SAFE)}" for key, text in self.query.items())


def _given(query: Mapping[str, object], part: str, errors: list[SceneError]) -> Dist | None:
    """P or Q as the link gives it; None, and perhaps an error, if it does not."""
    if part not in query:
        return None
    try:
        dist = parse(query[part])
        check_size(dist)
        return dist
    except SceneError as error:
        errors.append(_about(part, error))
        return None


def _about(part: str, error: SceneError) -> SceneError:
    return SceneError(error.code, **{**error.fields, "part": part})


def _unit(query: Mapping[str, object], errors: list[SceneError]) -> str:
    """The unit as the link gives it, or the default and an error."""
    word = query.get("unit", DEFAULT_UNIT)
    word = word.strip().lower() if isinstance(word, str) else str(type(word).__name__)
    if word in UNITS:
        return word
    errors.append(SceneError("unit", unit=word, known=Names(", ".join(UNITS)), part="unit"))
    return DEFAULT_UNIT


def _show(query: Mapping[str, object], errors: list[SceneError]) -> str:
    """The measure as the link gives it, or the default and an error."""
    word = query.get("show", DEFAULT_SHOW)
    try:
        return spelled(*asked(word if isinstance(word, str) else type(word).__name__))
    except SceneError as error:
        errors.append(_about("show", error))
        return DEFAULT_SHOW


def _beside(other: Dist, side: str) -> Dist:
    """What stands beside ``other`` when the link does not say: a default, or all named alike."""
    default: Dist = getattr(DEFAULTS[other.kind], side)
    try:
        check_pair(default, other)
        return default
    except SceneError:
        return families.pmf([1.0] * len(other.atoms()[0]), labels=other.labels)


def read(query: object) -> tuple[Scene, list[SceneError]]:
    """The scene of a query, and one SceneError for each part that had to take its default.

    Each error carries the part, "p", "q", "unit" or "show", in ``fields["part"]``. If P and Q
    cannot be compared, P is kept. Parts of other names are not looked at.
    """
    if not isinstance(query, Mapping):
        return DEFAULT, [SceneError("link_type", part="link")]
    errors: list[SceneError] = []
    p = _given(query, "p", errors)
    q = _given(query, "q", errors)
    if p is not None and q is not None:
        try:
            check_pair(p, q)
        except SceneError as error:
            errors.append(_about("q", error))
            q = None
    p = p or (_beside(q, "p") if q else DEFAULT.p)
    q = q or _beside(p, "q")
    return Scene(p, q, _unit(query, errors), _show(query, errors)), errors


def read_link(text: object) -> tuple[Scene, list[SceneError]]:
    """The scene of a query string such as ``?p=normal(0,1)&q=normal(2,1)``; errors as in read."""
    if not isinstance(text, str):
        return DEFAULT, [SceneError("link_type", part="link")]
    scene, errors = read(dict(parse_qsl(text.lstrip("?"), keep_blank_values=True)))
    longest = LONGEST_DATA_LINK if _HOLDS_DATA.search(text) else LONGEST_LINK
    if len(text) > longest and not errors:
        errors.append(SceneError("link_long", longest=longest, part="link"))
    return scene, errors


# P has two modes and Q sits on one of them: KL(P||Q) is large, KL(Q||P) is not, at first sight.
DEFAULTS: dict[str, Scene] = {
    "continuous": Scene(
        parse("mixture(0.5*normal(-2,0.7)+0.5*normal(2,0.7))"), parse("normal(1.5,1)")
    ),
    "discrete": Scene(
        parse("pmf(1:0.1,2:0.1,3:0.1,4:0.1,5:0.1,6:0.5)"), parse("discrete_uniform(1,6)")
    ),
}
DEFAULT = DEFAULTS["continuous"]
