"""Who may do what: the one table, for the API, the admin and every other address.

People hold roles, machines hold scopes; both are *grants* here. What is not in a table is
closed. Enforced by ``targeting.api.permissions`` and ``targeting.models.User.has_perm``;
``docs/access.md`` is generated from it. Which fields of an answer a grant shows is in
``targeting.domain.visibility``, whose rows in ``targeting.selectors.scope``.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from targeting.domain.client_scopes import (
    ACKNOWLEDGE_LANES,
    CLIENT_SCOPES,
    POST_LEADS,
    POST_OUTCOMES,
    READ_LANES,
    READ_LEADS,
    READ_RECEIPTS,
    SUBMIT,
)


class Role(StrEnum):
    """What a person may do; one may hold several (docs/adr/0011-roles-and-scope.md)."""

    ANALYST = "analyst"
    SENIOR_ANALYST = "senior_analyst"
    EXAMINER = "examiner"
    LIST_EDITOR = "list_editor"
    LIST_APPROVER = "list_approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PARTNER = "partner"


# A person who signs in for a submitter. No role: it opens pages of their own, nothing of the API.
SUBMITTER_PERSON = "submitter_person"

# The first two watch over the others, the last one is of another agency: who holds one of them
# holds nothing else.
EXCLUSIVE_ROLES = frozenset({Role.AUDITOR, Role.ADMINISTRATOR, Role.PARTNER})

Grants = frozenset[str]
Policy = Mapping[str, Grants]


def _grants(*grants: str) -> Grants:
    return frozenset(str(grant) for grant in grants)


NOBODY = _grants()
PARTNERS = _grants(Role.PARTNER)
# Of the house: a partner sees what was referred to it and nothing else.
EVERY_ROLE = _grants(*Role) - PARTNERS
CASE_WORKERS = _grants(Role.ANALYST, Role.SENIOR_ANALYST)
CASE_READERS = CASE_WORKERS | _grants(Role.AUDITOR)
DOSSIER_READERS = CASE_READERS | _grants(Role.EXAMINER)
LIST_EDITORS = _grants(Role.LIST_EDITOR)
LIST_APPROVERS = _grants(Role.LIST_APPROVER)
LIST_KEEPERS = _grants(Role.LIST_EDITOR, Role.LIST_APPROVER)
LIST_READERS = LIST_KEEPERS | _grants(Role.AUDITOR)
AUDITORS = _grants(Role.AUDITOR)
ADMINISTRATORS = _grants(Role.ADMINISTRATOR)
SUBMITTERS = _grants(SUBMIT)
RECEIPT_READERS = _grants(READ_RECEIPTS)
LEAD_SYSTEMS = _grants(POST_LEADS)
SUBMITTER_PEOPLE = _grants(SUBMITTER_PERSON)
SENIOR_ANALYSTS = _grants(Role.SENIOR_ANALYST)
HOLD_READERS = SENIOR_ANALYSTS | AUDITORS
LANE_READERS = DOSSIER_READERS | _grants(READ_LANES)
LANE_ACKNOWLEDGERS = CASE_WORKERS | _grants(Role.EXAMINER, ACKNOWLEDGE_LANES)
EVERY_SCOPE = frozenset[str]().union(*CLIENT_SCOPES.values())

# The API: resource → action → the grants, of which a caller needs one.
POLICIES: Mapping[str, Policy] = {
    "alerts": {
        **dict.fromkeys(("list", "retrieve", "timeline", "attachments", "file"), CASE_READERS),
        **dict.fromkeys(
            (
                *("take", "release", "note", "dismiss", "confirm_dismissal"),
                *("refuse_dismissal", "reopen", "refer", "attach", "bulk"),
            ),
            CASE_WORKERS,
        ),
        "assign": SENIOR_ANALYSTS,
    },
    "audit-events": {"list": AUDITORS, "retrieve": AUDITORS},
    "audit-chain": {"retrieve": AUDITORS},
    "authorisations": {
        **dict.fromkeys(
            ("list", "retrieve", "drawdowns", "drawdown_sheet", "history", "sheet"),
            CASE_READERS | LIST_KEEPERS,
        ),
        **dict.fromkeys(
            ("create", "load", "suspend", "resume", "propose_revocation"), LIST_EDITORS
        ),
        "revoke": LIST_APPROVERS,
    },
    "batches": {"create": SUBMITTERS},
    "batch": {"retrieve": RECEIPT_READERS, "cancel": SUBMITTERS},
    "category-overrides": {
        **dict.fromkeys(("list", "retrieve"), CASE_READERS),
        "create": CASE_WORKERS,
        **dict.fromkeys(("approve", "withdraw"), SENIOR_ANALYSTS),
    },
    "category-runs": {"list": CASE_READERS},
    "channels": {
        **dict.fromkeys(("list", "retrieve", "counts", "network_file", "sheet"), CASE_READERS),
        **dict.fromkeys(("confirm", "dismiss", "reopen"), CASE_WORKERS),
        "liquidate": SENIOR_ANALYSTS,
    },
    "controlled-deliveries": {
        **dict.fromkeys(("list", "retrieve", "end"), CASE_WORKERS),
        "create": _grants(Role.SENIOR_ANALYST),
    },
    "cover_names": {
        **dict.fromkeys(("list", "retrieve"), CASE_READERS | LIST_KEEPERS),
        **dict.fromkeys(("create", "activate", "withdraw"), LIST_EDITORS),
    },
    "declarations": {"create": SUBMITTERS, "list": CASE_READERS, "retrieve": DOSSIER_READERS},
    "draw-days": dict.fromkeys(("list", "retrieve"), EVERY_ROLE | EVERY_SCOPE),
    "events": {"list": CASE_READERS},
    "exemption-claimants": dict.fromkeys(("list", "sheet"), CASE_READERS),
    "exemption-claims": dict.fromkeys(("list", "retrieve", "sheet"), CASE_READERS),
    "exports": dict.fromkeys(("list", "retrieve", "create", "destroy", "file"), EVERY_ROLE),
    "four-way-check": dict.fromkeys(("list", "retrieve", "sheet"), CASE_READERS),
    "intermediaries": {"list": CASE_READERS},
    "lane-days": {"list": HOLD_READERS},
    "lane-limits": {"list": HOLD_READERS, "retrieve": HOLD_READERS, "create": SENIOR_ANALYSTS},
    "lanes": {"list": LANE_READERS, "retrieve": LANE_READERS, "acknowledge": LANE_ACKNOWLEDGERS},
    "offender-links": {"list": CASE_READERS},
    "outcomes": {
        **dict.fromkeys(("list", "retrieve"), DOSSIER_READERS),
        "create": CASE_WORKERS | _grants(Role.EXAMINER, POST_OUTCOMES),
    },
    "operator-questions": {
        **dict.fromkeys(("list", "retrieve", "sheet", "document"), CASE_READERS),
        **dict.fromkeys(("create", "settle", "withdraw", "extend"), CASE_WORKERS),
    },
    "overdue_lanes": {"list": CASE_READERS, "count": CASE_READERS},
    "editions": {
        **dict.fromkeys(("retrieve", "entries", "difference", "sheet"), EVERY_ROLE),
        **dict.fromkeys(
            ("create", "update", "destroy", "store", "remove", "load", "begin", "propose"),
            LIST_EDITORS,
        ),
        **dict.fromkeys(("give_back", "verify", "simulate"), LIST_KEEPERS),
        "simulation": LIST_READERS,
        "approve": LIST_APPROVERS,
    },
    "list-imports": dict.fromkeys(
        ("list", "retrieve", "destroy", "confirm", "preview"), LIST_EDITORS
    ),
    "legal-entities": {
        **dict.fromkeys(("list", "retrieve", "sheet"), CASE_READERS),
        **dict.fromkeys(("create", "load"), LIST_EDITORS),
    },
    "legal-holds": {
        **dict.fromkeys(("list", "retrieve"), HOLD_READERS),
        **dict.fromkeys(("create", "propose_lifting", "lift"), SENIOR_ANALYSTS),
    },
    "leads": {
        **dict.fromkeys(("list", "retrieve"), _grants(READ_LEADS)),
        **dict.fromkeys(("create", "load"), LEAD_SYSTEMS),
    },
    "lists": {"list": EVERY_ROLE, "retrieve": EVERY_ROLE},
    "look-backs": dict.fromkeys(("list", "retrieve"), LIST_READERS | CASE_WORKERS)
    | dict.fromkeys(("cancel", "resume"), LIST_APPROVERS),
    "me": {"retrieve": EVERY_ROLE | PARTNERS | EVERY_SCOPE},
    "network-runs": {"list": CASE_READERS},
    "notices": dict.fromkeys(("list", "mark_read", "mark_all_read"), EVERY_ROLE | PARTNERS),
    "notification-matches": {
        **dict.fromkeys(("list", "retrieve", "history", "sheet"), CASE_READERS),
        **dict.fromkeys(("propose", "approve"), CASE_WORKERS),
    },
    "parties": dict.fromkeys(
        (
            *("list", "retrieve", "network", "likenesses"),
            *("connection", "network_changes", "shared_identifiers", "metrics"),
            *("network_file", "connection_file", "changes_file", "shares_file"),
        ),
        CASE_READERS,
    ),
    "party-category": {"retrieve": CASE_READERS},
    "party-decisions": {
        **dict.fromkeys(("list", "retrieve"), CASE_READERS),
        "create": CASE_WORKERS,
        **dict.fromkeys(("approve", "withdraw", "bulk"), SENIOR_ANALYSTS),
    },
    "party-metrics": {"list": CASE_READERS},
    "party-pairs": {
        **dict.fromkeys(("list", "retrieve"), CASE_READERS),
        **dict.fromkeys(("decide", "bulk"), CASE_WORKERS),
    },
    "permit-matches": {
        **dict.fromkeys(("list", "retrieve", "history", "sheet"), CASE_READERS),
        **dict.fromkeys(("create", "approve", "withdraw"), CASE_WORKERS),
    },
    "permit-proposals": {"list": CASE_READERS},
    "pre-export-notifications": {
        **dict.fromkeys(
            ("list", "retrieve", "matches", "sheet", "history"), CASE_READERS | LIST_KEEPERS
        ),
        **dict.fromkeys(("create", "load", "step"), LIST_EDITORS),
        "close": CASE_WORKERS,
    },
    "preliminary-links": {
        **dict.fromkeys(("list", "retrieve"), CASE_READERS),
        "decide": CASE_WORKERS,
    },
    "profiles": {
        **dict.fromkeys(("list", "retrieve", "difference", "simulation"), CASE_READERS),
        **dict.fromkeys(("create", "update", "destroy", "propose", "give_back"), SENIOR_ANALYSTS),
        **dict.fromkeys(("approve", "simulate", "cancel"), SENIOR_ANALYSTS),
    },
    "questions": {
        **dict.fromkeys(("list", "retrieve"), RECEIPT_READERS),
        "answer": SUBMITTERS,
    },
    "reagent-baskets": {
        **dict.fromkeys(("list", "retrieve", "sheet", "network_file"), CASE_READERS),
        **dict.fromkeys(("dismiss", "reopen"), CASE_WORKERS),
    },
    "reassessments": {
        **dict.fromkeys(("list", "retrieve", "sheet"), CASE_READERS | LIST_KEEPERS),
        **dict.fromkeys(("cancel", "resume"), LIST_APPROVERS),
    },
    "register-changes": dict.fromkeys(("list", "retrieve", "sheet"), CASE_READERS | LIST_KEEPERS),
    "received-referrals": dict.fromkeys(
        ("list", "retrieve", "receive", "answer"), PARTNERS | _grants(Role.EXAMINER)
    ),
    "receipts": dict.fromkeys(("list", "retrieve", "issues", "rejects", "sheet"), RECEIPT_READERS),
    "referrals": {"list": CASE_READERS, "retrieve": CASE_READERS, "withdraw": CASE_WORKERS},
    "running-totals": dict.fromkeys(("list", "retrieve", "sheet"), CASE_READERS),
    "risk-models": dict.fromkeys(("list", "retrieve"), CASE_READERS)
    | dict.fromkeys(("propose", "approve", "retire"), SENIOR_ANALYSTS),
    "requirements": {
        **dict.fromkeys(("list", "retrieve", "history", "sheet"), CASE_READERS | LIST_KEEPERS),
        **dict.fromkeys(("create", "load"), LIST_EDITORS),
    },
    "returns": {
        **dict.fromkeys(("list", "retrieve", "history", "sheet"), CASE_READERS | LIST_KEEPERS),
        **dict.fromkeys(("create", "load"), LIST_EDITORS),
    },
    "retention-runs": dict.fromkeys(("list", "retrieve"), HOLD_READERS | ADMINISTRATORS),
    "saved-searches": dict.fromkeys(
        ("list", "retrieve", "create", "update", "destroy"), CASE_WORKERS
    ),
    "standing-dismissals": {"list": CASE_READERS, "retrieve": CASE_READERS, "end": CASE_WORKERS},
    "substances": {
        **dict.fromkeys(("list", "retrieve"), EVERY_ROLE),
        **dict.fromkeys(
            ("create", "store_name", "remove_name", "store_identifier", "remove_identifier"),
            LIST_EDITORS,
        ),
    },
    "statistics": dict.fromkeys(("outcomes", "regions", "table", "sheet"), CASE_READERS),
    "successions": dict.fromkeys(("list", "sheet"), CASE_READERS),
    "subscriptions": {"list": EVERY_ROLE, "store": EVERY_ROLE, "destroy": EVERY_ROLE},
    "unannounced-items": dict.fromkeys(("list", "sheet"), CASE_READERS),
    "unverified_entries": {"list": LIST_READERS, "count": LIST_READERS},
    "screen": {"create": CASE_WORKERS | LIST_KEEPERS},
    "webhooks": {
        **dict.fromkeys(("list", "retrieve"), ADMINISTRATORS | AUDITORS),
        **dict.fromkeys(("create", "update", "destroy", "rotate", "replay"), ADMINISTRATORS),
    },
    "watchlist-entries": {
        **dict.fromkeys(("list", "retrieve", "sheet"), CASE_READERS),
        **dict.fromkeys(("create", "load"), CASE_WORKERS),
        **dict.fromkeys(("approve", "approve_many", "withdraw"), SENIOR_ANALYSTS),
    },
}

_LOOK_AT_LISTS: Policy = {"view": LIST_READERS}
_LOOK_AT_CASES: Policy = {"view": AUDITORS}
_EDIT_NAMES: Policy = {
    **_LOOK_AT_LISTS,
    **dict.fromkeys(("add", "change", "delete"), LIST_EDITORS),
}
_KEEP_ACCOUNTS: Policy = {
    "view": ADMINISTRATORS | AUDITORS,
    "add": ADMINISTRATORS,
    "change": ADMINISTRATORS,
}

# The admin: model → view, add, change, delete, and what its actions are → roles.
ADMIN: Mapping[str, Policy] = {
    "account.emailaddress": {},
    "axes.accessfailurelog": {},
    "risk.controllist": {
        **_LOOK_AT_LISTS,
        **dict.fromkeys(("add", "change", "draft"), LIST_EDITORS),
    },
    "risk.covername": {**_LOOK_AT_LISTS, "add": LIST_EDITORS, "decide": LIST_EDITORS},
    "risk.listedition": {
        **_LOOK_AT_LISTS,
        **dict.fromkeys(("change", "delete", "propose"), LIST_EDITORS),
        "approve": LIST_APPROVERS,
        **dict.fromkeys(("return", "simulate"), LIST_KEEPERS),
    },
    "risk.listentry": {
        **_LOOK_AT_LISTS,
        **dict.fromkeys(("add", "change", "delete"), LIST_EDITORS),
        "verify": LIST_KEEPERS,
    },
    "risk.substance": {**_LOOK_AT_LISTS, "add": LIST_EDITORS},
    "risk.substancename": _EDIT_NAMES,
    "risk.substanceidentifier": _EDIT_NAMES,
    "risk.inspectionoutcome": _LOOK_AT_CASES,
    "risk.reassessment": _LOOK_AT_LISTS,
    "risk.registerchange": _LOOK_AT_LISTS,
    "risk.rescreening": _LOOK_AT_LISTS,
    "risk.riskassessment": _LOOK_AT_CASES,
    "risk.riskprofile": {
        "view": HOLD_READERS,
        **dict.fromkeys(
            ("draft", "change", "delete", "simulate", "propose", "return", "approve"),
            SENIOR_ANALYSTS,
        ),
    },
    "risk.substancematch": _LOOK_AT_CASES,
    "shipments.annuallegitimaterequirement": {
        **_LOOK_AT_LISTS,
        **dict.fromkeys(("add", "change"), LIST_EDITORS),
    },
    "shipments.authorisation": _LOOK_AT_LISTS,
    "shipments.consignmentreturn": _LOOK_AT_CASES,
    "shipments.declaration": _LOOK_AT_CASES,
    "shipments.intakebatch": _LOOK_AT_CASES,
    "shipments.intakeissue": _LOOK_AT_CASES,
    "shipments.party": _LOOK_AT_CASES,
    "shipments.preexportnotification": _LOOK_AT_LISTS,
    "shipments.submitter": _LOOK_AT_CASES,
    "targeting.alert": _LOOK_AT_CASES,
    "targeting.agency": _KEEP_ACCOUNTS,
    "targeting.apiclient": {**_KEEP_ACCOUNTS, "delete": ADMINISTRATORS},
    "targeting.auditevent": {"view": AUDITORS},
    "targeting.customsoffice": _KEEP_ACCOUNTS,
    "targeting.delivery": {"view": ADMINISTRATORS | AUDITORS, "again": ADMINISTRATORS},
    "targeting.export": dict.fromkeys(("view", "delete"), LIST_READERS),
    "targeting.legalhold": {
        "view": HOLD_READERS,
        **dict.fromkeys(("add", "change", "lift"), SENIOR_ANALYSTS),
    },
    "targeting.listimport": dict.fromkeys(("view", "change", "delete"), LIST_EDITORS),
    "targeting.notice": {**_LOOK_AT_LISTS, "mark": LIST_READERS},
    "targeting.operatorquestion": _LOOK_AT_CASES,
    "targeting.subscription": dict.fromkeys(("view", "add", "change", "delete"), LIST_READERS),
    "targeting.retentionrun": {"view": HOLD_READERS | ADMINISTRATORS},
    "targeting.person": _KEEP_ACCOUNTS,
    "targeting.user": _KEEP_ACCOUNTS,
    "targeting.webhookendpoint": {**_KEEP_ACCOUNTS, "delete": ADMINISTRATORS},
}
# Rows of every office or agency: for whoever sees everything. Accounts and people are scoped to
# the administrator's agency, the audit to the auditor's.
CENTRAL_ONLY = frozenset(
    {
        "risk.riskprofile",
        "targeting.agency",
        "targeting.apiclient",
        "targeting.customsoffice",
        "targeting.delivery",
        "targeting.legalhold",
        "targeting.retentionrun",
        "targeting.webhookendpoint",
    }
    | {model for model, policy in ADMIN.items() if policy is _LOOK_AT_CASES}
)
ADMIN_ROLES = frozenset[str]().union(*(p for model in ADMIN.values() for p in model.values()))


def allows(granted: Iterable[str], needed: Grants) -> bool:
    """Whether one of the grants that somebody holds is among those needed."""
    return not needed.isdisjoint(granted)


def admin_grants(permission: str) -> Grants:
    """The roles that hold a permission of Django's admin, named as Django names it.

    >>> sorted(admin_grants("targeting.delete_apiclient"))
    ['administrator']
    >>> admin_grants("targeting.delete_user")
    frozenset()
    """
    app, _, rest = permission.partition(".")
    verb, _, model = rest.partition("_")
    return ADMIN.get(f"{app}.{model}", {}).get(verb, NOBODY)


def is_central_only(permission: str) -> bool:
    """Whether the permission opens rows of every office, so that only a central person holds it."""
    app, _, rest = permission.partition(".")
    return f"{app}.{rest.partition('_')[2]}" in CENTRAL_ONLY
