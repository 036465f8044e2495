"""The activity that a link carries: found, put on its page, and told to the browser.

``activity=NAME`` is a file under pages/activities/, ``activity=~...`` holds the text itself.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from divviz import activity, packed
from divviz.activity import Activity, Posed, said
from divviz.dist import Names, SceneError
from divviz.measures import MEASURES
from divviz.pair import Pair
from divviz.quantities import Now
from divviz.state import Topic
from divviz.target import Found
from divviz.web import prose, words
from divviz.web.text import Translate

FOLDER = prose.PAGES / "activities"
LONGEST_CODE = 2 * activity.LONGEST
HERE = "~"  # before a text that the link itself holds
_NAME = re.compile(r"[a-z0-9_-]{1,64}")

Given = tuple[Activity | None, tuple[SceneError, ...]]


# ---- finding one ---------------------------------------------------------------------------------


def files() -> dict[str, Path]:
    """The files under pages/activities/ in their order, by name: `03_half.toml` is `half`."""
    return _files(FOLDER, _changed(FOLDER))


def _changed(path: Path) -> int:
    """When a file or what a folder lists was changed; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


# A hand that moves asks thirty times a second; a file that its author changes is read again.
@lru_cache(maxsize=4)
def _files(folder: Path, changed: int) -> dict[str, Path]:
    return {re.sub(r"^\d\d_", "", path.stem): path for path in sorted(folder.glob("*.toml"))}


@lru_cache(maxsize=64)
def _text(path: Path, changed: int) -> str:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return file.read(activity.LONGEST + 1).replace("\r\n", "\n")


def link(source: str) -> str:
    """What ``activity=`` says for an activity that is not in the folder."""
    return HERE + packed.pack(source)


def source_of(given: str) -> str:
    """The text of the activity that a link names or holds; SceneError if there is none."""
    if given.startswith(HERE):
        found = packed.unpack(given[1:], activity.LONGEST)
        if found is None:
            raise SceneError("activity_link")
        return found
    path = files().get(given) if _NAME.fullmatch(given) else None
    if path is None:
        raise SceneError("activity_none", name=given)
    try:
        return _text(path, _changed(path))
    except OSError:  # a folder of that name, a file that may not be read
        raise SceneError("activity_none", name=given) from None


def read(given: str) -> Given:
    """The activity that a link names or holds, and what is wrong with it."""
    try:
        return _read(source_of(given))
    except SceneError as error:
        return None, (error,)


@lru_cache(maxsize=64)
def _read(source: str) -> Given:
    found, errors = activity.read(source)
    return found, tuple(errors)


@lru_cache(maxsize=64)
def _posed(source: str, topic: Topic | None) -> tuple[Posed | None, tuple[SceneError, ...]]:
    found, errors = _read(source)
    if found is None:
        return None, errors
    posed, wrong = activity.posed(found, topic)
    return posed, tuple(wrong)


def page_of(query: Mapping[str, str]) -> str | None:
    """The name of the page that the activity in an address is for, None without one."""
    found = read(query["activity"])[0] if "activity" in query else None
    return found.page if found else None


# ---- on its page ---------------------------------------------------------------------------------


class Asked(NamedTuple):
    """The activity of an address or a message: as the link says it, on its page, what is wrong."""

    given: str
    posed: Posed | None
    errors: tuple[SceneError, ...]

    @property
    def name(self) -> str:
        """What the browser remembers it by."""
        if not self.given.startswith(HERE):
            return self.given
        return HERE + sha256(self.given.encode()).hexdigest()[:12]


def asked(
    message: object, query: Mapping[str, str], page: str, topic: Topic | None
) -> Asked | None:
    """The activity that a message, or else the address, carries to a page; None without one."""
    given = message.get("activity") if isinstance(message, dict) else None
    if given is None:
        given = query.get("activity")
    if not isinstance(given, str) or not given:
        return None
    if len(given) > LONGEST_CODE:
        return Asked("", None, (SceneError("activity_link"),))
    try:
        source = source_of(given)
    except SceneError as error:
        return Asked(given, None, (error,))
    found, errors = _read(source)
    if found is not None and found.page != page:
        return Asked(given, None, (_astray(found.page),))
    return Asked(given, *(_posed(source, topic) if found is not None else (None, errors)))


def _astray(page: str) -> SceneError:
    known = [prose.name(stem) for stem in prose.stems()]
    if page in known:
        return SceneError("activity_elsewhere", page=page)
    return SceneError("activity_page", page=page, known=Names(", ".join(known)))


def opened(posed: Asked | None, query: Mapping[str, str]) -> Mapping[str, str]:
    """The address with what its activity stands for; what the address itself says wins."""
    if posed is None or posed.posed is None:
        return query
    return {**posed.posed.activity.query, **query}


def explained(error: SceneError, t: Translate) -> str:
    """An error in a sentence that names the key it is about."""
    sentence, key = words.error(error, t), error.fields.get("of")
    return t("activity.about", of=key, error=sentence) if key else sentence


# ---- what the browser is told --------------------------------------------------------------------


def troubles(posed: Asked | None, t: Translate) -> list[str]:
    """What is wrong with the activity of an address: a sentence each."""
    return [explained(error, t) for error in posed.errors] if posed else []


def told(posed: Asked | None, lang: str) -> dict[str, Any]:
    """All that the browser shows of an activity but how far it is reached; {} without one."""
    if posed is None or posed.posed is None:
        return {}
    one = posed.posed.activity
    texts = {
        name: said(getattr(one, name), lang)
        for name in ("title", "question", "hint", "explanation")
    }
    choices = [(said(each.text, lang), said(each.why, lang), each.right) for each in one.choices]
    return {
        "activity": {
            "given": posed.given,
            "name": posed.name,
            "start": posed.posed.start,
            "choices": choices,
            **texts,
        }
    }


def reached(
    posed: Asked | None, pair: Pair, unit: str, knobs: Mapping[str, Any], live: bool, t: Translate
) -> dict[str, Any]:
    """How far a target is reached: {"reached": [whether, parts, unit]}; {} without one.

    A part is [comparison, whether it holds, [[key, symbol, present value], ...]]. The unit is named
    where it is not the one that the page shows. A moving hand does not wait for what takes long.
    """
    found = posed.posed if posed else None
    if found is None or found.target is None or (live and not found.target.quick):
        return {}
    now = found.target.at(Now(pair, found.unit, knobs))
    other = t(f"unit.{found.unit}") if found.unit != unit and _informed(now) else ""
    parts = [
        [part.text, part.holds, [[key, symbol, _spelled(v)] for key, symbol, v in part.names]]
        for part in now.parts
    ]
    return {"reached": [now.reached, parts, other]}


def _informed(found: Found) -> bool:
    """Whether a target asks for a number that the unit of information changes."""
    keys = {key.partition("(")[0] for part in found.parts for key, _, _ in part.names}
    return any(MEASURES[key].unit in ("information", "root") for key in keys & MEASURES.keys())


def _spelled(value: float | str) -> str:
    return value if isinstance(value, str) else words.number(float(value))
