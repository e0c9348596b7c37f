"""The ids of Records: a Record's is its own; an Item's names its Collection too, for it is unique only within it."""

ALL = "all"
"""The catalogue of everything that a caller sees; no Collection has this name, for nobody would find it."""
_BETWEEN = ":"
_MOST_PLACES = 8
"""Colons of an id that may stand between a Collection and its Item: more could make an id of a stranger costly."""


def item_record_id(collection: str, item_id: str) -> str:
    """Return the id of the Record that an Item is: ``landsat:LC08_…``."""
    return f"{collection}{_BETWEEN}{item_id}"


def item_ids(record_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return all ids that Records of these ids may have in the store; what is found is compared again."""
    found: dict[str, None] = {}
    for one in record_ids:
        found[one] = None
        rest = one
        for _ in range(_MOST_PLACES):
            rest = rest.partition(_BETWEEN)[2]
            found[rest] = None
    return tuple(name for name in found if name)


def item_places(record_id: str) -> tuple[tuple[str, str], ...]:
    """Return all pairs of Collection and Item that a Record of this id may be."""
    found, at = list[tuple[str, str]](), record_id.find(_BETWEEN)
    while at >= 0 and len(found) < _MOST_PLACES:
        found.append((record_id[:at], record_id[at + 1 :]))
        at = record_id.find(_BETWEEN, at + 1)
    return tuple((collection, item_id) for collection, item_id in found if collection and item_id)


def catalogue_document(catalogue: str, title: str, description: str) -> dict[str, object]:
    """Return the document of a Collection of Records, which may be anywhere and of any time."""
    extent = {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}}
    return {
        "type": "Collection",
        "itemType": "record",
        "id": catalogue,
        "title": title,
        "description": description,
        "extent": extent,
        "links": [],
    }
