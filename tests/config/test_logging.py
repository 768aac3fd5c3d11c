import io
import json
import logging
import logging.config

import pytest
import structlog

from config.logging import logging_settings
from config.redaction import redacted


def test_json_line_when_a_field_is_secret_then_its_value_is_hidden():
    settings = logging_settings(json=True)
    stream = io.StringIO()
    formatter = settings["formatters"]["line"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
        )
    )
    logger = logging.Logger("plain")
    logger.addHandler(handler)

    structlog.wrap_logger(
        logger,
        processors=[structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    ).info("token_issued", client="c1", client_secret="s3cret", access_token="t0ken")
    logger.warning("plain words")

    first, second = map(json.loads, stream.getvalue().splitlines())
    assert (first["event"], first["client"]) == ("token_issued", "c1")
    assert (first["client_secret"], first["access_token"]) == ("[hidden]", "[hidden]")
    assert (second["event"], second["level"]) == ("plain words", "warning")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer abc.def-123456", "abc.def-123456"),
        ("Basic YnJva2VyOnNlY3JldA==", "YnJva2VyOnNlY3JldA=="),
        ("POST client_secret=s3cr3t-value&x=1", "s3cr3t-value"),
        ('{"password": "open sesame"}', "open"),
        ("code=123456", "123456"),
        ("redis://:hunter22@broker:6379/0", "hunter22"),
        ("/accounts/password/reset/key/3-abc-def0123/", "3-abc-def0123"),
        ("duplicate key\nDETAIL:  Key (name)=(ТОО Пример) already exists.", "Пример"),
        ("mail to aigul@customs.example", "aigul"),
        ("no party 990140000385", "990140000385"),
    ],
)
def test_text_when_it_holds_a_secret_or_a_person_then_without(text, hidden):
    assert hidden not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "commodity_code=2915240000",
        "code=query_too_slow status=503",
        "55301/121125/0001234 chunk 7",
        "position=12 digest=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_text_when_it_holds_neither_then_as_it_was(text):
    assert redacted(text) == text


@pytest.mark.parametrize("json", [True, False])
def test_trace_when_it_quotes_a_row_then_without_it(json):
    stream = io.StringIO()
    formatter = logging_settings(json=json)["formatters"]["line"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
        )
    )
    logger = logging.Logger("plain")
    logger.addHandler(handler)
    name, number = "Ахметов", "900101300123"
    try:
        raise ValueError(f"broken\nDETAIL:  Failing row contains (7, {name}).")
    except ValueError:
        logger.exception("fault of %s", number)
    written = stream.getvalue()
    assert "Traceback" in written
    assert name not in written
    assert number not in written
