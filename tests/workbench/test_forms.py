"""Every form that is refused stands there again as it was filled in, and says of each field what
cannot be, with the value and what is allowed, in the reader's language.

What is never sent back: passwords, and files, which no browser fills in again.
"""

import re
from html.parser import HTMLParser
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from django.urls import reverse

from targeting.workbench.urls import urlpatterns
from tests.api.conftest import signed_in
from tests.factories.channels import channel_of
from tests.factories.risk import RiskModelFactory, RiskProfileFactory
from tests.factories.shipments import PartyFactory
from tests.factories.targeting import (
    AgencyFactory,
    ApiClientFactory,
    ExportFactory,
    OperatorQuestionFactory,
    flagged_shipment,
)

pytestmark = pytest.mark.django_db

LONG = "x" * 20_001


class Asked(NamedTuple):
    """What is sent to a route: ``wrong`` by field with what its error must hold, ``kept`` what
    must stand there again beside it."""

    route: str
    wrong: dict[str, tuple[object, str]]
    kept: dict[str, object] = {}
    sent: dict[str, object] = {}
    method: str = "post"
    prefix: str = ""
    who: str = "reader"


DAY = "2026-03-01"
FORMS = [
    Asked("queue",
          {"lane": ("pink", "красный"), "date_from": ("soon", DAY), "score_min": ("many", "")},
          {"importer": "Alpha"}, method="get"),
    Asked("declarations", {"lane": ("pink", "красный"), "day_from": ("soon", DAY)},
          {"importer": "Alpha"}, method="get"),
    Asked("outcomes", {"result": ("pink", ""), "day_from": ("soon", DAY)},
          {"act_number": "A-1"}, method="get"),
    Asked("channels", {"level": ("pink", ""), "moved_from": ("soon", DAY)},
          {"substance": "acetone"}, method="get"),
    Asked("figures", {"date_from": ("soon", DAY)}, {"office": "55301"}, method="get"),
    Asked("screen", {"day": ("soon", DAY)}, {"text": "acetone", "commodity_code": "29"}),
    Asked("dismiss", {"reason": ("pink", ""), "until": ("soon", DAY), "scope": ("all", "")},
          {"comment": "seen before"}, prefix="dismiss-"),
    Asked("assign", {"comment": (LONG, "4000")}, {"assignee": "aruzhan"}, prefix="assign-"),
    Asked("note", {"comment": (LONG, "4000")}, prefix="note-"),
    Asked("refer", {"kind": ("mail", ""), "agency": ("nobody", "Police"), "parts": ("all", "")},
          {"note": "please look", "parts": "goods"}),
    Asked("attach", {"note": (LONG, "1000")}, prefix="attach-"),
    Asked("watch", {"named": ("nobody", "nobody")}, {"ground": "act 7"}, prefix="watch-"),
    Asked("record",
          {"item_number": ("9", ""), "inspected_at": ("soon", "2026-03-01 14:30"),
           "result": ("fine", ""), "found_mass_kg": ("much", ""), "measure": ("x", "")},
          {"act_number": "A-1", "waiver_note": "words", "corrects": "A-0"}),
    Asked("record", {"found_commodity_code": ("29", "4"), "measure": ("fine", "")},
          {"act_number": "A-1", "inspected_at": "2026-03-02T10:00"},
          {"item_number": "0", "result": "clean"}),
    Asked("limits", {"capacity": ("-5", "0"), "rate": ("3", "1"), "valid_from": ("soon", DAY)},
          {"customs_office": "55301", "lane": "yellow", "reason": "more people"}),
    Asked("limits", {"customs_office": ("nowhere", "nowhere")},
          {"lane": "yellow", "capacity": "5", "valid_from": "2030-01-01", "reason": "more"}),
    Asked("limits", {"valid_from": ("2020-01-01", "")},
          {"customs_office": "55301", "lane": "yellow", "capacity": "5", "reason": "more"}),
    Asked("model-step", {"reason": (LONG, "2000")}),
    Asked("keep", {"name": (LONG, "100")}, {"is_watched": "on"}, {"query": "lane=red"}),
    Asked("many", {"reason": ("pink", "")}, {"comment": "the same firm"}, {"step": "dismiss"}),
    Asked("many", {"reason": ("pink", "")}, {"comment": "none chosen"},
          {"step": "dismiss", "alert": ""}),
    Asked("channel-confirm", {"level": ("pink", "")}, {"reason": "six times"}, prefix="confirm-"),
    Asked("export-file", {"purpose": ("x" * 501, "500")}),
    Asked("submissions",
          {"mapping": ("wide", ""), "format": ("word", "json"), "delimiter": (";;", "1")},
          {"decimal_mark": ",", "date_order": "month_first"}, who="person"),
    Asked("submission-question", {"text": (LONG, "10000")}, who="person"),
]  # fmt: skip
# Buttons without a field to fill in.
NOTHING_TYPED = {
    *("take", "release", "forget", "watch-end", "referral-withdraw", "export-end"),
    *("receipt-cancel", "submission-rotate"),
    # One choice of a few, of which a browser sends no other.
    "exports",
}
# The same form and page as one that is walked.
ALIKE = {
    *("confirm-dismissal", "refuse-dismissal", "reopen"),
    *("channel-dismiss", "channel-reopen", "channel-liquidate"),
}


