"""The words that a resource is found by, from ``MD_Keywords`` and the topic categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.records.iso_words import TOPIC_CATEGORIES
from thalweg.catalogue.records.readers.iso_elements import all_said, at, first, href_of, said, value
from thalweg.catalogue.records.record import Concept, Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element


def keywords_of(about: Element | None) -> Iterator[str]:
    """Yield the keywords that are of no vocabulary."""
    for block in _blocks(about):
        if not said(block, "thesaurusName/*/title"):
            yield from all_said(block, "keyword")


def themes_of(about: Element | None) -> Iterator[Theme]:
    """Yield the keywords of each vocabulary, and the topic categories."""
    for block in _blocks(about):
        thesaurus = first(block, "thesaurusName/*")
        scheme = said(thesaurus, "title")
        concepts = tuple(_concept(element) for element in at(block, "keyword") if value(element))
        if scheme and concepts:
            yield Theme(scheme, concepts, said(thesaurus, "date/*/date")[:10], said(block, "type"))
    topics = tuple(Concept(text) for text in all_said(about, "topicCategory"))
    if topics:
        yield Theme(TOPIC_CATEGORIES, topics, kind="topic")


def _concept(keyword: Element) -> Concept:
    text, href = value(keyword), href_of(keyword)
    return Concept(href, text) if href else Concept(text)


def _blocks(about: Element | None) -> Iterator[Element]:
    if about is not None:
        yield from at(about, "descriptiveKeywords/MD_Keywords")
