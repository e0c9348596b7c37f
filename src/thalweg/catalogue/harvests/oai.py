"""Another catalogue that speaks OAI-PMH 2.0, read from its first change to its last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from thalweg.catalogue.filters.gml import local, namespace
from thalweg.catalogue.harvests.pages import Found, Opened, Page, Track, written
from thalweg.catalogue.records.fetching import SOURCE
from thalweg.catalogue.records.writers.dif import DIF
from thalweg.catalogue.records.writers.dublin_core import OAI_DC
from thalweg.catalogue.records.writers.iso19115_3 import MDB
from thalweg.catalogue.records.writers.iso19139 import GMD, GMI
from thalweg.core.errors import InvalidParameter, Unavailable
from thalweg.guard.markup import elements_of, parsed, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from thalweg.catalogue.records.fetching import Fetcher
    from thalweg.guard.markup import Element

OAI = "http://www.openarchives.org/OAI/2.0/"
_BEST = (MDB, GMD, GMI, DIF, OAI_DC)
"""The namespaces of formats that are read here, those that tell most first."""
_NARROWS = ("set", "metadataPrefix")
_ARGUMENTS = frozenset({"verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken"})
_NOTHING = "0"
"""With which pycsw says that nothing follows."""
_DAY = len("2000-01-01")
_MOST_SAID, _MOST_DIGITS = 300, 12


class _Fault(Unavailable):
    """The source says by a code of the protocol that it does not answer."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(f"the source answers: {said}")
        self.code = code


def opened(fetcher: Fetcher, url: str, since: str = "", again: Iterable[str] = ()) -> Opened:
    """Open a repository.

    Args:
        fetcher: fetches what it answers.
        url: its address; a ``set`` and a ``metadataPrefix`` in it narrow what is asked.
        since: when it was asked the last time, as it said itself; it must never forget what it removed.
        again: identifiers of what is asked for once more, changed since or not.

    Raises:
        InvalidParameter: no repository is there, or it gives no format that is read here.
        Unavailable: it does not answer.
    """
    told = httpx.URL(url).params
    base = _bare(url)
    identity = _answer(fetcher, base, {"verb": "Identify"})
    remembers = texts_of(identity, "deletedRecord")[:1] == ["persistent"]
    by_day = len(next(iter(texts_of(identity, "granularity")), "")) == _DAY
    asked = {"verb": "ListRecords", "metadataPrefix": _prefix(fetcher, base, told.get("metadataPrefix"))}
    asked |= {name: told[name] for name in _NARROWS if told.get(name)}
    is_part = bool(since) and remembers
    if is_part:
        asked["from"] = since[:_DAY] if by_day else since
    first = _answer(fetcher, base, asked)
    now = next(iter(texts_of(first, "responseDate")), "") if remembers else ""
    pages = _pages(fetcher, base, first, asked["metadataPrefix"])
    if is_part:
        pages = _and_again(pages, fetcher, base, asked["metadataPrefix"], again)
    return Opened(pages, whole=not is_part, since=now)


def _bare(url: str) -> httpx.URL:
    """Return an address without the arguments of the protocol; what else is asked of it stays (``mode=oaipmh``)."""
    parsed_url = httpx.URL(url)
    kept = [(name, value) for name, value in parsed_url.params.multi_items() if name not in _ARGUMENTS]
    return parsed_url.copy_with(params=kept) if kept else parsed_url.copy_with(query=None)


def _prefix(fetcher: Fetcher, base: httpx.URL, named: str | None) -> str:
    """Return the format that is named, or else the best that is read here."""
    if named:
        return named
    formats = elements_of(_answer(fetcher, base, {"verb": "ListMetadataFormats"}), "metadataFormat")
    found = {
        space: prefix
        for one in formats
        for space, prefix in zip(texts_of(one, "metadataNamespace"), texts_of(one, "metadataPrefix"), strict=False)
    }
    for space in _BEST:
        if space in found:
            return found[space]
    raise InvalidParameter(SOURCE, "gives its records in no format that is read here")


def _answer(fetcher: Fetcher, base: httpx.URL, asked: Mapping[str, str]) -> Element:
    root = parsed(fetcher.get(str(base.copy_merge_params(dict(asked)))).content, SOURCE)
    if (namespace(root), local(root)) != (OAI, "OAI-PMH"):
        raise InvalidParameter(SOURCE, "is no repository that speaks OAI-PMH")
    for error in elements_of(root, "error"):
        # That nothing changed is no error but by its name.
        if error.get("code") != "noRecordsMatch":
            code = error.get("code") or ""
            raise _Fault(code, (error.text or code or "an error").strip()[:_MOST_SAID])
    return root


def _pages(fetcher: Fetcher, base: httpx.URL, answer: Element, prefix: str) -> Iterator[Page]:
    track, read = Track(), 0
    while True:
        tokens = elements_of(answer, "ListRecords/resumptionToken")
        size = (tokens[0].get("completeListSize") or "") if tokens else ""
        page = track.new(_page(answer, int(size) if size.isdecimal() and len(size) <= _MOST_DIGITS else None))
        yield page
        read += len(page.found) + len(page.gone)
        token = (tokens[0].text or "").strip() if tokens else ""
        is_told = page.total is not None and read >= page.total
        if not token or (token == _NOTHING and is_told):
            return
        track.step(token)
        answer = _next(fetcher, base, token, prefix)


def _next(fetcher: Fetcher, base: httpx.URL, token: str, prefix: str) -> Element:
    """Return the next part of a list; pycsw wants to be told the format once more, which the protocol forbids."""
    asked = {"verb": "ListRecords", "resumptionToken": token}
    try:
        return _answer(fetcher, base, asked)
    except _Fault as fault:
        if fault.code != "badArgument":
            raise
        return _answer(fetcher, base, {**asked, "metadataPrefix": prefix})


def _and_again(
    pages: Iterator[Page], fetcher: Fetcher, base: httpx.URL, prefix: str, again: Iterable[str]
) -> Iterator[Page]:
    """Yield pages, and then one by one what is wanted and was not on any."""
    wanted = dict.fromkeys(again)
    for page in pages:
        for key in (*(one.key for one in page.found), *page.gone):
            wanted.pop(key, None)
        yield page
    for key in wanted:
        try:
            answer = _answer(fetcher, base, {"verb": "GetRecord", "identifier": key, "metadataPrefix": prefix})
        except _Fault as fault:
            yield Page(gone=(key,) if fault.code == "idDoesNotExist" else ())
        else:
            yield _page(answer, None, "GetRecord")


def _page(answer: Element, total: int | None, verb: str = "ListRecords") -> Page:
    found, gone = list[Found](), list[str]()
    for record in elements_of(answer, f"{verb}/record"):
        key = next(iter(texts_of(record, "header/identifier")), "")
        if any(one.get("status") == "deleted" for one in elements_of(record, "header")):
            gone.append(key)
            continue
        documents = [document for metadata in elements_of(record, "metadata") for document in metadata]
        if documents:
            found.append(Found(written(documents[0]), key))
    return Page(tuple(found), tuple(gone), total)
