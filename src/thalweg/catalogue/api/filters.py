"""What a request asks to be true, read into one expression."""

from collections.abc import Mapping
from typing import Any, Literal

import orjson

from thalweg.catalogue.crs import CRS84, reference_system
from thalweg.core.errors import InvalidParameter, InvalidRequest
from thalweg.core.expressions import (
    Array,
    Expression,
    Instant,
    Operation,
    Property,
    Span,
)
from thalweg.core.expressions import Literal as Value
from thalweg.core.queryables import Queryable
from thalweg.core.time import instant
from thalweg.cql2 import names
from thalweg.cql2.reading import read_json, read_text
from thalweg.cql2.systems import with_crs
from thalweg.web.parameters import check_depth

Language = Literal["cql2-text", "cql2-json"]
_TRUTH = {"true": True, "false": False}


def filter_of(written: str | Mapping[str, Any] | bool, language: Language | None, crs: str | None) -> Expression:  # noqa: FBT001 - JSON's own
    """Read a filter.

    Args:
        written: CQL2 text, CQL2 JSON as text (in a query), or CQL2 JSON (in a body).
        language: of a string; what stands here speaks for itself otherwise.
        crs: of its geometries; ``None`` is CRS84.

    Raises:
        InvalidParameter: it is no filter, or not in that language.
        TooLarge: it asks too much.
    """
    if crs not in (None, CRS84):
        system = reference_system(str(crs), "filter-crs")
        return with_crs(_read(written, language, globe=False), system.to_lonlat)
    return _read(written, language)


def _read(written: str | Mapping[str, Any] | bool, language: Language | None, *, globe: bool = True) -> Expression:  # noqa: FBT001 - JSON's own
    if not isinstance(written, str):
        if language == "cql2-text":
            raise InvalidParameter("filter-lang", "is cql2-text, and the filter is JSON")
        return plain(read_json(written, globe=globe))
    if language == "cql2-json":
        return plain(read_json(_parsed(written), globe=globe))
    return plain(read_text(written, globe=globe))


def _parsed(written: str) -> object:
    try:
        document = orjson.loads(written)
        check_depth(written, document)
    except (orjson.JSONDecodeError, InvalidRequest) as error:
        raise InvalidParameter("filter", f"is not JSON that can be read: {error}") from error
    return document


def plain(expression: Expression) -> Expression:
    """Return the same with properties called by their own names: ``properties.gsd`` is ``gsd``."""
    match expression:
        case Property(name):
            return Property(names.plain(name))
        case Operation(op, arguments):
            return Operation(op, tuple(map(plain, arguments)))
        case Array(items):
            return Array(tuple(map(plain, items)))
        case Span(start, end):
            return Span(None if start is None else plain(start), None if end is None else plain(end))
        case _:
            return expression


def equals(queryable: Queryable, text: str) -> Expression:
    """Return what asks for one value of a queryable, written in a query.

    Raises:
        InvalidParameter: the queryable has no such values.
    """
    of = Property(queryable.name)
    match queryable.kind:
        case "string":
            return Operation("=", (of, Value(text)))
        case "number" | "integer":
            return Operation("=", (of, Value(_number(queryable.name, text))))
        case "boolean":
            if text not in _TRUTH:
                raise InvalidParameter(queryable.name, "is true or false")
            return Operation("=", (of, Value(_TRUTH[text])))
        case "datetime":
            return Operation("=", (of, Instant(instant(text, queryable.name))))
        case _:
            raise InvalidParameter(queryable.name, "is asked for by filter: its values are not simple")


def _number(name: str, text: str) -> float:
    try:
        number = orjson.loads(text)
    except orjson.JSONDecodeError:
        number = None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InvalidParameter(name, "takes a number")
    return number
