"""Who is no longer let in is told nothing more, also by a stream that was opened before."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from thalweg.automation.api.events import Events
from thalweg.automation.service import Feed
from thalweg.identity.api.bearing import COOKIE, Bearing
from thalweg.identity.service import ADMIN, Identity
from thalweg.identity.stores.sql import SqlStore as Tokens
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate
from thalweg.sql.outbox import SqlOutbox
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import mounted
from thalweg.web.routes import operations
from thalweg.web.site import Site
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore


@pytest.fixture
def engine(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'control.sqlite'}")
    for block in ("sql", "workspaces", "identity"):
        migrate(engine, block)
    yield engine
    engine.dispose()


@pytest.fixture
def identity(engine):
    """Return who may get in; what was looked up is looked up again each time."""
    identity = Identity(Tokens(engine), clock=iter(range(0, 10_000, 10)).__next__)
    identity.admit_admin(None)
    return identity


@pytest.fixture
def client(engine, identity):
    feed = Feed([SqlOutbox(engine, "control")], Workspaces(SqlStore(engine)))
    site = Site(authenticate=Bearing(identity))
    events = Events(feed, Sealer(b"secret"), site.authenticate, patience=0.02)
    app = Application(mounted("/events", list(operations(events)), site))
    # This transport answers when the stream has ended, and not before.
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eo.example")


def test_a_stream_ends_with_its_session(client, identity):
    session, _ = identity.open_session(identity.login_token(ADMIN))

    async def story():
        following = asyncio.create_task(client.get("/events", headers={"cookie": f"{COOKIE}={session}"}))
        done, _ = await asyncio.wait([following], timeout=0.3)
        assert not done
        await asyncio.to_thread(identity.close_session, session)
        return await asyncio.wait_for(following, 20)

    answer = asyncio.run(story())
    assert answer.status_code == 200
    assert ": still here" in answer.text


def test_a_stream_ends_with_its_token(client, identity):
    token = identity.bearer_token(ADMIN, timedelta(seconds=0.5))

    async def story():
        return await asyncio.wait_for(client.get("/events", headers={"authorization": f"Bearer {token}"}), 20)

    assert asyncio.run(story()).status_code == 200
