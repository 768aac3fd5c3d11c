"""Which importers of declarations look like closed offenders, as of each declaration."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from risk.domain.facts import SuccessionFacts
from risk.domain.lead_sharing import FOR_ALL_READERS
from risk.domain.network.successions import USUAL_DAYS
from risk.domain.outcomes import Result
from risk.models.choices import WatchState
from risk.selectors.office import office_day
from risk.selectors.outcomes import OFFENDING_ROLES
from risk.selectors.rows import Row, fetch
from risk.selectors.successions import LOCAL_NUMBERS, predecessors_of, successions
from shipments.models import LegalEntity

NEW_DAYS = 1_095
"""A firm older than this is nobody's successor any more: its own record tells of it."""
MOST_SUCCESSIONS = 5

_REGISTERED = """
    SELECT here.id AS party_id, entity.id AS entity_id, entity.registered_on
    FROM unnest(%(parties)s::bigint[]) AS here (id)
    JOIN shipments_party AS party ON party.id = here.id
    JOIN shipments_partyidentifier AS borne ON borne.party_id = here.id
    JOIN shipments_legalentity AS entity
      ON entity.number = borne.value AND entity.number_kind = borne.kind
     AND (borne.kind = ANY(%(local)s) OR party.country = entity.country)
"""
_WATCHED = """
    SELECT entity.id AS entity_id, entry.valid_from, entry.valid_until
    FROM unnest(%(entities)s::bigint[]) AS here (id)
    JOIN shipments_legalentity AS entity ON entity.id = here.id
    JOIN risk_watchlistentry AS entry
      ON entry.kind = entity.number_kind AND entry.value = entity.number
    WHERE entry.state = %(active)s AND entry.sharing = ANY(%(levels)s)
"""
# When each act was known, and until when it held.
_ACTS = """
    SELECT entity.id AS entity_id, act.known_at AS known_at, later.known_at AS corrected_at
    FROM unnest(%(entities)s::bigint[]) AS here (id)
    JOIN shipments_legalentity AS entity ON entity.id = here.id
    JOIN shipments_partyidentifier AS borne
      ON borne.kind = entity.number_kind AND borne.value = entity.number
    JOIN shipments_party AS party ON party.id = borne.party_id
     AND (borne.kind = ANY(%(local)s) OR party.country = entity.country)
    JOIN shipments_partyrole AS role ON role.party_id = party.id AND role.role = ANY(%(roles)s)
    JOIN risk_inspectionoutcome AS act ON act.declaration_id = role.declaration_id
    LEFT JOIN risk_inspectionoutcome AS later ON later.supersedes_id = act.id
    WHERE act.result = %(offence)s AND act.found_substance_id IS NOT NULL
"""


class _Known(NamedTuple):
    """Of closed firms when something was known of them: days of the watchlist, moments of acts."""

    watched: Mapping[int, list[tuple[date, date | None]]]
    acts: Mapping[int, list[tuple[datetime, datetime | None]]]

    def is_offender(self, entity: int, day: date, moment: datetime) -> bool:
        return any(
            since <= day and (until is None or day <= until)
            for since, until in self.watched.get(entity, ())
        ) or any(
            known_at <= moment and (corrected_at is None or moment < corrected_at)
            for known_at, corrected_at in self.acts.get(entity, ())
        )


def successions_met(rows: Sequence[Row]) -> dict[int, tuple[SuccessionFacts, ...]]:
    """By the id of each declaration the closed offenders that its importer looks like.

    ``rows`` have ``id``, ``importer_id`` and ``accepted_at``. Counted are foundings and closings
    up to the office's day of acceptance, and offenders and, by leads for all who read cases,
    parties under watch as of it. What declarations show besides the register (telephones,
    suppliers) is not read: it may be of later.
    Without the declarations whose importer the register does not have; empty while it has no
    closed firm. One query then, two where no importer is a new firm, at most ten.
    """
    if not LegalEntity.objects.filter(closed_on__isnull=False).exists():
        return {}
    registered = _registered({row["importer_id"] for row in rows} - {None})
    days = {row["id"]: office_day(row["accepted_at"]) for row in rows}
    new: dict[int, set[int]] = {}
    for row in rows:
        day = days[row["id"]]
        founded = registered.get(row["importer_id"], ())
        if founded:
            new[row["id"]] = {pk for pk, on in founded if 0 <= (day - on).days <= NEW_DAYS}
    wanted = set().union(*new.values())
    found = _found(wanted) if wanted else {}
    told: dict[int, tuple[SuccessionFacts, ...]] = {}
    for row in rows:
        if row["id"] not in new:
            continue
        moment, day = row["accepted_at"], days[row["id"]]
        own = [
            facts
            for pk in sorted(new[row["id"]])
            for closed_on, known, facts in found.get(pk, ())
            if closed_on <= day and known.is_offender(facts.entity, day, moment)
        ]
        own.sort(key=lambda facts: (-facts.points, facts.entity))
        told[row["id"]] = tuple(own[:MOST_SUCCESSIONS])
    return told


def _registered(party_ids: Collection[int]) -> dict[int, list[tuple[int, date]]]:
    """By party the entries of the register with its number, and the days of their founding."""
    found: dict[int, list[tuple[int, date]]] = defaultdict(list)
    params = {"parties": sorted(party_ids), "local": list(LOCAL_NUMBERS)}
    for row in fetch(_REGISTERED, params):
        found[row["party_id"]].append((row["entity_id"], row["registered_on"]))
    return found


def _found(wanted: Collection[int]) -> dict[int, list[tuple[date, _Known, SuccessionFacts]]]:
    """By successor the closed firms that were ever known as offenders, with when each closed."""
    near = predecessors_of(sorted(wanted), within_days=USUAL_DAYS, are_declarations_read=False)
    known = _Known(_watched(near), _acts(near)) if near else _Known({}, {})
    grounds = sorted(known.watched.keys() | known.acts.keys())
    if not grounds:
        return {}
    pairs = successions(grounds, within_days=USUAL_DAYS, are_declarations_read=False)
    found: dict[int, list[tuple[date, _Known, SuccessionFacts]]] = defaultdict(list)
    for pair in pairs.results:
        closed_on = pairs.entities[pair.predecessor].closed_on
        if pair.successor in wanted and closed_on is not None:
            signs = tuple(sign.code for sign in pair.signs)
            facts = SuccessionFacts(pair.predecessor, pair.days, pair.points, signs)
            found[pair.successor].append((closed_on, known, facts))
    return found


def _watched(entity_ids: Collection[int]) -> dict[int, list[tuple[date, date | None]]]:
    params = {
        "entities": list(entity_ids),
        "active": WatchState.ACTIVE.value,
        "levels": sorted(FOR_ALL_READERS),
    }
    found: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
    for row in fetch(_WATCHED, params):
        found[row["entity_id"]].append((row["valid_from"], row["valid_until"]))
    return found


def _acts(entity_ids: Collection[int]) -> dict[int, list[tuple[datetime, datetime | None]]]:
    params: dict[str, Any] = {
        "entities": list(entity_ids),
        "local": list(LOCAL_NUMBERS),
        "roles": list(OFFENDING_ROLES),
        "offence": Result.OFFENCE.value,
    }
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for row in fetch(_ACTS, params):
        found[row["entity_id"]].append((row["known_at"], row["corrected_at"]))
    return found
