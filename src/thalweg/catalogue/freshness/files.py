"""Files of the platform's own, looked at whether they are there."""

import re
from urllib.parse import unquote

from thalweg.blobs.blobs import Blobs
from thalweg.catalogue.freshness.assets import Finding
from thalweg.core.errors import InvalidParameter, NotFound, Unavailable
from thalweg.core.files import PRIVATE
from thalweg.core.items import LOCAL
from thalweg.core.workspaces import workspace_of
from thalweg.guard.paths import relative_path

_LOCAL_FILE = re.compile(re.escape(LOCAL) + r"/workspaces/([a-z0-9-]{1,63})/files/([^?#]+)")


class LocalFiles:
    """The files that Items of a Collection lead to: those of its own workspace that who may read it may read."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs

    def look(self, href: str, collection: str) -> Finding:
        """Return whether a file is there; of those of others, and of private ones, nothing is told."""
        match = _LOCAL_FILE.fullmatch(href)
        if match is None:
            return Finding("unchecked", None, "leads to no file")
        workspace, path = match[1], unquote(match[2])
        if workspace != workspace_of(collection) or path.partition("/")[0] == PRIVATE:
            return Finding("unchecked", None, "leads to a file that not everybody may know of")
        try:
            key = f"{workspace}/{relative_path(path)}"
            return Finding("alive") if self._is_there(key) else Finding("dead", None, "there is no such file")
        except InvalidParameter:
            return Finding("dead", None, "leads to what cannot be a file")
        except Unavailable:
            return Finding("unsure", None, "the object store does not answer")

    def _is_there(self, key: str) -> bool:
        try:
            self._blobs.head(key)
        except NotFound:
            # A Zarr store is a folder.
            return bool(self._blobs.list(key, limit=1))
        return True
