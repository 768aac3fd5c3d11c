"""Reassessments: stored declarations are assessed again when a register changed that concerns them.

Chosen are declarations that a change may concern; of these only those are assessed anew of which
the registers say something else than their last assessment knew. What was assessed before stays.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import connection

from risk.domain.lists.changes import months_before
from risk.domain.permits.registers import known_papers
from risk.domain.scoring import decode_facts
from risk.models import Reassessment, RegisterChange, RiskAssessment
from risk.selectors.facts import facts_under
from risk.selectors.office import midnight, office_day
from risk.selectors.permits import permit_kinds
from risk.selectors.profiles import active_profile
from risk.selectors.traders import traders_of
from risk.services.assessments import REGISTER_CHANGE, store_assessed
from risk.services.judging import Draws, judge
from shipments.models import StageRun
from shipments.models.choices import JobKind, JobStage
from shipments.services.jobs import start_job

DECLARATIONS_AT_ONCE = 200

# By what each kind of change concerns: what names it, drew on it or came under it; the party's
# and the country's declarations in its days that name its substances; and the one decided on.
# A match that a look-back found counts as well, as it does in facts.
_CHOOSE = """
    WITH change AS MATERIALIZED (
      SELECT * FROM risk_registerchange WHERE reassessment_id = %(reassessment)s
    ), member AS MATERIALIZED (
      SELECT * FROM unnest(%(parties)s::bigint[], %(members)s::bigint[]) AS m (party_id, member_id)
    ), concerned AS (
      SELECT i.declaration_id AS id FROM change
      JOIN shipments_goodsitemdocument AS document
        ON upper(regexp_replace(document.number, %(blank)s, '', 'g')) = change.number_key
       AND document.code LIKE '01%%' AND document.code = ANY(%(codes)s)
      JOIN shipments_goodsitem AS i ON i.id = document.goods_item_id
      WHERE change.number_key <> ''
      UNION
      SELECT drawn.declaration_id FROM change
      JOIN shipments_authorisationline AS line ON line.authorisation_id = change.authorisation_id
      JOIN shipments_drawdown AS drawn ON drawn.line_id = line.id
      UNION
      SELECT match.declaration_id FROM change
      JOIN risk_notificationmatch AS match ON match.notification_id = change.notification_id
      UNION
      SELECT of_party.id FROM change
      JOIN member ON member.party_id = change.party_id
      CROSS JOIN LATERAL (
        SELECT d.id FROM shipments_partyrole AS role
        JOIN shipments_declaration AS d ON d.id = role.declaration_id
        WHERE role.party_id = member.member_id
          AND (change.first_day IS NULL OR d.accepted_at::date >= change.first_day - 1)
          AND (change.last_day IS NULL OR d.accepted_at::date <= change.last_day + 1)
          AND (change.substance_keys = '{}' OR EXISTS (
            SELECT FROM shipments_goodsitem AS i
            JOIN risk_substancematch AS match ON match.goods_item_id = i.id
            JOIN risk_substance AS substance ON substance.id = match.substance_id
            WHERE i.declaration_id = d.id AND substance.key = ANY(change.substance_keys)))
      ) AS of_party
      UNION
      SELECT i.declaration_id FROM change
      JOIN risk_substance AS substance ON substance.key = ANY(change.substance_keys)
      JOIN risk_substancematch AS match ON match.substance_id = substance.id
      JOIN risk_traderecord AS record ON record.goods_item_id = match.goods_item_id
       AND record.accepted_at::date >= change.first_day - 1
       AND (change.last_day IS NULL OR record.accepted_at::date <= change.last_day + 1)
      JOIN shipments_party AS importer
        ON importer.id = record.importer_id AND importer.country = change.country
      JOIN shipments_goodsitem AS i ON i.id = record.goods_item_id
      WHERE change.country <> ''
      UNION
      SELECT d.id FROM change
      JOIN shipments_declaration AS d ON d.registration_number = change.registration_number
      WHERE change.registration_number <> ''
    )
    INSERT INTO risk_reassesseddeclaration (reassessment_id, declaration_id, chunk)
    SELECT %(reassessment)s, id, (row_number() OVER (ORDER BY id) - 1) / %(size)s
    FROM (
      SELECT d.id FROM concerned JOIN shipments_declaration AS d ON d.id = concerned.id
      WHERE d.accepted_at >= %(since)s AND NOT d.is_cancelled
        AND NOT EXISTS (SELECT FROM shipments_declaration WHERE supersedes_id = d.id)
        AND EXISTS (SELECT FROM risk_riskassessment
                    WHERE declaration_id = d.id AND trigger = 'intake')
    ) AS chosen
