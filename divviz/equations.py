"""Maximum likelihood without a closed form: equations of one or two unknowns, family by family."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from divviz.dist import Array, Param, Points
from divviz.weighted import Data, deviation, thinned

Args = tuple[float, ...]

FEW = 512  # so many points place the ends of a triangle


def root(slope: Callable[[float], float], low: float, high: float, data: Data) -> float:
    """Where `slope` changes its sign between positive low and high; SceneError fit_none if not."""
    from scipy.optimize import brentq

    a, b = math.log(low), math.log(high)
    first, last = slope(low), slope(high)
    if first == 0 or last == 0:
        return low if first == 0 else high
    if (first > 0) == (last > 0):
        raise data.refused("fit_none")
    return math.exp(brentq(lambda t: slope(math.exp(t)), a, b, xtol=1e-15, rtol=1e-15))


def _range(param: Param) -> tuple[float, float]:
    return param.clip(param.minimum) or 1e-9, param.maximum


def _inside(data: Data, low: float, high: float = math.inf) -> None:
    """SceneError if a value lies outside [low, high], fit_end if one lies on an end."""
    data.within(low, high)
    if data.low == low or data.high == high:
        raise data.refused("fit_end")


def _gap(data: Data) -> float:
    """log of the mean less the mean log, as a sum of positive terms."""
    mean = data.mean(data.x)
    u = (data.x - mean) / mean
    return data.mean(u - np.log1p(u))


def gamma_likeliest(data: Data) -> Args:
    """log k - digamma(k) = log E x - E log x: Minka, Estimating a Gamma distribution (2002)."""
    from scipy.special import digamma

    _inside(data, 0.0)
    data.differing()
    gap = _gap(data)
    shape = root(
        lambda k: math.log(k) - float(digamma(k)) - gap, *_range(data.family.params[0]), data
    )
    return shape, shape / data.mean(data.x)


def chi2_likeliest(data: Data) -> Args:
    """digamma(nu/2) = E log(x/2)."""
    from scipy.special import digamma

    _inside(data, 0.0)
    target = data.mean(np.log(0.5 * data.x))
    return (
        root(lambda nu: float(digamma(0.5 * nu)) - target, *_range(data.family.params[0]), data),
    )


def _least_extreme(y: Array, data: Data) -> float:
    """The t > 0 at which the mean of y under weights exp(t y) is its plain mean plus 1/t."""
    mean, top = data.mean(y), float(y.max())

    def slope(t: float) -> float:
        tilt = data.share * np.exp(t * (y - top))
        return float((tilt * (y - mean)).sum() / tilt.sum()) - 1 / t

    # At 1/(top - mean) the slope is still below 0; far out it nears top - mean.
    low = 1 / (top - mean)
    high = 2 * low
    while slope(high) < 0 and high < 1e300:
        high *= 2
    return root(slope, low, high, data)


def weibull_likeliest(data: Data) -> Args:
    """E x^k log x / E x^k - 1/k = E log x: Johnson, Kotz & Balakrishnan 1 (1994), ch. 21."""
    _inside(data, 0.0)
    data.differing()
    y = np.log(data.x)
    shape = _least_extreme(y, data)
    top = float(y.max())
    return shape, math.exp(top + math.log(data.mean(np.exp(shape * (y - top)))) / shape)


def gumbel_likeliest(data: Data) -> Args:
    """beta = E x - E x exp(-x/beta) / E exp(-x/beta): Johnson, Kotz & Balakrishnan 2, ch. 22."""
    data.differing()
    rate = _least_extreme(-data.x, data)
    low = data.low
    return low - math.log(data.mean(np.exp(-rate * (data.x - low)))) / rate, 1 / rate


def beta_likeliest(data: Data) -> Args:
    """digamma(a) - digamma(a + b) = E log x, and so for b: Johnson et al. 2 (1995), ch. 25."""
    from scipy.special import polygamma, psi

    _inside(data, 0.0, 1.0)
    data.differing()
    logs = np.array([data.mean(np.log(data.x)), data.mean(np.log1p(-data.x))])
    mean, sd = deviation(data.x, data)
    total = max(mean * (1 - mean) / sd**2 - 1, 0.05)
    u = np.log(np.array([mean, 1 - mean]) * total)
    for _ in range(100):
        ab = np.exp(u)
        slope = ab * (psi(ab) - psi(ab.sum()) - logs)
        curve = np.diag(slope + ab**2 * polygamma(1, ab))
        curve -= np.outer(ab, ab) * polygamma(1, ab.sum())
        step = -np.linalg.solve(curve, slope) if (np.linalg.eigvalsh(curve) > 0).all() else -slope
        u = np.clip(u + np.clip(step, -1.0, 1.0), -30.0, 30.0)
        if np.abs(step).max() < 1e-13:
            break
    a, b = np.exp(u).tolist()
    return a, b


def logistic_likeliest(data: Data) -> Args:
    """By Newton's method on mu/s and 1/s, in which the log likelihood is concave.

    Source: Pratt, JASA 76 (1981), on concavity; equations: Johnson et al. 2 (1995), ch. 23.
    """
    data.differing()
    middle, scale = deviation(data.x, data)
    y = (data.x - middle) / scale
    a, b = 0.0, math.pi / math.sqrt(3)

    def cost(a: float, b: float) -> float:
        z = np.abs(b * y - a)
        return data.mean(z + 2 * np.log1p(np.exp(-z))) - math.log(b) if b > 0 else math.inf

    here = cost(a, b)
    for _ in range(100):
        t = np.tanh(0.5 * (b * y - a))
        w = data.share * 0.5 * (1 - t * t)
        slope = np.array([-data.mean(t), data.mean(y * t) - 1 / b])
        cross = -float((w * y).sum())
        curve = np.array([[float(w.sum()), cross], [cross, float((w * y * y).sum()) + 1 / b**2]])
        step = -np.linalg.solve(curve, slope)
        while cost(a + step[0], b + step[1]) > here + 1e-14 and np.abs(step).max() > 1e-14:
            step = 0.5 * step
        a, b = a + float(step[0]), b + float(step[1])
        here = cost(a, b)
        if np.abs(step).max() < 1e-13:
            break
    return middle + scale * a / b, scale / b


def vonmises_likeliest(data: Data) -> Args:
    """The direction of the mean vector, and I1(kappa)/I0(kappa) = its length.

    Source: Mardia & Jupp, Directional Statistics (2000), section 5.3.
    """
    from scipy.special import i0e, i1e

    data.within(-math.pi, math.pi)
    across, along = data.mean(np.sin(data.x)), data.mean(np.cos(data.x))
    mu = math.atan2(across, along)
    # 1 - length, which keeps its digits where all angles are nearly the same.
    short = data.mean(2 * np.sin(0.5 * (data.x - mu)) ** 2)
    if math.hypot(across, along) < 1e-9:
        return mu, 0.0
    if short < 1e-30:
        raise data.refused("fit_spike")
    high = data.family.params[1].maximum
    return mu, root(lambda k: float((i0e(k) - i1e(k)) / i0e(k)) - short, 1e-9, high, data)


def negative_binomial_likeliest(data: Data) -> Args:
    """E digamma(x + r) - digamma(r) + log(r/(r + E x)) = 0: Johnson, Kemp & Kotz, ch. 5.

    Counts that scatter less than Poisson's have no root: then it is the largest r.
    """
    from scipy.special import digamma

    data.within(0.0)
    mean = data.mean(data.x)
    if mean == 0:
        return 1.0, 1.0
    low, high = _range(data.family.params[0])

    def slope(r: float) -> float:
        rise = np.where(data.x > 0, digamma(data.x + r) - digamma(r), 0.0)
        return data.mean(rise) - math.log1p(mean / r)

    r = high if slope(high) >= 0 else root(slope, low, high, data)
    return r, r / (r + mean)


def zipf_likeliest(data: Data) -> Args:
    """The largest rank, and the s at which the mean of log k is that of the data, or 0."""
    data.within(1.0)
    n = data.high
    if n == 1 or n > data.family.params[1].maximum:
        return 0.0, n
    logs = np.log(np.arange(1.0, n + 1))
    target = data.mean(np.log(data.x))

    def slope(s: float) -> float:
        mass = np.exp(-s * logs)
        return float((mass * logs).sum() / mass.sum()) - target

    if slope(0.0) <= 0:
        return 0.0, n
    return root(slope, 1e-12, data.family.params[0].maximum, data), n


# searches of their own


def binomial_likeliest(data: Data) -> Args:
    """The best n of a search with p = E x / n: the likelihood has one top in n.

    Source: Johnson, Kemp & Kotz (2005), section 3.8; Levin & Reeds, Ann. Stat. 5 (1977).
    """
    param = data.family.params[0]
    low, high = max(param.minimum, data.high), param.maximum
    data.within(0.0, param.maximum)
    mean = data.mean(data.x)
    if mean == 0:
        return low, 0.0
    while high - low > 2:
        tried = np.unique(np.rint(np.geomspace(low, high, 17)))
        best = int(np.argmax([_binomial_likelihood(data, n, mean) for n in tried]))
        low, high = float(tried[max(best - 1, 0)]), float(tried[min(best + 1, len(tried) - 1)])
    n = max(np.arange(low, high + 1), key=lambda n: _binomial_likelihood(data, n, mean))
    return float(n), min(mean / float(n), 1.0)


def _binomial_likelihood(data: Data, n: float, mean: float) -> float:
    logs: Array = data.family.log_density(Points(data.x), n, min(mean / n, 1.0))
    return data.mean(logs)


def triangular_likeliest(data: Data) -> Args:
    """The best ends, each pair with its best mode, which is one of the values.

    Source: Kotz & van Dorp, Beyond Beta (2004), chapter 1.
    """
    from scipy.optimize import minimize

    data.differing()
    low, high = data.low, data.high
    width = high - low
    few, every = _Stairs.of(*thinned(data.x, data.share, FEW)), _Stairs.of(data.x, data.share)

    def ends(u: Array) -> tuple[float, float]:
        left, right = np.exp(np.clip(u, -40.0, 40.0)) * width
        return low - float(left), high + float(right)

    def fall(u: Array, stairs: _Stairs) -> tuple[float, Array]:
        a, b = ends(u)
        likelihood, _, slope = _peaked(stairs, a, b)
        return -likelihood, slope * np.array([low - a, high - b])

    def rough(start: float) -> tuple[float, Array]:
        found = minimize(lambda u: fall(u, few)[0], [start, start], method="Nelder-Mead")
        return found.fun, found.x

    nearest = min((rough(start) for start in (-3.0, 0.0)), key=lambda hill: hill[0])[1]
    near = minimize(fall, nearest, (few,), "BFGS", jac=True, options={"gtol": 1e-9})
    known = {"gtol": 1e-9, "hess_inv0": _positive(near.hess_inv)}
    a, b = ends(minimize(fall, near.x, (every,), "BFGS", jac=True, options=known).x)
    likelihood, mode, _ = _peaked(every, a, b)
    right_angled = (_right_angled(data, end) for end in (low, high))
    return max((likelihood, (a, mode, b)), *right_angled)[1]


def _positive(matrix: Array) -> Array:
    """A matrix (2, 2) made symmetric, or 1 where it is not positive definite."""
    even: Array = 0.5 * (matrix + matrix.T)
    good = np.isfinite(even).all() and (np.linalg.eigvalsh(even) > 0).all()
    return even if good else np.eye(2)


class _Stairs(NamedTuple):
    """Values in order (m,), the share of each, and the shares before and after it."""

    x: Array
    share: Array
    before: Array
    after: Array

    @staticmethod
    def of(x: Array, share: Array) -> _Stairs:
        """The stairs of sorted x (m,) and its shares (m,)."""
        before = np.cumsum(share) - share
        return _Stairs(x, share, before, 1 - before - share)


def _peaked(stairs: _Stairs, a: float, b: float) -> tuple[float, float, Array]:
    """The largest mean log density of triangles on [a, b], its mode, and its slopes (2,) in a, b.

    The mode is one of the values, which lie inside.
    """
    x, share, before, after = stairs
    up, down = np.log(x - a), np.log(b - x)
    rise, drop = share * up, share * down
    logs = (np.cumsum(rise) - rise - before * up) - np.cumsum(drop) - after * down
    best = int(np.argmax(logs))
    mode, left, right = float(x[best]), slice(None, best), slice(best + 1, None)
    slope_a = before[best] / (mode - a) - (share[left] / (x[left] - a)).sum() + 1 / (b - a)
    slope_b = (share[right] / (b - x[right])).sum() - after[best] / (b - mode) - 1 / (b - a)
    likelihood = float(logs[best] + drop.sum()) + math.log(2 / (b - a))
    return likelihood, mode, np.array([slope_a, slope_b])


def _right_angled(data: Data, mode: float) -> tuple[float, Args]:
    """The best triangle whose mode is its end on the least or the largest value."""
    from scipy.optimize import minimize_scalar

    width = data.high - data.low
    away = np.abs(data.x - mode)

    def cost(t: float) -> float:
        far = width * (1 + math.exp(t))
        return 2 * math.log(far) - math.log(2) - data.mean(np.log(far - away))

    found = minimize_scalar(cost, bounds=(-35.0, 35.0), method="bounded", options={"xatol": 1e-10})
    far = width * (1 + math.exp(float(found.x)))
    args = (mode, mode, mode + far) if mode == data.low else (mode - far, mode, mode)
    return -float(found.fun), args
