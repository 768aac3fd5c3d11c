"""Parties of the union's goods declaration: the same block under many names."""

from shipments.domain.formats.xml_document import Fields
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
_CONTACTS = ("CommunicationDetails", "Contact")
_EQUAL = ("EqualIndicator", "DeclarantEqualFlag")


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
    # The schema itself misspells the name of the country, whose code says the same.
    text_at(address, "CounryName", "CountryName")
    text_at(address, "CountryCode")
    parts = [text_at(address, part) for part in _ADDRESS_PARTS]
    return ", ".join(filter(None, parts))


def _read_address(party: Fields, address: Element) -> None:
    party.put("country", address.one("CountryCode"))
    party.put("address", address, address_text(address))


def _numbers(element: Element) -> list[Fields]:
    found = []
    for path, kind, prefix in _NUMBERS:
        number = element.one(path)
        if number is not None and number.text:
            value = number.read()
            has_prefix = not prefix or value.upper().startswith(prefix)
            found.append(_identifier(number, kind, value if has_prefix else prefix + value))
    return found


def _contacts(element: Element) -> list[Fields]:
    found: list[Fields] = []
    for block in _CONTACTS:
        for kind, name in (("phone", "Phone"), ("email", "E_mail"), ("email", "Email")):
            found.extend(
                _identifier(contact, kind, contact.read())
                for contact in element.all(f"{block}/{name}")
                if contact.text
            )
    return found


def _identifier(element: Element, kind: str, value: str) -> Fields:
    identifier = Fields(element)
    identifier["kind"] = kind
    identifier.put("value", element, value)
    return identifier
