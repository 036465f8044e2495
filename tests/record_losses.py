"""Record what PyTorch says of every loss: python tests/record_losses.py, with torch==2.13.0.

It writes tests/losses_torch.json, which the tests read; nothing else imports torch. Everything is
float64 on the CPU with fixed seeds, so that a second run writes the same bytes. torch is imported
where it is used, so that pytest can look into this file without it.
"""

import inspect
import json
import math
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np

VERSION = "2.13.0"
INF = math.inf
# Which inputs torch differentiates, by their place; for cross_entropy also probabilities.
SLOPES = {
    "l1_loss": (0, 1),
    "mse_loss": (0, 1),
    "smooth_l1_loss": (0, 1),
    "huber_loss": (0, 1),
    "cross_entropy": (0, 1),
    "nll_loss": (0,),
    "kl_div": (0, 1),
    "binary_cross_entropy": (0, 1),
    "binary_cross_entropy_with_logits": (0, 1),
    "margin_ranking_loss": (0, 1),
    "hinge_embedding_loss": (0,),
    "multi_margin_loss": (0,),
    "multilabel_margin_loss": (0,),
    "multilabel_soft_margin_loss": (0, 1),
    "soft_margin_loss": (0,),
    "cosine_embedding_loss": (0, 1),
    "triplet_margin_loss": (0, 1, 2),
    "ctc_loss": (0,),
    "poisson_nll_loss": (0, 1),
    "gaussian_nll_loss": (0, 1, 2),
}
NAMES = {
    "margin_ranking_loss": ("input1", "input2"),
    "cosine_embedding_loss": ("input1", "input2"),
    "triplet_margin_loss": ("anchor", "positive", "negative"),
    "ctc_loss": ("log_probs",),
    "gaussian_nll_loss": ("input", "target", "var"),
}

# For an empty batch these return memory that nothing has written: another number in every run.
UNSET = {("multi_margin_loss", "nothing"), ("multilabel_margin_loss", "nothing")}

Case = tuple[str, str, list, dict]


def normal(rng, *shape):
    return np.round(2 * rng.standard_normal(shape), 3)


def chances(rng, *shape):
    return np.round(rng.uniform(0.01, 0.99, shape), 3)


def rows_of_chances(rng, axis, *shape):
    raw = rng.uniform(0.05, 1, shape)
    return raw / raw.sum(axis=axis, keepdims=True)


def classes(rng, count, *shape):
    return rng.integers(0, count, shape)


def log_softmax(x, axis=-1):
    return x - np.log(np.exp(x).sum(axis=axis, keepdims=True))


def of_differences(rng) -> Iterator[Case]:
    kinks = [0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1e-9, 1e9]
    options: dict[str, list[dict]] = {
        "l1_loss": [{}],
        "mse_loss": [{}],
        "smooth_l1_loss": [{}, {"beta": 0.5}, {"beta": 0.0}, {"beta": 2.0}],
        "huber_loss": [{}, {"delta": 0.5}, {"delta": 2.0}],
    }
    for name, choices in options.items():
        for given in choices:
            yield name, "random", [normal(rng, 3, 4), normal(rng, 3, 4)], given
            yield name, "at the kinks", [np.array(kinks), np.zeros(9)], given
        if name != "smooth_l1_loss":
            for w in (np.round(rng.uniform(0, 2, (3, 4)), 3), np.zeros((3, 4))):
                label = "weights" if w.any() else "no weight"
                yield name, label, [normal(rng, 3, 4), normal(rng, 3, 4)], {"weight": w}
        yield name, "one number", [np.array(0.3), np.array(1.7)], {}
        yield name, "nothing", [np.zeros((0,)), np.zeros((0,))], {}
        yield name, "infinitely far", [np.array([INF, -INF, 1.0]), np.array([0.0, 1.0, INF])], {}
        yield name, "undefined", [np.array([INF, 1.0]), np.array([INF, 0.0])], {}


