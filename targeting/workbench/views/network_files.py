"""Networks taken away from their pages: as a graph, a table, entities, or a picture.

The same files as the API's, which asks what for; on the pages who looks has said by the page.
"""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from risk.domain.network.exports.formats import NetworkFormat, write_network
from risk.domain.network.exports.view import NetworkView
from shipments.domain.errors import TargetingError
from targeting.domain.policy import POLICIES
from targeting.selectors.network_views import view_of_channel, view_of_network
from targeting.selectors.sentences import sentence_language
from targeting.workbench.refusals import refused
from targeting.workbench.views.channels import ChannelPage
from targeting.workbench.views.networks import NetworkForm, PartyPage


class NetworkFilePage(PartyPage):
    """The network round a party as a file of the format ``as``."""

    needed = {"GET": POLICIES["parties"]["network_file"]}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        near = self.near(self.party(pk), NetworkForm(request.GET))
        view = view_of_network(near, as_of=timezone.now())
        return _file(request, view, f"party-{pk}-network", back=("workbench:network", pk))


class ChannelFilePage(ChannelPage):
    """The ways of a channel's goods as a file of the format ``as``."""

    needed = {"GET": POLICIES["channels"]["network_file"]}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = view_of_channel(self.channel(pk), as_of=timezone.now())
        return _file(request, view, f"channel-{pk}", back=("workbench:channel", pk))


def _file(
    request: HttpRequest, view: NetworkView, name: str, *, back: tuple[str, int]
) -> HttpResponse:
    """The file, or the page again with why there is none. Raises Http404 for a strange format."""
    wanted = request.GET.get("as", NetworkFormat.GRAPHML.value)
    if wanted not in frozenset(NetworkFormat):
        raise Http404
    try:
        made = write_network(view, NetworkFormat(wanted), sentence_language())
    except TargetingError as error:
        messages.error(request, refused(error)[1])
        place, pk = back
        return redirect(place, pk=pk)
    disposition = f'attachment; filename="{name}.{made.ending}"'
    return HttpResponse(
        made.content, content_type=made.media_type, headers={"Content-Disposition": disposition}
    )
