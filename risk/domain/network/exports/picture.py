"""A still picture of a network, for a report: SVG without scripts, styles from outside or links."""

import math
from collections import defaultdict
from collections.abc import Mapping
from xml.etree import ElementTree

from risk.domain.network.exports import words
from risk.domain.network.exports.layout import Places, place_nodes
from risk.domain.network.exports.view import NetworkView, ViewEdge, ViewNode

MOST_NODES = 150
"""More are no picture any more."""

SVG = "http://www.w3.org/2000/svg"
_MARGIN, _HEAD, _LINE = 90.0, 70.0, 18.0
_MOST_LETTERS = 26
_MOST_NAMED_LINKS = 60
_COLOURS = {
    "party": "#2f6db3",
    "country": "#7a5195",
    "office": "#4b7f52",
    "border_office": "#4b7f52",
    "substance": "#b3492f",
}
_OTHER_COLOUR, _HIDDEN_COLOUR, _LINE_COLOUR = "#c98a1b", "#b5b5b5", "#8a939c"


def draw_picture(view: NetworkView, lang: str) -> bytes:
    """The fit view as SVG; circles are parties, squares what they have, dashed edges hubs.

    Links between the same two are one line, with all of them in its title; up to sixty lines
    bear words. Every text is an element's text, escaped by the writer of XML.
    """
    places = {key: (x + _MARGIN, y + _HEAD + _LINE) for key, (x, y) in place_nodes(view).items()}
    legend = sorted({node.kind for node in view.nodes})
    across = max([x for x, _ in places.values()], default=0.0) + _MARGIN
    down = max([y for _, y in places.values()], default=0.0) + _MARGIN
    across = max(across, 420.0)
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": SVG,
            "viewBox": f"0 0 {across:.0f} {down + _LINE * len(legend):.0f}",
            "width": f"{across:.0f}",
            "height": f"{down + _LINE * len(legend):.0f}",
            "role": "img",
            "font-family": "sans-serif",
            "font-size": "11",
        },
    )
    title = words.word(words.QUESTIONS, view.question, lang).format(*view.asked_of)
    _add(root, "title", title)
    _add(root, "rect", x="0", y="0", width="100%", height="100%", fill="#ffffff")
    _add(root, "text", title, x="16", y="26", font_size="15", font_weight="bold")
    _add(root, "text", _told(view, lang), x="16", y="46", fill="#555555")
    _draw_lines(root, view, places, lang)
    for node in view.nodes:
        _draw_node(root, node, places[node.key], lang)
    for number, kind in enumerate(legend):
        y = down + _LINE * number
        _add(root, "rect", x="16", y=f"{y:.0f}", width="10", height="10", fill=_colour(kind))
        _add(root, "text", words.word(words.KINDS, kind, lang), x="32", y=f"{y + 9:.0f}")
    content: bytes = ElementTree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return content


def _told(view: NetworkView, lang: str) -> str:
    told = words.AS_OF[lang].format(view.as_of.strftime("%Y-%m-%d %H:%M %Z"))
    return f"{told}. {words.OMITTED[lang].format(view.omitted)}." if view.omitted else f"{told}."


def _draw_lines(root: ElementTree.Element, view: NetworkView, places: Places, lang: str) -> None:
    between: dict[tuple[str, str], list[ViewEdge]] = defaultdict(list)
    for edge in view.edges:
        lower, higher = sorted((edge.source, edge.target))
        between[lower, higher].append(edge)
    is_named = len(between) <= _MOST_NAMED_LINKS
    for (one, other), edges in between.items():
        (x1, y1), (x2, y2) = places[one], places[other]
        seen = sum(edge.count or 1 for edge in edges)
        line = _add(
            root,
            "line",
            **_numbers(x1=x1, y1=y1, x2=x2, y2=y2),
            stroke=_LINE_COLOUR,
            stroke_width=f"{min(6.0, 1.0 + math.log10(seen)):.1f}",
        )
        _add(line, "title", "; ".join(_said(edge, lang) for edge in edges))
        if is_named:
            shown = _shortened(", ".join(dict.fromkeys(_said(edge, lang) for edge in edges)))
            middle = _numbers(x=(x1 + x2) / 2, y=(y1 + y2) / 2 - 3)
            _add(root, "text", shown, **middle, text_anchor="middle", fill="#555555", font_size="9")


def _said(edge: ViewEdge, lang: str) -> str:
    said = words.word(words.LINKS, edge.kind, lang)
    return f"{said} ({edge.count})" if edge.count else said


def _draw_node(
    root: ElementTree.Element, node: ViewNode, place: tuple[float, float], lang: str
) -> None:
    x, y = place
    group = _add(root, "g")
    name = words.HIDDEN[lang] if node.is_redacted else node.label or node.key
    roles = f" ({', '.join(node.roles)})" if node.roles else ""
    kind = words.word(words.KINDS, node.kind, lang)
    _add(group, "title", f"{kind}: {name}{roles}")
    look: dict[str, str] = {
        "fill": _HIDDEN_COLOUR if node.is_redacted else _colour(node.kind),
        "stroke": "#222222",
        "stroke_width": "2.5" if node.rank == 0 else "1",
        **({"stroke_dasharray": "3 2"} if node.is_hub else {}),
    }
    if node.kind == "party":
        _add(group, "circle", **_numbers(cx=x, cy=y), r="9", **look)
    else:
        _add(group, "rect", **_numbers(x=x - 7, y=y - 7), width="14", height="14", **look)
    _add(group, "text", _shortened(name), **_numbers(x=x, y=y + 22), text_anchor="middle")


def _colour(kind: str) -> str:
    return _COLOURS.get(kind, _OTHER_COLOUR)


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"


def _numbers(**given: float) -> Mapping[str, str]:
    return {name: f"{value:.1f}" for name, value in given.items()}


def _add(
    parent: ElementTree.Element, tag: str, text: str = "", /, **attributes: str
) -> ElementTree.Element:
    given = {name.replace("_", "-"): value for name, value in attributes.items()}
    made = ElementTree.SubElement(parent, tag, given)
    made.text = text or None
    return made
