"""The queue of flagged shipments, and what a row of it says."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    Count,
    FloatField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Exp

from risk.domain.learning.priority import MOST_POINTS
from risk.models import IndicatorRow, ModelScore, SubstanceMatch
from risk.models.choices import RiskModelState
from shipments.models import GoodsItem, PartyRole
from shipments.selectors.declarations import importer_roles
from targeting.domain.lifecycle import Standing
from targeting.models import Alert, AlertAct, ControlledDelivery, User
from targeting.models.choices import AlertState
from targeting.selectors.controlled_deliveries import running_marks
from targeting.selectors.scope import Scope, in_scope
from targeting.selectors.verification import VerifiedLists

REASONS = 3
SUBSTANCES = 5
# Of a match, what a row of the queue says; the rest of its evidence is the dossier's.
_SHOWN_OF_MATCHES = (
    *("match_score", "is_flagged", "is_exempt", "is_upcoming", "kind", "list_verdicts"),
    *("substance__key", "substance__preferred_name", "goods_item__declaration", "look_back__day"),
)
_SHOWN_BESIDE_ALERTS = (
    *("declaration__version", "assessment__leading_item_number", "assignee__username"),
    *("proposal__assessment", "proposal__reason", "proposal__comment", "proposal__actor"),
    *("proposal__acted_at", "covered_by__valid_until", "covered_by__ended_at"),
)
_SHOWN_OF_ITEMS = (
    *("declaration", "item_number", "description", "commodity_code"),
    *("net_mass_kg", "statistical_value"),
)
# As the framework says it, with a window over all rows, it takes longer to write than to answer.
_STRONGEST = """
    SELECT fired.* FROM risk_riskassessment AS assessed CROSS JOIN LATERAL (
        SELECT id, assessment_id, code, contribution, params FROM risk_indicatorrow
        WHERE assessment_id = assessed.id AND item_number IN (0, assessed.leading_item_number)
        ORDER BY contribution DESC, code LIMIT %s
    ) AS fired
    WHERE assessed.id = ANY(%s)
    ORDER BY fired.contribution DESC, fired.code
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSummary:
    """An alert with what the queue shows beside it.

    ``matches`` hold one match a substance, flagged and best first; ``verified`` tells which
    lists behind them were verified; ``reasons`` are the strongest
    fired indicators of the leading item and of the declaration. ``controlled_delivery`` is one
    that the reader is named on.
    """

    alert: Alert
    importer: PartyRole | None
    leading_item: GoodsItem | None
    matches: tuple[SubstanceMatch, ...]
    verified: VerifiedLists
    reasons: tuple[IndicatorRow, ...]
    controlled_delivery: ControlledDelivery | None


def list_alerts(scope: Scope) -> QuerySet[Alert]:
    """The alerts in the scope, the highest score first."""
    related = ("declaration", "assessment", "assignee", "proposal", "covered_by")
    return Alert.objects.select_related(*related).order_by("-score").filter(in_scope(scope))


def queued_alerts(scope: Scope) -> QuerySet[Alert]:
    """:func:`list_alerts` with no more of what is joined than :func:`summarise_alerts` shows."""
    own = [field.name for field in Alert._meta.concrete_fields]
    return list_alerts(scope).only(*own, *_SHOWN_BESIDE_ALERTS)


def alerts_on(registration_numbers: Sequence[str], scope: Scope) -> QuerySet[Alert]:
    """The alerts in the scope on any version of the declarations, the newest first."""
    rows = Alert.objects.filter(in_scope(scope), registration_number__in=registration_numbers)
    return rows.order_by("-id")


def count_each(lists: Sequence[QuerySet[Alert]]) -> list[int]:
    """How many alerts each of the lists holds, in one query however many lists there are."""
    counts = [
        Alert.objects.filter(pk__in=rows.order_by().values("pk"))
        .values(place=Value(place))
        .annotate(total=Count("pk"))
        .values_list("place", "total")
        for place, rows in enumerate(lists)
    ]
    if not counts:
        return []
    totals = dict(counts[0].union(*counts[1:], all=True))
    return [totals.get(place, 0) for place in range(len(lists))]


