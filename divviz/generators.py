"""f-divergences: D_f(P||Q) = sum q f(p/q), and what a critic can show of it from outside.

Each generator has f(1) = 0 and is convex; its conjugate f*(t) = sup over u >= 0 of t u - f(u) gives
the variational bound E_P[T] - E_Q[f*(T)] <= D_f(P||Q), with equality for T = f'(p/q).
Source: Nguyen, Wainwright & Jordan, IEEE Trans. Inf. Theory 56 (2010), (4) and lemma 1; Nowozin,
Cseke & Tomioka, f-GAN, NIPS (2016), tables 1 and 6, where "JS" is twice the divergence of Lin,
"GAN" twice that less log 4, and squared Hellinger twice 1 - BC.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from divviz.dist import QUIET, Array, Dist, Interval, Names, SceneError
from divviz.infinity import Reason
from divviz.information import (
    LOG_2,
    infinite_either,
    infinite_pq,
    infinite_qp,
    jeffreys,
    js_divergence,
    kl_pq,
    kl_qp,
)
from divviz.overlap import (
    chi2_neyman,
    chi2_pearson,
    hellinger_squared,
    infinite_neyman,
    infinite_pearson,
    total_variation,
)
from divviz.pair import Pair
from divviz.powers import Places, sampled
from divviz.quadrature import rule

TOLERANCE = 1e-11
ROUNDS = 40
MOST_PANELS = 4000
NOTHING = 1e-15

Critic = Callable[[Array], Any]


def _never(_: Pair) -> Reason | None:
    return None


@dataclass(frozen=True)
class Generator:
    """A convex f with its slope f', its conjugate f*, and the values that a critic may take.

    All three take arrays of any shape; u >= 0 with f(0) and f(inf) as limits. `critic` is the
    closed hull of the range of f'; beyond it f* is infinite, or no critic gains by going there.
    `value(pair)` is the divergence in nats or as a bare number where `reason(pair)` is None.
    """

    key: str
    latex: str
    f: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    conjugate: Callable[[Array], Array]
    critic: Interval
    value: Callable[[Pair], float]
    reason: Callable[[Pair], Reason | None] = _never

    def __post_init__(self) -> None:
        # f(0) and f* at the end of its range are limits that NumPy warns of.
        for name in ("f", "slope", "conjugate"):
            object.__setattr__(self, name, QUIET(getattr(self, name)))


def _x_log_x(u: Array) -> Array:
    return np.where(u > 0, u * np.log(np.where(u > 0, u, 1.0)), 0.0)


def _gan(u: Array) -> Array:
    # u log u - (u + 1) log(u + 1), whose two terms both grow without bound.
    return np.where(u > 1, -np.log1p(u) - u * np.log1p(1 / u), _x_log_x(u) - (u + 1) * np.log1p(u))


def _jeffreys_conjugate(t: Array) -> Array:
    from scipy.special import wrightomega

    w = wrightomega(1 - np.asarray(t, float))
    result: Array = w + 1 / w + t - 2
    return result


def _below(t: Array, most: float, values: Array) -> Array:
    """`values` where t < most, infinity beyond; at the end itself its own value."""
    return np.where(t <= most, values, np.inf)


def _pearson_conjugate(t: Array) -> Array:
    return np.where(t >= -2, t + t * t / 4, -1.0)


def _tv_conjugate(t: Array) -> Array:
    return np.where(t > 0.5, np.inf, np.maximum(t, -0.5))


INF = math.inf

_TABLE: tuple[Generator, ...] = (
    Generator(
        "kl", r"u\log u", _x_log_x, lambda u: 1 + np.log(u), lambda t: np.exp(t - 1),
        (-INF, INF), kl_pq, infinite_pq,
    ),
    Generator(
        "reverse_kl", r"-\log u", lambda u: -np.log(u), lambda u: -1 / u,
        lambda t: _below(t, 0.0, -1 - np.log(-np.minimum(t, 0.0))), (-INF, 0.0), kl_qp,
        infinite_qp,
    ),
    Generator(
        "js", r"\tfrac12\bigl(u\log u-(u+1)\log\tfrac{u+1}{2}\bigr)",
        lambda u: 0.5 * (_gan(u) + (u + 1) * LOG_2), lambda u: 0.5 * (LOG_2 - np.log1p(1 / u)),
        lambda t: _below(t, 0.5 * LOG_2, -0.5 * np.log(2 - np.exp(np.minimum(2 * t, LOG_2)))),
        (-INF, 0.5 * LOG_2), js_divergence,
    ),
    Generator(
        "gan", r"u\log u-(u+1)\log(u+1)", _gan, lambda u: -np.log1p(1 / u),
        lambda t: _below(t, 0.0, -np.log(-np.expm1(np.minimum(t, 0.0)))), (-INF, 0.0),
        lambda pair: 2 * js_divergence(pair) - 2 * LOG_2,
    ),
    Generator(
        "squared_hellinger", r"\tfrac12(\sqrt u-1)^2", lambda u: 0.5 * (np.sqrt(u) - 1) ** 2,
        lambda u: 0.5 * (1 - 1 / np.sqrt(u)),
        lambda t: _below(t, 0.5, t / np.maximum(1 - 2 * t, 0.0)), (-INF, 0.5), hellinger_squared,
    ),
    Generator(
        "pearson", "(u-1)^2", lambda u: (u - 1) ** 2, lambda u: 2 * (u - 1), _pearson_conjugate,
        (-2.0, INF), chi2_pearson, infinite_pearson,
    ),
    Generator(
        "neyman", r"\tfrac{(u-1)^2}{u}", lambda u: (u - 1) ** 2 / u, lambda u: 1 - 1 / u**2,
        lambda t: _below(t, 1.0, 2 - 2 * np.sqrt(np.maximum(1 - t, 0.0))), (-INF, 1.0),
        chi2_neyman, infinite_neyman,
    ),
    Generator(
        "total_variation", r"\tfrac12|u-1|", lambda u: 0.5 * np.abs(u - 1),
        lambda u: 0.5 * np.sign(u - 1), _tv_conjugate, (-0.5, 0.5), total_variation,
    ),
    Generator(
        "jeffreys", r"(u-1)\log u", lambda u: (u - 1) * np.log(u), lambda u: np.log(u) + 1 - 1 / u,
        _jeffreys_conjugate, (-INF, INF), jeffreys, infinite_either,
    ),
)  # fmt: skip

GENERATORS: dict[str, Generator] = {g.key: g for g in _TABLE}


def generator(key: object) -> Generator:
    """The generator of that key, else SceneError."""
    if not isinstance(key, str) or key not in GENERATORS:
        raise SceneError("generator", generator=key, known=Names(", ".join(GENERATORS)))
    return GENERATORS[key]


@QUIET
def f_divergence(key: str, p: Dist, q: Dist) -> float:
    """D_f(P||Q) for a generator of GENERATORS, inf where infinite. SceneError for another key.

    >>> from divviz.families import pmf
    >>> round(f_divergence("pearson", pmf([1, 1]), pmf([1, 3])), 12)
    0.333333333333
    """
    one, pair = generator(key), Pair(p, q)
    return math.inf if one.reason(pair) is not None else one.value(pair)


@QUIET
def optimal_critic(key: str, p: Dist, q: Dist) -> Critic:
    """T(x) = f'(p(x)/q(x)), for which the bound is the divergence; x of any shape."""
    one, pair = generator(key), Pair(p, q)

    @QUIET
    def critic(x: Array) -> Array:
        return one.slope(np.exp(pair.on(np.ravel(x)).log_ratio)).reshape(np.shape(x))

    return critic


