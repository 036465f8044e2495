"""In your code: the descents of a normal Q by KL(P||Q) and by KL(Q||P), for a P made of normals."""

from __future__ import annotations

from collections.abc import Sequence

from divviz.dist import Dist

Part = tuple[float, float, float]  # weight, mean and standard deviation of a normal
_REACH = 9  # standard deviations of every normal that the integrals cover

_HEAD = """\
# P: weights, means and standard deviations of its humps. Q starts at normal(mu, sigma).
w = np.array([{weights}])
m = np.array([{means}])
s = np.array([{sds}])
mu, sigma = {mu}, {sigma}
x = np.linspace({low}, {high}, 4001)
"""

_NUMPY = """\
dx = x[1] - x[0]


def log_normal(x, mu, sigma):
    return -0.5 * ((x - mu) / sigma) ** 2 - np.log(sigma * np.sqrt(2 * np.pi))


log_p = np.logaddexp.reduce([np.log(a) + log_normal(x, b, c) for a, b, c in zip(w, m, s)])

# KL(P||Q): the bottom is the mean and the standard deviation of P, wherever Q starts.
mean = w @ m
sd = np.sqrt(w @ (s**2 + (m - mean) ** 2))
print("KL(P||Q) ends at", mean, sd)

# KL(Q||P): small steps of natural gradient, from the start.
for _ in range(400):
    log_q = log_normal(x, mu, sigma)
    z = (x - mu) / sigma
    pull = np.exp(log_q) * (log_p - log_q)  # q log p/q: only where Q is
    mu += 0.2 * sigma * np.sum(pull * z) * dx
    sigma *= np.exp(0.1 * np.sum(pull * (z**2 - 1)) * dx)
log_q = log_normal(x, mu, sigma)
print("KL(Q||P) ends at", mu, sigma, "with", np.sum(np.exp(log_q) * (log_q - log_p)) * dx)
"""

_SCIPY_IMPORTS = """\
import numpy as np
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import norm

"""

_SCIPY = """\
log_p = logsumexp([np.log(a) + norm.logpdf(x, b, c) for a, b, c in zip(w, m, s)], axis=0)


def forward(at):  # KL(P||Q)
    log_q = norm.logpdf(x, at[0], np.exp(at[1]))
    return np.trapezoid(np.exp(log_p) * (log_p - log_q), x)


def reverse(at):  # KL(Q||P)
    log_q = norm.logpdf(x, at[0], np.exp(at[1]))
    return np.trapezoid(np.exp(log_q) * (log_q - log_p), x)


for name, loss in (("KL(P||Q)", forward), ("KL(Q||P)", reverse)):
    found = minimize(loss, [mu, np.log(sigma)], method="Nelder-Mead")
    print(name, "ends at", found.x[0], np.exp(found.x[1]), "with", found.fun)
"""

_TORCH_IMPORTS = """\
import numpy as np
import torch
from torch.distributions import Categorical, MixtureSameFamily, Normal

"""

_TORCH = """\
P = MixtureSameFamily(Categorical(torch.tensor(w)), Normal(torch.tensor(m), torch.tensor(s)))
data = P.sample((10_000,))

for name in ("forward", "reverse"):
    at = torch.tensor([mu, np.log(sigma)], requires_grad=True)
    optimizer = torch.optim.Adam([at], lr=0.02)
    for _ in range(2000):
        Q = Normal(at[0], at[1].exp())
        if name == "forward":  # KL(P||Q) up to H(P): samples of P, that is maximum likelihood
            loss = -Q.log_prob(data).mean()
        else:  # KL(Q||P): samples of Q that carry the gradient
            z = Q.rsample((1000,))
            loss = (Q.log_prob(z) - P.log_prob(z)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(name, "ends at", at[0].item(), at[1].exp().item())
"""


def programs(parts: Sequence[Part], q: Dist) -> dict[str, str]:
    """Programs by library that descend from the normal `q` to the mixture of `parts`.

    They print the mean and the standard deviation of the Q at the end of each direction.
    """
    rows = [*parts, (1.0, *q.args)]
    weights, means, sds = (", ".join(map(repr, column)) for column in zip(*parts, strict=True))
    mu, sigma = q.args
    low, high = min(m - _REACH * s for _, m, s in rows), max(m + _REACH * s for _, m, s in rows)
    ends = {"low": float(f"{low:.3g}"), "high": float(f"{high:.3g}")}
    given = _HEAD.format(weights=weights, means=means, sds=sds, mu=mu, sigma=sigma, **ends)
    return {
        "NumPy": "import numpy as np\n\n" + given + _NUMPY,
        "SciPy": _SCIPY_IMPORTS + given + _SCIPY,
        "PyTorch": _TORCH_IMPORTS + given + _TORCH,
    }


def normals(p: Dist) -> list[Part] | None:
    """The weights, means and widths of a mixture of normals; None for any other P."""
    if p.name == "normal":
        return [(1.0, *p.args)]
    if p.name != "mixture" or any(part.name != "normal" for part in p.parts):
        return None
    total = float(p.weights.sum())
    rows = [(float(w) / total, *part.args) for w, part in zip(p.weights, p.parts, strict=True)]
    return [row for row in rows if row[0] > 0]
