"""Write the matrix of access from the code into docs/access.md."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from targeting.domain.policy import CENTRAL_ONLY
from targeting.domain.purposes import PURPOSE_ASKED
from targeting.domain.visibility import FieldClass, may_see
from targeting.management.access import (
    CALLERS,
    Route,
    admin_routes,
    api_routes,
    may,
    page_routes,
    workbench_routes,
)

HEAD = """# Who may do what

Written by `manage.py document_access` from the code; a test fails when it is out of date, and
`tests/api/test_access_matrix.py` asks every cell with a real request. The tables behind it are
`targeting/domain/policy.py`, with `pages.py` beside it, and `targeting/domain/visibility.py` for
fields; what is not in them is closed. Why: [ADR 11](adr/0011-roles-and-scope.md).

Who may ask sees only rows in their scope: declarations, alerts and parties of their customs offices
or agency, a client its own receipts. What is out of scope answers 404, as if it did not exist.
"""
YES, NO = "●", " "


class Command(BaseCommand):
    help = "Write docs/access.md: every address × method × role, from the code."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only tell whether it is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "access.md"
        text = document()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError("docs/access.md is stale: run manage.py document_access")


def document() -> str:
    """The whole of docs/access.md."""
    parts = (_api(), _admin(), _workbench(), _pages(), _fields())
    return HEAD + "".join("\n" + "\n".join(lines) + "\n" for lines in parts)


def _api() -> Iterator[str]:
    yield "## API\n"
    yield "Where there is no dot the answer is 401 (anonymous) or 403. HEAD is as GET.\n"
    yield "◆: the request says what for (`X-Purpose`).\n"
    yield from _table(api_routes(), lambda route: f"`/{route.path}`")


def _admin() -> Iterator[str]:
    yield "## Admin\n"
    yield "A star: for whoever sees every office and agency. Accounts and people are those of the"
    yield "administrator's agency, audit events those of the auditor's. The rest is closed.\n"
    shown = {"add", "change", "delete"}
    routes = [route for route in admin_routes() if route.name.rpartition("_")[2] in shown]
    yield from _table(routes, _admin_label)


def _admin_label(route: Route) -> str:
    star = " *" if route.model in CENTRAL_ONLY else ""
    return f"{route.model}{star} {route.name.partition('_')[2].partition('_')[2]}"


def _workbench() -> Iterator[str]:
    yield "## Workbench\n"
    yield "Strangers are led to the sign-in page; where there is no dot the answer is 403.\n"
    yield from _table(workbench_routes(), lambda route: f"`/{route.path}`")


def _pages() -> Iterator[str]:
    yield "## Other addresses\n"
    yield "| address | opens to |"
    yield "|---|---|"
    for route in page_routes():
        yield f"| {route.name} | {route.opening} |"


def _fields() -> Iterator[str]:
    callers = list(CALLERS)
    yield "## Fields\n"
    yield "What a caller may not see is null; personal data of natural persons are masked instead."
    yield "Controlled delivery opens to the persons named on it, whatever their role.\n"
    yield _row(["class", *callers])
    yield "|---" * (len(callers) + 1) + "|"
    for wanted in FieldClass:
        yield _row([wanted, *(YES if may_see(CALLERS[c], wanted) else NO for c in callers)])


def _table(routes: Iterable[Route], label: Callable[[Route], str]) -> Iterator[str]:
    yield _row(["address", "method", *CALLERS])
    yield "|---" * (len(CALLERS) + 2) + "|"
    for route in routes:
        for method in (method for method, grants in route.needed.items() if grants):
            mark = " ◆" if route.name in PURPOSE_ASKED else ""
            cells = [YES if may(route, method, caller) else NO for caller in CALLERS]
            yield _row([label(route) + mark, method, *cells])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
