"""EAEU goods declaration: ``ESADout_CU`` of the union's album of formats.

Element names are those of the album (versions 5.10 to 5.27, misspelt ones included);
graphs are the numbered boxes of the declaration. Source: the album of formats of the
customs authorities, schema ESADout_CU; field map in ``docs/declaration-format.md``.
"""

from collections.abc import Iterator
from typing import BinaryIO

from shipments.domain.errors import UnreadableFile
from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.eaeu_correction import (
    CORRECTION,
    as_declaration,
    is_correction,
    read_correction,
)
from shipments.domain.formats.eaeu_goods import KNOWN_OF_ITEM, read_item
from shipments.domain.formats.eaeu_party import address_text, as_role, is_declarant, read_party
from shipments.domain.formats.unregistered import assume_moment, assume_number
from shipments.domain.formats.xml_document import Draft, XmlFormat
from shipments.domain.formats.xml_fields import Fields, FieldTable
from shipments.domain.formats.xml_moments import moment_of
from shipments.domain.formats.xml_stream import XmlRecord, read_records
from shipments.domain.formats.xml_tree import Element, known_paths, text_at

_DECLARATION = "ESADout_CU"
_MARK = "GTDoutCustomsMark"
_SHIPMENT = "ESADout_CUGoodsShipment"
_CONSIGNMENT = f"{_SHIPMENT}/ESADout_CUConsigment"
_CONSIGNMENTS = (_CONSIGNMENT, f"{_SHIPMENT}/ESADout_CUConsignment")
_TERMS = f"{_SHIPMENT}/ESADout_CUMainContractTerms"
_MEANS = ("RUTransportMeans", "TransportMeans", "ESADTransportMeans")
_NUMBER_BLOCKS = ("GTDID", "GTDNumber", "RegistrationNumber", "CustomsDocIdDetails")

# Graph 1, first part: what is declared. Latin spellings of the same letters occur.
_PROCEDURES = {
    "ИМ": ("import", "import"),
    "IM": ("import", "import"),
    "ЭК": ("export", "export"),
    "EK": ("export", "export"),
    "EX": ("export", "export"),
    "ТТ": ("transit", "transit"),
    "TT": ("transit", "transit"),
}
_HEAD = FieldTable(
    {
        "procedure_code": ("CustomsModeCode",),
        "country_of_trading": (f"{_TERMS}/TradeCountryCode",),
        "currency": (f"{_TERMS}/ContractCurrencyCode",),
        "invoice_amount": (f"{_TERMS}/TotalInvoiceAmount", f"{_TERMS}/TotalInvoiceAmount/Amount"),
        "extra.document_id": ("DocumentID",),
        "extra.reference_document_id": ("RefDocumentID",),
        "extra.outgoing_number": ("RegNumberDoc",),
        "extra.declaration_kind": ("DeclarationKind",),
        "extra.transit_direction": ("TransitDirectionCode",),
        "extra.transit_feature": ("TransitFeature",),
        "extra.exchange_rate": (f"{_TERMS}/ContractCurrencyRate",),
        "extra.deal_nature": (f"{_TERMS}/DealNatureCode",),
        "extra.total_customs_value": (
            f"{_SHIPMENT}/TotalCustCost",
            f"{_SHIPMENT}/TotalCustCost/Amount",
        ),
        "extra.customs_value_currency": (f"{_SHIPMENT}/CustCostCurrencyCode",),
        "extra.goods_location_office": (f"{_SHIPMENT}/ESADout_CUGoodsLocation/CustomsOffice",),
        "extra.goods_location_document": (
            f"{_SHIPMENT}/ESADout_CUGoodsLocation/GoodsLocationWarehouse/PrDocumentNumber",
        ),
        "extra.goods_location_zone": (
            f"{_SHIPMENT}/ESADout_CUGoodsLocation/GoodsLocationPlace/NumberCustomsZone",
        ),
        "extra.recipient_country": ("RecipientCountryCode",),
        "extra.deal_feature": (f"{_TERMS}/DealFeatureCode",),
        "extra.declarant_kpp": (f"{_SHIPMENT}/ESADout_CUDeclarant/RFOrganizationFeatures/KPP",),
    }
)
_CARRIED = FieldTable(
    {
        "country_of_dispatch": ("DispatchCountryCode",),
        "country_of_destination": ("DestinationCountryCode",),
        "border_office": ("BorderCustomsOffice/Code", "PPBorderCustoms/Code"),
        "extra.container_indicator": ("ContainerIndicator",),
        "extra.expected_arrival": ("DateExpectedArrival",),
        "extra.transit_office": ("TDDeliveryPlace/DeliveryCustomsOffice/Code",),
    }
)
# Counts and names that other elements of the message already say, and the papers of who
# signed it: they stay in the stored message.
_KNOWN = known_paths(
    "ElectronicDocumentSign",
    "EECEDocHeaderAddInfo",
    "ExecutionPlace",
    "FilledPerson",
    "SignCertifPerson",
    f"{_SHIPMENT}/OriginCountryName",
    f"{_SHIPMENT}/OriginCountryCode",
    f"{_SHIPMENT}/TotalGoodsNumber",
    f"{_SHIPMENT}/TotalPackageNumber",
    f"{_SHIPMENT}/TotalSheetNumber",
    f"{_SHIPMENT}/ESADout_CUPayments",
    f"{_SHIPMENT}/ESADout_CUGoodsLocation/InformationTypeCode",
    f"{_SHIPMENT}/ESADout_CUGoodsLocation/CustomsCountryCode",
    f"{_SHIPMENT}/ESADout_CUGoodsLocation/GoodsLocationWarehouse",
    f"{_CONSIGNMENT}/DispatchCountryName",
    f"{_CONSIGNMENT}/DestinationCountryName",
    f"{_CONSIGNMENT}/BorderCustomsOffice/OfficeName",
    f"{_CONSIGNMENT}/BorderCustomsOffice/CustomsCountryCode",
)


