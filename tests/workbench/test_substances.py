"""The desk of substances and lists: searched, shown through the editions, led on from."""

from datetime import date

import pytest
from django.utils import timezone

from risk.models import ListEdition
from risk.services.periods import enact
from tests.factories.risk import (
    NOBODY,
    ControlListFactory,
    DraftFactory,
    ListEntryFactory,
    SubstanceFactory,
    SubstanceIdentifierFactory,
    SubstanceNameFactory,
)

pytestmark = pytest.mark.django_db

SEARCH = "/workbench/substances"
LISTS = "/workbench/lists"


def loaded(edition) -> None:
    """Law, as a file makes it that carries its authority's approval."""
    edition.source_digest = "0"
    edition.save()
    enact(edition=edition, approved_by=NOBODY, now=timezone.now())


@pytest.fixture
def extra_entries() -> int:
    return 0


@pytest.fixture
def held(extra_entries):
    """A substance on a list whose second edition raises the limit and drops one form."""
    control_list = ControlListFactory(code="TEST-1")
    substance = SubstanceFactory()
    SubstanceNameFactory(substance=substance, name="Уксусный ангидрид")
    entry = {"substance": substance, "form_name": "base", "smiles": "CC(=O)OC(C)=O", "cas_rn": ""}
    first = DraftFactory(control_list=control_list, number=1, in_force_from=date(2024, 1, 1))
    ListEntryFactory(edition=first, concentration_min_pct="10", **entry)
    ListEntryFactory(edition=first, substance=substance, form_name="salt", smiles="")
    loaded(first)
    second = DraftFactory(
        control_list=control_list, number=2, in_force_from=date(2025, 1, 1), based_on=first
    )
    ListEntryFactory(edition=second, concentration_min_pct="50", **entry)
    for n in range(extra_entries):
        other = SubstanceFactory(key=f"s{n}", preferred_name=f"S {n}")
        ListEntryFactory(edition=second, substance=other)
    loaded(second)
    return substance


@pytest.mark.parametrize("asked", ["уксусный", "ACETIC", "108-24-7", "acetic-anhydride"])
def test_search_when_by_name_in_any_language_number_or_key_then_found(
    asked, held, list_editor
) -> None:
    SubstanceIdentifierFactory(substance=held, kind="cas", value="108-24-7")
    SubstanceFactory(key="acetone", preferred_name="Acetone")
    said = list_editor.get(SEARCH, {"q": asked}).content.decode()
    assert f'href="{SEARCH}/{held.key}"' in said
    assert f'href="{SEARCH}/acetone"' not in said


def test_search_when_nothing_is_called_so_then_what_to_do_and_the_word_is_kept(
    held, list_editor
) -> None:
    said = list_editor.get(SEARCH, {"q": "<nothing>"}).content.decode()
    assert "Try a part of the name" in said
    assert 'value="&lt;nothing&gt;"' in said


def test_substance_when_opened_then_lists_changes_names_and_a_drawing(held, list_editor) -> None:
    said = list_editor.get(f"{SEARCH}/{held.key}").content.decode()
    assert '<svg viewBox="0 0 320 220" class="structure"' in said
    assert "style=" not in said
    assert "<code>concentration_min_pct</code>: <del>10</del> → <ins>50</ins>" in said
    assert "salt: no longer held" in said
    assert "Уксусный ангидрид" in said
    assert "/admin/risk/substance/" in said
    assert list_editor.get(f"{SEARCH}/nothing").status_code == 404


def test_edition_when_opened_then_its_difference_and_entries(held, list_editor) -> None:
    said = list_editor.get(f"{LISTS}/TEST-1/2").content.decode()
    assert "0 added, 1 removed, 1 changed, 0 the same" in said
    assert f'href="{SEARCH}/{held.key}"' in said
    assert list_editor.get(f"{LISTS}/TEST-1/3").status_code == 404


def test_ways_to_change_a_list_are_those_that_the_reader_has(held, list_editor, analyst) -> None:
    edition = ListEdition.objects.get(number=2)
    place = f"/admin/risk/listedition/{edition.pk}/change/"
    said = list_editor.get(LISTS).content.decode()
    assert place in said
    assert "/admin/risk/controllist/" in said
    assert "state__exact=proposed" not in said  # approving is not an editor's
    assert "/admin/" not in analyst.get(LISTS).content.decode()
    assert list_editor.get(place).status_code == 200


@pytest.mark.parametrize(
    "place", [SEARCH, f"{SEARCH}/acetic-anhydride", LISTS, f"{LISTS}/TEST-1/2"]
)
def test_pages_when_there_is_more_then_no_more_queries(
    place, held, list_editor, django_assert_max_num_queries
) -> None:
    for n in range(30):
        ControlListFactory(code=f"L{n}")
    with django_assert_max_num_queries(25):
        assert list_editor.get(place).status_code == 200


def test_text_when_tried_then_the_page_answers_while_one_types(list_editor) -> None:
    said = list_editor.get("/workbench/screen").content.decode()
    assert 'data-live="answer"' in said
    assert 'id="answer"' in said
