"""Log densities written out with NumPy alone: a function a family, and the built ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from divviz.dist import Dist
from divviz.empirical import plain
from divviz.errors import spell
from divviz.literals import minus, values_text
from divviz.mixtures import shares
from divviz.program import bracketed
from divviz.spelled_scipy import cells
from divviz.transformed import line_of

HALF_LINE = "np.where(x > 0, {body}, -np.inf)"
POSITIVE = "    y = np.where(x > 0, x, 1.0)  # no logarithm of what lies outside\n"


def _function(head: str, body: str, first: str = "") -> str:
    return f"def {head}:\n{first}    return {body}"


# The log density of each family; source: the formulas in the modules of the families.
FUNCTIONS: dict[str, str] = {
    "normal": _function(
        "normal(x, mu, sigma)",
        "-(((x - mu) / sigma) ** 2) / 2 - np.log(sigma * np.sqrt(2 * np.pi))",
    ),
    "laplace": _function("laplace(x, mu, b)", "-np.abs(x - mu) / b - np.log(2 * b)"),
    "logistic": _function(
        "logistic(x, mu, s)",
        "-z - 2 * np.log1p(np.exp(-z)) - np.log(s)",
        "    z = np.abs(x - mu) / s\n",
    ),
    "student_t": _function(
        "student_t(x, nu, mu, sigma)",
        "top - (nu + 1) / 2 * np.log1p(((x - mu) / sigma) ** 2 / nu)",
        "    top = math.lgamma((nu + 1) / 2) - math.lgamma(nu / 2)"
        " - np.log(sigma * np.sqrt(np.pi * nu))\n",
    ),
    "cauchy": _function(
        "cauchy(x, x0, gamma)", "-np.log1p(((x - x0) / gamma) ** 2) - np.log(np.pi * gamma)"
    ),
    "gumbel": _function(
        "gumbel(x, mu, beta)",
        "-z - np.exp(np.minimum(-z, 700)) - np.log(beta)",
        "    z = (x - mu) / beta\n",
    ),
    "uniform": _function(
        "uniform(x, a, b)", "np.where((a <= x) & (x <= b), -np.log(b - a), -np.inf)"
    ),
    "exponential": _function(
        "exponential(x, rate)", HALF_LINE.format(body="np.log(rate) - rate * x")
    ),
    "gamma": _function(
        "gamma(x, shape, rate)",
        HALF_LINE.format(body="(shape - 1) * np.log(y) - rate * y + top"),
        POSITIVE + "    top = shape * np.log(rate) - math.lgamma(shape)\n",
    ),
    "chi2": _function(
        "chi2(x, nu)",
        HALF_LINE.format(body="(nu / 2 - 1) * np.log(y) - y / 2 + top"),
        POSITIVE + "    top = -nu / 2 * np.log(2) - math.lgamma(nu / 2)\n",
    ),
    "beta": _function(
        "beta(x, a, b)",
        "np.where(inside, (a - 1) * np.log(y) + (b - 1) * np.log1p(-y) + top, -np.inf)",
        "    inside = (x > 0) & (x < 1)\n    y = np.where(inside, x, 0.5)\n"
        "    top = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)\n",
    ),
    "lognormal": _function(
        "lognormal(x, mu, sigma)",
        HALF_LINE.format(
            body="-(((np.log(y) - mu) / sigma) ** 2) / 2 - np.log(y * sigma * np.sqrt(2 * np.pi))"
        ),
        POSITIVE,
    ),
    "weibull": _function(
        "weibull(x, shape, scale)",
        HALF_LINE.format(body="np.log(shape / scale) + (shape - 1) * np.log(z) - z**shape"),
        "    z = np.where(x > 0, x, 1.0) / scale\n",
    ),
    "pareto": _function(
        "pareto(x, alpha, xm)",
        "np.where(x >= xm, np.log(alpha / xm) - (alpha + 1) * np.log(z), -np.inf)",
        "    z = np.maximum(x, xm) / xm\n",
    ),
    "halfnormal": _function(
        "halfnormal(x, sigma)",
        HALF_LINE.format(body="-((x / sigma) ** 2) / 2 + np.log(2 / (sigma * np.sqrt(2 * np.pi)))"),
    ),
    "rayleigh": _function(
        "rayleigh(x, sigma)",
        HALF_LINE.format(body="np.log(y / sigma**2) - (y / sigma) ** 2 / 2"),
        POSITIVE,
    ),
    "triangular": _function(
        "triangular(x, a, c, b)",
        "np.where(h > 0, np.log(2 / (b - a) * np.where(h > 0, h, 1.0)), -np.inf)",
        "    h = np.interp(x, [a, c, b], [0.0, 1.0, 0.0])\n",
    ),
    "vonmises": _function(
        "vonmises(x, mu, kappa)",
        "np.where(np.abs(x) <= np.pi, kappa * np.cos(x - mu) - np.log(2 * np.pi * np.i0(kappa)), "
        "-np.inf)",
    ),
    "histogram": _function(
        "histogram(x, edges, heights)",
        "np.concatenate([[-np.inf], logs, [-np.inf]])[np.searchsorted(edges, x)]",
        '    with np.errstate(divide="ignore"):  # log 0 = -inf is meant\n'
        "        logs = np.log(heights / np.sum(heights * np.diff(edges)))\n",
    ),
}
MOST_KAPPA = 700.0


@dataclass(frozen=True)
class Written:
    """A log density as an expression of a place (text -> text), with lines that come first.

    A `loose` one has yet to be divided by its mass.
    """

    log: Callable[[str], str]
    setup: tuple[str, ...] = ()
    loose: bool = False


def written_out(dist: Dist, name: str) -> Written | None:
    """`dist` as calls of FUNCTIONS; None for what NumPy has no formula for."""
    dist = plain(dist)
    if dist.name in ("drawn", "density", "histogram"):
        return _histogram(dist, name)
    if dist.name == "mixture":
        return _mixture(dist, name)
    if dist.name in ("shifted", "scaled"):
        return _line(dist, name)
    if dist.name == "truncated":
        return _within(dist, name)
    return _plain(dist)


def _plain(dist: Dist) -> Written | None:
    if dist.name not in FUNCTIONS or (dist.name == "vonmises" and dist.args[1] > MOST_KAPPA):
        return None
    function, args = dist.name, ", ".join(spell(arg) for arg in dist.args)
    if dist.name == "triangular" and len(set(dist.args)) < 3:
        return None
    return Written(lambda x: f"{function}({x}, {args})")


def _histogram(dist: Dist, name: str) -> Written:
    edges, heights = cells(dist)
    setup = (f"{name}_edges = np.array({values_text(edges)})",
             f"{name}_heights = np.array({values_text(heights)})")  # fmt: skip
    return Written(lambda x: f"histogram({x}, {name}_edges, {name}_heights)", setup)


def _mixture(dist: Dist, name: str) -> Written | None:
    weights, parts = dist.args
    live = [(share, part) for share, part in zip(shares(weights), parts, strict=True) if share > 0]
    each = [written_out(part, f"{name}{k}") for k, (_, part) in enumerate(live, 1)]
    inner = [one for one in each if one is not None]
    if len(inner) < len(each) or any(one.loose for one in inner):
        return None

    def log(x: str) -> str:
        terms = [f"np.log({spell(share)}) + {one.log(x)}"
                 for (share, _), one in zip(live, inner, strict=True)]  # fmt: skip
        if len(terms) == 2:
            return f"np.logaddexp({', '.join(terms)})"
        return f"np.logaddexp.reduce([{', '.join(terms)}])"

    return Written(log, tuple(line for one in inner for line in one.setup))


def _line(dist: Dist, name: str) -> Written | None:
    inner = written_out(dist.parts[0], name)
    if inner is None:
        return None
    line = line_of(dist)

    def log(x: str) -> str:
        place = minus(x, line.by)
        if line.factor == 1:
            return inner.log(place)
        place = f"{bracketed(place)} / {spell(line.factor)}"
        return f"{inner.log(place)} - np.log({spell(abs(line.factor))})"

    return Written(log, inner.setup, inner.loose)


def _within(dist: Dist, name: str) -> Written | None:
    (a, b), (part,) = dist.args
    inner = written_out(part, name)
    if inner is None:
        return None
    low, high = (spell(end).replace("inf", "np.inf") for end in (a, b))

    def log(x: str) -> str:
        return f"np.where(({low} <= {x}) & ({x} <= {high}), {inner.log(x)}, -np.inf)"

    return Written(log, inner.setup, True)
