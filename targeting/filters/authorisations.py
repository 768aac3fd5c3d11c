"""How authorisations are searched."""

from datetime import date

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from risk.selectors.authorisations import is_overdrawn
from shipments.domain.authorisations import number_key
from shipments.models import Authorisation, AuthorisationLine
from shipments.models.choices import AUTHORISATION_KINDS, AUTHORISATION_STATES

_Rows = QuerySet[Authorisation]


class AuthorisationFilter(django_filters.FilterSet):
    number = django_filters.CharFilter(method="by_number", help_text="Begins so; blanks are one.")
    authority = django_filters.CharFilter("authority", "icontains")
    kind = django_filters.ChoiceFilter(choices=AUTHORISATION_KINDS)
    state = django_filters.ChoiceFilter(choices=AUTHORISATION_STATES)
    holder = django_filters.CharFilter(
        method="by_holder", help_text="Part of a name, or a whole BIN, IIN or tax number."
    )
    substance = django_filters.CharFilter(method="by_substance", help_text="Its key.")
    valid_on = django_filters.DateFilter(
        method="on_day", help_text="Valid on the day, whatever its state."
    )
    is_overdrawn = django_filters.BooleanFilter(
        method="by_balance", help_text="More is drawn on some line than it grants."
    )
    has_proposed_revocation = django_filters.BooleanFilter(
        method="by_proposal", help_text="Waits for a second person to revoke it."
    )

    class Meta:
        model = Authorisation
        fields: list[str] = []

    def by_number(self, rows: _Rows, name: str, value: str) -> _Rows:
        return rows.filter(number_key__startswith=number_key(value))

    def by_holder(self, rows: _Rows, name: str, value: str) -> _Rows:
        by_number = Q(holder__identifiers__value=value, holder__identifiers__kind__in=_NUMBERS)
        return rows.filter(Q(holder__name__icontains=value) | by_number).distinct()

    def by_substance(self, rows: _Rows, name: str, value: str) -> _Rows:
        lines = AuthorisationLine.objects.filter(authorisation=OuterRef("pk"), substance_key=value)
        return rows.filter(Exists(lines))

    def on_day(self, rows: _Rows, name: str, value: date) -> _Rows:
        is_open = Q(valid_to=None) | Q(valid_to__gte=value)
        return rows.filter(is_open, valid_from__lte=value)

    def by_balance(self, rows: _Rows, name: str, value: bool) -> _Rows:
        return rows.filter(is_overdrawn()) if value else rows.exclude(is_overdrawn())

    def by_proposal(self, rows: _Rows, name: str, value: bool) -> _Rows:
        waits = Q(revocation_proposed_at__isnull=False, revoked_at=None)
        return rows.filter(waits) if value else rows.exclude(waits)


_NUMBERS = ("bin", "iin", "tax_id")
