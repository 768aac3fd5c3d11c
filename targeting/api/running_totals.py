"""Running totals: what importers and their groups declared of a substance, and how much of it is
plausible."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.lists.sheets import MAX_ROWS
from risk.domain.permits.running import RequiredOf
from risk.selectors.office import office_day
from risk.selectors.running_totals import RunningTotal
from shipments.models import Party
from targeting.api.base import QueryParameters, Resource
from targeting.api.four_way import RunningSerializer
from targeting.api.parties import PartySerializer
from targeting.api.permissions import POLICIES
from targeting.api.registers import AS, SHEETS, SheetDownload, as_text
from targeting.selectors.parties import list_parties
from targeting.selectors.running_totals import (
    MOST_SHOWN,
    MOST_TOTALS,
    TotalInFull,
    Wanted,
    scoped_total,
    scoped_totals,
)

_OF_TOTALS = (
    "importer_year_kg", "importer_month_kg", "group_year_kg", "group_size", "small_count",
    "small_kg", "small_limit_kg", "is_split", "is_exceeded",
)  # fmt: skip
_OF_A_NEED = ("year", "required_kg", "declared_kg", "share", "is_stale")


class DayQuery(QueryParameters):
    day = serializers.DateField(
        required=False,
        validators=[MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 1, 1))],
        help_text="Up to the end of this day of the office; today.",
    )


class RunningTotalQuery(DayQuery):
    substance = serializers.CharField(required=False, default="", help_text="Its key.")
    importer = serializers.IntegerField(
        required=False,
        default=None,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Id of the party, or of another of its trader.",
    )
    country = serializers.CharField(required=False, default="", help_text="Of the importer.")
    is_split = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Small consignments that together are none.",
    )
    is_exceeded = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="More than country or holder need.",
    )


class RunningTotalSerializer(serializers.Serializer):
    """``importer`` stands for its trader; masses are net kilograms of the year up to the day."""

    importer = PartySerializer()
    substance_key = serializers.CharField(source="running.substance_key")
    is_exceeded = serializers.BooleanField(source="running.is_exceeded")
    running = RunningSerializer()


@extend_schema_serializer(many=False)
class RunningTotalsSerializer(serializers.Serializer):
    """What is split or exceeded first, then the largest."""

    day = serializers.DateField()
    count = serializers.IntegerField(help_text=f"All; {MOST_SHOWN} are shown.")
    results = RunningTotalSerializer(many=True)


class GroupMemberSerializer(serializers.Serializer):
    party = PartySerializer()
    is_own = serializers.BooleanField(help_text="The importer, as people merged it.")
    year_kg = serializers.DecimalField(max_digits=24, decimal_places=6)


class ConsignmentSerializer(serializers.Serializer):
    declaration = serializers.IntegerField(source="declaration_id")
    registration_number = serializers.CharField()
    item_number = serializers.IntegerField()
    accepted_at = serializers.DateTimeField()
    customs_office = serializers.CharField()
    importer = serializers.IntegerField(source="importer_id", help_text="Id of the party.")
    net_mass_kg = serializers.DecimalField(max_digits=24, decimal_places=6, allow_null=True)
    concentration_pct = serializers.DecimalField(
        max_digits=9, decimal_places=6, allow_null=True, help_text="Null: it counts as pure."
    )
    is_small = serializers.BooleanField(help_text="Its declaration is one of the small ones.")


class RunningTotalDetailSerializer(RunningTotalSerializer):
    """With the parties of the group that are in scope, and the latest consignments through the
    offices in scope; the totals are of everything."""

    day = serializers.DateField()
    group = GroupMemberSerializer(many=True)
    consignments = ConsignmentSerializer(many=True, help_text=f"{MOST_SHOWN} at most.")


class RunningTotalViewSet(Resource):
    """Of importers of what is controlled that declared it at an office in scope; computed when
    asked for, by the registers as they are now."""

    policy = POLICIES["running-totals"]
    serializer_class: type[serializers.BaseSerializer] = RunningTotalsSerializer
    filter_backends = []
    pagination_class = None
    queryset = Party.objects.none()

    @extend_schema(
        summary="Running totals by importer and substance, what is too much first",
        parameters=[RunningTotalQuery],
        responses=RunningTotalsSerializer,
    )
    def list(self, request: Request) -> Response:
        wanted = self.wanted()
        found = self.found(wanted)
        answer = {"day": wanted.day, "count": len(found), "results": found[:MOST_SHOWN]}
        return Response(RunningTotalsSerializer(answer).data)

    @extend_schema(
        summary="One total, with the group and the consignments behind it",
        parameters=[DayQuery],
        responses=RunningTotalDetailSerializer,
    )
    def retrieve(self, request: Request, pk: int, key: str) -> Response:
        query = DayQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        day = query.validated_data.get("day") or office_day(timezone.now())
        get_object_or_404(list_parties(self.scope), pk=pk)
        found = scoped_total(self.scope, importer_id=pk, substance_key=key, day=day)
        if found is None:
            raise NotFound
        return Response(RunningTotalDetailSerializer(_in_full(found) | {"day": day}).data)

    def wanted(self, *beside: str) -> Wanted:
        """What the query asks for."""
        query = RunningTotalQuery(data=self.request.query_params, context={"beside": beside})
        query.is_valid(raise_exception=True)
        told = query.validated_data
        return Wanted(
            day=told.get("day") or office_day(timezone.now()),
            substance_key=told["substance"],
            importer_id=told["importer"],
            country=told["country"],
            is_split=told["is_split"],
            is_exceeded=told["is_exceeded"],
        )

    def found(self, wanted: Wanted) -> Sequence[RunningTotal]:
        """Raises ValidationError when these are too many to be computed."""
        found = scoped_totals(self.scope, wanted)
        if found is None:
            sentence = f"More than {MOST_TOTALS} totals: ask for one substance or importer."
            raise ValidationError({"substance": sentence})
        return found


class RunningTotalExportViewSet(SheetDownload, RunningTotalViewSet):
    """Totals taken away, a line an importer and substance."""

    sheet_name = "running-totals"
    sheet_columns = (
        "day", "importer_key", "importer_name", "importer_country", "substance_key", *_OF_TOTALS,
        *(f"{of}_{name}" for of in RequiredOf for name in _OF_A_NEED),
    )  # fmt: skip

    @extend_schema(
        summary="Running totals as a sheet",
        parameters=[RunningTotalQuery, OpenApiParameter(AS, enum=["csv", "xlsx"])],
        responses=SHEETS,
    )
    def sheet(self, request: Request) -> HttpResponse:
        return super().sheet(request)

    def cells(self, rows: Iterable[Any]) -> Iterator[dict[str, str]]:
        wanted = self.wanted(AS)
        for importer, running in self.found(wanted)[: MAX_ROWS + 1]:
            told = {
                "day": wanted.day,
                "importer_key": importer.key,
                "importer_name": importer.name,
                "importer_country": importer.country,
                "substance_key": running.substance_key,
                **{name: getattr(running, name) for name in _OF_TOTALS},
                **{
                    f"{need.of}_{name}": getattr(need, name)
                    for need in running.needs
                    for name in _OF_A_NEED
                },
            }
            yield {name: as_text(told.get(name)) for name in self.sheet_columns}


def _in_full(found: TotalInFull) -> dict[str, Any]:
    return {
        "importer": found.total.importer,
        "running": found.total.running,
        "group": [
            {"party": party, "is_own": one.is_own, "year_kg": one.year_kg}
            for party, one in found.group
        ],
        "consignments": found.consignments,
    }