def of_classes(rng) -> Iterator[Case]:
    name = "cross_entropy"
    w = np.array([0.5, 2.0, 0.0, 1.25])
    shapes: list[tuple[int, ...]] = [(4,), (5, 4), (3, 4, 2), (2, 4, 1, 2)]
    for shape in shapes:
        axis = min(len(shape) - 1, 1)
        x = normal(rng, *shape)
        y = classes(rng, 2, *(n for i, n in enumerate(shape) if i != axis))
        t = rows_of_chances(rng, axis, *shape)
        for smoothing in (0.0, 0.1, 1.0):
            for weight in (None, w):
                given = {} if weight is None else {"weight": weight}
                given |= {"label_smoothing": smoothing} if smoothing else {}
                yield name, f"classes {shape}", [x, y], given
                yield name, f"probabilities {shape}", [x, t], given
        for weight in (None, w):
            given = {} if weight is None else {"weight": weight}
            yield "nll_loss", f"classes {shape}", [log_softmax(x, axis), y], given
    x, y = normal(rng, 6, 4), np.array([1, -100, 3, 1, -100, 0])
    for given in ({}, {"weight": w}, {"label_smoothing": 0.2}):
        yield name, "some ignored", [x, y], given
        yield name, "a class ignored", [x, np.abs(y) % 4], {**given, "ignore_index": 1}
        yield name, "all ignored", [x, np.full(6, -100)], given
    both = {"weight": w, "label_smoothing": 0.2}
    yield name, "some ignored", [x, y], both
    yield name, "all ignored", [x, np.full(6, -100)], both
    for loss, inputs in ((name, x), ("nll_loss", log_softmax(x))):
        yield loss, "a class without weight", [inputs, np.array([2, 2, 1, 0, 2, 3])], {"weight": w}
        yield loss, "no weight", [inputs, np.full(6, 2)], {"weight": w}
        yield loss, "nothing", [np.zeros((0, 4)), np.zeros((0,), int)], {}
    yield name, "no weight, smoothed", [x, np.full(6, 2)], {**both}
    yield name, "weights all 0, probabilities", [x, np.full((6, 4), 0.25)], {"weight": 0 * w}
    yield name, "no probabilities", [np.zeros((0, 4)), np.zeros((0, 4))], {}
    for given in ({}, {"weight": w}):
        yield "nll_loss", "some ignored", [log_softmax(x), y], given
        yield "nll_loss", "all ignored", [log_softmax(x), np.full(6, -100)], given
    big = np.array([[1e3, 0.0, -1e3], [-800.0, -801.0, -802.0], [1e300, 1e300, 0.0]])
    yield name, "huge logits", [big, np.array([1, 0, 1])], {}
    yield name, "one class", [normal(rng, 3, 1), np.zeros(3, int)], {}
    no = np.array([[-INF, 0.5, 1.5], [0.3, -INF, -INF]])
    yield name, "right at minus infinity", [no, np.array([1, 0])], {}
    yield name, "wrong at minus infinity", [no, np.array([0, 0])], {}
    yield (
        name,
        "wrong at minus infinity, smoothed",
        [no, np.array([1, 0])],
        {"label_smoothing": 0.1},
    )
    yield (
        name,
        "probability 0 at minus infinity",
        [no, np.array([[0, 0.25, 0.75], [1.0, 0, 0]])],
        {},
    )
    yield name, "right at infinity", [np.array([[INF, 0.0], [0.0, 1.0]]), np.array([0, 1])], {}
    yield name, "wrong at infinity", [np.array([[INF, 0.0], [0.0, 1.0]]), np.array([1, 1])], {}
    yield name, "two infinite", [np.array([[INF, INF]]), np.array([0])], {}
    yield name, "all minus infinity", [np.array([[-INF, -INF]]), np.array([0])], {}
    log_p = np.log(np.array([[0.5, 0.5, 1.0], [0.2, 0.3, 0.5]]))
    log_p[0, 2] = -INF
    yield "nll_loss", "right at minus infinity", [log_p, np.array([0, 1])], {}
    yield "nll_loss", "wrong at minus infinity", [log_p, np.array([2, 1])], {}
    w = np.array([1.0, 1.0, 0.0])
    yield "nll_loss", "no weight at minus infinity", [log_p, np.array([2, 1])], {"weight": w}


