"""How a resource is cited in words, and by programs that read the head of its page."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.records.record import Record

_DOI = "https://doi.org/"
_MOST_AUTHORS = 8


def citation(record: "Record", address: str) -> tuple[str, str]:
    """Return the citation of a resource, as DataCite recommends it, and the address at its end.

    That is: creator (year): title. publisher. identifier.
    """
    from thalweg.catalogue.records.writers.citation import cited  # noqa: PLC0415 - loads lxml

    told = cited(record, address)
    named = [one.name or one.organization for one in told.authors[:_MOST_AUTHORS] if one.name or one.organization]
    authors = "; ".join(named) + (" et al." if len(told.authors) > _MOST_AUTHORS else "")
    year = f" ({told.date[:4]})" if told.date else ""
    title = f"{authors}{year}: {told.title}." if authors else f"{told.title}{year}."
    publisher = f" {told.publisher}." if told.publisher and told.publisher != authors else ""
    return f"{title}{publisher}", f"{_DOI}{told.doi}" if told.doi else told.url


def embedded(record: "Record", address: str) -> "Iterator[tuple[str, str]]":
    """Yield what a page's head says of the resource in Dublin Core, as managers of references look for it."""
    from thalweg.catalogue.records.writers.citation import cited  # noqa: PLC0415 - loads lxml

    told = cited(record, address)
    yield "DC.title", told.title
    for one in told.authors:
        yield "DC.creator", one.name or one.organization
    yield "DC.publisher", told.publisher
    yield "DC.date", told.date
    yield "DC.identifier", f"{_DOI}{told.doi}" if told.doi else told.url
    yield "DC.type", "Dataset" if told.kind[2] == "dataset" else record.type
    yield "DC.description", told.abstract
