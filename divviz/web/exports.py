"""What a page gives to take along: its numbers, its scene as programs and in LaTeX, a caption.

Each is a wish of the Save dialog, whose words stand under `stage.save_...`.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from divviz import export, library_code, readers, snippets, tikz
from divviz.dist import Array, SceneError
from divviz.measures import FIRST, MEASURES
from divviz.pair import Pair
from divviz.web import prose, words
from divviz.web.figures import eased, places
from divviz.web.plot import view_of
from divviz.web.setting import stairs_of
from divviz.web.wishes import Asked, Wish

LONGEST_ADDRESS = 2000  # of a link that a file or a picture spells out
LONGEST_SPELLING = 240  # of P or Q in a caption
LONGEST_NAME = 200
MOST_SHOWN = 128
KNOWN = [[key] for key in MEASURES]
ALL = "numbers"  # what a link hides that hides every number
_HERE = re.compile(r"https?://[A-Za-z0-9._~:/\[\]%-]{1,300}")


@dataclass(frozen=True)
class Taken:
    """What is taken along: the state of a page, where that is, what it hides and shows beside."""

    asked: Asked
    here: str
    hidden: frozenset[str]
    shown: list[export.Reading]

    @property
    def address(self) -> str:
        """The whole link, "" where it is too long to be read or where no one knows its start."""
        link = f"{self.here}?page={self.asked.page}&{self.asked.link}".removesuffix("&")
        return link if self.here and len(link) <= LONGEST_ADDRESS else ""

    @property
    def source(self) -> export.Source:
        """The same for the numbers."""
        page, t = self.asked, self.asked.t
        return export.Source(
            page.page,
            page.link,
            page.scene,
            self.address,
            lambda key: t(f"measure.{key}.name"),
            lambda why: words.reason(why, t),
            self.shown,
        )

    @cached_property
    def pair(self) -> Pair:
        """P and Q on common ground."""
        return Pair(self.asked.scene.p, self.asked.scene.q)

    @property
    def x(self) -> Array:
        """Where densities are looked at (n,): the places of the plot, none for outcomes."""
        if self.pair.discrete:
            return np.array([])
        view = view_of(self.asked.scene)
        if self.pair.mixed:
            return stairs_of(self.pair, view)
        return eased(self.pair, places(self.pair, view), view)

    @cached_property
    def numbers(self) -> list[export.Number]:
        """Every number that is not hidden."""
        return export.numbers(self.asked.scene, self.hidden)

    @property
    def table(self) -> export.Table:
        """P and Q themselves."""
        return export.outcomes(self.pair, self.x)

    @property
    def keys(self) -> list[str]:
        """The numbers of a short program: those that a page shows first, and the selected one."""
        scene = self.asked.scene
        others = [key for key in FIRST if key != scene.key]
        return [key for key in (*others, scene.show) if key.split("(")[0] not in self.hidden]


# ---- the formats ---------------------------------------------------------------------------------


def _json(taken: Taken) -> str:
    try:
        table = taken.table
    except SceneError:  # too many rows: the link has them all the same
        table = None
    return export.json_text(taken.numbers, table, taken.source)


def _snippet(write: Callable[..., str]) -> Callable[[Taken], str]:
    return lambda taken: _headed(taken, write(taken.asked.scene, taken.keys))


def _library(taken: Taken) -> str:
    return _headed(taken, library_code.library_code(taken.asked.scene, taken.hidden))


def _headed(taken: Taken, program: str) -> str:
    """A program under the address of its scene: one line of letters that end no comment."""
    return f"# {taken.address}\n{program}" if taken.address else program


def _latex(taken: Taken) -> str:
    return tikz.latex_code(taken.asked.scene, taken.x, taken.address, taken.hidden)


class Format(NamedTuple):
    """What the file is called behind the name of the page, its type, and what writes it."""

    file: str
    type: str
    write: Callable[[Taken], str]


FORMATS: dict[str, Format] = {
    "numbers": Format(
        "numbers.csv", "text/csv", lambda taken: export.numbers_csv(taken.numbers, taken.source)
    ),
    "outcomes": Format("p-q.csv", "text/csv", lambda taken: export.csv_text(taken.table)),
    "json": Format("scene.json", "application/json", _json),
    "divviz": Format("divviz.py", "text/x-python", _library),
    "numpy": Format("numpy.py", "text/x-python", _snippet(snippets.numpy_code)),
    "scipy": Format("scipy.py", "text/x-python", _snippet(snippets.scipy_code)),
    "torch": Format("torch.py", "text/x-python", _snippet(snippets.torch_code)),
    "latex": Format("latex.tex", "application/x-tex", _latex),
}


# ---- what the browser sends ----------------------------------------------------------------------


def shown_numbers(value: object) -> list[export.Reading]:
    """The numbers that a page shows, as rows [name, symbol, value], each once.

    Those of MEASURES are worked out here.
    """
    if not isinstance(value, list) or len(value) > MOST_SHOWN:
        raise SceneError("act_list", most=MOST_SHOWN)
    own = [row for row in value if not (isinstance(row, list) and row[:1] in KNOWN)]
    return list(dict.fromkeys(map(_shown, own)))


def _shown(row: object) -> export.Reading:
    if not isinstance(row, list) or len(row) != 3:
        raise SceneError("act_text", value=readers.short(row))
    name, symbol, number = map(readers.text, row)
    try:
        found = float(number)
    except ValueError:
        raise SceneError("act_number", value=readers.short(number)) from None
    value = None if math.isnan(found) else found
    return export.Reading(name[:LONGEST_NAME], symbol[:LONGEST_NAME], value)


# ---- the wishes ----------------------------------------------------------------------------------


def export_given(
    asked: Asked, name: str, here: str, hidden: list[str], shown: list[export.Reading]
) -> dict[str, str]:
    """A page as a file of one of FORMATS: {"file", "type", "text"}.

    `shown` are the numbers of a lesson's own that the page shows.
    """
    if name not in FORMATS:
        raise SceneError("export_format", name=name)
    file, kind, write = FORMATS[name]
    return {"file": file, "type": kind, "text": write(_taken(asked, here, hidden, shown))}


def caption_given(asked: Asked, here: str) -> dict[str, Any]:
    """What stands below a saved picture: the page's title, P and Q, the unit and the address."""
    taken = _taken(asked, here, [], [])
    stem = next((one for one in prose.stems() if prose.name(one) == asked.page), None)
    alone = asked.state is not None and asked.state.topic.alone
    spelled = {"P": str(asked.scene.p)} | ({} if alone else {"Q": str(asked.scene.q)})
    return {
        "title": prose.title(stem, asked.lang) if stem else "",
        "made": bool(asked.state and asked.state.topic.made),
        "pair": [[side, _cut(text)] for side, text in spelled.items()],
        "unit": asked.t(f"unit.{asked.scene.unit}"),
        "address": taken.address,
        "key": asked.scene.key,
    }


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SPELLING else f"{text[: LONGEST_SPELLING - 1]}…"


def _taken(asked: Asked, here: str, hidden: list[str], shown: list[export.Reading]) -> Taken:
    known = MEASURES if ALL in hidden else MEASURES.keys() & set(hidden)
    return Taken(asked, here if _HERE.fullmatch(here) else "", frozenset(known), shown)


WISHES: dict[str, Wish] = {
    "export": Wish((readers.text, readers.text, readers.texts, shown_numbers), export_given),
    "caption": Wish((readers.text,), caption_given),
}
