"""People's accounts."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from risk.domain.four_eyes import Actor
from shipments.models import Submitter
from shipments.models.history import with_history
from targeting.domain import policy
from targeting.domain.policy import EXCLUSIVE_ROLES, Role
from targeting.models.agencies import Person, Reaching
from targeting.models.choices import ROLES, Reach


class UserManager(DjangoUserManager["User"]):
    """Accounts without Django's switches; ``createsuperuser`` makes an administrator."""

    def create_user(
        self, username: str, email: str | None = None, password: str | None = None, **more: Any
    ) -> "User":
        return self._create_user(username, email, password, **more)  # type: ignore[attr-defined]

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **more: Any
    ) -> "User":
        return self.create_user(username, email, password, roles=[Role.ADMINISTRATOR], **more)


def _known_roles() -> Q:
    return Q(roles__contained_by=[role.value for role in Role])


def _held_alone() -> Q:
    """Who watches over the others holds no other role."""
    alone = Q(*(~Q(roles__contains=[role.value]) for role in sorted(EXCLUSIVE_ROLES)))
    return alone | Q(roles__len=1)


@with_history(exclude=["password", "last_login"])
class User(Reaching, AbstractUser):
    """An account of a person. Below targeting it is known as ``user:<id>`` only.

    Rights come from ``roles`` and the table in :mod:`targeting.domain.policy`: nobody is a
    superuser, and Django's groups and rows of permissions do not exist. An account of a
    ``submitter`` is a client's: it holds no role, and sees what that submitter sent.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    submitter = models.ForeignKey(
        Submitter, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    roles = ArrayField(models.TextField(choices=ROLES), default=list, blank=True)
    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]

    objects: ClassVar[UserManager] = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=_known_roles(), name="user_roles_known"),
            models.CheckConstraint(condition=_held_alone(), name="user_role_held_alone"),
            models.CheckConstraint(
                condition=Q(submitter=None) | Q(roles=[], reach=Reach.OFFICES, offices=[]),
                name="user_of_submitter_holds_nothing_else",
            ),
            models.CheckConstraint(
                condition=~Q(reach=Reach.AGENCY) | Q(person__isnull=False),
                name="user_reach_of_an_agency",
            ),
        ]

    @property
    def actor(self) -> str:
        """The opaque string under which lower layers record what this account did."""
        return f"user:{self.pk}"

    @property
    def identity(self) -> str:
        """The opaque string of the human being behind the account; empty if nobody said who."""
        return f"person:{self.person_id}" if self.person_id else ""

    def as_actor(self) -> Actor:
        """Account and person, as four eyes ask for them."""
        return Actor(account=self.actor, person=self.identity)

    @property
    def grants(self) -> policy.Grants:
        if not self.is_active:
            return policy.NOBODY
        return policy.SUBMITTER_PEOPLE if self.submitter_id else frozenset(self.roles)

    @property
    def is_superuser(self) -> bool:  # type: ignore[override]
        return False

    @property
    def is_staff(self) -> bool:  # type: ignore[override]
        """Whether some page of the admin is theirs."""
        return policy.allows(self.grants, policy.ADMIN_ROLES)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        if policy.is_central_only(perm) and self.reach != Reach.CENTRAL:
            return False
        return policy.allows(self.grants, policy.admin_grants(perm))

    def has_perms(self, perm_list: Any, obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether some model of the app is theirs to see."""
        return any(
            model.startswith(f"{app_label}.") and self.has_perm(model.replace(".", ".view_"))
            for model in policy.ADMIN
        )
