"""Flagged shipments: the analyst's queue."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from targeting.api.base import Resource
from targeting.api.fields import GuardedParty
from targeting.api.permissions import POLICIES, own_account
from targeting.api.sentences import explain_row, sentence_language, substances_of
from targeting.filters.alerts import AlertFilter
from targeting.models import Alert
from targeting.selectors.alerts import AlertSummary, list_alerts, summarise_alerts
from targeting.selectors.substances import substance_names
from targeting.selectors.verification import is_any_verified


class LeadingItemSerializer(serializers.Serializer):
    item_number = serializers.IntegerField()
    description = serializers.CharField()
    commodity_code = serializers.CharField()


class ImporterSerializer(GuardedParty):
    """The importer as declared, or the consignee when there is none."""

    name = serializers.CharField()
    bin = serializers.SerializerMethodField()
    country = serializers.CharField()
    party = serializers.IntegerField(source="party_id", allow_null=True)

    def get_bin(self, role: Any) -> str | None:
        return next((i["value"] for i in role.identifiers if i["kind"] == "bin"), None)


class AlertSubstanceSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    match_score = serializers.FloatField(help_text="0 to 1.")
    is_flagged = serializers.BooleanField()
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


class AlertSerializer(serializers.Serializer):
    """``reasons`` are the three strongest of the leading item and the declaration."""

    id = serializers.IntegerField(source="alert.id")
    state = serializers.CharField(source="alert.state", help_text="open or closed.")
    disposition = serializers.CharField(source="alert.disposition")
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

    @extend_schema_field(AlertSubstanceSerializer(many=True))
    def get_substances(self, summary: AlertSummary) -> list[dict[str, Any]]:
        return [
            {
                "key": match.substance.key,
                "name": match.substance.preferred_name,
                "match_score": match.match_score,
                "is_flagged": match.is_flagged,
                "kind": match.kind,
                "is_verified": is_any_verified(match.list_codes, summary.verified_lists),
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
        return reverse(route, kwargs={"pk": pk}, request=self.context["request"])


@extend_schema_view(
    list=extend_schema(summary="Flagged shipments"),
    retrieve=extend_schema(summary="One flagged shipment"),
)
class AlertViewSet(Resource):
    """Flagged shipments, the highest score first unless `ordering` says otherwise."""

    policy = POLICIES["alerts"]
    serializer_class = AlertSerializer
    filterset_class = AlertFilter
    queryset = Alert.objects.none()

    def get_queryset(self) -> QuerySet[Alert]:
        return list_alerts(self.scope)

    def list(self, request: Request) -> Response:
        page = self.page_of(self.get_queryset())
        rows = _shown(
            summarise_alerts(page, reader=own_account(request)), self.get_serializer_context()
        )
        return self.get_paginated_response(rows)

    def retrieve(self, request: Request, pk: int) -> Response:
        summaries = summarise_alerts([self.get_object()], reader=own_account(request))
        return Response(_shown(summaries, self.get_serializer_context())[0])


def _shown(summaries: Sequence[AlertSummary], context: Mapping[str, Any]) -> list[dict[str, Any]]:
    lang = sentence_language()
    keys = substances_of([row for one in summaries for row in one.reasons])
    context = {**context, "lang": lang, "substance_names": substance_names(keys, lang=lang)}
    return list(AlertSerializer(summaries, many=True, context=context).data)
