"""Random numbers that anyone can draw again: a seed is always given, and checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from divviz.errors import SceneError

Seed = int | np.random.Generator


def generator(seed: Any) -> np.random.Generator:
    """A NumPy Generator as it is, or one from a whole number of 0 or more; else SceneError."""
    if isinstance(seed, np.random.Generator):
        return seed
    if not isinstance(seed, (int, np.integer)) or isinstance(seed, bool) or seed < 0:
        raise SceneError("noise_seed", value=seed)
    return np.random.default_rng(seed)
