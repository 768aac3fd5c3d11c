"""What is stored once, what supersedes what, and what is refused."""

import itertools
import json

import pytest
from django.core.files.base import ContentFile

from shipments.models import ContestedVersion, Declaration, IntakeBatch, Party, PartyIdentifier
from shipments.services.intake import INLINE_BYTES, register_submitter
from shipments.services.raw_messages import open_message
from targeting import pipeline
from targeting.models import Alert
from tests.integration.conftest import RECEIVED_AT, declaration

pytestmark = pytest.mark.django_db

ANHYDRIDE = {"description": "УКСУСНЫЙ АНГИДРИД", "commodity_code": "2915240000"}


def test_same_bytes_of_one_submitter_are_one_batch_and_of_two_are_two(take_in) -> None:
    content = json.dumps(declaration()).encode()
    first, again = take_in(content), take_in(content)
    other = take_in(content, owner=register_submitter(key="broker-2"))
    assert first.pk == again.pk
    assert other.pk != first.pk
    assert (other.declaration_count, other.unchanged_count) == (1, 0)
    assert Declaration.objects.count() == 1


def test_same_version_with_other_content_is_refused_with_its_place(take_in) -> None:
    take_in([declaration()])
    batch = take_in([declaration(2), declaration(item={"net_mass_kg": "99"})])
    issue = batch.issues.get()
    assert (issue.code, issue.line, issue.field, issue.severity) == (
        "version_exists",
        2,
        "version",
        "reject",
    )
    assert (batch.declaration_count, batch.rejected_count) == (1, 1)
    assert Declaration.objects.get(version=1, registration_number__endswith="1").items.get(
        net_mass_kg=100
    )


def receipt_of(batch):
    names = ("declaration_count", "item_count", "unchanged_count", "rejected_count", "issue_count")
    issues = list(batch.issues.order_by("id").values_list("code", "registration_number", "line"))
    return batch.state, [getattr(batch, name) for name in names], issues


def test_number_of_another_submitter_is_answered_as_a_free_one_would_be(take_in) -> None:
    """Receipts must not tell who declares what: object-level leak by ``version_exists``."""
    rival = register_submitter(key="broker-2")
    take_in([declaration(1)])
    other = {"net_mass_kg": "99"}
    for item in (other, {"net_mass_kg": "100"}, other):
        taken = take_in([declaration(1, item=item)], owner=rival)
        free = take_in([declaration(2, item=item)], owner=rival)
        state, counts, issues = receipt_of(taken)
        assert (state, counts) == receipt_of(free)[:2]
        assert [(code, line) for code, _, line in issues] == [
            (code, line) for code, _, line in receipt_of(free)[2]
        ]
    stored = Declaration.objects.get(registration_number=declaration(1)["registration_number"])
    assert stored.submitter.key == "broker-1"
    claim = ContestedVersion.objects.get()
    assert (claim.declaration, claim.submitter) == (stored, rival)


def test_number_of_another_submitter_repeated_within_one_file(take_in) -> None:
    take_in([declaration()])
    again = [declaration(), declaration(), declaration(item={"net_mass_kg": "1"})]
    batch = take_in(again, owner=register_submitter(key="broker-2"))
    assert (batch.declaration_count, batch.unchanged_count, batch.rejected_count) == (1, 1, 1)
    assert batch.issues.get().line == 3


def test_repeats_within_one_file_are_told_apart_by_their_content(take_in) -> None:
    batch = take_in([declaration(), declaration(), declaration(item={"net_mass_kg": "1"})])
    assert (batch.declaration_count, batch.unchanged_count, batch.rejected_count) == (1, 1, 1)
    assert batch.issues.get().line == 3


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_versions_chain_whatever_order_they_come_in(take_in, order) -> None:
    for version in order:
        take_in([declaration(version=version, item=ANHYDRIDE)])
    chain = dict(Declaration.objects.values_list("version", "supersedes__version"))
    assert chain == {1: None, 2: 1, 3: 2}
    assert Declaration.objects.current().get().version == 3
    assert Alert.objects.get().declaration.version == 3


def test_amendment_without_the_substance_updates_the_open_alert(take_in) -> None:
    take_in([declaration(item=ANHYDRIDE)])
    before = Alert.objects.get()
    take_in([declaration(version=2)])
    after = Alert.objects.get()
    assert after.pk == before.pk
    assert after.score < before.score
    assert after.declaration.version == 2


def test_bad_item_is_kept_aside_and_the_rest_is_stored(take_in) -> None:
    good = declaration()
    good["items"].append({"item_number": 2, "description": "X", "net_mass_kg": "31.02.2025"})
    batch = take_in([good, {"registration_number": ""}])
    quarantined, *rejected = batch.issues.order_by("line")
    assert (quarantined.severity, quarantined.field) == ("quarantine", "items[2].net_mass_kg")
    assert "31.02.2025" in quarantined.raw
    assert {issue.severity for issue in rejected} == {"reject"}
    assert all(issue.line == 2 for issue in rejected)
    assert Declaration.objects.get().items.count() == 1


def test_empty_and_unreadable_files_end_with_a_code(take_in) -> None:
    empty = take_in(b"", format_key="ndjson")
    assert (empty.state, empty.failure_code) == ("failed", "empty_file")
    cut = take_in(b'{"registration_number": ', format_key="json")
    assert (cut.declaration_count, cut.rejected_count) == (0, 1)
    assert cut.issues.get().code == "json_invalid"
    foreign = take_in("номер;дата\n1;2".encode("utf-16"), format_key="csv", mapping_key="wco_korea")
    assert foreign.state == "failed"
    assert foreign.failure_code


def test_large_message_goes_to_the_storage_and_comes_back_byte_for_byte(submitter) -> None:
    line = json.dumps(declaration()).encode() + b"\n"
    content = line * (INLINE_BYTES // len(line) + 2)
    batch = pipeline.receive(
        submitter=submitter,
        content=ContentFile(content, name="large.ndjson"),
        format_key="ndjson",
        received_at=RECEIVED_AT,
    )
    assert batch.raw_message.content is None
    with open_message(IntakeBatch.objects.get(pk=batch.pk)) as stream:
        assert stream.read() == content


def test_parties_meet_by_number_and_by_name_and_keep_their_identifiers(take_in) -> None:
    first = declaration(1)
    second = declaration(2)
    second["parties"][0]["name"] = 'TOO "PRIMER"'
    second["parties"][0]["identifiers"].append({"kind": "phone", "value": "8 (701) 123-45-67"})
    second["parties"][1]["name"] = "ORNEK TEKSTIL"
    take_in([first, second])
    assert Party.objects.count() == 2
    importer = Party.objects.get(key="bin:990140000007")
    assert set(importer.names.values_list("name", flat=True)) == {"ТОО «Пример»", 'TOO "PRIMER"'}
    assert PartyIdentifier.objects.get(kind="phone").value == "+77011234567"
