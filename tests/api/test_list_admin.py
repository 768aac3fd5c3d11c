"""Lists in the admin: searched, edited through services, four eyes, history, few queries."""

import pytest
from django.urls import reverse

from risk.domain.substances import SubstanceKind
from risk.models import (
    CoverName,
    ListEdition,
    ListEntry,
    Rescreening,
    Substance,
    SubstanceName,
)
from targeting.models import Notice
from tests.api.conftest import signed_in
from tests.factories.risk import (
    CoverNameFactory,
    ListEntryFactory,
    SubstanceFactory,
    SubstanceIdentifierFactory,
    SubstanceNameFactory,
)
from tests.integration.conftest import work_off
from tests.integration.test_law import START, make_edition, only_own_lists
from tests.integration.test_outbox import asks

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30
ROWS = 150


@pytest.fixture
def law():
    return make_edition(1, None, ["acetone", "ether"])


@pytest.fixture
def draft(law, list_editor):
    place = reverse("admin:risk_controllist_changelist")
    data = {"action": "start_draft", "_selected_action": [law.control_list_id]}
    answer = list_editor.post(place, data, format="multipart")
    assert answer.status_code == 302
    return ListEdition.objects.get(number=2)


def page(name, *args):
    return reverse(f"admin:risk_{name}", args=args)


def send(client, place, data):
    return client.post(place, data, format="multipart")


def take_away(client, place, **given):
    """Delete as somebody does who looks at the page first."""
    seen = client.get(place).context["seen"]
    return send(client, place, {"post": "yes", "seen": seen, "why": "a slip"} | given)


def seen_on(client, place):
    return client.get(place).context["adminform"].form.initial["seen"]


def entry_form(edition, **cells):
    cells = {"kind": "precursor", "form_name": "Toluene", "cas": "108-88-3"} | cells
    return {"edition": edition.pk, "reason": ""} | {f"cell_{k}": v for k, v in cells.items()}


def describe(client, draft):
    draft.refresh_from_db()
    data = {
        "in_force_from": str(START), "change_note": "decree 5", "provenance": "",
        "version": draft.version,
    }  # fmt: skip
    return send(client, page("listedition_change", draft.pk), data)


def take(client, draft, step, version=None):
    draft.refresh_from_db()
    data = {"step": step, "version": draft.version if version is None else version}
    return send(client, page("listedition_difference", draft.pk), data)


def test_a_draft_is_edited_proposed_and_approved_by_a_second_person(
    draft, list_editor, list_approver
):
    asks(list_approver.user, by_email=False)
    answer = send(list_editor, page("listentry_add"), entry_form(draft))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert describe(list_editor, draft).status_code == 302
    shown = list_approver.get(page("listedition_difference", draft.pk)).content.decode()
    assert "Toluene" in shown
    assert "1 added, 0 removed" in shown
    assert take(list_editor, draft, "propose").status_code == 302
    simulation = Rescreening.objects.get(edition=draft, kind="simulation")
    assert simulation.job.requested_by == list_editor.user.actor
    assert take(list_editor, draft, "approve").status_code == 403
    assert take(list_approver, draft, "approve").status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == ("approved", list_approver.user.actor)
    kinds = [one.event.kind for one in Notice.objects.order_by("id")]
    assert kinds == ["edition_proposed", "edition_approved"]
    history = list_editor.get(page("listedition_history", draft.pk)).content.decode()
    assert list_approver.user.actor in history
    assert "proposed → approved" in history


def test_a_draft_when_simulated_before_it_is_proposed_then_the_page_tells_what_it_would_change(
    law, draft, list_editor
):
    assert send(list_editor, page("listentry_add"), entry_form(draft)).status_code == 302
    assert take(signed_in(roles=["auditor"]), draft, "simulate").status_code == 403
    assert take(list_editor, draft, "simulate").status_code == 302
    work_off()
    simulation = Rescreening.objects.get(edition=draft)
    assert (simulation.job.requested_by, simulation.entry_count) == (list_editor.user.actor, 1)
    shown = list_editor.get(page("listedition_difference", draft.pk)).content.decode()
    assert "Lines that would newly match" in shown
    assert "of an earlier version" not in shown
    assert take(list_editor, law, "simulate").status_code == 302
    assert Rescreening.objects.count() == 1


