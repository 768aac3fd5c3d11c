"""Flagged shipments: the analyst's queue."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.selectors.office import office_day
from targeting.api.base import Resource
from targeting.api.conditional import etag_of, unless_known
from targeting.api.declaration_rows import ImporterSerializer
from targeting.api.included import OF_ALERTS
from targeting.api.includes import including
from targeting.api.permissions import POLICIES, own_account
from targeting.domain.lifecycle import Standing, allowed_moves
from targeting.filters.alerts import AlertFilter
from targeting.models import Alert, User
from targeting.selectors.alerts import (
    AlertSummary,
    holder_of,
    list_alerts,
    mark_of,
    queued_alerts,
    standing_of,
    summarise_alerts,
)
from targeting.selectors.sentences import explain_row, sentence_language, substances_of
from targeting.selectors.standing_dismissals import is_live
from targeting.selectors.substances import substance_names
from targeting.selectors.verification import is_any_verified

QUOTE = '"'
LINKED = ("declaration-detail", "party-detail", "party-network")


class LeadingItemSerializer(serializers.Serializer):
    item_number = serializers.IntegerField()
    description = serializers.CharField()
    commodity_code = serializers.CharField()


class AlertSubstanceSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    match_score = serializers.FloatField(help_text="0 to 1.")
    is_flagged = serializers.BooleanField()
    is_exempt = serializers.BooleanField(help_text="So little that the law does not control it.")
    kind = serializers.CharField(help_text="told or cover_name.")
    is_verified = serializers.BooleanField(
        help_text="Whether one of its lists was compared with its act."
    )


class ReasonSerializer(serializers.Serializer):
    code = serializers.CharField()
    contribution = serializers.DecimalField(max_digits=5, decimal_places=2)
    sentence = serializers.SerializerMethodField(help_text="In the language of Accept-Language.")

    def get_sentence(self, row: Any) -> str:
        names, lang = self.context["substance_names"], self.context["lang"]
        return explain_row(row, names=names, lang=lang)


class AlertLinksSerializer(serializers.Serializer):
    declaration = serializers.URLField()
    importer = serializers.URLField(allow_null=True)
    network = serializers.URLField(allow_null=True)


class ProposedDismissalSerializer(serializers.Serializer):
    reason = serializers.CharField()
    comment = serializers.CharField()
    actor = serializers.CharField()
    acted_at = serializers.DateTimeField()


class AlertSerializer(serializers.Serializer):
    """``reasons`` are the three strongest of the leading item and the declaration."""

    id = serializers.IntegerField(source="alert.id")
    etag = serializers.SerializerMethodField(help_text="What a move sends as `If-Match`.")
    state = serializers.CharField(source="alert.state", help_text="open or closed.")
    disposition = serializers.CharField(
        source="alert.disposition", help_text="The coded reason with which it was closed."
    )
    assignee = serializers.SerializerMethodField(help_text="The account that is at it; null: none.")
    assigned_until = serializers.SerializerMethodField()
    proposed_dismissal = serializers.SerializerMethodField(
        help_text="Waits for a second person; null: none does."
    )
    covered_by = serializers.SerializerMethodField(
        help_text="Id of a standing dismissal that covers it; null: none does."
    )
    moves = serializers.SerializerMethodField(help_text="What may be done with it now.")
    registration_number = serializers.CharField(source="alert.registration_number")
    version = serializers.IntegerField(source="alert.declaration.version")
    customs_office = serializers.CharField(source="alert.customs_office")
    lane = serializers.CharField(source="alert.lane", help_text="red, yellow, blue or green.")
    score = serializers.DecimalField(source="alert.score", max_digits=5, decimal_places=2)
    is_random_arm = serializers.BooleanField(source="alert.is_random_arm")
    is_cancelled = serializers.BooleanField(
        source="alert.is_cancelled", help_text="The declarant cancelled the declaration since."
    )
    is_retroactive = serializers.BooleanField(
        source="alert.is_retroactive", help_text="By law that came after the declaration."
    )
    accepted_at = serializers.DateTimeField(source="alert.accepted_at")
    raised_at = serializers.DateTimeField(source="alert.raised_at")
    due_at = serializers.DateTimeField(
        source="alert.due_at",
        allow_null=True,
        help_text="By when somebody is to decide; null: no time is set.",
    )
    updated_at = serializers.DateTimeField(source="alert.updated_at")
    leading_item = LeadingItemSerializer(allow_null=True)
    importer = ImporterSerializer(allow_null=True)
    substances = serializers.SerializerMethodField()
    reasons = ReasonSerializer(many=True)
    controlled_delivery = serializers.IntegerField(
        source="controlled_delivery.pk",
        default=None,
        allow_null=True,
        help_text="Id of a silent watch that is running; null for whoever is not named on it.",
    )
    links = serializers.SerializerMethodField()

    def get_etag(self, summary: AlertSummary) -> str:
        return mark_of(summary.alert)

    def get_assignee(self, summary: AlertSummary) -> str | None:
        holder = holder_of(summary.alert, self.context["now"])
        return holder.username if holder else None

    def get_assigned_until(self, summary: AlertSummary) -> datetime | None:
        is_held = holder_of(summary.alert, self.context["now"])
        return summary.alert.assigned_until if is_held else None

    @extend_schema_field(ProposedDismissalSerializer(allow_null=True))
    def get_proposed_dismissal(self, summary: AlertSummary) -> dict[str, Any] | None:
        if standing_of(summary.alert) is not Standing.DISMISSAL_PROPOSED:
            return None
        return dict(ProposedDismissalSerializer(summary.alert.proposal).data)

    def get_covered_by(self, summary: AlertSummary) -> int | None:
        standing = summary.alert.covered_by
        return standing.pk if standing and is_live(standing, self.context["now"]) else None

    def get_moves(self, summary: AlertSummary) -> list[str]:
        return list(allowed_moves(standing_of(summary.alert)))

    @extend_schema_field(AlertSubstanceSerializer(many=True))
    def get_substances(self, summary: AlertSummary) -> list[dict[str, Any]]:
        day = office_day(summary.alert.accepted_at)
        return [
            {
                "key": match.substance.key,
                "name": match.substance.preferred_name,
                "match_score": match.match_score,
                "is_flagged": match.is_flagged,
                "is_exempt": match.is_exempt,
                "kind": match.kind,
                "is_verified": is_any_verified(
                    match.list_codes, summary.verified.behind(match, day)
                ),
            }
            for match in summary.matches
        ]

    @extend_schema_field(AlertLinksSerializer)
    def get_links(self, summary: AlertSummary) -> dict[str, str | None]:
        party = summary.importer.party_id if summary.importer else None
        return {
            "declaration": self._link("declaration-detail", summary.alert.declaration_id),
            "importer": self._link("party-detail", party) if party else None,
            "network": self._link("party-network", party) if party else None,
        }

    def _link(self, route: str, pk: int) -> str:
        begin, end = self.context["links"][route]
        return f"{begin}{pk}{end}"


SHOWN = including(AlertSerializer, OF_ALERTS)


@extend_schema_view(
    list=extend_schema(summary="Flagged shipments", responses={200: SHOWN(many=True), 304: None}),
    retrieve=extend_schema(summary="One flagged shipment", responses={200: SHOWN, 304: None}),
)
class AlertViewSet(Resource):
    """Flagged shipments, the highest score first unless `ordering` says otherwise."""

    policy = POLICIES["alerts"]
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    queryset = Alert.objects.none()
    includes = dict.fromkeys(("list", "retrieve"), OF_ALERTS)

    def get_queryset(self) -> QuerySet[Alert]:
        return list_alerts(self.scope)

    def list(self, request: Request) -> Response:
        page = self.page_of(queued_alerts(self.scope))
        context = self.get_serializer_context()
        rows = _shown(page, context, reader=own_account(request), now=timezone.now())
        shown = self.with_included(rows, page)
        return self.get_paginated_response(shown)

    def retrieve(self, request: Request, pk: int) -> HttpResponseBase:
        """Its ETag is the mark that a move sends and what is shown besides: a hold that is over or
        a name that was put right makes no other alert of it, but another answer."""
        alert, context = self.get_object(), self.get_serializer_context()
        row = shown_alert(alert, context, reader=own_account(request), now=timezone.now())
        shown = self.with_included([row], [alert])[0]
        etag = f'{mark_of(alert).removesuffix(QUOTE)}-{etag_of(shown).strip(QUOTE)}"'
        return unless_known(request, lambda: Response(shown), etag=etag, modified=None)


def shown_alert(
    alert: Alert, context: Mapping[str, Any], *, reader: User, now: datetime
) -> dict[str, Any]:
    """The alert as its reader sees it."""
    return _shown([alert], context, reader=reader, now=now)[0]


def _shown(
    alerts: Sequence[Alert], context: Mapping[str, Any], *, reader: User, now: datetime
) -> list[dict[str, Any]]:
    summaries = summarise_alerts(alerts, reader=reader)
    lang = sentence_language()
    keys = substances_of([row for one in summaries for row in one.reasons])
    names = substance_names(keys, lang=lang)
    context = {
        **context,
        "lang": lang,
        "substance_names": names,
        "now": now,
        "links": {route: _around_id(route, context["request"]) for route in LINKED},
    }
    return list(AlertSerializer(summaries, many=True, context=context).data)


def _around_id(route: str, request: Request) -> tuple[str, str]:
    """What stands before and behind the id in an address of the route: asked once for a page."""
    place = reverse(route, kwargs={"pk": 0}, request=request)
    begin, _, end = place.rpartition("/0")
    return f"{begin}/", end
