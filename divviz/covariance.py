"""Entropies and mutual information of jointly normal variables, from their covariance.

The numbers are exact fractions until the last logarithm is taken: whether a covariance is
singular, so that the information is infinite, is decided and not a matter of rounding. Source:
Cover & Thomas, Elements of Information Theory (2006), theorem 8.4.1 and example 8.5.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from divviz.dist import Array, SceneError
from divviz.units import unit_factor

Axes = int | Sequence[int]
Rows = list[list[Fraction]]

MOST_VARIABLES = 16
LOG_2_PI_E = math.log(2 * math.pi) + 1


def correlated_information(rho: float, unit: str = "nats") -> float:
    """-log(1 - rho^2) / 2 in `unit`: I(X; Y) of two normals with correlation rho, inf for +-1.

    SceneError for rho outside of [-1, 1]. Source: Cover & Thomas (2006), example 8.5.1.

    >>> correlated_information(1)
    inf
    """
    factor = unit_factor(unit)
    try:
        r = float(rho)
    except (TypeError, ValueError, OverflowError):
        raise SceneError("correlation", value=rho) from None
    if not -1 <= r <= 1:
        raise SceneError("correlation", value=r)
    if abs(r) == 1:
        return math.inf
    # (1 - r)(1 + r) has all digits near 1, r * r near 0.
    log = math.log((1 - r) * (1 + r)) if abs(r) > 0.5 else math.log1p(-r * r)
    return -0.5 * log * factor + 0.0


def normal_entropy(covariance: Any, axes: Axes | None = None, unit: str = "nats") -> float:
    """h of the variables `axes` (all for None) in `unit`: log((2 pi e)^k det) / 2.

    -inf where the covariance (n, n) of these is singular. SceneError unless it is finite,
    symmetric, positive semidefinite and n from 1 to 16. Source: Cover & Thomas (2006),
    theorem 8.4.1.
    """
    rows = _checked(covariance)
    (of,) = _groups(len(rows), range(len(rows)) if axes is None else axes)
    return _conditional_entropy(rows, of, []) * unit_factor(unit)


def normal_conditional_entropy(covariance: Any, of: Axes, given: Axes, unit: str = "nats") -> float:
    """h(of | given) in `unit`, -inf where `given` determines a part of it; errors as above."""
    rows = _checked(covariance)
    ys, xs = _groups(len(rows), of, given)
    return _conditional_entropy(rows, ys, xs) * unit_factor(unit)


def normal_information(
    covariance: Any, x: Axes = 0, y: Axes = 1, given: Axes = (), unit: str = "nats"
) -> float:
    """I(X; Y | Z) of jointly normal blocks of variables in `unit`, with (n, n) covariance.

    log(det C_x det C_y / det C) / 2 without Z; inf where X determines a part of Y that Z does not,
    never below 0, and 0 for a constant. Errors as normal_entropy. Source: Cover & Thomas (2006),
    section 8.5.
    """
    rows = _checked(covariance)
    xs, ys, zs = _groups(len(rows), x, y, given)
    if not xs or not ys:
        raise SceneError("joint_axis_none")
    before, after = _variances(rows, ys, zs), _variances(rows, ys, zs + xs)
    # What Z determines already has variance 0 before and after, and X adds nothing.
    logs = [_log_ratio(b, a) for b, a in zip(before, after, strict=True) if b]
    return 0.5 * math.fsum(logs) * unit_factor(unit)


def normal_total_correlation(covariance: Any, unit: str = "nats") -> float:
    """log(prod C_ii / det C) / 2 in `unit`; errors as normal_entropy.

    Source: Watanabe, IBM Journal of Research and Development 4 (1960), (1).
    """
    rows = _checked(covariance)
    left = _variances(rows, list(range(len(rows))), [])
    logs = [_log_ratio(rows[i][i], v) for i, v in enumerate(left) if rows[i][i]]
    return 0.5 * math.fsum(logs) * unit_factor(unit)


def _conditional_entropy(rows: Rows, of: list[int], given: list[int]) -> float:
    if not of:
        raise SceneError("joint_axis_none")
    left = _variances(rows, of, given)
    if not all(left):
        return -math.inf
    return 0.5 * math.fsum([_log(v) + LOG_2_PI_E for v in left])


def _log(value: Fraction) -> float:
    # Numerator and denominator may be beyond a double; math.log takes whole numbers of any size.
    return _log_ratio(value, Fraction(1))


def _log_ratio(a: Fraction, b: Fraction) -> float:
    """log(a / b) for a > 0, inf for b = 0."""
    if not b:
        return math.inf
    ratio = a / b
    if abs(ratio - 1) < 0.5:
        return math.log1p(float(ratio - 1))
    return math.log(ratio.numerator) - math.log(ratio.denominator)


# --- exact elimination ----------------------------------------------------------------------------


def _variances(rows: Rows, of: list[int], given: list[int]) -> list[Fraction]:
    """The variance of each of `of` given `given` and those of `of` before it.

    The pivots of Gaussian elimination. Source: Lauritzen, Graphical Models (1996), appendix C.
    """
    order = given + of
    c = [[rows[i][j] for j in order] for i in order]
    for k in range(len(order)):
        _eliminate(c, k)
    return [c[k][k] for k in range(len(given), len(order))]


def _eliminate(c: Rows, k: int) -> None:
    """Take what variable k explains from those after it; SceneError if c is indefinite."""
    pivot = c[k][k]
    if pivot < 0 or (pivot == 0 and any(c[k][k:])):
        raise SceneError("covariance_definite")
    for i in range(k + 1, len(c)):
        if c[i][k]:
            share = c[i][k] / pivot
            for j in range(k + 1, len(c)):
                c[i][j] -= share * c[k][j]


def _checked(covariance: Any) -> Rows:
    """The covariance as fractions, else SceneError."""
    c = _square(covariance)
    wrong = ~np.isfinite(c)
    if wrong.any():
        position = int(np.argmax(wrong))
        raise SceneError("covariance_number", position=position + 1, value=float(c.flat[position]))
    if not np.array_equal(c, c.T):
        i, j = np.argwhere(c != c.T)[0].tolist()
        raise SceneError("covariance_symmetric", i=i, j=j)
    rows = [[Fraction(value) for value in row] for row in c.tolist()]
    _variances(rows, list(range(len(rows))), [])
    return rows


def _square(covariance: Any) -> Array:
    try:
        c = np.asarray(covariance)
    except (ValueError, TypeError):
        raise SceneError("covariance_shape", most=MOST_VARIABLES) from None
    square = c.ndim == 2 and c.shape[0] == c.shape[1] and 1 <= len(c) <= MOST_VARIABLES
    if not square or c.dtype.kind not in "fiu":
        raise SceneError("covariance_shape", most=MOST_VARIABLES)
    return c.astype(float)


def _groups(count: int, *groups: Axes) -> list[list[int]]:
    """Each group as a list of variables; SceneError for one missing or named twice."""
    found = [list(g) if isinstance(g, (Sequence, np.ndarray)) else [g] for g in groups]
    named = [i for group in found for i in group]
    for i in named:
        if not isinstance(i, (int, np.integer)) or not 0 <= i < count:
            raise SceneError("joint_axis", axis=i, last=count - 1)
        if named.count(i) > 1:
            raise SceneError("joint_axis_twice", axis=i)
    return found
