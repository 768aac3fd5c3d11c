"""The keys of a submitter's programs, and how much it sends."""

from datetime import timedelta
from typing import NamedTuple

from allauth.account.decorators import reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.decorators import method_decorator

from targeting.domain.policy import SUBMITTER_PEOPLE
from targeting.models import ApiClient, ClientSecret
from targeting.selectors.submissions import clients_of, usage_of
from targeting.services.clients import ROTATION_OVERLAP, rotate_secret
from targeting.workbench.views.submissions import SubmitterPage

USAGE_DAYS = 366
_PREFIX = 8


class ShownSecret(NamedTuple):
    """A secret without itself: ``prefix`` is how its SHA-256 begins, in hexadecimal."""

    prefix: str
    secret: ClientSecret
    is_valid: bool


class AccessPage(SubmitterPage):
    """Which programs act for the submitter, and what they and its people sent."""

    needed = {"GET": SUBMITTER_PEOPLE}

    def get(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        clients = [
            (
                client,
                [
                    ShownSecret(one.digest[:_PREFIX], one, one.expires_at > now)
                    for one in client.secrets.all()
                ],
            )
            for client in clients_of(self.submitter)
        ]
        usage = usage_of(self.submitter, since=now - timedelta(days=USAGE_DAYS))
        return self.shown("access.html", clients=clients, usage=usage, section="access")


class RotatePage(SubmitterPage):
    """A new secret for one of the own programs: asked once more who it is, shown once."""

    needed = dict.fromkeys(("GET", "POST"), SUBMITTER_PEOPLE)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answered(request, self._client(pk))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._answered(request, self._client(pk))

    @method_decorator(reauthentication_required)
    def _answered(self, request: HttpRequest, client: ApiClient) -> HttpResponse:
        is_asked = request.method == "POST"
        secret = rotate_secret(client=client, now=timezone.now()) if is_asked else ""
        return self.shown(
            "rotate.html",
            client=client,
            secret=secret,
            overlap_days=ROTATION_OVERLAP.days,
            section="access",
        )

    def _client(self, pk: int) -> ApiClient:
        return get_object_or_404(clients_of(self.submitter), pk=pk, is_active=True)
