"""What somebody was told of lists, and what they asked to be told: each one's own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html

from risk.models import ControlList, ListEdition
from targeting.domain.outbox import ANYTHING, LANGUAGES, EventKind, list_topic
from targeting.models import Notice, Subscription, User
from targeting.models.choices import NOTICE_KINDS
from targeting.services.notice_mail import notice_text
from targeting.services.notices import mark_read, subscribe, unsubscribe


class ReadFilter(admin.SimpleListFilter):
    title = "read"
    parameter_name = "read"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "unread"), ("yes", "read")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("no", "yes"):
            return queryset
        return queryset.filter(read_at__isnull=self.value() == "no")


class OwnAdmin(admin.ModelAdmin):
    """Rows of whoever looks, and of nobody else."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(user=request.user.pk)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """As ever, but refused before it is told whether there is such a row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)


@admin.register(Notice)
class NoticeAdmin(OwnAdmin):
    """My notices, the newest first; the sentence leads to the edition with its steps."""

    list_display = ["sentence", "kind", "at", "is_read"]
    list_display_links = None
    list_filter = [ReadFilter, ("event__kind", admin.ChoicesFieldListFilter)]
    list_select_related = ["event"]
    search_fields = ["event__topic"]
    search_help_text = "The code of a list."
    ordering = ["-id"]
    show_full_result_count = False
    actions = ["mark_read", "mark_all_read"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notice]:
        told = (
            super()
            .get_queryset(request)
            .annotate(
                _list=KeyTextTransform("list_code", "event__payload"),
                _number=KeyTextTransform("edition", "event__payload"),
            )
        )
        edition = ListEdition.objects.annotate(text=Cast("number", TextField())).filter(
            control_list__code=OuterRef("_list"), text=OuterRef("_number")
        )
        return told.annotate(edition_id=Subquery(edition.values("pk")[:1]))

    @admin.display(description="what happened")
    def sentence(self, notice: Notice) -> str:
        told, _ = notice_text(notice.event, _language())
        if notice.edition_id is None:  # type: ignore[attr-defined]
            return told
        place = reverse(
            "admin:risk_listedition_difference",
            args=[notice.edition_id],  # type: ignore[attr-defined]
        )
        return format_html('<a href="{}">{}</a>', place, told)

    @admin.display(description="kind", ordering="event__kind")
    def kind(self, notice: Notice) -> str:
        return str(dict(NOTICE_KINDS).get(notice.event.kind, notice.event.kind))

    @admin.display(description="at", ordering="event__at")
    def at(self, notice: Notice) -> Any:
        return notice.event.at

    @admin.display(boolean=True, description="read")
    def is_read(self, notice: Notice) -> bool:
        return notice.read_at is not None

    def has_mark_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("targeting.mark_notice"))

    @admin.action(description="Mark as read", permissions=["mark"])
    def mark_read(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        self._mark(request, list(queryset.values_list("pk", flat=True)))

    @admin.action(description="Mark all my notices as read", permissions=["mark"])
    def mark_all_read(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        self._mark(request, None)

    def _mark(self, request: HttpRequest, pks: list[int] | None) -> None:
        marked = mark_read(user=_own(request), notice_ids=pks, now=timezone.now())
        self.message_user(request, f"{marked} marked as read.")


class SubscriptionForm(forms.ModelForm):
    """Of which list, of what, and how; another one of the same list replaces it."""

    control_list = forms.ModelChoiceField(
        ControlList.objects.order_by("code"), required=False, empty_label="every list"
    )
    kinds = forms.MultipleChoiceField(
        choices=NOTICE_KINDS,
        initial=[kind for kind, _ in NOTICE_KINDS],
        widget=forms.CheckboxSelectMultiple,
    )
    lang = forms.ChoiceField(choices=[(lang, lang) for lang in LANGUAGES], label="Language")

    class Meta:
        model = Subscription
        fields = ["by_email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "control_list" in self.fields:
            code = self.instance.topic.partition(":")[2]
            self.initial["control_list"] = ControlList.objects.filter(code=code).first()
            self.initial["kinds"], self.initial["lang"] = self.instance.kinds, self.instance.lang
            self.fields["control_list"].disabled = True


@admin.register(Subscription)
class SubscriptionAdmin(OwnAdmin):
    """My subscriptions: what happens from then on stands among the notices."""

    form = SubscriptionForm
    fields = ["control_list", "kinds", "by_email", "lang"]
    list_display = ["topic_words", "kinds", "by_email", "lang"]
    ordering = ["topic"]

    @admin.display(description="list")
    def topic_words(self, subscription: Subscription) -> str:
        return subscription.topic.partition(":")[2] or "every list"

    def save_model(self, request: HttpRequest, obj: Subscription, form: Any, change: bool) -> None:
        given = form.cleaned_data
        control_list = given["control_list"]
        stored = subscribe(
            user=_own(request),
            topic=list_topic(control_list.code) if control_list else ANYTHING,
            kinds=[EventKind(kind) for kind in given["kinds"]],
            by_email=given["by_email"],
            lang=given["lang"],
        )
        obj.pk = stored.pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Subscription) -> None:
        unsubscribe(subscription=obj)


def _own(request: HttpRequest) -> User:
    """The account of whoever is signed in; the admin has no other callers."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _language() -> str:
    lang = (translation.get_language() or "").partition("-")[0]
    return lang if lang in LANGUAGES else LANGUAGES[0]
