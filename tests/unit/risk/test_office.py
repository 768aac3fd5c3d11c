"""The office's day: every moment is in exactly one, also when clocks are changed."""

from datetime import UTC, datetime, timedelta

from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from risk.selectors.office import midnight, office_day

ZONES = ["UTC", "Asia/Almaty", "Europe/Vilnius", "America/New_York", "Pacific/Apia", "Asia/Kolkata"]


@given(
    st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
)
def test_office_day_when_a_moment_is_given_then_it_lies_between_its_midnights(
    moment: datetime, zone: str
) -> None:
    with override_settings(TARGETING={"OFFICE_TIME_ZONE": zone}):
        day = office_day(moment)
        begin, end = midnight(day), midnight(day + timedelta(days=1))

    assert begin.astimezone(UTC) <= moment < end.astimezone(UTC)
