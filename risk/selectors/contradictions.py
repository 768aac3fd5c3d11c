"""What contradicts entries of lists: a public reference, each other, the register."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from risk.domain.lists.identifiers import OF_ONE_SUBSTANCE
from risk.domain.lists.verification import Contradiction, contradictions_of, held_by_other
from risk.domain.substances import ListEntry
from risk.models import ListEntry as ListEntryRow
from risk.models import Substance, SubstanceIdentifier
from risk.models.choices import EditionState

# Column of a sheet → the identifier's kind, and what the entry says.
_COLUMNS = {"cas": "cas_rn", "ec_number": "ec_number", "inchikey": "inchikey", "smiles": "smiles"}
_KINDS = {"cas": "cas", "ec_number": "ec", "inchikey": "inchikey", "smiles": "smiles"}

Identified = tuple[str, str]
"""Kind and value of an identifier."""


def contradictions_in(
    entries: Sequence[ListEntry],
) -> list[tuple[ListEntry, Contradiction]]:
    """What a person must look at before these entries are believed, in their order.

    Each against itself and the public reference, and its identifiers against those of other
    substances: in the register, in drafts and proposals, and among ``entries``. Three queries.
    """
    holders = _holders(entries)
    keys = {entry.substance_key for entry in entries}
    preferred = dict(Substance.objects.filter(key__in=keys).values_list("key", "preferred_name"))
    found: list[tuple[ListEntry, Contradiction]] = []
    for entry in entries:
        name = preferred.get(entry.substance_key, "")
        found.extend((entry, one) for one in contradictions_of(entry, name))
        for column, kind, value in _identifiers_of(entry):
            others = holders[kind, value] - {entry.substance_key}
            found.extend((entry, held_by_other(column, value, key)) for key in sorted(others))
    return found


def holders_of(identifiers: Iterable[Identified]) -> dict[Identified, set[str]]:
    """Keys of the substances that have each of these, in the register, a draft or a proposal."""
    wanted = {one for one in identifiers if one[0] in OF_ONE_SUBSTANCE}
    holders: dict[Identified, set[str]] = defaultdict(set)
    registered = SubstanceIdentifier.objects.filter(
        kind__in={kind for kind, _ in wanted}, value__in={value for _, value in wanted}
    )
    for kind, value, key in registered.values_list("kind", "value", "substance__key"):
        holders[kind, value].add(key)
    drafted = ListEntryRow.objects.filter(
        edition__state__in=[EditionState.DRAFT, EditionState.PROPOSED],
        cas_rn__in={value for kind, value in wanted if kind == "cas"},
    )
    for value, key in drafted.values_list("cas_rn", "substance__key"):
        holders["cas", value].add(key)
    return holders


def _holders(entries: Sequence[ListEntry]) -> dict[Identified, set[str]]:
    own = [
        ((kind, value), entry.substance_key)
        for entry in entries
        for _, kind, value in _identifiers_of(entry)
    ]
    holders = holders_of(identified for identified, _ in own)
    for identified, key in own:
        holders[identified].add(key)
    return holders


def _identifiers_of(entry: ListEntry) -> Iterable[tuple[str, str, str]]:
    """(column, kind, value) of what only one substance can have."""
    for column, field in _COLUMNS.items():
        if value := getattr(entry, field):
            yield column, _KINDS[column], value
