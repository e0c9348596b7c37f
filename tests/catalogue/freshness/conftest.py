"""What the tests of freshness share: real Items as freshness sees them, and a control database beside the store."""

import re
from datetime import UTC, datetime

import orjson
import pytest

from thalweg.catalogue.freshness.memory import Memory
from thalweg.catalogue.freshness.presence import presence_of
from thalweg.catalogue.freshness.service import Freshnesses
from thalweg.catalogue.freshness.sql_rules import SqlRules
from thalweg.catalogue.freshness.sql_states import SqlStates
from thalweg.catalogue.stores import pgstac, sqlite
from thalweg.catalogue.validation import Validator
from thalweg.guard.outbound import Outbound
from thalweg.sql.engines import open_engine
from thalweg.sql.migrations import migrate

_SWOT = re.compile(
    r"SWOT_L2_HR_(?P<product>\w+?SP_\w+?)_(?P<cycle>\d+)_(?P<pass>\d+)_(?P<area>[A-Z]{2})_(?P<time>\d{8}T\d{6})_.*"
)
_LANDSAT = re.compile(r"LC08_L1TP_(?P<path>\d{3})(?P<row>\d{3})_(?P<date>\d{8})_.*")


@pytest.fixture(scope="session")
def documents(real_data):
    """Return what reads the Items of a file of real Items."""
    return lambda name: [
        orjson.loads(line) for line in (real_data / "stac" / f"{name}.ndjson").read_bytes().splitlines()
    ]


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


@pytest.fixture
def sqlite_store(tmp_path):
    opened = sqlite.open_store(f"sqlite:///{tmp_path / 'items.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def pgstac_store(pgstac_url):
    opened = pgstac.open_store(pgstac_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("pgstac", marks=pytest.mark.postgres)])
def store(request):
    """Return an empty store of Items, once of each kind."""
    return request.getfixturevalue(f"{request.param}_store")


@pytest.fixture
def validator(limits):
    """Return a validator that lets Items lead to hosts of this machine, where tests have one."""
    return Validator(Outbound(["127.0.0.1"]).check_spelling, limits)


@pytest.fixture
def control(tmp_path):
    """Return a control database with the tables of freshness and an outbox."""
    engine = open_engine(f"sqlite:///{tmp_path / 'freshness.sqlite'}")
    migrate(engine, "sql")
    migrate(engine, "catalogue.freshness")
    yield engine
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
