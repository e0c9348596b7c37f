"""The catalogue's pages without script: someone fills in a form and presses its button."""

import re
import time
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import expect

FOLLOWING = ("service:csw", "process:water-mask")
AXE = Path(__file__).resolve().parents[2] / "portal" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def catalogued(platform):
    """Wait until the Records that follow services and Processes are there."""
    deadline = time.monotonic() + 60
    with platform.client(admin=False) as client:
        while not all(client.get(f"/records/collections/all/items/{one}").is_success for one in FOLLOWING):
            assert time.monotonic() < deadline, "they did not come"


@pytest.mark.parametrize("path", ["/api/search", "/api/collections"])
def test_a_form_is_answered_and_a_mistake_is_told_above_it(chromium, platform, path):
    page = chromium.new_page(viewport={"width": 420, "height": 900})
    page.goto(f"{platform.url}{path}?f=html")
    page.get_by_label("Words").fill("rivers")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Items" if path.endswith("search") else "Collections")
    expect(page.get_by_label("Words")).to_have_value("rivers")
    page.get_by_label("Box").fill("where the Po ends")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert")).to_have_text("bbox: takes numbers joined by commas")
    expect(page.get_by_label("Box")).to_have_value("where the Po ends")
    expect(page.get_by_label("Words")).to_have_value("rivers")
    assert page.evaluate("document.documentElement.scrollWidth") == 420
    page.close()


@pytest.mark.usefixtures("catalogued")
def test_a_box_of_a_facet_narrows_what_is_found_and_is_taken_back(chromium, platform):
    page = chromium.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page.goto(f"{platform.url}/records/collections/all/items?f=html")
    page.get_by_label("Narrow the search").get_by_role("link", name="service", exact=True).click()
    expect(page.get_by_role("list", name="Conditions")).to_contain_text("type: service")
    expect(page.get_by_role("link", name="CSW", exact=True)).to_be_visible()
    page.get_by_role("link", name="CSW", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("CSW")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.go_back()
    page.get_by_role("link", name="type: service ×").click()
    expect(page.get_by_role("list", name="Conditions")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()


@pytest.mark.usefixtures("catalogued")
def test_a_word_that_is_no_place_is_looked_for_in_everything(chromium, platform):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.goto(platform.url)
    page.get_by_role("combobox").fill("water mask")
    expect(page.get_by_role("option").last).to_contain_text("water mask")
    page.get_by_role("combobox").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Everything")
    expect(page.get_by_role("link", name="Water mask", exact=True)).to_be_visible()
    page.close()


@pytest.mark.usefixtures("catalogued")
def test_nobody_is_shut_out_of_the_pages_of_records(chromium, platform):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", bypass_csp=True)
    page = context.new_page()
    everything = "/records/collections/all"
    freshness = "/api/collections/demo.images/freshness"
    for where in (everything, f"{everything}/items", f"{everything}/items/service:csw", freshness, "/api/snapshots"):
        page.goto(f"{platform.url}{where}?f=html")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], where
    context.close()


def test_all_that_programs_are_told_of_answers(platform):
    with platform.client(admin=False) as client:
        (sitemap,) = re.findall(r"^Sitemap: (\S+)$", client.get("/robots.txt").text, re.MULTILINE)
        parts = re.findall("<loc>([^<]+)</loc>", client.get(sitemap).text)
        pages = [unescape(where) for part in parts for where in re.findall("<loc>([^<]+)</loc>", client.get(part).text)]
        assert f"{platform.url}/records/collections/demo.images/items/demo.images:olinda?f=html" in pages
        for where in pages:
            answer = client.get(where).raise_for_status()
            assert answer.headers["content-type"].startswith("text/html")
            assert "/records/?" in where or f'<link rel="canonical" href="{where}">' in answer.text
        listed, *described = client.get("/.well-known/api-catalog").json()["linkset"]
        links = [one for context in described for name in context if name != "anchor" for one in context[name]]
        for where in [one["href"] for one in (*listed["item"], *links)]:
            assert client.get(where).status_code in (200, 400), where
        page = client.get("/records?f=html").text
        protocols = dict(re.findall(r'<a href="([^"]+)">(CSW [^<]+|OpenSearch|OAI-PMH|SRU|STAC API)</a>', page))
        assert len(protocols) == 6
        for where in map(unescape, protocols):
            assert "xml" in client.get(where).raise_for_status().headers["content-type"] or where.endswith("/api/")
        front = client.get("/").text
        for rel in ("search", "api-catalog", "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog"):
            assert f'rel="{rel}"' in front
