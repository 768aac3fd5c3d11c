"""Notice, authorisation, declaration and what was found, side by side."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.permits.exemptions import ExemptionState
from risk.domain.permits.four_way import Row, Side, Verdict
from risk.domain.permits.running import RequiredOf
from risk.domain.substances import ExemptionPeriod
from risk.selectors.four_way import four_way_checks, is_checked
from shipments.models import Declaration
from targeting.api.base import Resource
from targeting.api.claims import ClaimSerializer
from targeting.api.permissions import POLICIES
from targeting.api.registers import SheetDownload, as_text
from targeting.filters.four_way import FourWayCheckFilter
from targeting.selectors.dossiers import scoped_declarations

MOST_DECLARATIONS = 2_000
"""A sheet is computed while it is awaited: of so many declarations at most."""
_AT_ONCE = 500
_OF_A_CELL = ("verdict", "source", "value_kg", "difference_kg")
_OF_TOTALS = (
    "importer_year_kg", "importer_month_kg", "group_year_kg", "group_size", "small_count",
    "small_kg", "small_limit_kg",
)  # fmt: skip

_KG: dict[str, Any] = {"max_digits": 24, "decimal_places": 6, "allow_null": True}


class FourWayCellSerializer(serializers.Serializer):
    side = serializers.CharField(help_text=f"One of {', '.join(Side)}.")
    verdict = serializers.CharField(help_text=f"One of {', '.join(Verdict)}.")
    source = serializers.CharField(
        help_text="Number of the notice, permit, declaration, act or return."
    )  # type: ignore[assignment]
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of findings, or why it is not required."
    )
    value_kg = serializers.DecimalField(
        **_KG, help_text="Net kilograms; of an authorisation what was left for this item."
    )
    difference_kg = serializers.DecimalField(**_KG, help_text="Less the declared mass.")
    grounds = serializers.ListField(
        child=serializers.CharField(), help_text="By which figures it was converted."
    )


class RequiredShareSerializer(serializers.Serializer):
    """What is needed in a year, and what was declared of it up to this item; pure kg."""

    of = serializers.CharField(help_text=f"One of {', '.join(RequiredOf)}.")
    year = serializers.IntegerField(help_text="Of the requirement: the latest that is stated.")
    required_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    declared_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    share = serializers.DecimalField(
        max_digits=24, decimal_places=4, allow_null=True, help_text="Null: nothing is needed."
    )
    age_days = serializers.IntegerField(help_text="Since it was stated.")
    is_exceeded = serializers.BooleanField()
    is_stale = serializers.BooleanField()


class RunningSerializer(serializers.Serializer):
    """What importer and linked group declared of the substance up to this item, net kg."""

    importer_year_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    importer_month_kg = serializers.DecimalField(**_KG)
    group_year_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    group_size = serializers.IntegerField(help_text="Parties that share an identifier.")
    small_count = serializers.IntegerField(help_text="Small consignments in 30 days.")
    small_kg = serializers.DecimalField(max_digits=24, decimal_places=6)
    small_limit_kg = serializers.DecimalField(**_KG)
    is_split = serializers.BooleanField(help_text="Small ones that together are none.")
    needs = RequiredShareSerializer(many=True, help_text="Empty: nobody stated a need.")


class ExemptionSerializer(serializers.Serializer):
    """What a list of the office's law says of small quantities of the substance."""

    list_code = serializers.CharField()
    amount = serializers.DecimalField(
        max_digits=15, decimal_places=6, allow_null=True, help_text="Null: it exempts nothing."
    )
    unit = serializers.CharField()
    period = serializers.CharField(help_text=f"One of {', '.join(ExemptionPeriod)}.")
    state = serializers.CharField(
        help_text=f"within: exempted by this list; else why not. {', '.join(ExemptionState)}."
    )
    counted = serializers.DecimalField(
        **_KG, help_text="Held against it: kilograms, or litres against a volume."
    )


class FourWayRowSerializer(serializers.Serializer):
    item_number = serializers.IntegerField()
    substance_key = serializers.CharField()
    is_clean = serializers.BooleanField()
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="side:code of all that differs or lacks."
    )
    cells = FourWayCellSerializer(many=True)
    exemptions = ExemptionSerializer(
        many=True, help_text="Exempted where all are within; empty: no list exempts any."
    )
    claims = ClaimSerializer(many=True, help_text="That control does not reach the item.")
    running = RunningSerializer(allow_null=True)


