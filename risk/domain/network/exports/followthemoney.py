"""A network as entities of the FollowTheMoney model, one JSON object a line.

Written directly: the library needs ICU, which has no wheel. Source: the schemata LegalEntity,
BankAccount, CryptoWallet, Vehicle, PublicBody, Asset, Ownership, Representation and UnknownLink of
followthemoney; every property is a list of texts there.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator

import msgspec

from risk.domain.network.exports.view import NetworkView, ViewEdge, ViewNode
from risk.domain.network.masses import told_masses
from risk.domain.network.paths import HAS

DATASET = "targeting_centre"

# Identifiers that the model keeps as properties of who bears them; others are entities.
_PROPERTY = {
    "bin": "registrationNumber",
    "iin": "idNumber",
    "tax_id": "taxNumber",
    "phone": "phone",
    "email": "email",
    "website": "website",
    "address": "address",
}
_SCHEMA = {
    "party": ("LegalEntity", "name"),
    "bank_account": ("BankAccount", "accountNumber"),
    "wallet": ("CryptoWallet", "publicKey"),
    "vehicle": ("Vehicle", "registrationNumber"),
    "office": ("PublicBody", "name"),
    "border_office": ("PublicBody", "name"),
}
_OTHER_SCHEMA = ("Asset", "name")
REDACTED = "Not within the scope of who exported this."

Properties = dict[str, list[str]]


def write_followthemoney(view: NetworkView) -> bytes:
    """The fit view's entities, then its links, a line each. Equal nodes have equal ids in every
    file, those that are redacted only within their file."""
    nodes = {node.key: node for node in view.nodes}
    ids = {key: _entity_id(view, node) for key, node in nodes.items()}
    borne: dict[str, Properties] = defaultdict(lambda: defaultdict(list))
    for edge in view.edges:
        name = _PROPERTY.get(nodes[edge.target].kind)
        if edge.kind == HAS and name:
            borne[edge.source][name].append(nodes[edge.target].label)
    return b"".join(
        msgspec.json.encode(entity) + b"\n" for entity in _entities(view, nodes, ids, borne)
    )


def _entities(
    view: NetworkView, nodes: dict[str, ViewNode], ids: dict[str, str], borne: dict[str, Properties]
) -> Iterator[dict[str, object]]:
    for key, node in nodes.items():
        if node.kind not in _PROPERTY or node.is_redacted:
            yield _thing(node, ids[key], borne[key])
    for edge in view.edges:
        if nodes[edge.target].kind in _PROPERTY or nodes[edge.source].kind in _PROPERTY:
            continue
        schema, source, target, role = _link_schema(edge, nodes[edge.target])
        properties = {source: [ids[edge.source]], target: [ids[edge.target]], **_told(edge)}
        if role:
            properties["role"] = [edge.kind]
        link = _digest(edge.kind, ids[edge.source], ids[edge.target])
        yield _entity(link, schema, properties)


def _thing(node: ViewNode, entity_id: str, borne: Properties) -> dict[str, object]:
    schema, name = _SCHEMA.get(node.kind, _OTHER_SCHEMA)
    if node.is_redacted:
        return _entity(entity_id, schema, {"summary": [REDACTED]})
    properties = {name: [node.label], **borne}
    if node.roles:
        properties["keywords"] = list(node.roles)
    return _entity(entity_id, schema, properties)


def _link_schema(edge: ViewEdge, target: ViewNode) -> tuple[str, str, str, bool]:
    """Schema, the properties of both ends, and whether the kind of link is its role."""
    if edge.kind == "represented_by":
        return "Representation", "client", "agent", True
    if edge.kind == HAS and target.kind in ("bank_account", "vehicle"):
        return "Ownership", "owner", "asset", False
    return "UnknownLink", "subject", "object", True


def _told(edge: ViewEdge) -> Properties:
    told: Properties = {}
    if edge.first_seen:
        told["startDate"] = [edge.first_seen.date().isoformat()]
    if edge.last_seen:
        told["endDate"] = [edge.last_seen.date().isoformat()]
    if edge.evidence:
        told["recordId"] = list(edge.evidence)
    said = [] if edge.count is None else [f"declarations: {edge.count}"]
    if edge.mass_kg is not None:
        said.append(f"mass: {edge.mass_kg:f} kg")
    if edge.substances:
        said.append(f"found: {told_masses(edge.substances)}")
    if said:
        told["summary"] = [", ".join(said)]
    return told


def _entity(entity_id: str, schema: str, properties: Properties) -> dict[str, object]:
    return {
        "id": entity_id,
        "schema": schema,
        "properties": {name: sorted(set(values)) for name, values in properties.items()},
        "datasets": [DATASET],
    }


def _entity_id(view: NetworkView, node: ViewNode) -> str:
    if node.is_redacted:
        return _digest(view.question, *view.asked_of, view.as_of.isoformat(), node.key)
    return _digest(node.key)


def _digest(*parts: str) -> str:
    """An id in the letters that the model allows."""
    told = msgspec.json.encode(parts)
    return f"tc-{hashlib.sha256(told).hexdigest()[:40]}"
