"""Loading risk profiles from files."""

import json
import tomllib
from datetime import datetime
from pathlib import Path

from django.db import transaction

from risk.domain.errors import InvalidProfile
from risk.domain.profile import read_profile
from risk.models import RiskProfile
from risk.models.choices import ProfileState
from risk.services.profile_drafts import bring_into_use


@transaction.atomic
def load_profile(path: Path, *, now: datetime) -> tuple[RiskProfile, bool]:
    """Store the profile of a TOML file and make it the active one.

    Returns the row and whether it is new. A stored version is never changed: other
    content under the same version raises InvalidProfile. Who installs the file approves it.
    """
    profile = read_profile(path)
    # Dates become ISO text, which profile_from_data reads again.
    content = json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))
    row, is_new = RiskProfile.objects.get_or_create(
        code=profile.code,
        version=profile.version,
        defaults={
            "state": ProfileState.APPROVED,
            "content": content,
            "digest": profile.digest,
            "valid_from": profile.valid_from,
            "loaded_from": path.name,
            "activated_at": now,
        },
    )
    if row.digest != profile.digest:
        raise InvalidProfile(
            field="version", value=profile.version, allowed="a new number for new content"
        )
    if not row.is_active:
        bring_into_use(row)
    return row, is_new
