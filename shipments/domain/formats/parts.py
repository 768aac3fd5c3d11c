"""The parts of a declaration that lose a piece with a warning when the piece is wrong.

Parties, identifiers, containers, documents and extra fields: none of them decides whether
a declaration or an item can be stored.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from shipments.domain.errors import InvalidValue
from shipments.domain.formats import fields
from shipments.domain.formats.checks import date_in_future
from shipments.domain.formats.fields import Reader, wrong_type
from shipments.domain.formats.issues import WARN, IssueLog, UnknownFields
from shipments.domain.names import normalise_identifier
from shipments.domain.records import DocumentRecord, IdentifierRecord, PartyRecord
from shipments.domain.values import IdentifierKind, is_bin_valid

MAX_PARTIES = 50
MAX_IDENTIFIERS = 50
MAX_CONTAINERS = 999
MAX_DOCUMENTS = 999
MAX_EXTRA_FIELDS = 100
MAX_EXTRA_KEY_LENGTH = 100
MAX_EXTRA_VALUE_LENGTH = 1_000

_POSITION = re.compile(r"\[\d+\]")
_read_extra_key = fields.text(MAX_EXTRA_KEY_LENGTH)
_read_extra_value = fields.text(MAX_EXTRA_VALUE_LENGTH)


def source_text(raw: object, max_length: int) -> str:
    """An untrusted value as text: text as it is, anything else as JSON."""
    if isinstance(raw, str):
        return raw[:max_length]
    return msgspec.json.encode(raw, enc_hook=fields.shown).decode()[:max_length]


class PartReader:
    """Reads the parts of one declaration, writing what is wrong into its log.

    Fields without a place in a record go into the ``strays`` that a method is given,
    under their path, so that the caller can keep them as extra text. Documents issued
    behind ``today`` are doubted.
    """

    def __init__(
        self, log: IssueLog, unknown_fields: UnknownFields, today: date | None = None
    ) -> None:
        self._log = log
        self._unknown_fields = unknown_fields
        self._today = today

    def containers(self, raw: object) -> tuple[str, ...]:
        """Container numbers in capitals without blanks, each once, in order."""
        containers: dict[str, None] = {}
        for position, entry in enumerate(self._list(raw, "containers", MAX_CONTAINERS), 1):
            try:
                number = fields.read_container(entry)
            except InvalidValue as reason:
                self._log.add(reason, WARN, f"containers[{position}]")
                continue
            if number:
                containers["".join(number.split()).upper()] = None
        return tuple(containers)

    def parties(self, raw: object, strays: dict[str, object]) -> tuple[PartyRecord, ...]:
        parties = []
        for position, entry in enumerate(self._list(raw, "parties", MAX_PARTIES), 1):
            path = f"parties[{position}]"
            if not isinstance(entry, Mapping):
                self._log.add(wrong_type(entry, "an object"), WARN, path)
                continue
            values, unknown = self._read_all(entry, fields.PARTY_READERS, path)
            listed = unknown.pop("identifiers", None)
            strays.update((f"{path}.{key}", value) for key, value in unknown.items())
            if "role" in values:
                identifiers = self._identifiers(listed, path, values.get("country", ""), strays)
                parties.append(PartyRecord(**values, identifiers=identifiers))
            else:
                self._warn_missing(entry, "role", path)
        return tuple(parties)

    def _identifiers(
        self, raw: object, party: str, country: str, strays: dict[str, object]
    ) -> tuple[IdentifierRecord, ...]:
        found: dict[IdentifierRecord, None] = {}
        listed = self._list(raw, f"{party}.identifiers", MAX_IDENTIFIERS)
        for position, entry in enumerate(listed, 1):
            path = f"{party}.identifiers[{position}]"
            if not isinstance(entry, Mapping):
                self._log.add(wrong_type(entry, "an object"), WARN, path)
                continue
            values, unknown = self._read_all(entry, fields.IDENTIFIER_READERS, path)
            strays.update((f"{path}.{key}", value) for key, value in unknown.items())
            if len(values) < 2:
                self._warn_missing(entry, "kind", path)
                self._warn_missing(entry, "value", path)
                continue
            kind: IdentifierKind = values["kind"]
            try:
                value = normalise_identifier(kind, values["value"], country or "KZ")
            except InvalidValue as reason:
                self._log.add(reason, WARN, path + ".value")
                continue
            found[IdentifierRecord(kind=kind, value=value)] = None
            if kind in (IdentifierKind.BIN, IdentifierKind.IIN) and not is_bin_valid(value):
                doubt = InvalidValue("check_digit_wrong", value=value, allowed="a right last digit")
                self._log.add(doubt, WARN, path + ".value")
        return tuple(found)

    def documents(
        self, raw: object, item: str, strays: dict[str, object]
    ) -> tuple[DocumentRecord, ...]:
        documents = []
        listed = self._list(raw, f"{item}.documents", MAX_DOCUMENTS)
        for position, entry in enumerate(listed, 1):
            path = f"{item}.documents[{position}]"
            if not isinstance(entry, Mapping):
                self._log.add(wrong_type(entry, "an object"), WARN, path)
                continue
            values, unknown = self._read_all(entry, fields.DOCUMENT_READERS, path)
            strays.update((f"documents[{position}].{key}", raw) for key, raw in unknown.items())
            if "code" in values:
                documents.append(DocumentRecord(**values))
            else:
                self._warn_missing(entry, "code", path)
            issued = values.get("issued_on")
            if issued is not None and self._today is not None and issued > self._today:
                self._log.add(date_in_future(issued, self._today), WARN, f"{path}.issued_on")
        return tuple(documents)

    def extra_texts(self, given: object, strays: Mapping[str, object], path: str) -> dict[str, str]:
        """Declared extra fields and strays as text; ``path`` is the owner's, with its dot.

        Each unknown field is reported once a file, whatever position it stands at.
        """
        if not given and not strays:
            return {}
        for key in strays:
            if self._unknown_fields.is_new(_POSITION.sub("[]", path + key)):
                reason = InvalidValue("unknown_field", value=key, allowed="a documented field")
                self._log.add(reason, WARN, path + key)
        extra: dict[str, str] = {}
        if isinstance(given, Mapping):
            for key, raw in given.items():
                self._keep_extra(extra, key, raw, path)
        elif given:
            self._log.add(wrong_type(given, "an object"), WARN, path + "extra")
        for key, raw in strays.items():
            self._keep_extra(extra, key, raw, path)
        return extra

    def _keep_extra(self, extra: dict[str, str], key: str, raw: object, path: str) -> None:
        if raw is None:
            return
        try:
            if len(extra) >= MAX_EXTRA_FIELDS:
                raise InvalidValue("list_too_long", value=key, allowed=f"{MAX_EXTRA_FIELDS} fields")
            name = _read_extra_key(key)
            value = source_text(raw, MAX_EXTRA_VALUE_LENGTH + 1)
            extra[name] = _read_extra_value(value)
        except InvalidValue as reason:
            self._log.add(reason, WARN, f"{path}extra.{key}")

    def _read_all(
        self, tree: Mapping[str, object], readers: Mapping[str, Reader], path: str
    ) -> tuple[dict[str, Any], dict[str, object]]:
        """Values of the known fields, and the fields we do not know."""
        found = fields.read_fields(tree, readers)
        for reason, key in (*found.doubts, *found.faults):
            self._log.add(reason, WARN, f"{path}.{key}")
        return found.values, found.strays

    def _warn_missing(self, tree: Mapping[str, object], key: str, path: str) -> None:
        if tree.get(key) in (None, ""):
            reason = InvalidValue("field_missing", allowed="a value")
            self._log.add(reason, WARN, f"{path}.{key}")

    def _list(self, raw: object, field: str, limit: int) -> Sequence[object]:
        if raw is None:
            return ()
        if not isinstance(raw, list | tuple):
            self._log.add(wrong_type(raw, "a list"), WARN, field)
            return ()
        if len(raw) > limit:
            reason = InvalidValue("list_too_long", value=len(raw), allowed=f"at most {limit}")
            self._log.add(reason, WARN, field)
            return raw[:limit]
        return raw
