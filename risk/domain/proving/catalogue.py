"""The listed precursors as the planted cases need them: names, numbers, code, limit."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from risk.domain.substances import ListEntry, SubstanceKind, SubstanceName

_CODE_DIGITS = 10
_LONGEST_NAME = 60
# Names that only a compound database prints; declarants do not write them.
_UNUSUAL = frozenset({"pubchem-only"})
_USUAL_KINDS = frozenset({"common", "list", "trade", "customs-description"})


class Listed(NamedTuple):
    """One listed precursor. ``names`` by language, the list's own first; ``limit`` is the
    percent from which a list controls it, None where none is known; ``is_free_below``: no list
    is known to control it below that."""

    key: str
    cas: str
    code: str
    is_basket: bool
    limit: float | None
    is_free_below: bool
    names: dict[str, tuple[str, ...]]

    def name(self, language: str) -> str:
        """The first name in this language."""
        return self.names[language][0]


def build_catalogue(
    entries: Iterable[ListEntry], names: Iterable[SubstanceName]
) -> dict[str, Listed]:
    """The precursors with a CAS number, a ten-digit code and a Russian and an English name."""
    by_key: dict[str, list[ListEntry]] = defaultdict(list)
    for entry in entries:
        if entry.kind is SubstanceKind.PRECURSOR and entry.form == "base":
            by_key[entry.substance_key].append(entry)
    named = _names_by_key(names, by_key)
    found = (_listed(key, by_key[key], named[key]) for key in sorted(by_key))
    return {one.key: one for one in found if one is not None}


def _names_by_key(
    names: Iterable[SubstanceName], by_key: dict[str, list[ListEntry]]
) -> dict[str, dict[str, list[str]]]:
    preferred = {entry.form_name for listed in by_key.values() for entry in listed}
    named: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in sorted(names, key=lambda one: (one.kind != "list", one.name not in preferred)):
        is_usual = name.kind in _USUAL_KINDS and name.verification not in _UNUSUAL
        if is_usual and len(name.name) <= _LONGEST_NAME and name.substance_key in by_key:
            known = named[name.substance_key][name.lang]
            if name.name not in known:
                known.append(name.name)
    return named


def _listed(key: str, entries: list[ListEntry], names: dict[str, list[str]]) -> Listed | None:
    cas = next((entry.cas_rn for entry in entries if entry.cas_rn), "")
    codes = sorted(
        {code for entry in entries for code in entry.commodity_codes if len(code) == _CODE_DIGITS}
    )
    if not (cas and codes and names.get("ru") and names.get("en")):
        return None
    limits = [float(e.concentration_min_pct) for e in entries if e.concentration_min_pct]
    return Listed(
        key=key,
        cas=cas,
        code=codes[0],
        is_basket=any(entry.is_basket_code for entry in entries),
        limit=min(limits, default=None),
        is_free_below=all(e.concentration_min_pct or not e.is_limit_known for e in entries),
        names={language: tuple(listed) for language, listed in names.items()},
    )
