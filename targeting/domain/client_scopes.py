"""What machines are and may do: the kinds of OAuth clients, their scopes.

A scope opens what a line of :mod:`targeting.domain.policy` names it for, and nothing else.
"""

from collections.abc import Mapping
from enum import StrEnum


class ClientKind(StrEnum):
    """What a machine is: the role of an OAuth client."""

    API_CLIENT = "api_client"
    CUSTOMS_SYSTEM = "customs_system"
    LEAD_SYSTEM = "lead_system"


SUBMIT = "declarations:write"
READ_RECEIPTS = "receipts:read"
READ_LANES = "lanes:read"
ACKNOWLEDGE_LANES = "lanes:acknowledge"
POST_OUTCOMES = "outcomes:write"
POST_LEADS = "leads:write"
READ_LEADS = "leads:read"

# The scopes that a client of each kind may hold at most.
CLIENT_SCOPES: Mapping[ClientKind, frozenset[str]] = {
    ClientKind.API_CLIENT: frozenset({SUBMIT, READ_RECEIPTS}),
    ClientKind.CUSTOMS_SYSTEM: frozenset({READ_LANES, ACKNOWLEDGE_LANES, POST_OUTCOMES}),
    ClientKind.LEAD_SYSTEM: frozenset({POST_LEADS, READ_LEADS}),
}
