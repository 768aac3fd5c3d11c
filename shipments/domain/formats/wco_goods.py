"""Goods items of a WCO Data Model declaration."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.base import ReadingContext
from shipments.domain.formats.wco_moments import coded_moment
from shipments.domain.formats.xml_fields import Fields, FieldTable
from shipments.domain.formats.xml_tree import Element, known_paths, text_at
from shipments.domain.units import mass_in_kg
from shipments.domain.values import parse_decimal

_TABLE = FieldTable(
    {
        "item_number": ("SequenceNumeric",),
        "manufacturer": ("Manufacturer/Name", "Manufacturer/ID"),
        "preference_code": ("Commodity/DutyTaxFee/DutyRegimeCode",),
        "extra.valuation_method": ("CustomsValuation/MethodCode",),
        "extra.transaction_nature": ("TransactionNatureCode",),
        "extra.quota": ("Commodity/DutyTaxFee/QuotaOrderID",),
        "extra.dangerous_goods_un_number": ("Commodity/DangerousGoods/UNDGID",),
        "extra.country_of_export": ("ExportCountry/ID",),
        "extra.country_of_destination": ("Destination/CountryCode",),
        "extra.consignment_reference": ("UCR/TraderAssignedReferenceID", "UCR/ID"),
    }
)
KNOWN_OF_ITEM = known_paths(
    "Commodity/DutyTaxFee",
    "Commodity/TransportEquipment",
    "CustomsValuation",
    "ValuationAdjustment",
    "Packaging/SequenceNumeric",
    "Origin",
    "Commodity/SequenceNumeric",
    # Read whole as documents of the item.
    "AdditionalDocument",
    "PreviousDocument",
)
# Classifications: the tariff in parts, and what else is said of the goods (6/13 to 6/17).
_TARIFF = ("TSP", "HS", "SRZ", "TSR", "")
_TARIFF_ADDITION = "TRC"
_CUS_NUMBER = "CV"


def read_item(element: Element, context: ReadingContext) -> Fields:
    item = Fields(element)
    item.read(element, _TABLE)
    _read_commodity(item, element)
    _read_measures(item, element.one("Commodity/GoodsMeasure", "GoodsMeasure"))
    _read_values(item, element)
    _read_packages(item, element)
    _read_procedures(item, element)
    _read_origin(item, element)
    documents = [*_documents(element, context)]
    if documents:
        item["documents"] = documents
    statements = [
        " ".join(filter(None, (text_at(s, n) for n in ("StatementCode", "StatementDescription"))))
        for s in element.all("AdditionalInformation")
    ]
    item.put_extra("statements", None, "; ".join(filter(None, statements)))
    return item


def amount_and_currency(element: Element | None) -> tuple[str, str]:
    """An amount and the currency in its attribute; empty texts when there is none."""
    if element is None:
        return "", ""
    attributes = element.attributes or {}
    return element.read(), attributes.get("currencyID", "")


def _read_commodity(item: Fields, element: Element) -> None:
    commodity = element.one("Commodity")
    if commodity is None:
        return
    paths = ("Description", "CommercialName", "ScientificName", "CargoDescription")
    found = [text for path in paths for text in commodity.all(path) if text.text]
    if found:
        texts = dict.fromkeys(text.read() for text in found)
        item.put("description", found[0], "\n".join(texts))
    code, addition, place = "", "", None
    others = []
    for block in commodity.all("Classification"):
        number, kind = block.one("ID"), text_at(block, "IdentificationTypeCode").upper()
        if number is None or not number.text:
            continue
        if kind in _TARIFF and not code:
            code, place = number.read(), number
        elif kind == _TARIFF_ADDITION:
            addition = number.read()
        elif kind == _CUS_NUMBER:
            item.put_extra("cus_number", number)
        else:
            others.append(f"{kind} {number.read()}")
    item.put("commodity_code", place, code + addition)
    item.put("nomenclature", element, "cn" if addition or len(code) == 8 else "hs")
    item.put_extra("additional_codes", None, "; ".join(others))


def _read_measures(item: Fields, measures: Element | None) -> None:
    """6/5, 6/1 and 6/2. Masses in another unit than kg are converted."""
    if measures is None:
        return
    for key, names in (
        ("gross_mass_kg", ("GrossMassMeasure",)),
        ("net_mass_kg", ("NetNetWeightMeasure", "NetWeightMeasure")),
    ):
        found = measures.one(*names)
        if found is not None:
            item.put(key, found, _in_kg(found.read(), (found.attributes or {}).get("unitCode", "")))
    quantity = measures.one("TariffQuantity")
    if quantity is not None:
        item.put("supplementary_quantity", quantity)
        unit = (quantity.attributes or {}).get("unitCode", "").partition("#")[0]
        item.put("supplementary_unit", quantity, unit)


def _in_kg(text: str, unit: str) -> str | Decimal | InvalidValue:
    if unit in ("", "KGM"):
        return text
    try:
        return mass_in_kg(parse_decimal(text), unit)
    except InvalidValue as reason:
        return reason


def _read_values(item: Fields, element: Element) -> None:
    """4/14 and the customs value; the statistical value is not in dollars here."""
    charge = element.one("Commodity/InvoiceLine/ItemChargeAmount")
    amount, currency = amount_and_currency(charge)
    item.put("invoice_value", charge, amount)
    item.put_extra("item_currency", None, currency)
    value = element.one("CustomsValueAmount")
    item.put("customs_value", value, amount_and_currency(value)[0])
    statistical = amount_and_currency(element.one("StatisticalValueAmount"))
    item.put_extra("statistical_value", None, " ".join(statistical).strip())


def _read_packages(item: Fields, element: Element) -> None:
    """6/9 to 6/11: the packages of all kinds, and the kind of the first."""
    total = 0
    blocks = element.all("Packaging")
    marks = []
    for block in blocks:
        quantity = block.one("QuantityQuantity")
        if quantity is not None and quantity.text:
            item.put("package_count", quantity)
            total += (
                int(quantity.text) if quantity.text.isascii() and quantity.text.isdigit() else 0
            )
        kind = block.one("TypeCode")
        item.put("package_kind", kind)
        marks.append(text_at(block, "MarksNumbersID"))
        for known in block.children:
            known.is_read = True
    if len(blocks) > 1 and "package_count" in item and total:
        item["package_count"] = total
    item.put_extra("marks", None, "; ".join(filter(None, marks)))


def _read_procedures(item: Fields, element: Element) -> None:
    """1/10 (requested and previous) and 1/11, additional ones that name no previous."""
    additional = []
    for block in element.all("GovernmentProcedure"):
        current, previous = text_at(block, "CurrentCode"), text_at(block, "PreviousCode")
        if previous or "procedure_code" not in item:
            item.put("procedure_code", block, current + previous)
        else:
            additional.append(current)
    item.put_extra("additional_procedures", None, " ".join(filter(None, additional)))


def _read_origin(item: Fields, element: Element) -> None:
    """5/15 before 5/16: where it is from before where it is preferred as from."""
    origins = sorted(element.all("Origin"), key=lambda origin: text_at(origin, "TypeCode") != "1")
    for origin in origins:
        item.put("country_of_origin", origin.one("CountryCode"))
        region = origin.one("RegionID")
        item.put_extra("region_of_origin", region)


def _documents(element: Element, context: ReadingContext) -> Iterator[Fields]:
    """2/3 and 2/1: a code is a category and a type, as ``C506``."""
    for name in ("AdditionalDocument", "PreviousDocument"):
        for block in element.all(name):
            document = Fields(block)
            code = text_at(block, "CategoryCode") + text_at(block, "TypeCode")
            document.put("code", block, code)
            document.put("number", block.one("ID"))
            issued = block.one("IssueDateTime/DateTimeString", "IssueDateTime/DateTime")
            if issued is not None and issued.text:
                moment = coded_moment(issued.read(), context)
                day = moment.date().isoformat() if isinstance(moment, datetime) else moment
                document.put("issued_on", issued, day)
            if name == "AdditionalDocument":
                document.put("licence_line", block.one("WriteOff/SequenceNumeric"))
            if document:
                yield document
