"""Rescreenings, the part that look-backs and simulations share: plan, then screen candidates.

plan: changed entries → blocking keys → candidate texts, cut into chunks
screen: the candidates of a chunk are read, and those that name a changed entry marked
then the declarations that hold such a text, cut into chunks, for ``look_backs`` or
``simulations`` to judge. Every step may run twice; ``targeting.pipeline`` orders them.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import connection
from django.db.models import Max

from risk.domain.lists.changes import ListChange
from risk.domain.matching.combine import SHOW_POINT
from risk.domain.matching.comparison import Judgement, differences, judgements
from risk.domain.matching.evidence import SubstanceEvidence
from risk.domain.rescreening import told
from risk.models import GoodsText, ListEdition, RescreenedText, Rescreening
from risk.selectors.drafted import names_to_come
from risk.selectors.rescreenings import (
    IN_QUESTION,
    candidate_texts,
    change_of,
    has_declarations,
    lists_after,
    lists_before,
    question,
)
from shipments.models import StageRun
from shipments.models.choices import JobKind, JobStage
from shipments.services.bulk import copy_rows
from shipments.services.jobs import start_job

TEXTS_AT_ONCE = 1_000
DECLARATIONS_AT_ONCE = 200

_NOT_YET = """
    NOT EXISTS (SELECT FROM risk_rescreeneddeclaration AS known
                WHERE known.rescreening_id = %(rescreening)s AND known.declaration_id = d.id)
"""
_ITEM_HAS_TEXT = """
    hashtextextended(i.description, 0) = hashtextextended(t.description, 0)
    AND i.description = t.description AND i.commodity_code = t.commodity_code
"""
_DECLARATIONS = f"""
    INSERT INTO risk_rescreeneddeclaration (rescreening_id, declaration_id, chunk)
    SELECT %(rescreening)s, id, %(first)s + (row_number() OVER (ORDER BY id) - 1) / %(size)s
    FROM (
      SELECT DISTINCT d.id {IN_QUESTION} AND {_NOT_YET} AND d.id IN (
        SELECT i.declaration_id FROM risk_rescreenedtext AS hit
        JOIN risk_goodstext AS t ON t.id = hit.text_id
        JOIN shipments_goodsitem AS i ON {_ITEM_HAS_TEXT}
        WHERE hit.rescreening_id = %(rescreening)s AND hit.is_hit)
    ) AS held
"""  # noqa: S608 - composed of the constants above
_LATE_TEXTS = f"""
    WITH late AS (
      SELECT DISTINCT d.id {IN_QUESTION} AND {_NOT_YET} AND (d.batch_id, d.chunk) IN (
        SELECT batch_id, chunk FROM shipments_stagerun
        WHERE stage = 'assess' AND state = 'done' AND finished_at > %(after)s)
    ), stored AS (
      INSERT INTO risk_rescreenedtext (rescreening_id, text_id, chunk, is_hit)
      SELECT %(rescreening)s, id,
             %(first)s + (row_number() OVER (ORDER BY id) - 1) / %(size)s, false
      FROM (
        SELECT DISTINCT t.id FROM late
        JOIN shipments_goodsitem AS i ON i.declaration_id = late.id
        JOIN risk_goodstext AS t ON {_ITEM_HAS_TEXT}
      ) AS held
      ON CONFLICT (rescreening_id, text_id) DO NOTHING
    )
    SELECT count(*) FROM late
