"""Every page asks the database a bounded number of times, whatever it has to show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from risk.models import PartyAlias, PartyLink, SubstanceMatch
from shipments.models import Declaration, IntakeBatch, Party
from targeting.models import Alert, ApiClient, SavedSearch
from targeting.services import pdf
from targeting.services.alert_acts import Said, move_alert
from targeting.services.attachments import Brought, attach
from targeting.services.controlled_deliveries import mark_controlled_delivery
from targeting.services.referrals import Asked, refer_alert
from targeting.workbench.urls import urlpatterns
from targeting.workbench.views.queue import hold
from tests.api.conftest import signed_in
from tests.factories.authorisations import AuthorisationLineFactory
from tests.factories.channels import channel_of
from tests.factories.notifications import PreExportNotificationFactory
from tests.factories.risk import (
    InspectionOutcomeFactory,
    LaneDecisionFactory,
    LaneLimitFactory,
    LawEntryFactory,
    RiskModelFactory,
    RiskProfileFactory,
    SubstanceFactory,
    SubstanceIdentifierFactory,
    SubstanceMatchFactory,
)
from tests.factories.shipments import (
    DeclarationFactory,
    GoodsItemDocumentFactory,
    GoodsItemFactory,
    IntakeIssueFactory,
    PartyFactory,
    PartyRoleFactory,
)
from tests.factories.targeting import (
    AgencyFactory,
    ApiClientFactory,
    ExportFactory,
    OperatorQuestionFactory,
    flagged_shipment,
    with_facts,
)

pytestmark = pytest.mark.django_db

MOST = 25
BOARDS = ("workload", "findings", "goods")
# Of a submitter's person; the others are of those who read cases.
OF_SUBMITTERS = ("submission", "receipt")
# Made of the pages that are counted, and of a table that this world has not.
FILES = {
    *("receipt-rejects", "export-file"),
    *("network-file", "channel-file", "channel-sheet"),
}
# A path is looked for nearer and farther, as far as there is something to look through.
MAY_LOOK_FARTHER = {"connection"}
# Redirects, and what only scripts ask for in parts of other pages.
QUERIES = {"connection": {"as": "data"}, "queue-sheet": {"as": "csv"}, "figures": {}}


def pages():
    """Names of the routes that can be opened."""
    for route in urlpatterns:
        view = getattr(route.callback, "view_class", None)
        given = getattr(route.callback, "view_initkwargs", {})
        if "GET" in given.get("needed", getattr(view, "needed", {})):
            yield route.name


def merged_importer() -> Party:
    """A party that people found to be one trader with another."""
    older = PartyFactory(name="The importer, as it was called before")
    party = PartyFactory(name="The importer")
    PartyAlias.objects.create(party=party, representative=older)
    return party


def amended_twice(importer: Party) -> Declaration:
    """A declaration's third version; those before it said otherwise and were given lanes."""
    before = None
    for version in (1, 2):
        before = DeclarationFactory(
            registration_number="55301/010326/7777777", version=version, supersedes=before
        )
        GoodsItemFactory(declaration=before, net_mass_kg=version)
        PartyRoleFactory(declaration=before, party=importer)
        LaneDecisionFactory(assessment__declaration=before)
    return DeclarationFactory(
        registration_number=before.registration_number, version=3, supersedes=before
    )


