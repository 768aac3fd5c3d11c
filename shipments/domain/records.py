"""Frozen records: what every intake format gives and what services store.

They hold values that have already passed :mod:`shipments.domain.values`; money and
masses are Decimal, times are aware UTC. Missing text is the empty string, a missing
number is None: "not stated" and "zero" stay apart.
"""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from shipments.domain.values import Direction, DocumentKind, IdentifierKind, PartyRoleKind

USUAL_NOMENCLATURE = "tnved"


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the records of this module."""


class IdentifierRecord(Record, frozen=True, kw_only=True):
    kind: IdentifierKind
    value: str


class PartyRecord(Record, frozen=True, kw_only=True):
    """One party as declared in one role. ``identifiers`` are normalised by their kind."""

    role: PartyRoleKind
    name: str = ""
    country: str = ""
    address: str = ""
    identifiers: tuple[IdentifierRecord, ...] = ()


class DocumentRecord(Record, frozen=True, kw_only=True):
    """A document of graph 44, or of graph 40 when ``code`` says so."""

    code: str
    number: str = ""
    issued_on: date | None = None
    licence_line: int | None = None


class GoodsItemRecord(Record, frozen=True, kw_only=True):
    """One goods item. ``item_number`` is graph 32 and starts at 1."""

    item_number: int
    description: str = ""
    commodity_code: str = ""
    nomenclature: str = USUAL_NOMENCLATURE
    country_of_origin: str = ""
    gross_mass_kg: Decimal | None = None
    net_mass_kg: Decimal | None = None
    supplementary_quantity: Decimal | None = None
    supplementary_unit: str = ""
    package_count: int | None = None
    package_kind: str = ""
    invoice_value: Decimal | None = None
    customs_value: Decimal | None = None
    statistical_value: Decimal | None = None
    procedure_code: str = ""
    preference_code: str = ""
    manufacturer: str = ""
    documents: tuple[DocumentRecord, ...] = ()
    extra: dict[str, str] = {}


class DeclarationRecord(Record, frozen=True, kw_only=True):
    """One version of one declaration with its items.

    ``accepted_at`` is the moment of registration, aware UTC. ``customs_value`` is in
    the administration's currency, ``statistical_value`` in US dollars, ``invoice_value``
    in ``currency``. A version that ``is_cancelled`` says that the declaration is no more;
    it may name no items.
    """

    registration_number: str
    version: int = 1
    is_cancelled: bool = False
    document_kind: DocumentKind = DocumentKind.IMPORT
    direction: Direction = Direction.IMPORT
    accepted_at: datetime
    customs_office: str = ""
    border_office: str = ""
    procedure_code: str = ""
    country_of_dispatch: str = ""
    country_of_trading: str = ""
    country_of_destination: str = ""
    transport_mode: str = ""
    transport_id: str = ""
    delivery_terms: str = ""
    currency: str = ""
    invoice_amount: Decimal | None = None
    containers: tuple[str, ...] = ()
    parties: tuple[PartyRecord, ...] = ()
    items: tuple[GoodsItemRecord, ...] = ()
    extra: dict[str, str] = {}


class PartialAmendment(Record, frozen=True, kw_only=True):
    """What a message changes of the version before ``declaration.version``.

    ``declaration`` holds what is stated and no more; ``item_count`` is how many items the
    declaration has afterwards, None when the message does not say.
    """

    declaration: DeclarationRecord
    item_count: int | None = None


class TableReading(Record, frozen=True, kw_only=True):
    """How a table was read: what was stated and what was found out, with the evidence of each.

    ``evidence`` is keyed by the habit (``encoding``, ``delimiter``, ``decimal_mark``,
    ``date_formats``); ``file`` names one of an archive. A workbook has no delimiter or encoding.
    """

    file: str = ""
    delimiter: str = ""
    encoding: str = ""
    decimal_mark: str = ""
    thousands_mark: str = ""
    date_formats: tuple[str, ...] = ()
    evidence: dict[str, str] = {}


class Issue(Record, frozen=True, kw_only=True):
    """One thing wrong in what came in.

    ``line`` is the 1-based line (text formats) or record number; ``field`` a dotted
    path with 1-based item positions (``items[2].commodity_code``); ``value`` what was
    found, cut to 200 characters; ``allowed`` what would have been right. ``severity``
    is ``reject`` (the declaration cannot be stored), ``quarantine`` (this item is kept
    aside, the rest is stored) or ``warn``. ``column`` is the declarant's own name of the
    field where a mapping was used. ``raw`` holds a quarantined item as it came (cut to
    4,000 characters), on the first issue of that item only.
    """

    code: str
    severity: str = "reject"
    line: int | None = None
    field: str = ""
    value: str = ""
    allowed: str = ""
    registration_number: str = ""
    column: str = ""
    raw: str = ""


class ParsedDeclaration(Record, frozen=True, kw_only=True):
    """What a format gives for one place in a file: a record, its issues, or both.

    ``declaration`` is None when it was rejected; then ``raw`` holds the source text
    (cut to 4,000 characters) so that the quarantine shows what came. ``raw`` and every
    ``value`` hold text that PostgreSQL can store. It is None, too, for an amendment that says
    only what changes: that is ``amendment``.
    """

    line: int
    declaration: DeclarationRecord | None = None
    amendment: PartialAmendment | None = None
    issues: tuple[Issue, ...] = ()
    raw: str = ""
