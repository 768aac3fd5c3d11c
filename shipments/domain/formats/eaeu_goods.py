"""Goods items of the union's goods declaration (graphs 31 to 46)."""

from collections.abc import Iterator

from shipments.domain.formats.xml_fields import Fields, FieldTable
from shipments.domain.formats.xml_moments import day_of
from shipments.domain.formats.xml_tree import Element, known_paths, text_at

_TABLE = FieldTable(
    {
        "item_number": ("GoodsNumeric",),
        "commodity_code": ("GoodsTNVEDCode",),
        "country_of_origin": ("OriginCountryCode",),
        "gross_mass_kg": ("GrossWeightQuantity", "TotalGrossMassMeasure/GoodsQuantity"),
        "net_mass_kg": (
            "NetWeightQuantity",
            "NetWeightQuantity2",
            "TotalNetMassMeasure/GoodsQuantity",
        ),
        "invoice_value": ("InvoicedCost/Amount", "InvoicedCost"),
        "customs_value": ("CustomsCost/Amount", "CustomsCost"),
        "statistical_value": ("StatisticalCost/Amount", "StatisticalCost"),
        "extra.net_mass_without_packing_kg": ("NetWeightQuantity2",),
        "extra.additional_code": ("GoodsAddTNVEDCode",),
        "extra.classification_feature": ("GoodsClassificationCode",),
        "extra.restrictions_declared_not_to_apply": ("RestrictionSign", "GoodsProhibitionFreeCode"),
        "extra.intellectual_property_sign": ("IntellectPropertySign",),
        "extra.valuation_method": ("CustomsCostCorrectMethod",),
    }
)
_DOCUMENT = FieldTable(
    {
        "code": ("PresentedDocumentModeCode", "DocKindCode"),
        "number": ("PrDocumentNumber", "TIRHolderID"),
        "licence_line": ("LicenseGoods/GoodsNumericLic", "GoodsNumeric"),
        "issued_on": ("PrDocumentDate",),
    }
)
_QUANTITIES = ("SupplementaryGoodsQuantity", "SupplementaryGoodsQuantity1")
KNOWN_OF_ITEM = known_paths(
    "OriginCountryName",
    "AdditionalSheetCount",
    "LanguageGoods",
    "ESADout_CUCustomsPaymentCalculation",
    "ESADContainer/ContainerQuantity",
    "ESADContainer/ContainerKind",
    "ESADContainer/ContainerNumber/FullIndicator",
    "GoodsGroupDescription/GroupNum",
    # Read whole as documents of the item.
    "ESADout_CUPresentedDocument",
    "ESADout_CUPrecedingDocument",
)
_CONTAINER_NUMBERS = ("ContainerIdentificaror", "ContainerIdentificator", "ContainerNumber")
_PREFERENCE_PARTS = ("CustomsTax", "CustomsDuty", "Excise", "Rate")
_DESCRIPTIONS = ("GoodsDescription", "InfoDescription")
_LABELS = {
    "TradeMark": "trade_mark",
    "GoodsMark": "goods_mark",
    "GoodsModel": "goods_model",
    "GoodsMarking": "goods_marking",
}


def read_item(element: Element) -> tuple[Fields, list[str]]:
    """The item, and the numbers of the containers in which it travels."""
    item = Fields(element)
    item.read(element, _TABLE)
    _read_description(item, element)
    _read_quantity(item, element)
    _read_packages(item, element.one("ESADGoodsPackaging"))
    _read_codes(item, element)
    documents = [*_presented(element), *_preceding(element)]
    if documents:
        item["documents"] = documents
    containers = element.all("ESADContainer")
    numbers = [found for block in containers for found in block.named(*_CONTAINER_NUMBERS)]
    return item, [found.read() for found in numbers]


def _read_description(item: Fields, element: Element) -> None:
    """Graph 31: the name, and the descriptions of the groups of goods behind it.

    A product is often named only in its group, so both are one text.
    """
    found = element.all("GoodsDescription")
    groups = element.all("GoodsGroupDescription")
    found += [text for group in groups for text in group.named(*_DESCRIPTIONS)]
    texts = [text.read() for text in found]
    named = [text for text in texts if any(char.isalnum() for char in text)]
    if found:
        item.put("description", found[0], "\n".join(dict.fromkeys(named)))
    group = [below for block in groups for below in block.below()]
    makers = [below for below in group if below.name == "Manufacturer" and below.text]
    if makers:
        names = dict.fromkeys(maker.read() for maker in makers)
        item.put("manufacturer", makers[0], "; ".join(names)[:500])
    for name, key in _LABELS.items():
        labels = [below.read() for below in group if below.name == name and below.text]
        item.put_extra(key, None, "; ".join(dict.fromkeys(labels)))
    for below in group:
        if below.name in ("LineNum", "GroupNum", "LineId"):
            below.is_read = True


