"""The metadata files of a Sentinel-2 product, read into what its Item needs."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean
from typing import TypedDict

from thalweg.core.errors import InvalidParameter, UnsupportedMedia
from thalweg.guard.markup import Element, elements_of, number, number_of, parsed, text_of, texts_of
from thalweg.harvest.ports import Contents
from thalweg.harvest.readers.products import utc

_TILE = re.compile(r"_T(\d\d)([C-HJ-NP-X])([A-HJ-NP-Z][A-HJ-NP-V])(?:_|$)")
_SENSED = re.compile(r"_S(\d{8}T\d{6})_")
_IMAGE = re.compile(r"GRANULE/[\w.-]+/IMG_DATA/(?:R\d\dm/)?[\w.-]+")
_MOST_IMAGES = 100
_CODE = re.compile(r"EPSG:32[67]\d\d")
_MOST_METRES, _MOST_SIDE = 2e7, 100_000
_TURN = 360.0


class _Calibration(TypedDict):
    scales: dict[str, float]
    offsets: dict[int, float]


@dataclass(frozen=True, slots=True)
class Product:
    """What ``MTD_MSIL1C.xml`` or ``MTD_MSIL2A.xml`` says.

    Attributes:
        footprint: (longitude, latitude) in degrees.
        images: names of the image files without their ending.
        scales: what a number of the images is multiplied with; ``""`` for reflectances, ``AOT``, ``WVP``.
        offsets: what is added to a reflectance, by number of band.
    """

    file: str
    uri: str
    level: str
    product_type: str
    baseline: str
    generated: str
    started: datetime
    datatake: str
    datatake_type: str
    platform: str
    orbit: int
    direction: str
    datastrip: str
    tile_id: str
    images: tuple[str, ...]
    footprint: tuple[tuple[float, float], ...]
    reflectance_factor: float
    scales: Mapping[str, float]
    offsets: Mapping[int, float]

    @property
    def tile(self) -> tuple[int, str, str]:
        """Return UTM zone, latitude band and grid square.

        Raises:
            InvalidParameter: the tile's id names none.
        """
        match = _TILE.search(self.tile_id)
        if match is None:
            raise InvalidParameter(self.file, f"its tile {self.tile_id[:80]!r} names no square of MGRS")
        return int(match[1]), match[2], match[3]

    @property
    def sensed(self) -> str:
        """Return the time in the datastrip's id, which tells the halves of a tile apart that two datastrips hold."""
        match = _SENSED.search(self.datastrip)
        if match is None:
            raise InvalidParameter(self.file, f"its datastrip {self.datastrip[:80]!r} names no time")
        return match[1]


@dataclass(frozen=True, slots=True)
class Tile:
    """What ``MTD_TL.xml`` says: ``west`` and ``north`` in m of ``code``, ``shapes`` (rows, columns) by resolution in m.

    Angles are in degrees; ``quality`` holds percentages by their names in the file.
    """

    code: str
    west: float
    north: float
    shapes: Mapping[int, tuple[int, int]]
    sun_zenith: float
    sun_azimuth: float
    view_zenith: float | None
    view_azimuth: float | None
    quality: Mapping[str, float]
    preview: str | None


def product(contents: Contents, file: str) -> Product:
    """Read the metadata of the product.

    Raises:
        InvalidParameter: something in it is wrong or missing.
        UnsupportedMedia: it holds several tiles, as products did before December 2016.
    """
    root = parsed(contents.read(file), file)
    granules = elements_of(root, "Granule_List/Granule")
    if len(granules) != 1:
        raise UnsupportedMedia(f"{file}: the product holds {len(granules)} tiles; products of one tile are read here")
    granule = granules[0]
    return Product(
        file=file,
        uri=text_of(root, "PRODUCT_URI", file),
        level=text_of(root, "PROCESSING_LEVEL", file).removeprefix("Level-").removesuffix("p"),
        product_type=text_of(root, "PRODUCT_TYPE", file),
        baseline=text_of(root, "PROCESSING_BASELINE", file),
        generated=text_of(root, "GENERATION_TIME", file),
        started=utc(text_of(root, "PRODUCT_START_TIME", file), f"{file}: PRODUCT_START_TIME"),
        datatake=_attribute(root, "Datatake", "datatakeIdentifier", file),
        datatake_type=text_of(root, "DATATAKE_TYPE", file),
        platform=text_of(root, "SPACECRAFT_NAME", file).lower(),
        orbit=int(number_of(root, "SENSING_ORBIT_NUMBER", file, 1, 143)),
        direction=text_of(root, "SENSING_ORBIT_DIRECTION", file).lower(),
        datastrip=granule.get("datastripIdentifier", ""),
        tile_id=granule.get("granuleIdentifier", ""),
        images=_images(granule, file),
        footprint=_footprint(text_of(root, "EXT_POS_LIST", file), file),
        reflectance_factor=number_of(root, "Reflectance_Conversion/U", file, 0.5, 2),
        **_calibration(root, file),
    )


