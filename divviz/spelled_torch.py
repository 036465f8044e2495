"""Programs with PyTorch: F.kl_div on probabilities, torch.distributions on densities."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from divviz.cuts_code import cuts, cuts_text, leaves, middle, out_of_reach
from divviz.densities_code import nothing_left
from divviz.dist import Dist, SceneError
from divviz.empirical import plain
from divviz.errors import spell
from divviz.literals import values_text
from divviz.mixtures import shares
from divviz.outcomes_code import COMPUTED, Outcomes, is_counted, outcomes_of_pair, places, summed
from divviz.pair import Pair
from divviz.program import Language, Wanted, written
from divviz.scene import Scene
from divviz.spelled_measures import MIDDLE, OF_LOGS, Formula, guarded

IMPORTS = [
    "import math",
    "import torch",
    "import torch.nn.functional as F",
    "from torch.distributions import kl_divergence",
]
DOUBLE = "torch.set_default_dtype(torch.float64)  # float32 keeps seven digits"

# --- the formulas: each is a Python float

TEXTS: dict[str, str] = {
    "entropy_p": "{h_p}",
    "entropy_q": "{h_q}",
    "perplexity": "math.exp({h_p})",
    "cross_entropy_pq": "{h_pq}",
    "cross_entropy_qp": "{h_qp}",
    "kl_pq": "{kl_pq}",
    "kl_qp": "{kl_qp}",
    "jeffreys": "{kl_pq} + {kl_qp}",
    "js_distance": "math.sqrt(max(({kl_pm} + {kl_qm}) / 2, 0.0){per})",
    "topsoe": "{kl_pm} + {kl_qm}",
    "tv": "(p - q).abs().sum().item() / 2",
    "hellinger": "math.sqrt((p.sqrt() - q.sqrt()).square().sum().item() / 2)",
    "hellinger_squared": "(p.sqrt() - q.sqrt()).square().sum().item() / 2",
    "squared_chord": "(p.sqrt() - q.sqrt()).square().sum().item()",
    "bhattacharyya_coefficient": "(p.sqrt() * q.sqrt()).sum().item()",
    "bhattacharyya_distance": "-math.log((p.sqrt() * q.sqrt()).sum().item())",
    "chi2_pearson": "((p - q)[q > 0].square() / q[q > 0]).sum().item()",
    "chi2_neyman": "((p - q)[p > 0].square() / p[p > 0]).sum().item()",
    "triangular_discrimination": "((p - q)[m > 0].square() / (2 * m[m > 0])).sum().item()",
    "mse": "{mse}",
    "w1": "{w1}",
    "energy_distance": "math.sqrt(2 * {squares})",
    "kolmogorov_smirnov": "gap.abs().max().item()",
    "cramer_von_mises": "{criterion}",
}
LISTED: dict[str, str] = {
    "h_p": "torch.special.entr(p).sum().item()",
    "h_q": "torch.special.entr(q).sum().item()",
    "h_pq": "-torch.xlogy(p, q).sum().item()",
    "h_qp": "-torch.xlogy(q, p).sum().item()",
    "kl_pq": 'F.kl_div(q.log(), p, reduction="sum").item()',
    "kl_qp": 'F.kl_div(p.log(), q, reduction="sum").item()',
    "kl_pm": 'F.kl_div(m.log(), p, reduction="sum").item()',
    "kl_qm": 'F.kl_div(m.log(), q, reduction="sum").item()',
    "mse": "F.mse_loss(p, q).item()",
    "w1": "(gap[:-1].abs() * x.diff()).sum().item()",
    "squares": "(gap[:-1].square() * x.diff()).sum().item()",
    "criterion": "(gap.square() * m).sum().item()",
}
BY_LOGS: dict[str, str] = LISTED | OF_LOGS
CELLS: dict[str, str] = BY_LOGS | {
    "mse": "((p - q).square() / dx).sum().item()",
    "w1": "torch.trapezoid(gap.abs(), edges).item()",
    "squares": "torch.trapezoid(gap.square(), edges).item()",
    "criterion": "((gap[1:].square() + gap[:-1].square()) * m).sum().item() / 2",
}
NOTE = """# F.kl_div(log_q, p) is KL(P‖Q): the arguments look swapped, and the first is a logarithm.
# "sum" is the divergence of one pair; "batchmean" divides it by the rows of a batch,
# and the default "mean" by the number of all entries."""
KL = '''def kl(p, log_p, log_q):
    """The sum of p log(p/q) where p > 0, as 0 log 0 = 0."""
    on = p > 0
    return (p[on] * (log_p[on] - log_q[on])).sum().item()'''
CROSS = '''def cross_entropy(p, log_q):
    """The sum of -p log q where p > 0, as 0 log 0 = 0."""
    on = p > 0
    return -(p[on] * log_q[on]).sum().item()'''
