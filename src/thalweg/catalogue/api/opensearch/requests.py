"""Reads the request of a search (OpenSearch 1.1; 10-032r8, 9; 13-026r9, 8)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.catalogue.api.moments import moment_in
from thalweg.catalogue.api.opensearch.intervals import asked
from thalweg.catalogue.api.opensearch.namespaces import ATOM_TYPE, GEOJSON_TYPE
from thalweg.catalogue.api.opensearch.parameters import AS_OF, EARTH_OBSERVATION, KNOWN
from thalweg.catalogue.api.opensearch.places import box_of, ground_of, is_related, time_of
from thalweg.catalogue.records.query import RecordQuery
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import Expression, Literal, Operation, Property, both
from thalweg.core.texts import AllOf, Phrase, Text
from thalweg.web.forms import Form, choose
from thalweg.web.freetext import words_of
from thalweg.web.kvp import Kvp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.limits import Limits

ATOM = Form("atom", ATOM_TYPE, ("application/xml", "text/xml"))
GEOJSON = Form("json", GEOJSON_TYPE, ("application/json",))
FORMS = (ATOM, GEOJSON)
_ACCEPT, _FORMAT = "httpaccept", "format"
_TERMS = re.compile(r'"([^"]*)"|(\S+)')
_MOST_CHARACTERS, _MOST_TERMS, _FARTHEST = 1_000, 64, 10_000_000
USUAL = 10


@dataclass(frozen=True, slots=True)
class Search:
    """A search that was read.

    Attributes:
        query: what is asked; its ``limit`` is at least 1.
        start: the position of the first that is shown, from 1.
        count: how many are shown, 0 for none.
        by_page: the request counts pages, not positions.
        given: the parameters by their names here, without those that are empty.
    """

    query: RecordQuery
    start: int
    count: int
    by_page: bool
    given: tuple[tuple[str, str], ...]


def form_of(pairs: Sequence[tuple[str, str]], accept: str | None) -> Form:
    """Return the form of the answer: as ``format`` or ``httpAccept`` name it, else as the header does, else Atom.

    Raises:
        InvalidParameter: there is no such form.
    """
    named = next((value for name, value in pairs if name.lower() in (_FORMAT, _ACCEPT) and value), None)
    if named is None:
        wanted = [part for part in FORMS if accept and any(kind in accept for kind in (part.media_type, *part.also))]
        return choose(FORMS, None, accept) if wanted else ATOM
    for form in FORMS:
        if named.partition(";")[0].strip() in (form.name, form.media_type, *form.also):
            return form
    raise InvalidParameter(_FORMAT, f"is one of {', '.join(one.media_type for one in FORMS)}")


def read(pairs: Sequence[tuple[str, str]], collection: str | None, limits: Limits) -> Search:
    """Read a search; what a template leaves empty is not asked.

    Raises:
        InvalidParameter: a parameter is not known, or its value is wrong.
    """
    kept = tuple((name, value) for name, value in pairs if name.lower() not in (_FORMAT, _ACCEPT) and value.strip())
    for name, _ in kept:
        if name.lower() not in _NAMES:
            raise InvalidParameter(name[:64], "is no parameter of this search")
    kvp = Kvp(kept)
    count = min(kvp.whole("count", USUAL), limits.page)
    start, by_page = _start(kvp, count)
    query = RecordQuery(
        catalogues=_catalogues(kvp, collection),
        types=kvp.listed("type"),
        ids=() if kvp.text("uid") is None else (kvp.required("uid"),),
        bbox=None if is_related(kvp) else box_of(kvp),
        interval=time_of(kvp),
        filter=_filter(kvp, limits),
        text=_words(kvp.text("q")),
        limit=max(1, count),
        skip=start - 1,
        as_of=moment_in(kvp.text(AS_OF.name), AS_OF.name),
    )
    return Search(query, start, count, by_page, kept)


_NAMES = frozenset(name.lower() for name in KNOWN)


def _start(kvp: Kvp, count: int) -> tuple[int, bool]:
    index, page = kvp.text("startIndex"), kvp.text("startPage")
    if index is None and page is not None:
        start, by_page = (kvp.whole("startPage", 1, 1) - 1) * count + 1, True
    else:
        start, by_page = kvp.whole("startIndex", 1, 1), False
    if start > _FARTHEST:
        raise InvalidParameter("startPage" if by_page else "startIndex", f"is beyond {_FARTHEST}")
    return start, by_page


def _catalogues(kvp: Kvp, collection: str | None) -> tuple[str, ...]:
    parents = kvp.listed("parentIdentifier")
    if collection is None:
        return parents
    if parents and collection not in parents:
        raise InvalidParameter("parentIdentifier", f"is {collection!r} here")
    return (collection,)


def _filter(kvp: Kvp, limits: Limits) -> Expression | None:
    found = ground_of(kvp, limits.positions)
    for parameter in EARTH_OBSERVATION:
        if (text := kvp.text(parameter.name)) is not None:
            found = both(found, asked(parameter, text))
    return both(found, _language(kvp.text("language")))


def _language(text: str | None) -> Expression | None:
    """Return what a language asks for: what is told in it, or in none; ``*`` is any."""
    if text is None or text == "*":
        return None
    code = text.split("-", maxsplit=1)[0].lower()
    spoken = Property("language")
    return Operation("or", (Operation("isNull", (spoken,)), Operation("=", (spoken, Literal(code)))))


def _words(text: str | None) -> Text | None:
    """Return the terms, all of which must be there."""
    if text is None:
        return None
    if len(text) > _MOST_CHARACTERS:
        raise InvalidParameter("q", f"has more than {_MOST_CHARACTERS} characters")
    said = [words_of(quoted or word) for quoted, word in _TERMS.findall(text)]
    phrases = tuple(Phrase(words) for words in said if words)
    if not phrases or len(phrases) > _MOST_TERMS:
        raise InvalidParameter("q", f"holds 1 to {_MOST_TERMS} words to look for")
    return phrases[0] if len(phrases) == 1 else AllOf(phrases)
