"""Densities as scipy.stats says them: a table of families, and how built ones are put together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from divviz.dist import Dist
from divviz.empirical import bins, plain
from divviz.errors import spell
from divviz.literals import minus, values_text
from divviz.mixtures import shares
from divviz.pieces import DENSITY
from divviz.program import bracketed
from divviz.transformed import line_of


@dataclass(frozen=True)
class Frozen:
    """A distribution of scipy.stats: its name, its shape parameters, its place and its size."""

    name: str
    shapes: tuple[float, ...] = ()
    loc: float = 0.0
    scale: float = 1.0

    def __str__(self) -> str:
        given = [spell(shape) for shape in self.shapes]
        given += [f"loc={spell(self.loc)}"] if self.loc else []
        given += [f"scale={spell(self.scale)}"] if self.scale != 1 else []
        return f"stats.{self.name}({', '.join(given)})"


_NORMAL_LIKE = {"normal": "norm", "laplace": "laplace", "logistic": "logistic", "cauchy": "cauchy",
                "gumbel": "gumbel_r"}  # fmt: skip
FROZEN: dict[str, Callable[..., Frozen]] = {
    **{family: (lambda mu, s, name=name: Frozen(name, (), mu, s))
       for family, name in _NORMAL_LIKE.items()},
    "student_t": lambda nu, mu, sigma: Frozen("t", (nu,), mu, sigma),
    "uniform": lambda a, b: Frozen("uniform", (), a, b - a),
    "exponential": lambda rate: Frozen("expon", (), 0.0, 1 / rate),
    "gamma": lambda shape, rate: Frozen("gamma", (shape,), 0.0, 1 / rate),
    "beta": lambda a, b: Frozen("beta", (a, b)),
    "lognormal": lambda mu, sigma: Frozen("lognorm", (sigma,), 0.0, math.exp(mu)),
    "weibull": lambda shape, scale: Frozen("weibull_min", (shape,), 0.0, scale),
    "pareto": lambda alpha, xm: Frozen("pareto", (alpha,), 0.0, xm),
    "chi2": lambda nu: Frozen("chi2", (nu,)),
    "halfnormal": lambda sigma: Frozen("halfnorm", (), 0.0, sigma),
    "rayleigh": lambda sigma: Frozen("rayleigh", (), 0.0, sigma),
    "skewnormal": lambda mu, sigma, alpha: Frozen("skewnorm", (alpha,), mu, sigma),
    "triangular": lambda a, c, b: Frozen("triang", ((c - a) / (b - a),), a, b - a),
}  # fmt: skip
# (shapes, loc, scale) of -X for X of loc 0 and size 1, where SciPy has its name.
MIRRORED: dict[str, Callable[[Frozen], Frozen]] = {
    **{name: lambda f: f for name in ("norm", "laplace", "logistic", "cauchy", "t")},
    "gumbel_r": lambda f: replace(f, name="gumbel_l"),
    "gumbel_l": lambda f: replace(f, name="gumbel_r"),
    "weibull_min": lambda f: replace(f, name="weibull_max"),
    "skewnorm": lambda f: replace(f, shapes=(-f.shapes[0],)),
    "uniform": lambda f: replace(f, loc=f.loc + f.scale),
    "triang": lambda f: replace(f, shapes=(1 - f.shapes[0],), loc=f.loc + f.scale),
    "beta": lambda f: replace(f, shapes=f.shapes[::-1], loc=f.loc + f.scale),
}  # fmt: skip


def frozen(dist: Dist) -> Frozen | None:
    """The one distribution of scipy.stats that says `dist`, else None."""
    if dist.name in FROZEN:
        return FROZEN[dist.name](*dist.args)
    if dist.name in ("shifted", "scaled"):
        inner = frozen(dist.parts[0])
        return None if inner is None else _moved(inner, line_of(dist).factor, line_of(dist).by)
    if dist.name == "truncated" and dist.parts[0].name == "normal":
        return _truncnorm(dist)
    return None


def _moved(inner: Frozen, factor: float, by: float) -> Frozen | None:
    if factor < 0:
        if inner.name not in MIRRORED:
            return None
        inner = MIRRORED[inner.name](inner)
    return replace(inner, loc=factor * inner.loc + by, scale=abs(factor) * inner.scale)


def _truncnorm(dist: Dist) -> Frozen:
    (a, b), (inner,) = dist.args
    mu, sigma = inner.args
    return Frozen("truncnorm", ((a - mu) / sigma, (b - mu) / sigma), mu, sigma)


# --- any density as expressions


@dataclass(frozen=True)
class Spelled:
    """A density as code: lines that come first, and expressions of a place x (text -> text).

    `quantile` of a level u, None where there is no short one; `whole` names a frozen distribution.
    """

    setup: tuple[str, ...]
    log: Callable[[str], str]
    cdf: Callable[[str], str]
    sf: Callable[[str], str]
    quantile: Callable[[str], str] | None = None
    whole: str | None = None


def spelled(dist: Dist, name: str) -> Spelled | None:
    """`dist` as code whose variables begin with `name`; None where SciPy has no word for it."""
    dist = plain(dist)
    one = frozen(dist)
    if one is not None:
        found = _named(name, (f"{name} = {str(one).replace('inf', 'np.inf')}",))
        return replace(found, log=_log_laplace(one), whole=None) if one.name == "laplace" else found
    if dist.name in _BUILT:
        return _BUILT[dist.name](dist, name)
    return None


def _named(name: str, setup: tuple[str, ...]) -> Spelled:
    def call(method: str) -> Callable[[str], str]:
        return lambda x: f"{name}.{method}({x})"

    return Spelled(setup, call("logpdf"), call("cdf"), call("sf"), call("ppf"), name)


def _log_laplace(one: Frozen) -> Callable[[str], str]:
    """Its own formula: SciPy takes the logarithm of a density that underflows."""
    scale = "" if one.scale == 1 else f" / {spell(one.scale)}"
    return lambda x: f"-abs({minus(x, one.loc)}){scale} - np.log({spell(2 * one.scale)})"


def _vonmises(dist: Dist, name: str) -> Spelled:
    """On one turn of the line, cut at -pi and pi, where SciPy's goes on and on."""
    mu, kappa = dist.args
    circle = f"{name} = stats.vonmises({spell(kappa)}, loc={spell(mu)})"
    if kappa == 0:
        return _named(name, (f"{name} = stats.uniform(loc=-np.pi, scale=2 * np.pi)",))

    def log(x: str) -> str:
        return f"np.where(abs({x}) <= np.pi, {name}.logpdf({x}), -np.inf)"

    def cdf(x: str) -> str:
        return f"{name}.cdf(np.clip({x}, -np.pi, np.pi)) - {name}.cdf(-np.pi)"

    def sf(x: str) -> str:
        return f"{name}.cdf(np.pi) - {name}.cdf(np.clip({x}, -np.pi, np.pi))"

    return Spelled((circle,), log, cdf, sf)


