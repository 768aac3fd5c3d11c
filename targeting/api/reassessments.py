"""Reassessments after changes of the registers: how far they are, what they led to, and why."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.models import Reassessment, RegisterChange
from risk.models.choices import RegisterKind
from shipments.services.jobs import cancel_job
from targeting import jobs
from targeting.api.base import Resource
from targeting.api.look_backs import ProgressSerializer
from targeting.api.permissions import POLICIES, acting_person
from targeting.api.registers import SheetDownload, as_text
from targeting.filters.reassessments import ReassessmentFilter, RegisterChangeFilter
from targeting.selectors.reassessments import list_reassessments, list_register_changes


class ReassessmentSerializer(ProgressSerializer):
    """``declarations`` were chosen as those that the changes may concern; of ``assessments`` of
    them the registers say something else by now, and ``alerts`` were raised or changed."""

    id = serializers.IntegerField()
    key = serializers.CharField(help_text="Names it in assessments that it led to.")
    day = serializers.DateField(help_text="The office's day on which it began.")
    since = serializers.DateField(help_text="First day of acceptance that is looked at.")
    changes = serializers.IntegerField(
        source="change_count", help_text="Of the registers: /register-changes?reassessment=."
    )
    declarations = serializers.IntegerField(source="declaration_count")
    assessments = serializers.IntegerField(source="assessment_count")
    alerts = serializers.IntegerField(source="alert_count")


class RegisterChangeSerializer(serializers.ModelSerializer):
    """``first_day`` to ``last_day``: of which time it concerns declarations that do not name it;
    null: without end."""

    register = serializers.CharField(help_text=f"One of {', '.join(RegisterKind.values)}.")

    class Meta:
        model = RegisterChange
        fields = [
            "id", "register", "entry", "substance_keys", "first_day", "last_day", "actor",
            "changed_at", "reassessment",
        ]  # fmt: skip


@extend_schema_view(
    list=extend_schema(summary="Reassessments after changes of the registers, the newest first"),
    retrieve=extend_schema(summary="One reassessment and how far it is"),
)
class ReassessmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What changed permits, notices and requirements mean for declarations from before: counts,
    no case."""

    policy = POLICIES["reassessments"]
    audit_reads = False
    serializer_class: type[serializers.BaseSerializer] = ReassessmentSerializer
    filterset_class = ReassessmentFilter
    queryset = list_reassessments()

    @extend_schema(summary="Let nothing more of it begin", request=None)
    def cancel(self, request: Request, pk: int) -> Response:
        found: Reassessment = self.get_object()
        actor = acting_person(request).account
        cancel_job(job_id=found.job_id, actor=actor, now=timezone.now())
        return self._shown()

    @extend_schema(summary="Let a cancelled or failed one go on where it stopped", request=None)
    def resume(self, request: Request, pk: int) -> Response:
        jobs.resume_job(job_id=self.get_object().job_id, now=timezone.now())
        return self._shown()

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class ReassessmentExportViewSet(SheetDownload, ReassessmentViewSet):
    """Reassessments taken away."""

    sheet_name = "reassessments"
    sheet_columns = (
        *("key", "day", "since", "state", "failure", "requested_by", "cancelled_by"),
        *("started_at", "finished_at", "seconds", "chunks", "chunks_done"),
        *("changes", "declarations", "assessments", "alerts"),
    )

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for shown in ReassessmentSerializer(rows, many=True).data:
            yield {name: as_text(shown[name]) for name in self.sheet_columns}


@extend_schema_view(
    list=extend_schema(summary="Changes of the registers, the newest first"),
    retrieve=extend_schema(summary="One of the changes"),
)
class RegisterChangeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Entries that came or changed since declarations were assessed, and what took them up."""

    policy = POLICIES["register-changes"]
    audit_reads = False
    serializer_class: type[serializers.BaseSerializer] = RegisterChangeSerializer
    filterset_class = RegisterChangeFilter
    queryset = RegisterChange.objects.none()

    def get_queryset(self) -> QuerySet[RegisterChange]:
        return list_register_changes()


class RegisterChangeExportViewSet(SheetDownload, RegisterChangeViewSet):
    """Changes taken away."""

    sheet_name = "register-changes"
    sheet_columns = tuple(RegisterChangeSerializer.Meta.fields[1:])

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for row in rows:
            told = {
                "substance_keys": ", ".join(row.substance_keys),
                "reassessment": row.reassessment.key if row.reassessment else None,
            }
            yield {
                name: as_text(told[name] if name in told else getattr(row, name))
                for name in self.sheet_columns
            }
