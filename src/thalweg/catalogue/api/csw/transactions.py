"""Transactions: all of it is looked up, read and checked, and then changed in one transaction of the store.

Constraints mean the Records as they are before the transaction. Items are changed by STAC, not here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.editing import edited
from thalweg.catalogue.api.csw.requests import Delete, Edit, Insert, Replacement, View
from thalweg.catalogue.api.csw.searching import query_of
from thalweg.catalogue.api.csw.showing import filled, fragment
from thalweg.catalogue.api.csw.versions import XSI, Version
from thalweg.catalogue.records.keeping import Planned
from thalweg.catalogue.records.making import made_for, records_of_workspace
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import Conflict, InvalidParameter, TooLarge, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from thalweg.catalogue.api.csw.offering import Offer
    from thalweg.catalogue.api.csw.requests import Action, Constraint, Transaction
    from thalweg.catalogue.records.entries import Entry
    from thalweg.catalogue.records.record import Record
    from thalweg.core.principals import Principal

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Put:
    """A Record in the place of another."""

    before: Entry
    record: Record


@dataclass(slots=True)
class Plan:
    """What a transaction changes."""

    added: list[tuple[Record, str]]
    put: list[Put]
    dropped: list[Entry]


class Transactions:
    """Changes Records for who may write them."""

    def __init__(self, offer: Offer, workspace: str | None = None) -> None:
        self._records = offer.records
        self._home = offer.home
        self._workspace = workspace

    def done(self, asked: Transaction, who: Principal) -> bytes:
        """Return the ``TransactionResponse``, when all of it is done.

        Raises:
            Unauthenticated, Forbidden: ``who`` may not.
            InvalidParameter, Conflict: something of it cannot be done, and nothing was.
        """
        check_signed_in(who)
        plan = Plan([], [], [])
        for action in asked.actions:
            self._plan(action, plan, who)
        self._check(plan, who)
        self._apply(plan, who)
        return written(asked.version, summary_of(plan, asked))

    def _plan(self, action: Action, plan: Plan, who: Principal) -> None:
        match action:
            case Insert(records, handle):
                plan.added += [(record, handle) for record in records]
            case Replacement(records):
                plan.put += [Put(self._there(record.id, who), record) for record in records]
            case Edit(values, constraint):
                plan.put += [Put(entry, edited(entry.record(), values)) for entry in self._meant(constraint, who)]
            case Delete(constraint):
                plan.dropped += self._meant(constraint, who)

    def _there(self, record_id: str, who: Principal) -> Entry:
        found = next(self._kept(RecordQuery(ids=(record_id,)), who), None)
        if found is None:
            raise InvalidParameter("Update", f"there is no record {record_id[:256]!r}")
        return found

    def _meant(self, constraint: Constraint, who: Principal) -> list[Entry]:
        return list(self._kept(query_of(constraint), who))

    def _kept(self, query: RecordQuery, who: Principal) -> Iterator[Entry]:
        """Yield the Records, no Items, that a question finds.

        Raises:
            TooLarge: they are more than one transaction takes.
        """
        limits, seen, after = self._records.limits, 0, None
        while True:
            page = self._records.search(replace(query, limit=limits.page, after=after), who, self._workspace)
            yield from (entry for entry in page.found if not entry.is_item)
            seen, after = seen + len(page.found), page.next
            if after is None:
                return
            if seen >= limits.at_once:
                raise TooLarge(f"Transaction: means more than {limits.at_once} records (limits.at_once)")

    def _check(self, plan: Plan, who: Principal) -> None:
        """Return quietly where all of it can be done, unless somebody else is faster.

        Raises:
            InvalidParameter: it says two things of one Record, or one of them cannot be kept.
            Forbidden: ``who`` may not write one of them.
            Conflict: what should be new is there.
        """
        _check_once(plan)
        for put in plan.put:
            self._records.check([put.record], put.before.catalogue, who)
        for entry in plan.dropped:
            self._records.check([], entry.catalogue, who)
        if plan.added:
            new, target = [record for record, _ in plan.added], self.target(who)
            self._records.check(new, target, who)
            self._check_free(new, target, who)

    def _check_free(self, new: Sequence[Record], catalogue: str, who: Principal) -> None:
        for start in range(0, len(new), _AT_ONCE):
            ids = tuple(record.id for record in new[start : start + _AT_ONCE])
            for entry in self._kept(RecordQuery(catalogues=(catalogue,), ids=ids), who):
                raise Conflict(f"There is a record {entry.id[:256]!r} already.")

    def target(self, who: Principal) -> str:
        """Return the Collection that takes what is new."""
        return records_of_workspace(self._workspace or self._home(who))

    def _apply(self, plan: Plan, who: Principal) -> None:
        put = [(one.before, one.record) for one in plan.put]
        if not plan.added:
            self._records.apply(Planned("", (), put, plan.dropped), who)
            return
        target = self.target(who)
        with made_for(self._records, target, "What was brought in by CSW.", who):
            self._records.apply(Planned(target, [record for record, _ in plan.added], put, plan.dropped), who)


def _check_once(plan: Plan) -> None:
    ids = [record.id for record, _ in plan.added]
    kept = [(one.catalogue, one.id) for one in (*(put.before for put in plan.put), *plan.dropped)]
    if len(set(ids)) < len(ids) or len(set(kept)) < len(kept):
        raise InvalidParameter("Transaction", "changes one record twice")


def check_signed_in(who: Principal) -> None:
    """Return quietly for who signed in."""
    if who.anonymous:
        raise Unauthenticated("To change records, sign in or send a token.")


@dataclass(frozen=True, slots=True)
class Summary:
    """How much was changed.

    Attributes:
        fragments: what is new, in brief.
        handle: of the first action that has one.
    """

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    fragments: Sequence[bytes] = ()
    handle: str = ""
    request_id: str | None = None


def summary_of(plan: Plan, asked: Transaction) -> Summary:
    """Return how much a plan changes; what is new, unless nobody wants to know."""
    added = [record for record, _ in plan.added] if asked.verbose else []
    return Summary(
        len(plan.added),
        len(plan.put),
        len(plan.dropped),
        [brief(record, asked.version) for record in added],
        next((handle for _, handle in plan.added if handle), ""),
        asked.request_id,
    )


def brief(record: Record, version: Version) -> bytes:
    """Return a Record in brief."""
    return fragment(record, View(version.csw, "brief"))


def written(version: Version, told: Summary) -> bytes:
    """Return a ``TransactionResponse``."""
    xml = version.markup()
    counts = {
        "csw:totalInserted": told.inserted,
        "csw:totalUpdated": told.updated,
        "csw:totalDeleted": told.deleted,
    }
    named = {"requestId": told.request_id} if told.request_id else {}
    total = xml.element(
        "csw:TransactionSummary", children=[xml.element(name, str(count)) for name, count in counts.items()], **named
    )
    root = xml.element("csw:TransactionResponse", children=[total], version=version.number)
    where = "cswTransaction.xsd" if version.is_third else "CSW-publication.xsd"
    root.set(f"{{{XSI}}}schemaLocation", f"{version.csw} {version.schemas}/{where}")
    if not told.fragments:
        etree.cleanup_namespaces(root)
        made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return made
    result = xml.element("csw:InsertResult", handleRef=told.handle)
    root.append(result)
    return filled(root, result, told.fragments)
