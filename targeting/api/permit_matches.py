"""Items that name no permit beside permits that fit: decided by two people."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.models import PermitMatch
from risk.selectors.permit_matches import fitting_lines, list_permit_matches
from risk.services import permit_matches as services
from shipments.models import AuthorisationLine, Declaration
from targeting.api.base import Resource
from targeting.api.history import KeepsHistory
from targeting.api.permissions import POLICIES, acting_person
from targeting.api.registers import SheetDownload, as_text
from targeting.filters.permit_matches import PermitMatchFilter
from targeting.selectors.scope import in_scope

_PERMIT = "line.authorisation"


class PermitMatchSerializer(serializers.ModelSerializer):
    """``line`` is the id of a line of the permit."""

    authorisation = serializers.IntegerField(source="line.authorisation_id")
    authority = serializers.CharField(source=f"{_PERMIT}.authority")
    number = serializers.CharField(source=f"{_PERMIT}.number")
    line_number = serializers.IntegerField(source="line.line_number")
    substance_key = serializers.CharField(source="line.substance_key")
    holder = serializers.CharField(source=f"{_PERMIT}.holder.name")
    state = serializers.CharField(help_text="proposed, active or withdrawn.")

    class Meta:
        model = PermitMatch
        fields = [
            "id", "declaration", "registration_number", "item_number", "line", "authorisation",
            "authority", "number", "line_number", "substance_key", "holder", "reason", "state",
            "proposed_by", "proposed_at", "approved_by", "approved_at", "withdrawn_by",
            "withdrawn_at", "withdrawal_reason",
        ]  # fmt: skip


class NewPermitMatchSerializer(serializers.Serializer):
    declaration = serializers.IntegerField(min_value=1, help_text="Id of a version.")
    item_number = serializers.IntegerField(min_value=1)
    line = serializers.IntegerField(min_value=1, help_text="Id of one of its proposals.")
    reason = serializers.CharField(max_length=2_000)


class PermitMatchWithdrawalSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2_000)


class PermitProposalSerializer(serializers.Serializer):
    """A line that fits an item by holder, substance and day."""

    item_number = serializers.IntegerField()
    line = serializers.IntegerField(source="line.pk")
    authorisation = serializers.IntegerField(source="line.authorisation_id")
    authority = serializers.CharField(source="line.authorisation.authority")
    number = serializers.CharField(source="line.authorisation.number")
    line_number = serializers.IntegerField(source="line.line_number")
    substance_key = serializers.CharField(source="line.substance_key")
    holder = serializers.CharField(source="line.authorisation.holder.name")
    valid_from = serializers.DateField(source="line.authorisation.valid_from")
    valid_to = serializers.DateField(source="line.authorisation.valid_to", allow_null=True)
    granted_kg = serializers.DecimalField(source="line.granted_kg", max_digits=24, decimal_places=6)
    basis = serializers.CharField(source="line.basis")


class PermitProposalsViewSet(Resource):
    """What would fit the items of a declaration that name no permit."""

    policy = POLICIES["permit-proposals"]
    serializer_class = PermitProposalSerializer
    filter_backends = []
    pagination_class = None
    queryset = AuthorisationLine.objects.none()
    bare_lists = frozenset({"list"})

    @extend_schema(
        summary="Permits that fit items of a declaration which name none",
        responses=PermitProposalSerializer(many=True),
    )
    def list(self, request: Request, pk: int) -> Response:
        declaration = get_object_or_404(Declaration.objects.filter(in_scope(self.scope)), pk=pk)
        return Response(PermitProposalSerializer(fitting_lines(declaration.pk), many=True).data)


@extend_schema_view(
    list=extend_schema(summary="Which items came under which permits, the newest first"),
    retrieve=extend_schema(summary="One of the matches"),
)
class PermitMatchViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, KeepsHistory):
    """Proposed by one person, approved by another; taken back with a reason."""

    policy = POLICIES["permit-matches"]
    serializer_class: type[serializers.BaseSerializer] = PermitMatchSerializer
    filterset_class = PermitMatchFilter
    queryset = PermitMatch.objects.none()

    def get_queryset(self) -> QuerySet[PermitMatch]:
        return list_permit_matches().filter(in_scope(self.scope, "declaration__customs_office"))

    @extend_schema(
        summary="Propose that an item came under a permit that it does not name",
        request=NewPermitMatchSerializer,
        responses={201: PermitMatchSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = NewPermitMatchSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        seen = Declaration.objects.filter(in_scope(self.scope))
        row = services.propose_match(
            declaration=get_object_or_404(seen, pk=given["declaration"]),
            item_number=given["item_number"],
            line_id=given["line"],
            reason=given["reason"],
            by=acting_person(request),
            now=timezone.now(),
        )
        place = reverse("permit-match-detail", kwargs={"pk": row.pk}, request=request)
        shown = PermitMatchSerializer(self.get_queryset().get(pk=row.pk)).data
        return Response(shown, status=201, headers={"Location": place})

    @extend_schema(
        summary="Let it hold: the item draws on the permit; not by who proposed it",
        request=None,
        responses={200: PermitMatchSerializer},
    )
    def approve(self, request: Request, pk: int) -> Response:
        services.approve_match(
            match_id=self.get_object().pk, by=acting_person(request), now=timezone.now()
        )
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        summary="Take it back: what was drawn is given back",
        request=PermitMatchWithdrawalSerializer,
        responses={200: PermitMatchSerializer},
    )
    def withdraw(self, request: Request, pk: int) -> Response:
        match = self.get_object()
        serializer = PermitMatchWithdrawalSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        services.withdraw_match(
            match_id=match.pk,
            reason=serializer.validated_data["reason"],
            by=acting_person(request),
            now=timezone.now(),
        )
        return Response(self.get_serializer(self.get_object()).data)


class PermitMatchExportViewSet(SheetDownload, PermitMatchViewSet):
    """Matches taken away."""

    sheet_name = "permit-matches"
    sheet_columns = tuple(PermitMatchSerializer.Meta.fields[1:])

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for shown in PermitMatchSerializer(rows, many=True).data:
            yield {name: as_text(shown[name]) for name in self.sheet_columns}
