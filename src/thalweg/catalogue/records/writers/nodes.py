"""Records as trees of nodes, made from text that nobody has checked.

A document is told as a tree of ``Node`` first and made by lxml in one walk from its root: elements made apart and put
together cost several times as much, for each brings its namespaces along. A control character that XML forbids is
dropped: it can be said in no way, and a document with it is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from thalweg.guard.markup import Element

XLINK = "http://www.w3.org/1999/xlink"
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Node:
    """An element to be.

    Attributes:
        name: as lxml writes it: ``{http://purl.org/dc/elements/1.1/}title``.
        attributes: likewise, by name.
    """

    name: str
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)


def sayable(text: str) -> str:
    """Return a text without what XML cannot say: control characters, halves of surrogates, U+FFFE and U+FFFF."""
    # None of them is printable, which nearly every text is all of, and which is seen in a tenth of the time.
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


class Names:
    """Names of a family of namespaces, each put together once."""

    def __init__(self, namespaces: Mapping[str | None, str]) -> None:
        self.namespaces = dict(namespaces)
        self._known: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        """Return a name as lxml writes it: ``dc:title`` → ``{http://purl.org/dc/elements/1.1/}title``."""
        known = self._known.get(name)
        if known is None:
            prefix, colon, local = name.rpartition(":")
            namespace = self.namespaces.get(prefix if colon else None, "")
            known = self._known[name] = f"{{{namespace}}}{local}" if namespace else local
        return known

    def attributes(self, said: Mapping[str, str]) -> dict[str, str]:
        """Return attributes as lxml takes them; one without a prefix is in no namespace, one without a value is not."""
        return {self[name] if ":" in name else name: sayable(value) for name, value in said.items() if value}


def escaped(text: str) -> str:
    """Return a text as it stands between two tags."""
    if "&" in text or "<" in text or ">" in text or "\r" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return text


class Nodes:
    """Makes nodes of a family of namespaces; what says nothing is not made."""

    def __init__(self, namespaces: Mapping[str | None, str]) -> None:
        self._names = Names(namespaces)

    def element(self, name: str, text: str = "", children: Iterable[Node | None] = (), **said: str) -> Node:
        """Return a node; ``said`` are attributes, a prefix and its colon written as ``xlink__href``."""
        return self._node(name, sayable(text), [child for child in children if child is not None], said)

    def leaf(self, name: str, text: str, **said: str) -> Node | None:
        """Return a node with a text; nothing for no text."""
        known = sayable(text)
        return self._node(name, known, [], said) if known.strip() else None

    def leaves(self, name: str, texts: Iterable[str], **said: str) -> list[Node]:
        """Return a node for each text that says something."""
        return [made for text in texts if (made := self.leaf(name, text, **said)) is not None]

    def branch(self, name: str, children: Iterable[Node | None], **said: str) -> Node | None:
        """Return a node with children; nothing for none."""
        known = [child for child in children if child is not None]
        return self._node(name, "", known, said) if known else None

    def _node(self, name: str, text: str, children: list[Node], said: Mapping[str, str]) -> Node:
        attributes = {}
        if said:
            attributes = self._names.attributes({key.replace("__", ":"): value for key, value in said.items()})
        return Node(self._names[name], text, attributes, children)

    def grown(self, node: Node) -> Element:
        """Return the element that a node tells of, with its namespaces."""
        return grown(node, self._names.namespaces)


def grown(node: Node, namespaces: Mapping[str | None, str]) -> Element:
    """Return the element that a node tells of, with the namespaces that it uses."""
    from lxml import etree  # type: ignore[import-untyped] # noqa: PLC0415 - what only names a schema loads no XML

    root = etree.Element(node.name, node.attributes, nsmap=dict(namespaces))
    if node.text:
        root.text = node.text
    _grow(root, node.children, etree.SubElement)
    etree.cleanup_namespaces(root)
    return root


def _grow(parent: Element, children: Iterable[Node], below: Callable[..., Element]) -> None:
    for child in children:
        made = below(parent, child.name, child.attributes)
        if child.text:
            made.text = child.text
        if child.children:
            _grow(made, child.children, below)
