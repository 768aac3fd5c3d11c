"""Reagent baskets: linked importers that together acquire what one published family holds.

Each purchase may be small and look like a laboratory's; what tells is the family over the group.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import msgspec
from networkx.utils import UnionFind

from risk.domain.network.channels import Sign
from risk.domain.network.families import Family


class BasketRules(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a basket: so many substances of a family within ``window_days``, in at least
    ``least_declarations``, for a linked group, and more for a single importer.

    An identifier of more importers than ``most_importers`` joins nobody.
    """

    window_days: int = 180
    most_importers: int = 20
    least_declarations: int = 2
    least_substances: int = 2
    least_alone: int = 3


class Acquisition(msgspec.Struct, frozen=True, kw_only=True):
    """One goods item of an importer, a trader's id, in which a substance was found.

    ``is_covered``: a licence came with it and no permit of it has a fault. ``is_equipment``:
    what was found is listed equipment, for which ``is_covered`` says nothing.
    """

    item: int
    declaration: int
    accepted_at: datetime
    importer: int
    substance: str
    mass_kg: Decimal = Decimal(0)
    is_covered: bool = False
    is_equipment: bool = False


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """``acquisitions`` are by time: those of the family, covered ones too, and the equipment."""

    family: str
    importers: tuple[int, ...]
    substances: tuple[str, ...]
    acquisitions: tuple[Acquisition, ...]
    signs: tuple[Sign, ...]

    @property
    def score(self) -> float:
        return sum(sign.points for sign in self.signs)

    @property
    def uncovered(self) -> tuple[Acquisition, ...]:
        """What goes beyond the group's authorisations."""
        return tuple(one for one in self.acquisitions if is_beyond(one))


def is_beyond(one: Acquisition) -> bool:
    """Whether a substance was acquired without a licence that covers it."""
    return not one.is_covered and not one.is_equipment


def find_baskets(
    acquisitions: Iterable[Acquisition],
    families: Mapping[str, Family],
    identifiers: Mapping[str, Sequence[int]],
    rules: BasketRules,
) -> list[Basket]:
    """The baskets among the acquisitions of one window, the strongest first.

    ``identifiers`` are phones, accounts and the like with the traders that bear each. Only what
    no licence covers makes a basket; several substances of a family, or one beside listed
    equipment. Cost: linear in the acquisitions.
    """
    ordered = sorted(acquisitions, key=lambda one: (one.accepted_at, one.item))
    group_of = _groups({one.importer for one in ordered}, identifiers, rules)
    family_of = {key: family.code for family in families.values() for key in family.substances}
    told: dict[tuple[int, str], list[Acquisition]] = defaultdict(list)
    equipment: dict[int, list[Acquisition]] = defaultdict(list)
    for one in ordered:
        if one.is_equipment:
            equipment[group_of[one.importer]].append(one)
        elif one.substance in family_of:
            told[group_of[one.importer], family_of[one.substance]].append(one)
    found = [
        _basket(family, given, equipment[group], identifiers, rules)
        for (group, family), given in told.items()
        if _is_basket(given, equipment[group], rules)
    ]
    return sorted(found, key=lambda one: (-one.score, one.acquisitions[0].item))


def _groups(
    importers: set[int], identifiers: Mapping[str, Sequence[int]], rules: BasketRules
) -> dict[int, int]:
    joined = UnionFind(sorted(importers))
    for holders in identifiers.values():
        if len(holders) <= rules.most_importers:
            for lower, higher in pairwise(sorted(importers.intersection(holders))):
                joined.union(lower, higher)
    return {importer: joined[importer] for importer in importers}


def _is_basket(
    given: Sequence[Acquisition], equipment: Sequence[Acquisition], rules: BasketRules
) -> bool:
    beyond = [one for one in given if is_beyond(one)]
    declarations = {one.declaration for one in (*beyond, *(equipment if beyond else ()))}
    if len(declarations) < rules.least_declarations:
        return False
    is_linked = len({one.importer for one in beyond}) > 1
    least = rules.least_substances if is_linked else rules.least_alone
    return bool(equipment) or len({one.substance for one in beyond}) >= least


def _basket(
    family: str,
    given: Sequence[Acquisition],
    equipment: Sequence[Acquisition],
    identifiers: Mapping[str, Sequence[int]],
    rules: BasketRules,
) -> Basket:
    beyond = [one for one in given if is_beyond(one)]
    substances = sorted({one.substance for one in beyond})
    together = [*given, *equipment]
    importers = {one.importer for one in (*beyond, *equipment)}
    return Basket(
        family=family,
        importers=tuple(sorted(importers)),
        substances=tuple(substances),
        acquisitions=tuple(sorted(together, key=lambda one: (one.accepted_at, one.item))),
        signs=_signs(substances, importers, beyond, equipment, identifiers, rules),
    )


def _signs(
    substances: Sequence[str],
    importers: set[int],
    beyond: Sequence[Acquisition],
    equipment: Sequence[Acquisition],
    identifiers: Mapping[str, Sequence[int]],
    rules: BasketRules,
) -> tuple[Sign, ...]:
    count = len({one.declaration for one in beyond})
    signs = [
        Sign(code="substances", points=min(4.0, len(substances)), value=", ".join(substances)),
        Sign(code="recurs", points=min(2.0, count / 3), value=str(count)),
    ]
    shared = sorted(
        name
        for name, holders in identifiers.items()
        if len(holders) <= rules.most_importers and len(importers.intersection(holders)) > 1
    )
    if shared:
        points = min(3.0, 1.0 + 0.5 * len(importers))
        signs.append(Sign(code="importers_linked", points=points, value=", ".join(shared[:5])))
    if equipment:
        told = ", ".join(sorted({one.substance for one in equipment}))
        signs.append(Sign(code="equipment", points=2.0, value=told))
    return tuple(sorted(signs, key=lambda sign: (-sign.points, sign.code)))