def _read_quantity(item: Fields, element: Element) -> None:
    """Graph 41; a second quantity is kept as extra."""
    for name in _QUANTITIES:
        for block in element.all(name):
            quantity = block.one("GoodsQuantity")
            code, sign = (
                block.one("MeasureUnitQualifierCode"),
                block.one("MeasureUnitQualifierName"),
            )
            if quantity is None:
                continue
            if "supplementary_quantity" in item:
                unit = text_at(block, "MeasureUnitQualifierCode", "MeasureUnitQualifierName")
                item.put_extra("second_quantity", None, f"{quantity.read()} {unit}".strip())
            item.put("supplementary_quantity", quantity)
            if "supplementary_unit" not in item:
                item.put("supplementary_unit", code)
                item.put("supplementary_unit", sign)
            for known in (code, sign):
                if known is not None:
                    known.is_read = True


def _read_packages(item: Fields, packing: Element | None) -> None:
    """Graph 31, second part; the album writes *Pakage*."""
    if packing is None:
        return
    item.put("package_count", packing.one("PakageQuantity", "PackageQuantity"))
    kinds = packing.all("PackagePalleteInformation")
    # Kind 0 is packing, others are cargo or pallets.
    kinds.sort(key=lambda kind: text_at(kind, "InfoKindCode") not in ("", "0"))
    for kind in kinds:
        item.put("package_kind", kind.one("PalleteCode", "PackageCode"))
        pieces = (text_at(kind, name) for name in ("PalleteCode", "PalleteQuantity"))
        item.put_extra("packing", None, " ".join(filter(None, pieces)))
        item.put_extra("packing_description", kind.one("CargoDescriptionText"))
    item.put_extra("is_packed", packing.one("PakageTypeCode"))
    item.put("package_count", packing.one("PakagePartQuantity"))


def _read_codes(item: Fields, element: Element) -> None:
    """Graph 37 (procedure and the one before, four digits) and 36 (preference)."""
    procedure = element.one("ESADCustomsProcedure")
    if procedure is not None:
        names = ("MainCustomsModeCode", "PrecedingCustomsModeCode")
        item.put("procedure_code", procedure, "".join(text_at(procedure, n) for n in names))
        item.put_extra("procedure_feature", procedure.one("GoodsTransferFeature"))
    preference = element.one("Preferencii")
    if preference is not None:
        parts = [text_at(preference, name) for name in _PREFERENCE_PARTS]
        item.put("preference_code", preference, "".join(parts))


def _presented(element: Element) -> Iterator[Fields]:
    """Graph 44."""
    for block in element.all("ESADout_CUPresentedDocument"):
        document = Fields(block)
        document.read(block, _DOCUMENT)
        if "issued_on" in document:
            document["issued_on"] = day_of(document["issued_on"])
        if document:
            yield document


def _preceding(element: Element) -> Iterator[Fields]:
    """Graph 40; a number in three parts is written as one."""
    for block in element.all("ESADout_CUPrecedingDocument"):
        document = Fields(block)
        code = block.one("PrecedingDocumentModeCode")
        document.put("code", code if code is not None else block, code.text if code else "graph 40")
        day = text_at(
            block, "PrecedingDocumentDate", "OtherPrDocumentDate", "PIDocumentNumber/Date"
        )
        office = text_at(block, "PrecedingDocumentCustomsCode", "PIDocumentNumber/CountryCode")
        paths = ("PrecedingDocumentNumber", "OtherPrDocumentNumber", "PIDocumentNumber/PINumber")
        number = text_at(block, *paths)
        day = day_of(day)
        if office and number and len(day) == 10:
            number = "/".join((office, day[8:10] + day[5:7] + day[2:4], number))
        document.put("number", block, number)
        document.put("issued_on", block, day)
        yield document
