"""Found Items on their way into a file: written down once, so that their columns are known before the first row."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from thalweg.core.errors import TooLarge

Scalar = str | int | float | bool
_FIRST = ("id", "collection", "datetime", "start_datetime", "end_datetime")


class Spool:
    """Items as lines of JSON in a file of its own.

    Attributes:
        path: of the file.
        count: how many Items it holds.
        placeless: how many of them have no geometry.
        shaped: whether the geometries are among what is asked for.
    """

    def __init__(self, folder: Path, most: int, *, whole: bool = True) -> None:
        self.path = folder / "items.ndjson"
        self.count = self.placeless = 0
        self._most = most
        self.shaped = whole
        first = _FIRST[:3] if whole else ()
        self._columns: dict[str, set[type]] = dict.fromkeys(first, frozenset())  # type: ignore[arg-type]

    def take(self, bodies: Iterable[bytes]) -> None:
        """Write down all of them.

        Raises:
            TooLarge: they are more than a file may hold.
        """
        with self.path.open("wb") as file:
            for body in bodies:
                self.count += 1
                if self.count > self._most:
                    raise TooLarge(f"more than {self._most} Items are found (limits.exported): narrow it, or say limit")
                self._look(orjson.loads(body))
                file.write(body + b"\n")

    def items(self) -> Iterator[dict[str, Any]]:
        """Yield the Items, parsed."""
        with self.path.open("rb") as file:
            for line in file:
                yield orjson.loads(line)

    def columns(self) -> dict[str, type]:
        """Return the columns of a table of them: the properties, each with the one type that holds all its values."""
        named = {name: _joint(kinds) for name, kinds in self._columns.items()}
        return {name: named[name] for name in (*_FIRST, *sorted(named)) if name in named}

    def _look(self, item: Mapping[str, Any]) -> None:
        self.shaped |= "geometry" in item
        self.placeless += item.get("geometry") is None
        for name, value in row_of(item).items():
            self._columns[name] = {*self._columns.get(name, ()), type(value)}


def row_of(item: Mapping[str, Any]) -> dict[str, Scalar]:
    """Return an Item as a row: its id, its Collection, its properties; what is no scalar is JSON text."""
    row: dict[str, Scalar] = {name: item[name] for name in _FIRST[:2] if name in item}
    for name, value in item.get("properties", {}).items():
        if value is not None and name not in row:
            row[name] = value if isinstance(value, str | int | float | bool) else orjson.dumps(value).decode()
    if "assets" in item:
        row["assets"] = orjson.dumps({key: asset.get("href") for key, asset in item["assets"].items()}).decode()
    return row


def _joint(kinds: Iterable[type]) -> type:
    known = set(kinds)
    if known == {int, float}:
        return float
    return known.pop() if len(known) == 1 else str
