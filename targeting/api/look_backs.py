"""Look-backs: how far stored declarations were judged by law that came after them."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from risk.models import Reassessment, Rescreening
from shipments.services.jobs import cancel_job
from targeting import jobs
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES
from targeting.selectors.rescreenings import list_look_backs


class ProgressSerializer(serializers.Serializer):
    """A job in chunks. The last stage is planned when the one before it is done, so the
    number of chunks grows."""

    state = serializers.CharField(
        source="job.state", help_text="running, done, cancelled or failed."
    )
    failure = serializers.CharField(source="job.failure")
    requested_by = serializers.CharField(source="job.requested_by")
    cancelled_by = serializers.CharField(source="job.cancelled_by")
    started_at = serializers.DateTimeField(source="job.started_at")
    finished_at = serializers.DateTimeField(source="job.finished_at", allow_null=True)
    seconds = serializers.SerializerMethodField(help_text="How long it took, once it is done.")
    chunks = serializers.IntegerField(source="chunk_count")
    chunks_done = serializers.IntegerField(source="done_count")

    def get_seconds(self, row: Rescreening | Reassessment) -> float | None:
        job = row.job
        return (job.finished_at - job.started_at).total_seconds() if job.finished_at else None


class LookBackSerializer(ProgressSerializer):
    """``declarations`` hold a text that names a changed entry; ``matches`` of their items are
    new, and ``alerts`` were raised or changed by them. ``list_code`` and ``edition`` are null
    where names changed: then the entries of ``substances`` count as changed."""

    id = serializers.IntegerField()
    list_code = serializers.CharField(
        source="edition.control_list.code", default=None, allow_null=True
    )
    edition = serializers.IntegerField(source="edition.number", default=None, allow_null=True)
    substances = serializers.SerializerMethodField(help_text="Keys of those whose names changed.")
    day = serializers.DateField(
        help_text="The day on which the entries changed, or of the law that names are read with."
    )
    since = serializers.DateField(help_text="First day of acceptance that is looked at.")
    until = serializers.DateField()
    changed_entries = serializers.IntegerField(source="entry_count")
    texts = serializers.IntegerField(source="text_count", help_text="Distinct, stored.")
    candidates = serializers.IntegerField(
        source="candidate_count", help_text="Texts that share a key with a changed entry."
    )
    hits = serializers.IntegerField(source="hit_count", help_text="Candidates that name one.")
    declarations = serializers.IntegerField(source="declaration_count")
    matches = serializers.IntegerField(source="match_count")
    alerts = serializers.IntegerField(source="alert_count")

    def get_substances(self, row: Rescreening) -> list[str]:
        return sorted({change.substance.key for change in row.name_changes.all()})


@extend_schema_view(
    list=extend_schema(summary="Look-backs, the newest first"),
    retrieve=extend_schema(summary="One look-back and how far it is"),
)
class LookBackViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What a change of law means for declarations from before: counts, no case."""

    policy = POLICIES["look-backs"]
    audit_reads = False
    serializer_class = LookBackSerializer
    filter_backends = []
    queryset = list_look_backs().prefetch_related("name_changes__substance")

    @extend_schema(summary="Let nothing more of it begin", request=None)
    def cancel(self, request: Request, **_: object) -> Response:
        found = self.get_object()
        actor = getattr(request.user, "actor", "")
        cancel_job(job_id=found.job_id, actor=actor, now=timezone.now())
        return self._shown()

    @extend_schema(summary="Let a cancelled or failed one go on where it stopped", request=None)
    def resume(self, request: Request, **_: object) -> Response:
        jobs.resume_job(job_id=self.get_object().job_id, now=timezone.now())
        return self._shown()

    def _shown(self) -> Response:
        shown: Any = self.get_serializer(self.get_object()).data
        return Response(shown)
