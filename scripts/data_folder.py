"""Make the small data folder that later versions must open and migrate: tests/data/home-VERSION.tar.gz.

Run once when a version's tables are settled; never make it again for a version that has been released.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

import rasterio
from rasterio.windows import Window

from thalweg.sdk import Platform

REPOSITORY = Path(__file__).resolve().parents[1]
SCENE = REPOSITORY / "src" / "thalweg" / "app" / "demo" / "olinda.tif"
TOKEN = "the-token-of-the-old-folder"  # noqa: S105 - of a folder for tests
CROP = Window(220, 180, 96, 96)


def main() -> None:
    """Start an empty platform, add a crop of the demo image, map its water, stop, pack."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        running = _started(home)
        try:
            _used(_address(running), Path(folder))
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(30)
        for left in (home / "scratch", home / "lock"):
            shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
        target = REPOSITORY / "tests" / "data" / f"home-{version('thalweg')}.tar.gz"
        with tarfile.open(target, "w:gz") as packed:
            packed.add(home, "home")
    print(f"{target.name}: {target.stat().st_size / 1024:.0f} KiB")


def _started(home: Path) -> "subprocess.Popen[str]":
    environment = {**os.environ, "THALWEG_HOME": str(home), "THALWEG_ADMIN_TOKEN": TOKEN}
    command = [sys.executable, "-m", "thalweg.app.cli", "up", "--port", "0"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _address(running: "subprocess.Popen[str]") -> str:
    said = ""
    while "Ctrl-C" not in said:
        line = running.stdout.readline() if running.stdout else ""
        if not line:
            sys.exit(f"the platform did not start: {said}")
        said += line
    found = re.search(r"Map\s+(http://\S+?)/\s", said)
    return found[1] if found else sys.exit("no address")


def _used(address: str, folder: Path) -> None:
    crop = folder / "crop.tif"
    with rasterio.open(SCENE) as scene:
        profile = scene.profile | {
            "width": CROP.width,
            "height": CROP.height,
            "transform": scene.window_transform(CROP),
        }
        profile |= {"driver": "GTiff", "tiled": False, "compress": "deflate"}
        for name in ("blockxsize", "blockysize", "interleave"):
            profile.pop(name, None)
        with rasterio.open(crop, "w", **profile) as made:
            made.write(scene.read(window=CROP))
            made.descriptions = scene.descriptions
    with Platform(address, TOKEN) as platform:
        image = platform.add(crop, title="A crop of Olinda", datetime="1999-04-15T00:00:00Z/2017-05-29T00:00:00Z")
        platform.execute("water-mask", image=image).wait()


if __name__ == "__main__":
    main()
