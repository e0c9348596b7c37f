"""How a resource is cited in words, and opened elsewhere: what a page for people offers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Record

_WEB = ("http://", "https://")


def citation(record: "Record", address: str) -> str:
    """Return the citation of a resource, as DataCite recommends it: creator (year): title. publisher. identifier."""
    from thalweg.catalogue.records.writers.citation import cited  # noqa: PLC0415 - loads lxml

    told = cited(record, address)
    authors = "; ".join(one.name or one.organization for one in told.authors[:8] if one.name or one.organization)
    year = f" ({told.date[:4]})" if told.date else ""
    title = f"{authors}{year}: {told.title}." if authors else f"{told.title}{year}."
    publisher = f" {told.publisher}." if told.publisher and told.publisher != authors else ""
    return f"{title}{publisher} {f'https://doi.org/{told.doi}' if told.doi else told.url}"


def opened_in(record: "Record", address: str) -> list[tuple[str, str]]:
    """Return how the Record, and the first file that it leads to, are opened by what people use."""
    files = (one.href for one in record.links if one.rel == "enclosure" and one.href.startswith(_WEB))
    data = next(files, address)
    return [
        ("curl", f"curl -H 'Accept: application/geo+json' {_quoted(address)}"),
        ("Python", f"import json, urllib.request\nrecord = json.load(urllib.request.urlopen({address!r}))"),
        ("R", f'record <- jsonlite::fromJSON("{_escaped(address)}")'),
        ("QGIS", f"qgis {_quoted(f'/vsicurl/{data}')}"),
    ]


def _quoted(text: str) -> str:
    """Return a text as one word of a shell."""
    return "'" + text.replace("'", "'\\''") + "'"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
