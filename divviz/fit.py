"""From one shape to another: the closest member of a family, bins of a density, bars to a curve."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from divviz import families
from divviz.dist import Dist, Family, Handle, Names, Param, Points, SceneError
from divviz.families import FAMILIES
from divviz.pair import Pair

Array = NDArray[np.float64]
Args = tuple[float, ...]

TOP = 4095
FAR = 1e300  # for a search, which subtracts costs and cannot bear an infinite one
BUILT = ("pmf", "drawn", "mixture")  # shapes of their own: there is no one closest member


# --- the closest member of a family ------------------------------------------------------------


class _Sample(NamedTuple):
    """Places and the mass at each, same shape, so that E[f] is a plain sum over them."""

    places: Points
    mass: Array

    def mean(self, values: Array) -> float:
        """The expectation of ``values``; where no mass is, infinities do not count."""
        with np.errstate(all="ignore"):
            return float(np.where(self.mass > 0, self.mass * values, 0.0).sum())


def _sample(dist: Dist, member: Dist) -> _Sample:
    """``dist`` at places that suit functions with the kinks of ``member`` as well."""
    if dist.kind == "discrete":
        x, log_mass = dist.atoms()
        return _Sample(Points(x), np.exp(log_mass))
    pair = Pair(dist, member)
    places, _ = pair.mesh.panels.nodes(pair.mesh.order)
    return _Sample(places, pair.ground.p.reshape(places.x.shape))


def _mean_of(dist: Dist, family: Family) -> float:
    return _finite(dist.mean(), family)


def _finite(moment: float | None, family: Family) -> float:
    if moment is None or not math.isfinite(moment):
        raise SceneError("fit_tail", family=family.name)
    return moment


def _hull(dist: Dist, family: Family) -> tuple[float, float]:
    """The ends of the support."""
    if dist.kind == "discrete":
        x, log_mass = dist.atoms()
        x = x[np.isfinite(log_mass)]
        return float(x[0]), float(x[-1])
    support = dist.support()
    low, high = support[0][0], support[-1][1]
    if not (math.isfinite(low) and math.isfinite(high)):
        raise SceneError("fit_outside", family=family.name)
    return low, high


def _normal(dist: Dist, family: Family) -> Args:
    return _mean_of(dist, family), _finite(dist.sd(), family)


def _laplace(dist: Dist, family: Family) -> Args:
    _mean_of(dist, family)
    median = float(dist.quantile(0.5))
    sample = _sample(dist, families.make("laplace", median, 1.0))
    return median, sample.mean(np.abs(sample.places.minus(median)))


def _uniform(dist: Dist, family: Family) -> Args:
    return _hull(dist, family)


def _exponential(dist: Dist, family: Family) -> Args:
    return (_inverse(_mean_of(dist, family), family),)


def _gamma(dist: Dist, family: Family) -> Args:
    """log k - digamma(k) = log E x - E log x: Minka, Estimating a Gamma distribution (2002)."""
    from scipy.optimize import brentq
    from scipy.special import digamma

    mean = _mean_of(dist, family)
    if dist.support()[0][0] < 0:
        raise SceneError("fit_outside", family=family.name)
    # beside itself a flat density would be seen at one place a cell
    sample = _sample(dist, like(dist, family.name))
    gap = math.log(mean) - sample.mean(sample.places.log_minus(0.0))
    low, high = family.params[0].minimum or 1e-6, min(family.params[0].maximum, 1e9)
    if not _slope_of_gamma(low, gap) > 0 > _slope_of_gamma(high, gap):
        raise SceneError("fit_none", family=family.name)
    shape = float(brentq(lambda k: math.log(k) - digamma(k) - gap, low, high, xtol=1e-14))
    return shape, shape / mean


def _slope_of_gamma(shape: float, gap: float) -> float:
    from scipy.special import digamma

    return math.log(shape) - float(digamma(shape)) - gap


def _mean(dist: Dist, family: Family) -> Args:
    return (_mean_of(dist, family),)


def _geometric(dist: Dist, family: Family) -> Args:
    return (_inverse(_mean_of(dist, family), family),)


def _inverse(mean: float, family: Family) -> float:
    if mean <= 0:
        raise SceneError("fit_outside", family=family.name)
    return 1 / mean


def _binomial(dist: Dist, family: Family) -> Args:
    """The best n of a search, with the p of its mean: the likelihood has no closed form in n."""
    mean = _mean_of(dist, family)
    first, last = _hull(dist, family)
    low, most = max(1, math.ceil(last)), int(family.params[0].maximum)
    if first < 0 or low > most:
        raise SceneError("fit_outside", family=family.name)
    high = min(max(2 * low, int(family.params[0].high)), most)
    x, log_mass = dist.atoms()
    mass = np.exp(log_mass)
    x, mass = x[mass > 0], mass[mass > 0]
    while True:
        # 33 at a time, around the best so far: all at once would take a gigabyte at n = 10,000
        n = np.unique(np.rint(np.linspace(low, high, 33)))
        best = int(
            np.argmax([_binomial_likelihood(x, mass, one, min(mean / one, 1.0)) for one in n])
        )
        if high - low <= 32:
            return float(n[best]), min(mean / float(n[best]), 1.0)
        low, high = int(n[max(best - 1, 0)]), int(n[min(best + 1, len(n) - 1)])


def _binomial_likelihood(x: Array, mass: Array, n: float, p: float) -> float:
    from scipy.special import gammaln, xlog1py, xlogy

    choose = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return float((mass * (choose + xlogy(x, p) + xlog1py(n - x, -p))).sum())


def _one_hot(dist: Dist, family: Family) -> Args:
    first, last = _hull(dist, family)
    if first != last:
        raise SceneError("fit_outside", family=family.name)
    return first, max(float(dist.atoms()[0][-1]) + 1, family.params[1].minimum)


CLOSED: dict[str, Callable[[Dist, Family], Args]] = {
    "normal": _normal,
    "laplace": _laplace,
    "uniform": _uniform,
    "exponential": _exponential,
    "gamma": _gamma,
    "bernoulli": _mean,
    "poisson": _mean,
    "geometric": _geometric,
    "binomial": _binomial,
    "discrete_uniform": _uniform,
    "one_hot": _one_hot,
}


def _bend(value: float, param: Param) -> float:
    return math.log(value) if param.scale == "log" else value


def _unbend(value: float, param: Param) -> float:
    straight = math.exp(min(value, 700.0)) if param.scale == "log" else value
    return float(min(max(straight, param.minimum), param.maximum))


def _searched(dist: Dist, family: Family) -> Args:
    """The parameters of least cross-entropy, by simplex search from the like member.

    The second round takes new places, because the kinks and scales of the member have moved.
    """
    from scipy.optimize import minimize

    args = like(dist, family.name).args
    for _ in range(2):
        sample = _sample(dist, families.make(family.name, *args))
        start = [_bend(a, p) for a, p in zip(args, family.params, strict=True)]
        found = minimize(
            lambda bent, sample=sample: _cost(bent, sample, family),
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 400 * len(start)},
        )
        args = tuple(_unbend(b, p) for b, p in zip(found.x, family.params, strict=True))
    return args


def _cost(bent: Array, sample: _Sample, family: Family) -> float:
    """The cross-entropy of the sample relative to a member; FAR where it is infinite."""
    args = [_unbend(b, param) for b, param in zip(bent, family.params, strict=True)]
    try:
        member = families.make(family.name, *args)
    except SceneError:
        return FAR
    return min(-sample.mean(member.log_density(sample.places)), FAR)


def closest(dist: Dist, name: str) -> Dist:
    """The member of family ``name`` that minimises KL(dist || member): maximum likelihood.

    Raises SceneError if the family is unknown, is of the other kind, or has no member with a
    finite KL: mass outside its support, or tails too heavy for it.
    Source: Cover & Thomas, Elements of Information Theory, 2nd ed., sec. 11.1 and 2.3.
    """
    family = known(name)
    if name in BUILT:
        raise SceneError("fit_built", family=name)
    if family.kind != dist.kind:
        raise SceneError("fit_kind", family=name, kind=dist.kind)
    try:
        args = CLOSED.get(name, _searched)(dist, family)
        member = families.make(name, *_whole(args, family))
    except SceneError as error:
        if error.code.startswith("fit_"):
            raise
        # the closed forms of outcomes leave the legal range only where the support does not fit
        code = "fit_outside" if family.kind == "discrete" else "fit_none"
        raise SceneError(code, family=name) from error
    pair = Pair(unnamed(dist), member)
    if pair.outside_q is not None:
        raise SceneError("fit_outside", family=name)
    if pair.heavy_q is not None:
        raise SceneError("fit_tail", family=name)
    return member


def _whole(args: Sequence[float], family: Family) -> tuple[float, ...]:
    return tuple(
        round(value) if param.integer else float(value)
        for value, param in zip(args, family.params, strict=True)
    )


def known(name: str) -> Family:
    """The family called ``name``; SceneError if there is none."""
    if name not in FAMILIES:
        raise SceneError("family", family=name, known=Names(", ".join(FAMILIES)))
    return FAMILIES[name]


FITTED: tuple[str, ...] = tuple(name for name in FAMILIES if name not in BUILT)


# --- a member of the same centre and width -----------------------------------------------------

# IQR of the normal in units of its standard deviation: 2 * quantile(0.75)
_IQR = 1.3489795003921634
_ROOT3 = math.sqrt(3)
# What the parameter n must be so that the family reaches the last outcome.
_REACH = {"binomial": 0, "one_hot": 1}


def centre_width(dist: Dist) -> tuple[float, float]:
    """Mean and standard deviation, or the median and the scaled IQR where they are infinite."""
    mean, sd = dist.mean(), dist.sd()
    if mean is not None and sd is not None and math.isfinite(mean) and math.isfinite(sd):
        return mean, sd
    if dist.kind == "discrete":
        return 0.0, 1.0
    low, middle, high = (float(dist.quantile(u)) for u in (0.25, 0.5, 0.75))
    return middle, (high - low) / _IQR


def _width(dist: Dist) -> float:
    return centre_width(dist)[1]


def _widened(name: str, handles: Mapping[str, Handle], args: Args, width: float) -> Args:
    """The parameters at which the family is ``width`` wide, by bisection on the width handle."""
    drag = handles["width"].drag
    # a width handle alone, as the exponential has, is measured from 0
    anchor = centre_width(families.make(name, *args))[0] if "centre" in handles else 0.0
    low, high = 1e-3 * width, 1e3 * width
    for _ in range(40):
        middle = math.sqrt(low * high)
        if _width(families.make(name, *drag(anchor + middle, *args))) < width:
            low = middle
        else:
            high = middle
    return tuple(drag(anchor + math.sqrt(low * high), *args))


def like(dist: Dist, name: str) -> Dist:
    """The member of family ``name`` with about the centre and the width of ``dist``.

    It moves the family's handles from its default parameters, so that it needs no table of its
    own; where the handles cannot go there, the member is the default one.
    """
    family = known(name)
    handles: dict[str, Handle] = {handle.name: handle for handle in family.handles}
    start: Args = tuple(param.default for param in family.params)
    if name in _REACH:
        start = _reaching(dist, family, start)
    centre, width = centre_width(dist)
    move = _between if "left" in handles else _centred
    args = tuple(
        param.clip(float(f"{value:.4g}"))
        for value, param in zip(
            move(family, handles, start, centre, width), family.params, strict=True
        )
    )
    member = families.make(name, *args)
    return member if _alike(member, handles, centre, width) else families.make(name, *start)


def _between(
    family: Family, handles: Mapping[str, Handle], args: Args, centre: float, width: float
) -> Args:
    half = _ROOT3 * width
    if family.kind == "discrete":
        half = (math.sqrt(12 * width * width + 1) - 1) / 2
    ends = {"left": centre - half, "right": centre + half}
    # the right end first and last: a drag never moves one end past the other
    for end in ("right", "left", "right"):
        args = tuple(handles[end].drag(ends[end], *args))
    return args


def _centred(
    family: Family, handles: Mapping[str, Handle], args: Args, centre: float, width: float
) -> Args:
    for name in ("centre", "width", "centre"):
        if name == "centre" and name in handles:
            args = tuple(handles[name].drag(centre, *args))
        elif name in handles and width > 0:
            args = _widened(family.name, handles, args, width)
    return args


def _alike(member: Dist, handles: Mapping[str, Handle], centre: float, width: float) -> bool:
    """Whether the handles brought ``member`` near enough to be called the same shape."""
    at, wide = centre_width(member)
    if "width" in handles and not 0.5 * width < wide < 2 * width:
        return False
    return abs(at - centre) <= max(0.5 * width, 0.5 if member.kind == "discrete" else 0.0)


def _reaching(dist: Dist, family: Family, args: Args) -> Args:
    last = max(dist.window()[1], 1) + _REACH[family.name]
    return tuple(
        min(max(last, param.minimum), param.maximum) if param.name == "n" else value
        for param, value in zip(family.params, args, strict=True)
    )


# --- bins, bars and cells ----------------------------------------------------------------------


def _masses(dist: Dist, edges: Array) -> Array:
    """The mass of ``dist`` between neighbouring edges, shape (n,); exact far out in both tails."""
    if dist.kind == "discrete":
        x, log_mass = dist.atoms()
        inside = (x >= edges[0]) & (x <= edges[-1])
        cell = np.clip(np.searchsorted(edges, x[inside], side="right") - 1, 0, len(edges) - 2)
        return np.bincount(cell, np.exp(log_mass[inside]), len(edges) - 1).astype(float)
    below, above = np.asarray(dist.cdf(edges)), np.asarray(dist.sf(edges))
    mass = np.where(below[1:] <= 0.5, np.diff(below), -np.diff(above))
    # mass too small for a float is not the same as none: KL must stay finite
    return np.where(_met(dist, edges), np.maximum(mass, 1e-300), 0.0)


def _met(dist: Dist, edges: Array) -> NDArray[np.bool_]:
    """Which cells overlap the support."""
    met = np.zeros(len(edges) - 1, dtype=bool)
    for low, high in dist.support():
        met |= (low < edges[1:]) & (high > edges[:-1])
    return met


def _rounded(values: Array, digits: int) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values]


def rebin(dist: Dist, n: int, window: tuple[float, float]) -> Dist:
    """The pmf of ``n`` equal bins of ``window``, each outcome at the centre of its bin.

    Mass outside the window is lost. Raises SceneError if nothing is inside.
    """
    low, high = window
    edges = np.linspace(low, high, n + 1)
    mass = _masses(dist, edges)
    if not mass.sum() > 0:
        raise SceneError("nothing_left")
    step = (high - low) / n
    centres = low + (np.arange(n) + 0.5) * step
    digits = max(0, 3 - math.floor(math.log10(step)))
    return families.pmf(_rounded(mass, 6), support=[round(float(c), digits) for c in centres])


def levels_of(mass: Array) -> tuple[int, ...]:
    """Heights scaled to whole levels 0 to 4095: zeros stay zero and what is positive stays so."""
    top = float(mass.max())
    if not top > 0:
        raise SceneError("nothing_left")
    scaled = np.rint(mass / top * TOP)
    return tuple(np.where(mass > 0, np.maximum(scaled, 1), 0).astype(int).tolist())


def spread(dist: Dist, cells: int = 128, window: tuple[float, float] | None = None) -> Dist:
    """The drawn density with the mass of ``dist`` in each of ``cells`` equal cells of ``window``.

    Mass outside the window is lost. Raises SceneError if nothing is inside.
    """
    low, high = window or dist.window()
    edges = np.linspace(low, high, cells + 1)
    return families.drawn(low, high, levels_of(_masses(dist, edges)))


def unnamed(dist: Dist) -> Dist:
    """The same distribution on the outcomes 0, 1, 2, ... if its outcomes have names."""
    if dist.labels is None:
        return dist
    return families.pmf(dist.weights)
