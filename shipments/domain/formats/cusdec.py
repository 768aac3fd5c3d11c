"""UN/EDIFACT CUSDEC: the customs declaration message, directories D.96B and later.

Qualifiers are those of the United Nations code lists; national guides narrow them and
add codes of their own, which stay in ``extra`` with the text of their segment.
"""

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from shipments.domain.formats.amendments import read_amendment
from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.cusdec_goods import Segment, read_detail, read_party
from shipments.domain.formats.edifact import EdifactMessage, component, read_messages
from shipments.domain.formats.unregistered import assume_moment, assume_number
from shipments.domain.formats.wco_moments import coded_moment
from shipments.domain.formats.xml_document import Draft, XmlFormat
from shipments.domain.formats.xml_fields import Fields
from shipments.domain.formats.xml_stream import XmlRecord
from shipments.domain.formats.xml_tree import Element

# Numbers that customs gave (1153) before those of the declarant.
_REGISTERED = ("ABT", "AAE")
_OWN = ("ABE", "ABO", "ABA", "UCN")
_MOVEMENT_NUMBER = re.compile(r"\d{2}[A-Z]{2}[A-Z0-9]{14}")
# 3227: places.
_PLACES = {
    "35": "country_of_dispatch",
    "36": "country_of_destination",
    "28": "country_of_destination",
    "22": "customs_office",
    "17": "border_office",
    "41": "border_office",
    "42": "border_office",
}
# 2005: acceptance and declaration, then dates of the document.
_ACCEPTED = ("148", "150")
_WRITTEN = ("137", "182", "9")
_PARTIES = {
    "CZ": "consignor",
    "EX": "consignor",
    "SE": "consignor",
    "CN": "consignee",
    "IM": "importer",
    "BY": "importer",
    "DT": "declarant",
    "AE": "declarant",
    "CB": "representative",
    "AG": "representative",
    "CA": "carrier",
}
# 1001: documents whose code tells the direction.
_KINDS = {"929": "import", "830": "export", "821": "transit", "822": "transit", "825": "transit"}
# 1225: what the message is for.
_CANCELLATION = "1"
_AMENDMENTS = ("4", "5")
_AT_BORDER = ("11", "13", "20")


class CusdecFormat(XmlFormat):
    """Reads every CUSDEC message of every interchange in a file; others are passed over."""

    key = "cusdec"
    record_names = ("CUSDEC",)
    suffixes: tuple[str, ...] = (".edi", ".edifact", ".cusdec")
    content_types: tuple[str, ...] = ("application/edifact",)
    nothing_code = "edifact_no_declaration"

    def records(self, stream: BinaryIO) -> Iterator[XmlRecord]:
        for number, message in enumerate(read_messages(stream, "CUSDEC"), 1):
            path = f"/CUSDEC[{number}]" if number > 1 else "/CUSDEC"
            record = XmlRecord(_tree(message), path)
            record.is_too_long = message.is_too_long
            yield record

    def draft(self, element: Element, context: ReadingContext) -> Draft:
        fields = Fields(element)
        draft = Draft(fields)
        head = [child for child in element.children if isinstance(child, Segment)]
        first = next((child for child in head if child.name == "BGM"), None)
        _read_kind(draft, first)
        _read_numbers(draft, element, head, first)
        _read_moment(draft, head, context)
        _read_head(fields, head)
        fields["parties"] = _parties(head)
        items = [child for child in element.children if child.name == "item"]
        details = [read_detail(item, position) for position, item in enumerate(items, 1)]
        draft.items, fields["items"] = items, details
        _read_containers(fields, head, items)
        if first is not None and first.part(2) in _AMENDMENTS:
            read_amendment(draft, "")
        if element.attributes and "cut" in element.attributes:
            draft.assume("message_not_closed", "", "UNT", "a message that ends with UNT")
        return draft


def _tree(message: EdifactMessage) -> Element:
    """The message as an element: segments of the head, and an element around each item.

    The detail section begins with ``UNS+D`` and each of its items with CST.
    """
    first = message.segments[0]
    root = Element("CUSDEC", first.line, {"cut": "1"} if message.is_cut else None)
    is_detail, owner = False, root
    for part in message.segments:
        if part.tag == "UNS":
            is_detail, owner = component(part, 0) == "D", root
        elif part.tag == "CST" and is_detail:
            owner = Element("item", part.line)
            root.append(owner)
        elif part.tag == "DMS":
            owner = root
        segment = Segment(part.tag, part.line, None, part.text, segment=part)
        segment.is_read = part.tag in ("UNH", "UNS", "DMS", "CNT", "AUT")
        owner.append(segment)
    if message.interchange:
        root.children[0].text = f"{message.interchange}/{component(first, 0)}"
    return root


def _named(segments: list[Segment], tag: str, *qualifiers: str) -> Iterator[Segment]:
    """Segments of a tag in the order of the qualifiers in their first component."""
    for qualifier in qualifiers:
        for segment in segments:
            if segment.name == tag and segment.part(0) == qualifier:
                yield segment


