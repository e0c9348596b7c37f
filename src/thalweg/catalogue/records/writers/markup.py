"""Elements of XML, made from text that nobody has checked.

A control character that XML forbids is dropped: it can be said in no way, and a document with it is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.records.writers.nodes import XLINK, sayable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from thalweg.guard.markup import Element

__all__ = ["XLINK", "Markup", "document", "sayable"]


def qualified(name: str, namespaces: Mapping[str | None, str]) -> str:
    """Return a name as lxml writes it: ``dc:title`` → ``{http://purl.org/dc/elements/1.1/}title``."""
    prefix, colon, local = name.rpartition(":")
    namespace = namespaces.get(prefix if colon else None, "")
    return f"{{{namespace}}}{local}" if namespace else local


def attributes_of(given: Mapping[str, str], namespaces: Mapping[str | None, str]) -> dict[str, str]:
    """Return attributes as lxml takes them; one without a prefix is in no namespace."""
    return {
        qualified(name, namespaces) if ":" in name else name: sayable(value) for name, value in given.items() if value
    }


class Markup:
    """Makes elements of a family of namespaces; what says nothing is not made."""

    def __init__(self, namespaces: Mapping[str | None, str]) -> None:
        self._namespaces = dict(namespaces)

    def element(self, name: str, /, text: str = "", children: Iterable[Element | None] = (), **said: str) -> Element:
        """Return an element; ``said`` are attributes, a prefix and its colon written as ``xlink__href``."""
        attributes = attributes_of({key.replace("__", ":"): value for key, value in said.items()}, self._namespaces)
        made = etree.Element(qualified(name, self._namespaces), attributes, nsmap=self._namespaces)
        if text:
            made.text = sayable(text)
        made.extend(child for child in children if child is not None)
        return made

    def leaf(self, name: str, text: str, **said: str) -> Element | None:
        """Return an element with a text; nothing for no text."""
        return self.element(name, text, **said) if sayable(text).strip() else None

    def leaves(self, name: str, texts: Iterable[str], **said: str) -> list[Element]:
        """Return an element for each text that says something."""
        return [made for text in texts if (made := self.leaf(name, text, **said)) is not None]

    def branch(self, name: str, children: Iterable[Element | None], **said: str) -> Element | None:
        """Return an element with children; nothing for none."""
        known = [child for child in children if child is not None]
        return self.element(name, children=known, **said) if known else None


def document(root: Element) -> bytes:
    """Return an XML document in UTF-8."""
    etree.cleanup_namespaces(root)
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content
