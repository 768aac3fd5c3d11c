"""Drift of learned models: told by an exit code and by a notice to who reads cases."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import CommandError, call_command

from risk.models import RiskModel
from risk.selectors import model_drift
from risk.services.model_training import train_risk_model
from targeting.domain.outbox import FOR_PEOPLE
from targeting.models import Notice, OutboxEvent
from targeting.services.model_drift import check_drift
from targeting.services.notices import subscribe
from tests.factories.targeting import UserFactory
from tests.integration.test_risk_models import NOW, goods, past

__all__ = ["past"]

pytestmark = pytest.mark.django_db

AS_OF = date(2025, 11, 20)
LATER = datetime(2025, 12, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def few_are_enough(monkeypatch):
    monkeypatch.setattr(model_drift, "LEAST_DECLARATIONS", 50)


@pytest.fixture
def model(past) -> RiskModel:
    return train_risk_model(first=None, last=None, as_of=AS_OF, by="command:x", now=NOW).row


@pytest.fixture
def readers():
    """Who asked for every notice: one reads cases, the others do not."""
    people = {role: UserFactory(roles=[role]) for role in ("analyst", "examiner", "list_editor")}
    for user in people.values():
        subscribe(user=user, topic="", kinds=FOR_PEOPLE, by_email=False, lang="en")
    return people


def test_what_was_trained_on_when_it_comes_again_then_stable(model, take_in) -> None:
    (drift,) = check_drift(days=25, now=LATER)
    assert drift.declarations == 149
    assert drift.is_stable
    assert max(drift.indices.values()) < 0.01
    assert "score" in drift.used


def test_other_declarations_when_they_come_then_told_once_a_month_to_who_reads_cases(
    model, take_in, readers, capsys
) -> None:
    take_in([goods(n, is_precursor=True, day=27) for n in range(300, 360)])
    (drift,) = check_drift(days=7, now=LATER)
    assert drift.is_unstable
    assert check_drift(days=7, now=LATER)[0].is_unstable
    (notice,) = Notice.objects.all()
    assert notice.user == readers["analyst"]
    assert notice.event.payload == {"model": 1, "first": "2025-11-24", "last": "2025-11-30"}
    assert OutboxEvent.objects.filter(kind="model_drifted").count() == 1


def test_command_when_stable_unstable_or_nothing_to_compare_then_its_exit_code(
    model, take_in, monkeypatch, capsys
) -> None:
    module = "targeting.management.commands.check_model_drift.timezone.now"
    monkeypatch.setattr(module, lambda: LATER)
    call_command("check_model_drift", days=25)
    told = capsys.readouterr().out
    assert "model 1 (shadow), trained on 2025-11-12 to 2025-11-19" in told
    assert "no tree decides by it" in told
    with pytest.raises(CommandError) as nothing:
        call_command("check_model_drift", days=7)
    assert nothing.value.returncode == 2
    take_in([goods(n, is_precursor=True, day=27) for n in range(300, 360)])
    with pytest.raises(CommandError) as unstable:
        call_command("check_model_drift", days=7)
    assert unstable.value.returncode == 1
    assert "look at it" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no such model") as absent:
        call_command("check_model_drift", model=9)
    assert absent.value.returncode == 2
