"""Operations declared on the methods of a face: address, parameters, body, forms, conformance, all in one place."""

import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeVar

from starlette.responses import Response

from thalweg.web.asked import Asked
from thalweg.web.entries import Entry
from thalweg.web.forms import JSON, Form
from thalweg.web.hot import Shortly
from thalweg.web.parameters import Parameters

Handler = Callable[[Asked[Any]], Awaitable[Response]]
M = TypeVar("M", bound=Callable[..., Awaitable[Response]])


class Body(Enum):
    """What an operation takes as its body."""

    NONE = "none"
    MEMBERS = "members"
    """A JSON object whose members are parameters, beside those of path and query."""
    DOCUMENT = "document"
    """A JSON document, whole: ``asked.document``."""
    BYTES = "bytes"
    """Anything, in chunks: ``asked.stream()``."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What an operation declares; OpenAPI, the conformance list and the parser are made of it.

    Attributes:
        path: below the root; a template such as ``/collections/{collection}``.
        media: content types that the body may have; empty for any.
        most: bytes the body may have; 0 for the platform's bound.
        schema: JSON Schema of the answer in JSON, or of the body ``takes``.
        answers: statuses besides 200 with what they mean.
        status: of the answer when all went well.
        entries: the fields of the form on its page for people.
        shortly: the name of the face's method that is its short way, where it has one.
    """

    method: str
    path: str
    conforms: tuple[str, ...] = ()
    forms: tuple[Form, ...] = (JSON,)
    body: Body = Body.NONE
    media: tuple[str, ...] = ("application/json",)
    most: int = 0
    tag: str = ""
    schema: Mapping[str, Any] | None = None
    takes: Mapping[str, Any] | None = None
    answers: Mapping[int, str] = field(default_factory=dict)
    status: int = 200
    entries: tuple[Entry, ...] = ()
    shortly: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """A declared operation bound to the face that answers it."""

    declared: Declared
    parameters: type[Parameters]
    handler: Handler
    name: str
    summary: str
    description: str
    shortly: Shortly | None = None


def operation(method: str, path: str, **declared: Any) -> Callable[[M], M]:  # noqa: ANN401 - the fields of Declared
    """Declare an operation on a method of a face; the rest of ``Declared`` goes by keyword."""
    promise = Declared(method, path, **declared)

    def mark(handler: M) -> M:
        handler.__declared__ = (*getattr(handler, "__declared__", ()), promise)  # type: ignore[attr-defined]
        return handler

    return mark


def get(path: str, **declared: Any) -> Callable[[M], M]:  # noqa: ANN401 - as operation
    """Declare what GET (and HEAD) answers."""
    return operation("GET", path, **declared)


def post(path: str, **declared: Any) -> Callable[[M], M]:  # noqa: ANN401 - as operation
    """Declare what POST does."""
    return operation("POST", path, **declared)


def put(path: str, **declared: Any) -> Callable[[M], M]:  # noqa: ANN401 - as operation
    """Declare what PUT does."""
    return operation("PUT", path, **declared)


def patch(path: str, **declared: Any) -> Callable[[M], M]:  # noqa: ANN401 - as operation
    """Declare what PATCH does."""
    return operation("PATCH", path, **declared)


def delete(path: str, **declared: Any) -> Callable[[M], M]:  # noqa: ANN401 - as operation
    """Declare what DELETE does."""
    return operation("DELETE", path, **declared)


def operations(face: object) -> Iterator[Operation]:
    """Yield the operations a face declares, in the order of its source."""
    for cls in reversed(type(face).__mro__):
        for name, member in vars(cls).items():
            for declared in getattr(member, "__declared__", ()):
                yield _bound(face, name, declared)


def _bound(face: object, name: str, declared: Declared) -> Operation:
    handler = getattr(face, name)
    hints = typing.get_type_hints(handler)
    asked = next(hint for what, hint in hints.items() if what != "return")
    shortly: Shortly | None = getattr(face, declared.shortly) if declared.shortly else None
    summary, _, description = (handler.__doc__ or name).replace("``", "").strip().partition("\n")
    return Operation(declared, typing.get_args(asked)[0], handler, name, summary.strip(), description.strip(), shortly)
