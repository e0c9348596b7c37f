"""Catalogues and Records as JSON, with the links that stand around them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from thalweg.catalogue.api.item_links import NO_LINKS
from thalweg.catalogue.api.pages import ORIGINAL, QUERYABLES, SCHEMA_TYPE, SORTABLES, Links, Pages, joined_with
from thalweg.catalogue.api.records.classes import (
    CATALOGUE_PROFILE,
    CRAWLABLE,
    RECORD_COLLECTION,
    RECORD_CORE,
    RECORD_PROFILE,
)
from thalweg.catalogue.api.records.contacts import conforming
from thalweg.catalogue.api.records.forms import CATALOGUE, NAMES, OF_CATALOGUE, OF_RECORD
from thalweg.catalogue.api.records.parameters import ALL
from thalweg.catalogue.crs import CRS84
from thalweg.catalogue.documents import localised
from thalweg.catalogue.records.entries import Entry
from thalweg.catalogue.records.readers.stac import of_collection
from thalweg.catalogue.records.record import Link, Record
from thalweg.catalogue.records.visibility import is_of_records
from thalweg.catalogue.records.writers.geojson import document_of
from thalweg.core.errors import InvalidParameter
from thalweg.core.items import LOCAL, Collection
from thalweg.core.time import written
from thalweg.web.forms import GEOJSON, HTML
from thalweg.web.links import link

FACETS_REL = "http://www.opengis.net/def/rel/ogc/1.0/facets"
NEWEST_FIRST = [{"field": "datetime", "direction": "desc"}]
_WORLD = {
    "spatial": {"bbox": [[-180, -90, 180, 90]], "crs": CRS84},
    "temporal": {"interval": [[None, None]]},
}
_OF_STAC = frozenset({"stac_version", "stac_extensions", "summaries", "assets", "item_assets", "providers", "links"})
_LOCAL = f"{LOCAL}/"
_LICENSES = {"proprietary": "other", "various": "other"}
"""STAC's words for what has no SPDX identifier."""
_OTHER_FORMS = [(one.name, one.kind, NAMES.get(one.name)) for one in OF_RECORD if one is not GEOJSON]
"""The first is the page for people."""
_ADDED = frozenset({"alternate", "canonical", ORIGINAL})
_OF_THEN = frozenset({"self", "alternate", "items", "child"})
_STRUCTURE = frozenset({"self", "root", "parent", "collection", "items", "item", "child"})


