"""Imports of long sheets: read in the background, shown, confirmed and written into a draft."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.domain.lists.sheets import MAX_FILE_BYTES
from risk.domain.substances import SubstanceKind
from targeting import jobs
from targeting.api.base import Resource
from targeting.api.edition_entries import PreviewSerializer
from targeting.api.editions import IF_MATCH, EditionResource
from targeting.api.permissions import POLICIES, own_account
from targeting.api.uploads import SheetFormParser
from targeting.domain.errors import ImportNotPreviewed
from targeting.domain.exports import percent_done
from targeting.domain.list_imports import ImportState
from targeting.models import ListImport
from targeting.selectors.list_imports import own_imports, state_of
from targeting.services.list_imports import remove_import


class LongSheetRequest(serializers.Serializer):
    file = serializers.FileField(help_text="CSV, XLSX or JSON with a heading.")
    kind = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="For rows that say none: precursor, equipment and so on, as in the sheet.",
    )

    def validate_kind(self, given: str) -> str:
        if given and given not in frozenset(SubstanceKind):
            raise serializers.ValidationError(f"One of {', '.join(SubstanceKind)}.")
        return given


class ConfirmationRequest(serializers.Serializer):
    digest = serializers.CharField(
        help_text="That of the preview: this and nothing else is written."
    )
    reason = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        help_text="Why contradictions of the sheet are kept.",
    )


class ListImportSerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="public_id")
    list_code = serializers.CharField(source="edition.control_list.code", default=None)
    number = serializers.IntegerField(source="edition.number", default=None)
    kind = serializers.CharField()
    state = serializers.SerializerMethodField(
        help_text="reading, previewed (it waits for its confirmation), writing, written or failed."
    )
    progress = serializers.SerializerMethodField(help_text="Of reading or writing, in percent.")
    rows = serializers.IntegerField(
        source="row_count", allow_null=True, help_text="Null until they are counted."
    )
    rows_read = serializers.IntegerField()
    refusal = serializers.JSONField(help_text="Code and parameters of what stopped it, or empty.")
    failure = serializers.CharField(source="job.failure")
    started_at = serializers.DateTimeField(source="job.started_at")
    preview = serializers.SerializerMethodField(help_text="Its address; null until it is read.")

    class Meta:
        model = ListImport
        fields = [
            "id", "list_code", "number", "version", "file_name", "kind", "state", "progress",
            "rows", "rows_read", "digest", "refusal", "failure", "started_at", "confirmed_at",
            "written_at", "expires_at", "preview",
        ]  # fmt: skip

    def get_state(self, row: ListImport) -> str:
        return state_of(row).value

    def get_progress(self, row: Any) -> int:
        return progress_of(row)

    def get_preview(self, row: ListImport) -> str | None:
        if not row.preview:
            return None
        request = self.context["request"]
        return reverse("list-import-preview", kwargs={"id": row.public_id}, request=request)


class OwnListImports(Resource):
    """The caller's imports, and nobody else's."""

    policy = POLICIES["list-imports"]
    serializer_class: type[serializers.Serializer] = ListImportSerializer
    filter_backends = []
    queryset = ListImport.objects.none()
    lookup_field = "public_id"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[ListImport]:
        return own_imports(own_account(self.request))


@extend_schema_view(
    list=extend_schema(summary="My imports of long sheets, the newest first"),
    retrieve=extend_schema(summary="One of my imports and how far it is"),
)
class ListImportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OwnListImports):
    """Long sheets for drafts: watched, confirmed, and ended or deleted by who brought them."""

    audit_reads = False

    @extend_schema(
        summary="Have what was previewed written into the draft",
        request=ConfirmationRequest,
        responses={202: ListImportSerializer},
    )
    def confirm(self, request: Request, **_: object) -> Response:
        serializer = ConfirmationRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        imported = self.get_object()
        jobs.confirm_list_import(imported=imported, now=timezone.now(), **serializer.validated_data)
        shown: Any = self.get_serializer(self.get_queryset().get(pk=imported.pk)).data
        return Response(shown, status=202)

    @extend_schema(summary="End an import that runs, or delete its files", responses={204: None})
    def destroy(self, request: Request, **_: object) -> Response:
        remove_import(imported=self.get_object())
        return Response(status=204)


class ListImportPreviewViewSet(OwnListImports):
    """All that a sheet would change."""

    @extend_schema(
        summary="What the sheet of an import would change", responses={200: PreviewSerializer}
    )
    def preview(self, request: Request, **_: object) -> FileResponse:
        imported: ListImport = self.get_object()
        if not imported.preview:
            raise ImportNotPreviewed(state=state_of(imported).value)
        return FileResponse(imported.preview.open("rb"), content_type="application/json")


class EditionImportViewSet(EditionResource):
    """A long sheet as the new content of a draft: read, shown and written in the background."""

    parser_classes = [SheetFormParser]

    @extend_schema(
        summary="Have a long sheet read and previewed",
        parameters=[IF_MATCH],
        request=LongSheetRequest,
        responses={202: ListImportSerializer},
    )
    def begin(self, request: Request, **_: object) -> Response:
        edition = self.edition()
        serializer = LongSheetRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        version = self.version_of(edition)
        given = serializer.validated_data
        owner = own_account(request)
        opened = jobs.import_sheet(
            owner=owner,
            edition=edition,
            version=version,
            content=given["file"].read(MAX_FILE_BYTES + 1),
            file_name=given["file"].name,
            kind=given["kind"],
            now=timezone.now(),
        )
        imported = own_imports(owner).get(pk=opened.pk)
        context = self.get_serializer_context()
        shown: Any = ListImportSerializer(imported, context=context).data
        place = reverse("list-import-detail", kwargs={"id": opened.public_id}, request=request)
        return Response(shown, status=202, headers={"Location": place})


def progress_of(imported: Any) -> int:
    """How far reading or writing is, in percent."""
    is_done = state_of(imported) in (ImportState.PREVIEWED, ImportState.WRITTEN)
    return percent_done(imported.rows_read, imported.row_count or 0, is_done=is_done)
