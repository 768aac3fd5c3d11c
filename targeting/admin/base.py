"""What pages that write through services have: errors on the page, history from the triggers."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from risk.domain.errors import InvalidList
from risk.domain.four_eyes import Actor
from shipments.domain.errors import TargetingError
from targeting.api.errors import DOMAIN_ERRORS
from targeting.models import User
from targeting.services.history import explain_history

MOST_EVENTS = 200
_OWN_COLUMNS = ("pgh_id", "pgh_created_at", "pgh_label", "pgh_obj", "pgh_context", "pgh_context_id")


def actor_of(request: HttpRequest) -> Actor:
    """Account and person of whoever is signed in; the admin has no other callers."""
    user = request.user
    return user.as_actor() if isinstance(user, User) else Actor("", "")


def told(error: TargetingError) -> str:
    """A domain error in words: its title as over the API, where and what, what is wanted, its code.

    >>> told(InvalidList(line=3, column="cas", value="1", allowed="a CAS number"))
    'What was given cannot stand on a list: line 3, cas, “1”. Wanted: a CAS number. [invalid_list]'
    """
    params = error.params
    _, title = DOMAIN_ERRORS.get(error.code) or DOMAIN_ERRORS.get(type(error).code, (0, ""))
    parts = [f"line {params['line']}"] if params.get("line") else []
    parts += [str(params[name]) for name in ("column", "state") if params.get(name)]
    parts += [f"edition {params['number']}"] if params.get("number") else []
    parts += [f"“{params['value']}”"] if params.get("value") else []
    found = params.get("contradictions")
    parts += [
        f"{one['field']} {one['value']}, but {one['source']} says {one['expected']}"
        for one in (found if isinstance(found, list) else ())
    ]
    faults = params.get("faults")
    parts += [
        f"{one['field']} {one['value']!r}, wanted is {one['allowed']}"
        for one in (faults if isinstance(faults, list) else ())
        if isinstance(one, dict)
    ]
    words = ": ".join(filter(None, (title.rstrip("."), ", ".join(parts))))
    wanted = f" Wanted: {params['allowed']}." if params.get("allowed") else ""
    return f"{words}.{wanted} [{error.code}]"


class ServiceForm(forms.ModelForm):
    """A form whose ``apply`` calls a service. It is tried, and undone, while the form is
    checked: what the service refuses is told beside what was typed."""

    actor: Actor

    def apply(self) -> Model:
        """Call the service with what was typed; the row it wrote."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors:
            self.cleaned_data = given
            try:
                with transaction.atomic():
                    self.apply()
                    transaction.set_rollback(True)
            except TargetingError as error:
                raise forms.ValidationError(told(error), code=error.code) from None
        return given


class HistoryAdmin(admin.ModelAdmin):
    """``History`` is that of the triggers: every change, by whatever way, with who and why."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self.check_may_see(request)
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        events = row.events.order_by("-pgh_id")[: MOST_EVENTS + 1]
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {row}",
            "opts": self.opts,
            "object": row,
            "changes": _changes(list(events)),
            "most": MOST_EVENTS,
        }
        return TemplateResponse(request, "admin/lists/history.html", context)

    def check_may_see(self, request: HttpRequest) -> None:
        """Raises PermissionDenied for who may not look at these rows."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied


class SearchedAdmin(admin.ModelAdmin):
    """Pages whose search is a condition with subqueries: joins with hundreds of thousands of names
    would make each row many. What was typed is one text, not words of which each must be met."""

    def matching(self, term: str) -> Q:
        """The condition on rows that answer to the text."""
        raise NotImplementedError

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        return (queryset.filter(self.matching(term)) if term else queryset), False


class ServiceAdmin(HistoryAdmin):
    """Pages whose form is a :class:`ServiceForm`, and where deleting asks why.

    ``mark_of`` a row changes with it, so that who deletes what another changed meanwhile is told.
    """

    delete_confirmation_template = "admin/lists/delete.html"

    def mark_of(self, row: Any) -> str:
        """What tells this state of the row from every other."""
        raise NotImplementedError

    def remove(self, row: Any, *, seen: str, actor: Actor) -> None:
        """Call the service that takes away the row that was ``seen``."""
        raise NotImplementedError

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        seen = self.mark_of(row) if row and self.has_delete_permission(request, row) else ""
        try:
            return super().delete_view(request, object_id, {**(extra_context or {}), "seen": seen})
        except TargetingError as error:
            self.message_user(request, told(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        why = request.POST.get("why", "").strip()
        if not why:
            raise InvalidList(column="why", value="", allowed="why it is taken away")
        explain_history(reason=why)
        self.remove(obj, seen=request.POST.get("seen", ""), actor=actor_of(request))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without deleting many at once: each is taken away on its page, with its reason."""
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def ask(
        self, request: HttpRequest, queryset: QuerySet[Any], *, action: str, **words: str
    ) -> HttpResponse:
        """A page that asks for a text before an action on the chosen rows. ``words``: ``title``,
        ``lead`` over the rows, ``label`` of the text, ``button``, ``seen`` to be sent along."""
        context = {
            **self.admin_site.each_context(request),
            **words,
            "opts": self.opts,
            "action": action,
            "rows": queryset,
            "asked": "text" in request.POST,
        }
        return TemplateResponse(request, "admin/lists/ask.html", context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change=change, **more)
        form.actor = actor_of(request)  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        stored = form.apply()
        obj.pk = stored.pk
        obj.refresh_from_db()


def _changes(events: list[Any]) -> list[dict[str, Any]]:
    """Each event with the fields that differ from the one before it, newest first."""
    shown = []
    for event, earlier in zip(events, [*events[1:], None], strict=True):
        context = event.pgh_context or {}
        shown.append(
            {
                "at": event.pgh_created_at,
                "label": event.pgh_label,
                "actor": context.get("actor", ""),
                "reason": context.get("reason", ""),
                "fields": _differences(earlier, event) if event.pgh_label == "update" else [],
            }
        )
    return shown[:MOST_EVENTS]


def _differences(earlier: Any, event: Any) -> list[tuple[str, Any, Any]]:
    if earlier is None:
        return []
    names = [field.attname for field in event._meta.fields if field.name not in _OWN_COLUMNS]
    pairs = ((name, getattr(earlier, name), getattr(event, name)) for name in names)
    return [(name, old, new) for name, old, new in pairs if old != new]
