"""What codes are called on pages. What a model's ``choices`` name is not repeated here."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from risk.models.choices import METHODS, SUBSTANCE_KINDS
from shipments.models.choices import BatchState, IssueSeverity
from targeting.domain.lifecycle import Move
from targeting.models.choices import REFERRAL_KINDS, REFERRAL_STATES
from targeting.workbench.case_forms import PART_WORDS

LABELS: Mapping[str, Mapping[str, str | Promise]] = {
    "lane": {
        "red": _("red"),
        "yellow": _("yellow"),
        "blue": _("blue"),
        "green": _("green"),
    },
    "step": {
        Move.TAKE: _("Take it"),
        Move.ASSIGN: _("Give it to somebody"),
        Move.RELEASE: _("Give it back to the queue"),
        Move.NOTE: _("Add a note"),
        Move.DISMISS: _("Dismiss"),
        Move.CONFIRM_DISMISSAL: _("Confirm the dismissal"),
        Move.REFUSE_DISMISSAL: _("Refuse the dismissal"),
        Move.REOPEN: _("Open it again"),
    },
    "sent": {
        "registration_number": _("Declaration"),
        "version": _("Version"),
        "accepted_at": _("Accepted"),
        "customs_office": _("Customs office"),
        "country_of_dispatch": _("Dispatched from"),
        "country_of_trading": _("Trading country"),
        "country_of_destination": _("Country of destination"),
        "border_office": _("Border office"),
        "transport_mode": _("Kind of transport"),
        "transport_id": _("Vehicle"),
        "item_number": _("Goods item"),
        "description": _("Description"),
        "commodity_code": _("Commodity code"),
        "country_of_origin": _("Country of origin"),
        "net_mass_kg": _("Net mass, kg"),
        "gross_mass_kg": _("Gross mass, kg"),
        "key": _("Key"),
        "name": _("Name"),
        "code": _("Code"),
        "number": _("Number"),
        "role": _("Role"),
        "country": _("Country"),
        "address": _("Address"),
        "identifiers": _("Identifiers"),
    },
    "part": {part.value: word for part, word in PART_WORDS.items()},
    "referral": dict(REFERRAL_KINDS),
    "referral_state": dict(REFERRAL_STATES),
    "batch": dict(BatchState.choices),
    "severity": dict(IssueSeverity.choices),
    "side": {
        "notice": _("Notice"),
        "authorisation": _("Permit"),
        "declaration": _("Declaration"),
        "found": _("Found"),
        "received": _("Received"),
    },
    "verdict": {
        "agrees": _("agrees"),
        "differs": _("differs"),
        "missing": _("missing"),
        "not_required": _("not required"),
        "unknown": _("unknown"),
    },
    "limit": {
        "above": _("above the limit"),
        "below": _("below the limit"),
        "not_stated": _("no strength stated"),
        "not_limited": _("at any strength"),
    },
    "method": dict(METHODS),
    "kind": dict(SUBSTANCE_KINDS),
    "reason": {
        "innocent_name": _("nearer to the name of innocent goods"),
        "another_molecule": _("the name of another molecule"),
        "absent": _("said to be absent"),
        "purpose": _("said of a use or a source"),
        "derivative": _("part of the name of a derivative"),
        "wrong_check_digit": _("the number's check digit is wrong"),
        "not_in_force": _("not listed on that day"),
    },
    "ground": {
        "criteria": _("by the criteria"),
        "random": _("by the random draw"),
        "top_up": _("to the expected rate of the office's day"),
        "none": _("no ground"),
    },
    "node": {
        "party": _("party"),
        "bin": _("BIN"),
        "iin": _("IIN"),
        "tax_id": _("tax number"),
        "phone": _("phone"),
        "email": _("email"),
        "address": _("address"),
        "bank_account": _("account"),
        "wallet": _("wallet"),
        "website": _("site"),
        "vehicle": _("vehicle"),
        "container": _("container"),
        "office": _("customs office"),
        "border_office": _("border office"),
    },
    "mark": {
        "offender": _("offender"),
        "watchlisted": _("watched"),
    },
    "sign": {
        "recurs": _("comes again and again"),
        "importers_linked": _("importers that are linked"),
        "importers_take_turns": _("importers that take turns"),
        "names_disguised": _("goods under other names"),
        "one_supplier": _("mostly one supplier"),
        "one_border_office": _("mostly one border office"),
        "one_broker": _("mostly one broker"),
        "one_carrier": _("mostly one carrier"),
        "one_country": _("mostly one country"),
    },
    "channel_step": {
        "confirm": _("Hold it for true"),
        "liquidate": _("It was cut"),
        "dismiss": _("There is no channel"),
        "reopen": _("Suspect it again"),
    },
    "link": {
        "trade": _("supplies"),
        "represented_by": _("represents"),
        "carried_by": _("carries"),
        "has": _("has"),
        "declared_at": _("declares at"),
        "entered_at": _("enters at"),
        "carried_on": _("carried on"),
        "carried_in": _("carried in"),
        "one_trader": _("one trader"),
    },
}


def label(code: str, family: str) -> str | Promise:
    """The word for a code of the family; a code that has none is shown as it is."""
    return LABELS[family].get(code, code)
