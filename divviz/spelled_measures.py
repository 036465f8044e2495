"""What a program of arrays writes for each measure: p and q are masses, of outcomes or of cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from divviz.dist import Array
from divviz.errors import spell
from divviz.literals import minus

Given = Mapping[str, float]
Formula = Callable[[Given], str | None]

# Each entry may name the pieces of a kind of program in braces, such as {kl_pq}.
ARRAYS: dict[str, str] = {
    "entropy_p": "{h_p}",
    "entropy_q": "{h_q}",
    "cross_entropy_pq": "{h_pq}",
    "cross_entropy_qp": "{h_qp}",
    "kl_pq": "{kl_pq}",
    "kl_qp": "{kl_qp}",
    "jeffreys": "{kl_pq} + {kl_qp}",
    "js": "({kl_pm} + {kl_qm}) / 2",
    "js_distance": "np.sqrt(max(({kl_pm} + {kl_qm}) / 2, 0.0){per})",
    "topsoe": "{kl_pm} + {kl_qm}",
    "perplexity": "np.exp({h_p})",
    "tv": "np.sum(np.abs(p - q)) / 2",
    "hellinger": "np.sqrt(np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2)",
    "hellinger_squared": "np.sum((np.sqrt(p) - np.sqrt(q)) ** 2) / 2",
    "squared_chord": "np.sum((np.sqrt(p) - np.sqrt(q)) ** 2)",
    "bhattacharyya_coefficient": "np.sum(np.sqrt(p) * np.sqrt(q))",
    "bhattacharyya_distance": "-np.log(np.sum(np.sqrt(p) * np.sqrt(q)))",
    "chi2_pearson": "np.sum((p - q)[q > 0] ** 2 / q[q > 0])",
    "chi2_neyman": "np.sum((p - q)[p > 0] ** 2 / p[p > 0])",
    "triangular_discrimination": "np.sum((p - q)[m > 0] ** 2 / (2 * m[m > 0]))",
    "mse": "{mse}",
    "w1": "{w1}",
    "energy_distance": "np.sqrt(2 * {squares})",
    "kolmogorov_smirnov": "np.max(np.abs(gap), initial=0.0)",
    "cramer_von_mises": "{criterion}",
}


def powers(key: str, alpha: float, pieces: Mapping[str, str]) -> str | None:
    """The measures with an order alpha; None at 0 and infinity, where they are limits."""
    if alpha == 1 or (alpha == 0 and key == "alpha_divergence"):
        own = key.endswith("_entropy")
        return pieces["h_p" if own else "kl_pq" if alpha == 1 else "kl_qp"]
    if alpha == 0 or math.isinf(alpha):
        return None
    a = spell(alpha)
    less = minus(a, 1.0)
    power = pieces["own_power" if key.endswith("_entropy") else "power"]
    power = power.replace("ALPHA", a).replace("LESS", f"({less})")
    if key == "renyi_entropy":
        return f"-np.log({power}) / ({less})"
    if key == "renyi":
        return f"np.log({power}) / ({less})"
    if key == "tsallis_entropy":
        return f"(1 - {power}) / ({less})"
    if key == "tsallis":
        return f"({power} - 1) / ({less})"
    return f"({power} - 1) / ({a} * ({less}))"


def formulas(texts: Mapping[str, str], pieces: Mapping[str, str]) -> dict[str, Formula]:
    """The table of `texts` and of the measures with parameters, for a spelling of the pieces."""

    def plain(text: str) -> Formula:
        return lambda _: text.format(**pieces, per="{per}")

    def of_order(key: str) -> Formula:
        return lambda given: powers(key, given["alpha"], pieces)

    def js(given: Given) -> str | None:
        if given["weight"] == 0.5:
            return texts["js"].format(**pieces)
        w, v = spell(given["weight"]), spell(1 - given["weight"])
        one, other = (pieces[key].replace("WEIGHT", w).replace("REST", v)
                      for key in ("kl_pw", "kl_qw"))  # fmt: skip
        return f"{w} * {one} + {v} * {other}"

    orders = ("renyi_entropy", "tsallis_entropy", "renyi", "tsallis", "alpha_divergence")
    table = {key: plain(text) for key, text in texts.items()}
    table.update({key: of_order(key) for key in orders})
    table["js"] = js
    return table


def _order(given: Given) -> list[tuple[float, float]]:
    return [(given["alpha"], 1 - given["alpha"])]


def _own_order(given: Given) -> list[tuple[float, float]]:
    return [(given["alpha"], 0.0)]


# Sums of p^a q^b, whose terms may go on where P and Q have next to nothing left.
POWERS: dict[str, Callable[[Given], list[tuple[float, float]]]] = {
    "chi2_pearson": lambda _: [(2.0, -1.0)],
    "chi2_neyman": lambda _: [(-1.0, 2.0)],
    "mse": lambda _: [(2.0, 0.0), (0.0, 2.0)],
    "renyi": _order,
    "tsallis": _order,
    "alpha_divergence": _order,
    "renyi_entropy": _own_order,
    "tsallis_entropy": _own_order,
}


def guarded(
    table: Mapping[str, Formula], holds: Callable[[float, float], bool]
) -> dict[str, Formula]:
    """The table, in which a sum of p^a q^b is left out unless `holds(a, b)`."""

    def careful(key: str, formula: Formula) -> Formula:
        return lambda given: formula(given) if all(holds(*e) for e in POWERS[key](given)) else None

    return {key: careful(key, one) if key in POWERS else one for key, one in table.items()}


def left(a: float, b: float, log_p: Array, log_q: Array) -> Array:
    """log p^a q^b at places (n,), -inf where one has no mass that a positive power asks for."""
    gone = ((a > 0) & np.isneginf(log_p)) | ((b > 0) & np.isneginf(log_q))
    with np.errstate(invalid="ignore"):
        logs: Array = np.where(gone, -np.inf, (a * log_p if a else 0.0) + (b * log_q if b else 0.0))
    return logs


LISTED: dict[str, str] = {
    "h_p": "cross_entropy(p, p)",
    "h_q": "cross_entropy(q, q)",
    "h_pq": "cross_entropy(p, q)",
    "h_qp": "cross_entropy(q, p)",
    "kl_pq": "kl(p, q)",
    "kl_qp": "kl(q, p)",
    "kl_pm": "kl(p, m)",
    "kl_qm": "kl(q, m)",
    "kl_pw": "kl(p, WEIGHT * p + REST * q)",
    "kl_qw": "kl(q, WEIGHT * p + REST * q)",
    "mse": "np.mean((p - q) ** 2)",
    "w1": "np.sum(np.abs(gap) * np.diff(x))",
    "squares": "np.sum(gap**2 * np.diff(x))",
    "criterion": "np.sum(np.cumsum(p - q) ** 2 * m)",
    "own_power": "np.sum(p[p > 0] ** ALPHA)",
    "power": "np.sum(p[both] ** ALPHA * q[both] ** (1 - ALPHA))",
}
# Where a mass may be smaller than any double its logarithm is not; arrays and tensors alike.
OF_LOGS: dict[str, str] = {
    "h_p": "cross_entropy(p, log_p)",
    "h_q": "cross_entropy(q, log_q)",
    "h_pq": "cross_entropy(p, log_q)",
    "h_qp": "cross_entropy(q, log_p)",
    "kl_pq": "kl(p, log_p, log_q)",
    "kl_qp": "kl(q, log_q, log_p)",
    "kl_pm": "kl(p, log_p, log_m)",
    "kl_qm": "kl(q, log_q, log_m)",
}
BY_LOGS: dict[str, str] = (
    LISTED
    | OF_LOGS
    | {
        "kl_pw": "kl(p, log_p, np.logaddexp(log_p + np.log(WEIGHT), log_q + np.log(REST)))",
        "kl_qw": "kl(q, log_q, np.logaddexp(log_p + np.log(WEIGHT), log_q + np.log(REST)))",
        "own_power": "np.sum(p[p > 0] * np.exp(LESS * log_p[p > 0]))",
        "power": "np.sum(p[both] * np.exp(LESS * (log_p[both] - log_q[both])))",
    }
)
CELLS: dict[str, str] = BY_LOGS | {
    "mse": "np.sum((p - q) ** 2 / dx)",
    "w1": "np.trapezoid(np.abs(gap), edges)",
    "squares": "np.trapezoid(gap**2, edges)",
    "criterion": "np.sum((gap[1:] ** 2 + gap[:-1] ** 2) * m) / 2",
}

# --- what the formulas call

MIDDLE = "m = (p + q) / 2"
BOTH = "both = (p > 0) & (q > 0)"
KL_LISTED = '''def kl(p, q):
    """The sum of p log(p/q): 0 where p = 0, infinite where q = 0 < p. No epsilon."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sum(np.where(p > 0, p * np.log(p / q), 0.0))'''