def with_priority(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """With ``priority``: the score, and what an active learned model adds to it
    (:func:`risk.domain.learning.priority.priority`); the score alone while none is active."""
    said = ModelScore.objects.filter(
        assessment=OuterRef("assessment"), model__state=RiskModelState.ACTIVE
    )
    raw = Subquery(said.values("raw_score")[:1], output_field=FloatField())
    added = MOST_POINTS / (1.0 + Exp(-1.0 * raw))
    return alerts.annotate(priority=Cast("score", FloatField()) + Coalesce(added, 0.0))


def list_acts(alert: Alert) -> QuerySet[AlertAct]:
    """What people did with the alert, the latest first, with the version that they saw and the
    file that they attached."""
    acts = AlertAct.objects.select_related("assessment__declaration", "attachment")
    return acts.filter(alert=alert).order_by("-id")


def standing_of(alert: Alert) -> Standing:
    """Where it stands. A proposed dismissal lapses when another version or a change of the
    lists brings another assessment: the second person would confirm what nobody proposed."""
    if alert.state == AlertState.CLOSED:
        return Standing.CLOSED
    proposal = alert.proposal
    if proposal and proposal.assessment_id == alert.assessment_id:
        return Standing.DISMISSAL_PROPOSED
    return Standing.OPEN


def holder_of(alert: Alert, now: datetime) -> User | None:
    """Who is at it; nobody once the time is over."""
    until = alert.assigned_until
    return alert.assignee if until and until > now else None


def mark_of(alert: Alert) -> str:
    """The ETag of the alert as it was read: it changes with every move and every version."""
    return f'"{alert.pk}-{int(alert.updated_at.timestamp() * 1_000_000)}-{alert.assessment_id}"'


def mark_in(etag: str) -> str:
    """The mark in an ETag that an answer had: that of a row says what was shown, too, and a proxy
    that compresses calls it weak."""
    parts = etag.removeprefix("W/").strip('"').split("-")
    return f'"{"-".join(parts[:3])}"'


def summarise_alerts(alerts: Sequence[Alert], *, reader: User) -> list[AlertSummary]:
    """The summaries of these alerts, in their order, in six queries however many they are."""
    if not alerts:
        return []
    ids = [alert.declaration_id for alert in alerts]
    importers = importer_roles(declaration_ids=ids)
    items = _leading_items(alerts)
    matches = _best_matches(ids)
    reasons = _reasons(alerts)
    verified = VerifiedLists()
    marks = running_marks([alert.pk for alert in alerts], reader)
    return [
        AlertSummary(
            alert=alert,
            importer=importers.get(alert.declaration_id),
            leading_item=items.get(_leading_place(alert)),
            matches=tuple(matches[alert.declaration_id][:SUBSTANCES]),
            verified=verified,
            reasons=tuple(reasons[alert.assessment_id]),
            controlled_delivery=marks.get(alert.pk),
        )
        for alert in alerts
    ]


def _leading_place(alert: Alert) -> tuple[int, int | None]:
    return alert.declaration_id, alert.assessment.leading_item_number


def _leading_items(alerts: Sequence[Alert]) -> dict[tuple[int, int | None], GoodsItem]:
    places = {_leading_place(alert) for alert in alerts}
    # Of these declarations also items that lead another one: few, and without a condition a row.
    items = GoodsItem.objects.filter(
        declaration__in={declaration_id for declaration_id, _ in places},
        item_number__in={number for _, number in places if number is not None},
    ).only(*_SHOWN_OF_ITEMS)
    found = {(item.declaration_id, item.item_number): item for item in items}
    return {place: item for place, item in found.items() if place in places}


def _best_matches(declaration_ids: list[int]) -> dict[int, list[SubstanceMatch]]:
    best = (
        SubstanceMatch.objects.filter(goods_item__declaration__in=declaration_ids)
        .select_related("substance", "goods_item", "look_back")
        .only(*_SHOWN_OF_MATCHES)
        .order_by("goods_item__declaration_id", "substance_id", "-is_flagged", "-match_score")
        .distinct("goods_item__declaration_id", "substance_id")
    )
    found: dict[int, list[SubstanceMatch]] = defaultdict(list)
    for match in sorted(best, key=lambda m: (not m.is_flagged, -m.match_score, m.substance_id)):
        found[match.goods_item.declaration_id].append(match)
    return found


def _reasons(alerts: Sequence[Alert]) -> dict[int, list[IndicatorRow]]:
    rows = IndicatorRow.objects.raw(
        _STRONGEST, [REASONS, [alert.assessment_id for alert in alerts]]
    )
    found: dict[int, list[IndicatorRow]] = defaultdict(list)
    for row in rows:
        found[row.assessment_id].append(row)
    return found
