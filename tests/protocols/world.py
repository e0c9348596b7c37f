"""A Collection with Items all over the earth, so that whatever a client asks for, some are there and some are not."""

from datetime import UTC, datetime, timedelta

COLLECTION = "demo.world"
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
_PLACES = [
    *((float(lon), float(lat)) for lon in range(-178, 180, 12) for lat in (-87, -60, -30, -1, 1, 30, 51, 67, 87)),
    (0.2, 51.5),
    (-75.0, 0.0),
    (178.5, 67.0),
    (-178.5, 67.0),
]
"""On the meridian, the equator, both sides of the antimeridian, and about both poles."""


def described():
    """Return the Collection."""
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": COLLECTION,
        "title": "World",
        "description": "One Item at each of many places.",
        "license": "CC0-1.0",
        "keywords": ["test", "world"],
        "extent": {
            "spatial": {"bbox": [[-180, -90, 180, 90]]},
            "temporal": {"interval": [["2024-01-01T00:00:00Z", "2024-12-31T00:00:00Z"]]},
        },
        "links": [],
    }


def items():
    """Return its Items."""
    return [_item(number, *place) for number, place in enumerate(_PLACES)]


def _item(number, lon, lat):
    box = [lon - 0.5, lat - 0.5, lon + 0.5, lat + 0.5]
    west, south, east, north = box
    taken = _BEGIN + timedelta(hours=31 * number)
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": ["https://stac-extensions.github.io/eo/v1.1.0/schema.json"],
        "id": f"w{number:04}",
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        },
        "bbox": box,
        "properties": {
            "datetime": f"{taken:%Y-%m-%dT%H:%M:%SZ}",
            "title": f"Scene {number} of the {'north' if lat > 0 else 'south'}",
            "platform": ("landsat-8", "sentinel-2a", "swot")[number % 3],
            "gsd": 10 + number % 7,
            "eo:cloud_cover": number * 37 % 100,
        },
        "assets": {"data": {"href": f"https://example.org/{number}.tif", "type": "image/tiff; application=geotiff"}},
        "links": [],
    }


def meets(item, west, south, east, north):
    """Tell whether an Item's box meets a box; touching is meeting."""
    w, s, e, n = item["bbox"]
    return w <= east and e >= west and s <= north and n >= south
