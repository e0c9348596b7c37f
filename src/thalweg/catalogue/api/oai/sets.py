"""Sets: one a Collection, one a type of resource, and above each kind the set of all (OAI-PMH 2.0, 2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from thalweg.catalogue.api.oai.documents import element, within
from thalweg.catalogue.api.oai.faults import NO_SETS, OaiFault
from thalweg.catalogue.api.oai.naming import COLLECTION, TYPE, set_of
from thalweg.catalogue.records.kinds import ITEM
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.queries import Aggregation, CollectionQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.api.oai.resuming import Listed
    from thalweg.catalogue.records.service import Records
    from thalweg.core.items import Collection
    from thalweg.core.principals import Principal
    from thalweg.core.queries import Token

_MOST_TYPES = 200


@dataclass(frozen=True, slots=True)
class SetPage:
    """A part of the list of sets, and where it ended."""

    told: tuple[bytes, ...]
    next: Token | None


@dataclass(frozen=True, slots=True)
class Sets:
    """The sets that a caller sees."""

    records: Records
    who: Principal
    workspace: str | None
    most: int

    def page(self, listed: Listed) -> SetPage:
        """Return a part of the list; the sets of types come before those of Collections.

        Raises:
            OaiFault: the caller sees no Collection, and so no set.
        """
        query = CollectionQuery(limit=self.most, after=listed.after)
        page = self.records.catalogues(query, self.who, self.workspace)
        if listed.after is None and not page.found:
            raise OaiFault(NO_SETS, "There is no set here.")
        above = () if listed.after is not None else tuple(self._above())
        return SetPage((*above, *map(_of_collection, page.found)), page.next)

    def _above(self) -> Iterator[bytes]:
        yield _told(TYPE, "Resources by their type")
        for kind in self._types():
            yield _told(set_of(TYPE, kind), f"Resources of the type {kind}")
        yield _told(COLLECTION, "Resources by their Collection")

    def _types(self) -> Iterator[str]:
        if self.records.count(RecordQuery(types=(ITEM,)), self.who, 0, self.workspace) != 0:
            yield ITEM
        asked = Aggregation("type", "terms", TYPE)
        (found,) = self.records.facets(RecordQuery(), [asked], self.who, _MOST_TYPES, self.workspace)
        yield from (str(bucket.key) for bucket in found.buckets if bucket.key != ITEM)


def _of_collection(collection: Collection) -> bytes:
    document = orjson.loads(collection.body)
    described = document.get("description")
    return _told(set_of(COLLECTION, collection.id), str(document.get("title") or collection.id), described)


def _told(spec: str, name: str, description: object = None) -> bytes:
    parts: list[str | bytes] = [element("setSpec", spec), element("setName", name)]
    if isinstance(description, str) and description:
        parts.append(within("setDescription", [_dublin_core(description)]))
    return within("set", parts)


def _dublin_core(description: str) -> bytes:
    space = "http://www.openarchives.org/OAI/2.0/oai_dc/"
    where = f'xmlns:oai_dc="{space}" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    located = f'xsi:schemaLocation="{space} http://www.openarchives.org/OAI/2.0/oai_dc.xsd"'
    said = element("dc:description", description)
    return f"<oai_dc:dc {where} {located}>{said}</oai_dc:dc>".encode()
