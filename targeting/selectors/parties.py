"""Parties as analysts search and read them."""

from django.db.models import Prefetch, QuerySet

from shipments.models import Party, PartyIdentifier, PartyName
from targeting.selectors.scope import Scope, party_in_scope


def list_parties(scope: Scope) -> QuerySet[Party]:
    """The parties in the scope, the first seen first.

    A party is seen as a whole: names and identifiers are how an officer recognises it,
    whichever office they came from.
    """
    return Party.objects.filter(party_in_scope(scope)).order_by("id")


def list_parties_in_full(scope: Scope) -> QuerySet[Party]:
    """Parties with every spelling and identifier they were seen with."""
    return list_parties(scope).prefetch_related(
        Prefetch("names", PartyName.objects.order_by("name")),
        Prefetch("identifiers", PartyIdentifier.objects.order_by("kind", "value")),
    )
