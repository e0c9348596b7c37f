"""Which source a file or URL is: by its first bytes and, among JSON, by what it says it is."""

from pathlib import Path
from urllib.parse import urlsplit

from thalweg.core.errors import NotFound, UnsupportedMedia
from thalweg.guard.outbound import Outbound
from thalweg.harvest.ports import Source
from thalweg.harvest.sources.crawl import Crawl
from thalweg.harvest.sources.ndjson import Ndjson

_PARQUET = b"PAR1"


def bulk(path: Path) -> Source:
    """Return the documents of a bulk file: stac-geoparquet, or JSON line by line.

    Raises:
        NotFound: it is not there.
        UnsupportedMedia: it is neither.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path.name}")
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(_PARQUET):
        from thalweg.harvest.sources.geoparquet import GeoParquet  # noqa: PLC0415 - Arrow takes seconds to load

        return GeoParquet(path)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b""):
        return Ndjson(path)
    raise UnsupportedMedia(f"{path.name} is neither Parquet nor JSON line by line")


def catalogue(start: str, outbound: Outbound) -> Source:
    """Return the documents of a static catalogue: a file of this machine, or a URL.

    Raises:
        NotFound: the file is not there.
        InvalidParameter: the URL leads where nobody may go.
    """
    if urlsplit(start).scheme in ("http", "https"):
        return Crawl.of_url(start, outbound)
    return Crawl.of_file(Path(start))
