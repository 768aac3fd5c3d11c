"""Conditions that several resources share."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from risk.models import Substance, SubstanceMatch
from risk.selectors.office import midnight
from shipments.domain.values import IdentifierKind
from shipments.models import GoodsItem, PartyIdentifier, PartyRole
from shipments.selectors.declarations import IMPORTER_ROLES
from targeting.models import CustomsOffice
from targeting.selectors.standing import NONE
from targeting.selectors.text_search import parties_named

_BIN = re.compile(r"\d{12}")
TEXT_HELP = (
    "Words of the goods description in any form of them, part of a word, a name or one like it, or"
    " the whole registration number."
)
_CAS = re.compile(r"\d{2,7}-\d{2}-\d")


def has_substance(text: str, *, declaration: str) -> Exists:
    """A match of a substance with this CAS number, this key or name, or a name that holds it.

    Part of a name is looked for only when nothing bears the whole: who asks for «ацетон»
    does not mean «фенилацетон». ``declaration`` is the path from the filtered rows to the
    declaration's id.
    """
    if _CAS.fullmatch(text):
        wanted = Q(identifiers__kind="cas", identifiers__value=text) | Q(entries__cas_rn=text)
    else:
        wanted = Q(key=text) | Q(names__name__iexact=text) | Q(preferred_name__iexact=text)
        if not Substance.objects.filter(wanted).exists():
            wanted = Q(names__name__icontains=text) | Q(preferred_name__icontains=text)
    substances = Substance.objects.filter(wanted).values("id")
    return Exists(
        SubstanceMatch.objects.filter(
            goods_item__declaration=OuterRef(declaration), substance__in=substances
        )
    )


def has_importer(text: str, *, declaration: str) -> Exists:
    """An importer or consignee with this BIN (twelve digits) or whose name contains the text.

    By the parties that the declarations were linked to, of which there are indexes.
    """
    parties: Any = parties_named(text)
    if _BIN.fullmatch(text):
        told = PartyIdentifier.objects.filter(kind=IdentifierKind.BIN.value, value=text)
        parties = told.values("party")
    return Exists(
        PartyRole.objects.filter(
            party__in=parties, declaration=OuterRef(declaration), role__in=IMPORTER_ROLES
        )
    )


def has_party(party_id: int) -> Exists:
    """A party, in whatever role, of the filtered declarations."""
    return Exists(PartyRole.objects.filter(declaration=OuterRef("pk"), party=party_id))


def has_commodity_code(digits: str) -> Exists:
    """An item of the filtered declarations whose code begins with these digits."""
    items = GoodsItem.objects.filter(commodity_code__startswith=digits)
    return Exists(items.filter(declaration=OuterRef("pk")))


class OrNone(django_filters.CharFilter):
    """A code; ``none`` finds the rows that name none."""

    def filter(self, rows: QuerySet, value: str) -> QuerySet:
        if value == NONE:
            return rows.filter(**{self.field_name: ""})
        return super().filter(rows, value)


class OfRegion(django_filters.CharFilter):
    """Offices of a region, as entered for them; ``field_name`` leads to the office's code.
    ``none`` finds those of which nobody entered it."""

    def filter(self, rows: QuerySet, value: str) -> QuerySet:
        if not value:
            return rows
        if value == NONE:
            entered = CustomsOffice.objects.exclude(region="").values("code")
            return rows.exclude(**{f"{self.field_name}__in": entered})
        offices = CustomsOffice.objects.filter(region=value).values("code")
        return rows.filter(**{f"{self.field_name}__in": offices})


class FromOfficeDay(django_filters.DateFilter):
    """From the beginning of a day on, where the administration is."""

    def filter(self, rows: QuerySet, value: date | None) -> QuerySet:
        return rows.filter(**{f"{self.field_name}__gte": midnight(value)}) if value else rows


class ToOfficeDay(django_filters.DateFilter):
    """To the end of a day there."""

    def filter(self, rows: QuerySet, value: date | None) -> QuerySet:
        if not value or value == date.max:
            return rows
        return rows.filter(**{f"{self.field_name}__lt": midnight(value + timedelta(days=1))})


class FromDay(django_filters.DateFilter):
    """From the beginning of a day in UTC on; a range, so that an index on the time serves."""

    def filter(self, rows: QuerySet, value: date | None) -> QuerySet:
        return rows.filter(**{f"{self.field_name}__gte": _midnight(value)}) if value else rows


class ToDay(django_filters.DateFilter):
    """To the end of a day in UTC."""

    def filter(self, rows: QuerySet, value: date | None) -> QuerySet:
        if not value or value == date.max:
            return rows
        return rows.filter(**{f"{self.field_name}__lt": _midnight(value + timedelta(days=1))})


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
