"""The water mask from a staged image to its answer: values, and an Item with the mask and its outlines."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rasterio

from thalweg.core.errors import InvalidParameter
from thalweg.core.processes import Outcome, Progress, StagedItem
from thalweg.hydrology.choice import Choice, choose
from thalweg.hydrology.polygons import outline
from thalweg.hydrology.rasters import Rasters
from thalweg.hydrology.water_map import Drawn, Seen, count, draw, grid_of
from thalweg.hydrology.water_mask import LAND, NO_DATA, SEPARABLE, WATER, Separation, otsu

MASK, POLYGONS = "mask.tif", "water.geojson"
_COUNTED, _DRAWN = 0.45, 0.9
_COPIED = (
    "datetime",
    "start_datetime",
    "end_datetime",
    "thalweg:date_known",
    "platform",
    "instruments",
    "constellation",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the histogram says, before a cell is drawn."""

    choice: Choice
    separation: Separation

    @property
    def method(self) -> str:
        """Return ``otsu`` or ``fixed``."""
        return "otsu" if self.choice.threshold is None else "fixed"

    @property
    def threshold(self) -> float:
        """Return the threshold: the one asked for, or the one found."""
        return self.separation.threshold if self.choice.threshold is None else self.choice.threshold

    @property
    def water(self) -> bool:
        """Tell whether water may be drawn: by a fixed threshold always, by Otsu where it separates."""
        return self.choice.threshold is not None or self.separation.parts_water

    def values(self) -> dict[str, Any]:
        """Return what the answer says of the threshold."""
        return {
            "verdict": "water" if self.water else "no separable water",
            "separability": round(self.separation.eta, 4),
            "threshold": None if math.isnan(self.threshold) else round(self.threshold, 6),
            "index": self.choice.index,
            "method": self.method,
        }


def survey(image: StagedItem, inputs: Mapping[str, Any], folder: Path, progress: Progress) -> Outcome:
    """Map the water of an image.

    Args:
        image: the Item with the files of the bands that ``choose`` names.
        inputs: ``index``, ``threshold``, ``bands``, ``clouds`` as the Process describes them.
        folder: where the mask and its outlines are written.
        progress: told window by window.

    Returns:
        The values, and an Item where water may be drawn.

    Raises:
        InvalidParameter: bands are missing or a file cannot be read, or nothing of the ground is seen.
    """
    choice = choose(image.document, inputs)
    with (
        rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_CACHEMAX=128 * 2**20, PROJ_NETWORK="OFF"),
        Rasters(image.files, (choice.green, choice.other), choice.quality) as rasters,
    ):
        seen = Seen(rasters, choice.hidden)
        counts = count(seen, lambda share: progress(share * _COUNTED, f"counting the {choice.index}"))
        if not counts.any():
            raise InvalidParameter("inputs/image", "nothing of the ground is seen: all is no data, cloud or shadow")
        verdict = Verdict(choice, otsu(counts))
        if not verdict.water:
            progress(1.0, _unseparated(verdict))
            return Outcome({**verdict.values(), "water_area_km2": None, "message": _unseparated(verdict)})
        span = _DRAWN - _COUNTED
        drawn = draw(
            seen,
            verdict.threshold,
            folder / MASK,
            lambda share: progress(_COUNTED + share * span, "drawing the mask"),
        )
        grid = grid_of(rasters)
    progress(_DRAWN, "outlining the water")
    outlines = outline(folder / MASK, folder / POLYGONS)
    values = {**verdict.values(), **_areas(drawn), "message": _sentence(verdict, drawn)}
    progress(1.0, str(values["message"]))
    return Outcome(values, (_item(image.document, values, grid, outlines),))


def _areas(drawn: Drawn) -> dict[str, float]:
    return {"water_area_km2": round(drawn.water / 1e6, 6), "observed_area_km2": round(drawn.observed / 1e6, 6)}


def _sentence(verdict: Verdict, drawn: Drawn) -> str:
    share = drawn.water / drawn.observed
    how = "Otsu's threshold" if verdict.method == "otsu" else "the fixed threshold"
    return (
        f"{drawn.water / 1e6:.2f} km² of water, {share:.1%} of what was seen, by {verdict.choice.index} above "
        f"{how} {verdict.threshold:.3f} (η {verdict.separation.eta:.2f})."
    )


def _unseparated(verdict: Verdict) -> str:
    eta, threshold = verdict.separation.eta, verdict.separation.threshold
    why = "all values are the same" if math.isnan(threshold) else f"η is {eta:.2f} and the threshold {threshold:.2f}"
    return (
        f"No separable water: {why}, where Otsu's threshold on the {verdict.choice.index} is taken only from η "
        f"{SEPARABLE} and above 0. If you know that there is water, little of it perhaps, give a fixed threshold: 0 is "
        "usual for reflectances."
    )


def _item(
    source: Mapping[str, Any], values: Mapping[str, Any], grid: Mapping[str, Any], outlines: Mapping[str, int]
) -> dict[str, Any]:
    properties = {key: source["properties"][key] for key in _COPIED if key in source["properties"]}
    title = source["properties"].get("title") or source["id"]
    return {
        "type": "Feature",
        "stac_version": "1.1.0",
        "stac_extensions": ["https://stac-extensions.github.io/projection/v2.0.0/schema.json"],
        "id": f"{source['id']}-water",
        "geometry": source["geometry"],
        **({"bbox": source["bbox"]} if "bbox" in source else {}),
        "properties": {
            "datetime": None,
            **properties,
            "title": f"Water in {title}",
            "description": values["message"],
            **grid,
            "thalweg:water_area_km2": values["water_area_km2"],
            "thalweg:observed_area_km2": values["observed_area_km2"],
            "thalweg:threshold": values["threshold"],
            "thalweg:separability": values["separability"],
            "thalweg:index": values["index"],
            "thalweg:method": values["method"],
        },
        "links": [],
        "assets": _assets(outlines),
    }


def _assets(outlines: Mapping[str, int]) -> dict[str, Any]:
    return {
        "mask": {
            "href": MASK,
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "title": "Water mask",
            "description": f"{LAND} land, {WATER} water, {NO_DATA} no data",
            "roles": ["data"],
            "bands": [{"name": "water", "data_type": "uint8", "nodata": NO_DATA}],
        },
        "polygons": {
            "href": POLYGONS,
            "type": "application/geo+json",
            "title": "Outlines of the water",
            "description": (
                f"{outlines['drawn']} polygons, {outlines['left_out']} smaller ones left out; "
                f"mask thinned by {outlines['thinned']}"
            ),
            "roles": ["data"],
        },
    }
