"""A snapshot as a Record, so that it is cited and registered as every other resource is."""

from thalweg.catalogue.records.record import Contact, ExternalId, Link, Record, Span
from thalweg.catalogue.snapshots import Snapshot
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox
from thalweg.core.time import written

_CHECKSUM = "SHA-256 over one line for each Item, a JSON array of its Collection, id and version, sorted by bytes"


def record_of(one: Snapshot, address: str, publisher: str) -> Record:
    """Return a snapshot as a Record.

    Args:
        one: the snapshot.
        address: of its landing page.
        publisher: who answers for the platform.
    """
    authors = tuple(Contact(name=name, roles=("author",)) for name in one.creators)
    external = (ExternalId(f"https://doi.org/{one.doi}", "doi"),) if one.doi else ()
    lineage = f"{one.sum.number} Items as of {written(one.as_of)}; {one.sum.checksum} ({_CHECKSUM})."
    return Record(
        id=one.id,
        type="dataset",
        title=one.title,
        description=one.description,
        created=one.created,
        dates={"publication": written(one.created)},
        span=_span(one),
        boxes=_boxes(one),
        contacts=(*authors, Contact(organization=publisher, roles=("publisher",))),
        external_ids=external,
        links=(Link(address, "self", "text/html"),),
        lineage=lineage,
        extra={"version": one.sum.checksum},
    )


def _boxes(one: Snapshot) -> tuple[BBox, ...]:
    try:
        return (BBox.of(one.search["bbox"]),)
    except (KeyError, TypeError, InvalidParameter):
        return ()


def _span(one: Snapshot) -> Span | None:
    said = one.search.get("datetime")
    if not isinstance(said, str):
        return None
    start, _, end = said.partition("/")
    return Span(start or "..", (end if "/" in said else start) or "..")
