"""How much of everything the catalogue takes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the catalogue; each is a setting.

    Attributes:
        document: bytes of one Item or Collection.
        id: characters of an id.
        positions: of one geometry, an Item's or a query's.
        at_once: Items registered in one transaction.
        page: Items or Collections a page may hold.
        buckets: of one aggregation.
        exported: Items of one file.
        counted: how far ``numberMatched`` counts.
    """

    document: int = 2**20
    id: int = 256
    positions: int = 20_000
    at_once: int = 10_000
    page: int = 1_000
    buckets: int = 1_000
    exported: int = 200_000
    counted: int = 10_000
