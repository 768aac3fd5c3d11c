"""Substances and list entries as the pure engine sees them: frozen, without a database."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec


class SubstanceKind(StrEnum):
    """What kind of thing an entry controls."""

    PRECURSOR = "precursor"
    EQUIPMENT = "equipment"
    NARCOTIC = "narcotic"
    PSYCHOTROPIC = "psychotropic"
    POTENT = "potent"
    SURVEILLANCE = "surveillance"


# The kind of a "name" that is a number of the European customs inventory of chemicals.
CUS_KIND = "cus"


class SubstanceName(msgspec.Struct, frozen=True, kw_only=True):
    """One name of one substance.

    ``kind`` is common, iupac, salt, customs-description, trade, abbreviation, historic,
    list (as printed in a list) or cus (a CUS number, ``0023865-3``). ``verification`` says
    which check the name passed; ``unsourced`` and ``pubchem-only`` names are weaker evidence.
    """

    substance_key: str
    name: str
    lang: str
    kind: str
    source: str = ""
    verification: str = ""


class SubstanceIdentifier(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier of some form of the substance that an editor gave, beside those of entries.

    ``kind`` is cas, ec, un, inchikey, smiles, cus or formula; goods are matched by it as by the
    same identifier of an entry.
    """

    substance_key: str
    kind: str
    value: str


class CoverName(msgspec.Struct, frozen=True, kw_only=True):
    """What a substance was declared as: an innocent name under the code of other goods.

    It points to the substance only together with ``commodity_code``: digits with which the
    declared code begins.
    """

    substance_key: str
    name: str
    lang: str
    commodity_code: str


class Scope(StrEnum):
    """What an entry covers besides the substance itself, as acts word it."""

    SALTS = "salts"
    ISOMERS = "isomers"
    ESTERS = "esters"
    ETHERS = "ethers"
    MIXTURES = "mixtures"
    PREPARATIONS = "preparations"


class Nomenclature(StrEnum):
    """The tariff a commodity code belongs to; ``hs`` is common to all of them."""

    HS = "hs"
    CN = "cn"
    TNVED = "tnved"
    HTS = "hts"


class Fact(StrEnum):
    """The facts of an entry that may be known more or less surely than its membership."""

    LIMIT = "limit"
    EXEMPTION = "exemption"
    CODES = "codes"
    DATES = "dates"
    IDENTIFIERS = "identifiers"


class ExemptionPeriod(StrEnum):
    """What a quantity exemption counts over; ``unknown`` when the act was not seen."""

    CONSIGNMENT = "consignment"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class EntryCode(msgspec.Struct, frozen=True, kw_only=True):
    """One commodity code of an entry, digits only.

    ``is_ex``: the code covers other goods as well ("ex" before it in the act);
    ``prior_share`` is the share in [0, 1] of the code's lines that are the substance.
    Valid from ``valid_from`` until the day before ``valid_to``; None is open.
    """

    nomenclature: Nomenclature
    code: str
    is_ex: bool = False
    prior_share: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether the nomenclature had this code on the day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


class QuantityExemption(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity up to which control does not start. ``unit`` is g, kg, t, ml or l."""

    amount: Decimal
    unit: str
    period: ExemptionPeriod
    wording: str = ""


class ScopeException(msgspec.Struct, frozen=True, kw_only=True):
    """What the act leaves out of a scope: salts, "of hydrochloric and sulphuric acid"."""

    scope: Scope
    wording: str


class FactConfidence(msgspec.Struct, frozen=True, kw_only=True):
    """How sure one fact is (high, medium, low) where that differs from the entry's."""

    fact: Fact
    confidence: str


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One form of one substance on one list edition.

    ``concentration_min_pct`` is the percent by mass from which control starts, the limit
    itself included unless ``is_limit_exclusive`` ("more than"); None means that the edition
    states no limit. ``is_limit_known`` is False when the text of the act was not seen, so
    that None may not be read as "no limit". ``hs6`` is digits only; a code that also holds
    innocent goods ("basket") is ``is_basket_code``. ``clause_smarts`` is a substituent
    clause as SMARTS beside its legal wording. In force from ``effective_from`` up to and
    including ``effective_to``.
    """

    list_code: str
    substance_key: str
    schedule: str
    kind: SubstanceKind
    form: str
    form_name: str
    cas_rn: str = ""
    ec_number: str = ""
    un_number: str = ""
    inchikey: str = ""
    smiles: str = ""
    formula: str = ""
    hs6: str = ""
    codes: tuple[EntryCode, ...] = ()
    is_basket_code: bool = False
    includes_salts: bool = False
    includes_isomers: bool = False
    includes_esters: bool = False
    includes_ethers: bool = False
    includes_mixtures: bool = False
    includes_preparations: bool = False
    exceptions: tuple[ScopeException, ...] = ()
    concentration_min_pct: Decimal | None = None
    is_limit_exclusive: bool = False
    is_limit_known: bool = True
    exemption: QuantityExemption | None = None
    clause_smarts: str = ""
    clause_wording: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    source: str = ""
    confidence: str = ""
    confidences: tuple[FactConfidence, ...] = ()
    notes: str = ""

    @property
    def commodity_codes(self) -> tuple[str, ...]:
        """The digits of every code, whatever its nomenclature."""
        return tuple(dict.fromkeys(code.code for code in self.codes))

    @property
    def key(self) -> tuple[str, str]:
        """What names an entry inside an edition: its substance and its form."""
        return self.substance_key, self.form_name
