"""The chunks of reassessments after changes of the registers. Started by the pipeline.

Work, completion and the runs that follow are one transaction.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from risk.models import Reassessment
from risk.services import register_reassessments
from risk.services.assessments import REGISTER_CHANGE
from risk.services.judging import Draws
from shipments.models import StageRun
from shipments.models.choices import JobStage
from shipments.services import jobs, stage_runs
from targeting.services.alerts import STRICTER

# Of a declaration assessed before by an earlier reassessment or look-back that one counts: what
# was closed because of it is not raised again for the same lane.
_RAISE = f"""
    INSERT INTO targeting_alert AS stored (
      registration_number, declaration_id, assessment_id, state, disposition, lane, score,
      is_random_arm, is_cancelled, is_retroactive, customs_office, accepted_at, raised_at,
      updated_at)
    SELECT d.registration_number, d.id, a.id, 'open', '', lane.lane, a.score,
           false, false, true, d.customs_office, d.accepted_at, %(now)s, %(now)s
    FROM risk_reassesseddeclaration AS chosen
    JOIN shipments_declaration AS d ON d.id = chosen.declaration_id
    JOIN risk_riskassessment AS a
      ON a.declaration_id = d.id AND a.trigger = %(trigger)s AND a.trigger_key = %(key)s
    JOIN risk_lanedecision AS lane ON lane.assessment_id = a.id
    CROSS JOIN LATERAL (
      SELECT of_earlier.lane FROM risk_riskassessment AS earlier
      JOIN risk_lanedecision AS of_earlier ON of_earlier.assessment_id = earlier.id
      WHERE earlier.declaration_id = d.id AND earlier.id < a.id
      ORDER BY earlier.id DESC LIMIT 1) AS first_lane
    WHERE chosen.reassessment_id = %(reassessment)s AND chosen.chunk = %(chunk)s
      AND NOT EXISTS (SELECT FROM shipments_declaration WHERE supersedes_id = d.id)
      AND NOT EXISTS (
        SELECT FROM targeting_alert WHERE assessment_id = a.id AND state = 'closed')
      AND ({STRICTER} OR EXISTS (
          SELECT FROM targeting_alert
          WHERE registration_number = d.registration_number AND state = 'open'))
    ORDER BY d.registration_number
    ON CONFLICT (registration_number) WHERE state = 'open' DO UPDATE SET
      assessment_id = EXCLUDED.assessment_id, lane = EXCLUDED.lane, score = EXCLUDED.score,
      is_random_arm = false, is_retroactive = true, covered_by_id = NULL,
      updated_at = EXCLUDED.updated_at
    WHERE stored.declaration_id = EXCLUDED.declaration_id
"""  # noqa: S608 - composed of a constant


@transaction.atomic
def do_chunk(*, run: StageRun, draws: Draws) -> list[int]:
    """Do one chunk of a reassessment; ids of the runs that follow, to be woken after the commit."""
    reassessment = Reassessment.objects.get(job=run.job_id)
    if run.stage == JobStage.CHOOSE:
        chunks = register_reassessments.choose_declarations(reassessment)
        return _completed(
            run, {"declaration": reassessment.declaration_count}, reassessment, chunks
        )
    done = register_reassessments.reassess_declarations(reassessment, chunk=run.chunk, draws=draws)
    raised = _raise_alerts(reassessment, run.chunk, timezone.now())
    return _completed(run, {**done, "alert": raised}, reassessment, 0)


def _completed(
    run: StageRun, counts: Mapping[str, int], reassessment: Reassessment, chunks: int
) -> list[int]:
    """Complete the chunk. What was chosen is scheduled; the last chunk ends the job."""
    now = timezone.now()
    job = jobs.lock_job(reassessment.job_id)
    stage_runs.complete_run(run=run, counts=counts, now=now)
    following = JobStage.REASSESS
    if scheduled := jobs.schedule_chunks(job_id=job.pk, stage=following, count=chunks, now=now):
        return scheduled if run.stage == JobStage.CHOOSE else []
    if jobs.is_stage_done(job_id=job.pk, stage=following):
        register_reassessments.store_result(reassessment)
        jobs.finish_job(job=job, now=now)
    return []


def _raise_alerts(reassessment: Reassessment, chunk: int, now: datetime) -> int:
    """Raise or update the alerts of the chunk, marked as retroactive: due when the lane is
    stricter than that of the assessment before; an open one is updated in any case."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RAISE,
            {
                "reassessment": reassessment.pk,
                "trigger": REGISTER_CHANGE,
                "key": reassessment.key,
                "chunk": chunk,
                "now": now,
            },
        )
        raised: int = cursor.rowcount
        return raised
