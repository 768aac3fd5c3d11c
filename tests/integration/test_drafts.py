"""Editing drafts: a second person approves, and of two editors the second is told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from risk.domain.errors import (
    Contradictions,
    EditionChanged,
    InvalidList,
    WrongState,
)
from risk.domain.four_eyes import Actor, FourEyesViolated
from risk.domain.lists.comparison import compare
from risk.domain.substances import ListEntry, SubstanceKind
from risk.models import ListEdition, Substance, SubstanceIdentifier, SubstanceName
from risk.selectors.contradictions import contradictions_in
from risk.selectors.entries import compare_editions, entries_of
from risk.selectors.lists import lists_in_force, lists_with
from risk.services.drafts import (
    apply_comparison,
    describe_draft,
    discard_draft,
    put_entry,
    remove_entry,
    start_draft,
)
from risk.services.editions import (
    approve_edition,
    bring_into_force,
    propose_edition,
    return_edition,
    verify_entries,
)
from tests.factories.risk import (
    ControlListFactory,
    SubstanceFactory,
    SubstanceIdentifierFactory,
)
from tests.integration.test_law import START, make_edition, only_own_lists

pytestmark = pytest.mark.django_db

__all__ = ["only_own_lists"]  # applies to every test here

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
EDITOR, APPROVER, THIRD = (Actor(f"user:{n}", f"person:{n}") for n in (1, 2, 3))


def entry(key: str = "toluene", **values: object) -> ListEntry:
    plain = {"list_code": "A", "schedule": "II", "form": "base", "form_name": key}
    return ListEntry(  # type: ignore[arg-type]
        **{**plain, **values}, substance_key=key, kind=SubstanceKind.PRECURSOR
    )


@pytest.fixture
def law() -> ListEdition:
    return make_edition(1, None, ["acetone", "ether"])


@pytest.fixture
def draft(law) -> ListEdition:
    return start_draft(control_list=law.control_list, actor=EDITOR)


def proposed(draft: ListEdition, since: date = START) -> ListEdition:
    described = describe_draft(
        edition=draft, version=draft.version, in_force_from=since, change_note="decree 5",
        provenance="https://example.org/act", actor=EDITOR,
    )  # fmt: skip
    return propose_edition(edition=described, version=described.version, actor=EDITOR, now=NOW)


def test_a_decree_adds_a_substance_on_a_date_from_draft_to_law(law, draft) -> None:
    assert compare(entries_of(law), entries_of(draft)).is_empty
    draft = put_entry(edition=draft, version=1, entry=entry(), actor=EDITOR, now=NOW)
    proposal = proposed(draft)
    edition = approve_edition(edition=proposal, version=proposal.version, actor=APPROVER, now=NOW)
    law.refresh_from_db()
    assert (law.in_force_to, edition.in_force_from, edition.in_force_to) == (START, START, None)
    assert lists_in_force(START - timedelta(days=1)).editions == {"A": 1}
    day = lists_in_force(START)
    assert day.editions == {"A": 2}
    assert [e.substance_key for e in day.screener.screen("toluene 99 %")] == ["toluene"]
    comparison = compare(entries_of(law), entries_of(edition))
    assert [one.substance_key for one in comparison.added] == ["toluene"]
    assert not edition.is_verified


def test_two_editors_at_once_when_the_second_saves_then_it_is_told(draft) -> None:
    put_entry(edition=draft, version=1, entry=entry(), actor=EDITOR, now=NOW)
    with pytest.raises(EditionChanged) as raised:
        put_entry(edition=draft, version=1, entry=entry(notes="mine"), actor=THIRD, now=NOW)
    assert raised.value.params == {"version": 2, "given": 1}
    assert draft.entries.get(substance__key="toluene").notes == ""


def test_a_list_when_it_has_a_draft_then_a_second_is_refused(law, draft) -> None:
    with pytest.raises(WrongState) as raised:
        start_draft(control_list=law.control_list, actor=THIRD)
    assert raised.value.params["number"] == draft.number


@pytest.mark.parametrize("actor", [EDITOR, THIRD, Actor("user:9", "person:3")])
def test_approval_when_by_an_author_then_it_is_refused(draft, actor) -> None:
    draft = put_entry(edition=draft, version=1, entry=entry(), actor=THIRD, now=NOW)
    proposal = proposed(draft)
    with pytest.raises(FourEyesViolated):
        approve_edition(edition=proposal, version=proposal.version, actor=actor, now=NOW)


def test_a_proposal_when_edited_then_it_is_refused_until_it_is_returned(draft) -> None:
    proposal = proposed(draft)
    with pytest.raises(WrongState):
        put_entry(edition=proposal, version=proposal.version, entry=entry(), actor=EDITOR, now=NOW)
    again = return_edition(edition=proposal, version=proposal.version)
    again = put_entry(edition=again, version=again.version, entry=entry(), actor=EDITOR, now=NOW)
    discard_draft(edition=again, version=again.version)
    assert ListEdition.objects.count() == 1


@pytest.mark.parametrize("missing", ["in_force_from", "change_note"])
def test_a_draft_when_day_or_reason_is_missing_then_it_cannot_be_proposed(draft, missing) -> None:
    given = {"in_force_from": START, "change_note": "decree"}
    given[missing] = None if missing == "in_force_from" else " "
    draft = describe_draft(edition=draft, version=1, provenance="", actor=EDITOR, **given)
    with pytest.raises(InvalidList) as raised:
        propose_edition(edition=draft, version=draft.version, actor=EDITOR, now=NOW)
    assert raised.value.params["column"] == missing


def test_contradictions_when_no_reason_is_given_then_the_entry_is_refused(draft) -> None:
    wrong = entry(cas_rn="108-88-3", formula="C7H9")
    with pytest.raises(Contradictions) as raised:
        put_entry(edition=draft, version=1, entry=wrong, actor=EDITOR, now=NOW)
    (contradiction,) = raised.value.params["contradictions"]
    assert (contradiction["code"], contradiction["expected"]) == ("formula_not_of_cas", "C7H8")
    put_entry(
        edition=draft, version=1, entry=wrong, actor=EDITOR, now=NOW,
        reasons={"formula_not_of_cas": "as printed in the act"},
    )  # fmt: skip
    (kept,) = draft.entries.get(substance__key="toluene").acknowledged
    assert (kept["reason"], kept["actor"]) == ("as printed in the act", "user:1")
    assert not Substance.objects.get(key="toluene").identifiers.exists()


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"cas_rn": "108-88-3"}, "cas"),
        ({"ec_number": "203-625-9"}, "ec_number"),
        ({"inchikey": "YXFVVABEGXRONW-UHFFFAOYSA-N"}, "inchikey"),
        ({"smiles": "CC1=CC=CC=C1"}, "smiles"),
    ],
)
def test_an_identifier_of_another_substance_is_told_wherever_that_one_stands(
    draft, values, column
) -> None:
    holder = SubstanceFactory(key="methylbenzene")
    kind = {"ec_number": "ec"}.get(column, column)
    SubstanceIdentifierFactory(substance=holder, kind=kind, value=next(iter(values.values())))
    given = entry("zorvexol", **values)
    with pytest.raises(Contradictions) as raised:
        put_entry(edition=draft, version=1, entry=given, actor=EDITOR, now=NOW)
    (told,) = raised.value.params["contradictions"]
    assert (told["code"], told["field"], told["expected"]) == (
        "identifier_of_other_substance", column, "methylbenzene",
    )  # fmt: skip
    reasons = {"identifier_of_other_substance": "one number for both in the act"}
    put_entry(edition=draft, version=1, entry=given, actor=EDITOR, now=NOW, reasons=reasons)
    (kept,) = draft.entries.get(substance__key="zorvexol").acknowledged
    assert kept["reason"] == "one number for both in the act"


def test_a_number_that_another_draft_or_row_gives_another_substance_is_told(draft) -> None:
    elsewhere = start_draft(control_list=ControlListFactory(code="B"), actor=EDITOR)
    given = {"cas_rn": "110-82-7"}
    put_entry(edition=elsewhere, version=1, entry=entry("zorvexol", **given), actor=EDITOR, now=NOW)
    one, other = (entry(key, cas_rn="109-99-9") for key in ("vexolin", "vexolan"))
    found = contradictions_in([entry("vexol", **given), one, other])
    assert [(entry.substance_key, told.expected) for entry, told in found] == [
        ("vexol", "zorvexol"), ("vexolin", "vexolan"), ("vexolan", "vexolin"),
    ]  # fmt: skip
    assert not contradictions_in([entry("zorvexol", **given)])


def named(text: str) -> list[str]:
    return [one.substance_key for one in lists_in_force(START).screener.screen(text)]


def test_names_of_a_draft_are_matched_from_its_approval_on_and_not_before(draft) -> None:
    printed = entry("acetone", form_name="Zorvexol", ec_number="200-662-2")
    draft = put_entry(edition=draft, version=1, entry=printed, actor=EDITOR, now=NOW)
    draft = put_entry(
        edition=draft, version=2, entry=entry("new-one", form_name="Новое вещество"),
        actor=EDITOR, now=NOW, preferred_name="Quarvexine",
    )  # fmt: skip
    proposal = proposed(draft)
    assert named("Zorvexol 99 %, 20 drums") == named("Quarvexine 99 %") == []
    as_if = lists_with(proposal, START).screener  # what a simulation reads texts with
    assert [one.substance_key for one in as_if.screen("Zorvexol 99 %")] == ["acetone"]
    assert [one.substance_key for one in as_if.screen("Quarvexine 99 %")] == ["new-one"]
    approve_edition(edition=proposal, version=proposal.version, actor=APPROVER, now=NOW)
    assert named("Zorvexol 99 %, 20 drums") == ["acetone"]
    assert named("Quarvexine 99 %") == named("новое вещество, 20 бочек") == ["new-one"]
    new = Substance.objects.get(key="new-one")
    assert (new.preferred_name, new.of_draft) == ("Quarvexine", None)
    assert SubstanceIdentifier.objects.get(value="200-662-2").substance.key == "acetone"


def test_what_a_draft_brought_goes_with_it(law, draft) -> None:
    names = set(SubstanceName.objects.values_list("name", flat=True))
    SubstanceFactory(key="by-hand")
    for version, key in enumerate(("by-hand", "new-one", "shared"), start=1):
        given = entry(key, form_name="Zorvexol", cas_rn="109-99-9" if key == "new-one" else "")
        put_entry(edition=draft, version=version, entry=given, actor=EDITOR, now=NOW)
    other = start_draft(control_list=ControlListFactory(code="B"), actor=THIRD)
    put_entry(edition=other, version=1, entry=entry("shared"), actor=THIRD, now=NOW)
    discard_draft(edition=draft, version=4)
    keys = {"acetone", "ether", "by-hand", "shared"}
    assert set(Substance.objects.values_list("key", flat=True)) == keys
    assert set(SubstanceName.objects.values_list("name", flat=True)) == names
    discard_draft(edition=other, version=2)
    assert set(Substance.objects.values_list("key", flat=True)) == keys - {"shared"}
    assert not Substance.objects.exclude(of_draft=None).exists()


def test_an_import_when_confirmed_then_only_what_differs_is_written(draft) -> None:
    before = {row.substance.key: row.pk for row in draft.entries.select_related("substance")}
    present = {one.substance_key: one for one in entries_of(draft)}
    limited = msgspec.structs.replace(present["ether"], concentration_min_pct=Decimal(45))
    draft = apply_comparison(
        edition=draft, version=1, comparison=compare(present.values(), [limited, entry()]),
        names={"toluene": "Toluene"}, actor=EDITOR, now=NOW,
    )  # fmt: skip
    assert {e.substance_key for e in entries_of(draft)} == {"ether", "toluene"}
    assert draft.entries.get(substance__key="ether").pk == before["ether"]
    draft = remove_entry(edition=draft, version=2, entry_id=before["ether"], actor=EDITOR)
    assert draft.version == 3
    with pytest.raises(InvalidList):
        remove_entry(edition=draft, version=3, entry_id=before["ether"], actor=EDITOR)


def test_verification_when_entry_by_entry_then_the_last_one_makes_it_the_edition_s(law) -> None:
    first, last = law.entries.order_by("pk")
    edition = verify_entries(
        edition=law, entry_ids=[first.pk], actor=EDITOR, note="gazette 5", now=NOW
    )
    assert not edition.is_verified
    edition = verify_entries(
        edition=law, entry_ids=[last.pk], actor=APPROVER, note="gazette 5", now=NOW
    )
    assert (edition.verified_by, edition.verified_on) == ("user:2", date(2026, 2, 1))
    assert lists_in_force(START).verified == {"A"}
    draft = start_draft(control_list=law.control_list, actor=EDITOR)
    draft = put_entry(edition=draft, version=1, entry=entry(), actor=EDITOR, now=NOW)
    assert draft.entries.filter(verified_by="").count() == 1  # the copies stay verified


def test_a_later_edition_when_another_is_put_before_it_then_no_day_is_left_out(law, draft) -> None:
    late = approve_edition(
        edition=proposed(draft, START + timedelta(days=30)), version=3, actor=APPROVER, now=NOW
    )
    second = start_draft(control_list=law.control_list, actor=EDITOR)
    early = approve_edition(
        edition=proposed(second), version=3, actor=APPROVER, now=NOW + timedelta(hours=1)
    )
    law.refresh_from_db()
    assert (law.in_force_to, early.in_force_from) == (START, START)
    assert early.in_force_to == late.in_force_from == START + timedelta(days=30)


def test_bring_into_force_when_the_day_comes_in_the_office_then_each_edition_is_given_once(
    law, draft
) -> None:
    assert bring_into_force(now=NOW) == [law]
    proposal = proposed(draft)
    edition = approve_edition(edition=proposal, version=proposal.version, actor=APPROVER, now=NOW)
    evening = datetime(2026, 2, 28, 18, 59, tzinfo=UTC)  # one minute to midnight in Almaty
    assert bring_into_force(now=evening) == []
    assert bring_into_force(now=evening + timedelta(minutes=1)) == [edition]
    assert bring_into_force(now=evening + timedelta(days=1)) == []
    law.refresh_from_db()
    assert law.state == "superseded"


def test_comparing_editions_in_the_database_says_what_comparing_all_entries_says(
    law, draft
) -> None:
    changed = msgspec.structs.replace(
        entries_of(draft)[0], exemption=None, concentration_min_pct=Decimal("45.50"), notes="x"
    )
    draft = put_entry(edition=draft, version=1, entry=changed, actor=EDITOR, now=NOW)
    draft = put_entry(edition=draft, version=2, entry=entry(), actor=EDITOR, now=NOW)
    gone = draft.entries.get(substance__key="ether")
    draft = remove_entry(edition=draft, version=3, entry_id=gone.pk, actor=EDITOR)
    for before, after in ((law, draft), (draft, law), (law, law), (draft, draft)):
        assert compare_editions(before, after) == compare(entries_of(before), entries_of(after))
    assert compare_editions(None, draft) == compare((), entries_of(draft))