class EaeuFormat(XmlFormat):
    """Reads bare declarations and corrections, and containers of any number of documents."""

    key = "eaeu"
    known = _KNOWN
    known_of_item = KNOWN_OF_ITEM
    record_names = (_DECLARATION, CORRECTION)

    def records(self, stream: BinaryIO) -> Iterator[XmlRecord]:
        """Declarations, each with the registration number of the mark that follows it."""
        held: XmlRecord | None = None
        fault: UnreadableFile | None = None
        try:
            for record in read_records(stream, (_DECLARATION, CORRECTION, _MARK)):
                if record.element.name == CORRECTION:
                    as_declaration(record.element)
                if record.element.name == _DECLARATION:
                    if held is not None:
                        yield held
                    held = record
                elif held is not None and _is_mark_of(record.element, held.element):
                    for number in record.element.all("GTDID"):
                        held.element.append(number)
                    held.lenders.append(record)
        except UnreadableFile as error:
            fault = error
        if held is not None:
            yield held
        if fault is not None:
            raise fault

    def draft(self, element: Element, context: ReadingContext) -> Draft:
        fields = Fields(element)
        draft = Draft(fields)
        _read_kind(fields, element)
        fields.read(element, _HEAD)
        _read_registration(draft, element, context)
        for path in _CONSIGNMENTS:
            if consignment := element.one(path):
                fields.read(consignment, _CARRIED)
                _read_transport(fields, consignment)
        _read_delivery_terms(fields, element.one(f"{_TERMS}/CUESADDeliveryTerms"))
        location = element.one(f"{_SHIPMENT}/ESADout_CUGoodsLocation/Address")
        fields.put_extra("goods_location_address", None, address_text(location))
        fields["parties"] = _parties(element, str(fields.get("direction", "import")))
        draft.items = element.all(f"{_SHIPMENT}/ESADout_CUGoods")
        items = [read_item(item) for item in draft.items]
        fields["items"] = [item for item, _ in items]
        fields["containers"] = list(dict.fromkeys(n for _, numbers in items for n in numbers))
        if is_correction(element):
            read_correction(draft, element)
        return draft


def _is_mark_of(mark: Element, declaration: Element) -> bool:
    return text_at(mark, "GTDDocumentID") in ("", text_at(declaration, "DocumentID"))


def _read_kind(fields: Fields, element: Element) -> None:
    procedure = element.one("CustomsProcedure")
    kind = _PROCEDURES.get(procedure.read().upper()) if procedure is not None else None
    if procedure is not None and kind is not None:
        fields.put("document_kind", procedure, kind[0])
        fields.put("direction", procedure, kind[1])
    elif procedure is not None:
        fields.put_extra("procedure", procedure)


