"""What an administrator may make of an account: never more than they reach, never their own."""

from collections.abc import Iterable

from shipments.models import Submitter
from targeting.domain.errors import AccessError
from targeting.models import CustomsOffice, Person, User
from targeting.models.choices import Reach

# The parts of an account that say what it may do.
RIGHTS = ("roles", "reach", "offices", "person", "submitter")


def check_rights(
    *,
    by: User,
    account: User | None,
    person: Person | None,
    reach: str,
    is_changed: bool,
    submitter: Submitter | None = None,
) -> None:
    """Whether the administrator ``by`` may give these rights; ``account`` is None for a new one.

    Raises AccessError ``own_rights`` (a second administrator does that), and for one who
    does not see everything ``submitter_foreign``, ``reach_too_far`` and ``agency_foreign``.
    """
    if account is not None and account.pk == by.pk and is_changed:
        raise AccessError("own_rights", allowed="another administrator's change")
    if by.reach == Reach.CENTRAL:
        return
    if submitter is not None:
        raise AccessError("submitter_foreign", allowed="an administrator who sees everything")
    if reach == Reach.CENTRAL:
        raise AccessError("reach_too_far", value=reach, allowed=f"{Reach.AGENCY}, {Reach.OFFICES}")
    own = by.person.agency_id if by.person else None
    if person is None or person.agency_id != own:
        raise AccessError("agency_foreign", allowed="a person of your own agency")


def check_offices(*, person: Person | None, offices: Iterable[str]) -> None:
    """Whether these are codes of customs offices, of the person's agency if one is known.

    Raises AccessError ``office_unknown`` with the codes that are not.
    """
    known = CustomsOffice.objects.filter(code__in=list(offices))
    if person is not None:
        known = known.filter(agency=person.agency_id)
    unknown = sorted(set(offices) - set(known.values_list("code", flat=True)))
    if unknown:
        allowed = "offices of the agency" if person else "offices that an administrator entered"
        raise AccessError("office_unknown", value=unknown, allowed=allowed)
