"""Controlled deliveries: there for the persons named alone, in lists, filters and counts."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, own_account
from targeting.filters.controlled_deliveries import ControlledDeliveryFilter
from targeting.models import ControlledDelivery
from targeting.selectors.alerts import list_alerts
from targeting.selectors.controlled_deliveries import controlled_deliveries
from targeting.services.controlled_deliveries import (
    end_controlled_delivery,
    mark_controlled_delivery,
)


class ControlledDeliverySerializer(serializers.ModelSerializer):
    registration_number = serializers.CharField(source="alert.registration_number")
    named: serializers.SlugRelatedField = serializers.SlugRelatedField(
        "username", many=True, read_only=True
    )

    class Meta:
        model = ControlledDelivery
        fields = [
            "id", "alert", "registration_number", "named", "ground", "marked_by", "marked_at",
            "ended_by", "ended_at",
        ]  # fmt: skip


class NewControlledDeliverySerializer(serializers.Serializer):
    alert = serializers.IntegerField(min_value=1, help_text="Id of an alert.")
    named = serializers.ListField(
        child=serializers.CharField(max_length=150),
        max_length=50,
        help_text="Accounts of analysts who are to know. You know, too.",
    )
    ground = serializers.CharField(max_length=500, help_text="The act that allows it.")


@extend_schema_view(list=extend_schema(summary="Controlled deliveries on which you are named"))
class ControlledDeliveryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Silent watch over the goods of an alert; whoever is not named never learns of it."""

    policy = POLICIES["controlled-deliveries"]
    serializer_class = ControlledDeliverySerializer
    filterset_class = ControlledDeliveryFilter
    queryset = ControlledDelivery.objects.none()

    def get_queryset(self) -> QuerySet[ControlledDelivery]:
        return controlled_deliveries(own_account(self.request), self.scope)

    @extend_schema(
        summary="Watch the goods of an alert",
        request=NewControlledDeliverySerializer,
        responses={201: ControlledDeliverySerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = NewControlledDeliverySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        alert = get_object_or_404(list_alerts(self.scope), pk=given.pop("alert"))
        mark = mark_controlled_delivery(
            alert=alert, **given, by=own_account(request), now=timezone.now()
        )
        place = reverse("controlled-delivery-detail", kwargs={"pk": mark.pk}, request=request)
        return Response(self.get_serializer(mark).data, status=201, headers={"Location": place})

    @extend_schema(summary="One controlled delivery")
    def retrieve(self, request: Request, pk: int) -> Response:
        return Response(self.get_serializer(self._own(pk)).data)

    @extend_schema(summary="End the watch", request=None)
    def end(self, request: Request, pk: int) -> Response:
        mark = end_controlled_delivery(
            mark=self._own(pk), by=own_account(request), now=timezone.now()
        )
        return Response(self.get_serializer(mark).data)

    def _own(self, pk: int) -> ControlledDelivery:
        return get_object_or_404(self.get_queryset(), pk=pk)
