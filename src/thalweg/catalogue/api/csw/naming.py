"""Names with prefixes in requests: record types, elements, output schemas and formats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from thalweg.catalogue.api.csw.versions import DC, DCT, V2, V3, Version
from thalweg.catalogue.records import schemas
from thalweg.catalogue.records.writers.iso19115_3 import MDB
from thalweg.catalogue.records.writers.iso19139 import GMD, GMI
from thalweg.core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thalweg.catalogue.records.writers.dublin_core import ElementSet

_BINDING = re.compile(r"xmlns\(\s*(?:(?P<prefix>[\w.-]+)\s*=)?\s*(?P<uri>[^)]+)\)")
_USUAL: dict[str | None, str] = {
    "dc": DC,
    "dct": DCT,
    "gmd": GMD,
    "gmi": GMI,
    "mdb": MDB,
    "csw30": V3.csw,
    "ows": V2.ows,
}
_TYPES = frozenset(
    {
        (V2.csw, "Record"),
        (V3.csw, "Record"),
        (GMD, "MD_Metadata"),
        (GMI, "MI_Metadata"),
        (MDB, "MD_Metadata"),
    }
)
"""The record types that can be asked for."""
TYPE_NAMES = ("csw:Record", "gmd:MD_Metadata", "gmi:MI_Metadata", "mdb:MD_Metadata")
FORMATS = ("application/xml", "text/xml")
ATOM_TYPE = "application/atom+xml"
ELEMENT_SETS = ("brief", "summary", "full")
_DC_ELEMENTS = frozenset(
    {
        "contributor",
        "coverage",
        "creator",
        "date",
        "description",
        "format",
        "identifier",
        "language",
        "publisher",
        "relation",
        "rights",
        "source",
        "subject",
        "title",
        "type",
    }
)
_DCT_ELEMENTS = frozenset(
    {
        "abstract",
        "accessRights",
        "alternative",
        "audience",
        "available",
        "bibliographicCitation",
        "conformsTo",
        "created",
        "dateAccepted",
        "dateCopyrighted",
        "dateSubmitted",
        "educationLevel",
        "extent",
        "hasFormat",
        "hasPart",
        "hasVersion",
        "isFormatOf",
        "isPartOf",
        "isReferencedBy",
        "isReplacedBy",
        "isRequiredBy",
        "isVersionOf",
        "issued",
        "license",
        "mediator",
        "medium",
        "modified",
        "provenance",
        "references",
        "replaces",
        "requires",
        "rightsHolder",
        "spatial",
        "tableOfContents",
        "temporal",
        "valid",
    }
)


def bindings(text: str | None) -> dict[str | None, str]:
    """Return the prefixes that ``NAMESPACE=xmlns(p=uri),…`` binds, above those that are usual."""
    found: dict[str | None, str] = {one["prefix"] or "": one["uri"].strip() for one in _BINDING.finditer(text or "")}
    return {**_USUAL, **found}


def resolved(name: str, prefixes: Mapping[str | None, str], usual: str) -> tuple[str, str]:
    """Return the namespace and the local name of a name; ``csw`` is that of the version unless bound otherwise."""
    prefix, colon, local = name.strip().rpartition(":")
    if not colon:
        return prefixes.get("") or prefixes.get(None) or usual, local
    return prefixes.get(prefix) or (usual if prefix == "csw" else ""), local


def namespaces_of(
    names: tuple[str, ...], prefixes: Mapping[str | None, str], version: Version, parameter: str
) -> tuple[str, ...]:
    """Return the namespaces of record types.

    Raises:
        InvalidParameter: one is not a type of records that is queried here.
    """
    found = [resolved(name, prefixes, version.csw) for name in names]
    for name, one in zip(names, found, strict=True):
        if one not in _TYPES:
            raise InvalidParameter(parameter, f"{name[:128]!r} is not one of {', '.join(TYPE_NAMES)}")
    return tuple(space for space, _ in found)


def element_of(name: str, prefixes: Mapping[str | None, str], version: Version) -> str:
    """Return an element of a full record as ``{namespace}name``.

    Raises:
        InvalidParameter: a record has no such element.
    """
    space, local = resolved(name.rpartition("/")[2], prefixes, version.csw)
    if ":" not in name:
        space = DC if local in _DC_ELEMENTS else DCT if local in _DCT_ELEMENTS else version.ows
    if space in (V2.ows, V3.ows) and local in ("BoundingBox", "WGS84BoundingBox"):
        return f"{{{version.ows}}}{local}"
    if (space == DC and local in _DC_ELEMENTS) or (space == DCT and local in _DCT_ELEMENTS):
        return f"{{{space}}}{local}"
    raise InvalidParameter("ElementName", f"{name[:128]!r} is not an element of a record")


def element_set(given: str | None, parameter: str = "ElementSetName", usual: str = "summary") -> ElementSet:
    """Return an element set.

    Raises:
        InvalidParameter: it is none.
    """
    name = given or usual
    if name not in ELEMENT_SETS:
        raise InvalidParameter(parameter, f"is {name[:64]!r}, not one of {', '.join(ELEMENT_SETS)}")
    return cast("ElementSet", name)


def output_schema(given: str | None, version: Version) -> str:
    """Return the URI of an output schema.

    Raises:
        InvalidParameter: Records do not go out in it.
    """
    uri = given or version.csw
    if uri not in offered(version):
        raise InvalidParameter("outputSchema", f"is {uri[:128]!r}, not one of {', '.join(offered(version))}")
    return uri


def offered(version: Version) -> tuple[str, ...]:
    """Return the URIs of the output schemas, that of the version first."""
    other = V2.csw if version.is_third else V3.csw
    return (version.csw, *(one.uri for one in schemas.SCHEMAS if one.uri not in (version.csw, other)))


def output_format(given: str | None, parameter: str = "outputFormat", among: tuple[str, ...] = FORMATS) -> str:
    """Return the media type of an answer.

    Raises:
        InvalidParameter: answers do not go out in it.
    """
    kind = (given or FORMATS[0]).partition(";")[0].strip().lower()
    if kind not in among:
        raise InvalidParameter(parameter, f"is {kind[:64]!r}, not one of {', '.join(among)}")
    return kind


def formats_of_records(version: Version) -> tuple[str, ...]:
    """Return the media types of Records; CSW 3 has feeds too."""
    return (*FORMATS, ATOM_TYPE) if version.is_third else FORMATS
