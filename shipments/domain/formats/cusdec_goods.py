"""Parties and goods items of a CUSDEC message."""

from decimal import Decimal

from shipments.domain.errors import InvalidValue
from shipments.domain.formats.edifact import EdifactSegment, component
from shipments.domain.formats.xml_fields import Fields
from shipments.domain.formats.xml_tree import Element
from shipments.domain.units import mass_in_kg
from shipments.domain.values import is_bin_valid, parse_decimal

# 6313 (what is measured) and 6311 (for what): the masses of an item.
_GROSS = frozenset({"G", "AAB", "AAD"})
_NET = frozenset({"N", "AAA", "AAC", "AAF", "AAL"})
_TARIFF_QUANTITY = "AAR"
# 5025.
_INVOICE, _CUSTOMS, _STATISTICAL = ("38", "66", "39"), ("40", "43"), "123"
_DESCRIPTIONS = frozenset({"AAA", "ACB", "GEN"})


class Segment(Element, eq=False, gc=False):
    """A segment as an element: its text is what stands in the message."""

    segment: EdifactSegment | None = None

    def part(self, element: int, number: int = 0) -> str:
        return component(self.segment, element, number) if self.segment else ""

    def texts(self, element: int, first: int = 0) -> list[str]:
        """The components of an element from one on that say something."""
        data = self.segment.data if self.segment else []
        parts = data[element] if element < len(data) else []
        return [part.strip() for part in parts[first:] if part.strip()]


def read_party(segment: Segment, followers: list[Segment]) -> Fields:
    """NAD: number, name (structured or in lines), street, city, postal code, country."""
    party = Fields(segment)
    segment.is_read = True
    lines = segment.texts(2)
    name = " ".join(segment.texts(3)) or (lines.pop(0) if lines else "")
    party.put("name", segment, name)
    street = ", ".join([*lines, *segment.texts(4)])
    parts = (street, segment.part(5), segment.part(6), segment.part(7))
    party.put("address", segment, ", ".join(filter(None, parts)))
    party.put("country", segment, segment.part(8))
    number = segment.part(1)
    is_bin = segment.part(8) == "KZ" and is_bin_valid(number)
    identifiers = [("bin" if is_bin else "tax_id", number, segment)]
    if street:
        identifiers.append(("address", str(party["address"]), segment))
    for follower in followers:
        kind = {"TE": "phone", "EM": "email"}.get(follower.part(0, 1))
        if follower.name == "COM" and kind:
            identifiers.append((kind, follower.part(0), follower))
            follower.is_read = True
        elif follower.name == "RFF" and follower.part(0) in ("VA", "AHP"):
            identifiers.append(("tax_id", follower.part(0, 1), follower))
            follower.is_read = True
    found = [_identifier(*identifier) for identifier in identifiers if identifier[1]]
    if found:
        party["identifiers"] = found
    return party


def _identifier(kind: str, value: str, element: Element) -> Fields:
    identifier = Fields(element)
    identifier["kind"] = kind
    identifier.put("value", element, value)
    return identifier


def read_detail(element: Element, position: int) -> Fields:
    """One customs item: CST and what follows it up to the next."""
    item = Fields(element)
    segments = [child for child in element.children if isinstance(child, Segment)]
    documents: list[Fields] = []
    for segment in segments:
        match segment.name:
            case "CST":
                _read_status(item, segment, position)
            case "FTX" | "IMD":
                _read_description(item, segment)
            case "LOC" if segment.part(0) == "27":
                item.put("country_of_origin", segment, segment.part(1))
                segment.is_read = True
            case "MEA":
                _read_measure(item, segment)
            case "MOA":
                _read_value(item, segment)
            case "PAC":
                item.put("package_count", segment, segment.part(0))
                item.put("package_kind", segment, segment.part(2))
                segment.is_read = True
            case "PCI":
                item.put_extra("marks", None, " ".join(segment.texts(1)))
                segment.is_read = True
            case "NAD" if segment.part(0) == "MF":
                item.put("manufacturer", segment, str(read_party(segment, []).get("name", "")))
            case "DOC":
                documents.append(_document(segment))
            case "DTM" if documents and segment.part(0) in ("137", "182"):
                _read_day(documents[-1], segment)
    if documents:
        item["documents"] = documents
    return item


