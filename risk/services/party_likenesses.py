"""Pairs that may be one trader, found apart from the pipeline and kept for people to decide."""

import json
import math

from django.db import transaction
from django.db.models import F, Q

from risk.domain.resolution.comparison import Part
from risk.models import FoldedParty, PartyLikeness
from risk.selectors.resolution import Likeness, likenesses_of
from shipments.services.bulk import upsert_rows

COMPARED_AT_ONCE = 100


@transaction.atomic
def compare_parties(*, limit: int = COMPARED_AT_ONCE) -> int:
    """Compare so many parties whose keys are new or changed with all others; how many it was.

    What was found of such a party before is replaced. Two who do it at once take different
    parties. Twelve queries a party.
    """
    waiting = FoldedParty.objects.filter(
        Q(compared_count=None) | ~Q(compared_count=F("seen_count"))
    ).order_by("party")
    parties = list(
        waiting.select_for_update(skip_locked=True).values_list("party", flat=True)[:limit]
    )
    for party_id in parties:
        _store(party_id, likenesses_of(party_id=party_id))
    FoldedParty.objects.filter(party__in=parties).update(compared_count=F("seen_count"))
    return len(parties)


def _store(party_id: int, found: list[Likeness]) -> None:
    rows = [
        (
            *sorted((party_id, one.party_id)),
            one.comparison.outcome.value,
            _finite(one.comparison.bits),
            one.comparison.coverage,
            json.dumps([_ground(part) for part in one.comparison.parts]),
        )
        for one in found
    ]
    others = [one.party_id for one in found]
    stale = PartyLikeness.objects.filter(Q(lower=party_id) | Q(higher=party_id))
    stale.exclude(lower__in=others).exclude(higher__in=others).delete()
    changing = ("outcome", "bits", "coverage", "grounds")
    pair = ("lower", "higher")
    upsert_rows(PartyLikeness, (*pair, *changing), rows, key=pair, update=changing)


def _ground(part: Part) -> tuple[str, float | None, str]:
    return part.code, _finite(part.bits), part.detail


def _finite(bits: float) -> float | None:
    return bits if math.isfinite(bits) else None
