"""What a page asks of the server beside its numbers: a short link, a program, a file to look into.

A wish travels in a message as ``[id, name, ...arguments]``; the reply carries
``[id, {"given": ...}]`` or, where it cannot be granted, ``[id, {"error": sentence}]``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from divviz.dist import SceneError
from divviz.readers import short
from divviz.scene import Scene
from divviz.state import State
from divviz.web import words
from divviz.web.text import Translate


@dataclass(frozen=True)
class Asked:
    """The page that asks: its name in the address, its scene and, in a lesson, its state."""

    page: str
    scene: Scene
    t: Translate
    lang: str
    state: State | None = None

    @property
    def link(self) -> str:
        """The state as a query string, without the name of the page."""
        return self.scene.link if self.state is None else self.state.link


class Wish(NamedTuple):
    """How each argument is read, and what is given: a value that JSON can carry."""

    reads: tuple[Callable[[Any], Any], ...]
    gives: Callable[..., Any]


WISHES: dict[str, Wish] = {}


def granted(message: object, asked: Asked) -> dict[str, Any]:
    """What a reply says to the wish in a message: nothing where there is none."""
    wish = message.get("wish") if isinstance(message, Mapping) else None
    if not isinstance(wish, list) or len(wish) < 2 or type(wish[0]) is not int:
        return {}
    try:
        return {"wish": [wish[0], {"given": _given(wish[1:], asked)}]}
    except SceneError as error:
        return {"wish": [wish[0], {"error": words.error(error, asked.t)}]}


def _given(wish: list[Any], asked: Asked) -> Any:
    name, *arguments = wish
    row = WISHES.get(name) if isinstance(name, str) else None
    if row is None or len(arguments) != len(row.reads):
        raise SceneError("wish", name=short(name))
    parts = (read(part) for read, part in zip(row.reads, arguments, strict=True))
    return row.gives(asked, *parts)
