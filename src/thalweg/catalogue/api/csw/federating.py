"""Distributed search: a search goes on to other catalogues, through the guard, and never in a circle.

Each catalogue that a search comes to has one hop fewer to give on; a search that came here before under the same id is
answered by what is here and goes nowhere.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.csw.searching import Elsewhere, Found
from thalweg.catalogue.api.csw.versions import V2, V3
from thalweg.catalogue.federation.catalogues import chosen_among
from thalweg.core.errors import Unavailable
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
_OURS = ("responsehandler", FEDERATED.lower(), "asof", "distributedsearch", "hopcount", "clientid", "requestid")
_OF_SEARCHES = ("distributedsearchid", "distributedsearchidtimout")
_OF_NAMES = 5
"""The version of UUID that is made of what is named by it."""
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
        mark, seen, version = _mark(asked, known_as), federation.seen, asked.version
        # One that comes back in the other version is another question: it is known by its mark.
        if seen.knows(mark) or not seen.first_time(known_as, distribution.seconds):
            return found
        seen.first_time(mark, distribution.seconds)
        replies = federation.asked(
            others, lambda one: _question(one, asked, onward, mark), lambda one, content: _found_in(one, content, asked)
        )
        elsewhere = tuple(_told(reply, version) for reply in replies)
        return replace(found, elsewhere=elsewhere if version.is_third else _cut(asked, found, elsewhere))

    def _others(self, asked: GetRecords) -> tuple[Federated, ...]:
        if self._federation is None or asked.distribution is None or asked.distribution.hops <= 1:
            return ()
        return chosen_among(self._federation.catalogues, asked.distribution.among, FEDERATED)

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


def _question(one: Federated, asked: GetRecords, onward: Distribution, mark: str) -> Question:
    """Return what another catalogue is asked: the same, in the encoding that it came in, or as it can be told that.

    Raises:
        NotSupported: what it speaks cannot say all of the search.
    """
    if one.protocol == "records":
        from thalweg.catalogue.api.csw.asking_records import question_of  # noqa: PLC0415 - where one is asked

        return question_of(one.url, asked)
    if not one.speaks(cast("Protocol", f"csw-{asked.version.number}")):
        from thalweg.catalogue.api.csw.translating import translated  # noqa: PLC0415 - likewise

        other = V2 if asked.version.is_third else V3
        return Question(one.url, translated(asked, replace(onward, search_id=mark), other), _XML)
    if asked.echo is not None:
        return Question(one.url, _element_onward(asked.echo, asked, onward), _XML)
    sign = "&" if "?" in one.url else "?"
    return Question(f"{one.url}{sign}{urlencode(_pairs_onward(asked, onward))}")


def _found_in(one: Federated, content: bytes, asked: GetRecords) -> Elsewhere:
    if one.protocol == "records":
        from thalweg.catalogue.api.csw.asking_records import read_features  # noqa: PLC0415 - loaded before

        return read_features(one.url, content, asked)
    from thalweg.catalogue.api.csw.elsewhere import read_results  # noqa: PLC0415 - where one is asked

    return read_results(one.url, content, asked.version)


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


def _mark(asked: GetRecords, known_as: str) -> str:
    """Return what a question is called in any version: the mark that it came with, or one of its own."""
    try:
        is_marked = uuid.UUID(asked.request_id or "").version == _OF_NAMES
    except ValueError:
        is_marked = False
    return asked.request_id if asked.request_id and is_marked else uuid.uuid5(uuid.NAMESPACE_URL, known_as).urn


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
