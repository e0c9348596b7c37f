"""GetRecords and GetRecordById: the question, and its answer as a document."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.feeds import feed
from thalweg.catalogue.api.csw.naming import ATOM_TYPE
from thalweg.catalogue.api.csw.showing import filled, fragment
from thalweg.catalogue.api.csw.versions import XSI, Version
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import InvalidParameter, NotFound
from thalweg.core.time import written
from thalweg.web.ows import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.api.csw.requests import Constraint, GetRecordById, GetRecords
    from thalweg.catalogue.records.entries import Entry
    from thalweg.catalogue.records.service import Records
    from thalweg.core.principals import Principal
    from thalweg.guard.markup import Element

_FARTHEST = 10_000_000
_MOST_IDS = 100
_DASHES = re.compile("-(?=-)")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What another catalogue found.

    Attributes:
        url: its address.
        matched: how many it says that there are.
        records: its records, as elements of an answer.
        milliseconds: that it took.
        failed: our report of it, where it found nothing because something went wrong.
        why: the same in words.
    """

    url: str
    matched: int = 0
    records: tuple[bytes, ...] = ()
    milliseconds: int = 0
    failed: Element | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found here, and elsewhere.

    Attributes:
        matched: how many there are; at least so many where they were too many to be counted.
        following: the position of the next one that is not shown; 0 where there is none.
    """

    matched: int
    shown: tuple[Entry, ...] = ()
    following: int = 0
    elsewhere: tuple[Elsewhere, ...] = ()


def query_of(constraint: Constraint) -> RecordQuery:
    """Return the question that a constraint asks of the Records."""
    return RecordQuery(
        ids=constraint.ids,
        bbox=constraint.bbox,
        interval=constraint.interval,
        filter=constraint.filter,
        text=constraint.text,
    )


class Searches:
    """Answers searches over the Records of one catalogue, or of one workspace of it."""

    def __init__(self, records: Records, workspace: str | None = None) -> None:
        self._records = records
        self._workspace = workspace

    def found(self, asked: GetRecords, who: Principal) -> Found:
        """Return what a search finds.

        Raises:
            InvalidParameter: it begins too far away.
            NotFound: it is for nothing but ids, and there is none of them.
            Unavailable: it took longer than it may.
        """
        found = self._found(asked, who)
        if not found.matched and _is_by_ids(asked):
            raise UnknownId(asked.constraint.ids[0], "recordIds")
        return found

    def _found(self, asked: GetRecords, who: Principal) -> Found:
        if asked.start > _FARTHEST:
            raise InvalidParameter("startPosition", f"is beyond {_FARTHEST}")
        query = replace(query_of(asked.constraint), sort=asked.sort, as_of=asked.as_of)
        most = self._most(asked)
        if most == 0:
            return self._hits(asked, self._counted(query, who))
        page = self._records.search(replace(query, limit=most, skip=asked.start - 1), who, self._workspace)
        behind = asked.start + len(page.found)
        if page.next is None and (page.found or asked.start == 1):
            return Found(behind - 1, page.found)
        matched = self._counted(query, who)
        return Found(max(matched, behind), page.found, behind) if page.found else Found(matched)

    def _most(self, asked: GetRecords) -> int:
        if asked.result_type == "hits":
            return 0
        limit = self._records.limits.page
        return limit if asked.most is None else min(asked.most, limit)

    def _counted(self, query: RecordQuery, who: Principal) -> int:
        """Return how many there are, one more than are counted for all that are more."""
        most = self._records.limits.counted
        found = self._records.count(query, who, most, self._workspace)
        return most + 1 if found is None else found

    @staticmethod
    def _hits(asked: GetRecords, matched: int) -> Found:
        """Return how many there are, and none of them."""
        return Found(matched, (), asked.start if asked.start <= matched else 0)

    def by_id(self, asked: GetRecordById, who: Principal) -> tuple[Entry, ...]:
        """Return Records in the order of their ids; of several of one id, the newest.

        Raises:
            NotFound: CSW 3 asks for one, and there is none.
        """
        if len(asked.ids) > _MOST_IDS:
            raise InvalidParameter("id", f"names more than {_MOST_IDS} records")
        named: dict[str, Entry] = {}
        for record_id in dict.fromkeys(asked.ids):
            query = RecordQuery(ids=(record_id,), limit=self._records.limits.page, as_of=asked.as_of)
            for entry in self._records.search(query, who, self._workspace).found[:1]:
                named[record_id] = entry
        if asked.version.is_third and not named:
            raise UnknownId(asked.ids[0])
        return tuple(named.values())


class UnknownId(NotFound):
    """There is no Record of an id, which CSW 3 tells by 404 and a report (12-176r7, requirement 141)."""

    def __init__(self, record_id: str, parameter: str = "id") -> None:
        super().__init__(f"There is no Record {record_id[:256]!r}.")
        self.parameter = parameter


def _is_by_ids(asked: GetRecords) -> bool:
    """Tell whether a search of pairs is for ids alone, as OpenSearch's ``geo:uid`` is."""
    given = {name for name, value in asked.pairs if value.strip(" /")}
    return asked.distribution is None and "recordids" in given and given.isdisjoint(("q", "bbox", "time", "constraint"))


