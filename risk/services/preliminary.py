"""Linking preliminary information to the declarations that it announced, either way round."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from risk.domain.preliminary import Comparison, compare
from risk.models import PreliminaryLink
from risk.models.choices import PreliminaryLinkState
from risk.selectors.preliminary import is_any_near, pairs_of, stated_of
from shipments.domain.errors import InvalidValue
from shipments.models import Declaration
from shipments.services.bulk import upsert_rows

_COMPARED = ("preliminary", "declaration", "score", "grounds", "compared", "differences")
# What a person decided stays; the rest follows the score.
_STATE = (
    "state = CASE WHEN stored.decided_by = '' THEN EXCLUDED.state ELSE stored.state END"
)  # fmt: skip


def link_preliminary(*, declaration_ids: Sequence[int]) -> int:
    """Compare the latest versions of these declarations with what may tell of the same goods.

    Works from either side, so it does not matter which came first; links that nothing speaks
    for any more go, unless a person decided on them. The caller holds the transaction. One
    query where no preliminary information is near, else six. Returns how many links there are.
    """
    if not declaration_ids or not is_any_near(declaration_ids):
        return 0
    rows = Declaration.objects.filter(pk__in=declaration_ids)
    registration_numbers = sorted(set(rows.values_list("registration_number", flat=True)))
    pairs = pairs_of(registration_numbers)
    stated, preliminary = stated_of(pk for pair in pairs for pk in pair)
    found: dict[tuple[str, str], tuple[int, int, Comparison]] = {}
    for pair in pairs:
        first, final = sorted(pair, key=lambda pk: pk not in preliminary)
        comparison = compare(stated[first], stated[final])
        if comparison.is_kept:
            numbers = stated[final].registration_number, stated[first].registration_number
            found[numbers] = first, final, comparison
    _upsert(found)
    _drop_others(registration_numbers, found.keys())
    return len(found)


def _upsert(found: dict[tuple[str, str], tuple[int, int, Comparison]]) -> None:
    upsert_rows(
        PreliminaryLink,
        ("declaration_number", "preliminary_number", *_COMPARED, "state", "decided_by", "reason"),
        [
            (
                *numbers,
                first,
                final,
                comparison.score,
                json.dumps(comparison.grounds),
                json.dumps(comparison.compared),
                json.dumps(msgspec.to_builtins(comparison.differences)),
                PreliminaryLinkState.LINKED.value
                if comparison.is_linked
                else PreliminaryLinkState.PROPOSED.value,
                "",
                "",
            )
            for numbers, (first, final, comparison) in sorted(found.items())
        ],
        key=("declaration_number", "preliminary_number"),
        update=(*_COMPARED, _STATE),
    )


def _drop_others(registration_numbers: Sequence[str], found: Collection[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, declaration_number, preliminary_number FROM risk_preliminarylink
            WHERE (declaration_number = ANY(%(numbers)s) OR preliminary_number = ANY(%(numbers)s))
              AND decided_by = ''
            """,
            {"numbers": list(registration_numbers)},
        )
        gone = [pk for pk, *numbers in cursor.fetchall() if tuple(numbers) not in found]
    if gone:
        PreliminaryLink.objects.filter(pk__in=gone).delete()


@transaction.atomic
def decide_link(
    *, link: PreliminaryLink, is_same: bool, reason: str, actor: str, now: datetime
) -> PreliminaryLink:
    """A person says whether both tell of one consignment; it can be decided again.

    A rejected link is no fact for any assessment from then on. Locks the link. Raises
    InvalidValue without a reason.
    """
    if not reason.strip():
        raise InvalidValue(field="reason", value="", allowed="why it is, or is not, the same")
    link = PreliminaryLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    state = PreliminaryLinkState.CONFIRMED if is_same else PreliminaryLinkState.REJECTED
    link.state, link.reason = state, reason.strip()
    link.decided_by, link.decided_at = actor, now
    link.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    return link