def tile(contents: Contents, file: str) -> Tile:
    """Read the metadata of the tile.

    Raises:
        InvalidParameter: something in it is wrong or missing.
    """
    root = parsed(contents.read(file), file)
    code = text_of(root, "HORIZONTAL_CS_CODE", file)
    if not _CODE.fullmatch(code):
        raise InvalidParameter(file, f"its grid {code[:32]!r} is no UTM zone")
    shapes = {
        int(number(size.get("resolution", ""), f"{file}: resolution", 10, 60)): (
            int(number_of(size, "NROWS", file, 1, _MOST_SIDE)),
            int(number_of(size, "NCOLS", file, 1, _MOST_SIDE)),
        )
        for size in elements_of(root, "Tile_Geocoding/Size")
    }
    if shapes.keys() != {10, 20, 60}:
        raise InvalidParameter(file, "does not give the sizes of its grids of 10, 20 and 60 m")
    views = "Mean_Viewing_Incidence_Angle_List/Mean_Viewing_Incidence_Angle"
    previews = texts_of(root, "PVI_FILENAME")
    return Tile(
        code=code,
        west=number_of(root, "Geoposition/ULX", file, -_MOST_METRES, _MOST_METRES),
        north=number_of(root, "Geoposition/ULY", file, -_MOST_METRES, _MOST_METRES),
        shapes=shapes,
        sun_zenith=number_of(root, "Mean_Sun_Angle/ZENITH_ANGLE", file, 0, 180),
        sun_azimuth=number_of(root, "Mean_Sun_Angle/AZIMUTH_ANGLE", file, 0, _TURN),
        view_zenith=_mean(_angles(root, f"{views}/ZENITH_ANGLE", file)),
        view_azimuth=_direction(_angles(root, f"{views}/AZIMUTH_ANGLE", file)),
        quality=_quality(root, file),
        preview=previews[0] if previews else None,
    )


def _attribute(root: Element, path: str, name: str, file: str) -> str:
    for element in elements_of(root, path):
        if value := element.get(name):
            return str(value)
    raise InvalidParameter(file, f"has no {path}/@{name}")


def _images(granule: Element, file: str) -> tuple[str, ...]:
    images = tuple(texts_of(granule, "IMAGE_FILE"))
    if not 0 < len(images) <= _MOST_IMAGES or not all(map(_IMAGE.fullmatch, images)):
        raise InvalidParameter(file, "does not name its images as GRANULE/…/IMG_DATA/…")
    return images


def _footprint(text: str, file: str) -> tuple[tuple[float, float], ...]:
    numbers = [number(part, f"{file}: EXT_POS_LIST", -180, 180) for part in text.split()]
    if len(numbers) % 2:
        raise InvalidParameter(file, "its footprint is no list of pairs of numbers")
    return tuple(zip(numbers[1::2], numbers[::2], strict=True))


def _calibration(root: Element, file: str) -> _Calibration:
    scales = {}
    for path, name in (
        ("QUANTIFICATION_VALUE", ""),
        ("BOA_QUANTIFICATION_VALUE", ""),
        ("AOT_QUANTIFICATION_VALUE", "AOT"),
        ("WVP_QUANTIFICATION_VALUE", "WVP"),
    ):
        if texts_of(root, path):
            scales[name] = number_of(root, path, file, 1, 1e6)
    if "" not in scales:
        raise InvalidParameter(file, "has no quantification value")
    offsets = {}
    for path, key in (("RADIO_ADD_OFFSET", "band_id"), ("BOA_ADD_OFFSET", "band_id")):
        for element in elements_of(root, path):
            band = int(number(element.get(key, ""), f"{file}: {path}", 0, 12))
            offsets[band] = number(element.text or "", f"{file}: {path}", -1e5, 1e5) / scales[""]
    return {"scales": {name: 1 / value for name, value in scales.items()}, "offsets": offsets}


def _angles(root: Element, path: str, file: str) -> list[float]:
    """Return the angles that are numbers; of a detector without data, the file says NaN."""
    return [number(text, f"{file}: {path}", 0, _TURN) for text in texts_of(root, path) if text.lower() != "nan"]


def _mean(angles: Sequence[float]) -> float | None:
    return fmean(angles) if angles else None


def _direction(angles: Sequence[float]) -> float | None:
    """Return the mean of directions in degrees, also of such as lie on both sides of north."""
    if not angles:
        return None
    turned = [angle + _TURN * round((angles[0] - angle) / _TURN) for angle in angles]
    mean = _mean(turned)
    return mean if mean is None or 0 <= mean < _TURN else math.fmod(mean + _TURN, _TURN)


def _quality(root: Element, file: str) -> dict[str, float]:
    """Return all percentages of the tile's quality by the names of their elements."""
    found = {}
    for parent in elements_of(root, "Image_Content_QI"):
        for element in parent:
            name = element.tag.rpartition("}")[2]
            if name.endswith("PERCENTAGE") and (element.text or "").strip():
                found[name] = number(element.text, f"{file}: {name}", 0, 100)
    return found
