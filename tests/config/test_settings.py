"""The settings modules, each read by a fresh process as a user would start it."""

import ast
import subprocess
import sys

import pytest
import yaml

from config import env

PROD = {
    "DJANGO_SETTINGS_MODULE": "config.settings.prod",
    "SECRET_KEY": "k3y-" + "0123456789abcdef" * 4,
    "TARGETING_DRAW_SECRET": "draw-" + "0123456789abcdef" * 2,
    "DATABASE_URL": "postgresql://targeting_app:app@db.example/targeting",
    "DATABASE_OWNER_URL": "postgresql://targeting_owner:own@db.example/targeting",
    "CELERY_BROKER_URL": "redis://:broker@broker.example/0",
    "ALLOWED_HOSTS": "targeting.example.org",
    "DEBUG": "",
}


def run(tmp_path, *words, **variables):
    return subprocess.run(
        [sys.executable, *words],
        cwd=env.PROJECT,
        env=env.for_child(**{"TARGETING_DATA_DIR": str(tmp_path), **variables}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_prod_when_every_variable_is_right_then_the_deployment_check_is_clean(tmp_path):
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level=WARNING", **PROD)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "django-insecure-" + "0123456789abcdef" * 4),
        ("TARGETING_DRAW_SECRET", ""),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite:///file"),
        ("DATABASE_OWNER_URL", "postgresql://targeting_owner:own@db.example/other"),
        ("CELERY_BROKER_URL", "localhost"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("DEBUG", "true"),
        ("DATABASE_POOL_SIZE", "0"),
        ("CACHE_URL", "memcached://cache.example"),
        ("EMAIL_URL", "mail.example"),
        ("TARGETING_REQUIRE_SECOND_FACTOR", "false"),
        ("TARGETING_OIDC_ISSUER", "http://id.example"),
    ],
)
def test_prod_when_a_variable_is_missing_or_wrong_then_its_name_is_in_one_sentence(
    tmp_path, name, value
):
    program = (
        "import importlib, django.core.exceptions as e\n"
        "try: importlib.import_module('config.settings.prod')\n"
        "except e.ImproperlyConfigured as error: print(error)"
    )
    done = run(tmp_path, "-c", program, **PROD | {name: value})
    assert done.stdout.startswith(f"{name} ")
    assert done.stdout.count("\n") == 1
    assert not done.stderr


def test_manage_when_nothing_is_set_up_then_a_sentence_and_no_traceback(tmp_path):
    unset = dict.fromkeys([*PROD, "TARGETING_TEST_DATABASE"], "")
    done = run(tmp_path, "manage.py", "migrate", **unset)
    assert done.returncode == 1
    assert done.stderr == (
        "manage.py: DATABASE_URL is not set: run `make up` or set DATABASE_URL.\n"
    )


@pytest.mark.parametrize("module", ["config.asgi", "config.wsgi"])
def test_server_when_a_variable_is_wrong_then_a_sentence_and_no_traceback(tmp_path, module):
    done = run(tmp_path, "-c", f"import {module}", **PROD | {"ALLOWED_HOSTS": "*"})
    assert done.returncode == 1
    assert done.stderr == "ALLOWED_HOSTS is empty or has '*': host names are allowed.\n"


def test_migrate_when_there_is_no_owner_then_a_sentence(tmp_path):
    done = run(tmp_path, "manage.py", "migrate", **PROD | {"DATABASE_OWNER_URL": ""})
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: DATABASE_OWNER_URL is not set")


def test_dev_when_the_second_factor_is_not_required_then_it_is_said_aloud(tmp_path):
    variables = PROD | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "TARGETING_REQUIRE_SECOND_FACTOR": "false",
    }
    done = run(tmp_path, "manage.py", "check", **variables)
    assert "a stolen password is enough to come in" in done.stderr


def names_read_by_the_code():
    """Every variable that some module asks ``config.env`` for."""
    for path in env.PROJECT.glob("config/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if ast.unparse(node.func).rpartition(".")[2] in dir(env):
                yield from (
                    word.value
                    for word in node.args
                    if isinstance(word, ast.Constant) and str(word.value).isupper()
                )


def test_example_when_compared_with_the_code_then_each_variable_is_in_both():
    lines = (env.PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    documented = {line.split("=")[0] for line in lines if line and not line.startswith("#")}
    compose = yaml.safe_load((env.PROJECT / "docker-compose.yml").read_text(encoding="utf-8"))
    used = set(names_read_by_the_code())
    assert used <= documented
    assert all(name in str(compose) for name in documented - used)
