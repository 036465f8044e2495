"""In your code: the numbers of a scene as a short program with NumPy, SciPy or PyTorch.

Each program defines a variable a measure, named as its key and in the scene's unit, and prints it
with its symbol. Infinity is stated with its reason, except for lists of masses, which find it; what
is undefined is None with its reason; what a library has no short way to is left out, and a comment
says so. All text of a program comes from numbers and from tables; names of outcomes, a visitor's
text, only as repr in a list of strings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from divviz.cells_code import numpy_densities
from divviz.densities_code import scipy_densities
from divviz.dist import SceneError
from divviz.outcomes_code import numpy_outcomes, scipy_outcomes
from divviz.pair import Pair
from divviz.program import Wanted, wanted
from divviz.scene import Scene
from divviz.spelled_torch import torch_densities, torch_outcomes

Writer = Callable[[Scene, Pair, list[Wanted]], str]


def numpy_code(scene: Scene, keys: Iterable[str]) -> str:
    """A NumPy program that computes and prints the measures `keys`, each as in a link: renyi(0.5).

    Sums over outcomes, or over narrow cells of the line: densities agree to 1e-6. SceneError for
    what is no measure, and where a short program of this kind cannot be had.

    >>> from divviz.grammar import parse
    >>> print(numpy_code(Scene(parse("pmf(1,3)"), parse("pmf(1,1)")), ["tv"]))
    import numpy as np
    <BLANKLINE>
    p = np.array([0.25, 0.75])
    q = np.array([0.5, 0.5])
    <BLANKLINE>
    tv = np.sum(np.abs(p - q)) / 2
    <BLANKLINE>
    print("TV(P,Q) =", tv)
    <BLANKLINE>
    """
    return _program(scene, keys, "NumPy", numpy_outcomes, numpy_densities)


def scipy_code(scene: Scene, keys: Iterable[str]) -> str:
    """The same with scipy.stats, scipy.special and quad: densities agree to 1e-8. Errors alike."""
    return _program(scene, keys, "SciPy", scipy_outcomes, scipy_densities)


def torch_code(scene: Scene, keys: Iterable[str]) -> str:
    """The same with PyTorch; two densities must have one support. Errors alike."""
    return _program(scene, keys, "PyTorch", torch_outcomes, torch_densities)


def _program(
    scene: Scene, keys: Iterable[str], library: str, outcomes: Writer, densities: Writer
) -> str:
    pair = Pair(scene.p, scene.q)
    asked_for = wanted(pair, scene, keys)
    if pair.mixed:
        raise SceneError("snippet", library=library, family=f"{pair.P.name} / {pair.Q.name}")
    return (outcomes if pair.discrete else densities)(scene, pair, asked_for)
