"""The words by which Items and Collections are found in free text: the same in every store."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any

MORE = "thalweg:words"
"""The property that says what else is found in free text, of what keeps it elsewhere in its document."""
BAR = "|"
"""Stands between two texts that no phrase may bridge; no word holds it."""
_WORD = re.compile(r"[^\W_]+")
_SHORT = 200
_MARKS = frozenset({"Mn", "Me"})


def words(text: str) -> list[str]:
    """Return the words of a text in their order: runs of letters and digits, without case and accents."""
    folded = text.casefold()
    if not folded.isascii():
        parts = unicodedata.normalize("NFKD", folded).casefold()
        folded = unicodedata.normalize("NFC", "".join(one for one in parts if unicodedata.category(one) not in _MARKS))
    return _WORD.findall(folded)


def words_of_item(document: Mapping[str, Any]) -> str:
    """Return what an Item's title, description, keywords and ``MORE`` say, as words with bars between the texts."""
    properties = document.get("properties")
    return _joined(properties) if isinstance(properties, Mapping) else ""


def words_of_collection(document: Mapping[str, Any]) -> str:
    """Return what a Collection's title, description and keywords say, as words with bars between the texts."""
    return _joined(document)


def _joined(said: Mapping[str, Any]) -> str:
    return f" {BAR} ".join([found for text in _texts(said) if (found := _spoken(text))])


def _spoken(text: str) -> str:
    return _remembered(text) if len(text) <= _SHORT else " ".join(words(text))


@lru_cache(maxsize=4096)
def _remembered(text: str) -> str:
    """Return a text's words; most of what is said of an Item is said of others too."""
    return " ".join(words(text))


def _texts(said: Mapping[str, Any]) -> Iterator[str]:
    several = [one for one in map(said.get, ("keywords", MORE)) if isinstance(one, list)]
    for text in (said.get("title"), said.get("description"), *chain.from_iterable(several)):
        if isinstance(text, str):
            yield text
