"""What the versions of one declaration add to a link that several of them show: one."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple


class Edge(NamedTuple):
    """A link from the importer to another party, of one kind, or to a thing with a value."""

    source: int
    target: int | str
    kind: str


class Versions(NamedTuple):
    """Registration number and version by declaration id, of declarations that have several:
    those that are linked now (``fresh``) and the others (``before``)."""

    fresh: Mapping[int, tuple[str, int]]
    before: Mapping[int, tuple[str, int]]


class Contribution(NamedTuple):
    """What a declaration adds to a link: ``counted`` 1 when it is the first to show it,
    ``sign`` 1 or -1 when its mass is added or taken away again, else 0."""

    declaration_id: int
    edge: Edge
    counted: int
    sign: int


def contributions(
    fresh: Mapping[int, Sequence[Edge]], before: Mapping[int, Sequence[Edge]], known: Versions
) -> Iterator[Contribution]:
    """One for each link of each fresh version, and one for an earlier one that is outdone.

    ``fresh`` and ``before`` are the links that each version shows; one that was not linked yet
    shows none. Summed up over any order of the versions a link has counted the declaration
    once, with the mass of the latest version that shows it.
    """
    shown: dict[tuple[str, Edge], list[tuple[int, int]]] = defaultdict(list)
    for declaration_id, (number, version) in known.before.items():
        for edge in before.get(declaration_id, ()):
            shown[number, edge].append((version, declaration_id))
    latest: dict[tuple[str, Edge], tuple[int, int]] = {}
    for declaration_id, (number, version) in known.fresh.items():
        for edge in fresh[declaration_id]:
            place = number, edge
            latest[place] = max(latest.get(place, (0, 0)), (version, declaration_id))
    for declaration_id, edges in fresh.items():
        for edge in edges:
            if declaration_id not in known.fresh:
                yield Contribution(declaration_id, edge, 1, 1)
                continue
            place = known.fresh[declaration_id][0], edge
            linked = max(shown[place], default=None)
            is_first = latest[place][1] == declaration_id
            is_latest = is_first and (linked is None or linked < latest[place])
            counted = int(is_first and linked is None)
            yield Contribution(declaration_id, edge, counted, int(is_latest))
            if is_latest and linked is not None:
                yield Contribution(linked[1], edge, 0, -1)
