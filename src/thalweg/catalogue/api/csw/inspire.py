"""What INSPIRE's discovery services say of themselves beside the standard (technical guidance 3.1.0, 4.3.1, 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from thalweg.catalogue.records.writers.iso19139 import GMD
from thalweg.catalogue.records.writers.markup import Markup

if TYPE_CHECKING:
    from thalweg.guard.markup import Element

_XML = Markup(
    {
        "inspire_ds": "http://inspire.ec.europa.eu/schemas/inspire_ds/1.0",
        "inspire_common": "http://inspire.ec.europa.eu/schemas/common/1.0",
    }
)
_SPOKEN = "eng"
_ABOUT = {
    "service": "CSW",
    "version": "2.0.2",
    "request": "GetRecordById",
    "id": "service:csw",
    "elementSetName": "full",
    "outputSchema": GMD,
}


def _of_all(address: str) -> str:
    """Return the address over all workspaces: there the service is told of."""
    before, within, rest = address.partition("/workspaces/")
    return f"{before}/{rest.rpartition('/')[2]}" if within else address


def extended_capabilities(address: str) -> Element:
    """Return where the metadata of the service is, and that it speaks English whatever language was asked for."""
    language = _XML.element("inspire_common:Language", _SPOKEN)
    default = _XML.element("inspire_common:DefaultLanguage", children=[language])
    answered = _XML.element("inspire_common:Language", _SPOKEN)
    locator = [
        _XML.element("inspire_common:URL", f"{_of_all(address)}?{urlencode(_ABOUT)}"),
        _XML.element("inspire_common:MediaType", "application/vnd.iso.19139+xml"),
    ]
    told = [
        _XML.element("inspire_common:MetadataUrl", children=locator),
        _XML.element("inspire_common:SupportedLanguages", children=[default]),
        _XML.element("inspire_common:ResponseLanguage", children=[answered]),
    ]
    return _XML.element("inspire_ds:ExtendedCapabilities", children=told)
