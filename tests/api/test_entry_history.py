"""Every version of an entry of a register, who made it and what it changed."""

import pytest

from risk.models import NotificationMatch
from risk.services.notice_matching import match_notices
from shipments.models import Authorisation, PreExportNotification
from tests.api.conftest import signed_in
from tests.api.test_permit_matches import declared as declared
from tests.api.test_permit_matches import proposed
from tests.factories.authorisations import entry, register
from tests.factories.notifications import arrive, notice, notify
from tests.factories.requirements import need, state
from tests.factories.returns import ConsignmentReturnFactory

pytestmark = pytest.mark.django_db


def history(caller, place, pk):
    answer = caller.get(f"/api/v1/{place}/{pk}/history")
    assert answer.status_code == 200, answer.content
    return answer.json()


def changed(event):
    return {one["field"]: (one["before"], one["after"]) for one in event["changed"]}


def test_permit_when_amended_and_suspended_then_each_version_says_who_and_what(
    list_editor, analyst
):
    place = "/api/v1/authorisations"
    register(entry(amount=1000))
    list_editor.post(place, [entry(amount=900, authority="МВД", line={"line": 1})])
    pk = Authorisation.objects.get().pk
    body = {"since": "2026-03-01", "reason": "checked"}
    assert list_editor.post(f"{place}/{pk}/suspend", body).status_code == 200
    events = history(analyst, "authorisations", pk)
    # Of one transaction, as here: the entry's own, then those of its lines.
    assert [one["action"] for one in events] == ["update", "update", "insert", "update", "insert"]
    last, amended, first, line, _ = events
    assert last["actor"] == list_editor.user.actor
    assert changed(last)["state"] == ("in_force", "suspended")
    assert changed(last)["suspension_reason"] == ("", "checked")
    assert changed(amended)["version"] == ("1", "2")
    assert changed(line)["lines[1].granted_kg"] == ("1000", "900")
    assert (first["actor"], changed(first)["number"]) == ("", ("", "KZ1"))
    assert not any("person" in name or "digest" in name for one in events for name in changed(one))


def test_a_line_that_was_taken_out_stays_in_the_history(analyst):
    second = {"line": 2, "substance_key": "acetone", "amount": "5"}
    register({**entry(), "lines": [*entry()["lines"], second]})
    register(entry())
    (gone,) = [
        one
        for one in history(analyst, "authorisations", Authorisation.objects.get().pk)
        if one["action"] == "delete"
    ]
    assert changed(gone)["lines[2].amount"] == ("5", "")


def test_every_register_has_its_history(declared, analyst):
    notify(notice())
    arrive("D9")
    match_notices(numbers=["D9"])
    state(need())
    requirement = analyst.get("/api/v1/requirements").json()["results"][0]["id"]
    made = proposed(analyst, declared).json()["id"]
    for place, pk in (
        ("pre-export-notifications", PreExportNotification.objects.get().pk),
        ("notification-matches", NotificationMatch.objects.get(registration_number="D9").pk),
        ("requirements", requirement),
        ("returns", ConsignmentReturnFactory().pk),
        ("permit-matches", made),
    ):
        assert history(analyst, place, pk)[-1]["action"] == "insert", place
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    assert far.get(f"/api/v1/permit-matches/{made}/history").status_code == 404


def test_sheets_when_taken_away_then_their_rows(analyst):
    notify(notice())
    arrive("D1", notices=("PEN1",))
    match_notices(numbers=["D1"])
    place = "/api/v1/notification-matches/sheet"
    for query, count in (({}, 2), ({"substance": "toluene"}, 1), ({"office": "55301"}, 2)):
        lines = analyst.get(place, query).content.decode("utf-8-sig").splitlines()
        assert len(lines) == count, query
    assert analyst.get("/api/v1/unannounced-items/sheet").content.startswith(b"\xef\xbb\xbf")
    query = {"since": "2026-01-01", "finding": "none", "substance": "acetone"}
    assert analyst.get("/api/v1/unannounced-items", query).json()["results"] == []
    assert analyst.get("/api/v1/unannounced-items", {"until": "x"}).status_code == 400


def test_drawdowns_when_taken_away_then_those_of_ones_own_offices(declared, analyst):
    made = proposed(analyst, declared).json()
    signed_in(roles=["analyst"]).post(f"/api/v1/permit-matches/{made['id']}/approve")
    place = f"/api/v1/authorisations/{made['authorisation']}/drawdowns/sheet"
    heading, line = analyst.get(place).content.decode("utf-8-sig").splitlines()
    row = dict(zip(heading.split(","), line.split(","), strict=True))
    assert (row["registration_number"], row["mass_kg"]) == ("D1", "100.000000")
    far = signed_in(roles=["analyst"], reach="offices", offices=["50000"])
    assert len(far.get(place).content.decode("utf-8-sig").splitlines()) == 1
