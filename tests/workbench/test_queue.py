"""The queue as people see it: narrowed, ordered, paged, decided many at once."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from targeting.filters.alerts import AlertFilter
from targeting.filters.narrowed import filters_of
from targeting.models import Alert, AlertAct
from targeting.selectors.alerts import mark_of
from targeting.workbench.views.queue import VIEWS
from tests.api.conftest import signed_in
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

QUEUE = "/workbench/alerts"


def shown(answer):
    """Registration numbers in the order of the page."""
    return re.findall(r"data-open>([^<]+)</a>", answer.content.decode())


def chosen(*alerts):
    return [f"{alert.pk} {mark_of(Alert.objects.get(pk=alert.pk))}" for alert in alerts]


def test_queue_when_opened_then_open_alerts_the_highest_score_first(analyst) -> None:
    low = flagged_shipment(score="40.00", registration_number="A-1")
    high = flagged_shipment(score="90.00", registration_number="A-2")
    flagged_shipment(state="closed", disposition="other", registration_number="A-3")
    answer = analyst.get(QUEUE)
    assert answer.status_code == 200
    assert shown(answer) == [high.registration_number, low.registration_number]


def test_queue_when_narrowed_then_only_those_and_the_query_is_kept_in_links(analyst) -> None:
    flagged_shipment(lane="red", registration_number="A-1")
    yellow = flagged_shipment(lane="yellow", registration_number="A-2")
    answer = analyst.get(QUEUE, {"lane": "yellow"})
    assert shown(answer) == ["A-2"]
    assert f'href="{QUEUE}/{yellow.pk}?lane=yellow"' in answer.content.decode()


def test_queue_when_a_filter_cannot_be_then_it_says_so_beside_the_field(analyst) -> None:
    flagged_shipment()
    answer = analyst.get(QUEUE, {"score_min": "much"})
    assert shown(answer) == []
    assert "errorlist" in answer.content.decode()


def test_queue_when_of_another_office_then_there_is_nothing(db) -> None:
    flagged_shipment(customs_office="11111")
    reader = signed_in(roles=["analyst"], reach="offices", offices=["22222"])
    answer = reader.get(QUEUE)
    assert shown(answer) == []
    assert "No alert is like that" in answer.content.decode()


def test_queue_when_many_pages_then_each_alert_is_on_one(analyst) -> None:
    made = {flagged_shipment(registration_number=f"A-{n}").registration_number for n in range(30)}
    first = shown(analyst.get(QUEUE))
    second = shown(analyst.get(QUEUE, {"page": 2}))
    assert (len(first), len(second)) == (25, 5)
    assert {*first, *second} == made


def test_queue_when_longer_then_no_more_queries(analyst) -> None:
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert analyst.get(QUEUE).status_code == 200
        return len(found)

    flagged_shipment(registration_number="A-0")
    queries()
    few = queries()
    for number in range(1, 20):
        flagged_shipment(registration_number=f"A-{number}")
    assert queries() == few <= 25


def test_queue_when_description_holds_markup_then_it_is_text(analyst) -> None:
    alert = flagged_shipment()
    alert.declaration.items.update(description="<script>alert(1)</script> ацетон")
    page = analyst.get(QUEUE).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_many_when_taken_then_held_and_the_queue_is_as_it_was(analyst) -> None:
    one, two = (flagged_shipment(registration_number=f"A-{n}", lane="yellow") for n in range(2))
    given = {"alert": chosen(one, two), "step": "take", "query": "lane=yellow"}
    answer = analyst.post(f"{QUEUE}/many", urlencode(given, doseq=True), **FORM)
    assert (answer.status_code, answer["Location"]) == (302, f"{QUEUE}?lane=yellow")
    assert {row.assignee for row in Alert.objects.all()} == {analyst.user}


FORM = {"content_type": "application/x-www-form-urlencoded"}


def test_many_when_one_is_refused_then_the_others_are_done_and_it_is_told(analyst) -> None:
    one, two = (flagged_shipment(registration_number=f"A-{n}", lane="yellow") for n in range(2))
    stale = [chosen(one)[0], f'{two.pk} "old"']
    given = {"alert": stale, "step": "dismiss", "reason": "below_limit", "query": ""}
    answer = analyst.post(f"{QUEUE}/many", urlencode(given, doseq=True), **FORM)
    assert answer.status_code == 409
    assert "Somebody changed the alert" in answer.content.decode()
    states = dict(Alert.objects.values_list("registration_number", "state"))
    assert states == {"A-0": "closed", "A-1": "open"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"step": "take"}, "Choose between one and 100"),
        ({"step": "dismiss"}, "This field is required"),
        ({"step": "dismiss", "reason": "other"}, "Say what the other reason is"),
        ({"step": "dismiss", "reason": "below_limit", "scope": "wording"}, "Until which day"),
    ],
)
def test_many_when_something_is_missing_then_nothing_is_done_and_it_says_what(
    analyst, given, told
) -> None:
    alert = flagged_shipment(lane="yellow")
    marks = [] if given["step"] == "take" else chosen(alert)
    answer = analyst.post(f"{QUEUE}/many", urlencode({**given, "alert": marks}, doseq=True), **FORM)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not AlertAct.objects.exists()


def test_many_when_an_auditor_then_refused_and_the_page_offers_no_steps(auditor) -> None:
    alert = flagged_shipment(lane="yellow")
    assert b'name="step"' not in auditor.get(QUEUE).content
    given = {"alert": chosen(alert), "step": "take"}
    answer = auditor.post(f"{QUEUE}/many", urlencode(given, doseq=True), **FORM)
    assert answer.status_code == 403
    assert not AlertAct.objects.exists()


def test_pages_when_nobody_signed_in_then_they_lead_to_the_sign_in(anonymous) -> None:
    answer = anonymous.get(QUEUE, {"lane": "red"})
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/workbench/alerts%3Flane%3Dred"


def test_pages_when_not_for_this_role_then_a_page_says_so(list_editor) -> None:
    answer = list_editor.get(QUEUE)
    assert answer.status_code == 403
    assert "not open to your roles" in answer.content.decode()


def test_home_when_an_analyst_then_the_queue_and_lists_for_their_keepers(
    analyst, list_editor, examiner
) -> None:
    assert analyst.get("/")["Location"] == QUEUE
    assert list_editor.get("/")["Location"] == "/workbench/lists"
    assert examiner.get("/")["Location"] == "/api/docs/"


def test_queue_when_nobody_decided_in_time_then_the_row_says_so(analyst) -> None:
    now = timezone.now()
    for number, due in (("A-1", now - timedelta(hours=1)), ("A-2", now + timedelta(hours=1))):
        flagged_shipment(registration_number=number, due_at=due)
    page = analyst.get(QUEUE).content.decode()
    assert page.count("was to be decided by") == 1
    assert page.count('class="late"') == 1
    assert page.count("to decide by") == 1


@pytest.mark.parametrize("asked", [dict(asked) for _, asked in VIEWS], ids=str)
def test_view_when_counted_then_by_the_condition_of_the_whole_filter(asked) -> None:
    rows = Alert.objects.order_by("pk")
    whole = AlertFilter(QueryDict(urlencode(asked)), queryset=rows)
    few = filters_of(AlertFilter, asked)(QueryDict(urlencode(asked)), queryset=rows)
    assert set(few.filters) == set(asked)
    moment = r"\d\d:\d\d:\d\d\S*"
    said, wanted = (re.sub(moment, "", str(one.qs.query)) for one in (few, whole))
    assert said == wanted
