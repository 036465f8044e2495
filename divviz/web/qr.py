"""A link as a QR code (ISO/IEC 18004): the outline of its dark modules."""

import re
from itertools import groupby
from typing import NamedTuple

from divviz.dist import SceneError

MOST = 2000  # characters: version 38, 169 modules a side, with error correction M
QUIET_ZONE = 4  # modules, as the standard asks
_LINK = re.compile(r"https?://[!-~]+")


class Code(NamedTuple):
    """Modules a side, quiet zone included, and the dark ones as the `d` of an SVG path."""

    size: int
    path: str


def code(link: str) -> Code:
    """The QR code of a link with error correction M, or better where that takes no more room.

    SceneError for what is no link and for more than MOST characters.
    """
    if len(link) > MOST:
        raise SceneError("qr_dense", length=len(link), most=MOST)
    if not _LINK.fullmatch(link):
        raise SceneError("qr_link")
    rows = matrix(link)
    path = "".join(_row(y, row) for y, row in enumerate(rows, QUIET_ZONE))
    return Code(len(rows) + 2 * QUIET_ZONE, path)


def matrix(text: str) -> tuple[bytearray, ...]:
    """The modules of the QR code of a text, row by row, 1 for a dark one."""
    import segno  # found where it is used: most visitors never ask for a code

    found: tuple[bytearray, ...] = segno.make_qr(text, error="m").matrix
    return found


def _row(y: int, row: bytearray) -> str:
    """The dark runs of a row as rectangles of a path."""
    path, x = "", QUIET_ZONE
    for dark, run in groupby(row):
        width = len(list(run))
        path += f"M{x} {y}h{width}v1h-{width}z" if dark else ""
        x += width
    return path
