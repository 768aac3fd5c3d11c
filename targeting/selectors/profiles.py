"""Versions of the risk profile and their simulations as they are shown."""

from django.db.models import Count, Q, QuerySet

from risk.models import ProfileSimulation, RiskProfile, SimulatedLoad
from shipments.models.choices import StageState
from targeting.selectors.scope import Scope, in_scope


def list_profiles() -> QuerySet[RiskProfile]:
    """Every version, the newest first."""
    return RiskProfile.objects.select_related("based_on").order_by("-id")


def latest_profile_simulation(profile: RiskProfile) -> ProfileSimulation | None:
    """The last simulation of the version, be it of an older revision, with how far it is."""
    rows = ProfileSimulation.objects.select_related("job", "profile", "compared_with").annotate(
        chunk_count=Count("job__stage_runs"),
        done_count=Count("job__stage_runs", filter=Q(job__stage_runs__state=StageState.DONE)),
    )
    return rows.filter(profile=profile).order_by("-id").first()


def simulated_loads(simulation: ProfileSimulation, scope: Scope) -> QuerySet[SimulatedLoad]:
    """The load of every office in scope, day by day."""
    return simulation.loads.filter(in_scope(scope)).order_by("day", "customs_office")


def profile_etag(profile: RiskProfile, simulation: ProfileSimulation | None = None) -> str:
    """A mark that changes with everything a version says; behind it may stand that of what is
    shown beside it, its simulation."""
    beside = f";{simulation.pk}.{simulation.job.state}" if simulation else ""
    return f'"{_mark(profile)}{beside}"'


def is_mark_of_profile(given: str, profile: RiskProfile) -> bool:
    """Whether an ETag is of the version as it is, whatever was shown beside it."""
    return given.strip('"').partition(";")[0] == _mark(profile)


def _mark(row: RiskProfile) -> str:
    return f"{row.pk}.{row.revision}.{row.state}.{row.is_active}"
