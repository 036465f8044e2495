"""In your code: an f-divergence and what a critic shows of it, with NumPy, SciPy and PyTorch."""

from __future__ import annotations

import math
from typing import NamedTuple

from divviz.bent import KNOTS, Bent
from divviz.critics import Critic
from divviz.generators import GENERATORS
from divviz.literals import number, plain_masses, values_text
from divviz.pair import Pair


class Lines(NamedTuple):
    """f(u), f*(t), and T of a free v that stays in the range of f*, as expressions.

    `{m}` stands for the library's module; `{xlogx}` for u log u with 0 log 0 = 0.
    """

    f: str
    conjugate: str
    critic: str = "v"


_LINES: dict[str, Lines] = {
    "kl": Lines("{xlogx}", "{m}.exp(t - 1)"),
    "reverse_kl": Lines("-{m}.log(u)", "-1 - {m}.log(-t)", "-torch.exp(v)"),
    "js": Lines(
        "0.5 * ({xlogx} - (u + 1) * {m}.log((u + 1) / 2))",
        "-0.5 * {m}.log(2 - {m}.exp(2 * t))",
        "0.5 * math.log(2) - softplus(-v)",
    ),
    "total_variation": Lines(
        "0.5 * {m}.abs(u - 1)", "{m}.clip(t, -0.5, None)", "0.5 * torch.tanh(v)"
    ),
    "squared_hellinger": Lines(
        "0.5 * ({m}.sqrt(u) - 1) ** 2", "t / (1 - 2 * t)", "0.5 - softplus(-v)"
    ),
    "pearson": Lines("(u - 1) ** 2", "{m}.where(t >= -2, t + t**2 / 4, -1.0)"),
}


def programs(key: str, own: Bent | None, pair: Pair, t: Critic) -> dict[str, str]:
    """Programs by library that print D_f(P||Q) and E_P[T] - E_Q[f*(T)], in nats where f has a log.

    `own` is f where it is bent, `key` its name in GENERATORS where it is not. SceneError for more
    outcomes than a program lists.
    """
    masses = tuple(values_text(plain_masses(mass).tolist()) for mass in (pair.p, pair.q))
    heights = values_text(t.values)
    lines = _LINES[key] if own is None else _bent(own)
    rise = GENERATORS[key].critic[1] if own is None else own.slopes[-1]
    return {
        "NumPy": _numpy(masses, heights, lines, rise, own),
        "SciPy": _scipy(masses, heights, lines, rise),
        "PyTorch": _torch(masses, lines, own),
    }


def _bent(own: Bent) -> Lines:
    """A broken line as its hinges, and its conjugate as the highest of its lines."""
    tilt = float(own.straight[2])  # the slope left of 1, so that every hinge turns upward
    terms = [f"{number(tilt)} * (u - 1)"] if tilt else []
    for knot, kink in zip(KNOTS[1:], own.kinks.tolist(), strict=True):
        side = f"{knot} - u" if knot < 1 else f"u - {knot}"
        if abs(kink) > 1e-12:
            terms.append(f"{number(round(kink, 9))} * {{m}}.clip({side}, 0, None)")
    if own.open_left:
        terms.append("4 * {m}.clip(u, None, 0.25) - 1 - {m}.log(4 * {m}.clip(u, None, 0.25))")
    if own.open_right:
        terms.append(
            "{m}.clip(u, 4, None) * {m}.log({m}.clip(u, 4, None) / 4) - {m}.clip(u, 4, None) + 4"
        )
    end = own.slopes[-1]
    critic = "v" if math.isinf(end) else f"{number(end)} - softplus(-v)"
    return Lines("\n        + ".join(terms) or "0 * u", "", critic)


def _conjugate(own: Bent) -> list[str]:
    """The lines that define f* of a broken line, {m} standing for the module."""
    first = 1 if own.open_left else 0
    most = "{m}.amax({m}.stack([t * u - h for u, h in zip(knots, heights)]), 0)"
    lines = [
        f"knots = {values_text(KNOTS[first:])}",
        f"heights = {values_text(own.heights[first:].tolist())}",
        "",
        "",
        "def conjugate(t):",
        f"    most = {most}  # at a knot",
    ]
    s = own.straight
    if own.open_left:
        low = number(float(s[0]))
        lines += [
            f"    past = {{m}}.clip({low} - t, 0, None)",
            f"    left = 0.25 * {low} - heights[0] - {{m}}.log1p(0.25 * past)",
            f"    most = {{m}}.where(t < {low}, left, most)",
        ]
    if own.open_right:
        high = number(float(s[-1]))
        lines += [
            f"    past = {{m}}.clip(t - {high}, 0, None)",
            f"    right = 4 * {high} - heights[-1] + 4 * {{m}}.expm1(past)",
            f"    most = {{m}}.where(t > {high}, right, most)",
        ]
    return [*lines, "    return most"]


