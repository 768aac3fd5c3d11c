"""How much of each substance came along a link, told from what its declarations hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from risk.domain.network.versions import Edge

Held = Mapping[tuple[int, int], Decimal]
"""By declaration and substance, ids, the net mass of the items in which it was found."""


class SubstanceMass(msgspec.Struct, frozen=True, kw_only=True):
    """Net mass of the goods items in which the substance was found, and in how many declarations;
    an item without a mass adds none."""

    substance_key: str
    mass_kg: Decimal
    declaration_count: int


class Change(NamedTuple):
    """What an edge has more of a substance than before; less where below 0."""

    edge: Edge
    substance: int
    mass_kg: Decimal
    counted: int


def mass_changes(before: Held, after: Held, edges: Mapping[int, Sequence[Edge]]) -> list[Change]:
    """What the edges of the declarations gain and lose, in their order; nothing that stays.

    Whatever the declarations held one after another, the changes add up to what the last says.

    >>> sale = Edge(1, 2, "trade")
    >>> found = mass_changes({(7, 5): Decimal(3)}, {(8, 5): Decimal(4)}, {7: [sale], 8: [sale]})
    >>> [(one.substance, one.mass_kg, one.counted) for one in found]
    [(5, Decimal('1'), 0)]
    """
    sums: dict[tuple[Edge, int], tuple[Decimal, int]] = defaultdict(lambda: (Decimal(0), 0))
    for place in before.keys() | after.keys():
        declaration, substance = place
        mass = after.get(place, Decimal(0)) - before.get(place, Decimal(0))
        counted = (place in after) - (place in before)
        for edge in edges.get(declaration, ()):
            known, count = sums[edge, substance]
            sums[edge, substance] = known + mass, count + counted
    return [
        Change(edge, substance, *gained)
        for (edge, substance), gained in sorted(sums.items(), key=_in_order)
        if any(gained)
    ]


def _in_order(entry: tuple[tuple[Edge, int], object]) -> tuple[int, str, str, int]:
    (edge, substance), _ = entry
    return edge.source, edge.kind, str(edge.target), substance


def told_masses(masses: Iterable[SubstanceMass]) -> str:
    """The masses in one text, as files of a network say them.

    >>> told_masses([SubstanceMass(substance_key="acetone", mass_kg=Decimal("4.50"),
    ...                            declaration_count=2)])
    'acetone: 4.50 kg in 2'
    """
    return "; ".join(
        f"{one.substance_key}: {one.mass_kg:f} kg in {one.declaration_count}" for one in masses
    )
