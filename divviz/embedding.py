"""What a link says to a page inside another one: whom it tells its height, and what was answered.

``parent=https://lms.example.org&answers=1``. The page itself never listens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from divviz.dist import SceneError

ANYONE = "*"  # the height is no secret
LONGEST_PARENT = 300
_LABEL = r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?"
_ORIGIN = re.compile(
    rf"https?://(?:({_LABEL}(?:\.{_LABEL})*)|\[([0-9a-f:.]+)\])(?::([0-9]{{1,5}}))?"
)


@dataclass(frozen=True, slots=True)
class Embedding:
    """Whom the page may tell something, None for nobody, and whether answers are among it."""

    target: str | None = ANYONE
    answers: bool = False


def read(query: Mapping[str, object]) -> tuple[Embedding, list[SceneError]]:
    """What a query says about the page around this one, and one SceneError for what it gets wrong.

    A parent that is no origin is told nothing at all; without a parent there are no answers.
    """
    given = query.get("parent")
    target = ANYONE if given is None else origin(given)
    if target is None:
        return Embedding(None), [SceneError("embed_parent", found=_text(given))]
    asked = query.get("answers", "0")
    if asked not in ("0", "1"):
        return Embedding(target), [SceneError("embed_answers", found=_text(asked))]
    if asked == "1" and target == ANYONE:
        return Embedding(target), [SceneError("embed_whom")]
    return Embedding(target, asked == "1"), []


def origin(text: object) -> str | None:
    """An origin (RFC 6454, 6.2) in lower case: scheme, host and port only; None for anything else.

    >>> origin("https://LMS.example.org"), origin("http://[::1]:8000")
    ('https://lms.example.org', 'http://[::1]:8000')
    >>> [origin(text) for text in ("https://a.org/", "a.org", "*", "null", "http://1.2.3")]
    [None, None, None, None, None]
    """
    if not isinstance(text, str) or len(text) > LONGEST_PARENT:
        return None
    found = _ORIGIN.fullmatch(text.lower())
    if found is None:
        return None
    name, address, port = found.groups()
    return found[0] if _host(name, address) and 0 < int(port or 80) < 2**16 else None


def _host(name: str | None, address: str | None) -> bool:
    try:
        if name is None:
            IPv6Address(address)
        elif name.rpartition(".")[2].isdigit():  # browsers read such a name as an address
            IPv4Address(name)
    except AddressValueError:
        return False
    return True


def _text(value: object) -> str:
    return value if isinstance(value, str) else type(value).__name__
