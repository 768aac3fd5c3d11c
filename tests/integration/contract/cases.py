"""Rows that wait for somebody: what one person proposed, and histories that only people make."""

import json
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from risk.domain.network.channel_states import ChannelMove
from risk.models import NotificationMatch, PartyLikeness, PermitMatch, Substance
from risk.models.choices import NotificationMatchState
from risk.selectors.office import office_day
from risk.services.channels import move_channel, propose_supply_channels
from shipments.models import AuthorisationLine, Declaration, Party, PreExportNotification, Submitter
from targeting import pipeline
from targeting.domain.lifecycle import Move
from targeting.models import Alert
from targeting.services.alert_acts import Said, move_alert
from targeting.services.questions import Document, answer_question
from tests.api import test_channels, test_editions, test_profiles
from tests.api.conftest import signed_in
from tests.factories.authorisations import declare, entry, register
from tests.factories.risk import SubstanceMatchFactory
from tests.factories.targeting import OperatorQuestionFactory, UserFactory
from tests.integration.conftest import declaration, work_off
from tests.unit.formats.test_corrections import SENT

HOLD = timedelta(hours=4)
# A company that nobody declared but here.
CLAIMANT = "030140000019"


def leave_waiting() -> None:
    """After the rows that the rest of the world is made of."""
    declare_claims()
    send_table()
    compare_notices()
    with transaction.atomic():
        propose_pairs()
        propose_permits()
        decide_alerts()
        confirm_channel()
        ask_operator()
    propose_lists()


def declare_claims() -> None:
    """Goods that somebody says are not controlled, of the last days, so that totals run."""
    for number, days in ((1, 20), (2, 9)):
        at = timezone.now() - timedelta(days=days)
        one = declaration(
            number,
            registration_number=f"55301/{at:%d%m%y}/{number:07}",
            accepted_at=at.isoformat(),
            item={
                "description": "АЦЕТОН ТЕХНИЧЕСКИЙ 99 %",
                "commodity_code": "2914110000",
                "extra": {"restrictions_declared_not_to_apply": "С"},
            },
            parties=[
                {
                    "role": "importer",
                    "name": "ТОО «Сириус Лак»",
                    "country": "KZ",
                    "identifiers": [{"kind": "bin", "value": CLAIMANT}],
                }
            ],
        )
        receive(json.dumps(one).encode(), "ndjson", "")


def send_table() -> None:
    """A table with rows that must be corrected."""
    receive(SENT, "csv", "generic_csv")


def receive(content: bytes, format_key: str, mapping_key: str) -> None:
    pipeline.receive(
        submitter=Submitter.objects.get(key="demo-broker"),
        content=content,
        format_key=format_key,
        mapping_key=mapping_key,
        received_at=timezone.now(),
    )
    work_off()


def compare_notices() -> None:
    """Items beside the notices under which they may have come."""
    came = Declaration.objects.filter(registration_number__startswith="55301/040326/")
    for notice, one in zip(PreExportNotification.objects.order_by("id"), came, strict=False):
        item = one.items.get()
        NotificationMatch.objects.create(
            notification=notice,
            declaration=one,
            goods_item=item,
            registration_number=one.registration_number,
            item_number=item.item_number,
            accepted_at=one.accepted_at,
            state=NotificationMatchState.PROPOSED,
            score=0.8,
            grounds=["importer", "substance"],
            differences=["mass"],
            mass_kg=100,
        )


def propose_pairs() -> None:
    parties = Party.objects.filter(name__contains="ТОО").order_by("id")[:8]
    for lower, higher in zip(parties[::2], parties[1::2], strict=True):
        PartyLikeness.objects.create(
            lower=lower,
            higher=higher,
            outcome="review",
            bits=7.5,
            coverage=0.75,
            grounds=[["name", 7.5, lower.name]],
        )


def propose_permits() -> None:
    """An item that somebody says came under the line of a permit that it does not name."""
    register(entry("KZ9", holder={"name": "ТОО «Сириус Лак»", "bin": CLAIMANT}))
    made = declare("55301/050326/0000001", permits=(), importer=CLAIMANT)
    SubstanceMatchFactory(
        goods_item=made.items.get(),
        substance=Substance.objects.get(key="acetone"),
        list_verdicts=[{"list_code": "RU-681-L4", "verdict": "above", "limit_pct": "60"}],
    )
    person = UserFactory().as_actor()
    PermitMatch.objects.create(
        line=AuthorisationLine.objects.get(authorisation__number="KZ9"),
        declaration=made,
        registration_number=made.registration_number,
        item_number=1,
        reason="Номер лицензии в графе 44 с опечаткой.",
        proposed_by=person.account,
        proposed_person=person.person,
        proposed_at=timezone.now(),
    )


def decide_alerts() -> None:
    """Dismissals that wait for a second person, and one that stands for repeats."""
    waiting = Alert.objects.filter(state="open", proposal=None).order_by("-id")
    said = Said(reason="permits_in_order", comment="Лицензия МВД KZ55LIC00017 действует.")
    for alert in list(waiting.filter(lane="red")[:3]):
        _dismiss(alert, said)
    until = office_day(timezone.now()) + timedelta(days=90)
    assessed = waiting.filter(declaration__submitter__key="demo-broker").exclude(lane="red")
    # Of an innocent declaration that was drawn no wording was flagged, and the draw is by chance.
    for alert in list(assessed.filter(is_random_arm=False)[:2]):
        _dismiss(alert, said._replace(scope="wording", until=until))


def _dismiss(alert: Alert, said: Said) -> None:
    by = UserFactory()
    now = timezone.now()
    move_alert(alert=alert, move=Move.DISMISS, by=by, now=now, hold=HOLD, mark=None, said=said)


def confirm_channel() -> None:
    supplies = test_channels.World()
    for days in (41, 31, 21, 11, 6, 2):
        supplies.sent(days, importer=days % 2)
    for channel in propose_supply_channels(day=test_channels.DAY, now=test_channels.NOW):
        move_channel(
            channel_id=channel.pk,
            move=ChannelMove.CONFIRM,
            reason="Шесть поставок.",
            by=UserFactory().actor,
            now=timezone.now(),
        )


def ask_operator() -> None:
    """Questions to one who can answer; one is answered with a document."""
    alerts = Alert.objects.filter(declaration__submitter__key="demo-broker")
    asked = [OperatorQuestionFactory(declaration=one.declaration) for one in alerts[:4]]
    answer_question(
        question=asked[0],
        text="Для производства красок.",
        documents=[Document("contract.pdf", b"%PDF-1.7 contract")],
        actor="client:demo",
        now=timezone.now(),
    )


def propose_lists() -> None:
    """A draft of a list, and one of the profile, that wait for a second person."""
    editor = signed_in(roles=["list_editor"])
    place = "/api/v1/lists/RU-681-L1/editions"
    begun = editor.post(place)
    draft, etag = f"{place}/{begun.json()['number']}", begun["ETag"]
    for method, word, data in (
        ("put", "", test_editions.DESCRIPTION),
        ("post", "/propose", None),
    ):
        answer = getattr(editor, method)(f"{draft}{word}", data, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.json()
        etag = answer["ETag"]
    test_profiles.Editor(signed_in(roles=["senior_analyst"])).propose()