def _generator(lines: Lines, module: str, xlogx: str) -> str:
    f = lines.f.format(m=module, xlogx=xlogx)
    body = f"    return (\n        {f}\n    )" if "\n" in f else f"    return {f}"
    return f"def f(u):\n{body}\n"


def _functions(lines: Lines, own: Bent | None, module: str, xlogx: str) -> str:
    head = _generator(lines, module, xlogx)
    if own is not None:
        return f"{head}\n\n" + "\n".join(_conjugate(own)).replace("{m}", module) + "\n"
    conjugate = lines.conjugate.format(m=module)
    return f"{head}\n\ndef conjugate(t):\n    return {conjugate}\n"


def _numpy(
    masses: tuple[str, ...], heights: str, lines: Lines, rise: float, own: Bent | None
) -> str:
    p, q = masses
    functions = _functions(lines, own, "np", "u * np.log(np.where(u > 0, u, 1.0))")
    return (
        f"import numpy as np\n\np = np.array({p})\nq = np.array({q})\n"
        f"T = np.array({heights})  # the critic that is drawn\n\n\n{functions}\n\n"
        "some = q > 0\n"
        'with np.errstate(divide="ignore"):  # f(0) may be infinite\n'
        "    divergence = np.sum(q[some] * f(p[some] / q[some]))\n"
        "if p[~some].sum() > 0:  # where Q has nothing, f grows by its last slope\n"
        f"    divergence += p[~some].sum() * {number(rise)}\n"
        "bound = np.sum(p * T) - np.sum(q[some] * conjugate(T[some]))\n\n"
        'print("D_f =", divergence)\nprint("E_P[T] - E_Q[f*(T)] =", bound)\n'
    )


def _scipy(masses: tuple[str, ...], heights: str, lines: Lines, rise: float) -> str:
    p, q = masses
    generator = _generator(lines, "np", "xlogy(u, u)")
    imports = "from scipy.optimize import minimize_scalar\n"
    imports += "from scipy.special import xlogy\n" if "xlogy" in generator else ""
    return (
        f"import numpy as np\n{imports}\np = np.array({p})\nq = np.array({q})\n"
        f"T = np.array({heights})  # the critic that is drawn\n\n\n{generator}\n\n"
        "def conjugate(t):  # by its definition: the largest t u - f(u)\n"
        "    # u = exp(s), so that one search reaches small and large ratios alike\n"
        "    starts = np.linspace(-20, 20, 401)\n"
        '    with np.errstate(all="ignore"):\n'
        "        near = starts[np.argmax(t * np.exp(starts) - f(np.exp(starts)))]\n"
        "    best = minimize_scalar(\n"
        "        lambda s: f(np.exp(s)) - t * np.exp(s),\n"
        "        bounds=(near - 0.2, near + 0.2),\n"
        '        method="bounded",\n'
        '        options={"xatol": 1e-12},\n'
        "    )\n"
        "    return -best.fun\n\n\n"
        "some = q > 0\n"
        'with np.errstate(divide="ignore"):\n'
        "    divergence = np.sum(q[some] * f(p[some] / q[some]))\n"
        "if p[~some].sum() > 0:\n"
        f"    divergence += p[~some].sum() * {number(rise)}\n"
        "costs = np.array([conjugate(t) for t in T[some]])\n"
        "bound = np.sum(p * T) - np.sum(q[some] * costs)\n\n"
        'print("D_f =", divergence)\nprint("E_P[T] - E_Q[f*(T)] =", bound)\n'
    )


def _torch(masses: tuple[str, ...], lines: Lines, own: Bent | None) -> str:
    p, q = masses
    if own is None:
        conjugate = f"def conjugate(t):\n    return {lines.conjugate.format(m='torch')}\n"
    else:
        conjugate = "\n".join(_conjugate(own)).replace("{m}", "torch") + "\n"
    conjugate = conjugate.replace("torch.clip(", "torch.clamp(")
    imports = "import math\n\n" if "math." in lines.critic else ""
    imports += "import torch\n"
    imports += "from torch.nn.functional import softplus\n" if "softplus" in lines.critic else ""
    return (
        f"{imports}\np = torch.tensor({p})\nq = torch.tensor({q})\n\n\n{conjugate}\n\n"
        "# The critic learns: whatever v is, T stays where f* is finite.\n"
        "v = torch.zeros_like(p, requires_grad=True)\n"
        "optimizer = torch.optim.Adam([v], lr=0.05)\n"
        "for step in range(2000):\n"
        f"    T = {lines.critic}\n"
        "    bound = (p * T).sum() - (q * conjugate(T)).sum()\n"
        "    optimizer.zero_grad()\n"
        "    (-bound).backward()\n"
        "    optimizer.step()\n\n"
        'print("E_P[T] - E_Q[f*(T)] =", bound.item(), "which approaches D_f from below")\n'
    )
