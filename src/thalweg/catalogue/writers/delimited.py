"""Items as comma-separated values (RFC 4180), the geometry as WKT."""

import csv
from pathlib import Path

from shapely.geometry import shape

from thalweg.catalogue.writers.spool import Spool, row_of


def write(spool: Spool, path: Path) -> None:
    """Write the table; a truth value is ``true`` or ``false``."""
    columns = list(spool.columns())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, "geometry"])
        for item in spool.items():
            row = row_of(item)
            geometry = item.get("geometry")
            cells = [_cell(row.get(name, "")) for name in columns]
            writer.writerow([*cells, shape(geometry).wkt if geometry else ""])


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
