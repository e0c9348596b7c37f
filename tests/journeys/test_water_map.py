"""A person's path: from a real satellite image to a water map, by pointer, by keyboard, on a phone, in the dark."""

import re

import pytest
import rasterio
from playwright.sync_api import expect
from rasterio.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

# Where every panel is audited; elsewhere those whose colours or places differ.
THOROUGH = ("light", "phone")

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}

# Places in the demo image and the colours they have there; far out, places of the basemap.
FOREST, SEA = (-34.897, -7.968), (-34.833, -8.034)
INLAND, OCEAN = (-45.0, -8.0), (-25.0, -8.0)
LAND_COLOUR, SEA_COLOUR, NEUTRAL = (244, 243, 239), (211, 226, 234), (233, 235, 237)
DARK_LAND, DARK_SEA, DARK_NEUTRAL = (28, 35, 42), (16, 23, 30), (23, 29, 35)


DROP = """() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['these are notes'], 'notes.tif'))
    for (const type of ['dragenter', 'drop']) {
        window.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    }
}"""


def opened(person, **kind):
    """Sign in and wait for the first visit's image."""
    someone = person(**kind).signs_in()
    expect(someone.page.get_by_role("button", name="Find the water in this image")).to_be_visible()
    return someone.settles()


def run_from_form(page):
    page.get_by_role("button", name="Run water mask").click()
    expect(page.locator(".lead strong")).to_have_text(re.compile(r"^1\d\.\d km²$"))


def is_blue(colour):
    red, green, blue = colour
    return blue > red + 60 and blue > green + 20


def test_a_person_finds_the_water_in_the_first_image(person):
    someone = opened(person)
    page = someone.page
    canvas = page.locator("canvas").bounding_box()
    assert (canvas["width"], canvas["height"]) == (DESK["width"], DESK["height"])
    forest, sea = someone.colour(*FOREST), someone.colour(*SEA)
    assert max(forest) < 110
    assert sea[1] > sea[0] + 40
    someone.picture("1-first-visit")

    page.get_by_role("button", name="Find the water in this image").click()
    expect(page.get_by_role("button", name="Run water mask")).to_be_visible()
    someone.picture("2-form")
    with someone.platform.paused("work"):  # a second's work is done before anybody has looked
        page.get_by_role("button", name="Run water mask").click()
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.locator("button.ring")).to_be_visible()
        someone.picture("3-running")

    expect(page.locator(".lead strong")).to_have_text(re.compile(r"^16\.\d km²$"))
    expect(page.locator(".recipe").first).to_contain_text("Otsu at")
    expect(page.locator("button.ring")).to_have_count(0)
    expect(page.locator("h2:focus")).to_contain_text("Olinda")
    someone.settles()
    assert is_blue(someone.colour(*SEA))
    someone.sees(*FOREST, forest)
    expect(page.get_by_role("region", name="Layers").get_by_role("listitem")).to_have_count(2)
    someone.picture("4-result")


def test_back_and_forward_walk_the_steps_and_an_address_tells_the_view(person):
    someone = opened(person)
    page = someone.page
    page.get_by_role("button", name="Find the water in this image").click()
    run_from_form(page)
    result = page.url
    assert "job/" not in result
    page.go_back()
    expect(page.get_by_role("button", name="Run water mask")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile(r"\d images?"))).to_be_visible()
    page.go_forward()
    page.go_forward()
    expect(page.locator(".lead strong")).to_be_visible()
    assert page.url == result

    someone.goes(result.partition("/#")[2].join(["#", ""]))
    expect(page.locator(".lead strong")).to_be_visible()
    someone.settles()
    assert is_blue(someone.colour(*SEA))


def test_the_whole_journey_needs_only_a_keyboard(person):
    someone = opened(person)
    page = someone.page
    keys = page.keyboard
    keys.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    keys.type("olinda")
    expect(page.get_by_role("option").first).to_contain_text("Pernambuco, Brazil")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Remove Where: Olinda")).to_be_visible()
    image = page.locator(".rows button", has_text="Date unknown")
    for _ in range(page.locator(".rows button").count()):
        keys.press("ArrowDown")
        if image.evaluate("row => row === document.activeElement"):
            break
    expect(image).to_be_focused()
    keys.press("Enter")
    expect(page.locator("h2:focus")).to_contain_text("Olinda")
    _tab_to(page, "Compute")
    keys.press("Enter")
    _tab_to(page, "Run water mask")
    keys.press("Enter")
    expect(page.locator(".lead strong")).to_have_text(re.compile(r"^16\.\d km²$"))
    expect(page.locator("h2:focus")).to_have_count(1)
    expect(page.get_by_role("status")).to_contain_text("in hand")
    keys.press("Escape")
    expect(page.get_by_role("heading", name=re.compile(r"\d images"))).to_be_visible()


def _tab_to(page, name):
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.textContent.trim()") == name:
            return
    pytest.fail(f"{name} is not reached by Tab")


