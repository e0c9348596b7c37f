"""Pages cut from rows of which one more was read than is wanted."""

from collections.abc import Callable
from typing import TypeVar

from thalweg.core.queries import Page, Token

T = TypeVar("T")


def page_of(rows: list[T], limit: int, after: Token | None, token: Callable[[T], Token]) -> Page[T]:
    """Cut off the one row too many and say what follows and what went before."""
    more, rows = len(rows) > limit, rows[:limit]
    if not rows:
        return Page(())
    if after is None or not after.backwards:
        previous = _turned(token(rows[0])) if after is not None else None
        return Page(tuple(rows), token(rows[-1]) if more else None, previous)
    rows.reverse()
    return Page(tuple(rows), token(rows[-1]), _turned(token(rows[0])) if more else None)


def _turned(token: Token) -> Token:
    return Token(token.keys, backwards=True)
