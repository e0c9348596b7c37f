"""Zip archives of strangers: read in place, member by member, never unpacked by their own names.

Everything that an archive promises is checked before a byte of it is inflated: how many members, where they lie, how
large they are together and each against its packed size. While a member is read, what really comes out is counted too.
"""

import itertools
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from thalweg.core.errors import InvalidParameter, NotFound, TooLarge
from thalweg.guard.paths import relative_path

MOST_MEMBERS = 20_000
MOST_UNPACKED = 64 * 1024**3
"""Bytes of all members together."""
_MOST_RATIO, _RATIO_FROM = 250, 64 * 1024**2
"""A member may be so many times its packed size, once it is larger than 64 MiB; real metadata reach 60 times."""
_MOST_DIRECTORY = 16 * 1024**2
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
_LOCATOR, _LOCATOR_SIZE, _END_64 = b"PK\x06\x07", 20, b"PK\x06\x06"
_LINK, _KIND = 0o120000, 0o170000
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_CHUNK = 1024 * 1024
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, ValueError, OSError)


class Archive:
    """One zip archive, opened for reading; a context manager.

    Raises:
        NotFound: it is not there.
        InvalidParameter: it is no zip, is broken, or has members that lead out of it, are links, are encrypted, share
            a name, or overlap.
        TooLarge: it has too many members, or promises more bytes than may be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise NotFound("the archive is not there") from error
        try:
            _check_directory(self._file)
            self._zip = zipfile.ZipFile(self._file)
            self._members = _members(self._zip)
        except _BROKEN as error:
            self._file.close()
            raise InvalidParameter("archive", "is no zip archive, or is broken or cut short") from error
        except (InvalidParameter, TooLarge):
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._file.close()

    def names(self) -> tuple[str, ...]:
        """Return the names of all members that are files."""
        return tuple(self._members)

    def has(self, name: str) -> bool:
        """Tell whether there is such a member."""
        return name in self._members

    def size(self, name: str) -> int:
        """Return the unpacked bytes of a member, or raise ``NotFound``."""
        return self._member(name).file_size

    def read(self, name: str, most: int) -> bytes:
        """Return a member's bytes.

        Raises:
            NotFound: there is no such member.
            TooLarge: it has more than ``most`` bytes.
            InvalidParameter: it is broken.
        """
        if self._member(name).file_size > most:
            raise TooLarge(f"{name}: has more than {most} bytes")
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes; zipfile stops at the promised size and compares the checksum."""
        try:
            with self._zip.open(self._member(name)) as member:
                while chunk := member.read(_CHUNK):
                    yield chunk
        except _BROKEN as error:
            raise InvalidParameter("archive", f"its member {name} is broken or cut short") from error

    def _member(self, name: str) -> zipfile.ZipInfo:
        if name not in self._members:
            raise NotFound(f"the archive has no member {name}")
        return self._members[name]


def _check_directory(file: BinaryIO) -> None:
    """Refuse a directory that would take too much memory, which zipfile reads whole."""
    size = file.seek(0, 2)
    tail_at = max(0, size - _END_SIZE - _LONGEST_COMMENT - _LOCATOR_SIZE)
    file.seek(tail_at)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0:
        raise zipfile.BadZipFile("no end of directory")
    entries, directory = struct.unpack_from("<HL", tail, at + 10)
    locator = tail[max(0, at - _LOCATOR_SIZE) : at]
    if locator.startswith(_LOCATOR):
        file.seek(struct.unpack_from("<Q", locator, 8)[0])
        record = file.read(56)
        if not record.startswith(_END_64):
            raise zipfile.BadZipFile("no zip64 record")
        entries, directory = struct.unpack_from("<QQ", record, 32)
    file.seek(0)
    if entries > MOST_MEMBERS or directory > _MOST_DIRECTORY:
        raise TooLarge(f"the archive has more than {MOST_MEMBERS} members")


def _members(archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise TooLarge(f"the archive has more than {MOST_MEMBERS} members")
    for info in infos:
        name = relative_path(info.filename.removesuffix("/"), "archive")
        if info.is_dir():
            continue
        _check_member(info)
        if name in found:
            raise InvalidParameter("archive", f"has two members that are called {name}")
        found[name] = info
    _check_overlap(found.values())
    if sum(info.file_size for info in found.values()) > MOST_UNPACKED:
        raise TooLarge(f"the archive's members take more than {MOST_UNPACKED >> 30} GiB")
    return found


def _check_member(info: zipfile.ZipInfo) -> None:
    if (info.external_attr >> 16) & _KIND == _LINK:
        raise InvalidParameter("archive", f"its member {info.filename} is a symbolic link")
    if info.flag_bits & _ENCRYPTED:
        raise InvalidParameter("archive", f"its member {info.filename} is encrypted")
    if info.compress_type not in _METHODS:
        raise InvalidParameter("archive", f"its member {info.filename} is packed by a method that is not read here")
    if info.file_size > max(_RATIO_FROM, _MOST_RATIO * info.compress_size):
        raise TooLarge(f"the archive's member {info.filename} would be more than {_MOST_RATIO} times its packed size")


def _check_overlap(infos: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse members that share bytes, by which a small archive promises a large one."""
    ordered = sorted(infos, key=lambda info: info.header_offset)
    for one, following in itertools.pairwise(ordered):
        if one.header_offset + one.compress_size > following.header_offset:
            raise InvalidParameter("archive", f"its members {one.filename} and {following.filename} overlap")
