"""GeoTIFF, COG and JPEG 2000: any image that says where it lies."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from thalweg.core.items import Document
from thalweg.guard import formats
from thalweg.harvest.contents import OneFile, head_kind
from thalweg.harvest.dates import taken
from thalweg.harvest.describing import Described, Stored, Told, item_document
from thalweg.harvest.ports import Contents, ImageDescriber, Reader
from thalweg.harvest.readers.products import modified, plain_id


class GeoTiff:
    """Describes one image file as ``add`` does, with nobody to tell more of it."""

    of_format = True

    def __init__(self, describer: ImageDescriber) -> None:
        self._describer = describer

    def recognises(self, path: Path) -> bool:
        """Tell by the first bytes."""
        return head_kind(path) in (formats.TIFF, formats.JPEG2000)

    def read(self, path: Path) -> Sequence[Document]:
        """Return the one Item of an image."""
        facts = self._describer.describe(path)
        when = taken(None, facts.tags, path.name, None, modified(path), known=None)
        image = Described("", path.stem, Told(), facts, when)
        document = item_document(plain_id(path.stem), image, Stored(f"./{path.name}", path.stat().st_size, ""))
        del document["collection"], document["assets"]["data"]["file:checksum"]
        return [document]

    def contents(self, path: Path) -> Contents:
        """Open the file."""
        return OneFile(path)


def geotiff(describer: ImageDescriber) -> Reader:
    """Return the reader of single images."""
    return GeoTiff(describer)


if TYPE_CHECKING:
    _keeps_its_promise: type[Reader] = GeoTiff
