"""Leads of another authority or system as a table."""

import io
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from risk.domain.four_eyes import Actor
from risk.domain.lead_sharing import Sharing
from risk.domain.leads_csv import COLUMNS, OPTIONAL_COLUMNS, read_leads
from risk.models import WatchlistEntry
from risk.models.choices import LEAD_SHARING
from risk.selectors.office import office_day
from risk.services import watchlists
from targeting.api.base import Resource
from targeting.api.permissions import POLICIES, acting_person
from targeting.api.registers import MOST_ENTRIES
from targeting.api.uploads import SheetFormParser
from targeting.api.watchlists import SHARING_HELP, check_level_seen


class LeadTableRequest(serializers.Serializer):
    file = serializers.FileField(
        help_text=f"CSV in UTF-8: {', '.join(COLUMNS)}, and perhaps {', '.join(OPTIONAL_COLUMNS)};"
        f" at most {MOST_ENTRIES} leads."
    )
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=2000, help_text="Who gave the leads. Hidden from most."
    )
    sharing = serializers.ChoiceField(
        choices=LEAD_SHARING, default=Sharing.ANALYSTS.value, help_text=SHARING_HELP
    )


class LeadFaultSerializer(serializers.Serializer):
    line = serializers.IntegerField()
    field = serializers.CharField()
    value = serializers.CharField()
    allowed = serializers.CharField()


class LeadTableSerializer(serializers.Serializer):
    """With one fault nothing is proposed."""

    proposed = serializers.ListField(
        child=serializers.IntegerField(), help_text="Ids of the entries, for who approves them."
    )
    known = serializers.IntegerField(help_text="The source has them there already.")
    faults = LeadFaultSerializer(many=True)


class LeadTableViewSet(Resource):
    """Online trade, wallets, blocked cards: what other systems found, many at a time."""

    policy = POLICIES["watchlist-entries"]
    serializer_class = LeadTableSerializer
    parser_classes = [SheetFormParser]
    queryset = WatchlistEntry.objects.none()

    @extend_schema(
        summary="Propose the leads of a table: all of them or none",
        request=LeadTableRequest,
        responses=LeadTableSerializer,
        filters=False,
    )
    def load(self, request: Request) -> Response:
        serializer = LeadTableRequest(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        check_level_seen(given["sharing"], self.scope)
        return proposed_table(given, source=given["source"], by=acting_person(request))


def proposed_table(given: Mapping[str, Any], *, source: str, by: Actor) -> Response:
    """The answer to a table of leads, whose rows are proposed unless one has a fault. ``given``
    holds ``file`` and ``sharing``."""
    now = timezone.now()
    leads, faults = read_leads(_lines(given["file"].read()), today=office_day(now))
    if len(leads) + len(faults) > MOST_ENTRIES:
        raise ValidationError({"file": f"At most {MOST_ENTRIES} leads."})
    proposed = []
    if not faults:
        sharing = Sharing(given["sharing"])
        proposed = watchlists.propose_leads(
            leads=leads, source=source, sharing=sharing, by=by, now=now
        )
    answer = {
        "proposed": [row.pk for row in proposed],
        "known": 0 if faults else len(leads) - len(proposed),
        "faults": faults,
    }
    return Response(LeadTableSerializer(answer).data)


def _lines(content: bytes) -> io.StringIO:
    try:
        return io.StringIO(content.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError:
        raise ValidationError({"file": "CSV in UTF-8."}) from None
