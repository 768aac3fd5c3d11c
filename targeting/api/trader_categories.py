"""Categories of traders: what holds for a party and why, and what people say instead."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.trader_categories import Reason, TraderCategory
from risk.models import CategoryOverride, CategoryRun, TraderStanding
from risk.models.choices import TRADER_CATEGORIES
from risk.selectors.office import office_day
from risk.selectors.trader_categories import effective_category, stored_standing
from risk.services import trader_categories
from shipments.models import Party
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, acting_person
from targeting.filters.trader_categories import CategoryOverrideFilter
from targeting.selectors.parties import list_parties
from targeting.selectors.scope import Scope, party_in_scope

CATEGORY_HELP = "low, medium or high."


class CategoryReasonSerializer(serializers.Serializer):
    """Numbers count declarations of every office: who sees only some does not see them."""

    code = serializers.CharField()
    value = serializers.IntegerField(allow_null=True, help_text="What was found.")
    wanted = serializers.IntegerField(allow_null=True, help_text="What the rules want.")
    sentence = serializers.CharField(allow_null=True)


class StandingSerializer(serializers.Serializer):
    month = serializers.DateField(help_text="From the first day of this month on.")
    category = serializers.CharField(help_text=CATEGORY_HELP)
    reasons = CategoryReasonSerializer(many=True)


class CategoryOverrideSerializer(serializers.ModelSerializer):
    state = serializers.CharField(help_text="proposed, active or withdrawn.")

    class Meta:
        model = CategoryOverride
        fields = [
            "id", "party", "category", "reason", "valid_from", "valid_until", "state",
            "proposed_by", "proposed_at", "approved_by", "approved_at", "withdrawn_by",
            "withdrawn_at", "withdrawal_reason",
        ]  # fmt: skip


class PartyCategorySerializer(serializers.Serializer):
    """``category`` is the override's where one holds today, else that of the rules."""

    category = serializers.CharField(help_text=CATEGORY_HELP)
    by_rules = serializers.CharField(help_text=CATEGORY_HELP)
    month = serializers.DateField(
        allow_null=True, help_text="Since when the rules say so; null: not computed yet."
    )
    reasons = CategoryReasonSerializer(many=True)
    override = CategoryOverrideSerializer(allow_null=True)
    history = StandingSerializer(many=True, help_text="The latest first.")


class NewCategoryOverrideSerializer(serializers.Serializer):
    party = serializers.IntegerField(min_value=1)
    category = serializers.ChoiceField(choices=TRADER_CATEGORIES)
    reason = serializers.CharField(max_length=2000, help_text="Why the rules do not fit.")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(help_text="Last day; at most 366 days later.")


class OverrideWithdrawalSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


class CategoryRunSerializer(serializers.ModelSerializer):
    class Meta:
        model = CategoryRun
        fields = ["month", "computed_at", "rules", "low_count", "medium_count", "high_count"]


def _told(reasons: tuple[Reason, ...], scope: Scope) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code.value,
            "value": one.value if scope.is_central else None,
            "wanted": one.wanted,
            "sentence": one.sentence if scope.is_central else None,
        }
        for one in reasons
    ]


class PartyCategoryViewSet(Resource):
    """The category of one party. It speaks of the trader, not of a consignment."""

    policy = POLICIES["party-category"]
    serializer_class = PartyCategorySerializer
    queryset = Party.objects.none()

    def get_queryset(self) -> QuerySet[Party]:
        return list_parties(self.scope)

    @extend_schema(summary="The risk category of a trader, with every reason for it")
    def retrieve(self, request: Request, pk: int) -> Response:
        party = self.get_object()
        now = effective_category(party_id=party.pk, day=office_day(timezone.now()))
        rows = TraderStanding.objects.filter(party=party).order_by("-month")
        history = [(row.month, stored_standing(row)) for row in rows]
        answer = {
            "category": now.category,
            "by_rules": now.standing.category,
            "month": now.month,
            "reasons": _told(now.standing.reasons, self.scope),
            "override": now.override,
            "history": [
                {
                    "month": month,
                    "category": one.category,
                    "reasons": _told(one.reasons, self.scope),
                }
                for month, one in history
            ],
        }
        return Response(self.get_serializer(answer).data)


@extend_schema_view(list=extend_schema(summary="Monthly computations, the newest first"))
class CategoryRunViewSet(mixins.ListModelMixin, Resource):
    """What each month's computation came to, and by which thresholds."""

    policy = POLICIES["category-runs"]
    serializer_class = CategoryRunSerializer
    queryset = CategoryRun.objects.order_by("-month")


@extend_schema_view(
    list=extend_schema(summary="Categories that people gave, the newest first"),
    retrieve=extend_schema(summary="One category that people gave"),
)
class CategoryOverrideViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """A category for a time, whatever the rules say; two people give it."""

    policy = POLICIES["category-overrides"]
    serializer_class = CategoryOverrideSerializer
    filterset_class = CategoryOverrideFilter
    queryset = CategoryOverride.objects.none()

    def get_queryset(self) -> QuerySet[CategoryOverride]:
        seen = Party.objects.filter(party_in_scope(self.scope))
        return CategoryOverride.objects.filter(party__in=seen).order_by("-id")

    @extend_schema(
        summary="Propose a category, which holds once somebody else approved it",
        request=NewCategoryOverrideSerializer,
        responses={201: CategoryOverrideSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = NewCategoryOverrideSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        row = trader_categories.propose_override(
            party=get_object_or_404(list_parties(self.scope), pk=given.pop("party")),
            **given | {"category": TraderCategory(given["category"])},
            by=acting_person(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(row).data, status=201)

    @extend_schema(summary="Let a proposed category hold; not by who proposed it", request=None)
    def approve(self, request: Request, pk: int) -> Response:
        row = trader_categories.approve_override(
            override_id=self.get_object().pk, by=acting_person(request), now=timezone.now()
        )
        return Response(self.get_serializer(row).data)

    @extend_schema(
        summary="Let the rules hold again, or refuse a proposed category",
        request=OverrideWithdrawalSerializer,
    )
    def withdraw(self, request: Request, pk: int) -> Response:
        serializer = OverrideWithdrawalSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = trader_categories.withdraw_override(
            override_id=self.get_object().pk,
            reason=serializer.validated_data["reason"],
            by=acting_person(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(row).data)
