"""What every page of the workbench has: to whom it opens, and whose rows it shows."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
)
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views import View

from targeting.domain.policy import NOBODY, SUBMITTER_PEOPLE, Grants, allows
from targeting.models import User
from targeting.selectors.scope import Scope, scope_of


class Page(View):
    """A page says in ``needed`` which grants open it, by method; what it does not name is closed.

    Strangers are led to the sign-in page. Refusals are pages, too, with where to go on.
    """

    needed: Mapping[str, Grants] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not isinstance(user, User):
            return redirect_to_login(request.get_full_path())
        with timezone.override(ZoneInfo(settings.TARGETING["OFFICE_TIME_ZONE"])):
            try:
                return self._answer(request, user, *args, **kwargs)
            except PermissionDenied:
                return refusal(request, HTTPStatus.FORBIDDEN)
            except Http404:
                return refusal(request, HTTPStatus.NOT_FOUND)

    def _answer(
        self, request: HttpRequest, user: User, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        method = "GET" if request.method == "HEAD" else request.method or ""
        anyone = frozenset[str]().union(*self.needed.values())
        if not allows(user.grants, self.needed.get(method, anyone)):
            raise PermissionDenied
        if method not in self.needed:
            return HttpResponseNotAllowed(sorted(self.needed))
        return super().dispatch(request, *args, **kwargs)

    @property
    def reader(self) -> User:
        """The account of whoever asks; pages open to people only."""
        user = self.request.user
        if not isinstance(user, User):
            raise PermissionDenied
        return user

    @property
    def scope(self) -> Scope:
        """Whose rows the reader may see."""
        return scope_of(self.reader)

    def may(self, needed: Grants) -> bool:
        """Whether the reader holds one of the grants."""
        return allows(self.reader.grants, needed)


def refusal(request: HttpRequest, status: HTTPStatus) -> HttpResponse:
    """The page that says why there is none."""
    told = {
        HTTPStatus.FORBIDDEN: gettext("This page is not open to your roles."),
        HTTPStatus.NOT_FOUND: gettext("There is nothing here, or it is of another office."),
    }
    is_client = allows(getattr(request.user, "grants", NOBODY), SUBMITTER_PEOPLE)
    template = "workbench/submissions/refused.html" if is_client else "workbench/refused.html"
    return render(request, template, {"told": told[status]}, status=status)
