"""Supply channels: a recurring way by which a group of importers gets a listed substance.

A consignment is *suspect* when a listed substance was found in its goods and no permit covers it.
One suspect consignment is an alert's business; here is looked for what comes again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import msgspec
from networkx.utils import UnionFind

from risk.domain.network.channel_states import BROKER, CARRIER, IMPORTER, SUPPLIER


class ChannelRules(msgspec.Struct, frozen=True, kw_only=True):
    """What makes a recurring pattern, and what its signs count.

    ``window_days`` before the day are looked at. A supplier, or an identifier, of more importers
    than ``most_importers`` joins nobody. ``least_score`` is what a proposal needs.
    """

    window_days: int = 120
    least_consignments: int = 4
    least_days: int = 14
    most_importers: int = 20
    least_score: float = 5.0
    usual_share: float = 0.75


class Consignment(msgspec.Struct, frozen=True, kw_only=True):
    """One declaration's goods of one substance, or, with ``substance`` empty, other goods of it.

    Parties are ids of traders; ``is_disguised`` when the name of the substance was damaged, or a
    cover name or another code stood for it.
    """

    declaration: int
    accepted_at: datetime
    substance: str
    importer: int
    supplier: int | None = None
    broker: int | None = None
    carrier: int | None = None
    dispatch: str = ""
    border_office: str = ""
    office: str = ""
    mass_kg: Decimal = Decimal(0)
    is_disguised: bool = False


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """Why it is proposed: a code, its points, and the number and what it is of."""

    code: str
    points: float
    value: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern with its signs, the one that says most first.

    ``consignments`` are the suspect ones by time, ``accompanying`` other declarations of the
    same importers, and of those that share an identifier with them, from the same suppliers in
    the window. ``members`` counts suspect consignments by (role, party), 0 for who only
    accompanied.
    """

    substance: str
    consignments: tuple[Consignment, ...]
    accompanying: tuple[Consignment, ...]
    members: Mapping[tuple[str, int], int]
    signs: tuple[Sign, ...]

    @property
    def score(self) -> float:
        return sum(sign.points for sign in self.signs)

    @property
    def is_international(self) -> bool:
        """Whether any of it was dispatched from abroad, as far as dispatch is known."""
        return any(one.dispatch not in ("", "KZ") for one in self.consignments)


def propose_channels(
    suspect: Iterable[Consignment],
    others: Iterable[Consignment],
    identifiers: Mapping[str, Sequence[int]],
    rules: ChannelRules,
) -> list[Proposal]:
    """The recurring patterns among suspect consignments of one window, the strongest first.

    ``identifiers`` are phones, accounts and the like with the traders that bear each. Importers
    of one substance belong together when they share one, or a supplier of it. A pattern needs
    enough consignments over enough days, and signs enough; each consignment is in one at most.
    Cost: linear in the consignments.
    """
    by_substance: dict[str, list[Consignment]] = defaultdict(list)
    for one in suspect:
        by_substance[one.substance].append(one)
    around: dict[int, list[Consignment]] = defaultdict(list)
    for other in others:
        around[other.importer].append(other)
    found = []
    for substance, consignments in sorted(by_substance.items()):
        for group in _groups(consignments, identifiers, rules):
            if _recurs(group, rules):
                proposal = _proposal(substance, group, around, identifiers, rules)
                if proposal.score >= rules.least_score:
                    found.append(proposal)
    return sorted(found, key=lambda one: (-one.score, one.consignments[0].declaration))


def _groups(
    consignments: Sequence[Consignment],
    identifiers: Mapping[str, Sequence[int]],
    rules: ChannelRules,
) -> list[list[Consignment]]:
    """The consignments by groups of importers, each in order of time."""
    importers = {one.importer for one in consignments}
    joined = UnionFind(sorted(importers))
    by_supplier: dict[int, set[int]] = defaultdict(set)
    for one in consignments:
        if one.supplier is not None:
            by_supplier[one.supplier].add(one.importer)
    shared = (importers.intersection(holders) for holders in identifiers.values()
              if len(holders) <= rules.most_importers)  # fmt: skip
    few = (group for group in by_supplier.values() if len(group) <= rules.most_importers)
    for together in (*shared, *few):
        for lower, higher in pairwise(sorted(together)):
            joined.union(lower, higher)
    groups: dict[int, list[Consignment]] = defaultdict(list)
    for one in sorted(consignments, key=lambda one: (one.accepted_at, one.declaration)):
        groups[joined[one.importer]].append(one)
    return list(groups.values())


