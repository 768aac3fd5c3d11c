"""The JSON of a declaration, put together from pieces.

Encoding a record of some eighty values by a JSON library costs several times the budget of
a declaration here, so figures are formatted between members that were made once.
"""

from datetime import date

from risk.domain.proving.places import TENGE

# JSON escapes only what these four are; a table is quicker than a JSON encoder.
_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def escaped(text: str) -> str:
    """``text`` as it may stand between the quotation marks of JSON."""
    return text.translate(_ESCAPES)


def figures_json(figures: tuple[float, float, int, float], rate: float) -> str:
    """The members with an item's figures: net and gross kg, packages, value in dollars.

    ``rate`` is the price of the invoice currency in dollars.
    """
    net, gross, packages, dollars = figures
    return (
        f'"gross_mass_kg":"{gross:.2f}","net_mass_kg":"{net:.2f}","package_count":{packages},'
        f'"invoice_value":"{dollars / rate:.2f}","customs_value":"{dollars * TENGE:.2f}",'
        f'"statistical_value":"{dollars:.2f}",'
    )


def document_json(code: str, number: str, issued_on: date | None = None, line: int = 0) -> str:
    """One document of graph 44."""
    issued = f',"issued_on":"{issued_on}"' if issued_on else ""
    of_line = f',"licence_line":{line}' if line else ""
    return f'{{"code":"{code}","number":"{number}"{issued}{of_line}}}'
