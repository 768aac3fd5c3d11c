"""What the registers share: entries that come in, sheets taken away and brought back."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.errors import RegisterChanged
from risk.domain.lists.sheets import (
    MAX_FILE_BYTES,
    MAX_ROWS,
    MEDIA_TYPES,
    SheetFormat,
    write_sheet,
)
from risk.selectors.authorisations import known_substances
from targeting.api.base import Resource
from targeting.api.permissions import acting_person
from targeting.api.schema import files
from targeting.api.uploads import SheetFormParser
from targeting.services.registers import Register

MOST_ENTRIES = 1_000
AS = "as"
"""The parameter that tells in which form a sheet is wanted."""
_FORMATS = (SheetFormat.CSV, SheetFormat.XLSX)
SHEETS = files(*(MEDIA_TYPES[one] for one in _FORMATS))


class RegisteredSerializer(serializers.Serializer):
    created = serializers.IntegerField()
    amended = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class RegisterSheetRequest(serializers.Serializer):
    file = serializers.FileField(help_text="CSV or XLSX; the columns are those of the sheet.")
    authority = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="For rows that name none."
    )
    confirm = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="The preview's digest: without it nothing is written.",
    )


class RegisterPreviewSerializer(RegisteredSerializer):
    digest = serializers.CharField(help_text="Send it as `confirm` to write this.")
    rejected = serializers.JSONField(
        help_text="{line, column, value, allowed} a wrong value; with one nothing is written."
    )


def take_in(register: Register, request: Request) -> Response:
    """Enter what the request sends, all of it or none; the counts."""
    entries: Any = request.data
    if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_ENTRIES:
        raise ValidationError({"": f"A list of 1 to {MOST_ENTRIES} entries."})
    reading = register.read_entries(entries, file_name="request", known=known_substances())
    actor = acting_person(request).account
    return Response(register.store(reading, actor=actor, now=timezone.now()))


def sheet_response(
    request: Request, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, str]]
) -> HttpResponse:
    """The rows as a file in the form that the request asks for; too many are refused."""
    wanted = request.query_params.get(AS, SheetFormat.CSV.value)
    if wanted not in _FORMATS:
        raise ValidationError({AS: f"One of {', '.join(_FORMATS)}."})
    if len(rows) > MAX_ROWS:
        raise ValidationError({AS: f"At most {MAX_ROWS} lines: filter them."})
    sheet_format = SheetFormat(wanted)
    return HttpResponse(
        write_sheet(sheet_format, columns, rows),
        content_type=MEDIA_TYPES[sheet_format],
        headers={"Content-Disposition": f'attachment; filename="{name}.{sheet_format}"'},
    )


class SheetDownload(Resource):
    """Rows as a file to take away: an event of the audit, as every export is."""

    problems = {"sheet": (422,)}
    sheet_name: str
    sheet_columns: Sequence[str]

    def cells(self, rows: Any) -> Iterable[dict[str, str]]:
        """The rows of the sheet by column."""
        raise NotImplementedError

    @extend_schema(
        summary="The rows as a sheet",
        parameters=[OpenApiParameter(AS, enum=[one.value for one in _FORMATS])],
        responses=SHEETS,
        filters=True,
    )
    def sheet(self, request: Request) -> HttpResponse:
        self.refuse_unknown_filters(AS)
        rows = list(self.cells(self.filter_queryset(self.get_queryset())[: MAX_ROWS + 1]))
        return sheet_response(request, self.sheet_name, self.sheet_columns, rows)


class SheetExport(SheetDownload):
    """A register taken away, in the columns in which it is brought back."""

    register: Register

    @property
    def sheet_name(self) -> str:  # type: ignore[override]
        return self.register.name

    @property
    def sheet_columns(self) -> Sequence[str]:  # type: ignore[override]
        return self.register.columns


class SheetImport(Resource):
    """A sheet brought in: previewed, then confirmed."""

    register: Register
    parser_classes = [SheetFormParser]
    problems = {"load": (412,)}

    @extend_schema(
        summary="Preview or confirm the import of a sheet",
        request=RegisterSheetRequest,
        responses={200: RegisterPreviewSerializer},
        filters=False,
    )
    def load(self, request: Request) -> Response:
        serializer = RegisterSheetRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        reading = self.register.read_sheet(
            given["file"].read(MAX_FILE_BYTES + 1),
            file_name=given["file"].name,
            known=known_substances(authority=given["authority"]),
        )
        actor, now = acting_person(request).account, timezone.now()
        tried, rejected = self.register.tried(reading, actor=actor, now=now)
        said = msgspec.json.encode((reading.records, reading.rejected, tried), order="sorted")
        digest = hashlib.sha256(said).hexdigest()
        shown = {**tried, "digest": digest, "rejected": msgspec.to_builtins(rejected)}
        if given["confirm"]:
            if given["confirm"] != digest:
                raise RegisterChanged(given=given["confirm"][:100])
            shown |= self.register.store(reading, actor=actor, now=now)
        return Response(RegisterPreviewSerializer(shown).data)


def as_text(value: object) -> str:
    """A value as a cell of a sheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def party_cells(role: str, party: Any) -> dict[str, str]:
    """A party, as shown, as the cells of its role: its name, country and number."""
    kind, _, value = str(party["key"]).partition(":")
    told = {f"{role}_name": party["name"], f"{role}_country": party["country"]}
    return told if kind == "name" else {**told, f"{role}_{kind}": value.rpartition(":")[2]}
