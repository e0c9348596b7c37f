"""The Python client against a running platform: ten lines from a search to a mask, and refusals as classes."""

import pytest

from thalweg.core.errors import (
    Conflict,
    InvalidParameter,
    NotFound,
    Removed,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from thalweg.sdk import Platform
from thalweg.sdk.wire import refusal


@pytest.fixture
def admin(platform):
    with Platform(platform.url, platform.admin_token) as client:
        yield client


@pytest.fixture
def anyone(platform):
    with Platform(platform.url) as client:
        yield client


@pytest.fixture
def image(anyone):
    return next(anyone.search(bbox=(-35, -8.1, -34.8, -7.9), collections=["demo.images"]))


def test_from_a_search_to_a_mask_in_ten_lines(admin, image):
    told = []
    job = admin.execute("water-mask", image=image).wait(120, progress=lambda percent, _: told.append(percent))
    results = job.results()
    assert results["verdict"] == "water"
    assert results["water_area_km2"] == pytest.approx(16.32, abs=0.05)
    item = job.item()
    assert item.properties["thalweg:job"] == job.id
    with admin.open(item.assets["mask"]) as mask:
        pixels = mask.read(1)
    assert set(pixels.ravel()) <= {0, 1, 255}
    assert (pixels == 1).mean() == pytest.approx(0.164, abs=0.002)
    assert any("MNDWI" in line for line in job.logs())
    assert job.id in {one.id for one in admin.jobs()}


def test_pages_are_fetched_as_they_are_needed(admin):
    every = [one.id for one in admin.search(page=100)]
    assert [one.id for one in admin.search(page=1)] == every


@pytest.mark.parametrize(
    ("inputs", "parameter"),
    [
        ({}, "inputs/image"),
        ({"image": "demo.images/nothing"}, "inputs/image"),
        ({"image": "demo.images/olinda", "threshold": 7}, "inputs/threshold"),
        ({"image": "demo.images/olinda", "colour": "red"}, "inputs/colour"),
    ],
)
def test_a_wrong_input_is_named(admin, inputs, parameter):
    with pytest.raises(InvalidParameter) as refused:
        admin.execute("water-mask", **inputs)
    assert refused.value.parameter == parameter


def test_refusals_come_back_as_the_platforms_own_classes(admin, anyone, image, tmp_path):
    text = tmp_path / "scene.tif"
    text.write_text("no image")
    with pytest.raises(NotFound):
        anyone.item("demo.images", "nothing")
    with pytest.raises(NotFound):
        admin.process("nothing")
    with pytest.raises(Unauthenticated):
        anyone.execute("water-mask", image=image)
    with pytest.raises(Unauthenticated):
        anyone.add(text)
    with pytest.raises(UnsupportedMedia):
        admin.add(text)


def test_what_was_removed_comes_back_with_what_is_left_of_it():
    left = [{"rel": "version-history", "href": "/api/x"}]
    told = refusal(404, {"detail": "It was removed.", "removed": "2026-01-01T00:00:00Z", "links": left})
    assert (type(told), told.removed, told.links) == (Removed, "2026-01-01T00:00:00Z", tuple(left))


def test_a_dismissed_job_is_told_to_who_waits(admin, image):
    job = admin.execute("water-mask", image=image)
    job.dismiss()
    if job.refresh().status["status"] == "dismissed":
        with pytest.raises(Conflict, match="dismissed"):
            job.wait(60)


def test_nobody_at_the_address_is_unavailable():
    with Platform("http://127.0.0.1:9") as nobody, pytest.raises(Unavailable, match="no platform answers"):
        next(nobody.search())


def test_the_token_is_shown_to_the_platform_only(admin, platform):
    assert admin._wire.ours(f"{platform.url}/api/")
    assert not admin._wire.ours(f"{platform.url}.evil.example/")
    assert not admin._wire.ours("https://elsewhere.example/")
