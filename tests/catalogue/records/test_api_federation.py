"""Searches of OGC API Records that go on to other catalogues: each answers by itself, none spoils the rest."""

import socket
import threading

import httpx
import orjson
import pytest
import uvicorn
from callers import AS_ALICE

from thalweg.catalogue.api.records import records as face
from thalweg.catalogue.api.records.federating import read_answer
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.federation.asking import Federation
from thalweg.catalogue.federation.catalogues import Federated
from thalweg.core.errors import Unavailable
from thalweg.core.principals import ANYONE
from thalweg.web.application import Application
from thalweg.web.paging import Sealer
from thalweg.web.roots import Root
from thalweg.web.site import Site

pytestmark = pytest.mark.anyio
ALL = "/records/collections/all"
ELSEWHERE = Federated("elsewhere", "http://elsewhere.example/collections/all", "records")
FLOODS = {"q": "flood", "distributedSearch": "true"}


def a_root(records, outbound, federated):
    federation = Federation(federated, lambda: outbound)
    serving = RecordServing(records, Sealer(b"a secret of the tests"), lambda: federation)
    root = Root("/records", "Test", "A test.", face.faces(serving, lambda: outbound), "1")
    return Application(root.routes(Site(authenticate=lambda *_: ANYONE)))


@pytest.fixture
async def federated(records, outbound, records_client, alice):
    """Return a client of a catalogue that goes on to itself under another address, and to others that fail."""
    records.ensure_catalogue("demo.library", "Library", "What was written.", alice)
    for number in range(3):
        feature = {"type": "Feature", "id": f"n{number}", "geometry": None, "properties": {"type": "document"}}
        feature["properties"]["title"] = f"Flood {number}"
        feature["conformsTo"] = ["http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"]
        made = await records_client.post("/records/collections/demo.library/items", json=feature, headers=AS_ALICE)
        assert made.status_code == 201, made.text
    with socket.create_server(("127.0.0.1", 0)) as closed:
        away = f"http://127.0.0.1:{closed.getsockname()[1]}/collections/all"
    listening = socket.create_server(("127.0.0.1", 0))
    twin = f"http://127.0.0.1:{listening.getsockname()[1]}{ALL}"
    there = (
        Federated("twin", twin, "records", "The twin", 30),
        Federated("away", away, "records", seconds=5),
        Federated("pages", twin.replace(ALL, "/records/docs#"), "records"),
        Federated("csw", "http://127.0.0.1:1/csw"),
    )
    application = a_root(records, outbound, there)
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://eo.example") as client:
        yield client
    server.should_exit = True
    thread.join()
    listening.close()


async def test_the_catalogues_that_are_asked_are_listed(federated):
    listed = (await federated.get(f"{ALL}/federatedCatalogs")).json()
    assert [(one["id"], one["timeout"]) for one in listed] == [("twin", 30), ("away", 5), ("pages", 20)]
    assert (await federated.get(f"{ALL}/federatedCatalogs/twin")).json() == listed[0]
    assert (await federated.get(f"{ALL}/federatedCatalogs/csw")).status_code == 404
    assert (await federated.get("/records/collections/nowhere/federatedCatalogs")).status_code == 404
    assert "The twin" in (await federated.get(f"{ALL}/federatedCatalogs?f=html")).text
    assert ALL in (await federated.get(f"{ALL}/federatedCatalogs/twin?f=html")).text
    refused = await federated.post(f"{ALL}/federatedCatalogs", json={})
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


async def test_what_others_found_stands_beside_what_is_found_here(federated):
    told = (await federated.get(f"{ALL}/items", params={**FLOODS, "limit": 2})).json()
    assert (told["type"], set(told)) == ("FederatedSearchResults", {"type", "all", "twin", "away", "pages"})
    for name in ("all", "twin"):
        assert (told[name]["type"], told[name]["numberMatched"], len(told[name]["features"])) == (
            "FeatureCollection",
            3,
            2,
        )
    assert told["twin"]["elapsedTime"] >= 0
    for name in ("away", "pages"):
        assert set(told[name]) == {"elapsedTime", "exceptionReport"}
        assert told[name]["exceptionReport"]["status"] == 503
    assert (await federated.get(f"{ALL}/items", params={"q": "flood"})).json()["type"] == "FeatureCollection"


async def test_a_search_goes_as_far_as_it_says_and_in_no_circle(federated):
    chosen = {**FLOODS, "federatedCatalogs": "(twin,30)"}
    told = (await federated.get(f"{ALL}/items", params={**chosen, "hopCount": 1})).json()
    assert set(told) == {"type", "all"}
    told = (await federated.get(f"{ALL}/items", params={**chosen, "hopCount": 8})).json()
    assert set(told) == {"type", "all", "twin"}
    # It is asked in turn, knows that it was here before, and tells of what it has.
    assert set(told["twin"]) == {"type", "all", "elapsedTime"}
    named = {**chosen, "distributedSearchId": "urn:x-test:1"}
    assert "twin" in (await federated.get(f"{ALL}/items", params=named)).json()
    assert "twin" not in (await federated.get(f"{ALL}/items", params=named)).json()
    assert "twin" in (await federated.get(f"{ALL}/items", params={**named, "limit": 1})).json()


async def test_a_search_goes_nowhere_that_the_operator_did_not_name(federated):
    for named in ("http://192.0.2.1/collections/all", "csw"):
        answer = await federated.get(f"{ALL}/items", params={**FLOODS, "federatedCatalogs": named})
        assert (answer.status_code, answer.json()["parameter"]) == (400, "federatedCatalogs")
    assert (await federated.get(f"{ALL}/items", params={**FLOODS, "hopCount": 9})).status_code == 400


@pytest.mark.parametrize(
    "said",
    [
        b"[]",
        b"{",
        b'{"type":"Feature"}',
        b'{"type":["FeatureCollection"]}',
        b'{"type":"FeatureCollection","features":' + b"[" * 400 + b"]" * 400 + b"}",
    ],
)
def test_what_is_no_list_of_records_is_refused(said):
    with pytest.raises(Unavailable, match="elsewhere"):
        read_answer(ELSEWHERE, said)


def test_how_long_it_took_is_told_by_who_waited():
    said = b'{"type":"FeatureCollection","elapsedTime":"soon","features":[]}'
    assert orjson.loads(b"{" + read_answer(ELSEWHERE, said)) == {"type": "FeatureCollection", "features": []}


async def test_where_there_is_no_federation_a_search_is_told_alone(records_client):
    told = (await records_client.get(f"{ALL}/items", params=FLOODS)).json()
    assert set(told) == {"type", "all"}
    assert (await records_client.get(f"{ALL}/federatedCatalogs")).json() == []
