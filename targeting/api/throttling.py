"""How often one caller may ask: enough for any honest program, not for scraping."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from targeting.api.permissions import client_of

if TYPE_CHECKING:
    from rest_framework.views import APIView

CLIENTS, PEOPLE = "clients", "people"


class CallerThrottle(SimpleRateThrottle):
    """One count per client, whatever its tokens, and one per person."""

    THROTTLE_RATES = {CLIENTS: "1200/min", PEOPLE: "1200/min"}

    def __init__(self) -> None:
        """The rate is known once the caller is, in :meth:`allow_request`."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        self.scope = CLIENTS if client_of(request) else PEOPLE
        self.rate = self.get_rate()
        self.num_requests, self.duration = self.parse_rate(self.rate)
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        client = client_of(request)
        caller = client.client_id if client else request.user.pk
        return self.cache_format % {"scope": self.scope, "ident": caller}
