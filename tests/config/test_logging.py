import io
import json
import logging
import logging.config

import structlog

from config.logging import logging_settings


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
