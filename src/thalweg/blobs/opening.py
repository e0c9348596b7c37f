"""A URL chooses the store: ``file:///srv/thalweg/files``, ``s3://bucket/prefix``, or a third party's scheme.

Each scheme is an entry point of ``thalweg.blob_stores``, ours too: a callable that takes the URL and how to reach S3,
and returns ``Blobs``.
"""

from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import unquote, urlsplit

from thalweg.blobs.blobs import Blobs
from thalweg.blobs.s3 import S3Access, S3Blobs
from thalweg.core.errors import InvalidParameter

GROUP = "thalweg.blob_stores"


def open_blobs(url: str, access: S3Access | None = None) -> Blobs:
    """Open the object store at a URL; a local folder is made where it is not there.

    Args:
        url: where; its scheme chooses the store.
        access: how to reach S3.

    Raises:
        InvalidParameter: nobody knows the scheme, or the URL names no place.
    """
    for point in entry_points(group=GROUP, name=urlsplit(url).scheme):
        opened: Blobs = point.load()(url, access)
        return opened
    raise InvalidParameter("blobs", f"{url!r} is neither file:///FOLDER nor s3://BUCKET/PREFIX")


def open_folder(url: str, access: S3Access | None = None) -> Blobs:  # noqa: ARG001 - as every store is opened
    """Open the local folder that ``file:///FOLDER`` names."""
    from thalweg.blobs.folder import FolderBlobs  # noqa: PLC0415 - POSIX locks, which not every system has

    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or not path.startswith("/"):
        raise InvalidParameter("blobs", "a folder's URL is file:///ABSOLUTE/PATH")
    return FolderBlobs(Path(path))


def open_s3(url: str, access: S3Access | None = None) -> Blobs:
    """Open the bucket, or the prefix of one, that ``s3://BUCKET/PREFIX`` names."""
    parts = urlsplit(url)
    if not parts.netloc:
        raise InvalidParameter("blobs", "a bucket's URL is s3://BUCKET/PREFIX")
    return S3Blobs(parts.netloc, unquote(parts.path).strip("/"), access)
