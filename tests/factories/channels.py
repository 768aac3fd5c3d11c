"""A supply channel with one consignment, whose office stands on the map."""

from risk.models import Channel, ChannelConsignment, ChannelMember
from shipments.models import Declaration, Party
from tests.factories.risk import SubstanceFactory
from tests.factories.targeting import CustomsOfficeFactory


def channel_of(declaration: Declaration, party: Party) -> Channel:
    """A suspect channel of the declaration, with the party as its importer."""
    CustomsOfficeFactory(code=declaration.customs_office, latitude="43.25", longitude="76.9")
    at = declaration.accepted_at
    made = Channel.objects.create(
        substance=SubstanceFactory(), score=5.5, first_seen_at=at, last_seen_at=at,
        declaration_count=1, mass_kg=10, proposed_at=at, changed_at=at,
        signs=[{"code": "recurs", "points": 3.0, "value": "6 in 50 days"}],
    )  # fmt: skip
    ChannelConsignment.objects.create(
        channel=made, declaration=declaration, is_suspect=True, mass_kg=10
    )
    ChannelMember.objects.create(channel=made, party=party, role="importer", declaration_count=1)
    return made
