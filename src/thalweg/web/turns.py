"""Places for which callers take turns: none holds more than its share, and who holds the fewest is next."""

from collections import Counter, deque

from anyio import CapacityLimiter, Event


class Turns:
    """Places of one process; whoever waits for one is served before a caller who holds more of them.

    Attributes:
        threads: for as many threads as there are places.
    """

    def __init__(self, places: int, share: int) -> None:
        self.threads = CapacityLimiter(places)
        self._free = places
        self._share = share
        self._held = Counter[str]()
        self._waiting: dict[str, deque[Event]] = {}

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return sum(map(len, self._waiting.values()))

    async def take(self, caller: str) -> None:
        """Take a place; wait for it where all are taken, or the caller has its share. It has to be given back."""
        if self._free and self._held[caller] < self._share:
            self._hand_to(caller)
        else:
            await self._wait(caller)

    def give_back(self, caller: str) -> None:
        """Give back a place, to who is next."""
        self._free += 1
        self._held[caller] -= 1
        if not self._held[caller]:
            del self._held[caller]
        self._call_next()

    async def _wait(self, caller: str) -> None:
        called = Event()
        self._waiting.setdefault(caller, deque()).append(called)
        served = False
        try:
            await called.wait()
            served = True
        finally:
            if not served:
                self._leave(caller, called)

    def _leave(self, caller: str, called: Event) -> None:
        """Let go of what a caller waited for who was cut off: perhaps it was given to it in the same moment."""
        if called.is_set():
            self.give_back(caller)
            return
        self._waiting[caller].remove(called)
        if not self._waiting[caller]:
            del self._waiting[caller]

    def _call_next(self) -> None:
        able = [caller for caller in self._waiting if self._held[caller] < self._share]
        if not able:
            return
        caller = min(able, key=lambda one: self._held[one])
        queue = self._waiting.pop(caller)
        self._hand_to(caller)
        queue.popleft().set()
        if queue:
            # Of callers who hold as many, who was served last is last.
            self._waiting[caller] = queue

    def _hand_to(self, caller: str) -> None:
        self._free -= 1
        self._held[caller] += 1
