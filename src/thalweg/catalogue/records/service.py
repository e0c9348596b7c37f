"""Records of all resources, for whoever may see or write them: the one service behind every face of the catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from thalweg.catalogue.documents import stored
from thalweg.catalogue.ports import NewCollection
from thalweg.catalogue.records.changed import changes_of
from thalweg.catalogue.records.cursors import Cursors
from thalweg.catalogue.records.declaring import declare
from thalweg.catalogue.records.entries import Entry
from thalweg.catalogue.records.keeping import Keeping, changed
from thalweg.catalogue.records.kinds import ITEM
from thalweg.catalogue.records.naming import ALL, catalogue_document, item_places
from thalweg.catalogue.records.query import RecordQuery
from thalweg.catalogue.records.translation import asked_of, by_filter, classes_of, only_records_have, told_as
from thalweg.catalogue.records.visibility import class_of_items, class_of_records, of_both, of_records, within
from thalweg.core.errors import Conflict, InvalidParameter, NotFound, PreconditionFailed
from thalweg.core.events import Event
from thalweg.core.principals import Visibility
from thalweg.core.queries import Page
from thalweg.core.workspaces import workspace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from thalweg.catalogue.changes import ChangeQuery, Changes
    from thalweg.catalogue.limits import Limits
    from thalweg.catalogue.ports import ItemStore, NewItem
    from thalweg.catalogue.records.keeping import Planned
    from thalweg.catalogue.records.record import Record
    from thalweg.core.items import Collection, Loaded, Version
    from thalweg.core.principals import Principal
    from thalweg.core.queries import Aggregated, Aggregation, CollectionQuery, ItemQuery, Token
    from thalweg.core.queryables import Queryable
    from thalweg.core.workspaces import Policy

T = TypeVar("T")
_TRIES = 8
_PATIENCE = 0.5
"""For so many s of work Records are counted beyond what is counted in any case: clients of CSW page by the number."""


class Records:
    """Records for whoever may see them; what ``who`` may not see is ``NotFound``."""

    def __init__(
        self, store: ItemStore, policy: Policy, limits: Limits, clock: Callable[[], datetime] | None = None
    ) -> None:
        self._store = store
        self._policy = policy
        self._limits = limits
        self._cursors = Cursors()
        now = clock or (lambda: datetime.now(UTC))
        self._keeping = Keeping(store, policy, limits, now)

    @property
    def limits(self) -> Limits:
        """Return the bounds."""
        return self._limits

    @property
    def computes(self) -> bool:
        """Tell whether the store beneath answers by computing in this process."""
        return self._store.computes

    def search(self, query: RecordQuery, who: Principal, workspace: str | None = None) -> Page[Entry]:
        """Return a page of the Records that ``who`` may see, newest first unless sorted otherwise.

        A ``workspace``, here and below, narrows what is seen to what this workspace holds.

        Raises:
            InvalidParameter: the limit is out of bounds, or the filter compares what cannot be compared.
            Unavailable: the search took longer than it may.
        """
        if not 1 <= query.limit <= self._limits.page:
            raise InvalidParameter("limit", f"lies between 1 and {self._limits.page} (limits.page)")
        asked, seen = asked_of(query, self._seen(who, workspace))
        reached = self._passed_over(asked, seen, query.skip) if query.skip else asked
        if reached is None:
            return Page(())
        asked = reached
        page = self._store.find(asked, seen)
        if page.next is not None and query.after is None:
            self._cursors.remember((_placeless(asked), seen), query.skip + len(page.found), page.next)
        found = tuple(entry for entry in map(Entry, page.found) if not query.ids or entry.id in query.ids)
        return Page(found, page.next, page.previous)

    def _passed_over(self, asked: ItemQuery, seen: Visibility, skip: int) -> ItemQuery | None:
        """Return the query that goes on after the first ``skip`` that it finds; nothing where it finds no more."""
        key = (_placeless(asked), seen)
        position, token = self._cursors.nearest(key, skip)
        while position < skip:
            step = min(skip - position, self._limits.page)
            page = self._store.find(replace(asked, limit=step, after=token), seen)
            if page.next is None:
                return None
            position, token = position + len(page.found), page.next
            self._cursors.remember(key, position, token)
        return replace(asked, after=token)

    def count(self, query: RecordQuery, who: Principal, most: int, workspace: str | None = None) -> int | None:
        """Return how many Records the query finds, ``None`` for more than ``most`` that take long to be counted."""
        asked, seen = asked_of(query, self._seen(who, workspace))
        if query.ids:
            page = self.search(replace(query, limit=self._limits.page, after=None, skip=0), who, workspace)
            return len(page.found) if page.next is None else None
        patience = _PATIENCE if most >= self._limits.counted else 0.0
        return self._store.count(asked, seen, most, patience)

    def facets(
        self,
        query: RecordQuery,
        asked: Sequence[Aggregation],
        who: Principal,
        most: int,
        workspace: str | None = None,
    ) -> tuple[Aggregated, ...]:
        """Answer aggregations over all Records that the query finds, the commonest values first.

        Of what no Item has, such as ``type``, only what is no Item is looked at.
        """
        seen = self._seen(who, workspace)
        narrowed, found = asked_of(by_filter(query), seen)
        no_items = Visibility(found.classes & of_records(seen).classes, found.everything)
        answers: dict[Aggregation, Aggregated] = {}
        for of_records_only, among in ((True, no_items), (False, found)):
            some = [one for one in asked if only_records_have(one.property) is of_records_only]
            named = [replace(one, property=told_as(one.property)) for one in some]
            answered = self._store.aggregate(narrowed, named, among, most) if named else ()
            answers |= dict(zip(some, answered, strict=True))
        return tuple(answers[one] for one in asked)

    def queryables(
        self, catalogue: str | None, who: Principal, workspace: str | None = None, as_of: datetime | None = None
    ) -> tuple[Queryable, ...]:
        """Return what can be asked of the Records of a Collection, or of all; as of a time, of one that went, too.

        Of a Collection that went nobody remembers what could be asked: whatever all Records can be.
        """
        seen = of_both(self._seen(who, workspace))
        try:
            return self._store.queryables(catalogue, seen)
        except NotFound:
            if as_of is None:
                raise
            return self._store.queryables(None, seen)

    def record(
        self,
        record_id: str,
        who: Principal,
        catalogue: str | None = None,
        workspace: str | None = None,
        as_of: datetime | None = None,
    ) -> Entry:
        """Return one Record, as it is or as it was; of several of this id, which are of Collections, the newest."""
        among = (catalogue,) if catalogue is not None else ()
        query = RecordQuery(catalogues=among, ids=(record_id,), limit=self._limits.page, as_of=as_of)
        found = self.search(query, who, workspace).found
        if not found:
            raise NotFound(f"There is no Record {record_id[:256]!r}.")
        return found[0]

    def changes(
        self, query: ChangeQuery, who: Principal, types: tuple[str, ...] = (), workspace: str | None = None
    ) -> Changes:
        """Return a page of what changed of the resources that ``who`` may see, of all types or of some.

        Raises:
            InvalidParameter: the token is of another list.
            Unavailable: so few of so many are of these types that it takes too long.
        """
        seen = classes_of(types, self._seen(who, workspace))
        if set(types) <= {ITEM}:
            return self._store.changes(query, seen)
        return changes_of(self._store, query, seen, types)

    def milestones(self, every: int, who: Principal) -> tuple[Token, ...]:
        """Return each ``every``-th place in the list of changes that another follows, what is gone left out.

        Raises:
            NotSupported: the store does not know what changed.
        """
        return self._store.milestones(every, of_both(self._policy.visibility(who)))

    def since(
        self, record_id: str, who: Principal, catalogue: str | None = None, workspace: str | None = None
    ) -> datetime:
        """Return since when there is a Record, or was one, as far as ``who`` may see it.

        Of a Record that was removed the catalogue must be named.
        """
        return self.versions(record_id, who, catalogue, workspace)[-1].since

    def versions(
        self, record_id: str, who: Principal, catalogue: str | None = None, workspace: str | None = None
    ) -> tuple[Version, ...]:
        """Return what a Record was and is, newest first, as far as ``who`` may see it.

        Of a Record that was removed the catalogue must be named.
        """
        seen = of_both(self._seen(who, workspace))
        places = item_places(record_id) if catalogue is None else ((catalogue, record_id), *item_places(record_id))
        for collection, item_id in places:
            if catalogue in (None, collection):
                try:
                    return self._store.versions(collection, item_id, seen)
                except NotFound:
                    continue
        there = self.record(record_id, who, catalogue, workspace).item
        return self._store.versions(there.collection, there.id, seen)

    def catalogue(
        self, catalogue: str, who: Principal, workspace: str | None = None, as_of: datetime | None = None
    ) -> Collection:
        """Return one Collection, of Items or of Records, as it is or as it was."""
        return self._store.collection(catalogue, of_both(self._seen(who, workspace)), as_of)

    def catalogues(self, query: CollectionQuery, who: Principal, workspace: str | None = None) -> Page[Collection]:
        """Return a page of the Collections that ``who`` may see, of Items and of Records."""
        query = replace(query, limit=min(query.limit, self._limits.page))
        return self._store.collections(query, of_both(self._seen(who, workspace)))

    def count_catalogues(self, query: CollectionQuery, who: Principal, workspace: str | None = None) -> int | None:
        """Return how many Collections the query finds, ``None`` for more than are counted."""
        return self._store.count_collections(query, of_both(self._seen(who, workspace)), self._limits.counted)

    def ensure_catalogue(self, catalogue: str, title: str, description: str, who: Principal) -> Collection:
        """Return a Collection of Records, made now where it was not there.

        Raises:
            Conflict: it is a Collection of Items.
            Forbidden: ``who`` may not write there.
            InvalidParameter: it is the name of the catalogue of everything.
        """
        if catalogue == ALL:
            raise InvalidParameter("id", f"is not {ALL!r}: that is the catalogue of everything")
        seen = of_records(self._policy.visibility(who))
        try:
            return self._store.collection(catalogue, seen)
        except NotFound:
            pass
        workspace = workspace_of(catalogue)
        self._policy.check(who, "write", workspace)
        document = catalogue_document(catalogue, title, description)
        visibility_class = self._policy.class_of(workspace)
        body = stored(document, [], self._limits.document)
        new = NewCollection(catalogue, body, class_of_records(visibility_class))
        try:
            made = self._store.register_collection(new, [Event("catalogue.registered", catalogue, visibility_class)])
        except Conflict:
            return self._store.collection(catalogue, seen)
        declare(self._store, catalogue)
        return made

    def remove_catalogue(self, catalogue: str, who: Principal) -> None:
        """Remove a Collection of Records that holds none.

        Raises:
            Conflict: it holds Records.
        """
        self.check_write(catalogue, who)
        for _ in range(_TRIES):
            now = self._store.collection(catalogue, of_records(self._policy.visibility(who)))
            event = Event("catalogue.removed", catalogue, class_of_items(now.visibility_class))
            try:
                self._store.remove_collection(catalogue, now.version, [event])
            except PreconditionFailed:
                continue
            return
        raise Conflict("Others change this at the same moment: try again.")

    def check_write(self, catalogue: str, who: Principal) -> None:
        """Return quietly where ``who`` may write to a Collection of Records.

        Raises:
            NotFound: ``who`` may not know of its workspace.
            Forbidden: ``who`` may only read there.
        """
        self._policy.check(who, "write", workspace_of(catalogue))

    def has_home(self, catalogue: str) -> bool:
        """Tell whether the workspace of a Collection of Records is there, whoever may know of it."""
        try:
            self._policy.class_of(workspace_of(catalogue))
        except NotFound:
            return False
        return True

    def check(self, records: Sequence[Record], catalogue: str, who: Principal) -> None:
        """Return quietly where ``who`` may write to a Collection of Records, there or not, and these can be kept.

        Raises:
            Forbidden: ``who`` may not write there.
            InvalidParameter: a Record cannot be kept as it is.
            TooLarge: a bound was hit.
        """
        self._keeping.kept(records, catalogue, who)

    def apply(self, planned: Planned, who: Principal) -> None:
        """Make several changes in one transaction, or none.

        Raises:
            PreconditionFailed: somebody else changed one of the Records since it was found.
            Conflict: an id of what is new is taken.
        """
        self._keeping.apply(planned, who)

    def register(self, records: Sequence[Record], catalogue: str, who: Principal) -> tuple[Entry, ...]:
        """Take new Records, all or none.

        Raises:
            Conflict: an id is taken in the Collection.
            InvalidParameter: a Record cannot be kept as it is; the parameter says which.
        """
        new = self._all_kept(records, catalogue, who)
        return tuple(map(Entry, self._store.register(new, [changed("record.registered", one) for one in new])))

    def load(self, records: Sequence[Record], catalogue: str, who: Principal) -> tuple[Loaded, ...]:
        """Take each Record that can be taken, in the place of the one of its id; the same again is ``unchanged``."""
        return self._keeping.load(records, catalogue, who)

    def replace(self, record: Record, catalogue: str, who: Principal, version: int | None = None) -> Entry:
        """Put a Record in the place of the one of its id.

        Raises:
            PreconditionFailed: it does not have the version.
        """
        (new,) = self._all_kept([record], catalogue, who)

        def attempt(version: int) -> Entry:
            return Entry(self._store.replace(new, version, [changed("record.changed", new)]))

        return self._changed(catalogue, record.id, who, version, attempt)

    def remove(self, record_id: str, catalogue: str, who: Principal, version: int | None = None) -> None:
        """Remove a Record."""
        self._policy.check(who, "write", workspace_of(catalogue))

        def attempt(version: int) -> None:
            entry = self._kept_entry(catalogue, record_id, who)
            shown = class_of_items(entry.item.visibility_class)
            event = Event("record.removed", f"{catalogue}/{record_id}", shown)
            self._store.remove(catalogue, record_id, version, [event])

        self._changed(catalogue, record_id, who, version, attempt)

    def _seen(self, who: Principal, workspace: str | None) -> Visibility:
        seen = self._policy.visibility(who)
        return seen if workspace is None else within(seen, workspace)

    def _changed(
        self, catalogue: str, record_id: str, who: Principal, version: int | None, attempt: Callable[[int], T]
    ) -> T:
        """Change the Record as it is now; where another was faster, look again, unless the caller named a version."""
        for _ in range(_TRIES):
            now = self._kept_entry(catalogue, record_id, who).item.version
            if version is not None and now != version:
                raise PreconditionFailed("It has changed since this version: read it again.")
            try:
                return attempt(now)
            except PreconditionFailed:
                if version is not None:
                    raise
        raise Conflict("Others change this at the same moment: try again.")

    def _kept_entry(self, catalogue: str, record_id: str, who: Principal) -> Entry:
        return Entry(self._store.item(catalogue, record_id, of_records(self._policy.visibility(who))))

    def _all_kept(self, records: Sequence[Record], catalogue: str, who: Principal) -> list[NewItem]:
        self._policy.check(who, "write", workspace_of(catalogue))
        self._store.collection(catalogue, of_records(self._policy.visibility(who)))
        return self._keeping.kept(records, catalogue, who)


def _placeless(asked: ItemQuery) -> str:
    """Return what two pages of one query have in common."""
    return repr(replace(asked, limit=0, after=None))
