"""A short text in a link: compressed (RFC 1950), in base64url (RFC 4648, 5) without padding.

A damaged code never becomes another text: the compressed stream ends with a check sum.
"""

from __future__ import annotations

import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

_CODE = re.compile(r"[A-Za-z0-9_-]+")


def pack(text: str) -> str:
    """The code of a text, which `unpack` reads.

    >>> unpack(pack("KL ≥ 0"), most=100)
    'KL ≥ 0'
    """
    return urlsafe_b64encode(zlib.compress(text.encode(), 9)).rstrip(b"=").decode()


def unpack(code: str, most: int) -> str | None:
    """The text of a code; None if it is damaged or the text is over `most` bytes of UTF-8.

    Never more than that is decompressed: a code of 12 kB can hold 12 MB of nothing.
    """
    if len(code) > 2 * most or not _CODE.fullmatch(code):
        return None
    try:
        packed = urlsafe_b64decode(code + "=" * (-len(code) % 4))
        reader = zlib.decompressobj()
        found = reader.decompress(packed, most + 1)
        whole = reader.eof and not reader.unused_data and len(found) <= most
        return found.decode() if whole else None
    except (ValueError, zlib.error):  # of base64 and of UTF-8
        return None
