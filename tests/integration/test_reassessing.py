"""Stored assessments are done again, and what somebody changed is named."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from risk.models import AssessmentBasis, IndicatorRow, RiskAssessment
from tests.integration.conftest import DEMO, declaration

pytestmark = pytest.mark.django_db


def verify(*args: str) -> str:
    out = StringIO()
    call_command("verify_assessments", *args, stdout=out)
    return out.getvalue()


def test_demonstration_gives_the_same_again(take_in) -> None:
    take_in((DEMO / "declarations.ndjson").read_bytes())
    count = RiskAssessment.objects.count()
    assert f"{count} of {count} assessments give the same again" in verify()
    assert "5 of 5" in verify("--limit", "5")
    assert "0 of 0" in verify("--to", "2000-01-01")
    assert f"{count} of {count}" in verify("--from", "2000-01-01")


@pytest.fixture
def one(take_in) -> RiskAssessment:
    goods = {"description": "АНГИДРИД УКСУСНЫЙ", "commodity_code": "2915240000"}
    take_in([declaration(1, item=goods)])
    return RiskAssessment.objects.get()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"score": "1.00"}, "score"),
        ({"confidence": "0.0001"}, "confidence"),
        ({"quiet_codes": []}, "quiet_codes"),
        ({"leading_item_number": 7}, "leading_item_number"),
        ({"facts": b"nothing"}, "facts_unreadable"),
    ],
)
def test_assessment_when_changed_then_what_differs_is_named(one, changes, named) -> None:
    RiskAssessment.objects.filter(pk=one.pk).update(**changes)
    with pytest.raises(CommandError, match=f"55301/121125/0000001 v1: {named}$"):
        verify()


def test_contribution_when_changed_then_named(one) -> None:
    row = IndicatorRow.objects.filter(assessment=one).first()
    IndicatorRow.objects.filter(pk=row.pk).update(strength=0.0001)
    with pytest.raises(CommandError, match="contributions"):
        verify()


def test_indicator_when_it_changed_since_then_counted_and_not_compared(one) -> None:
    RiskAssessment.objects.filter(pk=one.pk).update(score="1.00")
    basis = AssessmentBasis.objects.get(pk=one.basis_id)
    versions = basis.indicator_versions | {"precursor_recognised": 0}
    AssessmentBasis.objects.filter(pk=basis.pk).update(indicator_versions=versions)
    said = verify()
    assert "0 of 0 assessments" in said
    assert "changed since: 1" in said
