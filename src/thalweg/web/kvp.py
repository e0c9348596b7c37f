"""Key-value pairs as the classic OGC services take them: names without case, unknown ones passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from thalweg.core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")
_MOST_LISTED = 1_000


class MissingParameter(InvalidParameter):
    """A parameter that must be there is not, or is empty."""

    def __init__(self, parameter: str, why: str = "must be given", others: tuple[()] = ()) -> None:
        super().__init__(parameter, why, others)


class Kvp:
    """The pairs of one request.

    Raises:
        InvalidParameter: one was given twice, and not the same.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._given: dict[str, str] = {}
        for name, value in pairs:
            if self._given.setdefault(name.lower(), value) != value:
                raise InvalidParameter(name[:64], "is given twice")

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._given

    def __bool__(self) -> bool:
        return bool(self._given)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs, their names in lower case."""
        return tuple(self._given.items())

    def text(self, name: str) -> str | None:
        """Return a value without the spaces around it; nothing where it is absent or empty."""
        return self._given.get(name.lower(), "").strip() or None

    def required(self, name: str) -> str:
        """Return a value.

        Raises:
            MissingParameter: it is absent or empty.
        """
        found = self.text(name)
        if found is None:
            raise MissingParameter(name)
        return found

    def listed(self, name: str) -> tuple[str, ...]:
        """Return the values of a list joined by commas, none of them empty.

        Raises:
            InvalidParameter: there are too many.
        """
        found = tuple(part.strip() for part in (self.text(name) or "").split(",") if part.strip())
        if len(found) > _MOST_LISTED:
            raise InvalidParameter(name, f"lists more than {_MOST_LISTED}")
        return found

    def choice(self, name: str, choices: Mapping[str, T], usual: T) -> T:
        """Return what a value chooses, compared as it is written.

        Raises:
            InvalidParameter: it is none of the choices.
        """
        return chosen(name, self.text(name), choices, usual)

    def whole(self, name: str, usual: int, least: int = 0) -> int:
        """Return a whole number.

        Raises:
            InvalidParameter: it is none, or below ``least``.
        """
        return whole(name, self.text(name), usual, least)


def chosen(name: str, given: str | None, choices: Mapping[str, T], usual: T) -> T:
    """Return what a value chooses; see ``Kvp.choice``."""
    if given is None:
        return usual
    if given not in choices:
        raise InvalidParameter(name, f"is {given[:128]!r}, not one of {', '.join(choices)}")
    return choices[given]


def whole(name: str, given: str | None, usual: int, least: int = 0) -> int:
    """Return a whole number; see ``Kvp.whole``."""
    if given is None:
        return usual
    if not (given.isascii() and given.isdigit()) or len(given) > 18 or int(given) < least:  # noqa: PLR2004 - 64 bits
        raise InvalidParameter(name, f"is a whole number from {least}")
    return int(given)
