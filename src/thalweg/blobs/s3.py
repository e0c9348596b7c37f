"""Objects in S3, or in anything that speaks its protocol."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.store import S3Store

from thalweg.blobs import reading
from thalweg.blobs.blobs import Blob, Blobs, bounded
from thalweg.guard.paths import relative_path

PART = 8 * 1024 * 1024
"""Bytes of a part of a multipart upload: 10,000 of them are S3's limit, so that an object may have 78 GiB."""
_PARTS_AT_ONCE = 4
"""With ``PART`` the bound of an upload's memory: 32 MiB and the part being filled."""


@dataclass(frozen=True, slots=True)
class S3Access:
    """How to reach a bucket; what is not given comes from the AWS environment variables.

    Attributes:
        endpoint: of another server than AWS's; plain ``http://`` is for a loopback or a closed network.
    """

    endpoint: str | None = None
    region: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None

    def config(self) -> dict[str, Any]:
        """Return what is given, as obstore's arguments."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in given.items() if value is not None}


class S3Blobs:
    """A bucket, or a prefix of one."""

    def __init__(self, bucket: str, prefix: str = "", access: S3Access | None = None) -> None:
        reach = access or S3Access()
        self._store = S3Store(
            bucket,
            prefix=prefix or None,
            client_options={"allow_http": (reach.endpoint or "").startswith("http://")},
            **reach.config(),
        )

    def put(self, key: str, chunks: Iterable[bytes], at_most: int | None = None) -> Blob:
        """Upload in one piece what fits in a part, else in parts; S3 shows an object only when it is complete."""
        name = relative_path(key)
        rest = bounded(chunks, at_most)
        first = _filled(rest, PART)
        if len(first) < PART:
            with reading.translated(key):
                obstore.put(self._store, name, first, use_multipart=False)
        else:
            self._put_parts(name, chain((first,), rest))
        return self.head(key)

    def _put_parts(self, name: str, chunks: Iterable[bytes]) -> None:
        """Upload in parts; what the chunks raise passes through, and the parts sent so far are given up."""
        failed: list[Exception] = []

        def watched() -> Iterator[bytes]:
            try:
                yield from chunks
            finally:
                error = sys.exc_info()[1]
                failed.extend([error] if isinstance(error, Exception) else [])

        try:
            with reading.translated(name):
                obstore.put(
                    self._store,
                    name,
                    watched(),
                    use_multipart=True,
                    chunk_size=PART,
                    max_concurrency=_PARTS_AT_ONCE,
                )
        finally:
            if failed:
                raise failed[0]

    def head(self, key: str) -> Blob:
        """Say what is there."""
        return reading.head(self._store, relative_path(key))

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str | None = None) -> Iterator[bytes]:
        """Return a range in chunks."""
        return reading.read(self._store, relative_path(key), start, end, etag)

    def ranges(self, key: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """Return several ranges."""
        return reading.ranges(self._store, relative_path(key), ranges)

    def list(self, prefix: str = "", after: str = "", limit: int = 1000) -> list[Blob]:
        """Return a page by key, which is S3's own order."""
        folder = relative_path(prefix.rstrip("/")) if prefix else None
        found: list[Blob] = []
        with reading.translated(prefix):
            for page in obstore.list(self._store, folder, offset=after or None, chunk_size=min(limit, 1000)):
                found += map(reading.described, page)
                if len(found) >= limit:
                    break
        return found[:limit]

    def delete(self, key: str) -> None:
        """Remove one object."""
        with reading.translated(key):
            obstore.delete(self._store, relative_path(key))

    def local_path(self, key: str) -> Path | None:
        """Return nothing: the object is elsewhere."""
        relative_path(key)
        return None


def _filled(chunks: Iterator[bytes], size: int) -> bytes:
    """Take chunks until they are ``size`` bytes together, or end."""
    held = bytearray()
    while len(held) < size:
        chunk = next(chunks, None)
        if chunk is None:
            break
        held += chunk
    return bytes(held)


if TYPE_CHECKING:
    _keeps_its_promise: type[Blobs] = S3Blobs
