"""List entries by every identifier through which a text or a code can point to them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from risk.domain.matching.combine import (
    BASKET_CODE_SCORE,
    BASKET_CODE_SUPPORT,
    CAS_SCORE,
    CODE_SCORE,
    CODE_SUPPORT,
    EC_SCORE,
    FORMULA_SCORE,
    GENERIC_UN_SCORE,
    SHARED_FORMULA_SCORE,
    UN_SCORE,
)
from risk.domain.matching.evidence import Method
from risk.domain.matching.formulas import canonical_formula
from risk.domain.matching.given_identifiers import numbers_of
from risk.domain.matching.scope import excepted_acids
from risk.domain.substances import (
    CUS_KIND,
    ListEntry,
    SubstanceIdentifier,
    SubstanceKind,
    SubstanceName,
)
from shipments.domain.harmonised_system import correlated
from shipments.domain.values import hs6_of

# "Not otherwise specified" entries of the dangerous-goods list and numbers of wide families.
GENERIC_UN_NUMBERS = frozenset(
    {"1760", "1993", "2735", "2810", "2922", "2924", "3082", "3265", "3267"}
)
_NITROGEN = re.compile("N(?![a-z])")
# A code under which this many substances are listed says little about any one of them.
BASKET_SUBSTANCES = 3
_HEADING = 4


class CodeMeaning(msgspec.Struct, frozen=True, gc=False):
    """What a commodity code says about a substance; ``is_basket`` when it says little, as a code
    of another edition of the Harmonized System does that was split or merged.

    ``share`` in [0, 1] is the share of the code's lines that are the substance, where a list
    gives one: then it scales what the code says.
    """

    substance_key: str
    code: str
    is_basket: bool
    share: float | None = None

    @property
    def score(self) -> float:
        """The score of the code alone."""
        if self.share is not None:
            return round(CODE_SCORE * self.share, 4)
        return BASKET_CODE_SCORE if self.is_basket else CODE_SCORE

    @property
    def support(self) -> float:
        """What the code adds beside a name."""
        if self.share is not None:
            return round(CODE_SUPPORT * self.share, 4)
        return BASKET_CODE_SUPPORT if self.is_basket else CODE_SUPPORT


class EntryRegistry:
    """Look-up of substances by identifier and code, and of entries in force on a day."""

    def __init__(
        self,
        entries: Sequence[ListEntry],
        names: Iterable[SubstanceName] = (),
        identifiers: Iterable[SubstanceIdentifier] = (),
    ) -> None:
        self._by_substance: dict[str, list[ListEntry]] = defaultdict(list)
        self._by_number: dict[tuple[Method, str], dict[str, None]] = defaultdict(dict)
        self._by_hs6: dict[str, dict[str, bool]] = defaultdict(dict)
        self._shares: dict[tuple[str, str], float] = {}
        self._headings: dict[str, set[str]] = defaultdict(set)
        # Substances whose salts are covered → the acids whose salts every list leaves out.
        self.salts_covered: dict[str, frozenset[str]] = {}
        self._formulas: dict[str, list[str]] = defaultdict(list)
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
            if entry.formula:
                self._formulas[key].append(entry.formula)
            if atoms := canonical_formula(entry.formula):
                self._by_number[Method.FORMULA, atoms][key] = None
            self._add_codes(entry)
        for name in names:
            if name.kind == CUS_KIND:
                self._by_number[Method.CUS, name.name][name.substance_key] = None
        for identifier in identifiers:
            for place in numbers_of(identifier):
                self._by_number[place][identifier.substance_key] = None

    def may_be_salt(self, substance_key: str) -> bool:
        """Whether an acid's word behind the name makes a salt that some list covers: of a base,
        which has nitrogen as far as its formula is known."""
        formulas = self._formulas.get(substance_key)
        is_base = formulas is None or any(map(_NITROGEN.search, formulas))
        return is_base and substance_key in self.salts_covered

    def _add_codes(self, entry: ListEntry) -> None:
        is_basket = entry.is_basket_code or entry.kind is SubstanceKind.EQUIPMENT
        codes = {entry.hs6: False}
        for code in entry.codes:
            hs6 = hs6_of(code.code)
            codes[hs6] = codes.get(hs6, False) or code.is_ex
            if code.prior_share is not None:
                place = (hs6, entry.substance_key)
                self._shares[place] = max(self._shares.get(place, 0.0), float(code.prior_share))
        for hs6, is_ex in codes.items():
            if hs6:
                meanings = self._by_hs6[hs6]
                known = meanings.get(entry.substance_key, False)
                meanings[entry.substance_key] = known or is_basket or is_ex
                self._headings[entry.substance_key].add(hs6[:_HEADING])
                for other in correlated(hs6):
                    self._by_hs6[other].setdefault(entry.substance_key, True)

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
        """Whether this CAS, EC, UN or CUS number, or formula, points to any substance."""
        return (Method(method), value) in self._by_number

    def meanings_of(self, commodity_code: str) -> tuple[CodeMeaning, ...]:
        """What a declared code of any nomenclature says, by its international six digits."""
        return self._meanings_of(_hs6(commodity_code))

    def _meanings_of(self, hs6: str) -> tuple[CodeMeaning, ...]:
        meanings = self._by_hs6.get(hs6)
        if meanings is None:
            return ()
        is_crowded = len(meanings) >= BASKET_SUBSTANCES
        return tuple(
            CodeMeaning(key, hs6, is_basket or is_crowded, self._shares.get((hs6, key)))
            for key, is_basket in meanings.items()
        )

    def is_code_of_others(self, substance_key: str, commodity_code: str) -> bool:
        """Whether a declared code is none of those that the lists give for the substance.

        Without a code on either side nothing is said. The "other" subheading of the same
        heading is no other goods: a substance stays in it until an edition of the Harmonized
        System gives it a code of its own.
        """
        hs6, headings = _hs6(commodity_code), self._headings.get(substance_key)
        if not hs6 or not headings or substance_key in self._by_hs6.get(hs6, {}):
            return False
        is_other = hs6.endswith(("9", "90"))
        return not (is_other and hs6[:_HEADING] in headings)

    def number_score(self, method: Method, value: str) -> float:
        """The score of an identifier alone."""
        if method is Method.CAS:
            return CAS_SCORE
        if method in (Method.EC, Method.CUS):
            return EC_SCORE
        if method is Method.FORMULA:
            is_shared = len(self.substances_of(method, value)) > 1
            return SHARED_FORMULA_SCORE if is_shared else FORMULA_SCORE
        return GENERIC_UN_SCORE if value in GENERIC_UN_NUMBERS else UN_SCORE


def _hs6(commodity_code: str) -> str:
    if not commodity_code.isdigit():
        commodity_code = "".join(char for char in commodity_code if char.isdigit())
    return hs6_of(commodity_code)
