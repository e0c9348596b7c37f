"""The feed: what happened, from every outbox, in order, to each follower what it may see."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from thalweg.core.errors import QuotaExceeded, Unavailable
from thalweg.core.events import Outbox, Recorded
from thalweg.core.principals import Principal
from thalweg.core.workspaces import Policy

Places = Mapping[str, int]
"""How far a follower has read: outbox → sequence number."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event with the place of its reader after it."""

    recorded: Recorded
    places: Places


class Feed:
    """Follows the outboxes of the platform; one watch serves all followers, and none runs while nobody follows."""

    def __init__(
        self,
        outboxes: Sequence[Outbox],
        policy: Policy,
        *,
        glance_seconds: float = 0.1,
        most_followers: int = 1000,
        most_each: int = 50,
    ) -> None:
        self._outboxes = outboxes
        self._policy = policy
        self._glance_seconds = glance_seconds
        self._most, self._most_each = most_followers, most_each
        self._followers: Counter[str] = Counter()
        self._news = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    def admit(self, who: Principal) -> None:
        """Return quietly while there is room for one more follower.

        Raises:
            QuotaExceeded: too many follow already, or too many of this one person.
        """
        mine = 0 if who.anonymous else self._followers[who.id]
        if self._followers.total() >= self._most or mine >= self._most_each:
            raise QuotaExceeded("too many follow the events already", retry_after=30)

    def now(self) -> Places:
        """Return the places at which a new follower begins."""
        return {outbox.name: outbox.last() for outbox in self._outboxes}

    def read(self, places: Places, who: Principal) -> tuple[list[Told], Places]:
        """Return what ``who`` may see of what follows the places, and the places after it."""
        told: list[Told] = []
        reached = dict(places)
        for outbox in self._outboxes:
            for recorded in outbox.after(reached.get(outbox.name, 0)):
                reached[outbox.name] = recorded.sequence
                if self._policy.visibility(who).sees(recorded.event.visibility_class):
                    told.append(Told(recorded, dict(reached)))
        return told, reached

    async def follow(self, places: Places | None, who: Principal, patience: float) -> AsyncIterator[Told | None]:
        """Yield what happens after the places, as it happens; ``None`` after each ``patience`` seconds of silence.

        What others alone may see is silence too. A database that does not answer is asked again.

        Raises:
            QuotaExceeded: too many follow already.
        """
        async with self._following(who):
            reached = await asyncio.to_thread(self.now) if places is None else places
            clock = asyncio.get_running_loop().time
            spoken = clock()
            while True:
                news, before = self._news, reached
                told, reached = await asyncio.to_thread(self._tried, reached, who)
                for one in told:
                    yield one
                    spoken = clock()
                if reached == before:
                    await _within(spoken + patience - clock(), news)
                if not told and clock() - spoken >= patience:
                    yield None
                    spoken = clock()

    def _tried(self, places: Places, who: Principal) -> tuple[list[Told], Places]:
        try:
            return self.read(places, who)
        except Unavailable:
            return [], places

    @asynccontextmanager
    async def _following(self, who: Principal) -> AsyncIterator[None]:
        self.admit(who)
        self._followers[who.id] += 1
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look_out())
        try:
            yield
        finally:
            self._followers[who.id] -= 1
            self._followers += Counter()  # those who are gone are forgotten
            if not self._followers and self._watch is not None:
                self._watch.cancel()
                self._watch = None

    async def _look_out(self) -> None:
        seen: Places = {}
        while True:
            with suppress(Unavailable):
                now = await asyncio.to_thread(self.now)
                if now != seen:
                    seen = now
                    news, self._news = self._news, asyncio.Event()
                    news.set()
            await asyncio.sleep(self._glance_seconds)


async def _within(patience: float, news: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(news.wait(), max(patience, 0))
