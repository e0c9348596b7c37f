"""The water mask as a program: a folder with a STAC catalogue in, another out, for Application Packages.

``python -m thalweg.hydrology.water_mask_tool IMAGE --index auto``: IMAGE holds a ``catalog.json`` that links to one
Item. Writes ``results/catalog.json`` and ``cwl.output.json`` into the working folder; its progress goes to stderr.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thalweg.core.errors import ThalwegError
from thalweg.core.processes import Outcome, StagedItem

_CATALOG = "catalog.json"
_RESULTS = "results"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return its exit code."""
    asked = _parser().parse_args(arguments)
    from thalweg.hydrology.water_survey import survey  # noqa: PLC0415 - so that --help answers at once

    folder = Path(_RESULTS)
    folder.mkdir()
    try:
        outcome = survey(_staged(asked.image), _inputs(asked), folder, _progress)
    except ThalwegError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _write(outcome, folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="water_mask_tool", description="Maps open water in one image.")
    parser.add_argument("image", type=Path, help="folder with a catalog.json of one Item")
    parser.add_argument("--index", choices=("auto", "ndwi", "mndwi"), default="auto")
    parser.add_argument("--threshold", type=float, help="found by Otsu's method unless given")
    parser.add_argument("--clouds", action="store_true", help="leave out what the quality layer hides")
    for band in ("green", "nir", "swir"):
        parser.add_argument(f"--{band}", help="name or number of this band")
    return parser


def _inputs(asked: argparse.Namespace) -> dict[str, Any]:
    named = {band: getattr(asked, band) for band in ("green", "nir", "swir") if getattr(asked, band)}
    return {
        "index": asked.index,
        "threshold": "otsu" if asked.threshold is None else asked.threshold,
        "bands": {band: int(name) if name.isdecimal() else name for band, name in named.items()},
        "clouds": asked.clouds,
    }


def _staged(folder: Path) -> StagedItem:
    catalogue = json.loads((folder / _CATALOG).read_text())
    href = next(link["href"] for link in catalogue["links"] if link["rel"] == "item")
    place = folder / href
    document = json.loads(place.read_text())
    return StagedItem(document, {key: place.parent / asset["href"] for key, asset in document["assets"].items()})


def _progress(fraction: float, message: str) -> None:
    sys.stderr.write(f"thalweg:progress {fraction:.3f} {message}\n")


def _write(outcome: Outcome, folder: Path) -> None:
    links = [{"rel": "root", "href": f"./{_CATALOG}", "type": "application/json"}]
    for item in outcome.items:
        name = f"{item['id']}.json"
        (folder / name).write_text(json.dumps(item))
        links.append({"rel": "item", "href": f"./{name}", "type": "application/geo+json"})
    catalogue = {"type": "Catalog", "stac_version": "1.1.0", "id": "water-mask", "links": links}
    (folder / _CATALOG).write_text(json.dumps({**catalogue, "description": outcome.values["message"]}))
    told = {name: outcome.values[name] for name in ("water_area_km2", "verdict", "message", "separability")}
    results = {"class": "Directory", "path": _RESULTS}
    answer = {**told, "threshold_taken": outcome.values["threshold"], "results": results}
    Path("cwl.output.json").write_text(json.dumps(answer))


if __name__ == "__main__":
    sys.exit(main())
