"""A reader of QR codes of the tests' own, written from ISO/IEC 18004:2015."""

import re
from collections.abc import Iterator
from itertools import product

import numpy as np

# Table 9: (blocks, codewords, data codewords) by version, error correction M.
BLOCKS = {
    4: [(2, 50, 32)],
    8: [(2, 60, 38), (2, 61, 39)],
    13: [(8, 59, 37), (1, 60, 38)],
    38: [(13, 74, 46), (32, 75, 47)],
}
# Table E.1: rows and columns of the centres of alignment patterns.
ALIGNMENT = {4: [6, 26], 8: [6, 24, 42], 13: [6, 34, 62], 38: [6, 32, 58, 84, 110, 136, 162]}
# Table 10: where the module of row i, column j is inverted.
MASKS = [
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: (i * j) % 2 + (i * j) % 3 == 0,
    lambda i, j: ((i * j) % 2 + (i * j) % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + (i * j) % 3) % 2 == 0,
]
LEVEL_M = 0b00  # table 12
QUIET = 4  # section 6.3.8: modules around a symbol


def symbol(path: str, size: int) -> np.ndarray:
    """The modules (n, n) that an SVG path paints, without the quiet zone, which is light."""
    found = np.zeros((size, size), int)
    rectangle = r"M(\d+) (\d+)h(\d+)v1h-(\d+)z"
    assert re.sub(rectangle, "", path) == ""
    for x, y, width, back in re.findall(rectangle, path):
        assert width == back
        found[int(y), int(x) : int(x) + int(width)] += 1
    assert found.max() == 1
    inside = found[QUIET:-QUIET, QUIET:-QUIET]
    assert found.sum() == inside.sum()
    return inside


def format_of(modules: np.ndarray) -> tuple[int, int]:
    """Error correction level and mask (section 7.9), where both copies and their BCH code agree."""
    n = len(modules)
    first = [*((8, j) for j in (0, 1, 2, 3, 4, 5, 7, 8)), *((i, 8) for i in (7, 5, 4, 3, 2, 1, 0))]
    second = [*((i, 8) for i in range(n - 1, n - 8, -1)), *((8, j) for j in range(n - 8, n))]
    copies = [
        int("".join(str(modules[place]) for place in places), 2) for places in (first, second)
    ]
    assert copies[0] == copies[1]
    word = rest = copies[0] ^ 0b101010000010010
    for bit in range(14, 9, -1):
        rest ^= (0b10100110111 << (bit - 10)) if rest >> bit & 1 else 0
    assert rest == 0
    return word >> 13, word >> 10 & 7


def reserved(version: int) -> np.ndarray:
    """Where no data lie: finders, timing, alignment, format, version (6.3, 7.9, 7.10)."""
    n = 17 + 4 * version
    taken = np.zeros((n, n), bool)
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = True
    taken[6] = taken[:, 6] = True
    centres, last = ALIGNMENT[version], ALIGNMENT[version][-1]
    for i, j in product(centres, centres):
        if (i, j) not in ((6, 6), (6, last), (last, 6)):
            taken[i - 2 : i + 3, j - 2 : j + 3] = True
    if version >= 7:
        taken[:6, -11:-8] = taken[-11:-8, :6] = True
    return taken


def places(version: int) -> Iterator[tuple[int, int]]:
    """The data modules in order: two columns at a time from the right, up and down in turn."""
    n, taken, up = 17 + 4 * version, reserved(version), True
    for right in (*range(n - 1, 6, -2), 5, 3, 1):
        for i in range(n - 1, -1, -1) if up else range(n):
            yield from ((i, j) for j in (right, right - 1) if not taken[i, j])
        up = not up


def times_alpha(value: int) -> int:
    """A field element of GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1, times the generator."""
    return value << 1 ^ (0x11D if value & 0x80 else 0)


def syndrome(block: list[int], power: int) -> int:
    """The block's polynomial at the generator's power: 0 where no codeword is wrong."""
    total = 0
    for word in block:
        for _ in range(power):
            total = times_alpha(total)
        total ^= word
    return total


def blocks_of(words: list[int], version: int) -> list[tuple[list[int], list[int]]]:
    """(data, correction) of each block; their codewords are laid in turn (section 7.6)."""
    sizes = [(data, all_ - data) for count, all_, data in BLOCKS[version] for _ in range(count)]
    assert len(words) == sum(map(sum, sizes))
    stream = iter(words)
    found: list[tuple[list[int], list[int]]] = [([], []) for _ in sizes]
    for part in (0, 1):
        for k in range(max(size[part] for size in sizes)):
            for size, block in zip(sizes, found, strict=True):
                if k < size[part]:
                    block[part].append(next(stream))
    return found


def decoded(modules: np.ndarray) -> str:
    """The text of a symbol of error correction M in byte mode."""
    version = (len(modules) - 17) // 4
    level, mask = format_of(modules)
    assert level == LEVEL_M
    bits = [int(modules[i, j]) ^ MASKS[mask](i, j) for i, j in places(version)]
    words = [int("".join(map(str, bits[k : k + 8])), 2) for k in range(0, len(bits) - 7, 8)]
    blocks = blocks_of(words, version)
    for data, correction in blocks:
        assert not any(syndrome(data + correction, k) for k in range(min(3, len(correction))))
    text = "".join(f"{word:08b}" for data, _ in blocks for word in data)
    assert text[:4] == "0100"
    width = 8 if version < 10 else 16
    count, start = int(text[4 : 4 + width], 2), 4 + width
    return bytes(int(text[start + 8 * k : start + 8 * k + 8], 2) for k in range(count)).decode()
