"""What the portal answers, over the ASGI wire and through the platform's own error rendering."""

import httpx
import pytest

from thalweg.portal.api.pages import pages
from thalweg.web.application import Application

INDEX = "<!doctype html><title>Thalweg</title>"


@pytest.fixture
def built(tmp_path):
    for folder in ("assets", "basemap"):
        (tmp_path / folder).mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "map-1a2b.js").write_text("export const map = 1\n" * 100)
    (tmp_path / "assets" / "worker-3c4d.mjs").write_text("self.onmessage = null\n")
    (tmp_path / "basemap" / "basemap.pmtiles").write_bytes(bytes(range(256)))
    (tmp_path / "basemap" / "places.json").write_text('[["São Paulo"]]', encoding="utf-8")
    return tmp_path


@pytest.fixture
def ask(built):
    wire = httpx.ASGITransport(Application(pages(built)))

    async def asking(path, **headers):
        async with httpx.AsyncClient(transport=wire, base_url="http://thalweg.test") as client:
            return await client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return asking


pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def test_the_page_may_speak_to_its_own_platform_only(ask):
    answer = await ask("/")
    policy = answer.headers["content-security-policy"]
    assert answer.text == INDEX
    assert answer.headers["content-type"].startswith("text/html")
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert not any(word in policy for word in ("unsafe", "blob:", "http", "*"))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-cache"


async def test_a_hashed_asset_is_kept_for_ever(ask):
    answer = await ask("/assets/map-1a2b.js", Accept_Encoding="identity")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "content-encoding" not in answer.headers


async def test_an_asset_is_compressed_where_that_is_accepted(ask):
    plain, packed = [await ask("/assets/map-1a2b.js", Accept_Encoding=name) for name in ("identity", "gzip")]
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert packed.text == plain.text
    assert packed.headers["etag"] != plain.headers["etag"]


async def test_a_worker_is_a_script(ask):
    assert (await ask("/assets/worker-3c4d.mjs")).headers["content-type"].startswith("text/javascript")


async def test_the_basemap_is_read_by_ranges(ask):
    answer = await ask("/basemap/basemap.pmtiles", Range="bytes=16-31")
    assert answer.status_code == 206
    assert answer.content == bytes(range(16, 32))
    assert answer.headers["content-range"] == "bytes 16-31/256"


async def test_a_range_beyond_the_basemap_is_refused(ask):
    assert (await ask("/basemap/basemap.pmtiles", Range="bytes=999-1000")).status_code == 416


@pytest.mark.parametrize(
    "path", ["/assets/none.js", "/assets/..%2Findex.html", "/assets/.secret.js", "/basemap/%2e%2e/x", "/basemap/places"]
)
async def test_nothing_else_is_served(ask, path):
    answer = await ask(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_portal_that_was_not_built_says_how_to_build_it(built, ask):
    (built / "index.html").unlink()
    answer = await ask("/")
    assert answer.status_code == 503
    assert "make portal" in answer.json()["detail"]
