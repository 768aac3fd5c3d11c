"""Parties as analysts search and read them."""

from django.db.models import Prefetch, QuerySet

from shipments.models import Party, PartyIdentifier, PartyName


def list_parties() -> QuerySet[Party]:
    """Every party, the first seen first."""
    return Party.objects.order_by("id")


def list_parties_in_full() -> QuerySet[Party]:
    """Parties with every spelling and identifier they were seen with."""
    return list_parties().prefetch_related(
        Prefetch("names", PartyName.objects.order_by("name")),
        Prefetch("identifiers", PartyIdentifier.objects.order_by("kind", "value")),
    )
