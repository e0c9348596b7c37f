"""What proves the classes of changes is true of a catalogue that keeps them, and false of one that does not."""

import httpx
import pytest
from callers import ALICE, AS_ALICE
from starlette.responses import Response

from thalweg.catalogue.api import classes
from thalweg.catalogue.api.collection_changes import CollectionChanges
from thalweg.catalogue.api.item_changes import ItemChanges
from thalweg.catalogue.api.item_links import RasterLinks
from thalweg.catalogue.api.serving import Serving
from thalweg.catalogue.api.stac import LANDING, faces
from thalweg.web.application import Application
from thalweg.web.asked import Asked
from thalweg.web.paging import Sealer
from thalweg.web.parameters import NoParameters
from thalweg.web.roots import Root
from thalweg.web.routes import get
from thalweg.web.site import Site

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("filled")]
CHANGING = {*classes.CHANGING, classes.UPDATE, classes.LOCKING, classes.STAC_COLLECTION_TRANSACTION}


class Boasting:
    """Declares what it does not do."""

    @get("/boasted", conforms=tuple(CHANGING))
    async def boasted(self, asked: Asked[NoParameters]) -> Response:  # noqa: ARG002 - the same for all
        """Answer."""
        return Response()


async def verdicts(client, headers=None, root="/api"):
    told = (await client.get(f"{root}/conformance?verify", headers=headers)).json()["verified"]
    return {one["uri"]: (one["verdict"], one["evidence"]) for one in told if one["uri"] in CHANGING}


@pytest.mark.parametrize("headers", [{}, AS_ALICE])
async def test_changes_are_proved_without_one(client, filled, headers):
    before = [filled.versions("demo.images", f"i{n:02}", ALICE) for n in (1, 12)]
    told = await verdicts(client, headers)
    assert set(told) == CHANGING
    assert {verdict for verdict, _ in told.values()} == {"passed"}, told
    assert all("no change was tried" in evidence for _, evidence in told.values())
    assert "412" in told[classes.LOCKING][1]
    assert [filled.versions("demo.images", f"i{n:02}", ALICE) for n in (1, 12)] == before


async def test_what_nobody_sees_is_refused_as_if_it_were_not_there(client):
    told = await verdicts(client, AS_ALICE, "/workspaces/alice/api")
    assert "refused by 404" in told[classes.STAC_TRANSACTION][1]
    assert "412" not in told[classes.LOCKING][1]
    assert {verdict for verdict, _ in told.values()} == {"passed"}, told


async def test_changes_that_are_declared_and_not_offered_are_disproved(catalogue):
    serving = Serving(catalogue, Sealer(b"a secret of the tests"), RasterLinks([]))
    kept = [one for one in faces(serving) if not isinstance(one, ItemChanges | CollectionChanges)]
    root = Root("/api", "Boasting", "Declares what it does not do.", [*kept, Boasting()], "1", LANDING)
    transport = httpx.ASGITransport(Application(root.routes(Site())))
    client = httpx.AsyncClient(transport=transport, base_url="http://eo.example")
    told = await verdicts(client)
    assert set(told) == CHANGING
    assert {verdict for verdict, _ in told.values()} == {"failed"}, told
