"""The Processes of hydrology; each imports its science when it runs, so that describing it costs nothing."""

from collections.abc import Mapping
from typing import Any

from thalweg.core.processes import ITEM_FORMAT, Execution, Input, Outcome, Output, ProcessDescription

_BAND = {"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1}]}

DESCRIPTION = ProcessDescription(
    id="water-mask",
    version="1.0.0",
    title="Water mask",
    description=(
        "Maps open water in one image: the NDWI (green and near infrared) or the MNDWI (green and short-wave infrared),"
        " parted by Otsu's threshold where it separates, or by a fixed one. Gives the mask, its outlines and the water"
        " area on the ground. Where the two classes do not stand apart (a desert, or very little water) it says so"
        " instead of drawing a map."
    ),
    keywords=("water", "NDWI", "MNDWI", "Otsu", "hydrology"),
    inputs={
        "image": Input("Image", {"type": "string", "format": ITEM_FORMAT}, "An optical image.", required=True),
        "index": Input(
            "Index",
            {"type": "string", "enum": ["auto", "ndwi", "mndwi"], "default": "auto"},
            "Which index tells water from land; auto takes the MNDWI where there is a short-wave infrared band.",
        ),
        "threshold": Input(
            "Threshold",
            {
                "oneOf": [
                    {"const": "otsu", "title": "Otsu's, where it separates"},
                    {"type": "number", "minimum": -1, "maximum": 1, "title": "Value of my own"},
                ],
                "default": "otsu",
            },
            "otsu finds it in the image; a number is the index above which there is water.",
        ),
        "bands": Input(
            "Bands",
            {
                "type": "object",
                "properties": {
                    "green": {**_BAND, "title": "Green"},
                    "nir": {**_BAND, "title": "Near infrared"},
                    "swir": {**_BAND, "title": "Short-wave infrared"},
                },
                "additionalProperties": False,
            },
            "Names or numbers of bands, for an image that does not say which is which.",
        ),
        "clouds": Input(
            "Leave out clouds",
            {"type": "boolean", "default": True},
            "Leave out what the image's own quality layer (SCL, QA_PIXEL) calls cloud, shadow or defective.",
        ),
    },
    outputs={
        "item": Output(
            "Water mask",
            {"oneOf": [{"type": "object", "properties": {"href": {"type": "string"}}}, {"type": "null"}]},
            "The Item that was registered, with the mask and its outlines; none where no water is separable.",
        ),
        "water_area_km2": Output("Water area", {"type": ["number", "null"]}, "km² on the ground, cell by cell."),
        "observed_area_km2": Output("Observed area", {"type": "number"}, "km² that were seen, land or water."),
        "verdict": Output("Verdict", {"type": "string", "enum": ["water", "no separable water"]}),
        "message": Output("Message", {"type": "string"}, "The verdict as a sentence."),
        "separability": Output(
            "Separability", {"type": "number", "minimum": 0, "maximum": 1}, "η: between-class over total variance."
        ),
        "threshold": Output("Threshold", {"type": ["number", "null"]}, "The index above which there is water."),
        "index": Output("Index", {"type": "string", "enum": ["NDWI", "MNDWI"]}),
        "method": Output("Method", {"type": "string", "enum": ["otsu", "fixed"]}),
    },
)


class WaterMask:
    """The native Process ``water-mask``."""

    description = DESCRIPTION
    modules = ("thalweg.hydrology.water_survey",)

    def assets(self, document: Mapping[str, Any], inputs: Mapping[str, Any]) -> frozenset[str]:
        """Return which of the image's assets are needed, so that no other is brought here."""
        from thalweg.hydrology.choice import choose  # noqa: PLC0415 - see the module's docstring

        return choose(document, inputs).assets()

    def run(self, execution: Execution) -> Outcome:
        """Map the water of the staged image."""
        from thalweg.hydrology.water_survey import survey  # noqa: PLC0415 - see the module's docstring

        return survey(execution.inputs["image"], execution.inputs, execution.folder, execution.progress)


water_mask = WaterMask()
