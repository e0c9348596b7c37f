"""Two times compared: what of a search came between them, what went, and what is another version of itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from thalweg.core.errors import InvalidParameter
from thalweg.core.items import Item
from thalweg.core.queries import ItemQuery, Page, Token

Kind = Literal["came", "went", "changed"]
Find = Callable[[ItemQuery], Page[Item]]
_AT_ONCE = 500
_ROUNDS = 20
"""So many times it is asked for what is to fill a page: what changed is looked at among what may have gone, too."""
_BEHIND = Token(("went",))
"""Where what is there at the later time has been told, and what went begins."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of an Item between two times.

    Attributes:
        item: as it is at the later time; of one that went, as it was at the earlier.
        before: its version at the earlier time, where the search found it then.
    """

    kind: Kind
    item: Item
    before: int | None


def compared(find: Find, query: ItemQuery, start: datetime, end: datetime) -> Page[Difference]:
    """Return a page of what is different at the end: what came and changed, then what went, each in the query's order.

    What stayed as it was is not looked at. A page may hold fewer than its limit though others follow.

    Args:
        find: answers a search for whoever asks.
        query: what is compared; its page begins where an earlier one of the same comparison ended.
        start: the earlier time.
        end: the later.
    """
    if start > end:
        raise InvalidParameter("from", "lies behind to")
    place, found = query.after, list[Difference]()
    for _ in range(_ROUNDS):
        went, after = _place(place)
        rest = replace(query, limit=query.limit - len(found), after=after)
        if went:
            page = find(replace(rest, as_of=start, until=end))
            there = _versions(find, query, page.found, end)
            found += [Difference("went", one, one.version) for one in page.found if _name(one) not in there]
        else:
            page = find(replace(rest, as_of=end, since=start))
            before = _versions(find, query, page.found, start)
            found += [_arrived(one, before.get(_name(one))) for one in page.found]
        place = _next(page, went=went)
        if place is None or len(found) == query.limit:
            break
    return Page(tuple(found), place)


def _arrived(item: Item, before: int | None) -> Difference:
    return Difference("came" if before is None else "changed", item, before)


def _place(token: Token | None) -> tuple[bool, Token | None]:
    """Return whether what went is told already, and where in it a page begins."""
    if token is None:
        return False, None
    kind, *keys = token.keys
    if kind not in ("there", "went") or token.backwards:
        raise InvalidParameter("token", "is of another list")
    return kind == "went", Token(tuple(keys)) if keys else None


def _next(page: Page[Item], *, went: bool) -> Token | None:
    if page.next is not None:
        return Token(("went" if went else "there", *page.next.keys))
    return None if went else _BEHIND


def _name(item: Item) -> tuple[str, str]:
    return item.collection, item.id


def _versions(find: Find, query: ItemQuery, items: Sequence[Item], at: datetime) -> dict[tuple[str, str], int]:
    """Return which version of some Items the search finds at another time."""
    if not items:
        return {}
    asked = replace(
        query,
        collections=tuple(sorted({one.collection for one in items})),
        ids=tuple(sorted({one.id for one in items})),
        as_of=at,
        after=None,
        limit=min(_AT_ONCE, 10 * len(items)),
    )
    found: dict[tuple[str, str], int] = {}
    while True:
        page = find(asked)
        found.update({_name(one): one.version for one in page.found})
        if page.next is None:
            return found
        asked = replace(asked, after=page.next)
