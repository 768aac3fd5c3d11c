"""WCO Data Model declaration (DEC) as administrations send it: ``Declaration``.

The message may stand alone, inside ``MetaData`` or inside an envelope of the sender's
system. Names are those of the data model 3; comments give the data element of the
Union's customs code where the numbers of the boxes differ.
"""

from shipments.domain.formats.amendments import read_amendment
from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.unregistered import assume_moment, assume_number
from shipments.domain.formats.wco_goods import (
    KNOWN_OF_ITEM,
    amount_and_currency,
    read_item,
)
from shipments.domain.formats.wco_moments import coded_moment
from shipments.domain.formats.xml_document import Draft, XmlFormat
from shipments.domain.formats.xml_fields import Fields, FieldTable
from shipments.domain.formats.xml_tree import Element, known_paths, text_at

_CONSIGNMENT = "GoodsShipment/Consignment"
_HEAD = FieldTable(
    {
        "version": ("VersionID",),
        "customs_office": ("DeclarationOfficeID", "SupervisingOffice/ID", "PresentationOffice/ID"),
        "border_office": (
            "ExitOffice/ID",
            "EntryOffice/ID",
            f"{_CONSIGNMENT}/EntryCustomsOffice/ID",
        ),
        "country_of_dispatch": (
            "GoodsShipment/ExportCountry/ID",
            "GoodsShipment/GovernmentAgencyGoodsItem/ExportCountry/ID",
        ),
        "country_of_destination": (
            "GoodsShipment/Destination/CountryCode",
            "GoodsShipment/GovernmentAgencyGoodsItem/Destination/CountryCode",
        ),
        "transport_mode": (
            "BorderTransportMeans/ModeCode",
            f"{_CONSIGNMENT}/BorderTransportMeans/ModeCode",
            f"{_CONSIGNMENT}/ArrivalTransportMeans/ModeCode",
            f"{_CONSIGNMENT}/DepartureTransportMeans/ModeCode",
        ),
        "transport_id": (
            "BorderTransportMeans/ID",
            "BorderTransportMeans/Name",
            f"{_CONSIGNMENT}/BorderTransportMeans/ID",
            f"{_CONSIGNMENT}/ArrivalTransportMeans/ID",
            f"{_CONSIGNMENT}/DepartureTransportMeans/ID",
        ),
        "extra.function": ("FunctionCode",),
        "extra.reference": ("FunctionalReferenceID",),
        "extra.goods_location": (f"{_CONSIGNMENT}/GoodsLocation/Name",),
        "extra.goods_location_id": (f"{_CONSIGNMENT}/GoodsLocation/ID",),
        "extra.consignment_reference": (
            "GoodsShipment/UCR/TraderAssignedReferenceID",
            "GoodsShipment/UCR/ID",
        ),
        "extra.transport_document": (f"{_CONSIGNMENT}/TransportContractDocument/ID",),
        "extra.loading_location": (f"{_CONSIGNMENT}/LoadingLocation/ID",),
        "extra.transaction_nature": ("GoodsShipment/TransactionNatureCode",),
        "extra.warehouse": ("GoodsShipment/Warehouse/ID",),
        "extra.transport_nationality": (
            "BorderTransportMeans/RegistrationNationalityCode",
            f"{_CONSIGNMENT}/BorderTransportMeans/RegistrationNationalityCode",
        ),
    }
)
_KNOWN = known_paths(
    "GoodsItemQuantity",
    "TotalPackageQuantity",
    "TotalGrossMassMeasure",
    "ObligationGuarantee",
    "Agent/FunctionCode",
    "BorderTransportMeans/ModeCode",
    f"{_CONSIGNMENT}/ContainerCode",
    f"{_CONSIGNMENT}/ArrivalTransportMeans",
    f"{_CONSIGNMENT}/DepartureTransportMeans",
    f"{_CONSIGNMENT}/GoodsLocation/TypeCode",
    f"{_CONSIGNMENT}/GoodsLocation/Address",
    f"{_CONSIGNMENT}/TransportEquipment/SequenceNumeric",
    "GoodsShipment/Warehouse/TypeCode",
    "GoodsShipment/SequenceNumeric",
)
# Where a party may stand, and what it does; 3/1 to 3/40.
_PARTIES = (
    ("Exporter", "consignor"),
    ("GoodsShipment/Exporter", "consignor"),
    ("GoodsShipment/Consignor", "consignor"),
    (f"{_CONSIGNMENT}/Consignor", "consignor"),
    ("Consignor", "consignor"),
    ("Importer", "importer"),
    ("GoodsShipment/Importer", "importer"),
    ("Consignee", "consignee"),
    ("GoodsShipment/Consignee", "consignee"),
    (f"{_CONSIGNMENT}/Consignee", "consignee"),
    ("Declarant", "declarant"),
    ("Agent", "representative"),
    (f"{_CONSIGNMENT}/Carrier", "carrier"),
    ("Carrier", "carrier"),
)
_OTHER_PARTIES = {
    "GoodsShipment/Seller": "seller",
    "GoodsShipment/Buyer": "buyer",
    "GoodsShipment/DomesticDutyTaxParty": "tax_party",
    f"{_CONSIGNMENT}/NotifyParty": "notify_party",
    "AuthorisationHolder": "authorisation_holders",
    "GoodsShipment/GovernmentAgencyGoodsItem/DomesticDutyTaxParty": "tax_party",
}
_ADDRESS_PARTS = ("PostcodeID", "CountrySubDivisionName", "CityName", "Line")
# First two letters of the type of declaration (1/1).
_KINDS = {
    "IM": "import",
    "EX": "export",
    "CO": "import",
    "EU": "import",
    "TR": "transit",
    "TI": "transit",
}


