"""What programs ask of any host, answered from the platform's address alone."""

import httpx
import pytest

from thalweg.app.discovery import CATALOG, Discovery
from thalweg.web.application import Application
from thalweg.web.site import Site

pytestmark = pytest.mark.anyio


@pytest.fixture
def client():
    application = Application(Discovery(Site(address="https://eo.example")).routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="https://eo.example")


async def test_robots_are_led_to_the_sitemap_and_away_from_what_never_ends(client):
    answer = await client.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /records/collections/*/items?" in lines
    assert "Sitemap: https://eo.example/sitemap.xml" in lines


async def test_the_catalogue_of_apis_is_a_linkset(client):
    answer = await client.get(CATALOG)
    assert answer.headers["content-type"].startswith("application/linkset+json")
    assert answer.headers["link"] == f'<https://eo.example{CATALOG}>; rel="api-catalog"'
    listed, *described = answer.json()["linkset"]
    assert [one["href"] for one in listed["item"]] == [one["anchor"] for one in described]
    assert all(one["service-desc"][0]["type"] for one in described)
    head = await client.head(CATALOG)
    assert (head.status_code, head.headers["link"]) == (200, answer.headers["link"])
