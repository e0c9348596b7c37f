"""A search of one version of CSW as one of the other, for catalogues that speak the other alone.

All of it is said, or the catalogue is not asked: a search that says less finds what was not asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.elements import first
from thalweg.catalogue.api.csw.naming import bindings, namespaces_of
from thalweg.catalogue.api.csw.versions import DC, DCT, OF_NAMESPACE, Version
from thalweg.catalogue.filters.fes import FES_20
from thalweg.catalogue.filters.gml import local
from thalweg.catalogue.filters.queryables import DUBLIN_CORE, ISO
from thalweg.catalogue.filters.respelling import NAMES, respelled
from thalweg.catalogue.records.writers.iso19115_3 import MDB
from thalweg.catalogue.records.writers.iso19139 import GMD, GMI
from thalweg.catalogue.records.writers.markup import Markup
from thalweg.core.errors import NotSupported
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase, Text
from thalweg.guard.markup import parsed
from thalweg.web.freetext import read_advanced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.api.csw.requests import Distribution, GetRecords
    from thalweg.core.geometry import BBox
    from thalweg.guard.markup import Element

_APISO = "http://www.opengis.net/cat/csw/apiso/1.0"
_TYPES = {GMD: "gmd:MD_Metadata", GMI: "gmi:MI_Metadata", MDB: "mdb:MD_Metadata"}
_SORTED = {one.sortable: one.name for one in (*ISO, *DUBLIN_CORE) if one.sortable is not None}
_AS_MANY = "10000"
_LATITUDE_FIRST = "urn:ogc:def:crs:EPSG::4326"
_SIGNS = {"wildCard": "*", "singleChar": "?", "escapeChar": "\\"}


def translated(asked: GetRecords, onward: Distribution, into: Version) -> bytes:
    """Return a search as another version says it.

    Raises:
        NotSupported: it cannot say all of it.
    """
    return _Translation(asked, into).document(onward)


class _Translation:
    """One search on its way into another version."""

    def __init__(self, asked: GetRecords, into: Version) -> None:
        spaces: dict[str | None, str] = {"csw": into.csw, "ows": into.ows, "ogc": into.fes, "dc": DC, "dct": DCT}
        gml = "http://www.opengis.net/gml/3.2" if into.fes == FES_20 else "http://www.opengis.net/gml"
        self._xml = Markup({**spaces, "gml": gml, "apiso": _APISO, "gmd": GMD, "gmi": GMI, "mdb": MDB})
        self._asked, self._into = asked, into
        self._pairs = {name.lower(): value for name, value in asked.pairs}

    def document(self, onward: Distribution) -> bytes:
        asked, schema = self._asked, self._asked.view.schema
        is_hits = asked.result_type == "hits" or asked.most == 0
        said = {
            "service": "CSW",
            "version": self._into.number,
            "outputFormat": "application/xml",
            "outputSchema": self._into.csw if schema in OF_NAMESPACE else schema,
            "startPosition": str(asked.start),
            "maxRecords": _AS_MANY if asked.most is None else str(asked.most),
            "requestId": onward.search_id,
        }
        if self._into.is_third:
            said |= {"maxRecords": "0"} if is_hits else {}
        else:
            said |= {"resultType": "hits" if is_hits else "results"}
        root = self._xml.element("csw:GetRecords", children=[self._far(onward), self._query()], **said)
        made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return made

    def _far(self, onward: Distribution) -> Element:
        said = {"hopCount": str(onward.hops)}
        if self._into.is_third:
            said |= {"clientId": onward.client_id, "distributedSearchId": onward.search_id}
            said |= {"distributedSearchIdTimout": f"{onward.seconds:.0f}"}
        return self._xml.element("csw:DistributedSearch", **said)

    def _query(self) -> Element:
        view, xml = self._asked.view, self._xml
        shown = [xml.element("csw:ElementName", self._element(name)) for name in view.names]
        if view.elements is not None:
            shown = [xml.element("csw:ElementSetName", view.elements)]
        return xml.element(
            "csw:Query", children=[*shown, self._constraint(), self._order()], typeNames=" ".join(self._types())
        )

    @staticmethod
    def _element(name: str) -> str:
        space, _, name_of = name.removeprefix("{").partition("}")
        return f"{ {DC: 'dc', DCT: 'dct'}.get(space, 'ows') }:{name_of}"

    def _types(self) -> Iterator[str]:
        echo, version = self._asked.echo, self._asked.version
        if echo is None:
            names, prefixes = self._pairs.get("typenames", ""), bindings(self._pairs.get("namespace"))
        else:
            query = first(echo, "Query")
            names = "" if query is None else query.get("typeNames") or ""
            prefixes = {**bindings(None), **({} if query is None else query.nsmap)}
        spaces = namespaces_of(tuple(names.replace(",", " ").split()), prefixes, version, "typeNames")
        return iter(dict.fromkeys(_TYPES.get(space, "csw:Record") for space in spaces) or ("csw:Record",))

    def _order(self) -> Element | None:
        if not self._asked.sort:
            return None
        xml, keys = self._xml, []
        for one in self._asked.sort:
            named = xml.element(f"ogc:{NAMES[self._into.fes]}", _SORTED[one.name])
            way = xml.element("ogc:SortOrder", "DESC" if one.descending else "ASC")
            keys.append(xml.element("ogc:SortProperty", children=[named, way]))
        return xml.element("ogc:SortBy", children=keys)

    def _constraint(self) -> Element | None:
        """Return the constraint: what was a filter or text, and what CSW 3 says in parameters of their own."""
        given, beside = self._given(), list(self._beside())
        if given is None and not beside:
            return None
        if isinstance(given, str):
            if beside:
                raise NotSupported(f"text and {', '.join(self._named())} cannot be said together there")
            return self._xml.element(
                "csw:Constraint", children=[self._xml.element("csw:CqlText", given)], version="1.1.0"
            )
        whole = self._filter(given, beside)
        return self._xml.element(
            "csw:Constraint", children=[whole], version="2.0.0" if self._into.is_third else "1.1.0"
        )

    def _filter(self, given: Element | None, beside: list[Element]) -> Element:
        inside = [] if given is None else list(respelled(given, self._into.fes))
        if inside and beside and str(inside[0].tag).endswith(("ResourceId", "FeatureId")):
            raise NotSupported("ids of a filter cannot be joined with anything there")
        parts = [*inside, *beside]
        if beside and len(parts) > 1:
            parts = [self._xml.element("ogc:And", children=parts)]
        return self._xml.element("ogc:Filter", children=parts)

    def _given(self) -> Element | str | None:
        """Return the filter, or the text, that was asked by."""
        if self._asked.echo is not None:
            query = first(self._asked.echo, "Query")
            constraint = None if query is None else first(query, "Constraint")
            if constraint is None:
                return None
            (inside,) = (one for one in constraint if isinstance(one.tag, str))
            return str(inside.text or "") if local(inside) == "CqlText" else inside
        text = self._pairs.get("constraint")
        language = self._pairs.get("constraintlanguage", "FILTER" if (text or "").startswith("<") else "CQL_TEXT")
        if text is None or language.upper() in ("CQL_TEXT", "CQL"):
            return text
        return parsed(text.encode(), "Constraint")

    def _named(self) -> list[str]:
        return [name for name in ("q", "bbox", "time", "recordids") if self._pairs.get(name)]

    def _beside(self) -> Iterator[Element]:
        """Yield predicates of what CSW 3 says beside the constraint."""
        if self._asked.constraint.interval is not None:
            raise NotSupported("a time cannot be asked for there")
        if words := self._pairs.get("q"):
            yield self._said(read_advanced(words))
        if (box := self._asked.constraint.bbox) is not None:
            yield self._either([self._box(one) for one in _halves(box)])
        if ids := self._pairs.get("recordids"):
            yield self._either([self._is("dc:identifier", one.strip()) for one in ids.split(",")])

    def _either(self, parts: list[Element]) -> Element:
        return parts[0] if len(parts) == 1 else self._xml.element("ogc:Or", children=parts)

    def _name(self, name: str) -> Element:
        return self._xml.element(f"ogc:{NAMES[self._into.fes]}", name)

    def _is(self, name: str, literal: str) -> Element:
        children = [self._name(name), self._xml.element("ogc:Literal", literal)]
        return self._xml.element("ogc:PropertyIsEqualTo", children=children)

    def _said(self, text: Text) -> Element:
        """Return what asks for words anywhere."""
        match text:
            case Phrase(words):
                literal = self._xml.element("ogc:Literal", f"*{' '.join(words)}*")
                children = [self._name("csw:AnyText"), literal]
                return self._xml.element("ogc:PropertyIsLike", children=children, **_SIGNS)
            case AllOf(parts) if len(parts) > 1:
                return self._xml.element("ogc:And", children=map(self._said, parts))
            case AllOf(parts) | AnyOf(parts):
                return self._either(list(map(self._said, parts)))
            case NoneOf(parts):
                return self._xml.element("ogc:Not", children=[self._either(list(map(self._said, parts)))])

    def _box(self, box: tuple[float, float, float, float]) -> Element:
        west, south, east, north = box
        corners = [
            self._xml.element("gml:lowerCorner", f"{south!r} {west!r}"),
            self._xml.element("gml:upperCorner", f"{north!r} {east!r}"),
        ]
        envelope = self._xml.element("gml:Envelope", children=corners, srsName=_LATITUDE_FIRST)
        return self._xml.element("ogc:BBOX", children=[self._name("ows:BoundingBox"), envelope])


def _halves(box: BBox) -> list[tuple[float, float, float, float]]:
    """Return a box, or the two on both sides of the antimeridian that it crosses, which an envelope cannot."""
    if box.west <= box.east:
        return [(box.west, box.south, box.east, box.north)]
    return [(box.west, box.south, 180.0, box.north), (-180.0, box.south, box.east, box.north)]
