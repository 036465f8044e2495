"""Transport between masses at places as short programs: by CDFs, by quantiles, by its dual."""

from __future__ import annotations

from collections.abc import Sequence

from divviz.literals import plain_number
from divviz.places import Places

_NUMPY = """\
import numpy as np

{setup}

gap = np.cumsum(p - q)[:-1]  # F - G between neighbouring places
print("W1 =", np.sum(np.abs(gap) * np.diff(x)))

# The plan that keeps the order pairs equal quantiles.
F, G = np.cumsum(p), np.cumsum(q)
levels = np.unique(np.round(np.concatenate([F, G]), 14))
mass = np.diff(levels, prepend=0.0)
middle = levels - mass / 2
i = np.minimum(np.searchsorted(F, middle), len(x) - 1)
j = np.minimum(np.searchsorted(G, middle), len(x) - 1)
print("W2 =", np.sqrt(np.sum(mass * (x[i] - x[j]) ** 2)))
"""

_SCIPY = """\
import numpy as np
from scipy.optimize import linprog
from scipy.stats import wasserstein_distance

{setup}

print("W1 =", wasserstein_distance(x, x, p, q))

# The same among all plans: row sums are p, column sums are q, nothing is negative.
n = len(x)
rows, columns = np.kron(np.eye(n), np.ones(n)), np.kron(np.ones(n), np.eye(n))
sums, wanted = np.vstack([rows, columns]), np.concatenate([p, q])
distance = np.abs(x[:, None] - x).ravel()
for power in (1, 2):
    plan = linprog(distance**power, A_eq=sums, b_eq=wanted)
    print(f"W{{power}} =", max(plan.fun, 0.0) ** (1 / power))
"""

_TORCH = """\
import torch

{setup}
p.requires_grad_()

gap = torch.cumsum(p - q, 0)[:-1]
w1 = torch.sum(gap.abs() * torch.diff(x))
w1.backward()
print("W1 =", w1.item())
print("critic =", p.grad)  # the steepest one, up to a constant
"""


def numpy_program(here: Places) -> str:
    """A program that prints W1, the area between the CDFs, and W2, by matched quantiles."""
    return _NUMPY.format(setup=_arrays(here, "np.array({})"))


def scipy_program(here: Places) -> str:
    """A program that prints W1 by SciPy's own function, and W1 and W2 as linear programs."""
    return _SCIPY.format(setup=_arrays(here, "np.array({})"))


def torch_program(here: Places) -> str:
    """A program that prints W1 and its gradient by P's masses, which is the steepest critic."""
    return _TORCH.format(setup=_arrays(here, "torch.tensor({}, dtype=torch.float64)"))


def _arrays(here: Places, shape: str) -> str:
    rows = (("x", here.x), ("p", here.p), ("q", here.q))
    return "\n".join(f"{name} = {shape.format(_listed(values))}" for name, values in rows)


def _listed(values: Sequence[float]) -> str:
    # A decimal point keeps arrays of whole numbers from being integers.
    return f"[{', '.join(repr(plain_number(value)) for value in values)}]"
