"""The main job on real input, as its users would do it."""

import json
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shipments.models import Submitter
from targeting.domain.addresses import ANYWHERE
from targeting.management.api_client import ApiConnection, ApiRefused
from targeting.management.one_time_codes import new_key
from targeting.management.progress import Standing, wait
from targeting.models import Agency, ApiClient, CustomsOffice, User
from targeting.models.choices import Reach, Role
from targeting.services.clients import (
    change_networks,
    register_client,
    rotate_secret,
    use_secret,
)
from targeting.services.history import changes_by
from targeting.services.users import (
    enrol_authenticator_app,
    register_person,
    register_user,
)

FILES: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("declarations.ndjson", "application/x-ndjson", {}),
    ("wco_korea_5000.csv", "text/csv", {"mapping": "wco_korea"}),
)
"""What is sent: file, content type, query."""

CLIENT = "demo-broker"
DEMO_USERS = "demo-users.json"
OFFICE_ANALYST, OFFICE = "office_analyst", "55301"
"""One more analyst, who sees one office only."""
BROKER = "broker"
"""A person of the demonstration's submitter, who sends files on pages."""
AGENCY = {"code": "demo", "name": "Demonstration customs", "name_ru": "Таможня (демонстрация)"}
ENDS = ("done", "failed")
FILE_WIDTH = 140
"""Columns of text when the output is not a terminal."""

LANE_STYLES = {"red": "red", "yellow": "yellow", "blue": "blue", "green": "green"}


