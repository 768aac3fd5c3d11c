"""Whose rows a caller may see: by the customs office where the declaration was lodged.

The scope stands in every queryset that starts at declarations, alerts, parties or the
audit; what is out of it does not exist for the caller (docs/adr/0011-roles-and-scope.md).
"""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from risk.domain.lead_sharing import levels_seen
from shipments.models import PartyRole
from targeting.domain.visibility import FieldClass, may_see
from targeting.models import ApiClient, CustomsOffice, User
from targeting.models.choices import Reach


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a caller sees. ``person_id`` leads to the agency, for that reach only;
    ``is_senior``: leads of every sharing level are for it."""

    reach: Reach
    offices: tuple[str, ...] = ()
    person_id: int | None = None
    is_senior: bool = False

    @property
    def is_central(self) -> bool:
        return self.reach is Reach.CENTRAL

    @property
    def lead_levels(self) -> list[str]:
        """The sharing levels of the leads that the caller may know of."""
        seen = levels_seen(is_central=self.is_central, is_senior=self.is_senior)
        return sorted(level.value for level in seen)


EVERYTHING = Scope(Reach.CENTRAL, is_senior=True)
NOTHING = Scope(Reach.OFFICES)


def scope_of(caller: User | ApiClient) -> Scope:
    """The scope that an account or a client was given."""
    return Scope(
        reach=Reach(caller.reach),
        offices=tuple(caller.offices),
        person_id=caller.person_id if isinstance(caller, User) else None,
        is_senior=isinstance(caller, User) and may_see(caller.grants, FieldClass.RESTRICTED_LEAD),
    )


def in_scope(scope: Scope, office: str = "customs_office") -> Q:
    """Rows whose customs office is in the scope. ``office`` is the path from the row to its code.

    A declaration without an office, or with one that nobody knows, is for central eyes.
    """
    if scope.is_central:
        return Q()
    return Q(**{f"{office}__in": _offices(scope)})


def party_in_scope(scope: Scope) -> Q:
    """Parties of at least one declaration in the scope, in whatever role and version."""
    if scope.is_central:
        return Q()
    roles = PartyRole.objects.filter(party=OuterRef("pk"))
    return Q(Exists(roles.filter(in_scope(scope, "declaration__customs_office"))))


def actor_in_scope(scope: Scope) -> Q:
    """Audit events of accounts that an auditor of this scope watches: those of the agency,
    or those that share one of the offices. Machines and strangers are for central eyes."""
    if scope.is_central:
        return Q()
    if scope.reach is Reach.AGENCY:
        accounts = User.objects.filter(person__agency__people=scope.person_id)
    else:
        accounts = User.objects.filter(offices__overlap=list(scope.offices))
    actors = accounts.annotate(
        opaque=Concat(Value("user:"), Cast(F("pk"), TextField()), output_field=TextField())
    )
    return Q(actor__in=actors.values("opaque"))


def agency_in_scope(scope: Scope, agency: str) -> Q:
    """Rows of the caller's agency; ``agency`` is the path from the row to it."""
    if scope.is_central:
        return Q()
    return Q(**{f"{agency}__people": scope.person_id}) if scope.person_id else Q(pk__in=[])


def offices_of(scope: Scope) -> tuple[str, ...] | None:
    """Codes of the offices in the scope, for statements that are no queryset; None: all."""
    return None if scope.is_central else tuple(_offices(scope))


def _offices(scope: Scope) -> "QuerySet[CustomsOffice, str] | tuple[str, ...]":
    if scope.reach is Reach.AGENCY:
        codes = CustomsOffice.objects.filter(agency__people=scope.person_id)
        return codes.values_list("code", flat=True)
    return scope.offices
