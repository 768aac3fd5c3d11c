"""Two people for what is law here: who proposes reference data does not approve it."""

from dataclasses import dataclass

from risk.domain.errors import RiskError


class FourEyesViolated(RiskError):
    """The approver may not approve. Code ``same_person`` or ``person_unknown``."""

    code = "four_eyes"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as opaque strings: the ``account`` (``user:7``) and the ``person`` behind it.

    One person may have several accounts; ``person`` is empty when nobody recorded who it is.
    """

    account: str
    person: str


def check_second_person(*, proposer: Actor, approver: Actor) -> None:
    """Whether the approver is somebody else than the proposer, whatever account they use.

    Raises FourEyesViolated.

    >>> aigul, bolat = Actor("user:1", "person:1"), Actor("user:2", "person:2")
    >>> check_second_person(proposer=aigul, approver=bolat)
    """
    check_known_person(proposer)
    check_known_person(approver)
    if proposer.person == approver.person or proposer.account == approver.account:
        raise FourEyesViolated("same_person", account=approver.account, proposer=proposer.account)


def check_known_person(actor: Actor) -> None:
    """Whether it is recorded who is behind the account; raises FourEyesViolated."""
    if not actor.person:
        raise FourEyesViolated("person_unknown", account=actor.account)
