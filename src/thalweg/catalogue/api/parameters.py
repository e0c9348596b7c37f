"""Words of the STAC API's parameters: in a query they are texts, in a body JSON."""

from collections.abc import Callable
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from thalweg.catalogue.api.fields import Fields
from thalweg.catalogue.api.moments import AsOf
from thalweg.catalogue.api.sorting import order_in_body, order_in_query
from thalweg.catalogue.crs import CRS84
from thalweg.core.errors import InvalidParameter, InvalidRequest
from thalweg.core.queries import Sort
from thalweg.web.parameters import MOST_LISTED, SPEAKS_EMPTY, BBoxText, Names, Parameters, check_depth

PAGE = 10
COLLECTIONS_PAGE = 100
Limit = Annotated[
    int,
    Field(
        ge=1,
        description="how many a page holds; more than the platform's most are that many",
        json_schema_extra={"maximum": 10_000},
    ),
]
# Who lost its place must not begin again without a word.
PageToken = Annotated[str | None, SPEAKS_EMPTY, Field(description="where the page begins, from a link of another page")]
Count = Annotated[
    bool | None,
    Field(
        description="count what matches, up to a bound of the platform's; without it only what needs no counting "
        "is told as numberMatched"
    ),
]


def _json(value: object) -> object:
    """Return the JSON object that a query writes as text."""
    if not isinstance(value, str):
        return value
    try:
        document = orjson.loads(value)
        check_depth(value, document)
    except (orjson.JSONDecodeError, InvalidRequest):
        raise ValueError("is not JSON that can be read") from None
    return document


def _whole(value: object) -> object:
    """Refuse in a body what a query writes as text."""
    if isinstance(value, str):
        raise ValueError("is not an array")  # noqa: TRY004 - pydantic reads ValueError
    return value


def _object(value: object) -> object:
    if isinstance(value, str):
        raise ValueError("is not an object")  # noqa: TRY004 - pydantic reads ValueError
    return value


def _told(read: Callable[[object], Any]) -> PlainValidator:
    """Return what validates by a reader that names what is wrong."""

    def validated(value: object) -> Any:  # noqa: ANN401 - what the reader returns
        try:
            return read(value)
        except InvalidParameter as error:
            raise ValueError(error.why) from error

    return PlainValidator(validated)


_OBJECT = {"type": "object", "additionalProperties": True}
_POINT = {"type": "object", "description": "a GeoJSON geometry that Items must meet"}
GeometryText = Annotated[dict[str, Any], BeforeValidator(_json), WithJsonSchema(_POINT)]
Geometry = Annotated[dict[str, Any], BeforeValidator(_object), WithJsonSchema(_POINT)]
BBoxNumbers = Annotated[BBoxText, BeforeValidator(_whole)]
NamesArray = Annotated[Names, BeforeValidator(_whole)]
NamesOrOne = Annotated[Names, BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
"""An array; one name may stand alone, as clients send it."""

_FILTER_TEXT = "CQL2 that must be true, as filter-lang says: cql2-text or cql2-json"
FilterText = Annotated[
    str | dict[str, Any] | bool,
    WithJsonSchema({"type": "string", "description": _FILTER_TEXT}),
]
FilterJson = Annotated[
    str | dict[str, Any] | bool,
    WithJsonSchema({"description": _FILTER_TEXT, "anyOf": [{"type": "string"}, _OBJECT, {"type": "boolean"}]}),
]

_QUERY = 'members are queryables, each with operators and values: {"eo:cloud_cover": {"lt": 10}}'
QueryText = Annotated[
    dict[str, Any], BeforeValidator(_json), WithJsonSchema({"type": "string", "description": f"JSON: {_QUERY}"})
]
QueryJson = Annotated[dict[str, Any], BeforeValidator(_object), WithJsonSchema({**_OBJECT, "description": _QUERY})]

SortText = Annotated[
    tuple[Sort, ...],
    _told(order_in_query),
    WithJsonSchema(
        {"type": "array", "items": {"type": "string"}, "description": "queryables, each with + (upwards) or -"}
    ),
]
SortArray = Annotated[
    tuple[Sort, ...],
    _told(order_in_body),
    WithJsonSchema(
        {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field"],
                "properties": {"field": {"type": "string"}, "direction": {"type": "string", "enum": ["asc", "desc"]}},
            },
        }
    ),
]

FieldsText = Annotated[
    Fields | None,
    SPEAKS_EMPTY,
    _told(Fields.in_query),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "string"},
            "description": "members to be shown, or with - before them not to be: id,properties.eo:cloud_cover,-links",
        }
    ),
]
FieldsJson = Annotated[
    Fields | None,
    _told(Fields.in_body),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {
                "include": {"type": ["array", "null"], "items": {"type": "string"}},
                "exclude": {"type": ["array", "null"], "items": {"type": "string"}},
            },
            "additionalProperties": False,
        }
    ),
]


def _terms(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _bounded_terms(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if len(value) > (MOST_LISTED if isinstance(value, tuple) else MOST_TEXT):
        raise ValueError(f"is longer than {MOST_TEXT} characters or {MOST_LISTED} terms")
    return value


MOST_TEXT = 4096
_WORDS = (
    "free text: terms joined by commas of which one must be there, or words with AND, OR, +, -, quotes and brackets"
)
WordsText = Annotated[
    str | tuple[str, ...],
    AfterValidator(_bounded_terms),
    WithJsonSchema({"type": "string", "description": _WORDS}),
]
WordsJson = Annotated[
    str | tuple[str, ...],
    BeforeValidator(_terms),
    AfterValidator(_bounded_terms),
    WithJsonSchema(
        {"description": _WORDS, "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
    ),
]


class OneCollection(Parameters):
    """Which Collection."""

    collection: str


class OneCollectionThen(OneCollection):
    """Which Collection, and as of when."""

    as_of: AsOf = None


class OneItem(Parameters):
    """Which Item."""

    collection: str
    item: str


class OneVersion(OneItem):
    """Which Item, what it was at which version or time, and in which reference system."""

    as_of: AsOf = None

    crs: Annotated[
        str | None, Field(description=f"of the geometry: a system listed at /collections; {CRS84} where none is named")
    ] = None
    version: Annotated[
        int | None, Field(ge=1, le=2**53, description="an earlier version, by its number among its versions")
    ] = None
