"""The state of a lesson: a Scene and the lesson's own knobs; its one text spelling is the link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from divviz import gestures, scene
from divviz.dist import Dist, SceneError
from divviz.grammar import parse
from divviz.knobs import LONGEST, RESERVED, Knob
from divviz.notices import Notice
from divviz.pair import Pair
from divviz.scene import LONGEST_DATA_LINK, Scene


class Act(NamedTuple):
    """One act of a lesson: how each part after its name is read, and what it does to a State."""

    reads: tuple[Callable[[Any], Any], ...]
    does: Callable[..., State]


@dataclass(frozen=True, eq=False)  # one for each lesson: that is what makes two the same
class Topic:
    """What a lesson starts from and what a visitor can change in it.

    `start` is a link such as ``p=pmf(1,1)&q=pmf(1,3)&unit=bits``; `kind`, where given, is the only
    kind of P and Q that the lesson works with; `acts` are the lesson's own: what each does makes
    of a State and of what the browser sent the State after it. In a lesson about P `alone` Q is P
    itself, whatever becomes of P, and the link does not say it. Where P and Q are `made` from the
    knobs by name, nothing else changes them, and the link says neither. Where the knobs `give` P
    and the Q to start from, Q alone is the visitor's, until the knobs give another P.
    """

    start: str
    knobs: tuple[Knob, ...] = ()
    acts: Mapping[str, Act] = field(default_factory=dict)
    kind: str | None = None
    alone: bool = False
    made: Callable[[Mapping[str, Any]], tuple[Dist, Dist]] | None = None
    give: Callable[[Mapping[str, Any]], tuple[Dist, Dist]] | None = None

    def __post_init__(self) -> None:
        names = [knob.name for knob in self.knobs]
        assert len(set(names)) == len(names) and not RESERVED & set(names)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all that the lesson's link says."""
        return ("p", "q", "unit", "show", *(knob.name for knob in self.knobs))

    @cached_property
    def first(self) -> State:
        """The state that the lesson opens with."""
        given = dict(parse_qsl(self.start))
        first, errors = scene.read(given)
        assert not errors, errors
        knobs = {knob.name: knob.default for knob in self.knobs}
        for knob in self.knobs:
            if knob.name in given:
                knobs[knob.name] = knob.read(given[knob.name])
        return State(self, self.scene_of(first, knobs), MappingProxyType(knobs))

    @property
    def sides(self) -> tuple[str, ...]:
        """Those of P and Q that are set by themselves."""
        if self.made:
            return ()
        return ("q",) if self.give else ("p",) if self.alone else ("p", "q")

    def scene_of(self, now: Scene, values: Mapping[str, Any]) -> Scene:
        """The scene as the lesson has it: made or given by the knobs, or Q no other than P."""
        if self.made:
            p, q = self.made(values)
            return replace(now, p=p, q=q)
        if self.give:
            p, q = self.give(values)
            return now if now.p == p else replace(now, p=p, q=q)
        return replace(now, q=now.p) if self.alone else now


@dataclass(frozen=True)
class State:
    """All that a lesson's page depends on: P, Q, the unit, the measure, and the knobs by name."""

    topic: Topic
    scene: Scene
    knobs: Mapping[str, Any]

    @property
    def unit(self) -> str:
        """A key of UNITS."""
        return self.scene.unit

    @property
    def pair(self) -> Pair:
        """P and Q on common ground."""
        return _pair(self.scene.p, self.scene.q)

    def __getitem__(self, name: str) -> Any:
        return self.knobs[name]

    def with_knob(self, name: str, value: Any) -> State:
        """The state with one knob at another value, which its `check` accepts or refuses."""
        knob = next((one for one in self.topic.knobs if one.name == name), None)
        if knob is None:
            raise SceneError("knob", knob=name)
        turned = MappingProxyType({**self.knobs, name: knob.check(value)})
        return replace(self, scene=self.topic.scene_of(self.scene, turned), knobs=turned)

    @cached_property
    def link(self) -> str:
        """The state as a query string; of all but P and Q only what differs from the start."""
        first = self.topic.first
        parts = {side: str(getattr(self.scene, side)) for side in self.topic.sides}
        if self.scene.unit != first.scene.unit:
            parts["unit"] = self.scene.unit
        if self.scene.show != first.scene.show:
            parts["show"] = self.scene.show
        for knob in self.topic.knobs:
            if self.knobs[knob.name] != first.knobs[knob.name]:
                parts[knob.name] = knob.spell(self.knobs[knob.name])
        return scene.query_string(parts)


# A knob that moves leaves P and Q as they are, and with them all that was worked out about them.
_pair = lru_cache(maxsize=8)(Pair)


