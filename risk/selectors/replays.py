"""What is kept of the declarations of a day, to be replayed under another profile."""

from collections.abc import Iterator
from datetime import date, timedelta

from risk.domain.errors import RiskError
from risk.domain.outcomes import Result
from risk.domain.replays import Kept
from risk.domain.scoring import decode_facts
from risk.models import InspectionOutcome, RiskAssessment
from risk.selectors.office import midnight
from risk.selectors.outcomes import conclusive
from shipments.models import Declaration

_AT_ONCE = 2_000


def kept_of_day(day: date) -> Iterator[Kept | None]:
    """The current declarations accepted on the office's day, as intake assessed them, in the
    order of acceptance; None for facts that this release cannot read.

    Two queries; in memory are the outcomes of the day and two thousand declarations.
    """
    period = (midnight(day), midnight(day + timedelta(days=1)))
    found = _outcomes(period)
    current = Declaration.objects.current().filter(
        accepted_at__gte=period[0], accepted_at__lt=period[1], is_cancelled=False
    )
    rows = RiskAssessment.objects.filter(
        declaration__in=current, trigger="intake", lane_decision__isnull=False
    ).order_by("declaration__accepted_at", "declaration__registration_number")
    columns = ("declaration_id", "declaration__registration_number", "declaration__customs_office",
               "facts", "lane_decision__draw")  # fmt: skip
    for pk, number, office, facts, draw in rows.values_list(*columns).iterator(_AT_ONCE):
        try:
            yield Kept(pk, office, decode_facts(bytes(facts)), draw, found.get(number))
        except RiskError:
            yield None


def _outcomes(period: tuple[object, object]) -> dict[str, Result]:
    """What was found of the declarations accepted then, by number; an offence outweighs."""
    acts = conclusive(
        InspectionOutcome.objects.filter(
            declaration__accepted_at__gte=period[0], declaration__accepted_at__lt=period[1]
        )
    )
    # "clean" sorts before "offence", which therefore is what stays.
    pairs = acts.order_by("result").values_list("registration_number", "result")
    return {number: Result(result) for number, result in pairs}
