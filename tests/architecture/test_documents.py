"""The documents are true of the code, as far as a program can tell."""

import hashlib
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from config import env

ROOT = env.PROJECT
GUIDES = ROOT / "docs"
DECISIONS = GUIDES / "adr"
# The standard text, byte for byte.
LICENSE_SHA256 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"

FENCE = re.compile(r"^ *```.*?^ *```", re.M | re.S)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]\n]*\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.M)
ELSEWHERE = ("https://", "http://", "mailto:")
MAKE_CALL = re.compile(r"(?:^|[`$(]) *make ([a-z]+)", re.M)
PROJECT_FILE = re.compile(r"[\w.-]+(?:/[\w.-]+)*/(?:[\w.-]+\.\w+)?")

# A folder of one machine; an address from which packages come.
MACHINE_PATH = re.compile(r"(?<![\w.~}>*-])/(?:work|root|home)/\w")
INDEX_ADDRESS = re.compile(r"--(?:extra-)?index-url|^ *(?:extra-)?index-url *=", re.M)


def files(*suffixes: str) -> Iterator[Path]:
    """The project's own files: no environment, no data of an installation, no caches."""
    kept = {".ci"}
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(
            name
            for name in below
            if (not name.startswith(".") or name in kept)
            and name not in {"__pycache__", "node_modules"}
            and Path(folder, name) != env.data_dir()
        )
        for name in sorted(names):
            if name.endswith(suffixes) and name != ".env":
                yield Path(folder, name)


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


DOCUMENTS = list(files(".md"))
STANDING = [ROOT / f"{name}.md" for name in ("README", "ARCHITECTURE", "CONTRIBUTING", "SECURITY")]

over_documents = pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
over_standing = pytest.mark.parametrize("document", STANDING, ids=name_of)


def anchors_of(document: Path) -> set[str]:
    """The anchors that a reader's page makes of the headings."""
    headings = HEADING.findall(FENCE.sub("", text_of(document)))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@over_documents
def test_link_when_followed_then_there_is_something(document: Path) -> None:
    prose = CODE_SPAN.sub("", FENCE.sub("", text_of(document)))
    broken = []
    for target in LINK.findall(prose):
        if target.startswith(ELSEWHERE):
            continue
        path, _, anchor = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        is_there = found.exists() and found.is_relative_to(ROOT)
        if not is_there or (anchor and anchor not in anchors_of(found)):
            broken.append(target)
    assert broken == []


@over_documents
def test_make_target_when_named_then_it_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of(ROOT / "Makefile"), re.M))
    text = text_of(document)
    code = [*FENCE.findall(text), *(f"`{span}" for span in CODE_SPAN.findall(FENCE.sub("", text)))]
    named = {target for piece in code for target in MAKE_CALL.findall(piece)}
    assert named <= targets
    if document == ROOT / "README.md":
        assert {"demo", "test", "down", "help"} <= named


@over_standing
def test_file_when_named_then_it_exists(document: Path) -> None:
    named = set(CODE_SPAN.findall(FENCE.sub("", text_of(document))))
    files_named = {span for span in named if PROJECT_FILE.fullmatch(span)}
    # Folders inside any app; made by a command; named as what must not be.
    elsewhere = {
        "services/",
        "selectors/",
        "models/",
        "helpers/",
        "common/",
        ".venv/",
        ".targeting/",
    }
    assert {span for span in files_named - elsewhere if not (ROOT / span).exists()} == set()


@over_standing
def test_test_when_named_then_it_exists(document: Path) -> None:
    sources = "\n".join(text_of(path) for path in files(".py") if "tests" in path.parts)
    named = re.findall(r"`(test_\w+)`", text_of(document))
    assert [test for test in named if f"def {test}(" not in sources] == []


def test_term_when_in_the_glossary_then_in_the_code() -> None:
    rows = re.findall(r"^\|[^|]+\|([^|]+)\|", text_of(ROOT / "GLOSSARY.md"), re.M)
    terms = {term for cell in rows for term in CODE_SPAN.findall(cell)}
    sources = [path for app in ("shipments", "risk", "targeting") for path in files(".py")
               if path.is_relative_to(ROOT / app)]  # fmt: skip
    words = {word for path in sources for word in re.findall(r"[A-Za-z_]\w*", text_of(path))}
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sources}
    assert len(terms) > 50
    assert terms - words - modules == set()


def test_guides_and_decisions_when_written_then_in_the_index() -> None:
    index = text_of(GUIDES / "README.md")
    written = [path.relative_to(GUIDES) for path in GUIDES.rglob("*.md")]
    assert [str(p) for p in written if p.name != "README.md" and str(p) not in index] == []


def test_decisions_when_counted_then_numbered_without_gaps() -> None:
    decisions = sorted(DECISIONS.glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    assert all(text_of(path).startswith(f"# {int(path.name[:4])}. ") for path in decisions)


@pytest.mark.parametrize("source", ["base", "embedded", "bench", "dev"])
def test_dependency_when_asked_for_then_its_decision_is_written(source: str) -> None:
    lines = text_of(ROOT / "requirements" / f"{source}.in").splitlines()
    asked = {re.split(r"[\[<>=; ]", line)[0] for line in lines if line and line[0] not in "-#"}
    table = text_of(DECISIONS / "0003-dependencies.md").partition(f"(`{source}.in`)")[2]
    listed = set(re.findall(r"^\| ([a-z][\w-]*) \|", table.partition("\n## ")[0], re.M))
    assert listed - {"package"} == asked


def test_readme_when_opened_then_short() -> None:
    assert len(text_of(ROOT / "README.md").splitlines()) <= 120


def test_license_when_shipped_then_the_standard_text() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == LICENSE_SHA256


def test_file_when_shipped_then_without_paths_of_a_machine_or_addresses_of_indexes() -> None:
    found = []
    for path in files(""):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # not text, or a fixture in another encoding
        if path != Path(__file__) and (MACHINE_PATH.search(text) or INDEX_ADDRESS.search(text)):
            found.append(name_of(path))
    assert found == []
