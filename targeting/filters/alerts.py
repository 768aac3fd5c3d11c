"""What the queue of flagged shipments can be narrowed and ordered by."""

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from risk.models.choices import LaneChoice
from risk.selectors.office import office_day
from targeting.filters.fields import (
    TEXT_HELP,
    FromDay,
    FromOfficeDay,
    OfRegion,
    ToDay,
    ToOfficeDay,
    has_importer,
    has_substance,
)
from targeting.models import Alert, User
from targeting.models.choices import AlertState
from targeting.selectors.alerts import with_priority
from targeting.selectors.controlled_deliveries import is_watched
from targeting.selectors.standing_dismissals import is_covered
from targeting.selectors.text_search import declarations_with

ORDERINGS = [
    (sign + name, sign + name)
    for name in ("score", "accepted_at", "raised_at", "due_at", "priority")
    for sign in ("", "-")
]


class AlertFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="by_text",
        min_length=3,
        max_length=200,
        help_text=TEXT_HELP,
        label=_("Words"),
    )
    substance = django_filters.CharFilter(
        method="by_substance",
        help_text="CAS number, key or name in any language; else part of a name.",
        label=_("Substance"),
    )
    importer = django_filters.CharFilter(
        method="by_importer",
        help_text="Twelve digits: BIN; else part of the name.",
        label=_("Importer"),
    )
    office = django_filters.CharFilter(
        "customs_office", help_text="Code of the customs office.", label=_("Customs office")
    )
    region = OfRegion(
        "customs_office", help_text="Region of the office, as entered for it.", label=_("Region")
    )
    score_min = django_filters.NumberFilter(
        "score", "gte", min_value=0, max_value=100, label=_("Score from")
    )
    score_max = django_filters.NumberFilter(
        "score", "lte", min_value=0, max_value=100, label=_("Score to")
    )
    lane = django_filters.MultipleChoiceFilter(choices=LaneChoice.choices, label=_("Lane"))
    state = django_filters.ChoiceFilter(choices=AlertState.choices, label=_("State"))
    random_arm = django_filters.BooleanFilter("is_random_arm", label=_("Random draw"))
    cancelled = django_filters.BooleanFilter("is_cancelled", label=_("Cancelled"))
    retroactive = django_filters.BooleanFilter("is_retroactive", label=_("By later law"))
    controlled_delivery = django_filters.BooleanFilter(
        method="by_controlled_delivery",
        help_text="Of those on which you are named.",
        label=_("Controlled delivery"),
    )
    assignee = django_filters.CharFilter(
        method="by_assignee",
        help_text="`me`, `none`, or an account; holds that are over are none.",
        label=_("Who is at it"),
    )
    overdue = django_filters.BooleanFilter(
        method="by_due_time", help_text="Open after its due time.", label=_("Overdue")
    )
    dismissal_proposed = django_filters.BooleanFilter(
        method="by_proposal",
        help_text="That wait for a second person.",
        label=_("Dismissal proposed"),
    )
    covered = django_filters.BooleanFilter(
        method="by_cover",
        help_text="Whether a standing dismissal covers it today.",
        label=_("Covered by a dismissal"),
    )
    date_from = FromDay(
        "accepted_at", help_text="First day of acceptance, UTC.", label=_("Accepted from")
    )
    date_to = ToDay("accepted_at", help_text="Last day of acceptance, UTC.", label=_("Accepted to"))
    day_from = FromOfficeDay(
        "accepted_at",
        help_text="First day of acceptance, the offices' own.",
        label=_("Accepted from"),
    )
    day_to = ToOfficeDay("accepted_at", help_text="Last day of it.", label=_("Accepted to"))
    raised_from = FromOfficeDay(
        "raised_at", help_text="First day, the offices' own.", label=_("Raised from")
    )
    raised_to = ToOfficeDay(
        "raised_at", help_text="Last day, the offices' own.", label=_("Raised to")
    )
    ordering = django_filters.ChoiceFilter(
        choices=ORDERINGS,
        method="by_ordering",
        help_text="`priority` is the score with what an active learned model adds: 15 at most;"
        " `due_at` leaves out what has no time set.",
        label=_("Order"),
    )

    class Meta:
        model = Alert
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Alert], name: str, value: str) -> QuerySet[Alert]:
        return rows.filter(declaration_id__in=declarations_with(value))

    def by_substance(self, rows: QuerySet[Alert], name: str, value: str) -> QuerySet[Alert]:
        return rows.filter(has_substance(value, declaration="declaration_id"))

    def by_importer(self, rows: QuerySet[Alert], name: str, value: str) -> QuerySet[Alert]:
        return rows.filter(has_importer(value, declaration="declaration_id"))

    def by_controlled_delivery(
        self, rows: QuerySet[Alert], name: str, value: bool
    ) -> QuerySet[Alert]:
        user = getattr(self.request, "user", None)
        if not isinstance(user, User):
            return rows.none()
        return rows.filter(is_watched(user) if value else ~is_watched(user))

    def by_assignee(self, rows: QuerySet[Alert], name: str, value: str) -> QuerySet[Alert]:
        held = Q(assignee__isnull=False, assigned_until__gt=timezone.now())
        if value == "none":
            return rows.exclude(held)
        user = getattr(self.request, "user", None)
        username = user.username if value == "me" and isinstance(user, User) else value
        return rows.filter(held, assignee__username=username)

    def by_proposal(self, rows: QuerySet[Alert], name: str, value: bool) -> QuerySet[Alert]:
        proposed = Q(state=AlertState.OPEN, proposal__assessment=F("assessment"))
        return rows.filter(proposed) if value else rows.exclude(proposed)

    def by_due_time(self, rows: QuerySet[Alert], name: str, value: bool) -> QuerySet[Alert]:
        overdue = Q(state=AlertState.OPEN, due_at__isnull=False, due_at__lt=timezone.now())
        return rows.filter(overdue) if value else rows.exclude(overdue)

    def by_cover(self, rows: QuerySet[Alert], name: str, value: bool) -> QuerySet[Alert]:
        covered = is_covered(office_day(timezone.now()))
        return rows.filter(covered) if value else rows.exclude(covered)

    def by_ordering(self, rows: QuerySet[Alert], name: str, value: str) -> QuerySet[Alert]:
        if "due_at" in value:
            # Pages go by values: a missing one has no place in the order.
            rows = rows.filter(due_at__isnull=False)
        return (with_priority(rows) if "priority" in value else rows).order_by(value)
