"""What the page makes of a file that a visitor opens: a look into it, then the link that it makes.

Nothing is replaced before the visitor has seen what was read and has said where it goes.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from divviz import scene, state
from divviz.arrangement import check_locks, lockable, locks_of
from divviz.dist import Dist, SceneError
from divviz.imported import Saved, Table, read_file
from divviz.readers import text
from divviz.readings import Reading, bars, readings
from divviz.scene import Scene
from divviz.sides import became
from divviz.web import prose, words
from divviz.web.spelling import short
from divviz.web.wishes import Asked, Wish

FIRST_ROWS = 5
LONGEST_CELL = 60
PLAYGROUND = "playground"
SAVED = "saved"
TARGETS = ("p", "q", "both")
PAIR = "pair"  # the only target of a reading that gives P and Q


# ---- a look --------------------------------------------------------------------------------------


def look(asked: Asked, content: str) -> dict[str, Any]:
    """What a file is: its first rows and its readings, or the page and pair of a saved scene."""
    found = read_file(content)
    return _saved(asked, found) if isinstance(found, Saved) else _table(asked, found)


def _table(asked: Asked, table: Table) -> dict[str, Any]:
    rows = [[str(line), *map(_cut, cells)] for line, cells in table.rows[:FIRST_ROWS]]
    return {
        "kind": "table",
        "says": asked.t("open.table", rows=len(table.rows), columns=table.width),
        "heading": [*map(_cut, table.heading)],
        "rows": rows,
        "rest": max(len(table.rows) - FIRST_ROWS, 0),
        "readings": [_reading(asked, one) for one in readings(table)],
    }


def _reading(asked: Asked, one: Reading) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": asked.t(f"open.as_{one.name}"),
        "says": [_described(dist, asked) for dist in one.dists],
        "picture": _picture(one.dists),
        "targets": [PAIR] if len(one.dists) > 1 else [*_targets(asked)],
    }


def _targets(asked: Asked) -> Sequence[str]:
    """Where a single distribution can go: a lesson about P alone has no Q of its own."""
    alone = asked.state is not None and asked.state.topic.alone
    return TARGETS[:1] if alone else TARGETS


def _described(dist: Dist, asked: Asked) -> str:
    if dist.name == "samples":
        values = dist.args[0].array
        low, high = short(float(values.min())), short(float(values.max()))
        return asked.t("open.sample", count=len(values), low=low, high=high)
    values, _ = dist.atoms()
    names = dist.labels or [short(float(value)) for value in values]
    return asked.t("open.outcomes", count=len(names), first=names[0], last=names[-1])


def _picture(dists: Sequence[Dist]) -> dict[str, Any]:
    found = bars(dists)
    ends = [end if isinstance(end, str) else short(end) for end in found.ends]
    most = max(float(masses.max()) for masses in found.masses)
    heights = [[round(mass / most, 4) for mass in masses.tolist()] for masses in found.masses]
    return {"ends": ends, "heights": heights}


def _saved(asked: Asked, found: Saved) -> dict[str, Any]:
    stem = _stem(found.page)
    pair = _opened(asked, found)
    spelled = {"p": _cut(str(pair.p)), "q": _cut(str(pair.q))} if "p=" in found.link else {}
    return {
        "kind": SAVED,
        "says": asked.t("open.saved", title=prose.title(stem, asked.lang)),
        "spelled": spelled,
        "picture": _picture((pair.p, pair.q)) if spelled else None,
    }


def _stem(page: str) -> str:
    stem = next((stem for stem in prose.stems() if prose.name(stem) == page), None)
    if stem is None:
        raise SceneError("file_page", page=page)
    return stem


def _opened(asked: Asked, found: Saved) -> Scene:
    """The pair of a saved scene; SceneError for the first thing in its link that is wrong."""
    if asked.state is not None and found.page == asked.page:
        opened, errors = state.read_link(asked.state.topic, found.link)
        pair = opened.scene
    else:
        pair, errors = scene.read_link(found.link)
    if errors:
        raise errors[0]
    return pair


def _cut(cell: str) -> str:
    return cell if len(cell) <= LONGEST_CELL else f"{cell[: LONGEST_CELL - 1]}…"


# ---- what it makes -------------------------------------------------------------------------------


def made(asked: Asked, content: str, reading: str, target: str, locks: object) -> dict[str, Any]:
    """The page and the link that a file makes when it is read this way and goes there.

    Where the page that asks cannot take it, the playground can: `why` says so.
    """
    found = read_file(content)
    if isinstance(found, Saved):
        return _reopened(asked, found, locks)
    one = next((one for one in readings(found) if one.name == reading), None)
    if one is None:
        raise SceneError("file_reading", name=reading)
    after, said = _placed(asked.scene, one.dists, target)
    try:
        return {"page": asked.page, "link": _link(asked, after, locks), "said": _said(said, asked)}
    except SceneError as error:
        if error.code == "locked" or asked.page == PLAYGROUND:
            raise
        return {"page": PLAYGROUND, "link": after.link, "why": words.error(error, asked.t)}


def _reopened(asked: Asked, found: Saved, locks: object) -> dict[str, Any]:
    _stem(found.page)
    pair = _opened(asked, found)
    if found.page == asked.page and asked.state is None:
        _check(asked, locks, lockable(pair))
    elif found.page == asked.page and asked.state is not None:
        opened, _ = state.read_link(asked.state.topic, found.link)
        _check(asked, locks, lockable(opened.scene, opened.knobs))
    return {"page": found.page, "link": found.link, "said": []}


def _placed(now: Scene, dists: tuple[Dist, ...], target: str) -> tuple[Scene, list[Any]]:
    if target == PAIR and len(dists) == 2:
        return replace(now, p=dists[0], q=dists[1]), []
    if target not in TARGETS or len(dists) != 1:
        raise SceneError("file_target", target=target)
    if target == "both":
        return replace(now, p=dists[0], q=dists[0]), []
    return became(now, target, dists[0])


def _link(asked: Asked, after: Scene, locks: object) -> str:
    """The link of the page with another scene; SceneError where the page cannot take it."""
    if asked.state is None:
        _check(asked, locks, lockable(after))
        return after.link
    about = asked.state.topic
    if about.made:
        raise SceneError("lesson_made", part="act")
    if about.kind and after.kind != about.kind:
        raise SceneError("lesson_kind", kind=about.kind, given=after.kind)
    then = replace(asked.state, scene=about.scene_of(after, asked.state.knobs))
    _check(asked, locks, lockable(then.scene, then.knobs))
    return then.link


def _check(asked: Asked, locks: object, after: dict[str, object]) -> None:
    knobs = None if asked.state is None else asked.state.knobs
    check_locks(locks_of({"lock": locks}), lockable(asked.scene, knobs), after)


def _said(notices: Sequence[Any], asked: Asked) -> list[str]:
    return [words.notice(one, asked.t) for one in notices]


def _any(value: object) -> object:
    return value


WISHES: dict[str, Wish] = {
    "look": Wish((text,), look),
    "made": Wish((text, text, text, _any), made),
}
