"""Amendments and cancellations: the same end, in whatever order and however often they come."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from risk.models import LaneDecision, RiskAssessment, SubstanceMatch, TradeRecord
from shipments.models import Declaration
from targeting import pipeline
from targeting.models import Alert
from targeting.selectors.table_digests import digest_tables
from tests.api.conftest import signed_in
from tests.integration.conftest import RECEIVED_AT, declaration, work_off
from tests.integration.orders import states_in_every_order

pytestmark = pytest.mark.django_db

ANHYDRIDE = {"description": "УКСУСНЫЙ АНГИДРИД", "commodity_code": "2915240000"}
FIXTURES = Path(settings.TARGETING["FIXTURES_DIR"]) / "declarations"
NUMBER = declaration()["registration_number"]


def lodged(version, *items, **changes):
    """A version with these items; the first item of :func:`declaration` without any."""
    made = declaration(version=version, **changes)
    listed = [{**made["items"][0], **item, "item_number": n} for n, item in enumerate(items, 1)]
    return made | ({"items": listed} if listed else {})


def cancelled(version):
    named = ("registration_number", "accepted_at", "customs_office")
    whole = declaration(version=version)
    return {**{name: whole[name] for name in named}, "version": version, "is_cancelled": True}


FIRST = lodged(1, ANHYDRIDE, {"net_mass_kg": "50"})
AMENDED = lodged(2, {"description": "ФУТБОЛКИ"}, customs_office="50000")
ENDED = cancelled(3)
ENDED_AS_A_WHOLE = {name: value for name, value in ENDED.items() if name != "version"}
LODGED_ANEW = lodged(4, ANHYDRIDE, {"net_mass_kg": "7"}, {"net_mass_kg": "8"})

HISTORY = [FIRST, AMENDED, ENDED, LODGED_ANEW]


def test_versions_when_in_any_order_and_repeated_then_the_same_state(take_in) -> None:
    """Amended, cancelled, cancelled unseen, lodged anew: every part of one history."""
    states = states_in_every_order(HISTORY, lambda version: take_in([version]))
    for came, state in states.items():
        assert state["declaration"][0] == len(came)
    # All of them are stored before the first one is linked.
    with transaction.atomic():
        take_in(HISTORY)
        found, wanted = digest_tables(), states[0, 1, 2, 3]
        transaction.set_rollback(True)
    differing = {table for table in found if found[table] != wanted[table]}
    # One file instead of four: its own batch, runs and chunk, and nothing else.
    assert differing <= {"batch", "stage_run", "declaration"}


def test_cancellation_when_without_a_version_then_the_same_state_in_any_order(take_in) -> None:
    history = [FIRST, AMENDED, ENDED_AS_A_WHOLE]
    states = states_in_every_order(history, lambda version: take_in([version]))
    assert states[0, 1, 2]["declaration"][0] == 3


def test_cancellation_when_it_comes_then_risk_forgets_the_trade_and_history_stays(take_in) -> None:
    take_in([FIRST])
    assert TradeRecord.objects.filter(registration_number=NUMBER).count() == 2
    lanes = set(LaneDecision.objects.values_list("pk", "lane"))
    take_in([cancelled(2)])
    assert not TradeRecord.objects.filter(registration_number=NUMBER).exists()
    first, end = Declaration.objects.order_by("version")
    assert (end.is_cancelled, end.supersedes, end.items.count()) == (True, first, 0)
    assert SubstanceMatch.objects.filter(goods_item__declaration=first, is_flagged=True).exists()
    assert set(LaneDecision.objects.values_list("pk", "lane")) == lanes
    assert not RiskAssessment.objects.filter(declaration=end).exists()


def test_cancellation_when_an_alert_is_open_then_marked_and_not_closed(take_in) -> None:
    take_in([FIRST])
    before = Alert.objects.get()
    assert not before.is_cancelled
    take_in([cancelled(2)])
    alert = Alert.objects.get()
    assert (alert.state, alert.is_cancelled) == ("open", True)
    assert (alert.declaration.version, alert.lane) == (1, before.lane)
    take_in([lodged(3)])
    alert.refresh_from_db()
    assert (alert.is_cancelled, alert.declaration.version) == (False, 3)


def test_alert_when_closed_then_no_later_cancellation_or_harmless_version_raises_another(
    take_in, settings
):
    # By another installation's secret the harmless version may be drawn at random.
    settings.TARGETING = settings.TARGETING | {"DRAW_SECRET": "draws nothing here" * 2}
    take_in([FIRST])
    Alert.objects.update(state="closed", disposition="false_positive")
    take_in([AMENDED])
    take_in([cancelled(3)])
    assert Alert.objects.count() == 1
    take_in([LODGED_ANEW])
    assert [alert.declaration.version for alert in Alert.objects.filter(state="open")] == [4]


def test_amendment_when_it_drops_an_item_then_its_trade_is_gone(take_in) -> None:
    take_in([FIRST])
    take_in([lodged(2, ANHYDRIDE)])
    assert list(TradeRecord.objects.values_list("item_number", "version")) == [(1, 2)]


def test_message_without_a_date_when_it_comes_again_then_unchanged(submitter) -> None:
    """What stands for the date is the day of receipt: it is not of what was declared."""
    content, counts = (FIXTURES / "asycuda" / "ok.xml").read_bytes(), []
    for day in range(3):
        batch = pipeline.receive(
            submitter=submitter,
            content=content + b"\n" * day,
            format_key="asycuda",
            received_at=RECEIVED_AT + timedelta(days=day),
        )
        work_off()
        batch.refresh_from_db()
        counts.append((batch.declaration_count, batch.unchanged_count, batch.rejected_count))
    count = Declaration.objects.count()
    assert counts == [(count, 0, 0), (0, count, 0), (0, count, 0)]
    undated = Declaration.objects.filter(extra__accepted_at_source="receipt")
    assert [made.accepted_at for made in undated] == [RECEIVED_AT] * len(undated)
    assert undated


def test_dossier_when_a_version_changed_something_then_named_beside_the_lane_of_each(take_in):
    for version in (FIRST, AMENDED, cancelled(3)):
        take_in([version])
    last = Declaration.objects.get(version=3)
    first, amended, end = (
        signed_in(roles=["analyst"]).get(f"/api/v1/declarations/{last.pk}").json()["versions"]
    )
    assert first["changed"] == []
    assert {"customs_office", "items[1].description", "items[2]"} <= set(amended["changed"])
    assert not {"accepted_at", "items[1].net_mass_kg"} & set(amended["changed"])
    assert {"is_cancelled", "items[1]", "parties[1]"} <= set(end["changed"])
    lanes = dict(LaneDecision.objects.values_list("assessment__declaration__version", "lane"))
    assert [first["lane"], amended["lane"], end["lane"]] == [lanes[1], lanes[2], None]
