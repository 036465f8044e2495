"""An activity: what an author writes in a few lines of TOML, for a page to ask and to check.

    title.en = "Just so far apart"
    question.en = "Move Q until KL(P‖Q) is 0.5 nats."
    start = "p=normal(0,1)&q=normal(3,1)"
    lock = "p, q.sigma"
    target = "kl_pq between 0.45 and 0.55"

`read` checks all that needs no page, `posed` the rest.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from divviz import scene, state
from divviz import target as targets
from divviz.dist import Names, SceneError
from divviz.state import Topic
from divviz.target import Target
from divviz.units import UNITS

LONGEST = 12_000  # characters of an activity, and bytes of one in a link
LANGUAGES = ("en", "zh")
LONGEST_START = 4000
LEAST_CHOICES, MOST_CHOICES = 2, 6
MOST_NAMES = 64
MOST_DOTS = 200  # in a line: a key of 5000 parts takes tomllib half a second
MOST_ERRORS = 6
# What an address says beside the state of its page.
ASIDE = {"lang", "theme", "embed", "embed_options", "notes", "activity", "parent", "answers"}
ARRANGED = ("hide", "lock", "predict")

Words = Mapping[str, str]


def said(words: Words, lang: str) -> str:
    """Words in a language, or in the other one that their author wrote; "" for none."""
    return words.get(lang) or next(iter(words.values()), "")


@dataclass(frozen=True)
class Choice:
    """One answer to a question: what it says, whether it is right, and why or why not."""

    text: Words
    why: Words
    right: bool


@dataclass(frozen=True)
class Activity:
    """What an author has written; `start` is a query, `target` not yet read."""

    title: Words
    question: Words
    page: str
    start: Mapping[str, str]
    unit: str | None
    hide: tuple[str, ...]
    lock: tuple[str, ...]
    predict: tuple[str, ...]
    target: str | None
    choices: tuple[Choice, ...]
    hint: Words
    explanation: Words

    @property
    def query(self) -> dict[str, str]:
        """What its link stands for: the start, what is hidden, locked and to be predicted."""
        arranged = {name: ",".join(getattr(self, name)) for name in ARRANGED}
        unit = {"unit": self.unit} if self.unit else {}
        return {**unit, **self.start, **{name: words for name, words in arranged.items() if words}}


# ---- values --------------------------------------------------------------------------------------


class Key(NamedTuple):
    """One key of an activity: how its value is read, an example, and what it is for."""

    reads: Callable[[str, object], Any]
    example: str
    meaning: str


def _text(key: str, value: object, most: int) -> str:
    if not isinstance(value, str) or not value.strip():
        raise SceneError("activity_value", name=key, example=_example(key))
    if len(value) > most:
        raise SceneError("activity_words", name=key, length=len(value), most=most)
    return value.strip()


def _words(most: int) -> Callable[[str, object], Words]:
    """Text for all, or a text for each language."""

    def read(key: str, value: object) -> Words:
        if not isinstance(value, dict):
            return {LANGUAGES[0]: _text(key, value, most)}
        strange = [lang for lang in value if lang not in LANGUAGES]
        if strange or not value:
            raise SceneError("activity_value", name=key, example=_example(key))
        return {lang: _text(f"{key}.{lang}", text, most) for lang, text in value.items()}

    return read


def _names(key: str, value: object) -> tuple[str, ...]:
    """``"js, notes"`` or ``["js", "notes"]``."""
    found = value.split(",") if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise SceneError("activity_value", name=key, example=_example(key))
    if len(found) > MOST_NAMES:
        raise SceneError("flags_many", word=key, most=MOST_NAMES)
    return tuple(dict.fromkeys(one.strip()[:64] for one in found if one.strip()))


def _start(key: str, value: object) -> dict[str, str]:
    """A link, or all of an address: what comes after its question mark."""
    text = _text(key, value, LONGEST_START)
    return dict(parse_qsl(text.rpartition("?")[2], keep_blank_values=True))


def _unit(key: str, value: object) -> str:
    word = _text(key, value, LONGEST_START)
    if word not in UNITS:
        raise SceneError("unit", unit=word, known=Names(", ".join(UNITS)))
    return word


def _choices(key: str, value: object) -> tuple[Choice, ...]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise SceneError("activity_value", name=key, example=_example(key))
    if not LEAST_CHOICES <= len(value) <= MOST_CHOICES:
        counts = {"least": LEAST_CHOICES, "most": MOST_CHOICES}
        raise SceneError("activity_choices", count=len(value), **counts)
    found = tuple(_choice(f"{key}.{i}", one) for i, one in enumerate(value, 1))
    right = sum(one.right for one in found)
    if right != 1:
        raise SceneError("activity_right", count=right)
    return found


def _choice(key: str, value: Mapping[str, object]) -> Choice:
    strange = [name for name in value if name not in ("text", "why", "right")]
    if strange or "text" not in value or type(value.get("right", False)) is not bool:
        raise SceneError("activity_value", name=key, example=_example("choices"))
    why = _words(800)(f"{key}.why", value["why"]) if "why" in value else {}
    return Choice(_words(200)(f"{key}.text", value["text"]), why, bool(value.get("right")))


def _example(key: str) -> Names:
    return Names(KEYS[key.partition(".")[0]].example)


KEYS: dict[str, Key] = {
    "title": Key(
        _words(120), 'title.en = "Just so far apart"', "the heading; `title.zh` in Chinese"
    ),
    "question": Key(
        _words(1500), 'question.en = "Move Q until KL(P‖Q) is 0.5 nats."', "what there is to do"
    ),
    "page": Key(
        lambda key, value: _text(key, value, 64),
        'page = "transport"',
        "the page that it is for, by its name in the address; the Playground if unsaid",
    ),
    "start": Key(
        _start,
        'start = "p=normal(0,1)&q=normal(3,1)"',
        "where it begins, as a link says it; a whole address will do",
    ),
    "unit": Key(
        _unit,
        'unit = "bits"',
        "nats, bits or hartleys: of the target's numbers, and of the page at the start",
    ),
    "hide": Key(_names, 'hide = "js, w1"', "what the page does not show"),
    "lock": Key(_names, 'lock = "p, q.sigma"', "what cannot be changed"),
    "predict": Key(_names, 'predict = "kl_pq"', "one number or two to be predicted first"),
    "target": Key(
        lambda key, value: _text(key, value, targets.LONGEST),
        'target = "kl_pq between 0.45 and 0.55"',
        "when it is reached",
    ),
    "choices": Key(
        _choices,
        'choices = [{text.en = "KL(P‖Q)", right = true}, {text.en = "KL(Q‖P)"}]',
        "instead of a target: answers, one of them right, each perhaps with its `why`",
    ),
    "hint": Key(_words(800), 'hint.en = "Look at the tails."', "shown on request"),
    "explanation": Key(
        _words(3000),
        'explanation.en = "KL grows with the square of the distance."',
        "shown when it is reached, or on request after some tries",
    ),
}
NEEDED = ("title", "question")


# ---- reading -------------------------------------------------------------------------------------

_PLACE = re.compile(r"at line (\d+)")


def read(text: str) -> tuple[Activity | None, list[SceneError]]:
    """The activity that a text spells; None, and a SceneError for each key that is wrong, else."""
    try:
        tree = _tree(text)
    except SceneError as error:
        return None, [error]
    errors = [_unknown(key) for key in tree if key not in KEYS]
    errors += [
        SceneError("activity_missing", name=key, example=_example(key))
        for key in NEEDED
        if key not in tree
    ]
    found: dict[str, Any] = {}
    for key in KEYS.keys() & tree.keys():
        try:
            found[key] = KEYS[key].reads(key, tree[key])
        except SceneError as error:
            errors.append(about(key, error))
    if ("target" in tree) == ("choices" in tree):
        errors.append(SceneError("activity_goal"))
    return (None, errors[:MOST_ERRORS]) if errors else (_activity(found), [])


def _tree(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        raise SceneError("activity_long", length=len(text), most=LONGEST)
    lines = text.split("\n")
    dotted = next((i for i, line in enumerate(lines, 1) if line.count(".") > MOST_DOTS), None)
    if dotted is not None:
        raise _no_toml(lines, dotted)
    try:
        return tomllib.loads(text.lstrip("\ufeff"))
    except RecursionError:
        raise _no_toml(lines, 1) from None
    except ValueError as error:  # also a number of 5000 digits, which is no error of TOML
        place = _PLACE.search(str(error))
        raise _no_toml(lines, int(place[1]) if place else len(lines)) from None


def _no_toml(lines: Sequence[str], line: int) -> SceneError:
    return SceneError("activity_toml", line=line, found=lines[line - 1].strip())


def _unknown(key: str) -> SceneError:
    close = difflib.get_close_matches(key[:40], list(KEYS), 1)
    if close:
        return SceneError("activity_close", name=key, close=close[0])
    return SceneError("activity_key", name=key, known=Names(", ".join(KEYS)))


def about(key: str, error: SceneError) -> SceneError:
    """The same error, which carries the key that it is about in ``fields["of"]``."""
    return SceneError(error.code, **{**error.fields, "of": key})


def _activity(found: dict[str, Any]) -> Activity:
    start = {k: v for k, v in found.get("start", {}).items() if k not in ASIDE}
    page = found.get("page") or start.get("page") or "playground"
    arranged = {name: found.get(name) or _names(name, start.get(name, "")) for name in ARRANGED}
    return Activity(
        title=found["title"],
        question=found["question"],
        page=page,
        start={k: v for k, v in start.items() if k not in ("page", *ARRANGED)},
        unit=found.get("unit"),
        target=found.get("target"),
        choices=found.get("choices", ()),
        hint=found.get("hint", {}),
        explanation=found.get("explanation", {}),
        **arranged,
    )


# ---- on its page ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Posed:
    """An activity on its page: the link of its start, its target, and the target's unit."""

    activity: Activity
    start: str
    target: Target | None
    unit: str


def posed(activity: Activity, topic: Topic | None) -> tuple[Posed | None, list[SceneError]]:
    """An activity on the page of a topic, None for the Playground; errors as in `read`."""
    now: Any
    if topic is None:
        names: Sequence[str] = ("p", "q", "unit", "show")
        now, errors = scene.read(activity.query)
    else:
        names = topic.names
        now, errors = state.read(topic, activity.query)
    errors = [about("start", error) for error in errors]
    strange = [name[:40] for name in activity.start if name not in names]
    if strange:
        fields = {"found": Names(", ".join(strange[:5])), "known": Names(", ".join(names))}
        errors.append(SceneError("flags_unknown", word="start", **fields))
    target = None
    if activity.target is not None:
        try:
            target = targets.read(activity.target, _knobs(topic))
        except SceneError as error:
            errors.append(about("target", error))
    return (None, errors) if errors else (Posed(activity, now.link, target, now.unit), [])


def _knobs(topic: Topic | None) -> dict[str, Sequence[str]]:
    """The knobs of a lesson that are one number or one word, with their words."""
    if topic is None:
        return {}
    return {one.name: one.options for one in topic.knobs if one.options or isfinite(one.step)}
