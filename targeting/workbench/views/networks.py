"""Networks: search a party, walk round it, ask how two are connected and what shows a link."""

import re
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.core.validators import RegexValidator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.domain.network.exports.formats import NetworkFormat
from risk.selectors.network import MAX_DEPTH, party_id_of_key, party_key
from shipments.models import Party
from targeting.domain.policy import POLICIES
from targeting.filters.parties import PartyFilter
from targeting.selectors.connections import scoped_links, scoped_path
from targeting.selectors.drawn_networks import DrawnNetwork, drawn_network
from targeting.selectors.networks import ScopedNetwork, is_node_seen, scoped_network
from targeting.selectors.parties import list_parties
from targeting.workbench.faults import ToldForm
from targeting.workbench.networks import link_rows, node_rows, path_picture, picture_of
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import without

PAGE_SIZE = 50
NODE_KEY = r"^(party:[0-9]{1,18}|identifier:[a-z_]+:.+)$"


class NetworkForm(ToldForm):
    """Round which node, how far, and whether nodes that join everything are shown."""

    at = forms.CharField(required=False, max_length=600, validators=[RegexValidator(NODE_KEY)])
    depth = forms.TypedChoiceField(
        label=_("Links from the centre"),
        choices=[(n, n) for n in range(1, MAX_DEPTH + 1)],
        required=False,
        empty_value="1",
    )
    hubs = forms.ChoiceField(
        label=_("Shared by many"),
        choices=[("", _("shown")), ("hide", _("hidden"))],
        required=False,
    )


class PartiesPage(Page):
    """Where a walk begins: a party by a part of its name, or a whole identifier."""

    needed = {"GET": POLICIES["parties"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = PartyFilter(request.GET, queryset=list_parties(self.scope), request=request)
        is_asked = bool(request.GET.get("q", "").strip())
        rows = filters.qs if is_asked and filters.form.is_valid() else Party.objects.none()
        found = rows.prefetch_related("identifiers")
        page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
        context = {
            "form": filters.form, "page": page, "is_asked": is_asked, "section": "networks",
            "query": request.GET.get("q", ""),
            "asked": without(request.GET, "page").urlencode(),
            "may_export": self.may(POLICIES["exports"]["create"]),
        }  # fmt: skip
        return render(request, "workbench/parties.html", context)


class PartyPage(Page):
    """A page about a party in the reader's scope; another party does not exist for it."""

    def party(self, pk: int) -> Party:
        """The party. Raises Http404."""
        return get_object_or_404(list_parties(self.scope), pk=pk)

    def near(self, party: Party, form: NetworkForm) -> ScopedNetwork:
        """Who is near the node that the form asks for. Raises Http404 for what may not be seen."""
        if not form.is_valid():
            raise Http404
        wanted = form.cleaned_data
        center = party_key(party.pk)
        node = wanted["at"] or center
        if node != center and not is_node_seen(node=node, scope=self.scope):
            raise Http404
        return scoped_network(node=node, scope=self.scope, depth=int(wanted["depth"]))

    def drawn(self, party: Party, form: NetworkForm) -> DrawnNetwork:
        """The network that the form asks for. Raises Http404 as :meth:`near`."""
        return drawn_network(self.near(party, form), scope=self.scope, as_of=timezone.now())


class NetworkPage(PartyPage):
    """The network as a table, and as a picture where scripts run."""

    needed = {"GET": POLICIES["parties"]["network"]}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        party = self.party(pk)
        form = NetworkForm(request.GET)
        drawn = self.drawn(party, form)
        nodes, links = node_rows(drawn), link_rows(drawn)
        if form.cleaned_data["hubs"] == "hide":
            nodes = [row for row in nodes if not row.node.is_hub or row.node.key == drawn.center]
            kept = {row.node.key for row in nodes}
            links = [row for row in links if {row.edge.source, row.edge.target} <= kept]
        context = {
            "party": party, "form": form, "drawn": drawn, "nodes": nodes, "links": links,
            "formats": [one.value for one in NetworkFormat], "section": "networks",
            "told": _words(),
        }  # fmt: skip
        return render(request, "workbench/network.html", context)


class NetworkDataPage(PartyPage):
    """The same for the picture."""

    needed = {"GET": POLICIES["parties"]["network"]}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        drawn = self.drawn(self.party(pk), NetworkForm(request.GET))
        return JsonResponse(picture_of(drawn))


class LinksPage(PartyPage):
    """What links a party with another node, and the declarations that show it."""

    needed = {"GET": POLICIES["parties"]["connection"]}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        party, other = self.party(pk), request.GET.get("to", "")
        other_party = party_id_of_key(other)
        if other_party is not None:
            other_name = str(self.party(other_party))
        else:
            other_name = other.partition(":")[2].replace(":", " ", 1)
        links = scoped_links(party_id=party.pk, other=other, scope=self.scope)
        if not links:
            raise Http404
        context = {
            "party": party, "other": other_name, "links": links, "section": "networks",
        }  # fmt: skip
        return render(request, "workbench/links.html", context)


class ConnectionPage(PartyPage):
    """How two nodes are connected: the shortest and the strongest path, with what shows each step;
    with ``as=data`` for the picture. From the party, or another node ``from``, to the node ``to``,
    by their keys; a number is that of a party."""

    needed = {"GET": POLICIES["parties"]["connection"]}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        party = self.party(pk)
        one = request.GET.get("from", party_key(party.pk))
        other = request.GET.get("to", "")
        other = party_key(_number(other)) if other.isdecimal() else other
        if one == other:
            raise Http404
        names = [self._name_of(one), self._name_of(other)]
        found = scoped_path(nodes=(one, other), scope=self.scope)
        if request.GET.get("as") == "data":
            drawn = [path_picture(path) for path in (found.shortest, found.strongest) if path]
            return JsonResponse({"paths": drawn})
        paths = [(_("Shortest"), found.shortest)]
        if found.strongest != found.shortest:
            paths.append((_("Strongest"), found.strongest))
        context = {
            "party": party, "names": names, "section": "networks",
            "paths": [(title, path) for title, path in paths if path],
        }  # fmt: skip
        return render(request, "workbench/connection.html", context)

    def _name_of(self, key: str) -> str:
        """What a node that may be seen is called. Raises Http404."""
        pk = party_id_of_key(key)
        if pk is not None:
            return str(self.party(pk))
        if not re.fullmatch(NODE_KEY, key) or not is_node_seen(node=key, scope=self.scope):
            raise Http404
        return key.partition(":")[2].replace(":", " ", 1)


def _number(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and len(given) < 19):
        raise Http404
    return int(given)


def _words() -> dict[str, Any]:
    """What the picture says, in the reader's language."""
    return {
        "nodes": gettext("nodes"),
        "links": gettext("links"),
        "expand": gettext("Expand"),
        "collapse": gettext("Collapse"),
        "show": gettext("Show"),
        "hidden": gettext("neighbours not shown"),
        "hub": gettext("shared by many"),
        "community": gettext("community"),
        "evidence": gettext("Declarations that show it"),
        "found": gettext("Found, kg"),
        "declarations": gettext("declarations"),
        "open": gettext("Network of this party"),
        "start": gettext("Path from here"),
        "end": gettext("Path to here"),
        "no_path": gettext("Nothing in sight connects the two."),
        "failed": gettext("That could not be read. Try again."),
        "limit": gettext("Nodes within reach that are not shown"),
        "loading": gettext("Reading…"),
        "start_chosen": gettext("Now choose the other node and ask for the path to it."),
        "kg": gettext("kg"),
    }
