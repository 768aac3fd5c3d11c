"""Editions that are law: kept by the database, and screened with by their day."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.domain.four_eyes import Actor
from risk.domain.lists.periods import flattened
from risk.models import ControlList, ListEdition, ListEntry, ListsRevision
from risk.selectors.lists import (
    build_screener,
    editions_that_are_law,
    entries_on,
    lists_by_day,
    lists_in_force,
    stored_names,
)
from risk.services.periods import enact, supersede_past_editions
from tests.factories.risk import (
    ControlListFactory,
    DraftFactory,
    ListEntryFactory,
    SubstanceFactory,
    SubstanceNameFactory,
)

pytestmark = pytest.mark.django_db

APPROVER = Actor("user:2", "person:2")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
START = date(2026, 3, 1)
NAMES = {"acetone": "acetone", "toluene": "toluene", "safrole": "safrole", "ether": "ethyl ether"}
TEXTS = [
    "Acetone technical 99 %",
    "toluene, drums; safrole 5 %",
    "SOLVENT ETHYL ETHER AND ACETON",
    "cotton shirts",
]


@pytest.fixture(autouse=True)
def only_own_lists(db, monkeypatch) -> None:
    """No lists but the test's own, until it is rolled back; and a screener in no time, which
    thousands of innocent names make take seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE risk_controllist, risk_listedition, risk_listentry, risk_substancename"
            " CASCADE"
        )
    ListsRevision.objects.update(revision=uuid4())
    monkeypatch.setattr("risk.selectors.lists.innocent_names", lambda: ("vinyl acetate",))


def make_edition(
    number: int, since: date | None, keys: list[str], *, code: str = "A", **values: object
) -> ListEdition:
    edition = DraftFactory(
        control_list=ControlListFactory(code=code),
        number=number,
        state="draft",
        in_force_from=since,
        verified_by="",
        proposed_by="user:1",
        proposed_person="person:1",
    )
    for key in keys:
        substance = SubstanceFactory(key=key, preferred_name=key)
        SubstanceNameFactory(substance=substance, name=NAMES.get(key, key), lang="en")
        ListEntryFactory(edition=edition, substance=substance, form_name=key, cas_rn="", **values)
    enact(edition=edition, approved_by=APPROVER, now=NOW + timedelta(minutes=number))
    return edition


@pytest.mark.parametrize("field", ["number", "provenance", "approved_by", "change_note"])
def test_an_approved_edition_when_changed_then_the_database_refuses(field) -> None:
    edition = make_edition(1, START, ["acetone"])
    with pytest.raises(IntegrityError, match="a change is a new edition"), transaction.atomic():
        ListEdition.objects.filter(pk=edition.pk).update(
            **{field: 7 if field == "number" else "other"}
        )


def test_an_approved_edition_when_reopened_moved_or_deleted_then_the_database_refuses() -> None:
    edition = make_edition(1, START, ["acetone"])
    own = ListEdition.objects.filter(pk=edition.pk)
    for values in ({"state": "draft"}, {"in_force_from": START - timedelta(days=1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            own.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        ListEdition.objects.filter(pk=edition.pk).delete()


@pytest.mark.parametrize("state", ["proposed", "approved"])
def test_entries_of_an_edition_that_is_no_draft_when_changed_then_the_database_refuses(
    state,
) -> None:
    edition = make_edition(1, START, ["acetone"])
    if state == "proposed":
        edition = DraftFactory(number=2, control_list=edition.control_list)
        ListEntryFactory(edition=edition, form_name="x")
        ListEdition.objects.filter(pk=edition.pk).update(state="proposed")
    entry = edition.entries.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        ListEntry.objects.filter(pk=entry.pk).update(notes="changed")
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ListEntryFactory(edition=edition, form_name="another")
    ListEntry.objects.filter(pk=entry.pk).update(verified_by="user:3", verified_on=START)


def test_periods_of_one_list_when_they_overlap_then_the_database_refuses() -> None:
    make_edition(1, START, ["acetone"])
    draft = DraftFactory(control_list=ControlListFactory(code="A"), number=2)
    with pytest.raises(IntegrityError, match="edition_periods_apart"), transaction.atomic():
        ListEdition.objects.filter(pk=draft.pk).update(
            state="approved", source_digest="0", in_force_from=START + timedelta(days=3)
        )


SECOND = {
    "proposed_by": "user:1",
    "proposed_person": "person:1",
    "approved_by": "user:2",
    "approved_person": "person:2",
}


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"approved_by": "user:1", "proposed_by": "user:1"}, "edition_four_eyes"),
        (SECOND | {"authors": ["user:2"]}, "edition_author_not_approver"),
        (SECOND | {"author_persons": ["person:2"]}, "edition_author_not_approver"),
        ({"state": "approved"}, "edition_law_is_approved"),
    ],
)
def test_approval_when_it_is_not_a_second_person_s_then_the_database_refuses(
    values, constraint
) -> None:
    draft = DraftFactory()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ListEdition.objects.filter(pk=draft.pk).update(**values)


