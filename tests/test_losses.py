"""The losses against PyTorch 2.13.0, which record_losses.py asked once, and against mathematics."""

from __future__ import annotations

import inspect
import itertools
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cases import each

from divviz.errors import SceneError
from divviz.losses import LOSSES, gradient, loss

INF = math.inf
RECORD = json.loads(Path(__file__).with_name("losses_torch.json").read_text(encoding="utf-8"))
CASES = RECORD["cases"]
# Measured: values to 4e-15, slopes to 5e-14, and those below 1e-3 to 1e-16 (torch rounds p - 1).
CLOSE = {"rtol": 1e-13, "atol": 2e-16}
RNG = np.random.default_rng(7)


def array(value: Any) -> Any:
    """An array from its recorded shape and flat list; anything else as it is."""
    if not isinstance(value, dict):
        return value
    flat = value["flat"]
    whole = flat and all(isinstance(number, int) for number in flat)
    return np.array(flat, int if whole else float).reshape(value["shape"])


def title(case: dict[str, Any]) -> str:
    return ", ".join([case["loss"], case["case"], *case["options"]])


def arguments(case: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    options = {name: array(value) for name, value in case["options"].items()}
    return [case["loss"], *(array(value) for value in case["inputs"])], options


# Where torch returns nan for a mean of nothing: no term, all ignored, or no weight at all.
EMPTY = {title(case) for case in CASES if case["case"] == "nothing"} | {
    "cross_entropy, all ignored",
    "cross_entropy, all ignored, weight",
    "cross_entropy, all ignored, label_smoothing",
    "cross_entropy, all ignored, weight, label_smoothing",
    "cross_entropy, no weight, weight",
    "cross_entropy, no weight, smoothed, weight, label_smoothing",
    "cross_entropy, no probabilities",
    "nll_loss, all ignored",
    "nll_loss, all ignored, weight",
    "nll_loss, no weight, weight",
    "l1_loss, no weight, weight",
    "mse_loss, no weight, weight",
}
# Where torch returns nan because there is no answer: inf - inf, or which of two infinite logits.
UNDEFINED = {
    "l1_loss, undefined",
    "mse_loss, undefined",
    "smooth_l1_loss, undefined",
    "huber_loss, undefined",
    "margin_ranking_loss, undefined",
    "cross_entropy, two infinite",
    "cross_entropy, all minus infinity",
}
# Where torch returns nan, or overflows, and there is an answer: ours for reduction "none" and the
# gradient of the sum; None where torch's own stands.
OURS: dict[str, dict[str, list[Any]]] = {
    # 0 log 0 = 0.
    "cross_entropy, probability 0 at minus infinity": {
        # -(log p_2 + 3 log p_3) / 4 with p = softmax(0.5, 1.5)
        "each": [math.log1p(math.e) - 0.75, 0.0],
    },
    # softmax(inf, 0) = (1, 0), the limit.
    "cross_entropy, right at infinity": {"each": [0.0, None], "input": [0, 0, None, None]},
    "cross_entropy, wrong at infinity": {"each": [INF, None], "input": [1, -1, None, None]},
    "nll_loss, no weight at minus infinity, weight": {"each": [0.0, None]},
    # The slope of t log t at 0 is -inf.
    "kl_div, target 0": {"target": [None, None, -INF]},
    "kl_div, target 0, log_target": {"each": [None, None, 0.0], "target": [None, None, 0.0]},
    "kl_div, both 0": {"each": [None, None, 0.0], "target": [None, None, INF]},
    "kl_div, both 0, log_target": {"each": [None, None, 0.0], "target": [None, None, 0.0]},
    # The loss is linear in the target, with the slope that its own logs, cut at -100, have.
    **{
        f"binary_cross_entropy, sure and {how}": {"target": [100, -100, 100, None, None]}
        for how in ("right", "wrong", "half right")
    },
    "binary_cross_entropy_with_logits, right at infinity": {"each": [0.0, 0.0]},
    "binary_cross_entropy_with_logits, wrong at infinity": {"each": [None, INF]},
    "multilabel_soft_margin_loss, right at infinity": {"each": [0.0]},
    # log(1 + exp(800)) = 800 to 348 digits.
    "soft_margin_loss, huge": {"each": [800.0, 1e9], "input": [1.0, 1.0]},
    "soft_margin_loss, infinite and wrong": {"input": [1.0, -1.0]},
    "poisson_nll_loss, log-rate minus infinity": {"each": [0.0, None]},
    "poisson_nll_loss, log-rate infinity": {"each": [INF, INF]},
    "poisson_nll_loss, rate 0 and no eps, full, log_input, eps": {
        "each": [0.0, None],
        "input": [1.0, None],
        "target": [INF, None],
    },
    # Stirling's term is left out up to a count of 1, so the slope there is minus the log-rate.
    "poisson_nll_loss, random, full": {"target": [-2.585, *[None] * 7]},
    "poisson_nll_loss, rates, full, log_input": {"target": [-math.log(1.051 + 1e-8), *[None] * 7]},
    "poisson_nll_loss, rate 0, full, log_input, eps": {"target": [-math.log(0.01), *[None] * 7]},
}
# torch adds exp(log_probs) to the derivative, which makes it that of logits under log_softmax.
PLAIN = [c for c in CASES if title(c) not in EMPTY | UNDEFINED | OURS.keys()]
ALIGNED = [c for c in PLAIN if c["loss"] == "ctc_loss"]


def test_it_is_torch_2_13_0_that_was_asked() -> None:
    assert RECORD["torch"].split("+")[0] == "2.13.0"


def has_nan(case: dict[str, Any]) -> bool:
    """Whether torch returned nan, or a mean of an empty batch that it never wrote."""
    found = [*case["value"].values(), *(g for r in case["gradient"].values() for g in r.values())]
    return any(np.isnan(v["flat"]).any() for v in found) or "mean" not in case["value"]


def test_the_record_holds_every_loss() -> None:
    assert {case["loss"] for case in CASES} == set(LOSSES) == set(RECORD["parameters"])


def test_nan_from_torch_is_always_answered_here() -> None:
    different = EMPTY | UNDEFINED | OURS.keys()
    assert different <= {title(case) for case in CASES}
    odd = {title(case) for case in CASES if has_nan(case) and case["loss"] != "ctc_loss"}
    # Overflow and logs without the -100 are torch's differences without a nan.
    assert odd | {t for t in OURS if t.startswith("binary_cross_entropy, sure")} == different


@each("name", LOSSES)
def test_arguments_and_defaults_are_those_of_torch(name: str) -> None:
    ours = inspect.signature(LOSSES[name].terms).parameters.values()
    found = {p.name: "required" if p.default is p.empty else p.default for p in ours}
    assert found | {"reduction": "mean"} == RECORD["parameters"][name]


def test_the_classes_exist_in_torch() -> None:
    assert {entry.torch for entry in LOSSES.values()} < set(RECORD["classes"])


@each("entry", LOSSES.values())
def test_every_loss_names_its_formula_its_source_and_its_trap(entry: Any) -> None:
    assert LOSSES[entry.name] is entry and entry.terms.__name__ == entry.name
    assert entry.latex.count("{") == entry.latex.count("}")
    assert entry.source and entry.trap.endswith(".") and "\n" not in entry.trap


def agree(ours: Any, torch: Any) -> None:
    """The same numbers, infinities and shapes; no nan and no -0.0 here."""
    ours = np.asarray(ours)
    assert ours.dtype == float and not np.isnan(ours).any()
    assert not (np.signbit(ours) & (ours == 0)).any()
    assert ours.shape == torch.shape
    np.testing.assert_allclose(ours, torch, **CLOSE)


@each("case", PLAIN)
def test_values_are_those_of_torch(case: dict[str, Any]) -> None:
    inputs, options = arguments(case)
    for reduction, value in case["value"].items():
        found = loss(*inputs, reduction=reduction, **options)
        assert isinstance(found, np.ndarray if reduction == "none" else float)
        agree(found, array(value))


@each("case", [c for c in PLAIN if c not in ALIGNED])
def test_gradients_are_those_of_torch(case: dict[str, Any]) -> None:
    inputs, options = arguments(case)
    for reduction, slopes in {**case["gradient"], "none": case["gradient"]["sum"]}.items():
        found = gradient(*inputs, reduction=reduction, **options)
        assert found.keys() == slopes.keys()
        for name, slope in slopes.items():
            agree(found[name], array(slope))


@each("case", [c for c in CASES if title(c) in EMPTY])
def test_a_mean_of_nothing_is_refused(case: dict[str, Any]) -> None:
    inputs, options = arguments(case)
    for asked in (loss, gradient):
        with pytest.raises(SceneError, match=r"nothing to average.*or use sum"):
            asked(*inputs, **options)
    each = loss(*inputs, reduction="none", **options)
    agree(each, array(case["value"]["none"]))
    # torch's own sum of an empty batch is sometimes memory that nothing has written.
    assert loss(*inputs, reduction="sum", **options) == np.sum(each)
    found = gradient(*inputs, reduction="sum", **options)
    for name, slope in case["gradient"].get("sum", {}).items():
        agree(found[name], array(slope))


@each("case", [c for c in CASES if title(c) in UNDEFINED])
def test_what_is_undefined_is_refused(case: dict[str, Any]) -> None:
    inputs, options = arguments(case)
    for asked, reduction in itertools.product((loss, gradient), ("none", "mean", "sum")):
        with pytest.raises(
            SceneError, match=r"use moderate ones|make at least one|keep at most one"
        ):
            asked(*inputs, reduction=reduction, **options)


@each("case", [c for c in CASES if title(c) in OURS])
def test_a_limit_stands_where_torch_has_nan(case: dict[str, Any]) -> None:
    inputs, options = arguments(case)
    by_hand = OURS[title(case)]

    def expected(torch: Any, key: str) -> Any:
        torch = array(torch)
        ours = by_hand.get(key, [None] * torch.size)
        mixed = [t if o is None else o for o, t in zip(ours, torch.flat, strict=True)]
        assert all(o is None or o != t for o, t in zip(ours, torch.flat, strict=True))
        return np.reshape(np.array(mixed, float), torch.shape)

    each = expected(case["value"]["none"], "each")
    agree(loss(*inputs, reduction="none", **options), each)
    agree(loss(*inputs, reduction="sum", **options), each.sum())
    found = gradient(*inputs, reduction="sum", **options)
    for name, slope in case["gradient"]["sum"].items():
        agree(found[name], expected(slope, name))


@each("case", ALIGNED)
def test_the_gradient_of_ctc_is_that_of_torch_less_the_softmax(case: dict[str, Any]) -> None:
    inputs, options = arguments(case)
    each = np.atleast_1d(loss(*inputs, reduction="none", **options))
    if np.isinf(each).any():
        with pytest.raises(SceneError, match="no slope in log_probs"):
            gradient(*inputs, **options)
        return
    frames, lengths, sizes = inputs[1], np.atleast_1d(inputs[3]), np.atleast_1d(inputs[4])
    plain = np.atleast_1d(loss(*inputs, reduction="none", **{**options, "zero_infinity": False}))
    for reduction, slopes in case["gradient"].items():
        torch = array(slopes["log_probs"]).reshape(len(frames), len(sizes), -1)
        probs = np.exp(frames).reshape(torch.shape)
        on = (np.arange(len(frames))[:, None] < lengths) & np.isfinite(plain)
        share = 1 / (len(sizes) * np.maximum(sizes, 1)) if reduction == "mean" else 1.0
        expected = torch - (on * share)[..., None] * probs
        found = gradient(*inputs, reduction=reduction, **options)["log_probs"]
        # torch has nan for a class whose log-probability is -inf: nothing depends on it.
        expected = np.where(np.isneginf(frames.reshape(torch.shape)), 0.0, expected)
        np.testing.assert_allclose(found, expected.reshape(found.shape), rtol=1e-12, atol=1e-13)


# --- slopes against the values ------------------------------------------------------------------


def along(case: dict[str, Any], name: str, place: int) -> tuple[float, float]:
    """The slope along a random direction, by the gradient and by five points of the value."""
    inputs, options = arguments(case)
    direction = RNG.uniform(-1, 1, inputs[place].shape)

    def value(step: float) -> float:
        moved = [x + step * direction if i == place else x for i, x in enumerate(inputs)]
        return float(loss(*moved, reduction="sum", **options))

    h = 1e-4
    near, far = value(h) - value(-h), value(2 * h) - value(-2 * h)
    exact = gradient(*inputs, reduction="sum", **options)[name]
    return float((exact * direction).sum()), (8 * near - far) / (12 * h)


SMOOTH = [
    case
    for case in CASES
    if case["case"].startswith(("random", "classes", "probabilities", "weights", "long"))
    and title(case) not in EMPTY
    # Below eps the slope in the variance is by convention that at eps.
    and title(case) != "gaussian_nll_loss, random, eps"
    # A count of 0 cannot be moved down.
    and case["loss"] != "poisson_nll_loss"
]


@each("case", SMOOTH)
def test_gradients_are_the_slopes_of_the_values(case: dict[str, Any]) -> None:
    inputs, options = arguments(case)
    terms = inspect.signature(LOSSES[case["loss"]].terms).parameters
    for name in gradient(*inputs, reduction="sum", **options):
        by_formula, by_steps = along(case, name, 1 + list(terms).index(name))
        assert by_formula == pytest.approx(by_steps, rel=1e-8, abs=1e-8)


def test_every_loss_but_poisson_is_moved() -> None:
    assert {case["loss"] for case in SMOOTH} == LOSSES.keys() - {"poisson_nll_loss"}


@pytest.mark.parametrize("full", [False, True])
def test_poisson_slopes_are_those_of_its_values(full: bool) -> None:
    x, k, h = np.array([0.3, 1.2, -2.0]), np.array([0.5, 2.0, 40.0]), 1e-4
    found = gradient("poisson_nll_loss", x, k, full=full, reduction="sum")
    for i, name in enumerate(("input", "target")):
        for j in range(3):
            e = np.eye(3)[j]
            y = [
                float(loss("poisson_nll_loss", x + s * (1 - i) * e, k + s * i * e, full=full) * 3)
                for s in (-2 * h, -h, h, 2 * h)
            ]
            steps = (8 * (y[2] - y[1]) - (y[3] - y[0])) / (12 * h)
            assert found[name][j] == pytest.approx(steps, rel=1e-8, abs=1e-8)