def _read_kind(draft: Draft, first: Segment | None) -> None:
    """BGM: the name of the document or its code; national codes begin with E or I."""
    if first is None:
        return
    code, name = first.part(0), first.part(0, 3).upper()
    kind = _KINDS.get(code, "")
    named = {"EX": "export", "IM": "import", "CO": "import", "EU": "import", "T": "transit"}
    for start, meaning in named.items():
        kind = kind or (meaning if name.startswith(start) else "")
    if not kind and code.isalpha():
        kind = {"E": "export", "I": "import", "T": "transit"}.get(code[0].upper(), "")
    draft.fields.put_extra("declaration_type", None, " ".join(filter(None, (code, name))))
    draft.fields.put_extra("function", None, first.part(2))
    version = first.part(1, 1)
    # Some number versions otherwise than from 1 on: then it is one more text of theirs.
    if version.isascii() and version.isdigit() and int(version[:9]):
        draft.fields.put("version", first, version)
    else:
        draft.fields.put_extra("version", None, version)
    if first.part(2) == _CANCELLATION:
        draft.fields.put("is_cancelled", first, True)
    first.is_read = True
    if kind:
        draft.fields.put("document_kind", first, kind)
        draft.fields.put("direction", first, kind)
    else:
        draft.assume("direction_assumed", "direction", code, "import")


def _read_numbers(
    draft: Draft, element: Element, head: list[Segment], first: Segment | None
) -> None:
    """The number of customs, else a movement reference number in BGM, else the sender's."""
    fields = draft.fields
    for reference in _named(head, "RFF", *_REGISTERED):
        fields.put("registration_number", reference, reference.part(0, 1))
        reference.is_read = True
    own = first.part(1) if first is not None else ""
    if first is not None and _MOVEMENT_NUMBER.fullmatch(own):
        fields.put("registration_number", first, own)
    candidates: list[tuple[str, Element | None]] = []
    if first is not None and own:
        candidates.append(("document", _text_of(first, own)))
    for reference in _named(head, "RFF", *_OWN):
        number = reference.part(0, 1)
        fields.put_extra("declarant_reference", None, number)
        candidates.append(("reference", _text_of(reference, number)))
        reference.is_read = True
    header = element.children[0]
    if "/" in header.text:
        candidates.append(("interchange", _text_of(header, header.text)))
    assume_number(draft, element, candidates)


def _text_of(place: Element, text: str) -> Element:
    """An element of this text that stands where a segment of the message does."""
    return Element(place.name, place.line, text=text, origin=place)


def _read_moment(draft: Draft, head: list[Segment], context: ReadingContext) -> None:
    fields = draft.fields
    for stated in _named(head, "DTM", *_ACCEPTED):
        fields.put("accepted_at", stated, coded_moment(stated.part(0, 1), context))
        stated.is_read = True
    for written in _named(head, "DTM", *_WRITTEN):
        moment = coded_moment(written.part(0, 1), context)
        place = _text_of(written, written.part(0, 1))
        assume_moment(draft, (("document", place),), context, moment)
        written.is_read = True
    assume_moment(draft, (), context)


def _read_head(fields: Fields, head: list[Segment]) -> None:
    readers: dict[str, Callable[[Fields, Segment], None]] = {
        "LOC": _read_place,
        "TDT": _read_transport,
        "MOA": _read_total,
        "CST": _read_status,
        "TOD": _read_terms,
    }
    for segment in head:
        if reader := readers.get(segment.name):
            reader(fields, segment)


def _read_place(fields: Fields, place: Segment) -> None:
    key = _PLACES.get(place.part(0))
    if key:
        fields.put(key, place, place.part(1))
        place.is_read = True


def _read_transport(fields: Fields, transport: Segment) -> None:
    """TDT: the means at the border before others; its identity or its name."""
    identity = transport.part(7) or transport.part(7, 3)
    if transport.part(0) in _AT_BORDER or "transport_mode" not in fields:
        fields.put("transport_mode", transport, transport.part(2))
        fields.put("transport_id", transport, identity)
        fields.put_extra("transport_nationality", None, transport.part(7, 4))
        transport.is_read = True


def _read_total(fields: Fields, money: Segment) -> None:
    """MOA 39: the total of the invoices and its currency."""
    if money.part(0) in ("39", "77", "128"):
        fields.put("invoice_amount", money, money.part(0, 1))
        fields.put("currency", money, money.part(0, 2))
        money.is_read = True


def _read_status(fields: Fields, status: Segment) -> None:
    fields.put("procedure_code", status, status.part(1) or status.part(2))
    status.is_read = True


def _read_terms(fields: Fields, terms: Segment) -> None:
    code, text = terms.part(2), terms.part(2, 3)
    fields.put("delivery_terms", terms, " ".join(filter(None, (code, text))))
    terms.is_read = True


def _parties(head: list[Segment]) -> list[Fields]:
    """NAD with the references and contacts that follow it."""
    parties = []
    for position, segment in enumerate(head):
        role = _PARTIES.get(segment.part(0)) if segment.name == "NAD" else None
        if role is None:
            continue
        followers = []
        for follower in head[position + 1 :]:
            if follower.name not in ("RFF", "CTA", "COM"):
                break
            followers.append(follower)
        party = read_party(segment, followers)
        if party:
            party["role"] = role
            parties.append(party)
    return parties


def _read_containers(fields: Fields, head: list[Segment], items: list[Element]) -> None:
    below = [child for item in items for child in item.children if isinstance(child, Segment)]
    found = [*_named(head, "EQD", "CN"), *_named(below, "EQD", "CN"), *_named(below, "SGP", "CN")]
    numbers = []
    for segment in found:
        numbers.append(segment.part(1))
        segment.is_read = True
    fields["containers"] = list(filter(None, numbers))
