"""The same web application for WSGI servers."""

from django.core.handlers.wsgi import WSGIHandler

from config import startup

startup.start()
application = WSGIHandler()
