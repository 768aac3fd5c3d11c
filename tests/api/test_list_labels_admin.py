"""What stands beside the editions in the admin: a list's own label, deliveries of notices."""

import pytest
from django.urls import reverse

from risk.models import ControlList
from tests.api.test_list_admin import page, send
from tests.factories.targeting import DeliveryFactory
from tests.integration.test_law import only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db


def label(**changes):
    values = {
        "code": "NEW-1", "title": "New list", "authority": "", "jurisdiction": "KZ",
        "legal_act": "decree 1", "act_url": "https://example.org/act", "why": "decree 1",
        "editions-TOTAL_FORMS": 0, "editions-INITIAL_FORMS": 0,
    }  # fmt: skip
    return values | changes


def test_a_list_is_registered_and_relabelled_with_a_reason(list_editor):
    answer = send(list_editor, page("controllist_add"), label())
    assert answer.status_code == 302, answer.content.decode()[:3000]
    row = ControlList.objects.get(code="NEW-1")
    place = page("controllist_change", row.pk)
    seen = list_editor.get(place).context["adminform"].form.initial["seen"]
    changed = label(code="OTHER", title="Newer", why="renamed by decree 2", seen=seen)
    answer = send(list_editor, place, changed)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row.refresh_from_db()
    assert (row.code, row.title) == ("NEW-1", "Newer")
    history = list_editor.get(page("controllist_history", row.pk)).content.decode()
    assert "renamed by decree 2" in history
    assert list_editor.user.actor in history
    late = send(list_editor, place, label(title="Other", seen=seen))
    assert late.status_code == 200
    assert "changed by somebody else" in late.content.decode()
    row.refresh_from_db()
    assert row.title == "Newer"


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"code": "a b"}, {"act_url": "javascript:x"}, {"why": ""}]
)
def test_a_list_when_wrong_or_without_a_reason_then_told(list_editor, wrong):
    assert send(list_editor, page("controllist_add"), label(**wrong)).status_code == 200
    assert not ControlList.objects.filter(title="New list").exists()


def test_a_dead_delivery_is_delivered_again(administrator):
    delivery = DeliveryFactory(state="dead", attempts=10)
    place = reverse("admin:targeting_delivery_changelist")
    send(administrator, place, {"action": "deliver_again", "_selected_action": [delivery.pk]})
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("pending", 0)
