"""What a link can hide on each page, by name, and what each name stands for in words.

The text of a page is hidden heading by heading: `text.0` is what stands before the first one,
`text.1` what the first one heads, in every language alike.
"""

from functools import cache
from typing import Any

from divviz import arrangement
from divviz.measures import MEASURES
from divviz.web import prose, text, wishes
from divviz.web.text import Translate

PLAYGROUND = "00_playground"
SIDES = ("p.controls", "q.controls", "family", "sliders", "fit", "formula", "data")
PLOT = ("plot", "hands", "hint", *SIDES)
BOARD = (
    *("presets", "kind", "unit", "share", *PLOT),
    *("numbers", "more", "order", "sentence", "picture", "tools", "estimates", "table"),
)
LESSON = ("numbers", "tasks", "unit", "tools", "share", "contents")
NOTES = "notes"


@cache
def of(stem: str, plotted: bool = True) -> tuple[str, ...]:
    """Return the names of all that a link can hide on a page, in the order of the page.

    In a lesson that is not `plotted` nothing sets P and Q by hand.
    """
    page = prose.of(stem, text.SOURCE)
    texts = tuple(f"text.{group}" for group in range(len(page.headings)))
    if stem == PLAYGROUND:
        return (*BOARD, *texts, *MEASURES)
    notes = (NOTES,) if page.notes else ()
    found = (*page.markers, *texts, *notes, *LESSON, *(PLOT if plotted else ()), *MEASURES)
    return tuple(dict.fromkeys(found))


def title(name: str, stem: str, lang: str, t: Translate) -> str:
    """Return what a name stands for, as a visitor calls it."""
    page = prose.of(stem, lang)
    if name in MEASURES:
        return f"{MEASURES[name].symbol}: {t(f'measure.{name}.name')}"
    if name.startswith("text."):
        heading = page.headings[int(name.removeprefix("text."))]
        return t("flag.text", title=heading) if heading else t("flag.first")
    if stem != PLAYGROUND and name in page.markers:
        return t("flag.part", name=name)
    return t(f"flag.{name}")


def parts(asked: wishes.Asked) -> dict[str, Any]:
    """Return what can be hidden on the page that asks, each with its title, and what locked."""
    stem = next(stem for stem in prose.stems() if prose.name(stem) == asked.page)
    hides = {name: title(name, stem, asked.lang, asked.t) for name in of(stem)}
    knobs = asked.state.knobs if asked.state else None
    return {"hides": hides, "locks": list(arrangement.lockable(asked.scene, knobs))}


WISHES = {"parts": wishes.Wish((), parts)}


def place(stem: str, name: str, piece: int = 0) -> str:
    """Return the key of a container that holds a piece of what a name hides.

    >>> place("01_surprise", "text.2", 4)
    '01_surprise-text-2-4'
    """
    return f"{stem}-{name.replace('.', '-')}-{piece}"


def veil(stem: str, hidden: tuple[str, ...]) -> str:
    """Return the style that hides a page's own text until its script has taken over.

    >>> veil("01_surprise", ("js", "text.2"))
    ':root:not([data-arranged]) [class*="st-key-01_surprise-text-2-"] { display: none }'
    >>> veil("01_surprise", ("js",))
    ''
    """
    starts = [place(stem, name).removesuffix("0") for name in hidden if _written(name)]
    until = ":root:not([data-arranged])"
    held = ", ".join(f'{until} [class*="st-key-{start}"]' for start in starts)
    return f"{held} {{ display: none }}" if held else ""


def _written(name: str) -> bool:
    return name == NOTES or name.startswith("text.")
