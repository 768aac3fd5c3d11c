"""The risk profile in the admin: a draft started, edited, compared, and each step taken."""

import json

import pytest
from django.urls import reverse

from risk.models import ProfileSimulation, RiskProfile
from tests.api.conftest import signed_in
from tests.factories.risk import RiskProfileFactory
from tests.integration.conftest import work_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_use():
    return RiskProfileFactory(version=9)


@pytest.fixture
def second():
    return signed_in(roles=["senior_analyst"])


def steps_of(profile):
    return reverse("admin:risk_riskprofile_difference", args=[profile.pk])


def take(client, profile, step):
    profile.refresh_from_db()
    form = {"step": step, "revision": profile.revision}
    answer = client.post(steps_of(profile), form, format="multipart", follow=True)
    assert answer.status_code == 200
    profile.refresh_from_db()
    return answer.content.decode()


@pytest.fixture
def draft(senior_analyst, in_use):
    take(senior_analyst, in_use, "draft")
    return RiskProfile.objects.get(state="draft")


def edit(client, draft, content, **more):
    form = {
        "change_note": "fewer", "content": json.dumps(content), "revision": draft.revision, **more
    }  # fmt: skip
    place = reverse("admin:risk_riskprofile_change", args=[draft.pk])
    return client.post(place, form, format="multipart")


def test_draft_when_edited_then_stored_compared_and_explained(senior_analyst, draft):
    content = draft.content | {"lanes": draft.content["lanes"] | {"red": 61}}
    assert edit(senior_analyst, draft, content).status_code == 302
    draft.refresh_from_db()
    assert (draft.content["lanes"]["red"], draft.change_note, draft.revision) == (61, "fewer", 2)
    page = senior_analyst.get(steps_of(draft)).content.decode()
    assert "lanes.red" in page
    assert draft.events.order_by("-pgh_id")[0].pgh_context["reason"] == "fewer"


def test_draft_when_wrong_or_stale_then_told_beside_the_form_and_not_stored(senior_analyst, draft):
    content = draft.content | {"lanes": draft.content["lanes"] | {"red": 5000, "colour": 1}}
    page = edit(senior_analyst, draft, content).content.decode()
    assert "lanes.red" in page
    assert "lanes.colour" in page
    assert "profile_refused" in page
    page = edit(senior_analyst, draft, draft.content, revision=7).content.decode()
    assert "profile_changed" in page
    draft.refresh_from_db()
    assert draft.revision == 1


def test_version_when_proposed_and_approved_by_another_then_in_use(senior_analyst, second, draft):
    page = take(senior_analyst, draft, "propose")
    assert "change_note" in page
    edit(senior_analyst, draft, draft.content)
    take(senior_analyst, draft, "propose")
    assert draft.state == "proposed"
    page = take(senior_analyst, draft, "approve")
    assert "A second person must do this" in page
    assert "Done" in take(second, draft, "approve")
    assert (draft.state, draft.is_active) == ("approved", True)
    change = reverse("admin:risk_riskprofile_change", args=[draft.pk])
    assert second.get(change).status_code == 200
    assert edit(second, draft, draft.content).status_code == 403
    delete = reverse("admin:risk_riskprofile_delete", args=[draft.pk])
    assert second.post(delete, {"post": "yes"}, format="multipart").status_code == 403


def test_proposal_when_given_back_simulated_and_discarded_then_gone(senior_analyst, second, draft):
    edit(senior_analyst, draft, draft.content)
    take(senior_analyst, draft, "propose")
    take(second, draft, "return")
    assert draft.state == "draft"
    assert "Begun" in take(senior_analyst, draft, "simulate")
    work_off()
    assert ProfileSimulation.objects.latest("pk").job.state == "done"
    assert "What it would have selected" in senior_analyst.get(steps_of(draft)).content.decode()
    delete = reverse("admin:risk_riskprofile_delete", args=[draft.pk])
    form = {"post": "yes", "why": "not wanted", "seen": draft.revision}
    assert senior_analyst.post(delete, form, format="multipart").status_code == 302
    assert not RiskProfile.objects.filter(pk=draft.pk).exists()


def test_pages_when_the_auditor_looks_then_read_and_no_step(auditor, in_use, draft):
    page = auditor.get(steps_of(draft)).content.decode()
    assert 'name="step"' not in page
    form = {"step": "propose", "revision": draft.revision}
    assert auditor.post(steps_of(draft), form, format="multipart").status_code == 403
    assert auditor.get(reverse("admin:risk_riskprofile_changelist")).status_code == 200


@pytest.mark.parametrize("who", ["analyst", "examiner", "list_approver", "administrator"])
def test_pages_when_others_ask_then_refused(who, request, in_use):
    client = request.getfixturevalue(who)
    answer = client.get(steps_of(in_use))
    assert answer.status_code in {302, 403}
    assert "lanes" not in answer.content.decode()


def test_pages_when_who_sees_one_office_asks_then_refused(in_use):
    local = signed_in(roles=["senior_analyst"], reach="offices", offices=["55301"])
    assert local.get(steps_of(in_use)).status_code == 403
