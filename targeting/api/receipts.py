"""Receipts: what a client may know of what it sent. Never anything about risk."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shipments.domain.issue_sentences import issue_sentence
from shipments.domain.records import Issue
from shipments.models import IntakeBatch, IntakeIssue
from shipments.models.choices import BatchState
from shipments.selectors.backlog import expected_end
from shipments.selectors.receipts import (
    bytes_read,
    items_per_second,
    list_issues,
    list_receipts,
    progress_of,
)
from shipments.services.cancelling import cancel_batch
from targeting.api.base import Resource
from targeting.api.errors import CONTENT_TYPE
from targeting.api.permissions import POLICIES, own_submitter
from targeting.api.schema import Problem
from targeting.selectors.questions import count_open
from targeting.selectors.sentences import sentence_language

FIRST_ISSUES = 10


class IssueSerializer(serializers.ModelSerializer):
    message = serializers.SerializerMethodField(
        help_text="A sentence in the language of Accept-Language; decide by `code`."
    )

    class Meta:
        model = IntakeIssue
        fields = [
            "message",
            "line",
            "registration_number",
            "field",
            "column",
            "code",
            "severity",
            "value",
            "allowed",
        ]

    def get_message(self, issue: IntakeIssue | Issue) -> str:
        return issue_sentence(
            issue.code,
            sentence_language(),
            field=issue.column if self._names_columns(issue) else issue.field,
            value=issue.value,
            allowed=issue.allowed,
        )

    @staticmethod
    def _names_columns(issue: IntakeIssue | Issue) -> bool:
        """Whether the declarant's own name of the field is known; an XPath is no name."""
        return bool(issue.column) and "/" not in issue.column


class CountsSerializer(serializers.ModelSerializer):
    declarations = serializers.IntegerField(source="declaration_count")
    items = serializers.IntegerField(source="item_count")
    unchanged = serializers.IntegerField(
        source="unchanged_count", help_text="Declarations that were already stored as they came."
    )
    rejected = serializers.IntegerField(source="rejected_count")
    issues = serializers.IntegerField(source="issue_count")

    class Meta:
        model = IntakeBatch
        fields = ["declarations", "items", "unchanged", "rejected", "issues"]


class TableReadingSerializer(serializers.Serializer):
    """How a table was read: what was stated and what was found out, with its evidence."""

    file = serializers.CharField(required=False, help_text="Of a table in an archive.")
    delimiter = serializers.CharField(required=False)
    encoding = serializers.CharField(required=False)
    decimal_mark = serializers.CharField(required=False)
    thousands_mark = serializers.CharField(required=False)
    date_formats = serializers.ListField(child=serializers.CharField(), required=False)
    evidence = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="Habit → what tells it; `stated`, or `assumed` where nothing does.",
    )


class ReceiptSerializer(serializers.ModelSerializer):
    """``received`` and ``processing`` go on by themselves; the others are ends."""

    id = serializers.UUIDField(source="public_id")
    state = serializers.CharField(help_text="received, processing, done, failed or cancelled.")
    format = serializers.CharField(source="format_key")
    mapping = serializers.CharField(source="mapping_key")
    counts = CountsSerializer(source="*")

    class Meta:
        model = IntakeBatch
        fields = [
            "id",
            "state",
            "failure_code",
            "format",
            "mapping",
            "file_name",
            "received_at",
            "started_at",
            "cancelled_at",
            "finished_at",
            "counts",
        ]


