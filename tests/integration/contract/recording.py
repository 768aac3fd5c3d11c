"""Examples of answers, as the running system gave them (``make examples``)."""

import json
from typing import Any

from targeting.api.examples import EXAMPLES, EXAMPLES_FILE

SITE = "https://targeting.example"
MOST_ROWS, MOST_PARTS, MOST_TEXT = 1, 2, 300
# Shown once to one reader; an example shows none.
SECRETS = {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}


def record(answers: dict[str, Any], address: str, *, anew: bool) -> None:
    """Write what succeeded beside the requests, which people write; ``anew`` in place of what was
    recorded before, too, whose times and numbers are then others."""
    told = {label: dict(example) for label, example in EXAMPLES.items()}
    for label, answer in answers.items():
        is_wanted = anew or "response" not in told.get(label, {})
        if is_wanted and (shown := _shown(answer, address)):
            told.setdefault(label, {})["response"] = shown
    text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True)
    EXAMPLES_FILE.write_text(text + "\n", encoding="utf-8")


def _shown(answer: Any, address: str) -> dict[str, Any] | None:
    given = answer.headers.get("content-type") or ""
    media_type = (given if isinstance(given, str) else given[0]).partition(";")[0]
    if not answer.content:
        return None
    if media_type == "application/json":
        body = _short(json.loads(answer.text.replace(address, SITE)), MOST_ROWS)
    else:
        body = answer.text[:MOST_TEXT] if media_type.startswith("text/") else "…"
    return {"status": answer.status_code, "media_type": media_type, "body": body}


def _short(value: Any, most: int) -> Any:
    """The first rows, and of what they hold the first parts."""
    if isinstance(value, list):
        return [_short(one, MOST_PARTS) for one in value[:most]]
    if isinstance(value, dict):
        return {
            key: SECRETS.get(key) or _short(one, MOST_ROWS if key == "results" else MOST_PARTS)
            for key, one in value.items()
        }
    return value
