"""Programs about densities with NumPy alone: the line in narrow cells, and sums over them."""

from __future__ import annotations

from collections.abc import Callable

from divviz.cuts_code import cuts, cuts_text, middle, out_of_reach
from divviz.densities_code import nothing_left
from divviz.dist import Dist, SceneError
from divviz.errors import spell
from divviz.pair import Pair
from divviz.program import Language, Wanted, written
from divviz.scene import Scene
from divviz.spelled_measures import ARRAYS, CELL_CHUNKS, CELLS, Formula, formulas, guarded
from divviz.spelled_numpy import FUNCTIONS, Written, written_out

IMPORTS = ["import math", "import numpy as np"]
LEAST_EXPONENT = 0.45  # of a singular end that cells still catch
GRID = """# The line in narrow cells: ends, kinks and jumps of P and Q are edges, never inside.
cuts = {cuts}
pieces = [np.linspace(a, b, {count}) for a, b in zip(cuts[:-1], cuts[1:])]
edges = np.unique(np.concatenate(pieces))
x, dx = (edges[1:] + edges[:-1]) / 2, np.diff(edges)"""
MASSES = "p, q = np.exp(log_p) * dx, np.exp(log_q) * dx  # the mass of each cell"
CELLS_A_PIECE = 20_001


def numpy_densities(scene: Scene, pair: Pair, asked_for: list[Wanted]) -> str:
    """The NumPy program of two densities; SceneError("snippet") for what cells cannot catch."""
    p, q = _side(pair.P, "P"), _side(pair.Q, "Q")
    places = cuts(pair, closer=True)
    grid = GRID.format(cuts=cuts_text(places), count=CELLS_A_PIECE)
    logs = [*_log_lines("log_p", p), *_log_lines("log_q", q), MASSES]
    setup = ["\n".join([*p.setup, *q.setup, grid, *logs])]
    functions = {name: text for name, text in FUNCTIONS.items() if f"{name}(" in "\n".join(logs)}
    chunks = CELL_CHUNKS | {"gap": CELL_CHUNKS["gap"].replace("MEDIAN", spell(middle(pair.P)))}
    language = Language("NumPy", _table(pair), chunks, lambda _: True)
    return written(scene, asked_for, language, IMPORTS, setup, list(functions.values()))


def _log_lines(name: str, one: Written) -> list[str]:
    lines = [f"{name} = {one.log('x')}"]
    if one.loose:
        lines.append(f"{name} -= np.log(np.sum(np.exp({name}) * dx))  # what is left has mass 1")
    return lines


def _side(dist: Dist, name: str) -> Written:
    found = written_out(dist, name)
    # Next to 0 a double can come as close as it likes, next to 1 only to 1e-16.
    least = [(end.exponent, LEAST_EXPONENT if end.at == 0 else 0.9) for end in dist.ends()
             if not end.log_square]  # fmt: skip
    if found is None or any(exponent < allowed for exponent, allowed in least):
        raise SceneError("snippet", library="NumPy", family=dist.name)
    return found


def _table(pair: Pair) -> dict[str, Formula]:
    within, caught = nothing_left(pair), _catches(pair)
    table = guarded(formulas(ARRAYS, CELLS), lambda a, b: within(a, b) and caught(a, b))
    table |= {"wasserstein": lambda given: _wasserstein(pair, given["p"])}
    return {key: one for key, one in table.items() if key not in out_of_reach(pair)}


def _catches(pair: Pair) -> Callable[[float, float], bool]:
    """Whether cells catch p^a q^b next to the ends, where each goes like a power."""
    ends = [(end.at, end.side) for dist in (pair.P, pair.Q) for end in dist.ends()]
    # A density goes like the distance to the power of its exponent less 1.
    powers = [[_exponent(dist, *end) - 1 for dist in (pair.P, pair.Q)] for end in ends]
    return lambda a, b: all(a * p + b * q + 1 >= LEAST_EXPONENT for p, q in powers)


def _exponent(dist: Dist, at: float, side: int) -> float:
    found = [end.exponent for end in dist.ends() if (end.at, end.side) == (at, side)]
    return found[0] if found else 1.0


def _wasserstein(pair: Pair, order: float) -> str | None:
    if order == 1:
        return CELLS["w1"]
    if order == 2 and pair.P.name == pair.Q.name == "normal":
        (mu, sigma), (nu, tau) = pair.P.args, pair.Q.args
        return f"np.hypot({mu!r} - {nu!r}, {sigma!r} - {tau!r})"
    return None