def test_an_entry_s_page_offers_what_a_column_allows(draft, list_editor):
    shown = list_editor.get(page("listentry_add")).context["adminform"].form
    kinds = {value for value, _ in shown.fields["cell_kind"].choices}
    assert kinds == {"", *SubstanceKind}
    periods = {value for value, _ in shown.fields["cell_exempt_period"].choices}
    assert periods == {"", "consignment", "month", "year", "unknown"}


def test_who_wrote_a_word_of_it_may_not_approve(law, draft, list_editor):
    both = signed_in(roles=["list_editor", "list_approver"])
    send(both, page("listentry_add"), entry_form(draft))
    describe(list_editor, draft)
    take(list_editor, draft, "propose")
    answer = both.post(
        page("listedition_difference", draft.pk),
        {"step": "approve", "version": ListEdition.objects.get(pk=draft.pk).version},
        format="multipart",
        follow=True,
    )
    messages = [str(one) for one in answer.context["messages"]]
    assert messages[-1] == "A second person must do this. [same_person]"
    assert messages[-1] in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "proposed"


def test_approval_of_what_somebody_changed_since_is_refused(draft, list_editor, list_approver):
    describe(list_editor, draft)
    take(list_editor, draft, "propose")
    take(list_approver, draft, "approve", version=1)
    draft.refresh_from_db()
    assert draft.state == "proposed"


def test_of_two_editors_the_second_is_told_and_nothing_is_overwritten(draft, list_editor):
    entry = draft.entries.get(form_name="acetone")
    place = page("listentry_change", entry.pk)
    shown = list_editor.get(place).context["adminform"].form.initial
    data = {k: v for k, v in shown.items() if k.startswith("cell_")} | {"version": draft.version}
    assert send(list_editor, place, data | {"cell_schedule": "I"}).status_code == 302
    answer = send(list_editor, place, data | {"cell_schedule": "II"})
    assert answer.status_code == 200
    assert "edition_changed" in answer.content.decode()
    assert draft.entries.get(form_name="acetone").schedule == "I"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"cas": "108-88-4"}, "check digit"),
        ({"hs6": "29"}, "6 digits"),
        ({"formula": "C7H9"}, "contradictions_unacknowledged"),
    ],
)
def test_an_entry_when_a_value_is_wrong_then_told_beside_what_was_typed(
    draft, list_editor, cells, words
):
    answer = send(list_editor, page("listentry_add"), entry_form(draft, **cells))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert words in text
    assert 'value="Toluene"' in text
    assert not draft.entries.filter(form_name="Toluene").exists()


def test_a_contradiction_with_a_reason_is_kept(draft, list_editor):
    data = entry_form(draft, formula="C7H9") | {"reason": "as printed"}
    assert send(list_editor, page("listentry_add"), data).status_code == 302
    (kept,) = draft.entries.get(form_name="Toluene").acknowledged
    assert kept["reason"] == "as printed"


def test_what_is_law_is_looked_at_and_not_changed(law, list_editor):
    entry = law.entries.first()
    assert list_editor.get(page("listentry_change", entry.pk)).status_code == 200
    assert list_editor.post(page("listentry_change", entry.pk)).status_code == 403
    assert list_editor.post(page("listentry_delete", entry.pk)).status_code == 403
    assert list_editor.post(page("listedition_change", law.pk)).status_code == 403
    assert list_editor.post(page("listedition_delete", law.pk)).status_code == 403


def test_an_entry_and_a_draft_when_deleted_then_gone(draft, list_editor):
    entry = draft.entries.first()
    take_away(list_editor, page("listentry_delete", entry.pk))
    assert not ListEntry.objects.filter(pk=entry.pk).exists()
    take_away(list_editor, page("listedition_delete", draft.pk))
    assert not ListEdition.objects.filter(pk=draft.pk).exists()


