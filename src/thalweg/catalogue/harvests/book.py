"""What a harvest did, and what is remembered of it: which Records came from a source, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from thalweg.core.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from thalweg.core.errors import ThalwegError
    from thalweg.core.items import Loaded

_MOST_FAULTS = 20


@dataclass(slots=True)
class Brought:
    """What a harvest did.

    Attributes:
        read: documents.
        faults: why the first of those that were refused were.
        since: what the source is to be asked from on the next time.
    """

    read: int = 0
    registered: int = 0
    replaced: int = 0
    unchanged: int = 0
    removed: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    since: str = ""

    @property
    def taken(self) -> int:
        """Return how many Records of the source are there now."""
        return self.registered + self.replaced + self.unchanged

    def refuse(self, name: str, error: ThalwegError) -> None:
        """Note a document that was not taken."""
        self.refused += 1
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(f"{name[:256]}: {error}" if name else str(error))

    def count(self, one: Loaded) -> None:
        """Note what became of a Record."""
        match one.outcome:
            case "registered":
                self.registered += 1
            case "replaced":
                self.replaced += 1
            case "unchanged":
                self.unchanged += 1
            case _:
                self.refuse(one.id or "", one.error or InvalidRequest("it cannot be kept"))


class Book(Protocol):
    """Remembers which Records came from a source, and is told how far its harvest has come."""

    def progressed(self, brought: Brought, total: int | None) -> None:
        """Hear how far it has come.

        Raises:
            Conflict: another harvests the source instead.
        """
        ...

    def met(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Remember of each document what the source calls it, and the id of its Record."""
        ...

    def refuse(self, keys: Sequence[str]) -> None:
        """Remember what the source calls documents that were not taken, to try them again."""
        ...

    def refused(self) -> Sequence[str]:
        """Return what the source calls documents that were not taken before, those that wait longest."""
        ...

    def known_as(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the ids of Records by what the source calls them; no id for what was never taken."""
        ...

    def unmet(self) -> Iterable[tuple[str, str]]:
        """Return what came from the source before and was not met this time, and from no other source."""
        ...

    def doubted(self) -> bool:
        """Tell whether the harvest before was left because so much was gone."""
        ...

    def settle(self) -> None:
        """Forget all that was not met this time."""
        ...

    def forget(self, keys: Sequence[str]) -> None:
        """Forget that something came from the source."""
        ...


class NoBook:
    """Remembers nothing: for what is harvested once."""

    def progressed(self, brought: Brought, total: int | None) -> None:
        """Hear nothing."""

    def met(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Remember nothing."""

    def refuse(self, keys: Sequence[str]) -> None:
        """Remember nothing."""

    def refused(self) -> Sequence[str]:
        """Return nothing."""
        return ()

    def known_as(self, keys: Sequence[str]) -> Mapping[str, str]:  # noqa: ARG002 - keeps the promise
        """Return nothing."""
        return {}

    def unmet(self) -> Iterable[tuple[str, str]]:
        """Return nothing."""
        return ()

    def doubted(self) -> bool:
        """Tell of none before."""
        return False

    def settle(self) -> None:
        """Forget nothing."""

    def forget(self, keys: Sequence[str]) -> None:
        """Forget nothing."""
