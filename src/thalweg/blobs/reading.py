"""What reading has in common over every store of obstore."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import obstore
from obstore import exceptions
from obstore.store import LocalStore, S3Store

from thalweg.blobs.blobs import Blob, span
from thalweg.core.errors import Forbidden, InvalidParameter, NotFound, PreconditionFailed, Unavailable

if TYPE_CHECKING:
    from obstore import GetResult, ObjectMeta

Store = LocalStore | S3Store
CHUNK = 1024 * 1024
"""Bytes that a read hands on at once."""


@contextmanager
def translated(key: str) -> Iterator[None]:
    """Raise the platform's errors for obstore's; none carries the store's own words, which name paths and buckets."""
    try:
        yield
    except (exceptions.NotFoundError, FileNotFoundError) as error:
        raise NotFound(f"there is no file {key}") from error
    except (exceptions.InvalidPathError, ValueError) as error:
        raise InvalidParameter("path", "is not a path that the store can hold") from error
    except exceptions.PreconditionError as error:
        raise PreconditionFailed(f"{key} has changed") from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError, PermissionError) as error:
        raise Forbidden(f"the store does not let the platform at {key}") from error
    except (exceptions.BaseError, OSError) as error:
        raise Unavailable("the object store does not answer") from error


def described(meta: "ObjectMeta") -> Blob:
    """Return obstore's facts as ours."""
    etag = (meta["e_tag"] or f"{meta['last_modified'].timestamp():.6f}-{meta['size']:x}").strip('"')
    return Blob(meta["path"], meta["size"], f'"{etag}"', meta["last_modified"])


def head(store: Store, key: str) -> Blob:
    """Say what is there."""
    with translated(key):
        return described(obstore.head(store, key))


def read(store: Store, key: str, start: int, end: int | None, etag: str | None) -> Iterator[bytes]:
    """Return a range in chunks, all of one version of the object."""
    blob = head(store, key)
    if etag is not None and etag != blob.etag:
        raise PreconditionFailed(f"{key} has changed")
    begin, stop = span(blob, start, end)
    if begin == stop:
        return iter(())
    with translated(key):
        found = obstore.get(store, key, options={"range": (begin, stop), "if_match": blob.etag})
    return _chunks(found, key)


def _chunks(found: "GetResult", key: str) -> Iterator[bytes]:
    with translated(key):
        for chunk in found.stream(min_chunk_size=CHUNK):
            yield bytes(chunk)


def ranges(store: Store, key: str, wanted: Sequence[tuple[int, int]]) -> list[bytes]:
    """Return several ranges; neighbours are fetched together."""
    if not wanted:
        return []
    with translated(key):
        starts, ends = zip(*wanted, strict=True)
        return [bytes(part) for part in obstore.get_ranges(store, key, starts=starts, ends=ends)]
