"""The files that a network can be taken away as."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from risk.domain.network.exports.followthemoney import write_followthemoney
from risk.domain.network.exports.graphml import write_graphml
from risk.domain.network.exports.picture import MOST_NODES, draw_picture
from risk.domain.network.exports.tables import write_link_table, write_node_table
from risk.domain.network.exports.view import NetworkView, fit_view
from shipments.domain.errors import InvalidValue


class NetworkFormat(StrEnum):
    """``csv`` is the table of links, ``nodes`` that of nodes."""

    GRAPHML = "graphml"
    CSV = "csv"
    NODES = "nodes"
    FTM = "ftm"
    SVG = "svg"


class NetworkFile(NamedTuple):
    content: bytes
    media_type: str
    ending: str


_Writer = Callable[[NetworkView, str], bytes]
_CSV = "text/csv; charset=utf-8"
_WRITERS: Mapping[NetworkFormat, tuple[_Writer, str, str]] = MappingProxyType(
    {
        NetworkFormat.GRAPHML: (
            lambda view, _: write_graphml(view), "application/graphml+xml", "graphml",
        ),
        NetworkFormat.CSV: (lambda view, _: write_link_table(view), _CSV, "links.csv"),
        NetworkFormat.NODES: (lambda view, _: write_node_table(view), _CSV, "nodes.csv"),
        NetworkFormat.FTM: (
            lambda view, _: write_followthemoney(view), "application/x-ndjson", "ftm.json",
        ),
        NetworkFormat.SVG: (draw_picture, "image/svg+xml", "svg"),
    }
)  # fmt: skip
MEDIA_TYPES: tuple[str, ...] = tuple(
    sorted({media.partition(";")[0] for _, media, _ in _WRITERS.values()})
)


def write_network(view: NetworkView, wanted: NetworkFormat, lang: str) -> NetworkFile:
    """The view as the file; only the picture has words in the language (en, ru).

    Raises InvalidValue ``picture_too_large`` for a picture of more nodes than can be read.
    """
    if wanted is NetworkFormat.SVG and len(view.nodes) > MOST_NODES:
        raise InvalidValue(
            "picture_too_large", value=len(view.nodes), allowed=f"{MOST_NODES} nodes"
        )
    write, media_type, ending = _WRITERS[wanted]
    return NetworkFile(write(fit_view(view), lang), media_type, ending)