def test_to_do_compare_with_the_gazette_entry_by_entry(law, list_editor):
    changelist = page("listentry_changelist")
    assert len(list_editor.get(f"{changelist}?verified=no").context["cl"].result_list) == 2
    entry = law.entries.get(form_name="ether")
    data = {"action": "compare_with_the_gazette", "_selected_action": [entry.pk]}
    asked = send(list_editor, changelist, data)
    assert asked.status_code == 200
    assert "Which text" in asked.content.decode()
    assert send(list_editor, changelist, data | {"text": "gazette 12"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.verified_by, entry.verified_on is None) == (list_editor.user.actor, False)
    (left,) = list_editor.get(f"{changelist}?verified=no").context["cl"].result_list
    assert left.form_name == "acetone"


@pytest.mark.parametrize("text", ["ацетон", "丙酮", "67-64-1", "aceto"])
@pytest.mark.parametrize("name", ["substance_changelist", "listentry_changelist"])
def test_search_in_any_language_and_by_cas(law, list_editor, text, name):
    acetone = Substance.objects.get(key="acetone")
    SubstanceNameFactory(substance=acetone, name="ацетон", lang="ru")
    SubstanceNameFactory(substance=acetone, name="丙酮", lang="zh")
    SubstanceIdentifierFactory(substance=acetone, value="67-64-1")
    found = list_editor.get(f"{page(name)}?q={text}").context["cl"].result_list
    if (text, name) == ("67-64-1", "listentry_changelist"):
        assert list(found) == []  # the entry itself bears no number here
    else:
        assert len(found) == 1


def test_names_substances_and_cover_names_are_written_through_services(law, list_editor):
    answer = send(
        list_editor, page("substance_add"), {"key": "new-one", "preferred_name": "New one"}
    )
    assert answer.status_code == 302
    new = Substance.objects.get(key="new-one")
    name = {"substance": new.pk, "name": "нечто", "lang": "ru", "kind": "common", "source": "GOST"}
    assert send(list_editor, page("substancename_add"), name).status_code == 302
    row = SubstanceName.objects.get(name="нечто")
    change = {"kind": "trade", "source": "GOST 2", "verification": ""}
    place = page("substancename_change", row.pk)
    change["seen"] = seen_on(list_editor, place)
    assert send(list_editor, place, change).status_code == 302
    row.refresh_from_db()
    assert (row.kind, row.source, row.name) == ("trade", "GOST 2", "нечто")
    take_away(list_editor, page("substancename_delete", row.pk))
    assert not SubstanceName.objects.filter(pk=row.pk).exists()
    cover = {"substance": new.pk, "name": "soap", "lang": "en", "commodity_code": "34 01"}
    assert send(list_editor, page("covername_add"), cover | {"source": "x"}).status_code == 302
    assert CoverName.objects.get().state == "active"
    assert send(list_editor, page("covername_add"), cover | {"source": "x"}).status_code == 200
    data = {"action": "withdraw", "_selected_action": [CoverName.objects.get().pk]}
    asked = send(list_editor, page("covername_changelist"), data)
    assert 'name="text"' in asked.content.decode()
    assert CoverName.objects.get().state == "active"
    send(list_editor, page("covername_changelist"), data | {"text": "an honest brand"})
    gone = CoverName.objects.get()
    assert (gone.state, gone.withdrawal_reason) == ("withdrawn", "an honest brand")
    history = list_editor.get(page("covername_history", gone.pk)).content.decode()
    assert "an honest brand" in history


def identifier(substance, kind, value, **more):
    return {"substance": substance.pk, "kind": kind, "value": value, "form_name": ""} | more


def test_identifiers_are_written_through_services(law, list_editor):
    acetone = Substance.objects.get(key="acetone")
    place = page("substanceidentifier_add")
    assert send(list_editor, place, identifier(acetone, "cas", "67-64-1")).status_code == 302
    row = acetone.identifiers.get()
    change = page("substanceidentifier_change", row.pk)
    values = {"form_name": "acetone", "value": "108-88-3", "kind": "ec"}
    values["seen"] = seen_on(list_editor, change)
    assert send(list_editor, change, values).status_code == 302
    row.refresh_from_db()
    assert (row.form_name, row.value, row.kind) == ("acetone", "67-64-1", "cas")
    history = list_editor.get(page("substanceidentifier_history", row.pk)).content.decode()
    assert list_editor.user.actor in history
    take_away(list_editor, page("substanceidentifier_delete", row.pk))
    assert not acetone.identifiers.exists()


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("cas", "67-64-2", "check digit"),
        ("inchikey", "CSCPPACGZOOCGX-UHFFFAOYSA-N", "CSCPPACGZOOCGX-UHFFFAOYSA-M"),
        ("formula", "C3H8O", "C3H6O"),
        ("ec", "1", "ec"),
    ],
)
def test_an_identifier_when_wrong_then_told_and_not_stored(law, list_editor, kind, value, words):
    acetone = Substance.objects.get(key="acetone")
    place = page("substanceidentifier_add")
    told = [("smiles", "CC(C)=O"), ("cas", "67-64-1")]
    for good in told:
        assert send(list_editor, place, identifier(acetone, *good)).status_code == 302
    if kind == "inchikey":
        value = words
    answer = send(list_editor, place, identifier(acetone, kind, value))
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert acetone.identifiers.count() == len(told)


