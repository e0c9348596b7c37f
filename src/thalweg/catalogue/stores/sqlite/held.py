"""Answers that hold until something changes: counts and sums over many Items, asked again for page after page."""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import apsw

T = TypeVar("T")
_MOST = 2**19
"""So many characters of questions and answers one thread holds."""


class Held(threading.local):
    """The answers of one thread, whose connection tells when they no longer hold."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._size = 0
        self._connection: weakref.ref[apsw.Connection] | None = None
        self._stamp: tuple[int, int] | None = None

    def answer(self, connection: apsw.Connection, question: Hashable, ask: Callable[[], T]) -> T:
        """Return the answer to a question within a reading transaction: what is known of it, or what is found now."""
        # The first tells of what others wrote, the second of what this connection wrote itself.
        stamp = (connection.execute("PRAGMA data_version").get, connection.total_changes())
        if stamp != self._stamp or self._connection is None or self._connection() is not connection:
            self._answers.clear()
            self._size = 0
            self._stamp, self._connection = stamp, weakref.ref(connection)
        if question in self._answers:
            self._answers.move_to_end(question)
            held: T = self._answers[question][0]
            return held
        found = ask()
        self._hold(question, found, len(repr((question, found))))
        return found

    def _hold(self, question: Hashable, found: object, size: int) -> None:
        self._answers[question] = (found, size)
        self._size += size
        while self._size > _MOST:
            _, (_, gone) = self._answers.popitem(last=False)
            self._size -= gone