def test_a_list_when_it_has_an_open_draft_then_there_is_no_second() -> None:
    draft = DraftFactory(number=1)
    with pytest.raises(IntegrityError, match="edition_one_open"), transaction.atomic():
        ListEdition.objects.create(control_list=draft.control_list, number=2, state="proposed")


def test_supersede_when_the_successor_s_day_comes_then_the_old_edition_is_superseded() -> None:
    first = make_edition(1, START, ["acetone"])
    make_edition(2, START + timedelta(days=5), ["toluene"])
    assert supersede_past_editions(today=START + timedelta(days=4)) == 0
    assert supersede_past_editions(today=START + timedelta(days=5)) == 1
    first.refresh_from_db()
    assert (first.state, first.in_force_to) == ("superseded", START + timedelta(days=5))


def test_same_day_change_when_approved_then_the_first_of_the_day_never_was_law() -> None:
    first = make_edition(1, START, ["acetone"])
    make_edition(2, START, ["toluene"])
    first.refresh_from_db()
    assert first.period.is_empty
    assert lists_in_force(START).editions == {"A": 2}


days = st.integers(-3, 8).map(lambda n: START + timedelta(days=n))


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.none() | days,
            st.lists(st.sampled_from(sorted(NAMES)), unique=True, max_size=3),
            st.none() | days,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_screening_at_a_day_equals_screening_with_the_flattened_list(found) -> None:
    with transaction.atomic():
        for number, (since, keys, effective) in enumerate(found, start=1):
            make_edition(number, since, keys, effective_from=effective)
        editions = editions_that_are_law()
        every_day = [START + timedelta(days=n) for n in range(-4, 10)]
        for day, lists in lists_by_day(every_day).items():
            flat = build_screener(flattened(editions, day), stored_names())
            assert lists.screener.digest == flat.digest
            for text in TEXTS:
                assert lists.screener.screen(text) == flat.screen(text)
            held = [e for e in ListEdition.objects.all() if e.period.holds(day)]
            assert list(lists.editions.values()) == [one.number for one in held]
        transaction.set_rollback(True)


def test_upcoming_entries_when_within_days_then_they_have_a_screener_of_their_own(
    settings,
) -> None:
    settings.TARGETING = {**settings.TARGETING, "UPCOMING_DAYS": 10}
    make_edition(1, None, ["acetone"])
    make_edition(2, START + timedelta(days=10), ["acetone", "toluene"])
    lists = lists_in_force(START)
    assert [e.substance_key for e in lists.screener.screen("toluene and acetone")] == ["acetone"]
    assert lists.coming is not None
    assert [e.substance_key for e in lists.coming.screen("toluene and acetone")] == ["toluene"]
    assert lists_in_force(START - timedelta(days=1)).coming is None
    assert lists_in_force(START + timedelta(days=10)).coming is None


def test_names_when_one_is_added_then_the_screener_is_built_anew() -> None:
    make_edition(1, None, ["acetone"])
    before = lists_in_force(START)
    assert lists_in_force(START) is before
    SubstanceNameFactory(substance=SubstanceFactory(key="acetone"), name="ацетон", lang="ru")
    assert lists_in_force(START).digest != before.digest
    assert ControlList.objects.count() == 1


def test_lists_when_there_are_more_editions_then_read_in_as_many_queries() -> None:
    """The first page that a process answers after a change reads them all."""

    def queries():
        with CaptureQueriesContext(connection) as asked:
            found = lists_in_force(START)
        return len(asked), found.editions

    make_edition(1, None, ["acetone"])
    few, _ = queries()
    for code in ("B", "C", "D"):
        make_edition(1, None, ["toluene"], code=code)
    assert queries() == (few, dict.fromkeys("ABCD", 1))
    assert [entry.substance_key for entry in entries_on("A", START)] == ["acetone"]
    assert [entry.substance_key for entry in entries_on("D", START)] == ["toluene"]
