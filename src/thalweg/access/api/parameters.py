"""What can be asked of pictures, declared once for all their addresses."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from thalweg.access.styles import Choice
from thalweg.web.parameters import Names, Parameters


def _numbers(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return tuple(float(part) for part in value.split(","))
    except ValueError:
        raise ValueError("takes numbers joined by commas") from None


Numbers = Annotated[tuple[float, ...], BeforeValidator(_numbers), Field(max_length=64)]


class OneItem(Parameters):
    """Which Item."""

    collection: str
    item: str


class Pictured(OneItem):
    """Which Item, and how it is shown; without a word of the latter it is shown the sensible way."""

    asset: str | None = Field(None, description="the key of the asset", max_length=128)
    bands: Names = Field((), description="one band, or three for red, green and blue: numbers from 1, or names")
    rescale: Numbers = Field((), description="least and greatest value: two numbers for all bands, or two for each")
    colormap: str | None = Field(None, description="colours one band", max_length=32)

    def choice(self) -> Choice:
        """Return what was asked of the style."""
        return Choice(self.asset, self.bands, self.rescale, self.colormap)


Extension = Literal["png", "jpg"]


class XyzTile(Pictured):
    """A tile of Web Mercator by zoom, column and row."""

    z: int
    x: int
    y: int
    form: Extension


class Tileset(Pictured):
    """A tileset by its tile matrix set."""

    tms: str


class OgcTile(Tileset):
    """A tile by tile matrix, row and column, in this order."""

    matrix: int
    row: int
    column: int


class Preview(Pictured):
    """A picture of the whole Item."""

    form: Extension
    width: int = Field(512, description="pixels", ge=1)
