"""The Scene and its one text spelling, the link.

A Scene holds all that a page depends on: P, Q, the unit, the selected number; whatever is shown can
be shared, reloaded and edited by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from divviz import families
from divviz.dist import Dist, Names, SceneError
from divviz.grammar import LONGEST_DATA, parse
from divviz.selection import asked, spelled
from divviz.units import UNITS

LONGEST_LINK = 200_000
LONGEST_DATA_LINK = 2 * LONGEST_DATA + 1000
MOST_OUTCOMES = 64
_HOLDS_DATA = re.compile(r"(samples|histogram|fitted)(\(|%28)", re.IGNORECASE)
_LINK_SAFE = "(),*:;-._~"

DEFAULT_UNIT = "nats"
DEFAULT_SHOW = "kl_pq"
SAMPLES = "samples"


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
        return query_string(self.query)


def query_string(parts: Mapping[str, str]) -> str:
    """Parts by name as a query string, with as much of them left readable as a link can carry."""
    return "&".join(f"{key}={quote(text, safe=_LINK_SAFE)}" for key, text in parts.items())


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
