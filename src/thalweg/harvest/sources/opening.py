"""Which source a file or URL is: by its first bytes and, among JSON, by what it says it is."""

from pathlib import Path
from urllib.parse import urlsplit

import orjson

from thalweg.core.errors import NotFound, UnsupportedMedia
from thalweg.guard.outbound import Outbound
from thalweg.harvest.ports import Source
from thalweg.harvest.sources.crawl import Crawl
from thalweg.harvest.sources.documents import LARGEST, Documents, is_collected
from thalweg.harvest.sources.ndjson import LONGEST_LINE, Ndjson

_PARQUET = b"PAR1"
_LINES = (".ndjson", ".jsonl", ".geojsonl", ".jsonlines")
"""Names that say it: a line that is broken is one line."""
_BLANK = b"\xef\xbb\xbf \t\r\n"


def bulk(path: Path) -> Source:
    """Return the documents of a bulk file: stac-geoparquet, JSON line by line, or one JSON document.

    Raises:
        NotFound: it is not there.
        UnsupportedMedia: it is none of these.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path.name}")
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(_PARQUET):
        from thalweg.harvest.sources.geoparquet import GeoParquet  # noqa: PLC0415 - Arrow takes seconds to load

        return GeoParquet(path)
    if head.lstrip(_BLANK)[:1] not in (b"{", b""):
        raise UnsupportedMedia(f"{path.name} is neither Parquet nor JSON line by line, nor one STAC document")
    return Documents(path) if _is_one(path) else Ndjson(path)


def _is_one(path: Path) -> bool:
    """Tell whether a file is one document: its first line is none by itself, or holds several Items."""
    if path.suffix.lower() in _LINES:
        return False
    with path.open("rb") as file:
        line = next((line for line in iter(lambda: file.readline(LARGEST), b"") if line.strip(_BLANK)), b"")
        alone = not file.read(LONGEST_LINE).strip(_BLANK)
    if not line:
        return False
    try:
        found = orjson.loads(line.strip(_BLANK))
    except orjson.JSONDecodeError:
        return True
    return alone and is_collected(found)


def catalogue(start: str, outbound: Outbound) -> Source:
    """Return the documents of a static catalogue: a file of this machine, or a URL.

    Raises:
        NotFound: the file is not there.
        InvalidParameter: the URL leads where nobody may go.
    """
    if urlsplit(start).scheme in ("http", "https"):
        return Crawl.of_url(start, outbound)
    return Crawl.of_file(Path(start))
