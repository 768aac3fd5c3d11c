"""What is published of the random draw: so that anyone can recompute who was selected by it."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from risk.models import DrawDigest
from risk.selectors.draws import list_draw_days
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES

_DAY = OpenApiParameter("day", OpenApiTypes.DATE, OpenApiParameter.PATH)


class DrawDaySerializer(serializers.ModelSerializer):
    """``digest`` is the SHA-256 of the day's key, told before the day; ``key`` (hexadecimal) is
    null until it is published."""

    key = serializers.CharField(
        source="published.key", default=None, allow_null=True, read_only=True
    )
    published_at = serializers.DateTimeField(
        source="published.published_at", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = DrawDigest
        fields = ["day", "digest", "announced_at", "key", "published_at"]


@extend_schema_view(
    list=extend_schema(summary="Days of the random draw, the latest first"),
    retrieve=extend_schema(summary="One day of the random draw", parameters=[_DAY]),
)
class DrawDayViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Public by its purpose: every caller reads it, and docs/risk.md tells how to check a draw."""

    policy = POLICIES["draw-days"]
    audit_reads = False
    serializer_class = DrawDaySerializer
    filter_backends = []
    lookup_field = "day"
    queryset = list_draw_days()
