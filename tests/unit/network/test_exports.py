"""Files of a network: read back by the library, harmless to spreadsheets, valid XML, whole FtM."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.domain.network.exports.formats import NetworkFormat, write_network
from risk.domain.network.exports.layout import place_nodes
from risk.domain.network.exports.picture import MOST_NODES, SVG
from risk.domain.network.exports.view import (
    Arrangement,
    NetworkView,
    ViewEdge,
    ViewNode,
    fit_view,
)
from risk.domain.network.masses import SubstanceMass
from shipments.domain.errors import InvalidValue

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
MASSES = (
    SubstanceMass(substance_key="acetone", mass_kg=Decimal("157.500000"), declaration_count=3),
    SubstanceMass(substance_key="toluene", mass_kg=Decimal(50), declaration_count=1),
)
TOLD_MASSES = "acetone: 157.500000 kg in 3; toluene: 50 kg in 1"
HOSTILE = [
    '=HYPERLINK("http://x")', "<script>alert(1)</script>", "a & b \"c\" 'd'", "]]><!--",
    "\x00\x1b", "+77010000000", "{0} {1}", "@SUM(A1)", "line\r\nbreak\u2028end",
    "\u202egnp.exe", "\ud800", "Шёлк",
]  # fmt: skip


def node(key, **given):
    kind = "party" if key.startswith("party") else key.split(":")[1]
    return ViewNode(**{"key": key, "kind": kind, "label": key, "rank": 1, **given})


def view(nodes, edges=(), **given):
    return NetworkView(
        **{
            "question": "network", "asked_of": ("Centre",), "as_of": AT,
            "arrangement": Arrangement.RINGS, "nodes": tuple(nodes), "edges": tuple(edges),
            **given,
        }
    )  # fmt: skip


PHONE, ACCOUNT = "identifier:phone:+77010000000", "identifier:bank_account:KZ86125KZT5004100100"


def small():
    """Two parties that share a phone; one sells to the other and has an account."""
    nodes = [
        node("party:1", label="Химпром", rank=0, party=1, degree=4, roles=("offender",)),
        node("party:2", label="Supplier", party=2, is_hub=True),
        node(PHONE, label="+77010000000"),
        node(ACCOUNT, label="KZ86125KZT5004100100"),
        node("hidden:1", kind="party", label="", is_redacted=True),
    ]
    edges = [
        ViewEdge(
            source="party:2", target="party:1", kind="trade", count=12,
            mass_kg=Decimal("4000.500000"), first_seen=AT, last_seen=AT, strength=0.5,
            evidence=("55301/020326/0000001",), substances=MASSES,
        ),
        ViewEdge(source="party:1", target="party:2", kind="trade", count=1),
        ViewEdge(source="party:1", target="hidden:1", kind="represented_by"),
        ViewEdge(source="party:1", target=PHONE, kind="has", first_seen=AT, last_seen=AT),
        ViewEdge(source="party:2", target=PHONE, kind="has", first_seen=AT, last_seen=AT),
        ViewEdge(source="party:1", target=ACCOUNT, kind="has", first_seen=AT, last_seen=AT),
    ]  # fmt: skip
    return view(nodes, edges)


def graph_of(content):
    return nx.read_graphml(io.BytesIO(content), force_multigraph=True)


def picture_of(content):
    return ElementTree.fromstring(content)  # noqa: S314 (our own)


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_graphml_when_read_back_then_nothing_is_lost():
    read = graph_of(write_network(small(), NetworkFormat.GRAPHML, "en").content)
    assert read.is_directed()
    assert read.number_of_nodes() == 5
    assert read.number_of_edges() == 6
    assert read.nodes["party:1"] == {
        "kind": "party", "label": "Химпром", "rank": 0, "party": 1, "degree": 4,
        "is_hub": False, "is_redacted": False, "roles": "offender",
    }  # fmt: skip
    (sale,) = read.get_edge_data("party:2", "party:1").values()
    assert (sale["declarations"], sale["mass_kg"], sale["strength"]) == (12, 4000.5, 0.5)
    assert sale["first_seen"] == "2026-03-02T08:00:00+00:00"
    assert sale["evidence"] == "55301/020326/0000001"
    assert sale["substances"] == TOLD_MASSES
    assert read.graph["as_of"] == "2026-03-02T08:00:00+00:00"
    (bare,) = read.get_edge_data("party:1", "hidden:1").values()
    assert {name for name in bare if name != "id"} == {"kind"}


def test_csv_when_read_back_then_links_bear_both_ends_and_exact_masses():
    rows = rows_of(write_network(small(), NetworkFormat.CSV, "en").content)
    assert len(rows) == 6
    (sale,) = [row for row in rows if row["declarations"] == "12"]
    assert (sale["source_name"], sale["target_name"]) == ("Supplier", "Химпром")
    assert sale["mass_kg"] == "4000.500000"
    assert sale["substances"] == TOLD_MASSES
    assert [row["substances"] for row in rows].count("") == 5
    nodes = rows_of(write_network(small(), NetworkFormat.NODES, "en").content)
    assert {row["key"] for row in nodes} == {one.key for one in small().nodes}
    (hidden,) = [row for row in nodes if row["is_redacted"] == "true"]
    assert (hidden["name"], hidden["party"], hidden["degree"]) == ("", "", "")


def test_ftm_when_read_back_then_every_reference_is_an_entity_and_values_are_lists():
    lines = write_network(small(), NetworkFormat.FTM, "en").content.splitlines()
    entities = {one["id"]: one for one in map(json.loads, lines)}
    assert len(entities) == len(lines)
    by_schema = {}
    for one in entities.values():
        by_schema.setdefault(one["schema"], []).append(one)
        assert all(isinstance(values, list) for values in one["properties"].values())
    assert {name: len(found) for name, found in by_schema.items()} == {
        "LegalEntity": 3, "BankAccount": 1, "UnknownLink": 2, "Representation": 1, "Ownership": 1,
    }  # fmt: skip
    for schema, ends in (
        ("UnknownLink", ("subject", "object")),
        ("Representation", ("agent", "client")),
        ("Ownership", ("owner", "asset")),
    ):
        for one in by_schema[schema]:
            assert {one["properties"][end][0] for end in ends} <= entities.keys()
    summaries = [one["properties"].get("summary", [""])[0] for one in by_schema["UnknownLink"]]
    assert f"declarations: 12, mass: 4000.500000 kg, found: {TOLD_MASSES}" in summaries
    phones = [one["properties"].get("phone") for one in by_schema["LegalEntity"]]
    assert phones.count(["+77010000000"]) == 2
    (hidden,) = [one for one in by_schema["LegalEntity"] if "name" not in one["properties"]]
    assert hidden["properties"].keys() == {"summary"}


def test_ftm_when_two_files_hold_a_party_then_its_id_is_the_same_but_not_a_strangers():
    one, other = small(), view([*small().nodes], question="connection")
    files = [write_network(made, NetworkFormat.FTM, "en").content for made in (one, other)]
    first, second = ({json.loads(line)["id"] for line in made.splitlines()} for made in files)
    assert len(first & second) == 3  # two parties and the account


def test_picture_when_drawn_then_every_node_is_there_and_nothing_runs():
    content = write_network(small(), NetworkFormat.SVG, "ru").content
    root = picture_of(content)
    assert root.tag == f"{{{SVG}}}svg"
    texts = [one.text for one in root.iter(f"{{{SVG}}}text")]
    assert {"Химпром", "Supplier", "+77010000000", "вне доступа"} <= set(texts)
    assert "Сеть вокруг Centre" in texts
    tags = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert tags <= {"svg", "title", "rect", "text", "line", "g", "circle"}
    assert len(list(root.iter(f"{{{SVG}}}circle"))) == 3


@pytest.mark.parametrize("arrangement", Arrangement)
def test_layout_when_nodes_are_many_then_none_stand_on_each_other(arrangement):
    nodes = [node("party:0", rank=0), *(node(f"party:{n}", rank=1 + n % 3) for n in range(1, 90))]
    places = place_nodes(view(nodes, arrangement=arrangement))
    assert places.keys() == {one.key for one in nodes}
    spots = sorted(places.values())
    assert all(
        (x - u) ** 2 + (y - v) ** 2 > 24**2
        for n, (x, y) in enumerate(spots)
        for u, v in spots[n + 1 :]
    )
    assert places == place_nodes(view(reversed(nodes), arrangement=arrangement))


def test_picture_when_too_many_nodes_then_it_is_refused_and_other_files_are_not():
    large = view([node(f"party:{n}") for n in range(MOST_NODES + 1)])
    with pytest.raises(InvalidValue) as refused:
        write_network(large, NetworkFormat.SVG, "en")
    assert refused.value.code == "picture_too_large"
    assert len(graph_of(write_network(large, NetworkFormat.GRAPHML, "en").content)) == 151


@pytest.mark.parametrize("wanted", NetworkFormat)
def test_file_when_nothing_is_in_it_then_it_is_still_a_file(wanted):
    assert write_network(view([]), wanted, "en").content or wanted is NetworkFormat.FTM


@pytest.mark.parametrize("name", HOSTILE)
def test_files_when_a_name_is_hostile_then_they_stay_well_formed(name):
    key = f"identifier:phone:{name}"
    hostile = view(
        [node("party:1", rank=0, label=name), node(key, label=name)],
        [ViewEdge(source="party:1", target=key, kind="has", evidence=(name,))],
        asked_of=(name,),
    )  # fmt: skip
    shown = fit_view(hostile).nodes[0].label
    assert "\n" not in shown
    read = graph_of(write_network(hostile, NetworkFormat.GRAPHML, "en").content)
    assert read.nodes["party:1"]["label"] == shown or shown == ""
    svg = picture_of(write_network(hostile, NetworkFormat.SVG, "en").content)
    assert not {"script", "a", "foreignObject"} & {one.tag.rpartition("}")[2] for one in svg.iter()}
    for wanted in (NetworkFormat.CSV, NetworkFormat.NODES):
        for row in rows_of(write_network(hostile, wanted, "en").content):
            assert all(cell[:1] not in set("=+-@\t\r\n|%") for cell in row.values())
    for line in write_network(hostile, NetworkFormat.FTM, "en").content.splitlines():
        json.loads(line)


@settings(max_examples=60, deadline=None)
@given(
    keys=st.lists(st.text(max_size=12), min_size=1, max_size=8, unique=True),
    data=st.data(),
)
def test_graphml_when_keys_are_any_texts_then_nodes_and_links_stay_apart(keys, data):
    ends = st.sampled_from(keys)
    links = data.draw(st.lists(st.tuples(ends, ends), max_size=12))
    made = view(
        [ViewNode(key=key, kind="party", label=key, rank=0) for key in keys],
        [ViewEdge(source=s, target=t, kind="trade", count=n) for n, (s, t) in enumerate(links)],
    )
    read = graph_of(write_network(made, NetworkFormat.GRAPHML, "en").content)
    assert read.number_of_nodes() == len(keys)
    assert read.number_of_edges() == len(links)
    assert sorted(d["declarations"] for *_, d in read.edges(data=True)) == list(range(len(links)))