def _mixture(dist: Dist, name: str) -> Spelled | None:
    weights, parts = dist.args
    live = [(share, part) for share, part in zip(shares(weights), parts, strict=True) if share > 0]
    each = [spelled(part, f"{name}{k}") for k, (_, part) in enumerate(live, 1)]
    inner = [one for one in each if one is not None]
    if len(inner) < len(each):
        return None
    given = [spell(share) for share, _ in live]

    def log(x: str) -> str:
        terms = [f"np.log({w}) + {one.log(x)}" for w, one in zip(given, inner, strict=True)]
        if len(terms) == 2:
            return f"np.logaddexp({', '.join(terms)})"
        return f"logsumexp([{', '.join(terms)}], axis=0)" if len(terms) > 1 else terms[0]

    def mean(method: str) -> Callable[[str], str]:
        return lambda x: " + ".join(
            f"{w} * {bracketed(getattr(one, method)(x))}"
            for w, one in zip(given, inner, strict=True)
        )

    setup = tuple(line for one in inner for line in one.setup)
    return Spelled(setup, log, mean("cdf"), mean("sf"))


def _within(dist: Dist, name: str) -> Spelled | None:
    (a, b), (part,) = dist.args
    inner = spelled(part, f"{name}0")
    if inner is None:
        return None
    low, high = (spell(end).replace("inf", "np.inf") for end in (a, b))
    # In the upper tail only the survival function keeps the digits of a small mass.
    upper = math.isinf(b) or float(part.sf(np.array(a))) < 0.5
    first, last = (inner.sf(low), inner.sf(high)) if upper else (inner.cdf(high), inner.cdf(low))
    setup = (*inner.setup, f"{name}_mass = {first} - {last}  # what lies from {low} to {high}")

    def log(x: str) -> str:
        inside = f"({low} <= {x}) & ({x} <= {high})"
        return f"np.where({inside}, {inner.log(x)} - np.log({name}_mass), -np.inf)"

    def cdf(x: str) -> str:
        at = f"np.clip({x}, {low}, {high})"
        part = (
            f"{inner.sf(low)} - {inner.sf(at)}" if upper else f"{inner.cdf(at)} - {inner.cdf(low)}"
        )
        return f"({part}) / {name}_mass"

    def sf(x: str) -> str:
        at = f"np.clip({x}, {low}, {high})"
        rest = f"{inner.sf(at)} - {inner.sf(high)}" if upper else (
            f"{inner.cdf(high)} - {inner.cdf(at)}")  # fmt: skip
        return f"({rest}) / {name}_mass"

    return Spelled(setup, log, cdf, sf)


