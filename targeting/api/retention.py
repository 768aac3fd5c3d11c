"""Retention runs: what was removed, when, and under which policy."""

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from targeting.api.base import Resource
from targeting.api.permissions import POLICIES
from targeting.models import RetentionRun


class RetentionRunSerializer(serializers.ModelSerializer):
    """Due is what is from before ``first_kept_day``. ``counts`` are rows by table."""

    class Meta:
        model = RetentionRun
        fields = [
            "id", "kept", "months", "first_kept_day", "started_at", "finished_at",
            "removed_count", "held_count", "protected_count", "counts",
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(summary="Retention runs, the newest first"),
    retrieve=extend_schema(summary="One retention run and how far it is"),
)
class RetentionRunViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Counts and days only: of what was removed nothing is left to show."""

    policy = POLICIES["retention-runs"]
    audit_reads = False
    serializer_class = RetentionRunSerializer
    filter_backends = []
    queryset = RetentionRun.objects.order_by("-id")
