"""A URL chooses the store: ``file:///srv/thalweg/files``, ``s3://bucket/prefix``, or a third party's scheme."""

from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import unquote, urlsplit

from thalweg.blobs.blobs import Blobs
from thalweg.blobs.s3 import S3Access, S3Blobs
from thalweg.core.errors import InvalidParameter


def open_blobs(url: str, access: S3Access | None = None) -> Blobs:
    """Open the object store at a URL; a local folder is made where it is not there.

    Args:
        url: other schemes than ``file`` and ``s3`` are looked up in the entry points ``thalweg.blob_stores``, each a
            callable that takes the URL and returns ``Blobs``.
        access: how to reach S3.

    Raises:
        InvalidParameter: nobody knows the scheme, or the URL names no place.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return _folder(parts.netloc, unquote(parts.path))
    if parts.scheme == "s3" and parts.netloc:
        return S3Blobs(parts.netloc, unquote(parts.path).strip("/"), access)
    for point in entry_points(group="thalweg.blob_stores", name=parts.scheme):
        opened: Blobs = point.load()(url)
        return opened
    raise InvalidParameter("blobs", f"{url!r} is neither file:///FOLDER nor s3://BUCKET/PREFIX")


def _folder(host: str, path: str) -> Blobs:
    from thalweg.blobs.folder import FolderBlobs  # noqa: PLC0415 - POSIX locks, which not every system has

    if host not in ("", "localhost") or not path.startswith("/"):
        raise InvalidParameter("blobs", "a folder's URL is file:///ABSOLUTE/PATH")
    return FolderBlobs(Path(path))
