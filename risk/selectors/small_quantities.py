"""Which declared quantities the law says more against, once its exemptions changed."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from django.db import connection

from risk.domain.facts import DeclarationFacts
from risk.domain.matching.evidence import SubstanceEvidence
from risk.domain.rescreening import StoredMatch
from risk.domain.scoring import decode_facts
from risk.domain.small_quantities import SmallQuantity, says_more, small_quantities
from risk.selectors.facts import facts_under
from risk.selectors.match_facts import Overlay
from risk.selectors.rescreened import RescreenedItem

Evidences = Mapping[str, Sequence[SubstanceEvidence]]

# What was known before the assessment that the change led to, or would lead to.
_FACTS_BEFORE = """
    SELECT DISTINCT ON (a.declaration_id) a.declaration_id, a.facts
    FROM risk_riskassessment AS a
    WHERE a.declaration_id = ANY(%(declarations)s) AND NOT EXISTS (
      SELECT FROM risk_riskassessment AS own
      WHERE own.declaration_id = a.declaration_id AND own.trigger = %(trigger)s
        AND own.trigger_key = %(trigger_key)s AND own.id <= a.id)
    ORDER BY a.declaration_id, a.id DESC
"""


def exempt_no_more(
    items: Iterable[RescreenedItem],
    asked: Mapping[int, Evidences],
    stored: Mapping[int, Mapping[str, Sequence[StoredMatch]]],
    *,
    overlay: Overlay,
    trigger: tuple[str, str],
) -> dict[int, Evidences]:
    """Of what is ``asked``, by item id and substance, that against which the law says more now.

    Each was matched before (``stored``), and only its exemption changed. ``overlay`` holds what
    else is new; ``trigger`` and its key name the assessments that the change leads to. No query
    when nothing is asked.
    """
    concerned = [item for item in items if asked.get(item.id)]
    if not concerned:
        return {}
    ids = sorted({item.declaration_id for item in concerned})
    laid = {
        pk: {**overlay.found.get(pk, {}), **asked.get(pk, {})} for pk in {*overlay.found, *asked}
    }
    found = facts_under(declaration_ids=ids, overlay=msgspec.structs.replace(overlay, found=laid))
    after = {pk: small_quantities(facts) for pk, facts in found}
    before = {pk: small_quantities(facts) for pk, facts in _facts_before(ids, trigger)}

    def is_new(item: RescreenedItem, key: str) -> bool:
        place = (item.item_number, key)
        return says_more(
            (one.is_exempt for one in stored[item.id][key]),
            before[item.declaration_id].get(place, SmallQuantity()),
            after[item.declaration_id][place],
        )

    news = {
        item.id: {key: one for key, one in asked[item.id].items() if is_new(item, key)}
        for item in concerned
    }
    return {pk: new for pk, new in news.items() if new}


def _facts_before(
    declaration_ids: Sequence[int], trigger: tuple[str, str]
) -> list[tuple[int, DeclarationFacts]]:
    """By declaration the facts of its last assessment before that of the trigger."""
    name, key = trigger
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS_BEFORE,
            {"declarations": list(declaration_ids), "trigger": name, "trigger_key": key},
        )
        return [(pk, decode_facts(bytes(facts))) for pk, facts in cursor.fetchall()]
