"""Records as Atom (RFC 4287), with GeoRSS for where they are."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from starlette.responses import Response

from thalweg.catalogue.api.records.forms import ATOM
from thalweg.web.asked import Asked

_ATOM, _GEORSS, _DC = (
    "http://www.w3.org/2005/Atom",
    "http://www.georss.org/georss",
    "http://purl.org/dc/elements/1.1/",
)
_SEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_NAMES = {None: _ATOM, "georss": _GEORSS, "dc": _DC, "os": _SEARCH}
_LONG_AGO = "1970-01-01T00:00:00Z"
_IRIS = ("http://", "https://", "urn:")
Feature = Mapping[str, Any]
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(
    asked: Asked[Any], features: Iterable[Feature], links: Iterable[Mapping[str, Any]], matched: int | None
) -> Response:
    """Return a page of Records as a feed."""
    listed = list(features)
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=_NAMES)
    _text(root, _ATOM, "id", asked.url)
    _text(root, _ATOM, "title", "Records")
    _text(root, _ATOM, "updated", max((_changed(one) for one in listed), default=_LONG_AGO))
    author = etree.SubElement(root, f"{{{_ATOM}}}author")
    _text(author, _ATOM, "name", "Thalweg")
    if matched is not None:
        _text(root, _SEARCH, "totalResults", str(matched))
    _text(root, _SEARCH, "itemsPerPage", str(len(listed)))
    for one in links:
        _link(root, {**one, "type": ATOM.media_type} if one["rel"] in ("self", "next", "prev") else one)
    for one in listed:
        root.append(_entry(one))
    return _xml(root, {})


def entry_of(feature: Feature, headers: Mapping[str, str]) -> Response:
    """Return one Record as an entry."""
    return _xml(_entry(feature), headers)


def _entry(feature: Feature) -> Any:  # noqa: ANN401 - lxml has no types
    properties = feature["properties"]
    entry = etree.Element(f"{{{_ATOM}}}entry", nsmap=_NAMES)
    _text(entry, _ATOM, "id", _iri(feature))
    _text(entry, _ATOM, "title", properties.get("title") or feature["id"])
    _text(entry, _ATOM, "updated", _changed(feature))
    if published := properties.get("created"):
        _text(entry, _ATOM, "published", published)
    _authors(entry, properties.get("contacts") or ())
    _text(entry, _ATOM, "summary", properties.get("description") or properties.get("title") or "")
    for word in properties.get("keywords") or ():
        etree.SubElement(entry, f"{{{_ATOM}}}category", term=_clean(word))
    if rights := properties.get("rights") or properties.get("license"):
        _text(entry, _ATOM, "rights", rights)
    _text(entry, _DC, "identifier", feature["id"])
    if spoken := _time(feature.get("time")):
        _text(entry, _DC, "date", spoken)
    if box := feature.get("bbox"):
        west, south, east, north = box if len(box) == 4 else (*box[:2], *box[3:5])  # noqa: PLR2004 - flat or solid
        _text(entry, _GEORSS, "box", f"{south:.10g} {west:.10g} {north:.10g} {east:.10g}")
    for one in feature["links"]:
        _link(entry, one)
    return entry


def _iri(feature: Feature) -> str:
    own = str(feature["id"])
    if own.startswith(_IRIS):
        return own
    return next(str(one["href"]) for one in feature["links"] if one["rel"] == "self")


def _changed(feature: Feature) -> str:
    properties = feature["properties"]
    return str(properties.get("updated") or properties.get("created") or _LONG_AGO)


def _time(time: Mapping[str, Any] | None) -> str:
    if not time:
        return ""
    if at := time.get("timestamp") or time.get("date"):
        return str(at)
    return "/".join("" if end == ".." else str(end) for end in time["interval"])


def _authors(entry: Any, contacts: Iterable[Mapping[str, Any]]) -> None:  # noqa: ANN401 - lxml has no types
    named = [one for one in contacts if one.get("name") or one.get("organization")] or [{"name": "unknown"}]
    for one in named:
        author = etree.SubElement(entry, f"{{{_ATOM}}}author")
        _text(author, _ATOM, "name", one.get("name") or one["organization"])
        for email in one.get("emails") or ():
            _text(author, _ATOM, "email", email["value"])
            break


def _link(parent: Any, one: Mapping[str, Any]) -> None:  # noqa: ANN401 - lxml has no types
    known = {name: _clean(one[name]) for name in ("rel", "href", "type", "title", "hreflang") if one.get(name)}
    if length := one.get("length"):
        known["length"] = str(length)
    etree.SubElement(parent, f"{{{_ATOM}}}link", **known)


def _text(parent: Any, space: str, name: str, text: str) -> None:  # noqa: ANN401 - lxml has no types
    etree.SubElement(parent, f"{{{space}}}{name}").text = _clean(text)


def _clean(text: object) -> str:
    """Return a text without what XML 1.0 cannot say."""
    return _UNSAYABLE.sub("", str(text))


def _xml(root: Any, headers: Mapping[str, str]) -> Response:  # noqa: ANN401 - lxml has no types
    content = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(content, headers=dict(headers), media_type=ATOM.media_type)
