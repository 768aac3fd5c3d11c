"""List entries by every identifier through which a text or a code can point to them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import msgspec

from risk.domain.matching.combine import (
    BASKET_CODE_SCORE,
    CAS_SCORE,
    CODE_SCORE,
    EC_SCORE,
    GENERIC_UN_SCORE,
    UN_SCORE,
)
from risk.domain.matching.evidence import Method
from risk.domain.matching.scope import excepted_acids
from risk.domain.substances import ListEntry, SubstanceKind
from shipments.domain.values import hs6_of

# "Not otherwise specified" entries of the dangerous-goods list and numbers of wide families.
GENERIC_UN_NUMBERS = frozenset(
    {"1760", "1993", "2735", "2810", "2922", "2924", "3082", "3265", "3267"}
)
# A code under which this many substances are listed says little about any one of them.
BASKET_SUBSTANCES = 3


class CodeMeaning(msgspec.Struct, frozen=True):
    """What a commodity code says about a substance; ``is_basket`` when it says little."""

    substance_key: str
    code: str
    is_basket: bool

    @property
    def score(self) -> float:
        """The score of the code alone."""
        return BASKET_CODE_SCORE if self.is_basket else CODE_SCORE


class EntryRegistry:
    """Look-up of substances by identifier and code, and of entries in force on a day."""

    def __init__(self, entries: Sequence[ListEntry]) -> None:
        self._by_substance: dict[str, list[ListEntry]] = defaultdict(list)
        self._by_number: dict[tuple[Method, str], dict[str, None]] = defaultdict(dict)
        self._by_hs6: dict[str, dict[str, bool]] = defaultdict(dict)
        # Substances whose salts are covered → the acids whose salts every list leaves out.
        self.salts_covered: dict[str, frozenset[str]] = {}
        for entry in entries:
            key = entry.substance_key
            self._by_substance[key].append(entry)
            if entry.cas_rn:
                self._by_number[Method.CAS, entry.cas_rn][key] = None
            if entry.ec_number:
                self._by_number[Method.EC, entry.ec_number][key] = None
            for number in filter(None, entry.un_number.split(";")):
                self._by_number[Method.UN, number][key] = None
            if entry.includes_salts:
                excepted = excepted_acids(entry)
                self.salts_covered[key] = self.salts_covered.get(key, excepted) & excepted
            self._add_codes(entry)

    def _add_codes(self, entry: ListEntry) -> None:
        is_basket = entry.is_basket_code or entry.kind is SubstanceKind.EQUIPMENT
        for code in {entry.hs6, *(hs6_of(code) for code in entry.commodity_codes)} - {""}:
            meanings = self._by_hs6[code]
            meanings[entry.substance_key] = meanings.get(entry.substance_key, False) or is_basket

    def in_force(self, substance_key: str, on: date | None) -> tuple[ListEntry, ...]:
        """Entries of a substance on a day, all of them without a day; unknown start = always."""
        return tuple(
            entry
            for entry in self._by_substance.get(substance_key, ())
            if on is None
            or (
                (entry.effective_from is None or entry.effective_from <= on)
                and (entry.effective_to is None or on <= entry.effective_to)
            )
        )

    def substances_of(self, method: Method, value: str) -> tuple[str, ...]:
        """Substances that a CAS, EC or UN number points to; empty when it is on no list."""
        return tuple(self._by_number.get((method, value), ()))

    def has_number(self, method: str, value: str) -> bool:
        """Whether any entry bears this CAS, EC or UN number."""
        return (Method(method), value) in self._by_number

    def meanings_of(self, commodity_code: str) -> tuple[CodeMeaning, ...]:
        """What a declared code of any nomenclature says, by its international six digits."""
        hs6 = hs6_of("".join(char for char in commodity_code if char.isdigit()))
        meanings = self._by_hs6.get(hs6, {})
        is_crowded = len(meanings) >= BASKET_SUBSTANCES
        return tuple(
            CodeMeaning(key, hs6, is_basket or is_crowded) for key, is_basket in meanings.items()
        )

    def number_score(self, method: Method, value: str) -> float:
        """The score of an identifier alone."""
        if method is Method.CAS:
            return CAS_SCORE
        if method is Method.EC:
            return EC_SCORE
        return GENERIC_UN_SCORE if value in GENERIC_UN_NUMBERS else UN_SCORE
