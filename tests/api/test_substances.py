"""Substances over the API: searched in any language, read conditionally, written with checks."""

import pytest

from risk.models import Substance, SubstanceIdentifier, SubstanceName
from risk.selectors.lists import lists_in_force
from tests.factories.risk import SubstanceFactory, SubstanceIdentifierFactory, SubstanceNameFactory
from tests.integration.test_law import START, make_edition, only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
PLACE = "/api/v1/substances"
ONE = f"{PLACE}/acetone"
NAME = {"name": "Диметилкетон", "lang": "ru", "kind": "common", "source": "GOST 2603"}
ACETONE = "CSCPPACGZOOCGX-UHFFFAOYSA-N"


@pytest.fixture(autouse=True)
def law(only_own_lists):
    return make_edition(1, None, ["acetone", "ether"])


def keys(answer):
    return [one["key"] for one in answer.json()["results"]]


def change(client, method, place, data=None, etag=None):
    etag = client.get(ONE)["ETag"] if etag is None else etag
    return getattr(client, method)(f"{ONE}{place}", data, headers={"If-Match": etag})


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=ацет", ["acetone"]),
        ("?q=ACETO", ["acetone"]),
        ("?q=丙酮", ["acetone"]),
        ("?q=67-64-1", ["acetone"]),
        ("?q=67-64-9", []),
        ("?q=ethyl ether", ["ether"]),
        ("?list=A", ["acetone", "ether"]),
        ("?list=B", []),
        ("?kind=precursor&q=acetone", ["acetone"]),
        ("?kind=narcotic", []),
    ],
)
def test_substances_when_searched_in_any_language_or_by_cas_then_found(analyst, query, found):
    acetone = Substance.objects.get(key="acetone")
    SubstanceNameFactory(substance=acetone, name="ацетон", lang="ru")
    SubstanceNameFactory(substance=acetone, name="丙酮", lang="zh")
    SubstanceIdentifierFactory(substance=acetone, value="67-64-1")
    assert keys(analyst.get(f"{PLACE}{query}")) == found


def test_a_substance_shows_names_identifiers_and_its_lists(analyst, law):
    SubstanceIdentifierFactory(substance=Substance.objects.get(key="acetone"), value="67-64-1")
    shown = analyst.get(ONE).json()
    assert [(one["lang"], one["name"]) for one in shown["names"]] == [("en", "acetone")]
    assert [one["value"] for one in shown["identifiers"]] == ["67-64-1"]
    (entry,) = shown["entries"]
    assert (entry["list_code"], entry["edition"], entry["is_verified"]) == ("A", 1, False)
    (line,) = analyst.get(f"{PLACE}?q=67-64-1").json()["results"]
    assert line["lists"] == [{"list_code": "A", "edition": 1, "is_verified": False}]
    assert line["cas_rns"] == ["67-64-1"]


def test_reading_when_nothing_changed_then_304_and_when_changed_then_not(analyst, list_editor):
    first = analyst.get(ONE)
    assert first["Last-Modified"]
    again = analyst.get(ONE, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    page = analyst.get(PLACE)
    assert analyst.get(PLACE, headers={"If-None-Match": page["ETag"]}).status_code == 304
    assert change(list_editor, "put", "/names", NAME).status_code == 200
    assert analyst.get(ONE, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_cost_of_a_page_does_not_grow(analyst, django_assert_max_num_queries):
    substances = [SubstanceFactory(key=f"s-{n}", preferred_name=f"S {n}") for n in range(30)]
    for one in substances:
        SubstanceNameFactory(substance=one, name=f"имя {one.pk}")
    with django_assert_max_num_queries(15):
        assert len(analyst.get(f"{PLACE}?page_size=40").json()["results"]) == 32


def test_a_name_when_added_then_it_is_matched_and_when_removed_then_not(list_editor):
    answer = change(list_editor, "put", "/names", NAME)
    assert answer.status_code == 200, answer.json()
    (name,) = [one for one in answer.json()["names"] if one["lang"] == "ru"]
    assert lists_in_force(START).screener.screen("диметилкетон технический")
    answer = change(list_editor, "delete", f"/names/{name['id']}", etag=answer["ETag"])
    assert answer.status_code == 200
    assert not lists_in_force(START).screener.screen("диметилкетон технический")


def test_of_two_editors_the_second_is_told(list_editor):
    etag = list_editor.get(ONE)["ETag"]
    assert change(list_editor, "put", "/names", NAME, etag).status_code == 200
    answer = change(list_editor, "put", "/names", NAME | {"name": "Пропанон"}, etag)
    assert (answer.status_code, answer.json()["code"]) == (412, "substance_changed")
    answer = list_editor.put(f"{ONE}/names", NAME)
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")
    assert not SubstanceName.objects.filter(name="Пропанон").exists()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("cas", "67-64-2"),
        ("ec", "200-662-3"),
        ("un", "109"),
        ("inchikey", "CSCPPACGZOOCGX"),
        ("cus", "12"),
    ],
)
def test_an_identifier_when_its_check_digit_or_shape_is_wrong_then_refused(
    list_editor, kind, value
):
    answer = change(list_editor, "put", "/identifiers", {"kind": kind, "value": value})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_list")
    params = answer.json()["params"]
    assert (params["column"], params["value"]) == (kind, value)
    assert params["allowed"]