class FourWayCheckSerializer(serializers.Serializer):
    """A declaration with its rows; without any it needs no permit."""

    declaration = serializers.IntegerField(source="pk")
    registration_number = serializers.CharField()
    version = serializers.IntegerField()
    accepted_at = serializers.DateTimeField()
    customs_office = serializers.CharField()
    is_clean = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField()

    def get_is_clean(self, declaration: Declaration) -> bool:
        return all(row.is_clean for row in self._rows(declaration))

    @extend_schema_field(FourWayRowSerializer(many=True))
    def get_rows(self, declaration: Declaration) -> list[dict[str, Any]]:
        return list(FourWayRowSerializer(self._rows(declaration), many=True).data)

    def _rows(self, declaration: Declaration) -> tuple[Row, ...]:
        checks: Mapping[int, tuple[Row, ...]] = self.context["checks"]
        return checks.get(declaration.pk, ())


class FourWayCheckListViewSet(Resource):
    """Of declarations that name something controlled, or beside which a notice is awaited; the
    current version of each."""

    policy = POLICIES["four-way-check"]
    serializer_class: type[serializers.BaseSerializer] = FourWayCheckSerializer
    filterset_class = FourWayCheckFilter
    queryset = Declaration.objects.none()

    def get_queryset(self) -> QuerySet[Declaration]:
        return scoped_declarations(self.scope).filter(is_checked())

    @extend_schema(
        summary="Four-way checks, the latest accepted first",
        responses=FourWayCheckSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        page = self.page_of(self.get_queryset())
        context = {"checks": four_way_checks([row.pk for row in page])}
        shown = FourWayCheckSerializer(page, many=True, context=context)
        return self.get_paginated_response(shown.data)


class FourWayCheckExportViewSet(SheetDownload, FourWayCheckListViewSet):
    """Checks taken away: a line a row."""

    sheet_name = "four-way-checks"
    sheet_columns = (
        "registration_number", "version", "accepted_at", "customs_office", "item_number",
        "substance_key", "is_clean", "reasons",
        *(f"{side}_{name}" for side in Side for name in _OF_A_CELL), *_OF_TOTALS, "claims",
    )  # fmt: skip

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        chosen = list(rows[: MOST_DECLARATIONS + 1])
        if len(chosen) > MOST_DECLARATIONS:
            raise ValidationError({"as": f"At most {MOST_DECLARATIONS} declarations: filter them."})
        for first in range(0, len(chosen), _AT_ONCE):
            some = chosen[first : first + _AT_ONCE]
            checks = four_way_checks([declaration.pk for declaration in some])
            for declaration in some:
                for row in checks.get(declaration.pk, ()):
                    yield _line(declaration, row)


def _line(declaration: Declaration, row: Row) -> dict[str, str]:
    told = {
        "registration_number": declaration.registration_number,
        "version": declaration.version,
        "accepted_at": declaration.accepted_at,
        "customs_office": declaration.customs_office,
        "item_number": row.item_number,
        "substance_key": row.substance_key,
        "is_clean": row.is_clean,
        "reasons": " ".join(row.reasons),
        "claims": " ".join(claim.kind for claim in row.claims),
    } | {f"{cell.side}_{name}": getattr(cell, name) for cell in row.cells for name in _OF_A_CELL}
    totals = {name: getattr(row.running, name) for name in _OF_TOTALS} if row.running else {}
    return {name: as_text(value) for name, value in (told | totals).items()}


class FourWayCheckViewSet(Resource):
    """As of the declaration, by the registers as they are now."""

    policy = POLICIES["four-way-check"]
    serializer_class = FourWayRowSerializer
    bare_lists = frozenset({"retrieve"})
    queryset = Declaration.objects.none()

    def get_queryset(self) -> QuerySet[Declaration]:
        return scoped_declarations(self.scope)

    @extend_schema(
        summary="Notice, authorisation, declaration and what was found, side by side",
        responses=FourWayRowSerializer(many=True),
        filters=False,
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        declaration = self.get_object()
        rows = four_way_checks([declaration.pk]).get(declaration.pk, ())
        return Response(FourWayRowSerializer(rows, many=True).data)
