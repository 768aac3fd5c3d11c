"""Questions as the operator sees them: what is asked and by when, never why nor by whom."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from targeting.api.base import Resource
from targeting.api.json_body import BoundedJsonParser
from targeting.api.permissions import POLICIES, actor_of, own_submitter
from targeting.api.uploads import UploadFormParser, refuse_too_large
from targeting.domain.questions import (
    MEDIA_TYPES,
    MOST_DOCUMENT_BYTES,
    MOST_DOCUMENTS,
    WAITING,
    QuestionKind,
)
from targeting.filters.questions import QuestionFilter
from targeting.models import AnswerDocument, OperatorQuestion, QuestionAnswer, QuestionReminder
from targeting.selectors.questions import questions_to
from targeting.services.questions import Document, answer_question

LONGEST_TEXT = 10_000
_FORM_BYTES = MOST_DOCUMENTS * MOST_DOCUMENT_BYTES + 256 * 1024


class AnswerDocumentSerializer(serializers.ModelSerializer):
    sha256 = serializers.SerializerMethodField(help_text="Of what was kept, in hexadecimal.")

    class Meta:
        model = AnswerDocument
        fields = ["number", "file_name", "media_type", "size_bytes", "sha256"]

    def get_sha256(self, row: AnswerDocument) -> str:
        return bytes(row.sha256).hex()


class QuestionAnswerSerializer(serializers.ModelSerializer):
    documents = AnswerDocumentSerializer(many=True)

    class Meta:
        model = QuestionAnswer
        fields = ["text", "answered_at", "is_late", "documents"]


class ReminderSerializer(serializers.ModelSerializer):
    kind = serializers.CharField(help_text="due_soon or overdue.")

    class Meta:
        model = QuestionReminder
        fields = ["kind", "due_on", "reminded_at"]


class AnswerFormSerializer(serializers.Serializer):
    """What an answer may hold."""

    longest_text = serializers.IntegerField()
    needs_documents = serializers.BooleanField()
    most_documents = serializers.IntegerField(help_text="To all answers together.")
    most_document_bytes = serializers.IntegerField(help_text="Of each.")
    media_types = serializers.ListField(child=serializers.CharField())


class QuestionSerializer(serializers.ModelSerializer):
    """``state`` is open, answered or closed; an answered one takes more answers until closed."""

    id = serializers.UUIDField(source="public_id")
    receipt = serializers.UUIDField(source="declaration.batch.public_id")
    kind = serializers.CharField(help_text=f"One of {', '.join(QuestionKind)}.")
    state = serializers.SerializerMethodField(help_text="open, answered or closed.")
    form = serializers.SerializerMethodField()
    answers = QuestionAnswerSerializer(many=True)
    reminders = ReminderSerializer(many=True)

    class Meta:
        model = OperatorQuestion
        fields = [
            "id", "receipt", "registration_number", "item_number", "kind", "text", "state",
            "asked_at", "due_on", "closed_at", "form", "answers", "reminders",
        ]  # fmt: skip

    def get_state(self, row: OperatorQuestion) -> str:
        return row.state if row.state in WAITING else "closed"

    @extend_schema_field(AnswerFormSerializer)
    def get_form(self, row: OperatorQuestion) -> dict[str, Any]:
        return {
            "longest_text": LONGEST_TEXT,
            "needs_documents": row.needs_documents,
            "most_documents": MOST_DOCUMENTS,
            "most_document_bytes": MOST_DOCUMENT_BYTES,
            "media_types": sorted(MEDIA_TYPES),
        }


class NewAnswerSerializer(serializers.Serializer):
    text = serializers.CharField(max_length=LONGEST_TEXT)
    documents = serializers.ListField(
        child=serializers.FileField(max_length=200),
        required=False,
        max_length=MOST_DOCUMENTS,
        help_text="Files of a form; the field may come several times.",
    )


class AnswerFormParser(UploadFormParser):
    """A form with ``text`` and ``documents``."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        refuse_too_large(parser_context, allowed_bytes=_FORM_BYTES)
        return super().parse(stream, media_type, parser_context)


@extend_schema_view(
    list=extend_schema(summary="Questions on own declarations, the newest first"),
    retrieve=extend_schema(summary="One of the questions"),
)
class QuestionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """What the calling client's submitter is asked; questions to others do not exist for it."""

    policy = POLICIES["questions"]
    serializer_class = QuestionSerializer
    filterset_class = QuestionFilter
    parser_classes = [AnswerFormParser, BoundedJsonParser]
    queryset = OperatorQuestion.objects.none()
    lookup_field = "public_id"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[OperatorQuestion]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return questions_to(own_submitter(self.request))

    @extend_schema(
        summary="Answer a question; the same answer again changes nothing",
        request={
            "multipart/form-data": NewAnswerSerializer,
            "application/json": NewAnswerSerializer,
        },
        responses={200: QuestionSerializer, 201: QuestionSerializer},
    )
    def answer(self, request: Request, id: str) -> Response:
        question = self.get_object()
        serializer = NewAnswerSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        _, is_new = answer_question(
            question=question,
            text=given["text"],
            documents=[
                Document(one.name, one.read(MOST_DOCUMENT_BYTES + 1))
                for one in given.get("documents", ())
            ],
            actor=actor_of(request),
            now=timezone.now(),
        )
        shown = self.get_serializer(self.get_object()).data
        return Response(shown, status=201 if is_new else 200)
