"""Parameters declared once: from one frozen model come the parser, the 400 and OpenAPI."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
)

from thalweg.core.errors import InvalidParameter, InvalidRequest
from thalweg.core.geometry import BBox
from thalweg.core.time import Interval

P = TypeVar("P", bound="Parameters")


class Parameters(BaseModel):
    """Path, query and body members of one operation; an undeclared one is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


MOST_DEPTH = 200
"""Levels of JSON: what writes it again stops at 254, and is asked for a few more than were sent."""


def check_depth(raw: bytes | str, document: object) -> None:
    """Return quietly unless JSON that was read is nested deeper than what comes after could follow.

    Raises:
        InvalidRequest: it is.
    """
    opening = (b"{", b"[") if isinstance(raw, bytes) else ("{", "[")
    # Seldom does a document open so many; then nobody needs to look how deep they stand.
    if sum(raw.count(sign) for sign in opening) > MOST_DEPTH and _depth(document) > MOST_DEPTH:  # type: ignore[arg-type, misc]
        raise InvalidRequest(f"the JSON is nested deeper than {MOST_DEPTH} levels")


def _depth(document: object) -> int:
    depth, level = 0, [document]
    while level and depth <= MOST_DEPTH:
        level = [part for one in level for part in _parts(one) if isinstance(part, dict | list)]
        depth += 1
    return depth


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class NoParameters(Parameters):
    """The operation takes none."""


def _listed(value: object) -> object:
    return [part for part in value.split(",") if part] if isinstance(value, str) else value


def _numbers(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return [float(part) for part in value.split(",")]
    except ValueError:
        raise ValueError("takes numbers joined by commas") from None


def _bbox(value: object) -> BBox:
    numbers = _numbers(value)
    if not isinstance(numbers, list) or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise ValueError("takes 4 or 6 numbers")
    try:
        return BBox.of(numbers)
    except InvalidParameter as error:
        raise ValueError(error.why) from error


def _interval(value: object) -> Interval:
    if not isinstance(value, str):
        raise ValueError("takes an RFC 3339 time, or two joined by /")  # noqa: TRY004 - pydantic reads ValueError
    try:
        return Interval.parse(value)
    except InvalidParameter as error:
        raise ValueError(error.why) from error


def _bounded(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) > MOST_LISTED:
        raise ValueError(f"lists more than {MOST_LISTED}")
    return values


MOST_LISTED = 1000

Names = Annotated[tuple[str, ...], BeforeValidator(_listed), AfterValidator(_bounded)]
"""Words joined by commas in a query, an array in a body."""

SPEAKS_EMPTY = "an empty text says something"
"""Marks a parameter that differs from an absent one when it is empty."""

Flag = Annotated[
    bool,
    SPEAKS_EMPTY,
    BeforeValidator(lambda value: True if value == "" else value),
    WithJsonSchema({"type": "boolean", "default": False, "description": "said by its name alone, or true"}),
]
"""What is so because its name stands in the query."""

BBoxText = Annotated[
    BBox,
    PlainValidator(_bbox),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "number"},
            "minItems": 4,
            "maxItems": 6,
            "description": "west,south,east,north in degrees (CRS84); west > east crosses the antimeridian",
        }
    ),
]

DatetimeText = Annotated[
    Interval,
    PlainValidator(_interval),
    WithJsonSchema(
        {
            "type": "string",
            "description": "an RFC 3339 time, or an interval: start/end, start/.., ../end",
            "example": "2024-01-01T00:00:00Z/..",
        }
    ),
]


def collected(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the query's parameters by name.

    Raises:
        InvalidParameter: one was given twice.
    """
    given: dict[str, str] = {}
    for name, value in pairs:
        if name in given:
            raise InvalidParameter(name, "is given twice")
        given[name] = value
    return given


def present(model: type[Parameters], given: Mapping[str, str]) -> dict[str, Any]:
    """Return a query's parameters without those that are empty: a browser sends every field of a form.

    One that the model does not know stays, to be refused by its name.
    """
    known = {field.alias or name: field for name, field in model.model_fields.items()}
    free = model.model_config.get("extra") == "allow"
    return {
        name: value
        for name, value in given.items()
        if value or (not free if name not in known else SPEAKS_EMPTY in known[name].metadata)
    }


def bind(model: type[P], given: Mapping[str, Any]) -> P:
    """Read the given values into the model.

    Raises:
        InvalidParameter: the first that is unknown, missing or wrong, by its name.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _first(error, model) from error


def _first(error: ValidationError, model: type[Parameters]) -> InvalidParameter:
    wrong = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = [str(part) for part in wrong["loc"] if part != "__root__"]
    name = path[0] if path else "query"
    if wrong["type"] == "extra_forbidden":
        known = ", ".join(sorted(field.alias or key for key, field in model.model_fields.items()))
        return InvalidParameter(name[:64], f"is not a parameter here; known are {known or 'none'}")
    if wrong["type"] == "missing":
        return InvalidParameter(name, "is needed here")
    return InvalidParameter(name, wrong["msg"].removeprefix("Value error, "))
