"""Harvests that were acknowledged: kept before that is said, carried out by a worker, answered to who waits.

A worker that dies leaves its errand to the next, which begins anew: what was kept already is unchanged then. A handler
that was told and a worker that died before it wrote that down is told once more.
"""

from __future__ import annotations

import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from thalweg.catalogue.harvests.book import NoBook
from thalweg.catalogue.harvests.errand import Errand
from thalweg.catalogue.harvests.ports import HELD, Overtaken, Stopped
from thalweg.core.errors import Conflict, ThalwegError, Unavailable

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from thalweg.catalogue.harvests.book import Brought
    from thalweg.catalogue.harvests.harvester import Order
    from thalweg.catalogue.harvests.ports import KeptErrands
    from thalweg.core.principals import Principal

_MOST_WAITING, _MOST_DEATHS = 50, 2
_BUSY, _MOST_BUSY = timedelta(minutes=3), 5
_PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""After which a handler is told again that did not take the answer."""
_LOG = logging.getLogger(__name__)


class Carrier(Protocol):
    """What speaks the protocol that an errand came by."""

    def done(self, errand: Errand, who: Principal, heart: Heart) -> str:
        """Harvest, and return what the handlers are told of it."""
        ...

    def refused(self, errand: Errand, error: ThalwegError) -> str:
        """Return what they are told of what went wrong."""
        ...

    def send(self, handler: str, answer: str) -> None:
        """Tell a handler.

        Raises:
            ThalwegError: it does not take it.
        """
        ...


class Errands:
    """The errands of the platform.

    Args:
        kept: where they are kept.
        principals: gives a principal as it is now.
        clock: tells the time, aware.
    """

    def __init__(
        self,
        kept: KeptErrands,
        principals: Callable[[str], Principal],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._kept = kept
        self._principals = principals
        self._clock = clock

    def keep(self, order: Order, interval: str, speaks: str, handlers: tuple[str, ...], who: Principal) -> None:
        """Keep one for a worker.

        Raises:
            QuotaExceeded: too many of its workspace wait.
        """
        now, ours = self._clock(), order.ours[0] if order.ours else ""
        told = (order.catalogue, order.url, order.kind, interval, who.id, ours, speaks, handlers)
        self._kept.keep(Errand(uuid.uuid4().hex, *told, made=now, due=now), _MOST_WAITING)

    def run_due(self, carrier: Carrier, stop: threading.Event) -> bool:
        """Carry out the one that is due longest, or tell its handlers; tell whether there was one."""
        now = self._clock()
        errand = self._kept.claim(now, now + HELD)
        if errand is None:
            return False
        try:
            if errand.answer:
                self._tell(errand, carrier)
            else:
                self._carry_out(errand, carrier, stop)
        except Overtaken:
            _LOG.info("the harvest %s was overtaken", errand.id)
        return True

    def _carry_out(self, errand: Errand, carrier: Carrier, stop: threading.Event) -> None:
        """Harvest, and keep the answer; the handlers are told of it as of any that waits."""
        if errand.deaths >= _MOST_DEATHS:
            error: BaseException | None = Unavailable("whoever harvests this ends before it is done")
            answer = ""
        else:
            # Whatever a stranger's document makes a reader stumble over is one failed harvest, not the worker's end.
            with ThreadPoolExecutor(max_workers=1) as alone:
                future = alone.submit(self._done, errand, carrier, stop)
                error = future.exception()
            answer = future.result() if error is None else ""
        match error:
            case Stopped():
                self._kept.put_off(errand, errand.due, errand.tries)
            # Its source may be another's by now, or removed; where the errand is, nothing can be written of it.
            case Conflict() if not isinstance(error, Overtaken) and errand.tries < _MOST_BUSY:
                self._kept.put_off(errand, self._clock() + _BUSY, errand.tries + 1)
            case _:
                self._kept.answered(errand, answer or carrier.refused(errand, _told(errand, error)), self._clock())

    def _done(self, errand: Errand, carrier: Carrier, stop: threading.Event) -> str:
        return carrier.done(errand, self._principals(errand.owner), Heart(self._kept, errand, self._clock, stop))

    def _tell(self, errand: Errand, carrier: Carrier) -> None:
        """Tell those who wait; those that do not take it are told again later, and then no more."""
        deaf = list[str]()
        for handler in errand.handlers:
            try:
                carrier.send(handler, errand.answer)
            except ThalwegError as error:
                _LOG.warning("A response handler did not take an answer: %s", type(error).__name__)
                deaf.append(handler)
        if deaf and errand.tries < len(_PAUSES):
            due = self._clock() + _PAUSES[errand.tries]
            self._kept.put_off(errand, due, errand.tries + 1, tuple(deaf))
        else:
            self._kept.remove(errand)


@dataclass(frozen=True, slots=True)
class Heart(NoBook):
    """Says that somebody is at an errand still; remembers nothing of what comes."""

    kept: KeptErrands
    errand: Errand
    clock: Callable[[], datetime]
    stop: threading.Event

    def beat(self) -> None:
        """Hold the errand longer.

        Raises:
            Overtaken: another is at it.
            Stopped: the worker ends.
        """
        if self.stop.is_set():
            raise Stopped("the worker ends")
        self.kept.hold(self.errand, self.clock() + HELD)

    def progressed(self, brought: Brought, total: int | None) -> None:  # noqa: ARG002 - keeps the promise
        """Hold it longer, for the harvest has come further."""
        self.beat()


def _told(errand: Errand, error: BaseException | None) -> ThalwegError:
    if isinstance(error, ThalwegError):
        return error
    reference = uuid.uuid4().hex[:12]
    _LOG.error("the harvest %s stumbled (%s)", errand.id, reference, exc_info=error)
    return Unavailable(f"something went wrong here; the log knows it as {reference}")
