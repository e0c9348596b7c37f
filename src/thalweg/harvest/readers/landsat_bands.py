"""Bands and other files of Landsat Collection 2, as their Items call them."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spectral:
    """A band: ``centre`` and ``width`` in µm; ``gsd`` in m where it differs from 30."""

    key: str
    title: str
    description: str
    centre: float
    width: float
    gsd: int | None = None

    def eo(self, name: str) -> dict[str, Any]:
        """Return the band as the EO extension 1.1 writes it."""
        return {
            "name": name,
            "common_name": self.key,
            "description": self.description,
            "center_wavelength": self.centre,
            "full_width_half_max": self.width,
        }


_NIR, _SWIR16, _SWIR22 = "Near Infrared Band 0.8", "Short-wave Infrared Band 1.6", "Short-wave Infrared Band 2.2"
_SHORT, _LONG = "Short-wave infrared", "Long-wave infrared"

OLI = {
    "1": Spectral("coastal", "Coastal/Aerosol Band", "Coastal/Aerosol", 0.44, 0.02),
    "2": Spectral("blue", "Blue Band", "Visible blue", 0.48, 0.06),
    "3": Spectral("green", "Green Band", "Visible green", 0.56, 0.06),
    "4": Spectral("red", "Red Band", "Visible red", 0.65, 0.04),
    "5": Spectral("nir08", _NIR, "Near infrared", 0.87, 0.03),
    "6": Spectral("swir16", _SWIR16, _SHORT, 1.61, 0.09),
    "7": Spectral("swir22", _SWIR22, _SHORT, 2.2, 0.19),
    "8": Spectral("pan", "Panchromatic Band", "Panchromatic", 0.59, 0.18, 15),
    "9": Spectral("cirrus", "Cirrus Band", "Cirrus", 1.37, 0.02),
}
TIRS = {
    "10": Spectral("lwir11", "Surface Temperature Band", _LONG, 10.9, 0.59, 100),
    "11": Spectral("lwir12", "Thermal Infrared Band 12.0", _LONG, 12.0, 1.01, 100),
}
ETM = {
    "1": Spectral("blue", "Blue Band", "Visible blue", 0.48, 0.07),
    "2": Spectral("green", "Green Band", "Visible green", 0.56, 0.08),
    "3": Spectral("red", "Red Band", "Visible red", 0.66, 0.06),
    "4": Spectral("nir08", _NIR, "Near infrared", 0.84, 0.13),
    "5": Spectral("swir16", _SWIR16, _SHORT, 1.65, 0.2),
    "6": Spectral("lwir", "Surface Temperature Band", _LONG, 11.34, 2.05, 60),
    "7": Spectral("swir22", _SWIR22, _SHORT, 2.2, 0.28),
    "8": Spectral("pan", "Panchromatic Band", "Panchromatic", 0.71, 0.38, 15),
}
TM = {
    "1": Spectral("blue", "Blue Band", "Visible blue", 0.49, 0.07),
    "2": Spectral("green", "Green Band", "Visible green", 0.56, 0.08),
    "3": Spectral("red", "Red Band", "Visible red", 0.66, 0.06),
    "4": Spectral("nir08", _NIR, "Near infrared", 0.83, 0.14),
    "5": Spectral("swir16", _SWIR16, _SHORT, 1.67, 0.2),
    "6": Spectral("lwir", "Surface Temperature Band", _LONG, 11.45, 2.1, 120),
    "7": Spectral("swir22", _SWIR22, _SHORT, 2.24, 0.24),
}

SENSORS = {
    "OLI_TIRS": (["oli", "tirs"], OLI | TIRS),
    "OLI": (["oli"], OLI),
    "TIRS": (["tirs"], TIRS),
    "ETM": (["etm+"], ETM),
    "TM": (["tm"], TM),
}
"""By ``SENSOR_ID``: the instruments, and the bands by their number."""

_RADIANCE = {"unit": "watt/steradian/square_meter/micrometer", "scale": 0.001, "nodata": -9999}
_EMISSIVITY = {"unit": "emissivity coefficient", "scale": 0.0001, "nodata": -9999}
_BITS = {"unit": "bit index", "nodata": 1}
_CLOUDS = ["cloud", "cloud-shadow", "snow-ice", "water-mask"]

OTHERS: dict[str, tuple[str, str, list[str], dict[str, Any]]] = {
    "ST_TRAD": ("trad", "Thermal Radiance Band", ["data"], _RADIANCE),
    "ST_URAD": ("urad", "Upwelled Radiance Band", ["data"], _RADIANCE),
    "ST_DRAD": ("drad", "Downwelled Radiance Band", ["data"], _RADIANCE),
    "ST_ATRAN": ("atran", "Atmospheric Transmittance Band", ["data"], {"scale": 0.0001, "nodata": -9999}),
    "ST_EMIS": ("emis", "Emissivity Band", ["data"], _EMISSIVITY),
    "ST_EMSD": ("emsd", "Emissivity Standard Deviation Band", ["data"], _EMISSIVITY),
    "ST_CDIST": ("cdist", "Cloud Distance Band", ["data"], {"unit": "kilometer", "scale": 0.01, "nodata": -9999}),
    "ST_QA": (
        "qa",
        "Surface Temperature Quality Assessment Band",
        ["data"],
        {"unit": "kelvin", "scale": 0.01, "nodata": -9999},
    ),
    "SR_ATMOS_OPACITY": ("atmos_opacity", "Atmospheric Opacity Band", ["data"], {"scale": 0.001, "nodata": -9999}),
    "SR_CLOUD_QA": ("cloud_qa", "Cloud Quality Assessment Band", _CLOUDS, {"unit": "bit index"}),
    "SR_QA_AEROSOL": ("qa_aerosol", "Aerosol Quality Assessment Band", ["data-mask", "water-mask"], _BITS),
    "QA_PIXEL": ("qa_pixel", "Pixel Quality Assessment Band", _CLOUDS, _BITS),
    "QA_RADSAT": (
        "qa_radsat",
        "Radiometric Saturation and Terrain Occlusion Quality Assessment Band",
        ["saturation"],
        {"unit": "bit index"},
    ),
}
"""By what follows the product's id in a file's name: key, title, roles, and what its one band is."""

TEXTS = {
    "MTL.txt": ("mtl.txt", "Product Metadata File (txt)", "text/plain"),
    "MTL.xml": ("mtl.xml", "Product Metadata File (xml)", "application/xml"),
    "MTL.json": ("mtl.json", "Product Metadata File (json)", "application/json"),
    "ANG.txt": ("ang", "Angle Coefficients File", "text/plain"),
}
