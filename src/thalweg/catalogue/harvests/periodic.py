"""Harvests that are done again and again: by the rights that their owner has when they are done."""

from __future__ import annotations

import logging
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from thalweg.catalogue.harvests.durations import duration_of
from thalweg.catalogue.harvests.harvester import DOUBT, Harvester, Order
from thalweg.catalogue.harvests.ports import HELD, Overtaken, Stopped
from thalweg.catalogue.harvests.source import Source
from thalweg.core.errors import NotFound, ThalwegError, Unauthenticated, Unavailable
from thalweg.core.events import Event
from thalweg.core.principals import visibility_class
from thalweg.core.workspaces import workspace_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from thalweg.catalogue.harvests.book import Brought
    from thalweg.catalogue.harvests.errands import Errands
    from thalweg.catalogue.harvests.ports import Sources
    from thalweg.catalogue.records.record import Record
    from thalweg.catalogue.records.service import Records
    from thalweg.core.items import Loaded
    from thalweg.core.principals import Principal

_MOST_ERROR = 2_000
_PAUSES = (0.2, 0.8, 3.2)
_MOST_AGAIN = 200
"""Documents that were refused are asked for one by one: so many in one harvest, and the others in the next."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many sources there may be, and how often they may be harvested.

    Attributes:
        most: sources of one workspace.
        shortest: time between two harvests.
    """

    most: int = 50
    shortest: timedelta = timedelta(hours=1)


def _nothing() -> None:
    """Do nothing."""


