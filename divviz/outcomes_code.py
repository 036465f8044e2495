"""Programs about outcomes: arrays of masses, or the masses of countable families by their logs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from divviz.discrete import pmf_table
from divviz.dist import Array, Dist
from divviz.errors import spell
from divviz.literals import plain_masses, values_text
from divviz.overlap import listed
from divviz.pair import Pair
from divviz.program import Language, Wanted, written
from divviz.scene import Scene
from divviz.spelled_measures import (
    BY_LOGS,
    BY_LOGS_CHUNKS,
    LISTED,
    LISTED_CHUNKS,
    Formula,
    Given,
    guarded,
    left,
    of_outcomes,
)

LEAST_MASS = 1e-300  # below, a mass or a quotient of two may be no double
MOST_LISTED = 64
MOST_WEIGHT = 1e300


# --- masses


@dataclass(frozen=True)
class Outcomes:
    """The outcomes of a pair (n,), the masses of P and Q there (n,), and the outcomes' names.

    `listed` counts those of mass 0 as well; `endless`: whether these are only those that matter.
    """

    x: Array
    p: Array
    q: Array
    log_p: Array
    log_q: Array
    labels: tuple[str, ...] | None
    listed: int
    endless: bool

    @property
    def small(self) -> bool:
        """Whether a positive mass is too small for arithmetic with masses."""
        logs = np.concatenate([self.log_p, self.log_q])
        return bool((logs[np.isfinite(logs)] < math.log(LEAST_MASS)).any())


def outcomes_of_pair(pair: Pair) -> Outcomes:
    """The masses of a discrete pair as they will be written, 0.1 where that is what was meant."""
    g = pair.ground
    p, q = (_masses(dist, g.x, mass, pair) for dist, mass in ((pair.P, g.p), (pair.Q, g.q)))
    count = len(g.x) if _endless(pair) else listed(pair)
    return Outcomes(g.x, p, q, g.log_p, g.log_q, pair.labels, count, _endless(pair))


def _masses(dist: Dist, x: Array, mass: Array, pair: Pair) -> Array:
    """From the weights that were given, where each outcome has one: their logs round."""
    if dist.name != "pmf" or dist.weights.max() > MOST_WEIGHT:
        return plain_masses(mass)
    if pair.labels is None:
        places, weights = pmf_table(*dist.args)
    else:
        names = dist.labels or pair.labels
        places = np.array([pair.labels.index(name) for name in names], float)
        weights = dist.weights
    result = np.zeros(len(x))
    result[np.searchsorted(x, places)] = weights
    return plain_masses(result / math.fsum(weights.tolist()))


# --- the pair as lines


def _listed_setup(out: Outcomes) -> list[str]:
    """p and q as arrays, after the names of the outcomes if they have any."""
    names = [f"outcomes = {list(out.labels)!r}"] if out.labels is not None else []
    if not out.small:
        return ["\n".join([*names, _array("p", out.p), _array("q", out.q)])]
    logs = [_array("log_p", out.log_p), _array("log_q", out.log_q)]
    note = "# Logarithms: a mass here is too small for a double."
    return ["\n".join([*names, note, *logs, "p, q = np.exp(log_p), np.exp(log_q)"])]


def _array(name: str, values: Array) -> str:
    return f"{name} = np.array({values_text(values.tolist()).replace('-inf', '-np.inf')})"


def places(out: Outcomes) -> str:
    """The chunk that defines x: whole numbers in a row as arange."""
    first, last, n = float(out.x[0]), float(out.x[-1]), len(out.x)
    if n > 2 and abs(first) < 1e9 and np.array_equal(out.x, np.arange(first, first + n)):
        return f"x = np.arange({first!r}, {last + 1!r})"
    return _array("x", out.x)


# --- countable families

COUNTED = ("poisson", "geometric", "negative_binomial", "binomial", "discrete_uniform", "zipf")
FACTORIAL = "log_factorial"
LOG_GAMMA = "log_gamma = np.vectorize(math.lgamma)  # NumPy has none of its own"


def _counted_numpy(dist: Dist) -> str:
    """The log masses of a countable family at the whole numbers k, with NumPy and math.lgamma."""
    return _LOGS[dist.name](*dist.args)


def _poisson(rate: float) -> str:
    return f"k * np.log({spell(rate)}) - {spell(rate)} - log_factorial"


def _geometric(p: float) -> str:
    if p == 1:
        return "np.where(k == 1, 0.0, -np.inf)"
    return f"np.where(k >= 1, np.log({spell(p)}) + (k - 1) * np.log1p(-{spell(p)}), -np.inf)"


def _negative_binomial(r: float, p: float) -> str:
    if p == 1:
        return "np.where(k == 0, 0.0, -np.inf)"
    r_text, p_text = spell(r), spell(p)
    return (
        f"log_gamma(k + {r_text}) - log_gamma({r_text}) - log_factorial"
        f" + {r_text} * np.log({p_text}) + k * np.log1p(-{p_text})"
    )


def _binomial(n: float, p: float) -> str:
    if p in (0.0, 1.0):
        return f"np.where(k == {spell(n * p)}, 0.0, -np.inf)"
    n_text, p_text = spell(n), spell(p)
    rest = f"np.maximum({n_text} - k, 0)"
    return (
        f"np.where(k <= {n_text}, log_gamma({spell(n + 1)}) - log_factorial - log_gamma({rest} + 1)"
        f" + k * np.log({p_text}) + ({n_text} - k) * np.log1p(-{p_text}), -np.inf)"
    )


def _discrete_uniform(a: float, b: float) -> str:
    return f"np.where((k >= {spell(a)}) & (k <= {spell(b)}), -np.log({spell(b - a + 1)}), -np.inf)"


def _zipf(s: float, n: float) -> str:
    total = f"np.log(np.sum(np.arange(1.0, {spell(n + 1)}) ** -{spell(s)}))"
    inside = f"(k >= 1) & (k <= {spell(n)})"
    return f"np.where({inside}, -{spell(s)} * np.log(np.maximum(k, 1)) - {total}, -np.inf)"


_LOGS: dict[str, Callable[..., str]] = {
    "poisson": _poisson,
    "geometric": _geometric,
    "negative_binomial": _negative_binomial,
    "binomial": _binomial,
    "discrete_uniform": _discrete_uniform,
    "zipf": _zipf,
}

_SCIPY: dict[str, Callable[..., str]] = {
    "poisson": lambda rate: f"poisson({spell(rate)})",
    "geometric": lambda p: f"geom({spell(p)})",
    "negative_binomial": lambda r, p: f"nbinom({spell(r)}, {spell(p)})",
    "binomial": lambda n, p: f"binom({spell(n)}, {spell(p)})",
    "discrete_uniform": lambda a, b: f"randint({spell(a)}, {spell(b + 1)})",
    "zipf": lambda s, n: f"zipfian({spell(s)}, {spell(n)})",
}


def _counted_scipy(dist: Dist) -> str:
    """The frozen distribution of scipy.stats for a countable family."""
    return f"stats.{_SCIPY[dist.name](*dist.args)}"


def is_counted(pair: Pair, out: Outcomes) -> bool:
    """Whether formulas say the masses better than lists do."""
    dists = (pair.P, pair.Q)
    known = all(dist.name in COUNTED and dist.support()[0][0] >= 0 for dist in dists)
    return known and (_endless(pair) or len(out.x) > MOST_LISTED)


def _endless(pair: Pair) -> bool:
    return any(math.isinf(dist.support()[-1][1]) for dist in (pair.P, pair.Q))


def _whole_numbers(pair: Pair, out: Outcomes) -> str:
    note = "  # beyond, less than 1e-16 is left" if _endless(pair) else ""
    return f"k = np.arange({spell(float(out.x[0]))}, {spell(float(out.x[-1]) + 1)}){note}"


# --- programs


def _table(out: Outcomes, pieces: dict[str, str]) -> dict[str, Formula]:
    own = dict(pieces)
    if out.listed != len(out.x):
        own["mse"] = f"np.sum((p - q) ** 2) / {out.listed}"
    return guarded(of_outcomes(own), summed(out))


def summed(out: Outcomes) -> Callable[[float, float], bool]:
    """Whether the terms p^a q^b have died away at the last outcome, as a function of a and b."""
    if not out.endless:
        return lambda a, b: True
    log_p, log_q = out.log_p[-1:], out.log_q[-1:]
    return lambda a, b: bool((left(a, b, log_p, log_q) < LEFT).all())


LEFT = -40.0  # exp(-40) is 4e-18
OF_POWERS = {"chi2_pearson", "chi2_neyman", "renyi", "tsallis", "alpha_divergence"}
# A list of masses shows by itself where these are infinite.
COMPUTED = {"cross_entropy_pq", "cross_entropy_qp", "kl_pq", "kl_qp", "jeffreys"}


def numpy_outcomes(scene: Scene, pair: Pair, asked_for: list[Wanted]) -> str:
    """The NumPy program of a discrete pair; SceneError("snippet_long") for a very long list."""
    out = outcomes_of_pair(pair)
    imports = ["import math", "import numpy as np"]
    if is_counted(pair, out):
        setup = _counted_by_numpy(pair, out)
        language = _by_logs("NumPy", out, {"x": "x = k"})
        return written(scene, asked_for, language, imports, setup)
    return written(scene, asked_for, _listed("NumPy", out), imports, _listed_setup(out))


def scipy_outcomes(scene: Scene, pair: Pair, asked_for: list[Wanted]) -> str:
    """The SciPy program of a discrete pair; SceneError("snippet_long") for a very long list."""
    out = outcomes_of_pair(pair)
    if is_counted(pair, out):
        imports = ["import numpy as np", "from scipy import stats"]
        setup = _counted_by_scipy(pair, out)
        language = _by_logs("SciPy", out, {"x": "x = k"}, SCIPY_TRANSPORT)
        return written(scene, asked_for, language, imports, setup)
    language = _listed("SciPy", out)
    if not out.small:
        own = _scipy_formulas(scene)
        if np.abs(out.p - out.q).max() < 1e-6:
            # So close, SciPy 1.17 may take the root of -1e-17.
            own = {key: formula for key, formula in own.items() if key not in JS_KEYS}
        table = {**language.formulas, **own}
        language = Language("SciPy", table, {**language.chunks, **SCIPY_CHUNKS}, language.literal)
    return written(scene, asked_for, language, SCIPY_IMPORTS, _listed_setup(out))


def _listed(library: str, out: Outcomes) -> Language:
    if out.small:
        return _by_logs(library, out, {"x": places(out)})
    chunks = {"x": places(out)} | LISTED_CHUNKS
    return Language(
        library, _table(out, LISTED), chunks, lambda key: out.endless or key not in COMPUTED
    )


def _by_logs(
    library: str, out: Outcomes, x: dict[str, str], more: dict[str, Formula] | None = None
) -> Language:
    table = _table(out, BY_LOGS) | (more or {})
    if out.small:
        # Powers of masses that are no doubles are none either.
        table = {key: formula for key, formula in table.items() if key not in OF_POWERS}
    return Language(library, table, x | BY_LOGS_CHUNKS, lambda _: True)


def _counted_by_numpy(pair: Pair, out: Outcomes) -> list[str]:
    logs = [f"log_p = {_counted_numpy(pair.P)}", f"log_q = {_counted_numpy(pair.Q)}"]
    helpers = [LOG_GAMMA] if any("log_gamma" in line or FACTORIAL in line for line in logs) else []
    if any(FACTORIAL in line for line in logs):
        helpers.append(f"{FACTORIAL} = log_gamma(k + 1)")
    exps = "p, q = np.exp(log_p), np.exp(log_q)"
    return ["\n".join([_whole_numbers(pair, out), *helpers, *logs, exps])]


def _counted_by_scipy(pair: Pair, out: Outcomes) -> list[str]:
    return [
        "\n".join(
            [
                f"P, Q = {_counted_scipy(pair.P)}, {_counted_scipy(pair.Q)}",
                _whole_numbers(pair, out),
                "log_p, log_q = P.logpmf(k), Q.logpmf(k)  # logs do not underflow",
                "p, q = np.exp(log_p), np.exp(log_q)",
            ]
        )
    ]


# --- what SciPy has of its own

SCIPY_IMPORTS = [
    "import numpy as np",
    "from scipy import stats",
    "from scipy.spatial.distance import jensenshannon",
    "from scipy.special import entr",
    "from scipy.special import rel_entr",
]
# The notes stand above the first line that needs them.
SCIPY_CHUNKS: dict[str, str] = {
    "entropy": "# stats.entropy(p) is H(P), and entropy(p, q) is KL(P‖Q).",
    "rel_entr": "# rel_entr(p, q) is p log(p/q) with 0 log 0 = 0, infinite where q = 0 < p.",
    "jensenshannon": "# jensenshannon is the square root of the JS divergence.",
    "wasserstein_distance":
        "# wasserstein_distance takes the places first, and p and q as their weights.",
}  # fmt: skip
SCIPY_TRANSPORT: dict[str, Formula] = {
    "w1": lambda _: "stats.wasserstein_distance(x, x, p, q)",
    "energy_distance": lambda _: "stats.energy_distance(x, x, p, q)",
}


def _scipy_formulas(scene: Scene) -> dict[str, Formula]:
    plain = {
        "entropy_p": "stats.entropy(p)",
        "entropy_q": "stats.entropy(q)",
        "cross_entropy_pq": "np.sum(entr(p) + rel_entr(p, q))",
        "cross_entropy_qp": "np.sum(entr(q) + rel_entr(q, p))",
        "kl_pq": "np.sum(rel_entr(p, q))",
        "kl_qp": "np.sum(rel_entr(q, p))",
        "jeffreys": "np.sum(rel_entr(p, q) + rel_entr(q, p))",
        "topsoe": "2 * jensenshannon(p, q) ** 2",
        "js_distance": f"jensenshannon(p, q{BASES[scene.unit]})",
        "perplexity": "np.exp(stats.entropy(p))",
    }

    def of(text: str) -> Formula:
        return lambda _: text

    def js(given: Given) -> str:
        if given["weight"] == 0.5:
            return "jensenshannon(p, q) ** 2"
        w, v = spell(given["weight"]), spell(1 - given["weight"])
        middle = f"{w} * p + {v} * q"
        return f"np.sum({w} * rel_entr(p, {middle}) + {v} * rel_entr(q, {middle}))"

    return {key: of(text) for key, text in plain.items()} | SCIPY_TRANSPORT | {"js": js}


JS_KEYS = {"js", "js_distance", "topsoe"}
BASES = {"nats": "", "bits": ", base=2", "hartleys": ", base=10"}
