"""What harvests need: a place for sources and which Records came from which, and for those that were acknowledged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from thalweg.core.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from thalweg.catalogue.harvests.errand import Errand
    from thalweg.catalogue.harvests.source import Source
    from thalweg.core.events import Event


HELD = timedelta(minutes=10)
"""So long a harvest that says nothing is not taken over."""


class Stopped(Unavailable):
    """The process that harvests is to end."""


class Overtaken(Conflict):
    """Another harvests the source now, or it was removed: what this harvest still wants to write must not be."""


class Sources(Protocol):
    """Sources, kept."""

    def put(self, source: Source, most: int, until: datetime) -> tuple[Source, bool]:
        """Keep a source whose harvest begins, or begin one that is there by the same address and catalogue.

        Args:
            source: as it is new.
            most: how many a workspace may have.
            until: when another may take its harvest over.

        Returns:
            The source, and whether it is new.

        Raises:
            QuotaExceeded: the workspace has as many as it may.
            Conflict: it is being harvested just now.
        """
        ...

    def source(self, source_id: str) -> Source:
        """Return one source.

        Raises:
            NotFound: there is none.
        """
        ...

    def of(self, catalogue: str | None) -> Sequence[Source]:
        """Return the sources of a catalogue, the oldest first; without one, all there are."""
        ...

    def remove(self, source_id: str, events: Sequence[Event]) -> None:
        """Forget a source, and which Records came from it."""
        ...

    def hurry(self, source_id: str, at: datetime) -> None:
        """Have a source harvested as soon as can be, and whole, however it was asked the last time."""
        ...

    def waits(self, now: datetime) -> bool:
        """Tell whether a harvest is due that nobody is at."""
        ...

    def claim(self, now: datetime, until: datetime, following: Callable[[Source], datetime]) -> Source | None:
        """Begin the harvest that is due longest, if one is that nobody else is at.

        One whose worker was killed has failed, and is tried once more; what kills that too waits for its next time.

        Args:
            now: the time.
            until: so long the harvest is held.
            following: tells when a source is due after now.
        """
        ...

    def progressed(self, source: Source, until: datetime, told: Mapping[str, Any]) -> None:
        """Keep how far a harvest has come, and hold it longer.

        Raises:
            Overtaken: another is at it.
        """
        ...

    def release(self, source: Source) -> None:
        """Let another begin a harvest again, at once."""
        ...

    def ended(self, source: Source, events: Sequence[Event]) -> None:
        """Keep how a harvest went.

        Raises:
            Overtaken: another is at it.
        """
        ...

    def met(self, source: Source, pairs: Sequence[tuple[str, str]]) -> None:
        """Keep that this harvest met Records: by what the source calls them, their ids."""
        ...

    def refuse(self, source: Source, keys: Sequence[str]) -> None:
        """Keep that this harvest did not take documents, whether their Records are there or not."""
        ...

    def refused(self, source: Source, most: int) -> tuple[Sequence[str], int]:
        """Return what the source calls documents that were not taken, those first that wait longest; and how many."""
        ...

    def known_as(self, source: Source, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the ids of Records by what the source calls them, or by what is kept of that; none is ``""``."""
        ...

    def unmet(self, source: Source) -> Iterable[tuple[str, str]]:
        """Return what this harvest did not meet, and no other source of the catalogue holds."""
        ...

    def settle(self, source: Source) -> None:
        """Forget all that this harvest did not meet."""
        ...

    def forget(self, source: Source, keys: Sequence[str]) -> None:
        """Forget that Records came from a source."""
        ...


class KeptErrands(Protocol):
    """Errands, kept."""

    def keep(self, errand: Errand, most: int) -> None:
        """Keep a new errand.

        Raises:
            QuotaExceeded: its workspace has ``most`` that wait.
        """
        ...

    def claim(self, now: datetime, until: datetime) -> Errand | None:
        """Begin with the one that is due longest, if one is that nobody else is at; it is held until then."""
        ...

    def hold(self, errand: Errand, until: datetime) -> None:
        """Hold an errand longer.

        Raises:
            Overtaken: another is at it.
        """
        ...

    def put_off(self, errand: Errand, due: datetime, tries: int, handlers: tuple[str, ...] | None = None) -> None:
        """Let go of an errand until it is due again; of its handlers those still wait that are named.

        Raises:
            Overtaken: another is at it.
        """
        ...

    def answered(self, errand: Errand, answer: str, due: datetime) -> None:
        """Keep the answer, and let go of the errand.

        Raises:
            Overtaken: another is at it.
        """
        ...

    def remove(self, errand: Errand) -> None:
        """Forget an errand that is done with."""
        ...
