"""Loading risk profiles."""

import json
import tomllib
from pathlib import Path

from django.db import transaction

from risk.domain.errors import InvalidProfile
from risk.domain.profile import read_profile
from risk.models import RiskProfile


@transaction.atomic
def load_profile(path: Path) -> tuple[RiskProfile, bool]:
    """Store the profile of a TOML file and make it the active one.

    Returns the row and whether it is new. A stored version is never changed: other
    content under the same version raises InvalidProfile.
    """
    profile = read_profile(path)
    # Dates become ISO text, which profile_from_data reads again.
    content = json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))
    row, is_new = RiskProfile.objects.get_or_create(
        code=profile.code,
        version=profile.version,
        defaults={
            "content": content,
            "digest": profile.digest,
            "valid_from": profile.valid_from,
        },
    )
    if row.digest != profile.digest:
        raise InvalidProfile(
            field="version", value=profile.version, allowed="a new number for new content"
        )
    if not row.is_active:
        RiskProfile.objects.filter(is_active=True).update(is_active=False)
        row.is_active = True
        row.save(update_fields=["is_active"])
    return row, is_new