STEPS = "gap = (p - q).cumsum(0)  # F - G at the outcomes"
GAP = """# F - G at the edges, summed from the nearer end: so its tails keep their digits.
none = torch.zeros(1)
below, above = (p - q).cumsum(0), (q - p).flip(0).cumsum(0).flip(0)
gap = torch.where(edges < MEDIAN, torch.cat([none, below]), torch.cat([above, none]))"""
LOG_MIDDLE = "log_m = torch.logaddexp(log_p, log_q) - math.log(2)"
LOG_CHUNKS: dict[str, str] = {
    "m": MIDDLE, "log_m": LOG_MIDDLE, "gap": STEPS, "kl": KL, "cross_entropy": CROSS,
}  # fmt: skip


def _table(pieces: Mapping[str, str]) -> dict[str, Formula]:
    def plain_text(text: str) -> Formula:
        return lambda _: text.format(**pieces, per="{per}")

    js = "({kl_pm} + {kl_qm}) / 2".format(**pieces)
    halves: Formula = lambda given: js if given["weight"] == 0.5 else None  # noqa: E731
    return {key: plain_text(text) for key, text in TEXTS.items()} | {"js": halves}


# --- outcomes


def torch_outcomes(scene: Scene, pair: Pair, asked_for: list[Wanted]) -> str:
    """The PyTorch program of a discrete pair; SceneError("snippet_long") for a very long list."""
    out = outcomes_of_pair(pair)
    if is_counted(pair, out) and {pair.P.name, pair.Q.name} <= COUNTED.keys():
        setup, chunks = _counted_setup(pair, out), LOG_CHUNKS | {"x": "x = k"}
        language = Language("torch", guarded(_table(BY_LOGS), summed(out)), chunks, lambda _: True)
        return written(scene, asked_for, language, IMPORTS, setup)
    if out.small:
        raise SceneError("snippet", library="PyTorch", family=pair.P.name)
    kept = _without_empty(out)
    pieces = dict(LISTED)
    if kept.listed != len(kept.x):
        pieces["mse"] = f"(p - q).square().sum().item() / {kept.listed}"
    x = places(kept).replace("np.array", "torch.tensor").replace("np.", "torch.")
    chunks = {"x": x, "m": MIDDLE, "gap": STEPS, "kl_div": NOTE}
    language = Language(
        "torch",
        guarded(_table(pieces), summed(out)),
        chunks,
        lambda key: out.endless or key not in COMPUTED,
    )
    return written(scene, asked_for, language, IMPORTS, _listed_setup(out, kept))


# torch.distributions counts from 0, and calls success what others call failure.
COUNTED: dict[str, Callable[..., str]] = {
    "poisson": lambda rate: f"Poisson({_float(rate)}).log_prob(k)",
    "geometric": lambda p: f"Geometric({_float(p)}).log_prob(k - 1)",
    "negative_binomial": lambda r, p: f"NegativeBinomial({_float(r)}, {_float(1 - p)}).log_prob(k)",
}
COUNT_NOTES = {
    "geometric": "# Geometric counts the failures, not the trials: k - 1.",
    "negative_binomial": "# NegativeBinomial takes the share of what is counted: 1 - p.",
}


def _float(value: float) -> str:
    """A number of PyTorch: whole ones as 2.0, since an int would make an int tensor."""
    return "math.inf" if math.isinf(value) else repr(float(value))


def _counted_setup(pair: Pair, out: Outcomes) -> list[str]:
    if {pair.P.name, pair.Q.name} & {"geometric"} and pair.P.name != pair.Q.name:
        raise SceneError("snippet", library="PyTorch", family="geometric")
    notes = [COUNT_NOTES[name] for name in dict.fromkeys((pair.P.name, pair.Q.name))
             if name in COUNT_NOTES]  # fmt: skip
    first, last = spell(float(out.x[0])), spell(float(out.x[-1]) + 1)
    dists = "torch.distributions."
    lines = [
        DOUBLE,
        f"k = torch.arange({first}.0, {last}.0)  # beyond, less than 1e-16 is left",
        *notes,
        f"log_p = {dists}{COUNTED[pair.P.name](*pair.P.args)}",
        f"log_q = {dists}{COUNTED[pair.Q.name](*pair.Q.args)}",
        "p, q = log_p.exp(), log_q.exp()",
    ]
    return ["\n".join(lines)]


def _without_empty(out: Outcomes) -> Outcomes:
    """Without the outcomes that neither P nor Q has, where kl_div would be nan."""
    some = np.flatnonzero((out.p > 0) | (out.q > 0))
    labels = None if out.labels is None else tuple(out.labels[i] for i in some.tolist())
    return replace(out, x=out.x[some], p=out.p[some], q=out.q[some], labels=labels)


def _listed_setup(out: Outcomes, kept: Outcomes) -> list[str]:
    lines = [DOUBLE]
    if kept.labels is not None:
        lines.append(f"outcomes = {list(kept.labels)!r}")
    if len(kept.x) < len(out.x):
        lines.append("# Outcomes of mass 0 in both are left out: F.kl_div would be nan there.")
    lines += [f"{name} = torch.tensor({values_text(masses.tolist())})"
              for name, masses in (("p", kept.p), ("q", kept.q))]  # fmt: skip
    return ["\n".join(lines)]


