"""The rules of the structure that no linter knows (ARCHITECTURE.md)."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import env

PACKAGES = ("config", "shipments", "risk", "targeting")
APPS = ("shipments", "risk", "targeting")
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 50
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (env.PROJECT / package).rglob("*.py")
    if "migrations" not in path.parts
)


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path, node=None):
    line = f":{node.lineno}" if node else ""
    return f"{path.relative_to(env.PROJECT)}{line}"


def test_file_when_measured_then_short():
    lengths = {place(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {p: lines for p, lines in lengths.items() if lines >= MOST_FILE_LINES} == {}


def test_function_when_measured_then_short():
    assert [
        place(path, node)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 >= MOST_FUNCTION_LINES
    ] == []


@pytest.mark.parametrize("app", APPS)
def test_app_when_imported_then_nothing_happens(app):
    assert (env.PROJECT / app / "__init__.py").read_text() == ""


def test_environment_when_read_then_only_by_config_env():
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    readers = {
        place(path)
        for path in [*SOURCES, env.PROJECT / "manage.py"]
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and names & {alias.name for alias in node.names})
    }
    assert readers == {"config/env.py"}


def test_except_when_written_then_it_names_what_it_catches():
    assert [
        place(path, node)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ] == []


def lint_imports(folder):
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env=env.for_child(),
        capture_output=True,
        text=True,
        check=False,
    )


# One violation of each contract, by the contract's name in pyproject.toml.
PLANTED = {
    "Imports point targeting → risk → shipments": ("shipments/planted.py", "import risk.models"),
    "Nobody imports config": ("targeting/planted.py", "import config.env"),
    "The domain is plain Python": ("risk/domain/planted.py", "import django.db"),
    "Layers inside targeting": ("targeting/models/planted.py", "import targeting.services"),
    "Layers inside risk and shipments": (
        "shipments/models/planted.py",
        "import shipments.services",
    ),
}


def test_imports_when_a_violation_of_each_contract_is_planted_then_each_is_broken(tmp_path):
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(env.PROJECT / package, tmp_path / package, ignore=ignored)
    shutil.copy(env.PROJECT / "pyproject.toml", tmp_path)
    for path, line in PLANTED.values():
        (tmp_path / path).write_text(line + "\n", encoding="utf-8")

    done = lint_imports(tmp_path)

    assert done.returncode == 1
    for contract, (path, _line) in PLANTED.items():
        assert f"{contract} BROKEN" in done.stdout
        assert path.removesuffix(".py").replace("/", ".") in done.stdout
