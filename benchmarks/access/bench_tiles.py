"""Milliseconds of one core a tile, ours and rio-tiler's in turn, on one synthetic Sentinel-2-like COG.

Usage: python benchmarks/access/bench_tiles.py [--peer PYTHON] [--size 10980] [--folder FOLDER]

``--peer`` is the Python of an environment that has rio-tiler; without it only ours is measured. Both run alone, in one
thread of a process of their own, on the same file and the same tiles, with the same fixed rescaling and PNG effort
(zlib level 1). Counted is the process's own time, medians, so that a busy machine matters little. *cold*: each tile
for the first time, GDAL's block cache empty at the start; *warm*: the same again.

Not equal: rio-tiler opens the file for each tile, as its readers do in TiTiler, ours lends it from its pool; ours
blends four pixels of the level that is just finer, rio-tiler resamples by GDAL's warper (bilinear); ours asks a
catalogue and a policy stand-in for each tile, rio-tiler nobody. The file lies in the page cache for both.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ORIGIN = (600_000, 5_700_000)
ZOOMS = (9, 12, 14)
TILES = 16
TILE = 256
RESCALE = (0.0, 4000.0)


def main() -> None:
    """Measure and print."""
    options = arguments()
    if options.run:
        print(json.dumps({"ours": ours, "peer": peer}[options.run](Path(options.file))))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        file = Path(folder) / "scene.tif"
        make(file, options.size)
        rows = {"ours": measured(sys.executable, "ours", file)}
        if options.peer:
            rows["peer"] = measured(options.peer, "peer", file)
    report(rows)


def arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer")
    parser.add_argument("--size", type=int, default=10_980)
    parser.add_argument("--folder")
    parser.add_argument("--run", choices=["ours", "peer"], help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    return parser.parse_args()


def make(file: Path, size: int) -> None:
    """Write a COG of three bands of 16 bits: smooth ground with noise, as reflectances compress."""
    import numpy as np  # noqa: PLC0415 - the peer's process does not make files
    import rasterio  # noqa: PLC0415
    import rasterio.shutil  # noqa: PLC0415
    from affine import Affine  # noqa: PLC0415

    draw = np.random.default_rng(1)
    plain = file.with_name("plain.tif")
    place = {"crs": "EPSG:32631", "transform": Affine(10, 0, ORIGIN[0], 0, -10, ORIGIN[1])}
    with rasterio.open(
        plain, "w", driver="GTiff", count=3, height=size, width=size, dtype="uint16", tiled=True, **place
    ) as dataset:
        column = np.arange(size)
        for band in (1, 2, 3):
            for row in range(0, size, 512):
                height = min(512, size - row)
                ground = 1500 + 700 * np.sin(column / 300 + band) * np.cos((row + np.arange(height)[:, None]) / 400)
                pixels = (ground + draw.normal(0, 60, (height, size))).astype(np.uint16)
                dataset.write(pixels, band, window=((row, row + height), (0, size)))
    rasterio.shutil.copy(plain, file, driver="COG", compress="DEFLATE", predictor="YES", overview_resampling="AVERAGE")
    plain.unlink()


def measured(python: str, which: str, file: Path) -> dict[str, list[float]]:
    """Run one of the two in a process of its own."""
    command = [python, __file__, "--run", which, "--file", str(file)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def tiles(zoom: int, bounds: tuple[float, float, float, float]) -> list[tuple[int, int, int]]:
    """Return up to ``TILES`` tiles inside the image, spread over it."""
    import morecantile  # noqa: PLC0415 - both environments have it

    west, south, east, north = bounds
    across, down = (east - west) / 8, (north - south) / 8
    inner = (west + across, south + down, east - across, north - down)
    found = [(t.z, t.x, t.y) for t in morecantile.tms.get("WebMercatorQuad").tiles(*inner, zooms=[zoom])]
    step = max(1, len(found) // TILES)
    return found[::step][:TILES]


def timed(draw: Callable[[int, int, int], object], bounds: tuple[float, float, float, float]) -> dict[str, list[float]]:
    """Return milliseconds a tile, by zoom and by cold or warm."""
    found: dict[str, list[float]] = {}
    for zoom in ZOOMS:
        for pass_ in ("cold", "warm"):
            times = []
            for tile in tiles(zoom, bounds):
                begun = time.process_time()
                draw(*tile)
                times.append((time.process_time() - begun) * 1000)
            found[f"z{zoom} {pass_}"] = times
    return found


def ours(file: Path) -> dict[str, list[float]]:
    """Draw through the service, with a catalogue of one Item and the file as it lies."""
    import orjson  # noqa: PLC0415 - ours only
    from folder_files import FolderFiles, OneItem  # noqa: PLC0415

    from thalweg.access.readers.workspace_rasters import WorkspaceRasters  # noqa: PLC0415
    from thalweg.access.service import Renderer  # noqa: PLC0415
    from thalweg.access.styles import Choice  # noqa: PLC0415
    from thalweg.core.principals import ANYONE  # noqa: PLC0415

    href = f"thalweg:/workspaces/bench/files/{file.name}"
    body = orjson.dumps({"assets": {"data": {"href": href, "type": "image/tiff"}}})
    renderer = Renderer(OneItem(body), WorkspaceRasters(FolderFiles(file.parent)))
    choice = Choice(bands=("1", "2", "3"), rescale=RESCALE)

    def draw(z: int, x: int, y: int) -> object:
        tile = ("WebMercatorQuad", z, x, y)
        return renderer.tile("bench", "scene", choice, tile, "png", ANYONE, lambda _: False)

    layer = renderer.layer("bench", "scene", choice, ANYONE)
    return timed(draw, layer.bounds)


def peer(file: Path) -> dict[str, list[float]]:
    """Draw with rio-tiler."""
    from rio_tiler.io import Reader  # noqa: PLC0415 - the peer only

    with Reader(str(file)) as reader:
        bounds = reader.get_geographic_bounds("OGC:CRS84")

    def draw(z: int, x: int, y: int) -> object:
        with Reader(str(file)) as opened:
            image = opened.tile(
                x, y, z, tilesize=TILE, indexes=(1, 2, 3), reproject_method="bilinear", resampling_method="bilinear"
            )
        image.rescale(in_range=(RESCALE,))
        return image.render(img_format="PNG", ZLEVEL=1)

    return timed(draw, bounds)


def report(rows: dict[str, dict[str, list[float]]]) -> None:
    """Print medians, and how many times longer the peer takes."""
    print(f"{'CPU ms a tile':20}{'ours':>10}" + (f"{'rio-tiler':>12}{'ratio':>8}" if "peer" in rows else ""))
    for name, times in rows["ours"].items():
        line = f"{name:20}{statistics.median(times):10.1f}"
        if "peer" in rows:
            theirs = statistics.median(rows["peer"][name])
            line += f"{theirs:12.1f}{theirs / statistics.median(times):8.1f}"
        print(line)


if __name__ == "__main__":
    main()
