"""Items as STAC GeoParquet, whole: what is read from it again are the same Items."""

from pathlib import Path

import pyarrow as pa
import stac_geoparquet.arrow

from thalweg.catalogue.writers.spool import Spool
from thalweg.core.errors import NotAcceptable


def write(spool: Spool, path: Path) -> None:
    """Write the table.

    Raises:
        NotAcceptable: the Items cannot stand in one table: they disagree about the type of a member, or are none.
    """
    if spool.count == 0:
        raise NotAcceptable("no Item is found, and a Parquet file of none has no columns; ask for json")
    if spool.placeless:
        raise NotAcceptable(
            f"{spool.placeless} of these Items have no geometry, which GeoParquet wants; ask for ndjson"
        )
    try:
        stac_geoparquet.arrow.parse_stac_ndjson_to_parquet(spool.path, path, compression="zstd")
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError, OverflowError) as error:
        raise NotAcceptable(f"these Items do not fit in one Parquet table, ask for ndjson: {error}") from error
