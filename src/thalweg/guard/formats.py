"""What a file is, by its first bytes and never by its name."""

import re
from dataclasses import dataclass

HEAD = 512
"""Bytes of a file's beginning that ``sniff`` wants."""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Attributes:
        name: one word: ``tiff``, ``jpeg2000``, ``netcdf`` …
        trusted: may be given to a decoder; a VRT or another XML may name other files and addresses and may not.
    """

    name: str
    media_type: str
    trusted: bool = True


TIFF = Format("tiff", "image/tiff; application=geotiff")
JPEG2000 = Format("jpeg2000", "image/jp2")
PNG = Format("png", "image/png")
JPEG = Format("jpeg", "image/jpeg")
WEBP = Format("webp", "image/webp")
GIF = Format("gif", "image/gif")
NETCDF = Format("netcdf", "application/netcdf")
HDF5 = Format("hdf5", "application/x-hdf5")
ZIP = Format("zip", "application/zip")
GZIP = Format("gzip", "application/gzip")
SQLITE = Format("sqlite", "application/vnd.sqlite3")
PDF = Format("pdf", "application/pdf", trusted=False)
VRT = Format("vrt", "application/xml", trusted=False)
XML = Format("xml", "application/xml", trusted=False)
ZARR = Format("zarr", "application/vnd+zarr")
JSON = Format("json", "application/json")

_MAGIC: tuple[tuple[bytes, Format], ...] = (
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00\x08\x00\x00\x00", TIFF),
    (b"MM\x00+\x00\x08\x00\x00", TIFF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", JPEG2000),
    (b"\xff\x4f\xff\x51", JPEG2000),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF8", GIF),
    (b"CDF\x01", NETCDF),
    (b"CDF\x02", NETCDF),
    (b"CDF\x05", NETCDF),
    (b"\x89HDF\r\n\x1a\n", HDF5),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\x1f\x8b", GZIP),
    (b"SQLite format 3\x00", SQLITE),
    (b"%PDF-", PDF),
)
_BLANK = re.compile(rb"^(?:\xef\xbb\xbf)?\s*")
_WIDE_XML = (b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<\x00", b"\x00<")


def sniff(head: bytes) -> Format | None:
    """Return the format that begins with these bytes, ``None`` for a kind that is not known (plain text among them)."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    return _text(head)


def _text(head: bytes) -> Format | None:
    if head.startswith(_WIDE_XML):
        return XML
    text = _BLANK.sub(b"", head, count=1)
    if text.startswith(b"<"):
        return VRT if b"<VRTDataset" in text else XML
    if text[:1] in (b"{", b"["):
        return ZARR if b'"zarr_format"' in text else JSON
    return None
