"""What a submitter is asked about its declarations, and what it answers."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext

from shipments.domain.errors import TargetingError
from targeting.domain.policy import SUBMITTER_PEOPLE
from targeting.domain.questions import MOST_DOCUMENT_BYTES, WAITING
from targeting.models import OperatorQuestion
from targeting.selectors.questions import questions_to
from targeting.services.questions import Document, answer_question
from targeting.workbench.refusals import refused
from targeting.workbench.submission_forms import AnswerForm
from targeting.workbench.views.submissions import SubmitterPage

QUESTIONS_ON_A_PAGE = 25


class QuestionsPage(SubmitterPage):
    """The questions, the newest first."""

    needed = {"GET": SUBMITTER_PEOPLE}

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = Paginator(questions_to(self.submitter), QUESTIONS_ON_A_PAGE)
        page = rows.get_page(request.GET.get("page"))
        return self.shown("questions.html", page=page, section="questions")


class QuestionPage(SubmitterPage):
    """One question and its answers; why it was asked, and by whom, stays inside."""

    needed = dict.fromkeys(("GET", "POST"), SUBMITTER_PEOPLE)

    def get(self, request: HttpRequest, id: UUID) -> HttpResponse:
        return self._page(self._question(id), AnswerForm())

    def post(self, request: HttpRequest, id: UUID) -> HttpResponse:
        question = self._question(id)
        form = AnswerForm(request.POST, request.FILES)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                self._store(question, form)
            except TargetingError as error:
                status, sentence = refused(error)
                form.add_error(None, sentence)
            else:
                messages.success(request, gettext("Your answer was taken."))
                return redirect("workbench:submission-question", id=question.public_id)
        return self._page(question, form, status=status)

    def _store(self, question: OperatorQuestion, form: AnswerForm) -> None:
        answer_question(
            question=question,
            text=form.cleaned_data["text"],
            documents=[
                Document(one.name or "", one.read(MOST_DOCUMENT_BYTES + 1))
                for one in form.cleaned_data["documents"]
            ],
            actor=self.reader.actor,
            now=timezone.now(),
        )

    def _question(self, id: UUID) -> OperatorQuestion:
        return get_object_or_404(questions_to(self.submitter), public_id=id)

    def _page(
        self, question: OperatorQuestion, form: AnswerForm, *, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        return self.shown(
            "question.html",
            status=status,
            question=question,
            is_open=question.state in WAITING,
            form=form,
            section="questions",
        )