@QUIET
def variational_bound(key: str, p: Dist, q: Dist, critic: Critic) -> float:
    """E_P[T] - E_Q[f*(T)] for a critic T(x) of x (n,): at most D_f(P||Q), for whatever T.

    -inf where f*(T) is infinite with positive chance under P or Q. SceneError for a critic that
    gives something else than n numbers.

    >>> from divviz.families import make
    >>> p, q = make("normal", 0, 1), make("normal", 1, 1)
    >>> variational_bound("kl", p, q, lambda x: 1.5 - x) <= 0.5
    True
    """
    one, pair = generator(key), Pair(p, q)
    if pair.discrete:
        g = pair.ground
        at = Places(g.x, g.log_p, g.log_q, g.log_ratio, np.zeros(len(g.x)))
        return _bound(one, at, _called(critic, g.x))
    panels, order = pair.mesh.panels, 16
    for _ in range(ROUNDS):
        at = sampled(pair, panels, order)
        parts = _parts(one, at, _called(critic, at.x))
        wide = _unresolved(parts, order)
        if not wide.any() or len(panels) > MOST_PANELS:
            break
        panels, _ = panels.split(wide)
    return _bound(one, at, _called(critic, at.x))


def _called(critic: Critic, x: Array) -> Array:
    values = np.asarray(critic(x), float)
    if values.shape not in ((), x.shape) or np.isnan(values).any():
        raise SceneError("critic", count=len(x))
    result: Array = np.broadcast_to(values, x.shape)
    return result


def _parts(one: Generator, at: Places, t: Array) -> Array:
    """What each place adds to E_P[T] and takes from E_Q[f*(T)], (2, n)."""
    g = at.ground
    gain = np.where(g.p > 0, g.p * t, 0.0)
    cost = one.conjugate(t)
    if float(g.q[np.isinf(cost)].sum()) < NOTHING:
        # A critic may round to the end of its range where q is next to nothing.
        cost = one.conjugate(np.minimum(t, math.nextafter(one.critic[1], -math.inf)))
    loss = np.where(g.q > 0, g.q * cost, 0.0)
    # Where Q has no mass E_Q does not ask for f*(T), but T must stay in its range there too.
    beyond = (t > one.critic[1]) & (np.isfinite(g.log_p) | np.isfinite(g.log_q))
    return np.stack([gain, np.where(beyond, np.inf, loss)])


def _bound(one: Generator, at: Places, t: Array) -> float:
    gain, loss = (float(part.sum()) for part in _parts(one, at, t))
    value = gain - loss
    return -math.inf if math.isnan(value) else value


def _unresolved(parts: Array, order: int) -> Array:
    """Panels where either part still has weight in its highest Legendre coefficients."""
    rows = np.where(np.isfinite(parts), parts, 0.0).reshape(2, -1, order)
    rest = np.abs(rows @ rule(order).tail).max(axis=2)
    total = np.abs(rows).sum(axis=(1, 2))
    return np.asarray((rest > np.maximum(TOLERANCE * total, 1e-300)[:, None]).any(axis=0))
