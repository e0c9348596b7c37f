"""Catalogues that take many Items at once, as ``Ingest`` asks for one."""

import orjson

from thalweg.core.errors import Conflict, ThalwegError
from thalweg.core.items import Loaded


class OneByOne:
    """The platform's own catalogue, asked for each Item by itself; what a bulk load does in one transaction."""

    def __init__(self, catalogue):
        self._catalogue = catalogue
        self.calls = []

    def ensure_collection(self, collection, who):
        return self._catalogue.ensure_collection(collection, who)

    def load(self, items, who, *, replacing=True):
        self.calls.append(len(items))
        return tuple(self._one(place, document, who, replacing) for place, document in enumerate(items))

    def _one(self, place, document, who, replacing):
        item_id = document.get("id")
        try:
            return Loaded(place, item_id, self._outcome(document, who, replacing))
        except ThalwegError as error:
            return Loaded(place, item_id, "refused", error)

    def _outcome(self, document, who, replacing):
        try:
            self._catalogue.register([document], who)
        except Conflict:
            there = orjson.loads(self._catalogue.item(document["collection"], document["id"], who).body)
            if all(there.get(name) == value for name, value in document.items() if name != "links"):
                return "unchanged"
            if not replacing:
                raise
            self._catalogue.replace(document, who)
            return "replaced"
        return "registered"
