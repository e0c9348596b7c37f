"""The catalogue's pages without script: someone fills in a form and presses its button."""

import pytest
from playwright.sync_api import expect


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
