"""Documents and files that promise one thing and are another."""

import math
import struct


def collection(name, **more):
    """Return a small Collection."""
    return {
        "type": "Collection",
        "stac_version": "1.1.0",
        "id": name,
        "description": "d",
        "license": "other",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        "links": [],
        **more,
    }


def item(of, name, **more):
    """Return a small Item."""
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "id": name,
        "collection": of,
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "bbox": [1, 2, 1, 2],
        "properties": {"datetime": "2024-01-01T00:00:00Z"},
        "links": [],
        "assets": {},
        **more,
    }


def nested(levels, inner="1"):
    """Return JSON of objects in objects."""
    return '{"a":' * levels + inner + "}" * levels


_KINDS = {3: "H", 4: "I", 12: "d", 16: "Q"}


def empty_tiff(side, tile=16384, bands=1, epsg=4326):
    """Return a BigTIFF of any size without a single pixel: every tile of it is said to be empty."""
    across = math.ceil(side / tile)
    tiles = across * across * bands
    tags = [
        (256, 4, [side]),
        (257, 4, [side]),
        (258, 3, [8] * bands),
        (259, 3, [1]),
        (262, 3, [1]),
        (277, 3, [bands]),
        (284, 3, [2 if bands > 1 else 1]),
        (322, 4, [tile]),
        (323, 4, [tile]),
        (324, 16, [0] * tiles),
        (325, 16, [0] * tiles),
        (33550, 12, [10 / side, 10 / side, 0.0]),
        (33922, 12, [0.0, 0.0, 0.0, -50.0, 40.0, 0.0]),
        (34735, 3, [1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, epsg]),
    ]
    directory, values = struct.pack("<Q", len(tags)), b""
    behind = 16 + 8 + 20 * len(tags) + 8
    for tag, kind, numbers in tags:
        written = struct.pack(f"<{len(numbers)}{_KINDS[kind]}", *numbers)
        if len(written) <= 8:
            place = written.ljust(8, b"\0")
        else:
            place = struct.pack("<Q", behind + len(values))
            values += written
        directory += struct.pack("<HHQ", tag, kind, len(numbers)) + place
    return b"II+\0" + struct.pack("<HHQ", 8, 0, 16) + directory + struct.pack("<Q", 0) + values
