"""Searches that a person keeps: as the list understands them, their own, told of once."""

import pytest
from django.core import mail
from django.utils import timezone

from targeting.models import KnownRow, Notice, SavedSearch
from targeting.services.outbox import deliver_due
from targeting.services.saved_searches import look_at_searches
from tests.api.conftest import signed_in
from tests.factories.targeting import AlertFactory

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/saved-searches"


@pytest.fixture
def first():
    return signed_in(roles=["analyst"])


def keep(caller, **more):
    body = {"name": "red here", "resource": "alerts", "query": {"lane": ["red"]}}
    return caller.post(PLACE, body | more)


def look():
    return look_at_searches(now=timezone.now())


def notices(caller):
    return caller.get("/api/v1/notices").json()["results"]


def test_search_when_kept_then_its_address_is_the_list_narrowed_so(first):
    red, _ = AlertFactory(lane="red"), AlertFactory(lane="yellow")
    answer = keep(first, query={"lane": ["red"], "ordering": ["-score"]})
    assert answer.status_code == 201
    (row,) = first.get(PLACE).json()["results"]
    assert row == answer.json() == first.get(answer["Location"]).json()
    assert [one["id"] for one in first.get(row["address"]).json()["results"]] == [red.pk]


def test_search_when_of_somebody_else_then_there_is_none(first):
    pk = keep(first).json()["id"]
    assert signed_in(roles=["auditor"]).get(PLACE).status_code == 403
    for role in ("analyst", "senior_analyst"):
        other = signed_in(roles=[role])
        assert other.get(PLACE).json()["results"] == []
        for ask in (other.get, other.put, other.delete):
            assert ask(f"{PLACE}/{pk}").status_code == 404
    assert SavedSearch.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": {"colour": ["red"]}},
        {"query": {"lane": ["purple"]}},
        {"query": {"score_min": ["many"]}},
        {"query": {"importer": ["x" * 500]}},
        {"resource": "declarations", "query": {"importer": ["x"]}, "is_watched": True},
    ],
)
def test_search_when_the_list_would_refuse_it_then_it_is_not_kept(first, wrong):
    assert keep(first, **wrong).status_code == 422
    assert not SavedSearch.objects.exists()


def test_search_when_the_name_is_taken_then_refused_and_changing_keeps_it(first):
    pk = keep(first).json()["id"]
    assert keep(first).json()["params"]["field"] == "name"
    assert keep(first, resource="declarations", query={}).status_code == 201
    body = {"name": "red here", "resource": "alerts", "query": {"lane": ["blue"]}}
    assert first.put(f"{PLACE}/{pk}", body).json()["query"] == {"lane": ["blue"]}
    assert first.delete(f"{PLACE}/{pk}").status_code == 204


def test_search_when_it_brings_privileged_fields_then_none_is_set(first):
    other = signed_in(roles=["analyst"])
    keep(first, owner=other.user.pk, looked_at=10**15, id=99, created_at="2000-01-01T00:00:00Z")
    row = SavedSearch.objects.get()
    assert (row.owner, row.created_at.year > 2000) == (first.user, True)
    assert row.looked_at < 10**15


def test_watch_when_rows_are_new_then_one_notice_and_never_again(first):
    before = AlertFactory(lane="red")
    keep(first, is_watched=True)
    assert look() == 0
    AlertFactory(lane="red")
    changed = AlertFactory(lane="yellow")
    before.save()
    assert look() == 1
    (notice,) = notices(first)
    assert (notice["kind"], notice["sentence"]) == (
        "search_found",
        f"Saved search {SavedSearch.objects.get().pk} found 1 more",
    )
    assert look() == 0
    # What comes to match later is new, too; and what left and comes back is not.
    changed.lane = "red"
    changed.save()
    assert look() == 1
    for lane in ("blue", "red"):
        changed.lane = lane
        changed.save()
        assert look() == 0
    assert Notice.objects.filter(user=first.user).count() == 2


def test_watch_when_a_row_is_out_of_scope_then_it_is_not_told_of():
    near = signed_in(roles=["analyst"], reach="offices", offices=["55301"])
    keep(near, is_watched=True)
    AlertFactory(lane="red", customs_office="50000")
    assert look() == 0
    AlertFactory(lane="red", customs_office="55301")
    assert look() == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": ["list_editor"]}])
def test_watch_when_its_owner_may_read_the_list_no_more_then_nothing_is_told(first, change):
    keep(first, is_watched=True)
    for name, value in change.items():
        setattr(first.user, name, value)
    first.user.save()
    AlertFactory(lane="red")
    assert look() == 0
    assert not Notice.objects.exists()


def test_watch_when_by_mail_then_the_mail_holds_a_number_and_no_case(first):
    first.user.email = "a@customs.example"
    first.user.save()
    keep(first, is_watched=True, by_email=True, name="Ахметов")
    alert = AlertFactory(lane="red")
    look()
    deliver_due(clock=timezone.now)
    (sent,) = mail.outbox
    assert sent.to == [first.user.email]
    assert "found 1 more" in sent.subject
    assert "Ахметов" not in sent.subject + sent.body
    assert alert.registration_number not in sent.subject + sent.body


def test_watch_when_a_controlled_delivery_is_asked_for_then_by_the_owners_eyes_alone(first):
    senior = signed_in(roles=["senior_analyst"])
    for caller in (first, senior):
        keep(caller, is_watched=True, query={"controlled_delivery": ["true"]})
    alert = AlertFactory(lane="red")
    body = {"alert": alert.pk, "named": [], "ground": "act 7"}
    assert senior.post("/api/v1/controlled-deliveries", body).status_code == 201
    assert look() == 1
    assert notices(first) == []
    assert len(notices(senior)) == 1


def test_watch_when_a_release_knows_its_parameter_no_more_then_unwatched_and_the_others_go_on(
    first,
):
    keep(first, is_watched=True)
    keep(first, is_watched=True, name="old")
    SavedSearch.objects.filter(name="old").update(query={"gone": ["1"]})
    AlertFactory(lane="red")
    assert look() == 1
    assert list(SavedSearch.objects.filter(is_watched=True).values_list("name", flat=True)) == [
        "red here"
    ]


def test_watch_when_more_is_stored_then_the_same_number_of_queries(
    first, django_assert_num_queries
):
    keep(first, is_watched=True)
    for more in (1, 8):
        AlertFactory.create_batch(more, lane="red")
        with django_assert_num_queries(10):
            assert look() == 1
    assert KnownRow.objects.count() == 9


def test_watch_when_a_restored_database_counts_anew_then_nothing_is_lost(first):
    keep(first, is_watched=True)
    SavedSearch.objects.update(looked_at=2**62)
    AlertFactory(lane="red")
    assert look() == 1
