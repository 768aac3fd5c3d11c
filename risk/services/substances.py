"""Substances by hand: names and identifiers that list editors add, correct and take away.

The caller holds the transaction and the substance's lock (:func:`lock_substance`), so that
of two editors at once the second is told by the ETag. Names and identifiers work from the next
screening on.
"""

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import transaction

from risk.domain.errors import Contradictions, InvalidList, WrongState
from risk.domain.four_eyes import Actor
from risk.domain.lists.identifiers import (
    CUS_ALLOWED,
    Identifier,
    contradictions_between,
)
from risk.domain.lists.names_csv import NAME_KINDS, NAME_MAX_LENGTH
from risk.domain.lists.verification import Contradiction, held_by_other
from risk.domain.matching.identifiers import is_cus_number
from risk.domain.substances import CUS_KIND
from risk.domain.substances import SubstanceName as Name
from risk.models import Substance, SubstanceIdentifier, SubstanceName
from risk.selectors.contradictions import holders_of

_KEY = re.compile(r"[a-z0-9_-]{1,120}")
_LANG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def lock_substance(key: str) -> Substance:
    """The substance, locked until the transaction ends; raises Substance.DoesNotExist."""
    return Substance.objects.select_for_update().get(key=key)


@transaction.atomic
def register_substance(*, key: str, preferred_name: str, now: datetime) -> Substance:
    """A substance that is on no list yet. Raises InvalidList, WrongState if the key is taken."""
    if not _KEY.fullmatch(key):
        raise InvalidList(column="key", value=key[:50], allowed="1 to 120 of a-z, 0-9, _ and -")
    _check_name("preferred_name", preferred_name)
    substance, is_new = Substance.objects.get_or_create(
        key=key, defaults={"preferred_name": preferred_name.strip(), "changed_at": now}
    )
    if not is_new:
        raise WrongState(state="there already", allowed="a key that no substance has")
    return substance


@transaction.atomic
def store_name(*, substance: Substance, name: Name, now: datetime) -> SubstanceName:
    """Add a name, or change kind, source and verification of the one in this language."""
    _check_name("name", name.name)
    if not _LANG.fullmatch(name.lang):
        raise InvalidList(column="lang", value=name.lang[:20], allowed="a code: en, ru, kk, zh …")
    if name.kind not in NAME_KINDS:
        raise InvalidList(
            column="kind", value=name.kind[:50], allowed=", ".join(sorted(NAME_KINDS))
        )
    if name.kind == CUS_KIND and not is_cus_number(name.name.strip()):
        raise InvalidList(column="name", value=name.name[:50], allowed=CUS_ALLOWED)
    if not name.source.strip():
        raise InvalidList(column="source", value="", allowed="where the name is from")
    row, _ = SubstanceName.objects.update_or_create(
        substance=substance,
        lang=name.lang,
        name=name.name.strip(),
        defaults={"kind": name.kind, "source": name.source, "verification": name.verification},
    )
    _touch(substance, now)
    return row


@transaction.atomic
def remove_name(*, substance: Substance, name_id: int, now: datetime) -> None:
    """Take a name away; its history stays. Raises InvalidList when it is not the substance's."""
    removed, _ = substance.names.filter(pk=name_id).delete()
    if not removed:
        raise InvalidList(column="name", value=str(name_id), allowed="a name of this substance")
    _touch(substance, now)


@transaction.atomic
def store_identifier(
    *,
    substance: Substance,
    identifier: Identifier,
    actor: Actor,
    now: datetime,
    reasons: Mapping[str, str],
) -> SubstanceIdentifier:
    """Add an identifier, or say of which form it is.

    Held against the other identifiers of its form, the public reference and other
    substances; raises Contradictions unless ``reasons`` has one for each code (or ``*``).
    """
    found = _contradictions(substance, identifier)
    given = {one.code: (reasons.get(one.code) or reasons.get("*", "")).strip() for one in found}
    missing = [msgspec.to_builtins(one) for one in found if not given[one.code]]
    if missing:
        raise Contradictions(
            form_name=identifier.form_name or substance.preferred_name,
            contradictions=missing,
            allowed="identifiers that agree, or a reason for each code",
        )
    acknowledged = [
        {
            **msgspec.to_builtins(one),
            "reason": given[one.code],
            "actor": actor.account,
            "at": now.isoformat(),
        }
        for one in found
    ]
    row, _ = SubstanceIdentifier.objects.update_or_create(
        substance=substance,
        kind=identifier.kind,
        value=identifier.value,
        defaults={
            "form_name": identifier.form_name,
            "acknowledged": acknowledged,
            "is_by_hand": True,
        },
    )
    _touch(substance, now)
    return row


@transaction.atomic
def remove_identifier(*, substance: Substance, identifier_id: int, now: datetime) -> None:
    """Take an identifier away; raises InvalidList when it is not the substance's."""
    removed, _ = substance.identifiers.filter(pk=identifier_id).delete()
    if not removed:
        raise InvalidList(
            column="identifier", value=str(identifier_id), allowed="one of this substance"
        )
    _touch(substance, now)


def _contradictions(substance: Substance, identifier: Identifier) -> list[Contradiction]:
    beside = substance.identifiers.filter(form_name=identifier.form_name)
    others = [
        Identifier(kind=kind, value=value)
        for kind, value in beside.exclude(kind=identifier.kind).values_list("kind", "value")
    ]
    name = identifier.form_name or substance.preferred_name
    kind, value = identifier.kind, identifier.value
    holders = holders_of([(kind, value)])[kind, value] - {substance.key}
    return [
        *contradictions_between([identifier, *others], name),
        *(held_by_other(kind, value, key) for key in sorted(holders)),
    ]


def _check_name(column: str, text: str) -> None:
    name = text.strip()
    if not name or len(name) > NAME_MAX_LENGTH or not name.isprintable():
        allowed = f"1 to {NAME_MAX_LENGTH} printable characters"
        raise InvalidList(column=column, value=name[:50], allowed=allowed)


def _touch(substance: Substance, now: datetime) -> None:
    substance.changed_at = now
    substance.save(update_fields=["changed_at"])
