"""The Celery tasks: thin calls into the pipeline."""

from celery import shared_task

from targeting import pipeline


@shared_task(name=pipeline.RUN_STAGE, ignore_result=True)
def run_stage(run_id: int) -> int:
    return pipeline.run_stage(run_id)


@shared_task(name="targeting.tasks.sweep", ignore_result=True)
def sweep() -> int:
    return pipeline.sweep()
