"""Migrations that carry rows from one shape to another, tried on rows of the old shape."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from targeting.models import ApiClient, User

BEFORE, NEWEST = [("targeting", "0003_client_secrets")], "targeting"


@pytest.fixture
def before_roles(transactional_db):
    """The models as they were before people had several roles; brought up to date afterwards."""
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def bring_up_to_date():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_roles_when_people_of_the_old_kind_exist_then_they_keep_what_they_could_do(before_roles):
    old = before_roles.get_model("targeting", "User").objects
    for name, more in {
        "analyst": {"role": "analyst"},
        "keeper": {"role": "list_administrator", "is_staff": True},
        "root": {"role": "analyst", "is_staff": True, "is_superuser": True},
        "nobody": {"role": ""},
        "gone": {"role": "analyst", "is_active": False},
    }.items():
        old.create(username=name, password="!", **more)
    submitter = before_roles.get_model("shipments", "Submitter").objects.create(key="broker")
    before_roles.get_model("targeting", "ApiClient").objects.create(
        client_id="broker", submitter=submitter, scopes=["receipts:read"], client_secret=""
    )
    bring_up_to_date()
    assert {user.username: user.roles for user in User.objects.all()} == {
        "analyst": ["analyst"],
        "keeper": ["list_editor"],
        "root": ["administrator"],
        "nobody": [],
        "gone": ["analyst"],
    }
    assert {user.reach for user in User.objects.all()} == {"central"}
    assert not User.objects.get(username="gone").is_active
    assert not User.objects.get(username="root").is_superuser
    client = ApiClient.objects.get()
    assert (client.kind, client.reach, client.scopes) == (
        "api_client",
        "offices",
        ["receipts:read"],
    )