def of_probabilities(rng) -> Iterator[Case]:
    x, t = log_softmax(normal(rng, 3, 4)), rows_of_chances(rng, -1, 3, 4)
    yield "kl_div", "random", [x, t], {}
    yield "kl_div", "random", [x, np.log(t)], {"log_target": True}
    yield "kl_div", "one row", [x[0], t[0]], {}
    yield "kl_div", "one number", [x[0, 0], t[0, 0]], {}
    yield "kl_div", "one number", [x[0, 0], np.log(t[0, 0])], {"log_target": True}
    yield "kl_div", "three axes", [normal(rng, 2, 3, 2), chances(rng, 2, 3, 2)], {}
    yield "kl_div", "nothing", [np.zeros((0, 3)), np.zeros((0, 3))], {}
    half = np.log(np.array([[0.5, 0.5, 1.0]]))
    zero = np.array([[0.25, 0.75, 0.0]])
    yield "kl_div", "target 0", [log_softmax(half), zero], {}
    none = half.copy()
    none[0, 2] = -INF
    yield "kl_div", "prediction 0", [none, np.array([[0.25, 0.5, 0.25]])], {}
    yield "kl_div", "prediction 0", [none, np.log([[0.25, 0.5, 0.25]])], {"log_target": True}
    yield "kl_div", "both 0", [none, zero], {}
    log_zero = np.array([[math.log(0.25), math.log(0.75), -INF]])
    yield "kl_div", "target 0", [log_softmax(half), log_zero], {"log_target": True}
    yield "kl_div", "both 0", [none, log_zero], {"log_target": True}

    name = "binary_cross_entropy"
    x, t = chances(rng, 3, 4), chances(rng, 3, 4)
    yield name, "random", [x, t], {}
    yield name, "zeros and ones", [x, np.round(t)], {}
    yield name, "weights", [x, t], {"weight": chances(rng, 3, 4)}
    yield name, "weights of columns", [x, t], {"weight": np.array([0.0, 1.0, 2.0, 0.5])}
    yield name, "weights all 0", [x, t], {"weight": np.zeros((3, 4))}
    yield name, "nothing", [np.zeros((0,)), np.zeros((0,))], {}
    yield name, "one number", [np.array(0.3), np.array(1.0)], {}
    sure = np.array([0.0, 1.0, 1e-50, 1.0 - 2**-53, 1e-13])
    yield name, "sure and right", [sure, np.array([0.0, 1.0, 0.0, 1.0, 0.0])], {}
    yield name, "sure and wrong", [sure, np.array([1.0, 0.0, 1.0, 0.0, 1.0])], {}
    yield name, "sure and half right", [sure, np.full(5, 0.5)], {}

    x = normal(rng, 3, 4)
    for name in ("binary_cross_entropy_with_logits", "multilabel_soft_margin_loss"):
        yield name, "random", [x, t], {}
        yield name, "zeros and ones", [x, np.round(t)], {}
        yield name, "weights of columns", [x, t], {"weight": np.array([0.0, 1.0, 2.0, 0.5])}
        yield name, "weights all 0", [x, t], {"weight": np.zeros(4)}
        yield name, "one row", [x[0], t[0]], {}
        yield name, "nothing", [np.zeros((0, 3)), np.zeros((0, 3))], {}
        far = np.array([[800.0, -800.0, 40.0], [-40.0, 1e300, 0.0]])
        yield name, "huge logits", [far, np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 0.5]])], {}
        ends = np.array([[INF, -INF]])
        yield name, "right at infinity", [ends, np.array([[1.0, 0.0]])], {}
        yield name, "wrong at infinity", [ends, np.array([[0.0, 1.0]])], {}
    name = "binary_cross_entropy_with_logits"
    yield name, "positive weights", [x, t], {"pos_weight": np.array([0.5, 2.0, 1.0, 0.0])}
    both = {"weight": chances(rng, 3, 4), "pos_weight": np.array([0.5, 2.0, 1.0, 0.0])}
    yield name, "both weights", [x, t], both
    yield name, "one number", [np.array(0.3), np.array(1.0)], {"pos_weight": np.array(3.0)}


