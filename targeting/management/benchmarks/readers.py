"""Analysts who ask the API in a benchmark, and the offices that they ask about."""

from collections.abc import Iterable

from shipments.models import Declaration
from targeting.models import Agency, CustomsOffice
from targeting.models.choices import Reach, Role
from targeting.services.users import enrol_authenticator_app, register_person, register_user


def register_readers(names: Iterable[str], *, password: str, key: str) -> None:
    """Senior analysts of all offices; ``key`` is that of their second factor, in base 32."""
    agency = _agency()
    for name in names:
        user = register_user(
            username=name,
            password=password,
            roles=[Role.SENIOR_ANALYST],
            person=register_person(agency=agency, number=name),
            reach=Reach.CENTRAL,
        )
        enrol_authenticator_app(user=user, secret=key)


def name_offices(region: str) -> None:
    """Every other office of which there are declarations is in the region."""
    used = Declaration.objects.exclude(customs_office="").order_by("customs_office")
    codes = used.values_list("customs_office", flat=True).distinct()
    CustomsOffice.objects.bulk_create(
        CustomsOffice(agency=_agency(), code=code, region=region if place % 2 == 0 else "")
        for place, code in enumerate(codes)
    )


def _agency() -> Agency:
    return Agency.objects.get_or_create(code="bench", defaults={"name": "Bench"})[0]
