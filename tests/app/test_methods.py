"""Whatever address the platform has: a method that is not for it is refused by naming those that are."""

import httpx
import pytest
from starlette.routing import Mount, Route

from thalweg.app.compose import Platform
from thalweg.app.settings import read_settings
from thalweg.web.hot import HotRoute

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
OWS = ("/csw", "/ows", "/workspaces/1/csw", "/workspaces/1/ows")
"""What tells by OGC's reports what is refused."""
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def application(tmp_path):
    platform = Platform(read_settings(home=tmp_path))
    platform.migrate()
    return platform.web()


def addresses(routes, prefix=""):
    """Yield the path of each route, its parameters filled in, with the methods that it takes."""
    for route in routes:
        if isinstance(route, Mount):
            yield from addresses(route.routes, prefix + filled(route.path_format.removesuffix("/{path}"), route))
        elif isinstance(route, Route):
            yield prefix + filled(route.path_format, route), route.methods
        else:
            assert isinstance(route, HotRoute), route


def filled(path, route):
    return path.format(**{name: "1" for name in route.param_convertors if name != "path" or isinstance(route, Route)})


async def test_every_address_refuses_what_is_not_for_it_and_tells_what_is(application):
    taken: dict[str, set[str]] = {}
    for path, methods in addresses(application._router.routes):
        taken.setdefault(path, set()).update(methods)
    assert len(taken) > 60
    client = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://eo.example")
    for path, methods in taken.items():
        named = [*(method for method in METHODS if method in methods), "OPTIONS"]
        for method in (*(one for one in METHODS if one not in methods), "BREW"):
            answer = await client.request(method, path)
            assert (answer.status_code, answer.headers["allow"].split(", ")) == (405, named), (method, path)
            says = "application/xml; charset=UTF-8" if path in OWS else "application/problem+json"
            assert answer.headers["content-type"] == says, (method, path)
        asked = await client.options(path)
        assert (asked.status_code, asked.headers["allow"].split(", "), asked.content) == (204, named, b""), path


async def test_where_nothing_is_no_method_is_told(application):
    client = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://eo.example")
    for path in ("/nowhere", "/api/nothing", "/workspaces/demo/api/nothing", "*"):
        answer = await client.options(path)
        assert (answer.status_code, "allow" in answer.headers) == (404, False)
