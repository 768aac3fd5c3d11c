"""How four-way checks are searched: as the declarations that they are of."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from risk.domain.indicators import INDICATORS
from risk.models import IndicatorRow
from shipments.models import Declaration
from targeting.filters.declarations import DeclarationFilter

_OF_PAPERS = frozenset({"authorisation", "exemption", "notice"})
_OF_TOTALS = ("consignments_split", "requirement_exceeded")
FAULTS = (*(one.code for one in INDICATORS if one.family in _OF_PAPERS), *_OF_TOTALS)
"""Indicators that speak of what the check holds side by side."""


class FourWayCheckFilter(DeclarationFilter):
    has_fault = django_filters.BooleanFilter(
        method="by_fault",
        help_text="An assessment found something wrong with permits, notices or totals.",
    )

    def by_fault(
        self, rows: QuerySet[Declaration], name: str, value: bool
    ) -> QuerySet[Declaration]:
        fired = Exists(
            IndicatorRow.objects.filter(
                assessment__declaration=OuterRef("pk"),
                accepted_at=OuterRef("accepted_at"),
                code__in=FAULTS,
            )
        )
        return rows.filter(fired if value else ~fired)
