"""Reads a Record from a document of any format that is read here; one of XML is kept to the byte."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from thalweg.catalogue.records.readers import dif, dublin_core, fgdc, geojson, iso, stac
from thalweg.catalogue.records.readers.iso_elements import local_name
from thalweg.catalogue.records.record import Given, Record
from thalweg.catalogue.records.writers.dif import DIF
from thalweg.catalogue.records.writers.dublin_core import CSW_2, CSW_3, OAI_DC
from thalweg.catalogue.records.writers.fgdc import FGDC
from thalweg.core.errors import InvalidParameter
from thalweg.guard.markup import parsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.guard.markup import Element

_ISO = re.compile(r"(?:\w+_)?M[DI]_Metadata")
_CSW = frozenset({CSW_2, CSW_3})
_IN_PART = frozenset({"BriefRecord", "SummaryRecord"})
_WHITE = b" \t\r\n\xef\xbb\xbf"


def read(content: bytes) -> Record:
    """Read a Record from ISO 19139, ISO 19115-3, Dublin Core, DIF, CSDGM, a GeoJSON record, or STAC.

    Raises:
        InvalidParameter: it is of no format that is read here, or not what its format says.
        TooLarge: it has more bytes than XML may have here.
    """
    if content.lstrip(_WHITE)[:1] == b"{":
        return _of_json(content)
    return of_element(parsed(content, "record"), content)


def of_element(root: Element, content: bytes) -> Record:
    """Read a Record from the root of a document, and keep the document, whose bytes are ``content``.

    Raises:
        InvalidParameter: it is of no format that is read here, or not what its format says.
    """
    found = _reader(root)
    if found is None:
        name = local_name(root)[:64]
        raise InvalidParameter(
            "record", f"a root {name!r} is of no format that is read here (ISO 19115, DC, DIF, CSDGM)"
        )
    schema, record_of = found
    return replace(record_of(root), given=Given("application/xml", schema, content))


def _reader(root: Element) -> tuple[str, Callable[[Element], Record]] | None:
    """Return the schema that the document is kept under and what reads it."""
    namespace, name = namespace_of(root), local_name(root)
    if _ISO.fullmatch(name):
        return namespace, iso.record_of
    if namespace in _CSW and name in {"Record", *_IN_PART}:
        return (f"{namespace}#{name}" if name in _IN_PART else namespace), dublin_core.record_of
    readers: dict[tuple[str, str], tuple[str, Callable[[Element], Record]]] = {
        (OAI_DC, "dc"): (OAI_DC, dublin_core.record_of),
        (DIF, "DIF"): (DIF, dif.record_of),
        ("", "metadata"): (FGDC, fgdc.record_of),
    }
    return readers.get((namespace, name))


def namespace_of(element: Element) -> str:
    """Return the namespace of an element; an empty one for none."""
    name = str(element.tag)
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def _of_json(content: bytes) -> Record:
    try:
        document: dict[str, Any] = orjson.loads(content.lstrip(_WHITE))
    except orjson.JSONDecodeError as error:
        raise InvalidParameter("record", "is not JSON: it is broken or cut short") from error
    if "stac_version" not in document:
        return geojson.record_of(document)
    return stac.of_collection(document) if document.get("type") == "Collection" else stac.of_item(document)
