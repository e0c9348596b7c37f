"""Free text: what ``q`` says, as the extension of STAC's API and OGC API Records have it, as one tree.

Basic: terms, any of which may be there; a term of several words is a phrase. Advanced: words and ``"quoted phrases"``
joined by ``AND`` and ``OR``, by brackets, ``+needed`` and ``-excluded``; words beside each other without a sign are
joined by OR, and AND binds tighter than OR. Words are runs of letters, marks and digits, without case and accents.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase, Text

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r'\s*(?:(?P<quoted>"[^"]*")|(?P<bracket>[()])|(?P<sign>[+-])|(?P<loose>")|(?P<word>[^\s()"]+))')
_MOST_CHARACTERS: Final = 1_000
_MOST_TERMS: Final = 64
_DEEPEST: Final = 16


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text without case and accents; ``_`` and what is no letter or digit parts them."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in plain if unicodedata.category(one) != "Mn")
    return tuple(_WORD.findall(bare.replace("_", " ")))


def read_basic(terms: Sequence[str]) -> Text:
    """Read the terms of basic free text, any of which may be there.

    Raises:
        InvalidParameter: none of them holds a word.
        TooLarge: too many, or too long.
    """
    _check(sum(map(len, terms)), len(terms))
    phrases = [Phrase(found) for found in map(words_of, terms) if found]
    if not phrases:
        raise InvalidParameter("q", "holds no word to look for")
    return _joined(AnyOf, phrases)


def read_advanced(q: str) -> Text:
    """Read advanced free text.

    Raises:
        InvalidParameter: a bracket or a quotation mark stands alone, or an operator has nothing to join.
        TooLarge: too long, too many terms, or brackets too deep in each other.
    """
    _check(len(q), 0)
    tokens = _tokens(q)
    _check(0, len(tokens))
    reader = _Reader(tokens)
    found = reader.either(0)
    if reader.here is not None:
        raise InvalidParameter("q", f"{reader.here.text!r} at character {reader.here.at + 1} closes nothing")
    return found


def matches_text(text: Text, words: Sequence[str]) -> bool:
    """Tell whether words, as `words_of` gives them, are what a text asks for."""
    match text:
        case Phrase(asked):
            count = len(asked)
            return any(tuple(words[at : at + count]) == asked for at in range(len(words) - count + 1))
        case AllOf(of):
            return all(matches_text(one, words) for one in of)
        case AnyOf(of):
            return any(matches_text(one, words) for one in of)
        case NoneOf(of):
            return not any(matches_text(one, words) for one in of)


def _check(characters: int, terms: int) -> None:
    if characters > _MOST_CHARACTERS:
        raise TooLarge(f"q: longer than {_MOST_CHARACTERS} characters")
    if terms > _MOST_TERMS:
        raise TooLarge(f"q: more than {_MOST_TERMS} terms")


def _joined(join: type[AllOf | AnyOf | NoneOf], texts: Iterable[Text]) -> Text:
    of = tuple(texts)
    return of[0] if len(of) == 1 and join is not NoneOf else join(of)


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of advanced free text; ``kind`` is quoted, bracket, sign, word, and, or."""

    kind: str
    text: str
    at: int


def _tokens(q: str) -> list[_Token]:
    found, at = [], 0
    while match := _TOKEN.match(q, at):
        kind, at = str(match.lastgroup), match.end()
        text = match[kind]
        if kind == "loose":
            raise InvalidParameter("q", f"the quotation mark at character {match.start(kind) + 1} is never closed")
        found.append(_Token(text.lower() if text in {"AND", "OR"} else kind, text, match.start(kind)))
    return found


class _Reader:
    """Reads tokens from the left: OR of AND of terms."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def here(self) -> _Token | None:
        """The token that is read next."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def either(self, depth: int) -> Text:
        """Read what ends at a closing bracket or at the end: needed, excluded, and any of the others."""
        if depth > _DEEPEST:
            raise TooLarge(f"q: brackets more than {_DEEPEST} deep in each other")
        needed: list[Text] = []
        excluded: list[Text] = []
        others: list[Text] = []
        while self.here is not None and self.here.text != ")":
            if self._skips_or(started=bool(needed or excluded or others)):
                continue
            sign = self._sign()
            found = self._all(depth)
            {"+": needed, "-": excluded, "": others}[sign].append(found)
        return self._whole(needed, excluded, others)

    def _skips_or(self, *, started: bool) -> bool:
        if self.here is None or self.here.kind != "or":
            return False
        joiner = self.here
        self._at += 1
        if not started or self.here is None or self.here.kind in {"or", "and"} or self.here.text == ")":
            raise InvalidParameter("q", f"OR at character {joiner.at + 1} joins nothing")
        return True

    def _sign(self) -> str:
        if self.here is None or self.here.kind != "sign":
            return ""
        sign = self.here
        self._at += 1
        if self.here is None or (self.here.kind not in {"word", "quoted"} and self.here.text != "("):
            raise InvalidParameter("q", f"{sign.text} at character {sign.at + 1} stands before no term")
        return sign.text

    def _whole(self, needed: list[Text], excluded: list[Text], others: list[Text]) -> Text:
        """Put a list together: what is needed, what is excluded, and, where nothing is needed, one of the others."""
        found = list(needed)
        if others and not needed:
            found.append(_joined(AnyOf, others))
        if excluded:
            found.append(NoneOf(tuple(excluded)))
        if not found:
            raise InvalidParameter("q", "holds no word to look for")
        return _joined(AllOf, found)

    def _all(self, depth: int) -> Text:
        found = [self._term(depth)]
        while self.here is not None and self.here.kind == "and":
            joiner = self.here
            self._at += 1
            if self.here is None or self.here.kind in {"or", "and"} or self.here.text == ")":
                raise InvalidParameter("q", f"AND at character {joiner.at + 1} joins nothing")
            excluded = self._sign() == "-"
            term = self._term(depth)
            found.append(NoneOf((term,)) if excluded else term)
        return _joined(AllOf, found)

    def _term(self, depth: int) -> Text:
        token = self.here
        if token is None or token.kind == "and":
            raise InvalidParameter("q", "AND joins nothing: a word is missing before it")
        self._at += 1
        if token.text == "(" and token.kind == "bracket":
            return self._inside(token, depth)
        words = words_of(token.text)
        if not words:
            raise InvalidParameter("q", f"{token.text!r} at character {token.at + 1} holds no word")
        return Phrase(words)

    def _inside(self, opening: _Token, depth: int) -> Text:
        found = self.either(depth + 1)
        if self.here is None:
            raise InvalidParameter("q", f"the bracket at character {opening.at + 1} is never closed")
        self._at += 1
        return found
