"""The web application: ``granian --interface asginl config.asgi:application``."""

from django.core.handlers.asgi import ASGIHandler

from config import startup

startup.start()
application = ASGIHandler()