def of_margins(rng) -> Iterator[Case]:
    sign = np.array([1.0, -1.0, 1.0, -1.0, -1.0])
    name = "margin_ranking_loss"
    for margin in (0.0, 0.5, -0.25):
        given = {"margin": margin} if margin else {}
        yield name, "random", [normal(rng, 5), normal(rng, 5), sign], given
        ties = [np.full(5, 1 + margin), np.ones(5), sign]
        yield name, "at the kink", ties, given
    yield name, "infinite", [np.array([INF, -INF]), np.ones(2), np.ones(2)], {}
    yield name, "undefined", [np.array([INF]), np.array([INF]), np.ones(1)], {}
    yield name, "nothing", [np.zeros(0)] * 3, {}
    name = "hinge_embedding_loss"
    for margin in (1.0, 0.5):
        given = {"margin": margin} if margin != 1 else {}
        yield name, "random", [normal(rng, 5), sign], given
        yield name, "at the kink", [np.full(5, margin), sign], given
    yield name, "infinite", [np.array([INF, INF, -INF]), np.array([1.0, -1, -1])], {}
    yield name, "nothing", [np.zeros(0)] * 2, {}
    name = "soft_margin_loss"
    yield name, "random", [normal(rng, 5), sign], {}
    yield name, "large", [np.array([30.0, -30.0, 600.0, 600.0, 700.0]), sign], {}
    yield name, "huge", [np.array([800.0, 1e9]), np.array([-1.0, -1.0])], {}
    yield name, "huge and right", [np.array([800.0, -1e9]), np.array([1.0, -1.0])], {}
    yield name, "infinite and right", [np.array([INF, -INF]), np.array([1.0, -1.0])], {}
    yield name, "infinite and wrong", [np.array([INF, -INF]), np.array([-1.0, 1.0])], {}
    yield name, "nothing", [np.zeros(0)] * 2, {}
    name = "multi_margin_loss"
    w = np.array([0.5, 2.0, 0.0, 1.25])
    x, y = normal(rng, 5, 4), classes(rng, 4, 5)
    for given in ({}, {"p": 2}, {"margin": 0.5}, {"weight": w}, {"p": 2, "weight": w}):
        yield name, "random", [x, y], given
        yield name, "one row", [x[0], y[0]], given
        ties = np.array([[1.0, 1.0, 0.0, 1.0], [0.5, 0.5, 0.5, 0.5], [2.0, 1.0, 1.5, 1.0]])
        yield name, "ties", [ties, np.array([0, 1, 0])], given
    yield name, "no weight", [x, np.full(5, 2)], {"weight": w}
    yield name, "one class", [normal(rng, 3, 1), np.zeros(3, int)], {}
    yield name, "nothing", [np.zeros((0, 4)), np.zeros(0, int)], {}
    yield name, "infinite", [np.array([[INF, 0.0, 1.0], [1.0, INF, 2.0]]), np.array([0, 0])], {}
    name = "multilabel_margin_loss"
    y = np.array([[3, 0, -1, 1], [-1, 0, 0, 0], [0, 1, 2, 3], [2, -1, -1, -1], [1, 1, 3, -1]])
    yield name, "random", [x, y], {}
    yield name, "one row", [x[0], y[0]], {}
    ties = np.array([[1.0, 0.0, 2.0, 0.0], [0.5, 0.5, 0.5, 0.5]])
    yield name, "ties", [ties, np.array([[0, -1, -1, -1], [1, 2, -1, -1]])], {}
    yield name, "nothing", [np.zeros((0, 4)), np.zeros((0, 4), int)], {}


def of_vectors(rng) -> Iterator[Case]:
    name = "cosine_embedding_loss"
    a, b = normal(rng, 5, 3), normal(rng, 5, 3)
    sign = np.array([1.0, -1.0, 1.0, -1.0, -1.0])
    for margin in (0.0, 0.3, -0.5):
        given = {"margin": margin} if margin else {}
        yield name, "random", [a, b, sign], given
    yield name, "one pair", [a[0], b[0], np.array(1.0)], {}
    yield name, "zeros", [np.zeros((2, 3)), b[:2], np.array([1.0, -1.0])], {}
    across = [np.array([[1.0, 0.0]] * 2), np.array([[0.0, 2.0]] * 2), np.array([1.0, -1.0])]
    yield name, "at the kink", across, {}
    yield name, "opposite and equal", [a, np.where(sign > 0, -1, 1)[:, None] * a, sign], {}
    yield name, "nothing", [np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0)], {}
    name = "triplet_margin_loss"
    a, b, c = normal(rng, 3, 3), normal(rng, 3, 3), normal(rng, 3, 3)
    for given in (
        {}, {"p": 1.0}, {"p": 3.0}, {"p": INF}, {"p": 1.5}, {"swap": True}, {"margin": 0.2},
        {"swap": True, "p": 1.0}, {"eps": 0.0}, {"eps": 0.1, "margin": 3.0},
    ):  # fmt: skip
        yield name, "random", [a, b, c], given
        yield name, "one triple", [a[0], b[0], c[0]], given
    e = np.array([[1.0, 0.0]])
    yield name, "at the kink", [0 * e, 2 * e, 3 * e], {"eps": 0.0}
    yield name, "no distance", [e, e, e], {"eps": 0.0}
    yield name, "no distance", [e, e, e], {"eps": 0.0, "p": 1.0}
    yield name, "no distance", [e, e, e], {}
    tie = [np.array([[0.0, 0.0]]), np.array([[2.0, 0.0]]), np.array([[1.0, 1.0]])]
    yield name, "a tie in the swap", tie, {"eps": 0.0, "swap": True}
    square = [np.zeros((1, 2)), np.array([[1.0, -1.0]]), np.array([[0.5, 0.5]])]
    yield name, "a tie in the norm", square, {"eps": 0.0, "p": INF}
    yield name, "nothing", [np.zeros((0, 3))] * 3, {}


