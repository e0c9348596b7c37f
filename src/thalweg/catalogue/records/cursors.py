"""Pages by position, as CSW, OpenSearch and SRU ask for them, over a store that goes on from where a page ended.

Where a page of a query ended is remembered, so that who turns page after page never pays for those before; who asks for
a far position out of the blue walks there once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from thalweg.core.queries import Token

_QUERIES, _PLACES = 256, 4096


class Cursors:
    """Where pages of queries ended, the queries asked last; bounded, shared by threads, forgotten with the process."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, dict[int, Token]] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, query: Hashable, position: int, token: Token) -> None:
        """Note that the entry at a position, from 0, comes after a token."""
        with self._lock:
            places = self._known.setdefault(query, {})
            self._known.move_to_end(query)
            if len(places) < _PLACES:
                places[position] = token
            while len(self._known) > _QUERIES:
                self._known.popitem(last=False)

    def nearest(self, query: Hashable, position: int) -> tuple[int, Token | None]:
        """Return the known place nearest before a position; the beginning where none is known."""
        with self._lock:
            places = self._known.get(query, {})
            at = max((one for one in places if one <= position), default=0)
            return at, places.get(at)
