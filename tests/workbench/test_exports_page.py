"""The whole view of the queue as a file: written in the background, for who asked alone."""

import pytest

from targeting.domain.policy import allows
from targeting.models import AuditEvent, Export
from targeting.services.exportable import EXPORTABLE, LISTS
from tests.api.conftest import signed_in
from tests.factories.channels import channel_of
from tests.factories.risk import InspectionOutcomeFactory, LawEntryFactory
from tests.factories.shipments import PartyFactory
from tests.factories.targeting import flagged_shipment
from tests.integration.conftest import work_off

pytestmark = pytest.mark.django_db

PAGE = "/workbench/exports"


def test_view_when_all_of_it_is_asked_for_then_a_file_of_just_that(analyst) -> None:
    flagged_shipment(lane="red", registration_number="A-1")
    flagged_shipment(lane="yellow", registration_number="A-2")
    assert 'form="all-of-it"' in analyst.get("/workbench/alerts").content.decode()
    assert analyst.post(PAGE).status_code == 404
    assert analyst.post(PAGE, {"query": ""}, format="multipart").status_code == 404
    body = {"resource": "alerts", "query": "lane=red&ordering=-score&page=2"}
    assert analyst.post(PAGE, body, format="multipart").status_code == 302
    row = Export.objects.get()
    assert row.parameters == {"lane": ["red"]}
    assert 'data-refresh="2000"' in analyst.get(PAGE).content.decode()
    assert analyst.get(f"{PAGE}/{row.public_id}").status_code == 404
    work_off()
    said = analyst.get(PAGE).content.decode()
    assert "data-refresh" not in said
    assert f'href="{PAGE}/{row.public_id}"' in said
    content = b"".join(analyst.get(f"{PAGE}/{row.public_id}").streaming_content).decode()
    assert "A-1" in content
    assert "A-2" not in content
    other = signed_in(roles=["analyst"])
    assert str(row.public_id) not in other.get(PAGE).content.decode()
    assert other.get(f"{PAGE}/{row.public_id}").status_code == 404
    assert other.post(f"{PAGE}/{row.public_id}/end").status_code == 404
    assert analyst.post(f"{PAGE}/{row.public_id}/end").status_code == 302
    assert not Export.objects.exists()


def test_file_when_of_people_then_the_page_asks_what_for_and_the_audit_keeps_it(analyst) -> None:
    PartyFactory(name="Importer One")
    asked = {"resource": "parties", "parameters": {}}
    assert analyst.post("/api/v1/exports", asked, headers={"X-Purpose": "x"}).status_code == 202
    work_off()
    place = f"{PAGE}/{Export.objects.get().public_id}"
    said = analyst.get(PAGE).content.decode()
    assert f'<form method="post" action="{place}">' in said
    assert f'href="{place}"' not in said
    assert analyst.get(place)["Location"] == PAGE
    for unsaid in ({}, {"purpose": "  "}, {"purpose": "a" * 501}):
        refused = analyst.post(place, unsaid, format="multipart")
        assert refused.status_code == 422
        assert "say what for" in refused.content.decode()
    answer = analyst.post(place, {"purpose": "дело 17"}, format="multipart")
    assert "Importer One" in b"".join(answer.streaming_content).decode()
    event = AuditEvent.objects.latest("pk")
    assert (event.resource, event.verb, event.purpose) == (
        "workbench:export-file", "read", "дело 17",
    )  # fmt: skip
    assert signed_in(roles=["analyst"]).post(place, {"purpose": "x"}).status_code == 404


@pytest.mark.parametrize("resource", sorted(LISTS))
def test_page_when_a_list_is_chosen_then_a_file_of_all_of_it(analyst, resource) -> None:
    assert f'<option value="{resource}">' in analyst.get(PAGE).content.decode()
    body = {"resource": resource, "query": "", "as": "xlsx"}
    assert analyst.post(PAGE, body, format="multipart").status_code == 302
    made = Export.objects.get()
    assert (made.resource, made.parameters, made.sheet_format) == (resource, {}, "xlsx")
    work_off()
    assert Export.objects.get().file


def test_page_when_a_list_is_closed_to_the_reader_then_no_file_of_it() -> None:
    reader = signed_in(roles=["examiner"])
    closed = [one for one in LISTS if not allows(reader.user.grants, EXPORTABLE[one].grants)]
    assert closed
    said = reader.get(PAGE).content.decode()
    for resource in closed:
        assert f'<option value="{resource}">' not in said
        body = {"resource": resource, "query": ""}
        assert reader.post(PAGE, body, format="multipart").status_code == 403
    for unknown in ("list-entries", "users", ""):
        body = {"resource": unknown, "query": ""}
        assert reader.post(PAGE, body, format="multipart").status_code == 404
    assert not Export.objects.exists()


def test_lists_when_shown_then_each_can_be_taken_away_whole(analyst) -> None:
    alert = flagged_shipment()
    InspectionOutcomeFactory(declaration=alert.declaration, assessment=alert.assessment)
    channel_of(alert.declaration, PartyFactory(name="Importer One"))
    for page, resource in (
        ("outcomes", "outcomes"),
        ("channels", "channels"),
        ("parties?q=Importer", "parties"),
        ("declarations", "declarations"),
        ("alerts", "alerts"),
    ):
        said = analyst.get(f"/workbench/{page}").content.decode()
        assert f'name="resource" value="{resource}"' in said


def test_exports_when_of_a_partner_or_a_submitter_then_closed(submitter_person) -> None:
    partner = signed_in(roles=["partner"])
    body = {"resource": "alerts", "query": ""}
    for reader in (partner, submitter_person):
        assert reader.get(PAGE).status_code == 403
        assert reader.post(PAGE, body, format="multipart").status_code == 403


def test_entries_when_an_edition_is_chosen_then_a_file_of_them(analyst) -> None:
    edition = LawEntryFactory(form_name="Acetic anhydride").edition
    name = f"{edition.control_list.code}/{edition.number}"
    assert f"<option>{name}</option>" in analyst.get(PAGE).content.decode()
    body = {"query": "", "resource": "list-entries", "edition": name, "as": "csv"}
    for none in ("", f"{edition.control_list.code}/99", "x/1", f"{name}²"):
        assert analyst.post(PAGE, body | {"edition": none}, format="multipart").status_code == 404
    assert analyst.post(PAGE, body, format="multipart").status_code == 302
    work_off()
    address = f"{PAGE}/{Export.objects.get().public_id}"
    assert "Acetic anhydride" in b"".join(analyst.get(address).streaming_content).decode()