def of_sequences(rng) -> Iterator[Case]:
    name = "ctc_loss"
    x = log_softmax(normal(rng, 6, 4, 5))
    rows = np.array([[1, 2, 3], [4, 4, 0], [2, 0, 0], [0, 0, 0]])
    lengths = [np.array([6, 5, 6, 4]), np.array([3, 2, 1, 0])]
    joined = np.array([1, 2, 3, 4, 4, 2])
    yield name, "random", [x, rows, *lengths], {}
    yield name, "random, joined", [x, joined, *lengths], {}
    yield name, "random", [x, rows, *lengths], {"zero_infinity": True}
    yield name, "another blank", [x, np.array([[0, 1], [2, 2], [3, 0], [0, 3]]),
                                  np.full(4, 6), np.full(4, 2)], {"blank": 4}  # fmt: skip
    yield name, "one sequence", [x[:, 0], np.array([1, 2, 2]), np.array(6), np.array(3)], {}
    yield name, "all empty", [x, np.zeros(0, int), np.full(4, 6), np.zeros(4, int)], {}
    short = [x[:2], rows, np.full(4, 2), lengths[1]]
    yield name, "impossible", short, {}
    yield name, "impossible", short, {"zero_infinity": True}
    yield name, "just possible", [x[:3, 1:3], rows[1:3], np.full(2, 3), np.array([2, 1])], {}
    logits = 3 * rng.standard_normal((30, 2, 6))
    labels = np.array([[1, 1, 2, 3, 3, 3, 5, 4], [5, 4, 3, 2, 1, 1, 1, 2]])
    long = [log_softmax(logits), labels, np.array([30, 23]), np.array([8, 7])]
    yield name, "long and repeated", long, {}
    yield name, "not normalised", [normal(rng, 5, 1, 3), np.array([[1, 2]]),
                                   np.array([5]), np.array([2])], {}  # fmt: skip
    gone = x[:4, :1].copy()
    gone[:, :, 3] = -INF
    yield name, "a class gone", [gone, np.array([[1, 2]]), np.array([4]), np.array([2])], {}
    needed = [gone, np.array([[1, 3]]), np.array([4]), np.array([2])]
    yield name, "a class gone that is needed", needed, {}
    yield name, "a class gone that is needed", needed, {"zero_infinity": True}
    yield name, "no frames", [x, rows, np.array([6, 5, 6, 0]), lengths[1]], {}


