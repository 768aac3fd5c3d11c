"""Authorisations as reconciliation reads them: by the numbers that documents name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from risk.domain.matching.evidence import EvidenceKind
from risk.domain.permits.checks import Permit, PermitLine
from risk.models import SubstanceMatch
from risk.selectors.traders import traders_of
from shipments.domain.authorisations import AuthorisationKind, number_key
from shipments.domain.document_codes import read_document_codes
from shipments.domain.masses import Basis
from shipments.domain.values import Direction, PartyRoleKind
from shipments.models import AuthorisationLine, PartyRole

Kinds = Mapping[str, frozenset[AuthorisationKind]]

_HOLDER_ROLES = {
    Direction.IMPORT.value: (PartyRoleKind.IMPORTER.value, PartyRoleKind.CONSIGNEE.value),
    Direction.EXPORT.value: (PartyRoleKind.CONSIGNOR.value, PartyRoleKind.DECLARANT.value),
}


@lru_cache(maxsize=1)
def permit_kinds() -> Kinds:
    """The kinds of permits that each code of graph 44 may name."""
    path = Path(settings.TARGETING["FIXTURES_DIR"]) / "authorisations" / "document_codes.csv"
    return {code.code: code.kinds for code in read_document_codes(path).values()}


def lines_of_numbers(number_keys: Iterable[str]) -> "QuerySet[AuthorisationLine]":
    """The lines of the authorisations with these numbers, in the order of their ids."""
    lines = AuthorisationLine.objects.filter(authorisation__number_key__among=set(number_keys))
    return lines.select_related("authorisation__holder").order_by("pk")


def permits_of(lines: Iterable[AuthorisationLine]) -> list[Permit]:
    """The authorisations of these lines, as checks see them; in the order of their ids."""
    grouped: dict[int, list[AuthorisationLine]] = defaultdict(list)
    for line in lines:
        grouped[line.authorisation_id].append(line)
    return [_permit(of) for _, of in sorted(grouped.items())]


def _permit(lines: list[AuthorisationLine]) -> Permit:
    row = lines[0].authorisation
    return Permit(
        pk=row.pk,
        authority=row.authority,
        number=row.number,
        kind=AuthorisationKind(row.kind),
        holder_id=row.holder_id,
        holder_key=row.holder.key,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        direction=row.direction,
        border_office=row.border_office,
        is_single_consignment=row.is_single_consignment,
        suspended_from=row.suspended_from,
        revoked_from=row.revoked_from if row.revoked_by else None,
        lines=tuple(
            PermitLine(
                pk=line.pk,
                line_number=line.line_number,
                substance_key=line.substance_key,
                basis=Basis(line.basis),
                granted_kg=line.granted_kg,
                solution_pct=line.solution_pct,
                density_kg_per_l=line.density_kg_per_l,
            )
            for line in sorted(lines, key=lambda line: line.line_number)
        ),
    )


def possible_holders(directions: Mapping[int, str]) -> dict[int, frozenset[int]]:
    """By declaration id the parties that may hold its permits; ``directions`` are theirs.

    Who imports or receives, or, of an export, who sends or declares; under whichever of the
    spellings that people decided to be one trader.
    """
    found: dict[int, set[int]] = {pk: set() for pk in directions}
    rows = PartyRole.objects.filter(declaration__among=list(directions))
    for pk, role, party_id in rows.values_list("declaration_id", "role", "party_id"):
        wanted = _HOLDER_ROLES.get(directions[pk], _HOLDER_ROLES[Direction.IMPORT.value])
        if party_id is not None and role in wanted:
            found[pk].add(party_id)
    traders = traders_of({party for parties in found.values() for party in parties})
    return {
        pk: frozenset[int]().union(*(traders.get(party, {party}) for party in parties))
        for pk, parties in found.items()
    }


def by_number(permits: Iterable[Permit]) -> dict[str, list[Permit]]:
    """The permits under each number, as it is compared."""
    found: dict[str, list[Permit]] = defaultdict(list)
    for permit in permits:
        found[number_key(permit.number)].append(permit)
    return found


def named_substances(item_ids: Iterable[int]) -> dict[int, dict[str, Decimal | None]]:
    """The substances that each item names by the lists of its day, with the percent stated."""
    matches = SubstanceMatch.objects.filter(
        goods_item__among=item_ids, is_upcoming=False, look_back=None
    ).exclude(kind=EvidenceKind.COVER_NAME.value)
    found: dict[int, dict[str, Decimal | None]] = defaultdict(dict)
    rows = matches.order_by("goods_item_id", "-match_score", "id")
    for item_id, key, pct in rows.values_list(
        "goods_item_id", "substance__key", "concentration_pct"
    ):
        found[item_id].setdefault(key, pct)
    return found
