"""What the faces of the catalogue share: the catalogue, the seal of its tokens, the links of its Items."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from anyio import CapacityLimiter
from starlette.responses import Response

from thalweg.catalogue.api.pages import OWN_RELS, OWN_SYSTEMS, Pages
from thalweg.catalogue.crs import LISTED
from thalweg.catalogue.documents import localised
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import ItemLinks
from thalweg.catalogue.service import Catalogue
from thalweg.core.errors import InvalidParameter, InvalidRequest, PreconditionFailed
from thalweg.core.items import Collection, Document, Item
from thalweg.core.queries import Token
from thalweg.core.time import written
from thalweg.web.asked import Asked
from thalweg.web.hot import Plainly
from thalweg.web.paging import Sealer, shortened
from thalweg.web.pool import COMPUTED, WAITING, in_pool

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
HEALTH = "asset-health"
"""Where it is told how the assets of an Item are."""
_OWN_SYSTEMS = frozenset((*OWN_SYSTEMS, *LISTED))


@dataclass(frozen=True, slots=True)
class Serving:
    """A catalogue as it is served.

    Attributes:
        scratch: the folder in which files are made; ``None`` for the system's.
        health: how the assets of an Item were found, by key, as JSON; ``None`` where nobody looks.
    """

    catalogue: Catalogue
    sealer: Sealer
    links: ItemLinks
    scratch: Path | None = None
    health: Callable[[str, str], Mapping[str, Any]] | None = None

    @property
    def limits(self) -> Limits:
        """Return the catalogue's bounds."""
        return self.catalogue.limits

    @property
    def soon(self) -> CapacityLimiter:
        """Return the threads of what is answered soon."""
        return COMPUTED if self.catalogue.computes else WAITING

    async def read(self, ask: Callable[[*Ts], T], *arguments: *Ts) -> T:
        """Return what is found in no time: asked here where the store computes, in the pool where a server answers."""
        return ask(*arguments) if self.catalogue.computes else await in_pool(ask, *arguments)

    async def there(self, asked: Asked[Any], collection: str) -> Collection:
        """Return a Collection.

        Raises:
            NotFound: there is none that the caller may see.
        """
        return await self.read(self.catalogue.collection, collection, asked.who, asked.workspace)

    def pages(self, asked: Asked[Any] | Plainly, at: datetime | None = None) -> Pages:
        """Return the writer of what this request is answered with, as it is or as it was."""
        versions = "versions" in self.catalogue.capabilities
        return Pages(asked.base, asked.root, self.links, versions=versions, then="" if at is None else written(at))

    def document(self, asked: Asked[Any]) -> Document:
        """Return the body as its writer meant it, our own addresses made local.

        Raises:
            InvalidRequest: it is no JSON object.
        """
        if not isinstance(asked.document, dict):
            raise InvalidRequest("the body must be a JSON object")
        return self.localised(asked.document, asked.base)

    def localised(self, document: Document, base: str) -> Document:
        """Return a document without what the platform adds to it, its own addresses made local."""
        local = localised(document, base, self.links.rels | OWN_RELS | {HEALTH})
        systems = local.get("crs")
        if isinstance(systems, list) and _OWN_SYSTEMS.issuperset(map(str, systems)):
            return {name: value for name, value in local.items() if name not in ("crs", "storageCrs", "itemType")}
        return local

    def place(
        self, token: str | None, query: object, again: Callable[..., Item | Collection] | None = None
    ) -> Token | None:
        """Return where a page begins.

        Args:
            token: as it was sealed.
            query: to which it belongs.
            again: finds the entry at which a page ended, by its Collection and id, or by its id.

        Raises:
            InvalidParameter: the token is not of this query, or of an entry that is not there any longer.
        """
        return self.sealer.place(token, query, None if again is None else lambda *ended: again(*ended).body)

    def finding(self, asked: Asked[Any], at: datetime | None) -> Callable[[str, str], Item]:
        """Return what finds an Item once more, as it is or as it was."""
        item = self.catalogue.item
        return lambda collection, name: item(collection, name, asked.who, asked.workspace, at)

    def sealing(self, query: object, found: Sequence[Item | Collection] = ()) -> Callable[[Token], str]:
        """Return what seals the places of a query; the first and the last that it found stand for texts too long."""
        return lambda token: self.sealer.seal(_told(token, found), query)


def _told(token: Token, found: Sequence[Item | Collection]) -> list[object]:
    """Return a place as JSON."""
    keys = shortened(token.keys) if found else list(token.keys)
    if keys == list(token.keys):
        return [keys, token.backwards]
    ended = found[0] if token.backwards else found[-1]
    name = [ended.collection, ended.id] if isinstance(ended, Item) else [ended.id]
    return [keys, token.backwards, *name]


def expected(asked: Asked[Any], now: Callable[[], Item | Collection]) -> int | None:
    """Return the version that ``If-Match`` names, ``None`` where any will do.

    Raises:
        PreconditionFailed: it names none that is there.
    """
    if asked.headers.get("if-none-match", "").strip() == "*":
        now()
        raise PreconditionFailed("It is there already.")
    named = asked.headers.get("if-match")
    if named is None or named.strip() == "*":
        return None
    current = now()
    if current.etag not in _tags(named.split(",")):
        raise PreconditionFailed("It has changed since this version: read it again.")
    return current.version


def _tags(listed: Iterable[str]) -> set[str]:
    return {tag.strip() for tag in listed}


CHANGED = {200: "changed; shown where ``Prefer: return=representation`` asks for it"}
"""What a change answers besides 204."""


def shows_change(asked: Asked[Any]) -> bool:
    """Tell whether the caller prefers to be shown what a change made (RFC 7240)."""
    return "return=representation" in asked.headers.get("prefer", "")


def unshown(changed: Item | Collection) -> Response:
    """Return the answer to a change without what it made: its entity tag."""
    return Response(status_code=204, headers={"etag": changed.etag})


def belonging(document: Document, collection: str, **names: str) -> Document:
    """Return the document with what the address says of it filled in.

    Raises:
        InvalidParameter: it says otherwise.
    """
    said = {"collection": collection, **names}
    for member, name in said.items():
        if document.get(member, name) != name:
            raise InvalidParameter(member, "is not that of the address")
    return {**document, **said}