@pytest.mark.parametrize(
    ("scheme", "land", "sea", "neutral"),
    [("light", LAND_COLOUR, SEA_COLOUR, NEUTRAL), ("dark", DARK_LAND, DARK_SEA, DARK_NEUTRAL)],
)
def test_the_basemap_shows_land_and_sea_and_fades_where_its_coast_would_be_wrong(person, scheme, land, sea, neutral):
    someone = person(color_scheme=scheme).goes("#at=-37.3,-8.3,4.4")
    someone.settles()
    someone.sees(*INLAND, land, within=6)
    someone.sees(*OCEAN, sea, within=6)
    someone.picture(f"5-basemap-{scheme}")
    someone.goes("#at=-34.87,-8.17,12")
    someone.settles()
    someone.sees(-34.85, -8.17, neutral, within=6)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("light", {"size": DESK}),
        ("dark", {"size": DESK, "color_scheme": "dark"}),
        ("phone", {"size": PHONE, "has_touch": True, "is_mobile": True}),
        ("phone-dark", {"size": PHONE, "has_touch": True, "is_mobile": True, "color_scheme": "dark"}),
    ],
)
def test_nobody_is_kept_out_and_nothing_hides_the_map(person, name, kind):
    someone = opened(person, **kind)
    page = someone.page
    assert someone.audits() == []
    someone.picture(f"6-{name}-first-visit")
    page.get_by_role("button", name="Find the water in this image").click()
    page.get_by_text("More options").click()
    assert someone.audits() == []
    someone.picture(f"6-{name}-form")
    run_from_form(page)
    someone.settles()
    assert someone.audits() == []
    assert is_blue(someone.colour(*SEA))
    assert max(someone.colour(*FOREST)) < 110
    someone.picture(f"6-{name}-result")
    if name not in THOROUGH:
        return
    for verb in ("Get", "Share"):
        page.get_by_role("button", name=verb, exact=True).click()
        assert someone.audits() == []
        someone.picture(f"6-{name}-{verb.lower()}")
    page.get_by_role("button", name="Menu").click()
    assert someone.audits() == []
    page.get_by_role("button", name="Jobs").click()
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    assert someone.audits() == []
    someone.picture(f"6-{name}-jobs")


def test_a_problem_is_told_at_its_field(person):
    someone = opened(person)
    page = someone.page
    page.get_by_role("button", name="Find the water in this image").click()
    page.get_by_role("radio", name="Value").check()
    page.get_by_role("spinbutton").fill("3")
    page.get_by_role("button", name="Run water mask").click()
    threshold = page.locator("[data-field=threshold]")
    expect(threshold.get_by_role("alert")).to_have_text("From -1 to 1")
    page.get_by_role("radio", name="Otsu").check()
    page.get_by_text("More options").click()
    page.get_by_label("Green").fill("ultraviolet")
    page.get_by_role("button", name="Run water mask").click()
    expect(page.locator("[data-field=bands]").get_by_role("alert")).to_contain_text("ultraviolet")
    someone.picture("7-problem")


def test_who_is_not_signed_in_is_told_kindly(person):
    someone = person().goes()
    page = someone.page
    page.get_by_role("button", name="Find the water in this image").click()
    expect(page.get_by_role("note")).to_contain_text("Sign in to compute")
    expect(page.get_by_role("button", name="Run water mask")).to_be_disabled()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_text("You are not signed in")).to_be_visible()
    assert someone.audits() == []
    someone.picture("8-anonymous")


def test_a_persons_own_image_may_hold_no_separable_water(own_platform, person, real_data, tmp_path):
    someone = opened(person, before=own_platform)
    page = someone.page
    page.locator("input[type=file]").set_input_files(a_city(real_data, tmp_path / "City.tif"))
    expect(page.locator("h2:focus")).to_have_text("City")
    someone.settles()
    assert max(someone.colour(*FOREST)) < 110

    page.get_by_role("button", name="Compute").click()
    page.get_by_role("button", name="Run water mask").click()
    bands = page.locator("[data-field=bands]")
    expect(bands.get_by_role("alert")).to_contain_text("near infrared")
    bands.get_by_label("Green").fill("2")
    bands.get_by_label("Near infrared").fill("4")
    page.get_by_role("button", name="Run water mask").click()
    expect(page.get_by_text("No separable water", exact=True)).to_be_visible()
    assert someone.audits() == []
    someone.picture("9-no-separable-water")

    page.get_by_role("button", name="Try a fixed threshold").click()
    expect(page.get_by_role("spinbutton", name="Threshold")).to_have_value("0")
    page.get_by_role("button", name="Run water mask").click()
    expect(page.locator(".lead strong")).to_contain_text("km²")
    expect(page.locator(".recipe").first).to_contain_text("NDWI · fixed at 0")


def a_city(real_data, path):
    """Cut land without open water out of the scene: its bands have no names."""
    window = Window(0, 0, 200, 200)
    with rasterio.open(real_data / "landsat-7" / "L7_ETMs.tif") as scene:
        profile = {"driver": "GTiff", "count": scene.count, "dtype": scene.dtypes[0], "crs": scene.crs}
        shape = {"width": 200, "height": 200, "transform": scene.transform}
        with rasterio.open(path, "w", **profile, **shape) as city:
            city.write(scene.read(window=window))
    return path


def test_what_is_no_image_is_refused_with_its_reason_when_it_is_dropped(person):
    someone = opened(person)
    page = someone.page
    page.evaluate(DROP)
    expect(page.get_by_text("notes.tif was not added", exact=True)).to_be_visible()
    someone.picture("9-refused")
