"""The ids of Records: a Record's is its own; an Item's names its Collection too, for it is unique only within it."""

_BETWEEN = ":"


def item_record_id(collection: str, item_id: str) -> str:
    """Return the id of the Record that an Item is: ``landsat:LC08_…``."""
    return f"{collection}{_BETWEEN}{item_id}"


def item_ids(record_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return all ids that Records of these ids may have in the store; what is found is compared again."""
    found: dict[str, None] = {}
    for one in record_ids:
        found[one] = None
        rest = one
        while _BETWEEN in rest:
            rest = rest.partition(_BETWEEN)[2]
            found[rest] = None
    return tuple(name for name in found if name)


def item_places(record_id: str) -> tuple[tuple[str, str], ...]:
    """Return all pairs of Collection and Item that a Record of this id may be."""
    parts = record_id.split(_BETWEEN)
    return tuple((_BETWEEN.join(parts[:at]), _BETWEEN.join(parts[at:])) for at in range(1, len(parts)) if all(parts))


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
