"""The moment as of which the catalogue is asked: the parameter ``as-of``, and datetime negotiation (RFC 7089)."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from pydantic import Field, PlainValidator, WithJsonSchema
from starlette.datastructures import Headers
from starlette.responses import Response

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant, written

ACCEPT_DATETIME = "accept-datetime"
_ASKED = "an RFC 3339 time, not in the future: the answer is what it was then, to those who may see it now"


def read_moment(value: object) -> datetime:
    """Read a moment as of which is asked.

    Raises:
        ValueError: it is no RFC 3339 time, or lies in the future, of which nothing is known.
    """
    if not isinstance(value, str):
        raise ValueError("takes an RFC 3339 time")  # noqa: TRY004 - pydantic reads ValueError
    try:
        at = instant(value)
    except InvalidParameter as error:
        raise ValueError(error.why) from error
    if at > datetime.now(UTC):
        raise ValueError("lies in the future")
    return at


def moment_in(text: str | None, parameter: str) -> datetime | None:
    """Return the moment that a parameter of a protocol names; nothing where it is not given.

    Raises:
        InvalidParameter: it names none, or one in the future.
    """
    if text is None:
        return None
    try:
        return read_moment(text)
    except ValueError as error:
        raise InvalidParameter(parameter, str(error)) from error


Moment = Annotated[datetime, PlainValidator(read_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
AsOf = Annotated[Moment | None, Field(alias="as-of", description=_ASKED)]
"""As of when; nothing is as it is."""


def moment_of(as_of: datetime | None, headers: Headers) -> datetime | None:
    """Return as of when one resource is asked for: by its address, else by ``Accept-Datetime``.

    Raises:
        InvalidParameter: the header is no date of HTTP. One in the future asks for what is now.
    """
    asked = headers.get(ACCEPT_DATETIME)
    if as_of is not None or asked is None:
        return as_of
    try:
        at = parsedate_to_datetime(asked)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidParameter("Accept-Datetime", "is not a date such as Thu, 29 Feb 2024 12:00:00 GMT") from error
    return None if at >= datetime.now(UTC) else at


def address_then(address: str, at: datetime) -> str:
    """Return the address of a resource as it was."""
    return f"{address}?as-of={written(at)}"


def gate(address: str) -> str:
    """Return the link to a resource as it is, where other moments of it are asked for."""
    return f'<{address}>; rel="original timegate"'


def remembered(response: Response, address: str, at: datetime | None) -> Response:
    """Return an answer that says of which moment it is, and where the resource is, as it is and as it was then.

    Args:
        response: the answer.
        address: of the resource as it is; it negotiates.
        at: the moment; nothing for what is now.
    """
    response.headers.add_vary_header(ACCEPT_DATETIME)
    links = [gate(address)]
    if at is not None:
        said = format_datetime(at, usegmt=True)
        response.headers["memento-datetime"] = said
        response.headers["content-location"] = address_then(address, at)
        links.append(f'<{address_then(address, at)}>; rel="memento"; datetime="{said}"')
    response.headers["link"] = ", ".join(links)
    return response
