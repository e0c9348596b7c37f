"""Named snapshots: a search kept under a permanent address as of a time, with a checksum of what it found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex
from typing import Any, Protocol, runtime_checkable

import orjson

from thalweg.catalogue.checksums import Sum, summed
from thalweg.catalogue.limits import Limits
from thalweg.catalogue.ports import ItemStore
from thalweg.core.errors import Conflict, InvalidParameter, NotFound, NotSupported, TooLarge
from thalweg.core.events import Event
from thalweg.core.items import Item
from thalweg.core.principals import ANYONE, Principal, Visibility
from thalweg.core.queries import ItemQuery, Page, Token
from thalweg.core.time import instant, written
from thalweg.core.workspaces import Policy

Search = Mapping[str, Any]
"""A search as the body of an item search says it."""
ReadSearch = Callable[[Search], ItemQuery]
_MOST_TEXT = 20_000
_MOST_CREATORS = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot as a store keeps it.

    Attributes:
        document: its JSON.
        place: in the order in which snapshots were taken; 0 for one that is new.
    """

    id: str
    visibility_class: str
    document: bytes
    place: int = 0


@runtime_checkable
class KeepsSnapshots(Protocol):
    """The part of a store of Items that keeps snapshots."""

    def settled(self) -> datetime:
        """Return a moment of just now; whatever is there as of it is there already.

        Raises:
            Unavailable: others write at it for long.
        """
        ...

    def keep_snapshot(self, kept: Kept, events: Sequence[Event]) -> None:
        """Keep a snapshot, or what changed of its document."""
        ...

    def snapshot(self, snapshot_id: str) -> Kept | None:
        """Return a snapshot."""
        ...

    def snapshots(self, seen_by: Visibility, limit: int, before: int | None) -> tuple[Kept, ...]:
        """Return snapshots that may be seen, the last taken first, those before a place."""
        ...