class Harvests:
    """The sources of the platform.

    Args:
        sources: where they are kept.
        harvester: harvests one.
        records: the policy of who may write to a catalogue.
        principals: gives a principal as it is now.
        frequency: how many and how often.
        clock: tells the time, aware.
        errands: harvests that are acknowledged, where a worker carries them out.

    Attributes:
        errands: the same.
    """

    def __init__(
        self,
        sources: Sources,
        harvester: Harvester,
        records: Records,
        principals: Callable[[str], Principal],
        frequency: Frequency | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        errands: Errands | None = None,
    ) -> None:
        self.errands = errands
        self._sources = sources
        self._harvester = harvester
        self._records = records
        self._principals = principals
        self._frequency = frequency or Frequency()
        self._clock = clock

    @property
    def harvester(self) -> Harvester:
        """Return what harvests a source once."""
        return self._harvester

    def check_interval(self, interval: str, name: str) -> None:
        """Return quietly where a source may be harvested so often.

        Raises:
            InvalidParameter: it is no duration, or one that is too short or too long.
        """
        duration_of(interval, name, self._frequency.shortest)

    def add(
        self,
        order: Order,
        interval: str,
        who: Principal,
        told: Callable[[Loaded, Record], None],
        seconds: float = 300.0,
        beat: Callable[[], None] = _nothing,
    ) -> tuple[Source, Brought]:
        """Harvest a source now, and again each ``interval`` from now on; one that fails now is not kept.

        Args:
            order: what is harvested.
            interval: an ISO 8601 duration.
            who: by whose rights.
            told: hears what became of each Record.
            seconds: that the source may take to be read.
            beat: is called whenever the harvest has come further; what it raises ends it.

        Raises:
            Unauthenticated: nobody signed in.
            QuotaExceeded: the workspace has as many sources as it may.
            ThalwegError: whatever ``Harvester.bring`` raises.
        """
        if who.anonymous:
            raise Unauthenticated("To have something harvested, sign in or send a token.")
        self._records.check_write(order.catalogue, who)
        now = self._clock()
        due = duration_of(interval, "interval", self._frequency.shortest).after(now)
        ours = order.ours[0] if order.ours else ""
        source = Source(
            uuid.uuid4().hex, order.catalogue, order.url, order.kind, interval, who.id, ours, now, due, 1, begun=now
        )
        source, is_new = self._sources.put(source, self._frequency.most, now + HELD)
        book, is_kept = _SqlBook(self._sources, source, self._clock, beat=beat), False
        try:
            brought = self._harvester.within(seconds).bring(_order(source), who, book, told)
            source = self._succeeded(source, brought, [_event("harvest.added", source)] if is_new else [])
            is_kept = True
        except Overtaken:
            is_kept = True  # by who overtook it, or it was removed
            raise
        finally:
            if not is_kept:
                self._leave(source, is_new=is_new)
        return source, brought

    def _leave(self, source: Source, *, is_new: bool) -> None:
        """Forget a source whose first harvest failed; one that was there before waits for its next."""
        if is_new:
            _patiently(lambda: self._sources.remove(source.id, []))
        else:
            _patiently(lambda: self._sources.release(source))

    def sources(self, catalogue: str, who: Principal) -> Sequence[Source]:
        """Return the sources of a catalogue, for who may write there: addresses may hold keys."""
        self._records.check_write(catalogue, who)
        return self._sources.of(catalogue)

    def source(self, source_id: str, catalogue: str, who: Principal) -> Source:
        """Return one source.

        Raises:
            NotFound: the catalogue has none of this id.
        """
        self._records.check_write(catalogue, who)
        found = self._sources.source(source_id)
        if found.catalogue != catalogue:
            raise NotFound(f"There is no source {source_id[:64]!r}.")
        return found

    def remove(self, source_id: str, catalogue: str, who: Principal) -> None:
        """Harvest a source no more; the Records that came from it stay."""
        self.forget(self.source(source_id, catalogue, who))

    def hurry(self, source_id: str, catalogue: str, who: Principal) -> Source:
        """Have a source harvested as soon as a worker is free."""
        found = self.source(source_id, catalogue, who)
        self._sources.hurry(found.id, self._clock())
        return self._sources.source(found.id)

    def run_due(self, stop: threading.Event) -> bool:
        """Harvest the source that is due longest; tell whether one was."""
        now = self._clock()
        source = self._sources.claim(now, now + HELD, lambda one: self._next(one, now))
        if source is None:
            return False
        self._run_apart(source, stop)
        return True

    def run(self, source: Source) -> Source:
        """Harvest a source now and whole, whenever it is due; return it as it then is.

        Raises:
            Conflict: it is being harvested just now.
        """
        now = self._clock()
        self._sources.hurry(source.id, now)
        begun, _ = self._sources.put(replace(source, begun=now, due=now), 0, now + HELD)
        self._run_apart(begun, None)
        return self._sources.source(source.id)

    def forget(self, source: Source) -> None:
        """Harvest a source no more."""
        self._sources.remove(source.id, [_event("harvest.removed", source)])

    def _run_apart(self, source: Source, stop: threading.Event | None) -> None:
        # Whatever a stranger's document makes a reader stumble over is one failed harvest, not the worker's end.
        with ThreadPoolExecutor(max_workers=1) as alone:
            error = alone.submit(self._run, source, stop).exception()
        if error is not None:
            reference = uuid.uuid4().hex[:12]
            _LOG.error("the harvest %s stumbled (%s)", source.id, reference, exc_info=error)
            self._failed(source, f"something went wrong here; the log knows it as {reference}")

    def _run(self, source: Source, stop: threading.Event | None) -> None:
        book = _SqlBook(self._sources, source, self._clock, stop)
        try:
            brought = self._harvester.bring(_order(source), self._principals(source.owner), book)
            self._succeeded(source, brought)
        except Overtaken:
            _LOG.info("the harvest %s was overtaken", source.id)
        except Stopped:
            self._sources.release(source)
        except ThalwegError as error:
            if self._records.has_home(source.catalogue):
                self._failed(source, str(error))
            else:
                self._left(source)

    def _left(self, source: Source) -> None:
        """Forget a source whose workspace is no more: nobody is left who could have it ended."""
        _LOG.warning("the harvest %s ended: its workspace %s was removed", source.id, source.workspace)
        self._sources.remove(source.id, [_event("harvest.removed", source, {"why": "its workspace was removed"})])

    def _succeeded(self, source: Source, brought: Brought, events: Sequence[Event] = ()) -> Source:
        told = {**told_of(brought), "waiting": self._sources.refused(source, 0)[1]}
        now = self._clock()
        ended = replace(
            source,
            state="succeeded",
            ended=now,
            due=self._next(source, now),
            since=brought.since,
            failures=0,
            error="",
            told=told,
        )
        counts = {name: count for name, count in told.items() if name != "faults"}
        happened = [*events, _event("harvest.succeeded", ended, counts)]
        _patiently(lambda: self._sources.ended(ended, happened))
        return ended

    def _failed(self, source: Source, error: str) -> None:
        now = self._clock()
        ended = replace(
            source,
            state="failed",
            ended=now,
            due=self._next(source, now),
            failures=source.failures + 1,
            error=error[:_MOST_ERROR],
            told={},
        )
        event = _event("harvest.failed", ended, {"error": ended.error, "failures": ended.failures})
        try:
            _patiently(lambda: self._sources.ended(ended, [event]))
        except Overtaken:
            _LOG.info("the harvest %s was overtaken", source.id)

    def _next(self, source: Source, now: datetime) -> datetime:
        return duration_of(source.interval, "interval", timedelta()).after(now)


