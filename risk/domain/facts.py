"""Facts: everything an indicator may look at, frozen, as of one declaration.

"As of" means earlier rows only, ordered by (accepted_at, registration_number). An
assessment stores its facts; reassessing reads them and gives the same bytes.
Unknown is None (or an empty tuple where the declaration simply has none): an indicator
that needs an unknown fact reports *missing*, never "not fired".
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from risk.domain.permits.checks import PermitFacts
from risk.domain.permits.claims import ClaimHistory, ExemptionClaim
from risk.domain.permits.exemptions import ExemptionFacts, are_within
from risk.domain.permits.notices import AwaitedNotice, NoticeFacts
from risk.domain.permits.running import Running


class MatchFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One recognised substance of an item.

    ``kinds`` are the SubstanceKind values of the entries in force on the declaration's
    date. ``is_verified`` is True when at least one of the lists that hold it was
    verified; evidence from unverified lists alone cannot make a lane red.
    ``has_listed_code`` tells whether any list in force gives a tariff code for the
    substance: without one the declared code cannot contradict the text. ``is_cover_name``:
    the text names what the substance was declared as elsewhere, not the substance.
    ``is_limit_reached``: the percent stated reaches the limit of some list; None in facts
    stored before it was kept.
    ``contradictions`` are the ContradictionKind values of what in the line speaks against it.
    ``exemptions`` are what the lists of the office's law say of small quantities of it; empty
    where none of them exempts any. ``near_limit_pct`` is a limit of that law (of any list while
    that law's limits are not known) which the percent stated stays just under; else None.
    """

    substance_key: str
    method: str
    match_score: float
    verdict: str
    lists: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    concentration_pct: Decimal | None = None
    lowest_limit_pct: Decimal | None = None
    is_above_alert_point: bool = False
    is_flagged: bool = False
    is_verified: bool = False
    has_code_support: bool = False
    has_listed_code: bool | None = None
    is_cover_name: bool = False
    is_limit_reached: bool | None = None
    contradictions: tuple[str, ...] = ()
    exemptions: tuple[ExemptionFacts, ...] = ()
    near_limit_pct: Decimal | None = None

    @property
    def is_exempt(self) -> bool:
        """Whether the quantity is one from which control does not start yet."""
        return are_within(self.exemptions)


class ItemFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One goods item with what is known of its peers and of the importer's past.

    ``unit_price`` is statistical value per net kilogram. ``peer_unit_prices`` are up to
    50 latest earlier unit prices of the same HS6, sorted. ``importer_item_count`` counts
    the importer's earlier items (at most its latest 200), ``importer_hs6_count`` those
    among them of the same HS6, ``importer_hs6_max_mass_kg`` their largest mass and
    ``importer_chemical_share`` the share of chapters 28–38 among all of them. ``permits`` and
    ``notices`` are None where the registers cannot tell; ``running`` totals where nothing
    controlled is imported by somebody known. ``claims`` say that control does not reach it.
    """

    item_number: int
    commodity_code: str
    hs6: str
    description_length: int
    net_mass_kg: Decimal | None = None
    gross_mass_kg: Decimal | None = None
    unit_price: Decimal | None = None
    country_of_origin: str = ""
    package_count: int | None = None
    document_codes: tuple[str, ...] = ()
    matches: tuple[MatchFacts, ...] = ()
    peer_unit_prices: tuple[Decimal, ...] = ()
    importer_item_count: int | None = None
    importer_hs6_count: int | None = None
    importer_hs6_max_mass_kg: Decimal | None = None
    importer_chemical_share: float | None = None
    permits: tuple[PermitFacts, ...] | None = None
    notices: tuple[NoticeFacts, ...] | None = None
    running: tuple[Running, ...] | None = None
    claims: tuple[ExemptionClaim, ...] = ()


class PartyFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The importer and those around it, as of the declaration.

    ``shared_identifier_count`` counts other parties that share a phone, email, bank
    account or wallet with the importer; ``unpermitted_links`` those of them, up to 25, that
    brought controlled goods without a licence in the year before.
    """

    importer_key: str = ""
    is_importer_identified: bool = False
    is_bin_check_digit_valid: bool | None = None
    days_since_first_seen: int | None = None
    declaration_count: int | None = None
    shared_identifier_count: int | None = None
    unpermitted_links: int | None = None


class AnnouncedDifference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that is declared otherwise than announced: which, and how far, in (0, 1].

    ``item_number`` 0 is the declaration as a whole. The texts stand with the link.
    """

    field: str
    share: float
    item_number: int = 0


class AnnouncedFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The preliminary information of the consignment, against its declaration.

    ``compared`` are the fields that both state; of those ``differences`` differ.
    """

    registration_number: str
    score: float
    compared: tuple[str, ...] = ()
    differences: tuple[AnnouncedDifference, ...] = ()


class LeadFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """A party of the declaration bears an identifier that is on the watchlist that day.

    ``holders`` counts the parties seen with it so far (at most 200): what many share points at
    nobody. ``entry`` is the entry's id; who gave the lead is not a fact.
    """

    entry: int
    kind: str
    role: str
    holders: int = 1


class SuccessionFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """The importer looks like a firm that was closed and is an offender or under watch.

    ``entity`` is the closed firm's id in the register, ``days`` are those from its closing to the
    importer's founding (below 0: before it). ``signs`` are the codes of what they have in common,
    the one with most of the ``points`` first.
    """

    entity: int
    days: int
    points: float
    signs: tuple[str, ...] = ()


class DeclarationFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All facts of one declaration.

    ``are_documents_known`` is False when the source has no place for graph-44 documents
    (a file mapping without them): then an empty list does not say that there are none.
    ``announced`` is None when no preliminary information is known of the consignment, ``leads``
    when the watchlist was empty; ``awaited`` are notices that stand open beside it.
    ``claim_histories`` are None when no item claims anything, or nobody known does.
    ``successions`` are None when the company register does not have the importer, or nobody
    closed.
    """

    registration_number: str
    version: int
    accepted_at: datetime
    document_kind: str
    direction: str
    customs_office: str = ""
    procedure_code: str = ""
    country_of_dispatch: str = ""
    country_of_trading: str = ""
    transport_mode: str = ""
    are_documents_known: bool = True
    party: PartyFacts = PartyFacts()
    items: tuple[ItemFacts, ...] = ()
    announced: AnnouncedFacts | None = None
    leads: tuple[LeadFacts, ...] | None = None
    awaited: tuple[AwaitedNotice, ...] = ()
    claim_histories: tuple[ClaimHistory, ...] | None = None
    successions: tuple[SuccessionFacts, ...] | None = None
