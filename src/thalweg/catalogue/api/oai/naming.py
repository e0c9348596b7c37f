"""How OAI-PMH names things: items by identifiers, sets by specs, moments by datestamps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from thalweg.catalogue.api.oai.faults import BAD_ARGUMENT, OaiFault

_LOCAL = "-_.!~*'();:@&=+$,"
"""What a local identifier is spelled with beside letters, digits and the slash after the Collection."""
_PLAIN = re.compile(r"[A-Za-z0-9\-_.~]*")
_DAY, _SECOND = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_SPEC = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*")
_ESCAPED = re.compile(r"~([0-9A-F]{2})")
COLLECTION, TYPE = "collection", "type"
NO_NAME = "localhost.localdomain"


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Identifiers of the items of one repository: ``oai:eo.example:demo.images/olinda``.

    Attributes:
        host: the platform's name, which makes them unique in the world.
    """

    host: str

    @classmethod
    def at(cls, address: str) -> Identifiers:
        """Return those of the repository at an address."""
        return cls(urlsplit(address).hostname or NO_NAME)

    def of(self, collection: str, item_id: str) -> str:
        """Return the identifier of an item."""
        return f"oai:{self.host}:{_local(collection)}/{_local(item_id)}"

    def read(self, identifier: str) -> tuple[str, str] | None:
        """Return the Collection and the id of an item; nothing for one that is of no item here."""
        head = f"oai:{self.host}:"
        collection, slash, item_id = identifier.removeprefix(head).partition("/")
        if not identifier.startswith(head) or not slash or not collection or not item_id:
            return None
        return unquote(collection), unquote(item_id)


def _local(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else quote(name, safe=_LOCAL)


@lru_cache(1024)
def set_of(parent: str, name: str) -> str:
    """Return the spec of a set: ``collection:demo.images``; what no spec may have is ``~`` and its byte."""
    spelled = quote(name, safe="!'()*").replace("~", "%7E").replace("%", "~")
    return f"{parent}:{spelled}"


@dataclass(frozen=True, slots=True)
class Selected:
    """What a set holds: all of some Collections, or of some types; of neither, everything."""

    collections: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


def selected(spec: str | None) -> Selected | None:
    """Return what a set holds; nothing for a spec that no set has.

    Raises:
        OaiFault: it is no spec.
    """
    if spec is None:
        return Selected()
    if not _SPEC.fullmatch(spec):
        raise OaiFault(BAD_ARGUMENT, "set is no setSpec")
    parent, colon, name = spec.partition(":")
    if parent not in (COLLECTION, TYPE) or ":" in name:
        return None
    if not colon:
        return Selected()
    read = unquote(_ESCAPED.sub(r"%\1", name))
    return Selected(collections=(read,)) if parent == COLLECTION else Selected(types=(read,))


def datestamp(at: datetime) -> str:
    """Return a moment to the second."""
    return at.astimezone(UTC).isoformat()[: len("2000-01-01T00:00:00")] + "Z"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, the end left out."""

    since: datetime | None
    until: datetime | None


def stretch(since: str | None, until: str | None) -> Stretch:
    """Return the time between two datestamps, all of the last second or day with it.

    Raises:
        OaiFault: one is none, they are of two granularities, or the end comes first.
    """
    if since and until and len(since) != len(until):
        raise OaiFault(BAD_ARGUMENT, "from and until are of the same granularity")
    start = None if since is None else _moment("from", since)
    end = None if until is None else _moment("until", until)
    if start and end and end < start:
        raise OaiFault(BAD_ARGUMENT, "from is not later than until")
    return Stretch(start, None if end is None or until is None else _after(end, until))


def _after(end: datetime, until: str) -> datetime | None:
    """Return the first moment after a day or a second; nothing after the last that there is."""
    try:
        return end + (timedelta(days=1) if _DAY.fullmatch(until) else timedelta(seconds=1))
    except OverflowError:
        return None


def _moment(name: str, text: str) -> datetime:
    wrong = OaiFault(BAD_ARGUMENT, f"{name} is YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ")
    if not (text.isascii() and (_DAY.fullmatch(text) or _SECOND.fullmatch(text))):
        raise wrong
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise wrong from error
