"""Write the truths that test_oracles.py compares with to oracles.json; they take half a minute.

PYTHONPATH=. python tests/record_oracles.py
"""

from __future__ import annotations

import json

import mpmath as mp
from oracles import FILE, ORACLES
from quadrature import DIGITS


def main() -> None:
    """Compute every pair's truths and write them to 25 digits."""
    with mp.workdps(DIGITS):
        truths = {
            group: {
                name: {key: mp.nstr(value, 25) for key, value in compute(name).items()}
                for name in pairs
            }
            for group, (compute, pairs) in ORACLES.items()
        }
    FILE.write_text(json.dumps(truths, indent=1) + "\n")


if __name__ == "__main__":
    main()
