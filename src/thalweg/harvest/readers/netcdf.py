"""NetCDF files that keep the CF Conventions."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from thalweg.core.items import Document
from thalweg.guard import formats
from thalweg.harvest.contents import OneFile, head_kind
from thalweg.harvest.ports import Contents, ImageDescriber, Reader
from thalweg.harvest.readers import cf, netcdf_files
from thalweg.harvest.readers.products import NETCDF


class NetCdf:
    """Reads any NetCDF that says where and when it is."""

    of_format = True

    def recognises(self, path: Path) -> bool:
        """Tell by the first bytes, and that HDF5 is called as NetCDF is."""
        kind = head_kind(path)
        return kind is formats.NETCDF or (kind is formats.HDF5 and path.suffix.lower() in (".nc", ".nc4", ".cdf"))

    def read(self, path: Path) -> Sequence[Document]:
        """Return the one Item of a file."""
        asset = {"href": f"./{path.name}", "type": NETCDF, "title": "Data", "roles": ["data"]}
        with netcdf_files.opened(path) as arrays:
            return [cf.item(path, arrays, asset)]

    def contents(self, path: Path) -> Contents:
        """Open the file."""
        return OneFile(path)


def netcdf(_: ImageDescriber) -> Reader:
    """Return the reader of NetCDF files."""
    return NetCdf()


if TYPE_CHECKING:
    _keeps_its_promise: type[Reader] = NetCdf
