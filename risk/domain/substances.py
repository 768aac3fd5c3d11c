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


class SubstanceName(msgspec.Struct, frozen=True, kw_only=True):
    """One name of one substance.

    ``kind`` is common, iupac, salt, customs-description, trade, abbreviation, historic
    or list (as printed in a list). ``verification`` says which check the name passed;
    ``unsourced`` and ``pubchem-only`` names are weaker evidence.
    """

    substance_key: str
    name: str
    lang: str
    kind: str
    source: str = ""
    verification: str = ""


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One form of one substance on one list edition.

    ``concentration_min_pct`` is the percent by mass from which control starts; None
    means that the edition states no limit. ``is_limit_known`` is False when the text of
    the act was not seen, so that None may not be read as "no limit". ``hs6`` and
    ``commodity_codes`` are digits only; a code that also holds innocent goods ("basket")
    is ``is_basket_code``.
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
    commodity_codes: tuple[str, ...] = ()
    is_basket_code: bool = False
    includes_salts: bool = False
    includes_isomers: bool = False
    includes_esters: bool = False
    concentration_min_pct: Decimal | None = None
    is_limit_known: bool = True
    quantity_threshold: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    source: str = ""
    confidence: str = ""
    notes: str = ""
