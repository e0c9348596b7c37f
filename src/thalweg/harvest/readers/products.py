"""What readers of products share: where a product lies, its times, its document."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant, written
from thalweg.guard import formats
from thalweg.harvest.contents import head_kind, opened
from thalweg.harvest.outlines import Outline
from thalweg.harvest.ports import Contents

STAC_VERSION = "1.1.0"
XML = "application/xml"
NETCDF = "application/netcdf"
ZIP = "application/zip"
_EXTENSION = "https://stac-extensions.github.io/{}/schema.json"
_NOT_IN_AN_ID = re.compile(r"[^\w.~+=-]+")
_LONGEST_ID = 200
_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)$")


class Mission:
    """A reader of products that are folders or zip archives of folders, told by their names.

    Attributes:
        named: what the name of a product matches, without the ending of an archive.
        inside: names of a product's metadata files; the path of one stands for its folder.
    """

    of_format = False
    named: re.Pattern[str]
    inside: re.Pattern[str]

    def recognises(self, path: Path) -> bool:
        """Tell by the name, and that it is a folder or begins as a zip archive does."""
        product = self.product(path)
        if not self.named.fullmatch(product_name(product)):
            return False
        return product.is_dir() or head_kind(product) is formats.ZIP

    def contents(self, path: Path) -> Contents:
        """Open the product's folder or archive."""
        return opened(self.product(path))

    def product(self, path: Path) -> Path:
        """Return the product that a path names: itself, or the folder of its metadata file."""
        return path.parent if self.inside.fullmatch(path.name) and path.is_file() else path


def product_name(path: Path) -> str:
    """Return a product's name without the ending of an archive."""
    return path.name.removesuffix(".zip").removesuffix(".ZIP")


def modified(path: Path) -> datetime:
    """Return when a file was last written: what it shows was there before.

    Unlike the present time it is the same at each reading, so that the same file is the same Item.
    """
    return min(datetime.fromtimestamp(path.stat().st_mtime, UTC), datetime.now(UTC))


def plain_id(stem: str) -> str:
    """Return what of a file's name can be an id, its case kept: the id says which file it was."""
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode()
    return _NOT_IN_AN_ID.sub("-", plain).strip("-.")[:_LONGEST_ID] or "item"


def extensions(*names: str) -> list[str]:
    """Return the addresses of STAC extensions, each given as ``eo/v1.1.0``."""
    return [_EXTENSION.format(name) for name in names]


def utc(text: str, name: str) -> datetime:
    """Read a time of a metadata file, which is UTC where it does not say.

    Raises:
        InvalidParameter: it is none; the parameter is ``name``.
    """
    text = text.strip().removeprefix("UTC=").replace(" ", "T")
    return instant(text if _ZONE.search(text) else f"{text}Z", name)


def span(start: datetime, end: datetime, name: str) -> dict[str, Any]:
    """Return the members of an Item's properties for what was taken between two times; ``datetime`` is the middle.

    Raises:
        InvalidParameter: the end lies before the start.
    """
    if end < start:
        raise InvalidParameter(name, "ends before it starts")
    middle = start + (end - start) / 2
    return {"datetime": written(middle), "start_datetime": written(start), "end_datetime": written(end)}


def document(
    item_id: str,
    outline: Outline | None,
    properties: Mapping[str, Any],
    assets: Mapping[str, Any],
    used: Sequence[str],
    links: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return an Item without a Collection; members that are ``None`` are left out, but for ``datetime``."""
    where = {"geometry": outline[0], "bbox": outline[1]} if outline else {"geometry": None}
    return {
        "type": "Feature",
        "stac_version": STAC_VERSION,
        "stac_extensions": list(used),
        "id": item_id,
        **where,
        "properties": {name: value for name, value in properties.items() if value is not None or name == "datetime"},
        "links": [dict(link) for link in links],
        "assets": dict(assets),
    }