class WcoFormat(XmlFormat):
    """Reads one or many declarations of the data model."""

    key = "wco"
    known = _KNOWN
    known_of_item = KNOWN_OF_ITEM
    record_names = ("Declaration",)

    def draft(self, element: Element, context: ReadingContext) -> Draft:
        fields = Fields(element)
        draft = Draft(fields)
        _read_kind(fields, element)
        _read_cancellation(fields, element)
        fields.read(element, _HEAD)
        _read_registration(draft, element, context)
        terms = element.one("GoodsShipment/TradeTerms")
        if terms is not None:
            names = ("ConditionCode", "LocationID", "LocationName", "Description")
            parts = (text_at(terms, name) for name in names)
            fields.put("delivery_terms", terms, " ".join(filter(None, parts)))
        fields["parties"] = _parties(fields, element)
        draft.items = element.all("GoodsShipment/GovernmentAgencyGoodsItem")
        items = [read_item(item, context) for item in draft.items]
        fields["items"] = items
        _read_money(fields, element, items)
        _read_documents(fields, element)
        if _is_amendment(element):
            stated = text_at(element, "GoodsItemQuantity")
            read_amendment(draft, stated, pointed_at=_pointed_at(element))
        fields["containers"] = [
            found.read()
            for path in (
                f"{_CONSIGNMENT}/TransportEquipment/ID",
                "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/TransportEquipment/ID",
            )
            for found in element.all(path)
            if found.text
        ]
        return draft


def _read_kind(fields: Fields, element: Element) -> None:
    """1/1 and 1/2: ``IMA`` is an import with a standard declaration, ``IMD`` a prelodged one."""
    kind = element.one("TypeCode")
    if kind is None:
        return
    fields.put_extra("declaration_type", kind)
    name = _KINDS.get(kind.text[:2].upper(), "")
    if name:
        fields.put("document_kind", kind, name)
        fields.put("direction", kind, name)


def _read_cancellation(fields: Fields, element: Element) -> None:
    """A cancellation is told by its function (code list 1225) or its type (invalidation)."""
    for name, code in (("FunctionCode", "1"), ("TypeCode", "INV")):
        place = element.one(name)
        if place is not None and place.text.upper() == code:
            fields.put("is_cancelled", place, True)


def _is_amendment(element: Element) -> bool:
    """Told by the function (code list 1225: change, replace, request) or the type (correction)."""
    return (
        text_at(element, "FunctionCode") in ("4", "5", "13")
        or text_at(element, "TypeCode").upper() == "COR"
    )


def _pointed_at(element: Element) -> str:
    """What the first amendment points at: the element that changes, by the classes above it.

    Administrations differ in whether the other elements are said again, and in whether one
    document of three replaces or joins the others, so nothing is laid over the version before.
    """
    for amendment in element.all("Amendment"):
        steps = []
        for pointer in amendment.all("Pointer"):
            place = text_at(pointer, "SequenceNumeric")
            steps.append(text_at(pointer, "DocumentSectionCode") + (place and f"[{place}]"))
            steps.append(text_at(pointer, "TagID"))
        if path := "/".join(filter(None, steps)):
            return path
    return ""


