"""What stands at an address, and how all of it is read: told by the address's own answer, whatever it was called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thalweg.catalogue.filters.gml import local, namespace
from thalweg.catalogue.harvests import csw, oai, web
from thalweg.catalogue.harvests.pages import Found, Opened, Page, written
from thalweg.catalogue.records.fetching import Refused
from thalweg.core.errors import InvalidParameter
from thalweg.guard.markup import elements_of, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thalweg.catalogue.records.fetching import Document, Fetcher
    from thalweg.guard.markup import Element

_HEAD = 256
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+)?html\b", re.IGNORECASE)
_ANSWERS = ("GetRecordsResponse", "GetRecordByIdResponse")


def opened(fetcher: Fetcher, url: str, kind: str = "", since: str = "", again: Iterable[str] = ()) -> Opened:
    """Open a source.

    Args:
        fetcher: fetches what it holds.
        url: where it is.
        kind: what it is said to be: the namespace of its records, of CSW, or of OAI-PMH; anything where it is empty.
        since: what an opened source said that it is asked by the next time.
        again: what the source calls documents that are asked for once more, though they have not changed since.

    Raises:
        InvalidParameter: it is nothing that is read here, or may not be asked.
        Unavailable: it does not answer now.
    """
    if kind == oai.OAI:
        return oai.opened(fetcher, url, since, again)
    try:
        first = fetcher.get(url)
    except Refused:
        # A service that is asked for nothing says that it does not know what to do.
        if kind and kind not in csw.CATALOGUES:
            raise
        return csw.opened(fetcher, url)
    if web.is_json(first.content):
        return web.opened(fetcher, first)
    return _of_xml(fetcher, url, first, kind)


def _of_xml(fetcher: Fetcher, url: str, first: Document, kind: str) -> Opened:
    # What is no document of XML is read once more when it is to be kept, and says there what is wrong with it.
    if _HTML.match(first.content[:_HEAD]):
        raise InvalidParameter(
            "source", "is a page for people: give the address of a record, of a CSW or of an OAI-PMH repository"
        )
    root = parsed(first.content, "record")
    name = local(root)
    if name == "OAI-PMH":
        return oai.opened(fetcher, url)
    if name in _ANSWERS and namespace(root) in csw.CATALOGUES:
        # What another question would find is not gone.
        return Opened(iter([Page(tuple(Found(written(one)) for one in _within(root)))]), whole=False)
    if name == "Capabilities" and namespace(root) in csw.CATALOGUES:
        return csw.opened(fetcher, url, kind)
    if name == "ExceptionReport":
        return csw.opened(fetcher, url, kind)
    return Opened(iter([Page((Found(first.content),))]), alone=True)


def _within(answer: Element) -> list[Element]:
    if local(answer) == "GetRecordByIdResponse":
        return list(answer)
    return [one for results in elements_of(answer, "SearchResults") for one in results]
