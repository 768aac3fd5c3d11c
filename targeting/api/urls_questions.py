"""Routes of questions to operators: the office's side and the operator's."""

from django.urls import path

from targeting.api.base import DETAIL, LIST
from targeting.api.operator_questions import (
    OperatorQuestionExportViewSet,
    OperatorQuestionViewSet,
)
from targeting.api.questions import QuestionViewSet

QUESTIONS = [
    path(
        "operator-questions",
        OperatorQuestionViewSet.as_view({"get": "list", "post": "create"}),
        name="operator-question-list",
    ),
    path(
        "operator-questions/sheet",
        OperatorQuestionExportViewSet.as_view({"get": "sheet"}),
        name="operator-question-sheet",
    ),
    path(
        "operator-questions/<int:pk>",
        OperatorQuestionViewSet.as_view(DETAIL),
        name="operator-question-detail",
    ),
    *(
        path(
            f"operator-questions/<int:pk>/{word}",
            OperatorQuestionViewSet.as_view({"post": word}),
            name=f"operator-question-{word}",
        )
        for word in ("settle", "withdraw", "extend")
    ),
    path(
        "operator-questions/<int:pk>/documents/<int:number>",
        OperatorQuestionViewSet.as_view({"get": "document"}),
        name="operator-question-document",
    ),
    path("questions", QuestionViewSet.as_view(LIST), name="question-list"),
    path("questions/<uuid:id>", QuestionViewSet.as_view(DETAIL), name="question-detail"),
    path(
        "questions/<uuid:id>/answer",
        QuestionViewSet.as_view({"post": "answer"}),
        name="question-answer",
    ),
]
