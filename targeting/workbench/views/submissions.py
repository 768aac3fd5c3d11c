"""Pages of a submitter's person: files sent, what became of them. Never anything about risk."""

from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from shipments.domain.errors import TargetingError
from shipments.domain.issue_sentences import issue_sentence
from shipments.domain.records import Issue
from shipments.domain.validation import Validation
from shipments.models import IntakeBatch, IntakeIssue, Submitter
from shipments.selectors.backlog import expected_end
from shipments.selectors.receipts import list_issues, list_receipts, progress_of
from shipments.services.cancelling import cancel_batch
from targeting import pipeline
from targeting.domain.policy import SUBMITTER_PEOPLE
from targeting.intake.files import (
    MAX_VALIDATED_BYTES,
    format_of,
    mapping_of,
    validated,
    without_room,
)
from targeting.intake.sheets import CSV, MEDIA_TYPES, issues_file, rejects_file
from targeting.selectors.questions import count_open, questions_to
from targeting.selectors.sentences import sentence_language
from targeting.workbench.refusals import refused
from targeting.workbench.submission_forms import FileForm
from targeting.workbench.views.base import Page

RECEIPTS_ON_A_PAGE = 25
ISSUES_ON_A_PAGE = 50
MIB = 1024 * 1024


class ShownIssue(NamedTuple):
    """One thing wrong, as a sentence in the reader's language beside its place and code."""

    issue: IntakeIssue | Issue
    sentence: str


class SubmitterPage(Page):
    """A page about what the reader's own submitter sent; that of others does not exist."""

    @property
    def submitter(self) -> Submitter:
        """The submitter for whom the reader's account is."""
        submitter = self.reader.submitter
        if submitter is None:
            raise PermissionDenied
        return submitter

    def shown(self, template: str, *, status: int = HTTPStatus.OK, **context: Any) -> HttpResponse:
        """The page with what stands on each of them."""
        waiting = questions_to(self.submitter).filter(closed_at=None, answers=None).count()
        told = {"submitter": self.submitter, "waiting_questions": waiting, **context}
        return render(self.request, f"workbench/submissions/{template}", told, status=status)

    def receipt(self, id: UUID) -> IntakeBatch:
        """One of the own receipts."""
        return get_object_or_404(list_receipts(submitter=self.submitter), public_id=id)


