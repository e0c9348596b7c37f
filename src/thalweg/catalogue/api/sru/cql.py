"""Reads CQL 1.2 (and 1.1, which is its part without ``sortby``): all booleans bind alike, from the left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.catalogue.api.sru.diagnostics import (
    BOOLEAN_MODIFIER,
    BRACKETS,
    PROXIMITY,
    QUOTES,
    SYNTAX,
    TOO_LONG,
    TOO_MANY_BOOLEANS,
    Diagnostic,
)
from thalweg.catalogue.api.sru.queries import Clause, Group, Modifier, Query, Sorted, SortKey

if TYPE_CHECKING:
    from collections.abc import Sequence

CHOICE = "cql.serverChoice"
MOST_CHARACTERS, MOST_BOOLEANS, DEEPEST = 4_000, 64, 16
_TOKEN = re.compile(
    r'\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<sign><=|>=|<>|==|[()=<>/])|(?P<word>[^\s()=<>/"]+)|(?P<bad>"))', re.DOTALL
)
_COMPARISONS = frozenset({"=", "==", "<>", "<", ">", "<=", ">="})
_JOINS = frozenset({"and", "or", "not", "prox"})
_SORT = "sortby"
_RESERVED = _JOINS | {_SORT}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """Return what it says as a word of the language; nothing where it is quoted or a sign."""
        return self.text.lower() if self.kind == "word" else ""


def read(text: str) -> Sorted:
    """Read a query.

    Raises:
        Diagnostic: it is none, or too long, or asks for what is not offered.
    """
    if len(text) > MOST_CHARACTERS:
        raise Diagnostic(TOO_LONG, str(MOST_CHARACTERS))
    return _Reader(_tokens(text), len(text)).whole()


def read_clause(text: str) -> Clause:
    """Read one clause, as scan is asked by.

    Raises:
        Diagnostic: it is none, or more than one.
    """
    found = read(text)
    if not isinstance(found.query, Clause) or found.keys:
        raise Diagnostic(SYNTAX, "scan takes one index, one relation and one term")
    return found.query


def _tokens(text: str) -> list[_Token]:
    found, at, end = list[_Token](), 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup == "bad":
            raise Diagnostic(QUOTES, str(at if match is None else match.start("bad")))
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return found


class _Reader:
    """Reads tokens from the left."""

    def __init__(self, tokens: Sequence[_Token], end: int) -> None:
        self._tokens = tokens
        self._at = 0
        self._joins = 0
        self._end = _Token("end", "", end)

    def whole(self) -> Sorted:
        """Read a query with its prefixes and its order."""
        sets = self._prefixes()
        query = self._scoped(0)
        keys = list[SortKey]()
        if self._here.word == _SORT:
            self._next()
            while self._here.kind != "end":
                keys.append(SortKey(self._text(), self._modifiers()))
            if not keys:
                raise self._wrong()
        if self._here.text == ")":
            raise Diagnostic(BRACKETS, str(self._here.at))
        if self._here.kind != "end":
            raise self._wrong()
        return Sorted(query, tuple(keys), sets)

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else self._end

    def _next(self) -> _Token:
        token = self._here
        self._at += 1
        return token

    def _wrong(self) -> Diagnostic:
        return Diagnostic(SYNTAX, f"character {self._here.at}: {self._here.text[:64]}")

    def _prefixes(self) -> tuple[tuple[str, str], ...]:
        found = list[tuple[str, str]]()
        while self._here.text == ">" and self._here.kind == "sign":
            self._next()
            name, uri = "", self._text()
            if self._here.text == "=":
                self._next()
                name, uri = uri.lower(), self._text()
            found.append((name, uri))
        return tuple(found)

    def _scoped(self, depth: int) -> Query:
        found = self._clause(depth)
        while (join := self._here.word) in _JOINS:
            token = self._next()
            self._joins += 1
            if self._joins > MOST_BOOLEANS:
                raise Diagnostic(TOO_MANY_BOOLEANS, str(MOST_BOOLEANS))
            if join == "prox":
                raise Diagnostic(PROXIMITY, str(token.at))
            if modifiers := self._modifiers():
                raise Diagnostic(BOOLEAN_MODIFIER, modifiers[0].name)
            found = Group(join, found, self._clause(depth))
        return found

    def _clause(self, depth: int) -> Query:
        if self._here.text == "(" and self._here.kind == "sign":
            return self._inside(depth)
        if self._here.word in _RESERVED:
            raise self._wrong()
        first = self._text()
        relation = self._relation()
        if relation is None:
            return Clause(CHOICE, "=", first)
        modifiers = self._modifiers()
        return Clause(first, relation, self._text(), modifiers)

    def _inside(self, depth: int) -> Query:
        opening = self._next()
        if depth >= DEEPEST:
            raise Diagnostic(BRACKETS, str(opening.at))
        if self._here.text == ">":
            raise Diagnostic(SYNTAX, f"character {self._here.at}: a prefix is given before the whole query")
        found = self._scoped(depth + 1)
        if self._here.text != ")":
            raise Diagnostic(BRACKETS, str(opening.at))
        self._next()
        return found

    def _relation(self) -> str | None:
        """Return the relation that stands here: a sign, or a word that is neither a boolean nor ``sortby``."""
        here = self._here
        if here.kind == "sign":
            return self._next().text if here.text in _COMPARISONS else None
        if here.word and here.word not in _RESERVED:
            return self._next().word
        return None

    def _modifiers(self) -> tuple[Modifier, ...]:
        found = list[Modifier]()
        while self._here.text == "/" and self._here.kind == "sign":
            self._next()
            name = self._text().lower()
            if self._here.kind == "sign" and self._here.text in _COMPARISONS:
                comparison = self._next().text
                found.append(Modifier(name, comparison, self._text()))
            else:
                found.append(Modifier(name))
        return tuple(found)

    def _text(self) -> str:
        """Return the word, or the text between quotes, that must stand here."""
        token = self._here
        if token.kind == "quoted":
            self._next()
            return token.text[1:-1].replace('\\"', '"')
        if token.kind != "word":
            raise Diagnostic(BRACKETS, str(token.at)) if token.text in ("(", ")") else self._wrong()
        self._next()
        return token.text
