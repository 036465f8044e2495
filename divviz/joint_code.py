"""In your code: the information diagram of a table as a short program in NumPy, SciPy or PyTorch.

Each program prints what `painted.told` says of the table, in its unit, a line a number.
"""

from __future__ import annotations

from divviz.errors import spell
from divviz.joint import Joint
from divviz.literals import unit_text

_NUMPY = """\
import numpy as np

# A row for each y, a column for each x.
p = np.array({rows})
p = p / p.sum()
p_x, p_y = p.sum(axis=0), p.sum(axis=1)
unit = {nats}  # {unit}


def entropy(p):
    p = p[p > 0]  # 0 log 0 = 0
    return -(p * np.log(p)).sum() / unit


h_x, h_y, h_xy = entropy(p_x), entropy(p_y), entropy(p)
q = np.outer(p_y, p_x)  # as if X and Y were independent
there = p > 0
information = (p[there] * np.log(p[there] / q[there])).sum() / unit

print("H(X)", h_x)
print("H(Y)", h_y)
print("H(X,Y)", h_xy)
print("H(X|Y)", h_xy - h_y)
print("H(Y|X)", h_xy - h_x)
print("I(X;Y)", information)
"""

_SCIPY = """\
import numpy as np
from scipy.special import entr, rel_entr

# A row for each y, a column for each x.
p = np.array({rows})
p = p / p.sum()
p_x, p_y = p.sum(axis=0), p.sum(axis=1)
unit = {nats}  # {unit}

h_x, h_y, h_xy = (entr(one).sum() / unit for one in (p_x, p_y, p))

print("H(X)", h_x)
print("H(Y)", h_y)
print("H(X,Y)", h_xy)
print("H(X|Y)", h_xy - h_y)
print("H(Y|X)", h_xy - h_x)
# The first argument is the joint table: KL is not symmetric.
print("I(X;Y)", rel_entr(p, np.outer(p_y, p_x)).sum() / unit)
"""

_TORCH = """\
import torch

# A row for each y, a column for each x.
p = torch.tensor({rows}, dtype=torch.float64)
p = p / p.sum()
p_x, p_y = p.sum(dim=0), p.sum(dim=1)
unit = {nats}  # {unit}


def entropy(p):
    return torch.special.entr(p).sum() / unit


h_x, h_y, h_xy = entropy(p_x), entropy(p_y), entropy(p)
there = p > 0
# kl_div(log q, p) is KL(p‖q): the log of the second distribution comes first.
log_q = torch.outer(p_y, p_x).log()
information = torch.nn.functional.kl_div(log_q[there], p[there], reduction="sum") / unit

print("H(X)", h_x.item())
print("H(Y)", h_y.item())
print("H(X,Y)", h_xy.item())
print("H(X|Y)", (h_xy - h_y).item())
print("H(Y|X)", (h_xy - h_x).item())
print("I(X;Y)", information.item())
"""


def numpy_table(joint: Joint, unit: str = "nats") -> str:
    """The program with NumPy alone; SceneError for the unit."""
    return _written(_NUMPY, joint, unit)


def scipy_table(joint: Joint, unit: str = "nats") -> str:
    """The program with scipy.special; SceneError for the unit."""
    return _written(_SCIPY, joint, unit)


def torch_table(joint: Joint, unit: str = "nats") -> str:
    """The program with PyTorch; SceneError for the unit."""
    return _written(_TORCH, joint, unit).replace("np.log(", "math.log(")


def _written(program: str, joint: Joint, unit: str) -> str:
    nats = unit_text(unit).nats
    lines = [f"    [{', '.join(map(spell, row))}]," for row in joint.weights.tolist()]
    rows = "\n".join(["[", *lines, "]"])
    text = program.format(rows=rows, nats=nats, unit=unit)
    if program is _TORCH and unit != "nats":
        text = f"import math\n\n{text}"
    return text
