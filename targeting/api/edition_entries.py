"""Changing the entries of a draft: one by one, or by a sheet with a preview before."""

from typing import Any

import msgspec
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.errors import EditionChanged
from risk.domain.lists.base import RowError, invalid_list
from risk.domain.lists.entry_cells import ENTRY_COLUMNS, NAME_COLUMN, read_entry
from risk.domain.lists.fields import RowReader
from risk.domain.lists.sheet_import import key_from_name
from risk.domain.lists.sheets import MAX_FILE_BYTES, column_name
from risk.domain.substances import ListEntry, SubstanceKind
from risk.models import ListEdition
from risk.selectors.contradictions import contradictions_in
from risk.services import drafts
from targeting.api.editions import (
    IF_MATCH,
    EditionDetailSerializer,
    EditionResource,
    shown_difference,
)
from targeting.api.uploads import SheetFormParser
from targeting.selectors.edition_sheets import SheetPreview, key_of_cas, preview_import


class EntryChangeRequest(serializers.Serializer):
    cells = serializers.DictField(
        child=serializers.CharField(allow_blank=True, trim_whitespace=False),
        help_text="Texts by column, as in an export; columns left out are blank.",
    )
    reasons = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        default=dict,
        help_text="Code of a contradiction → why it is kept; `*` for all.",
    )


class SheetRequest(serializers.Serializer):
    file = serializers.FileField(help_text="CSV, XLSX or JSON with a heading.")
    kind = serializers.ChoiceField(
        choices=[kind.value for kind in SubstanceKind],
        required=False,
        default="",
        allow_blank=True,
        help_text="For rows that say none.",
    )
    confirm = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="The preview's digest: without it nothing is written.",
    )
    reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="Why contradictions of the sheet are kept.",
    )


class PreviewSerializer(serializers.Serializer):
    digest = serializers.CharField(help_text="Send it as `confirm` to write this.")
    difference = serializers.JSONField()
    rejected = serializers.JSONField(help_text="{line, column, value, allowed} a wrong value.")
    ignored_columns = serializers.ListField(child=serializers.CharField())
    contradictions = serializers.JSONField(help_text="They need a reason.")


class EditionEntryViewSet(EditionResource):
    """Entries of a draft, one by one."""

    @extend_schema(
        summary="Add an entry to a draft, or change the one of this substance and form",
        parameters=[IF_MATCH],
        request=EntryChangeRequest,
    )
    def store(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        serializer = EntryChangeRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        version = self.version_of(edition)
        cells = {
            column_name(name): text for name, text in serializer.validated_data["cells"].items()
        }
        entry = _read_cells(cells, edition)
        draft = drafts.put_entry(
            edition=edition,
            version=version,
            entry=entry,
            actor=self.actor,
            now=timezone.now(),
            preferred_name=cells.get(NAME_COLUMN, "").strip(),
            reasons=serializer.validated_data["reasons"],
        )
        return self.shown(draft)

    @extend_schema(
        summary="Take an entry out of a draft",
        parameters=[IF_MATCH],
        request=None,
        responses={200: EditionDetailSerializer},
    )
    def remove(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        version = self.version_of(edition)
        return self.shown(
            drafts.remove_entry(
                edition=edition, version=version, entry_id=self.kwargs["pk"], actor=self.actor
            )
        )


class EditionSheetViewSet(EditionResource):
    """A sheet as the new content of a draft: previewed, then confirmed."""

    parser_classes = [SheetFormParser]

    @extend_schema(
        summary="Preview or confirm the import of a sheet",
        parameters=[IF_MATCH],
        request=SheetRequest,
        responses={200: PreviewSerializer},
    )
    def load(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        serializer = SheetRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        version = self.version_of(edition)
        given = serializer.validated_data
        content = given["file"].read(MAX_FILE_BYTES + 1)
        found = preview_import(
            edition,
            version=version,
            content=content,
            file_name=given["file"].name,
            kind=given["kind"],
        )
        if not given["confirm"]:
            return self.marked(Response(_shown(found)), edition)
        if given["confirm"] != found.digest:
            raise EditionChanged(version=version, given=given["confirm"][:100])
        draft = drafts.apply_comparison(
            edition=edition,
            version=version,
            comparison=found.preview.comparison,
            names=found.preview.names,
            actor=self.actor,
            now=timezone.now(),
            reasons={"*": given["reason"]},
        )
        return self.shown(draft)


def _read_cells(cells: dict[str, str], edition: ListEdition) -> ListEntry:
    row = RowReader("request", 1, cells)
    for column in cells.keys() - frozenset(ENTRY_COLUMNS):
        row.reject(column, "a column of an export")
    entry = read_entry(
        row,
        list_code=edition.control_list.code,
        key_of=lambda one: key_of_cas(one.text("cas")) or key_from_name(one.text("form_name")),
    )
    if row.errors:
        raise invalid_list(row.errors)
    return entry


def _shown(found: SheetPreview) -> dict[str, Any]:
    preview = found.preview
    return dict(
        PreviewSerializer(
            {
                "digest": found.digest,
                "difference": shown_difference(preview.comparison),
                "rejected": [_row_error(error) for error in preview.rejected],
                "ignored_columns": preview.ignored_columns,
                "contradictions": [
                    {"form_name": entry.form_name, **msgspec.to_builtins(one)}
                    for entry, one in contradictions_in(preview.comparison.touched)
                ],
            }
        ).data
    )


def _row_error(error: RowError) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(error)
    return shown
