"""The server process of a connection takes the niceness that the settings ask for."""

import os

import psycopg
import pytest
from django.db import connection

from config.standing_back import NICENESS


@pytest.mark.django_db
@pytest.mark.parametrize("niceness", [0, 7])
def test_connection_when_opened_then_its_server_process_stands_back(niceness):
    other = connection.copy()
    other.settings_dict = connection.settings_dict | {NICENESS: niceness}
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        before = os.getpriority(os.PRIO_PROCESS, _backend_of(connection.connection))
        assert os.getpriority(os.PRIO_PROCESS, pid) == max(before, niceness)
    finally:
        other.close()


def _backend_of(session: psycopg.Connection) -> int:
    return session.info.backend_pid
