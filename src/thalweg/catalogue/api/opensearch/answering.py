"""Descriptions and answers: each is asked of the Records, and told as a document."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from thalweg.catalogue.api.opensearch.describing import Described, description
from thalweg.catalogue.api.opensearch.features import features
from thalweg.catalogue.api.opensearch.feeds import Answered, feed
from thalweg.catalogue.api.opensearch.offering import spelled
from thalweg.catalogue.api.opensearch.paging import Found
from thalweg.catalogue.api.opensearch.parameters import EARTH_OBSERVATION
from thalweg.catalogue.api.opensearch.requests import GEOJSON, read
from thalweg.catalogue.api.records.documents import Documents
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.queries import Aggregation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from thalweg.catalogue.api.opensearch.offering import Caller, OpenSearchOffer
    from thalweg.catalogue.api.opensearch.requests import Search
    from thalweg.web.forms import Form

_MOST_VALUES = 100


class Answers:
    """Answers one caller."""

    def __init__(self, offer: OpenSearchOffer, caller: Caller) -> None:
        self._offer = offer
        self._caller = caller

    def description(self) -> bytes:
        """Return the description of the search over everything, or within a Collection.

        Raises:
            NotFound: there is no such Collection that the caller may see.
        """
        caller = self._caller
        offer, collection = self._offer, caller.collection
        name, abstract, values = offer.title, offer.abstract, None
        if collection is not None:
            there = offer.records.catalogue(collection, caller.who, caller.workspace)
            document = orjson.loads(there.body)
            name, abstract = str(document.get("title") or collection), str(document.get("description") or collection)
            values = self._values(collection)
        catalogue = "all" if collection is None else spelled(collection)
        told = Described(
            name=name,
            description=abstract,
            own=caller.own,
            search=caller.search,
            pages=f"{caller.records}/collections/{catalogue}/items?f=html",
            most=offer.records.limits.page,
            collection=collection,
            contact=offer.contact,
            values=values,
        )
        return description(told)

    def _values(self, collection: str) -> Mapping[str, tuple[str, ...]]:
        """Return what the Items of a Collection have, of the parameters whose values are few."""
        told = [one for one in EARTH_OBSERVATION if one.told]
        asked = [Aggregation(one.name, "terms", one.properties[0]) for one in told]
        query = RecordQuery(catalogues=(collection,))
        found = self._offer.records.facets(query, asked, self._caller.who, _MOST_VALUES, self._caller.workspace)
        return {one.asked.name: tuple(str(bucket.key) for bucket in one.buckets) for one in found}

    def answer(self, pairs: Sequence[tuple[str, str]], form: Form) -> bytes:
        """Return a page of what a search finds.

        Raises:
            InvalidParameter: a parameter is not known, or its value is wrong.
            NotFound: there is no such Collection that the caller may see.
            Unavailable: it took longer than it may.
        """
        caller, title = self._caller, self._offer.title
        search = read(pairs, caller.collection, self._offer.records.limits)
        if caller.collection is not None:
            at = search.query.as_of
            self._offer.records.catalogue(caller.collection, caller.who, caller.workspace, at)
            title = f"{title}: {caller.collection}"
        told = Answered(
            search=search,
            found=self._found(search),
            address=caller.search,
            root=caller.root,
            description=caller.own,
            title=title,
            documents=Documents(caller.base, caller.records, search.query.as_of),
        )
        return features(told) if form is GEOJSON else feed(told)

    def _found(self, search: Search) -> Found:
        caller = self._caller
        records, most = self._offer.records, self._offer.records.limits.counted
        counted = records.count(replace(search.query, skip=0), caller.who, most, caller.workspace)
        if counted == 0 or not search.count:
            total = most + 1 if counted is None else counted
            return Found((), total, counted is not None, further=False)
        page = records.search(search.query, caller.who, caller.workspace)
        further, behind = page.next is not None, search.start - 1 + len(page.found)
        least = max(most + 1, behind + further)
        return Found(page.found, least if counted is None else counted, counted is not None, further)
