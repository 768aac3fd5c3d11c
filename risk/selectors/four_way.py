"""The four-way check of declarations, by the registers as they are now."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from risk.domain.permits.four_way import Found, Row, four_way_check
from risk.models import InspectionOutcome
from risk.selectors.facts import facts_of


def four_way_checks(declaration_ids: Sequence[int]) -> dict[int, tuple[Row, ...]]:
    """The rows by declaration id, as of each declaration; a fixed number of queries, however
    many declarations there are."""
    found = facts_of(declaration_ids=declaration_ids)
    acts = _acts([pk for pk, _ in found])
    return {pk: four_way_check(facts, acts.get(pk, {})) for pk, facts in found}


def _acts(declaration_ids: Sequence[int]) -> dict[int, dict[int, list[Found]]]:
    """Acts that nothing corrects, the latest first, by declaration and item number."""
    rows = InspectionOutcome.objects.filter(
        declaration__among=declaration_ids, superseded_by=None
    ).select_related("found_substance")
    found: dict[int, dict[int, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for row in rows.order_by("-inspected_at", "-id"):
        mass: Decimal | None = row.found_mass_kg
        found[row.declaration_id][row.item_number].append(
            Found(
                act_number=row.act_number,
                result=row.result,
                substance_key=row.found_substance.key if row.found_substance else "",
                mass_kg=mass,
            )
        )
    return found
