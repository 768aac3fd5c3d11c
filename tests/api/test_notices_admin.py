"""Notices and subscriptions on pages: each one's own, read and unread."""

import pytest
from django.urls import reverse

from targeting.models import Notice, Subscription
from tests.integration.test_law import make_edition, only_own_lists
from tests.integration.test_outbox import asks, proposed

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
NOTICES = reverse("admin:targeting_notice_changelist")
ADD = reverse("admin:targeting_subscription_add")


@pytest.fixture
def law():
    return make_edition(1, None, ["acetone"])


def act(client, action, notice):
    data = {"action": action, "_selected_action": [notice.pk]}
    return client.post(NOTICES, data, format="multipart")


def test_a_notice_stands_in_the_admin_until_its_owner_marks_it_read(
    law, list_approver, list_editor, django_assert_max_num_queries
):
    asks(list_approver.user, by_email=False)
    asks(list_editor.user, by_email=False)
    edition = proposed(law)
    with django_assert_max_num_queries(12):
        shown = list_approver.get(NOTICES + "?read=no").content.decode()
    assert "A: edition 2 is proposed" in shown
    assert reverse("admin:risk_listedition_difference", args=[edition.pk]) in shown
    russian = list_approver.get(NOTICES, headers={"Accept-Language": "ru"}).content.decode()
    assert "A: предложена редакция 2" in russian
    own = Notice.objects.get(user=list_approver.user)
    act(list_editor, "mark_read", own)  # another's row is not there
    own.refresh_from_db()
    assert own.read_at is None
    assert act(list_approver, "mark_read", own).status_code == 302
    own.refresh_from_db()
    assert own.read_at is not None
    assert "is proposed" not in list_approver.get(NOTICES + "?read=no").content.decode()
    assert "is proposed" in list_approver.get(NOTICES + "?read=yes").content.decode()
    other = Notice.objects.get(user=list_editor.user)
    act(list_editor, "mark_all_read", other)
    assert not Notice.objects.filter(read_at=None).exists()


def test_a_subscription_is_begun_changed_and_ended_on_its_page(law, list_editor, list_approver):
    given = {"control_list": law.control_list_id, "kinds": ["edition_proposed"], "lang": "ru"}
    assert list_editor.post(ADD, given, format="multipart").status_code == 302
    row = Subscription.objects.get()
    assert (row.user, row.topic, row.kinds, row.lang) == (
        list_editor.user,
        "list:A",
        ["edition_proposed"],
        "ru",
    )
    place = reverse("admin:targeting_subscription_change", args=[row.pk])
    assert list_approver.get(place).status_code == 302  # there is none of theirs
    data = {"kinds": ["edition_approved", "edition_in_force"], "lang": "en", "by_email": "on"}
    assert list_editor.post(place, data, format="multipart").status_code == 302
    row.refresh_from_db()
    assert (row.topic, row.kinds, row.by_email) == (
        "list:A",
        ["edition_approved", "edition_in_force"],
        True,
    )
    end = reverse("admin:targeting_subscription_delete", args=[row.pk])
    assert list_editor.post(end, {"post": "yes"}, format="multipart").status_code == 302
    assert not Subscription.objects.exists()
    every = {"control_list": "", "kinds": ["edition_in_force"], "lang": "en"}
    list_editor.post(ADD, every, format="multipart")
    assert Subscription.objects.get().topic == ""
