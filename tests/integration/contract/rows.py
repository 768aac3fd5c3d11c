"""Which rows there are: what the lists of the API show to those who may read them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import requests

from shipments.models import Declaration
from targeting.models import ApiClient
from tests.integration.contract.callers import Caller, allowed

ANSWER_SECONDS = 120
# Where rows are listed that have no list at their own address.
LISTED_AT = {
    "/api/v1/batches/{id}": "/api/v1/receipts",
}
# Whose rows a number in a body names.
NAMED_ROWS = {
    "alert": ("alerts", "id"),
    "declaration": ("declarations", "id"),
    "registration_number": ("declarations", "registration_number"),
    "party": ("parties", "id"),
    "one": ("parties", "id"),
    "other": ("parties", "id"),
    "to": ("parties", "id"),
}
# Whose ids are chosen for one move on many.
CHOSEN = {"pairs": "party-pairs", "decisions": "party-decisions"}
OWN_NUMBER = {"POST /api/v1/declarations"}


class Rows:
    """Read once; ``forget`` after something was written."""

    def __init__(self, address: str, callers: list[Caller]) -> None:
        self.address, self.callers = address, callers
        self.session = requests.Session()
        self._known: dict[str, list[dict[str, Any]]] = {}

    def forget(self) -> None:
        self._known.clear()

    def get(self, path: str, caller: Caller) -> requests.Response:
        return self.session.get(
            self.address + path, headers=dict(caller.headers), timeout=ANSWER_SECONDS
        )

    def of(self, path: str, template: str = "") -> list[dict[str, Any]]:
        """The rows of a list, as each who may read it sees them."""
        if path not in self._known:
            found: dict[str, dict[str, Any]] = {}
            seen = set()
            for caller in allowed(self.callers, template or path, "get"):
                if caller.grants in seen and not path.endswith(("exports", "imports", "notices")):
                    continue
                seen.add(caller.grants)
                answer = self.get(f"{path}?page_size=100" if "exports" in path else path, caller)
                page = answer.json() if answer.ok else []
                for row in page.get("results", ()) if isinstance(page, dict) else page:
                    found[repr(row)] = row
            self._known[path] = list(found.values())
        return self._known[path]

    def behind(self, path: str) -> Iterator[dict[str, str]]:
        """Values of the parameters of a path, of rows that are there."""
        names = re.findall(r"{(\w+)}", path)
        if not names:
            yield {}
            return
        head = path[: path.index("/{")]
        for whole, at in LISTED_AT.items():
            if path.startswith(whole):
                head = at
        if names[:2] == ["code", "number"]:
            yield from self._of_editions(names)
            return
        for row in self.of(head):
            if names == ["id", "number"]:
                yield from self._of_attachments(row)
            elif names == ["id", "key"] and "importer" in row:
                yield {"id": str(row["importer"]["id"]), "key": row["substance_key"]}
            elif names == ["key", "id"]:
                yield from self._of_substance(path, row)
            else:
                yield {name: str(row.get(name, 1)) for name in names}

    def _of_editions(self, names: list[str]) -> Iterator[dict[str, str]]:
        """What can still be changed comes first."""
        found = [
            (edition["state"] not in ("draft", "proposed"), row["code"], str(edition["number"]))
            for row in self.of("/api/v1/lists")
            for edition in row["editions"]
        ]
        for _, code, number in sorted(found):
            place = {"code": code, "number": number}
            if "id" not in names:
                yield place
                continue
            for entry in self.entries(place)[:2]:
                yield {**place, "id": str(entry["id"])}

    def entries(self, place: Mapping[str, str]) -> list[dict[str, Any]]:
        """Those of an edition."""
        template = "/api/v1/lists/{code}/editions/{number}/entries"
        return self.of(template.format(**place), template)

    def _of_attachments(self, row: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        template = "/api/v1/alerts/{id}/attachments"
        if "etag" not in row:
            yield {"id": str(row["id"]), "number": "1"}
            return
        for one in self.of(template.format(id=row["id"]), template):
            yield {"id": str(row["id"]), "number": str(one["number"])}

    def _of_substance(self, path: str, row: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        template = "/api/v1/substances/{key}"
        reader = allowed(self.callers, template, "get")[0]
        shown = self.get(template.format(key=row["key"]), reader).json()
        for one in shown[path.split("/")[5]][:2]:
            yield {"key": row["key"], "id": str(one["id"])}

    def _fitting_permit(self) -> dict[str, Any] | None:
        template = "/api/v1/declarations/{id}/permit-proposals"
        for one in self.of("/api/v1/declarations"):
            for line in self.of(template.format(id=one["id"]), template):
                return {"declaration": one["id"], "item_number": 1, "line": line["line"]}
        return None

    def filled(
        self, body: Any, label: str = "", turn: int = 0, place: Mapping[str, str] | None = None
    ) -> Any:
        """The body with numbers of rows that are there; another ``turn`` takes others, ``place``
        are the parameters of the path."""
        if isinstance(body, list):
            return [self.filled(one, label, turn) for one in body]
        if not isinstance(body, dict):
            return body
        filled = dict(body)
        for field, (name, key) in NAMED_ROWS.items():
            if field in filled and not (field == "registration_number" and label in OWN_NUMBER):
                rows = self.of(f"/api/v1/{name}") or [{key: 1}]
                number = turn + 1 if field in ("other", "to") else turn
                filled[field] = rows[number % len(rows)][key]
        if "named" in filled:
            filled["named"] = ["senior_analyst-1"]
        if "assignee" in filled:
            filled["assignee"] = "analyst-1"
        if "client" in filled:
            filled["client"] = ApiClient.objects.earliest("id").client_id
        if label.endswith("/operator-questions"):
            # Of the submitter that has a program to read and to answer.
            own = Declaration.objects.filter(submitter__key="demo-broker", is_cancelled=False)
            filled["declaration"] = own.order_by("-id")[turn].pk
        if "digest" in filled:
            rows = {row["id"]: row for row in self.of("/api/v1/list-imports")}
            filled["digest"] = rows.get((place or {}).get("id"), {}).get("digest", "")
        if label.endswith("/permit-matches"):
            filled |= self._fitting_permit() or {}
        if "entries" in filled and place:
            filled["entries"] = [one["id"] for one in self.entries(place)[:2]]
        for name, listed in CHOSEN.items():
            if name in filled:
                filled[name] = [row["id"] for row in self.of(f"/api/v1/{listed}")[:2]]
        if label.endswith("/alerts/bulk"):
            filled["alerts"] = [{"id": row["id"]} for row in self.of("/api/v1/alerts")[:2]]
        if isinstance(filled.get("ids"), list):
            rows = self.of("/api/v1/watchlist-entries")
            filled["ids"] = [row["id"] for row in rows if row["state"] == "proposed"] or [1]
        return filled
