"""Looking whether learned models still see what they were trained on, and telling when not."""

from datetime import datetime, timedelta

from django.db import transaction

from risk.models.choices import RiskModelState
from risk.selectors.model_drift import ModelDrift, drift_of
from risk.selectors.office import office_day
from risk.selectors.risk_models import Window, list_risk_models
from targeting.domain.outbox import EventKind, model_topic
from targeting.domain.policy import CASE_READERS
from targeting.services.outbox import record_event


def check_drift(*, days: int, now: datetime, number: int | None = None) -> list[ModelDrift]:
    """Compare what was accepted in the last whole days with what each model that scores (or the
    one of the ``number``) was trained on.

    Who reads cases and asked for it is told of one that is unstable, once a month.
    """
    today = office_day(now)
    window = Window(today - timedelta(days=days), today - timedelta(days=1))
    chosen = list_risk_models()
    if number is None:
        chosen = chosen.exclude(state=RiskModelState.RETIRED)
    else:
        chosen = chosen.filter(number=number)
    found = [drift_of(model, window) for model in chosen]
    for one in found:
        if one.is_unstable and one.model.state != RiskModelState.RETIRED:
            _tell(one, now)
    return found


@transaction.atomic
def _tell(drift: ModelDrift, now: datetime) -> None:
    """What the model goes by is not said: the notice says only that it is to be looked at."""
    number, (first, last) = drift.model.number, drift.window
    record_event(
        key=f"{EventKind.MODEL_DRIFTED.value}:{number}:{last:%Y-%m}",
        kind=EventKind.MODEL_DRIFTED,
        topic=model_topic(number),
        payload={"model": number, "first": first.isoformat(), "last": last.isoformat()},
        now=now,
        readers=CASE_READERS,
    )
