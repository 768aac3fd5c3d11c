"""The web application: ``granian --interface asginl config.asgi:application``."""

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler

from config import startup

startup.start()

from config.limits import RequestLimits  # noqa: E402 - needs Django to be set up

application = RequestLimits(
    ASGIHandler(),
    file_bytes=settings.TARGETING["MAX_UPLOAD_BYTES"],
    answer_seconds=settings.ANSWER_SECONDS,
)
startup.be_ready()
