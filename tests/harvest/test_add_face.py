"""Adding an image over HTTP: over ASGI, and over a real connection where an early refusal must close it."""

import socket
import threading

import httpx
import pytest
import uvicorn

TOKEN = "a-token-of-the-administrator"
ADD = "/workspaces/lab/add"
SIGNED_IN = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def application(platform):
    platform.identity.admit_admin(TOKEN)
    return platform.web()


@pytest.fixture
def client(application):
    transport = httpx.ASGITransport(application)
    return httpx.AsyncClient(transport=transport, base_url="http://eo.example", headers=SIGNED_IN)


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_an_added_image_is_an_item_with_pictures(client, real_data):
    content = (real_data / "landsat-7" / "L7_ETMs.tif").read_bytes()
    query = {
        "name": "olinda.tif",
        "title": "Olinda",
        "bands": "blue,green,red,nir,swir16,swir22",
        "datetime": "1999-04-15T00:00:00Z/2017-05-29T00:00:00Z",
        "date_known": "false",
        "platform": "landsat-7",
    }
    answer = await client.post(ADD, params=query, content=content)
    assert answer.status_code == 201, answer.text
    where = answer.headers["location"]
    assert where == "http://eo.example/api/collections/lab.images/items/olinda"
    item = (await client.get(where)).json()
    assert item["properties"]["title"] == answer.json()["properties"]["title"] == "Olinda"
    href = answer.json()["assets"]["data"]["href"]
    assert href == item["assets"]["data"]["href"]
    assert (await client.get(href)).content == content
    links = {link["rel"]: link["href"] for link in item["links"]}
    page = (await client.get(links["tilejson"])).json()
    assert (await client.get(page["tiles"][0].format(z=12, x=1651, y=2139))).status_code == 200
    assert len((await client.get(links["thumbnail"])).content) <= 10_000


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("query", "content", "status", "parameter"),
    [
        ({"name": "a.tif"}, b"words", 415, None),
        ({"name": "a.tif"}, b"<VRTDataset/>", 415, None),
        ({"name": "a.tif"}, b"II*\x00" + bytes(50), 400, "file"),
        ({}, b"", 400, "name"),
        ({"name": ""}, b"", 400, "name"),
        ({"name": "a.tif", "datetime": "yesterday"}, b"", 400, "datetime"),
        ({"name": "a.tif", "license": "two words"}, b"", 400, "license"),
        ({"name": "a.tif", "colour": "red"}, b"", 400, "colour"),
        ({"name": "a.tif", "collection": "other.images"}, b"", 400, "collection"),
    ],
)
async def test_what_is_wrong_is_named_and_leaves_nothing(client, left_behind, query, content, status, parameter):
    answer = await client.post(ADD, params=query, content=content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().get("parameter") == parameter
    assert left_behind() == ([], [])


@pytest.fixture
def address(application):
    """Serve over a real connection."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.mark.parametrize("length", [b"Content-Length: 1000000", b"Transfer-Encoding: chunked"])
@pytest.mark.parametrize("token", [b"", b"Authorization: Bearer wrong\r\n"])
def test_a_refusal_before_the_body_closes_the_connection(address, length, token):
    smuggled = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
    with socket.create_connection(address, timeout=20) as connection:
        head = b"POST " + ADD.encode() + b"?name=a.tif HTTP/1.1\r\nHost: a\r\n" + token + length
        connection.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
        answer = b""
        while piece := _received(connection):
            answer += piece
            if b"\r\n\r\n" in answer and smuggled:
                _send(connection, smuggled)
                smuggled = b""
    assert answer.split(b" ", 2)[1] in (b"401", b"404")
    assert b"connection: close" in answer.lower()
    assert answer.count(b"HTTP/1.1") == 1


def _received(connection):
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""


def _send(connection, content):
    try:
        connection.sendall(content)
    except (BrokenPipeError, ConnectionResetError):
        return
