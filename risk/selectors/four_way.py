"""The four-way check of declarations, by the registers as they are now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from risk.domain.facts import DeclarationFacts
from risk.domain.indicators.notice import AWAITED_CODE
from risk.domain.matching.evidence import EvidenceKind, Verdict
from risk.domain.permits.four_way import Found, Reported, Row, four_way_check
from risk.models import IndicatorRow, InspectionOutcome, SubstanceMatch
from risk.selectors.facts import facts_on_papers
from shipments.models import ConsignmentReturn


def four_way_checks(declaration_ids: Sequence[int]) -> dict[int, tuple[Row, ...]]:
    """The rows by declaration id, as of each declaration; a fixed number of queries, however
    many declarations there are."""
    found = facts_on_papers(declaration_ids=declaration_ids)
    acts = _acts([pk for pk, _ in found])
    reported = _reported([facts.registration_number for _, facts in found])
    return {
        pk: four_way_check(facts, acts.get(pk, {}), reported.get(facts.registration_number, {}))
        for pk, facts in found
    }


def four_way_check_of(
    facts: DeclarationFacts, acts: Iterable[InspectionOutcome]
) -> tuple[Row, ...]:
    """The rows of one declaration by facts that were read already, and by its ``acts``; a query
    for what holders reported."""
    reported = _reported([facts.registration_number])
    return four_way_check(facts, _found(acts), reported.get(facts.registration_number, {}))


def controlled() -> Exists:
    """The condition on declarations that an item names a substance of the lists of its day, not
    below a limit: only these have rows."""
    return Exists(_controlled())


def checked_declarations() -> Q:
    """The condition on declarations that they have rows: something controlled is named, or an
    assessment said that a notified consignment is awaited beside it.

    For all declarations at once: of two conditions the database makes tables of all that meets
    them before the first row. A page of a list is read by :func:`is_checked`.
    """
    return Q(controlled()) | Q(Exists(_awaited()))


def is_checked() -> Exists:
    """The same condition, asked of one declaration after the other as a list comes to them: a
    union is never read ahead for all declarations."""
    named, awaited = _controlled().values("pk"), _awaited().values("pk")
    return Exists(named.union(awaited, all=True))


def _controlled() -> QuerySet[SubstanceMatch]:
    return SubstanceMatch.objects.filter(
        goods_item__declaration=OuterRef("pk"),
        kind=EvidenceKind.TOLD.value,
        is_upcoming=False,
        look_back=None,
    ).exclude(verdict=Verdict.BELOW.value)


def _awaited() -> QuerySet[IndicatorRow]:
    return IndicatorRow.objects.filter(
        assessment__declaration=OuterRef("pk"),
        code=AWAITED_CODE,
        accepted_at=OuterRef("accepted_at"),
    )


def _reported(numbers: Sequence[str]) -> dict[str, dict[int, list[Reported]]]:
    """What holders reported, in the order of the reports, by number and item number."""
    rows = ConsignmentReturn.objects.filter(registration_number__among=numbers)
    found: dict[str, dict[int, list[Reported]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.order_by("reported_on", "id"):
        found[row.registration_number][row.item_number].append(
            Reported(
                number=row.number,
                kind=row.kind,
                substance_key=row.substance_key,
                basis=row.basis,
                kg=row.reported_kg,
            )
        )
    return found


def _acts(declaration_ids: Sequence[int]) -> dict[int, dict[int, list[Found]]]:
    """Acts that nothing corrects, the latest first, by declaration and item number."""
    rows = InspectionOutcome.objects.filter(
        declaration__among=declaration_ids, superseded_by=None
    ).select_related("found_substance")
    acts: dict[int, list[InspectionOutcome]] = defaultdict(list)
    for row in rows:
        acts[row.declaration_id].append(row)
    return {pk: _found(of_one) for pk, of_one in acts.items()}


def _found(acts: Iterable[InspectionOutcome]) -> dict[int, list[Found]]:
    """What the acts say, the latest first, by item number."""
    found: dict[int, list[Found]] = defaultdict(list)
    for row in sorted(acts, key=lambda act: (act.inspected_at, act.pk), reverse=True):
        mass: Decimal | None = row.found_mass_kg
        found[row.item_number].append(
            Found(
                act_number=row.act_number,
                result=row.result,
                substance_key=row.found_substance.key if row.found_substance else "",
                mass_kg=mass,
            )
        )
    return found