class Filled(HTMLParser):
    """``values`` of a page's fields by name, ``faults`` by the id of the field."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.faults: dict[str, str] = {}
        self._open = self._fault = self._tag = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "input" and (
            given.get("type") not in ("checkbox", "radio") or "checked" in given
        ):
            self.values.setdefault(name, []).append(given.get("value") or "on")
        elif tag in ("select", "textarea"):
            self._open = name
            self.values.setdefault(name, []).append("")
        elif tag == "option" and "selected" in given:
            self.values[self._open].append(given.get("value") or "")
        elif tag == "ul" and "errorlist" in (given.get("class") or ""):
            self._fault = given.get("id") or ""
        self._tag = tag

    def handle_endtag(self, tag):
        self._tag = ""
        if tag == "ul":
            self._fault = ""

    def handle_data(self, data):
        if self._fault:
            self.faults[self._fault] = self.faults.get(self._fault, "") + data
        elif self._tag == "textarea":
            self.values[self._open].append(data.removeprefix("\n"))


@pytest.fixture
def _no_reference_data():
    """What the world of this module holds stays for all of its tests."""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Callers and places, stored once for all forms and undone behind them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:  # what other modules of the process left there
            cursor.execute("TRUNCATE risk_riskprofile, risk_controllist, risk_substance CASCADE")
        yield _world()
        transaction.set_rollback(True)


def _world():
    RiskProfileFactory()
    AgencyFactory(code="police", name="Police")
    alert = flagged_shipment(lane="yellow")
    channel = channel_of(alert.declaration, PartyFactory())
    reader = signed_in(roles=["senior_analyst", "list_editor"])
    submitter = ApiClientFactory().submitter
    person = signed_in(roles=[], reach="offices", person=None, submitter=submitter)
    question = OperatorQuestionFactory(declaration=alert.declaration, submitter=submitter)
    export = ExportFactory(owner=reader.user, resource="parties", file="exports/a.csv")
    model = RiskModelFactory(state="shadow")
    at_alert = ("dismiss", "assign", "note", "refer", "attach", "watch")
    return {
        "reader": reader,
        "person": person,
        "alert": alert,
        "model": model.number,
        "arguments": {
            **{route: [alert.pk] for route in at_alert},
            "record": [alert.declaration_id],
            "figures": ["workload"],
            "model-step": [model.pk, "retire"],
            "channel-confirm": [channel.pk],
            "export-file": [export.public_id],
            "submission-question": [question.public_id],
        },
    }


def answered(world, asked, lang):
    """The page that refuses."""
    arguments = world["arguments"].get(asked.route, [])
    address = reverse(f"workbench:{asked.route}", args=arguments)
    named = {name: value for name, (value, _) in asked.wrong.items()}
    named |= {name: [named[name], v] if name in named else v for name, v in asked.kept.items()}
    chosen = f"{world['alert'].pk} x"
    body = {asked.prefix + name: value for name, value in named.items()}
    body |= {"alert": chosen, **asked.sent} if asked.route == "many" else asked.sent
    more = {"format": "multipart"} if asked.method == "post" else {}
    call = getattr(world[asked.who], asked.method)
    return call(address, body, headers={"Accept-Language": lang}, **more)


@pytest.mark.parametrize("asked", FORMS, ids=lambda one: one.route)
def test_form_when_refused_then_it_keeps_what_was_typed_and_says_what_is_allowed(
    world, asked
) -> None:
    answer = answered(world, asked, "ru")
    assert answer.status_code == (
        200 if asked.method == "get" and asked.route != "figures" else 422
    )
    page = Filled(answer.content.decode())
    for name, value in asked.kept.items():
        assert value in page.values[asked.prefix + name], name
    for name, (value, allowed) in asked.wrong.items():
        if name not in _CHOSEN:
            assert value in page.values[asked.prefix + name], name
        if asked.sent.get("alert") == "":
            continue  # that none was chosen is told first
        fault = page.faults[f"id_{asked.prefix}{name}{_suffix(world, asked)}_error"]
        assert re.search("[а-я]", fault), fault
        assert allowed in fault
        assert len(str(value)) > 60 or str(value) in fault


@pytest.mark.parametrize("lang", ["kk", "en"])
def test_form_when_refused_then_every_fault_is_in_the_readers_language(world, lang) -> None:
    english = re.compile(r"\b(the|value|enter|valid|allowed|only|none|choice)\b", re.IGNORECASE)
    for asked in FORMS:
        page = Filled(answered(world, asked, lang).content.decode())
        assert page.faults or asked.sent.get("alert") == ""
        for field, fault in page.faults.items():
            told = fault.partition("»")[2] or fault
            assert bool(english.search(told)) <= (lang == "en"), (asked.route, field, fault)


# A value that was never offered cannot be shown as chosen.
_CHOSEN = {
    *("lane", "result", "level", "reason", "scope", "kind", "agency", "parts", "item_number"),
    *("measure", "mapping", "format"),
}


def _suffix(world, asked):
    """What tells a field from those of the same name on the page."""
    of_rows = {"export-file": world["arguments"]["export-file"][0], "model-step": world["model"]}
    return f"_{of_rows[asked.route]}" if asked.route in of_rows else ""


def test_forms_when_there_is_a_new_one_then_it_is_walked() -> None:
    posting = {
        route.name
        for route in urlpatterns
        if "POST"
        in getattr(route.callback, "view_initkwargs", {}).get(
            "needed", getattr(getattr(route.callback, "view_class", None), "needed", {})
        )
    }
    assert posting - {one.route for one in FORMS} - NOTHING_TYPED == ALIKE


def test_sign_in_when_refused_then_the_name_stays_and_no_secret(client) -> None:
    typed = {"login": "aruzhan", "password": "hunter2"}
    answer = client.post("/accounts/login/", typed, headers={"Accept-Language": "ru"})
    page = answer.content.decode()
    assert "aruzhan" in Filled(page).values["login"]
    assert "hunter2" not in page