"""  # noqa: S608 - composed of the constants above


def open_rescreening(
    *,
    kind: JobKind,
    edition: ListEdition | None,
    day: date,
    since: date,
    until: date,
    actor: str,
    now: datetime,
) -> Rescreening:
    """A rescreening with its job, nothing of it done yet; the caller holds the transaction."""
    return Rescreening.objects.create(
        kind=kind,
        job=start_job(kind=kind, actor=actor, now=now),
        edition=edition,
        edition_version=edition.version if edition else 0,
        day=day,
        since=since,
        until=until,
    )


def plan_texts(rescreening: Rescreening) -> int:
    """Choose the candidate texts by their keys; how many chunks of them there are.

    The caller holds the transaction. What an earlier plan chose is replaced. Without a
    changed entry, or a declaration in question, there are none.
    """
    rescreening.texts.all().delete()
    rescreening.declarations.all().delete()
    change = change_of(rescreening)
    rescreening.entry_count = change.count
    rescreening.text_count = GoodsText.objects.count()
    rescreening.candidate_count = 0
    if change.count and has_declarations(rescreening):
        edition = rescreening.edition
        to_come = names_to_come(edition) if edition and not rescreening.is_look_back else ()
        found = list(candidate_texts(change, rescreening.day, rescreening.text_count, to_come))
        copy_rows(
            RescreenedText,
            ("rescreening", "text", "chunk", "is_hit"),
            (
                (rescreening.pk, text_id, number // TEXTS_AT_ONCE, False)
                for number, text_id in enumerate(found)
            ),
        )
        rescreening.candidate_count = len(found)
    rescreening.save(update_fields=["entry_count", "text_count", "candidate_count"])
    return -(-rescreening.candidate_count // TEXTS_AT_ONCE)


def screen_texts(rescreening: Rescreening, *, chunk: int) -> Mapping[str, int]:
    """Read the candidates of the chunk and mark those that name a changed entry.

    For a simulation: those of which the lists with and without the draft say different
    things, or can of a quantity. The caller holds the transaction.
    """
    texts = RescreenedText.objects.filter(rescreening=rescreening, chunk=chunk)
    rows = list(texts.values_list("pk", "text__description", "text__commodity_code"))
    pairs = [(text, code) for _, text, code in rows]
    after = lists_after(rescreening).screener.screen_many(pairs)
    change = change_of(rescreening)
    if rescreening.is_look_back:
        hits = [bool(told(found, change.come_substances)) for found in after]
    else:
        before = lists_before(rescreening).screener.screen_many(pairs)
        hits = [
            bool(differences(_judged(was, change), _judged(now, change)))
            or bool(told(now, change.exempting))
            for was, now in zip(before, after, strict=True)
        ]
    texts.update(is_hit=False)
    marked = [pk for (pk, _, _), is_hit in zip(rows, hits, strict=True) if is_hit]
    RescreenedText.objects.filter(pk__in=marked).update(is_hit=True)
    return {"text": len(rows), "hit": len(marked)}


def plan_declarations(rescreening: Rescreening) -> int:
    """Choose the declarations to judge that are not chosen yet; how many chunks there are then.

    The caller holds the transaction, and every text was screened.
    """
    first = _chunks_of(rescreening, JobStage.JUDGE)
    parameters = {**_numbering(rescreening, first, DECLARATIONS_AT_ONCE), **question(rescreening)}
    with connection.cursor() as cursor:
        cursor.execute(_DECLARATIONS, parameters)
        chosen: int = cursor.rowcount
    rescreening.declaration_count = rescreening.declarations.count() if first else chosen
    rescreening.hit_count = rescreening.texts.filter(is_hit=True).count()
    rescreening.save(update_fields=["hit_count", "declaration_count"])
    return first + -(-chosen // DECLARATIONS_AT_ONCE)


def add_late_texts(rescreening: Rescreening, *, after: datetime) -> int:
    """Choose the texts of declarations in question that were assessed after a moment and not
    judged yet; how many chunks of texts there are then, 0 when no declaration is late.

    The caller holds the transaction. The last chunk may be empty: with it declarations are
    planned, of which all texts may be known.
    """
    first = _chunks_of(rescreening, JobStage.SCREEN)
    parameters = {**_numbering(rescreening, first, TEXTS_AT_ONCE), **question(rescreening)}
    with connection.cursor() as cursor:
        cursor.execute(_LATE_TEXTS, {**parameters, "after": after})
        (late,) = cursor.fetchone()
    if not late:
        return 0
    last = rescreening.texts.aggregate(last=Max("chunk", default=first))["last"]
    return max(int(last), first) + 1


def _chunks_of(rescreening: Rescreening, stage: JobStage) -> int:
    return StageRun.objects.filter(job=rescreening.job_id, stage=stage).count()


def _numbering(rescreening: Rescreening, first: int, size: int) -> Mapping[str, int]:
    return {"rescreening": rescreening.pk, "first": first, "size": size}


def _judged(found: Iterable[SubstanceEvidence], change: ListChange) -> dict[str, Judgement]:
    return judgements(
        (one for one in found if one.substance_key in change.substances), least=SHOW_POINT
    )
