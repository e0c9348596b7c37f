"""Bands and other images of Sentinel-2, as their Items call them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Msi:
    """A band of the Multi-Spectral Instrument: ``centre`` and ``width`` in µm, ``resolution`` in m."""

    number: int
    key: str
    common_name: str
    title: str
    centre: float
    width: float
    resolution: int

    def eo(self, name: str) -> dict[str, Any]:
        """Return the band as the EO extension 1.1 writes it."""
        return {
            "name": name,
            "common_name": self.common_name,
            "center_wavelength": self.centre,
            "full_width_half_max": self.width,
        }


BANDS = {
    "B01": Msi(0, "coastal", "coastal", "Coastal", 0.443, 0.027, 60),
    "B02": Msi(1, "blue", "blue", "Blue", 0.49, 0.098, 10),
    "B03": Msi(2, "green", "green", "Green", 0.56, 0.045, 10),
    "B04": Msi(3, "red", "red", "Red", 0.665, 0.038, 10),
    "B05": Msi(4, "rededge1", "rededge", "Red Edge 1", 0.704, 0.019, 20),
    "B06": Msi(5, "rededge2", "rededge", "Red Edge 2", 0.74, 0.018, 20),
    "B07": Msi(6, "rededge3", "rededge", "Red Edge 3", 0.783, 0.028, 20),
    "B08": Msi(7, "nir", "nir", "NIR 1", 0.842, 0.145, 10),
    "B8A": Msi(8, "nir08", "nir08", "NIR 2", 0.865, 0.033, 20),
    "B09": Msi(9, "nir09", "nir09", "NIR 3", 0.945, 0.026, 60),
    "B10": Msi(10, "cirrus", "cirrus", "Cirrus", 1.3735, 0.075, 60),
    "B11": Msi(11, "swir16", "swir16", "SWIR 1.6μm", 1.61, 0.143, 20),
    "B12": Msi(12, "swir22", "swir22", "SWIR 2.2μm", 2.19, 0.242, 20),
}
VISUAL = [BANDS[name].eo(name) for name in ("B04", "B03", "B02")]

CLASSES = [
    {"value": value, "name": name, "description": description}
    for value, (name, description) in enumerate(
        (
            ("no_data", "No Data (Missing data)"),
            ("saturated_or_defective", "Saturated or defective pixel"),
            ("dark_area_pixels", "Topographic casted shadows (formerly 'Dark features/Shadows')"),
            ("cloud_shadows", "Cloud shadows"),
            ("vegetation", "Vegitation"),
            ("not_vegetated", "Not-vegetated"),
            ("water", "Water"),
            ("unclassified", "Unclassified"),
            ("cloud_medium_probability", "Cloud - medium probability"),
            ("cloud_high_probability", "Cloud - high probability"),
            ("thin_cirrus", "Thin cirrus"),
            ("snow", "Snow or ice"),
        )
    )
]
"""The classes of the scene classification map, in the words (and the spelling) of the Items that others publish."""
