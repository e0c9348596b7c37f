"""Zarr stores, versions 2 and 3, in a folder, that keep the CF Conventions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import zarr
import zarr.errors
from numpy.typing import NDArray

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.items import Document
from thalweg.guard import formats
from thalweg.harvest.contents import Folder
from thalweg.harvest.ports import Contents, ImageDescriber, Reader
from thalweg.harvest.readers import cf
from thalweg.harvest.readers.arrays import MOST_VALUES, Arrays, Variable, plain

_ROOTS = (".zgroup", ".zmetadata", "zarr.json")
_DIMENSIONS = "_ARRAY_DIMENSIONS"
_MOST_ARRAYS = 1000
_LARGEST_CHUNK = 256 * 1024 * 1024
_BROKEN = (zarr.errors.BaseZarrError, OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError)


class Zarr:
    """Reads a Zarr group in a folder; only its coordinates are decoded."""

    of_format = True

    def recognises(self, path: Path) -> bool:
        """Tell by the metadata file that a group's folder has."""
        return path.is_dir() and any((path / name).is_file() for name in _ROOTS)

    def read(self, path: Path) -> Sequence[Document]:
        """Return the one Item of a group."""
        asset = {"href": f"./{path.name}", "type": formats.ZARR.media_type, "title": "Data", "roles": ["data"]}
        try:
            group = zarr.open_group(str(path), mode="r")
            arrays = _arrays(group, path.name)
            return [cf.item(path, arrays, asset)]
        except _BROKEN as error:
            raise InvalidParameter(path.name, "is broken: it cannot be read as Zarr") from error

    def contents(self, path: Path) -> Contents:
        """Open the folder; all its names begin with its own."""
        return Folder(path.parent, path.name)


def _arrays(group: zarr.Group, name: str) -> Arrays:
    found: dict[str, Variable] = {}
    for key, array in group.arrays():
        if len(found) >= _MOST_ARRAYS:
            raise TooLarge(f"{name}: has more than {_MOST_ARRAYS} arrays")
        found[key] = _variable(key, array)
    sizes = {
        dimension: size for one in found.values() for dimension, size in zip(one.dimensions, one.shape, strict=True)
    }
    return Arrays(found, _plain(dict(group.attrs)), sizes)


def _variable(name: str, array: Any) -> Variable:  # noqa: ANN401 - its type has a parameter for each version
    attributes = _fill(array) | dict(array.attrs)
    named = getattr(array.metadata, "dimension_names", None) or attributes.pop(_DIMENSIONS, None) or ()
    dimensions = tuple(str(one) for one in named)
    if len(dimensions) != len(array.shape):
        raise InvalidParameter(name, "does not name its dimensions")

    def take(start: int, end: int) -> NDArray[Any]:
        _check_values(name, array)
        return np.asarray(array[start:end] if array.shape else array[...])

    return Variable(name, dimensions, tuple(array.shape), str(array.dtype), _plain(attributes), take)


def _fill(array: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return CF's fill value where version 2 of the format has it for its own."""
    fill = plain(array.metadata.fill_value) if array.metadata.zarr_format == 2 else None  # noqa: PLR2004 - version
    return {} if fill is None else {"_FillValue": fill}


def _check_values(name: str, array: Any) -> None:  # noqa: ANN401 - as above
    """Refuse what is not to be decoded: an object array would be unpickled, and a small file may promise any chunk."""
    size = int(np.prod(array.chunks or (1,), dtype=float)) * array.dtype.itemsize
    if array.dtype.kind not in "iufbM" or size > _LARGEST_CHUNK or array.size > MOST_VALUES:
        raise InvalidParameter(name, "holds no numbers, or chunks too large to be decoded")


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in attributes.items()}


def zarr_store(_: ImageDescriber) -> Reader:
    """Return the reader of Zarr stores."""
    return Zarr()


if TYPE_CHECKING:
    _keeps_its_promise: type[Reader] = Zarr
