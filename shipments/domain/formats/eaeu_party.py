"""Parties of the union's goods declaration: the same block under many names."""

from shipments.domain.formats.xml_fields import Fields, FieldTable
from shipments.domain.formats.xml_tree import Element, text_at

# Identifying numbers by national block: path, kind, and the country put before numbers
# that would else be mistaken for those of another member state.
_NUMBERS = (
    ("RKOrganizationFeatures/BIN", "bin", ""),
    ("RKOrganizationFeatures/IIN", "iin", ""),
    ("RKOrganizationFeatures/ITN/RNN", "tax_id", "KZ"),
    ("RFOrganizationFeatures/INN", "tax_id", "RU"),
    ("RFOrganizationFeatures/OGRN", "tax_id", "RU"),
    ("RBOrganizationFeatures/UNP", "tax_id", "BY"),
    ("RBOrganizationFeatures/RBIdentificationNumber", "tax_id", "BY"),
    ("RAOrganizationFeatures/UNN", "tax_id", "AM"),
    ("RAOrganizationFeatures/SocialServiceNumber", "tax_id", "AM"),
    ("KGOrganizationFeatures/KGINN", "tax_id", "KG"),
    ("KGOrganizationFeatures/KGOKPO", "tax_id", "KG"),
    ("UITN/UITNCode", "tax_id", ""),
)
_ADDRESSES = ("SubjectAddressDetails", "Address", "OrganizationAddress", "LegalAddress")
_ADDRESS_PARTS = (
    "PostalCode",
    "Region",
    "District",
    "Town",
    "City",
    "StreetHouse",
    "House",
    "Room",
    "AddressText",
)
# The schema itself misspells the name of the country, whose code says the same.
_ADDRESS_NAMES = frozenset({*_ADDRESS_PARTS, "CounryName", "CountryName", "CountryCode"})
_CONTACTS = ("CommunicationDetails", "Contact")
_CONTACT_KINDS = {"Phone": "phone", "E_mail": "email", "Email": "email"}
_EQUAL = ("EqualIndicator", "DeclarantEqualFlag")


_NUMBER_TABLE = FieldTable({path: (path,) for path, _, _ in _NUMBERS})


def is_declarant(element: Element) -> bool:
    """Whether a party is stated to be the declarant instead of being described."""
    return any(text_at(element, name).lower() in ("1", "true") for name in _EQUAL)


def read_party(element: Element, role: str) -> Fields | None:
    """The party in a block, or None when the block says nothing about one."""
    party = Fields(element)
    name = element.one("OrganizationName", "ShortName", "PersonName")
    if name is not None and name.name == "PersonName":
        parts = (text_at(element, part) for part in ("PersonSurname", "PersonName"))
        party.put("name", name, " ".join(filter(None, (*parts, _middle_name(element)))))
    else:
        party.put("name", name)
    address = element.one(*_ADDRESSES)
    if address is not None:
        _read_address(party, address)
    party.put("country", element.one("CountryA2Code"))
    identifiers = _numbers(element) + _contacts(element)
    if "address" in party and address is not None and address.one("StreetHouse", "AddressText"):
        identifiers.append(_identifier(address, "address", str(party["address"])))
    if identifiers:
        party["identifiers"] = identifiers
    if not party:
        return None
    party["role"] = role
    return party


def as_role(party: Fields, role: str, element: Element) -> Fields:
    """The same party in another role, standing where the other one refers to it."""
    copy = Fields(element)
    copy.update(party)
    copy["role"] = role
    return copy


def _middle_name(element: Element) -> str:
    return text_at(element, "PersonMiddleName")


def address_text(address: Element | None) -> str:
    """The parts of an address in one line, from the postal code to the room."""
    parts: dict[str, str] = {}
    for part in address.children if address is not None else ():
        if part.text and part.name in _ADDRESS_NAMES and part.name not in parts:
            part.is_read = True
            parts[part.name] = part.text
    return ", ".join([parts[name] for name in _ADDRESS_PARTS if name in parts])


def _read_address(party: Fields, address: Element) -> None:
    party.put("country", address.one("CountryCode"))
    party.put("address", address, address_text(address))


def _numbers(element: Element) -> list[Fields]:
    found = []
    for place, number in _NUMBER_TABLE.find(element):
        _, kind, prefix = _NUMBERS[place]
        value = number.read()
        has_prefix = not prefix or value.upper().startswith(prefix)
        found.append(_identifier(number, kind, value if has_prefix else prefix + value))
    return found


def _contacts(element: Element) -> list[Fields]:
    blocks = [child for child in element.children if child.name in _CONTACTS]
    return [
        _identifier(contact, kind, contact.read())
        for block in blocks
        for contact in block.children
        if (kind := _CONTACT_KINDS.get(contact.name)) and contact.text
    ]


def _identifier(element: Element, kind: str, value: str) -> Fields:
    identifier = Fields(element)
    identifier["kind"] = kind
    identifier.put("value", element, value)
    return identifier
