"""Measurements in bins: a sample's own values, or a hundred given ones where P is no sample."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from divviz import families
from divviz.dataset import numbers_of
from divviz.dist import Array, Dist
from divviz.empirical import bin_count, bins, histogram
from divviz.seeds import generator
from divviz.widths import LEAST, MOST, Widths, by_bins

RULES = ("sturges", "scott", "fd")


@lru_cache(maxsize=1)
def thousandths() -> tuple[float, ...]:
    """A hundred values of the standard normal distribution, to three decimals."""
    shares = generator(7).random(100)
    return tuple(np.round(families.make("normal", 0, 1).quantile(shares), 3).tolist())


def values_of(p: Dist) -> Array | None:
    """The numbers that P is made of, if a histogram can be made of them."""
    values = numbers_of(p)
    return values if values is not None and len(values) > 1 and np.ptp(values) > 0 else None


@lru_cache(maxsize=8)
def widths_of(p: Dist | None) -> Widths:
    """What each number of bins says of P's own numbers, or of the page's."""
    return by_bins(data_of(p))


def data_of(p: Dist | None) -> Array:
    """The numbers that P is made of, or the given ones where it is made of none."""
    values = None if p is None else numbers_of(p)
    return np.array(thousandths()) if values is None else values


@lru_cache(maxsize=64)
def heights_of(p: Dist | None, count: int) -> tuple[Array, Array]:
    """Edges (m + 1,) and heights (m,) of the histogram with `count` bins."""
    edges, counts = bins(histogram(data_of(p), count))
    return edges, counts / counts.sum() / np.diff(edges)


@lru_cache(maxsize=8)
def ruled(p: Dist | None) -> dict[str, int]:
    """How many bins each rule wants, as far as the knob goes."""
    x = np.sort(data_of(p))
    return {rule: min(max(bin_count(x, rule), LEAST), MOST) for rule in RULES}
