"""Counts and tonnes, each with what it is a share of and the list of the rows behind it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.domain.lists.sheets import SheetFormat
from risk.models import InspectionOutcome
from risk.models.choices import MEASURES
from risk.selectors.office import office_day
from targeting.api.base import QueryParameters, Resource
from targeting.api.permissions import POLICIES
from targeting.api.registers import AS, SHEETS, as_text, sheet_response
from targeting.filters.declarations import DeclarationFilter
from targeting.filters.narrowed import rows_of
from targeting.filters.outcomes import OutcomeFilter
from targeting.selectors.channels import list_channels
from targeting.selectors.counted_findings import (
    CountedFindings,
    FoundBy,
    counted_findings,
    total_findings,
)
from targeting.selectors.counted_goods import (
    By,
    CountedGoods,
    counted_goods,
    month_of,
    total_goods,
)
from targeting.selectors.dossiers import scoped_declarations
from targeting.selectors.outcomes import scoped_outcomes

DAYS = 90
MOST_DAYS = 366
KG_OF_TONNE = 1000


class PeriodQuery(QueryParameters):
    """At most a year of the offices' own days; the last ninety where nothing is said."""

    date_from = serializers.DateField(required=False, help_text="First day, the offices' own.")
    date_to = serializers.DateField(required=False, help_text="Last day; today without it.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        last = attrs.get("date_to") or office_day(timezone.now())
        first = attrs.get("date_from") or last - timedelta(days=min(DAYS - 1, last.toordinal() - 1))
        if first > last:
            raise serializers.ValidationError({"date_to": "The period ends before it begins."})
        if (last - first).days >= MOST_DAYS:
            raise serializers.ValidationError({"date_to": f"At most {MOST_DAYS} days at once."})
        return {**attrs, "date_from": first, "date_to": last}


class PlaceQuery(PeriodQuery):
    office = serializers.CharField(required=False, help_text="Code of the customs office.")
    region = serializers.CharField(required=False, help_text="Region, as entered for the office.")


class GoodsQuery(PlaceQuery):
    by = serializers.ChoiceField(choices=[one.value for one in By], default=By.SUBSTANCE.value)
    substance = serializers.CharField(
        required=False, help_text="Key: nothing else counts as flagged."
    )


class FindingsQuery(PlaceQuery):
    by = serializers.ChoiceField(
        choices=[one.value for one in FoundBy], default=FoundBy.SUBSTANCE.value
    )
    measure = serializers.ChoiceField(choices=MEASURES, required=False)
    substance = serializers.CharField(required=False, help_text="Key of what was found.")


class CountedGoodsSerializer(serializers.Serializer):
    """Masses are net kilograms and tonnes of goods items as declared; strengths are not applied.
    An item with two substances counts for both, in the total once."""

    key = serializers.CharField(help_text="`none`: of what names none; empty in the total.")
    declarations = serializers.IntegerField(help_text="With an item at the alert operating point.")
    items = serializers.IntegerField()
    unweighed = serializers.IntegerField(help_text="Of these items, without a mass.")
    mass_kg = serializers.DecimalField(max_digits=30, decimal_places=6)
    tonnes = serializers.SerializerMethodField()
    of_declarations = serializers.IntegerField(help_text="All of the key, flagged or not.")
    of_items = serializers.IntegerField()
    of_mass_kg = serializers.DecimalField(max_digits=30, decimal_places=6)
    rows = serializers.SerializerMethodField(help_text="The declarations behind the row.")
    of_rows = serializers.SerializerMethodField(help_text="All of the key.")

    def get_tonnes(self, row: Any) -> str:
        return f"{row.mass_kg / KG_OF_TONNE:.3f}"

    def get_rows(self, row: Any) -> str:
        return str(self.context["behind"](row, found=True))

    def get_of_rows(self, row: Any) -> str:
        return str(self.context["behind"](row, found=False))


class CountedFindingsSerializer(serializers.Serializer):
    """Acts that hold; masses are kilograms of what was found."""

    key = serializers.CharField(help_text="`none`: of what names none; empty in the total.")
    acts = serializers.IntegerField()
    declarations = serializers.IntegerField()
    found = serializers.IntegerField(help_text="Acts that found a listed substance.")
    unweighed = serializers.IntegerField(help_text="Of these, without a mass.")
    mass_kg = serializers.DecimalField(max_digits=30, decimal_places=6)
    tonnes = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField(help_text="The acts that found something.")
    of_rows = serializers.SerializerMethodField(help_text="All acts of the key.")

    def get_tonnes(self, row: Any) -> str:
        return f"{row.mass_kg / KG_OF_TONNE:.3f}"

    def get_rows(self, row: Any) -> str:
        return str(self.context["behind"](row, found=True))

    def get_of_rows(self, row: Any) -> str:
        return str(self.context["behind"](row, found=False))


class GoodsTableSerializer(serializers.Serializer):
    by = serializers.CharField()
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    total = CountedGoodsSerializer()
    results = CountedGoodsSerializer(many=True)


class FindingsTableSerializer(GoodsTableSerializer):
    total = CountedFindingsSerializer()  # type: ignore[assignment]
    results = CountedFindingsSerializer(many=True)  # type: ignore[assignment]


SHEET: dict[str, Any] = {
    "summary": "The same as a sheet",
    "responses": SHEETS,
}
AS_PARAMETER = OpenApiParameter(AS, enum=[one.value for one in (SheetFormat.CSV, SheetFormat.XLSX)])


class StatisticsTable(Resource):
    """A table of a period, as JSON and as a sheet."""

    policy = POLICIES["statistics"]
    filter_backends = []
    pagination_class = None
    queryset: QuerySet[Any] = InspectionOutcome.objects.none()
    asking: type[QueryParameters] = PeriodQuery
    sheet_name: str

    def shown(self) -> dict[str, Any]:
        """The answer."""
        raise NotImplementedError

    def asked(self) -> dict[str, Any]:
        """What the request asks for. Raises ValidationError."""
        beside = (AS,) if self.action == "sheet" else ()
        query = self.asking(data=self.request.query_params, context={"beside": beside})
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)

    def behind(self, resource: str, query: Mapping[str, Any]) -> str:
        """The address of the list narrowed so."""
        return f"{reverse(resource, request=self.request)}?{urlencode(query, doseq=True)}"

    def table(self, request: Request) -> Response:
        return Response(self.shown())

    def sheet(self, request: Request) -> HttpResponse:
        return self.as_sheet(self.shown()["results"])

    def as_sheet(self, rows: Sequence[Mapping[str, Any]]) -> HttpResponse:
        """The rows, flat, under the names of their fields."""
        columns = list(rows[0]) if rows else ["key"]
        cells = [{name: as_text(value) for name, value in row.items()} for row in rows]
        return sheet_response(self.request, self.sheet_name, columns, cells)


