"""A reader of PMTiles archives and vector tiles, written from the two specifications, not from the builder."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import shapely

ROOT = Path(__file__).resolve().parents[2]
EXTENT = 4096


@dataclass(frozen=True, slots=True)
class Shape:
    """One feature of a vector tile: its kind (1 point, 2 line, 3 polygon), its parts in tile units, its properties."""

    kind: int
    parts: list[list[tuple[int, int]]]
    properties: dict[str, object]

    def area(self):
        """The part of the tile's square that a polygon covers; outer rings count, inner rings take away."""
        square = shapely.box(0, 0, EXTENT, EXTENT)
        signed = ((ring, _signed_area(ring)) for ring in self.parts)
        return sum(
            (1 if turn > 0 else -1) * shapely.make_valid(shapely.Polygon(ring)).intersection(square).area
            for ring, turn in signed
        ) / (EXTENT * EXTENT)


class Archive:
    """A PMTiles version 3 archive on disk."""

    def __init__(self, path):
        self._bytes = path.read_bytes()
        assert self._bytes[:8] == b"PMTiles\x03"
        root, size = self._word(8), self._word(16)
        self._leaves, self._tiles = self._word(40), self._word(56)
        self.entries = dict(self._directory(root, size))

    def tile(self, zoom, x, y):
        """Return a tile's layers, none where the archive holds no such tile."""
        number = _number(zoom, x, y)
        return dict(_layers(gzip.decompress(self.entries[number]))) if number in self.entries else {}

    def _word(self, at):
        return int.from_bytes(self._bytes[at : at + 8], "little")

    def _directory(self, at, size):
        numbers = list(_varints(gzip.decompress(self._bytes[at : at + size])))
        count = numbers[0]
        steps, runs, lengths, offsets = (numbers[1 + count * part : 1 + count * (part + 1)] for part in range(4))
        tile, end = 0, 0
        for step, run, length, offset in zip(steps, runs, lengths, offsets, strict=True):
            tile += step
            start = offset - 1 if offset else end
            end = start + length
            if run == 0:
                yield from self._directory(self._leaves + start, length)
            for repeat in range(run):
                yield tile + repeat, self._bytes[self._tiles + start : self._tiles + end]


def _number(zoom, x, y):
    """Return a tile's place along the Hilbert curves of all zooms."""
    place = sum(4**below for below in range(zoom))
    side = 2**zoom // 2
    while side:
        right, below = int(bool(x & side)), int(bool(y & side))
        place += side * side * ((3 * right) ^ below)
        if not below:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side //= 2
    return place


def _varints(content) -> Iterator[int]:
    number = shift = 0
    for byte in content:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield number
            number = shift = 0


def _fields(message):
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, at = _varint(message, at)
        if key & 7 == 2:
            value, at = message[at : at + value], at + value
        yield key >> 3, value


def _varint(message, at):
    end = at
    while message[end] > 0x7F:
        end += 1
    return next(_varints(message[at : end + 1])), end + 1


def _layers(content):
    for _, layer in _fields(content):
        fields = list(_fields(layer))
        name = next(value.decode() for tag, value in fields if tag == 1)
        keys = [value.decode() for tag, value in fields if tag == 3]
        values = [_value(value) for tag, value in fields if tag == 4]
        yield name, [_shape(value, keys, values) for tag, value in fields if tag == 2]


def _value(message):
    ((tag, value),) = _fields(message)
    return value.decode() if tag == 1 else (value >> 1) ^ -(value & 1)


def _shape(message, keys, values):
    fields = dict(_fields(message))
    tags = list(_varints(fields.get(2, b"")))
    told = {keys[key]: values[value] for key, value in zip(tags[::2], tags[1::2], strict=True)}
    return Shape(fields[3], list(_parts(list(_varints(fields[4])))), told)


def _parts(commands):
    x = y = at = 0
    part = []
    while at < len(commands):
        command, count = commands[at] & 7, commands[at] >> 3
        at += 1
        if command == 1 and part:
            yield part
            part = []
        for _ in range(count if command != 7 else 0):
            x += (commands[at] >> 1) ^ -(commands[at] & 1)
            y += (commands[at + 1] >> 1) ^ -(commands[at + 1] & 1)
            part.append((x, y))
            at += 2
    yield part


def _signed_area(ring):
    turned = ring[1:] + ring[:1]
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, turned, strict=True)) / 2


@pytest.fixture(scope="session")
def basemap_folder():
    return ROOT / "portal" / "public" / "basemap"


@pytest.fixture(scope="session")
def basemap(basemap_folder):
    return Archive(basemap_folder / "basemap.pmtiles")
