"""Rasters among the files of workspaces: opened as the one who asks, remembered by version."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import rasterio

from thalweg.access.bounded_cache import BoundedCache
from thalweg.access.ports import Level, Opened, Rasters
from thalweg.access.readers.geotiff import GdalLevel, opened
from thalweg.access.readers.handles import Handles
from thalweg.access.readers.opening import Opener, open_raster
from thalweg.access.readers.ranged import RangedFile
from thalweg.core.errors import Unavailable
from thalweg.core.files import Files
from thalweg.core.principals import Principal

_HEADERS = 32 * 1024 * 1024
"""Bytes of remembered headers."""
_TRIES = 3


class WorkspaceRasters:
    """Every call asks ``Files`` first, as ``who``: what is remembered of a file never answers for its policy."""

    def __init__(self, files: Files, most_open: int = 128) -> None:
        self._files = files
        self._headers: BoundedCache[str, Opened] = BoundedCache(_HEADERS)
        self._handles = Handles(most_open)

    def version(self, workspace: str, path: str, who: Principal) -> str:
        """Return the file's name with its entity tag."""
        return f"{workspace}/{path}@{self._files.facts(workspace, path, who).etag}"

    def opened(self, workspace: str, path: str, who: Principal) -> Opened:
        """Return what is known of a raster, remembered while the file stays the same."""
        for _ in range(_TRIES):
            key = self.version(workspace, path, who)
            known = self._headers.get(key) or opened(self._source(workspace, path, who), key)
            if key == self.version(workspace, path, who):
                self._headers.put(key, known, _cost(known))
                return known
        raise Unavailable("the file changes faster than it can be read")

    @contextmanager
    def lent(self, workspace: str, path: str, who: Principal, level: int) -> Iterator[Level]:
        """Lend a level; the dataset behind it waits for the next one who wants it."""

        def anew() -> rasterio.DatasetReader:
            return open_raster(self._source(workspace, path, who), level - 1 if level else None)

        key = self.version(workspace, path, who)
        with self._handles.lent((key, level), anew) as dataset:
            yield GdalLevel(dataset)

    def close(self) -> None:
        """Close the idle datasets."""
        self._handles.close()

    def _source(self, workspace: str, path: str, who: Principal) -> Path | Opener:
        local = self._files.local(workspace, path, who)
        if local is not None:
            return local
        return lambda: cast("BinaryIO", RangedFile(self._files, workspace, path, who))


def _cost(known: Opened) -> int:
    """Estimate the bytes of a header: bands and tags are what grows."""
    return 4096 + 512 * len(known.facts.bands) + 1024 * len(known.facts.tags) + 64 * len(known.palette or ())


if TYPE_CHECKING:
    _keeps_its_promise: type[Rasters] = WorkspaceRasters
