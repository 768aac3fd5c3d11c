"""Structures in a text → list entries: InChIKey, InChI, SMILES and learned systematic names.

A structure is that of an entry when it is the same molecule, its hydrate or an isotopologue
of it; a salt, a stereoisomer or an ester only where an entry covers them. RDKit is imported
when the first structure has to be read; an InChIKey alone needs no chemistry.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import msgspec

from risk.domain.matching.evidence import Method
from risk.domain.matching.molecules import (
    Molecule,
    esters_of,
    has_pattern,
    is_pattern,
    parent_key,
    read_molecule,
)
from risk.domain.matching.scope import excepted_acids
from risk.domain.matching.systematic import opsin_smiles, systematic_spans
from risk.domain.substances import ListEntry

_SKELETON = 14
_INCHIKEY = re.compile(r"(?<![A-Z])[A-Z]{14}-[A-Z]{10}-[A-Z](?![A-Z])")
_END_OF_INCHIKEY = re.compile(r"-[A-Z]{10}-[A-Z]")
_INCHI = re.compile(r"InChI=1S?/[^\s;\"]+")
_SMILES = re.compile(
    r"(?<![\w.,\-()=#/\\%@+\[\]])(?:\[[A-Za-z0-9@+\-]{1,12}\]|[BCNOPSFIclnosrH0-9@+\-()=#/\\%.]){6,200}(?![\w-])"
)
_LOOKS_SMILES = re.compile(r"=|#|c1|C1|\[[A-Z]|\(C|\(O|\(N|\(c")
# What a text must hold to be worth looking for a SMILES at all.
_MAY_HOLD_SMILES = re.compile(r"[=#]|[cC]1|\[[A-Z]|\([CONc]")
_SMILES_WORD = re.compile(r"(?:smiles|structure|структура)\W{0,3}$", re.IGNORECASE)
_SMILES_BEHIND = re.compile(r"\W{1,3}smiles\b", re.IGNORECASE)
# Note 2 to section 2.12 of the EAEU list: salts of these acids are not controlled.
_SALTS_ARE_FREE = frozenset({"acetic-acid", "hydrochloric-acid", "sulfuric-acid"})
_MAX_CACHED = 20_000
# Shorter than this a SMILES is read only behind the word.
_BARE_SMILES = 8

SAME, COVERED, ONE_OF_SEVERAL, CLAUSE, NOT_COVERED = 0.98, 0.90, 0.80, 0.75, 0.30
_SCORES = {
    "same": SAME, "hydrate": SAME, "isotopologue": COVERED, "salt": COVERED,
    "stereoisomer": COVERED, "ester": COVERED, "clause": CLAUSE,
}  # fmt: skip


class GenericClause(msgspec.Struct, frozen=True, kw_only=True):
    """A clause of a list that names a family: every molecule with ``smarts`` and without
    any of ``without`` counts as ``substance_key``."""

    list_code: str
    substance_key: str
    smarts: str
    without: tuple[str, ...] = ()


class StructureMention(msgspec.Struct, frozen=True):
    """A place whose structure belongs to a substance; ``relation`` says how: same, hydrate,
    isotopologue, salt, stereoisomer, ester or clause."""

    substance_key: str
    start: int
    end: int
    method: Method
    score: float
    name: str
    relation: str


class _Hit(msgspec.Struct, frozen=True):
    substance_key: str
    relation: str
    score: float


class _Form(msgspec.Struct, frozen=True):
    """One listed form and what its list covers beside it."""

    substance_key: str
    inchikey: str
    smiles: str
    includes_salts: bool
    includes_isomers: bool
    includes_esters: bool
    excepted_acids: frozenset[str] = frozenset()


class StructureIndex:
    """Entries by structure. Building it is cheap; the first structure costs RDKit's import
    and the reading of all listed structures, about a second."""

    def __init__(self, entries: Iterable[ListEntry], clauses: Sequence[GenericClause] = ()) -> None:
        entries = tuple(entries)
        self._forms = tuple(_merged(entries))
        self._given_clauses = tuple(clauses)
        self._entry_clauses = tuple(clauses_of(entries))
        self._by_key: dict[str, list[_Form]] = defaultdict(list)
        self._by_skeleton: dict[str, list[_Form]] = defaultdict(list)
        for form in self._forms:
            if form.inchikey:
                self._by_key[form.inchikey].append(form)
                self._by_skeleton[form.inchikey[:_SKELETON]].append(form)
        self._learned: dict[str, str] = {}
        self._memory: dict[str, tuple[_Hit, ...]] = {}

    def find(self, text: str) -> list[StructureMention]:
        """Structures in ``text`` that belong to a substance, by place; linear time, and
        next to nothing where no structure is written. Never raises."""
        found = list(self._in_keys(text)) if _END_OF_INCHIKEY.search(text) else []
        if "InChI=" in text:
            found.extend(self._in_inchis(text))
        if _may_hold_smiles(text):
            found.extend(self._in_smiles(text))
        if self._learned:
            found.extend(self._in_names(text))
        if found:
            found.sort(key=lambda one: (one.start, one.end, one.substance_key))
        return found

    def holds_learned(self, text: str) -> bool:
        """Whether a systematic name that was learned stands in ``text``."""
        return bool(self._learned) and any(
            self._learned.get(text[start:end]) for start, end in systematic_spans(text)
        )

    def unread_names(self, text: str) -> list[str]:
        """Systematic-looking names in ``text`` that were not learned yet."""
        names = (text[start:end] for start, end in systematic_spans(text))
        return [name for name in names if name not in self._learned]

    def learn(self, names: Iterable[str]) -> set[str]:
        """Read systematic names in one batch; those that have a structure.

        Raises OpsinMissing without Java; for the second pass over many lines only, never
        for a single call.
        """
        smiles = opsin_smiles(names)
        self._learned.update(smiles)
        return {name for name, structure in smiles.items() if structure}

    def _in_keys(self, text: str) -> Iterator[StructureMention]:
        for found in _INCHIKEY.finditer(text):
            for hit in self._hits_of_key(found[0]):
                yield _mention(hit, found.start(), found.end(), Method.INCHIKEY, found[0])

    def _in_inchis(self, text: str) -> Iterator[StructureMention]:
        for found in _INCHI.finditer(text):
            inchi = found[0].rstrip(".,)]}")
            for hit in self._hits(inchi):
                yield _mention(
                    hit, found.start(), found.start() + len(inchi), Method.STRUCTURE, inchi
                )

    def _in_smiles(self, text: str) -> Iterator[StructureMention]:
        for start, token in _written_smiles(text):
            for hit in self._hits(token):
                yield _mention(hit, start, start + len(token), Method.STRUCTURE, token)

    def _in_names(self, text: str) -> Iterator[StructureMention]:
        for start, end in systematic_spans(text):
            smiles = self._learned.get(text[start:end])
            for hit in self._hits(smiles) if smiles else ():
                yield _mention(hit, start, end, Method.STRUCTURE, text[start:end])

    def _hits_of_key(self, inchikey: str) -> tuple[_Hit, ...]:
        exact = self._by_key.get(inchikey)
        if exact:
            return _hits("same", exact)
        return _isomers(self._by_skeleton.get(inchikey[:_SKELETON], ()), inchikey)

    def _hits(self, written: str) -> tuple[_Hit, ...]:
        hits = self._memory.get(written)
        if hits is None:
            hits = self._hits_of_smiles(written)
            if len(self._memory) >= _MAX_CACHED:
                self._memory.clear()
            self._memory[written] = hits
        return hits

    def _hits_of_smiles(self, written: str) -> tuple[_Hit, ...]:
        molecule = read_molecule(written)
        if molecule is None:
            return ()
        hits = (
            _hits("same", self._by_key.get(molecule.inchikey, ()))
            or self._hits_of_parent(molecule)
            or self._hits_of_key(molecule.inchikey)
            or tuple(self._esters(molecule))
        )
        named = {hit.substance_key for hit in hits}
        return (
            *hits,
            *(hit for hit in self._in_clauses(written) if hit.substance_key not in named),
        )

    def _hits_of_parent(self, molecule: Molecule) -> tuple[_Hit, ...]:
        """By the parent: without water, counter-ions, charges and isotope labels."""
        if not molecule.parent_inchikey:
            return ()
        forms = self._parents.get(molecule.parent_inchikey[:_SKELETON], ())
        same = [form for form in forms if form.inchikey == molecule.parent_inchikey]
        hits = _hits("same", same) if same else _isomers(forms, molecule.parent_inchikey)
        if molecule.is_salt:
            salts = {
                form.substance_key
                for form in forms
                if form.includes_salts and not form.excepted_acids & molecule.salt_keys
            } - _SALTS_ARE_FREE
            return tuple(_related(hit, "salt", hit.substance_key in salts) for hit in hits)
        if molecule.is_hydrate:
            relation = "hydrate"
        else:
            is_plain = molecule.parent_inchikey == molecule.inchikey
            relation = "same" if is_plain else "isotopologue"
        return tuple(
            hit if hit.relation == "stereoisomer" else _related(hit, relation, True) for hit in hits
        )

    @cached_property
    def _parents(self) -> dict[str, list[_Form]]:
        """Listed forms by the skeleton of their parent; salts stand for their base."""
        found: dict[str, list[_Form]] = defaultdict(list)
        for form in self._forms:
            parent_inchikey = parent_key(form.smiles, form.inchikey) if form.smiles else ""
            if parent_inchikey:
                parent = msgspec.structs.replace(form, inchikey=parent_inchikey)
                found[parent_inchikey[:_SKELETON]].append(parent)
        return found

    def _esters(self, molecule: Molecule) -> Iterator[_Hit]:
        if not any(form.includes_esters for form in self._forms):
            return
        for skeleton in esters_of(molecule.smiles):
            forms = self._parents.get(skeleton, ())
            yield from _hits("ester", [form for form in forms if form.includes_esters])

    @cached_property
    def _clauses(self) -> tuple[GenericClause, ...]:
        """An editor may have kept a pattern that cannot be read, with a reason: left out."""
        readable = (
            clause
            for clause in self._entry_clauses
            if all(map(is_pattern, (clause.smarts, *clause.without)))
        )
        return (*self._given_clauses, *readable)

    def _in_clauses(self, written: str) -> Iterator[_Hit]:
        for clause in self._clauses:
            if has_pattern(written, clause.smarts) and not any(
                has_pattern(written, other) for other in clause.without
            ):
                yield _Hit(clause.substance_key, "clause", CLAUSE)


def may_hold_structure(text: str) -> bool:
    """Whether an InChIKey, an InChI or what looks like a SMILES is written in ``text``."""
    return (
        _INCHIKEY.search(text) is not None
        or "InChI=" in text
        or (_may_hold_smiles(text) and any(_written_smiles(text)))
    )


def may_write_structure(run: str) -> bool:
    """Whether a run between spaces can make a text one that may hold a structure, or be it."""
    return _END_OF_INCHIKEY.search(run) is not None or "InChI=" in run or _may_hold_smiles(run)


def _may_hold_smiles(text: str) -> bool:
    return (
        _MAY_HOLD_SMILES.search(text) is not None
        or "smiles" in text
        or "SMILES" in text
        or "structure" in text
        or "структура" in text
    )


def _written_smiles(text: str) -> Iterator[tuple[int, str]]:
    """What looks like a SMILES, with its place."""
    for found in _SMILES.finditer(text):
        is_said = _SMILES_WORD.search(
            text, max(0, found.start() - 14), found.start()
        ) or _SMILES_BEHIND.match(text, found.end())
        token, start = found[0].rstrip(".,-"), found.start()
        if token.startswith("(") and token.endswith(")"):
            token, start = token[1:-1], start + 1
        if token.count(")") == token.count("(") + 1:
            token = token.removesuffix(")")
        if is_said or (len(token) >= _BARE_SMILES and _LOOKS_SMILES.search(token)):
            yield start, token


def clauses_of(entries: Iterable[ListEntry]) -> Iterator[GenericClause]:
    """The substituent clauses of entries: a pattern, then ` !pattern` for what is left out."""
    for entry in entries:
        if entry.clause_smarts:
            smarts, *without = entry.clause_smarts.split()
            yield GenericClause(
                list_code=entry.list_code,
                substance_key=entry.substance_key,
                smarts=smarts,
                without=tuple(one.removeprefix("!") for one in without),
            )


def _hits(relation: str, forms: Iterable[_Form]) -> tuple[_Hit, ...]:
    keys = dict.fromkeys(form.substance_key for form in forms)
    return tuple(_Hit(key, relation, _SCORES[relation]) for key in keys)


def _isomers(forms: Iterable[_Form], inchikey: str) -> tuple[_Hit, ...]:
    """Substances of the same skeleton; all of them where the stereochemistry is not said."""
    covered: dict[str, bool] = {}
    for form in forms:
        is_covered = form.includes_isomers or _is_flat(inchikey) or _is_flat(form.inchikey)
        covered[form.substance_key] = covered.get(form.substance_key, False) or is_covered
    hits = [_related(_Hit(key, "", 0), "stereoisomer", is_it) for key, is_it in covered.items()]
    if len(hits) == 1:
        return tuple(hits)
    return tuple(msgspec.structs.replace(hit, score=min(hit.score, ONE_OF_SEVERAL)) for hit in hits)


def _is_flat(inchikey: str) -> bool:
    """Whether neither stereochemistry nor an isotope is stated."""
    return inchikey[_SKELETON + 1 :].startswith("UHFFFAOYSA")


def _related(hit: _Hit, relation: str, is_covered: bool) -> _Hit:
    score = _SCORES[relation] if is_covered else NOT_COVERED
    return _Hit(hit.substance_key, relation, min(score, hit.score or 1.0))


def _mention(hit: _Hit, start: int, end: int, method: Method, name: str) -> StructureMention:
    return StructureMention(hit.substance_key, start, end, method, hit.score, name, hit.relation)


def _merged(entries: Iterable[ListEntry]) -> Iterator[_Form]:
    """One form per substance and structure; what any list covers is covered."""
    forms: dict[tuple[str, str, str], _Form] = {}
    for entry in entries:
        if not entry.inchikey and not entry.smiles:
            continue
        place = (entry.substance_key, entry.inchikey, entry.smiles)
        known = forms.get(place)
        excepted = excepted_acids(entry)
        if known is not None and known.includes_salts:
            excepted = known.excepted_acids & (
                excepted if entry.includes_salts else known.excepted_acids
            )
        forms[place] = _Form(
            entry.substance_key,
            entry.inchikey,
            entry.smiles,
            entry.includes_salts or (known is not None and known.includes_salts),
            entry.includes_isomers or (known is not None and known.includes_isomers),
            entry.includes_esters or (known is not None and known.includes_esters),
            excepted,
        )
    yield from forms.values()
