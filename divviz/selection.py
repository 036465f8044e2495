"""The measure that a page shows, with its parameters, and its spelling in a link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from divviz import families
from divviz.dist import Names, SceneError
from divviz.grammar import Cursor, argument, bound
from divviz.measures import MEASURES, Measure

LONGEST_SHOW = 200
_KEY = re.compile(r"[^ \t\r\n(]*")


def _orders(cursor: Cursor, one: Measure) -> dict[str, float]:
    """The parameters in the brackets after a measure's key, by name."""
    given: dict[str, float] = {}
    if not cursor.take("("):
        return given
    free = [param.name for param in one.params]
    if not free:
        raise SceneError("show_plain", measure=one.key)
    while cursor.next() != ")":
        name, number = argument(cursor, bound)
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
    cursor = Cursor(show)
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
