"""Where the coordinate of a panel lies: x on a linear one, log |x - anchor| on a ladder."""

from __future__ import annotations

import numpy as np

from divviz.dist import Array, Points
from divviz.quadrature import Panels


def points_at(panels: Panels, u: Array) -> Points:
    """The places at coordinates u, one of each panel (k,) or n of them (k, n)."""
    anchor, side = panels.anchor, panels.side
    if u.ndim == 2:
        anchor, side = anchor[:, None], side[:, None]
    ladder = side != 0
    offset = np.where(ladder, side * np.exp(np.where(ladder, u, 0.0)), u)
    return Points(anchor, offset, np.where(ladder, u, np.nan))


def on_line(panels: Panels, u: Array) -> Array:
    """The same as plain numbers x."""
    return points_at(panels, u).x
