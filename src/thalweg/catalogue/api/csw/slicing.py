"""The records of a transaction as the very bytes that were sent, where these are documents by themselves.

A record that leans on the request around it, by a prefix that is bound outside of it, is written anew with all that it
needs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from lxml import etree  # type: ignore[import-untyped]

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.guard.markup import parsed

if TYPE_CHECKING:
    from thalweg.guard.markup import Element

_TAKING = ("Insert", "Update")
_WHOLE, _RECORD_PARTS = "Transaction", ("Constraint", "RecordProperty")
_PREFIX = re.compile(rb"(?<![\w.\-\x80-\xff])([\w.\-\x80-\xff]++):")
_PLAIN = (None, "UTF-8", "utf-8", "US-ASCII", "ASCII")


def slices_of(body: bytes, root: Element) -> list[list[bytes]]:
    """Return the bytes of what stands in each action of a transaction; none where they are not of UTF-8.

    Args:
        body: a request that was read already, so that it has no document type.
        root: what was read from it.
    """
    if root.getroottree().docinfo.encoding not in _PLAIN:
        return []
    slicer = _Slicer(body)
    try:
        slicer.parse()
    except expat.ExpatError:
        return []
    return slicer.actions


class _Slicer:
    """Notes where elements begin and end."""

    def __init__(self, body: bytes) -> None:
        self.actions: list[list[bytes]] = []
        self._body = body
        self._names: list[str] = []
        self._from, self._depth = 0, 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def parse(self) -> None:
        """Read the body."""
        self._parser.Parse(self._body, True)  # noqa: FBT003 - its last piece

    def _start(self, name: str, _attributes: object) -> None:
        local = name.rpartition(":")[2]
        self._names.append(local)
        if self._depth:
            return
        if self._names[-2:-1] == [_WHOLE]:
            self.actions.append([])
        elif self._names[-3:-2] == [_WHOLE] and self._names[-2] in _TAKING and local not in _RECORD_PARTS:
            self._from, self._depth = self._parser.CurrentByteIndex, len(self._names)

    def _end(self, _name: str) -> None:
        if len(self._names) == self._depth:
            end = self._body.find(b">", self._parser.CurrentByteIndex) + 1
            self.actions[-1].append(self._body[self._from : end])
            self._depth = 0
        self._names.pop()


def as_given(element: Element, sent: bytes) -> bytes:
    """Return an element of a request as a document: the bytes that were sent, where they say the same by themselves."""
    if sent and _says_the_same(sent, element):
        return sent
    written: bytes = etree.tostring(element, encoding="UTF-8", xml_declaration=True, with_tail=False)
    return written


def _says_the_same(content: bytes, element: Element) -> bool:
    try:
        alone = parsed(content, "record")
    except (InvalidParameter, TooLarge):
        return False
    outside = {prefix.encode() for prefix in {*element.nsmap} - {*alone.nsmap} if prefix}
    # A prefix may stand in values too, which name types by it.
    if outside and not outside.isdisjoint(_PREFIX.findall(content)):
        return False
    return said_by(alone) == said_by(element)


def said_by(element: Element) -> list[tuple[object, ...]]:
    """Return all that an element says; C14N would not take the namespaces of some who write no absolute ones."""
    return [
        (one.tag, dict(one.attrib), one.text or "", "" if one is element else one.tail or "") for one in element.iter()
    ]
