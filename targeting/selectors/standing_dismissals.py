"""Dismissals that stand, what they cover, and what an alert is about."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from django.db.models import Count, Q, QuerySet

from risk.domain.scoring import decode_facts
from risk.models import SubstanceMatch
from risk.selectors.office import office_day
from shipments.selectors.declarations import importer_roles
from targeting.domain.dismissals import AlertCase
from targeting.models import Alert, StandingDismissal
from targeting.selectors.scope import Scope, in_scope


def list_standing(scope: Scope) -> QuerySet[StandingDismissal]:
    """Standing dismissals in the scope with ``covered_count``, the newest first."""
    rows = StandingDismissal.objects.select_related("act", "alert").order_by("-id")
    return rows.filter(in_scope(scope)).annotate(covered_count=Count("covered"))


def living(day: date) -> Q:
    """Dismissals that stand on the day."""
    return Q(ended_at=None, valid_until__gte=day)


def is_covered(day: date) -> Q:
    """Alerts that a dismissal covers on the day; when it ends they are as all others."""
    return Q(covered_by__isnull=False, covered_by__ended_at=None, covered_by__valid_until__gte=day)


def is_live(standing: StandingDismissal, now: datetime) -> bool:
    """Whether it stands at the moment."""
    return standing.ended_at is None and standing.valid_until >= office_day(now)


def cases_of(alerts: Sequence[Alert]) -> dict[int, AlertCase]:
    """What each alert is about, by its id; two queries. They come with ``assessment``."""
    ids = [alert.declaration_id for alert in alerts]
    importers = importer_roles(declaration_ids=ids)
    flagged: dict[int, list[SubstanceMatch]] = defaultdict(list)
    matches = SubstanceMatch.objects.filter(goods_item__declaration__among=ids, is_flagged=True)
    for match in matches.select_related("substance", "goods_item").order_by("pk"):
        flagged[match.goods_item.declaration_id].append(match)
    return {
        alert.pk: _case(alert, importers.get(alert.declaration_id), flagged[alert.declaration_id])
        for alert in alerts
    }


def _case(alert: Alert, importer: Any, matches: Sequence[SubstanceMatch]) -> AlertCase:
    items = {match.goods_item_id: match.goods_item for match in matches}
    laws: dict[str, set[str]] = defaultdict(set)
    for match in matches:
        laws[match.substance.key].add(_law(match))
    facts = decode_facts(bytes(alert.assessment.facts))
    return AlertCase(
        importer=importer.party_id if importer else None,
        lane=alert.lane,
        is_random_arm=alert.is_random_arm,
        substances={key: " | ".join(sorted(told)) for key, told in sorted(laws.items())},
        wordings=tuple(sorted({_digest(item.description) for item in items.values()})),
        mass_kg=sum((item.net_mass_kg or Decimal(0) for item in items.values()), Decimal(0)),
        shared_identifiers=facts.party.shared_identifier_count,
    )


def _law(match: SubstanceMatch) -> str:
    """What the lists say of the substance: their codes and limits, not of this percent."""
    told = [
        (one["list_code"], one.get("limit_pct"), one.get("is_limit_exclusive", False))
        for one in match.list_verdicts
    ]
    return json.dumps(sorted(told, key=str))


def _digest(text: str) -> str:
    return blake2b(" ".join(text.casefold().split()).encode(), digest_size=16).hexdigest()
