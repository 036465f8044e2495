"""The loss of connectionist temporal classification: a label sequence under all its alignments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from divviz.dist import QUIET, Array
from divviz.reduction import Terms, Whole, counted, integers, numbers, refuse, refuse_shape


@QUIET
def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    *,
    blank: int = 0,
    zero_infinity: bool = False,
) -> Terms:
    """-log of the probability of all alignments of frames that spell the target.

    log_probs (T, N, C), or (T, C) for one sequence; targets (N, S), or all of them joined in
    one row; lengths (N,), or numbers for one sequence. Infinite where no alignment fits; with
    `zero_infinity` such a term is 0. "mean" first divides each term by its target's length, at
    least 1. The slope is the derivative in log_probs, minus the posterior of each class and
    frame; torch returns exp(log_probs) more, which is the slope in logits under log_softmax.
    Source: Graves et al., Connectionist Temporal Classification (2006), (5)-(8) and (10).
    """
    x = numbers("log_probs", log_probs)
    if x.ndim not in (2, 3) or x.shape[-1] == 0:
        refuse_shape("log_probs", x, "(T, C), (T, N, C)")
    alone = x.ndim == 2
    frames = x[:, None, :] if alone else x
    last = x.shape[-1] - 1
    silence = int(integers("blank", blank, (), 0, last))
    lengths = _lengths("input_lengths", input_lengths, alone, frames.shape[1], len(x))
    sizes = _lengths("target_lengths", target_lengths, alone, frames.shape[1], np.inf)
    each, slope = np.zeros(len(sizes)), np.zeros(frames.shape)
    for n, labels in enumerate(_labels(targets, sizes, last, silence)):
        each[n], slope[: lengths[n], n] = _alignments(frames[: lengths[n], n], labels, silence)
    if zero_infinity:
        slope[:, np.isinf(each)] = 0.0
        each[np.isinf(each)] = 0.0
    per_label = np.maximum(sizes, 1.0)
    if alone:
        return Terms(np.asarray(each[0]), {"log_probs": slope[:, 0]}, float(per_label[0]))
    return Terms(each, {"log_probs": slope}, per_label * len(sizes))


def _lengths(argument: str, values: Any, alone: bool, count: int, most: float) -> Whole:
    found = numbers(argument, values)
    if alone and found.shape == ():
        found = found[None]
    return integers(argument, found, (count,), 0, most)


def _labels(targets: Any, sizes: Whole, last: int, silence: int) -> Iterator[Whole]:
    """Each sequence's labels, from rows (N, S) or from one row of all."""
    given = numbers("targets", targets)
    total = int(sizes.sum())
    joined = given.ndim == 1
    if joined and len(given) != total and not (len(sizes) == 1 and len(given) > total):
        refuse_shape("targets", given, str((total,)))
    longest = int(sizes.max(initial=0))
    if not joined and (given.ndim != 2 or len(given) != len(sizes) or given.shape[1] < longest):
        refuse_shape("targets", given, str((len(sizes), longest)))
    ends = np.cumsum(sizes)
    for n, (size, end) in enumerate(zip(sizes, ends, strict=True)):
        row = given[end - size : end] if joined else given[n, :size]
        labels = integers("targets", row, None, 0, last)
        refuse("targets", labels, labels == silence, f"{counted(0, last)}; ≠ {silence}")
        yield labels


def _alignments(frames: Array, labels: Whole, silence: int) -> tuple[float, Array]:
    """-log of the probability of `labels` (S,) under `frames` (T, C), and its slope (T, C)."""
    path = np.full(2 * len(labels) + 1, silence)
    path[1::2] = labels
    if len(frames) == 0:
        return (np.inf if len(labels) else 0.0), np.zeros(frames.shape)
    emitted = frames[:, path]
    # A blank may be passed over between two labels that differ.
    skips = np.zeros(len(path), bool)
    skips[2:] = (path[2:] != silence) & (path[2:] != path[:-2])
    before = _forward(emitted, skips)
    turned = np.zeros(len(path), bool)
    turned[2:] = skips[:1:-1]
    after = _forward(emitted[::-1, ::-1], turned)[::-1, ::-1]
    log_p = float(np.logaddexp.reduce(before[-1, -2:]))
    if np.isneginf(log_p):
        return np.inf, np.full(frames.shape, np.nan)
    # Both passes hold the frame itself: one of the two is taken out.
    later = np.where(np.isneginf(emitted), -np.inf, after - emitted)
    slope = np.zeros(frames.shape)
    np.add.at(slope.T, path, -np.exp(before + later - log_p).T)
    return -log_p, slope


def _forward(emitted: Array, skips: Any) -> Array:
    """log of the probability of being at place s of the path after frame t (T, S)."""
    reached = np.full(emitted.shape, -np.inf)
    reached[0, :2] = emitted[0, :2]
    for t in range(1, len(emitted)):
        stay = reached[t - 1]
        step = np.append(-np.inf, stay[:-1])
        leap = np.where(skips, np.append([-np.inf, -np.inf], stay[:-2])[: len(stay)], -np.inf)
        reached[t] = emitted[t] + np.logaddexp(np.logaddexp(stay, step), leap)
    return reached
