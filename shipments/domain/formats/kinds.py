"""What a document of each kind must say to be of use, beyond what every declaration says.

Import, export and transit declarations come from customs, which has already registered them:
what they lack is a warning. The other kinds come to us first and from the sender, who can
complete them: without these fields they are refused.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from shipments.domain.errors import InvalidValue
from shipments.domain.records import DeclarationRecord
from shipments.domain.values import DocumentKind, PartyRoleKind

# Graph 44: bills of lading, rail and road waybills, air waybills and their kin.
_TRANSPORT_DOCUMENTS = "02"
_RECIPIENTS = (PartyRoleKind.CONSIGNEE, PartyRoleKind.IMPORTER)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a kind needs: where it belongs, in words, and how it is found."""

    field: str
    allowed: str
    is_met: Callable[[DeclarationRecord], bool]


def _has_text(field: str) -> Callable[[DeclarationRecord], bool]:
    return lambda record: bool(getattr(record, field))


def _has_party(*roles: PartyRoleKind) -> Callable[[DeclarationRecord], bool]:
    return lambda record: any(
        party.role in roles and (party.name or party.identifiers) for party in record.parties
    )


def _has_address(record: DeclarationRecord) -> bool:
    return any(party.address for party in record.parties if party.role in _RECIPIENTS)


def has_transport_document(record: DeclarationRecord) -> bool:
    """Whether a bill of lading or waybill is named, by graph 44 or among the extra fields."""
    return "transport_document" in record.extra or any(
        document.code.startswith(_TRANSPORT_DOCUMENTS) and document.number
        for item in record.items
        for document in item.documents
    )


def _is_traceable(record: DeclarationRecord) -> bool:
    has_means = record.transport_id or record.containers
    return bool(has_means) or has_transport_document(record)


_DISPATCH = Need("country_of_dispatch", "a country", _has_text("country_of_dispatch"))
_DESTINATION = Need("country_of_destination", "a country", _has_text("country_of_destination"))
_CONSIGNOR = Need("parties", "a consignor with a name", _has_party(PartyRoleKind.CONSIGNOR))
_RECIPIENT = Need("parties", "a consignee or importer with a name", _has_party(*_RECIPIENTS))
_CARRIER = Need("parties", "a carrier with a name", _has_party(PartyRoleKind.CARRIER))
_ADDRESS = Need("parties", "a consignee with an address", _has_address)
_MEANS = Need("transport_id", "a vehicle, container or transport document", _is_traceable)

NEEDS: Mapping[DocumentKind, tuple[Need, ...]] = {
    DocumentKind.IMPORT: (),
    DocumentKind.EXPORT: (_CONSIGNOR, _DESTINATION),
    DocumentKind.TRANSIT: (_DESTINATION, _MEANS),
    DocumentKind.PRELIMINARY: (_DISPATCH, _RECIPIENT, _MEANS),
    DocumentKind.MUTUAL_TRADE: (_DISPATCH, _CONSIGNOR, _RECIPIENT),
    DocumentKind.EXPRESS: (_DISPATCH, _RECIPIENT, _ADDRESS, _CARRIER),
    DocumentKind.POSTAL: (_DISPATCH, _RECIPIENT),
}
REGISTERED_KINDS = frozenset({DocumentKind.IMPORT, DocumentKind.EXPORT, DocumentKind.TRANSIT})


def kind_faults(record: DeclarationRecord) -> Iterator[tuple[InvalidValue, str]]:
    """What the kind of this declaration needs and it does not say, with the field's name.

    A cancellation needs nothing more.
    """
    if record.is_cancelled:
        return
    for need in NEEDS[record.document_kind]:
        if not need.is_met(record):
            kind = record.document_kind.value
            fault = InvalidValue("kind_field_missing", value=kind, allowed=need.allowed)
            yield fault, need.field
