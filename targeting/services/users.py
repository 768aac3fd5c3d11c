"""People: accounts are made by an administrator, never by sign-up."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from shipments.domain.errors import InvalidValue
from targeting.models import User
from targeting.models.choices import Role


def register_user(
    *,
    username: str,
    password: str,
    role: Role | None = None,
    email: str = "",
    full_name: str = "",
    is_superuser: bool = False,
) -> User:
    """A person with one role; list administrators and superusers may enter the admin.

    Raises :class:`InvalidValue`: ``password_weak``, ``username_taken``, and
    ``role_missing`` for somebody who would be allowed nothing.
    """
    if role is None and not is_superuser:
        raise InvalidValue("role_missing", value="", allowed=", ".join(Role.values))
    if User.objects.filter(username__iexact=username).exists():
        raise InvalidValue("username_taken", value=username, allowed="a name nobody has")
    first_name, _, last_name = full_name.partition(" ")
    user = User(
        username=username,
        email=email,
        first_name=first_name,
        last_name=last_name,
        role=role.value if role else "",
        is_superuser=is_superuser,
        is_staff=is_superuser or role is Role.LIST_ADMINISTRATOR,
    )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidValue("password_weak", value="", allowed=" ".join(error.messages)) from None
    user.set_password(password)
    user.save()
    return user