def _read_status(item: Fields, status: Segment, position: int) -> None:
    """CST: item number, then customs identity codes: tariff, procedure, preference."""
    status.is_read = True
    item.put("item_number", status, status.part(0) or position)
    others = []
    for number in range(1, 6):
        code, meaning = status.part(number), status.part(number, 1)
        digits = code.replace(" ", "")
        if not code:
            continue
        if meaning == "122" or (not meaning and digits.isdigit() and 8 <= len(digits) <= 12):
            item.put("commodity_code", status, digits)
        elif meaning in ("117", "120") or (not meaning and number == 1):
            item.put("procedure_code", status, code)
        else:
            others.append(f"{code}:{meaning}".rstrip(":"))
    item.put("nomenclature", status, "hs")
    item.put_extra("customs_codes", None, " ".join(others))


def _read_description(item: Fields, segment: Segment) -> None:
    """FTX+AAA and IMD: lines of one description, in their order."""
    is_text = segment.name == "FTX"
    if is_text and segment.part(0) not in _DESCRIPTIONS:
        return
    lines = segment.texts(3) if is_text else segment.texts(2, 3)
    # The last component of IMD may be the code of a language.
    if not is_text and len(lines) > 1 and len(lines[-1]) == 2 and lines[-1].islower():
        lines.pop()
    text = " ".join(lines)
    segment.is_read = True
    if "description" in item and text:
        item["description"] = f"{item['description']}\n{text}"
    item.put("description", segment, text)


def _read_measure(item: Fields, segment: Segment) -> None:
    """MEA: unit and value; the first tariff quantity in a unit of mass is the net mass."""
    purpose, dimension = segment.part(0), segment.part(1)
    unit, value = segment.part(2), segment.part(2, 1)
    if purpose == _TARIFF_QUANTITY:
        item.put("supplementary_quantity", segment, value)
        item.put("supplementary_unit", segment, unit)
        if not isinstance(mass := _in_kg(value, unit), InvalidValue):
            item.put("net_mass_kg", segment, mass)
    elif dimension in _GROSS:
        item.put("gross_mass_kg", segment, _in_kg(value, unit or "KGM"))
    elif dimension in _NET:
        item.put("net_mass_kg", segment, _in_kg(value, unit or "KGM"))
    else:
        return
    segment.is_read = True


def _in_kg(value: str, unit: str) -> str | Decimal | InvalidValue:
    if unit == "KGM":
        return value
    try:
        return mass_in_kg(parse_decimal(value), unit)
    except InvalidValue as reason:
        return reason


def _read_value(item: Fields, money: Segment) -> None:
    kind, amount, currency = money.part(0), money.part(0, 1), money.part(0, 2)
    if kind in _INVOICE:
        item.put("invoice_value", money, amount)
        item.put_extra("item_currency", None, currency)
    elif kind in _CUSTOMS:
        item.put("customs_value", money, amount)
    elif kind == _STATISTICAL:
        item.put_extra("statistical_value", None, f"{amount} {currency}".strip())
    else:
        return
    money.is_read = True


def _document(segment: Segment) -> Fields:
    document = Fields(segment)
    document.put("code", segment, segment.part(0) or segment.part(0, 3))
    document.put("number", segment, segment.part(1))
    segment.is_read = True
    return document


def _read_day(document: Fields, segment: Segment) -> None:
    digits = segment.part(0, 1)
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}" if len(digits) >= 8 else digits
    document.put("issued_on", segment, day)
    segment.is_read = True
