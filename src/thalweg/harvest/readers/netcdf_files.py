"""NetCDF files of strangers, opened in process: version 4 (HDF5) by h5py, classic ones by scipy; never by name.

HDF5 can point out of its file: external links, external storage, virtual datasets. Such files are refused before
anything of them is read.
"""

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import h5netcdf
import h5py  # type: ignore[import-untyped]
from numpy.typing import NDArray
from scipy.io import netcdf_file

from thalweg.core.errors import InvalidParameter, NotFound, TooLarge, UnsupportedMedia
from thalweg.guard import formats
from thalweg.harvest.contents import head_kind
from thalweg.harvest.readers.arrays import Arrays, Variable, plain

MOST_OBJECTS = 5000
"""Groups and arrays in one file."""
_DEEPEST = 16
_BROKEN = (
    OSError,
    KeyError,
    ValueError,
    TypeError,
    RuntimeError,
    IndexError,
    AttributeError,
    OverflowError,
    struct.error,
)


@contextmanager
def opened(path: Path, group: str = "") -> Iterator[Arrays]:
    """Open a file, or a group of it.

    Raises:
        UnsupportedMedia: it is no NetCDF, whatever its name says.
        InvalidParameter: it is broken, or points to other files.
        NotFound: it has no such group.
        TooLarge: it has too many arrays.
    """
    kind = head_kind(path)
    if kind not in (formats.HDF5, formats.NETCDF):
        raise UnsupportedMedia(f"{path.name} is no NetCDF, whatever its name says")
    with _hdf5(path, group) if kind is formats.HDF5 else _classic(path) as arrays:
        try:
            yield arrays
        except _BROKEN as error:
            raise _broken(path) from error


def _broken(path: Path) -> InvalidParameter:
    return InvalidParameter(path.name, "is broken or cut short: it cannot be read as NetCDF")


@contextmanager
def _hdf5(path: Path, group: str) -> Iterator[Arrays]:
    try:
        file = h5py.File(path, "r")
    except _BROKEN as error:
        raise _broken(path) from error
    with file:
        try:
            _check(file, path.name)
            netcdf = h5netcdf.File(file, "r")  # held by name: its variables know it by a weak reference only
            arrays = _arrays_of(netcdf, group)
        except _BROKEN as error:
            raise _broken(path) from error
        if arrays is None:
            raise NotFound(f"{path.name} has no group {group}")
        yield arrays


def _check(file: Any, name: str) -> None:  # noqa: ANN401 - h5py has no types
    """Refuse what leads out of the file, and more than may be looked at."""
    todo, seen = [(file, 0)], 0
    while todo:
        group, depth = todo.pop()
        for member in group:
            seen += 1
            if seen > MOST_OBJECTS or depth > _DEEPEST:
                raise TooLarge(f"{name}: has more than {MOST_OBJECTS} groups and arrays")
            if not isinstance(group.get(member, getlink=True), h5py.HardLink):
                raise InvalidParameter(name, f"has a link ({member[:64]}), which could lead to another file")
            found = group[member]
            if isinstance(found, h5py.Group):
                todo.append((found, depth + 1))
            elif _is_elsewhere(found):
                raise InvalidParameter(name, f"keeps {member[:64]} in another file")


def _is_elsewhere(found: Any) -> bool:  # noqa: ANN401 - h5py has no types
    return isinstance(found, h5py.Dataset) and bool(found.external or found.is_virtual)


def _arrays_of(file: Any, group: str) -> Arrays | None:  # noqa: ANN401 - h5netcdf has no types
    if group and group not in file.groups:
        return None
    found = file.groups[group] if group else file
    variables = {name: _variable(name, variable) for name, variable in found.variables.items()}
    dimensions = {name: _size(found, name) for name in found.dimensions}
    return Arrays(variables, _plain(found.attrs), dimensions)


def _size(group: Any, name: str) -> int:  # noqa: ANN401 - as above
    return int(group.dimensions[name].size)


def _variable(name: str, variable: Any) -> Variable:  # noqa: ANN401 - as above
    def take(start: int, end: int) -> NDArray[Any]:
        found: NDArray[Any] = variable[start:end] if variable.shape else variable[...]
        return found

    return Variable(
        name, tuple(variable.dimensions), tuple(variable.shape), str(variable.dtype), _plain(variable.attrs), take
    )


def _plain(attributes: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as above
    found = {}
    for name in attributes:
        try:
            found[name] = plain(attributes[name])
        except _BROKEN:  # an attribute of a type that is not known says nothing here
            continue
    return found


@contextmanager
def _classic(path: Path) -> Iterator[Arrays]:
    try:
        file = netcdf_file(path, "r", mmap=False) if path.stat().st_size <= _MOST_CLASSIC else None
        if file is None:
            raise TooLarge(f"{path.name}: a classic NetCDF may have {_MOST_CLASSIC >> 20} MiB")
        arrays = _classic_arrays(file)
    except _BROKEN as error:
        raise _broken(path) from error
    with file:
        yield arrays


_MOST_CLASSIC = 512 * 1024 * 1024
"""Bytes: scipy reads a classic file whole."""


def _classic_arrays(file: Any) -> Arrays:  # noqa: ANN401 - scipy has no types
    variables = {}
    for name, variable in file.variables.items():
        attributes = {key: plain(value) for key, value in variable._attributes.items()}  # noqa: SLF001 - the only way
        data = variable.data
        variables[name] = Variable(
            name,
            tuple(variable.dimensions),
            tuple(data.shape),
            data.dtype.newbyteorder("=").name,
            attributes,
            partial(_taken, data),
        )
    sizes = {name: int(size or _records(variables, name)) for name, size in file.dimensions.items()}
    attributes = {key: plain(value) for key, value in file._attributes.items()}  # noqa: SLF001 - as above
    return Arrays(variables, attributes, sizes)


def _taken(data: NDArray[Any], start: int, end: int) -> NDArray[Any]:
    return data[start:end].copy() if data.shape else data.copy()


def _records(variables: Mapping[str, Variable], name: str) -> int:
    return max((one.shape[0] for one in variables.values() if one.dimensions[:1] == (name,)), default=0)
