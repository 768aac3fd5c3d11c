"""A message to the broker is only a wake-up call: without a broker the commit stands."""

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from targeting import pipeline


@pytest.mark.django_db(transaction=True)
def test_enqueue_when_the_broker_is_away_then_the_transaction_stands(monkeypatch) -> None:
    asked = []

    def refuse(run_id: int, queue: str) -> None:
        asked.append(run_id)
        raise OperationalError("connection refused")

    monkeypatch.setattr(pipeline, "_send", refuse)
    with transaction.atomic():
        pipeline.send_on_commit(7)
    assert asked == [7]
