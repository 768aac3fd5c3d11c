"""Goods items of an ASYCUDA World document (boxes 31 to 46)."""

from collections.abc import Iterator
from datetime import date

from shipments.domain.formats.written_dates import DateHabit
from shipments.domain.formats.xml_fields import Fields, FieldTable
from shipments.domain.formats.xml_tree import Element, known_paths, text_at
from shipments.domain.values import COMMODITY_CODE_MAX_DIGITS

_TABLE = FieldTable(
    {
        "country_of_origin": ("Goods_description/Country_of_origin_code",),
        "gross_mass_kg": ("Valuation_item/Weight_itm/Gross_weight_itm",),
        "net_mass_kg": ("Valuation_item/Weight_itm/Net_weight_itm",),
        "package_kind": ("Packages/Kind_of_packages_code",),
        "customs_value": ("Valuation_item/Total_CIF_itm", "Valuation_item/Statistical_value"),
        "preference_code": ("Tarification/Preference_code",),
        "extra.statistical_value": ("Valuation_item/Statistical_value",),
        "extra.marks": ("Packages/Marks1_of_packages",),
        "extra.marks_2": ("Packages/Marks2_of_packages",),
        "extra.region_of_origin": ("Goods_description/Country_of_origin_region",),
        "extra.valuation_method": ("Tarification/Valuation_method_code",),
        "extra.national_procedure": ("Tarification/National_customs_procedure",),
        "extra.quota": ("Tarification/Quota_code", "Tarification/Quota/QuotaCode"),
        "extra.transport_document": ("Previous_doc/Summary_declaration",),
        "extra.transport_document_line": ("Previous_doc/Summary_declaration_sl",),
        "extra.previous_document": ("Previous_doc/Previous_document_reference",),
        "extra.previous_warehouse": ("Previous_doc/Previous_warehouse_code",),
        "extra.free_text_1": ("Free_text_1",),
        "extra.free_text_2": ("Free_text_2",),
        "extra.item_currency": ("Valuation_item/Item_Invoice/Currency_code",),
    }
)
KNOWN_OF_ITEM = known_paths(
    "Taxation",
    "IncoTerms",
    "Valuation_item",
    "Packages/Kind_of_packages_name",
    "Tarification/Value_item",
    "Tarification/Attached_doc_item",
    "Tarification/Tarification_data",
    "Tarification/Item_price",
    "Tarification/Quota",
    "Container",
    # Read whole as documents of the item.
    "Attached_documents",
)
_PRECISIONS = ("Precision_1", "Precision_2", "Precision_3", "Precision_4")
# Box 44: the number of the licence has a field of its own, and no code.
_LICENCE_CODE = "licence"
_MIN_WIDTH = 30


def read_item(element: Element, position: int, dates: DateHabit, width: int) -> Fields:
    item = Fields(element)
    number = element.one("Item_number", "Item_Number")
    item.put("item_number", number)
    if "item_number" not in item:
        item.put("item_number", element, position)
    item.put("nomenclature", element, "hs")
    item.read(element, _TABLE)
    _read_description(item, element, width)
    _read_code(item, element)
    _read_packages(item, element)
    _read_units(item, element)
    item.put("invoice_value", element.one("Valuation_item/Item_Invoice/Amount_foreign_currency"))
    item.put("invoice_value", element.one("Tarification/Item_price"))
    procedure = element.one("Tarification/Extended_customs_procedure")
    item.put("procedure_code", procedure)
    documents = [*_attached(element, dates), *_licence(element)]
    if documents:
        item["documents"] = documents
    return item


def width_of_descriptions(items: list[Element]) -> int:
    """The width at which the first description of items is cut off; 0 when none is seen.

    Only two different texts that both end at the longest length found say so.
    """
    path = "Goods_description/Description_of_goods"
    texts = {found.text for item in items for found in item.all(path)}
    longest = max((len(text) for text in texts), default=0)
    is_cut = longest >= _MIN_WIDTH and sum(len(text) == longest for text in texts) > 1
    return longest if is_cut else 0


