"""Build the long tail of innocent names."""

import itertools
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from risk.domain.lists.names_csv import read_names
from risk.domain.lists.sources import read_lists
from risk.domain.matching.tail import FILE_NAME, InnocentTail, stem_key, write_tail
from risk.domain.matching.tail_sources import (
    compounds,
    names_of_compounds,
    names_of_goods,
    parted,
)
from risk.domain.matching.vocabulary import compile_vocabulary


class Command(BaseCommand):
    help = (
        "Build fixtures/names/innocent_tail.bin anew: hashes of the names of all chemicals of"
        " the package chemicals and of the tariff's words that are on no shipped list. The"
        " same package and fixtures give the same bytes. Takes minutes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--out", type=Path, help="another file than the shipped one")

    def handle(self, *args: Any, **options: Any) -> None:
        fixtures = Path(settings.TARGETING["FIXTURES_DIR"])
        path = options["out"] or fixtures / "names" / FILE_NAME
        lists = read_lists(fixtures / "lists")
        entries = [entry for one in lists for entry in one.entries]
        names = [name for one in lists for name in one.names]
        names.extend(read_names(fixtures / "names" / "synonyms.csv"))
        listed, innocent = parted(compounds(), entries)
        taken = {term.key for term in compile_vocabulary(names, ()).terms}
        taken.update(key for key, _cas_rn in names_of_compounds(listed))
        taken.update([root for key in taken if (root := stem_key(key))])
        found = itertools.chain(
            names_of_compounds(innocent), names_of_goods(fixtures / "goods", names)
        )
        count = write_tail(
            path,
            (pair for pair in found if pair[0] not in taken),
            (one.cas_rn for one in innocent),
        )
        size = path.stat().st_size / 1e6
        self.stdout.write(f"{path}: {count} names of {len(innocent)} chemicals and of goods")
        self.stdout.write(f"{size:.1f} MB, digest {InnocentTail(path).digest}")
