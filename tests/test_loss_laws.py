"""The losses against mathematics and SciPy, and what a caller can get wrong."""

from __future__ import annotations

import itertools
import math
from typing import Any

import mpmath
import numpy as np
import pytest
from cases import each
from scipy import stats
from scipy.spatial import distance
from scipy.special import log_softmax, softmax

from divviz.errors import SceneError
from divviz.losses import gradient, loss

INF = math.inf
RNG = np.random.default_rng(7)


def test_the_gradient_of_cross_entropy_is_p_minus_y() -> None:
    x = RNG.normal(size=(5, 4))
    y = np.array([0, 3, 1, 1, 2])
    found = gradient("cross_entropy", x, y, reduction="sum")["input"]
    np.testing.assert_allclose(found, softmax(x, axis=1) - np.eye(4)[y], rtol=1e-12, atol=1e-15)


@each("gap", [1, 30, 40, 100, 700])
def test_a_sure_and_right_answer_keeps_its_small_loss(gap: float) -> None:
    with mpmath.workdps(50):
        tiny = mpmath.exp(-mpmath.mpf(gap))
        value, slope = float(mpmath.log1p(tiny)), float(tiny / (1 + tiny))
    assert loss("cross_entropy", [gap, 0.0], 0) == pytest.approx(value, rel=1e-14)
    found = gradient("cross_entropy", [gap, 0.0], 0)["input"]
    assert found.tolist() == pytest.approx([-slope, slope], rel=1e-14)
    assert loss("soft_margin_loss", gap, 1) == pytest.approx(value, rel=1e-14)
    logits = "binary_cross_entropy_with_logits"
    assert loss(logits, gap, 1) == pytest.approx(value, rel=1e-14)
    assert gradient(logits, gap, 1)["input"] == pytest.approx(-slope, rel=1e-14)


def test_cross_entropy_with_probabilities_is_entropy_plus_kl() -> None:
    x, t = RNG.normal(size=6), RNG.dirichlet(np.ones(6))
    expected = stats.entropy(t) + stats.entropy(t, softmax(x))
    assert loss("cross_entropy", x, t) == pytest.approx(expected, rel=1e-13)


def test_smoothing_is_cross_entropy_with_a_smoothed_target() -> None:
    x, y = RNG.normal(size=(3, 4)), np.array([2, 0, 1])
    t = 0.9 * np.eye(4)[y] + 0.1 / 4
    expected = -(t * log_softmax(x, axis=1)).sum(axis=1)
    found = loss("cross_entropy", x, y, label_smoothing=0.1, reduction="none")
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_a_weighted_mean_divides_by_the_weights() -> None:
    """Logits 0: every term is w log 2, so the mean is log 2 and the sum (3 + 1) log 2."""
    x, y, w = np.zeros((2, 2)), [0, 1], [3, 1]
    assert loss("cross_entropy", x, y, weight=w) == pytest.approx(math.log(2), rel=1e-15)
    total = loss("cross_entropy", x, y, weight=w, reduction="sum")
    assert total == pytest.approx(4 * math.log(2), rel=1e-15)


def test_batchmean_is_the_kl_divergence_and_mean_is_not() -> None:
    p, q = np.array([[0.5, 0.25, 0.25], [0.1, 0.2, 0.7]]), np.array([[0.2, 0.3, 0.5]] * 2)
    kl = stats.entropy(p, q, axis=1)
    found = loss("kl_div", np.log(q), p, reduction="batchmean")
    assert found == pytest.approx(kl.mean(), rel=1e-13)
    assert loss("kl_div", np.log(q), p) == pytest.approx(kl.mean() / 3, rel=1e-13)
    by_logs = loss("kl_div", np.log(q), np.log(p), log_target=True, reduction="batchmean")
    assert by_logs == pytest.approx(kl.mean(), rel=1e-13)


def test_a_certain_mistake_costs_100_with_probabilities_and_infinity_with_logits() -> None:
    assert loss("binary_cross_entropy", 0.0, 1.0) == 100
    assert loss("binary_cross_entropy_with_logits", -INF, 1.0) == INF


