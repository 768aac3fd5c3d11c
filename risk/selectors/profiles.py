"""The risk profile in use."""

from functools import lru_cache

from risk.domain.profile import RiskProfile, profile_as_stored
from risk.models import RiskProfile as RiskProfileRow


def active_profile() -> tuple[int, RiskProfile]:
    """Primary key and content of the active profile; raises DoesNotExist without one."""
    row = RiskProfileRow.objects.only("pk", "digest").get(is_active=True)
    return row.pk, stored_profile(row)


def stored_profile(row: RiskProfileRow) -> RiskProfile:
    """The content of a stored profile, read once per process."""
    return _profile(row.pk, row.digest)


@lru_cache(maxsize=4)
def _profile(pk: int, digest: str) -> RiskProfile:
    return profile_as_stored(RiskProfileRow.objects.values_list("content", flat=True).get(pk=pk))
