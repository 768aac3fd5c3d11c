"""Preliminary information that comes after the declaration it announced was assessed."""

from collections.abc import Mapping

from risk.domain.scoring import decode_facts
from risk.selectors.facts import facts_under
from risk.selectors.preliminary import announced_by, assessed_before
from risk.selectors.profiles import active_profile
from risk.services.assessments import ANNOUNCED_LATE, assess_chunk, store_assessed
from risk.services.judging import Draws, judge
from shipments.services.stage_runs import keep_assessing_apart, wait_for_assessing


def assess_chunk_and_announced(*, batch_id: int, chunk: int, draws: Draws) -> Mapping[str, int]:
    """Assess the chunk, and again what its preliminary information announced too late.

    The caller holds the transaction; twice is as once. A declaration and what announced it may
    be assessed at the same time by two workers: the second one waits, and sees the first.
    """
    keep_assessing_apart(batch_id=batch_id, chunk=chunk)
    own = assess_chunk(batch_id=batch_id, chunk=chunk, draws=draws)
    return {**own, "announced_late": _assess_announced(batch_id, chunk, draws)}


def _assess_announced(batch_id: int, chunk: int, draws: Draws) -> int:
    """Assess the declarations whose first assessment did not know what was announced.

    Beside that of the intake, which stays as the lane was given by it, under the number of the
    preliminary information. One query where there are none; returns how many there are.
    """
    announced = announced_by(batch_id=batch_id, chunk=chunk)
    if not announced:
        return 0
    wait_for_assessing(declaration_ids=announced, but_of_batch=batch_id)
    before = assessed_before(announced)
    if not before:
        return 0
    known = {pk: decode_facts(facts).announced for pk, facts in before.items()}
    found = facts_under(declaration_ids=list(before))
    late = [(pk, facts) for pk, facts in found if facts.announced != known[pk]]
    profile_id, profile = active_profile()
    store_assessed(
        assessed=judge(late, profile, draws),
        profile_id=profile_id,
        trigger=ANNOUNCED_LATE,
        trigger_keys={
            pk: facts.announced.registration_number for pk, facts in late if facts.announced
        },
    )
    return len(late)
