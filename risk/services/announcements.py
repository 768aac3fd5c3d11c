"""Preliminary information that comes after the declaration it announced was assessed."""

from collections.abc import Mapping

from risk.domain.scoring import decode_facts
from risk.selectors.facts import facts_under
from risk.selectors.preliminary import assessed_before
from risk.selectors.profiles import active_profile
from risk.services.assessments import (
    ANNOUNCED_LATE,
    Draws,
    assess_chunk,
    judge,
    store_assessed,
)


def assess_chunk_and_announced(*, batch_id: int, chunk: int, draws: Draws) -> Mapping[str, int]:
    """Assess the chunk, and again what its preliminary information announced too late.

    The caller holds the transaction; twice is as once.
    """
    own = assess_chunk(batch_id=batch_id, chunk=chunk, draws=draws)
    return {**own, "announced_late": _assess_announced(batch_id, chunk, draws)}


def _assess_announced(batch_id: int, chunk: int, draws: Draws) -> int:
    """Assess the declarations whose first assessment did not know what was announced.

    Beside that of the intake, which stays as the lane was given by it, under the number of the
    preliminary information. One query where there are none; returns how many there are.
    """
    before = assessed_before(batch_id=batch_id, chunk=chunk)
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
