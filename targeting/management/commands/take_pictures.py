"""Pictures of the main pages for README and the guides, from the demonstration's data."""

import json
import shutil
import time
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from PIL import Image

from targeting.management.api_client import CODE, LOGIN
from targeting.management.commands.run_demo import BROKER, DEMO_USERS
from targeting.management.one_time_codes import PERIOD_SECONDS, one_time_code
from targeting.models.choices import Role

WIDTH, HEIGHT = 1280, 860
# Of a page: letters, lines and a few grounds. A third of the bytes of all colours.
COLOURS = 64
# When the demonstration's declarations were accepted.
PERIOD = "?date_from=2025-10-01&date_to=2025-12-31"
# Who looks at which page, and what its file is called.
PAGES: tuple[tuple[str, str, str], ...] = (
    (Role.SENIOR_ANALYST.value, "/workbench/alerts", "queue"),
    (Role.SENIOR_ANALYST.value, f"/workbench/figures/workload{PERIOD}", "figures"),
    (Role.SENIOR_ANALYST.value, "/workbench/substances/acetic-anhydride", "substance"),
    (BROKER, "/workbench/submissions", "submissions"),
)
# The pictures that begin at the queue's first alert: what is clicked, what the page has when it
# is drawn, and what its file is called.
FROM_QUEUE: tuple[tuple[str, str, str], ...] = (
    ("a[data-open]", "#importer:not([data-part])", "alert"),
    (".facts a[href*='/network']", "#explorer[data-ready]", "network"),
)


class Command(BaseCommand):
    help = (
        "Take pictures of the main pages of a running demonstration (`make demo`), in Chromium:"
        " `make browser` installs it where it can."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.TARGETING["WEB_URL"])
        parser.add_argument(
            "--folder", type=Path, default=Path(settings.BASE_DIR) / "docs" / "pictures"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        path = Path(settings.DATA_DIR) / DEMO_USERS
        if chromium is None:
            raise CommandError("there is no Chromium: make browser")
        if not options["url"] or not path.exists():
            raise CommandError("there is no demonstration: make demo")
        people = json.loads(path.read_text())["people"]
        options["folder"].mkdir(parents=True, exist_ok=True)
        # Of the tools, not of what an installation needs: only whoever takes pictures has it.
        from playwright.sync_api import sync_playwright

        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for who in dict.fromkeys(who for who, _, _ in PAGES):
                self._take(browser, who, people[who], options)
            browser.close()

    def _take(
        self, browser: Any, who: str, person: dict[str, str], options: dict[str, Any]
    ) -> None:
        size = {"width": WIDTH, "height": HEIGHT}
        context = browser.new_context(base_url=options["url"], viewport=size, locale="en-GB")
        page = context.new_page()
        page.goto(LOGIN)
        page.fill("[name=login]", who)
        page.fill("[name=password]", person["password"])
        page.click("[type=submit]")
        # Each code is good once: after a sign-in in the same half minute a neighbouring one is.
        for shift in (0, PERIOD_SECONDS, -PERIOD_SECONDS):
            page.fill("[name=code]", one_time_code(person["key"], at=time.time() + shift))
            page.click("[type=submit]")
            page.wait_for_load_state()
            if CODE not in page.url:
                break
        else:
            raise CommandError(f"{who} cannot sign in")
        for _, address, name in (one for one in PAGES if one[0] == who):
            page.goto(address)
            self._keep(page, options["folder"], name)
            if name == "queue":
                for clicked, awaited, next_name in FROM_QUEUE:
                    page.locator(clicked).first.click()
                    page.wait_for_selector(awaited)
                    self._keep(page, options["folder"], next_name)
        context.close()

    def _keep(self, page: Any, folder: Path, name: str) -> None:
        path = folder / f"{name}.png"
        taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
        taken.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        self.stdout.write(str(path))
