"""A structure as a drawing: outlines to be drawn in the colour of the text around them.

RDKit writes style attributes, which the pages' policy refuses, and black, which nobody sees on
a dark page. So only the outlines of its picture are kept, of them only numbers and letters of
path data: nothing else can come through.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

WIDTH, HEIGHT = 320, 220
MOST_ATOMS = 200
_PATH = re.compile(r"<path\b[^>]*>")
_ATTRIBUTE = re.compile(r"([a-z-]+)='([^']*)'")
_STYLE = re.compile(r"([a-z-]+):([^;]+)")
_PATH_DATA = re.compile(r"[MLHVCSQTAZmlhvcsqtaz0-9eE.,+\- ]+")
_NUMBER = re.compile(r"[0-9.]+")


class Outline(NamedTuple):
    """Path data of SVG in a field of ``WIDTH`` by ``HEIGHT``: filled, or drawn ``width`` wide
    (blank: not at all)."""

    data: str
    is_filled: bool
    width: str


@lru_cache(maxsize=512)
def structure_outlines(smiles: str) -> tuple[Outline, ...]:
    """What to draw of the structure; empty for what is none, or larger than any listed substance.

    Takes some milliseconds; the last ones are kept.
    """
    found = (_outline(dict(_ATTRIBUTE.findall(path))) for path in _PATH.findall(_drawn(smiles)))
    return tuple(one for one in found if _PATH_DATA.fullmatch(one.data))


def _drawn(smiles: str) -> str:
    """RDKit's own picture in black; imported here, as elsewhere, when it is needed."""
    from rdkit import Chem, rdBase
    from rdkit.Chem.Draw import rdMolDraw2D

    with rdBase.BlockLogs():
        molecule: Any = Chem.MolFromSmiles(smiles)
        if molecule is None or not 0 < molecule.GetNumAtoms() <= MOST_ATOMS:
            return ""
        drawer = rdMolDraw2D.MolDraw2DSVG(WIDTH, HEIGHT)
        options: Any = drawer.drawOptions()
        options.useBWAtomPalette()
        options.clearBackground = False
        options.fixedBondLength = 36
        rdMolDraw2D.PrepareAndDrawMolecule(drawer, molecule)
        drawer.FinishDrawing()
        return str(drawer.GetDrawingText())


def _outline(path: dict[str, str]) -> Outline:
    style = dict(_STYLE.findall(path.get("style", "")))
    fill = path.get("fill") or style.get("fill", "none")
    width = style.get("stroke-width", "").removesuffix("px")
    return Outline(
        data=" ".join(path.get("d", "").split()),
        is_filled=fill != "none",
        width=width if _NUMBER.fullmatch(width) else "",
    )
