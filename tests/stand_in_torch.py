"""What the PyTorch programs use of torch, by NumPy and SciPy, as torch documents it.

https://pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html for kl_div, and the pages of
torch.special, torch.distributions. Places outside of a support are refused, as torch refuses them.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
from scipy import special, stats


class Tensor(np.ndarray):
    """An array with the methods of a tensor."""

    def item(self) -> Any:
        return np.asarray(self).reshape(()).item()

    def log(self) -> Tensor:
        with np.errstate(divide="ignore"):
            return tensor(np.log(self))

    def exp(self) -> Tensor:
        return tensor(np.exp(self))

    def abs(self) -> Tensor:
        return tensor(np.abs(self))

    def sqrt(self) -> Tensor:
        return tensor(np.sqrt(self))

    def square(self) -> Tensor:
        return tensor(np.square(self))

    def diff(self) -> Tensor:
        return tensor(np.diff(self))

    def flip(self, dim: int) -> Tensor:
        return tensor(np.flip(self, dim))

    def sum(self) -> Tensor:  # type: ignore[override]
        return tensor(np.asarray(self).sum())

    def max(self) -> Tensor:  # type: ignore[override]
        return tensor(np.asarray(self).max())


def tensor(values: Any) -> Tensor:
    return np.asarray(values).view(Tensor)


def kl_div(input: Tensor, target: Tensor, *, reduction: str) -> Tensor:
    assert reduction == "sum"
    with np.errstate(invalid="ignore"):
        return tensor(special.xlogy(target, target) - target * input).sum()


def xlogy(input: Tensor, other: Tensor) -> Tensor:
    return tensor(special.xlogy(input, other))


class Distribution:
    """A distribution of scipy.stats that refuses what lies outside of its support."""

    def __init__(self, name: str, args: tuple[float, ...], frozen: Any) -> None:
        self.name, self.args, self.frozen = name, args, frozen

    def log_prob(self, value: Tensor) -> Tensor:
        low, high = self.frozen.support()
        assert ((value >= low) & (value <= high)).all(), f"{self.name}: outside of the support"
        log = getattr(self.frozen, "logpdf", None) or self.frozen.logpmf
        return tensor(log(np.asarray(value)))


FROZEN: dict[str, Callable[..., Any]] = {
    "Normal": stats.norm,
    "Laplace": stats.laplace,
    "Cauchy": stats.cauchy,
    "Gumbel": stats.gumbel_r,
    "StudentT": stats.t,
    "Exponential": lambda rate: stats.expon(scale=1 / rate),
    "Gamma": lambda concentration, rate: stats.gamma(concentration, scale=1 / rate),
    "Beta": stats.beta,
    "LogNormal": lambda loc, scale: stats.lognorm(scale, scale=math.exp(loc)),
    "Weibull": lambda scale, concentration: stats.weibull_min(concentration, scale=scale),
    "Pareto": lambda scale, alpha: stats.pareto(alpha, scale=scale),
    "Chi2": stats.chi2,
    "HalfNormal": lambda scale: stats.halfnorm(scale=scale),
    "Poisson": stats.poisson,
    # The number of failures, from 0.
    "Geometric": lambda probs: stats.geom(probs, loc=-1),
    # probs is the chance of what is counted.
    "NegativeBinomial": lambda total_count, probs: stats.nbinom(total_count, 1 - probs),
}


class Mixture:
    def __init__(self, weights: Any, parts: Any) -> None:
        self.weights, self.parts = weights, parts

    def log_prob(self, value: Tensor) -> Tensor:
        logs = self.parts.frozen.logpdf(np.asarray(value)[:, None])
        return tensor(special.logsumexp(logs, b=np.asarray(self.weights), axis=1))


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """By quadrature of the two frozen distributions."""
    from scipy.integrate import quad

    low, high = p.frozen.ppf([1e-30, 1 - 1e-16])
    cuts = [low, *p.frozen.ppf([0.01, 0.5, 0.99]), high, p.frozen.isf(1e-30)]

    def term(x: float) -> float:
        return float(p.frozen.pdf(x) * (p.frozen.logpdf(x) - q.frozen.logpdf(x)))

    return tensor(sum(quad(term, a, b, epsabs=1e-11, limit=200)[0] for a, b in pairwise(cuts)))


def _maker(name: str) -> Callable[..., Distribution]:
    return lambda *args: Distribution(name, args, FROZEN[name](*map(np.asarray, args)))


def _as_tensor(function: Callable[..., Any]) -> Callable[..., Tensor]:
    return lambda *args: tensor(function(*map(np.asarray, args)))


def build() -> dict[str, ModuleType]:
    """The modules by name."""
    torch, functional = ModuleType("torch"), ModuleType("torch.nn.functional")
    nn, distributions = ModuleType("torch.nn"), ModuleType("torch.distributions")
    functional.__dict__.update(
        kl_div=kl_div, mse_loss=lambda a, b: tensor(np.mean(np.square(a - b)))
    )
    distributions.__dict__.update({name: _maker(name) for name in FROZEN})
    distributions.__dict__.update(
        Categorical=lambda probs: probs, MixtureSameFamily=Mixture, kl_divergence=kl_divergence
    )
    names = ("arange", "linspace", "unique", "logaddexp", "zeros", "where", "trapezoid")
    arrays = {name: _as_tensor(getattr(np, name)) for name in names}
    special_torch = ModuleType("torch.special")
    special_torch.__dict__["entr"] = lambda p: tensor(special.entr(p))
    torch.__dict__.update(arrays, tensor=tensor, xlogy=xlogy, special=special_torch, nn=nn,
                          distributions=distributions, float64="float64",
                          cat=lambda parts: tensor(np.concatenate(parts)),
                          set_default_dtype=lambda _: None)  # fmt: skip
    nn.__dict__["functional"] = functional
    return {"torch": torch, "torch.nn": nn, "torch.nn.functional": functional,
            "torch.distributions": distributions}  # fmt: skip


@contextmanager
def in_place_of_torch() -> Iterator[None]:
    """`import torch` gives the stand-in."""
    before = {name: sys.modules.get(name) for name in build()}
    sys.modules.update(build())
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
