"""What the tests of the catalogue share: real parts, put together as the platform does."""

import shutil
import sys
from pathlib import Path

import httpx
import pytest
from callers import ALICE, BOB
from clusters import own_cluster
from pypgstac.db import PgstacDB
from pypgstac.migrate import Migrate

from thalweg.catalogue.api.item_links import LinkTemplate, RasterLinks
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.api.stac import LANDING, faces, landing_links
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.service import Catalogue
from thalweg.catalogue.stores.sqlite import open_store
from thalweg.catalogue.validation import Validator
from thalweg.core.errors import Unauthenticated
from thalweg.core.principals import ANYONE
from thalweg.guard.outbound import Outbound
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import Root
from thalweg.web.site import Site
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore

sys.path.append(str(Path(__file__).parents[1] / "contracts"))  # the makers of Items stand with the contract

TOKENS = {"Bearer alice": ALICE, "Bearer bob": BOB}
LIMITS = Limits(document=100_000, positions=1_000, at_once=2_000, page=500)


@pytest.fixture(scope="session")
def _three_workspaces(tmp_path_factory):
    file = tmp_path_factory.mktemp("workspaces") / "control.sqlite"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine, "sql")
    migrate(engine, "workspaces")
    made = Workspaces(SqlStore(engine))
    made.create("demo", "Demo", "anyone", ALICE)
    made.create("alice", "Alice", "member", ALICE)
    made.create("bob", "Bob", "member", BOB)
    engine.dispose()
    return file


@pytest.fixture
def workspaces(tmp_path, sqlite_url, _three_workspaces):
    """Return the policy: alice owns ``demo``, which anyone may read, and ``alice``; bob owns ``bob``."""
    shutil.copyfile(_three_workspaces, tmp_path / "control.sqlite")
    engine = open_engine(sqlite_url)
    yield Workspaces(SqlStore(engine))
    engine.dispose()


@pytest.fixture(scope="session")
def cluster():
    """Return a PostgreSQL that a test may restart and starve."""
    with own_cluster() as running:
        yield running


@pytest.fixture(scope="session")
def template(cluster):
    """Return the name of a database of that PostgreSQL which has pgstac, to be copied: to make one takes seconds."""
    database = PgstacDB(cluster.create())
    Migrate(database).run_migration()
    name = database.dsn.rpartition("/")[2]
    database.disconnect()
    return name


@pytest.fixture
def store(items_url):
    opened = open_store(items_url)
    yield opened
    opened.close()


@pytest.fixture
def validator():
    return Validator(Outbound().check_spelling, LIMITS)


@pytest.fixture
def limits():
    return LIMITS


@pytest.fixture
def catalogue(store, workspaces, validator, limits):
    return Catalogue(store, workspaces, validator, limits)


def authenticate(method, headers):  # noqa: ARG001 - keeps the promise
    shown = headers.get("authorization")
    if shown is None:
        return ANYONE
    if shown not in TOKENS:
        raise Unauthenticated("not known")
    return TOKENS[shown]


@pytest.fixture
def application(catalogue):
    links = RasterLinks([LinkTemplate("tilejson", "application/json", "tilejson.json", "As tiles", {})])
    serving = Serving(catalogue, Sealer(b"a secret of the tests"), links)
    roots = [
        Root(prefix, "Test", "A test.", faces(serving), "1", landing=LANDING, links=[landing_links])
        for prefix in ("/api", "/workspaces/{workspace}/api")
    ]
    return Application([route for root in roots for route in root.routes(Site(authenticate=authenticate))])


@pytest.fixture
def client(application):
    """Return an HTTP client that nobody signed in with."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://eo.example")


@pytest.fixture
def anyio_backend():
    return "asyncio"
