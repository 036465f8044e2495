"""In your code: entropy, perplexity, Huffman's mean length and differential entropy as programs.

Each program defines `entropy` and `h` in its unit and `perplexity`, the one with NumPy `questions`
as well, and prints them, a line a number.
"""

from __future__ import annotations

from collections.abc import Iterable

from divviz.dist import Dist
from divviz.literals import plain_number, unit_text, values_text

_NUMPY = """\
import heapq

import numpy as np

p = np.array({p})  # all positive: what never happens adds nothing
entropy = np.sum(p * -np.{log}(p))
perplexity = {base} ** entropy

# Huffman: join the two least likely until one is left; each join asks one question.
heap = p.tolist()
heapq.heapify(heap)
questions = 0.0
while len(heap) > 1:
    joined = heapq.heappop(heap) + heapq.heappop(heap)
    questions += joined
    heapq.heappush(heap, joined)

h = {h}  # of the density

print("H(P)", entropy)  # {unit}
print("perplexity", perplexity)
print("questions", questions)
print("h", h)  # {unit}
"""

_SCIPY = """\
import numpy as np
from scipy import stats

p = np.array({p})
entropy = stats.entropy(p, base={base})
perplexity = {base} ** entropy
h = stats.{h}.entropy() / {nat}  # SciPy's own answer is in nats

print("H(P)", entropy)  # {unit}
print("perplexity", perplexity)
print("h", h)  # {unit}
"""

_TORCH = """\
import math

import torch
from torch.distributions import Categorical, Normal, Uniform

p = torch.tensor({p}, dtype=torch.float64)
nats = Categorical(probs=p).entropy().item()  # PyTorch's own answer is in nats
entropy = nats / {nat}
perplexity = math.exp(nats)
h = {h}.entropy().item() / {nat}

print("H(P)", entropy)  # {unit}
print("perplexity", perplexity)
print("h", h)  # {unit}
"""


def programs(p: Iterable[float], density: Dist, unit: str) -> dict[str, str]:
    """Programs by library for positive probabilities p (n,) and a uniform or normal density.

    SceneError("snippet_long") for n above 1000, and for an unknown unit.

    >>> from divviz.families import make
    >>> "np.log2(0.5)" in programs([0.5, 0.5], make("uniform", 0, 0.5), "bits")["NumPy"]
    True
    """
    log, nat, base = unit_text(unit)
    masses = values_text(map(plain_number, p))
    own, scipy, torch = _LAWS[density.name](*density.args)
    filled = {"p": masses, "log": log, "base": base, "unit": unit}
    return {
        "NumPy": _NUMPY.format(h=own.format(log=log), **filled),
        "SciPy": _SCIPY.format(h=scipy, nat=nat, **filled),
        "PyTorch": _TORCH.format(h=torch, nat=nat.replace("np", "math"), **filled),
    }


def _uniform(a: float, b: float) -> tuple[str, str, str]:
    return f"np.{{log}}({b - a!r})", f"uniform({a!r}, {b - a!r})", f"Uniform({a!r}, {b!r})"


def _normal(mu: float, sigma: float) -> tuple[str, str, str]:
    own = f"np.{{log}}({sigma!r} * np.sqrt(2 * np.pi * np.e))"
    return own, f"norm({mu!r}, {sigma!r})", f"Normal({mu!r}, {sigma!r})"


_LAWS = {"uniform": _uniform, "normal": _normal}
