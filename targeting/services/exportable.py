"""What can be exported as a file: a resource is a line in ``EXPORTABLE``.

A line says who may take it away, whose rows they are, what they are narrowed by (as the list of
the resource is) and what is written of each. Rows are read as they are written, by their ids, in
the scope that the owner has then.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import django_filters
from django.db.models import QuerySet

from risk.selectors.authorisations import list_authorisations
from risk.selectors.notifications import list_notifications
from shipments.models import AnnualLegitimateRequirement
from targeting.domain.errors import ExportRefused
from targeting.domain.exports import ExportResource
from targeting.domain.policy import CASE_READERS, POLICIES, Grants
from targeting.domain.visibility import FieldClass, may_see
from targeting.filters.alerts import AlertFilter
from targeting.filters.authorisations import AuthorisationFilter
from targeting.filters.channels import ChannelFilter
from targeting.filters.declarations import DeclarationFilter
from targeting.filters.narrowed import rows_of
from targeting.filters.notifications import NotificationFilter
from targeting.filters.outcomes import OutcomeFilter
from targeting.filters.parties import PartyFilter
from targeting.filters.referrals import ReferralFilter
from targeting.filters.requirements import RequirementFilter
from targeting.filters.watchlists import WatchlistEntryFilter
from targeting.models import User
from targeting.selectors.alerts import list_alerts
from targeting.selectors.channels import list_channels
from targeting.selectors.dossiers import scoped_declarations
from targeting.selectors.exports import Parameters, Rows, list_entry_rows
from targeting.selectors.outcomes import scoped_outcomes
from targeting.selectors.parties import list_parties
from targeting.selectors.referrals import list_referrals
from targeting.selectors.scope import Scope, scope_of
from targeting.selectors.watchlists import list_entries

ROWS_AT_ONCE = 1_000
"""Of related rows that are read beside."""
# What one person's silent watches are found by stands in no stored request.
_NOT_A_PARAMETER = frozenset({"controlled_delivery", "ordering"})


class Exportable(NamedTuple):
    """A resource. ``rows`` takes the parameters and who asks, whose scope holds; it raises
    ExportRefused. ``route`` is that of the list, whose purposes are asked for here, too."""

    grants: Grants
    rows: Callable[[Parameters, User], Rows]
    route: str = ""


class Listed(NamedTuple):
    """A list of the API. ``columns`` are fields, or paths of them; ``hidden`` those of which
    the owner must be allowed to see the class."""

    name: str
    rows: Callable[[Scope], QuerySet[Any]]
    filters: type[django_filters.FilterSet]
    columns: Sequence[str]
    hidden: Mapping[str, FieldClass] = {}


def listed_rows(listed: Listed, parameters: Parameters, owner: User) -> Rows:
    """The rows that the list shows its owner under these filters, the first entered first."""
    refused = partial(ExportRefused, value=str(dict(parameters))[:200])
    allowed = sorted(set(listed.filters.base_filters) - _NOT_A_PARAMETER)
    given = [v if isinstance(v, list) else [v] for v in parameters.values()]
    is_text = all(isinstance(text, str) for texts in given for text in texts)
    if not parameters.keys() <= set(allowed) or not is_text:
        raise refused(allowed=f"texts under {', '.join(allowed)}")
    asker: Any = SimpleNamespace(user=owner)
    try:
        rows = rows_of(listed.filters, parameters, listed.rows(scope_of(owner)), asker)
    except ValueError as error:
        raise refused(allowed=f"what the list takes: {error}"[:500]) from None
    rows = rows.order_by("pk")
    shown = [c for c in listed.columns if c not in listed.hidden or _shows(owner, listed.hidden[c])]
    return Rows(
        name=listed.name,
        columns=[column.replace("__", "_") for column in shown],
        total=rows.count(),
        read=lambda: _cells(rows.iterator(chunk_size=ROWS_AT_ONCE), shown),
    )


def _shows(owner: User, wanted: FieldClass) -> bool:
    return may_see(owner.grants, wanted)


def _cells(rows: Iterable[Any], columns: Sequence[str]) -> Iterator[dict[str, str]]:
    paths = [(column.replace("__", "_"), column.split("__")) for column in columns]
    for row in rows:
        yield {name: _text(_value(row, path)) for name, path in paths}


def _value(row: Any, path: Sequence[str]) -> Any:
    for name in path:
        row = getattr(row, name) if row is not None else None
    return row


def _text(value: Any) -> str:
    """Times in ISO 8601, numbers without an exponent; what a spreadsheet would run is made
    harmless by who writes the sheet."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _requirements(scope: Scope) -> QuerySet[AnnualLegitimateRequirement]:
    return AnnualLegitimateRequirement.objects.select_related("holder")


