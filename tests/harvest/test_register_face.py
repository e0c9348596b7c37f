"""Products are registered over HTTP by whoever may write there."""

import httpx
import pytest
from registries import Counted

from thalweg.access.readers.describer import GdalDescriber
from thalweg.harvest.api.register import RegisterFace
from thalweg.harvest.ingest import Ingest
from thalweg.harvest.readers.geotiff import geotiff
from thalweg.harvest.readers.installed import Readers
from thalweg.harvest.readers.swot import swot
from thalweg.identity.api.bearing import Bearing
from thalweg.web.application import Application
from thalweg.web.roots import mounted
from thalweg.web.routes import operations
from thalweg.web.site import Site

TOKEN = "a-token-of-the-administrator"
REACH = "SWOT_L2_HR_RiverSP_Reach_049_058_AU_20260419T185249_20260419T190852_PID0_01.zip"


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def send(platform):
    """Send a product as the administrator does."""
    describer = GdalDescriber()
    readers = Readers(lambda: [swot(describer), geotiff(describer)])
    ingest = Ingest(
        platform.files,
        Counted(platform.catalogue),
        platform.workspaces,
        readers,
        most_bytes=1_000_000,
        scratch=platform.scratch,
    )
    platform.identity.admit_admin(TOKEN)
    site = Site(authenticate=Bearing(platform.identity))
    app = Application(mounted("/workspaces", list(operations(RegisterFace(lambda: ingest))), site))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://eo.example")

    async def sent(content, token=TOKEN, **query):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return await client.post("/workspaces/lab/register", params=query, content=content, headers=headers)

    return sent


@pytest.mark.anyio
async def test_a_granule_is_registered(send, real_data, left_behind):
    content = (real_data / "swot" / REACH).read_bytes()
    answer = await send(content, name=REACH, collection="lab.rivers")
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"http://eo.example/api/collections/lab.rivers/items/{REACH[:-4]}"
    assert answer.json()["items"][0]["outcome"] == "registered"
    assert left_behind()[0] == [REACH[:-4]]
    assert (await send(content, name=REACH, collection="lab.rivers")).json()["items"][0]["outcome"] == "unchanged"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("content", "query", "status"),
    [
        (b"words", {"name": "a.txt"}, 415),
        (b"words", {"name": REACH}, 415),
        (b"words", {"name": ".."}, 400),
        (b"words", {"name": "a", "collection": "other.images"}, 400),
        (bytes(1_000_001), {"name": "a"}, 413),
        (b"words", {"name": "a", "token": None}, 404),
    ],
)
async def test_what_is_no_product_leaves_nothing_behind(send, left_behind, platform, content, query, status):
    answer = await send(content, **query)
    assert answer.status_code == status, answer.text
    assert left_behind()[1] == []
    assert list(platform.scratch.iterdir()) == []
