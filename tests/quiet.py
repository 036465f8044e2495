"""A fixture for files whose subject must neither warn nor change NumPy: import it, and it holds."""

import warnings
from collections.abc import Iterator

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """No warning, and NumPy's error state as it was, also for who has NumPy raise."""
    before = np.geterr()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    assert np.geterr() == before
