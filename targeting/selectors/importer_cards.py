"""Who imports, as far as the scope reaches: what came before, with what authorisations."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import islice

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from risk.models import InspectionOutcome, LaneDecision, SubstanceMatch, TradeRecord
from risk.selectors.authorisations import list_lines
from risk.selectors.traders import trader_of
from shipments.domain.values import PartyRoleKind
from shipments.models import AuthorisationLine, Declaration, GoodsItem, Party, PartyRole
from shipments.selectors.declarations import importer_of
from targeting.models import Alert
from targeting.selectors.outcomes import scoped_outcomes
from targeting.selectors.scope import Scope, in_scope

LOOKED_BACK = timedelta(days=730)
MOST_RECORDS = 400
MOST_AUTHORISATIONS = 20
MOST_ROLES = 400
MOST_SIMILAR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """An earlier declaration in which one of the same substances was recognised; of its row only
    the day and the number are read.

    ``is_importers``: of the same importer, else from the same exporter. ``lane`` is the one it
    was given, ``alert_state`` that of its latest alert, ``disposition`` how that was closed, each
    empty where there is none; ``outcomes`` are the acts of its inspection.
    """

    declaration: Declaration
    substances: tuple[str, ...]
    is_importers: bool
    lane: str
    alert_state: str
    disposition: str
    outcomes: tuple[InspectionOutcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImporterCard:
    """``records`` are goods items of the same trader and HS code of the two years up to this
    declaration, its own among them, the latest 400, the first one first. ``authorisations`` are
    the trader's for a substance recognised here, with balances, by their lines. ``acts`` are the
    inspections of the declaration itself, any version of it."""

    party: Party
    hs6: str
    records: Sequence[TradeRecord]
    lines: Sequence[AuthorisationLine]
    similar: Sequence[Similar]
    acts: Sequence[InspectionOutcome]


def importer_card(
    declaration: Declaration, matches: Mapping[int, Sequence[SubstanceMatch]], scope: Scope
) -> ImporterCard | None:
    """The card; none until the importer is resolved. Five queries.

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
    similar, acts = _similar(declaration, trader, list(substances), scope)
    return ImporterCard(
        party=role.party,
        hs6=hs6,
        records=_records(declaration, trader, hs6, scope),
        lines=_lines(trader, keys),
        similar=similar,
        acts=acts,
    )


def _lines(trader: Collection[int], keys: Collection[str]) -> list[AuthorisationLine]:
    """All lines of the trader's latest authorisations of which one names such a substance."""
    named = AuthorisationLine.objects.filter(
        authorisation__holder__in=trader, substance_key__in=keys
    )
    held = named.order_by("-authorisation").values("authorisation").distinct()
    lines = list_lines().filter(authorisation__in=held[:MOST_AUTHORISATIONS])
    return list(lines.select_related("authorisation").order_by("-authorisation", "line_number"))


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
) -> tuple[list[Similar], list[InspectionOutcome]]:
    """Of the latest 400 roles of the trader and of the exporter, the latest ten declarations; and
    the acts about the declaration itself, which are read with theirs."""
    roles = declaration.party_roles.all()
    exporters = [role for role in roles if role.role == PartyRoleKind.CONSIGNOR]
    suppliers = {role.party_id for role in exporters if role.party_id}
    known = PartyRole.objects.filter(party__in={*trader, *suppliers})
    latest = known.order_by("-declaration_id").values("declaration_id")[:MOST_ROLES]
    found = SubstanceMatch.objects.filter(
        in_scope(scope, "goods_item__declaration__customs_office"),
        goods_item__declaration__in=latest,
        goods_item__declaration__accepted_at__lte=declaration.accepted_at,
        substance__in=substances,
        is_flagged=True,
    ).exclude(goods_item__declaration__registration_number=declaration.registration_number)
    named: dict[int, set[str]] = {}
    rows: dict[int, SubstanceMatch] = {}
    for match in _with_what_became(found, trader, scope):
        pk = match.goods_item.declaration_id
        named.setdefault(pk, set()).add(match.substance.key)
        rows.setdefault(pk, match)
    chosen = list(islice(rows.items(), MOST_SIMILAR))
    numbers = {row.goods_item.declaration.registration_number for _, row in chosen}
    acts: dict[str, list[InspectionOutcome]] = {}
    asked = numbers | {declaration.registration_number}
    for act in scoped_outcomes(scope).filter(registration_number__in=asked):
        acts.setdefault(act.registration_number, []).append(act)
    similar = [
        Similar(
            declaration=row.goods_item.declaration,
            substances=tuple(sorted(named[pk])),
            is_importers=vars(row)["is_importers"],
            lane=vars(row)["lane"] or "",
            alert_state=vars(row)["alert_state"] or "",
            disposition=vars(row)["disposition"] or "",
            outcomes=tuple(acts.get(row.goods_item.declaration.registration_number, ())),
        )
        for pk, row in chosen
    ]
    return similar, acts.get(declaration.registration_number, [])


def _with_what_became(
    found: QuerySet[SubstanceMatch], trader: Collection[int], scope: Scope
) -> QuerySet[SubstanceMatch]:
    """Those of current declarations, the latest declaration first, with what became of each."""
    own = OuterRef("goods_item__declaration")
    given = LaneDecision.objects.filter(assessment__declaration=own).order_by("assessment")
    alerts = Alert.objects.filter(
        in_scope(scope),
        registration_number=OuterRef("goods_item__declaration__registration_number"),
    ).order_by("-pk")
    rows = found.exclude(Exists(Declaration.objects.filter(supersedes=own))).annotate(
        is_importers=Exists(PartyRole.objects.filter(declaration=own, party__in=trader)),
        lane=Subquery(given.values("lane")[:1]),
        alert_state=Subquery(alerts.values("state")[:1]),
        disposition=Subquery(alerts.values("disposition")[:1]),
    )
    shown = ("accepted_at", "registration_number")
    return (
        rows.select_related("substance", "goods_item__declaration")
        .only("substance__key", *(f"goods_item__declaration__{name}" for name in shown))
        .order_by("-goods_item__declaration__accepted_at", "-goods_item__declaration")
    )
