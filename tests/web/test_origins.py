"""What a browser may let pages of other origins read and send."""

import httpx
import pytest
from starlette.responses import Response
from starlette.routing import Route

from thalweg.web.application import Application

pytestmark = pytest.mark.anyio
ELSEWHERE = {"origin": "https://viewer.example"}


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def _answer(_request):
    return Response("said", headers={"etag": '"1"', "link": "<b>; rel=next"})


@pytest.fixture
def client():
    routes = [Route(path, _answer, methods=["GET", "POST"]) for path in ("/api/search", "/auth/login")]
    transport = httpx.ASGITransport(Application(routes), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://platform.example", headers=ELSEWHERE)


@pytest.mark.parametrize("path", ["/api/search", "/api/nowhere"])
async def test_an_answer_and_a_refusal_may_be_read_by_any_page(client, path):
    answer = await client.get(path)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"link", "etag", "location"} <= set(answer.headers["access-control-expose-headers"].split(", "))


async def test_no_answer_lets_a_browser_send_the_session_along(client):
    asked = {"access-control-request-method": "POST"}
    for answer in (await client.get("/api/search"), await client.options("/api/search", headers=asked)):
        assert "access-control-allow-credentials" not in answer.headers


async def test_what_is_asked_beforehand_is_answered_without_asking_who(client):
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,authorization"}
    answer = await client.options("/api/search", headers=asked)
    assert answer.status_code == 204
    assert "POST" in answer.headers["access-control-allow-methods"].split(", ")
    assert {"content-type", "authorization"} <= set(answer.headers["access-control-allow-headers"].split(", "))


async def test_options_that_no_browser_asks_tell_the_methods(client):
    answer = await client.options("/api/search")
    assert (answer.status_code, answer.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")
    assert "access-control-allow-methods" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_signing_in_is_for_our_own_pages(client):
    assert "access-control-allow-origin" not in (await client.get("/auth/login")).headers
    asked = {"access-control-request-method": "POST"}
    answer = await client.options("/auth/login", headers=asked)
    assert "allow" in answer.headers
    assert not [name for name in answer.headers if name.startswith("access-control")]
