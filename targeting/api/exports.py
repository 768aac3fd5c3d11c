"""Exports: rows asked for as a file, written in the background, taken away by who asked."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from risk.domain.lists.sheets import MEDIA_TYPES, SheetFormat
from shipments.models.choices import JobState
from targeting import jobs
from targeting.api.base import Resource
from targeting.api.fields import GRANTS
from targeting.api.permissions import POLICIES, check_purpose, own_account
from targeting.api.schema import files
from targeting.domain.errors import ExportNotDone
from targeting.domain.exports import ExportResource, percent_done
from targeting.domain.policy import allows
from targeting.models import Export
from targeting.selectors.exports import own_exports
from targeting.services.exportable import EXPORTABLE
from targeting.services.exports import remove_export


class ExportRequest(serializers.Serializer):
    resource = serializers.ChoiceField(choices=[one.value for one in ExportResource])
    parameters = serializers.JSONField(
        help_text="Which rows. Of `list-entries`: `list_code` and `number` of an edition; else the"
        " filters of the resource's list, each a text or a list of texts."
    )
    sheet_format = serializers.ChoiceField(
        choices=[one.value for one in SheetFormat], default=SheetFormat.CSV.value
    )

    def validate_parameters(self, given: Any) -> dict[str, Any]:
        if not isinstance(given, dict):
            raise serializers.ValidationError("An object.")
        return given


class ExportSerializer(serializers.ModelSerializer):
    id = serializers.UUIDField(source="public_id")
    state = serializers.CharField(
        source="job.state", help_text="running, done, cancelled or failed."
    )
    failure = serializers.CharField(source="job.failure")
    progress = serializers.SerializerMethodField(help_text="In percent.")
    rows = serializers.IntegerField(source="row_count")
    rows_written = serializers.IntegerField()
    started_at = serializers.DateTimeField(source="job.started_at")
    finished_at = serializers.DateTimeField(source="job.finished_at", allow_null=True)
    file = serializers.SerializerMethodField(help_text="Its address; null until it is written.")

    class Meta:
        model = Export
        fields = [
            "id", "resource", "parameters", "sheet_format", "state", "failure", "progress", "rows",
            "rows_written", "file_name", "size_bytes", "started_at", "finished_at", "expires_at",
            "file",
        ]  # fmt: skip

    def get_progress(self, row: Any) -> int:
        is_done = row.job.state == JobState.DONE
        return percent_done(row.rows_written, row.row_count, is_done=is_done)

    def get_file(self, row: Export) -> str | None:
        if not row.file:
            return None
        request = self.context["request"]
        return reverse("export-file", kwargs={"id": row.public_id}, request=request)


class OwnExports(Resource):
    """The caller's exports, and nobody else's."""

    policy = POLICIES["exports"]
    serializer_class: type[serializers.Serializer] = ExportSerializer
    filter_backends = []
    queryset = Export.objects.none()
    lookup_field = "public_id"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Export]:
        return own_exports(own_account(self.request))

    def check_resource(self, resource: str) -> None:
        """Raises PermissionDenied for who may not take the resource away, or not any more, and
        PurposeRequired where the list of it asks what for."""
        wanted = EXPORTABLE[ExportResource(resource)]
        if not allows(self.get_serializer_context()[GRANTS], wanted.grants):
            raise PermissionDenied
        check_purpose(self.request, wanted.route)


@extend_schema_view(
    list=extend_schema(summary="My exports, the newest first"),
    retrieve=extend_schema(summary="One of my exports and how far it is"),
)
class ExportViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, OwnExports):
    """Files of many rows: asked for, watched, and ended or deleted by who asked."""

    audit_reads = False

    @extend_schema(
        summary="Have rows written into a file",
        request=ExportRequest,
        responses={202: ExportSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = ExportRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        self.check_resource(given["resource"])
        opened = jobs.export(
            owner=own_account(request),
            resource=ExportResource(given["resource"]),
            parameters=given["parameters"],
            sheet_format=SheetFormat(given["sheet_format"]),
            now=timezone.now(),
        )
        shown: Any = self.get_serializer(self.get_queryset().get(pk=opened.pk)).data
        place = reverse("export-detail", kwargs={"id": opened.public_id}, request=request)
        return Response(shown, status=202, headers={"Location": place})

    @extend_schema(summary="End an export that runs, or delete its file", responses={204: None})
    def destroy(self, request: Request, **_: object) -> Response:
        remove_export(export=self.get_object())
        return Response(status=204)


class ExportFileViewSet(OwnExports):
    """The file: an event of the audit each time it is taken away."""

    problems = {"file": (409,)}

    @extend_schema(
        summary="The file of an export that is done",
        responses=files(*MEDIA_TYPES.values()),
    )
    def file(self, request: Request, **_: object) -> FileResponse:
        export: Export = self.get_object()
        self.check_resource(export.resource)
        return file_answer(export)


def file_answer(export: Export) -> FileResponse:
    """The file to take away. Raises ExportNotDone."""
    if not export.file:
        raise ExportNotDone(state=export.job.state)
    return FileResponse(
        export.file.open("rb"),
        as_attachment=True,
        filename=export.file_name,
        content_type=MEDIA_TYPES[SheetFormat(export.sheet_format)],
    )
