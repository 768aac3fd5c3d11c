import json
import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """A project folder with no .env, and a data folder with nothing in it."""
    monkeypatch.setattr(env, "PROJECT", tmp_path)
    monkeypatch.setenv("TARGETING_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("NAME", raising=False)
    (tmp_path / "data").mkdir()
    return tmp_path


def embed(folder, **variables):
    (folder / "data" / env.EMBEDDED_STATE).write_text(json.dumps({"variables": variables}))


def test_text_when_set_in_several_places_then_the_nearest_wins(nowhere, monkeypatch):
    assert env.text("NAME", default="default") == "default"
    embed(nowhere, NAME="embedded")
    assert env.text("NAME", default="default") == "embedded"
    (nowhere / ".env").write_text("# NAME=comment\n\nNAME = 'file'\n")
    assert env.text("NAME", default="default") == "file"
    monkeypatch.setenv("NAME", "process")
    assert env.text("NAME", default="default") == "process"


def test_text_when_empty_then_not_set(monkeypatch):
    monkeypatch.setenv("NAME", "")
    with pytest.raises(ImproperlyConfigured, match=r"^NAME is not set: a word\.$"):
        env.text("NAME", allowed="a word")


def test_dotenv_when_a_value_has_an_equals_sign_then_it_stays(nowhere):
    (nowhere / ".env").write_text("NAME=a=b=\n")
    assert env.text("NAME") == "a=b="


def test_embedded_when_the_file_is_damaged_then_a_sentence_names_it(nowhere):
    (nowhere / "data" / env.EMBEDDED_STATE).write_text("{")
    with pytest.raises(ImproperlyConfigured, match=r"embedded\.json is damaged"):
        env.text("NAME", default="x")


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.integer("NAME", default=1, low=1, high=9), "ten"),
        (lambda: env.integer("NAME", default=1, low=1, high=9), "10"),
        (lambda: env.integer("NAME", default=1, low=1, high=9), "-1"),
        (lambda: env.integer("NAME", default=1, low=1, high=9), "٣"),
        (lambda: env.boolean("NAME", default=False), "maybe"),
        (lambda: env.secret("NAME", shortest=32), "short"),
        (lambda: env.secret("NAME", shortest=32), "a" * 64),
        (lambda: env.secret("NAME", shortest=32), "django-insecure-0123456789abcdefghijklmnop"),
        (lambda: env.broker("NAME"), "http://127.0.0.1"),
        (lambda: env.broker("NAME"), "127.0.0.1:6379"),
        (lambda: env.database("NAME"), "mysql://user:pass@host/name"),
        (lambda: env.database("NAME"), "postgresql://host/name"),
        (lambda: env.database("NAME"), "postgresql://user:pass@host"),
        (lambda: env.database("NAME"), "postgresql://user:pass@host:port/name"),
        (lambda: env.database("NAME"), "postgresql://user:pass@host/name?broken"),
        (lambda: env.database("NAME"), "postgresql://user:pass@[host/name"),
    ],
)
def test_wrong_value_when_read_then_one_sentence_names_variable_and_what_is_allowed(
    read, value, monkeypatch
):
    monkeypatch.setenv("NAME", value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    sentence = str(caught.value)
    assert re.match(r"NAME (is|lacks) .+: .+\.$", sentence)
    assert "\n" not in sentence
    assert "pass@" not in sentence.replace("user:password@host", "")


def test_numbers_words_and_switches_when_right_then_typed(monkeypatch):
    monkeypatch.setenv("NAME", "9")
    assert env.integer("NAME", default=1, low=1, high=9) == 9
    monkeypatch.setenv("NAME", "True")
    assert env.boolean("NAME", default=False) is True
    monkeypatch.setenv("NAME", " a.example , b.example,")
    assert env.words("NAME") == ["a.example", "b.example"]
    assert env.words("OTHER_NAME") == []
    assert env.words("OTHER_NAME", default=("x", "y")) == ["x", "y"]


def test_database_when_the_url_is_encoded_then_parts_are_decoded(monkeypatch):
    monkeypatch.setenv("NAME", "postgres://us%40er:p%2Fw@db.example/%D0%B1?sslmode=verify-full")
    assert env.database("NAME") == {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "db.example",
        "PORT": 5432,
        "NAME": "б",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "OPTIONS": {"sslmode": "verify-full"},
    }


def test_require_explicit_when_only_embedded_has_it_then_refused(nowhere, monkeypatch):
    embed(nowhere, NAME="embedded")
    with pytest.raises(ImproperlyConfigured, match=r"^NAME is not set: in production"):
        env.require_explicit("NAME")
    monkeypatch.setenv("NAME", "given")
    env.require_explicit("NAME")


def test_data_dir_when_relative_then_in_the_project(nowhere, monkeypatch):
    monkeypatch.setenv("TARGETING_DATA_DIR", "elsewhere")
    assert env.data_dir() == nowhere / "elsewhere"
    monkeypatch.delenv("TARGETING_DATA_DIR")
    assert env.data_dir() == nowhere / ".targeting"


def test_for_child_when_libpq_variables_are_set_then_left_out(monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c search_path=x")
    monkeypatch.setenv("KEPT", "yes")
    child = env.for_child(ADDED="1")
    assert "PGOPTIONS" not in child
    assert (child["KEPT"], child["ADDED"]) == ("yes", "1")
