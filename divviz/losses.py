"""The one table LOSSES: PyTorch's losses by their functional names, each formula once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from divviz.classification import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    kl_div,
    multi_margin_loss,
    multilabel_margin_loss,
    multilabel_soft_margin_loss,
    nll_loss,
    soft_margin_loss,
)
from divviz.ctc import ctc_loss
from divviz.dist import Array, Names, SceneError
from divviz.ranking import (
    cosine_embedding_loss,
    hinge_embedding_loss,
    margin_ranking_loss,
    triplet_margin_loss,
)
from divviz.reduction import Terms
from divviz.regression import (
    gaussian_nll_loss,
    huber_loss,
    l1_loss,
    mse_loss,
    poisson_nll_loss,
    smooth_l1_loss,
)


@dataclass(frozen=True)
class Loss:
    """A loss of predictions and targets, by PyTorch's functional name.

    `terms(*inputs, **options)` takes torch's arguments by torch's names, the options by keyword,
    and gives the losses before their reduction with their slopes. `torch` is the class in
    torch.nn, `latex` one term of x (the prediction) and y (the target), `trap` what readers
    stumble over.
    """

    name: str
    terms: Callable[..., Terms]
    torch: str
    latex: str
    source: str
    trap: str

    def value(self, *inputs: Any, reduction: str = "mean", **options: Any) -> float | Array:
        """The loss in nats or in units of the inputs: a float, an array for reduction "none".

        SceneError for bad arguments, a mean of nothing, and where the loss is undefined.
        """
        return self.terms(*inputs, **options).value(reduction)

    def gradient(self, *inputs: Any, reduction: str = "mean", **options: Any) -> dict[str, Array]:
        """What the value changes by in each differentiable argument, in that argument's shape.

        For reduction "none" it is the gradient of the sum. SceneError as in `value`, and where
        there is no slope.
        """
        return self.terms(*inputs, **options).gradient(reduction)


def loss(name: str, *inputs: Any, reduction: str = "mean", **options: Any) -> float | Array:
    """The loss of LOSSES called `name`, with torch's arguments; see Loss.value.

    >>> loss("cross_entropy", [0.0, 0.0], 1)
    0.6931471805599453
    """
    return _known(name).value(*inputs, reduction=reduction, **options)


def gradient(name: str, *inputs: Any, reduction: str = "mean", **options: Any) -> dict[str, Array]:
    """The gradient of `loss` of the same arguments; see Loss.gradient.

    >>> gradient("cross_entropy", [0.0, 0.0], 1)["input"].tolist()
    [0.5, -0.5]
    """
    return _known(name).gradient(*inputs, reduction=reduction, **options)


def _known(name: str) -> Loss:
    if name not in LOSSES:
        raise SceneError("loss", name=name, known=Names(", ".join(LOSSES)))
    return LOSSES[name]


BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"
MURPHY = "Murphy, Probabilistic Machine Learning: An Introduction (2022)"

LOSSES: dict[str, Loss] = {
    entry.name: entry
    for entry in (
        Loss(
            "l1_loss", l1_loss, "L1Loss", r"w\,|x - y|",
            f"{MURPHY}, section 11.6.1: -log of a Laplace density",
            "Its best constant is the median of the targets, not the mean; at x = y the slope "
            "jumps, and torch takes 0.",
        ),
        Loss(
            "mse_loss", mse_loss, "MSELoss", r"w\,(x - y)^2",
            f"{BISHOP}, (3.12): -log of a normal density with fixed variance",
            "No factor 1/2, so the gradient is 2 (x - y); after a sigmoid it vanishes where the "
            "answer is most wrong.",
        ),
        Loss(
            "smooth_l1_loss", smooth_l1_loss, "SmoothL1Loss",
            r"\begin{cases} (x-y)^2 / 2\beta & |x-y| < \beta \\ |x-y| - \beta/2 & \end{cases}",
            "Girshick, Fast R-CNN (2015), (3), there with beta = 1",
            "It is the Huber loss divided by beta: equal only at beta = 1; for beta towards 0 it "
            "becomes L1, while Huber becomes 0.",
        ),
        Loss(
            "huber_loss", huber_loss, "HuberLoss",
            r"w \begin{cases} (x-y)^2 / 2 & |x-y| \le \delta"
            r" \\ \delta\,(|x-y| - \delta/2) & \end{cases}",
            "Huber, Annals of Mathematical Statistics 35 (1964), 73-101",
            "delta has the unit of the target: rescale the target and delta must follow; with "
            "weights its mean divides by the number of terms, that of mse_loss by the weights.",
        ),
        Loss(
            "cross_entropy", cross_entropy, "CrossEntropyLoss",
            r"-\sum_c w_c\, y_c \log \operatorname{softmax}(x)_c",
            f"{BISHOP}, (4.108); its gradient (4.109)",
            "It takes logits: after a softmax of your own it applies a second one; with class "
            "weights the mean divides by the sum of the targets' weights.",
        ),
        Loss(
            "nll_loss", nll_loss, "NLLLoss", r"-w_y\, x_y",
            f"{BISHOP}, (4.108), of logs",
            "It takes log-probabilities and has no log in it: given probabilities it returns a "
            "negative number without complaint.",
        ),
        Loss(
            "kl_div", kl_div, "KLDivLoss", r"y\,(\log y - x)",
            "Cover & Thomas, Elements of Information Theory (2006), (2.26)",
            "torch kl_div takes log-probabilities first and the target second, for "
            "KL(target || prediction); its mean divides by elements and is not the KL, "
            "batchmean is.",
        ),
        Loss(
            "binary_cross_entropy", binary_cross_entropy, "BCELoss",
            r"-w\,\bigl(y \log x + (1 - y) \log(1 - x)\bigr)",
            f"{BISHOP}, (4.90)",
            "torch lets no log fall below -100, so a certain mistake costs 100 and not infinity; "
            "binary_cross_entropy_with_logits is exact.",
        ),
        Loss(
            "binary_cross_entropy_with_logits", binary_cross_entropy_with_logits,
            "BCEWithLogitsLoss",
            r"w\,\bigl(\rho\, y \log(1 + e^{-x}) + (1 - y) \log(1 + e^{x})\bigr)",
            f"{BISHOP}, (4.90), of logits by (4.59)",
            "It takes logits and applies the sigmoid itself; pos_weight scales only the terms "
            "of y = 1, and the mean does not divide by any weights.",
        ),
        Loss(
            "margin_ranking_loss", margin_ranking_loss, "MarginRankingLoss",
            r"\max\bigl(0,\, \epsilon - y\,(x_1 - x_2)\bigr)",
            "Herbrich, Graepel & Obermayer, Large Margin Rank Boundaries (2000)",
            "With the default margin 0 equal scores cost nothing: a constant model has loss 0.",
        ),
        Loss(
            "hinge_embedding_loss", hinge_embedding_loss, "HingeEmbeddingLoss",
            r"\begin{cases} x & y = 1 \\ \max(0,\, \epsilon - x) & y = -1 \end{cases}",
            "Hadsell, Chopra & LeCun, Dimensionality Reduction (2006), (4), without squares",
            "x is a distance, not a score: it is no hinge loss of a classifier, and a negative x "
            "makes it negative.",
        ),
        Loss(
            "multi_margin_loss", multi_margin_loss, "MultiMarginLoss",
            r"\frac{w_y}{C} \sum_{c \ne y} \max(0,\, \epsilon - x_y + x_c)^p",
            "Weston & Watkins, Support Vector Machines for Multi-Class Pattern Recognition (1999)",
            "It divides by the number of classes C, not by C - 1, and its mean not by the "
            "weights.",
        ),
        Loss(
            "multilabel_margin_loss", multilabel_margin_loss, "MultiLabelMarginLoss",
            r"\frac{1}{C} \sum_{j \in y} \sum_{c \notin y} \max(0,\, 1 - x_j + x_c)",
            "Crammer & Singer, JMLR 3 (2003), 1025-1058",
            "The target lists class numbers and ends at the first -1; it is no vector of zeros "
            "and ones.",
        ),
        Loss(
            "multilabel_soft_margin_loss", multilabel_soft_margin_loss, "MultiLabelSoftMarginLoss",
            r"\frac{1}{C} \sum_c w_c\,\bigl(y_c \log(1 + e^{-x_c})"
            r" + (1 - y_c) \log(1 + e^{x_c})\bigr)",
            f"{BISHOP}, (4.90), for each label",
            "It is the binary cross-entropy with logits averaged over labels; its target is "
            "zeros and ones, unlike multilabel_margin_loss.",
        ),
        Loss(
            "soft_margin_loss", soft_margin_loss, "SoftMarginLoss", r"\log(1 + e^{-y x})",
            "Hastie, Tibshirani & Friedman, The Elements of Statistical Learning (2009), tab. 12.1",
            "It is the logistic loss with targets -1 and 1; a target of 0 would cost log 2 "
            "whatever the score.",
        ),
        Loss(
            "cosine_embedding_loss", cosine_embedding_loss, "CosineEmbeddingLoss",
            r"\begin{cases} 1 - \cos(x_1, x_2) & y = 1"
            r" \\ \max(0,\, \cos(x_1, x_2) - \epsilon) & y = -1 \end{cases}",
            "Chopra, Hadsell & LeCun, Learning a Similarity Metric (2005), with the cosine",
            "It sees directions only: scaling a vector changes nothing; and torch gives a vector "
            "of zeros the cosine 0.",
        ),
        Loss(
            "triplet_margin_loss", triplet_margin_loss, "TripletMarginLoss",
            r"\max\bigl(0,\, \epsilon + \|a - p\| - \|a - n\|\bigr)",
            "Balntas et al., Learning Local Feature Descriptors with Triplets (2016), section 3",
            "Distances are not squared, unlike FaceNet's; eps is added to each difference, so "
            "the distance from x to x is not 0.",
        ),
        Loss(
            "ctc_loss", ctc_loss, "CTCLoss",
            r"-\log \sum_{\pi \in \mathcal B^{-1}(y)} \prod_t e^{x_{t, \pi_t}}",
            "Graves et al., Connectionist Temporal Classification (2006), (3) and (5)",
            "Its mean first divides by each target's length; equal neighbours need a blank "
            "between them, so a short input costs infinity; torch's gradient is that of logits.",
        ),
        Loss(
            "poisson_nll_loss", poisson_nll_loss, "PoissonNLLLoss",
            r"e^{x} - y x \;\; [+ \log y!]",
            f"{MURPHY}, section 12.2.3",
            "By default x is the log of the rate, and log y! is left out: so it may be negative, "
            "and it is smallest, not 0, at a rate of y.",
        ),
        Loss(
            "gaussian_nll_loss", gaussian_nll_loss, "GaussianNLLLoss",
            r"\tfrac12 \Bigl(\log v + \frac{(x - y)^2}{v}\Bigr) \;\;"
            r" [+ \tfrac12 \log 2\pi]",
            "Nix & Weigend, Estimating the Mean and Variance of the Target (1994)",
            "var is a variance, not a standard deviation, and not its log; a large var makes "
            "the slope in x small where the error is large.",
        ),
    )
}  # fmt: skip
