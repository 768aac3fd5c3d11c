"""Declarations that are not registered yet: what stands for number and moment.

Preliminary, unregistered and draft messages must be receivable: they come first. They
get the sender's own identifier as their number, behind a prefix that no office's number
has, and a warning; ``extra`` says which it was, so that the registered declaration can
be linked to it.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.xml_document import Draft
from shipments.domain.formats.xml_moments import moment_of
from shipments.domain.formats.xml_tree import Element, source_of
from shipments.domain.records import DeclarationRecord

PREFIX = "unregistered:"
_DIGEST_LENGTH = 32
_MOMENT_SOURCE, _RECEIPT = "accepted_at_source", "receipt"
_MAX_IDENTIFIER = 64 - len(PREFIX)


def assume_number(
    draft: Draft,
    record: Element,
    candidates: Iterable[tuple[str, Element | None]],
    identifier: str = "",
) -> None:
    """Give a declaration without a registration number the first identifier it has.

    Candidates are names of identifiers and their elements; ``identifier`` is the text of
    one that stands in several elements, placed at the first candidate. Without any the
    digest of the content is taken: the same message again is then the same declaration.
    """
    fields = draft.fields
    if fields.get("registration_number"):
        return
    source, element, value = "digest", record, ""
    for name, candidate in candidates:
        if candidate is not None and (candidate.text or identifier):
            source, element, value = name, candidate, identifier or candidate.read()
            break
    if not value or len(value) > _MAX_IDENTIFIER:
        text = value or source_of(record, 64 * 1024 * 1024)
        value = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGEST_LENGTH]
    fields.put("registration_number", element, PREFIX + value)
    fields.put_extra("number_source", None, source)
    draft.assume("not_registered", "registration_number", value, "a registration number")


def assume_moment(
    draft: Draft,
    candidates: Iterable[tuple[str, Element | None]],
    context: ReadingContext,
    moment: datetime | str = "",
) -> None:
    """Give a declaration without a moment of registration the first moment it states,
    else that of its receipt; without either the field stays missing. ``moment`` is the
    first candidate's where its text is not in the form of XML.
    """
    fields = draft.fields
    if fields.get("accepted_at"):
        return
    for name, element in candidates:
        if element is not None and element.text:
            text = element.read()
            fields.put("accepted_at", element, moment or moment_of(text, context))
            fields.put_extra(_MOMENT_SOURCE, None, name)
            draft.assume("accepted_at_assumed", "accepted_at", text, "a moment of registration")
            return
    if context.received_at is not None:
        fields.put("accepted_at", fields.places[""], context.received_at)
        fields.put_extra(_MOMENT_SOURCE, None, _RECEIPT)
        received = context.received_at.isoformat()
        draft.assume("accepted_at_assumed", "accepted_at", received, "a moment of registration")


def is_moment_of_receipt(record: DeclarationRecord) -> bool:
    """Whether ``accepted_at`` is when the message came, because it stated no moment."""
    return record.extra.get(_MOMENT_SOURCE) == _RECEIPT