class World:
    """One of everything that the pages show, and what more of each there is."""

    def __init__(self, reader, person):
        self.reader, self.person, self.count = reader, person, 0
        self.party = merged_importer()
        declaration = amended_twice(self.party)
        now = timezone.now()
        self.alert = flagged_shipment(
            lane="yellow", raised_at=now, assessment__declaration=declaration
        )
        self.channel = channel_of(self.alert.declaration, self.party)
        self.entry = LawEntryFactory(smiles="CC(=O)OC(C)=O")
        AgencyFactory(code="police")
        submitter = self.person.user.submitter
        self.question = OperatorQuestionFactory(
            declaration=self.alert.declaration, submitter=submitter
        )
        IntakeBatch.objects.update(submitter=submitter)

    def grow(self):
        """Another row of everything, on the pages of the first and beside them."""
        self.count += 1
        now, by, declaration = timezone.now(), self.reader.user, self.alert.declaration
        alert = Alert.objects.get(pk=self.alert.pk)
        other = flagged_shipment(lane="red", raised_at=now)
        other.declaration.party_roles.update(party=self.party)
        declaration.party_roles.update(party=self.party)
        seller = PartyFactory(name=f"Seller {self.count}")
        one, two = sorted((self.party, seller), key=lambda party: party.pk)
        PartyLink.objects.create(
            source=one, target=two, kind="trade", first_seen_at=now, last_seen_at=now,
            declaration_count=1, mass_kg=10,
        )  # fmt: skip
        self.import_before(declaration)
        self.permit(GoodsItemFactory(declaration=declaration, item_number=self.count + 1))
        with_facts(alert)
        InspectionOutcomeFactory(declaration=declaration, assessment=alert.assessment)
        refer_alert(
            alert=alert, asked=Asked("agency", ["goods"], "look", "police"), by=by, now=now,
            hold=hold(), mark=None,
        )  # fmt: skip
        attach(
            alert=alert, brought=Brought(b"%PDF-1.7" + bytes([self.count]), "a.pdf"), by=by,
            now=now, hold=hold(),
        )  # fmt: skip
        named = [signed_in(roles=["analyst"]).user.username]
        mark_controlled_delivery(alert=other, named=named, ground="act", by=by, now=now)
        note = Said(comment="a word")
        move_alert(alert=alert, move="note", by=by, now=now, hold=hold(), mark=None, said=note)
        SavedSearch.objects.create(
            owner=by, name=f"View {self.count}", resource="alerts", query={"lane": ["red"]},
            created_at=now, changed_at=now,
        )  # fmt: skip
        ExportFactory(owner=by)
        LaneLimitFactory()
        RiskModelFactory(
            state="retired", retired_by="user:1", retirement_reason="old", digest=str(self.count)
        )
        LawEntryFactory(substance=SubstanceFactory())
        SubstanceIdentifierFactory()
        IntakeIssueFactory(batch=declaration.batch)
        OperatorQuestionFactory(declaration=declaration, submitter=self.person.user.submitter)
        ApiClientFactory(submitter=self.person.user.submitter)
        IntakeBatch.objects.update(submitter=self.person.user.submitter)

    def import_before(self, declaration):
        """An earlier consignment of the same substance to the same importer."""
        before = DeclarationFactory(accepted_at=declaration.accepted_at - timedelta(self.count))
        PartyRoleFactory(declaration=before, party=self.party)
        item = GoodsItemFactory(declaration=before)
        match = SubstanceMatch.objects.filter(goods_item__declaration=declaration).earliest("pk")
        SubstanceMatchFactory(goods_item=item, substance=match.substance)

    def permit(self, item):
        """A precursor recognised in the item, with a licence and a notice that it names."""
        key = SubstanceMatchFactory(goods_item=item).substance.key
        line = AuthorisationLineFactory(authorisation__holder=self.party, substance_key=key)
        notice = PreExportNotificationFactory(importer=self.party, substance_key=key)
        for position, number in enumerate([line.authorisation.number, notice.number], 1):
            GoodsItemDocumentFactory(goods_item=item, number=number, position=position)

    def addresses(self):
        """The address of every page, by a name to tell it by."""
        places = {
            ("alert", "refer", "case-file"): [self.alert.pk],
            ("attachment",): [self.alert.pk, 1],
            ("channel",): [self.channel.pk],
            ("declaration", "check", "importer", "record", "near-picture"): [
                self.alert.declaration_id
            ],
            ("network", "network-data", "links", "connection"): [self.party.pk],
            ("substance",): [self.entry.substance.key],
            ("edition",): [self.entry.edition.control_list.code, self.entry.edition.number],
            ("receipt", "receipt-issues"): [self.alert.declaration.batch.public_id],
            ("submission-question",): [self.question.public_id],
            ("submission-rotate",): [ApiClient.objects.earliest("pk").pk],
        }
        arguments = {name: args for names, args in places.items() for name in names}
        seller = PartyLink.objects.earliest("pk")
        ends = {seller.source_id, seller.target_id} - {self.party.pk}
        to = {"to": f"party:{ends.pop()}"}
        asked = {**QUERIES, "links": to, "connection": to | QUERIES["connection"]}
        for name in sorted(set(pages()) - FILES):
            for board in BOARDS if name == "figures" else [None]:
                args = [board] if board else arguments.get(name, [])
                yield board or name, reverse(f"workbench:{name}", args=args), asked.get(name, {})


@pytest.fixture
def world(submitter_person):
    RiskProfileFactory()
    return World(signed_in(roles=["senior_analyst", "list_editor"]), submitter_person)


def counted(world, only=None):
    """How often each page asks the database, by its name."""
    found = {}
    for name, address, query in world.addresses():
        if only is not None and name not in only:
            continue
        who = world.person if name.startswith(OF_SUBMITTERS) else world.reader
        with CaptureQueriesContext(connection) as asked:
            answer = who.get(address, query)
        assert answer.status_code in (200, 302), (name, answer.status_code)
        found[name] = len(asked)
    return found


def test_pages_when_there_is_more_to_show_then_no_more_queries_and_few(world, monkeypatch) -> None:
    monkeypatch.setattr(pdf, "PROGRAMS", ())  # the case file is made, and nothing prints it
    world.grow()
    few = counted(world)
    world.grow()
    world.grow()
    many = counted(world)
    assert {name: count for name, count in many.items() if count > MOST} == {}
    assert len(many) >= 35
    # The first that asks after lists changed reads them for all.
    more = {name for name, count in many.items() if count > few[name]} - MAY_LOOK_FARTHER
    again = counted(world, more)
    assert {name: (few[name], count) for name, count in again.items() if count > few[name]} == {}
    # Of one office each link is asked, whether all of it is there.
    world.reader = signed_in(roles=["senior_analyst"], reach="offices", offices=["55301"])
    near = counted(world, {"alert", "case-file", "check", "importer", "near-picture"})
    assert {name: count for name, count in near.items() if count > MOST} == {}
    assert len(near) == 5
