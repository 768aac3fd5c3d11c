"""Files of an alert: attached and taken away."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext

from shipments.domain.errors import TargetingError
from targeting.domain.attachments import MOST_BYTES
from targeting.domain.policy import POLICIES
from targeting.selectors.referrals import list_attachments
from targeting.services.attachments import Brought, attach
from targeting.workbench.case_forms import AttachmentForm
from targeting.workbench.refusals import refused
from targeting.workbench.views.alerts import AlertPage
from targeting.workbench.views.queue import hold


class AttachPage(AlertPage):
    """A file that is attached: the alert again, or with what stood in the way."""

    needed = {"POST": POLICIES["alerts"]["attach"]}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        alert = self.alert(pk)
        form = AttachmentForm(request.POST, request.FILES, prefix="attach")
        if form.is_valid():
            given = form.cleaned_data
            # One byte more than is allowed tells that there are more.
            content = given["file"].read(MOST_BYTES + 1)
            brought = Brought(content, given["file"].name, given["note"])
            try:
                _, is_new = attach(
                    alert=alert, brought=brought, by=self.reader, now=timezone.now(), hold=hold()
                )
            except TargetingError as error:
                form.add_error("file", refused(error)[1])
            else:
                known = gettext("These bytes are attached already.")
                messages.success(request, gettext("The file was attached.") if is_new else known)
                return self.back(request, pk)
        return self.refused_page(alert, attachment=form)


class AttachmentFilePage(AlertPage):
    """A file, to save: it is never shown in place."""

    needed = {"GET": POLICIES["alerts"]["file"]}

    def get(self, request: HttpRequest, pk: int, number: int) -> FileResponse:  # type: ignore[override]
        row = get_object_or_404(list_attachments(self.alert(pk)), number=number)
        return FileResponse(
            row.file.open("rb"),
            as_attachment=True,
            filename=row.file_name,
            content_type="application/octet-stream",
            headers={"X-Content-Type-Options": "nosniff"},
        )