class SubmissionsPage(SubmitterPage):
    """The receipts, and the form that a file is sent or only validated by."""

    needed = dict.fromkeys(("GET", "POST"), SUBMITTER_PEOPLE)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(FileForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST, request.FILES)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                return self._taken(form, form.cleaned_data["file"])
            except TargetingError as error:
                status, sentence = refused(error)
                form.add_error(None, sentence)
        return self._page(form, status=status)

    def _taken(self, form: FileForm, upload: UploadedFile) -> HttpResponse:
        given = form.cleaned_data
        intake_format = format_of(
            upload, asked=given["format"], content_type=upload.content_type or ""
        )
        mapping = mapping_of(given["mapping"], form.habits)
        intake_format.check_mapping(mapping)
        if fault := _too_large(upload, self._is_only_validated):
            form.add_error("file", fault)
            return self._page(form, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        now = timezone.now()
        if self._is_only_validated:
            context = pipeline.reading_context(now)
            found = validated(upload, intake_format=intake_format, mapping=mapping, context=context)
            return self._page(form, validation=found, **_told(found), file_name=upload.name)
        if fault := _no_room(upload):
            form.add_error("file", fault)
            return self._page(form, status=HTTPStatus.TOO_MANY_REQUESTS)
        batch = pipeline.receive(
            submitter=self.submitter,
            content=upload,
            format_key=intake_format.key,
            mapping_key=mapping.key if mapping else "",
            file_name=Path(upload.name or "").name,
            received_at=now,
        )
        if batch.received_at != now:
            again = gettext("The same bytes came before: this is the receipt that they got then.")
            messages.info(self.request, again)
        return redirect("workbench:receipt", id=batch.public_id)

    @property
    def _is_only_validated(self) -> bool:
        return self.request.POST.get("step") == "validate"

    def _page(self, form: FileForm, *, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
        rows = Paginator(list_receipts(submitter=self.submitter), RECEIPTS_ON_A_PAGE)
        return self.shown(
            "receipts.html",
            status=status,
            form=form,
            page=rows.get_page(self.request.GET.get("page")),
            most_mib=settings.TARGETING["MAX_UPLOAD_BYTES"] // MIB,
            section="submissions",
            **more,
        )


class ReceiptPage(SubmitterPage):
    """How far one file is, and everything that was wrong in it."""

    needed = {"GET": SUBMITTER_PEOPLE}

    def get(self, request: HttpRequest, id: UUID) -> HttpResponse:
        return self._page(self.receipt(id))

    def _page(self, batch: IntakeBatch, **more: Any) -> HttpResponse:
        found = Paginator(list_issues(batch=batch), ISSUES_ON_A_PAGE)
        page = found.get_page(self.request.GET.get("page"))
        lang = sentence_language()
        return self.shown(
            "receipt.html",
            batch=batch,
            is_going=batch.finished_at is None,
            progress=progress_of(batch),
            expected_at=expected_end(batch, now=timezone.now()),
            open_questions=count_open(batch),
            failure=_failure(batch.failure_code, lang),
            page=page,
            issues=[_shown(issue, lang) for issue in page],
            is_table=bool(batch.mapping_key) and batch.format_key in ("csv", "xlsx"),
            section="submissions",
            **more,
        )


class CancelPage(ReceiptPage):
    """Read no more of the file; what is stored by then is kept."""

    needed = {"POST": SUBMITTER_PEOPLE}

    def post(self, request: HttpRequest, id: UUID) -> HttpResponse:
        batch = self.receipt(id)
        try:
            cancel_batch(batch_id=batch.pk, now=timezone.now())
        except TargetingError as error:
            _, sentence = refused(error)
            messages.error(request, sentence)
            return self._page(batch)
        return redirect("workbench:receipt", id=batch.public_id)


class ReceiptSheetPage(SubmitterPage):
    """What was wrong, as a file; ``kind`` is of which rows."""

    needed = {"GET": SUBMITTER_PEOPLE}
    kind = "issues"

    def get(self, request: HttpRequest, id: UUID) -> HttpResponseBase:
        batch, lang = self.receipt(id), sentence_language()
        wanted = request.GET.get("as", CSV)
        wanted = wanted if wanted in MEDIA_TYPES else CSV
        make = rejects_file if self.kind == "rejects" else issues_file
        try:
            answer: FileResponse = make(batch, wanted=wanted, lang=lang)
        except TargetingError as error:
            status, sentence = refused(error)
            return self.shown("refused.html", told=sentence, status=status)
        return answer


def _told(found: Validation) -> dict[str, Any]:
    lang = sentence_language()
    return {
        "issues": [_shown(issue, lang) for issue in found.issues],
        "failure": _failure(found.failure_code, lang),
    }


def _shown(issue: IntakeIssue | Issue, lang: str) -> ShownIssue:
    """The declarant's own name of the field where it is known; an XPath is no name."""
    own = issue.column if issue.column and "/" not in issue.column else issue.field
    sentence = issue_sentence(issue.code, lang, field=own, value=issue.value, allowed=issue.allowed)
    return ShownIssue(issue, sentence)


def _failure(code: str, lang: str) -> str:
    return issue_sentence(code, lang, field="", value="", allowed="") if code else ""


def _too_large(upload: UploadedFile, is_only_validated: bool) -> str:
    most = settings.TARGETING["MAX_UPLOAD_BYTES"]
    if is_only_validated:
        most = min(most, MAX_VALIDATED_BYTES)
    if (upload.size or 0) <= most:
        return ""
    return gettext("At most %(size)s MiB are taken here.") % {"size": most // MIB}


def _no_room(upload: UploadedFile) -> str:
    queued = without_room(upload.size or 0)
    if queued is None:
        return ""
    told = gettext("Large files still wait. Send it again in about %(minutes)s minutes.")
    return told % {"minutes": max(1, round(queued.wait / 60))}