class Registrar(Protocol):
    """Who gives DOIs."""

    def register(self, name: str, attributes: Mapping[str, Any]) -> str:
        """Return the DOI under which a name is registered now.

        Args:
            name: the end of the DOI; the same name has the same DOI.
            attributes: what is told of it, as DataCite 4 has it.

        Raises:
            Conflict: the registrar refuses what is told.
            Unavailable: it does not answer, or does not know the platform.
        """
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """A snapshot as it is asked for.

    Attributes:
        search: which Items.
        workspace: whose it is: who sees that sees the snapshot.
        creators: names of those to be cited.
        as_of: the moment; now where none is named.
    """

    search: Search
    workspace: str
    title: str
    description: str = ""
    creators: tuple[str, ...] = ()
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A search as of a time, and what it found.

    Attributes:
        classes: of the Items: what anyone may see, and the workspace's own.
        sum: how many Items there were, and their checksum.
        doi: without a resolver's address; ``""`` where it has none.
    """

    id: str
    workspace: str
    visibility_class: str
    title: str
    description: str
    creators: tuple[str, ...]
    search: Search
    as_of: datetime
    created: datetime
    classes: tuple[str, ...]
    sum: Sum
    doi: str = ""
    place: int = 0

    @classmethod
    def of(cls, kept: Kept) -> "Snapshot":
        """Read what a store keeps."""
        told = orjson.loads(kept.document)
        number, checksum = told.pop("number"), told.pop("checksum")
        for name in ("as_of", "created"):
            told[name] = instant(told[name])
        for name in ("creators", "classes"):
            told[name] = tuple(told[name])
        return cls(
            id=kept.id,
            visibility_class=kept.visibility_class,
            place=kept.place,
            sum=Sum(number, checksum),
            **told,
        )

    @property
    def kept(self) -> Kept:
        """Return it as a store keeps it."""
        told = {
            "workspace": self.workspace,
            "title": self.title,
            "description": self.description,
            "creators": self.creators,
            "search": self.search,
            "as_of": written(self.as_of),
            "created": written(self.created),
            "classes": self.classes,
            "number": self.sum.number,
            "checksum": self.sum.checksum,
            "doi": self.doi,
        }
        return Kept(self.id, self.visibility_class, orjson.dumps(told), self.place)

    @property
    def seen_by(self) -> Visibility:
        """Return what of the catalogue it is of."""
        return Visibility(frozenset(self.classes))


class Snapshots:
    """Takes, shows and verifies snapshots; what ``who`` may not see is ``NotFound``.

    Args:
        store: of the Items, which keeps the snapshots too.
        policy: what ``who`` may see and do.
        limits: bounds.
        read: reads a search.
    """

    def __init__(self, store: ItemStore, policy: Policy, limits: Limits, read: ReadSearch) -> None:
        self._store = store
        self._policy = policy
        self._limits = limits
        self._read = read

    @property
    def limits(self) -> Limits:
        """Return the bounds."""
        return self._limits

    def take(self, wanted: Wanted, who: Principal) -> Snapshot:
        """Keep a search as of a time.

        It is of the Items that anyone may see and of those of the class that the workspace gives, so that whoever sees
        the snapshot sees what it is of.

        Raises:
            Forbidden: ``who`` may not write there.
            InvalidParameter: the search cannot be read or finds nothing, or a text is too long.
            TooLarge: it finds more Items than a file may have.
            Unavailable: others write for long.
        """
        self._policy.check(who, "write", wanted.workspace)
        self._check(wanted)
        visibility_class, keeps = self._policy.class_of(wanted.workspace), self._keeps()
        settled = keeps.settled()
        at = settled if wanted.as_of is None else min(wanted.as_of, settled)
        query = replace(self._read(wanted.search), after=None)
        seen = self._policy.visibility(who)
        shared = self._policy.visibility(ANYONE).classes | {visibility_class}
        classes = tuple(sorted(name for name in shared if seen.sees(name)))
        found = self._summed(query, at, Visibility(frozenset(classes)))
        if not found.number:
            # Nobody cites nothing: a name was misspelt, or the Items are those of another workspace.
            raise InvalidParameter("search", f"finds no Item as of then that all may see who see {wanted.workspace!r}")
        made = Snapshot(
            id=token_hex(8),
            workspace=wanted.workspace,
            visibility_class=visibility_class,
            title=wanted.title,
            description=wanted.description,
            creators=wanted.creators,
            search=dict(wanted.search),
            as_of=at,
            created=settled,
            classes=classes,
            sum=found,
        )
        keeps.keep_snapshot(made.kept, [_event("snapshot.taken", made)])
        return made

    def snapshot(self, snapshot_id: str, who: Principal, workspace: str | None = None) -> Snapshot:
        """Return one snapshot."""
        kept = self._keeps().snapshot(snapshot_id)
        if kept is None or not self._seen(who, workspace).sees(kept.visibility_class):
            raise NotFound(f"There is no snapshot {snapshot_id!r}.")
        return Snapshot.of(kept)

    def snapshots(
        self, who: Principal, limit: int, before: int | None = None, workspace: str | None = None
    ) -> tuple[Snapshot, ...]:
        """Return snapshots, the last taken first, those before a place; as many as a page holds at the most."""
        most = min(limit, self._limits.page)
        return tuple(map(Snapshot.of, self._keeps().snapshots(self._seen(who, workspace), most, before)))

    def items(
        self, one: Snapshot, who: Principal, limit: int, after: Token | None = None, workspace: str | None = None
    ) -> Page[Item]:
        """Return a page of a snapshot's Items as they were: those that ``who`` may still see."""
        still = self._seen(who, workspace)
        classes = one.seen_by.classes if still.everything else one.seen_by.classes & still.classes
        query = replace(self._read(one.search), as_of=one.as_of, limit=min(limit, self._limits.page), after=after)
        return self._store.find(query, Visibility(classes))

    def verify(self, one: Snapshot) -> Sum:
        """Return how many Items the snapshot finds now, and their checksum: the same as it says, if all is well."""
        return self._summed(self._read(one.search), one.as_of, one.seen_by)

    def name(self, one: Snapshot, doi: str, who: Principal) -> Snapshot:
        """Give a snapshot its DOI.

        Raises:
            Conflict: it has another.
        """
        self.check_may_name(one, who)
        named = replace(one, doi=doi)
        self._keeps().keep_snapshot(named.kept, [_event("snapshot.named", named)])
        return named

    def check_may_name(self, one: Snapshot, who: Principal) -> None:
        """Return quietly if ``who`` may give a snapshot a DOI, and it has none."""
        self._policy.check(who, "administer", one.workspace)
        if one.doi:
            raise Conflict(f"The snapshot has the DOI {one.doi} already.")

    def _check(self, wanted: Wanted) -> None:
        _check_texts(wanted)
        if len(orjson.dumps(wanted.search)) > self._limits.document:
            raise TooLarge(f"A search that is kept has at most {self._limits.document} bytes (limits.document)")

    def _summed(self, query: ItemQuery, at: datetime, seen_by: Visibility) -> Sum:
        return summed(self._walked(replace(query, sort=(), as_of=at, limit=self._limits.page), seen_by))

    def _walked(self, query: ItemQuery, seen_by: Visibility) -> Iterator[Item]:
        number = 0
        while True:
            page = self._store.find(query, seen_by)
            number += len(page.found)
            if number > self._limits.exported:
                raise TooLarge(f"A snapshot is of at most {self._limits.exported} Items (limits.exported): narrow it")
            yield from page.found
            if page.next is None:
                return
            query = replace(query, after=page.next)

    def _keeps(self) -> KeepsSnapshots:
        if "versions" not in self._store.capabilities:
            raise NotSupported("This Item store is another's database: it does not tell what it held at another time.")
        keeps: Any = self._store
        return keeps  # type: ignore[no-any-return]

    def _seen(self, who: Principal, workspace: str | None) -> Visibility:
        seen = self._policy.visibility(who)
        if workspace is None:
            return seen
        return Visibility(frozenset(name for name in seen.classes if name.partition("/")[0] == workspace))


def _check_texts(wanted: Wanted) -> None:
    if not wanted.title.strip():
        raise InvalidParameter("title", "says what the snapshot is of")
    for name, text in (("title", wanted.title), ("description", wanted.description)):
        if len(text) > _MOST_TEXT:
            raise InvalidParameter(name, f"has at most {_MOST_TEXT} characters")
    texts = {"title": wanted.title, "description": wanted.description, "creators": "".join(wanted.creators)}
    if odd := next((name for name, text in texts.items() if "\0" in text), None):
        raise InvalidParameter(odd, "holds the character NUL, which no text has")
    if len(wanted.creators) > _MOST_CREATORS or sum(map(len, wanted.creators)) > _MOST_TEXT:
        raise InvalidParameter("creators", f"are at most {_MOST_CREATORS}, of {_MOST_TEXT} characters together")


def _event(kind: str, one: Snapshot) -> Event:
    return Event(kind, one.id, one.visibility_class, {"snapshot": one.id})
