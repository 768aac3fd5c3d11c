"""What a rescreening looks at: the change of the list, candidate texts, declarations."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max

from risk.domain.lists.changes import ListChange, list_change
from risk.domain.matching.choosing import choose_keys
from risk.domain.substances import SubstanceName
from risk.models import Rescreening, TextKey
from risk.selectors.lists import (
    ListsInForce,
    draft_entries_on,
    entries_on,
    known_of,
    lists_in_force,
    lists_with,
    stored_calibration,
)
from risk.selectors.office import midnight

_SAMPLED_TEXTS = 5_000
_DAY = timedelta(days=1)

_SHARES = """
    WITH sample AS MATERIALIZED (SELECT keys FROM risk_goodstext TABLESAMPLE SYSTEM (%s))
    SELECT id, count(*)::float8 / (SELECT count(*) FROM sample)
    FROM sample, unnest(keys) AS id GROUP BY id
"""
# One probe of the index a key: how many texts overlap a long array nobody can estimate, and the
# planner would read them all. Of a text that has several of the keys only one row is wanted.
_TEXTS_BY_KEYS = """
    SELECT DISTINCT ON (found.id) found.id, found.keys
    FROM unnest(%s::bigint[]) AS asked (key)
    CROSS JOIN LATERAL (
      SELECT id, keys FROM risk_goodstext WHERE keys @> ARRAY[asked.key]
    ) AS found
    ORDER BY found.id
"""
# Current declarations of the period that were assessed before, under other law than the
# edition's: accepted on its first day or later, one may have been screened with it already.
# Where names changed: matched before that, under whatever law.
IN_QUESTION = """
    FROM shipments_declaration AS d
    JOIN risk_riskassessment AS a ON a.declaration_id = d.id AND a.trigger = 'intake'
    JOIN risk_assessmentbasis AS basis ON basis.id = a.basis_id
    WHERE d.accepted_at >= %(since)s AND d.accepted_at < %(until)s
      AND (%(is_any_law)s OR d.accepted_at < %(day)s
           OR (basis.list_editions ->> %(code)s)::int IS DISTINCT FROM %(number)s)
      AND (%(names_known)s::timestamptz IS NULL OR NOT EXISTS (
        SELECT FROM shipments_stagerun
        WHERE batch_id = d.batch_id AND stage = 'match' AND chunk = d.chunk
          AND finished_at >= %(names_known)s::timestamptz))
      AND NOT EXISTS (SELECT FROM shipments_declaration WHERE supersedes_id = d.id)
"""


def change_of(rescreening: Rescreening) -> ListChange:
    """What the edition changes: against the law of the day before, or of the day without it.

    Where names changed: what the law of the day holds of their substances.
    """
    if rescreening.is_of_names:
        changed = rescreening.name_changes.values_list("substance__key", flat=True)
        return ListChange((), tuple(known_of(frozenset(changed), rescreening.day).entries))
    edition, day = rescreening.changed_edition, rescreening.day
    code = edition.control_list.code
    if not rescreening.is_look_back:
        return list_change(entries_on(code, day), draft_entries_on(edition, day))
    # An edition without a first day was always law, so there is no day before it.
    before = entries_on(code, day - _DAY) if edition.in_force_from else ()
    return list_change(before, entries_on(code, day))


def lists_before(rescreening: Rescreening) -> ListsInForce:
    """The lists of the day without the draft that is simulated."""
    return lists_in_force(rescreening.day)


def lists_after(rescreening: Rescreening) -> ListsInForce:
    """The lists that the texts are read with."""
    if rescreening.is_look_back:
        return lists_in_force(rescreening.day)
    return lists_with(rescreening.changed_edition, rescreening.day)


def candidate_texts(
    change: ListChange, day: date, text_count: int, drafted: Sequence[SubstanceName] = ()
) -> Iterator[int]:
    """Ids, in order, of the stored texts that by their keys can name a changed substance, also by
    a name that is ``drafted``.

    Texts are asked for by the rarest keys, as a sample of the ``text_count`` texts tells, and
    looked at key by key. The caller holds a transaction, and every text is indexed.
    """
    ids = dict(TextKey.objects.values_list("key", "pk"))
    known = known_of(change.substances, day)
    choice = choose_keys(
        (*change.entries, *known.entries),
        (*known.names, *drafted),
        ids,
        cover_names=known.cover_names,
        identifiers=known.identifiers,
        calibration=stored_calibration(),
    ).renamed(ids)
    asked = sorted(choice.asked(_shares(text_count)))
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS_BY_KEYS, [asked])
        yield from (pk for pk, keys in cursor if choice.admits(keys))


def _shares(text_count: int) -> dict[int, float]:
    """How often a key is met, told from a sample of the stored texts."""
    share = min(100.0, 100 * _SAMPLED_TEXTS / max(1, text_count))
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [share])
        return dict(cursor.fetchall())


def has_declarations(rescreening: Rescreening) -> bool:
    """Whether any stored declaration is in question at all."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT {IN_QUESTION})", question(rescreening))
        return bool(cursor.fetchone()[0])


def question(rescreening: Rescreening) -> Mapping[str, Any]:
    """The parameters of ``IN_QUESTION``."""
    edition = rescreening.edition
    # Of an edition that was always law only what was screened without it is in question.
    always_law = rescreening.is_look_back and edition and edition.in_force_from is None
    return {
        "since": midnight(rescreening.since),
        "until": midnight(rescreening.until + _DAY),
        "day": midnight(rescreening.since if always_law else rescreening.day),
        "code": edition.control_list.code if edition else "",
        "number": edition.number if edition else 0,
        "is_any_law": edition is None or not rescreening.is_look_back,
        "names_known": _names_known(rescreening) if edition is None else None,
    }


def _names_known(rescreening: Rescreening) -> datetime:
    """From when on whoever screens has read the changed names: who does it may have begun
    before the change, and a change may be stored some time after its moment."""
    last: datetime = rescreening.name_changes.aggregate(last=Max("changed_at"))["last"]
    return last + 2 * timedelta(seconds=settings.TARGETING["LEASE_SECONDS"])
