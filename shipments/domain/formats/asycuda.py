"""ASYCUDA World SAD XML: the single administrative document of more than 90 countries.

Empty values are empty elements or hold ``<null/>``; neither is text. Administrations
have habits: which fields hold a name and an address, how a date is written, how far a
tariff code reaches. Boxes are those of the single administrative document.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from shipments.domain.formats.asycuda_goods import (
    KNOWN_OF_ITEM,
    read_item,
    width_of_descriptions,
)
from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.unregistered import assume_moment, assume_number
from shipments.domain.formats.written_dates import DateHabit
from shipments.domain.formats.xml_document import Draft, XmlFormat
from shipments.domain.formats.xml_fields import Fields, FieldTable
from shipments.domain.formats.xml_tree import Element, known_paths, text_at

_HEAD = FieldTable(
    {
        "customs_office": ("Identification/Office_segment/Customs_clearance_office_code",),
        "border_office": ("Transport/Border_office/Code",),
        "country_of_dispatch": ("General_information/Country/Export/Export_country_code",),
        "country_of_trading": ("General_information/Country/Trading_country",),
        "country_of_destination": (
            "General_information/Country/Destination/Destination_country_code",
        ),
        "transport_mode": (
            "Transport/Means_of_transport/Border_information/Mode",
            "Transport/Means_of_transport/Inland_mode_of_transport",
        ),
        "transport_id": (
            "Transport/Means_of_transport/Border_information/Identity",
            "Transport/Means_of_transport/Departure_arrival_information/Identity",
        ),
        "currency": ("Valuation/Gs_Invoice/Currency_code",),
        "extra.manifest_reference": ("Identification/Manifest_reference_number",),
        "extra.place_of_loading": ("Transport/Place_of_loading/Code",),
        "extra.location_of_goods": ("Transport/Location_of_goods",),
        "extra.bank": ("Financial/Bank/Name", "Financial/Bank/Code"),
        "extra.terms_of_payment": ("Financial/Terms/Description", "Financial/Terms/Code"),
        "extra.mode_of_payment": ("Financial/Mode_of_payment",),
        "extra.payment_account": ("Financial/Deffered_payment_reference",),
        "extra.exchange_rate": ("Valuation/Gs_Invoice/Currency_rate",),
        "extra.country_first_destination": (
            "General_information/Country/Country_first_destination",
        ),
        "extra.transport_nationality": (
            "Transport/Means_of_transport/Border_information/Nationality",
            "Transport/Means_of_transport/Departure_arrival_information/Nationality",
        ),
        "extra.transit_principal": ("Transit/Principal/Name", "Transit/Principal/Code"),
        "extra.transit_office": ("Transit/Destination/Office",),
        "extra.remarks": (
            "General_information/Comments_free_text",
            "General_information/Additional_information",
        ),
        "extra.financial_party": ("Traders/Financial/Financial_name",),
    }
)
# Sums of taxes, counts of forms, names of what a code says: they stay in the message.
_KNOWN = known_paths(
    "Assessment_notice",
    "Global_taxes",
    "Property",
    "Export_release",
    "Identification/Office_segment/Customs_Clearance_office_name",
    "Identification/Assessment",
    "Identification/receipt",
    "General_information/Country/Export/Export_country_name",
    "General_information/Country/Destination/Destination_country_name",
    "General_information/Country/Country_of_origin_name",
    "General_information/Value_details",
    "Transport/Container_flag",
    "Transport/Border_office/Name",
    "Transport/Place_of_loading/Name",
    "Transport/Means_of_transport/Departure_arrival_information",
    "Transport/Means_of_transport/Inland_mode_of_transport",
    "Financial/Financial_transaction",
    "Financial/Bank",
    "Financial/Terms",
    "Financial/Amounts",
    "Financial/Guarantee",
    "Valuation",
)
_TRADERS = (
    ("Traders/Exporter", "Exporter_name", "Exporter_code", "consignor"),
    ("Traders/Consignee", "Consignee_name", "Consignee_code", "consignee"),
    ("Declarant", "Declarant_name", "Declarant_code", "declarant"),
)
_NO_NAMES = frozenset({"-", "--", "n/a", "nil", "none", "null", "."})


class AsycudaFormat(XmlFormat):
    """Reads one or several ``ASYCUDA`` documents in a file."""

    key = "asycuda"
    known = _KNOWN
    known_of_item = KNOWN_OF_ITEM
    record_names = ("ASYCUDA",)

    def draft(self, element: Element, context: ReadingContext) -> Draft:
        fields = Fields(element)
        draft = Draft(fields)
        dates = _DatesOfMessage(element, context)
        _read_kind(fields, element)
        fields.read(element, _HEAD)
        _read_registration(draft, element, dates, context)
        _read_amounts(fields, element)
        fields["parties"] = _parties(element)
        draft.items = element.all("Item")
        width = width_of_descriptions(draft.items)
        fields["items"] = [
            read_item(item, position, dates.habit, width)
            for position, item in enumerate(draft.items, 1)
        ]
        fields["containers"] = [
            found.read()
            for path in ("Container/Container_identity", "Item/Container/Container_identity")
            for found in element.all(path)
            if found.text
        ]
        dates.tell(draft)
        return draft


class _DatesOfMessage:
    """Registration and document dates are written alike; together they show how."""

    def __init__(self, element: Element, context: ReadingContext) -> None:
        texts = [found for found in element.below() if found.name.lower().endswith("date")]
        self._written = [found for found in texts if found.text]
        self.habit = DateHabit(found.text for found in self._written)
        self._zone = ZoneInfo(context.time_zone)

    def moment(self, text: str) -> datetime | str:
        day = self.habit.read(text)
        if isinstance(day, date):
            return datetime(day.year, day.month, day.day, tzinfo=self._zone)
        return text

    def tell(self, draft: Draft) -> None:
        """State the order that was taken where some date could be read both ways."""
        if not self._written:
            return
        order = "month first" if self.habit.is_month_first else "day first"
        if self.habit.is_ambiguous:
            draft.fields.put_extra("date_order", None, f"{order} ({self.habit.evidence})")
        if self.habit.is_ambiguous and self.habit.evidence in ("assumed", "near"):
            draft.assume("date_order_assumed", "accepted_at", self._written[0].text, order)


def _read_kind(fields: Fields, element: Element) -> None:
    """Box 1: the flow decides; a transit document is one whatever its flow."""
    flow, kind = element.one("Property/Sad_flow"), element.one("Identification/Type")
    declared = text_at(kind, "Type_of_declaration").upper()
    transit = text_at(kind, "Type_of_transit_document")
    if kind is not None:
        fields.put("procedure_code", kind.one("Declaration_gen_procedure_code"))
        fields.put_extra("declaration_type", None, declared)
        fields.put_extra("transit_document", None, transit)
    is_transit = bool(transit) or declared.startswith("T")
    code = (flow.read().upper() if flow is not None else "") or declared[:1]
    names = {"I": "import", "E": "export", "T": "transit"}
    name = "transit" if is_transit else names.get(code[:1], "")
    if name:
        fields.put("document_kind", flow if flow is not None else kind, name)
        fields.put("direction", flow if flow is not None else kind, name)


def _read_registration(
    draft: Draft, element: Element, dates: _DatesOfMessage, context: ReadingContext
) -> None:
    """Box A. A number is of its office and year: ``AL110000/2016/C 4036``."""
    fields = draft.fields
    block = element.one("Identification/Registration")
    number, day = text_at(block, "Number"), text_at(block, "Date")
    if block is not None and day:
        fields.put("accepted_at", block.one("Date"), dates.moment(day))
    if block is not None and number:
        read = dates.habit.read(day) if day else ""
        year = str(read.year) if isinstance(read, date) else ""
        year = year or text_at(element, "Assessment_notice/Registration_year")
        serial = f"{text_at(block, 'Serial_number')} {number}".strip()
        parts = (str(fields.get("customs_office", "")), year, serial)
        fields.put("registration_number", block.one("Number"), "/".join(filter(None, parts)))
    reference = element.one("Declarant/Reference")
    year, own = text_at(reference, "Year"), text_at(reference, "Number")
    broker = text_at(element, "Declarant/Declarant_code")
    if own:
        fields.put_extra("declarant_reference", None, f"{year} {own}".strip())
    if own and not fields.get("registration_number"):
        found = "/".join(filter(None, (broker, year, own)))
        assume_number(draft, element, (("declarant_reference", reference),), found)
    assume_number(draft, element, ())
    stated = element.one("Property/Date_of_declaration", "Identification/Assessment/Date")
    if stated is not None and stated.text:
        moment = dates.moment(stated.read())
        assume_moment(draft, (("declaration", stated),), context, moment)
    assume_moment(draft, (), context)


def _read_amounts(fields: Fields, element: Element) -> None:
    """Boxes 20 and 22; an invoice in national currency alone is in the national one."""
    fields.put("invoice_amount", element.one("Valuation/Gs_Invoice/Amount_foreign_currency"))
    fields.put("invoice_amount", element.one("Valuation/Total/Total_invoice"))
    fields.put("invoice_amount", element.one("Financial/Total_invoice"))
    terms = element.one("Transport/Delivery_terms")
    if terms is not None:
        parts = (text_at(terms, name) for name in ("Code", "Place", "Situation"))
        fields.put("delivery_terms", terms, " ".join(filter(None, parts)))


def _parties(element: Element) -> list[Fields]:
    """Boxes 2, 8, 14: a name may go on with the address on its next lines."""
    parties = []
    for path, name, code, role in _TRADERS:
        block = element.one(path)
        if block is None:
            continue
        party = Fields(block)
        lines = [line.strip() for line in text_at(block, name).splitlines() if line.strip()]
        if lines and lines[0].casefold() not in _NO_NAMES:
            party.put("name", block.one(name), lines[0].rstrip(","))
            party.put("address", block.one(name), ", ".join(line.rstrip(",") for line in lines[1:]))
        for address in block.named("Exporter_address", "Consignee_address", "Declarant_address"):
            party.put("address", address, ", ".join(address.read().split("\n")))
        number = block.one(code)
        if number is not None and number.text:
            identifier = Fields(number)
            identifier["kind"] = "tax_id"
            identifier.put("value", number)
            party["identifiers"] = [identifier]
        if party:
            party["role"] = role
            parties.append(party)
    person = element.one("Declarant/Declarant_representative")
    if person is not None and person.text:
        representative = Fields(person)
        representative["role"] = "representative"
        representative.put("name", person, " ".join(person.read().split()))
        parties.append(representative)
    return parties
