"""Every page of the admin that keepers of lists open, at two sizes: as many queries at both."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from risk.models import ControlList, ListEdition, Substance
from targeting.domain.policy import ADMIN, LIST_READERS
from targeting.management.access import admin_routes, may
from tests.factories.authorisations import AuthorisationFactory, AuthorisationLineFactory
from tests.factories.notifications import PreExportNotificationFactory
from tests.factories.requirements import AnnualLegitimateRequirementFactory
from tests.factories.risk import (
    ControlListFactory,
    CoverNameFactory,
    DraftFactory,
    ListEditionFactory,
    ListEntryFactory,
    ReassessmentFactory,
    RegisterChangeFactory,
    RescreeningFactory,
    SubstanceFactory,
    SubstanceIdentifierFactory,
    SubstanceNameFactory,
)
from tests.factories.shipments import START
from tests.factories.targeting import (
    ExportFactory,
    NoticeFactory,
    OutboxEventFactory,
    SubscriptionFactory,
)
from tests.integration.test_law import only_own_lists

__all__ = ["only_own_lists"]  # applies to every test here

pytestmark = pytest.mark.django_db
MOST_QUERIES = 30
FEW, MORE = 3, 12
PLACES = [
    route
    for route in admin_routes()
    if ADMIN[route.model].get("view") == LIST_READERS and may(route, "GET", "list_editor")
]


class Rows:
    """One row of each model, and its children; :meth:`grow` adds further ones of both."""

    def __init__(self, user):
        self.user, self.count = user, 0
        self.list = ControlListFactory(code="big")
        self.draft = DraftFactory(control_list=self.list, number=1)
        self.law = self._law(0)
        self.substance = SubstanceFactory(key="big", preferred_name="Big")
        self.entry = ListEntryFactory(edition=self.draft, substance=self.substance)
        self.name = SubstanceNameFactory(substance=self.substance, name="big")
        self.identifier = SubstanceIdentifierFactory(substance=self.substance)
        self.cover_name = CoverNameFactory(substance=self.substance)
        self.others = [self._other(0)]

    def grow(self, count):
        for number in range(self.count + 1, self.count + count + 1):
            one = SubstanceFactory(key=f"s-{number}", preferred_name=f"S {number}")
            ListEntryFactory(edition=self.draft, substance=one, form_name=f"of {number}")
            own = DraftFactory(control_list=ControlListFactory(code=f"l-{number}"), number=1)
            ListEntryFactory(edition=own, substance=self.substance, form_name=f"big {number}")
            for substance in (one, self.substance):
                SubstanceNameFactory(substance=substance, name=f"name {number}")
                SubstanceIdentifierFactory(substance=substance, value=f"{number}")
                CoverNameFactory(substance=substance, name=f"cover {number}")
            self._law(number)
            self.others.append(self._other(number))
            for row, field in (
                (self.list, "title"), (self.draft, "change_note"), (self.entry, "notes"),
                (self.substance, "preferred_name"), (self.name, "source"),
                (self.identifier, "form_name"), (self.cover_name, "withdrawal_reason"),
            ):  # fmt: skip
                type(row).objects.filter(pk=row.pk).update(**{field: f"{field} {number}"})
        self.count += count

    def _law(self, number):
        day = START.date() + timedelta(days=number)
        return ListEditionFactory(
            control_list=self.list,
            number=10 + number,
            in_force_from=day,
            in_force_to=day + timedelta(days=1),
        )

    def _other(self, number):
        """By label a row of every other model, that hang together with rows of their own."""
        list_code = f"o-{number}"
        event = OutboxEventFactory(
            topic=f"list:{list_code}", payload={"list_code": list_code, "edition": 1}
        )
        edition = ListEditionFactory(control_list=ControlListFactory(code=list_code), number=1)
        permit = AuthorisationFactory()
        AuthorisationLineFactory(authorisation=permit)
        return {
            "risk.rescreening": RescreeningFactory(edition=edition),
            "risk.reassessment": (reassessment := ReassessmentFactory()),
            "risk.registerchange": RegisterChangeFactory(
                reassessment=reassessment, authorisation=permit
            ),
            "shipments.annuallegitimaterequirement": AnnualLegitimateRequirementFactory(
                year=2030 + number
            ),
            "shipments.authorisation": permit,
            "shipments.preexportnotification": PreExportNotificationFactory(),
            "targeting.export": ExportFactory(owner=self.user),
            "targeting.notice": NoticeFactory(user=self.user, event=event),
            "targeting.subscription": SubscriptionFactory(user=self.user, topic=event.topic),
        }

    def of(self, model):
        """The rows of a model whose pages are opened."""
        own = {
            "risk.controllist": [self.list],
            "risk.listedition": [self.draft, self.law],
            "risk.listentry": [self.entry],
            "risk.substance": [self.substance],
            "risk.substancename": [self.name],
            "risk.substanceidentifier": [self.identifier],
            "risk.covername": [self.cover_name],
        }
        return own.get(model) or [self.others[0][model]]

    def addresses(self):
        for route in PLACES:
            if "<" in route.path:
                for row in self.of(route.model):
                    yield reverse(route.name, args=[row.pk])
            else:
                yield reverse(route.name)
                if route.name.endswith("_changelist"):
                    yield reverse(route.name) + "?q=name"
        to_do = reverse("admin:risk_listentry_changelist")
        yield f"{to_do}?verified=no"


def test_the_pages_walked_are_those_of_lists():
    found = {route.model for route in PLACES}
    assert {"risk.listentry", "risk.rescreening", "targeting.notice", "risk.covername"} <= found
    assert {route.name.rpartition("_")[2] for route in PLACES} >= {
        *("changelist", "change", "history", "add", "delete", "difference", "import", "sheet"),
        *("export", "file"),
    }


def test_every_page_of_lists_needs_as_many_queries_whatever_there_is(list_editor):
    rows = Rows(list_editor.user)
    rows.grow(FEW)
    small = _queries(list_editor, rows)
    rows.grow(MORE)
    large = _queries(list_editor, rows)
    assert ControlList.objects.count() > MORE
    assert ListEdition.objects.filter(control_list=rows.list).count() > MORE
    assert Substance.objects.count() > MORE
    grown = {at: large[at] for at in small if _reads(small[at]) != _reads(large[at])}
    assert grown == {}
    assert {at: len(asked) for at, asked in large.items() if len(asked) > MOST_QUERIES} == {}


def _reads(asked):
    """Queries that read; now and then a request also notes when the session was last seen."""
    return sum(one.startswith("SELECT") for one in asked)


def _queries(caller, rows):
    found = {}
    for at in rows.addresses():
        caller.get(at)  # what a process remembers from then on
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = caller.get(at)
        assert answer.status_code in (200, 302, 403), (at, answer.status_code)
        if hasattr(answer, "streaming_content"):
            b"".join(answer.streaming_content)
        found[at] = [one["sql"] for one in asked.captured_queries]
    return found
