"""A person follows a link to one Item."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

SEA = (-34.833, -8.034)


def test_on_the_map_shows_where_the_item_lies_and_what_it_shows(person):
    someone = person()
    someone.page.goto(f"{someone.platform.url}/api/collections/demo.images/items/olinda?f=html")
    someone.page.get_by_role("link", name="On the map").click()
    expect(someone.page).to_have_url(re.compile(r"at=.*hand=demo.images/olinda&layer=demo.images/olinda,100"))
    someone.settles()
    lon, lat, zoom = someone.at()
    assert -34.95 < lon < -34.8
    assert -8.05 < lat < -7.93
    assert zoom > 11
    red, green, _ = someone.colour(*SEA)
    assert green > red + 40
