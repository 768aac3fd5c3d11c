"""Who imports, as far as the scope reaches: what came before, with what authorisations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Prefetch

from risk.models import InspectionOutcome, LaneDecision, SubstanceMatch, TradeRecord
from risk.selectors.authorisations import list_authorisations, list_lines
from risk.selectors.outcomes import list_outcomes
from risk.selectors.traders import trader_of
from shipments.domain.values import PartyRoleKind
from shipments.models import Authorisation, Declaration, GoodsItem, Party, PartyRole
from shipments.selectors.declarations import importer_of
from targeting.models import Alert
from targeting.selectors.scope import Scope, in_scope

LOOKED_BACK = timedelta(days=730)
MOST_RECORDS = 400
MOST_AUTHORISATIONS = 20
MOST_ROLES = 400
MOST_SIMILAR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """An earlier declaration in which one of the same substances was recognised.

    ``is_importers``: of the same importer, else from the same exporter. ``lane`` is the one it
    was given, ``disposition`` how its alert was closed, both empty where there is none yet;
    ``outcomes`` are the acts of its inspection.
    """

    declaration: Declaration
    substances: tuple[str, ...]
    is_importers: bool
    lane: str
    alert: Alert | None
    outcomes: tuple[InspectionOutcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImporterCard:
    """``records`` are goods items of the same trader and HS code of the two years up to this
    declaration, its own among them, the latest 400, the first one first. ``authorisations`` are
    the trader's for a substance recognised here, with balances."""

    party: Party
    hs6: str
    records: Sequence[TradeRecord]
    authorisations: Sequence[Authorisation]
    similar: Sequence[Similar]


def importer_card(
    declaration: Declaration, matches: Mapping[int, Sequence[SubstanceMatch]], scope: Scope
) -> ImporterCard | None:
    """The card; none until the importer is resolved. At most ten queries.

    ``declaration`` comes with its parties and items (``list_declarations_in_full``), ``matches``
    are its own by goods item id (``matches_of``).
    """
    role = importer_of(list(declaration.party_roles.all()))
    if role is None or role.party is None:
        return None
    flagged = {pk: [one for one in found if one.is_flagged] for pk, found in matches.items()}
    substances = {m.substance_id: m.substance.key for found in flagged.values() for m in found}
    trader = trader_of(role.party.pk)
    hs6 = _leading_hs6(declaration, {pk for pk, found in flagged.items() if found})
    keys = list(substances.values())
    held = list_authorisations().filter(holder__in=trader, lines__substance_key__in=keys)
    held = held.prefetch_related(None).prefetch_related(Prefetch("lines", list_lines()))
    return ImporterCard(
        party=role.party,
        hs6=hs6,
        records=_records(declaration, trader, hs6, scope),
        authorisations=list(held.distinct()[:MOST_AUTHORISATIONS]),
        similar=_similar(declaration, trader, list(substances), scope),
    )


def _leading_hs6(declaration: Declaration, flagged: Collection[int]) -> str:
    """The code of the heaviest item in which something is flagged, else of the heaviest; one
    whose mass is not known stands behind those whose is."""

    def rank(item: GoodsItem) -> tuple[bool, Decimal, int]:
        return item.pk not in flagged, -(item.net_mass_kg or Decimal(0)), item.item_number

    return next((item.hs6 for item in sorted(declaration.items.all(), key=rank)), "")


def _records(
    declaration: Declaration, trader: Collection[int], hs6: str, scope: Scope
) -> list[TradeRecord]:
    until = declaration.accepted_at
    rows = TradeRecord.objects.filter(
        in_scope(scope, "goods_item__declaration__customs_office"),
        importer__in=trader,
        hs6=hs6,
        accepted_at__gte=until - LOOKED_BACK,
        accepted_at__lte=until,
    )
    latest = rows.order_by("-accepted_at", "-registration_number", "-item_number")
    return list(latest[:MOST_RECORDS])[::-1]


def _similar(
    declaration: Declaration, trader: Collection[int], substances: list[int], scope: Scope
) -> list[Similar]:
    """Of the latest 400 roles of the trader and of the exporter, the latest ten declarations."""
    roles = declaration.party_roles.all()
    exporters = [role for role in roles if role.role == PartyRoleKind.CONSIGNOR]
    suppliers = {role.party_id for role in exporters if role.party_id}
    known = PartyRole.objects.filter(party__in={*trader, *suppliers})
    latest = known.order_by("-declaration_id").values_list("declaration_id", "party_id")
    near: dict[int, set[int | None]] = {}
    for pk, party in latest[:MOST_ROLES]:
        near.setdefault(pk, set()).add(party)
    found = SubstanceMatch.objects.filter(
        in_scope(scope, "goods_item__declaration__customs_office"),
        goods_item__declaration__in=set(near),
        goods_item__declaration__accepted_at__lte=declaration.accepted_at,
        substance__in=substances,
        is_flagged=True,
    ).exclude(goods_item__declaration__registration_number=declaration.registration_number)
    named: dict[int, set[str]] = {}
    for pk, key in found.values_list("goods_item__declaration", "substance__key"):
        named.setdefault(pk, set()).add(key)
    current = Declaration.objects.filter(pk__in=named).current()
    rows = list(current.order_by("-accepted_at", "-pk")[:MOST_SIMILAR])
    ids = [row.pk for row in rows]
    lanes = _lanes(ids)
    numbers = {row.registration_number for row in rows}
    alerts = Alert.objects.filter(in_scope(scope), registration_number__in=numbers)
    by_number = {one.registration_number: one for one in alerts.order_by("pk")}
    acts: dict[str, list[InspectionOutcome]] = {}
    for act in list_outcomes().filter(in_scope(scope), registration_number__in=numbers):
        acts.setdefault(act.registration_number, []).append(act)
    return [
        Similar(
            declaration=row,
            substances=tuple(sorted(named[row.pk])),
            is_importers=not near[row.pk].isdisjoint(trader),
            lane=lanes.get(row.pk, ""),
            alert=by_number.get(row.registration_number),
            outcomes=tuple(acts.get(row.registration_number, ())),
        )
        for row in rows
    ]


def _lanes(ids: Collection[int]) -> dict[int, str]:
    given = LaneDecision.objects.filter(assessment__declaration__in=ids)
    return dict(given.order_by("-assessment").values_list("assessment__declaration", "lane"))
