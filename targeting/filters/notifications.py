"""How pre-export notifications and their matches are searched."""

from datetime import date

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from risk.models import IndicatorRow, NotificationMatch
from risk.models.choices import NotificationMatchState
from risk.selectors.notifications import Gap, with_gap
from risk.selectors.office import office_day
from shipments.domain.authorisations import number_key
from shipments.models import PreExportNotification
from shipments.models.choices import DIRECTIONS, NOTIFICATION_STATES
from targeting.filters.instants import InstantFilter

_Rows = QuerySet[PreExportNotification]
_NUMBERS = ("bin", "iin", "tax_id")


class NotificationFilter(django_filters.FilterSet):
    number = django_filters.CharFilter(method="by_number", help_text="Begins so; blanks are one.")
    authority = django_filters.CharFilter("authority", "icontains")
    substance = django_filters.CharFilter("substance_key", help_text="Its key.")
    state = django_filters.ChoiceFilter(choices=NOTIFICATION_STATES)
    direction = django_filters.ChoiceFilter(choices=DIRECTIONS)
    exporter = django_filters.CharFilter("exporter__name", "icontains")
    importer = django_filters.CharFilter(
        method="by_importer", help_text="Part of a name, or a whole BIN, IIN or tax number."
    )
    open_on = django_filters.DateFilter(
        method="on_day", help_text="Its goods may be declared on the day."
    )
    reply_due_before = django_filters.DateFilter(
        method="by_reply", help_text="Nobody replied, and the time to do so ends before the day."
    )
    is_simplified = django_filters.BooleanFilter("period_months", "isnull", exclude=True)
    gap = django_filters.ChoiceFilter(
        choices=[(gap.value, gap.value) for gap in Gap],
        method="by_gap",
        help_text="What does not fit today, and nobody closed.",
    )

    class Meta:
        model = PreExportNotification
        fields: list[str] = []

    def by_number(self, rows: _Rows, name: str, value: str) -> _Rows:
        return rows.filter(number_key__startswith=number_key(value))

    def by_importer(self, rows: _Rows, name: str, value: str) -> _Rows:
        by_number = Q(importer__identifiers__value=value, importer__identifiers__kind__in=_NUMBERS)
        found = PreExportNotification.objects.filter(Q(importer__name__icontains=value) | by_number)
        return rows.filter(pk__in=found.values("pk"))

    def on_day(self, rows: _Rows, name: str, value: date) -> _Rows:
        return rows.filter(opens_on__lte=value, closes_on__gte=value)

    def by_reply(self, rows: _Rows, name: str, value: date) -> _Rows:
        return rows.filter(
            reply_due_on__lt=value, state__in=("sent", "received", "acknowledged"), closed_at=None
        )

    def by_gap(self, rows: _Rows, name: str, value: str) -> _Rows:
        return with_gap(rows, Gap(value), office_day(timezone.now()))


class NotificationMatchFilter(django_filters.FilterSet):
    number = django_filters.CharFilter(method="by_number", help_text="Of the notice.")
    state = django_filters.ChoiceFilter(choices=NotificationMatchState.choices)
    differs = django_filters.CharFilter(
        method="by_difference", help_text="importer, exporter, substance, entry_point …"
    )
    is_waiting = django_filters.BooleanFilter(
        method="by_proposal", help_text="A decision waits for a second person."
    )

    substance = django_filters.CharFilter("notification__substance_key", help_text="Its key.")
    office = django_filters.CharFilter(
        "declaration__customs_office", help_text="Code of the customs office."
    )
    accepted_from = InstantFilter("accepted_at", "gte")
    accepted_to = InstantFilter("accepted_at", "lt")

    class Meta:
        model = NotificationMatch
        fields = ["registration_number", "item_number"]

    def by_number(
        self, rows: QuerySet[NotificationMatch], name: str, value: str
    ) -> QuerySet[NotificationMatch]:
        return rows.filter(notification__number_key__startswith=number_key(value))

    def by_difference(
        self, rows: QuerySet[NotificationMatch], name: str, value: str
    ) -> QuerySet[NotificationMatch]:
        return rows.filter(differences__contains=[value])

    def by_proposal(
        self, rows: QuerySet[NotificationMatch], name: str, value: bool
    ) -> QuerySet[NotificationMatch]:
        waits = ~Q(proposed_state="") & Q(decided_by="")
        return rows.filter(waits) if value else rows.exclude(waits)


class UnannouncedItemFilter(django_filters.FilterSet):
    since = django_filters.DateFilter(
        method="from_since", help_text="First day of acceptance; 90 days ago."
    )
    substance = django_filters.CharFilter("params__substance", help_text="Its key.")
    finding = django_filters.ChoiceFilter(
        "params__notice", choices=[(one, one) for one in ("none", "unknown_number")]
    )
    registration_number = django_filters.CharFilter("assessment__declaration__registration_number")
    office = django_filters.CharFilter(
        "assessment__declaration__customs_office", help_text="Code of the customs office."
    )

    class Meta:
        model = IndicatorRow
        fields: list[str] = []

    def from_since(
        self, rows: QuerySet[IndicatorRow], name: str, value: date
    ) -> QuerySet[IndicatorRow]:
        """The rows begin there already: by the day the months to look at are chosen."""
        return rows
