"""The sitemap tells of what anyone may see, in parts, whoever asks."""

from dataclasses import replace

import httpx
import pytest
from callers import ALICE
from lxml import etree
from made_items import a_collection, an_item

from thalweg.catalogue.api.records.sitemap import Sitemap
from thalweg.catalogue.records.record import Record
from thalweg.web.application import Application
from thalweg.web.site import Site

pytestmark = pytest.mark.anyio
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ODD = "a&b <c>/d?e"


@pytest.fixture
def client(records):
    sitemap = Sitemap(records, Site(address="https://eo.example"), stretch=3, seconds=0)
    transport = httpx.ASGITransport(Application(sitemap.routes()))
    return httpx.AsyncClient(transport=transport, base_url="https://eo.example")


async def told(client, where):
    answer = await client.get(where, headers={"authorization": "Bearer alice"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml; charset=utf-8")
    root = etree.fromstring(answer.content)
    return [(one.findtext(f"{SPACE}loc"), one.findtext(f"{SPACE}lastmod")) for one in root]


async def test_each_page_that_anyone_may_see_stands_in_it_once(client, records, catalogue):
    records.ensure_catalogue("demo.library", "Library", "", ALICE)
    records.ensure_catalogue("alice.notes", "Notes", "", ALICE)
    catalogue.register_collection(a_collection("demo.images"), ALICE)
    catalogue.register([an_item(name, "demo.images") for name in ("S1", "S2", "S3")], ALICE)
    guide = Record("guide", title="Guide")
    records.register([guide, replace(guide, id=ODD), replace(guide, id="gone")], "demo.library", ALICE)
    records.register([replace(guide, id="secret")], "alice.notes", ALICE)
    records.remove("gone", "demo.library", ALICE)
    root = "https://eo.example/records"
    parts = [where for where, _ in await told(client, "/sitemap.xml")]
    assert parts == [f"https://eo.example/sitemaps/{name}.xml" for name in ("catalogues", "0", "1")]
    catalogues, *stretches = [await told(client, where) for where in parts]
    assert [where for where, _ in catalogues] == [
        f"{root}/?f=html",
        *(f"{root}/collections/{name}?f=html" for name in ("all", "demo.library", "demo.images")),
    ]
    assert [len(stretch) for stretch in stretches] == [3, 2]
    found = [where for stretch in stretches for where, _ in stretch]
    assert sorted(found) == sorted(
        [
            *(f"{root}/collections/demo.images/items/demo.images:{name}?f=html" for name in ("S1", "S2", "S3")),
            f"{root}/collections/demo.library/items/guide?f=html",
            f"{root}/collections/demo.library/items/a%26b%20%3Cc%3E%2Fd%3Fe?f=html",
        ]
    )
    assert all(changed.endswith("Z") for stretch in stretches for _, changed in stretch)
    assert (await client.get("/sitemaps/2.xml")).status_code == 404


async def test_of_nothing_it_tells_the_catalogues_alone(client):
    assert [where for where, _ in await told(client, "/sitemap.xml")] == ["https://eo.example/sitemaps/catalogues.xml"]
    assert (await client.get("/sitemaps/0.xml")).status_code == 404