def answer_of(asked: GetRecords, found: Found, service: str) -> bytes:
    """Return the ``GetRecordsResponse`` of the service at an address, or a feed where CSW 3 is asked for one."""
    if asked.media_type == ATOM_TYPE:
        return feed(asked, found, service)
    version = asked.version
    xml = version.markup()
    status = xml.element("csw:SearchStatus", timestamp=written(datetime.now(UTC).replace(microsecond=0)))
    results = xml.element("csw:SearchResults", **_told(asked, found))
    named = [xml.element("csw:RequestId", asked.request_id)] if asked.request_id else []
    root = xml.element("csw:GetRecordsResponse", children=[*named, status, results], version=version.number)
    where = "cswGetRecords.xsd" if version.is_third else "CSW-discovery.xsd"
    root.set(f"{{{XSI}}}schemaLocation", f"{version.csw} {version.schemas}/{where}")
    own = [fragment(entry.record(), asked.view) for entry in found.shown]
    others = [] if version.is_third else [one for other in found.elsewhere for one in other.records]
    return filled(root, results, [*own, *others, *_federated(asked, found)])


def _told(asked: GetRecords, found: Found) -> dict[str, str]:
    version = asked.version
    merged = () if version.is_third else found.elsewhere
    shown = len(found.shown) + sum(len(one.records) for one in merged)
    matched = found.matched + sum(one.matched for one in merged)
    told = {
        "numberOfRecordsMatched": str(matched),
        "numberOfRecordsReturned": str(shown),
        "nextRecord": str(found.following),
        "recordSchema": asked.view.schema,
    }
    if asked.view.elements is not None:
        told["elementSet"] = asked.view.elements
    if version.is_third:
        told["status"] = "none" if not matched else "complete" if shown == matched else "subset"
    return told


def _federated(asked: GetRecords, found: Found) -> list[bytes]:
    """Return what other catalogues found, each by itself, as CSW 3 tells it."""
    if not asked.version.is_third:
        # Its schema has no place for what went wrong elsewhere; a comment stands anywhere.
        return [_remark(one) for one in found.elsewhere if one.why]
    return [_of_catalogue(asked.version, one) for one in found.elsewhere]


def _remark(one: Elsewhere) -> bytes:
    said = _DASHES.sub("- ", printable(f" {one.why} "))
    remark: bytes = etree.tostring(etree.Comment(said), encoding="UTF-8")
    return remark


def _of_catalogue(version: Version, one: Elsewhere) -> bytes:
    xml = version.markup()
    if one.failed is not None:
        failed = xml.element("csw:FederatedException", children=[one.failed], catalogueURL=one.url)
        return filled(failed, failed, ()).partition(b"?>")[2].strip()
    told = {
        "numberOfRecordsMatched": str(one.matched),
        "numberOfRecordsReturned": str(len(one.records)),
        "nextRecord": str(len(one.records) + 1 if len(one.records) < one.matched else 0),
        "elapsedTime": str(one.milliseconds),
    }
    result = xml.element("csw:searchResult", **told)
    whole = xml.element("csw:FederatedSearchResult", children=[result], catalogueURL=one.url)
    return filled(whole, result, one.records).partition(b"?>")[2].strip()


def answer_by_id(asked: GetRecordById, entries: Sequence[Entry]) -> bytes:
    """Return the ``GetRecordByIdResponse``; of CSW 3 the record itself."""
    fragments = [fragment(entry.record(), asked.view) for entry in entries]
    if asked.version.is_third:
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + fragments[0]
    xml = asked.version.markup()
    root = xml.element("csw:GetRecordByIdResponse")
    root.set(f"{{{XSI}}}schemaLocation", f"{asked.version.csw} {asked.version.schemas}/CSW-discovery.xsd")
    return filled(root, root, fragments)