class ReceiptDetailSerializer(ReceiptSerializer):
    progress = serializers.SerializerMethodField(help_text="Percent of the work that is done.")
    bytes_read = serializers.SerializerMethodField(
        help_text="Of the file, while it is being cut into chunks; 0 before and after."
    )
    items_per_second = serializers.SerializerMethodField(
        help_text="Goods items stored a second, from the beginning of the work to its end."
    )
    expected_at = serializers.SerializerMethodField(
        help_text="When a large file will likely be done, at the pace of the last ones."
    )
    table_readings = TableReadingSerializer(many=True, help_text="Once the file has been read.")
    unknown_fields = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Fields without a place in our records, kept as extra text: how often each came.",
    )
    open_questions = serializers.SerializerMethodField(
        help_text="How many questions on its declarations wait for an answer: `questions`."
    )
    first_issues = serializers.SerializerMethodField(
        help_text=f"The first {FIRST_ISSUES}; all of them are under `issues/`."
    )

    class Meta(ReceiptSerializer.Meta):
        fields = [
            *ReceiptSerializer.Meta.fields,
            "progress",
            "bytes_read",
            "items_per_second",
            "expected_at",
            "table_readings",
            "unknown_fields",
            "open_questions",
            "first_issues",
        ]

    def get_progress(self, batch: IntakeBatch) -> int:
        return progress_of(batch)

    def get_bytes_read(self, batch: IntakeBatch) -> int:
        return bytes_read(batch)

    def get_items_per_second(self, batch: IntakeBatch) -> float | None:
        return items_per_second(batch, now=timezone.now())

    def get_open_questions(self, batch: IntakeBatch) -> int:
        return count_open(batch)

    def get_expected_at(self, batch: IntakeBatch) -> datetime | None:
        return expected_end(batch, now=timezone.now())

    @extend_schema_field(IssueSerializer(many=True))
    def get_first_issues(self, batch: IntakeBatch) -> list[dict[str, Any]]:
        first = list_issues(batch=batch)[:FIRST_ISSUES]
        return list(IssueSerializer(first, many=True).data)


# What goes on after the message was taken in, as it stands before anything has.
_AT_ACCEPTANCE: dict[str, Any] = {
    "state": BatchState.RECEIVED.value,
    "failure_code": "",
    "started_at": None,
    "cancelled_at": None,
    "finished_at": None,
    "counts": dict.fromkeys(CountsSerializer.Meta.fields, 0),
    "progress": 0,
    "bytes_read": 0,
    "items_per_second": None,
    "table_readings": [],
    "unknown_fields": {},
    "open_questions": 0,
    "first_issues": [],
}


def receipt_at_acceptance(batch: IntakeBatch) -> dict[str, Any]:
    """What a POST answers, the first one and every other of the same message.

    As :class:`ReceiptDetailSerializer` has it, before anything became of the message: however
    often and however late it is sent, the receipts are equal. Only of a large file that is still
    worked on ``expected_at`` is estimated anew.
    """
    lasting = ReceiptSerializer(batch).data
    return {**lasting, **_AT_ACCEPTANCE, "expected_at": expected_end(batch, now=timezone.now())}


@extend_schema_view(
    list=extend_schema(summary="Own receipts, newest first"),
    retrieve=extend_schema(summary="One of the own receipts"),
)
class ReceiptViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Receipts of the calling client's own submitter; those of others do not exist for it."""

    policy = POLICIES["receipts"]
    serializer_class = ReceiptSerializer
    queryset = IntakeBatch.objects.none()
    lookup_field = "public_id"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[IntakeBatch]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return list_receipts(submitter=own_submitter(self.request))

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        if self.action == "issues":
            return IssueSerializer
        return ReceiptDetailSerializer if self.action == "retrieve" else ReceiptSerializer

    @extend_schema(summary="Everything that was wrong", responses=IssueSerializer(many=True))
    def issues(self, request: Request, id: str) -> Response:
        page = self.paginate_queryset(list_issues(batch=self.get_object()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


@extend_schema_view(retrieve=extend_schema(summary="How far one of the own files is"))
class BatchReceiptViewSet(ReceiptViewSet):
    """The receipt of a file under the address where files are sent, and its cancelling."""

    policy = POLICIES["batch"]

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return ReceiptDetailSerializer

    @extend_schema(
        summary="Read no more of a file",
        request=None,
        responses={200: ReceiptDetailSerializer, (409, CONTENT_TYPE): Problem},
    )
    def cancel(self, request: Request, id: str) -> Response:
        """What is stored by then is kept and goes its way; sent again, the file is read on."""
        batch = cancel_batch(batch_id=self.get_object().pk, now=timezone.now())
        return Response(self.get_serializer(batch).data)
