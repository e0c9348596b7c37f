"""Records as CSW is given them: ``csw:Record`` of either version, or any document that is read elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.versions import OF_NAMESPACE
from thalweg.catalogue.filters.gml import namespace
from thalweg.catalogue.records.readers import dublin_core
from thalweg.catalogue.records.receiving import XML_TYPES, identified, records_of
from thalweg.catalogue.records.record import Given
from thalweg.core.errors import InvalidParameter
from thalweg.guard.markup import parsed

if TYPE_CHECKING:
    from thalweg.catalogue.limits import Limits
    from thalweg.catalogue.records.record import Record

_OPENS = b"<"
_MARKS = b"\xef\xbb\xbf \t\r\n"


def taken(content: bytes, media_type: str, limits: Limits) -> tuple[Record, ...]:
    """Return the Records that a document tells, each with the document where that is XML.

    Raises:
        InvalidParameter: it is none, or a member of it is not what its format says.
    """
    if not content.lstrip(_MARKS).startswith(_OPENS):
        return records_of(content, media_type, limits)
    root = parsed(content, "record")
    if namespace(root) not in OF_NAMESPACE:
        return records_of(content, media_type or XML_TYPES[0], limits)
    if not str(root.tag).endswith("Record"):
        raise InvalidParameter("record", f"{str(root.tag)[:128]} is no record")
    given = Given(media_type or XML_TYPES[0], namespace(root), content)
    return (identified(replace(dublin_core.record_of(root), given=given), limits),)
