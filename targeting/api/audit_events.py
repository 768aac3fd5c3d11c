"""The audit as auditors read it: events, and whether the chain over them holds."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from targeting.api.base import Resource
from targeting.api.permissions import POLICIES
from targeting.filters.audit import AuditEventFilter
from targeting.models import AuditEvent
from targeting.selectors.audit import get_chain_report, list_events


class AuditEventSerializer(serializers.ModelSerializer):
    action = serializers.CharField(source="verb", help_text="What was tried.")
    object = serializers.CharField(source="object_key", help_text="Key of what it was done to.")
    terms = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    status = serializers.IntegerField(help_text="Of the answer: what became of it.")
    is_sealed = serializers.BooleanField(help_text="Whether the hash chain holds it already.")

    class Meta:
        model = AuditEvent
        fields = [
            "id",
            "at",
            "actor",
            "role",
            "action",
            "resource",
            "object",
            "terms",
            "status",
            "purpose",
            "address",
            "request_id",
            "is_sealed",
        ]


class ChainBreakSerializer(serializers.Serializer):
    position = serializers.IntegerField(allow_null=True, help_text="In the chain, from 1.")
    event = serializers.IntegerField(source="event_id", allow_null=True)
    difference = serializers.CharField(
        help_text="seal_missing, seal_changed, event_missing, event_changed or event_inserted."
    )


class ChainSerializer(serializers.Serializer):
    """What the last hourly walk along the chain found; nulls before the first."""

    checked_at = serializers.DateTimeField(allow_null=True)
    holds = serializers.BooleanField(allow_null=True)
    sealed = serializers.IntegerField(allow_null=True, help_text="Events, up to a break.")
    head = serializers.CharField(allow_null=True, help_text="Digest to keep elsewhere, in hex.")
    unsealed = serializers.IntegerField(allow_null=True)
    oldest_unsealed_at = serializers.DateTimeField(allow_null=True)
    first_break = ChainBreakSerializer(allow_null=True)
    is_protected = serializers.BooleanField(
        allow_null=True, help_text="Whether the application's role cannot change the tables."
    )


@extend_schema_view(
    list=extend_schema(summary="Audit events, newest first"),
    retrieve=extend_schema(summary="One audit event"),
)
class AuditEventViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What people and clients did: for auditors, of the accounts they watch."""

    policy = POLICIES["audit-events"]
    serializer_class = AuditEventSerializer
    filterset_class = AuditEventFilter
    queryset = AuditEvent.objects.none()

    def get_queryset(self) -> QuerySet[AuditEvent]:
        return list_events(self.scope)


class AuditChainViewSet(Resource):
    """Whether the audit was changed behind everybody's back."""

    policy = POLICIES["audit-chain"]
    serializer_class = ChainSerializer
    filter_backends = []

    @extend_schema(summary="What the last walk along the chain found", responses=ChainSerializer)
    def retrieve(self, request: Request) -> Response:
        report = get_chain_report()
        fields = ChainSerializer().fields
        found: Any = report if report else dict.fromkeys(fields)
        return Response(ChainSerializer(found).data)
