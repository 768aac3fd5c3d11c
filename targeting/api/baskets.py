"""Reagent baskets: what linked importers acquire of one family, and what analysts make of it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.network.basket_states import BasketMove
from risk.models import BasketAcquisition, BasketAct, ReagentBasket
from risk.selectors.baskets import families
from risk.services.baskets import move_basket
from targeting.api.base import Resource
from targeting.api.channels import SignSerializer
from targeting.api.network_files import AS, FILE, network_file, wanted_format
from targeting.api.parties import PartySerializer
from targeting.api.permissions import POLICIES, own_account
from targeting.api.registers import SheetDownload, as_text
from targeting.filters.baskets import BasketFilter
from targeting.selectors.baskets import (
    list_baskets,
    list_baskets_in_full,
    members_of,
    substances_of,
    view_of_basket,
)
from targeting.selectors.sentences import sentence_language


class BasketSerializer(serializers.ModelSerializer):
    """Days, counts and mass are of what no licence covers."""

    state = serializers.CharField(help_text="open or dismissed.")
    family_name = serializers.SerializerMethodField()
    signs = SignSerializer(many=True, help_text="Why it was found, the strongest first.")

    class Meta:
        model = ReagentBasket
        fields = [
            *("id", "family", "family_name", "state", "score", "signs"),
            *("first_seen_at", "last_seen_at", "declaration_count", "substance_count", "mass_kg"),
            *("found_at", "changed_at", "follows"),
        ]

    @extend_schema_field(str)
    def get_family_name(self, basket: ReagentBasket) -> str:
        """In the reader's language; the code of a family that is in the file no more."""
        return _family_name(basket)


class BasketMemberSerializer(serializers.Serializer):
    party = PartySerializer()
    declaration_count = serializers.IntegerField()
    mass_kg = serializers.DecimalField(max_digits=24, decimal_places=6)


class BasketSubstanceSerializer(serializers.Serializer):
    key = serializers.CharField()
    name = serializers.CharField()
    declaration_count = serializers.IntegerField()
    mass_kg = serializers.DecimalField(max_digits=24, decimal_places=6)


class FamilyMemberSerializer(serializers.Serializer):
    substance_key = serializers.CharField()
    listed_in = serializers.CharField(help_text="The list that names it.")
    source = serializers.CharField(help_text="What puts it in the family.")  # type: ignore[assignment]
    confidence = serializers.CharField(help_text="high: that text was read; medium: it was not.")


class BasketAcquisitionSerializer(serializers.ModelSerializer):
    registration_number = serializers.CharField(source="declaration.registration_number")
    customs_office = serializers.CharField(source="declaration.customs_office")
    item_number = serializers.IntegerField(source="goods_item.item_number")
    substance_key = serializers.CharField(source="substance.key")
    party = serializers.IntegerField(source="party_id", help_text="Who acquired it.")

    class Meta:
        model = BasketAcquisition
        fields = [
            *("accepted_at", "declaration", "registration_number", "item_number"),
            *("customs_office", "substance_key", "party", "mass_kg", "is_covered", "is_equipment"),
        ]
        extra_kwargs = {
            "is_covered": {"help_text": "By a licence: shown, and counted nowhere."},
            "is_equipment": {"help_text": "Listed equipment: shown, and counted nowhere."},
        }


class BasketActSerializer(serializers.ModelSerializer):
    move = serializers.CharField(help_text="dismiss or reopen.")

    class Meta:
        model = BasketAct
        fields = ["move", "reason", "by", "at"]


