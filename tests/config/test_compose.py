import json
import re

import jsonschema
import pytest
import yaml

from config import env
from config.embedded import postgres

COMPOSE = env.PROJECT / "docker-compose.yml"
# Of a part that an installation may do without.
OF_AN_OPTION = {"SECRET_KEY_FALLBACKS", "TARGETING_OIDC_CLIENT_SECRET"}
SCHEMA = env.PROJECT / "tests" / "config" / "compose-spec.json"


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def test_compose_file_when_held_against_the_specification_then_valid(compose):
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema)
    assert [error.message for error in validator.iter_errors(compose)] == []
    misspelt = compose | {"services": {"web": {"comand": "granian"}}}
    assert not validator.is_valid(misspelt)


def test_services_when_read_then_the_whole_system_with_health_checks(compose):
    services = compose["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "quick", "beat"}
    assert all("healthcheck" in services[name] for name in services if name != "migrate")
    assert re.fullmatch(r"postgres:18(\.\d+)?", services["postgres"]["image"])
    assert int(re.match(r"redis:(\d+)", services["redis"]["image"])[1]) >= 7


def test_postgres_when_created_then_with_the_locale_of_the_embedded_one(compose):
    given = compose["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    embedded = [word for word in postgres.CLUSTER if "locale" in word or "encoding" in word]
    assert sorted(given) == sorted(embedded)


def test_postgres_when_started_then_with_the_sizes_of_the_embedded_one(compose):
    command = compose["services"]["postgres"]["command"]
    assert command == [
        "postgres",
        *(word for name, size in postgres.SIZES.items() for word in ("-c", f"{name}={size}")),
    ]


def test_passwords_when_read_then_only_from_the_environment_and_never_optional():
    text = COMPOSE.read_text(encoding="utf-8")
    for name in re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)", text):
        if name in OF_AN_OPTION:
            assert text.count(f"${{{name}:") == text.count(f"${{{name}:-}}"), name
            continue
        assert text.count(f"${{{name}:") == text.count(f"${{{name}:?set {name} to "), name
    assert not re.search(r"(?m)^ *\w*(PASSWORD|SECRET)\w*: (?!\$\{)", text)


def test_owner_when_read_then_only_migrations_know_its_password(compose):
    knows = {
        name
        for name, service in compose["services"].items()
        if "TARGETING_OWNER_PASSWORD" in str(service["environment"])
    }
    assert knows == {"postgres", "migrate"}
