"""People: accounts are made by an administrator, never by sign-up."""

from collections.abc import Iterable

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from shipments.domain.errors import InvalidValue
from shipments.models import Submitter
from targeting.domain.policy import EXCLUSIVE_ROLES
from targeting.models import Agency, Person, User
from targeting.models.choices import Reach, Role


@transaction.atomic
def register_user(
    *,
    username: str,
    password: str,
    roles: Iterable[Role],
    person: Person | None = None,
    reach: Reach = Reach.OFFICES,
    offices: Iterable[str] = (),
    email: str = "",
    full_name: str = "",
    submitter: Submitter | None = None,
) -> User:
    """An account with its roles; without a ``reach`` or ``offices`` it sees no declaration.
    One of a ``submitter`` has no role, reach or office: it sees what that submitter sent.

    Without a ``person`` it can neither propose nor approve. Raises :class:`InvalidValue`:
    ``password_weak``, ``username_taken``, ``role_missing`` for somebody who would be
    allowed nothing, ``role_held_alone`` for an auditor or administrator with a second role.
    """
    wanted = [] if submitter else _consistent(roles)
    if User.objects.filter(username__iexact=username).exists():
        raise InvalidValue("username_taken", value=username, allowed="a name nobody has")
    first_name, _, last_name = full_name.partition(" ")
    user = User(
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        person=person,
        submitter=submitter,
        roles=wanted,
        reach=reach.value,
        offices=sorted(offices),
    )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidValue("password_weak", value="", allowed=" ".join(error.messages)) from None
    user.set_password(password)
    user.save()
    return user


def register_person(*, agency: Agency, number: str) -> Person:
    """The human being whom the agency knows by this number: one, however many accounts."""
    return Person.objects.get_or_create(agency=agency, number=number)[0]


@transaction.atomic
def invite_user(*, user: User, site: str) -> None:
    """Mail the person a link as :func:`invitation_link` makes it. It leaves after the commit.

    Raises :class:`InvalidValue` ``email_missing``.
    """
    if not user.email:
        raise InvalidValue("email_missing", value=user.username, allowed="an address to write to")
    context = {"user": user, "link": invitation_link(user=user, site=site)}
    subject = render_to_string("account/email/invitation_subject.txt", context).strip()
    body = render_to_string("account/email/invitation_message.txt", context)
    address = user.email
    transaction.on_commit(lambda: send_mail(subject, body, None, [address]))


@transaction.atomic
def invitation_link(*, user: User, site: str) -> str:
    """A link, good once and for two days, to choose a password and set up a second factor.

    Whatever password the account had stops working. ``site`` is the address of the
    installation (``https://targeting.example.org``).
    """
    user.set_unusable_password()
    user.save()
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    return site.rstrip("/") + path


@transaction.atomic
def enrol_authenticator_app(*, user: User, secret: str) -> Authenticator:
    """A second factor whose key is known already: for accounts that a program sets up.

    ``secret`` is the key in base 32, as authenticator apps take it. Replaces another one.
    """
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)}
    )


@transaction.atomic
def remove_second_factor(*, user: User) -> int:
    """For a lost phone: invited again, the person sets a new one up. How many were held.

    Ends the person's sessions, whoever has them. A password alone opens nothing then.
    """
    for session in UserSession.objects.filter(user=user):
        session.end()
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    return removed


def _consistent(roles: Iterable[Role]) -> list[str]:
    wanted = set(roles)
    if not wanted:
        raise InvalidValue("role_missing", value="", allowed=", ".join(Role))
    alone = sorted(wanted & EXCLUSIVE_ROLES)
    if alone and len(wanted) > 1:
        raise InvalidValue("role_held_alone", value=sorted(wanted), allowed=f"{alone[0]} only")
    return sorted(role.value for role in wanted)
