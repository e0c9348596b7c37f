"""Distributed search: a search goes on to other catalogues, through the guard, and never in a circle.

Each catalogue that a search comes to has one hop fewer to give on; a search that came here before under the same id is
answered by what is here and goes nowhere.
"""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.searching import Elsewhere, Found
from thalweg.catalogue.api.csw.slicing import said_by
from thalweg.core.errors import ThalwegError, Unavailable
from thalweg.guard.markup import parsed
from thalweg.web.ows import element_of

if TYPE_CHECKING:
    from thalweg.catalogue.api.csw.requests import Distribution, GetRecords
    from thalweg.catalogue.api.csw.seen import Seen
    from thalweg.guard.markup import Element
    from thalweg.guard.outbound import Outbound

_PATIENCE, _MOST_BYTES, _AT_ONCE = 20.0, 8 * 2**20, 8
_COUNT = re.compile(r"[0-9]{1,15}")


class Federation:
    """Other catalogues that searches go on to."""

    def __init__(self, outbound: Outbound, urls: tuple[str, ...], seen: Seen) -> None:
        self._outbound = outbound
        self._urls = urls
        self._seen = seen

    def joined(self, asked: GetRecords, found: Found) -> Found:
        """Return what was found here with what others found, where the search asks for it."""
        distribution = asked.distribution
        if distribution is None or asked.echo is None or not self.goes_on(asked):
            return found
        search_id = distribution.search_id or f"urn:uuid:{uuid.uuid4()}"
        if not self._seen.first_time(f"{search_id} {_digest(asked.echo)}"):
            return found
        sent = _going_on(asked.echo, replace(distribution, hops=distribution.hops - 1, search_id=search_id))
        with ThreadPoolExecutor(max_workers=min(len(self._urls), _AT_ONCE)) as threads:
            elsewhere = tuple(threads.map(lambda url: self._asked(url, sent, asked), self._urls))
        return replace(found, elsewhere=elsewhere if asked.version.is_third else _cut(asked, found, elsewhere))

    def goes_on(self, asked: GetRecords) -> bool:
        """Tell whether a search is one that others are asked too: of what they were, they tell nothing."""
        return (
            bool(self._urls) and asked.as_of is None and asked.distribution is not None and asked.distribution.hops > 1
        )

    def _asked(self, url: str, sent: bytes, asked: GetRecords) -> Elsewhere:
        try:
            return _found_in(url, parsed(self._posted(url, sent), url))
        except ThalwegError as error:
            return Elsewhere(url, failed=element_of(error, asked.version.reports))

    def _posted(self, url: str, sent: bytes) -> bytes:
        try:
            with (
                self._outbound.client(timeout=_PATIENCE) as client,
                client.stream("POST", url, content=sent, headers={"content-type": "application/xml"}) as answer,
            ):
                answer.raise_for_status()
                return _read(answer, url)
        except httpx.HTTPError as error:
            raise Unavailable(f"{url} does not answer: {type(error).__name__}") from error


def _read(answer: httpx.Response, url: str) -> bytes:
    content, until = b"", time.monotonic() + _PATIENCE
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > _MOST_BYTES or time.monotonic() > until:
            raise Unavailable(f"{url} answers with more than {_MOST_BYTES} bytes, or too slowly")
    return content


def _digest(echo: Element) -> str:
    """Return what searches of one id have in common that ask for the same, however far they still go."""
    position = "".join(f"{name}={echo.get(name)} " for name in ("startPosition", "maxRecords", "outputSchema"))
    queries = [said_by(one) for one in echo if one.tag.endswith("Query")]
    return hashlib.sha256(f"{position}{queries}".encode()).hexdigest()


def _cut(asked: GetRecords, found: Found, elsewhere: tuple[Elsewhere, ...]) -> tuple[Elsewhere, ...]:
    """Return what others found as far as there is room for it in one answer of CSW 2.0.2."""
    room = (len(found.shown) if asked.most is None else asked.most) - len(found.shown)
    kept = []
    for one in elsewhere:
        kept.append(replace(one, records=one.records[: max(room, 0)]))
        room -= len(kept[-1].records)
    return tuple(kept)


def _going_on(echo: Element, distribution: Distribution) -> bytes:
    """Return a request as it goes on: with one hop fewer, and the id by which it is known if it comes back."""
    copied = parsed(etree.tostring(echo), "request")
    for one in list(copied):
        if str(one.tag).endswith("}ResponseHandler"):
            copied.remove(one)
        elif str(one.tag).endswith("}DistributedSearch"):
            one.set("hopCount", str(distribution.hops))
            if one.get("distributedSearchId") is not None or "3.0" in str(copied.tag):
                one.set("distributedSearchId", distribution.search_id)
    copied.set("requestId", distribution.search_id)
    made: bytes = etree.tostring(copied, encoding="UTF-8", xml_declaration=True)
    return made


def _found_in(url: str, answer: Element) -> Elsewhere:
    results = next((one for one in answer.iter() if str(one.tag).endswith("}SearchResults")), None)
    if results is None:
        raise Unavailable(f"{url} answers with no SearchResults")
    records = tuple(etree.tostring(one, encoding="UTF-8", with_tail=False) for one in results)
    matched = results.get("numberOfRecordsMatched") or "0"
    return Elsewhere(url, int(matched) if _COUNT.fullmatch(matched) else len(records), records)
