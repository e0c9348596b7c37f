"""A root declares what it answers, and answers what it declares."""

import httpx
import openapi_spec_validator
import pytest
from starlette.responses import Response

from thalweg.core.errors import Conflict, Unavailable
from thalweg.web.answers import Json
from thalweg.web.application import Application
from thalweg.web.asked import Asked
from thalweg.web.forms import HTML, JSON
from thalweg.web.parameters import BBoxText, DatetimeText, Names, Parameters
from thalweg.web.roots import Root
from thalweg.web.routes import Body, get, post, put
from thalweg.web.site import Site


class Look(Parameters):
    thing: str
    bbox: BBoxText | None = None
    datetime: DatetimeText | None = None
    ids: Names = ()
    limit: int = 10


class OneThing(Parameters):
    thing: str


class Things:
    @get("/things/{thing}", conforms=("urn:things",), forms=(JSON, HTML))
    async def look(self, asked: Asked[Look]) -> Response:
        """Look at a thing."""
        found = asked.parameters
        return Json({"thing": found.thing, "ids": found.ids, "limit": found.limit, "form": asked.form.name})

    @post("/things/{thing}", body=Body.MEMBERS)
    async def ask(self, asked: Asked[Look]) -> Response:
        """Ask for a thing by a body."""
        return Json({"thing": asked.parameters.thing, "limit": asked.parameters.limit})

    @put("/things/{thing}", body=Body.BYTES, media=(), most=10)
    async def store(self, asked: Asked[OneThing]) -> Response:
        """Store a thing."""
        size = 0
        async for chunk in asked.stream():
            size += len(chunk)
        return Json({"size": size})

    @get("/broken/{thing}")
    async def broken(self, asked: Asked[OneThing]) -> Response:
        """Break in one of several ways."""
        raise {"conflict": Conflict("taken"), "away": Unavailable("gone fishing")}.get(
            asked.parameters.thing, ZeroDivisionError("a secret path: /etc/x")
        )


@pytest.fixture
def client():
    root = Root("/api", "Things", "All things.", [Things()], "1")
    transport = httpx.ASGITransport(Application(root.routes(Site())))
    return httpx.AsyncClient(transport=transport, base_url="http://eo.example")


pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def test_an_empty_parameter_is_an_absent_one(client):
    sent = {"f": "", "bbox": "", "datetime": "", "ids": "", "limit": ""}
    answer = await client.get("/api/things/a", params=sent)
    assert answer.json() == (await client.get("/api/things/a")).json()
    answer = await client.get("/api/things/a", params={"colour": ""})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "colour")


async def test_path_and_query_stand_in_one_model(client):
    answer = await client.get("/api/things/a", params={"ids": "x,y", "limit": 3})
    assert answer.json() == {"thing": "a", "ids": ["x", "y"], "limit": 3, "form": "json"}


async def test_path_and_body_stand_in_one_model(client):
    answer = await client.post("/api/things/a", json={"limit": 4, "bbox": [1, 2, 3, 4]})
    assert answer.json() == {"thing": "a", "limit": 4}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("colour=red", "colour"),
        ("limit=many", "limit"),
        ("limit=1&limit=2", "limit"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,nan", "bbox"),
        ("bbox=10,50,20,40", "bbox"),
        ("datetime=yesterday", "datetime"),
        ("datetime=2024-02-01T00:00:00Z/2024-01-01T00:00:00Z", "datetime"),
        ("datetime=../..", "datetime"),
        ("f=xml", "f"),
        ("thing=b", "thing"),
    ],
)
async def test_a_wrong_parameter_is_named(client, query, parameter):
    answer = await client.get(f"/api/things/a?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["parameter"] == parameter


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/nowhere", 404),
        ("DELETE", "/api/things/a", 405),
        ("GET", "/api/broken/conflict", 409),
        ("GET", "/api/broken/away", 503),
    ],
)
async def test_every_refusal_is_a_problem_document(client, method, path, status):
    answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_500_tells_an_id_that_the_log_tells_too_and_no_more(client, caplog):
    answer = await client.get("/api/broken/else")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["id"] in caplog.text


async def test_a_body_over_its_bound_is_refused_and_the_connection_closed(client):
    answer = await client.put("/api/things/a", content=b"x" * 11)
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


async def test_a_body_in_its_bound_is_taken_and_the_connection_kept(client):
    answer = await client.put("/api/things/a", content=b"x" * 10)
    assert answer.json() == {"size": 10}
    assert "connection" not in answer.headers


async def test_what_is_no_json_object_is_refused(client):
    headers = {"content-type": "application/json"}
    for content in (b"[1]", b"{", b"\xff"):
        assert (await client.post("/api/things/a", content=content, headers=headers)).status_code == 400


async def test_another_media_type_is_refused(client):
    answer = await client.post("/api/things/a", content=b"<a/>", headers={"content-type": "text/xml"})
    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "html"),
        ("text/html;q=0.1,application/json", "json"),
        ("application/*", "json"),
    ],
)
async def test_the_form_follows_accept(client, accept, form):
    answer = await client.get("/api/things/a", headers={"accept": accept} if accept else {})
    assert answer.json()["form"] == form


async def test_a_form_that_is_not_there_is_not_acceptable(client):
    assert (await client.get("/api/things/a", headers={"accept": "image/png"})).status_code == 406


async def test_f_speaks_before_accept(client):
    answer = await client.get("/api/things/a?f=html", headers={"accept": "application/json"})
    assert answer.json()["form"] == "html"


async def test_the_landing_page_lists_what_is_declared(client):
    page = (await client.get("/api/")).json()
    assert "urn:things" in page["conformsTo"]
    assert page == (await client.get("/api")).json() | {"links": page["links"]}
    for link in page["links"]:
        assert (await client.get(link["href"])).status_code == 200, link


@pytest.mark.parametrize(("version", "starts"), [("3.0", "3.0."), ("3.1", "3.1.")])
async def test_openapi_is_valid(client, version, starts):
    described = (await client.get(f"/api/openapi?f={version}")).json()
    assert described["openapi"].startswith(starts)
    openapi_spec_validator.validate(described)


async def test_a_description_that_is_remembered_names_the_server_that_is_asked(client):
    first = (await client.get("/api/openapi")).json()
    second = (await client.get("http://other.example/api/openapi")).json()
    assert (first.pop("servers"), second.pop("servers")) == (
        [{"url": "http://eo.example/api"}],
        [{"url": "http://other.example/api"}],
    )
    assert first == second
    assert (await client.get("/api/openapi?f=3.1")).json()["openapi"] != first["openapi"]


async def test_pages_for_people_stand_without_script(client):
    for path in ("/api/?f=html", "/api/docs", "/api/conformance?f=html"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "<script" not in page.text
        assert "``" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