CROSS_LISTED = '''def cross_entropy(p, q):
    """The sum of -p log q: 0 where p = 0, infinite where q = 0 < p. No epsilon."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sum(np.where(p > 0, -p * np.log(q), 0.0))'''
KL_BY_LOGS = '''def kl(p, log_p, log_q):
    """The sum of p log(p/q) where p > 0, as 0 log 0 = 0. Logs do not underflow."""
    on = p > 0
    return np.sum(p[on] * (log_p[on] - log_q[on]))'''
CROSS_BY_LOGS = '''def cross_entropy(p, log_q):
    """The sum of -p log q where p > 0, as 0 log 0 = 0."""
    on = p > 0
    return -np.sum(p[on] * log_q[on])'''
LOG_MIDDLE = "log_m = np.logaddexp(log_p, log_q) - np.log(2)"
STEPS = "gap = np.cumsum(p - q)[:-1]  # F - G between neighbouring outcomes"
GAP = """# F - G at the edges, summed from the nearer end: so its tails keep their digits.
below, above = np.cumsum(p - q), np.cumsum((q - p)[::-1])[::-1]
gap = np.where(edges < MEDIAN, np.append(0.0, below), np.append(above, 0.0))"""
MOVES = """F, G = np.cumsum(p), np.cumsum(q)
u = np.sort(np.concatenate([F, G]))  # the levels at which a quantile jumps
moved = np.diff(u, prepend=0.0)
last = len(x) - 1
way = np.abs(x[np.searchsorted(F, u).clip(max=last)] - x[np.searchsorted(G, u).clip(max=last)])"""

