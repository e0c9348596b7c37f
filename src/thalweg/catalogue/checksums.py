"""A checksum over Item versions, in an order of its own, whatever order they come in and however many they are."""

import hashlib
import heapq
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

import orjson

from thalweg.core.items import Item

_AT_ONCE = 50_000
"""So many lines are sorted in memory: some MB."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many Item versions there are, and their checksum.

    Attributes:
        checksum: ``sha256:`` and the SHA-256, in hexadecimal, of one line for each, sorted by their bytes: a JSON array
            of Collection, id and version without spaces, UTF-8, and a line feed.
    """

    number: int
    checksum: str


def summed(items: Iterable[Item]) -> Sum:
    """Return the sum of Item versions; what does not go into memory is sorted in files that go when it is done."""
    number, digest = 0, hashlib.sha256()
    with ExitStack() as held:
        parts = [_put_by(part, held) for part in _parts(items)]
        for line in heapq.merge(*parts):
            number += 1
            digest.update(line)
    return Sum(number, f"sha256:{digest.hexdigest()}")


def _parts(items: Iterable[Item]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    for one in items:
        part.append(orjson.dumps([one.collection, one.id, one.version]) + b"\n")
        if len(part) == _AT_ONCE:
            yield sorted(part)
            part = []
    yield sorted(part)


def _put_by(part: list[bytes], held: ExitStack) -> Iterable[bytes]:
    """Put sorted lines into a file, unless they are all there are."""
    if len(part) < _AT_ONCE:
        return part
    file: IO[bytes] = held.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - held by the stack
    file.writelines(part)
    file.seek(0)
    return file