class BasketDetailSerializer(BasketSerializer):
    """``acquisitions`` are the timeline."""

    members = serializers.SerializerMethodField()
    substances = serializers.SerializerMethodField()
    family_members = serializers.SerializerMethodField()
    acquisitions = BasketAcquisitionSerializer(many=True)
    acts = BasketActSerializer(many=True)

    class Meta(BasketSerializer.Meta):
        fields = [
            *BasketSerializer.Meta.fields,
            *("members", "substances", "family_members", "acquisitions", "acts"),
        ]

    @extend_schema_field(FamilyMemberSerializer(many=True))
    def get_family_members(self, basket: ReagentBasket) -> list[dict[str, str]]:
        """Of the published family, with the source of each; none of one that is in no file."""
        known = families().get(basket.family)
        return [one._asdict() for one in known.members] if known else []

    @extend_schema_field(BasketMemberSerializer(many=True))
    def get_members(self, basket: ReagentBasket) -> list[dict[str, Any]]:
        return list(BasketMemberSerializer(members_of(basket), many=True).data)

    @extend_schema_field(BasketSubstanceSerializer(many=True))
    def get_substances(self, basket: ReagentBasket) -> list[dict[str, Any]]:
        return list(BasketSubstanceSerializer(substances_of(basket), many=True).data)


class BasketMoveSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)


@extend_schema_view(
    list=extend_schema(summary="Reagent baskets, the strongest first"),
    retrieve=extend_schema(summary="One basket with its members and its timeline"),
)
class BasketViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Substances of one family that a linked group acquires beyond its authorisations."""

    policy = POLICIES["reagent-baskets"]
    serializer_class = BasketSerializer
    filterset_class = BasketFilter
    queryset = ReagentBasket.objects.none()

    def get_queryset(self) -> QuerySet[ReagentBasket]:
        full = self.action not in ("list", "dismiss", "reopen")
        return (list_baskets_in_full if full else list_baskets)(self.scope)

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        return BasketDetailSerializer if self.action == "retrieve" else BasketSerializer

    @extend_schema(
        summary="The basket is harmless", request=BasketMoveSerializer, responses=BasketSerializer
    )
    def dismiss(self, request: Request, pk: int) -> Response:
        return self._moved(request, BasketMove.DISMISS)

    @extend_schema(
        summary="Open a dismissed basket again",
        request=BasketMoveSerializer,
        responses=BasketSerializer,
    )
    def reopen(self, request: Request, pk: int) -> Response:
        return self._moved(request, BasketMove.REOPEN)

    @extend_schema(
        summary="The basket as a file: who shares what and acquired what",
        parameters=[AS],
        responses=FILE,
        filters=False,
    )
    def network_file(self, request: Request, pk: int) -> HttpResponse:
        wanted, basket = wanted_format(request), self.get_object()
        view = view_of_basket(basket, family=_family_name(basket), as_of=timezone.now())
        return network_file(view, wanted, f"reagent-basket-{pk}")

    def _moved(self, request: Request, move: BasketMove) -> Response:
        basket = self.get_object()
        serializer = BasketMoveSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        row = move_basket(
            basket_id=basket.pk,
            move=move,
            reason=serializer.validated_data["reason"],
            by=own_account(request).actor,
            now=timezone.now(),
        )
        return Response(BasketSerializer(row).data)


class BasketSheetViewSet(SheetDownload, BasketViewSet):
    """Baskets taken away, a row an acquisition."""

    sheet_name = "reagent-baskets"
    sheet_columns = (
        *("basket", "family", "state", "score", "accepted_at", "registration_number"),
        *("item_number", "substance_key", "party", "mass_kg", "is_covered", "is_equipment"),
    )

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for basket in rows:
            head = {
                "basket": str(basket.pk),
                **{name: as_text(getattr(basket, name)) for name in ("family", "state", "score")},
            }
            for one in basket.acquisitions.all():
                yield {
                    **head,
                    "accepted_at": one.accepted_at.isoformat(),
                    "registration_number": one.declaration.registration_number,
                    "item_number": str(one.goods_item.item_number),
                    "substance_key": one.substance.key,
                    "party": str(one.party),
                    **{
                        n: as_text(getattr(one, n))
                        for n in ("mass_kg", "is_covered", "is_equipment")
                    },
                }


def _family_name(basket: ReagentBasket) -> str:
    known = families().get(basket.family)
    return known.names[sentence_language()] if known else basket.family
