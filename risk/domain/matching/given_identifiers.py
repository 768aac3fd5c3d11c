"""Identifiers that editors gave to substances, as the engine takes those of entries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from risk.domain.matching.evidence import Method
from risk.domain.matching.formulas import canonical_formula
from risk.domain.substances import ListEntry, SubstanceIdentifier

_NUMBERS = {
    "cas": Method.CAS, "ec": Method.EC, "cus": Method.CUS,
    "un": Method.UN, "formula": Method.FORMULA,
}  # fmt: skip
_STRUCTURES = frozenset({"inchikey", "smiles"})


def of_listed(
    identifiers: Iterable[SubstanceIdentifier], listed: Collection[str]
) -> tuple[SubstanceIdentifier, ...]:
    """The identifiers of these substances."""
    return tuple(one for one in identifiers if one.substance_key in listed)


def numbers_of(identifier: SubstanceIdentifier) -> Iterator[tuple[Method, str]]:
    """What a text may hold of it, as texts are read; nothing for a structure."""
    method = _NUMBERS.get(identifier.kind)
    if method is Method.FORMULA:
        yield from ((method, atoms) for atoms in [canonical_formula(identifier.value)] if atoms)
    elif method is not None:
        yield from ((method, one) for one in filter(None, identifier.value.split(";")))


def with_structures(
    entries: Sequence[ListEntry], identifiers: Iterable[SubstanceIdentifier]
) -> Iterator[ListEntry]:
    """The entries, and for each structure given to a substance its entries with that one
    instead of their own: what the lists cover beside the substance they cover beside it."""
    yield from entries
    of_substance: dict[str, list[ListEntry]] = defaultdict(list)
    for entry in entries:
        of_substance[entry.substance_key].append(entry)
    for one in identifiers:
        if one.kind in _STRUCTURES:
            given = {"inchikey": "", "smiles": "", "clause_smarts": "", one.kind: one.value}
            for entry in of_substance[one.substance_key]:
                yield msgspec.structs.replace(entry, **given)
