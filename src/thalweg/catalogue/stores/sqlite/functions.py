"""What SQL cannot say, said in Python: functions known to each connection, told by number what to answer."""

import threading
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import apsw
import orjson

from thalweg.catalogue.footprints import Ground
from thalweg.catalogue.stores.sqlite.bodies import Bodies
from thalweg.catalogue.stores.sqlite.chains import collection_at, document_at
from thalweg.catalogue.stores.sqlite.rings import wkb_of
from thalweg.core.geometry import BBox

FUNCTIONS = ("of_values", "of_document", "of_past", "of_json", "meets")
"""Their names in SQL; a call costs as much as some twenty comparisons, more while other threads run."""
OfValues = Callable[[Any], Any]
OfDocument = Callable[[Mapping[str, Any]], Any]
Document = Mapping[str, Any]


class Functions(threading.local):
    """The functions of one thread's query; each query begins with none."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies
        self._of_values: list[OfValues] = []
        self._of_document: list[OfDocument] = []
        self._grounds: list[Ground] = []
        self._last: tuple[object, Document] | None = None
        self._last_past: tuple[tuple[int, int], Document] | None = None

    def prepare(self, connection: apsw.Connection) -> None:
        """Make them known to a connection."""
        known = weakref.ref(connection)

        def document(*given: Any) -> Any:  # noqa: ANN401 - a value of SQL
            number, d, packed = given
            return self._told(number, known(), d, packed)

        def past(*given: Any) -> Any:  # noqa: ANN401 - a value of SQL
            number, n, v = given
            return self._told_of_past(number, known(), n, v)

        def collection(*given: Any) -> Any:  # noqa: ANN401 - a value of SQL
            held, (c, v) = known(), given
            return None if held is None else collection_at(held, c, v)

        connection.create_scalar_function("of_past", past, 3)
        connection.create_scalar_function("collection_then", collection, 2)
        connection.create_scalar_function("of_values", self._values, -1)
        connection.create_scalar_function("of_document", document, 3)
        connection.create_scalar_function("of_json", self._json, 2)
        connection.create_scalar_function("meets", self._meets, 6)

    def clear(self) -> None:
        """Begin another query."""
        self._of_values, self._of_document, self._grounds = [], [], []
        self._last = self._last_past = None

    def answering(self, answer: OfValues) -> int:
        """Take a function of kept values; return its number."""
        self._of_values.append(answer)
        return len(self._of_values) - 1

    def reading(self, answer: OfDocument) -> int:
        """Take a function of a document; return its number."""
        self._of_document.append(answer)
        return len(self._of_document) - 1

    def ground(self, ground: Ground) -> int:
        """Take a ground that Items must meet; return its number."""
        self._grounds.append(ground)
        return len(self._grounds) - 1

    def _values(self, *given: Any) -> Any:  # noqa: ANN401 - values of SQL
        number, *values = given
        return self._of_values[number](values)

    def _told(self, number: int, connection: apsw.Connection | None, d: int, packed: bytes) -> Any:  # noqa: ANN401
        if self._last is None or self._last[0] != (d, packed):
            if connection is None:
                return None
            self._last = ((d, packed), orjson.loads(self._bodies.unpacked(connection, d, packed)))
        return self._of_document[number](self._last[1])

    def _told_of_past(self, number: int, connection: apsw.Connection | None, n: int, v: int) -> Any:  # noqa: ANN401
        if self._last_past is None or self._last_past[0] != (n, v):
            if connection is None:
                return None
            self._last_past = ((n, v), orjson.loads(document_at(connection, self._bodies, n, v)))
        return self._of_document[number](self._last_past[1])

    def _json(self, *given: Any) -> Any:  # noqa: ANN401 - values of SQL
        number, body = given
        if self._last is None or self._last[0] != body:
            self._last = (body, orjson.loads(body))
        return self._of_document[number](self._last[1])

    def _meets(self, *given: Any) -> bool:  # noqa: ANN401 - values of SQL
        number, west, south, east, north, shape = given
        found: bool = self._grounds[number].meets(
            BBox(west, south, east, north), None if shape is None else wkb_of(shape)
        )
        return found
