"""Pages as people with disabilities meet them: axe-core in a real browser finds nothing serious."""

from pathlib import Path

import pytest
from django.utils import timezone

from shipments.models import IntakeBatch
from tests.factories.channels import channel_of
from tests.factories.risk import (
    InspectionOutcomeFactory,
    LaneLimitFactory,
    LawEntryFactory,
    RiskModelFactory,
    RiskProfileFactory,
    SubstanceIdentifierFactory,
)
from tests.factories.shipments import IntakeIssueFactory, PartyFactory
from tests.factories.targeting import (
    ApiClientFactory,
    OperatorQuestionFactory,
    UserFactory,
    flagged_shipment,
)
from tests.integration.browser import WIDTHS, browsing, cookie_of, needs_browser
from tests.integration.serving import serving

pytestmark = needs_browser

AXE = Path(__file__).with_name("axe") / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SERIOUS = {"serious", "critical"}
PERIOD = "?date_from=2026-01-01&date_to=2026-12-31"
ANALYST = [
    "/workbench/alerts?state=open&lane=red",
    "/workbench/alerts/{alert}?state=open&done=take",
    "/workbench/alerts/{alert}/refer",
    "/workbench/declarations/{declaration}/check",
    "/workbench/declarations/{declaration}/importer",
    "/workbench/declarations/{declaration}/outcomes",
    "/workbench/declarations?lane=red",
    "/workbench/parties",
    "/workbench/parties?q=one",
    "/workbench/parties/{party}/network",
    "/workbench/channels",
    "/workbench/channels/{channel}",
    "/workbench/substances?q=a",
    "/workbench/substances?q=nothing-is-called-so",
    "/workbench/substances/acetic-anhydride",
    "/workbench/lists",
    "/workbench/lists/un1988-t1/{edition}",
    f"/workbench/figures/workload{PERIOD}",
    f"/workbench/figures/findings{PERIOD}",
    f"/workbench/figures/goods{PERIOD}",
    "/workbench/figures/workload?date_from=2026-02-02&date_to=2026-01-01",
    "/workbench/exports",
    "/workbench/limits",
    "/workbench/models",
    "/workbench/outcomes",
    "/workbench/help",
    "/workbench/screen",
]
SUBMITTER = [
    "/workbench/submissions",
    "/workbench/submissions/{receipt}",
    "/workbench/submissions/questions",
    "/workbench/submissions/questions/{question}",
    "/workbench/submissions/access",
    "/workbench/submissions/help",
    "/workbench/alerts",  # refused
]
# How far a table that folds is to be scrolled aside within its frame.
ASIDE = """() => Math.max(0, ...[...document.querySelectorAll("table.queue, table.folding")].map(
    table => table.parentElement.scrollWidth - table.parentElement.clientWidth))"""
# Parts of a page that come by themselves, or are drawn.
WAIT_FOR = {"/refer": "main", "/alerts/": "#importer:not([data-part])", "/network": "#explorer"}


@pytest.fixture
def site(from_nothing, worker_environment):
    """A server with one of everything that the pages show, and who may open them."""
    RiskProfileFactory()
    alert = flagged_shipment(lane="red", score="87.65", raised_at=timezone.now())
    declaration, party = alert.declaration, PartyFactory(name="Importer One")
    declaration.party_roles.update(party=party)
    InspectionOutcomeFactory(declaration=declaration, assessment=alert.assessment, result="offence")
    entry = LawEntryFactory(smiles="CC(=O)OC(C)=O", concentration_min_pct="50")
    SubstanceIdentifierFactory()
    LaneLimitFactory()
    RiskModelFactory()
    submitter = ApiClientFactory().submitter
    IntakeBatch.objects.update(submitter=submitter)
    IntakeIssueFactory(batch=declaration.batch)
    question = OperatorQuestionFactory(declaration=declaration, submitter=submitter)
    names = {
        "alert": alert.pk,
        "declaration": declaration.pk,
        "party": party.pk,
        "channel": channel_of(declaration, party).pk,
        "edition": entry.edition.number,
        "receipt": declaration.batch.public_id,
        "question": question.public_id,
    }
    people = {
        "analyst": UserFactory(roles=["senior_analyst", "list_editor"]),
        "submitter": UserFactory(roles=[], reach="offices", person=None, submitter=submitter),
    }
    with serving(worker_environment) as address:
        yield address, {who: cookie_of(user, address) for who, user in people.items()}, names


def faults(page) -> list[tuple[str, str, str]]:
    """What axe-core calls serious or critical: rule, element, why."""
    # The policy refuses scripts of strangers; the driver's own are no page's.
    said = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    assert said["passes"], "axe has read nothing"
    return [
        (rule["id"], node["html"][:200], node["failureSummary"][:300])
        for rule in said["violations"]
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def looked_at(page, path) -> list[tuple[str, ...]]:
    """What is wrong with the page in light and dark, and in windows of every width."""
    page.goto(path)
    for part, awaited in WAIT_FOR.items():
        if part in path:
            page.wait_for_selector(awaited)
            break
    wrong: list[tuple[str, ...]] = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        wrong += [(path, scheme, *fault) for fault in faults(page)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        spread = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        spread = max(spread, page.evaluate(ASIDE))
        if spread > 0:
            wrong.append((path, "too wide", str(width), str(spread)))
    return wrong


def test_pages_when_looked_at_by_axe_then_nothing_serious_and_a_silent_console(site) -> None:
    address, cookies, names = site
    for who, paths in (("analyst", ANALYST), ("submitter", SUBMITTER)):
        with browsing(address, cookies[who]) as page:
            page.add_init_script(path=AXE)
            wrong = [fault for path in paths for fault in looked_at(page, path.format(**names))]
            refused = [text for kind, text in page.said if "status of 4" not in text]
            assert not wrong, "\n".join(map(str, wrong))
            assert refused == []
            assert [url for url in page.asked if not url.startswith(address)] == []
