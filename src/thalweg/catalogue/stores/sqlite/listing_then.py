"""Collections that were others, or not removed yet, at a time: searched by what their documents said."""

from collections.abc import Mapping
from typing import Any

from thalweg.catalogue.stores.sqlite.classes import Seen
from thalweg.catalogue.stores.sqlite.extents import boxes_of
from thalweg.catalogue.stores.sqlite.listing import Listing
from thalweg.catalogue.stores.sqlite.texts import said_by
from thalweg.catalogue.times import milliseconds
from thalweg.catalogue.words import words_of_collection
from thalweg.core.geometry import BBox
from thalweg.core.queries import CollectionQuery
from thalweg.core.texts import Text


class PastListing(Listing):
    """One search of the versions of Collections that ended after a time."""

    table = (
        "(SELECT c, v, id, k, since, until, first, last, collection_then(c, v) AS body"
        " FROM collpast INDEXED BY collpast_by_end) AS coll"
    )

    def _there(self, query: CollectionQuery, seen: Seen) -> list[str]:
        if query.as_of is None:
            return ["0"]
        at = self._bound(milliseconds(query.as_of))
        lasted = [f"coll.until > {at}", f"coll.since <= {at}"]
        if seen.everything:
            return lasted
        today = "(SELECT now.k FROM coll AS now WHERE now.c = coll.c)"
        return [*lasted, f"substr({self._bound(seen.bitmap)}, {today} + 1, 1) = x'01'"]

    def _says(self, text: Text) -> str:
        says = said_by(text)

        def of(document: Mapping[str, Any]) -> bool:
            return says(words_of_collection(document))

        return f"of_json({self._bound(self._functions.reading(of))}, coll.body)"

    def _lies(self, bbox: BBox) -> str:
        frames = bbox.spans()

        def of(document: Mapping[str, Any]) -> bool:
            spans = [span for box in boxes_of(document) for span in box.spans()]
            return any(_meet(one, frame) for one in spans for frame in frames)

        return f"of_json({self._bound(self._functions.reading(of))}, coll.body)"


def _meet(one: BBox, other: BBox) -> bool:
    across = one.west <= other.east and other.west <= one.east
    return across and one.south <= other.north and other.south <= one.north
