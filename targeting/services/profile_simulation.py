"""The chunks of simulations of the risk profile. Started by the pipeline.

Work and completion are one transaction; the last day ends the job.
"""

from django.db import transaction
from django.utils import timezone

from risk.models import ProfileSimulation
from risk.services import profile_simulations
from risk.services.judging import Draws
from shipments.models import StageRun
from shipments.models.choices import JobStage
from shipments.services import jobs, stage_runs


@transaction.atomic
def do_chunk(*, run: StageRun, draws: Draws) -> list[int]:
    """Replay one day; no run follows. The draws are those that were made."""
    related = ProfileSimulation.objects.select_related("compared_with")
    simulation = related.get(job=run.job_id)
    counts = profile_simulations.replay_day(simulation, chunk=run.chunk)
    now = timezone.now()
    job = jobs.lock_job(simulation.job_id)
    stage_runs.complete_run(run=run, counts=counts, now=now)
    if jobs.is_stage_done(job_id=job.pk, stage=JobStage.REPLAY):
        profile_simulations.store_result(simulation)
        jobs.finish_job(job=job, now=now)
    return []
