"""Pages as people with disabilities meet them: axe-core in a real browser finds nothing serious."""

from pathlib import Path

import pytest
from django.utils import timezone

from shipments.models import IntakeBatch
from tests.factories.risk import (
    InspectionOutcomeFactory,
    LawEntryFactory,
    RiskProfileFactory,
    SubstanceIdentifierFactory,
)
from tests.factories.shipments import IntakeIssueFactory
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
    "/workbench/substances?q=a",
    "/workbench/substances?q=nothing-is-called-so",
    "/workbench/substances/acetic-anhydride",
    "/workbench/lists",
    "/workbench/lists/un1988-t1/{edition}",
    f"/workbench/figures/workload{PERIOD}",
    f"/workbench/figures/findings{PERIOD}",
    f"/workbench/figures/goods{PERIOD}",
    "/workbench/figures/workload?date_from=2026-02-02&date_to=2026-01-01",
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


@pytest.fixture
def site(from_nothing, worker_environment):
    """A server with one of everything that the pages show, and who may open them."""
    RiskProfileFactory()
    alert = flagged_shipment(lane="red", score="87.65", raised_at=timezone.now())
    InspectionOutcomeFactory(
        declaration=alert.declaration, assessment=alert.assessment, result="offence"
    )
    entry = LawEntryFactory(smiles="CC(=O)OC(C)=O", concentration_min_pct="50")
    SubstanceIdentifierFactory()
    submitter = ApiClientFactory().submitter
    IntakeBatch.objects.update(submitter=submitter)
    batch = alert.declaration.batch
    IntakeIssueFactory(batch=batch)
    question = OperatorQuestionFactory(declaration=alert.declaration, submitter=submitter)
    names = {
        "edition": entry.edition.number,
        "receipt": batch.public_id,
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
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)[
        "violations"
    ]
    return [
        (rule["id"], node["html"][:200], node["failureSummary"][:300])
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("who", "paths"), [("analyst", ANALYST), ("submitter", SUBMITTER)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_when_looked_at_by_axe_then_nothing_serious_and_a_silent_console(
    who, paths, scheme, site
) -> None:
    address, cookies, names = site
    wrong = []
    with browsing(address, cookies[who], color_scheme=scheme) as page:
        page.add_init_script(path=AXE)
        for path in paths:
            page.goto(path.format(**names))
            wrong += [(path, *fault) for fault in faults(page)]
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                spread = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                if spread > 0:
                    wrong.append((path, "too wide", str(width), str(spread)))
        refused = [text for kind, text in page.said if "status of 4" not in text]
        assert wrong == []
        assert refused == []
        assert [url for url in page.asked if not url.startswith(address)] == []
