"""Locks of a link where they meet what a page offers: what cannot be moved says so beforehand."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, TypeVar

from divviz import arrangement, gestures, scene, state
from divviz.dist import SceneError
from divviz.scene import Scene
from divviz.state import State

Block = dict[str, Any]
Named = dict[str, object]
Held = TypeVar("Held", Scene, State)
MOST_ACTS = 64
NESTED = ("columns", "blocks", "shown", "revealed")  # where blocks hold blocks


def after(now: Scene, act: object) -> tuple[Scene, list]:
    """Return the scene after an act of gestures.ACTS, or after ["open", link]: that of a link."""
    match act:
        case ["open", str(link)]:
            found, errors = scene.read_link(link)
            if errors:
                raise errors[0]
            return found, []
    return gestures.apply(now, act)


def turned(now: State, act: object) -> tuple[State, list]:
    """Return the state of a lesson after one of its acts, or after ["open", link]."""
    match act:
        case ["open", str(link)]:
            found, errors = state.read_link(now.topic, link)
            if errors:
                raise errors[0]
            return found, []
    return state.apply(now, act)


def walked(
    now: Held,
    message: Mapping[str, object],
    does: Callable[[Held, object], tuple[Held, list]],
    named: Callable[[Held], Named],
) -> tuple[Held, list[SceneError], list]:
    """Return where the acts of a message lead, with an error for each refused one, and notices.

    `named` gives all that can be locked; without locks, as under most hands, it is not asked.
    """
    errors: list[SceneError] = []
    notices: list = []
    acts, kept = message.get("acts"), arrangement.locks_of(message)
    for act in acts[:MOST_ACTS] if isinstance(acts, list) else ():
        try:
            then, said = does(now, act)
            if kept:
                arrangement.check_locks(kept, named(now), named(then))
        except SceneError as error:
            errors.append(error)
        else:
            now = then
            notices += said
    return now, errors, notices


def names(now: State) -> Named:
    """Return all of a lesson that can be locked."""
    return arrangement.lockable(now.scene, now.knobs)


# ---- what cannot be moved ------------------------------------------------------------------------


def hold(handles: dict[str, list[Block]], now: Scene, locks: Collection[str]) -> None:
    """Mark the handles of the plot that a lock leaves no way to go."""
    _hold(handles, locks, arrangement.lockable(now), partial(_scene_after, now))


def guarded(
    parts: dict[str, list[Block]], now: State, locks: Collection[str]
) -> dict[str, list[Block]]:
    """Return a lesson's parts with handles, buttons and tasks that locks refuse marked as such."""
    if not locks:
        return parts
    before, to = names(now), partial(_state_after, now)

    def marked(tree: Any) -> Any:
        # A demo may keep its blocks for the next visitor: those that change are copies.
        if isinstance(tree, list):
            return [marked(each) for each in tree]
        if not isinstance(tree, dict):
            return tree
        block = tree | {name: marked(tree[name]) for name in NESTED if name in tree}
        match block.get("kind"):
            case "plane":
                handles = {
                    side: [dict(one) for one in found] for side, found in block["handles"].items()
                }
                _hold(handles, locks, before, to)
                return block | {"handles": handles}
            case "buttons":
                return block | {"rows": [_button(row, locks, before, to) for row in block["rows"]]}
            case "tasks":
                return block | {"rows": [_task(row, locks, before, to) for row in block["rows"]]}
        return block

    return {part: marked(blocks) for part, blocks in parts.items()}


def _hold(
    handles: dict[str, list[Block]],
    locks: Collection[str],
    before: Named,
    to: Callable[[list], Named],
) -> None:
    for side, found in handles.items() if locks else ():
        for one in found:
            act = ["handle", side, one["name"]]
            ways = [partial(to, [*act, one["x"] + way * one["step"]]) for way in (-1, 1)]
            one["held"] = arrangement.keeps(locks, before, *ways)


def _button(
    row: tuple[str, Block, bool], locks: Collection[str], before: Named, to: Callable[[list], Named]
) -> tuple[str, Block, bool]:
    text, does, enabled = row
    if "page" in does:
        return row
    act = ["open", does["open"]] if "open" in does else does["act"]
    return text, does, enabled and not _refused(act, locks, before, to)


def _task(row: Block, locks: Collection[str], before: Named, to: Callable[[list], Named]) -> Block:
    start = row["open"]
    return row | {"held": bool(start) and _refused(["open", start], locks, before, to)}


def _refused(act: list, locks: Collection[str], before: Named, to: Callable[[list], Named]) -> bool:
    return arrangement.keeps(locks, before, partial(to, act))


def _scene_after(now: Scene, act: list) -> Named:
    return arrangement.lockable(after(now, act)[0])


def _state_after(now: State, act: list) -> Named:
    return names(turned(now, act)[0])
