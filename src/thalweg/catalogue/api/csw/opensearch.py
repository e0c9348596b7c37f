"""The OpenSearch description of a service of CSW 3: its search as feeds and as csw:Record (12-176r7, 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.naming import ATOM_TYPE
from thalweg.catalogue.records.writers.markup import Markup

if TYPE_CHECKING:
    from thalweg.guard.markup import Element

DESCRIPTION_TYPE = "application/opensearchdescription+xml"
RECORDS_TYPE = "application/xml"
_CSW = "http://www.opengis.net/cat/csw/3.0"
SPACES: dict[str | None, str] = {
    "os": "http://a9.com/-/spec/opensearch/1.1/",
    "geo": "http://a9.com/-/opensearch/extensions/geo/1.0/",
    "time": "http://a9.com/-/opensearch/extensions/time/1.0/",
}
_XML = Markup(SPACES)
_WANTED = {
    "q": "{searchTerms?}",
    "startposition": "{startIndex?}",
    "maxrecords": "{count?}",
    "bbox": "{geo:box?}",
    "recordids": "{geo:uid?}",
    "time": "{time:start?}/{time:end?}",
}
_ASKED = {"service": "CSW", "version": "3.0.0", "request": "GetRecords", "elementsetname": "full"}
_SHORT, _MUCH = 16, 1024


def address_of(service: str) -> str:
    """Return where the description of a service is."""
    asked = {"service": "CSW", "version": "3.0.0", "request": "GetCapabilities", "outputFormat": DESCRIPTION_TYPE}
    return f"{service}?{urlencode(asked)}"


def description(service: str, title: str, abstract: str) -> bytes:
    """Return the description of the search of a service."""
    shown: tuple[tuple[str, dict[str, str]], ...] = ((ATOM_TYPE, {}), (RECORDS_TYPE, {"outputschema": _CSW}))
    root = _XML.element(
        "os:OpenSearchDescription",
        children=[
            _XML.element("os:ShortName", title[:_SHORT].strip()),
            _XML.element("os:Description", abstract[:_MUCH]),
            *(_search(service, kind, more) for kind, more in shown),
            _XML.element("os:Url", type=DESCRIPTION_TYPE, rel="self", template=address_of(service)),
            _XML.element("os:Query", role="example", title="The newest", count="10", startIndex="1"),
            _XML.element("os:SyndicationRight", "open"),
            _XML.element("os:Language", "*"),
            _XML.element("os:OutputEncoding", "UTF-8"),
            _XML.element("os:InputEncoding", "UTF-8"),
        ],
    )
    # Templates name parameters by these prefixes, which stand in no name of the document.
    etree.cleanup_namespaces(root, top_nsmap=SPACES, keep_ns_prefixes=list(SPACES))
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _search(service: str, kind: str, more: dict[str, str]) -> Element:
    # The public suite looks for the schema's address as it is, and its slashes and colons may stand in a query.
    asked = urlencode({**_ASKED, "outputformat": kind, **more}, quote_via=quote, safe="/:")
    template = "&".join((f"{service}?{asked}", *(f"{name}={value}" for name, value in _WANTED.items())))
    return _XML.element("os:Url", type=kind, rel="results", template=template, indexOffset="1", pageOffset="1")
