"""A file is what its first bytes say."""

import pytest

from thalweg.guard import formats
from thalweg.guard.formats import sniff


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"II*\x00\x08\x00\x00\x00", formats.TIFF),
        (b"MM\x00*\x00\x00\x00\x08", formats.TIFF),
        (b"II+\x00\x08\x00\x00\x00" + bytes(8), formats.TIFF),
        (b"MM\x00+\x00\x08\x00\x00" + bytes(8), formats.TIFF),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", formats.JPEG2000),
        (b"\xff\x4f\xff\x51\x00", formats.JPEG2000),
        (b"\x89PNG\r\n\x1a\n", formats.PNG),
        (b"\xff\xd8\xff\xe0", formats.JPEG),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", formats.WEBP),
        (b"CDF\x01", formats.NETCDF),
        (b"\x89HDF\r\n\x1a\n", formats.HDF5),
        (b"PK\x03\x04", formats.ZIP),
        (b"\x1f\x8b\x08", formats.GZIP),
        (b"SQLite format 3\x00", formats.SQLITE),
        (b'<VRTDataset rasterXSize="1">', formats.VRT),
        (b'\xef\xbb\xbf \n<?xml version="1.0"?><VRTDataset>', formats.VRT),
        (b"<GDAL_WMS>", formats.XML),
        (b"\xff\xfe<\x00V\x00R\x00T\x00", formats.XML),
        (b'{"zarr_format": 3}', formats.ZARR),
        (b' {"type": "Feature"}', formats.JSON),
        (b"plain words", None),
        (b"", None),
        (b"II", None),
        (b"GTIFF_DIR:1:/etc/x", None),
    ],
)
def test_the_first_bytes_say_what_a_file_is(head, kind):
    assert sniff(head) is kind


def test_what_may_name_other_files_is_not_trusted():
    assert not formats.VRT.trusted
    assert not formats.XML.trusted
    assert formats.TIFF.trusted