def test_huber_is_beta_times_smooth_l1() -> None:
    x, y = RNG.normal(size=9), RNG.normal(size=9)
    smooth = 0.4 * np.asarray(loss("smooth_l1_loss", x, y, beta=0.4, reduction="none"))
    np.testing.assert_allclose(loss("huber_loss", x, y, delta=0.4, reduction="none"), smooth)


def test_the_full_gaussian_loss_is_minus_the_log_density() -> None:
    x, y, v = RNG.normal(size=9), RNG.normal(size=9), RNG.uniform(0.5, 3, 9)
    found = loss("gaussian_nll_loss", x, y, v, full=True, reduction="none")
    np.testing.assert_allclose(found, -stats.norm.logpdf(y, x, np.sqrt(v)), rtol=1e-13)


def test_the_full_poisson_loss_is_minus_the_log_mass_but_for_stirlings_error() -> None:
    """log k! exceeds Stirling's formula by 1/(12 k + 1) to 1/(12 k)."""
    k = np.array([2.0, 5.0, 30.0, 400.0])
    rate = np.array([1.0, 6.0, 20.0, 380.0])
    found = loss("poisson_nll_loss", np.log(rate), k, full=True, reduction="none")
    error = -stats.poisson.logpmf(k, rate) - found
    assert ((error > 1 / (12 * k + 1)) & (error < 1 / (12 * k))).all()


@each("p", [1, 1.5, 2, 3, INF])
def test_triplets_compare_scipys_distances(p: float) -> None:
    a, b, c = RNG.normal(size=(3, 4))
    near, far = (distance.minkowski(a, other, p) for other in (b, c))
    found = loss("triplet_margin_loss", a, b, c, margin=9, p=p, eps=0)
    assert found == pytest.approx(9 + near - far, rel=1e-13)
    between = distance.minkowski(b, c, p)
    found = loss("triplet_margin_loss", a, b, c, margin=9, p=p, eps=0, swap=True)
    assert found == pytest.approx(9 + near - min(far, between), rel=1e-13)


def test_cosines_are_scipys() -> None:
    a, b = RNG.normal(size=(2, 7))
    assert loss("cosine_embedding_loss", a, b, 1) == pytest.approx(distance.cosine(a, b), rel=1e-11)


def collapsed(path: tuple[int, ...], blank: int) -> list[int]:
    return [c for c, _ in itertools.groupby(path) if c != blank]


@each("blank", [0, 2])
@each("labels", [[], [1], [1, 1], ["other", 1], [1, "other", 1]])
def test_ctc_counts_every_alignment(labels: list[Any], blank: int) -> None:
    """All 3^5 paths of 5 frames by hand, and how often each class is used in each frame."""
    spelled = [2 - blank if c == "other" else c for c in labels]
    p = RNG.dirichlet(np.ones(3), size=5)
    total, used = 0.0, np.zeros((5, 3))
    for path in itertools.product(range(3), repeat=5):
        if collapsed(path, blank) == spelled:
            mass = math.prod(p[t, c] for t, c in enumerate(path))
            total += mass
            used[range(5), path] += mass
    given: list[Any] = ["ctc_loss", np.log(p), spelled, 5, len(spelled)]
    found = loss(*given, blank=blank, reduction="sum")
    assert found == pytest.approx(-math.log(total), rel=1e-12)
    slope = gradient(*given, blank=blank, reduction="sum")["log_probs"]
    np.testing.assert_allclose(slope, -used / total, rtol=1e-12, atol=1e-15)


def test_repeated_labels_need_a_blank_between_them() -> None:
    p = np.log(np.full((2, 3), 1 / 3))
    assert loss("ctc_loss", p, [1, 1], 2, 2) == INF
    assert loss("ctc_loss", p, [1, 1], 2, 2, zero_infinity=True) == 0
    # 1-2 is one path of the 9; the mean divides by the two labels.
    assert loss("ctc_loss", p, [1, 2], 2, 2) == pytest.approx(math.log(9) / 2, rel=1e-15)
    spared = gradient("ctc_loss", p, [1, 1], 2, 2, zero_infinity=True)["log_probs"]
    assert not spared.any()


