"""Preliminary information and the declarations it announced: why, and what differs."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.models import PreliminaryLink
from risk.services.preliminary import decide_link
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, own_account
from targeting.filters.preliminary import PreliminaryLinkFilter
from targeting.selectors.preliminary import list_preliminary_links


class AnnouncedDifferenceSerializer(serializers.Serializer):
    """``share`` is how far apart they are, above 0 to 1; ``item_number`` that of the
    declaration, 0 for the whole of it."""

    field = serializers.CharField()
    announced = serializers.CharField()
    declared = serializers.CharField()
    share = serializers.FloatField()
    item_number = serializers.IntegerField(default=0)


class PreliminaryLinkSerializer(serializers.ModelSerializer):
    state = serializers.CharField(help_text="proposed, linked, confirmed or rejected.")
    score = serializers.FloatField(help_text="How sure it is, 0 to 1.")
    grounds = serializers.ListField(
        child=serializers.CharField(), help_text="What speaks for one consignment."
    )
    compared = serializers.ListField(
        child=serializers.CharField(), help_text="Fields that both state."
    )
    differences = AnnouncedDifferenceSerializer(many=True)

    class Meta:
        model = PreliminaryLink
        fields = [
            "id", "preliminary_number", "preliminary", "declaration_number", "declaration",
            "state", "score", "grounds", "compared", "differences",
            "decided_by", "decided_at", "reason",
        ]  # fmt: skip


class LinkDecisionSerializer(serializers.Serializer):
    is_same = serializers.BooleanField(help_text="Whether both tell of one consignment.")
    reason = serializers.CharField(max_length=2000)


@extend_schema_view(
    list=extend_schema(summary="Links to preliminary information, the newest first"),
    retrieve=extend_schema(summary="One link, with its grounds and differences"),
)
class PreliminaryLinkViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Made by score from either side; a person may confirm or reject one, and change that."""

    policy = POLICIES["preliminary-links"]
    serializer_class = PreliminaryLinkSerializer
    filterset_class = PreliminaryLinkFilter
    queryset = PreliminaryLink.objects.none()

    def get_queryset(self) -> QuerySet[PreliminaryLink]:
        return list_preliminary_links(self.scope)

    @extend_schema(
        summary="Say whether both tell of one consignment",
        request=LinkDecisionSerializer,
        responses=PreliminaryLinkSerializer,
    )
    def decide(self, request: Request, pk: int) -> Response:
        link = self.get_object()
        serializer = LinkDecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        decided = decide_link(
            link=link,
            **serializer.validated_data,
            actor=own_account(request).actor,
            now=timezone.now(),
        )
        return Response(PreliminaryLinkSerializer(decided).data)
