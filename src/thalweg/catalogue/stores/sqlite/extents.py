"""What is derived from a Collection's document: its extent in time and on the ground, and its words."""

from collections.abc import Mapping
from typing import Any

import apsw
import orjson

from thalweg.catalogue.times import milliseconds
from thalweg.catalogue.words import words_of_collection
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox
from thalweg.core.time import instant

_BOX = "INSERT INTO extent (c, place, west, south, east, north) VALUES (?, ?, ?, ?, ?, ?)"


def forget(connection: apsw.Connection, c: int) -> None:
    """Delete what is derived from a Collection's document."""
    connection.execute("DELETE FROM extent WHERE c = ?", (c,))
    connection.execute("DELETE FROM colltxt WHERE rowid = ?", (c,))


def derive(connection: apsw.Connection, c: int, body: bytes) -> None:
    """Write what is derived from a Collection's document."""
    document: Mapping[str, Any] = orjson.loads(body)
    forget(connection, c)
    first, last = _interval(document)
    connection.execute("UPDATE coll SET first = ?, last = ? WHERE c = ?", (first, last, c))
    for place, box in enumerate(boxes_of(document)):
        connection.execute(_BOX, (c, place, *box.numbers()))
    said = words_of_collection(document)
    if said:
        connection.execute("INSERT INTO colltxt (rowid, words) VALUES (?, ?)", (c, said))


def boxes_of(document: Mapping[str, Any]) -> list[BBox]:
    """Return the boxes a Collection lies in: the first one holds the others, where there are any."""
    found = []
    boxes = document.get("extent", {}).get("spatial", {}).get("bbox", [])
    for box in boxes[1:] or boxes:
        try:
            found.append(BBox.of(box))
        except (InvalidParameter, TypeError):
            continue
    return found


def _interval(document: Mapping[str, Any]) -> tuple[int | None, int | None]:
    spans = document.get("extent", {}).get("temporal", {}).get("interval", [])
    start, end = spans[0] if spans else (None, None)
    return _milliseconds(start), _milliseconds(end)


def _milliseconds(text: str | None) -> int | None:
    return None if text is None else milliseconds(instant(text))