_LISTS: Mapping[ExportResource, tuple[Grants, str, Listed]] = {
    ExportResource.ALERTS: (
        POLICIES["alerts"]["list"],
        "alert-list",
        Listed("alerts", list_alerts, AlertFilter, (
            "id", "registration_number", "declaration__version", "customs_office", "lane", "score",
            "state", "disposition", "is_random_arm", "is_cancelled", "is_retroactive",
            "accepted_at", "raised_at", "due_at", "updated_at", "assignee__username",
        )),
    ),
    ExportResource.DECLARATIONS: (
        POLICIES["declarations"]["list"],
        "declaration-list",
        Listed("declarations", scoped_declarations, DeclarationFilter, (
            "id", "registration_number", "version", "is_cancelled", "document_kind", "direction",
            "accepted_at", "customs_office", "border_office", "procedure_code",
            "country_of_dispatch", "country_of_trading", "country_of_destination",
            "transport_mode", "transport_id", "delivery_terms", "currency", "invoice_amount",
        )),
    ),
    ExportResource.REFERRALS: (
        POLICIES["referrals"]["list"],
        "referral-list",
        Listed("referrals", list_referrals, ReferralFilter, (
            "public_id", "alert_id", "alert__registration_number", "kind", "agency__code", "parts",
            "state", "act__acted_at", "received_at", "closed_at", "answer",
        )),
    ),
    ExportResource.OUTCOMES: (
        POLICIES["outcomes"]["list"],
        "outcome-list",
        Listed("outcomes", scoped_outcomes, OutcomeFilter, (
            "id", "registration_number", "item_number", "customs_office", "act_number",
            "inspected_at", "selected_by", "result", "found_substance__key", "found_mass_kg",
            "found_commodity_code", "laboratory_requested_at", "laboratory_resulted_at",
            "laboratory_result", "measure", "waiver", "supersedes_id", "recorded_at",
        )),
    ),
    ExportResource.PARTIES: (
        POLICIES["parties"]["list"],
        "party-list",
        Listed("parties", list_parties, PartyFilter, ("id", "key", "name", "country")),
    ),
    ExportResource.CHANNELS: (
        POLICIES["channels"]["list"],
        "channel-list",
        Listed("channels", list_channels, ChannelFilter, (
            "id", "substance__key", "state", "level", "score", "first_seen_at", "last_seen_at",
            "declaration_count", "mass_kg", "proposed_at", "changed_at", "follows_id",
            "joined_to_id",
        )),
    ),
    # Holders may be natural persons: in full for who sees such data. List keepers have the sheet.
    ExportResource.AUTHORISATIONS: (
        CASE_READERS,
        "authorisation-list",
        Listed("authorisations", lambda _: list_authorisations(), AuthorisationFilter, (
            "id", "authority", "number", "kind", "direction", "state", "issued_on", "valid_from",
            "valid_to", "holder_id", "holder__name", "border_office", "conditions", "end_use",
        )),
    ),
    ExportResource.NOTIFICATIONS: (
        CASE_READERS,
        "pre-export-notification-list",
        Listed("notifications", lambda _: list_notifications(), NotificationFilter, (
            "id", "authority", "number", "substance_key", "state", "state_on", "direction",
            "amount", "unit", "notified_kg", "matched_kg", "sent_on", "dispatch_on",
            "reply_due_on", "opens_on", "closes_on", "exporter__name", "importer__name",
            "consignee", "entry_point", "transport_mode",
        )),
    ),
    ExportResource.REQUIREMENTS: (
        CASE_READERS,
        "requirement-list",
        Listed("requirements", _requirements, RequirementFilter, (
            "id", "country", "substance_key", "year", "holder__name", "amount", "unit",
            "required_kg", "stated_on", "source", "notes",
        )),
    ),
    ExportResource.WATCHLIST: (
        POLICIES["watchlist-entries"]["list"],
        "watchlist-entry-list",
        Listed("watchlist", list_entries, WatchlistEntryFilter, (
            "id", "kind", "value", "reason", "source", "sharing", "valid_from", "valid_until",
            "state", "proposed_at", "approved_at", "withdrawn_at",
        ), {"source": FieldClass.WATCHLIST_SOURCE}),
    ),
}  # fmt: skip

LISTS: Mapping[str, type[django_filters.FilterSet]] = {
    resource: listed.filters for resource, (_, _, listed) in _LISTS.items()
}
"""By resource what its list is narrowed by."""
EXPORTABLE: Mapping[ExportResource, Exportable] = {
    ExportResource.LIST_ENTRIES: Exportable(POLICIES["editions"]["sheet"], list_entry_rows),
    **{
        resource: Exportable(grants, partial(listed_rows, listed), route)
        for resource, (grants, route, listed) in _LISTS.items()
    },
}
