"""Records as a feed of Atom (RFC 4287), and one of them as an entry."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from thalweg.catalogue.api.records.forms import ATOM
from thalweg.core.time import written
from thalweg.web.asked import Asked

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Record

_SEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_LONG_AGO = "1970-01-01T00:00:00Z"
_OWN = frozenset({"self", "next", "prev"})


def feed(
    asked: Asked[Any], records: "Sequence[Record]", links: Iterable[Mapping[str, Any]], matched: int | None
) -> Response:
    """Return a page of Records as a feed."""
    from thalweg.catalogue.records.writers import atom, markup  # noqa: PLC0415 - loads lxml

    xml = markup.Markup({"atom": atom.ATOM, "os": _SEARCH})
    changed = [one.updated or one.created for one in records]
    newest = max((one for one in changed if one is not None), default=None)
    root = xml.element(
        "atom:feed",
        children=[
            xml.element("atom:id", asked.url),
            xml.element("atom:title", "Records"),
            xml.element("atom:updated", _LONG_AGO if newest is None else written(newest)),
            xml.element("atom:author", children=[xml.element("atom:name", "Thalweg")]),
            None if matched is None else xml.element("os:totalResults", str(matched)),
            xml.element("os:itemsPerPage", str(len(records))),
            *(xml.element("atom:link", **_link(one)) for one in links),
            *map(atom.element_of, records),
        ],
    )
    return Response(markup.document(root), media_type=ATOM.media_type)


def entry_of(record: "Record", headers: Mapping[str, str]) -> Response:
    """Return one Record as an entry."""
    from thalweg.catalogue.records.writers import atom, markup  # noqa: PLC0415 - loads lxml

    content = markup.document(atom.element_of(record))
    return Response(content, headers=dict(headers), media_type=ATOM.media_type)


def _link(one: Mapping[str, Any]) -> dict[str, str]:
    kind = ATOM.media_type if one["rel"] in _OWN else str(one.get("type") or "")
    return {"rel": str(one["rel"]), "href": str(one["href"]), "type": kind, "title": str(one.get("title") or "")}
