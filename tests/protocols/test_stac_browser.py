"""STAC Browser, unmodified, on an origin of its own, in a real Chromium: what it shows of the platform."""

import functools
import json
import re
import shutil
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import world as the_world
from playwright.sync_api import expect, sync_playwright

pytestmark = [pytest.mark.peers, pytest.mark.browser]
PICTURES = Path(__file__).resolve().parents[2] / "test-output" / "peers"
DEADLINE = 60_000
THEIRS = "reading 'offsetHeight'"
"""What a timer of its folding texts says when it takes a page down to load it again in the language of the person, as
it does with every API that keeps the language extension."""


class Pages(SimpleHTTPRequestHandler):
    """The built pages, told by ``config.js`` which catalogue they show; addresses inside a catalogue are the page's."""

    catalogue = ""

    def do_GET(self):
        if self.path == "/config.js":
            told = {"catalogUrl": self.catalogue, "catalogTitle": "Thalweg", "historyMode": "hash"}
            content = f"window.STAC_BROWSER_CONFIG = {json.dumps(told)};".encode()
            self.send_response(200)
            self.send_header("content-type", "text/javascript")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        else:
            super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def viewer(platform, world, installed):  # noqa: ARG001 - what is shown must be there
    """Return the address of the built STAC Browser, which shows the platform."""
    handler = type("Pages", (Pages,), {"catalogue": f"{platform.url}/api/"})
    folder = installed("stac-browser") / "pages"
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium")
    if not path:
        pytest.skip("needs Chromium: scripts/system chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, viewer, platform):
    """Return a page whose faults fail the test; the basemap of another host is not there, which is no fault."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000}, locale="en-GB")
    context.set_default_timeout(DEADLINE)
    ours, faults = (viewer, platform.url, "data:", "blob:"), []
    context.route(lambda url: not url.startswith(ours), lambda route: route.abort())
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(f"error: {error}") if THEIRS not in str(error) else None)
    page.on("console", lambda said: faults.append(said.text) if _is_fault(said, ours) else None)
    yield page
    context.close()
    assert faults == []


def _is_fault(said, ours):
    return said.type == "error" and (said.location.get("url", "") or ours[0]).startswith(ours)


def _kept(page, name):
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"stac-browser-{name}.png")


def test_the_root_shows_the_collections(page, viewer):
    page.goto(f"{viewer}/")
    expect(page.get_by_role("heading", name="Thalweg")).to_be_visible(timeout=DEADLINE)
    expect(page.get_by_text("World", exact=True).first).to_be_visible(timeout=DEADLINE)
    _kept(page, "root")


def test_a_collection_shows_its_map_and_turns_the_pages_of_its_items(page, viewer):
    page.goto(f"{viewer}/#/collections/{the_world.COLLECTION}")
    expect(page.get_by_role("heading", name="World")).to_be_visible(timeout=DEADLINE)
    expect(page.locator(".map canvas").first).to_be_visible(timeout=DEADLINE)
    expect(page.locator(".item-card").first).to_be_visible(timeout=DEADLINE)
    first = page.locator(".item-card").first.inner_text()
    page.get_by_role("button", name="Next").first.click()
    expect(page.locator(".item-card").first).not_to_have_text(first, timeout=DEADLINE)
    _kept(page, "collection")


def test_an_item_shows_its_picture_and_its_place(page, viewer):
    page.goto(f"{viewer}/#/collections/demo.images/items/olinda")
    expect(page.get_by_role("heading", name="Olinda")).to_be_visible(timeout=DEADLINE)
    expect(page.locator(".map canvas").first).to_be_visible(timeout=DEADLINE)
    _kept(page, "item")
    page.get_by_role("tab", name="Thumbnails").click()
    picture = page.locator("img.thumbnail").first
    expect(picture).to_be_visible(timeout=DEADLINE)
    expect(picture).not_to_have_js_property("naturalWidth", 0, timeout=DEADLINE)
    _kept(page, "thumbnail")


def test_a_search_finds_items(page, viewer):
    page.goto(f"{viewer}/#/search")
    page.get_by_role("tab", name="Search for Items").click()
    page.locator("button:visible", has_text="Submit").click()
    expect(page.locator(".item-card").first).to_be_visible(timeout=DEADLINE)
    _kept(page, "search")


def test_a_filter_that_is_made_of_what_can_be_asked_for_narrows(page, viewer, world):
    page.goto(f"{viewer}/#/search")
    page.get_by_role("tab", name="Search for Items").click()
    page.locator("button:visible", has_text="Add filter").click()
    name = page.locator(".badge", has_text=re.compile(r"^\s*platform\s*$"))
    page.locator(".queryables .dropdown-item:visible", has=name).click()
    page.locator(".queryable-group select.value:visible").select_option("swot")
    page.locator("button:visible", has_text="Submit").click()
    cards = page.locator(".item-card")
    expect(cards.first).to_be_visible(timeout=DEADLINE)
    # Newest first: the last ten of those that have it.
    there = [item["properties"]["title"] for item in world if item["properties"]["platform"] == "swot"][-10:]
    expect(cards).to_have_count(len(there), timeout=DEADLINE)
    assert [title.splitlines()[0] for title in cards.all_inner_texts()] == sorted(there, key=_number)
    _kept(page, "filter")


def _number(title):
    return int(title.split()[1])
