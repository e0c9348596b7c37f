"""The feed: everything one may see, once, in order, from where one was."""

import asyncio

import pytest

from thalweg.automation.service import Feed
from thalweg.core.errors import QuotaExceeded, Unavailable
from thalweg.core.events import Event
from thalweg.core.principals import ANYONE, Principal
from thalweg.sql.engines import open_engine, writing
from thalweg.sql.migrations import migrate
from thalweg.sql.outbox import SqlOutbox, record
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore

ANNA = Principal("anna")


@pytest.fixture
def engine(control_url):
    engine = open_engine(control_url)
    for block in ("sql", "workspaces"):
        migrate(engine, block)
    yield engine
    engine.dispose()


@pytest.fixture
def policy(engine):
    workspaces = Workspaces(SqlStore(engine))
    workspaces.create("lake", "", "member", ANNA)
    return workspaces


def _happens(engine, *names, seen_by="lake/member"):
    with writing(engine) as connection:
        record(connection, [Event("item.registered", name, seen_by) for name in names])


async def _followed(feed, places, who, count):
    subjects, reached = [], None
    async for told in feed.follow(places, who, patience=5):
        assert told is not None, "nothing happened in time"
        subjects.append(told.recorded.event.subject)
        reached = told.places
        if len(subjects) == count:
            break
    return subjects, reached


def test_a_follower_hears_what_happens_from_now_on(engine, policy):
    _happens(engine, "before")
    feed = Feed([SqlOutbox(engine, "control")], policy)

    async def story():
        following = asyncio.create_task(_followed(feed, feed.now(), ANNA, 2))
        await asyncio.to_thread(_happens, engine, "first", "second")
        return await following

    subjects, _ = asyncio.run(story())
    assert subjects == ["first", "second"]


def test_who_comes_back_hears_what_was_missed_just_once(engine, policy):
    feed = Feed([SqlOutbox(engine, "control")], policy)
    start = feed.now()
    _happens(engine, "one", "two", "three")
    subjects, reached = asyncio.run(_followed(feed, start, ANNA, 2))
    assert subjects == ["one", "two"]
    assert asyncio.run(_followed(feed, reached, ANNA, 1))[0] == ["three"]


def test_what_one_may_not_see_is_not_told(engine, policy):
    feed = Feed([SqlOutbox(engine, "control")], policy)
    start = feed.now()
    _happens(engine, "hidden")
    _happens(engine, "shown", seen_by="lake/anyone")
    assert asyncio.run(_followed(feed, start, ANYONE, 1))[0] == ["shown"]


def test_silence_is_told_after_a_while(engine, policy):
    feed = Feed([SqlOutbox(engine, "control")], policy)

    async def silence():
        return await anext(feed.follow(None, ANNA, patience=0.05))

    assert asyncio.run(silence()) is None


def test_what_others_alone_may_see_is_silence_too(engine, policy):
    class Busy(SqlOutbox):
        """Something hidden happens between any two questions."""

        def after(self, sequence, limit=500):
            _happens(engine, "hidden")
            return super().after(sequence, limit)

    feed = Feed([Busy(engine, "control")], policy)

    async def silence():
        return await asyncio.wait_for(anext(feed.follow(None, ANYONE, patience=0.05)), 10)

    assert asyncio.run(silence()) is None


def test_a_database_that_was_away_is_asked_again_and_nothing_is_missed(engine, policy):
    class Shaky(SqlOutbox):
        """Answers every second question."""

        asked = 0

        def after(self, sequence, limit=500):
            self.asked += 1
            if self.asked % 2:
                raise Unavailable("not now")
            return super().after(sequence, limit)

    outbox = Shaky(engine, "control")
    start = {outbox.name: outbox.last()}
    _happens(engine, "one", "two")

    async def story():
        feed = Feed([outbox], policy)
        return [told.recorded.event.subject async for told in _some(feed.follow(start, ANNA, 0.05), 2) if told]

    assert asyncio.run(story()) == ["one", "two"]


async def _some(stream, count):
    """Yield from a stream until so many were told; silence is yielded too."""
    left = count
    async for told in stream:
        yield told
        left -= told is not None
        if not left:
            return


def test_more_followers_than_allowed_are_asked_to_come_back(engine, policy):
    feed = Feed([SqlOutbox(engine, "control")], policy, most_followers=0)
    with pytest.raises(QuotaExceeded):
        asyncio.run(_followed(feed, None, ANNA, 1))
