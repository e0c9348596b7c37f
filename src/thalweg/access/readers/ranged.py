"""A file of a workspace as a seekable stream of ranged reads, for stores that have no local path."""

import io
from collections import OrderedDict
from typing import TYPE_CHECKING

from thalweg.core.files import Files
from thalweg.core.principals import Principal

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK = 256 * 1024
_BLOCKS = 64
"""With ``_BLOCK`` the bound of what one stream remembers: 16 MiB."""


class RangedFile(io.RawIOBase):
    """Reads in blocks and remembers the latest; GDAL asks for headers many times, a few bytes each."""

    def __init__(self, files: Files, workspace: str, path: str, who: Principal) -> None:
        super().__init__()
        self._files, self._workspace, self._path, self._who = files, workspace, path, who
        self._size = files.facts(workspace, path, who).size
        self._at = 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        """Return that it is."""
        return True

    def seekable(self) -> bool:
        """Return that it is."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place, also behind the end."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill the buffer as far as the file goes."""
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._at < self._size:
            number, offset = divmod(self._at, _BLOCK)
            piece = self._block(number)[offset : offset + len(view) - done]
            if not piece:
                break
            view[done : done + len(piece)] = piece
            done += len(piece)
            self._at += len(piece)
        return done

    def _block(self, number: int) -> bytes:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        start = number * _BLOCK
        end = min(start + _BLOCK, self._size)
        block = b"".join(self._files.read(self._workspace, self._path, self._who, start, end))
        self._blocks[number] = block
        if len(self._blocks) > _BLOCKS:
            self._blocks.popitem(last=False)
        return block