class Documents:
    """Writes what the Records face serves below one root, as it is, or as it was at a time.

    Attributes:
        then: the moment; ``""`` for now.
    """

    def __init__(self, base: str, root: str, at: datetime | None = None) -> None:
        self.then = "" if at is None else written(at)
        self.base = base
        self.root = root
        self._addresses = Pages(base, root, NO_LINKS)
        self._stac = Pages(base, f"{root.removesuffix('/records')}/api", NO_LINKS)

    def catalogue_address(self, catalogue: str) -> str:
        """Return where a catalogue is."""
        return self._addresses.collection_address(catalogue)

    def record_address(self, catalogue: str, record_id: str) -> str:
        """Return where a Record is."""
        return self._addresses.item_address(catalogue, record_id)

    def when(self, address: str, *said: str) -> str:
        """Return an address with the moment of what is served, and with what else is said there."""
        return joined_with(address, f"as-of={self.then}" if self.then else "", *said)

    def stac_address(self, entry: Entry) -> str:
        """Return where the Item is that a Record is; nothing for what is no Item."""
        return self._stac.item_address(entry.item.collection, entry.item.id) if entry.is_item else ""

    def told(self, entry: Entry) -> Record:
        """Return a Record with the platform's own addresses made absolute, and its license in this standard's words."""
        record = entry.record()
        if any(one.href.startswith(_LOCAL) for one in record.links):
            record = replace(record, links=tuple(replace(one, href=self.absolute(one.href)) for one in record.links))
        if (named := self.licensed(record.rights.license)) != record.rights.license:
            record = replace(record, rights=replace(record.rights, license=named))
        return record

    def licensed(self, named: str) -> str:
        """Return a license in this standard's words."""
        return _LICENSES.get(named, named)

    def standing(self, entry: Entry, catalogue: str, *, listed: bool = False) -> Record:
        """Return a Record whose links also tell where it stands, for forms that have no other place for them."""
        told = self.told(entry)
        around = (
            Link(str(one["href"]), str(one["rel"]), str(one.get("type") or ""), str(one.get("title") or ""))
            for one in self._record_links(entry, catalogue, listed=listed)
            if one["rel"] != "profile"
        )
        return replace(told, links=(*around, *told.links))

    def record(
        self, entry: Entry, catalogue: str, told: Record | None = None, *, listed: bool = False
    ) -> dict[str, Any]:
        """Return a Record as GeoJSON, seen in a catalogue: its own, or that of everything.

        One among others, a ``listed`` one, leads to its page for people alone of all its other forms.
        """
        document = document_of(told or self.told(entry))
        if contacts := document["properties"].get("contacts"):
            document["properties"]["contacts"] = list(map(conforming, contacts))
        document["links"] = [*self._record_links(entry, catalogue, listed=listed), *document["links"]]
        return document

    def _record_links(self, entry: Entry, catalogue: str, *, listed: bool) -> Links:
        address = self.record_address(catalogue, entry.id)
        others = _OTHER_FORMS[:1] if listed else _OTHER_FORMS
        links = [
            link("self", self.when(address), GEOJSON.media_type, "This Record"),
            *(link("alternate", self.when(address, f"f={name}"), kind, title) for name, kind, title in others),
            link("root", f"{self.root}/", "application/json"),
            link("collection", self.catalogue_address(entry.catalogue), CATALOGUE.media_type, "The catalogue"),
            link("profile", RECORD_PROFILE),
        ]
        if catalogue == ALL:
            own = self.record_address(entry.catalogue, entry.id)
            links.append(link("canonical", self.when(own), GEOJSON.media_type))
        if there := self.stac_address(entry):
            links.append(link("describes", self.when(there), GEOJSON.media_type, "The STAC Item"))
        if self.then:
            links.append(link(ORIGINAL, address, GEOJSON.media_type, "This Record as it is"))
        return links

    def absolute(self, href: str) -> str:
        """Return an address, the platform's own made absolute."""
        return self.base + href.removeprefix(LOCAL) if href.startswith(_LOCAL) else href

    def localised(self, document: Any) -> Any:  # noqa: ANN401 - JSON
        """Return a Record as its writer meant it: without the links that stand around it, our own addresses local.

        Raises:
            InvalidParameter: it is nested deeper than JSON is written here.
        """
        if not isinstance(document, Mapping):
            return document
        if isinstance(features := document.get("features"), list):
            return {**document, "features": [self.localised(one) for one in features]}
        links = document.get("links")
        kept = [one for one in links if not self._is_added(one)] if isinstance(links, list) else links
        written = {**document, "links": kept} if links is not None else document
        return localised(written, self.base, ())

    def _is_added(self, one: object) -> bool:
        """Tell whether a link is one of those that this root adds."""
        if not isinstance(one, Mapping):
            return False
        ours = str(one.get("href")).startswith(f"{self.root}/")
        return one.get("rel") in _STRUCTURE or one.get("href") == RECORD_PROFILE or (ours and one.get("rel") in _ADDED)

    def catalogue(self, collection: Collection | None) -> dict[str, Any]:
        """Return a catalogue; none is that of everything."""
        if collection is None:
            return {**_everything(), "links": self._catalogue_links(ALL)}
        told = orjson.loads(collection.body)
        kept = {name: value for name, value in told.items() if name not in _OF_STAC}
        if not is_of_records(collection.visibility_class):
            kept |= _contacts(told)
        if (named := kept.get("license")) in _LICENSES:
            kept["license"] = _LICENSES[named]
        own = [
            {**one, "href": self.absolute(str(one["href"]))}
            for one in told.get("links") or ()
            if isinstance(one, Mapping) and "href" in one and one.get("rel") not in _STRUCTURE
        ]
        links = [*self._catalogue_links(collection.id), *own]
        if not is_of_records(collection.visibility_class):
            there = self._stac.collection_address(collection.id)
            links.append(link("describes", there, "application/json", "The STAC Collection"))
        return {**_standing(collection.id), **kept, "type": "Collection", "itemType": "record", "links": links}

    def _catalogue_links(self, catalogue: str) -> Links:
        address = self.catalogue_address(catalogue)
        links = list(_catalogue_links(self.root, address))
        if not self.then:
            return links
        then = [{**one, "href": self.when(one["href"])} if one["rel"] in _OF_THEN else one for one in links]
        return [*then, link(ORIGINAL, address, CATALOGUE.media_type, "This catalogue as it is")]


def _contacts(collection: Mapping[str, Any]) -> dict[str, Any]:
    """Return the contacts that the providers of a STAC Collection are; none where nobody checked it."""
    try:
        read = document_of(of_collection(collection))["properties"]
    except (InvalidParameter, AttributeError, TypeError):
        return {}
    return {"contacts": read["contacts"]} if "contacts" in read else {}


def _everything() -> dict[str, Any]:
    return {
        **_standing(ALL),
        "title": "Everything",
        "language": {"code": "en"},
        "description": "All resources that can be found here: Items, Collections, Processes, services, files, …",
        "extent": _WORLD,
    }


def _standing(catalogue: str) -> dict[str, Any]:
    return {
        "id": catalogue,
        "type": "Collection",
        "itemType": "record",
        "conformsTo": [RECORD_COLLECTION, RECORD_CORE, CRAWLABLE],
        "crs": [CRS84],
        "defaultSortOrder": NEWEST_FIRST,
    }


@lru_cache(1024)
def _catalogue_links(root: str, address: str) -> tuple[dict[str, Any], ...]:
    return (
        link("self", address, CATALOGUE.media_type, "This catalogue"),
        *(link("alternate", f"{address}?f={one.name}", one.kind) for one in OF_CATALOGUE if one is not CATALOGUE),
        link("root", f"{root}/", "application/json", "The catalogues' landing page"),
        link("parent", f"{root}/collections", "application/json", "All catalogues"),
        link("items", f"{address}/items", GEOJSON.media_type, "The Records"),
        link("items", f"{address}/items?f=html", HTML.kind, "The Records for people"),
        link("child", f"{address}/crawl", CATALOGUE.media_type, "The Records by page, for those who follow links"),
        link(QUERYABLES, f"{address}/queryables", SCHEMA_TYPE, "What Records can be asked for"),
        link(SORTABLES, f"{address}/sortables", SCHEMA_TYPE, "What Records can be sorted by"),
        link(FACETS_REL, f"{address}/facets", "application/facets+json", "By what Records can be told apart"),
        link("profile", CATALOGUE_PROFILE),
    )
