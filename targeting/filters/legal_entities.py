"""How the company register is searched."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from shipments.domain.legal_entities import EntityTieKind, person_key, tie_value
from shipments.models import LegalEntity, LegalEntityTie

_Rows = QuerySet[LegalEntity]


class LegalEntityFilter(django_filters.FilterSet):
    number = django_filters.CharFilter("number", help_text="BIN, IIN or tax number, whole.")
    name = django_filters.CharFilter("name", "icontains")
    person = django_filters.CharFilter(
        method="by_tie", help_text="Head or owner, the whole name in any order and script."
    )
    phone = django_filters.CharFilter(method="by_tie", help_text="However spelt.")
    address = django_filters.CharFilter(method="by_tie", help_text="The whole address.")
    is_closed = django_filters.BooleanFilter("closed_on", "isnull", exclude=True)
    registered_from = django_filters.DateFilter("registered_on", "gte")
    registered_to = django_filters.DateFilter("registered_on", "lte")

    class Meta:
        model = LegalEntity
        fields = ["country"]

    def by_tie(self, rows: _Rows, name: str, value: str) -> _Rows:
        kind = EntityTieKind(name)
        is_person = kind is EntityTieKind.PERSON
        wanted = person_key(value) if is_person else tie_value(kind, value, "KZ")
        ties = LegalEntityTie.objects.filter(entity=OuterRef("pk"), kind=kind.value, value=wanted)
        return rows.filter(Exists(ties))
