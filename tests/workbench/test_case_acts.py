"""What is done with a case beside the steps on its alert: referred, watched, filed, inspected."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from risk.models import InspectionOutcome, SubstanceMatch
from targeting.models import Alert, AlertAttachment, ControlledDelivery, Referral
from targeting.selectors.alerts import mark_of
from tests.api.conftest import signed_in
from tests.factories.targeting import AgencyFactory, flagged_shipment

pytestmark = pytest.mark.django_db

QUEUE = "/workbench/alerts"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


@pytest.fixture
def alert():
    return flagged_shipment(lane="yellow")


def read(reader, alert):
    return reader.get(f"{QUEUE}/{alert.pk}").content.decode()


def sent(reader, alert, *, parts, step="show", **more):
    body = {"kind": "agency", "agency": "police", "parts": parts, "note": "please look"}
    place = f"{QUEUE}/{alert.pk}/refer"
    return reader.post(place, body | {"step": step} | more, format="multipart")


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return found[1].replace("&quot;", '"')


def referred(reader, alert, *, parts=("goods",)):
    shown = sent(reader, alert, parts=parts).content.decode()
    words = {name: hidden(shown, name) for name in ("mark", "digest")}
    return sent(reader, alert, parts=parts, step="send", **words)


def test_refer_when_shown_then_exactly_that_goes_out_and_can_be_taken_back(analyst, alert) -> None:
    AgencyFactory(code="police", name="Police")
    assert "Refer to inspection" in read(analyst, alert)
    shown = sent(analyst, alert, parts=["lane", "importer"]).content.decode()
    assert not Referral.objects.exists()
    outgoing = shown.split('id="outgoing"')[1].split("<form")[0]
    (importer,) = alert.declaration.party_roles.filter(role="importer")
    assert importer.name in outgoing
    assert alert.registration_number not in outgoing
    assert "please look" in outgoing
    answer = referred(analyst, alert, parts=["lane", "importer"])
    row = Referral.objects.get()
    assert row.content.keys() == {"lane", "importer"}
    assert f"referral={row.pk}" in answer["Location"]
    said = analyst.get(answer["Location"]).content.decode()
    assert "Undo: Take it back" in said
    assert analyst.post(f"/workbench/referrals/{row.pk}/withdraw").status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert "Take it back" not in read(analyst, alert)


def test_refer_when_the_content_changed_since_it_was_shown_then_nothing_goes_out(
    analyst, alert
) -> None:
    AgencyFactory(code="police")
    shown = sent(analyst, alert, parts=["goods"]).content.decode()
    alert.declaration.items.update(description="something else")
    words = {name: hidden(shown, name) for name in ("mark", "digest")}
    answer = sent(analyst, alert, parts=["goods"], step="send", **words)
    assert answer.status_code == 412
    assert "something else" in answer.content.decode()
    assert not Referral.objects.exists()
    unseen = sent(analyst, alert, parts=["goods"], step="send", mark=words["mark"])
    assert unseen.status_code == 412


def test_refer_when_of_another_office_or_an_auditor_then_closed(alert, auditor) -> None:
    stranger = signed_in(roles=["analyst"], reach="offices", offices=["other"])
    place = f"{QUEUE}/{alert.pk}/refer"
    assert stranger.get(place).status_code == 404
    assert auditor.get(place).status_code == 403
    assert "/refer" not in read(auditor, alert)
    referred_row = Referral.objects.first()
    assert referred_row is None


def test_withdraw_when_of_another_office_then_there_is_none(analyst, alert) -> None:
    AgencyFactory(code="police")
    referred(analyst, alert)
    row = Referral.objects.get()
    stranger = signed_in(roles=["analyst"], reach="offices", offices=["other"])
    assert stranger.post(f"/workbench/referrals/{row.pk}/withdraw").status_code == 404
    row.refresh_from_db()
    assert row.state == "sent"


def test_refer_when_to_inspection_then_an_agency_beside_it_is_refused(analyst, alert) -> None:
    AgencyFactory(code="police")
    answer = sent(analyst, alert, parts=["goods"], kind="inspection")
    assert answer.status_code == 422
    assert "please look" in answer.content.decode()


def watched(senior, alert, named):
    body = {"watch-named": named, "watch-ground": "act 7"}
    return senior.post(f"{QUEUE}/{alert.pk}/watch", body, format="multipart")


def test_watch_when_begun_then_only_those_named_see_it_anywhere(
    senior_analyst, analyst, auditor, alert
) -> None:
    told = signed_in(roles=["analyst"])
    assert watched(senior_analyst, alert, told.user.username).status_code == 302
    mark = ControlledDelivery.objects.get()
    others = (analyst, auditor, signed_in(roles=["senior_analyst"]))
    for reader, count in [(senior_analyst, 1), (told, 1), *((one, 0) for one in others)]:
        assert read(reader, alert).count("act 7") == count
        queue = reader.get(QUEUE).content.decode()
        assert ("controlled delivery</span>" in queue) is bool(count)
        narrowed = reader.get(QUEUE, {"controlled_delivery": "true"}).content.decode()
        assert narrowed.count("data-row") == count
        if not count:
            end = reader.post(f"/workbench/watches/{mark.pk}/end")
            assert end.status_code == (403 if reader is auditor else 404)
    assert told.post(f"/workbench/watches/{mark.pk}/end").status_code == 302
    mark.refresh_from_db()
    assert mark.ended_by == told.user.actor
    assert "act 7" not in read(senior_analyst, alert)


def test_watch_when_a_name_is_no_analyst_who_sees_it_then_kept_and_told(
    senior_analyst, analyst, alert
) -> None:
    answer = watched(senior_analyst, alert, "nobody")
    assert answer.status_code == 422
    assert "“nobody” is not the account" in answer.content.decode()
    assert 'value="act 7"' in answer.content.decode()
    assert watched(analyst, alert, "").status_code == 403
    assert not ControlledDelivery.objects.exists()


def attached(reader, alert, content=PNG, name="scan.png"):
    body = {"attach-file": SimpleUploadedFile(name, content), "attach-note": "page 1"}
    return reader.post(f"{QUEUE}/{alert.pk}/attachments", body, format="multipart")


def test_attachment_when_sent_then_listed_and_taken_away(analyst, auditor, alert) -> None:
    assert attached(analyst, alert).status_code == 302
    said = read(auditor, alert)
    place = f"{QUEUE}/{alert.pk}/attachments/1"
    assert f'href="{place}"' in said
    assert "attach-file" not in said
    assert "file attached</b> · 1. scan.png" in said.split('id="timeline"')[1]
    answer = auditor.get(place)
    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Disposition"].startswith("attachment")
    stranger = signed_in(roles=["analyst"], reach="offices", offices=["other"])
    assert stranger.get(place).status_code == 404
    assert attached(auditor, alert).status_code == 403


def test_attachment_when_of_no_known_kind_then_the_page_says_so(analyst, alert) -> None:
    answer = attached(analyst, alert, b"MZ", "tool.exe")
    assert answer.status_code == 422
    assert "tool.exe" in answer.content.decode()
    assert not AlertAttachment.objects.exists()


def recorded(reader, alert, **said):
    moment = timezone.now().astimezone(timezone.get_fixed_timezone(300))
    body = {
        "item_number": "0", "act_number": "7", "result": "offence", "measure": "none",
        "inspected_at": f"{moment:%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    place = f"/workbench/declarations/{alert.declaration_id}/outcomes"
    return reader.post(place, body | said, format="multipart")


def test_act_when_entered_then_it_is_the_api_s_and_shown_beside_the_alert(
    analyst, examiner, alert
) -> None:
    key = SubstanceMatch.objects.get().substance.key
    said = {"found_substance": key, "found_mass_kg": "12.5", "measure": "seized"}
    assert recorded(examiner, alert, **said).status_code == 302
    row = InspectionOutcome.objects.get()
    found = (row.result, row.found_substance.key, row.found_mass_kg, row.measure)
    assert found == ("offence", key, 12.5, "seized")
    assert row.source == f"office:{row.customs_office}"
    assert row.recorded_by == examiner.user.actor
    assert "offence</b>" in read(analyst, alert)
    assert recorded(examiner, alert, **said).status_code == 302
    assert InspectionOutcome.objects.count() == 1


def test_act_when_it_cannot_be_then_beside_its_field_and_kept(analyst, alert) -> None:
    answer = recorded(analyst, alert, result="clean", measure="seized", act_number="N 5")
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "“seized” cannot be" in said
    assert 'value="N 5"' in said
    recorded(analyst, alert, act_number="8")
    other = recorded(analyst, alert, act_number="8", result="clean")
    assert other.status_code == 409
    assert "recorded already" in other.content.decode()


def test_act_when_of_another_office_then_there_is_no_page(alert) -> None:
    stranger = signed_in(roles=["analyst"], reach="offices", offices=["other"])
    assert recorded(stranger, alert).status_code == 404


def test_undo_when_a_red_dismissal_waits_then_it_is_taken_back(analyst) -> None:
    red = flagged_shipment(lane="red")
    body = {"mark": mark_of(Alert.objects.get()), "dismiss-reason": "below_limit"}
    answer = analyst.post(f"{QUEUE}/{red.pk}/dismiss", body, format="multipart")
    said = analyst.get(answer["Location"]).content.decode()
    assert f"{QUEUE}/{red.pk}/refuse-dismissal" in said.split('class="undo"')[1].split("</form>")[0]
    again = {"mark": mark_of(Alert.objects.get()), "refuse_dismissal-comment": "Taken back."}
    place = f"{QUEUE}/{red.pk}/refuse-dismissal"
    assert analyst.post(place, again, format="multipart").status_code == 302
    red.refresh_from_db()
    assert red.proposal is None
