"""Cover names: added by who keeps the lists, proposed by outcomes, taken up, withdrawn.

They are knowledge, not law: an active one only shows goods to an analyst and cannot raise an
alert by itself, so one editor is enough. Who proposed and who took up is kept.
"""

from datetime import datetime

from django.db import IntegrityError, transaction

from risk.domain.errors import InvalidList, WrongState
from risk.domain.four_eyes import Actor
from risk.models import CoverName, Substance
from risk.models.choices import CoverNameState
from shipments.domain.values import parse_commodity_code

SHORTEST_NAME = 3


@transaction.atomic
def add_cover_name(
    *,
    substance: Substance,
    name: str,
    lang: str,
    commodity_code: str,
    source: str,
    actor: Actor,
    now: datetime,
) -> CoverName:
    """A cover name that matches from now on.

    Raises InvalidList, InvalidValue for the code, WrongState if it is there already.
    """
    row = propose_cover_name(
        substance=substance,
        name=name,
        lang=lang,
        commodity_code=commodity_code,
        source=source,
        actor=actor,
        now=now,
    )
    return activate_cover_name(cover_name=row, actor=actor, now=now)


@transaction.atomic
def propose_cover_name(
    *,
    substance: Substance,
    name: str,
    lang: str,
    commodity_code: str,
    source: str,
    actor: Actor,
    now: datetime,
) -> CoverName:
    """A cover name that somebody who keeps the lists has to look at; it does not match yet."""
    row = CoverName(
        substance=substance,
        name=" ".join(name.split()),
        lang=lang.strip().lower(),
        commodity_code=parse_commodity_code(commodity_code),
        source=source.strip(),
        proposed_by=actor.account,
        proposed_at=now,
    )
    _check(row)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise WrongState(
            state="there already", allowed="a name and code once a substance"
        ) from None
    return row


@transaction.atomic
def activate_cover_name(*, cover_name: CoverName, actor: Actor, now: datetime) -> CoverName:
    """Match with a proposal from now on; raises WrongState."""
    row = _locked(cover_name, CoverNameState.PROPOSED)
    row.state = CoverNameState.ACTIVE
    row.activated_by, row.activated_at = actor.account, now
    row.save(update_fields=["state", "activated_by", "activated_at"])
    return row


@transaction.atomic
def withdraw_cover_name(
    *, cover_name: CoverName, reason: str, actor: Actor, now: datetime
) -> CoverName:
    """Match with it no longer, or refuse the proposal; raises WrongState, InvalidList."""
    row = _locked(cover_name, CoverNameState.PROPOSED, CoverNameState.ACTIVE)
    if not reason.strip():
        raise InvalidList(column="reason", value="", allowed="why it is withdrawn")
    row.state, row.withdrawal_reason = CoverNameState.WITHDRAWN, reason.strip()
    row.withdrawn_by, row.withdrawn_at = actor.account, now
    row.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    return row


def _locked(cover_name: CoverName, *states: CoverNameState) -> CoverName:
    row = CoverName.objects.select_for_update().get(pk=cover_name.pk)
    if row.state not in states:
        raise WrongState(state=row.state, allowed=", ".join(states))
    return row


def _check(row: CoverName) -> None:
    if sum(char.isalpha() for char in row.name) < SHORTEST_NAME:
        raise InvalidList(column="name", value=row.name, allowed="at least three letters")
    if not row.lang:
        raise InvalidList(column="lang", value="", allowed="a language code: en, ru, kk, zh …")
    if not row.source:
        raise InvalidList(column="source", value="", allowed="where the name was met")
