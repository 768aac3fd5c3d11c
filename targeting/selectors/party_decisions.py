"""Pairs of parties and what was decided of them: a caller sees a pair with both in the scope."""

from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet

from risk.models import PartyDecision, PartyLikeness
from risk.models.choices import DecisionState
from shipments.models import Party
from targeting.selectors.scope import Scope, party_in_scope

_Pair = TypeVar("_Pair", bound=Model)


def list_decisions(scope: Scope) -> QuerySet[PartyDecision]:
    """Decisions on two parties, the newest first."""
    return _both_in_scope(PartyDecision.objects.order_by("-id"), scope)


def list_pairs(scope: Scope) -> QuerySet[PartyLikeness]:
    """Pairs that are or may be one trader, the oldest first; ``is_decided`` when a decision on
    the pair was proposed or counts."""
    decided = PartyDecision.objects.filter(
        lower=OuterRef("lower"), higher=OuterRef("higher")
    ).exclude(state=DecisionState.WITHDRAWN)
    rows = PartyLikeness.objects.annotate(is_decided=Exists(decided)).order_by("id")
    return _both_in_scope(rows, scope)


def traders_in_scope(party_ids: frozenset[int], scope: Scope) -> QuerySet[Party]:
    """Those of the parties that the caller may see, the first seen first."""
    return Party.objects.filter(party_in_scope(scope), pk__in=party_ids).order_by("id")


def _both_in_scope(rows: QuerySet[_Pair], scope: Scope) -> QuerySet[_Pair]:
    rows = rows.select_related("lower", "higher")
    if scope.is_central:
        return rows
    seen = Party.objects.filter(party_in_scope(scope))
    return rows.filter(lower__in=seen, higher__in=seen)
