"""Training learned models on outcomes; what imports it brings scikit-learn."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import Max, Min

from risk.domain.errors import RiskError
from risk.domain.learning.features import FEATURES
from risk.domain.learning.outcome_training import SETTINGS, Learned, TooFewOutcomes, learn
from risk.models import RiskModel
from risk.models.choices import RiskModelState
from risk.selectors.office import office_day
from risk.selectors.profiles import active_profile
from risk.selectors.risk_models import (
    Window,
    known_outcomes,
    labelled_items,
    passed_by,
    sampled_rows,
)
from risk.services.risk_models import retire_in_state
from shipments.models import Declaration

# Any number that no other advisory lock of the database uses: only one trains at a time.
_LOCK = 7_302_614_986


class NotTrained(RiskError):
    """Nothing was learned. Params: ``reason``."""

    code = "not_trained"


@dataclass(frozen=True, slots=True)
class Trained:
    """What training came to; ``row`` is not stored when ``is_new`` is False or it was a trial."""

    row: RiskModel
    learned: Learned
    is_new: bool


@transaction.atomic
def train_risk_model(
    *,
    first: date | None,
    last: date | None,
    as_of: date,
    by: str,
    now: datetime,
    is_trial: bool = False,
) -> Trained:
    """Train on what was known before the day ``as_of`` of declarations accepted from ``first``
    (default: the first there is) to ``last`` (default: the day before), and store the model as
    the shadow in place of the one before.

    The same outcomes under the same profile give the same bytes, which are stored once. Raises
    NotTrained.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    window = _window(first, last, as_of)
    profile_id, profile = active_profile()
    labelled = labelled_items(known_outcomes(window, as_of), profile)
    sample = list(chain.from_iterable(sampled_rows(window, profile)))
    try:
        learned = learn(labelled, sample, passed_by=passed_by(window))
    except TooFewOutcomes as error:
        raise NotTrained(reason=str(error)) from error
    packed = learned.ensemble.packed()
    digest = hashlib.sha256(packed).hexdigest()
    known = RiskModel.objects.filter(digest=digest).first()
    if known:
        return Trained(known, learned, is_new=False)
    row = RiskModel(
        number=(RiskModel.objects.aggregate(last=Max("number"))["last"] or 0) + 1,
        as_of=as_of,
        window_from=window.first,
        window_to=window.last,
        profile_id=profile_id,
        digest=digest,
        artefact=packed,
        trained_by=by,
        trained_at=now,
        **_described(learned),
    )
    if not is_trial:
        retire_in_state(RiskModelState.SHADOW, f"replaced by model {row.number}", by=by, now=now)
        row.save()
    return Trained(row, learned, is_new=True)


def _window(first: date | None, last: date | None, as_of: date) -> Window:
    ends = Declaration.objects.aggregate(first=Min("accepted_at"))
    if ends["first"] is None:
        raise NotTrained(reason="no declaration is stored")
    window = Window(first or office_day(ends["first"]), last or as_of - timedelta(days=1))
    if not window.first <= window.last < as_of:
        raise NotTrained(
            reason=f"{window.first} to {window.last} is no period that ends before {as_of}"
        )
    return window


def _described(learned: Learned) -> dict[str, Any]:
    """What the registry tells of a model."""
    return {
        "features": list(FEATURES),
        "settings": msgspec.to_builtins(SETTINGS),
        "profiles": msgspec.to_builtins(learned.profiles),
        "quality": {
            "found": learned.found,
            "clean": learned.clean,
            "random": learned.random,
            "random_weight": learned.random_weight,
            "cross_validated": msgspec.to_builtins(learned.quality),
        },
    }
