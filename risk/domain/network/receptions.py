"""A telephone that neighbours share is their reception's; one of firms that sit apart ties them."""

from collections import Counter
from collections.abc import Collection, Sequence

FEWEST_NEIGHBOURS = 3


def is_reception(addresses: Sequence[Collection[str]]) -> bool:
    """Whether an address explains why these parties have one telephone: more than half of them,
    and three at least, declare it. ``addresses`` are those of each party.

    Two at one address say nothing either way, and a ring that sits together is told by its people
    and accounts.

    >>> centre, apart = {"abay 5"}, {"satpayev 9"}
    >>> is_reception([centre, centre, centre | apart, apart])
    True
    >>> is_reception([centre, centre]), is_reception([centre, apart, {"tole bi 1"}])
    (False, False)
    """
    counted = Counter(address for own in addresses for address in set(own))
    most = max(counted.values(), default=0)
    return most >= FEWEST_NEIGHBOURS and 2 * most > len(addresses)
