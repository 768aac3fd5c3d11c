"""One change of a list on the pages of the admin, from its draft to the alerts of its look-back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from risk.models import Rescreening
from shipments.models.choices import JobKind
from targeting import tasks
from targeting.models import Alert
from tests.api.conftest import list_approver, list_editor
from tests.api.test_list_admin import describe, draft, entry_form, law, page, send, take
from tests.integration.conftest import declaration, work_off
from tests.integration.test_law import only_own_lists
from tests.integration.test_look_back import ACETONE, TOLUENE

__all__ = ["draft", "law", "list_approver", "list_editor", "only_own_lists"]  # fixtures

pytestmark = pytest.mark.django_db
LOADS_ITSELF_AGAIN = 'http-equiv="refresh"'


def difference(caller, edition):
    return caller.get(page("listedition_difference", edition.pk)).content.decode()


def test_a_decree_goes_from_its_proposal_to_the_alerts_of_its_look_back(
    submitter, law, draft, take_in, list_editor, list_approver
) -> None:
    lately = (timezone.now() - timedelta(days=10)).isoformat()
    take_in([declaration(1, item=TOLUENE, accepted_at=lately)])
    take_in([declaration(2, item=ACETONE, accepted_at=lately)])
    before = set(Alert.objects.values_list("registration_number", flat=True))
    send(list_editor, page("listentry_add"), entry_form(draft))
    describe(list_editor, draft)
    assert take(list_editor, draft, "propose").status_code == 302
    # The approver sees that it is being found out, and then what.
    assert LOADS_ITSELF_AGAIN in difference(list_approver, draft)
    work_off()
    shown = difference(list_approver, draft)
    assert LOADS_ITSELF_AGAIN not in shown
    simulation = Rescreening.objects.get(kind=JobKind.SIMULATION)
    assert simulation.result["lines"] == {"appears": 1}
    assert TOLUENE["description"] in shown
    assert take(list_approver, draft, "approve").status_code == 302
    assert f"{draft}: approved." in difference(list_approver, draft)
    tasks.bring_lists_into_force()
    place = reverse("admin:risk_rescreening_changelist")
    assert "0 / 1" in list_approver.get(place).content.decode()
    work_off()
    look_back = Rescreening.objects.get(kind=JobKind.LOOK_BACK, edition=draft)
    assert (look_back.job.state, look_back.match_count, look_back.alert_count) == ("done", 1, 1)
    assert "3 / 3" in list_approver.get(place).content.decode()
    (new,) = Alert.objects.exclude(registration_number__in=before)
    assert (new.registration_number[-1], new.is_retroactive) == ("1", True)


def test_an_edition_is_called_by_its_list_and_number(law) -> None:
    assert str(law) == "A edition 1"
