"""Migrations run while the release before still works (docs/operator.md, "Without stopping").

What stood before these rules is exempt; what comes after keeps them, or stands in STOPS with the
sentence of the changelog that tells operators to stop.
"""

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import NOT_PROVIDED

# The newest migration of each app when the rules came.
BEFORE = {"risk": 51, "shipments": 30, "targeting": 33}
STOPS: frozenset[str] = frozenset()
# What rewrites rows of a table that never has many.
OF_FEW_ROWS: frozenset[str] = frozenset()
# Tables that grow with what is declared: an index or a constraint of them locks out who writes.
LARGE = {
    ("shipments", name)
    for name in (
        *("declaration", "goodsitem", "goodsitemdocument", "partyrole", "container", "party"),
        *("partyname", "partyidentifier", "intakeissue", "intakebatch", "stagerun"),
    )
} | {
    ("risk", name)
    for name in (
        *("substancematch", "riskassessment", "indicatorrow", "lanedecision", "traderecord"),
        *("claimrecord", "notificationmatch", "goodstext", "partymetrics", "partylikeness"),
    )
}
LARGE |= {("targeting", name) for name in ("alert", "alertact", "auditevent", "outboxevent")}


def new_migrations():
    loader = MigrationLoader(None)
    return [
        migration
        for (app, name), migration in sorted(loader.disk_migrations.items())
        if app in BEFORE and int(name[:4]) > BEFORE[app] and f"{app}.{name}" not in STOPS
    ]


def faults_of(migration):
    """What the release before, or who writes meanwhile, could not live with."""
    made = {
        one.name_lower for one in migration.operations if isinstance(one, migrations.CreateModel)
    }
    found = []
    for one in migration.operations:
        model = getattr(one, "model_name_lower", "")
        is_large = model not in made and (migration.app_label, model) in LARGE
        match one:
            case migrations.RenameField() | migrations.RenameModel() | migrations.AlterModelTable():
                found.append(f"{one.describe()}: a new one, both written, then the old one gone")
            case migrations.AddField() if model not in made and not fills_itself(one.field):
                found.append(f"{one.describe()}: nullable, or with db_default")
            case AddIndexConcurrently() | AddConstraintNotValid():
                if migration.atomic and isinstance(one, AddIndexConcurrently):
                    found.append(f"{one.describe()}: atomic = False")
            case migrations.AddIndex() | migrations.AddConstraint() if is_large:
                found.append(f"{one.describe()}: concurrently, or not valid first")
            case migrations.RunPython() if str(migration) not in OF_FEW_ROWS:
                found.append(f"{one.describe()}: rows are rewritten by a job")
    return found


def fills_itself(field):
    """Whether rows that the release before writes have a value of it."""
    is_many = isinstance(field, models.ManyToManyField)
    return is_many or field.null or field.db_default is not NOT_PROVIDED


def test_migrations_when_new_then_the_release_before_works_beside_them() -> None:
    found = {str(one): faults_of(one) for one in new_migrations()}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_large_tables_are_there() -> None:
    """One that was renamed would be checked no more."""
    assert all(apps.get_model(app, name) for app, name in LARGE)


def migration(*operations, atomic=True):
    made = migrations.Migration("9999_new", "shipments")
    made.operations, made.atomic = list(operations), atomic
    return made


TEXT, NULLABLE = models.TextField(), models.TextField(null=True)
INDEX = models.Index(fields=["version"], name="by_version")


@pytest.mark.parametrize(
    ("made", "is_refused"),
    [
        (migration(migrations.AddField("Declaration", "more", TEXT)), True),
        (migration(migrations.AddField("Declaration", "more", NULLABLE)), False),
        (
            migration(migrations.AddField("Declaration", "n", models.TextField(db_default=""))),
            False,
        ),
        (migration(migrations.RenameField("Declaration", "version", "edition")), True),
        (migration(migrations.AddIndex("Declaration", INDEX)), True),
        (migration(migrations.AddIndex("Submitter", INDEX)), False),
        (migration(AddIndexConcurrently("Declaration", INDEX)), True),
        (migration(AddIndexConcurrently("Declaration", INDEX), atomic=False), False),
        (migration(migrations.RunPython(migrations.RunPython.noop)), True),
        (
            migration(
                migrations.CreateModel("Declaration", [("id", models.AutoField(primary_key=True))]),
                migrations.AddField("Declaration", "more", TEXT),
                migrations.AddIndex("Declaration", INDEX),
            ),
            False,
        ),
    ],
)
def test_rules_when_a_migration_breaks_one_then_it_is_named(made, is_refused) -> None:
    assert bool(faults_of(made)) is is_refused