def _line(dist: Dist, name: str) -> Spelled | None:
    inner = spelled(dist.parts[0], f"{name}0")
    if inner is None:
        return None
    factor, by = line_of(dist).factor, line_of(dist).by

    def back(x: str) -> str:
        x = f"({minus(x, by)})" if by else x
        return x if factor == 1 else f"{x} / {spell(factor)}"

    def log(x: str) -> str:
        return f"{inner.log(back(x))}" + (
            f" - np.log({spell(abs(factor))})" if abs(factor) != 1 else ""
        )

    cdf, sf = (inner.cdf, inner.sf) if factor > 0 else (inner.sf, inner.cdf)
    return Spelled(inner.setup, log, lambda x: cdf(back(x)), lambda x: sf(back(x)))


def cells(dist: Dist) -> tuple[list[float], list[float]]:
    """The edges (n + 1) and the heights (n), up to a factor, of a piecewise constant density."""
    if dist.name == "histogram":
        edges, counts = bins(dist)
        return edges.tolist(), counts.tolist()
    if dist.family is DENSITY:
        return dist.args[0].array.tolist(), dist.args[1].array.tolist()
    a, b, levels = dist.args
    n = len(levels)
    return [a + (b - a) * (k / n) for k in range(n + 1)], [float(level) for level in levels]


def _histogram(dist: Dist, name: str) -> Spelled:
    edges, heights = cells(dist)
    lines = (
        f"{name}_edges = np.array({values_text(edges)})",
        f"{name}_heights = np.array({values_text(heights)})",
        f"{name} = stats.rv_histogram(({name}_heights, {name}_edges), density=True)",
    )
    return replace(_named(name, lines), quantile=None)


_BUILT: dict[str, Callable[[Dist, str], Any]] = {
    "vonmises": _vonmises,
    "mixture": _mixture,
    "truncated": _within,
    "shifted": _line,
    "scaled": _line,
    "drawn": _histogram,
    "density": _histogram,
    "histogram": _histogram,
}
