"""Items as one JSON document that may stand on many lines: one Item, or a list of them as an ItemCollection."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.harvest.ports import Row, Source
from thalweg.harvest.sources.files import SourceFile

LARGEST = 256 * 1024 * 1024
"""Bytes of a document that is read whole."""


class Documents(SourceFile):
    """A file that holds one document: an Item or Collection, or several in a FeatureCollection."""

    @property
    def extent(self) -> int | None:
        """Return the number of documents."""
        return len(self._documents)

    def rows(self, after: int) -> Iterator[Row]:
        """Yield the documents behind a place, by their numbers.

        Raises:
            InvalidParameter: the file is no JSON, or no object.
            TooLarge: it is larger than what is read whole.
        """
        size = self._path.stat().st_size // max(1, len(self._documents))
        for place, found in enumerate(self._documents, 1):
            document = found if isinstance(found, Mapping) else InvalidParameter("document", "is no JSON object")
            if place > after:
                yield Row(place, document, place, size=size)

    @cached_property
    def _documents(self) -> Sequence[Any]:
        if self._path.stat().st_size > LARGEST:
            raise TooLarge(f"{self.name} has more than {LARGEST >> 20} MiB in one document: write one Item a line")
        try:
            found = orjson.loads(self._path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            where = f"{error.msg} in line {error.lineno}, column {error.colno}"
            raise InvalidParameter(self.name, f"is neither one JSON document nor one a line: {where}") from error
        if is_collected(found):
            features: Sequence[Any] = found["features"]
            return features
        return [found]


def is_collected(found: object) -> bool:
    """Tell whether a document is a list of Items."""
    return (
        isinstance(found, Mapping)
        and found.get("type") == "FeatureCollection"
        and isinstance(found.get("features"), list)
    )


if TYPE_CHECKING:
    _keeps_its_promise: type[Source] = Documents
