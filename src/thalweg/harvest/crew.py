"""Several processes that load one source: each makes its part ready beside the others, and writes when it is its turn.

Parts are written in the order of the source, so that the result is that of one process; of two Items of one id the
later stays.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from thalweg.core.errors import ThalwegError, Unavailable
from thalweg.core.items import ItemRegistry
from thalweg.core.principals import Principal
from thalweg.harvest.chunks import Chunks, Load, Taken, collector_paused
from thalweg.harvest.ports import Part

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

Catalogues = Callable[[], ItemRegistry]
"""Makes the catalogue of a process that was just started, and binds it to this one; it is pickled."""
_SPAWNING = multiprocessing.get_context("spawn")
_GO = b"go"
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Crew:
    """Starts the processes of a load."""

    catalogues: Catalogues

    def taken(self, parts: Iterator[Part], how: Load, who: Principal) -> Iterator[Taken]:
        """Load parts, and yield what became of each, in their order.

        Raises:
            Unavailable: the catalogue does not answer, or a process was ended; what was told before is done.
        """
        first = list(islice(parts, how.processes))
        with self._members(min(how.processes, len(first)), how, who) as members:
            queue = _Queue(members, chain(first, parts))
            while (taken := queue.answer()) is not None:
                yield taken

    @contextmanager
    def _members(self, number: int, how: Load, who: Principal) -> Iterator[list["_Member"]]:
        members: list[_Member] = []
        try:
            for _ in range(number):
                members.append(_Member(self.catalogues, how, who))  # noqa: PERF401 - those that started are ended
            yield members
        finally:
            for member in members:
                member.end()


class _Member:
    """One process of a crew, as the one that started it sees it."""

    def __init__(self, catalogues: Catalogues, how: Load, who: Principal) -> None:
        self._pipe, theirs = _SPAWNING.Pipe()
        self._process: BaseProcess = _SPAWNING.Process(target=_work, args=(theirs, catalogues, how, who), daemon=True)
        self._process.start()
        theirs.close()

    def give(self, part: Part) -> None:
        """Give a part to make ready."""
        with _alive():
            self._pipe.send(part)

    def go(self) -> None:
        """Tell that it is its turn to write."""
        with _alive():
            self._pipe.send_bytes(_GO)

    def answer(self) -> Taken:
        """Wait until the part is written."""
        with _alive():
            answer: Taken | ThalwegError = self._pipe.recv()
        if isinstance(answer, ThalwegError):
            raise answer
        return answer

    def end(self) -> None:
        """End the process; what it was writing is written whole or not at all."""
        self._pipe.close()
        self._process.terminate()
        self._process.join(_PATIENCE_SECONDS)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        self._process.close()


class _Queue:
    """Who works on which part, in the order in which they write; the first of them may write."""

    def __init__(self, members: Iterable[_Member], parts: Iterator[Part]) -> None:
        self._idle = deque(members)
        self._parts = parts
        self._ahead = deque[Part]()
        self._waiting = deque[_Member]()
        self._hand_out()

    def answer(self) -> Taken | None:
        """Wait for the part that is written now, and let the next be; nothing where there are no more."""
        if not self._waiting:
            return None
        writer = self._waiting.popleft()
        self._look_ahead()
        taken = writer.answer()
        if self._waiting:
            self._waiting[0].go()
        self._idle.append(writer)
        self._hand_out()
        return taken

    def _look_ahead(self) -> None:
        """Find the next part before somebody waits for it."""
        if not self._ahead:
            self._ahead.extend(islice(self._parts, 1))

    def _hand_out(self) -> None:
        while self._idle:
            self._look_ahead()
            if not self._ahead:
                return
            member = self._idle.popleft()
            member.give(self._ahead.popleft())
            if not self._waiting:
                member.go()
            self._waiting.append(member)


@contextmanager
def _alive() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise Unavailable("a process of the load was ended: load again, and it goes on where it was") from error


class _Turn:
    """The turn of one part."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._has_come = False

    def __call__(self) -> None:
        if not self._has_come:
            self._pipe.recv_bytes()
            self._has_come = True


def _work(pipe: Connection, catalogues: Catalogues, how: Load, who: Principal) -> None:
    """Take parts until there are no more; an interrupt from the keyboard is dealt with by who started this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    chunks = Chunks(catalogues(), None, how, who)
    with suppress(EOFError, ConnectionError):
        while True:
            pipe.send(_taken(chunks, pipe.recv(), _Turn(pipe)))


def _taken(chunks: Chunks, part: Part, turn: _Turn) -> Taken | ThalwegError:
    try:
        with collector_paused():
            taken = chunks.take(list(part.rows()), Taken(part.place, part.done), turn)
    except ThalwegError as error:
        turn()
        return error
    turn()
    return taken
