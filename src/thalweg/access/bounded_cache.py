"""A memory with a bound in bytes: what was used least lately goes first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """Safe between threads; a value larger than the whole bound is not kept."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held = 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """Return what is kept under the key, if anything is."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V, cost: int) -> None:
        """Keep a value that takes ``cost`` bytes."""
        with self._lock:
            _, before = self._values.pop(key, (None, 0))
            self._held -= before
            if cost > self._most:
                return
            self._values[key] = (value, cost)
            self._held += cost
            while self._held > self._most:
                _, (_, freed) = self._values.popitem(last=False)
                self._held -= freed
