"""Supply channels: the list, and one with its map, timeline, members and life."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from risk.domain.errors import RiskError
from risk.domain.lists.sheets import MEDIA_TYPES, SheetFormat, write_sheet
from risk.domain.network.channel_states import (
    TRANSITIONS,
    ChannelLevel,
    ChannelMove,
    ChannelState,
)
from risk.models import Channel
from risk.models.choices import CHANNEL_LEVELS
from risk.selectors.link_evidence import masses_behind
from risk.services.channels import move_channel
from shipments.models import Declaration
from targeting.domain.errors import ExportRefused
from targeting.domain.exports import ExportResource
from targeting.domain.policy import POLICIES
from targeting.filters.channels import ChannelFilter
from targeting.selectors.channels import list_channels, list_channels_in_full, places_of
from targeting.selectors.sentences import reader_language
from targeting.selectors.substances import substance_names
from targeting.services.exportable import EXPORTABLE
from targeting.workbench.charts import Point, chart
from targeting.workbench.faults import ToldForm
from targeting.workbench.filter_words import worded
from targeting.workbench.maps import Stop, country_stop, map_of
from targeting.workbench.refusals import refused
from targeting.workbench.views.base import Page
from targeting.workbench.views.queue import without

PAGE_SIZE = 50
MOVES = tuple(move for move in ChannelMove if move is not ChannelMove.JOIN)
"""What people do; joining is the search's own."""


class MoveForm(ToldForm):
    """Why the step is taken, and whether the channel is of another level."""

    reason = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", _("as it is")), *CHANNEL_LEVELS], required=False
    )


class ChannelsPage(Page):
    needed = {"GET": POLICIES["channels"]["list"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        filters = ChannelFilter(request.GET, queryset=list_channels(self.scope), request=request)
        rows = filters.qs if filters.form.is_valid() else Channel.objects.none()
        page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
        keys = {row.substance.key for row in page}
        names = substance_names(keys, lang=reader_language())
        context = {
            "form": worded(filters.form),
            "page": page,
            "rows": [(row, names[row.substance.key]) for row in page],
            "query": without(request.GET, "page").urlencode(),
            "may_export": self.may(POLICIES["exports"]["create"]),
            "section": "channels",
        }
        return render(request, "workbench/channels.html", context)


class ChannelSheetPage(Page):
    """The channels of the view as a sheet, the first one proposed first."""

    needed = {"GET": POLICIES["channels"]["sheet"]}

    def get(self, request: HttpRequest) -> HttpResponse:
        known = ChannelFilter.base_filters.keys() - {"ordering"}
        asked = {name: texts for name, texts in request.GET.lists() if name in known}
        try:
            found = EXPORTABLE[ExportResource.CHANNELS].rows(asked, self.reader)
        except ExportRefused as error:
            messages.error(request, refused(error)[1])
            return redirect("workbench:channels")
        return HttpResponse(
            write_sheet(SheetFormat.CSV, found.columns, found.read()),
            content_type=MEDIA_TYPES[SheetFormat.CSV],
            headers={"Content-Disposition": 'attachment; filename="channels.csv"'},
        )


class ChannelPage(Page):
    needed = {"GET": POLICIES["channels"]["retrieve"]}

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "workbench/channel.html", self.shown(self.channel(pk)))

    def channel(self, pk: int) -> Channel:
        """The channel, if all of it lies in the reader's scope. Raises Http404."""
        return get_object_or_404(list_channels_in_full(self.scope), pk=pk)

    def shown(
        self, channel: Channel, refused: tuple[ChannelMove, MoveForm] | None = None
    ) -> dict[str, Any]:
        """The page; ``refused`` is a step with what was typed."""
        suspect = [one for one in channel.consignments.all() if one.is_suspect]
        declared = Declaration.objects.filter(pk__in=[one.declaration_id for one in suspect])
        masses = masses_behind(declared.order_by("-accepted_at", "-id"))
        keys = {channel.substance.key, *(one.substance_key for one in masses)}
        names = substance_names(keys, lang=reader_language())
        places = places_of(channel)
        kg = gettext("kg")
        points = [
            Point(
                at=one.declaration.accepted_at,
                value=one.mass_kg,
                told=f"{one.declaration.accepted_at:%Y-%m-%d} "
                f"{one.declaration.registration_number}: {one.mass_kg:f} {kg}",
                is_here=one.is_suspect,
            )
            for one in channel.consignments.all()
        ]
        typed = dict([refused] if refused else [])
        return {
            "channel": channel,
            "name": names[channel.substance.key],
            "map": map_of(_ways(suspect, places)),
            "unplaced": [
                one for one in places if one.office is None or one.office.latitude is None
            ],
            "chart": chart(points),
            "masses": [(names[one.substance_key], one) for one in masses],
            "steps": [
                (move, typed.get(move) or MoveForm(prefix=move.value))
                for move in TRANSITIONS[ChannelState(channel.state)]
                if self.may(POLICIES["channels"][move.value])
            ],
            "refused_step": refused[0].value if refused else "",
            "section": "channels",
        }


class ChannelMovePage(ChannelPage):
    """A step on the channel: the page again, or the same page with what stood in the way."""

    move: ChannelMove = ChannelMove.CONFIRM
    needed = {}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        channel = self.channel(pk)
        form = MoveForm(request.POST, prefix=self.move.value)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            level = form.cleaned_data["level"]
            try:
                move_channel(
                    channel_id=channel.pk,
                    move=self.move,
                    reason=form.cleaned_data["reason"],
                    level=ChannelLevel(level) if level else None,
                    by=self.reader.actor,
                    now=timezone.now(),
                )
            except RiskError:
                status = HTTPStatus.CONFLICT
                sentence = gettext("Somebody took another step meanwhile. Read it again.")
                messages.error(request, sentence)
            else:
                messages.success(request, gettext("Done."))
                return redirect("workbench:channel", pk=pk)
        shown = self.shown(self.channel(pk), (self.move, form))
        return render(request, "workbench/channel.html", shown, status=status)


def _ways(suspect: list[Any], places: list[Any]) -> list[list[Stop]]:
    """Of each suspect consignment the stops that the map knows, in the order of the way."""
    offices = {
        (one.kind, one.code): Stop(
            one.kind,
            one.code,
            one.office.name or one.code,
            (float(one.office.longitude), float(one.office.latitude)),
        )
        for one in places
        if one.office is not None and one.office.latitude is not None
    }
    ways = []
    for one in suspect:
        declared = one.declaration
        stops = [
            country_stop(declared.country_of_dispatch),
            offices.get(("border_office", declared.border_office)),
            offices.get(("office", declared.customs_office)),
        ]
        ways.append([stop for stop in stops if stop])
    return ways
