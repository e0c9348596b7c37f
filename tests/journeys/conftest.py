"""A real Chromium before a real platform, and a person who looks at pixels."""

import io
import math
import re
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import expect, sync_playwright

from running import Running

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "test-output" / "journeys"
AXE = ROOT / "portal" / "node_modules" / "axe-core" / "axe.min.js"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
DEADLINE = 30_000
SESSIONS = {}
"""The cookies of who signed in, by platform."""
# What Chromium says about drawing without a graphics card is no fault of the page.
NOISE = re.compile(r"GPU stall|GL Driver Message|swiftshader", re.IGNORECASE)

expect.set_options(timeout=DEADLINE)


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    """Return a platform that these journeys share; they compute on it but add no image."""
    running = Running(tmp_path_factory.mktemp("journeys") / "home").start()
    yield running
    running.stop()


@pytest.fixture
def own_platform(tmp_path):
    """Return a platform for one journey alone."""
    running = Running(tmp_path / "home").start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def chromium():
    """Start the browser once a module: while it is driven, its event loop is in the way of asynchronous tests."""
    path = shutil.which("chromium")
    if not path:
        pytest.skip("needs Chromium: scripts/system chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Person:
    """Someone at a page, who notices what a page must not do."""

    def __init__(self, page, platform):
        self.page = page
        self.platform = platform
        self.faults = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._asked)

    def _heard(self, message):
        # A refused request is the platform's business; a refused script or style is the page's fault.
        refused = "Content Security Policy" in message.text
        if refused or (
            message.type in {"error", "warning"} and not NOISE.search(message.text) and "status of" not in message.text
        ):
            self.faults.append(f"{message.type}: {message.text}")

    def _asked(self, request):
        if not request.url.startswith((self.platform.url, "data:", "blob:")):
            self.faults.append(f"asked another host: {request.url}")

    def signs_in(self):
        """Open the platform's sign-in link; it opens once, so whoever comes later is let in by the same session."""
        context = self.page.context
        if self.platform.url in SESSIONS:
            context.add_cookies(SESSIONS[self.platform.url])
            self.page.goto(self.platform.url)
        else:
            self.page.goto(self.platform.login_url)
            SESSIONS[self.platform.url] = context.cookies()
        return self

    def goes(self, fragment=""):
        self.page.goto("about:blank")
        self.page.goto(f"{self.platform.url}/{fragment}")
        return self

    def at(self):
        """Return the camera: longitude, latitude, zoom."""
        told = parse_qs(urlsplit(self.page.url).fragment)["at"][0]
        return tuple(map(float, told.split(",")))

    def where(self, lon, lat):
        """Return the point of the page that shows a place."""
        size, (lon0, lat0, zoom) = self.page.viewport_size, self.at()
        side = 512 * 2**zoom
        x = (lon - lon0) / 360 * side
        y = (_mercator(lat0) - _mercator(lat)) / (2 * math.pi) * side
        return size["width"] / 2 + x, size["height"] / 2 + y

    def picture(self, name=None):
        """Look at the page; a named picture is kept."""
        content = self.page.screenshot()
        if name:
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / f"{name}.png").write_bytes(content)
        return Image.open(io.BytesIO(content)).convert("RGB")

    def colour(self, lon, lat):
        """Return the mean colour around a place."""
        x, y = self.where(lon, lat)
        spot = self.picture().crop((int(x) - 3, int(y) - 3, int(x) + 4, int(y) + 4))
        return spot.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))

    def sees(self, lon, lat, colour, within=14):
        """Wait until a place has a colour: the picture is taken again after each frame until the deadline."""
        seen = self.colour(lon, lat)
        for _ in range(30):
            if unlike(seen, colour) <= within:
                return
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
            seen = self.colour(lon, lat)
        pytest.fail(f"at {lon}, {lat} there is {seen}, not {colour}")

    def settles(self):
        """Wait until the map has drawn all it was told to."""
        self.page.wait_for_function(
            "() => document.querySelector('[data-state]')?.dataset.state === 'idle'", timeout=DEADLINE
        )
        return self

    def audits(self):
        """Ask axe what keeps whom out."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]


def unlike(one, other):
    """Return the greatest difference of two colours in one channel."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def _mercator(lat):
    return math.asinh(math.tan(math.radians(lat)))


@pytest.fixture
def person(chromium, platform):
    """Seat a person at a page; what the page did wrong fails the test at its end."""
    seated = []

    def seating(size=DESK, before=platform, **kind):
        context = chromium.new_context(viewport=size, reduced_motion="reduce", locale="en-GB", **kind)
        context.set_default_timeout(DEADLINE)
        seated.append((context, Person(context.new_page(), before)))
        return seated[-1][1]

    yield seating
    for context, one in seated:
        context.close()
        assert one.faults == []
