"""What came into a network since a moment."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class DatedLink(NamedTuple):
    """A link between two nodes; ``first_seen`` None where it is not known to the reader."""

    source: str
    target: str
    first_seen: datetime | None


def joined_since(center: str, links: Iterable[DatedLink], since: datetime) -> frozenset[str]:
    """The nodes that nothing but links first seen since then joins to the centre.

    A link whose age is not known counts as old: it makes nothing new.

    >>> day = datetime(2026, 3, 2)
    >>> links = [DatedLink("a", "b", datetime(2026, 1, 1)), DatedLink("b", "c", day)]
    >>> sorted(joined_since("a", links, day))
    ['c']
    """
    old: dict[str, set[str]] = defaultdict(set)
    seen: set[str] = set()
    for link in links:
        seen |= {link.source, link.target}
        if link.first_seen is None or link.first_seen < since:
            old[link.source].add(link.target)
            old[link.target].add(link.source)
    reached, ahead = {center}, [center]
    while ahead:
        fresh = old[ahead.pop()] - reached
        reached |= fresh
        ahead.extend(fresh)
    return frozenset(seen - reached)
