"""What can go wrong, in the domain's words; façades render these, adapters translate into them.

ThalwegError 500
├── InvalidRequest 400 ── InvalidParameter(parameter)      ├── NotFound 404     ├── NotAcceptable 406   ├── Conflict 409
├── Unauthenticated 401   ├── Forbidden 403                ├── Gone 410         ├── PreconditionFailed 412
├── TooLarge 413          ├── UnsupportedMedia 415       ├── RangeNotSatisfiable 416
├── QuotaExceeded 429(retry_after) / BudgetExceeded 402    ├── NotSupported 501   └── Unavailable 503
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a document; ``str()`` of it is a line a person can act on.

    Attributes:
        parameter: the member's path, ``properties.eo:cloud_cover``.
        why: what is wrong with it, and by which rule.
    """

    parameter: str
    why: str

    def __str__(self) -> str:
        return f"{self.parameter}: {self.why}"


class ThalwegError(Exception):
    """Something went wrong; ``str()`` of it is a sentence a person can act on."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    type: ClassVar[str] = "about:blank"
    """The URI of the problem's type, where a standard gives it one."""


class InvalidRequest(ThalwegError):
    """The request cannot be understood or breaks a rule."""

    status = 400
    title = "Invalid request"


class InvalidParameter(InvalidRequest):
    """One named parameter or member is wrong; ``parameter`` says which.

    Where more of a document is wrong, ``others`` are the faults after this one.
    """

    title = "Invalid parameter"

    def __init__(self, parameter: str, why: str, others: Sequence[Fault] = ()) -> None:
        super().__init__(f"{parameter}: {why}")
        self.parameter = parameter
        self.why = why
        self.others = tuple(others)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return all that is wrong, this one first."""
        return (Fault(self.parameter, self.why), *self.others)

    def within(self, place: str) -> "InvalidParameter":
        """Return the same said of a document that stands at a place of a larger one."""
        others = [Fault(f"{place}.{fault.parameter}", fault.why) for fault in self.others]
        return InvalidParameter(f"{place}.{self.parameter}", self.why, others)

    def __reduce__(self) -> tuple[type["InvalidParameter"], tuple[str, str, tuple[Fault, ...]]]:
        return type(self), (self.parameter, self.why, self.others)


class Unauthenticated(ThalwegError):
    """Who asks must say who they are, or what they said is not known."""

    status = 401
    title = "Not signed in"


class BudgetExceeded(ThalwegError):
    """The work would cost more than its budget holds."""

    status = 402
    title = "Budget exceeded"


class Forbidden(ThalwegError):
    """Who asks may see the thing but not do this to it."""

    status = 403
    title = "Not allowed"


class NotFound(ThalwegError):
    """There is no such thing, or who asks may not know of it."""

    status = 404
    title = "Not found"


class Removed(NotFound):
    """It was here, as who asks may know, and was removed; it may come again under its name, so that it is no ``Gone``.

    Attributes:
        removed: when, as RFC 3339.
        links: to what is left of it, each with its members as JSON has them; the first shows it as it was last.
    """

    title = "Removed"

    def __init__(self, why: str, removed: str, links: Sequence[Mapping[str, str]]) -> None:
        super().__init__(why)
        self.removed = removed
        self.links = tuple(links)

    def __reduce__(self) -> tuple[type["Removed"], tuple[str, str, tuple[Mapping[str, str], ...]]]:
        return type(self), (str(self), self.removed, self.links)


class MethodNotAllowed(ThalwegError):
    """The address exists; this method does not. ``allowed`` are those that do, joined by commas."""

    status = 405
    title = "Method not allowed"

    def __init__(self, why: str, allowed: str = "") -> None:
        super().__init__(why)
        self.allowed = allowed

    def __reduce__(self) -> tuple[type["MethodNotAllowed"], tuple[str, str]]:
        return type(self), (str(self), self.allowed)


class NotAcceptable(ThalwegError):
    """The thing cannot be given in any form that was asked for."""

    status = 406
    title = "Not acceptable"


class Conflict(ThalwegError):
    """The change contradicts what is there."""

    status = 409
    title = "Conflict"


class Gone(ThalwegError):
    """It was here and has been removed for good."""

    status = 410
    title = "Gone"


class PreconditionFailed(ThalwegError):
    """The thing changed since who asks last saw it."""

    status = 412
    title = "Precondition failed"


class TooLarge(ThalwegError):
    """A bound was hit; the message names it and the setting that moves it."""

    status = 413
    title = "Too large"


class UnsupportedMedia(ThalwegError):
    """The bytes are not of a kind that can be taken here."""

    status = 415
    title = "Unsupported media"


class RangeNotSatisfiable(ThalwegError):
    """The range asked for lies outside the file."""

    status = 416
    title = "Range not satisfiable"


class QuotaExceeded(ThalwegError):
    """Too much, too fast, or too many; ``retry_after`` is in seconds."""

    status = 429
    title = "Quota exceeded"

    def __init__(self, why: str, retry_after: int = 1) -> None:
        super().__init__(why)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[type["QuotaExceeded"], tuple[str, int]]:
        return type(self), (str(self), self.retry_after)


class NotSupported(ThalwegError):
    """The standard has it, this platform does not."""

    status = 501
    title = "Not supported"


class Unavailable(ThalwegError):
    """Something needed does not answer now; trying again later may help."""

    status = 503
    title = "Unavailable"
