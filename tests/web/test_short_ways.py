"""Operations that share an address, short ways beside ordinary ones, and the platform that tries itself."""

import httpx
import openapi_spec_validator
import pytest
from starlette.responses import Response

from thalweg.core.errors import NotFound
from thalweg.web.answers import Json
from thalweg.web.application import Application
from thalweg.web.asked import Asked
from thalweg.web.hot import Ready
from thalweg.web.parameters import Flag, NoParameters, Parameters
from thalweg.web.roots import Root
from thalweg.web.routes import Body, get, post
from thalweg.web.site import Site
from thalweg.web.verification import DisprovedError, NotApplicableError

pytestmark = pytest.mark.anyio


class OneThing(Parameters):
    thing: str


class Loud(Parameters):
    loud: Flag = False


class Things:
    @get("/things/{thing}", shortly="at_once")
    async def look(self, asked: Asked[OneThing]) -> Response:
        """Look at a thing."""
        return Json({"way": "ordinary", "thing": asked.parameters.thing, "root": asked.root})

    def at_once(self, asked):
        if asked.path["thing"] == "absent":
            raise NotFound("no such thing")
        return Ready(f"short {asked.path['thing']} {asked.root} {asked.who.id}".encode(), '"1"')

    @post("/things", body=Body.DOCUMENT, media=("application/json",))
    async def take(self, asked: Asked[NoParameters]) -> Response:
        """Take a thing."""
        return Json({"taken": asked.document})

    @post("/things", body=Body.BYTES, media=("text/plain",))
    async def read(self, asked: Asked[NoParameters]) -> Response:
        """Read things."""
        return Json({"read": b"".join([chunk async for chunk in asked.stream()]).decode()})


async def _kept(inside):
    return (await inside.get("/things/a")).body.decode()


async def _not_kept(inside):  # noqa: ARG001 - asks nothing
    raise DisprovedError("it is not so")


async def _nothing_there(inside):  # noqa: ARG001 - asks nothing
    raise NotApplicableError("no data")


async def _outside(inside):
    return str(await inside.get("http://elsewhere.example/"))


async def _as_others(inside):
    nobody = (await inside.as_nobody().saying(x_word="hush").get("/proved?loud")).json()
    return f"{(await inside.get('/proved?loud')).json()} {nobody} {sorted(await inside.methods('/things'))}"


class Proved:
    @get("/proved", conforms=("urn:kept", "urn:broken", "urn:empty", "urn:outside", "urn:others", "urn:untold"))
    async def proved(self, asked: Asked[Loud]) -> Response:
        """Tell what says who asks."""
        return Json([asked.headers.get(name) for name in ("authorization", "x-word", "x-other")])

    def probes(self):
        told = {"kept": _kept, "broken": _not_kept, "empty": _nothing_there, "outside": _outside, "others": _as_others}
        return {f"urn:{name}": probe for name, probe in told.items()}


@pytest.fixture
def client():
    faces = (Things(), Proved())
    roots = [Root(prefix, "Test", "A test.", faces, "1") for prefix in ("/api", "/workspaces/{workspace}/api")]
    application = Application([route for root in roots for route in root.routes(Site())])
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://eo.example")


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def test_a_plain_request_takes_the_short_way(client):
    answer = await client.get("/api/things/a%20b")
    assert answer.text == "short a b http://eo.example/api anyone"
    assert (answer.headers["etag"], answer.headers["content-type"]) == ('"1"', "application/json")
    assert answer.headers["access-control-allow-origin"] == "*"
    bound = await client.get("/workspaces/demo/api/things/a")
    assert bound.text == "short a http://eo.example/workspaces/demo/api anyone"


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/api/things/a?f=json", {}),
        ("HEAD", "/api/things/a", {}),
        ("GET", "/api/things/a", {"if-none-match": '"1"'}),
        ("GET", "/api/things/a", {"content-length": "0"}),
    ],
)
async def test_what_is_not_plain_takes_the_ordinary_way(client, method, path, headers):
    answer = await client.request(method, path, headers=headers)
    assert answer.status_code == 200
    assert "etag" not in answer.headers
    assert b"short" not in answer.content


async def test_what_is_refused_is_a_problem_on_either_way(client):
    absent = await client.get("/api/things/absent")
    assert (absent.status_code, absent.json()["detail"]) == (404, "no such thing")
    assert absent.headers["access-control-allow-origin"] == "*"
    assert (await client.get("/api/things/a", headers={"accept": "image/png"})).status_code == 406
    assert (await client.get("/api/things/a/b")).status_code == 404


async def test_the_media_type_tells_operations_apart(client):
    assert (await client.post("/api/things", json=[1])).json() == {"taken": [1]}
    plain = {"content-type": "text/plain; charset=utf-8"}
    assert (await client.post("/api/things", content=b"abc", headers=plain)).json() == {"read": "abc"}
    other = await client.post("/api/things", content=b"abc", headers={"content-type": "image/png"})
    assert other.status_code == 415
    assert "application/json or text/plain" in other.json()["detail"]
    document = (await client.get("/api/openapi")).json()
    openapi_spec_validator.validate(document)
    assert set(document["paths"]["/things"]["post"]["requestBody"]["content"]) == {"application/json", "text/plain"}


async def test_each_class_is_tried_as_its_face_says(client):
    who = {"authorization": "Bearer of-alice", "x-other": "not passed on"}
    answer = (await client.get("/api/conformance?verify", headers=who)).json()
    told = {one["uri"]: (one["verdict"], one["evidence"]) for one in answer["verified"]}
    assert told["urn:kept"] == ("passed", "short a http://eo.example/api anyone")
    assert told["urn:broken"] == ("failed", "it is not so")
    assert told["urn:empty"] == ("not applicable", "no data")
    assert told["urn:outside"] == ("failed", "http://elsewhere.example/ is not of this platform")
    others = "['Bearer of-alice', None, None] [None, 'hush', None] ['OPTIONS', 'POST']"
    assert told["urn:others"] == ("passed", others)
    assert told["urn:untold"][0] == "not applicable"
    assert all(verdict == "passed" for uri, (verdict, _) in told.items() if uri.startswith("http"))
    assert "verified" not in (await client.get("/api/conformance")).json()
    wrong = await client.get("/api/conformance?verify=perhaps")
    assert (wrong.status_code, wrong.json()["parameter"]) == (400, "verify")
