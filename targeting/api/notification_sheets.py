"""The register of notifications as a sheet: taken away, and brought in with a preview before."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.errors import NotificationsRefused, RegisterChanged
from risk.domain.lists.sheets import (
    MAX_FILE_BYTES,
    MAX_ROWS,
    MEDIA_TYPES,
    SheetFormat,
    write_sheet,
)
from risk.domain.permits.notice_reading import (
    REPORT_COLUMNS,
    SHEET_COLUMNS,
    NoticeReading,
    read_notice_sheet,
)
from risk.selectors.authorisations import known_substances
from risk.services import notifications as services
from targeting.api.authorisation_sheets import PermitPreviewSerializer, PermitSheetRequest, as_text
from targeting.api.authorisations import HolderSerializer
from targeting.api.edition_entries import SheetFormParser
from targeting.api.permissions import acting_person
from targeting.api.pre_export_notifications import (
    NotificationSerializer,
    NotificationViewSet,
    shown_notices,
    whole_notices,
)

_FORMATS = (SheetFormat.CSV, SheetFormat.XLSX)
_OWN = (
    "authority", "number", "state", "direction", "substance_key", "amount", "unit", "basis",
    "solution_pct", "density_kg_per_l", "sent_on", "dispatch_on", "valid_from", "period_months",
    "consignee", "entry_point", "transport_mode", "transport_document", "notes", "matched_kg",
    "opens_on", "closes_on",
)  # fmt: skip


class NotificationExportViewSet(NotificationViewSet):
    """The register as a file to take away: an event of the audit, as every export is."""

    @extend_schema(
        summary="The register as a sheet, a row a notice",
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
        name = f"pre-export-notifications.{sheet_format}"
        return HttpResponse(
            write_sheet(sheet_format, (*SHEET_COLUMNS, *REPORT_COLUMNS), rows),
            content_type=MEDIA_TYPES[sheet_format],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _cells(self, rows: Any) -> Iterator[dict[str, str]]:
        context = self.get_serializer_context()
        standing = NotificationSerializer(context=context)
        for row in rows:
            cells = {name: as_text(getattr(row, name)) for name in _OWN}
            cells["standing"] = standing.get_standing(row)
            cells["reply_due_on"] = as_text(row.reply_due_on) if row.is_reply_day_stated else ""
            for role in ("exporter", "importer"):
                cells |= _party_cells(
                    role, HolderSerializer(getattr(row, role), context=context).data
                )
            yield cells


def _party_cells(role: str, party: Any) -> dict[str, str]:
    kind, _, value = str(party["key"]).partition(":")
    told = {f"{role}_name": party["name"], f"{role}_country": party["country"]}
    return told if kind == "name" else {**told, f"{role}_{kind}": value.rpartition(":")[2]}


class NotificationSheetViewSet(NotificationViewSet):
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
        reading = read_notice_sheet(
            given["file"].read(MAX_FILE_BYTES + 1),
            file_name=given["file"].name,
            known=known_substances(authority=given["authority"]),
        )
        actor, now = acting_person(request).account, timezone.now()
        tried, rejected = _preview(reading, actor, now)
        said = msgspec.json.encode((reading.records, reading.rejected, tried), order="sorted")
        digest = hashlib.sha256(said).hexdigest()
        shown = {**tried, "digest": digest, "rejected": msgspec.to_builtins(rejected)}
        if not given["confirm"]:
            return Response(PermitPreviewSerializer(shown).data)
        if given["confirm"] != digest:
            raise RegisterChanged(given=given["confirm"][:100])
        done = services.register_notifications(
            records=whole_notices(reading).records, actor=actor, now=now
        )
        return Response(PermitPreviewSerializer({**shown, **shown_notices(done)}).data)


def _preview(
    reading: NoticeReading, actor: str, now: Any
) -> tuple[dict[str, int], tuple[Any, ...]]:
    try:
        tried = services.preview_notifications(records=reading.records, actor=actor, now=now)
    except NotificationsRefused as error:
        faults: Any = error.params["faults"]
        none = {"created": 0, "amended": 0, "unchanged": 0}
        return none, (*reading.rejected, *faults)
    return shown_notices(tried), reading.rejected
