"""Answers to the operations of SRU: each is asked of the Records, and told as a document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from thalweg.catalogue.api.fragments import addressed
from thalweg.catalogue.api.records.documents import Documents
from thalweg.catalogue.api.sru import cql
from thalweg.catalogue.api.sru.diagnostics import OUT_OF_RANGE, RELATION_OF_INDEX, SORT, Diagnostic
from thalweg.catalogue.api.sru.documents import answer, echoed, element, packed, record, within
from thalweg.catalogue.api.sru.explaining import ZEEREX, Described, explanation
from thalweg.catalogue.api.sru.indexes import index_of
from thalweg.catalogue.api.sru.meaning import meaning_of, order_of
from thalweg.catalogue.api.sru.queries import Modifier, SortKey
from thalweg.catalogue.api.sru.records import writer_of
from thalweg.catalogue.api.sru.requests import Explain, Scan, SearchRetrieve, Spoken
from thalweg.catalogue.api.sru.scanning import Scanning
from thalweg.catalogue.records.query import RecordQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thalweg.catalogue.api.sru.offering import Caller, SruOffer
    from thalweg.catalogue.api.sru.requests import Packing, Request
    from thalweg.catalogue.records.entries import Entry
    from thalweg.catalogue.records.record import Record
    from thalweg.core.queries import Sort

_SCANNED = ("=", "==", "exact", "scr", "cql.scr")
_PATH, _SCHEMA, _ASCENDING = 0, 1, 2


@dataclass(frozen=True, slots=True)
class _Found:
    """A page, how many there are in all, at least, and whether more follow."""

    entries: tuple[Entry, ...]
    number: int
    further: bool


class Answers:
    """Answers one caller."""

    def __init__(self, offer: SruOffer, caller: Caller, given: Mapping[str, str]) -> None:
        self._offer = offer
        self._caller = caller
        self._given = given
        self._documents = Documents(caller.base, caller.root)

    def to(self, asked: Request) -> bytes:
        """Return the answer to a request.

        Raises:
            Diagnostic: it asks for what is not offered.
            Unavailable: it took longer than it may.
        """
        match asked:
            case Explain():
                described = self.described(asked.version, asked.packing)
                return answer(Spoken("explain", asked.version), [described, echoed("explain", self._given)])
            case SearchRetrieve():
                return self._searched(asked)
            case Scan():
                return self._scanned(asked)

    def described(self, version: str, packing: Packing = "xml") -> str:
        """Return what the server says of itself, as a record."""
        offer = self._offer
        told = Described(self._caller.address, offer.title, offer.abstract, offer.records.limits.page)
        return record(ZEEREX, packed(explanation(told, version).encode(), packing), packing)

    def _searched(self, asked: SearchRetrieve) -> bytes:
        uri, write = writer_of(asked.schema)
        found = self._found(asked, _query(asked))
        told = [
            record(uri, packed(write(self._told(entry)), asked.packing), asked.packing, asked.start + place)
            for place, entry in enumerate(found.entries)
        ]
        parts = [element("numberOfRecords", found.number), within("records", told)]
        parts.append(element("nextRecordPosition", asked.start + len(told)) if found.further else "")
        parts.append(echoed("searchRetrieve", self._given))
        return answer(Spoken("searchRetrieve", asked.version), parts)

    def _found(self, asked: SearchRetrieve, query: RecordQuery) -> _Found:
        records, who, workspace = self._offer.records, self._caller.who, self._caller.workspace
        most = records.limits.counted
        counted = records.count(query, who, most, workspace)
        if counted is not None and asked.start > max(1, counted):
            raise Diagnostic(OUT_OF_RANGE, str(asked.start))
        if counted == 0 or not asked.most:
            return _Found((), most + 1 if counted is None else counted, further=False)
        limit = min(asked.most, records.limits.page)
        page = records.search(replace(query, limit=limit, skip=asked.start - 1), who, workspace)
        if not page.found:
            raise Diagnostic(OUT_OF_RANGE, str(asked.start))
        further, behind = page.next is not None, asked.start - 1 + len(page.found)
        # Of more than are counted it is known that there are those, and that another follows or does not.
        return _Found(page.found, max(most + 1, behind + further) if counted is None else counted, further)

    def _told(self, entry: Entry) -> Record:
        return addressed(self._documents, entry)

    def _scanned(self, asked: Scan) -> bytes:
        clause = cql.read_clause(asked.clause)
        index = index_of(clause.index, {})
        if clause.relation not in _SCANNED:
            raise Diagnostic(RELATION_OF_INDEX, f"{clause.index} {clause.relation}"[:128])
        scanning = Scanning(self._offer.records, self._caller.who, self._caller.workspace, asked.as_of)
        terms = scanning.around(index, clause.term, asked.position, asked.most)
        told = (within("term", [element("value", one.value), element("numberOfRecords", one.count)]) for one in terms)
        parts = [within("terms", told), echoed("scan", self._given)]
        return answer(Spoken("scan", asked.version), parts)


def _query(asked: SearchRetrieve) -> RecordQuery:
    meant = meaning_of(cql.read(asked.query))
    sort = meant.sort or _keys(asked.sort_keys)
    narrowing = meant.asked
    return RecordQuery(
        filter=narrowing.rest, text=narrowing.text, ids=narrowing.ids, sort=sort, limit=1, as_of=asked.as_of
    )


def _keys(text: str | None) -> tuple[Sort, ...]:
    """Read the keys of SRU 1.1: each a path, a schema, and 1 or 0 for ascending or not, joined by commas."""
    return order_of(tuple(map(_key, (text or "").split())), {})


def _key(text: str) -> SortKey:
    parts = [*text.split(","), "", ""]
    path, schema, ascending = parts[_PATH], parts[_SCHEMA], parts[_ASCENDING]
    if ascending not in ("", "0", "1"):
        raise Diagnostic(SORT, text[:64])
    name = f"{schema}.{path}" if schema and "." not in path and ":" not in schema else path
    return SortKey(name, (Modifier("sort.descending"),) if ascending == "0" else ())
