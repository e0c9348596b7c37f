"""Items as comma-separated values (RFC 4180), the geometry as WKT."""

import csv
import re
from pathlib import Path

from shapely.geometry import shape

from thalweg.catalogue.writers.spool import Spool, row_of

_COMPUTED = re.compile(r"[=+@\t\r]|-(?!\d*\.?\d+\Z)")
"""What a spreadsheet computes where a cell begins with it; ``-`` is a number's where nothing but digits follow."""


def write(spool: Spool, path: Path) -> None:
    """Write the table; a truth value is ``true`` or ``false``, a formula that a stranger wrote stays a text."""
    columns = list(spool.columns())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*map(_cell, columns), *(("geometry",) if spool.shaped else ())])
        for item in spool.items():
            row = row_of(item)
            cells = [_cell(row.get(name, "")) for name in columns]
            if spool.shaped:
                geometry = item.get("geometry")
                cells.append(shape(geometry).wkt if geometry else "")
            writer.writerow(cells)


def _cell(value: object) -> object:
    if isinstance(value, str) and _COMPUTED.match(value):
        return f"'{value}"
    return str(value).lower() if isinstance(value, bool) else value
