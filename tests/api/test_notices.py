"""Notices and subscriptions over the API: each one's own."""

import pytest

from targeting.domain.outbox import FOR_PEOPLE
from targeting.models import Notice, Subscription
from tests.integration.test_law import make_edition, only_own_lists
from tests.integration.test_outbox import proposed

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
MINE, SUBSCRIPTIONS = "/api/v1/notices", "/api/v1/subscriptions"


@pytest.fixture
def law():
    return make_edition(1, None, ["acetone"])


def results(answer):
    return answer.json()["results"]


def test_notices_when_subscribed_then_mine_unread_and_marked_read(law, analyst, auditor):
    assert analyst.put(SUBSCRIPTIONS, {"list_code": "A"}).status_code == 200
    proposed(law)
    (notice,) = results(analyst.get(f"{MINE}?unread=true"))
    assert (notice["kind"], notice["list_code"], notice["edition"], notice["read_at"]) == (
        "edition_proposed",
        "A",
        2,
        None,
    )
    assert notice["sentence"] == "A: edition 2 is proposed"
    (russian,) = results(analyst.get(MINE, headers={"Accept-Language": "ru"}))
    assert russian["sentence"] == "A: предложена редакция 2"
    assert results(auditor.get(MINE)) == []
    assert auditor.post(f"{MINE}/{notice['id']}/read").status_code == 404
    assert analyst.post(f"{MINE}/{notice['id']}/read").json() == {"marked": 1}
    assert analyst.post(f"{MINE}/read").json() == {"marked": 0}
    assert results(analyst.get(f"{MINE}?unread=true")) == []
    assert len(results(analyst.get(f"{MINE}?unread=false&list=A&kind=edition_proposed"))) == 1
    assert analyst.get(f"{MINE}?colour=red").status_code == 400


def test_a_subscription_when_given_again_then_replaced_and_ended_by_its_owner(
    law, analyst, auditor
):
    first = analyst.put(SUBSCRIPTIONS, {"list_code": None, "by_email": True, "lang": "ru"}).json()
    assert first["list_code"] is None
    assert first["kinds"] == sorted(kind.value for kind in FOR_PEOPLE)
    again = analyst.put(SUBSCRIPTIONS, {"kinds": ["edition_in_force"]}).json()
    assert (again["id"], again["kinds"], again["by_email"]) == (
        first["id"],
        ["edition_in_force"],
        False,
    )
    place = f"{SUBSCRIPTIONS}/{first['id']}"
    assert results(auditor.get(SUBSCRIPTIONS)) == []
    assert auditor.delete(place).status_code == 404
    assert analyst.delete(place).status_code == 204
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"list_code": "none"}, 404),
        ({"kinds": []}, 400),
        ({"kinds": ["edition_burnt"]}, 400),
        ({"lang": "de"}, 400),
    ],
)
def test_a_subscription_when_a_value_is_wrong_then_refused(law, analyst, body, status):
    assert analyst.put(SUBSCRIPTIONS, body).status_code == status
    assert not Subscription.objects.exists()


def test_the_cost_of_notices_does_not_grow(law, analyst, django_assert_max_num_queries):
    analyst.put(SUBSCRIPTIONS, {"list_code": "A"})
    proposed(law)
    for copy in Notice.objects.get().event._meta.model.objects.all():
        for number in range(20):
            copy.pk, copy.key = None, f"copy:{number}"
            copy.save()
            Notice.objects.create(event=copy, user=analyst.user)
    with django_assert_max_num_queries(12):
        assert len(results(analyst.get(MINE))) == 21