# --- densities

FAMILIES: dict[str, Callable[..., str]] = {
    "normal": lambda mu, sigma: f"Normal({_float(mu)}, {_float(sigma)})",
    "laplace": lambda mu, b: f"Laplace({_float(mu)}, {_float(b)})",
    "cauchy": lambda x0, gamma: f"Cauchy({_float(x0)}, {_float(gamma)})",
    "gumbel": lambda mu, beta: f"Gumbel({_float(mu)}, {_float(beta)})",
    "student_t": lambda nu, mu, s: f"StudentT({_float(nu)}, {_float(mu)}, {_float(s)})",
    "exponential": lambda rate: f"Exponential({_float(rate)})",
    "gamma": lambda shape, rate: f"Gamma({_float(shape)}, {_float(rate)})",
    "beta": lambda a, b: f"Beta({_float(a)}, {_float(b)})",
    "lognormal": lambda mu, sigma: f"LogNormal({_float(mu)}, {_float(sigma)})",
    "weibull": lambda shape, scale: f"Weibull({_float(scale)}, {_float(shape)})",
    "pareto": lambda alpha, xm: f"Pareto({_float(xm)}, {_float(alpha)})",
    "chi2": lambda nu: f"Chi2({_float(nu)})",
    "halfnormal": lambda sigma: f"HalfNormal({_float(sigma)})",
}
# Two of these have a closed form in torch.distributions.kl.
CLOSED = {"normal", "laplace", "exponential", "gamma", "beta", "gumbel", "halfnormal"}
MIXED = {"normal", "laplace", "cauchy", "gumbel", "student_t"}
GRID = """# The line in narrow cells: kinks of P and Q are edges, never inside of one.
cuts = {cuts}
pieces = [torch.linspace(a, b, 20_001) for a, b in zip(cuts[:-1], cuts[1:])]
edges = torch.unique(torch.cat(pieces))
x, dx = (edges[1:] + edges[:-1]) / 2, edges.diff()
log_p, log_q = P.log_prob(x), Q.log_prob(x)
p, q = log_p.exp() * dx, log_q.exp() * dx  # the mass of each cell"""


def torch_densities(scene: Scene, pair: Pair, asked_for: list[Wanted]) -> str:
    """The PyTorch program of two densities; SceneError("snippet") for what PyTorch cannot say.

    log_prob refuses places outside of the support, so P and Q must have the same.
    """
    if pair.P.support() != pair.Q.support():
        raise SceneError("snippet", library="PyTorch", family=pair.Q.name)
    setup = "\n".join([DOUBLE, f"P = {_density(pair.P)}", f"Q = {_density(pair.Q)}"])
    grid = GRID.format(cuts=cuts_text(cuts(pair, closer=True)).replace("np.inf", "math.inf"))
    chunks = LOG_CHUNKS | {"gap": GAP.replace("MEDIAN", spell(middle(pair.P)))}
    table = guarded(_table(CELLS), nothing_left(pair))
    table = {key: one for key, one in table.items() if key not in out_of_reach(pair)}
    if pair.P.name == pair.Q.name and pair.P.name in CLOSED:
        table |= {"kl_pq": lambda _: "kl_divergence(P, Q).item()",
                  "kl_qp": lambda _: "kl_divergence(Q, P).item()",
                  "jeffreys": lambda _: "(kl_divergence(P, Q) + kl_divergence(Q, P)).item()",
                  }  # fmt: skip
    language = Language("torch", table, {"p": grid} | chunks, lambda _: True)
    return written(scene, asked_for, language, IMPORTS, [setup])


def _density(dist: Dist) -> str:
    dist = plain(dist)
    if dist.name == "mixture":
        return _mixture(dist)
    singular = any(end.exponent < 1 and not end.log_square for end in dist.ends())
    if dist.name not in FAMILIES or singular:
        raise SceneError("snippet", library="PyTorch", family=dist.name)
    return f"torch.distributions.{FAMILIES[dist.name](*dist.args)}"


def _mixture(dist: Dist) -> str:
    weights, parts = dist.args
    live = [(share, part) for share, part in zip(shares(weights), parts, strict=True) if share > 0]
    names = {part.name for _, part in live}
    if len(names) > 1 or not names <= MIXED or len(leaves(dist)) != len(live):
        raise SceneError("snippet", library="PyTorch", family="mixture")
    columns = [values_text(column) for column in zip(*(part.args for _, part in live), strict=True)]
    call = {"normal": "Normal", "laplace": "Laplace", "cauchy": "Cauchy", "gumbel": "Gumbel",
            "student_t": "StudentT"}[live[0][1].name]  # fmt: skip
    given = ", ".join(f"torch.tensor({column})" for column in columns)
    masses = values_text([share for share, _ in live])
    return (
        "torch.distributions.MixtureSameFamily(\n"
        f"    torch.distributions.Categorical(torch.tensor({masses})),\n"
        f"    torch.distributions.{call}({given}),\n)"
    )
