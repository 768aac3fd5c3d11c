"""What declarations can be narrowed and ordered by."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from risk.models.choices import CHANNEL_LEVELS, OUTCOME_RESULTS, LaneChoice
from shipments.models import Declaration
from shipments.models.choices import DIRECTIONS, DOCUMENT_KINDS
from targeting.filters.fields import (
    TEXT_HELP,
    FromDay,
    FromOfficeDay,
    OfRegion,
    OrNone,
    ToDay,
    ToOfficeDay,
    has_commodity_code,
    has_importer,
    has_party,
    has_substance,
)
from targeting.models import User
from targeting.selectors.channels import list_channels
from targeting.selectors.scope import NOTHING, scope_of
from targeting.selectors.standing import (
    NONE,
    has_criteria_lane,
    has_flagged,
    has_lane,
    has_level,
    has_result,
)
from targeting.selectors.text_search import declarations_with

_NONE = (NONE, _("none"))


class DeclarationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="by_text", min_length=3, max_length=200, help_text=TEXT_HELP
    )
    registration_number = django_filters.CharFilter("registration_number")
    document_kind = django_filters.ChoiceFilter(choices=DOCUMENT_KINDS)
    direction = django_filters.ChoiceFilter(choices=DIRECTIONS)
    office = OrNone("customs_office", help_text="Code of the customs office; `none`: names none.")
    country = OrNone("country_of_dispatch", help_text="Of dispatch; `none`: names none.")
    region = OfRegion("customs_office", help_text="Region of the office, as entered for it.")
    commodity_code = django_filters.CharFilter(
        method="by_commodity_code", help_text="The digits with which an item's code begins."
    )
    substance = django_filters.CharFilter(
        method="by_substance", help_text="Key, CAS number, or part of a name in any language."
    )
    importer = django_filters.CharFilter(
        method="by_importer", help_text="Twelve digits: BIN; else part of the name."
    )
    party = django_filters.NumberFilter(
        method="by_party", min_value=1, max_value=2**63 - 1, help_text="Id of a party, any role."
    )
    date_from = FromDay("accepted_at", help_text="First day of acceptance, UTC.")
    date_to = ToDay("accepted_at", help_text="Last day of acceptance, UTC.")
    day_from = FromOfficeDay("accepted_at", help_text="First day of acceptance, the offices' own.")
    day_to = ToOfficeDay("accepted_at", help_text="Last day of acceptance, the offices' own.")
    cancelled = django_filters.BooleanFilter("is_cancelled")
    flagged = django_filters.BooleanFilter(
        method="by_flag", help_text="An item names something at the alert operating point."
    )
    flagged_substance = django_filters.CharFilter(
        method="by_flagged_substance", help_text="Key of a substance flagged in an item."
    )
    lane = django_filters.ChoiceFilter(
        choices=[*LaneChoice.choices, _NONE], method="by_lane", help_text="As intake gave it."
    )
    criteria_lane = django_filters.ChoiceFilter(
        choices=LaneChoice.choices,
        method="by_criteria_lane",
        help_text="As the criteria alone gave it: green met none, whatever was drawn at random.",
    )
    outcome = django_filters.ChoiceFilter(
        choices=[*OUTCOME_RESULTS, _NONE],
        method="by_outcome",
        help_text="What its acts come to: an offence before clean, clean before the rest.",
    )
    channel_level = django_filters.ChoiceFilter(
        choices=[*CHANNEL_LEVELS, _NONE],
        method="by_channel_level",
        help_text="The highest level of the channels that it is a suspect consignment of.",
    )

    class Meta:
        model = Declaration
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Declaration], name: str, value: str) -> QuerySet[Declaration]:
        return rows.filter(pk__in=declarations_with(value))

    def by_commodity_code(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        return rows.filter(has_commodity_code(value))

    def by_substance(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        return rows.filter(has_substance(value, declaration="pk"))

    def by_importer(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        return rows.filter(has_importer(value, declaration="pk"))

    def by_party(self, rows: QuerySet[Declaration], name: str, value: int) -> QuerySet[Declaration]:
        return rows.filter(has_party(int(value)))

    def by_flag(self, rows: QuerySet[Declaration], name: str, value: bool) -> QuerySet[Declaration]:
        return rows.filter(has_flagged() if value else ~has_flagged())

    def by_flagged_substance(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        return rows.filter(has_flagged(value))

    def by_lane(self, rows: QuerySet[Declaration], name: str, value: str) -> QuerySet[Declaration]:
        return rows.filter(has_lane(value))

    def by_criteria_lane(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        return rows.filter(has_criteria_lane(value))

    def by_outcome(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        return rows.filter(has_result(value))

    def by_channel_level(
        self, rows: QuerySet[Declaration], name: str, value: str
    ) -> QuerySet[Declaration]:
        """Of the channels that the caller sees: of others even the level would tell."""
        user = getattr(self.request, "user", None)
        scope = scope_of(user) if isinstance(user, User) else NOTHING
        return rows.filter(has_level(value, list_channels(scope)))
