"""Somebody goes back in time, and reads how to cite what was found, on the pages without script."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

PHONE = 390


@pytest.fixture
def page(chromium):
    opened = chromium.new_page(viewport={"width": PHONE, "height": 844}, color_scheme="dark")
    yield opened
    opened.close()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") == PHONE


def test_a_snapshot_is_read_verified_and_compared_with_today(platform, page):
    asked = {"title": "The coast, as we used it", "creators": ["Ada Fluss"], "search": {"collections": ["demo.images"]}}
    with platform.client() as client:
        one = client.post("/api/snapshots", json=asked).raise_for_status().json()
    page.goto(f"{platform.url}/api/snapshots?f=html")
    page.get_by_role("link", name="The coast, as we used it").click()
    expect(page.get_by_text(f"Ada Fluss ({one['created'][:4]}): The coast, as we used it.")).to_be_visible()
    expect(page.get_by_text("no registrar of DOIs is configured")).to_be_visible()
    assert fits(page)
    page.get_by_role("link", name="Compute the checksum again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing was lost")
    assert fits(page)
    page.go_back()
    page.get_by_role("link", name="What changed since").click()
    expect(page.get_by_text("Nothing is different.")).to_be_visible()
    page.get_by_label("From").fill("2001-01-01T00:00:00Z")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("came", exact=True).first).to_be_visible()
    assert fits(page)
    page.go_back()
    page.go_back()
    page.get_by_role("link", name="The Items as they were").click()
    page.get_by_role("link", name="Landsat 7, Olinda and Recife").click()
    expect(page.get_by_role("note")).to_contain_text(f"As it was at {one['as-of']}")
    page.get_by_role("link", name="as it is now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Landsat 7, Olinda and Recife")
    expect(page.get_by_role("note")).to_have_count(0)


def test_a_collection_is_searched_as_of_a_time(platform, page):
    page.goto(f"{platform.url}/api/collections/demo.images/items?f=html")
    page.get_by_label("As of").fill("2001-01-01T00:00:00Z")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    page.goto(f"{platform.url}/api/search?f=html")
    page.get_by_label("As of").fill("last week")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("alert")).to_contain_text("as-of: 'last week' is not an RFC 3339 time")
    page.get_by_label("As of").fill("2001-01-01T00:00:00Z")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("No Item is found.")).to_be_visible()
    expect(page.get_by_role("note")).to_contain_text("As it was at 2001-01-01T00:00:00Z")
    assert fits(page)
