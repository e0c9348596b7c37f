"""What the parts of the Records face share: the Records, the seal of its tokens, the writer of its documents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from anyio import CapacityLimiter

from thalweg.catalogue.api.records.documents import Documents
from thalweg.catalogue.api.records.parameters import ALL
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.records.entries import Entry
from thalweg.catalogue.records.service import Records
from thalweg.core.errors import NotFound
from thalweg.core.items import Collection, Version
from thalweg.core.queries import Token
from thalweg.web.asked import Asked
from thalweg.web.paging import Sealer, shortened
from thalweg.web.pool import COMPUTED, WAITING, in_pool

if TYPE_CHECKING:
    from thalweg.catalogue.federation.asking import Federation

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


@dataclass(frozen=True, slots=True)
class RecordServing:
    """Records as they are served.

    Attributes:
        federation: gives other catalogues that searches go on to, where there are any.
    """

    records: Records
    sealer: Sealer
    federation: "Callable[[], Federation] | None" = None

    @property
    def limits(self) -> Limits:
        """Return the catalogue's bounds."""
        return self.records.limits

    @property
    def soon(self) -> CapacityLimiter:
        """Return the threads of what is answered soon."""
        return COMPUTED if self.records.computes else WAITING

    async def read(self, ask: Callable[[*Ts], T], *arguments: *Ts) -> T:
        """Return what is found in no time: asked here where the store computes, in the pool where a server answers."""
        return ask(*arguments) if self.records.computes else await in_pool(ask, *arguments)

    def documents(self, asked: Asked[Any], at: datetime | None = None) -> Documents:
        """Return the writer of what this request is answered with, as it is or as it was."""
        return Documents(asked.base, asked.root, at)

    def catalogue(self, asked: Asked[Any], catalogue: str, as_of: datetime | None = None) -> Collection | None:
        """Return a catalogue's Collection, as it is or as it was; nothing for the catalogue of everything.

        Raises:
            NotFound: there is none that the caller may see.
        """
        return None if catalogue == ALL else self.records.catalogue(catalogue, asked.who, asked.workspace, as_of)

    def entry(self, asked: Asked[Any], catalogue: str, record_id: str, as_of: datetime | None = None) -> Entry:
        """Return one Record of a catalogue, as it is or as it was."""
        return self.records.record(record_id, asked.who, _named(catalogue), asked.workspace, as_of)

    def entry_then(self, asked: Asked[Any], catalogue: str, record_id: str, at: datetime) -> tuple[Entry, datetime]:
        """Return one Record for who negotiates a time, and of when: before its first it is given its first."""
        try:
            return self.entry(asked, catalogue, record_id, at), at
        except NotFound:
            first = self.records.since(record_id, asked.who, _named(catalogue), asked.workspace)
            if at >= first:
                raise
        return self.entry(asked, catalogue, record_id, first), first

    def versions(self, asked: Asked[Any], catalogue: str, record_id: str) -> Sequence[Version]:
        """Return what a Record of a catalogue was and is, newest first."""
        return self.records.versions(record_id, asked.who, _named(catalogue), asked.workspace)

    def place(self, token: str | None, query: object, again: Callable[[str, str], Entry] | None = None) -> Token | None:
        """Return where a page begins.

        Args:
            token: as it was sealed.
            query: to which it belongs.
            again: finds the entry at which a page ended, by its catalogue and id.

        Raises:
            InvalidParameter: the token is not of this query, or of an entry that is not there any longer.
        """
        return self.sealer.place(token, query, None if again is None else lambda *ended: again(*ended).item.body)

    def finding(self, asked: Asked[Any], at: datetime | None) -> Callable[[str, str], Entry]:
        """Return what finds an entry once more, as it is or as it was."""
        return lambda catalogue, name: self.records.record(name, asked.who, catalogue, asked.workspace, at)

    def sealing(self, query: object, found: Sequence[Entry] = ()) -> Callable[[Token], str]:
        """Return what seals the places of a query; the first and the last that it found stand for texts too long."""
        return lambda token: self.sealer.seal(_told(token, found), query)


def _told(token: Token, found: Sequence[Entry]) -> list[object]:
    """Return a place as JSON."""
    keys = shortened(token.keys) if found else list(token.keys)
    if keys == list(token.keys):
        return [keys, token.backwards]
    ended = found[0] if token.backwards else found[-1]
    return [keys, token.backwards, ended.catalogue, ended.id]


def _named(catalogue: str) -> str | None:
    return None if catalogue == ALL else catalogue
