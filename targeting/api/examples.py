"""Examples of every operation, as the description of the API shows them.

All of them stand in ``examples.json``, by method and path: the ``request`` or ``query`` written by
hand, the ``response`` as the running system gave it (``make examples`` asks for what is missing).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EXAMPLES_FILE = Path(__file__).with_name("examples.json")
EXAMPLES: Mapping[str, Mapping[str, Any]] = json.loads(EXAMPLES_FILE.read_text(encoding="utf-8"))
# Of bodies that stand for several types the forms and JSON alone have an example.
_STRUCTURED = ("application/json", "multipart/form-data")


def show_examples(operation: dict[str, Any], label: str) -> dict[str, Any]:
    """The operation with what there is of it, in place of what the generator thought up."""
    found = EXAMPLES.get(label, {})
    for name, value in found.get("query", {}).items():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and parameter["name"] == name:
                is_list = parameter["schema"].get("type") == "array"
                parameter["example"] = value.split(",") if is_list else value
    if "request" in found:
        body = found["request"]
        is_form = isinstance(body, dict) and "file" in body
        for media_type, shown in operation["requestBody"]["content"].items():
            if media_type in _STRUCTURED and (media_type == _STRUCTURED[1] or not is_form):
                shown["example"] = body
    if "response" in found:
        status, media_type = found["response"]["status"], found["response"]["media_type"]
        content = operation["responses"][str(status)].get("content", {})
        if media_type in content:
            content[media_type]["example"] = found["response"]["body"]
    return operation
