"""Distributed search: a search goes on to other catalogues, through the guard, and never in a circle.

Each catalogue that a search comes to has one hop fewer to give on; a search that came here before under the same id is
answered by what is here and goes nowhere.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.searching import Elsewhere, Found
from thalweg.catalogue.federation.catalogues import chosen_among
from thalweg.core.errors import NotSupported, Unavailable
from thalweg.guard.markup import parsed
from thalweg.guard.questions import Question
from thalweg.web.ows import element_of

if TYPE_CHECKING:
    from thalweg.catalogue.api.csw.requests import Distribution, GetRecords
    from thalweg.catalogue.api.csw.versions import Version
    from thalweg.catalogue.federation.asking import Federation, Reply
    from thalweg.catalogue.federation.catalogues import Federated, Protocol
    from thalweg.guard.markup import Element

FEDERATED = "federatedCatalogues"
_COUNT = re.compile(r"[0-9]{1,15}")
_OURS = ("responsehandler", FEDERATED.lower(), "asof", "distributedsearch", "hopcount", "clientid", "requestid")
_OF_SEARCHES = ("distributedsearchid", "distributedsearchidtimout")
_XML = {"content-type": "application/xml"}


class Federating:
    """Other catalogues that searches of CSW go on to."""

    def __init__(self, federation: Federation | None, address: str) -> None:
        self._federation = federation
        self._address = address

    def goes_on(self, asked: GetRecords) -> bool:
        """Tell whether a search is one that others are asked too: of what they were, they tell nothing.

        Raises:
            InvalidParameter: it names a catalogue that is none of the federation.
        """
        return bool(self._others(asked)) and asked.as_of is None

    def joined(self, asked: GetRecords, found: Found) -> Found:
        """Return what was found here with what others found, where the search asks for it."""
        federation, distribution = self._federation, asked.distribution
        others = self._others(asked)
        if federation is None or distribution is None or not others:
            return found
        onward = self._onward(asked, distribution)
        known_as = f"{onward.search_id} {_known_as(asked, onward)} {_digest(asked)}"
        if not federation.seen.first_time(known_as, distribution.seconds):
            return found
        version = asked.version
        replies = federation.asked(others, lambda one: _question(one, asked, onward), _found_in)
        elsewhere = tuple(_told(reply, version) for reply in replies)
        return replace(found, elsewhere=elsewhere if version.is_third else _cut(asked, found, elsewhere))

    def _others(self, asked: GetRecords) -> tuple[Federated, ...]:
        if self._federation is None or asked.distribution is None or asked.distribution.hops <= 1:
            return ()
        speaking = [one for one in self._federation.catalogues if one.protocol != "records"]
        return chosen_among(speaking, asked.distribution.among, FEDERATED)

    def _onward(self, asked: GetRecords, distribution: Distribution) -> Distribution:
        """Return how far a search goes on, and the ids by which it is known where it comes back."""
        return replace(
            distribution,
            hops=distribution.hops - 1,
            search_id=distribution.search_id or asked.request_id or f"urn:uuid:{uuid.uuid4()}",
            client_id=distribution.client_id or self._address,
            among=(),
        )


def _told(reply: Reply[Elsewhere], version: Version) -> Elsewhere:
    url, milliseconds = reply.catalogue.url, int(1000 * reply.seconds)
    if reply.failed is not None or reply.answer is None:
        why = reply.failed or Unavailable(f"{url} does not answer")
        return Elsewhere(url, milliseconds=milliseconds, failed=element_of(why, version.reports), why=str(why))
    return replace(reply.answer, milliseconds=milliseconds)


def _question(one: Federated, asked: GetRecords, onward: Distribution) -> Question:
    """Return what another catalogue is asked: the same, in the encoding that it came in.

    Raises:
        NotSupported: it does not speak the version of the search.
    """
    if not one.speaks(cast("Protocol", f"csw-{asked.version.number}")):
        raise NotSupported(f"{one.url} is not asked by CSW {asked.version.number}: it speaks {one.protocol}")
    if asked.echo is not None:
        return Question(one.url, _element_onward(asked.echo, asked, onward), _XML)
    sign = "&" if "?" in one.url else "?"
    return Question(f"{one.url}{sign}{urlencode(_pairs_onward(asked, onward))}")


def _pairs_onward(asked: GetRecords, onward: Distribution) -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in asked.pairs if name.lower() not in (*_OURS, *_OF_SEARCHES)]
    kept += [("distributedSearch", "TRUE"), ("hopCount", str(onward.hops))]
    kept.append(("requestId", _known_as(asked, onward)))
    if asked.version.is_third:
        kept += [("clientId", onward.client_id), ("distributedSearchId", onward.search_id)]
        kept.append(("distributedSearchIdTimout", f"{onward.seconds:.0f}"))
    return kept


def _element_onward(echo: Element, asked: GetRecords, onward: Distribution) -> bytes:
    copied = parsed(etree.tostring(echo, with_tail=False), "request")
    for one in list(copied):
        if str(one.tag).endswith("}ResponseHandler"):
            copied.remove(one)
        elif str(one.tag).endswith("}DistributedSearch"):
            one.set("hopCount", str(onward.hops))
            # Which catalogues each asks is its own affair: it knows others.
            del one[:]
            if asked.version.is_third:
                one.set("clientId", onward.client_id)
                one.set("distributedSearchId", onward.search_id)
    copied.set("requestId", _known_as(asked, onward))
    made: bytes = etree.tostring(copied, encoding="UTF-8", xml_declaration=True)
    return made


def _known_as(asked: GetRecords, onward: Distribution) -> str:
    """Return the id of a request, the same wherever it comes to."""
    return asked.request_id or onward.search_id


def _digest(asked: GetRecords) -> str:
    """Return what searches of one id have in common that ask for the same, however far they still go."""
    if asked.echo is None:
        pairs = sorted((name.lower(), value) for name, value in asked.pairs)
        said: object = [one for one in pairs if one[0] not in (*_OURS, *_OF_SEARCHES)]
    else:
        told = [asked.echo.get(name) for name in ("startPosition", "maxRecords", "outputSchema")]
        queries = (one for one in asked.echo if str(one.tag).endswith("Query"))
        said = [told, [(part.tag, sorted(part.attrib.items()), part.text) for one in queries for part in one.iter()]]
    return hashlib.sha256(f"{said}".encode()).hexdigest()


def _cut(asked: GetRecords, found: Found, elsewhere: tuple[Elsewhere, ...]) -> tuple[Elsewhere, ...]:
    """Return what others found as far as there is room for it in one answer of CSW 2.0.2."""
    room = (len(found.shown) if asked.most is None else asked.most) - len(found.shown)
    kept = []
    for one in elsewhere:
        kept.append(replace(one, records=one.records[: max(room, 0)]))
        room -= len(kept[-1].records)
    return tuple(kept)


def _found_in(one: Federated, content: bytes) -> Elsewhere:
    """Return what another catalogue found.

    Raises:
        InvalidParameter: its answer is no XML that is read here.
        Unavailable: it tells of no results.
    """
    answer = parsed(content, one.url)
    results = next((part for part in answer.iter() if str(part.tag).endswith("}SearchResults")), None)
    if results is None:
        raise Unavailable(f"{one.url} answers with no SearchResults")
    # What it found in turn at others stays apart, as it told it.
    records = tuple(etree.tostring(part, encoding="UTF-8", with_tail=False) for part in results)
    matched = results.get("numberOfRecordsMatched") or "0"
    return Elsewhere(one.url, int(matched) if _COUNT.fullmatch(matched) else len(records), records)
