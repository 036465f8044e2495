"""Programs about densities with SciPy: frozen distributions, integrals by quad from cut to cut."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from divviz.cuts_code import cuts, cuts_text, hull, middle, out_of_reach, spans_decades
from divviz.dist import Dist, SceneError
from divviz.empirical import plain
from divviz.errors import spell
from divviz.pair import Pair
from divviz.program import Language, Wanted, bracketed, written
from divviz.scene import Scene
from divviz.spelled_measures import Formula, formulas, guarded, left
from divviz.spelled_scipy import Spelled, frozen, spelled

IMPORTS = [
    "from functools import cache",
    "import numpy as np",
    "from scipy import stats",
    "from scipy.integrate import quad",
    "from scipy.special import logsumexp",
]
QUIET = 'np.seterr(over="ignore")  # far out, exp(exp(x)) of a Gumbel overflows, which is right'
LEFT = -30.0  # exp(-30) at the outermost cut, and less beyond, moves nothing that is shown
# Their entropy() of scipy.stats is a closed form.
CLOSED = {"norm", "laplace", "logistic", "cauchy", "uniform", "expon", "gamma", "beta", "lognorm",
          "weibull_min", "halfnorm", "rayleigh", "gumbel_r", "triang"}  # fmt: skip
INTEGRALS: dict[str, str] = {
    "entropy_p": "{h_p}",
    "entropy_q": "{h_q}",
    "perplexity": "np.exp({h_p})",
    "cross_entropy_pq": "-expect(log_p, log_q)",
    "cross_entropy_qp": "-expect(log_q, log_p)",
    "kl_pq": "{kl_pq}",
    "kl_qp": "{kl_qp}",
    "jeffreys": "kl(log_p, log_q) + kl(log_q, log_p)",
    "js": "({kl_pm} + {kl_qm}) / 2",
    "js_distance": "np.sqrt(max(({kl_pm} + {kl_qm}) / 2, 0.0){per})",
    "topsoe": "{kl_pm} + {kl_qm}",
    "tv": "integral(lambda x: abs(np.exp(log_p(x)) - np.exp(log_q(x)))) / 2",
    "hellinger": "np.sqrt(integral(root_gap) / 2)",
    "hellinger_squared": "integral(root_gap) / 2",
    "squared_chord": "integral(root_gap)",
    "bhattacharyya_coefficient": "integral(lambda x: np.exp((log_p(x) + log_q(x)) / 2))",
    "bhattacharyya_distance": "-np.log(integral(lambda x: np.exp((log_p(x) + log_q(x)) / 2)))",
    "chi2_pearson": "expect(log_q, lambda x: np.expm1(log_p(x) - log_q(x)) ** 2)",
    "chi2_neyman": "expect(log_p, lambda x: np.expm1(log_q(x) - log_p(x)) ** 2)",
    "triangular_discrimination": "2 * expect(log_m, lambda x: np.tanh(log_ratio(x) / 2) ** 2)",
    "mse": "integral(lambda x: (np.exp(log_p(x)) - np.exp(log_q(x))) ** 2)",
    "w1": "integral(lambda x: abs(gap(x)))",
    "energy_distance": "np.sqrt(2 * integral(lambda x: gap(x) ** 2))",
    "cramer_von_mises": "expect(log_m, lambda x: gap(x) ** 2)",
}
WEIGHED = "np.logaddexp(np.log(WEIGHT) + log_p(x), np.log(REST) + log_q(x))"
PIECES: dict[str, str] = {
    "kl_pq": "kl(log_p, log_q)",
    "kl_qp": "kl(log_q, log_p)",
    "kl_pm": "kl(log_p, log_m)",
    "kl_qm": "kl(log_q, log_m)",
    "kl_pw": f"expect(log_p, lambda x: log_p(x) - {WEIGHED})",
    "kl_qw": f"expect(log_q, lambda x: log_q(x) - {WEIGHED})",
    "own_power": "expect(log_p, lambda x: np.exp(LESS * log_p(x)))",
    "power": "expect(log_p, lambda x: np.exp(LESS * log_ratio(x)))",
}
CHUNKS: dict[str, str] = {
    "integral": '''def integral(f):
    """From cut to cut: between two cuts there is no kink, no jump and no hidden peak."""
    parts = zip(cuts[:-1], cuts[1:])
    return sum(quad(f, a, b, epsabs=1e-9, epsrel=1e-10, limit=200)[0] for a, b in parts)''',
    "expect": '''def expect(log_density, f):
    """The mean of f under a density: where that is 0, f has no say (0 log 0 = 0)."""

    def weighted(x):
        log = log_density(x)
        return np.exp(log) * f(x) if log > -700 else 0.0

    return integral(weighted)''',
    "kl": """def kl(log_p, log_q):
    return expect(log_p, lambda x: log_p(x) - log_q(x))""",
    "log_ratio": """def log_ratio(x):
    return log_p(x) - log_q(x)""",
    "log_m": '''def log_m(x):
    """The logarithm of the density halfway between P and Q."""
    return np.logaddexp(log_p(x), log_q(x)) - np.log(2)''',
    "root_gap": """def root_gap(x):
    return (np.exp(log_p(x) / 2) - np.exp(log_q(x) / 2)) ** 2""",
}


def scipy_densities(scene: Scene, pair: Pair, asked_for: list[Wanted]) -> str:
    """The SciPy program of two densities; SceneError("snippet") for what SciPy has no word for."""
    p, q = _side(pair.P, "P"), _side(pair.Q, "Q")
    quiet = [QUIET] if any("gumbel" in line for line in (*p.setup, *q.setup)) else []
    setup = ["\n".join([*quiet, *p.setup, *q.setup, _cuts_line(pair)])]
    chunks = _logs(p, q) | CHUNKS | {"gap": _gap(pair, p, q)}
    language = Language("SciPy", _table(pair, p, q), chunks, lambda _: True)
    return written(scene, asked_for, language, IMPORTS, setup)


def _side(dist: Dist, name: str) -> Spelled:
    found = spelled(dist, name)
    if found is None:
        raise SceneError("snippet", library="SciPy", family=dist.name)
    return found


def _cuts_line(pair: Pair) -> str:
    note = "# Ends, kinks, jumps, and places around the mass, which quad would not find by itself."
    return f"{note}\ncuts = {cuts_text(cuts(pair, closer=False))}"


def _logs(p: Spelled, q: Spelled) -> dict[str, str]:
    """log_p and log_q, which keep what they found: each integral asks at the same places again."""
    return {name: _cached(name, one) for name, one in (("log_p", p), ("log_q", q))}


def _cached(name: str, one: Spelled) -> str:
    if one.whole is not None:
        return f"{name} = cache({one.whole}.logpdf)"
    return f"@cache\ndef {name}(x):\n    return {one.log('x')}"


def _gap(pair: Pair, p: Spelled, q: Spelled) -> str:
    return f'''@cache
def gap(x):
    """F - G, in the right tail from what is left beyond x, which keeps its digits there."""
    if x < {spell(middle(pair.P))}:
        return {p.cdf("x")} - {bracketed(q.cdf("x"))}
    return {q.sf("x")} - {bracketed(p.sf("x"))}'''


def _table(pair: Pair, p: Spelled, q: Spelled) -> dict[str, Formula]:
    own = {"h_p": _entropy(pair.P, "P", "log_p"), "h_q": _entropy(pair.Q, "Q", "log_q")}
    table = guarded(formulas(INTEGRALS, PIECES | own), nothing_left(pair))
    table |= {"wasserstein": lambda given: _wasserstein(pair, p, q, given["p"])}
    return {key: one for key, one in table.items() if key not in out_of_reach(pair)}


def nothing_left(pair: Pair) -> Callable[[float, float], bool]:
    """Whether beyond the outermost cuts p^a q^b no longer counts, as a function of a and b."""
    places = cuts(pair, closer=False)
    ends = [
        place
        for place, end in zip((places[0], places[-1]), hull(pair), strict=True)
        if math.isinf(end)
    ]
    log_p, log_q = pair.P.log_density(np.array(ends)), pair.Q.log_density(np.array(ends))
    return lambda a, b: bool((left(a, b, log_p, log_q) < LEFT).all())


def _entropy(dist: Dist, name: str, log: str) -> str:
    one = frozen(plain(dist))
    if one is not None and one.name in CLOSED:
        return f"{name}.entropy()"
    return f"-expect({log}, {log})"


def _wasserstein(pair: Pair, p: Spelled, q: Spelled, order: float) -> str | None:
    if order == 1:
        return INTEGRALS["w1"]
    if order == 2 and pair.P.name == pair.Q.name == "normal":
        return "np.hypot(P.mean() - Q.mean(), P.std() - Q.std())"
    heavy = any(spans_decades(tail) for dist in (pair.P, pair.Q) for tail in dist.tail())
    if math.isinf(order) or heavy or p.quantile is None or q.quantile is None:
        return None
    n = spell(order)
    total = f"quad(lambda u: abs({p.quantile('u')} - {q.quantile('u')}) ** {n}, 0, 1, limit=200)[0]"
    return f"np.sqrt({total})" if order == 2 else f"{total} ** (1 / {n})"
