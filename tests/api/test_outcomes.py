"""Outcomes over the API: posted once, corrected by later acts, read in scope."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from risk.domain.outcomes_csv import COLUMNS
from risk.models import CoverName, InspectionOutcome
from risk.selectors.office import office_day
from risk.selectors.outcomes import offender_seeds
from tests.api.conftest import CUSTOMS_SCOPES, signed_in, with_token
from tests.factories.risk import InspectionOutcomeFactory, SubstanceFactory
from tests.factories.shipments import DeclarationFactory
from tests.factories.targeting import flagged_shipment

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/outcomes"


@pytest.fixture
def alert():
    return flagged_shipment()


def act(alert, **said):
    return {
        "registration_number": alert.registration_number,
        "item_number": 1,
        "act_number": "K-17",
        "inspected_at": (alert.accepted_at + timedelta(hours=2)).isoformat(),
        "result": "clean",
        **said,
    }


OFFENCE = {
    "result": "offence",
    "found_substance": "acetic-anhydride",
    "found_mass_kg": "1180.5",
    "found_commodity_code": "2915240000",
    "measure": "seized",
}


def near(office, role="analyst"):
    return signed_in(roles=[role], reach="offices", offices=[office])


def system_of(office):
    return with_token(
        application__kind="customs_system",
        application__scopes=CUSTOMS_SCOPES,
        application__offices=[office],
        scope=" ".join(CUSTOMS_SCOPES),
    )


def test_act_when_posted_by_a_system_then_stored_with_who_and_what(customs_system, alert):
    answer = customs_system.post(PLACE, act(alert, **OFFENCE))
    assert answer.status_code == 201
    row = InspectionOutcome.objects.get()
    actor = customs_system.token.application.actor
    assert (row.source, row.recorded_by, row.result) == (actor, actor, "offence")
    assert (str(row.found_mass_kg), row.found_substance.key) == (
        "1180.500000",
        "acetic-anhydride",
    )
    assert (row.assessment, row.declaration) == (alert.assessment, alert.declaration)
    assert (row.customs_office, row.selected_by) == ("55301", "criteria")
    assert answer["Location"].endswith(f"{PLACE}/{row.pk}")
    assert answer.json()["found_mass_kg"] == "1180.500000"


def test_act_when_posted_again_then_the_row_of_the_first_time(customs_system, alert):
    first = customs_system.post(PLACE, act(alert, **OFFENCE))
    again = customs_system.post(PLACE, act(alert, **OFFENCE))
    assert (again.status_code, again.json()) == (200, first.json())
    assert InspectionOutcome.objects.count() == 1


def test_act_when_its_number_has_another_content_then_409_and_nothing_changes(
    customs_system, alert
):
    customs_system.post(PLACE, act(alert))
    answer = customs_system.post(PLACE, act(alert, **OFFENCE))
    assert (answer.status_code, answer.json()["code"]) == (409, "act_recorded")
    assert InspectionOutcome.objects.get().result == "clean"


def test_correction_is_a_later_act_and_the_old_one_stays(customs_system, analyst, alert):
    customs_system.post(PLACE, act(alert))
    answer = customs_system.post(PLACE, act(alert, act_number="K-18", corrects="K-17", **OFFENCE))
    assert (answer.status_code, answer.json()["corrects"]) == (201, "K-17")
    rows = {row["act_number"]: row for row in analyst.get(PLACE).json()["results"]}
    assert (rows["K-17"]["result"], rows["K-17"]["corrected_by"]) == ("clean", "K-18")
    (current,) = analyst.get(PLACE, {"current": "true"}).json()["results"]
    assert current["act_number"] == "K-18"
    second = customs_system.post(PLACE, act(alert, act_number="K-19", corrects="K-17"))
    assert (second.status_code, second.json()["code"]) == (409, "act_corrected")
    foreign = system_of("55301").post(PLACE, act(alert, act_number="K-20", corrects="K-18"))
    assert foreign.json()["params"]["faults"][0]["field"] == "corrects"


def test_the_application_may_add_acts_and_not_change_or_delete_them():
    role, table = settings.TARGETING["APP_ROLE"], InspectionOutcome._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, %s, 'UPDATE, DELETE, TRUNCATE'),"
            " has_table_privilege(%s, %s, 'INSERT')",
            [role, table] * 2,
        )
        assert cursor.fetchone() == (False, True)


def test_people_enter_acts_of_their_office_under_its_numbers(alert):
    examiner, analyst = near("55301", "examiner"), near("55301")
    first = examiner.post(PLACE, act(alert))
    assert (first.status_code, first.json()["source"]) == (201, "office:55301")
    assert analyst.post(PLACE, act(alert)).status_code == 200
    assert InspectionOutcome.objects.get().recorded_by == examiner.user.actor


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"registration_number": "unknown"}, "registration_number"),
        ({"version": 9}, "registration_number"),
        ({"item_number": 7}, "item_number"),
        ({"result": "offence", "found_substance": "unknown"}, "found_substance"),
        ({"result": "not_applied"}, "waiver"),
        ({"found_substance": "acetic-anhydride"}, "found_substance"),
        ({"inspected_at": "2999-01-01T00:00:00Z"}, "inspected_at"),
        ({"found_commodity_code": "abc"}, "found_commodity_code"),
        ({"laboratory_result": "confirmed"}, "laboratory_result"),
    ],
)
def test_act_when_a_field_cannot_be_then_422_with_field_and_what_is_allowed(
    customs_system, alert, said, field
):
    answer = customs_system.post(PLACE, act(alert, **said))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_outcome")
    (fault,) = answer.json()["params"]["faults"]
    assert (fault["field"], bool(fault["allowed"])) == (field, True)
    assert not InspectionOutcome.objects.exists()


@pytest.mark.parametrize(
    "said", [{"result": "guilty"}, {"found_mass_kg": "NaN"}, {"item_number": -1}, {"measure": 3}]
)
def test_act_when_a_value_has_the_wrong_form_then_400(customs_system, alert, said):
    answer = customs_system.post(PLACE, act(alert, **said))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, next(iter(said)))


def test_act_when_it_brings_privileged_fields_then_none_is_set(customs_system, alert):
    more = {
        **{"id": 99, "source": "client:other", "recorded_by": "user:1", "selected_by": "random"},
        **{"recorded_at": "2000-01-01T00:00:00Z", "customs_office": "50000", "assessment": 1},
        **{"supersedes": 1, "known_at": "2000-01-01T00:00:00Z", "declaration": 1},
    }
    assert customs_system.post(PLACE, act(alert, **more)).status_code == 201
    row = InspectionOutcome.objects.get()
    actor = customs_system.token.application.actor
    assert (row.source, row.recorded_by, row.customs_office) == (actor, actor, "55301")
    assert (row.selected_by, row.supersedes, row.recorded_at.year > 2000) == (
        "criteria",
        None,
        True,
    )
    assert (row.declaration, row.known_at) == (alert.declaration, row.inspected_at)


def test_act_when_of_another_office_then_it_does_not_exist(alert):
    InspectionOutcomeFactory(assessment=alert.assessment)
    row = InspectionOutcome.objects.get()
    theirs, ours = near("50000"), near("55301")
    assert ours.get(f"{PLACE}/{row.pk}").status_code == 200
    assert theirs.get(f"{PLACE}/{row.pk}").status_code == 404
    assert theirs.get(PLACE).json()["results"] == []
    for narrowed in ({"office": "55301"}, {"registration_number": row.registration_number}):
        assert theirs.get(PLACE, narrowed).json()["results"] == []
    answer = system_of("50000").post(PLACE, act(alert))
    unknown = system_of("50000").post(PLACE, act(alert, registration_number="unknown"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_outcome")
    assert {**answer.json(), "params": 0} == {**unknown.json(), "params": 0}
    counted = theirs.get("/api/v1/statistics/outcomes").json()
    assert (counted["acts"]["clean"], counted["indicators"]) == (0, [])
    assert counted["misses"]["passed"] == 0
    assert ours.get("/api/v1/statistics/outcomes").json()["acts"]["clean"] == 1


def test_the_draw_is_not_told_to_the_post(alert, examiner, analyst, customs_system):
    decision = alert.assessment.lane_decision
    decision.ground, decision.is_drawn, decision.is_random_arm = "random", True, True
    decision.save()
    posted = customs_system.post(PLACE, act(alert)).json()
    assert posted["selected_by"] is None
    place = f"{PLACE}/{posted['id']}"
    assert examiner.get(place).json()["selected_by"] is None
    assert analyst.get(place).json()["selected_by"] == "random"


def test_what_was_found_under_another_name_is_proposed_as_a_cover_name(customs_system, alert):
    alert.declaration.items.update(description="Средство моющее", commodity_code="3402900000")
    item = alert.declaration.items.get()
    SubstanceFactory(key="safrole", preferred_name="Safrole")
    customs_system.post(PLACE, act(alert, **OFFENCE))  # told by the text: nothing to learn
    assert not CoverName.objects.exists()
    found = {**OFFENCE, "found_substance": "safrole"}
    customs_system.post(PLACE, act(alert, act_number="K-18", **found))
    customs_system.post(PLACE, act(alert, act_number="K-19", **found))  # known by now
    row = CoverName.objects.get()
    assert (row.state, row.name, row.lang) == ("proposed", item.description, "ru")
    assert (row.commodity_code, row.substance.key) == ("3402900000", "safrole")
    assert alert.registration_number not in row.source


def test_offender_seeds_are_parties_of_goods_that_were_found_as_known_then(alert):
    party = alert.declaration.party_roles.get().party
    substance = SubstanceFactory()
    row = InspectionOutcomeFactory(
        assessment=alert.assessment, result="offence", found_substance=substance
    )
    late = row.known_at + timedelta(seconds=1)
    (seed,) = offender_seeds(known_before=late)
    assert (seed.party_id, seed.substance_id, seed.outcome_id) == (party.pk, substance.pk, row.pk)
    assert offender_seeds(known_before=row.known_at) == []
    InspectionOutcomeFactory(assessment=alert.assessment, supersedes=row)  # clean after all
    assert offender_seeds(known_before=late) == []


@pytest.mark.parametrize("count", [2, 8])
def test_outcomes_cost_the_same_number_of_queries(count, django_assert_num_queries):
    caller = signed_in(roles=["analyst"])
    for _ in range(count):
        InspectionOutcomeFactory()
    with django_assert_num_queries(4):  # session, account, page, audit
        assert len(caller.get(PLACE).json()["results"]) == count


def test_outcomes_page_by_time_of_inspection(analyst):
    numbers = [InspectionOutcomeFactory().act_number for _ in range(3)]
    first = analyst.get(PLACE, {"page_size": 2}).json()
    second = analyst.get(first["next"]).json()
    shown = [row["act_number"] for row in (*first["results"], *second["results"])]
    assert (shown, second["next"]) == (numbers[::-1], None)


def statistics(caller, **narrowed):
    answer = caller.get("/api/v1/statistics/outcomes", narrowed)
    assert answer.status_code == 200
    return answer.json()


def test_statistics_count_declarations_and_leave_corrections_out(analyst):
    substance = SubstanceFactory()
    for result in ("offence", "clean", "inconclusive"):
        alert = flagged_shipment()
        found = substance if result == "offence" else None
        row = InspectionOutcomeFactory(
            assessment=alert.assessment, result=result, found_substance=found
        )
    corrected = flagged_shipment()
    wrong = InspectionOutcomeFactory(assessment=corrected.assessment, result="offence")
    InspectionOutcomeFactory(assessment=corrected.assessment, supersedes=wrong)
    told = statistics(analyst)
    assert told["acts"] == {"clean": 2, "offence": 1, "inconclusive": 1, "not_applied": 0}
    by_code = {one["code"]: one["precision"] for one in told["indicators"]}
    assert set(by_code) == {"licence_missing", "importer_new"}
    for counted in (*by_code.values(), told["profiles"][0]["precision"]):
        assert (counted["inspected"], counted["offences"], counted["found"]) == (3, 1, 1)
        assert counted["offence_share"]["value"] == pytest.approx(1 / 3)
    assert row.assessment.basis.profile.version == told["profiles"][0]["version"]


def test_statistics_of_one_item_leave_out_what_fired_on_another(analyst):
    alert = flagged_shipment()
    InspectionOutcomeFactory(assessment=alert.assessment, item_number=2)
    assert [one["code"] for one in statistics(analyst)["indicators"]] == ["importer_new"]
    InspectionOutcomeFactory(assessment=alert.assessment, item_number=0)
    assert len(statistics(analyst)["indicators"]) == 2


def passed_by(*, is_drawn=False):
    alert = flagged_shipment(lane="green")
    decision = alert.assessment.lane_decision
    decision.is_drawn, decision.ground = is_drawn, "random" if is_drawn else "none"
    decision.save()
    return alert


def test_misses_are_told_by_the_random_arm_alone(analyst):
    drawn = [passed_by(is_drawn=True) for _ in range(4)]
    opened = passed_by()
    for number, alert in enumerate(drawn[:3]):
        InspectionOutcomeFactory(
            assessment=alert.assessment,
            selected_by="random",
            result="offence" if number == 0 else "clean",
        )
    InspectionOutcomeFactory(assessment=opened.assessment, selected_by="officer", result="offence")
    flagged_shipment()  # selected: nothing that the criteria passed by
    told = statistics(analyst)["misses"]
    assert (told["passed"], told["drawn"], told["sample"]["inspected"]) == (5, 4, 3)
    assert told["estimate"] == pytest.approx(5 / 3)
    assert 0 < told["low"] < told["estimate"] < told["high"] < 5


def test_waivers_are_wrong_when_a_later_inspection_found_an_offence(analyst):
    waived = {"result": "not_applied", "waiver": "no_capacity"}
    for later in ("offence", "clean", None):
        alert = flagged_shipment()
        row = InspectionOutcomeFactory(assessment=alert.assessment, **waived)
        if later:
            InspectionOutcomeFactory(
                assessment=alert.assessment,
                result=later,
                inspected_at=row.inspected_at + timedelta(days=9),
            )
    (told,) = statistics(analyst)["waivers"]
    assert (told["waiver"], told["count"], told["inspected"], told["wrong"]) == (
        "no_capacity",
        3,
        2,
        1,
    )


def test_laboratories_are_timed_by_their_answers(analyst):
    for hours in (10, 20, None):
        alert = flagged_shipment()
        at = alert.accepted_at
        asked = {"laboratory_requested_at": at}
        if hours:
            answered = at + timedelta(hours=hours)
            asked |= {"laboratory_resulted_at": answered, "laboratory_result": "confirmed"}
        InspectionOutcomeFactory(assessment=alert.assessment, **asked)
    told = statistics(analyst)["laboratory"]
    assert (told["requested"], told["answered"], told["waiting"]) == (3, 2, 1)
    assert (told["median_hours"], told["longest_hours"]) == (15.0, 20.0)


def test_statistics_are_of_the_period_and_office_asked_for(analyst):
    row = InspectionOutcomeFactory(assessment=flagged_shipment().assessment)
    day = office_day(row.declaration.accepted_at)
    assert statistics(analyst, date_from=day, office="55301")["acts"]["clean"] == 1
    late = statistics(analyst, date_from=day + timedelta(days=1))
    assert (late["acts"]["clean"], late["misses"]["passed"]) == (0, 0)
    assert statistics(analyst, office="50000")["acts"]["clean"] == 0
    for wrong in ({"date_from": "yesterday"}, {"nonsense": "x"}):
        answer = analyst.get("/api/v1/statistics/outcomes", wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, next(iter(wrong)))


@pytest.fixture
def table(tmp_path, alert):
    """Two acts that can be stored and two that cannot."""
    number, at = alert.registration_number, "2026-03-01T09:30:00+05:00"
    lines = [
        ",".join(COLUMNS),
        f"{number},1,{at},random,offence,acetic-anhydride,12.50,2914110000,3",
        f"{number},0,{at},random,clean,,,,",
        f"{number},9,{at},random,clean,,,,",
        f"unknown,1,{at},random,clean,,,,",
    ]
    path = tmp_path / "may.outcomes.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_import_stores_what_can_be_and_says_the_rest_by_line(table, capsys):
    with pytest.raises(CommandError):
        call_command("import_outcomes", str(table))
    told = capsys.readouterr().out
    assert "2 outcomes stored, 0 known already, 2 lines refused" in told
    assert "line 4 item_number '9'" in told
    assert "line 5 registration_number 'unknown'" in told
    rows = {row.item_number: row for row in InspectionOutcome.objects.all()}
    assert (rows[1].found_substance.key, rows[1].selected_by) == ("acetic-anhydride", "random")
    assert {row.assessment_id for row in rows.values()} == {rows[0].assessment_id}
    with pytest.raises(CommandError):
        call_command("import_outcomes", str(table))
    assert "0 outcomes stored, 2 known already" in capsys.readouterr().out


def test_act_is_about_the_latest_version_that_is_no_cancellation(customs_system, alert):
    DeclarationFactory(
        registration_number=alert.registration_number,
        version=2,
        is_cancelled=True,
        supersedes=alert.declaration,
    )
    assert customs_system.post(PLACE, act(alert)).json()["version"] == 1
    assert json.loads(customs_system.post(PLACE, act(alert)).content)["item_number"] == 1
