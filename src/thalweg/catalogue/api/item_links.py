"""Links to pictures of an Item, by templates that the composition gives."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

_RASTER = re.compile(rb'"type":"image/(?:tiff|jp2|vnd\.stac\.geotiff)')
_LOCAL = b'"href":"thalweg:/'


@dataclass(frozen=True, slots=True)
class LinkTemplate:
    """A link below an Item's own address: ``path`` is joined to it, ``more`` are further members of the link."""

    rel: str
    media_type: str
    path: str
    title: str
    more: Mapping[str, Any]


class RasterLinks:
    """Adds its links to Items with a raster and a file of the platform's own, seen without parsing the Item."""

    def __init__(self, templates: Sequence[LinkTemplate]) -> None:
        self._templates = tuple(templates)

    @property
    def rels(self) -> frozenset[str]:
        """Return the relations of these links."""
        return frozenset(template.rel for template in self._templates)

    def __call__(self, address: str, body: bytes) -> Sequence[Mapping[str, Any]]:
        """Return the links of one Item."""
        if not self._templates or _LOCAL not in body or _RASTER.search(body) is None:
            return ()
        return [
            {"rel": one.rel, "type": one.media_type, "title": one.title, "href": f"{address}/{one.path}", **one.more}
            for one in self._templates
        ]


NO_LINKS = RasterLinks(())

if TYPE_CHECKING:
    from thalweg.catalogue.ports import ItemLinks

    _keeps_its_promise: type[ItemLinks] = RasterLinks