LISTED_CHUNKS: dict[str, str] = {
    "m": MIDDLE, "both": BOTH, "gap": STEPS, "moved": MOVES, "kl": KL_LISTED,
    "cross_entropy": CROSS_LISTED,
}  # fmt: skip
BY_LOGS_CHUNKS: dict[str, str] = LISTED_CHUNKS | {
    "log_m": LOG_MIDDLE, "kl": KL_BY_LOGS, "cross_entropy": CROSS_BY_LOGS,
}  # fmt: skip
CELL_CHUNKS: dict[str, str] = {
    "m": MIDDLE, "both": BOTH, "log_m": LOG_MIDDLE, "gap": GAP, "kl": KL_BY_LOGS,
    "cross_entropy": CROSS_BY_LOGS,
}  # fmt: skip


def moved(given: Given) -> str:
    """The Wasserstein distance of outcomes from how far each share of the mass moves."""
    order = given["p"]
    if math.isinf(order):
        return "np.max(way[moved > 1e-12], initial=0.0)"
    if order == 1:
        return LISTED["w1"]
    total = f"np.sum(moved * way**{spell(order)})"
    return f"np.sqrt({total})" if order == 2 else f"{total} ** (1 / {spell(order)})"


def mean_embedding(given: Given) -> str:
    """MMD of outcomes: the kernel between all places, weighted by p - q on both sides."""
    kernel = f"np.exp(-((x[:, None] - x) ** 2) / (2 * {spell(given['sigma'])}**2))"
    return f"np.sqrt(max((p - q) @ {kernel} @ (p - q), 0.0))"


def of_outcomes(pieces: Mapping[str, str]) -> dict[str, Formula]:
    """The table for programs about outcomes."""
    return formulas(ARRAYS, pieces) | {"wasserstein": moved, "mmd": mean_embedding}
