"""Look-backs and simulations as they are watched."""

from django.db.models import Count, Q, QuerySet

from risk.models import ListEdition, Rescreening
from shipments.models.choices import JobKind, StageState


def list_rescreenings() -> QuerySet[Rescreening]:
    """With their jobs, and how many chunks of the present stages there are and are done."""
    return Rescreening.objects.select_related("job", "edition__control_list").annotate(
        chunk_count=Count("job__stage_runs"),
        done_count=Count("job__stage_runs", filter=Q(job__stage_runs__state=StageState.DONE)),
    )


def list_look_backs() -> QuerySet[Rescreening]:
    """The newest first."""
    return list_rescreenings().exclude(kind=JobKind.SIMULATION).order_by("-id")


def latest_simulation(edition: ListEdition) -> Rescreening | None:
    """The last simulation of the edition, be it of an older version."""
    simulations = list_rescreenings().filter(kind=JobKind.SIMULATION, edition=edition)
    return simulations.order_by("-id").first()


def is_current(simulation: Rescreening) -> bool:
    """Whether the edition still is as it was simulated."""
    return simulation.edition_version == simulation.changed_edition.version