@pytest.mark.parametrize(
    ("stored", "given", "code"),
    [
        (
            ("smiles", "CC(C)=O"),
            ("inchikey", "LFQSCWFLJHTTHZ-UHFFFAOYSA-N"),
            "inchikey_not_of_smiles",
        ),
        (("cas", "67-64-1"), ("formula", "C3H8O"), "formula_not_of_cas"),
        (("cas", "67-64-1"), ("smiles", "CCO"), "smiles_not_of_cas"),
        (("smiles", "CC(C)=O"), ("formula", "C2H6O"), "formula_not_of_smiles"),
    ],
)
def test_contradictions_when_no_reason_is_given_then_told_and_with_one_kept(
    list_editor, stored, given, code
):
    acetone = Substance.objects.get(key="acetone")
    SubstanceIdentifier.objects.create(
        substance=acetone, kind=stored[0], value=stored[1], form_name="base"
    )
    body = {"kind": given[0], "value": given[1], "form_name": "base"}
    answer = change(list_editor, "put", "/identifiers", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "contradictions_unacknowledged")
    assert [one["code"] for one in answer.json()["params"]["contradictions"]] == [code]
    answer = change(list_editor, "put", "/identifiers", body | {"reasons": {code: "as in the act"}})
    assert answer.status_code == 200
    (kept,) = SubstanceIdentifier.objects.get(kind=given[0]).acknowledged
    assert (kept["reason"], kept["actor"]) == ("as in the act", list_editor.user.actor)


def test_identifiers_that_agree_need_no_reason(list_editor):
    for kind, value in (("cas", "67-64-1"), ("smiles", "CC(C)=O"), ("inchikey", ACETONE)):
        answer = change(list_editor, "put", "/identifiers", {"kind": kind, "value": value})
        assert answer.status_code == 200, answer.json()
    pk = answer.json()["identifiers"][0]["id"]
    assert change(list_editor, "delete", f"/identifiers/{pk}").status_code == 200
    assert change(list_editor, "delete", f"/identifiers/{pk}").status_code == 422


def test_a_cas_number_of_another_substance_is_a_contradiction(list_editor):
    SubstanceIdentifierFactory(substance=Substance.objects.get(key="ether"), value="60-29-7")
    body = {"kind": "cas", "value": "60-29-7"}
    answer = change(list_editor, "put", "/identifiers", body)
    found = answer.json()["params"]["contradictions"]
    assert [(one["code"], one["expected"]) for one in found] == [
        ("cas_not_of_name", "67-64-1"), ("identifier_of_other_substance", "ether"),
    ]  # fmt: skip


def test_a_substance_when_registered_then_it_stands_and_its_key_is_taken(list_editor, analyst):
    new = {"key": "new-one", "preferred_name": "New one"}
    answer = list_editor.post(PLACE, new)
    assert (answer.status_code, answer.json()["entries"]) == (201, [])
    assert answer["ETag"] == analyst.get(f"{PLACE}/new-one")["ETag"]
    assert list_editor.post(PLACE, new).status_code == 409
    assert list_editor.post(PLACE, new | {"key": "New One"}).status_code == 422
    assert analyst.post(PLACE, new).status_code == 403


def test_history_says_who_changed_a_name(list_editor):
    change(list_editor, "put", "/names", NAME)
    row = SubstanceName.objects.get(name=NAME["name"])
    (event,) = row.events.all()
    assert event.pgh_context["actor"] == list_editor.user.actor
