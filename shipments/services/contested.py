"""The same number and version from two submitters: the second learns nothing of the first.

What it sends is answered as if the number were free: the first time counted as declared,
the same again as unchanged, other content as ``version_exists``, all by what it sent itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shipments.domain.records import DeclarationRecord, ParsedDeclaration
from shipments.models import ContestedVersion, Declaration, IntakeBatch

VersionKey = tuple[str, int]


@dataclass(slots=True)
class Known:
    """What a batch declares that is stored: ``digests`` are of what its submitter declared
    before, ``fresh`` the places that look to it as if they were declared now, ``others`` the
    rest."""

    digests: dict[VersionKey, bytes] = field(default_factory=dict)
    fresh: list[ParsedDeclaration] = field(default_factory=list)
    others: list[ParsedDeclaration] = field(default_factory=list)

    @property
    def fresh_items(self) -> int:
        return sum(len(place.declaration.items) for place in self.fresh if place.declaration)


def settle_known(
    *,
    batch: IntakeBatch,
    places: Sequence[ParsedDeclaration],
    digest_of: Mapping[VersionKey, bytes],
) -> Known:
    """Tell the submitter's own versions from another's, and keep the claim on the latter.

    ``places`` declare versions that are stored, ``digest_of`` has the first content of each
    in this batch. Three queries; the caller holds the transaction.
    """
    if not places:
        return Known()
    numbers = {p.declaration.registration_number for p in places if p.declaration}
    stored = Declaration.objects.filter(registration_number__among=numbers)
    own: dict[VersionKey, bytes] = {}
    foreign: dict[VersionKey, int] = {}
    rows = stored.values_list("registration_number", "version", "pk", "submitter", "content_digest")
    for number, version, pk, submitter, digest in rows:
        if submitter == batch.submitter_id:
            own[number, version] = bytes(digest)
        else:
            foreign[number, version] = pk
    if not foreign:
        return Known(own, others=list(places))
    return _claim(batch, places, own, foreign, digest_of)


def _claim(
    batch: IntakeBatch,
    places: Sequence[ParsedDeclaration],
    own: dict[VersionKey, bytes],
    foreign: Mapping[VersionKey, int],
    digest_of: Mapping[VersionKey, bytes],
) -> Known:
    claims = ContestedVersion.objects.filter(
        submitter=batch.submitter_id, declaration__among=foreign.values()
    )
    rows = claims.values_list("declaration", "content_digest")
    before = {pk: bytes(digest) for pk, digest in rows}
    known = Known(own)
    claimed: list[ContestedVersion] = []
    for place in places:
        if place.declaration is None:
            continue
        key = key_of(place.declaration)
        if key not in foreign or key in own:
            known.others.append(place)
            continue
        pk = foreign[key]
        own[key] = before.get(pk, digest_of[key])
        if pk in before:
            known.others.append(place)
            continue
        known.fresh.append(place)
        claim = {"declaration_id": pk, "submitter_id": batch.submitter_id, "batch": batch}
        claimed.append(ContestedVersion(**claim, content_digest=digest_of[key]))
    ContestedVersion.objects.bulk_create(claimed, ignore_conflicts=True)
    return known


def key_of(record: DeclarationRecord) -> VersionKey:
    return record.registration_number, record.version
