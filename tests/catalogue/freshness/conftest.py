"""What the tests of freshness share: real Items as freshness sees them, and a control database beside the store."""

import re
from datetime import UTC, datetime
from functools import cache
from shutil import copytree

import orjson
import pytest
from callers import ALICE, BOB

from thalweg.catalogue.freshness.memory import Memory
from thalweg.catalogue.freshness.presence import presence_of
from thalweg.catalogue.freshness.service import Freshnesses
from thalweg.catalogue.freshness.sql_rules import SqlRules
from thalweg.catalogue.freshness.sql_states import SqlStates
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.stores import pgstac, sqlite
from thalweg.catalogue.validation import Validator
from thalweg.guard.outbound import Outbound
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate
from thalweg.workspaces.service import Workspaces
from thalweg.workspaces.stores.sql import SqlStore

_SWOT = re.compile(
    r"SWOT_L2_HR_(?P<product>\w+?SP_\w+?)_(?P<cycle>\d+)_(?P<pass>\d+)_(?P<area>[A-Z]{2})_(?P<time>\d{8}T\d{6})_.*"
)
_LANDSAT = re.compile(r"LC08_L1TP_(?P<path>\d{3})(?P<row>\d{3})_(?P<date>\d{8})_.*")


@pytest.fixture(scope="session")
def documents(real_data):
    """Return what reads the Items of a file of real Items."""

    @cache
    def read(name):
        lines = (real_data / "stac" / f"{name}.ndjson").read_bytes().splitlines()
        return tuple(orjson.loads(line) for line in lines)

    return read


@pytest.fixture(scope="session")
def presences(documents):
    return lambda name: [presence_of(one) for one in documents(name)]


@pytest.fixture(scope="session")
def swot(real_data):
    """Return granules of rivers and lakes as freshness sees them, by what their names tell."""
    return [_swot(match) for match in map(_SWOT.fullmatch, _names(real_data / "swot")) if match]


@pytest.fixture(scope="session")
def landsat_series(real_data):
    return [_landsat(match) for match in map(_LANDSAT.fullmatch, _names(real_data / "landsat-8-series")) if match]


def _names(folder):
    return sorted(one.name for one in folder.iterdir())


def _swot(match):
    said = {"swot:product": match["product"], "swot:cycle": int(match["cycle"]), "swot:pass": int(match["pass"])}
    return _presence(match.string, match["time"], "%Y%m%dT%H%M%S", {**said, "swot:continent": match["area"]})


def _landsat(match):
    said = {"landsat:wrs_path": match["path"], "landsat:wrs_row": match["row"], "platform": "landsat-8"}
    return _presence(match.string, match["date"], "%Y%m%d", said)


def _presence(name, time, form, said):
    at = datetime.strptime(time, form).replace(tzinfo=UTC).isoformat()
    return presence_of({"id": name, "properties": {"datetime": at, **said}})


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Return a folder with databases and a store of Items: they are copied far sooner than made."""
    folder = tmp_path_factory.mktemp("made")
    engines = {name: open_engine(f"sqlite:///{folder / name}.sqlite") for name in ("control", "workspaces")}
    for name, block in (("control", "catalogue.freshness"), ("workspaces", "workspaces")):
        migrate(engines[name], "sql")
        migrate(engines[name], block)
    spaces = Workspaces(SqlStore(engines["workspaces"]))
    spaces.create("demo", "Demo", "anyone", ALICE)
    spaces.create("alice", "Alice", "member", ALICE)
    spaces.create("bob", "Bob", "member", BOB)
    for engine in engines.values():
        engine.dispose()
    sqlite.open_store(f"sqlite:///{folder / 'items.sqlite'}").close()
    return folder


@pytest.fixture
def copied(made, tmp_path):
    return copytree(made, tmp_path / "home")


@pytest.fixture
def sqlite_store(copied):
    opened = sqlite.open_store(f"sqlite:///{copied / 'items.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def pgstac_store(pgstac_url):
    opened = pgstac.open_store(pgstac_url)
    yield opened
    opened.close()


@pytest.fixture
def store(request):
    """Return an empty store of Items: of the kind that a test is marked with by ``on_both``, else SQLite."""
    return request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_store")


@pytest.fixture(scope="session")
def checked(limits):
    """Return a validator that lets Items lead to hosts of this machine, where tests have one."""
    return Validator(Outbound(["127.0.0.1"]).check_spelling, limits)


@pytest.fixture(scope="session")
def limits():
    return Limits(document=100_000, positions=1_000, at_once=2_000, page=500)


@pytest.fixture
def validator(checked):
    return checked


@pytest.fixture
def control(copied):
    """Return a control database with the tables of freshness and an outbox."""
    engine = open_engine(f"sqlite:///{copied / 'control.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture
def workspaces(copied):
    """Return the policy: alice owns ``demo``, which anyone may read, and ``alice``; bob owns ``bob``."""
    engine = open_engine(f"sqlite:///{copied / 'workspaces.sqlite'}")
    yield Workspaces(SqlStore(engine))
    engine.dispose()


@pytest.fixture
def rules(control):
    return SqlRules(control)


@pytest.fixture
def states(control):
    return SqlStates(control)


@pytest.fixture
def memory(store):
    return Memory(store)


@pytest.fixture
def now():
    """Return a clock whose only entry is the time."""
    return [datetime(2024, 12, 10, tzinfo=UTC)]


@pytest.fixture
def freshnesses(catalogue, workspaces, rules, states, memory, now):
    return Freshnesses(catalogue, workspaces, rules, states, memory, lambda: now[0])
