"""Items as stac-geoparquet: one Item a row, read in batches of rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import stac_geoparquet.arrow as stac_arrow

from thalweg.core.errors import InvalidParameter, ThalwegError, TooLarge, UnsupportedMedia
from thalweg.core.items import Document
from thalweg.harvest.ports import Divisible, Part, Row, Source
from thalweg.harvest.sources.files import SourceFile

_BATCH = 500
_LARGEST_GROUP = 2 * 1024**3
"""Bytes that one group of rows may take once it is decompressed."""
_MAGIC = b"PAR1"
_BROKEN = (pa.ArrowException, ValueError, KeyError, TypeError, AttributeError, OSError, IndexError)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that follow each other, decoded: the columns of a group cannot be read in several processes at once."""

    found: tuple[Row, ...]

    @property
    def place(self) -> int:
        """Return the number of the last row."""
        return self.found[-1].place

    @property
    def done(self) -> int:
        """Return the number of rows read with these."""
        return self.found[-1].done

    def rows(self) -> Iterator[Row]:
        """Yield their Items."""
        return iter(self.found)


class GeoParquet(SourceFile):
    """A file of Items; what a batch is read into is all that is held."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                raise UnsupportedMedia(f"{path.name} is no Parquet, whatever its name says")
        self._rows = self._opened().metadata.num_rows

    @property
    def extent(self) -> int | None:
        """Return the number of rows."""
        return int(self._rows)

    def rows(self, after: int) -> Iterator[Row]:
        """Yield the Items of the rows behind a row; groups of rows before it are not decoded."""
        file, before = self._opened(), 0
        for number in range(file.num_row_groups):
            group = file.metadata.row_group(number)
            if group.total_byte_size > _LARGEST_GROUP:
                raise TooLarge(f"{self.name}: a group of rows takes more than {_LARGEST_GROUP >> 30} GiB")
            if before + group.num_rows > after:
                yield from self._group(file, number, before, after)
            before += group.num_rows

    def parts(self, after: int, most: int) -> Iterator[Part]:
        """Yield rows that follow each other, at most so many."""
        rows = self.rows(after)
        while found := tuple(islice(rows, most)):
            yield Rows(found)

    def _opened(self) -> Any:  # noqa: ANN401 - pyarrow has no types
        try:
            return pq.ParquetFile(self._path)
        except _BROKEN as error:
            raise InvalidParameter(self.name, "is broken or cut short: it cannot be read as Parquet") from error

    def _group(self, file: Any, number: int, before: int, after: int) -> Iterator[Row]:  # noqa: ANN401 - as above
        place = before
        try:
            for batch in file.iter_batches(batch_size=_BATCH, row_groups=[number]):
                if place + batch.num_rows > after:
                    for n, document in enumerate(_documents(batch), start=place + 1):
                        if n > after:
                            yield Row(n, document, n)
                place += batch.num_rows
        except _BROKEN as error:
            raise InvalidParameter(self.name, f"cannot be read behind row {place}: it is broken") from error


def _without_nulls(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Leave out members that are null: all rows have the same columns, so that null stands for what is not there."""
    if isinstance(value, dict):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _item(found: dict[str, Any]) -> Document:
    properties = found.get("properties")
    timeless = isinstance(properties, dict) and properties.get("datetime", "") is None
    document: dict[str, Any] = {"geometry": None, **_without_nulls(found)}
    if timeless:
        document["properties"]["datetime"] = None
    return document


def _documents(batch: Any) -> Iterator[Document | ThalwegError]:  # noqa: ANN401 - pyarrow has no types
    try:
        yield from list(map(_item, stac_arrow.stac_table_to_items(pa.Table.from_batches([batch]))))
    except _BROKEN:
        for n in range(batch.num_rows):  # one row that cannot be read does not take the others with it
            yield _one(batch.slice(n, 1))


def _one(row: Any) -> Document | ThalwegError:  # noqa: ANN401 - as above
    try:
        return _item(next(iter(stac_arrow.stac_table_to_items(pa.Table.from_batches([row])))))
    except (*_BROKEN, StopIteration):
        return InvalidParameter("document", "is no Item: the row does not hold what stac-geoparquet asks for")


if TYPE_CHECKING:
    _keeps_its_promise: type[Source] = GeoParquet
    _can_be_divided: type[Divisible] = GeoParquet