def _goes_on(head: str, tail: str, width: int) -> bool:
    """Whether a text that fills its field goes on in the next, in the middle of a word."""
    if not width or len(head) != width or not (head[-1:].isalpha() and tail[:1].isalpha()):
        return False
    return tail[:1].islower() or (head[-2:].isupper() and tail[:2].isupper())


def _read_description(item: Fields, element: Element, width: int) -> None:
    """Box 31: the trader's words come first, those of the tariff after them; a text that
    was cut at the width of its field is put together again.
    """
    block = element.one("Goods_description")
    if block is None:
        return
    commercial, tariff = [], []
    for found in block.children:
        if found.name.lower().startswith("commercial_description"):
            commercial.append(" ".join(found.read().split()))
        elif found.name.startswith("Description_of_goods"):
            tariff.append(" ".join(found.read().split()))
    texts = [" ".join(filter(None, commercial)), " ".join(filter(None, tariff))]
    if _goes_on(texts[1], texts[0], width):
        texts = [texts[1] + texts[0]]
    item.put("description", block, "\n".join(dict.fromkeys(filter(None, texts))))


def _read_code(item: Fields, element: Element) -> None:
    """Box 33: eight digits and what the administration adds to them, up to our twelve."""
    block = element.one("Tarification/HScode")
    code = text_at(block, "Commodity_code")
    if block is None:
        return
    beyond: list[str] = []
    for name in _PRECISIONS:
        part = text_at(block, name)
        is_next = part.isascii() and part.isdigit() and not beyond and code.isdigit()
        if is_next and len(code) + len(part) <= COMMODITY_CODE_MAX_DIGITS:
            code += part
        elif part:
            beyond.append(part)
    item.put("commodity_code", block.one("Commodity_code"), code)
    item.put_extra("commodity_code_addition", None, " ".join(beyond))


def _read_packages(item: Fields, element: Element) -> None:
    """Box 31. Some administrations share one package out over items: 0.06 is no count."""
    number = element.one("Packages/Number_of_packages")
    if number is None:
        return
    whole, _, fraction = number.text.partition(".")
    if fraction.strip("0"):
        item.put_extra("package_share", number)
    else:
        item.put("package_count", number, whole)
        number.is_read = True


def _read_units(item: Fields, element: Element) -> None:
    """Box 41; the tag has three letters p."""
    beyond = []
    for block in element.all("Tarification/Supplementary_unit"):
        parts = {}
        for found in block.children:
            parts[found.name.rpartition("_")[2].lower()] = found
        quantity = parts.get("quantity")
        if quantity is None or not quantity.text:
            for found in block.children:
                found.is_read = True
            continue
        unit = next((parts[n] for n in ("code", "name") if n in parts and parts[n].text), None)
        if "supplementary_quantity" in item:
            beyond.append(f"{quantity.text} {unit.text if unit is not None else ''}".strip())
        item.put("supplementary_quantity", quantity)
        item.put("supplementary_unit", unit)
        for found in block.children:
            found.is_read = True
    item.put_extra("further_quantities", None, "; ".join(beyond))


def _attached(element: Element, dates: DateHabit) -> Iterator[Fields]:
    """Box 44."""
    for block in element.all("Attached_documents"):
        document = Fields(block)
        document.put("code", block.one("Attached_document_code"))
        document.put("number", block.one("Attached_document_reference"))
        day = block.one("Attached_document_date")
        if day is not None and day.text:
            read = dates.read(day.read())
            document.put("issued_on", day, read.isoformat() if isinstance(read, date) else read)
        if document and "code" not in document:
            document.put("code", block, text_at(block, "Attached_document_name")[:64])
        if document:
            yield document


def _licence(element: Element) -> Iterator[Fields]:
    number = element.one("Licence_number")
    if number is not None and number.text:
        document = Fields(number)
        document.put("code", number, _LICENCE_CODE)
        document.put("number", number)
        yield document
