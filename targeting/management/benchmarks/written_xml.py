"""The same declarations as XML of each kind that is read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

Declaration = Mapping[str, Any]
Pieces = Iterator[bytes]


def party_of(declaration: Declaration, role: str) -> Declaration:
    """The first party in this role; empty when there is none."""
    return next((one for one in declaration.get("parties", ()) if one["role"] == role), {})


def identifier_of(party: Declaration, *kinds: str) -> str:
    """The first identifier of these kinds; empty when there is none."""
    listed = party.get("identifiers", ())
    return next((str(one["value"]) for one in listed if one["kind"] in kinds), "")


class _Xml:
    """Elements by name: ``xml.Goods(xml.Code("1"))``; an empty one is left out."""

    def __getattr__(self, name: str) -> Callable[..., str]:
        def element(*inner: object) -> str:
            text = "".join(str(part) for part in inner if part not in (None, ""))
            return f"<{name}>{text}</{name}>\n" if text else ""

        return element


_xml = _Xml()


def _all(element: Callable[..., str], blocks: Iterable[str]) -> str:
    return "".join(element(block) for block in blocks)


def _document(declarations: Iterable[Declaration], root: str, write: Callable[..., str]) -> Pieces:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>\n'.encode()
    for declaration in declarations:
        yield write(_escaped(declaration)).encode()
    yield f"</{root}>\n".encode()


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return {key: _escaped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_escaped(inner) for inner in value]
    return value


def eaeu(declarations: Iterable[Declaration]) -> Pieces:
    return _document(declarations, "ED_Container", _eaeu_declaration)


def _eaeu_declaration(d: Declaration) -> str:
    x = _xml
    office, _, rest = str(d["registration_number"]).partition("/")
    party = _eaeu_party
    shipment = (
        x.ESADout_CUConsignor(party(party_of(d, "consignor"))),
        x.ESADout_CUConsignee(party(party_of(d, "consignee"))),
        x.ESADout_CUDeclarant(party(party_of(d, "declarant"))),
        x.ESADout_CUConsigment(
            x.DispatchCountryCode(d.get("country_of_dispatch")),
            x.DestinationCountryCode(d.get("country_of_destination")),
            x.BorderCustomsOffice(x.Code(d.get("border_office"))),
            x.ESADout_CUBorderTransport(
                x.TransportModeCode(d.get("transport_mode")),
                x.RUTransportMeans(x.TransportIdentifier(d.get("transport_id"))),
            ),
        ),
        x.ESADout_CUMainContractTerms(
            x.ContractCurrencyCode(d.get("currency")),
            x.TotalInvoiceAmount(d.get("invoice_amount")),
            x.TradeCountryCode(d.get("country_of_trading")),
        ),
        _all(x.ESADout_CUGoods, map(_eaeu_item, d["items"])),
    )
    return x.ContainerDoc(
        x.DocBody(
            x.ESADout_CU(
                x.CustomsProcedure("ИМ" if d.get("direction") == "import" else "ТТ"),
                x.CustomsModeCode(str(d.get("procedure_code", "40"))[:2]),
                x.ESADout_CUGoodsShipment(*shipment),
                x.GTDID(
                    x.CustomsCode(office),
                    x.RegistrationDate(d["accepted_at"]),
                    x.GTDNumber(rest.rpartition("/")[2]),
                ),
            )
        )
    )


def _eaeu_party(party: Declaration) -> str:
    x = _xml
    return "".join(
        (
            x.OrganizationName(party.get("name")),
            x.RKOrganizationFeatures(x.BIN(identifier_of(party, "bin"))),
            x.SubjectAddressDetails(
                x.CountryCode(party.get("country")), x.StreetHouse(party.get("address"))
            ),
            x.CommunicationDetails(x.Phone(identifier_of(party, "phone"))),
        )
    )


def _eaeu_item(item: Declaration) -> str:
    x = _xml
    documents = (
        x.PrDocumentNumber(one.get("number"))
        + x.PrDocumentDate(one.get("issued_on"))
        + x.PresentedDocumentModeCode(one["code"])
        for one in item.get("documents", ())
    )
    return "".join(
        (
            x.GoodsNumeric(item["item_number"]),
            x.GoodsDescription(item["description"]),
            x.GrossWeightQuantity(item.get("gross_mass_kg")),
            x.NetWeightQuantity(item.get("net_mass_kg")),
            x.InvoicedCost(item.get("invoice_value")),
            x.CustomsCost(item.get("customs_value")),
            x.StatisticalCost(item.get("statistical_value")),
            x.GoodsTNVEDCode(item.get("commodity_code")),
            x.OriginCountryCode(item.get("country_of_origin")),
            _all(x.ESADout_CUPresentedDocument, documents),
            x.ESADGoodsPackaging(x.PakageQuantity(item.get("package_count"))),
            x.ESADCustomsProcedure(x.MainCustomsModeCode("40"), x.PrecedingCustomsModeCode("00")),
        )
    )


def asycuda(declarations: Iterable[Declaration]) -> Pieces:
    return _document(declarations, "Documents", _asycuda_declaration)


def _asycuda_declaration(d: Declaration) -> str:
    x = _xml
    office, _, rest = str(d["registration_number"]).partition("/")
    consignor, consignee = party_of(d, "consignor"), party_of(d, "consignee")
    return x.ASYCUDA(
        x.Property(x.Sad_flow("I")),
        x.Identification(
            x.Office_segment(x.Customs_clearance_office_code(office)),
            x.Registration(x.Number(rest.replace("/", "-")), x.Date(str(d["accepted_at"])[:10])),
        ),
        x.Traders(
            x.Exporter(x.Exporter_name(consignor.get("name"))),
            x.Consignee(
                x.Consignee_code(identifier_of(consignee, "bin", "tax_id")),
                x.Consignee_name(consignee.get("name")),
            ),
        ),
        x.General_information(
            x.Country(x.Export(x.Export_country_code(d.get("country_of_dispatch"))))
        ),
        x.Valuation(x.Gs_Invoice(x.Currency_code(d.get("currency")))),
        _all(x.Item, map(_asycuda_item, d["items"])),
    )


def _asycuda_item(item: Declaration) -> str:
    x = _xml
    code = str(item.get("commodity_code", ""))
    documents = (
        x.Attached_document_code(one["code"])
        + x.Attached_document_reference(one.get("number"))
        + x.Attached_document_date(one.get("issued_on"))
        for one in item.get("documents", ())
    )
    return "".join(
        (
            x.Itemidentifier_of(item["item_number"]),
            _all(x.Attached_documents, documents),
            x.Packages(x.Number_of_packages(item.get("package_count"))),
            x.Tarification(
                x.HScode(x.Commodity_code(code[:8]), x.Precision_1(code[8:])),
                x.Extended_customs_procedure("4000"),
                x.Item_price(item.get("invoice_value")),
            ),
            x.Goods_description(
                x.Country_of_origin_code(item.get("country_of_origin")),
                x.Description_of_goods(item["description"]),
            ),
            x.Valuation_item(
                x.Weight_itm(
                    x.Gross_weight_itm(item.get("gross_mass_kg")),
                    x.Net_weight_itm(item.get("net_mass_kg")),
                ),
                x.Total_CIF_itm(item.get("customs_value")),
            ),
        )
    )


def wco(declarations: Iterable[Declaration]) -> Pieces:
    """Declarations of the WCO Data Model, one after the other in an envelope."""
    return _document(declarations, "Envelope", _wco_declaration)


def _wco_declaration(d: Declaration) -> str:
    x = _xml
    day = "".join(char for char in str(d["accepted_at"])[:10] if char.isdigit())
    return x.Declaration(
        x.AcceptanceDateTime(x.DateTimeString(day)),
        x.ID(d["registration_number"]),
        x.TypeCode("IMA"),
        x.Declarant(_wco_party(party_of(d, "declarant"))),
        x.Exporter(_wco_party(party_of(d, "consignor"))),
        x.GoodsShipment(
            x.Consignee(_wco_party(party_of(d, "consignee"))),
            x.ExportCountry(x.ID(d.get("country_of_dispatch"))),
            _all(x.GovernmentAgencyGoodsItem, map(_wco_item, d["items"])),
        ),
    )


def _wco_party(party: Declaration) -> str:
    x = _xml
    return "".join(
        (
            x.Name(party.get("name")),
            x.ID(identifier_of(party, "bin", "tax_id")),
            x.Address(x.CountryCode(party.get("country")), x.Line(party.get("address"))),
        )
    )


def _wco_item(item: Declaration) -> str:
    x = _xml
    documents = (x.TypeCode(one["code"]) + x.ID(one.get("number")) for one in item["documents"])
    return "".join(
        (
            x.SequenceNumeric(item["item_number"]),
            _all(x.AdditionalDocument, documents),
            x.Commodity(
                x.Description(item["description"]),
                x.Classification(x.ID(item.get("commodity_code")), x.IdentificationTypeCode("HS")),
                x.GoodsMeasure(
                    x.GrossMassMeasure(item.get("gross_mass_kg")),
                    x.NetNetWeightMeasure(item.get("net_mass_kg")),
                ),
                x.InvoiceLine(x.ItemChargeAmount(item.get("invoice_value"))),
            ),
            x.CustomsValueAmount(item.get("customs_value")),
            x.Origin(x.CountryCode(item.get("country_of_origin"))),
            x.Packaging(x.QuantityQuantity(item.get("package_count"))),
            x.GovernmentProcedure(x.CurrentCode("40"), x.PreviousCode("00")),
        )
    )
