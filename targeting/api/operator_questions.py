"""Questions to operators as the office works with them: asked, read, settled, taken away."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from shipments.models import Declaration
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, acting_person
from targeting.api.questions import AnswerDocumentSerializer, ReminderSerializer
from targeting.api.registers import SheetDownload, as_text
from targeting.domain.questions import QuestionKind, QuestionState, Satisfaction
from targeting.filters.questions import OperatorQuestionFilter
from targeting.models import OperatorQuestion, QuestionAnswer
from targeting.selectors.questions import document_of, list_questions
from targeting.selectors.scope import in_scope
from targeting.services import questions as services

_LONGEST = 4_000


class GivenAnswerSerializer(serializers.ModelSerializer):
    documents = AnswerDocumentSerializer(many=True)

    class Meta:
        model = QuestionAnswer
        fields = ["text", "answered_by", "answered_at", "is_late", "documents"]


class OperatorQuestionSerializer(serializers.ModelSerializer):
    """``reason``, ``asked_by``, ``satisfaction`` and ``closing_note`` never leave the office."""

    number = serializers.UUIDField(source="public_id", help_text="As the operator knows it.")
    submitter = serializers.CharField(source="submitter.key")
    kind = serializers.CharField(help_text=f"One of {', '.join(QuestionKind)}.")
    state = serializers.CharField(help_text=f"One of {', '.join(QuestionState)}.")
    satisfaction = serializers.CharField(help_text=f"One of {', '.join(Satisfaction)}, or blank.")
    answers = GivenAnswerSerializer(many=True)
    reminders = ReminderSerializer(many=True)

    class Meta:
        model = OperatorQuestion
        fields = [
            "id", "number", "declaration", "registration_number", "item_number", "customs_office",
            "submitter", "kind", "text", "needs_documents", "reason", "state", "asked_by",
            "asked_at", "due_on", "closed_by", "closed_at", "satisfaction", "closing_note",
            "answers", "reminders",
        ]  # fmt: skip


class NewOperatorQuestionSerializer(serializers.Serializer):
    declaration = serializers.IntegerField(min_value=1, help_text="Id of a version.")
    item_number = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="Without: all of it."
    )
    kind = serializers.ChoiceField(choices=[kind.value for kind in QuestionKind])
    text = serializers.CharField(max_length=_LONGEST, help_text="Goes out as it is.")
    needs_documents = serializers.BooleanField(default=False)
    reason = serializers.CharField(max_length=_LONGEST, help_text="Why; it never goes out.")
    due_on = serializers.DateField(required=False, help_text="Else five working days.")


class SettlementSerializer(serializers.Serializer):
    satisfaction = serializers.ChoiceField(choices=[one.value for one in Satisfaction])
    note = serializers.CharField(max_length=_LONGEST, default="", allow_blank=True)


class WithdrawalNoteSerializer(serializers.Serializer):
    note = serializers.CharField(max_length=_LONGEST)


class ExtensionSerializer(serializers.Serializer):
    due_on = serializers.DateField()


@extend_schema_view(
    list=extend_schema(summary="Questions to operators, the newest first"),
    retrieve=extend_schema(summary="One question with its answers and reminders"),
)
class OperatorQuestionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Resource):
    """Asked of whoever submitted a declaration in the caller's scope."""

    policy = POLICIES["operator-questions"]
    serializer_class: type[serializers.BaseSerializer] = OperatorQuestionSerializer
    filterset_class = OperatorQuestionFilter
    queryset = OperatorQuestion.objects.none()

    def get_queryset(self) -> QuerySet[OperatorQuestion]:
        return list_questions(self.scope)

    @extend_schema(
        summary="Ask the operator; the lane is at least yellow until the question is closed",
        request=NewOperatorQuestionSerializer,
        responses={201: OperatorQuestionSerializer},
    )
    def create(self, request: Request) -> Response:
        given = self._given(NewOperatorQuestionSerializer)
        seen = Declaration.objects.filter(in_scope(self.scope)).select_related("submitter")
        row = services.ask_question(
            declaration=get_object_or_404(seen, pk=given.pop("declaration")),
            asked=services.Asked(**given | {"kind": QuestionKind(given["kind"])}),
            by=acting_person(request),
            now=timezone.now(),
        )
        place = reverse("operator-question-detail", kwargs={"pk": row.pk}, request=request)
        return Response(self.get_serializer(row).data, status=201, headers={"Location": place})

    @extend_schema(
        summary="End a question with what it came to",
        request=SettlementSerializer,
        responses={200: OperatorQuestionSerializer},
    )
    def settle(self, request: Request, pk: int) -> Response:
        question, given = self.get_object(), self._given(SettlementSerializer)
        services.settle_question(
            question=question,
            satisfaction=Satisfaction(given["satisfaction"]),
            note=given["note"],
            by=acting_person(request),
            now=timezone.now(),
        )
        return self._shown()

    @extend_schema(
        summary="Take a question back",
        request=WithdrawalNoteSerializer,
        responses={200: OperatorQuestionSerializer},
    )
    def withdraw(self, request: Request, pk: int) -> Response:
        question, given = self.get_object(), self._given(WithdrawalNoteSerializer)
        services.withdraw_question(
            question=question, note=given["note"], by=acting_person(request), now=timezone.now()
        )
        return self._shown()

    @extend_schema(
        summary="Give the operator another last day",
        request=ExtensionSerializer,
        responses={200: OperatorQuestionSerializer},
    )
    def extend(self, request: Request, pk: int) -> Response:
        question, given = self.get_object(), self._given(ExtensionSerializer)
        services.extend_question(
            question=question, due_on=given["due_on"], by=acting_person(request), now=timezone.now()
        )
        return self._shown()

    @extend_schema(
        summary="A document of an answer, as it was sent",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def document(self, request: Request, pk: int, number: int) -> HttpResponse:
        """As a file to save: what a stranger sent is never shown in place."""
        found = document_of(self.get_object(), number)
        if found is None:
            raise NotFound
        return HttpResponse(
            bytes(found.content),
            content_type="application/octet-stream",
            headers={
                "Content-Disposition": f'attachment; filename="question-{pk}-{number}"',
                "X-Content-Type-Options": "nosniff",
            },
        )

    def _given(self, form: type[serializers.Serializer]) -> dict[str, Any]:
        serializer = form(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def _shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class OperatorQuestionExportViewSet(SheetDownload, OperatorQuestionViewSet):
    """Questions taken away."""

    sheet_name = "operator-questions"
    sheet_columns = (
        "number", "registration_number", "item_number", "customs_office", "submitter", "kind",
        "text", "reason", "state", "asked_by", "asked_at", "due_on", "answers", "documents",
        "first_answered_at", "closed_by", "closed_at", "satisfaction", "closing_note",
    )  # fmt: skip

    def cells(self, rows: Any) -> Iterator[dict[str, str]]:
        for row in rows:
            answers = sorted(row.answers.all(), key=lambda one: one.pk)
            told = {
                "number": row.public_id,
                "submitter": row.submitter.key,
                "answers": len(answers),
                "documents": sum(len(one.documents.all()) for one in answers),
                "first_answered_at": answers[0].answered_at if answers else None,
            }
            yield {
                name: as_text(told[name] if name in told else getattr(row, name))
                for name in self.sheet_columns
            }