def of_likelihoods(rng) -> Iterator[Case]:
    name = "poisson_nll_loss"
    counts = np.array([0.0, 1.0, 2.0, 3.0, 7.0, 1.5, 0.5, 100.0])
    for full in (False, True):
        given = {"full": True} if full else {}
        yield name, "random", [normal(rng, 8), counts], given
        rates = np.round(rng.uniform(0.1, 9, 8), 3)
        yield name, "rates", [rates, counts], {**given, "log_input": False}
        exact = {**given, "log_input": False, "eps": 0.01}
        yield name, "rate 0", [np.zeros(8), counts], exact
    yield name, "rate 0 and no eps", [np.zeros(2), np.array([0.0, 2.0])], exact | {"eps": 0.0}
    yield name, "log-rate minus infinity", [np.full(2, -INF), np.array([0.0, 2.0])], {}
    yield name, "log-rate infinity", [np.full(2, INF), np.array([0.0, 2.0])], {}
    yield name, "huge log-rate", [np.array([800.0, -800.0]), np.array([3.0, 3.0])], {}
    yield name, "nothing", [np.zeros(0)] * 2, {}
    name = "gaussian_nll_loss"
    x, y, v = normal(rng, 3, 4), normal(rng, 3, 4), np.round(rng.uniform(0.1, 3, (3, 4)), 3)
    for given in ({}, {"full": True}, {"eps": 0.5}):
        yield name, "random", [x, y, v], given
        yield name, "a variance per row", [x, y, v[:, :1]], given
        yield name, "a variance per row without axis", [x, y, v[:, 0]], given
    yield name, "variance 0", [x, y, 0 * v], {}
    yield name, "one row", [x[0], y[0], v[0]], {}
    yield name, "infinitely far", [np.array([INF, 1.0]), np.zeros(2), np.ones(2)], {}
    yield name, "infinite variance", [np.ones(2), np.zeros(2), np.array([INF, 1.0])], {}
    yield name, "nothing", [np.zeros(0)] * 3, {}


def all_cases() -> Iterator[Case]:
    parts = (
        of_differences, of_classes, of_probabilities, of_margins, of_vectors, of_sequences,
        of_likelihoods,
    )  # fmt: skip
    for seed, part in enumerate(parts):
        yield from part(np.random.default_rng(seed))


def plain(value):
    """An array as its shape and flat list; anything else as it is."""
    import torch

    if isinstance(value, torch.Tensor):
        value = value.detach().numpy()
    if isinstance(value, np.ndarray | np.generic):
        return {"shape": list(np.shape(value)), "flat": np.ravel(value).tolist()}
    return value


def asked(name, inputs, options, reduction):
    """torch's value and its gradients by argument name."""
    import torch

    given = [torch.tensor(np.asarray(value)) for value in inputs]
    names = NAMES.get(name, ("input", "target"))
    slopes = {names[i]: given[i] for i in SLOPES[name] if given[i].is_floating_point()}
    if name == "ctc_loss":
        slopes = {"log_probs": given[0]}
    for tensor in slopes.values():
        tensor.requires_grad_()
    options = {k: torch.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}
    value = getattr(torch.nn.functional, name)(*given, **options, reduction=reduction)
    value.sum().backward()
    zeros = {k: torch.zeros_like(v) if v.grad is None else v.grad for k, v in slopes.items()}
    return value, zeros


def recorded(case: Case) -> dict:
    name, label, inputs, options = case
    found: dict = {
        "loss": name,
        "case": label,
        "inputs": [plain(np.asarray(value)) for value in inputs],
        "options": {k: plain(v) for k, v in options.items()},
        "value": {},
        "gradient": {},
    }
    for reduction in ("none", "mean", "sum", *(["batchmean"] if name == "kl_div" else [])):
        if (name, label) in UNSET and reduction != "none":
            continue
        if reduction == "batchmean" and np.shape(inputs[0])[:1] == (0,):
            continue
        value, slopes = asked(name, inputs, options, reduction)
        found["value"][reduction] = plain(value)
        found["gradient"][reduction] = {k: plain(v) for k, v in slopes.items()}
    # That of "none", of ones, is that of the sum.
    of_ones = found["gradient"].pop("none")
    assert str(of_ones) == str(found["gradient"].get("sum", of_ones)), case
    return found


def parameters(name) -> dict:
    """The arguments of torch's function and their defaults, without the deprecated ones."""
    import torch

    given = inspect.signature(getattr(torch.nn.functional, name)).parameters.values()
    return {
        one.name: "required" if one.default is one.empty else one.default
        for one in given
        if one.name not in ("size_average", "reduce")
    }


def main() -> None:
    import torch

    assert torch.__version__.split("+")[0] == VERSION, torch.__version__
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    lines = [json.dumps(recorded(case), separators=(",", ":")) for case in all_cases()]
    said = {
        "torch": torch.__version__,
        "classes": [name for name in dir(torch.nn) if name.endswith("Loss")],
        "parameters": {name: parameters(name) for name in SLOPES},
    }
    head = json.dumps(said)[:-1]
    text = head + ', "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    Path(__file__).with_name("losses_torch.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
