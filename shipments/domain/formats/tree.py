"""From an untrusted tree of values to a declaration and its issues.

Every format ends here: it turns its own syntax into nested mappings and lists with the
field names of the records, and this module decides, field by field, what is stored, what
is kept aside and what is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import fields
from shipments.domain.formats.base import NO_CONTEXT, ReadingContext
from shipments.domain.formats.checks import (
    day_of_receipt,
    declaration_doubts,
    edition_of_day,
    item_doubts,
    item_faults,
)
from shipments.domain.formats.fields import wrong_type
from shipments.domain.formats.issues import (
    MAX_RAW_LENGTH,
    QUARANTINE,
    REJECT,
    WARN,
    IssueLog,
    UnknownFields,
)
from shipments.domain.formats.kinds import REGISTERED_KINDS, kind_faults
from shipments.domain.formats.parts import PartReader, source_text
from shipments.domain.records import DeclarationRecord, GoodsItemRecord

MAX_ITEMS = 999


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in its file, and its source text."""

    line: int
    raw: str


class ItemPlace(Protocol):
    """What is asked of a place; some make their source text only when it is asked for."""

    @property
    def line(self) -> int: ...

    @property
    def raw(self) -> str: ...


def read_declaration(
    tree: Mapping[str, object],
    *,
    log: IssueLog,
    unknown_fields: UnknownFields,
    places: Sequence[ItemPlace] = (),
    context: ReadingContext = NO_CONTEXT,
    is_partial: bool = False,
) -> DeclarationRecord | None:
    """The declaration in a tree, or None when it is rejected; what is wrong goes to ``log``.

    ``places`` tells the line and source of each item where items stand on lines of their
    own (CSV); else they stand on the declaration's line. One that ``is_partial`` says what
    changes: it may leave everything else out, and is taken whole or not at all. A tree of
    about a thousand levels raises RecursionError; the caller makes an issue of it.
    """
    log.registration_number = _number_for_issues(tree)
    parts = PartReader(log, unknown_fields, day_of_receipt(context))
    found = fields.read_fields(tree, fields.DECLARATION_READERS)
    values, strays = found.values, found.strays
    for doubt, key in found.doubts:
        log.add(doubt, WARN, key)
    for reason, key in found.faults:
        log.add(reason, REJECT if key in fields.IDENTIFYING_FIELDS else WARN, key)
    if values.get("is_cancelled") and not tree.get("version"):
        values["version"] = fields.MAX_POSITION
        last = InvalidValue("version_assumed", allowed=fields.MAX_POSITION)
        log.add(last, WARN, "version")
    for key in fields.REQUIRED_FIELDS:
        if tree.get(key) in (None, ""):
            log.add(InvalidValue("field_missing", allowed="a value"), REJECT, key)
    values["containers"] = parts.containers(strays.pop("containers", None))
    listed_parties, listed_items = strays.pop("parties", None), strays.pop("items", None)
    given_extra = strays.pop("extra", None)
    values["parties"] = parts.parties(listed_parties, strays)
    if listed_items or not (values.get("is_cancelled") or is_partial):
        edition = edition_of_day(values.get("accepted_at"), context)
        reader = _ItemReader(log, parts, places, edition, is_partial)
        values["items"] = reader.items(listed_items)
    values["extra"] = parts.extra_texts(given_extra, strays, "")
    if is_partial and log.has_quarantine:
        valid = f"{len(values.get('items', ()))} valid items"
        reason = InvalidValue("amendment_incomplete", value=valid, allowed="all of them valid")
        log.add(reason, REJECT, "items")
    if log.is_rejected:
        return None
    record = DeclarationRecord(**values)
    return record if is_partial else _judged(record, log, context)


def _judged(
    record: DeclarationRecord, log: IssueLog, context: ReadingContext
) -> DeclarationRecord | None:
    """The declaration if its kind has what it needs, with doubts about it as a whole."""
    grade = WARN if record.document_kind in REGISTERED_KINDS else REJECT
    for fault, key in kind_faults(record):
        log.add(fault, grade, key)
    for doubt, key in declaration_doubts(record, context):
        log.add(doubt, WARN, key)
    return None if log.is_rejected else record


def _number_for_issues(tree: Mapping[str, object]) -> str:
    """Issues carry the number even when they are found before its field is read."""
    try:
        number: str = fields.DECLARATION_READERS["registration_number"](
            tree.get("registration_number")
        )
    except InvalidValue:
        return ""
    return number


class _ItemReader:
    """Reads the goods items of one declaration; a bad item is left out."""

    def __init__(
        self,
        log: IssueLog,
        parts: PartReader,
        places: Sequence[ItemPlace],
        edition: int | None,
        is_partial: bool,
    ) -> None:
        self._log = log
        self._parts = parts
        self._places = places
        self._edition = edition
        self._is_partial = is_partial

    def items(self, raw: object) -> tuple[GoodsItemRecord, ...]:
        if raw is not None and not isinstance(raw, list | tuple):
            self._log.add(wrong_type(raw, "a list"), REJECT, "items")
            return ()
        if not raw:
            self._log.add(InvalidValue("items_missing", allowed="an item"), REJECT, "items")
            return ()
        if len(raw) > MAX_ITEMS:
            reason = InvalidValue("list_too_long", value=len(raw), allowed=f"at most {MAX_ITEMS}")
            self._log.add(reason, REJECT, "items")
            return ()
        items: dict[int, GoodsItemRecord] = {}
        for position, entry in enumerate(raw, 1):
            item = self._item(entry, position, items)
            if item is not None:
                items[item.item_number] = item
        if not items:
            reason = InvalidValue("no_valid_item", value=len(raw), allowed="a valid item")
            self._log.add(reason, REJECT, "items")
        return tuple(items.values())

    def _item(
        self, entry: object, position: int, earlier: Mapping[int, GoodsItemRecord]
    ) -> GoodsItemRecord | None:
        path = f"items[{position}]"
        if not isinstance(entry, Mapping):
            self._quarantine([(wrong_type(entry, "an object"), path)], entry, position)
            return None
        found = fields.read_fields(entry, fields.ITEM_READERS)
        values, strays = found.values, found.strays
        line = self._line(position)
        for doubt, key in found.doubts:
            self._log.add(doubt, WARN, f"{path}.{key}", line=line)
        is_partial = self._is_partial
        faults = found.faults or list(item_faults(values, earlier, is_partial=is_partial))
        if faults:
            self._quarantine([(why, f"{path}.{key}") for why, key in faults], entry, position)
            return None
        for doubt, key in item_doubts(values, self._edition):
            self._log.add(doubt, WARN, f"{path}.{key}", line=line)
        listed_documents, given_extra = strays.pop("documents", None), strays.pop("extra", None)
        values["documents"] = self._parts.documents(listed_documents, path, strays)
        values["extra"] = self._parts.extra_texts(given_extra, strays, path + ".")
        return GoodsItemRecord(**values)

    def _quarantine(
        self, faults: Sequence[tuple[InvalidValue, str]], entry: object, position: int
    ) -> None:
        place = self._places[position - 1] if self._places else None
        raw = place.raw if place else source_text(entry, MAX_RAW_LENGTH)
        for reason, field in faults:
            self._log.add(reason, QUARANTINE, field, line=self._line(position), raw=raw)
            raw = ""

    def _line(self, position: int) -> int | None:
        return self._places[position - 1].line if self._places else None
