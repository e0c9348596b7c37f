"""Answers of OAI-PMH as XML (OAI-PMH 2.0, 3.2): texts joined, for a harvest is a hundred thousand of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from thalweg.catalogue.api.oai.naming import datestamp
from thalweg.catalogue.records.writers.nodes import escaped, sayable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from thalweg.catalogue.api.oai.faults import OaiFault

OAI = "http://www.openarchives.org/OAI/2.0/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<OAI-PMH xmlns="{OAI}" xmlns:xsi="{_XSI}" xsi:schemaLocation="{OAI} {OAI}OAI-PMH.xsd">'
)


def element(name: str, /, text: str = "", **said: str | None) -> str:
    """Return an element with a text; an attribute without a value is left out."""
    attributes = "".join(f" {key}={quoteattr(sayable(value))}" for key, value in said.items() if value is not None)
    return f"<{name}{attributes}>{spelled(text)}</{name}>"


def spelled(text: str) -> str:
    """Return a text as it stands between two tags."""
    return escaped(sayable(text))


def within(name: str, parts: Iterable[str | bytes], **said: str | None) -> bytes:
    """Return an element with others in it."""
    attributes = "".join(f" {key}={quoteattr(sayable(value))}" for key, value in said.items() if value is not None)
    return b"".join((f"<{name}{attributes}>".encode(), *map(_bytes, parts), f"</{name}>".encode()))


def _bytes(part: str | bytes) -> bytes:
    return part if isinstance(part, bytes) else part.encode()


def answer(address: str, asked: Mapping[str, str], content: bytes, at: datetime | None = None) -> bytes:
    """Return a whole answer.

    Args:
        address: of the repository.
        asked: the request, as it is told in the answer: nothing of one that was not understood.
        content: what is answered.
        at: what the answer tells is true of; a harvester begins there the next time.
    """
    told = element("responseDate", datestamp(at or datetime.now(UTC)))
    return b"".join(
        (_HEAD.encode(), told.encode(), element("request", address, **asked).encode(), content, b"</OAI-PMH>")
    )


def refused(address: str, asked: Mapping[str, str], fault: OaiFault) -> bytes:
    """Return the answer to a request that is refused."""
    return answer(address, asked, element("error", str(fault), code=fault.code).encode())
