"""Dismissals that stand for repeats: listed, counted, ended."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, own_account
from targeting.models import StandingDismissal
from targeting.selectors.standing_dismissals import list_standing
from targeting.services.standing_dismissals import end_standing


class StandingDismissalSerializer(serializers.ModelSerializer):
    """``covered_count`` alerts are or were covered by it; `alerts?covered=true` shows those of
    today."""

    scope = serializers.CharField(help_text="importer, importer_substance or wording.")
    reason = serializers.CharField(source="act.reason")
    comment = serializers.CharField(source="act.comment")
    made_by = serializers.CharField(source="act.actor")
    made_at = serializers.DateTimeField(source="act.acted_at")
    registration_number = serializers.CharField(source="alert.registration_number")
    substances = serializers.SerializerMethodField()
    covered_count = serializers.IntegerField()

    class Meta:
        model = StandingDismissal
        fields = [
            "id", "alert", "registration_number", "customs_office", "scope", "importer",
            "substances", "reason", "comment", "made_by", "made_at", "valid_until",
            "ended_by", "ended_at", "covered_count",
        ]  # fmt: skip

    def get_substances(self, standing: StandingDismissal) -> list[str]:
        return sorted(standing.seen["substances"])


@extend_schema_view(
    list=extend_schema(summary="Dismissals that stand for repeats, the newest first"),
    retrieve=extend_schema(summary="One standing dismissal"),
)
class StandingDismissalViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """A repeat that one covers stays in the queue, marked; what differs returns by itself."""

    policy = POLICIES["standing-dismissals"]
    serializer_class = StandingDismissalSerializer
    filter_backends = []
    queryset = StandingDismissal.objects.none()

    def get_queryset(self) -> QuerySet[StandingDismissal]:
        return list_standing(self.scope)

    @extend_schema(summary="End it: what it covered is as all others", request=None)
    def end(self, request: Request, pk: int) -> Response:
        end_standing(
            standing=self.get_object(), actor=own_account(request).actor, now=timezone.now()
        )
        return Response(self.get_serializer(self.get_object()).data)
