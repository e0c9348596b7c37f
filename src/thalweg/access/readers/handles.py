"""Idle GDAL datasets, lent to one thread at a time: a dataset is not safe between threads, and opening one costs."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

import rasterio

Key = tuple[str, int]
"""A file with its version, and the level of the raster."""


class Handles:
    """At most ``most`` idle datasets are kept open; what was used least lately is closed first."""

    def __init__(self, most: int = 128) -> None:
        self._most = most
        self._idle: OrderedDict[int, tuple[Key, rasterio.DatasetReader]] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def lent(self, key: Key, opened: Callable[[], rasterio.DatasetReader]) -> Iterator[rasterio.DatasetReader]:
        """Lend an idle dataset of this key, or a new one; it comes back unless its use failed."""
        dataset = self._taken(key) or opened()
        with ExitStack() as failing:
            failing.callback(dataset.close)
            yield dataset
            failing.pop_all()
        self._returned(key, dataset)

    def _taken(self, key: Key) -> rasterio.DatasetReader | None:
        with self._lock:
            for number, (of, _) in reversed(self._idle.items()):
                if of == key:
                    return self._idle.pop(number)[1]
        return None

    def _returned(self, key: Key, dataset: rasterio.DatasetReader) -> None:
        with self._lock:
            self._idle[id(dataset)] = (key, dataset)
            surplus = [self._idle.popitem(last=False)[1][1] for _ in range(len(self._idle) - self._most)]
        for one in surplus:
            one.close()

    def close(self) -> None:
        """Close all that are idle."""
        with self._lock:
            idle = [dataset for _, dataset in self._idle.values()]
            self._idle.clear()
        for dataset in idle:
            dataset.close()
