"""How decisions on pairs of parties, and pairs that wait for one, are searched."""

import django_filters
from django.db.models import Q, QuerySet

from risk.domain.resolution.records import Outcome
from risk.models import PartyDecision, PartyLikeness
from risk.models.choices import DecisionState, TraderVerdict

_OUTCOMES = [(one.value, one.value) for one in (Outcome.SAME, Outcome.REVIEW)]


class PartyDecisionFilter(django_filters.FilterSet):
    verdict = django_filters.ChoiceFilter(choices=TraderVerdict.choices)
    state = django_filters.ChoiceFilter(choices=DecisionState.choices)
    party = django_filters.NumberFilter(method="of_party", help_text="Id of either party.")

    class Meta:
        model = PartyDecision
        fields: list[str] = []

    def of_party(
        self, rows: QuerySet[PartyDecision], name: str, value: int
    ) -> QuerySet[PartyDecision]:
        return rows.filter(Q(lower=value) | Q(higher=value))


class PartyPairFilter(django_filters.FilterSet):
    outcome = django_filters.ChoiceFilter(choices=_OUTCOMES)
    is_decided = django_filters.BooleanFilter(help_text="Whether a decision was proposed.")
    party = django_filters.NumberFilter(method="of_party", help_text="Id of either party.")

    class Meta:
        model = PartyLikeness
        fields: list[str] = []

    def of_party(
        self, rows: QuerySet[PartyLikeness], name: str, value: int
    ) -> QuerySet[PartyLikeness]:
        return rows.filter(Q(lower=value) | Q(higher=value))
