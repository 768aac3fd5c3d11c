"""Amendments that say only what changes, laid over the version that they change.

What an amendment states wins, what it leaves out stays. A list of the head or of an item
(parties, containers, documents) is replaced as a whole where any of it is stated. Items are
told apart by their number; one that the version before does not have is added.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from shipments.domain.errors import InvalidValue
from shipments.domain.records import (
    DeclarationRecord,
    GoodsItemRecord,
    PartialAmendment,
    Record,
)

# Who it is and when it was registered does not change; what stood for them is no statement.
_KEPT = ("registration_number", "accepted_at", "is_cancelled", "version", "items", "extra")
_KEPT_EXTRA = ("accepted_at_source", "number_source")
# Of one amendment: the next one has its own.
_OF_ONE_AMENDMENT = ("correction_number", "change_code")

_R = TypeVar("_R", bound=Record)


def amended(base: DeclarationRecord, amendment: PartialAmendment) -> DeclarationRecord:
    """The version that the amendment makes of ``base``, the version before it.

    Raises InvalidValue: ``amendment_of_cancelled``; ``amendment_incomplete`` when the
    declaration would have another number of items than the amendment says, or an item that
    nobody described.
    """
    change = amendment.declaration
    if base.is_cancelled:
        raise InvalidValue(
            "amendment_of_cancelled", value=base.version, allowed="a whole declaration"
        )
    items = {item.item_number: item for item in base.items}
    for item in change.items:
        known = items.get(item.item_number)
        if not (known or item.description or item.commodity_code):
            raise InvalidValue(
                "amendment_incomplete",
                value=f"nothing of the new item {item.item_number}",
                allowed="its description or commodity code",
            )
        items[item.item_number] = _laid_over(known, item) if known else item
    stated = amendment.item_count
    if stated is not None and stated != len(items):
        raise InvalidValue(
            "amendment_incomplete",
            value=f"{len(items)} of {stated} items",
            allowed="every item of the declaration",
        )
    kept = {key: text for key, text in base.extra.items() if key not in _OF_ONE_AMENDMENT}
    stated_extra = {key: text for key, text in change.extra.items() if key not in _KEPT_EXTRA}
    return msgspec.structs.replace(
        base,
        **_stated(change, _KEPT),
        version=change.version,
        items=tuple(items[number] for number in sorted(items)),
        extra=kept | stated_extra,
    )


def _laid_over(base: GoodsItemRecord, change: GoodsItemRecord) -> GoodsItemRecord:
    stated = _stated(change, ("item_number", "extra"))
    return msgspec.structs.replace(base, **stated, extra={**base.extra, **change.extra})


def _stated(record: _R, but: tuple[str, ...]) -> Mapping[str, Any]:
    """The fields that say something: a default is what a message leaves out."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(record)}
    return {
        name: value
        for name in record.__struct_fields__
        if name not in but and (value := getattr(record, name)) != defaults[name]
    }
