"""Files of workspaces: paths of a workspace are keys of the object store, and the policy stands before each.

What lies below ``.private/`` (the logs of Jobs) is for members, also in a workspace that anyone may read.
"""

import mimetypes
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from thalweg.blobs.blobs import Blob, Blobs
from thalweg.core.errors import Forbidden, NotFound, Unauthenticated
from thalweg.core.files import PRIVATE, FileFacts, Files
from thalweg.core.principals import Principal
from thalweg.core.workspaces import Policy, workspace_id
from thalweg.guard.paths import relative_path

_KNOWN = {
    ".tif": "image/tiff; application=geotiff",
    ".tiff": "image/tiff; application=geotiff",
    ".geojson": "application/geo+json",
    ".cwl": "application/cwl+yaml",
    ".log": "text/plain",
    ".jp2": "image/jp2",
    ".nc": "application/netcdf",
}


class WorkspaceFiles:
    """The files of all workspaces in one object store.

    Attributes:
        most_bytes: what one file may have.
    """

    def __init__(self, blobs: Blobs, policy: Policy, most_bytes: int) -> None:
        self._blobs = blobs
        self._policy = policy
        self.most_bytes = most_bytes

    def facts(self, workspace: str, path: str, who: Principal) -> FileFacts:
        """Return what is known of one file."""
        self._check_read(workspace, path, who)
        return _facts(path, self._blobs.head(_key(workspace, path)))

    def read(
        self, workspace: str, path: str, who: Principal, start: int = 0, end: int | None = None
    ) -> Iterable[bytes]:
        """Return the bytes of a file, or of its range ``[start, end)``, in chunks."""
        self._check_read(workspace, path, who)
        return self._blobs.read(_key(workspace, path), start, end)

    def write(self, workspace: str, path: str, chunks: Iterable[bytes], who: Principal) -> FileFacts:
        """Store a file whole or not at all, replacing what stood there."""
        self._policy.check(who, "write", workspace)
        return _facts(path, self._blobs.put(_key(workspace, path), chunks, self.most_bytes))

    def listed(self, workspace: str, folder: str, after: str, limit: int, who: Principal) -> list[FileFacts]:
        """Return a page of the files below a folder, by path."""
        self._check_read(workspace, folder, who)
        hidden = not folder and not self._is_member(workspace, who)
        root = f"{workspace_id(workspace)}/"
        within = _key(workspace, folder) if folder else root
        found = self._blobs.list(within, root + after if after else "", limit)
        listed = [_facts(blob.key.removeprefix(root), blob) for blob in found]
        return [one for one in listed if not (hidden and _is_private(one.path))]

    def _check_read(self, workspace: str, path: str, who: Principal) -> None:
        self._policy.check(who, "read", workspace)
        if _is_private(path) and not self._is_member(workspace, who):
            raise NotFound(f"there is no file {path}")

    def _is_member(self, workspace: str, who: Principal) -> bool:
        try:
            self._policy.check(who, "write", workspace)
        except (Forbidden, Unauthenticated):
            return False
        return True

    def remove(self, workspace: str, path: str, who: Principal) -> None:
        """Remove one file; quiet where it is not there."""
        self._policy.check(who, "write", workspace)
        self._blobs.delete(_key(workspace, path))

    def local(self, workspace: str, path: str, who: Principal) -> Path | None:
        """Return the file's path on this machine where the store is a local folder."""
        self._check_read(workspace, path, who)
        return self._blobs.local_path(_key(workspace, path))


def _is_private(path: str) -> bool:
    return path.partition("/")[0] == PRIVATE


def _key(workspace: str, path: str) -> str:
    return f"{workspace_id(workspace)}/{relative_path(path)}"


def _facts(path: str, blob: Blob) -> FileFacts:
    suffix = Path(path).suffix.lower()
    media_type = _KNOWN.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return FileFacts(path, blob.size, blob.etag, blob.modified, media_type)


if TYPE_CHECKING:
    _keeps_its_promise: type[Files] = WorkspaceFiles