@dataclass(frozen=True, slots=True)
class _SqlBook:
    """What one harvest of a source writes down."""

    sources: Sources
    source: Source
    clock: Callable[[], datetime]
    stop: threading.Event | None = None
    beat: Callable[[], None] = _nothing

    def progressed(self, brought: Brought, total: int | None) -> None:
        if self.stop is not None and self.stop.is_set():
            raise Stopped("the worker ends")
        self.beat()
        told = told_of(brought) if total is None else {**told_of(brought), "total": total}
        _patiently(lambda: self.sources.progressed(self.source, self.clock() + HELD, told))

    def met(self, pairs: Sequence[tuple[str, str]]) -> None:
        _patiently(lambda: self.sources.met(self.source, pairs))

    def refuse(self, keys: Sequence[str]) -> None:
        _patiently(lambda: self.sources.refuse(self.source, keys))

    def refused(self) -> Sequence[str]:
        return self.sources.refused(self.source, _MOST_AGAIN)[0]

    def known_as(self, keys: Sequence[str]) -> Mapping[str, str]:
        return self.sources.known_as(self.source, keys)

    def unmet(self) -> Iterable[tuple[str, str]]:
        return self.sources.unmet(self.source)

    def doubted(self) -> bool:
        return DOUBT in self.source.error

    def settle(self) -> None:
        self.sources.settle(self.source)

    def forget(self, keys: Sequence[str]) -> None:
        self.sources.forget(self.source, keys)


def _patiently(write: Callable[[], None]) -> None:
    """Write what may be written twice; a database that restarts is away for a moment, and an hour's work is not lost.

    Raises:
        Unavailable: it stays away.
    """
    for pause in _PAUSES:
        try:
            return write()
        except Unavailable:
            time.sleep(pause)
    return write()


def told_of(brought: Brought) -> dict[str, object]:
    """Return what a harvest did, as JSON."""
    return {
        "read": brought.read,
        "registered": brought.registered,
        "replaced": brought.replaced,
        "unchanged": brought.unchanged,
        "removed": brought.removed,
        "refused": brought.refused,
        "faults": list(brought.faults),
    }


def _order(source: Source) -> Order:
    ours = (source.ours,) if source.ours else ()
    return Order(source.url, source.catalogue, source.kind, source.since, ours)


def _event(kind: str, source: Source, data: Mapping[str, object] | None = None) -> Event:
    """Return an event that the workspace's members learn of."""
    shown = visibility_class(workspace_of(source.catalogue), "member")
    return Event(kind, f"{source.catalogue}/{source.id}", shown, dict(data or {}))
