"""Any text, pasted by a person."""

import pytest

from targeting.models import AuditEvent
from tests.factories.risk import (
    ControlListFactory,
    LawEntryFactory,
    SubstanceFactory,
    SubstanceNameFactory,
)

pytestmark = pytest.mark.django_db

SCREEN = "/workbench/screen"


@pytest.fixture(autouse=True)
def _listed():
    SubstanceNameFactory()
    LawEntryFactory(concentration_min_pct="50", edition__verified_by="")


def test_screen_when_a_listed_name_then_marked_in_the_text_and_on_record(analyst) -> None:
    text = "Сырьё: Уксусный ангидрид, бочки <98 %>"
    answer = analyst.post(SCREEN, {"text": text}, format="multipart")
    said = answer.content.decode()
    assert answer.status_code == 200
    assert ">Уксусный ангидрид</mark>, бочки &lt;98 %&gt;" in said
    assert "≥ 50 %" in said
    assert "Nobody compared the list with its act yet." in said
    event = AuditEvent.objects.latest("pk")
    assert (event.verb, event.resource) == ("search", "workbench:screen")
    assert event.terms["text"] == [text]


def test_screen_when_nothing_is_listed_then_it_says_so(analyst) -> None:
    said = analyst.post(SCREEN, {"text": "мебель"}, format="multipart").content.decode()
    assert "Nothing listed is recognised" in said


def test_screen_when_a_name_is_misspelt_then_the_nearest_innocent_name_is_told(analyst) -> None:
    benzyl = SubstanceFactory(key="benzyl-chloride", preferred_name="Benzyl chloride")
    SubstanceNameFactory(substance=benzyl, name="benzyl chloride", lang="en")
    LawEntryFactory(substance=benzyl, edition__control_list=ControlListFactory(code="KZ-508"))
    answer = analyst.post(SCREEN, {"text": "benzylchkoride"}, format="multipart")
    assert "<td>benzoylchloride <small>" in answer.content.decode()


def test_screen_when_blank_then_the_field_says_so(analyst) -> None:
    answer = analyst.post(SCREEN, {"text": ""}, format="multipart")
    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()


def test_screen_when_an_auditor_then_closed_and_a_list_editor_may(auditor, list_editor) -> None:
    assert auditor.get(SCREEN).status_code == 403
    assert list_editor.get(SCREEN).status_code == 200
