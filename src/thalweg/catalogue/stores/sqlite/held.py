"""Answers that hold until something changes: counts and sums over many Items, asked again for page after page."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from thalweg.catalogue.stores.sqlite.sentinel import Stamp

T = TypeVar("T")
_MOST = 2**21
"""So many characters of questions and answers are held."""


class Held:
    """The answers of all threads of a process; what two of them ask at once is looked for once.

    Whoever asks brings the stamp of a moment before the snapshot that is asked: what is held for a stamp is true of it
    or of a later moment, never of one before.

    Args:
        seconds: for so long one waits for what another looks for, and then looks itself.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._asked: dict[Hashable, Future[Any]] = {}
        self._size = 0
        self._stamp: Stamp = (0, 0)

    def answer(self, stamp: Stamp, question: Hashable, ask: Callable[[], T]) -> T:
        """Return the answer to a question: what is known of it, or what is found now.

        Args:
            stamp: of a moment before the snapshot that ``ask`` looks at.
            question: all that the answer depends on beside what is stored, and who may see it first of all.
            ask: finds the answer.
        """
        mine = Future[T]()
        with self._lock:
            self._turn(stamp)
            if stamp != self._stamp:
                theirs = None  # something changed since, and others know of it already
            elif question in self._answers:
                self._answers.move_to_end(question)
                held: T = self._answers[question][0]
                return held
            else:
                theirs = self._asked.setdefault(question, mine)
        if theirs is mine:
            return self._found(stamp, question, ask, mine)
        return ask() if theirs is None else self._awaited(theirs, ask)

    def known(self, stamp: Stamp, question: Hashable) -> Any:  # noqa: ANN401 - whatever was asked
        """Return the answer to a question where it is held; nothing is looked for."""
        with self._lock:
            self._turn(stamp)
            held = self._answers.get(question) if stamp == self._stamp else None
        return None if held is None else held[0]

    def note(self, stamp: Stamp, question: Hashable, found: object) -> None:
        """Hold an answer that was found on the way to another, in a snapshot that is not before the stamp."""
        size = len(repr((question, found)))
        with self._lock:
            if stamp == self._stamp and question not in self._answers:
                self._hold(question, found, size)

    def _turn(self, stamp: Stamp) -> None:
        """Forget all answers where something changed."""
        if stamp > self._stamp:
            self._answers.clear()
            self._asked.clear()
            self._size, self._stamp = 0, stamp

    def _found(self, stamp: Stamp, question: Hashable, ask: Callable[[], T], mine: Future[T]) -> T:
        try:
            found = ask()
            self.note(stamp, question, found)
            mine.set_result(found)
            return found
        finally:
            mine.cancel()  # says to who waits that there was no answer; one that was given stays
            with self._lock:
                if self._asked.get(question) is mine:
                    del self._asked[question]

    def _awaited(self, theirs: Future[T], ask: Callable[[], T]) -> T:
        try:
            return theirs.result(self._seconds)
        except (CancelledError, TimeoutError):
            return ask()

    def _hold(self, question: Hashable, found: object, size: int) -> None:
        self._answers[question] = (found, size)
        self._size += size
        while self._size > _MOST:
            _, (_, gone) = self._answers.popitem(last=False)
            self._size -= gone
