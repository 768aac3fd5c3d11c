"""Networks taken away: as a graph, a table, entities, or a picture for a report.

Each file holds what the answer of its address shows the caller, and is an event of the audit.
"""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from risk.domain.network.exports.formats import MEDIA_TYPES, NetworkFormat, write_network
from risk.domain.network.exports.picture import MOST_NODES
from risk.domain.network.exports.view import NetworkView
from targeting.api.channels import ChannelViewSet
from targeting.api.network_questions import ChangesQuery, ConnectionQuery, NetworkQuestionViewSet
from targeting.api.parties import NetworkQuery, PartyViewSet
from targeting.selectors.connections import scoped_connection
from targeting.selectors.network_changes import changes_of
from targeting.selectors.network_views import (
    view_of_changes,
    view_of_channel,
    view_of_connection,
    view_of_network,
    view_of_shares,
)
from targeting.selectors.sentences import sentence_language

AS = OpenApiParameter(
    "as",
    enum=[one.value for one in NetworkFormat],
    description="graphml when left out; csv is the links, nodes the nodes as CSV, ftm entities of "
    f"FollowTheMoney, a line each, svg a picture of at most {MOST_NODES} nodes.",
)
_TOO_LARGE = dict.fromkeys(
    ("network_file", "connection_file", "changes_file", "shares_file"), (422,)
)
FILE = {(200, media): OpenApiTypes.BINARY for media in MEDIA_TYPES}


class NetworkFileViewSet(PartyViewSet):
    """The network round a party."""

    problems = _TOO_LARGE

    @extend_schema(
        summary="Who is near the party, as a file",
        parameters=[NetworkQuery, AS],
        responses=FILE,
        filters=False,
    )
    def network_file(self, request: Request, pk: int) -> HttpResponse:
        wanted = wanted_format(request)
        view = view_of_network(self.asked_network(), as_of=timezone.now())
        return network_file(view, wanted, f"party-{pk}-network")


class QuestionFileViewSet(NetworkQuestionViewSet):
    """Answers to the questions about a party's links."""

    problems = _TOO_LARGE

    @extend_schema(
        summary="How the party is connected with another one, as a file",
        parameters=[ConnectionQuery, AS],
        responses=FILE,
        filters=False,
    )
    def connection_file(self, request: Request, pk: int) -> HttpResponse:
        wanted = wanted_format(request)
        one, other = self.asked_parties()
        found = scoped_connection(party_ids=(one.pk, other.pk), scope=self.scope)
        view = view_of_connection(found, one=one, other=other, as_of=timezone.now())
        return network_file(view, wanted, f"party-{pk}-connection-{other.pk}")

    @extend_schema(
        summary="What is new round the party since a day, as a file",
        parameters=[ChangesQuery, AS],
        responses=FILE,
        filters=False,
    )
    def changes_file(self, request: Request, pk: int) -> HttpResponse:
        wanted = wanted_format(request)
        near, since = self.asked_network()
        view = view_of_changes(
            changes_of(near, since), near, since=since.date(), as_of=timezone.now()
        )
        return network_file(view, wanted, f"party-{pk}-changes")

    @extend_schema(
        summary="With whom the party shares phones, accounts and the like, as a file",
        parameters=[AS],
        responses=FILE,
        filters=False,
    )
    def shares_file(self, request: Request, pk: int) -> HttpResponse:
        wanted = wanted_format(request)
        view = view_of_shares(self.asked_shares(), as_of=timezone.now())
        return network_file(view, wanted, f"party-{pk}-shared-identifiers")


class ChannelFileViewSet(ChannelViewSet):
    """A channel with the ways of its goods."""

    problems = _TOO_LARGE

    @extend_schema(
        summary="The ways of the channel's goods, as a file",
        parameters=[AS],
        responses=FILE,
        filters=False,
    )
    def network_file(self, request: Request, pk: int) -> HttpResponse:
        wanted = wanted_format(request)
        view = view_of_channel(self.get_object(), as_of=timezone.now())
        return network_file(view, wanted, f"channel-{pk}")


def network_file(view: NetworkView, wanted: NetworkFormat, name: str) -> HttpResponse:
    """The view as a file to save: names in it are whatever strangers declared."""
    made = write_network(view, wanted, sentence_language())
    return HttpResponse(
        made.content,
        content_type=made.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{made.ending}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def wanted_format(request: Request) -> NetworkFormat:
    """What the request wants. Raises ValidationError for what nobody writes."""
    wanted = request.query_params.get("as", NetworkFormat.GRAPHML.value)
    if wanted not in frozenset(NetworkFormat):
        raise ValidationError({"as": f"One of {', '.join(NetworkFormat)}."})
    return NetworkFormat(wanted)