def span_of(by: str, key: str, first: date, last: date) -> tuple[date, date]:
    """The days of the row ``key``, within the period."""
    if by == By.DAY.value:
        return (date.fromisoformat(key),) * 2
    since, until = month_of(key)
    return max(first, since), min(last, until - timedelta(days=1))


def narrowed(
    asked: Mapping[str, Any], key: str, parameters: Mapping[str, str], *, days: str = "day"
) -> dict[str, str]:
    """Filters of the list: the period and place asked for, and the row's key."""
    first, last, by = asked["date_from"], asked["date_to"], asked["by"]
    place = {name: asked[name] for name in ("office", "region") if asked.get(name)}
    if by in (By.MONTH.value, By.DAY.value) and key:
        first, last = span_of(by, key, first, last)
    told = {f"{days}_from": f"{first}", f"{days}_to": f"{last}", **place}
    return told | ({parameters.get(by, by): key} if key and by not in _SPANS else {})


_SPANS = (By.MONTH.value, By.DAY.value)


class GoodsStatisticsViewSet(StatisticsTable):
    """Declared goods in which something controlled was flagged, beside all that was declared."""

    asking = GoodsQuery
    serializer_class = GoodsTableSerializer
    sheet_name = "goods"

    @extend_schema(
        summary="Declarations and tonnes by substance, office, region, country, level, lane or day",
        parameters=[GoodsQuery],
        responses=GoodsTableSerializer,
    )
    def table(self, request: Request) -> Response:
        return super().table(request)

    @extend_schema(parameters=[GoodsQuery, AS_PARAMETER], **SHEET)
    def sheet(self, request: Request) -> HttpResponse:
        return super().sheet(request)

    def shown(self) -> dict[str, Any]:
        asked = self.asked()
        self.told = asked
        declarations = rows_of(
            DeclarationFilter,
            self._filters(CountedGoods(key=""), found=False),
            scoped_declarations(self.scope),
            self.request,
        )
        substance = asked.get("substance")
        rows = counted_goods(
            declarations,
            by=By(asked["by"]),
            substance=substance,
            channels=list_channels(self.scope),
        )
        total = total_goods(declarations, substance=substance)
        context = {**self.get_serializer_context(), "behind": self._behind}
        told = {**asked, "total": total, "results": rows}
        return dict(GoodsTableSerializer(told, context=context).data)

    def _filters(self, row: CountedGoods, *, found: bool) -> dict[str, str]:
        told = {"cancelled": "false"}
        substance = self.told.get("substance")
        if self.told["by"] == By.SUBSTANCE.value:
            # Of a substance all declarations are what it is set beside.
            told |= narrowed(self.told, "", {})
            substance = row.key or substance
        else:
            told |= narrowed(self.told, row.key, {})
        if not found:
            return told
        return told | ({"flagged_substance": substance} if substance else {"flagged": "true"})

    def _behind(self, row: CountedGoods, *, found: bool) -> str:
        return self.behind("declaration-list", self._filters(row, found=found))


class FindingsStatisticsViewSet(StatisticsTable):
    """What inspections came to, and how much they found."""

    asking = FindingsQuery
    serializer_class = FindingsTableSerializer
    sheet_name = "findings"

    @extend_schema(
        summary="Acts and tonnes found by substance, place, country, lane, result, measure or day",
        parameters=[FindingsQuery],
        responses=FindingsTableSerializer,
    )
    def table(self, request: Request) -> Response:
        return super().table(request)

    @extend_schema(parameters=[FindingsQuery, AS_PARAMETER], **SHEET)
    def sheet(self, request: Request) -> HttpResponse:
        return super().sheet(request)

    def shown(self) -> dict[str, Any]:
        self.told = asked = self.asked()
        acts = rows_of(
            OutcomeFilter,
            self._filters(CountedFindings(key=""), found=False),
            scoped_outcomes(self.scope),
            self.request,
        )
        context = {**self.get_serializer_context(), "behind": self._behind}
        rows = counted_findings(acts, by=FoundBy(asked["by"]))
        told = {**asked, "total": total_findings(acts), "results": rows}
        return dict(FindingsTableSerializer(told, context=context).data)

    def _filters(self, row: CountedFindings, *, found: bool) -> dict[str, str]:
        told = {"current": "true"}
        for name in ("measure", "substance"):
            if self.told.get(name):
                told[name] = self.told[name]
        told |= narrowed(self.told, row.key, {FoundBy.OUTCOME.value: "result"})
        return told | ({"found": "true"} if found else {})

    def _behind(self, row: CountedFindings, *, found: bool) -> str:
        return self.behind("outcome-list", self._filters(row, found=found))
