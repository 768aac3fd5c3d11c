"""Corrections of the union's goods declaration: ``KDTout_CU``.

A correction says the whole head of the declaration and the goods that it changes. Its elements
are those of the declaration under names of their own, so it is read as one, as the version
behind the ones before it: the declaration is version 1, its n-th correction version n + 1.

A correction that does not describe every item of the declaration is laid over the version
before it: the items left out stay as they were.
"""

from shipments.domain.formats.amendments import read_amendment
from shipments.domain.formats.xml_document import Draft
from shipments.domain.formats.xml_tree import Element, text_at

CORRECTION = "KDTout_CU"
_DECLARATION = "ESADout_CU"
# Both spellings are in the schema.
_PREFIXES = ("KDTout", "KTDout")
_NAMES = {
    CORRECTION: _DECLARATION,
    "GtdRegistryNumber": "GTDID",
    "CustomsRepresentative": "CUESADCustomsRepresentative",
    "KDTGoodsLocation": "ESADout_CUGoodsLocation",
}
_ITEM = "KDToutGoods"
_CHANGES = "ChangeCode"
_SAID_ELSEWHERE = (
    "KDTFilledInfo",
    "LanguageCUESAD",
    "ESADout_CUGoodsShipment/ESADout_CUTotalGoodsNumber",
    "ESADout_CUGoodsShipment/PreviousTotalCustomsAmount",
)


def as_declaration(correction: Element) -> None:
    """Give the elements of a correction the names that they have in a declaration.

    They keep their own as ``written``, which places and sources show.
    """
    below = correction.below()
    of_items = {id(child) for item in below if item.name == _ITEM for child in item.children}
    for element in (correction, *below):
        name = _NAMES.get(element.name, element.name)
        if element.name == "CustomsProcedure" and id(element) in of_items:
            name = "ESADCustomsProcedure"
        for prefix in _PREFIXES:
            if name.startswith(prefix):
                name = "ESADout_CU" + name.removeprefix(prefix)
        if name != element.name:
            element.written, element.name = element.name, name


def is_correction(element: Element) -> bool:
    return element.written == CORRECTION


def read_correction(draft: Draft, element: Element) -> None:
    """Version, what changed (graph 45a), and whether every item is described."""
    fields = draft.fields
    number = text_at(element, "KDTNumber")
    is_number = number.isascii() and number.isdigit()
    fields.put("version", element.one("KDTNumber"), int(number) + 1 if is_number else number)
    fields.put_extra("correction_number", None, number)
    for changes in element.all(_CHANGES):
        code = "".join(text_at(changes, child.name) for child in changes.children)
        fields.put_extra("change_code", None, code)
    for path in _SAID_ELSEWHERE:
        for known in element.all(path):
            known.set_aside()
    stated = text_at(element, "ESADout_CUGoodsShipment/TotalGoodsNumber")
    # The form has only what changes; without the total nobody knows whether that is everything.
    read_amendment(draft, stated, is_whole=False, may_be_partial=True)
