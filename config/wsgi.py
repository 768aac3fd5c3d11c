"""The same web application for WSGI servers, whose proxy bounds bodies (``config.limits``)."""

from django.core.handlers.wsgi import WSGIHandler

from config import startup

startup.start()
application = WSGIHandler()
startup.be_ready()