def _recurs(group: Sequence[Consignment], rules: ChannelRules) -> bool:
    span = group[-1].accepted_at - group[0].accepted_at
    declarations = {one.declaration for one in group}
    return len(declarations) >= rules.least_consignments and span >= timedelta(rules.least_days)


def _proposal(
    substance: str,
    group: Sequence[Consignment],
    around: Mapping[int, Sequence[Consignment]],
    identifiers: Mapping[str, Sequence[int]],
    rules: ChannelRules,
) -> Proposal:
    members = Counter(member for one in group for member in members_of(one))
    suppliers = {party for role, party in members if role == SUPPLIER}
    told = {one.declaration for one in group}
    accompanying = {
        one.declaration: one
        for importer in sorted(_linked({one.importer for one in group}, identifiers, rules))
        for one in around.get(importer, ())
        if one.supplier in suppliers and one.declaration not in told
    }
    for one in accompanying.values():
        members[IMPORTER, one.importer] += 0
    return Proposal(
        substance=substance,
        consignments=tuple(group),
        accompanying=tuple(sorted(accompanying.values(), key=lambda one: one.accepted_at)),
        members=dict(members),
        signs=_signs(group, identifiers, rules),
    )


def members_of(one: Consignment) -> list[tuple[str, int]]:
    """Roles and parties of a consignment, as far as they are known."""
    roles = (
        (IMPORTER, one.importer),
        (SUPPLIER, one.supplier),
        (BROKER, one.broker),
        (CARRIER, one.carrier),
    )
    return [(role, party) for role, party in roles if party is not None]


def _linked(
    importers: set[int], identifiers: Mapping[str, Sequence[int]], rules: ChannelRules
) -> set[int]:
    """The importers and who shares an identifier with one of them: behind a cover name that nobody
    knows, a member of the group looks innocent."""
    found = set(importers)
    for holders in identifiers.values():
        if len(holders) <= rules.most_importers and not importers.isdisjoint(holders):
            found.update(holders)
    return found


def _signs(
    group: Sequence[Consignment], identifiers: Mapping[str, Sequence[int]], rules: ChannelRules
) -> tuple[Sign, ...]:
    count = len({one.declaration for one in group})
    importers = {one.importer for one in group}
    days = (group[-1].accepted_at - group[0].accepted_at).days
    signs = [Sign(code="recurs", points=min(3.0, count / 3), value=f"{count} in {days} days")]
    bound = {
        party
        for holders in identifiers.values()
        if len(importers.intersection(holders)) > 1 and len(holders) <= rules.most_importers
        for party in importers.intersection(holders)
    }
    if bound:
        points = min(3.0, 1.0 + 0.5 * len(bound))
        signs.append(Sign(code="importers_linked", points=points, value=str(len(bound))))
    elif len(importers) > 1:
        signs.append(Sign(code="importers_take_turns", points=1.0, value=str(len(importers))))
    disguised = sum(one.is_disguised for one in group)
    if disguised:
        share = disguised / len(group)
        told = f"{disguised} of {len(group)}"
        signs.append(Sign(code="names_disguised", points=round(3 * share, 2), value=told))
    signs.extend(_usual(group, rules))
    return tuple(sorted(signs, key=lambda sign: (-sign.points, sign.code)))


def _usual(group: Sequence[Consignment], rules: ChannelRules) -> Iterable[Sign]:
    """The same border office, broker, carrier, supplier again and again."""
    for code, name in (
        ("one_border_office", "border_office"),
        ("one_broker", "broker"),
        ("one_carrier", "carrier"),
        ("one_supplier", "supplier"),
        ("one_country", "dispatch"),
    ):
        values = Counter(getattr(one, name) for one in group)
        value, count = values.most_common(1)[0]
        if value not in (None, "") and count >= rules.usual_share * len(group):
            points = 0.2 if name == "dispatch" else 0.5
            yield Sign(code=code, points=points, value=f"{value}: {count} of {len(group)}")