def read(topic: Topic, query: Mapping[str, object]) -> tuple[State, list[SceneError]]:
    """The state of a query, and one SceneError for each part that had to keep its start."""
    knobs, strange = _knobs(topic, query)
    first = topic.scene_of(topic.first.scene, knobs) if topic.give else topic.first.scene
    given = {key: query[key] for key in (*topic.sides, "unit", "show") if key in query}
    filled = _beside if topic.give else _filled
    now, errors = scene.read(filled(first, given))
    wrong = {error.fields.get("part") for error in errors}
    if wrong:
        now, _ = scene.read(filled(first, {k: v for k, v in given.items() if k not in wrong}))
    if topic.made and {"p", "q"} & query.keys():
        errors.append(SceneError("lesson_made", part="link"))
    if topic.give and "p" in query:
        errors.append(SceneError("lesson_given", part="link"))
    kind = first.kind if topic.give else topic.kind
    if kind and now.kind != kind:
        errors.append(SceneError("lesson_kind", kind=kind, given=now.kind))
        now = replace(now, p=first.p, q=first.q)
    return State(topic, topic.scene_of(now, knobs), MappingProxyType(knobs)), errors + strange


def _knobs(topic: Topic, query: Mapping[str, object]) -> tuple[dict[str, Any], list[SceneError]]:
    """The knobs as the query sets them, and an error for each that had to keep its start."""
    knobs, errors = dict(topic.first.knobs), []
    for knob in topic.knobs:
        if knob.name in query:
            try:
                knobs[knob.name] = knob.read(_short(knob.name, query[knob.name]))
            except SceneError as error:
                errors.append(error)
    return knobs, errors


def _filled(first: Scene, given: dict[str, object]) -> dict[str, object]:
    """The query with the lesson's own start for what it does not say.

    Of P and Q the lesson's own other side stands beside a given one if the two go together.
    """
    whole = _beside(first, given)
    if {"p", "q"} & given.keys():
        _, errors = scene.read(whole)
        if any(error.fields.get("part") in ("p", "q") for error in errors):
            return {"unit": first.unit, "show": first.show, **given}
    return whole


def _beside(first: Scene, given: dict[str, object]) -> dict[str, object]:
    """The query with the lesson's own for what it does not say, whether they go together or not."""
    own = {"p": str(first.p), "q": str(first.q), "unit": first.unit, "show": first.show}
    return {**own, **given}


def _short(name: str, text: object) -> str:
    if not isinstance(text, str):
        raise SceneError("knob_text", knob=name, value=type(text).__name__)
    if len(text) > LONGEST:
        raise SceneError("knob_long", knob=name, length=len(text), longest=LONGEST)
    return text


def read_link(topic: Topic, text: object) -> tuple[State, list[SceneError]]:
    """The state of a query string; errors as in read."""
    if not isinstance(text, str):
        return topic.first, [SceneError("link_type", part="link")]
    if len(text) > LONGEST_DATA_LINK:
        return topic.first, [SceneError("link_long", longest=LONGEST_DATA_LINK, part="link")]
    return read(topic, dict(parse_qsl(text.lstrip("?"), keep_blank_values=True)))


def apply(state: State, act: object) -> tuple[State, list[Notice]]:
    """The state after an act of the browser, with notices of what had to be given up.

    ``["knob", name, value]``, one of the lesson's own acts, or one of gestures.ACTS. Raises
    SceneError for any other, and for values that do not fit.
    """
    match act:
        case ["reset"]:
            return _begun(state), []
        case ["knob", str(name), value]:
            return state.with_knob(name, value), []
        case [str(name), *given] if name in state.topic.acts:
            row = state.topic.acts[name]
            if len(given) != len(row.reads):
                raise SceneError("act", name=name)
            parts = (read(part) for read, part in zip(row.reads, given, strict=True))
            after = row.does(state, *parts)
            _check_given(after)
            return after, []
    now, notices = _gesture(state, act)
    if state.topic.kind and now.kind != state.topic.kind:
        raise SceneError("lesson_kind", kind=state.topic.kind, given=now.kind)
    if state.topic.made and (now.p, now.q) != (state.scene.p, state.scene.q):
        raise SceneError("lesson_made", part="act")
    after = replace(state, scene=now)
    _check_given(after)
    return after, notices


def _begun(state: State) -> State:
    """The state to start over from: what the knobs give stays as it is."""
    if not state.topic.give:
        return state.topic.first
    p, q = state.topic.give(state.knobs)
    return replace(state, scene=replace(state.scene, p=p, q=q))


def _check_given(state: State) -> None:
    """SceneError where P is no longer the one that the knobs give, or Q of another kind."""
    if state.topic.give:
        p, _ = state.topic.give(state.knobs)
        if state.scene.p != p:
            raise SceneError("lesson_given", part="act")
        if state.scene.q.kind != p.kind:
            raise SceneError("lesson_kind", kind=p.kind, given=state.scene.q.kind)


def _gesture(state: State, act: object) -> tuple[Scene, list[Notice]]:
    """The scene after one of gestures.ACTS."""
    match act:
        case ["set", "p", str(text)] if state.topic.alone:
            # The board's own act would compare its names with those of the P that it replaces.
            dist = parse(text)
            scene.check_size(dist)
            return replace(state.scene, p=dist, q=dist), []
    now, notices = gestures.apply(state.scene, act)
    return state.topic.scene_of(now, state.knobs) if state.topic.alone else now, notices
