"""What a link arranges beside the state: parts hidden, parts locked, numbers behind a prediction.

A teacher's link says ``hide=js,notes&lock=p,q.mu&predict=kl_pq,kl_qp``. What can be hidden is the
page's to know; what can be locked is whatever the state has a name for.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from divviz.controls import parameters
from divviz.dist import Names, SceneError
from divviz.measures import MEASURES
from divviz.scene import Scene

NAMES = ("hide", "lock", "predict")
MOST_NAMES = 128
MOST_PREDICTED = 2
MOST_CLOSE = 3
MOST_FOUND = 5
_NAME = re.compile(r"[A-Za-z0-9_.]{1,64}")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Names of parts that are hidden or locked, and the one or two measures to be predicted."""

    hide: tuple[str, ...] = ()
    lock: tuple[str, ...] = ()
    predict: tuple[str, ...] = ()

    @property
    def query(self) -> dict[str, str]:
        """The arrangement as parameters of a query string; what is empty is left out."""
        return {name: ",".join(getattr(self, name)) for name in NAMES if getattr(self, name)}


def read(
    query: Mapping[str, object], hideable: Collection[str], lockable: Collection[str]
) -> tuple[Arrangement, list[SceneError]]:
    """The arrangement of a query, and one SceneError for each of its parts that names the unknown.

    What is known is kept. More than two measures to predict, or one that is not known, is an error
    of its own.
    """
    errors: list[SceneError] = []
    hide = _known("hide", query, hideable, errors)
    lock = _known("lock", query, lockable, errors)
    predict = _known("predict", query, MEASURES, errors)
    if len(predict) > MOST_PREDICTED:
        errors.append(SceneError("predict_many", most=MOST_PREDICTED))
        predict = predict[:MOST_PREDICTED]
    return Arrangement(hide, lock, predict), errors


def _known(
    part: str, query: Mapping[str, object], known: Collection[str], errors: list[SceneError]
) -> tuple[str, ...]:
    text = query.get(part, "")
    words = [word.strip() for word in text.split(",")] if isinstance(text, str) else [""]
    given = list(dict.fromkeys(word for word in words if word))
    if len(given) > MOST_NAMES:
        errors.append(SceneError("flags_many", word=part, most=MOST_NAMES))
        given = given[:MOST_NAMES]
    strange = [word[:40] for word in given if word not in known]
    if strange:
        errors.append(_strange(part, strange, known))
    return tuple(word for word in given if word in known)


def _strange(part: str, strange: list[str], known: Collection[str]) -> SceneError:
    """The error about unknown names: what they may have meant, as the whole list is long."""
    words = strange[:MOST_FOUND]
    near = [found for word in words for found in difflib.get_close_matches(word, known)]
    fields = {"word": part, "found": Names(", ".join(words))}
    if not near:
        code = "predict_unknown" if part == "predict" else "flags_unknown"
        return SceneError(code, **fields)
    close = list(dict.fromkeys(near))[:MOST_CLOSE]
    return SceneError("flags_close", **fields, close=Names(", ".join(close)))


# ---- locks ---------------------------------------------------------------------------------------


def lockable(scene: Scene, knobs: Mapping[str, Any] | None = None) -> dict[str, object]:
    """All that can be locked, by name, with its present value.

    ``p`` and ``q`` whole, ``p.family`` alone, each parameter (``p.mu``, ``p.1.weight``), ``unit``,
    ``show``, and the lesson's own knobs.
    """
    found: dict[str, object] = {}
    for side, dist in (("p", scene.p), ("q", scene.q)):
        found |= {side: dist, f"{side}.family": dist.name}
        found |= {f"{side}.{name}": value for name, _, value in parameters(dist)}
    return found | {"unit": scene.unit, "show": scene.show} | dict(knobs or {})


def locks_of(message: object) -> tuple[str, ...]:
    """The names that a message of the browser says are locked; what is no name is passed over."""
    given = message.get("lock") if isinstance(message, Mapping) else None
    names = given[:MOST_NAMES] if isinstance(given, list) else []
    return tuple(name for name in names if isinstance(name, str) and _NAME.fullmatch(name))


def check_locks(
    locks: Collection[str], before: Mapping[str, object], after: Mapping[str, object]
) -> None:
    """SceneError if what is locked differs between two results of `lockable`."""
    for name in locks:
        if name in before and (name not in after or after[name] != before[name]):
            raise SceneError("locked", name=name)


def keeps(locks: Collection[str], before: Mapping[str, object], *ways: Callable[[], Any]) -> bool:
    """Whether locks are what leaves none of some ways on; each gives the `lockable` of its end."""
    locked = False
    for way in ways:
        try:
            check_locks(locks, before, way())
            return False
        except SceneError as error:
            locked |= error.code == "locked"
    return locked
