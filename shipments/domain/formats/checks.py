"""Rules between the fields of a declaration or of one goods item."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.fields import VALUE_FIELDS
from shipments.domain.harmonised_system import edition_on, editions_of, has_known_heading
from shipments.domain.records import DeclarationRecord


def item_faults(
    values: Mapping[str, Any], earlier: Mapping[int, object], *, is_partial: bool = False
) -> Iterator[tuple[InvalidValue, str]]:
    """Why an item of valid fields still cannot be stored, with the field's name.

    One that says only what changes (``is_partial``) may have been described before.
    """
    number = values.get("item_number")
    if number is None:
        yield InvalidValue("field_missing", allowed="a number from 1"), "item_number"
    elif number in earlier:
        yield (
            InvalidValue("item_number_repeated", value=number, allowed="each number once"),
            "item_number",
        )
    if not (is_partial or values.get("description") or values.get("commodity_code")):
        yield (
            InvalidValue("item_not_described", allowed="a description or a commodity code"),
            "description",
        )


def item_doubts(
    values: Mapping[str, Any], edition: int | None
) -> Iterator[tuple[InvalidValue, str]]:
    """What an analyst should doubt in an item that is stored, with the field's name.

    ``edition`` of the harmonised system is the one in force on the declaration's day.
    """
    code = values.get("commodity_code")
    if code and (doubt := _code_doubt(code, edition)):
        yield doubt, "commodity_code"
    gross, net = values.get("gross_mass_kg"), values.get("net_mass_kg")
    if gross is not None and net is not None and gross < net:
        yield (
            InvalidValue("gross_below_net", value=gross, allowed=f"at least net mass {net}"),
            "gross_mass_kg",
        )
    for field in VALUE_FIELDS:
        value = values.get(field)
        if value is not None and not value:
            yield InvalidValue("value_zero", value=value, allowed="more than 0"), field


def edition_of_day(moment: datetime | None, context: ReadingContext) -> int | None:
    """The edition of the harmonised system on the administration's day; None without a moment."""
    return None if moment is None else edition_on(moment.astimezone(context.zone).date())


def is_code_of(code: str, edition: int | None) -> bool:
    """Whether nothing is to be doubted in a commodity code on a day of this edition."""
    return edition in editions_of(code) if edition else has_known_heading(code)


def _code_doubt(code: str, edition: int | None) -> InvalidValue | None:
    if is_code_of(code, edition):
        return None
    if not has_known_heading(code):
        return InvalidValue("commodity_heading_unknown", value=code, allowed="a heading of the HS")
    others = ", ".join(map(str, editions_of(code)))
    allowed = f"HS {edition}, not HS {others}" if others else f"HS {edition}"
    return InvalidValue("commodity_code_not_in_edition", value=code, allowed=allowed)


def day_of_receipt(context: ReadingContext) -> date | None:
    """The administration's day on which the message came; None when nobody said."""
    received = context.received_at
    return None if received is None else received.astimezone(context.zone).date()


def is_in_future(moment: datetime, context: ReadingContext) -> bool:
    """Whether a moment lies on a later day than the receipt, as the administration counts days.

    Later on the same day is not doubted: clocks differ. Without a receipt nothing is.
    """
    received, today = context.received_at, day_of_receipt(context)
    if received is None or today is None or moment <= received:
        return False
    return moment.astimezone(context.zone).date() > today


def date_in_future(value: date, today: date) -> InvalidValue:
    return InvalidValue("date_in_future", value=value, allowed=f"at most {today.isoformat()}")


def declaration_doubts(
    record: DeclarationRecord, context: ReadingContext
) -> Iterator[tuple[InvalidValue, str]]:
    """What an analyst should doubt in the head of a declaration, with the field's name."""
    today = day_of_receipt(context)
    if today is not None and is_in_future(record.accepted_at, context):
        yield date_in_future(record.accepted_at, today), "accepted_at"