def _read_registration(draft: Draft, element: Element, context: ReadingContext) -> None:
    """The number that customs gave, else the sender's own reference (2/5)."""
    fields = draft.fields
    fields.put("registration_number", element.one("ID"))
    assume_number(draft, element, (("reference", element.one("FunctionalReferenceID")),))
    accepted = element.one("AcceptanceDateTime/DateTimeString", "AcceptanceDateTime/DateTime")
    accepted = accepted or element.one("AcceptanceDateTime")
    if accepted is not None and accepted.text:
        fields.put("accepted_at", accepted, coded_moment(accepted.read(), context))
    issued = element.one("IssueDateTime/DateTimeString", "IssueDateTime/DateTime", "IssueDateTime")
    if issued is not None and issued.text:
        moment = coded_moment(issued.read(), context)
        assume_moment(draft, (("document", issued),), context, moment)
    assume_moment(draft, (), context)


def _read_money(fields: Fields, element: Element, items: list[Fields]) -> None:
    """4/11 and 4/10; without a total the currency of the first item that states one."""
    amount, currency = amount_and_currency(element.one("InvoiceAmount"))
    fields.put("invoice_amount", element.one("InvoiceAmount"), amount)
    fields.put("currency", element.one("InvoiceAmount"), currency)
    for item in items:
        extra = item.get("extra")
        if isinstance(extra, dict) and extra.get("item_currency"):
            fields.put("currency", item.places[""], extra["item_currency"])


def _read_documents(fields: Fields, element: Element) -> None:
    """2/1 and 2/3 of the declaration as a whole: our documents belong to items."""
    for path, key in (
        ("AdditionalDocument", "documents"),
        ("GoodsShipment/AdditionalDocument", "shipment_documents"),
        ("GoodsShipment/PreviousDocument", "previous_documents"),
        ("PreviousDocument", "declaration_previous_documents"),
        ("AdditionalInformation", "statements"),
        ("GoodsShipment/AdditionalInformation", "shipment_statements"),
    ):
        texts = [_one_line(block) for block in element.all(path)]
        fields.put_extra(key, None, "; ".join(filter(None, texts)))


def _one_line(block: Element) -> str:
    names = ("CategoryCode", "TypeCode", "StatementCode")
    code = "".join(text_at(block, name) for name in names)
    rest = (text_at(block, name) for name in ("ID", "LineNumeric", "StatementDescription", "Name"))
    return " ".join(filter(None, (code, *rest)))


def _parties(fields: Fields, element: Element) -> list[Fields]:
    parties = []
    for path, role in _PARTIES:
        for block in element.all(path):
            party = read_party(block)
            if party:
                party["role"] = role
                parties.append(party)
    for path, key in _OTHER_PARTIES.items():
        texts = []
        for block in element.all(path):
            names = ("Name", "ID", "RoleCode", "CategoryCode")
            texts.append(" ".join(filter(None, (text_at(block, name) for name in names))))
        fields.put_extra(key, None, "; ".join(dict.fromkeys(filter(None, texts))))
    return parties


def read_party(block: Element) -> Fields:
    """A party without its role; empty when the block describes none."""
    party = Fields(block)
    party.put("name", block.one("Name"))
    address = block.one("Address")
    if address is not None:
        party.put("country", address.one("CountryCode"))
        line = text_at(address, "Line")
        parts = [text_at(address, name) for name in _ADDRESS_PARTS]
        party.put("address", address, ", ".join(filter(None, parts)))
        identifiers = [_identifier(address, "address", str(party["address"]))] if line else []
    else:
        identifiers = []
    for number in block.all("ID"):
        if number.text:
            identifiers.append(_identifier(number, "tax_id", number.read()))
    kinds = {"TE": "phone", "EM": "email"}
    for contact in [*block.all("Communication"), *block.all("Contact/Communication")]:
        found, kind = contact.one("ID"), kinds.get(text_at(contact, "TypeCode").upper())
        if found is not None and kind:
            identifiers.append(_identifier(found, kind, found.read()))
    if identifiers:
        party["identifiers"] = identifiers
    return party


def _identifier(element: Element, kind: str, value: str) -> Fields:
    identifier = Fields(element)
    identifier["kind"] = kind
    identifier.put("value", element, value)
    return identifier