def _read_registration(draft: Draft, element: Element, context: ReadingContext) -> None:
    """Graph A: office, day and serial number; else what the sender calls the document."""
    fields = draft.fields
    block = next(
        (found for name in _NUMBER_BLOCKS if (found := _number_block(element, name))), None
    )
    if block is not None:
        office, day, serial = (text_at(block, name) for name in _NUMBER_PARTS)
        fields.put("customs_office", block, office)
        fields.put("registration_number", block, "/".join((office, _short_day(day), serial)))
        fields.put("accepted_at", block.one("RegistrationDate"), moment_of(day, context))
    fields.put("customs_office", element.one(f"{_SHIPMENT}/ESADout_CUGoodsLocation/CustomsOffice"))
    fields.put("customs_office", element.one(f"{_CONSIGNMENT}/BorderCustomsOffice/Code"))
    assume_number(draft, element, (("document_id", element.one("DocumentID")),))
    if not fields.get("accepted_at"):
        written = element.one("EECEDocHeaderAddInfo/EDocDateTime")
        signed = next(iter(element.named("SigningDate")), None)
        assume_moment(draft, (("document", written), ("signature", signed)), context)


_NUMBER_PARTS = ("CustomsCode", "RegistrationDate", "GTDNumber")


def _number_block(element: Element, name: str) -> Element | None:
    """A registration number: complete, and of this declaration, not of an earlier one."""
    for path in (name, f"{_SHIPMENT}/{name}", f"{name}/GTDNumber"):
        block = element.one(path)
        if block is not None and all(block.one(part) for part in _NUMBER_PARTS):
            return block
    return None


def _short_day(day: str) -> str:
    return day[8:10] + day[5:7] + day[2:4] if len(day) >= 10 else day


def _read_transport(fields: Fields, consignment: Element) -> None:
    """Graphs 21 and 25, or 18 and 26 where the border is not stated."""
    for name in ("ESADout_CUBorderTransport", "ESADout_CUDepartureArrivalTransport"):
        block = consignment.one(name)
        if block is None:
            continue
        fields.put("transport_mode", block.one("TransportModeCode"))
        paths = [f"{means}/TransportIdentifier" for means in _MEANS]
        means = [found for path in paths for found in block.all(path) if found.text]
        named = [found.read() for found in means]
        if means:
            fields.put("transport_id", means[0], ", ".join(dict.fromkeys(named)))
        for found in block.named("TransportNationalityCode", "TransportMeansNationalityCode"):
            fields.put_extra("transport_nationality", found)
            found.is_read = True
        for found in block.named("TransportMeansQuantity", "TransportKindCode"):
            found.is_read = True


def _read_delivery_terms(fields: Fields, terms: Element | None) -> None:
    if terms is not None:
        names = ("DeliveryTermsStringCode", "DeliveryPlace", "TransferPlace")
        parts = [text_at(terms, name) for name in names]
        fields.put("delivery_terms", terms, " ".join(filter(None, parts)))


def _parties(element: Element, direction: str) -> list[Fields]:
    shipment = element.one(_SHIPMENT)
    if shipment is None:
        return []
    parties: list[Fields] = []
    found = shipment.one("ESADout_CUDeclarant")
    declarant = read_party(found, "declarant") if found is not None else None
    # Who settles the money of an export sells; he is no importer.
    payer = "importer" if direction == "import" else "consignor"
    roles = (
        ("ESADout_CUConsignor", "consignor"),
        ("ESADout_CUConsignee", "consignee"),
        ("ESADout_CUFinancialAdjustingResponsiblePerson", payer),
        ("ESADout_CUCarrier", "carrier"),
    )
    for name, role in roles:
        block = shipment.one(name)
        if block is None:
            continue
        if is_declarant(block):
            party = as_role(declarant, role, block) if declarant is not None else None
        else:
            party = read_party(block, role)
        if party is not None and (role != "consignor" or role not in _roles(parties)):
            parties.append(party)
    if declarant is not None:
        parties.append(declarant)
    return parties + _representatives(element)


def _roles(parties: list[Fields]) -> set[object]:
    return {party["role"] for party in parties}


def _representatives(element: Element) -> list[Fields]:
    """Graph 54: the broker, and the contacts of who signed."""
    blocks = (
        element.one("CUESADCustomsRepresentative"),
        element.one("FilledPerson/SigningDetails"),
    )
    broker, signer = blocks
    party = read_party(broker, "representative") if broker is not None else None
    if party is None and signer is not None:
        party = read_party(signer, "representative")
    elif party is not None and signer is not None:
        contact = read_party(signer, "representative")
        if contact is not None and "identifiers" in contact:
            party.setdefault("identifiers", contact["identifiers"])
    return [party] if party is not None else []
