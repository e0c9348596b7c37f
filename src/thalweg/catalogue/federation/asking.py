"""Asks the catalogues of a federation, all at once: one that is slow or away is told of, and waited for no longer."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from thalweg.catalogue.federation.seen import Seen
from thalweg.core.errors import ThalwegError, TooLarge, Unavailable
from thalweg.guard.questions import answered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from thalweg.catalogue.federation.catalogues import Federated
    from thalweg.guard.outbound import Outbound
    from thalweg.guard.questions import Question

T = TypeVar("T")
_AT_ONCE, _MOST_BYTES = 16, 8 * 2**20
_WELL, _ELSEWHERE = 200, 300


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What came of asking one catalogue: its answer, or why there is none.

    Attributes:
        seconds: that it took.
    """

    catalogue: Federated
    answer: T | None
    failed: ThalwegError | None
    seconds: float


class Federation:
    """Other catalogues, and what asks them.

    Attributes:
        catalogues: those that the operator names.
        seen: the searches that came here lately.
    """

    def __init__(self, catalogues: Sequence[Federated], guard: Callable[[], Outbound]) -> None:
        self.catalogues = tuple(catalogues)
        self.seen = Seen()
        self._guard = guard
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None

    def asked(
        self,
        catalogues: Sequence[Federated],
        question: Callable[[Federated], Question],
        read: Callable[[Federated, bytes], T],
    ) -> tuple[Reply[T], ...]:
        """Ask catalogues at the same time, and return what came of each, in their order.

        Args:
            catalogues: of the federation.
            question: what one is asked; raises where it cannot be.
            read: its answer, from the bytes that it sends; raises where it is none.
        """
        outbound, started = self._guard(), time.monotonic()

        def ask(one: Federated) -> Reply[T]:
            try:
                found = read(one, _content(outbound, one.url, question(one), started + one.seconds))
            except ThalwegError as error:
                return Reply(one, None, error, time.monotonic() - started)
            return Reply(one, found, None, time.monotonic() - started)

        running = [(one, self._submitted(ask, one)) for one in catalogues]
        return tuple(_reply(one, future, started) for one, future in running)

    def _submitted(self, ask: Callable[[Federated], Reply[T]], one: Federated) -> Future[Reply[T]]:
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="federation")
            return self._threads.submit(ask, one)


def _reply(one: Federated, future: Future[Reply[T]], started: float) -> Reply[T]:
    # Who holds the line open beyond every timeout of its own holds a thread, and nobody who waits.
    wait((future,), timeout=max(0.0, started + one.seconds - time.monotonic()))
    if future.done():
        return future.result()
    future.cancel()
    return Reply(one, None, Unavailable(f"{one.url} does not answer within {one.seconds:g} s"), one.seconds)


def _content(outbound: Outbound, name: str, question: Question, until: float) -> bytes:
    """Return what a catalogue of a name answers.

    Raises:
        InvalidParameter: its address leads inside.
        Unavailable: it answers with an error, too much, too late, or not at all.
    """
    patience = until - time.monotonic()
    if patience <= 0:
        raise Unavailable(f"{name} was not asked: too many searches go on to others at this moment")
    try:
        answer = answered(outbound, question, _MOST_BYTES, patience)
    except (TooLarge, Unavailable) as error:
        raise Unavailable(f"{name}: {error}") from error
    if not _WELL <= answer.status < _ELSEWHERE:
        raise Unavailable(f"{name} answers with {answer.status}")
    return answer.content