def test_an_identifier_when_contradicted_then_kept_with_a_reason(law, list_editor):
    acetone = Substance.objects.get(key="acetone")
    place = page("substanceidentifier_add")
    assert send(list_editor, place, identifier(acetone, "cas", "67-64-1")).status_code == 302
    odd = identifier(acetone, "formula", "C3H8O", reason="as printed in the decree")
    assert send(list_editor, place, odd).status_code == 302
    (kept,) = acetone.identifiers.get(kind="formula").acknowledged
    assert (kept["reason"], kept["actor"]) == (
        "as printed in the decree",
        list_editor.user.actor,
    )


@pytest.fixture
def many(law, list_editor):
    """A draft, a law, a substance: each with far more rows than a page may cost queries."""
    draft = ListEdition.objects.create(control_list=law.control_list, number=2, based_on=law)
    big = SubstanceFactory(key="big", preferred_name="Big")
    for number in range(ROWS):
        one = SubstanceFactory(key=f"s-{number}", preferred_name=f"S {number}")
        ListEntryFactory(edition=draft, substance=one, form_name=f"form {number}", cas_rn="")
        ListEntryFactory(edition=draft, substance=big, form_name=f"big {number}", cas_rn="")
        SubstanceNameFactory(substance=big, name=f"name {number}")
        SubstanceIdentifierFactory(substance=big, value=f"{number}")
        CoverNameFactory(substance=one, name=f"cover {number}")
    return draft


def test_every_admin_page_of_lists_needs_at_most_30_queries(
    many, list_editor, django_assert_max_num_queries
):
    entry, big = many.entries.first(), Substance.objects.get(key="big")
    name, cover = big.names.first(), CoverName.objects.first()
    rows = {
        "controllist": many.control_list, "listedition": many, "listentry": entry,
        "substance": big, "substancename": name, "covername": cover,
        "substanceidentifier": big.identifiers.first(),
    }  # fmt: skip
    places = [page("listedition_difference", many.pk), page("listentry_add")]
    places += [page("substancename_add"), page("covername_add"), page("substance_add")]
    for model, row in rows.items():
        places.append(page(f"{model}_changelist"))
        places.append(page(f"{model}_changelist") + "?q=name")
        places += [page(f"{model}_{what}", row.pk) for what in ("change", "history")]
    places += [page("listentry_delete", entry.pk), page("listedition_delete", many.pk)]
    places.append(page("substancename_delete", name.pk))
    places += [page("substanceidentifier_add"), page("controllist_add")]
    places.append(page("listedition_import", many.pk))
    places.append(page("substanceidentifier_delete", big.identifiers.first().pk))
    for place in places:
        with django_assert_max_num_queries(MOST_QUERIES, info=place):
            answer = list_editor.get(place)
        assert answer.status_code == 200, place
        policy = answer["Content-Security-Policy"]
        assert "nonce-" in policy or "script-src 'self'" in policy, place
        assert "<script>" not in answer.content.decode(), place
        assert " style=" not in answer.content.decode(), place