# --- what a caller can get wrong ----------------------------------------------------------------

TWO, PAIR = np.zeros((2, 3)), np.zeros(2)
CROSS, BCE = "cross_entropy", "binary_cross_entropy"
WRONG: list[tuple[list[Any], dict[str, Any], str]] = [
    (["kl"], {}, "kl is not a known loss; choose one of: l1_loss, mse_loss"),
    (["l1_loss", 1, 2], {"reduction": "avg"}, "avg is not a reduction.*: none, mean, sum[.]"),
    (["l1_loss", 1, 2], {"reduction": "batchmean"}, "batchmean is not a reduction"),
    (["kl_div", 0, 1], {"reduction": ""}, "choose one of: none, mean, sum, batchmean[.]"),
    (["l1_loss", "1", 2], {}, "input holds something that is not a number"),
    (["l1_loss", 1, True], {}, "target holds something that is not a number"),
    (["l1_loss", [1, [2]], 2], {}, "input holds something that is not a number"),
    (["l1_loss", math.nan, 2], {}, "input holds something that is not a number"),
    (["l1_loss", [1, 2], [1]], {}, r"target has the shape \(1,\); give it the shape \(2,\)"),
    (["l1_loss", [1, 2], [1, 2]], {"weight": [1]}, r"weight has the shape \(1,\)"),
    (["mse_loss", 1, 2], {"weight": -1}, "weight holds -1; use ≥ 0"),
    (["smooth_l1_loss", 1, 2], {"beta": -1}, "beta holds -1; use ≥ 0"),
    (["huber_loss", 1, 2], {"delta": 0}, "delta holds 0; use > 0"),
    (["huber_loss", 1, 2], {"delta": INF}, "delta holds inf; use > 0"),
    ([CROSS, 0.5, 0], {}, r"input has the shape \(\); .*\(C,\), \(N, C\), \(N, C, d1, …\)"),
    ([CROSS, np.zeros((2, 0)), [0, 0]], {}, r"input has the shape \(2, 0\)"),
    ([CROSS, TWO, [0, 3]], {}, "target holds 3; use 0, 1, 2"),
    ([CROSS, TWO, [0, -1]], {}, "target holds -1; use 0, 1, 2"),
    ([CROSS, np.zeros((1, 9)), [9]], {}, "target holds 9; use 0, 1, …, 8"),
    ([CROSS, TWO, [0, 0.5]], {}, "target holds 0.5; use 0, 1, 2"),
    ([CROSS, TWO, [0, 1, 2]], {}, r"target has the shape \(3,\); give it the shape \(2,\)"),
    ([CROSS, TWO, TWO + 1.5], {}, "target holds 1.5; use 0 … 1"),
    ([CROSS, TWO, [[0], [1, 2]]], {}, "target holds something that is not a number"),
    ([CROSS, TWO, TWO], {"ignore_index": 1}, "ignore_index holds 1; use -100"),
    ([CROSS, TWO, [0, 1]], {"label_smoothing": 1.1}, "label_smoothing holds 1.1; use 0 … 1"),
    ([CROSS, TWO, [0, 1]], {"weight": [1, 1]}, r"weight has the shape .* the shape \(3,\)"),
    ([CROSS, TWO, [0, 1]], {"weight": [1, 1, -1]}, "weight holds -1; use ≥ 0"),
    ([CROSS, TWO, [0, 1]], {"weight": [1, 1, INF]}, "weight holds inf; use ≥ 0"),
    (["nll_loss", TWO, TWO], {}, r"target has the shape \(2, 3\); give it the shape \(2,\)"),
    (["kl_div", PAIR, [0.5, -0.5]], {}, "target holds -0.5; use 0 … 1"),
    ([BCE, [0.5, 1.5], [0, 1]], {}, "input holds 1.5; use 0 … 1"),
    ([BCE, [0.5, 0.5], [0, 2]], {}, "target holds 2; use 0 … 1"),
    ([BCE, [0.5, 0.5], [0, 1]], {"weight": [1, 2, 3]}, r"weight has the shape \(3,\)"),
    ([BCE + "_with_logits", PAIR, PAIR], {"pos_weight": [1] * 3}, "pos_weight has the shape"),
    (["margin_ranking_loss", PAIR, PAIR, [0, 1]], {}, "target holds 0; use -1, 1"),
    (["margin_ranking_loss", PAIR, PAIR, [1, 1]], {"margin": INF}, "margin holds inf; use -∞ <"),
    (["hinge_embedding_loss", PAIR, [1, 2]], {}, "target holds 2; use -1, 1"),
    (["soft_margin_loss", PAIR, [0, 1]], {}, "target holds 0; use -1, 1"),
    (["multi_margin_loss", TWO, [0, 1]], {"p": 3}, "p holds 3; use 1, 2"),
    (["multi_margin_loss", TWO, [0, 1]], {"p": 1.5}, "p holds 1.5; use 1, 2"),
    (["multi_margin_loss", TWO, [0, 3]], {}, "target holds 3; use 0, 1, 2"),
    (["multi_margin_loss", 1.0, 0], {}, "input has the shape"),
    (["multilabel_margin_loss", PAIR, [0, 2]], {}, "target holds 2; use -1, 0, 1"),
    (["multilabel_soft_margin_loss", 1.0, 1.0], {}, "input has the shape"),
    (["cosine_embedding_loss", TWO, TWO, [1, 0]], {}, "target holds 0; use -1, 1"),
    (["cosine_embedding_loss", 1.0, 1.0, 1], {}, "input1 has the shape"),
    (["triplet_margin_loss", TWO, TWO, PAIR], {}, r"negative has the shape \(2,\)"),
    (["triplet_margin_loss", TWO, TWO, TWO], {"p": 0.5}, "p holds 0.5; use ≥ 1"),
    (["triplet_margin_loss", TWO, TWO, TWO], {"eps": -1}, "eps holds -1; use ≥ 0"),
    (["ctc_loss", PAIR, [1], 2, 1], {}, "log_probs has the shape"),
    (["ctc_loss", TWO, [1], 3, 1], {}, "input_lengths holds 3; use 0, 1, 2"),
    (["ctc_loss", TWO, [0], 2, 1], {}, "targets holds 0; use 0, 1, 2; ≠ 0"),
    (["ctc_loss", TWO, [3], 2, 1], {}, "targets holds 3; use 0, 1, 2"),
    (["ctc_loss", TWO, [1], 2, 2], {}, r"targets has the shape \(1,\); give it the shape \(2,\)"),
    (["ctc_loss", TWO, [1], 2, -1], {}, "target_lengths holds -1; use 0, 1, …"),
    (["ctc_loss", TWO, [1], 2, 1], {"blank": 3}, "blank holds 3; use 0, 1, 2"),
    (["ctc_loss", TWO[:, None], [[1]], [2, 2], [1]], {}, "input_lengths has the shape"),
    (["ctc_loss", TWO[:, None], [[1]], [2], [2]], {}, r"targets has .* the shape \(1, 2\)"),
    (["poisson_nll_loss", 1, -1], {}, "target holds -1; use ≥ 0"),
    (["poisson_nll_loss", -1, 1], {"log_input": False}, "input holds -1; use ≥ 0"),
    (["gaussian_nll_loss", 1, 1, -1], {}, "var holds -1; use ≥ 0"),
    (["gaussian_nll_loss", PAIR, PAIR, TWO], {}, r"var has the shape \(2, 3\)"),
    (["gaussian_nll_loss", 1, 1, 1], {"eps": 0}, "eps holds 0; use > 0"),
]


@each(("inputs", "options", "says"), WRONG)
def test_bad_input_is_named_with_a_remedy(
    inputs: list[Any], options: dict[str, Any], says: str
) -> None:
    for asked in (loss, gradient):
        with pytest.raises(SceneError, match=says):
            asked(*inputs, **options)


def test_numpy_still_warns_after_a_loss() -> None:
    before = np.geterr()
    loss("cross_entropy", [-INF, 0.0], 0)
    assert np.geterr() == before
