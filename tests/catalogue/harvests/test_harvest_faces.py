"""Harvests asked for by CSW and by OGC API Records, once and each week."""

import orjson
import pytest
from csw_world import ALICE, AS_ALICE, AS_BOB, CSW2, World
from elsewhere import JSON

from thalweg.catalogue.api.records import records as face
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.harvests.periodic import Harvests
from thalweg.catalogue.harvests.sql_sources import SqlSources
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import Root

pytestmark = pytest.mark.anyio
WHERE = "/records/collections/demo.records/harvest"


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def harvests(world, harvester):
    return Harvests(SqlSources(world.engine), harvester, world.records, {"alice": ALICE}.__getitem__)


@pytest.fixture
def csw(tmp_path, harvests):
    """Return the same catalogue by CSW, which harvests again and again."""
    made = World(tmp_path, harvests=lambda: harvests)
    yield made
    made.close()


@pytest.fixture
async def client(world, harvests):
    """Return a client of the same catalogue by OGC API Records."""
    serving = RecordServing(world.records, Sealer(b"a secret of the tests"))
    given = face.faces(serving, lambda: None, lambda: harvests)
    roots = [Root(prefix, "Test", "A test.", given, "1") for prefix in ("/records", "/workspaces/{workspace}/records")]
    world.application = Application([route for root in roots for route in root.routes(world.face._site)])
    async with world.client() as opened:
        yield opened


@pytest.fixture
def listing(there):
    features = [{"type": "Feature", "id": f"r{one}", "geometry": None, "properties": {}} for one in range(3)]
    there.answers["/items"] = (200, JSON, orjson.dumps({"type": "FeatureCollection", "features": features}))
    return f"{there.url}/items"


def harvest(source, resource=CSW2, more=""):
    return (
        f'<csw:Harvest service="CSW" version="2.0.2"><csw:Source>{source}</csw:Source>'
        f"<csw:ResourceType>{resource}</csw:ResourceType>{more}</csw:Harvest>"
    )


async def test_csw_keeps_what_is_harvested_each_week(csw, harvests, there, template):
    foreign = World(template)
    there.serve(foreign.application)
    weekly = "<csw:HarvestInterval>P1W</csw:HarvestInterval>"
    told = await csw.post(harvest(f"{there.url}/csw", more=weekly), AS_BOB)
    assert told("//csw:totalInserted/text()") == ["15"]
    assert len(told("//csw:InsertResult/csw:BriefRecord")) == 15
    (source,) = harvests._sources.of(None)
    assert (source.catalogue, source.interval, source.state) == ("bob.records", "P1W", "succeeded")
    told = await csw.post(harvest(f"{there.url}/csw", more=weekly.replace("P1W", "PT1S")), AS_BOB)
    assert told.refused == ("InvalidParameterValue", "harvestInterval")
    foreign.close()


async def test_csw_says_whether_it_harvests_again_and_again(csw, world):
    asked = {"service": "CSW", "version": "3.0.0", "request": "GetCapabilities"}
    periodic = b"conf/Harvest-Periodic-XML"
    assert periodic in (await csw.get(**asked)).content
    assert periodic not in (await world.get(**asked)).content


async def test_an_owner_lists_reads_hurries_and_removes_sources(client, listing):
    made = await client.post(WHERE, json={"source": listing, "interval": "P1W"}, headers=AS_ALICE)
    assert (made.status_code, made.json()["numberRegistered"]) == (201, 3)
    where = made.headers["location"]
    listed = await client.get(f"{WHERE}s", headers=AS_ALICE)
    (shown,) = listed.json()["harvests"]
    assert shown == (await client.get(where, headers=AS_ALICE)).json()
    assert (shown["source"], shown["state"], shown["harvested"]["read"]) == (listing, "succeeded", 3)
    below = where.replace("/records/", "/workspaces/bob/records/")
    assert (await client.get(below, headers=AS_ALICE)).status_code == 404
    for headers, status in ((None, 401), (AS_BOB, 403)):
        for answer in (client.get(where, headers=headers), client.delete(where, headers=headers)):
            assert (await answer).status_code == status
    hurried = await client.post(f"{where}/run", headers=AS_ALICE)
    assert (hurried.status_code, hurried.json()["next"] < shown["next"]) == (202, True)
    assert (await client.delete(where, headers=AS_ALICE)).status_code == 204
    assert (await client.get(where, headers=AS_ALICE)).status_code == 404
    assert (await client.get(f"{WHERE}s", headers=AS_ALICE)).json()["harvests"] == []


async def test_what_is_harvested_once_is_not_kept(client, listing):
    made = await client.post(WHERE, json={"source": listing}, headers=AS_ALICE)
    assert (made.status_code, len(made.json()["records"])) == (200, 3)
    assert (await client.get(f"{WHERE}s", headers=AS_ALICE)).json()["harvests"] == []
    wrong = await client.post(WHERE, json={"source": listing, "interval": "weekly"}, headers=AS_ALICE)
    assert (wrong.status_code, wrong.json()["parameter"]) == (400, "interval")
