"""Loading control lists and names from files."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import NamedTuple

import msgspec
from django.db import transaction

from risk.domain.lists.base import ListFile
from risk.domain.substances import ListEntry, SubstanceName
from risk.models import ControlList, ListEdition, Substance, SubstanceIdentifier
from risk.models import ListEntry as ListEntryRow
from risk.models import SubstanceName as SubstanceNameRow
from risk.models.choices import IdentifierKind
from risk.models.entries import entry_values
from risk.models.lists import LAW
from risk.selectors.office import office_day
from risk.services.periods import NOBODY, enact, next_number, supersede_past_editions
from shipments.services.bulk import copy_rows, upsert_rows

PREFERRED = "preferred_name_en"
# Who compared the lists that ship with the project.
DISTRIBUTION = "distribution"
NAMES_AT_ONCE = 50_000


class LoadedList(NamedTuple):
    """What loading did. ``is_new`` is False when this very content was in force already."""

    edition: ListEdition
    is_new: bool
    entry_count: int


@transaction.atomic
def load_list(*, list_file: ListFile, actor: str, now: datetime) -> LoadedList:
    """Bring the list of a file into force as its next edition, unless it is in force.

    The edition becomes law on its own first day; whatever stood on that day ends or is
    replaced. Substances, their names and identifiers are added, never removed. ``actor``
    is recorded as who proposed it; a loaded file carries its authority's approval, so no
    second actor is recorded.
    """
    meta = list_file.meta
    control_list, _ = ControlList.objects.select_for_update().update_or_create(
        code=meta.list_code,
        defaults={
            "title": meta.title,
            "authority": meta.authority,
            "jurisdiction": meta.jurisdiction,
            "legal_act": meta.legal_act,
        },
    )
    substances = add_substances(list_file.entries, list_file.names)
    digest = hashlib.sha256(msgspec.json.encode(list_file, order="sorted")).hexdigest()
    newest = control_list.editions.filter(state__in=LAW).order_by("-number").first()
    if newest and newest.source_digest == digest:
        return LoadedList(newest, False, len(list_file.entries))
    edition = ListEdition.objects.create(
        control_list=control_list,
        number=next_number(control_list),
        based_on=newest,
        in_force_from=meta.in_force_from or meta.act_date,
        source_digest=digest,
        provenance=meta.provenance,
        verified_by=DISTRIBUTION if meta.verified else "",
        verification_note=meta.verified_reason,
        proposed_by=actor,
    )
    add_entries(edition, list_file.entries, substances, is_verified=meta.verified)
    enact(edition=edition, approved_by=NOBODY, now=now)
    supersede_past_editions(today=office_day(now))
    return LoadedList(edition, True, len(list_file.entries))


@transaction.atomic
def load_names(*, names: Iterable[SubstanceName]) -> tuple[int, tuple[str, ...]]:
    """Add names of known substances; gives how many were new and the unknown keys."""
    by_key = dict(Substance.objects.values_list("key", "pk"))
    known: list[SubstanceName] = []
    unknown: set[str] = set()
    for name in names:
        if name.substance_key in by_key:
            known.append(name)
        else:
            unknown.add(name.substance_key)
    before = SubstanceNameRow.objects.count()
    _add_names(known, by_key)
    return SubstanceNameRow.objects.count() - before, tuple(sorted(unknown))


def add_substances(entries: Sequence[ListEntry], names: Sequence[SubstanceName]) -> dict[str, int]:
    """Store what is new of substances, names and identifiers; primary keys by substance key.

    The caller holds the transaction.
    """
    preferred: dict[str, str] = {}
    for name in names:
        if name.source.endswith(PREFERRED):
            preferred.setdefault(name.substance_key, name.name)
    keys = list(dict.fromkeys(entry.substance_key for entry in entries))
    upsert_rows(
        Substance,
        ("key", "preferred_name"),
        [(key, preferred.get(key, key)) for key in keys],
        key=("key",),
    )
    by_key = dict(Substance.objects.filter(key__in=keys).values_list("key", "pk"))
    add_names_and_identifiers(entries, names, by_key)
    return by_key


def add_names_and_identifiers(
    entries: Sequence[ListEntry], names: Iterable[SubstanceName], by_key: Mapping[str, int]
) -> None:
    """Store what is new of names and of the entries' identifiers; ``by_key`` are the primary keys
    of their substances. The caller holds the transaction."""
    _add_names(names, by_key)
    identifiers = {
        (by_key[entry.substance_key], kind, value): entry.form_name
        for entry in reversed(entries)
        for kind, value in (
            (IdentifierKind.CAS, entry.cas_rn),
            (IdentifierKind.EC, entry.ec_number),
            (IdentifierKind.UN, entry.un_number),
            (IdentifierKind.INCHIKEY, entry.inchikey),
            (IdentifierKind.SMILES, entry.smiles),
        )
        if value
    }
    upsert_rows(
        SubstanceIdentifier,
        ("substance", "kind", "value", "form_name", "acknowledged"),
        [(*identifier, form_name, "[]") for identifier, form_name in identifiers.items()],
        key=("substance", "kind", "value"),
    )


def _add_names(names: Iterable[SubstanceName], by_key: Mapping[str, int]) -> None:
    rows = (
        (
            by_key[name.substance_key],
            name.name,
            name.lang,
            name.kind,
            name.source,
            name.verification,
        )
        for name in names
    )
    columns = ("substance", "name", "lang", "kind", "source", "verification")
    while block := list(islice(rows, NAMES_AT_ONCE)):
        upsert_rows(SubstanceNameRow, columns, block, key=("substance", "lang", "name"))


def add_entries(
    edition: ListEdition,
    entries: Iterable[ListEntry],
    substances: dict[str, int],
    *,
    is_verified: bool = False,
) -> None:
    """Store entries of a draft; the caller holds the transaction."""
    verified_by = DISTRIBUTION if is_verified else ""
    rows = (
        {
            "edition": edition.pk,
            "substance": substances[entry.substance_key],
            "verified_by": verified_by,
            "acknowledged": [],
            **entry_values(entry),
        }
        for entry in entries
    )
    first = next(rows, None)
    if first is None:
        return
    copy_rows(
        ListEntryRow,
        tuple(first),
        (
            [
                msgspec.json.encode(value).decode()
                if isinstance(value, list | tuple | dict)
                else value
                for value in row.values()
            ]
            for row in chain([first], rows)
        ),
    )
