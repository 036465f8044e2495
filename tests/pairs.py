"""Two distributions as tests of words and of pictures write them."""

from functools import cache

from divviz.grammar import parse
from divviz.pair import Pair


@cache
def pair_of(p: str, q: str) -> Pair:
    return Pair(parse(p), parse(q))