class Command(BaseCommand):
    help = (
        "Load the lists, submit the demonstration declarations through the HTTP API as an API"
        " client, wait, and print the flagged shipments as an analyst sees them. Run again, it"
        " duplicates nothing. `make demo` runs it with all the set-up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--url",
            default=settings.TARGETING["WEB_URL"],
            help="address of the running web server (default: the one that make up started)",
        )
        parser.add_argument("--timeout", type=float, default=300, help="seconds to wait")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["url"]:
            raise CommandError("no web server is known: start one with `make up`, or pass --url")
        console = Console(file=self.stdout)  # type: ignore[arg-type]
        if not console.is_terminal:
            console.width = FILE_WIDTH
        call_command("load_substance_list", stdout=self.stdout, verbosity=0)
        call_command("load_risk_profile", stdout=self.stdout, verbosity=0)
        credentials = _Credentials(Path(settings.DATA_DIR) / DEMO_USERS)
        with changes_by("command:run_demo"):
            credentials.prepare()
        try:
            self._submit(options, credentials, console)
            alerts = self._alerts(options, credentials)
        except ApiRefused as error:
            raise CommandError(str(error)) from error
        self._print(alerts, console)
        self._print_guide(options["url"], credentials, console)

    def _submit(
        self, options: dict[str, Any], credentials: "_Credentials", console: Console
    ) -> None:
        folder = Path(settings.TARGETING["FIXTURES_DIR"]) / "demo"
        client = ApiConnection(options["url"])
        client.take_token(**credentials.client)
        for name, kind, query in FILES:
            receipt = client.post_file("/api/v1/batches", folder / name, content_type=kind, **query)
            address = f"/api/v1/receipts/{receipt['id']}"

            def poll(name: str = name, address: str = address) -> list[Standing]:
                return [_standing(client.get(address), name)]

            if not wait(poll, console=console, timeout=options["timeout"]):
                raise CommandError(
                    f"not finished after {options['timeout']:g} s: see `make status` and the logs"
                )

    def _alerts(self, options: dict[str, Any], credentials: "_Credentials") -> list[dict[str, Any]]:
        analyst = ApiConnection(options["url"])
        analyst.sign_in(username="analyst", **credentials.people["analyst"])
        page = analyst.get("/api/v1/alerts", state="open", ordering="-score", page_size="200")
        return list(page["results"])

    def _print(self, alerts: list[dict[str, Any]], console: Console) -> None:
        table = Table(title="Flagged shipments", show_lines=True)
        table.add_column("Declaration / item, importer", max_width=24)
        table.add_column("Substance", max_width=20)
        table.add_column("Lane, score", max_width=6)
        table.add_column("Three strongest reasons", ratio=1)
        drawn = [alert for alert in alerts if alert["is_random_arm"]]
        for alert in alerts:
            if not alert["is_random_arm"]:
                table.add_row(*_row(alert))
        console.print(table)
        console.print(
            f"{len(alerts) - len(drawn)} flagged; {len(drawn)} more are in a lane because the"
            " keyed random draw chose them, not for what they declare."
        )

    def _print_guide(self, url: str, credentials: "_Credentials", console: Console) -> None:
        console.print(
            f"\nWorkbench    {url}/workbench/alerts\n"
            f"Submissions  {url}/workbench/submissions\n"
            f"API          {url}/api/v1/alerts\n"
            f"API docs     {url}/api/docs/ (Swagger UI)\n"
            f"             {url}/api/redoc/\n"
            f"Admin        {url}/admin/\n"
            f"Sign in      {url}/accounts/login/",
            highlight=False,
        )
        for name, person in credentials.people.items():
            console.print(f"  {name:20} {person['password']}", highlight=False, markup=False)
        console.print(
            "Codes of the second factor: .venv/bin/python manage.py demo_code analyst\n"
            f"API client   {credentials.client['client_id']}\n"
            f"  secret  {credentials.client['client_secret']}\n"
            f"These are of this machine only and kept in {credentials.path}\n"
            "Stop with    make down",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def _standing(receipt: dict[str, Any], name: str) -> Standing:
    return Standing(
        label=f"{name}: {receipt['state']}",
        percent=receipt["progress"],
        is_finished=receipt["state"] in ENDS,
    )


def _row(alert: dict[str, Any]) -> tuple[Text, Text, Text, Text]:
    item, importer = alert["leading_item"], alert["importer"]
    shipment = Text(alert["registration_number"], style="bold")
    if item:
        shipment.append(f" / {item['item_number']}")
    if importer:
        shipment.append(f"\n{importer['name']}", style="not bold")
    flagged = [one["name"] for one in alert["substances"] if one["is_flagged"]]
    lane = Text(f"{alert['lane']}\n{alert['score']}", style=LANE_STYLES[alert["lane"]])
    reasons = [f"+{one['contribution']} {one['sentence']}" for one in alert["reasons"]]
    return shipment, Text("\n".join(flagged)), lane, Text("\n".join(reasons))


def _agency() -> Agency:
    agency, _ = Agency.objects.get_or_create(code=AGENCY["code"], defaults=AGENCY)
    CustomsOffice.objects.get_or_create(code=OFFICE, defaults={"agency": agency})
    return agency


class _Credentials:
    """The demonstration's people and client, with passwords drawn on this machine.

    They are kept in the data folder, readable by its owner only, so that a second run
    shows the same ones.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.people: dict[str, dict[str, str]] = {}
        self.client: dict[str, str] = {}

    def prepare(self) -> None:
        """Make what is missing; a forgotten secret is replaced."""
        stored = json.loads(self.path.read_text()) if self.path.exists() else {}
        for role in Role:
            self.people[role.value] = self._account(role.value, role, stored)
        self.people[OFFICE_ANALYST] = self._account(
            OFFICE_ANALYST, Role.ANALYST, stored, reach=Reach.OFFICES, offices=(OFFICE,)
        )
        self.client = self._client(stored.get("client"))
        submitter = Submitter.objects.get(key=CLIENT)
        self.people[BROKER] = self._account(
            BROKER, None, stored, reach=Reach.OFFICES, submitter=submitter
        )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch(mode=0o600)
        self.path.write_text(json.dumps({"people": self.people, "client": self.client}))

    def _account(
        self,
        name: str,
        role: Role | None,
        stored: dict[str, Any],
        *,
        reach: Reach = Reach.CENTRAL,
        offices: tuple[str, ...] = (),
        submitter: Submitter | None = None,
    ) -> dict[str, str]:
        """The password and the key of the authenticator app."""
        known: dict[str, str] = stored.get("people", {}).get(name, {})
        account = User.objects.filter(username=name).first()
        if account and known and account.check_password(known["password"]):
            return known
        password, key = secrets.token_urlsafe(12), new_key()
        if account:
            account.set_password(password)
            account.save(update_fields=["password"])
        else:
            account = register_user(
                username=name,
                password=password,
                roles=[role] if role else [],
                person=None if submitter else register_person(number=name, agency=_agency()),
                submitter=submitter,
                reach=reach,
                offices=offices,
            )
        enrol_authenticator_app(user=account, secret=key)
        return {"password": password, "key": key}

    def _client(self, stored: dict[str, str] | None) -> dict[str, str]:
        now = timezone.now()
        client = ApiClient.objects.filter(name=CLIENT).first()
        if client is None:
            client, secret = register_client(
                name=CLIENT,
                submitter_key=CLIENT,
                scopes=("declarations:write", "receipts:read"),
                networks=ANYWHERE,
                now=now,
            )
        elif stored and use_secret(client=client, secret=stored["client_secret"], now=now):
            return stored
        else:
            change_networks(client=client, networks=ANYWHERE)
            secret = rotate_secret(client=client, now=now)
        return {"client_id": client.client_id, "client_secret": secret}
