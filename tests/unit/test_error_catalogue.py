"""Every code of a problem that the API may answer with is in the catalogue."""

import ast
from pathlib import Path

from targeting.api.errors import DOMAIN_ERRORS, FRAMEWORK_ERRORS, OWN_CODES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LAYERS = ("shipments", "risk", "targeting")
# Of commands and the environment: no request meets them.
ELSEWHERE = ("management", "migrations", "workbench", "admin")
# Faults of settings, of keeping accounts and clients (admin and commands), of deliveries to
# others, of jobs and of documents that are shown elsewhere: told there, not by the API.
NOT_OF_THE_API = {
    *("invalid_setting", "calendar_invalid", "clocks_invalid", "secret_unreadable"),
    *("agency_foreign", "email_missing", "expiry_in_the_past", "network_invalid"),
    *("networks_missing", "office_unknown", "own_rights", "password_weak", "person_unknown"),
    *("reach_too_far", "role_held_alone", "role_missing", "scope_unknown", "submitter_foreign"),
    *("token_seconds_out_of_range", "username_taken"),
    *("connection_broken", "delivery_failed", "recipient_gone", "recipient_refused"),
    *("redirected", "timeout", "tls"),
    *("explanation_param_missing", "invalid_truth", "lease_lost", "not_printed", "not_trained"),
}


def sources():
    for layer in LAYERS:
        for path in (ROOT / layer).rglob("*.py"):
            if not set(path.parts) & set(ELSEWHERE):
                yield ast.parse(path.read_text(encoding="utf-8"))


def families(trees):
    """Names of the classes that are errors of the domain, with the code of each."""
    found, before = {"TargetingError": "error"}, 0
    while len(found) > before:
        before = len(found)
        for tree in trees:
            for node in ast.walk(tree):
                bases = {getattr(base, "id", "") for base in getattr(node, "bases", ())}
                if isinstance(node, ast.ClassDef) and bases & found.keys():
                    found.setdefault(node.name, _own_code(node))
    return found


def _own_code(node):
    for line in node.body:
        targets = getattr(line, "targets", ())
        if [getattr(one, "id", "") for one in targets] == ["code"]:
            return getattr(line.value, "value", "")
    return ""


def raised(trees, errors):
    """Codes that are named where an error is raised."""
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in errors and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


def test_every_code_is_documented():
    trees = list(sources())
    errors = families(trees)
    framework = {code for code, _ in FRAMEWORK_ERRORS.values()}
    codes = {*DOMAIN_ERRORS, *framework, *OWN_CODES, *errors.values(), *raised(trees, errors)}
    assert len(codes) > 120
    told = "".join(
        (DOCS / name).read_text(encoding="utf-8") for name in ("errors.md", "declaration-format.md")
    )
    assert sorted(code for code in codes - {"", *NOT_OF_THE_API} if f"`{code}`" not in told) == []


def test_every_line_of_the_catalogue_says_its_status():
    told = (DOCS / "errors.md").read_text(encoding="utf-8")
    for code, (status, _) in DOMAIN_ERRORS.items():
        assert f"| {status} | `{code}` |" in told, code
    for status, (code, _) in FRAMEWORK_ERRORS.items():
        assert f"| {status} | `{code}` |" in told, code
