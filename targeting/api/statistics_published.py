"""The figures that the state publishes, and the yearly table of substances."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.selectors.office import office_day
from targeting.api.base import QueryParameters
from targeting.api.permissions import POLICIES, grants_of, own_account
from targeting.api.statistics_tables import (
    AS_PARAMETER,
    KG_OF_TONNE,
    SHEET,
    PeriodQuery,
    StatisticsTable,
)
from targeting.domain.policy import allows
from targeting.filters.published import NOT_HELD, counted, published_figures
from targeting.filters.yearly import Amount, Part, parts_of, yearly_table
from targeting.selectors.sentences import sentence_language
from targeting.selectors.substances import substance_names

OLDEST_YEAR = 1990
# Who may read the list behind a figure, where not everybody who reads statistics may.
_READERS = {"controlled-delivery-list": POLICIES["controlled-deliveries"]["list"]}


class PublishedFigureSerializer(serializers.Serializer):
    code = serializers.CharField(source="figure.code")
    count = serializers.IntegerField()
    mass_kg = serializers.DecimalField(
        max_digits=30, decimal_places=6, allow_null=True, help_text="Null: the rows state none."
    )
    tonnes = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField(help_text="The list of the rows that were counted.")

    def get_tonnes(self, one: Any) -> str | None:
        return None if one.mass_kg is None else f"{one.mass_kg / KG_OF_TONNE:.3f}"

    def get_rows(self, one: Any) -> str:
        return str(self.context["behind"](one.figure.resource, one.figure.query))


class PublishedSerializer(serializers.Serializer):
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    results = PublishedFigureSerializer(many=True)
    not_held = serializers.ListField(
        child=serializers.CharField(),
        help_text="Published, too, but of registers that are not kept here.",
    )


class YearQuery(QueryParameters):
    year = serializers.IntegerField(
        required=False, min_value=OLDEST_YEAR, max_value=9998, help_text="Last year without it."
    )


class AmountSerializer(serializers.Serializer):
    count = serializers.IntegerField(help_text="Rows; of trade, declarations.")
    mass_kg = serializers.DecimalField(max_digits=30, decimal_places=6)
    rows = serializers.CharField(help_text="The list of them.")


class YearlyRowSerializer(serializers.Serializer):
    """Seized and stopped: acts that found it. Imported and exported: declarations in which it was
    flagged, with the net mass of those goods. Required: the needs of countries for the year."""

    substance = serializers.CharField()
    name = serializers.CharField()
    seized = AmountSerializer()
    stopped = AmountSerializer(help_text="Detained or returned.")
    imported = AmountSerializer()
    exported = AmountSerializer()
    required = AmountSerializer()  # type: ignore[assignment]


class YearlyTableSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    results = YearlyRowSerializer(many=True)


class PublishedStatisticsViewSet(StatisticsTable):
    """Every figure with the rows behind it, as far as the caller's scope reaches."""

    asking = PeriodQuery
    serializer_class = PublishedSerializer
    sheet_name = "published"

    @extend_schema(
        summary="The figures that the state publishes",
        parameters=[PeriodQuery],
        responses=PublishedSerializer,
    )
    def table(self, request: Request) -> Response:
        return super().table(request)

    @extend_schema(parameters=[PeriodQuery, AS_PARAMETER], **SHEET)
    def sheet(self, request: Request) -> HttpResponse:
        return super().sheet(request)

    def shown(self) -> dict[str, Any]:
        asked = self.asked()
        figures = published_figures(
            self.scope,
            own_account(self.request),
            self.request,
            first=asked["date_from"],
            last=asked["date_to"],
        )
        granted = grants_of(self.request)
        seen = [one for one in figures if allows(granted, _READERS.get(one.resource, granted))]
        context = {**self.get_serializer_context(), "behind": self.behind}
        told = {**asked, "results": counted(seen), "not_held": NOT_HELD}
        return dict(PublishedSerializer(told, context=context).data)


class YearlyStatisticsViewSet(StatisticsTable):
    """A row a substance, as Form D of the International Narcotics Control Board asks it."""

    asking = YearQuery
    serializer_class = YearlyTableSerializer
    sheet_name = "form-d"

    @extend_schema(
        summary="The yearly table of substances: seized, stopped, traded, required",
        parameters=[YearQuery],
        responses=YearlyTableSerializer,
    )
    def table(self, request: Request) -> Response:
        return super().table(request)

    @extend_schema(parameters=[YearQuery, AS_PARAMETER], **SHEET)
    def sheet(self, request: Request) -> HttpResponse:
        rows = []
        for row in self.shown()["results"]:
            cells = {"substance": row["substance"], "name": row["name"]}
            for part, amount in row.items():
                if isinstance(amount, Mapping):
                    cells |= {f"{part}_count": amount["count"], f"{part}_kg": amount["mass_kg"]}
            rows.append(cells)
        return self.as_sheet(rows)

    def shown(self) -> dict[str, Any]:
        year = self.asked().get("year") or office_day(timezone.now()).year - 1
        table = yearly_table(self.scope, year=year)
        names = substance_names(table, lang=sentence_language())
        parts = parts_of(year)
        rows = [
            {
                "substance": key,
                "name": names.get(key, key),
                **{part.code: self._amount(part, key, found.get(part.code)) for part in parts},
            }
            for key, found in table.items()
        ]
        return dict(YearlyTableSerializer({"year": year, "results": rows}).data)

    def _amount(self, part: Part, key: str, amount: Amount | None) -> dict[str, Any]:
        told = amount or Amount(count=0, mass_kg=Decimal(0))
        rows = self.behind(part.resource, {**part.query, part.substance: key})
        return {"count": told.count, "mass_kg": told.mass_kg, "rows": rows}