"""


def open_reassessment(*, before: datetime, actor: str, now: datetime) -> Reassessment | None:
    """A reassessment for all changes from before the moment that none took up yet; None when
    there are none.

    The caller holds the transaction. Many changes make one; of two callers at once the second
    finds nothing left. Declarations of ``LOOK_BACK_MONTHS`` are looked at.
    """
    waiting = RegisterChange.objects.filter(reassessment=None, changed_at__lt=before)
    changes = list(waiting.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not changes:
        return None
    day = office_day(now)
    number = Reassessment.objects.filter(day=day).count() + 1
    opened = Reassessment.objects.create(
        key=f"registers/{day}/{number}",
        job=start_job(kind=JobKind.REASSESSMENT, actor=actor, now=now),
        day=day,
        since=months_before(day, settings.TARGETING["LOOK_BACK_MONTHS"]),
    )
    RegisterChange.objects.filter(pk__in=changes).update(reassessment=opened)
    return opened


def choose_declarations(reassessment: Reassessment) -> int:
    """Choose the declarations that its changes may concern; how many chunks there are.

    The caller holds the transaction. What an earlier run chose is replaced. Only current
    versions that were assessed: what is still on its way reads the registers as they are.
    """
    reassessment.declarations.all().delete()
    of_changes = reassessment.changes.exclude(party=None).values_list("party", flat=True)
    parties = set(of_changes.order_by().distinct())
    traders = traders_of(parties)
    pairs = [(pk, member) for pk in sorted(parties) for member in sorted(traders.get(pk, {pk}))]
    with connection.cursor() as cursor:
        cursor.execute(
            _CHOOSE,
            {
                "reassessment": reassessment.pk,
                "parties": [party for party, _ in pairs],
                "members": [member for _, member in pairs],
                "blank": r"\s",
                "codes": list(permit_kinds()),
                "size": DECLARATIONS_AT_ONCE,
                "since": midnight(reassessment.since),
            },
        )
        reassessment.declaration_count = cursor.rowcount
    reassessment.save(update_fields=["declaration_count"])
    return -(-reassessment.declaration_count // DECLARATIONS_AT_ONCE)


def reassess_declarations(
    reassessment: Reassessment, *, chunk: int, draws: Draws
) -> Mapping[str, int]:
    """Assess those of the chunk of which the registers say something else by now.

    Beside what was assessed before, which stays. The caller holds the transaction; twice is as
    once.
    """
    chosen = reassessment.declarations.filter(chunk=chunk).order_by("declaration")
    ids = list(chosen.values_list("declaration", flat=True))
    known = {pk: known_papers(decode_facts(facts)) for pk, facts in _last_facts(reassessment, ids)}
    found = facts_under(declaration_ids=ids)
    changed = [(pk, facts) for pk, facts in found if known_papers(facts) != known[pk]]
    profile_id, profile = active_profile()
    store_assessed(
        assessed=judge(changed, profile, draws),
        profile_id=profile_id,
        trigger=REGISTER_CHANGE,
        trigger_keys={pk: reassessment.key for pk, _ in changed},
    )
    return {"declaration": len(ids), "assessment": len(changed)}


def store_result(reassessment: Reassessment) -> None:
    """Add up what the chunks stored; the caller holds the transaction."""
    runs = StageRun.objects.filter(job=reassessment.job_id, stage=JobStage.REASSESS)
    counts = list(runs.values_list("counts", flat=True))
    reassessment.assessment_count = sum(one["assessment"] for one in counts)
    reassessment.alert_count = sum(one["alert"] for one in counts)
    reassessment.save(update_fields=["assessment_count", "alert_count"])


def _last_facts(
    reassessment: Reassessment, declaration_ids: Sequence[int]
) -> list[tuple[int, bytes]]:
    """By declaration the facts of its last assessment before this reassessment."""
    rows = RiskAssessment.objects.filter(declaration__among=declaration_ids)
    rows = rows.exclude(trigger=REGISTER_CHANGE, trigger_key=reassessment.key)
    last = rows.order_by("declaration_id", "-id").distinct("declaration_id")
    return [(pk, bytes(facts)) for pk, facts in last.values_list("declaration_id", "facts")]
