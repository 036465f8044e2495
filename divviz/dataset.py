"""A side made of numbers that a visitor gives: the sample, its histogram, or a fitted family."""

from __future__ import annotations

from divviz import families
from divviz.dist import Array, Dist, SceneError, Vector
from divviz.empirical import bins, plain
from divviz.notices import Notice
from divviz.pasted import read_numbers
from divviz.scene import Scene
from divviz.sides import Done, became, of

HOW = ("samples", "histogram", "fitted")
# Half of what a link may hold: a fit or a histogram of longer data goes on without its numbers.
LONGEST_SIDE = 4000


def numbers_of(dist: Dist) -> Array | None:
    """The numbers (n,) that a side is made of, None where it is made of none."""
    if dist.name not in HOW:
        return None
    return next(arg.array for arg in dist.args if isinstance(arg, Vector))


def count_of(dist: Dist) -> int:
    """How many numbers a side is made of, 0 where it is made of none."""
    values = numbers_of(dist)
    return 0 if values is None else len(values)


def density_of(dist: Dist) -> Dist:
    """A sample as its histogram; any other distribution as it is."""
    values = numbers_of(dist) if dist.name == "samples" else None
    return dist if values is None else families.histogram(values)


def given(scene: Scene, side: str, text: str, how: str, choice: str) -> Done:
    """``side`` made of the numbers in ``text``, or of those that it has where the text is blank.

    ``choice`` is the rule of a histogram or the family of a fit. SceneError as in read_numbers.
    """
    values = read_numbers(text) if text.strip() else numbers_of(of(scene, side))
    if values is None:
        raise SceneError("data_none")
    dist, said = _shortened(_made(values, how, choice), side, len(values))
    return became(scene, side, dist, *said)


def _made(values: Array, how: str, choice: str) -> Dist:
    if how == "samples":
        return families.samples(values)
    if how == "histogram":
        return families.histogram(values, choice or "fd")
    if how == "fitted":
        return families.fitted(values, choice or "normal")
    raise SceneError("data_how", value=how)


def _shortened(dist: Dist, side: str, count: int) -> tuple[Dist, list[Notice]]:
    """A fit or a histogram without its data where they would not go into a link."""
    if dist.name == "samples" or (2 * count <= LONGEST_SIDE and len(str(dist)) <= LONGEST_SIDE):
        return dist, []
    fields = {"side": side.upper(), "count": count}
    if dist.name == "fitted":
        member = plain(dist)
        return member, [Notice("data_plain", {**fields, "dist": str(member)})]
    edges, counts = bins(dist)
    return families.density(edges, counts), [Notice("data_steps", fields)]
