"""One small run, generated once for all tests of this folder."""

import csv
import io
from collections import defaultdict
from datetime import date

import pytest

from config import env
from risk.domain.proving.blocks import ENDINGS, Generator, Settings
from risk.domain.proving.kinds import chosen
from risk.domain.proving.materials import read_materials
from risk.domain.proving.plan import Kinds, Rates
from shipments.domain.formats import format_by_key

COUNT = 5_000
FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)


def settings_of(count=COUNT, seed=11, planted=0.05, traps=0.03, codes=()):
    kinds = Kinds(*chosen(codes))
    return Settings(seed, count, FIRST, LAST, Rates(planted, traps), kinds)


def files_of(generator, settings):
    """The run's files by ending, as the command writes them."""
    files = generator.heads()
    for number in range(settings.blocks):
        for ending, piece in generator.block(number).pieces.items():
            files[ending] += piece
    return files


@pytest.fixture(scope="package")
def materials():
    return read_materials(env.PROJECT / "fixtures", seed=11, count=COUNT, first_day=FIRST)


@pytest.fixture(scope="package")
def generated(materials):
    settings = settings_of()
    files = files_of(Generator(settings, materials), settings)
    assert set(files) == set(ENDINGS)
    return files


@pytest.fixture(scope="package")
def parsed(generated):
    stream = io.BytesIO(generated[".ndjson"])
    return list(format_by_key("ndjson").parse(stream))


@pytest.fixture(scope="package")
def declarations(parsed):
    return [found.declaration for found in parsed]


def rows(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.fixture(scope="package")
def truth(generated):
    return rows(generated[".truth.csv"])


@pytest.fixture(scope="package")
def truth_of(truth):
    found = defaultdict(list)
    for row in truth:
        found[row["registration_number"]].append(row)
    return found
