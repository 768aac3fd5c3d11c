"""The register as a sheet: taken away, and brought in with a preview before."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.errors import AuthorisationsRefused, RegisterChanged
from risk.domain.lists.sheets import (
    MAX_FILE_BYTES,
    MAX_ROWS,
    MEDIA_TYPES,
    SheetFormat,
    write_sheet,
)
from risk.domain.permits.reading import (
    REPORT_COLUMNS,
    SHEET_COLUMNS,
    Reading,
    read_permit_sheet,
)
from risk.selectors.authorisations import known_substances
from risk.services import authorisations as services
from targeting.api.authorisations import (
    AuthorisationViewSet,
    HolderSerializer,
    RegisteredSerializer,
    shown_registered,
    whole,
)
from targeting.api.edition_entries import SheetFormParser
from targeting.api.permissions import acting_person

_FORMATS = (SheetFormat.CSV, SheetFormat.XLSX)
_OWN = (
    "authority", "number", "kind", "direction", "issued_on", "valid_from", "valid_to",
    "border_office", "conditions", "end_use", "is_single_consignment", "state",
)  # fmt: skip
_OF_A_LINE = (
    "substance_key", "amount", "unit", "basis", "solution_pct", "density_kg_per_l", "drawn_kg",
    "balance_kg",
)  # fmt: skip


class PermitSheetRequest(serializers.Serializer):
    file = serializers.FileField(help_text="CSV or XLSX with a row for each line of a permit.")
    authority = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="For rows that name none."
    )
    confirm = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="The preview's digest: without it nothing is written.",
    )


class PermitPreviewSerializer(RegisteredSerializer):
    digest = serializers.CharField(help_text="Send it as `confirm` to write this.")
    rejected = serializers.JSONField(
        help_text="{line, column, value, allowed} a wrong value; with one nothing is written."
    )


class AuthorisationExportViewSet(AuthorisationViewSet):
    """The register as a file to take away: an event of the audit, as every export is."""

    @extend_schema(
        summary="The register as a sheet, a row a line",
        parameters=[OpenApiParameter("as", enum=[one.value for one in _FORMATS])],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
        filters=True,
    )
    def sheet(self, request: Request) -> HttpResponse:
        wanted = request.query_params.get("as", SheetFormat.CSV.value)
        if wanted not in _FORMATS:
            raise ValidationError({"as": f"One of {', '.join(_FORMATS)}."})
        sheet_format = SheetFormat(wanted)
        rows = list(self._cells(self.filter_queryset(self.get_queryset())[: MAX_ROWS + 1]))
        if len(rows) > MAX_ROWS:
            raise ValidationError({"as": f"At most {MAX_ROWS} lines: filter them."})
        name = f"authorisations.{sheet_format}"
        return HttpResponse(
            write_sheet(sheet_format, (*SHEET_COLUMNS, *REPORT_COLUMNS), rows),
            content_type=MEDIA_TYPES[sheet_format],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _cells(self, rows: Any) -> Iterator[dict[str, str]]:
        context = self.get_serializer_context()
        for row in rows:
            holder = HolderSerializer(row.holder, context=context).data
            kind, _, value = str(holder["key"]).partition(":")
            head = {
                **{name: as_text(getattr(row, name)) for name in _OWN},
                "holder_name": holder["name"],
                "holder_country": holder["country"],
                f"holder_{kind}": value.rpartition(":")[2],
            }
            for line in row.lines.all():
                cells = {name: as_text(getattr(line, name)) for name in _OF_A_LINE}
                yield {**head, **cells, "line": str(line.line_number)}


class AuthorisationSheetViewSet(AuthorisationViewSet):
    """A sheet brought in: previewed, then confirmed."""

    parser_classes = [SheetFormParser]

    @extend_schema(
        summary="Preview or confirm the import of a sheet",
        request=PermitSheetRequest,
        responses={200: PermitPreviewSerializer},
        filters=False,
    )
    def load(self, request: Request) -> Response:
        serializer = PermitSheetRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        reading = read_permit_sheet(
            given["file"].read(MAX_FILE_BYTES + 1),
            file_name=given["file"].name,
            known=known_substances(authority=given["authority"]),
        )
        actor, now = acting_person(request).account, timezone.now()
        tried, rejected = _preview(reading, actor, now)
        digest = _digest(reading, tried)
        shown = {**tried, "digest": digest, "rejected": msgspec.to_builtins(rejected)}
        if not given["confirm"]:
            return Response(PermitPreviewSerializer(shown).data)
        if given["confirm"] != digest:
            raise RegisterChanged(given=given["confirm"][:100])
        done = services.register_authorisations(
            records=whole(reading).records, actor=actor, now=now
        )
        return Response(PermitPreviewSerializer({**shown, **shown_registered(done)}).data)


def _preview(reading: Reading, actor: str, now: Any) -> tuple[dict[str, int], tuple[Any, ...]]:
    try:
        tried = services.preview_authorisations(records=reading.records, actor=actor, now=now)
    except AuthorisationsRefused as error:
        faults: Any = error.params["faults"]
        none = {"created": 0, "amended": 0, "unchanged": 0}
        return none, (*reading.rejected, *faults)
    return shown_registered(tried), reading.rejected


def _digest(reading: Reading, tried: dict[str, int]) -> str:
    said = msgspec.json.encode((reading.records, reading.rejected, tried), order="sorted")
    return hashlib.sha256(said).hexdigest()


def as_text(value: object) -> str:
    """A value as a cell of a sheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
