"""Drafts of editions: started as a copy of the last, edited, never after they are proposed.

Every change names the ``version`` it was made on: of two who edit at once the second is told
(EditionChanged) and nothing is overwritten. Each service locks the control list, then the
edition, and gives the edition back with its new version.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

import msgspec
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from psycopg import sql

from risk.domain.errors import Contradictions, EditionChanged, InvalidList, WrongState
from risk.domain.four_eyes import Actor
from risk.domain.lists.comparison import Comparison
from risk.domain.lists.verification import Contradiction
from risk.domain.substances import ListEntry
from risk.models import ControlList, ListEdition, Substance
from risk.models import ListEntry as ListEntryRow
from risk.models.choices import EditionState
from risk.models.entries import entry_values
from risk.models.lists import LAW
from risk.selectors.contradictions import contradictions_in
from risk.services.periods import next_number
from shipments.services.bulk import upsert_rows

Reasons = Mapping[str, str]
"""Why a contradiction is kept, by its code; ``*`` is a reason for all of them."""


@transaction.atomic
def start_draft(*, control_list: ControlList, actor: Actor) -> ListEdition:
    """A draft with the entries of the list's last edition, verified as those are.

    Raises WrongState when the list has a draft or a proposal already.
    """
    ControlList.objects.select_for_update().get(pk=control_list.pk)
    editions = control_list.editions.order_by("-in_force_from", "-number")
    open_one = editions.exclude(state__in=LAW).filter(source_digest="").first()
    if open_one:
        raise WrongState(
            state=open_one.state, number=open_one.number, allowed="one draft or proposal a list"
        )
    laws = [edition for edition in editions.filter(state__in=LAW) if not edition.period.is_empty]
    last = next((edition for edition in laws if edition.in_force_from), None) or next(
        iter(laws), None
    )
    draft = ListEdition.objects.create(
        control_list=control_list,
        number=next_number(control_list),
        based_on=last,
        provenance=last.provenance if last else "",
        authors=[actor.account],
        author_persons=[actor.person] if actor.person else [],
    )
    if last:
        _copy_entries(last, draft)
    return draft


@transaction.atomic
def describe_draft(
    *,
    edition: ListEdition,
    version: int,
    in_force_from: date | None,
    change_note: str,
    provenance: str,
    actor: Actor,
) -> ListEdition:
    """Set from when the draft is to be law, why, and where its text is."""
    draft = lock_edition(edition, version, {EditionState.DRAFT})
    draft.in_force_from, draft.change_note = in_force_from, change_note.strip()
    draft.provenance = provenance.strip()
    return _changed(draft, actor, "in_force_from", "change_note", "provenance")


@transaction.atomic
def put_entry(
    *,
    edition: ListEdition,
    version: int,
    entry: ListEntry,
    actor: Actor,
    now: datetime,
    preferred_name: str = "",
    reasons: Reasons | None = None,
) -> ListEdition:
    """Add the entry to the draft, or change the one of the same substance and form.

    What a changed entry says is no longer verified. Raises Contradictions unless
    ``reasons`` holds one for each code.
    """
    draft = lock_edition(edition, version, {EditionState.DRAFT})
    names = {entry.substance_key: preferred_name} if preferred_name else {}
    _store(draft, [entry], names, actor, now, reasons or {})
    return _changed(draft, actor)


@transaction.atomic
def remove_entry(*, edition: ListEdition, version: int, entry_id: int, actor: Actor) -> ListEdition:
    """Take an entry out of the draft; raises InvalidList when it has no such entry."""
    draft = lock_edition(edition, version, {EditionState.DRAFT})
    removed, _ = draft.entries.filter(pk=entry_id).delete()
    if not removed:
        raise InvalidList(column="entry", value=str(entry_id), allowed="an entry of this draft")
    return _changed(draft, actor)


@transaction.atomic
def apply_comparison(
    *,
    edition: ListEdition,
    version: int,
    comparison: Comparison,
    names: Mapping[str, str],
    actor: Actor,
    now: datetime,
    reasons: Reasons | None = None,
) -> ListEdition:
    """Carry a confirmed preview over into the draft; what it does not touch stays as it is."""
    draft = lock_edition(edition, version, {EditionState.DRAFT})
    removed = {entry.key for entry in comparison.removed}
    places = draft.entries.values_list("pk", "substance__key", "form_name")
    gone = [pk for pk, key, form_name in places if (key, form_name) in removed]
    draft.entries.filter(pk__in=gone).delete()
    _store(draft, comparison.touched, names, actor, now, reasons or {})
    return _changed(draft, actor)


@transaction.atomic
def discard_draft(*, edition: ListEdition, version: int) -> None:
    """Delete the draft with its entries, and with the substances that it alone brought."""
    draft = lock_edition(edition, version, {EditionState.DRAFT})
    brought = list(draft.brings.values_list("pk", flat=True))
    elsewhere = ListEntryRow.objects.filter(substance=OuterRef("pk")).exclude(edition=draft)
    draft.brings.filter(Exists(elsewhere)).update(
        of_draft=Subquery(elsewhere.order_by("edition").values("edition")[:1])
    )
    draft.delete()
    forget_unused(brought)


def lock_edition(
    edition: ListEdition, version: int | None, states: Iterable[EditionState]
) -> ListEdition:
    """The edition as it is now, locked with its list; checks its state and version.

    The caller holds the transaction.
    """
    ControlList.objects.select_for_update().get(pk=edition.control_list_id)
    now = ListEdition.objects.select_related("control_list").get(pk=edition.pk)
    allowed = sorted(states)
    if now.state not in allowed:
        raise WrongState(state=now.state, number=now.number, allowed=", ".join(allowed))
    if version is not None and now.version != version:
        raise EditionChanged(version=now.version, given=version)
    return now


def _changed(draft: ListEdition, actor: Actor, *fields: str) -> ListEdition:
    draft.version += 1
    draft.authors = list(dict.fromkeys([*draft.authors, actor.account]))
    persons = [*draft.author_persons, *filter(None, [actor.person])]
    draft.author_persons = list(dict.fromkeys(persons))
    draft.save(update_fields=["version", "authors", "author_persons", *fields])
    return draft


def _store(
    draft: ListEdition,
    entries: Sequence[ListEntry],
    names: Mapping[str, str],
    actor: Actor,
    now: datetime,
    reasons: Reasons,
) -> None:
    keys = _substances(draft, entries, names)
    found = defaultdict(list)
    for entry, contradiction in contradictions_in(entries):
        found[entry.key].append(contradiction)
    known = {
        (row.substance_id, row.form_name): row.pk
        for row in draft.entries.filter(substance__in=keys.values())
    }
    rows = []
    for entry in entries:
        acknowledged = _acknowledged(entry, found[entry.key], reasons, actor, now)
        substance_id = keys[entry.substance_key]
        rows.append(
            ListEntryRow(
                pk=known.get((substance_id, entry.form_name)),
                edition=draft,
                substance_id=substance_id,
                acknowledged=acknowledged,
                **entry_values(entry),
            )
        )
    ListEntryRow.objects.filter(pk__in=[row.pk for row in rows if row.pk]).delete()
    ListEntryRow.objects.bulk_create(rows, batch_size=2000)


def _copy_entries(source: ListEdition, draft: ListEdition) -> None:
    """In the database: a list may have tens of thousands of entries, and a request has a minute."""
    table = ListEntryRow._meta.db_table
    columns = [
        str(field.column) for field in ListEntryRow._meta.concrete_fields if not field.primary_key
    ]
    said = [column for column in columns if column != "edition_id"]
    names = sql.SQL(", ").join(sql.Identifier(column) for column in said)
    statement = sql.SQL(
        "INSERT INTO {table} (edition_id, {names}) SELECT %s, {names} FROM {table}"
        " WHERE edition_id = %s ORDER BY id"
    ).format(table=sql.Identifier(table), names=names)
    with connection.cursor() as cursor:
        cursor.execute(statement, [draft.pk, source.pk])


def _substances(
    draft: ListEdition, entries: Sequence[ListEntry], names: Mapping[str, str]
) -> dict[str, int]:
    """Primary keys of the entries' substances; those that are new are the draft's. Their names
    and identifiers wait for the approval: screening is not to know them before."""
    keys = list(dict.fromkeys(entry.substance_key for entry in entries))
    upsert_rows(
        Substance,
        ("key", "preferred_name", "of_draft"),
        [(key, names.get(key, "") or key, draft.pk) for key in keys],
        key=("key",),
    )
    return dict(Substance.objects.filter(key__in=keys).values_list("key", "pk"))


def forget_unused(substances: Collection[int]) -> None:
    """Delete those of the substances that nothing speaks of; the caller holds the transaction."""
    unused = Substance.objects.filter(
        pk__in=substances, entries=None, names=None, identifiers=None, cover_names=None,
        matches=None, outcomes=None,
    )  # fmt: skip
    Substance.objects.filter(pk__in=list(unused.values_list("pk", flat=True))).delete()


def _acknowledged(
    entry: ListEntry, found: list[Contradiction], reasons: Reasons, actor: Actor, now: datetime
) -> list[dict[str, str]]:
    given = {one.code: reasons.get(one.code) or reasons.get("*", "") for one in found}
    missing = [one for one in found if not given[one.code].strip()]
    if missing:
        raise Contradictions(
            form_name=entry.form_name,
            contradictions=[msgspec.to_builtins(one) for one in missing],
            allowed="identifiers that agree, or a reason for each code",
        )
    return [
        {
            **msgspec.to_builtins(one),
            "reason": given[one.code],
            "actor": actor.account,
            "at": now.isoformat(),
        }
        for one in found
    ]
