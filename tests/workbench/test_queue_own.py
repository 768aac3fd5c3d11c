"""The queue in one's own views, and given to colleagues many at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from targeting.models import Alert, SavedSearch
from targeting.selectors.alerts import mark_of
from tests.api.conftest import signed_in
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

QUEUE = "/workbench/alerts"


def keep(reader, query, name="Reds", **more):
    body = {"query": query, "name": name} | more
    return reader.post(f"{QUEUE}/views", body, format="multipart")


def test_view_when_kept_then_it_is_mine_with_its_count_and_can_be_forgotten(analyst) -> None:
    for number, lane in enumerate(["red", "red", "yellow"]):
        flagged_shipment(lane=lane, registration_number=f"A-{number}")
    answer = keep(analyst, "lane=red&ordering=-accepted_at&page=2", is_watched="on")
    assert answer["Location"] == f"{QUEUE}?lane=red&ordering=-accepted_at"
    row = SavedSearch.objects.get()
    assert row.query == {"lane": ["red"], "ordering": ["-accepted_at"]}
    assert row.is_watched
    said = analyst.get(answer["Location"]).content.decode()
    assert 'aria-current="page">Reds <b>2</b>' in said
    assert "Reds" not in signed_in(roles=["analyst"]).get(QUEUE).content.decode()
    stranger = signed_in(roles=["analyst"])
    assert stranger.post(f"{QUEUE}/views/{row.pk}/forget").status_code == 404
    assert analyst.post(f"{QUEUE}/views/{row.pk}/forget").status_code == 302
    assert not SavedSearch.objects.exists()


def test_view_when_its_name_is_taken_or_blank_then_told_and_not_kept(analyst) -> None:
    keep(analyst, "lane=red")
    for name, told in (("Reds", "a name that is not taken"), ("", "under which name")):
        answer = keep(analyst, "lane=yellow", name=name)
        assert answer.status_code == 422
        assert told in answer.content.decode()
    assert SavedSearch.objects.count() == 1


def test_views_when_there_are_many_then_they_are_counted_in_one_query(analyst) -> None:
    flagged_shipment(lane="red")

    def queries():
        with CaptureQueriesContext(connection) as found:
            analyst.get(QUEUE)
        return len(found)

    queries()
    few = queries()
    for number in range(5):
        keep(analyst, f"score_min={number}", name=f"View {number}")
    assert queries() == few
    said = analyst.get(QUEUE).content.decode()
    assert all(f"View {number} <b>1</b>" in said for number in range(5))


def test_many_when_given_by_a_senior_then_they_are_the_colleague_s(senior_analyst, analyst) -> None:
    alerts = [flagged_shipment(registration_number=f"A-{n}") for n in range(2)]
    marks = [f"{one.pk} {mark_of(Alert.objects.get(pk=one.pk))}" for one in alerts]
    body = {"alert": marks, "step": "assign", "assignee": analyst.user.username, "query": ""}
    place = f"{QUEUE}/many"
    assert 'value="assign"' not in analyst.get(QUEUE).content.decode()
    assert analyst.post(place, body, format="multipart").status_code == 403
    blank = senior_analyst.post(place, body | {"assignee": ""}, format="multipart")
    assert blank.status_code == 422
    assert senior_analyst.post(place, body, format="multipart").status_code == 302
    assert {one.assignee for one in Alert.objects.all()} == {analyst.user}
