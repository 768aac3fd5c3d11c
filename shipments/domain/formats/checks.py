"""Rules between the fields of one goods item."""

from collections.abc import Iterator, Mapping
from typing import Any

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.fields import VALUE_FIELDS


def item_faults(
    values: Mapping[str, Any], earlier: Mapping[int, object]
) -> Iterator[tuple[InvalidValue, str]]:
    """Why an item of valid fields still cannot be stored, with the field's name."""
    number = values.get("item_number")
    if number is None:
        yield InvalidValue("field_missing", allowed="a number from 1"), "item_number"
    elif number in earlier:
        yield (
            InvalidValue("item_number_repeated", value=number, allowed="each number once"),
            "item_number",
        )
    if not values.get("description") and not values.get("commodity_code"):
        yield (
            InvalidValue("item_not_described", allowed="a description or a commodity code"),
            "description",
        )


def item_doubts(values: Mapping[str, Any]) -> Iterator[tuple[InvalidValue, str]]:
    """What an analyst should doubt in an item that is stored, with the field's name."""
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
