"""In your code: counts against two models, and how plug-in entropies of replayed samples scatter.

Each program defines `best`, `to_uniform`, `to_binomial`, `entropy` and the means of `plug_in` and
`miller_madow`, all in its unit, and prints them, a line a number.
"""

from __future__ import annotations

from collections.abc import Sequence

from divviz.dist import SceneError
from divviz.errors import spell
from divviz.literals import unit_text

MOST_NUMBERS = 65  # counts; the powers of a longer binomial may underflow

_START = """\
counts = np.array({counts})  # how many have 0, 1, 2, ...
p = counts / counts.sum()
n = len(p) - 1
k = np.arange(n + 1)
best = p @ k / n  # the mean over n: maximum likelihood, and the least KL
"""

_REPLAY = """\
# {n_values} values of P, drawn anew 200 times; outcomes that P does not have are left out.
p = p[p > 0]
drawn = np.random.default_rng({seed}).multinomial({n_values}, p, size=200)
share = drawn / {n_values}
"""

_PRINT = """\

print("best p", best)
print("KL(P||uniform)", to_uniform)  # {unit}
print("KL(P||binomial)", to_binomial)
print("H(P)", entropy)
print("mean plug-in", plug_in.mean())
print("mean Miller-Madow", miller_madow.mean())
"""

_NUMPY = (
    """\
import math

import numpy as np

"""
    + _START
    + """\
binomial = np.array([math.comb(n, i) * best**i * (1 - best) ** (n - i) for i in range(n + 1)])


def kl(p, q):
    some = p > 0  # 0 log 0 = 0
    return np.sum(p[some] * np.{log}(p[some] / q[some]))


to_uniform = kl(p, np.full(n + 1, 1 / (n + 1)))
to_binomial = kl(p, binomial)

"""
    + _REPLAY
    + """\
entropy = -np.sum(p * np.{log}(p))
plug_in = -np.sum(share * np.{log}(np.where(share > 0, share, 1)), axis=1)
seen = np.count_nonzero(drawn, axis=1)
miller_madow = plug_in + (seen - 1) / (2 * {n_values}) / {nat}
"""
    + _PRINT
)

_SCIPY = (
    """\
import numpy as np
from scipy import stats

"""
    + _START
    + """\
to_uniform = stats.entropy(p, np.ones(n + 1), base={base})  # with a second one it is KL
to_binomial = stats.entropy(p, stats.binom.pmf(k, n, best), base={base})

"""
    + _REPLAY
    + """\
entropy = stats.entropy(p, base={base})
plug_in = stats.entropy(share, base={base}, axis=1)
seen = np.count_nonzero(drawn, axis=1)
miller_madow = plug_in + (seen - 1) / (2 * {n_values}) / {nat}
"""
    + _PRINT
)

_TORCH = """\
import math

import torch
from torch.distributions import Binomial, Multinomial

counts = torch.tensor({counts}, dtype=torch.float64)  # how many have 0, 1, 2, ...
p = counts / counts.sum()
n = len(p) - 1
k = torch.arange(n + 1, dtype=torch.float64)
best = p @ k / n  # the mean over n: maximum likelihood, and the least KL
log_binomial = Binomial(n, best).log_prob(k)
log_uniform = torch.full_like(p, -math.log(n + 1))

# kl_div(log q, p) is KL(P||Q): the model's logarithm comes first.
some = p > 0
kl_div = torch.nn.functional.kl_div
to_uniform = kl_div(log_uniform[some], p[some], reduction="sum") / {nat}
to_binomial = kl_div(log_binomial[some], p[some], reduction="sum") / {nat}

# {n_values} values of P, drawn anew 200 times; PyTorch's draws are others than NumPy's.
torch.manual_seed({seed})
drawn = Multinomial({n_values}, p[some]).sample((200,))
entropy = torch.special.entr(p).sum() / {nat}
plug_in = torch.special.entr(drawn / {n_values}).sum(dim=1) / {nat}
miller_madow = plug_in + ((drawn > 0).sum(dim=1) - 1) / (2 * {n_values}) / {nat}

print("best p", best.item())
print("KL(P||uniform)", to_uniform.item())  # {unit}
print("KL(P||binomial)", to_binomial.item())
print("H(P)", entropy.item())
print("mean plug-in", plug_in.mean().item())
print("mean Miller-Madow", miller_madow.mean().item())
"""


def programs(counts: Sequence[float], n_values: int, seed: int, unit: str) -> dict[str, str]:
    """Programs by library for the counts (n + 1,) of 0, ..., n and replays of `n_values` values.

    Those with NumPy and SciPy draw what resampled.replay draws with this seed. SceneError for fewer
    than 2 or more than 65 counts, and for an unknown unit.

    >>> "default_rng(1).multinomial(50, p" in programs([1, 2], 50, 1, "bits")["SciPy"]
    True
    """
    log, nat, base = unit_text(unit)
    if not 2 <= len(counts) <= MOST_NUMBERS:
        raise SceneError("snippet_long", count=len(counts), most=MOST_NUMBERS)
    filled = {"log": log, "nat": nat, "base": base, "unit": unit, "seed": seed}
    filled |= {"counts": f"[{', '.join(map(spell, counts))}]", "n_values": n_values}
    return {
        "NumPy": _NUMPY.format(**filled),
        "SciPy": _SCIPY.format(**filled),
        "PyTorch": _TORCH.format(**filled | {"nat": nat.replace("np", "math")}),
    }
