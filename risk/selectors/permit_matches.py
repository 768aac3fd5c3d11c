"""Permits that would fit an item which names none, and what people decided of them."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from risk.domain.permits.checks import Method, PermitFacts
from risk.models import PermitMatch
from risk.selectors.facts import facts_on_papers
from shipments.domain.authorisations import number_key
from shipments.models import AuthorisationLine


class Fitting(NamedTuple):
    """A line that the item could have come under: same holder, substance and day."""

    item_number: int
    line: AuthorisationLine


def list_permit_matches() -> QuerySet[PermitMatch]:
    """Every decision, the newest first, with its line and permit."""
    rows = PermitMatch.objects.select_related("line__authorisation__holder", "declaration")
    return rows.order_by("-id")


def fitting_lines(declaration_id: int) -> list[Fitting]:
    """The lines that fit items of the declaration which name no permit, as of the declaration."""
    told = [
        (item.item_number, permit)
        for _, facts in facts_on_papers(declaration_ids=[declaration_id])
        for item in facts.items
        for permit in item.permits or ()
        if permit.method == Method.PROPOSAL
    ]
    lines = _lines({permit.number for _, permit in told})
    found = ((number, lines.get(_place(permit))) for number, permit in told)
    return [Fitting(number, line) for number, line in found if line is not None]


def _place(permit: PermitFacts) -> tuple[str, str, int | None]:
    return permit.authority, permit.number, permit.line


def _lines(numbers: Iterable[str]) -> dict[tuple[str, str, int | None], AuthorisationLine]:
    rows = AuthorisationLine.objects.filter(
        authorisation__number_key__in={number_key(one) for one in numbers}
    ).select_related("authorisation__holder")
    return {
        (row.authorisation.authority, row.authorisation.number, row.line_number): row
        for row in rows
    }
